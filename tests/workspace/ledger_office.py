"""The offices of offices.py with carol's key on a practice Ledger; the policy also names her Trezor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desk import NETWORK, person
from device_process import PHRASE, DeviceProcess
from offices import Offices, Template, _Public

from signer_app.chains.xrpl.address import account_id_of, encode_address
from signer_app.practice.devices.hdkeys import HARDENED, master
from signer_app.practice.devices.mnemonic import seed_of

NANO, SECOND = "nano-1", "nano-2"
#: Of the second Ledger; the first one has the phrase of the recordings.
SECOND_PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
#: Where the Ledger's first XRP account is.
_PATH = (44 + HARDENED, 144 + HARDENED, HARDENED, 0, 0)


def ledger_key(phrase: str = PHRASE) -> tuple[str, str]:
    """Account and public key of the practice Ledger."""
    key = master(seed_of(phrase)).descend(_PATH).public_key
    return f"{NETWORK}:{encode_address(account_id_of(key))}", key.hex().upper()


class LedgerTemplate(Template):
    """As Template; the third signer is a device, and there is a fourth that nobody has in hand."""

    def signers(self) -> list[str]:
        self.trezor = person("trezor")
        return [*super().signers(), self.trezor.account]

    def _person(self, name: str) -> _Public:
        made = super()._person(name)
        if name != "carol":
            return made
        account, public_key = ledger_key()
        return replace(made, account=account, public_key=public_key)

    def policy(self) -> dict[str, Any]:
        value = super().policy()
        (entry,) = [key for key in value["keys"] if key["person"] == "carol"]
        entry.update({"id": "carol-nano", "device": NANO, "backend": "ledger", "tier": "cold"})
        value["keys"].append(
            {**entry, "id": "carol-trezor", "device": "trezor-1", "backend": "trezor",
             "signer": self.trezor.account, "public_key": self.trezor.pair.public_key}
        )  # fmt: skip
        return value


class TwoLedgersTemplate(LedgerTemplate):
    """Carol has a second Ledger in the place of the Trezor."""

    def signers(self) -> list[str]:
        return [*super().signers()[:-1], ledger_key(SECOND_PHRASE)[0]]

    def policy(self) -> dict[str, Any]:
        value = super().policy()
        account, public_key = ledger_key(SECOND_PHRASE)
        (entry,) = [key for key in value["keys"] if key["backend"] == "trezor"]
        entry.update({"id": "carol-second", "device": SECOND, "backend": "ledger", "signer": account,
                      "public_key": public_key})  # fmt: skip
        return value


def plug_in(offices: Offices, *options: str, phrase: str | None = PHRASE, name: str = NANO) -> DeviceProcess:
    """Carol's Ledger, as a context manager."""
    home = offices.folder("carol") / "devices"
    home.mkdir(exist_ok=True)
    return DeviceProcess(home, name, *options, phrase=phrase)


def plug_in_second(offices: Offices) -> DeviceProcess:
    """Her other one."""
    return plug_in(offices, phrase=SECOND_PHRASE, name=SECOND)


def for_carol(offices: Offices, amount: str = "100") -> str:
    """A proposal by alice, signed by bob, in carol's workspace."""
    identifier = offices.pay("alice", amount)
    offices.travel("alice", "bob", identifier)
    offices.sign("bob", identifier)
    offices.travel("bob", "carol", identifier)
    return identifier


__all__ = [
    "NANO", "SECOND", "SECOND_PHRASE", "LedgerTemplate", "TwoLedgersTemplate", "for_carol", "ledger_key",
    "plug_in", "plug_in_second",
]  # fmt: skip
