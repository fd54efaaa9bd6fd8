"""A practice treasury and the world around it, set up by signed transactions that the ledger applies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.sponsor import Party, PracticeNode, Sponsor

NETWORK = "xrpl:63456"
#: "USD" as an XRPL currency code: three letters at their place in 20 bytes (xrpl.org, "Currency Codes").
USD_HEX = "0000000000000000000000005553440000000000"
ISSUED = "1000000"
TICKETS = 6
#: asf flags (xrpl.org, AccountSet).
DISABLE_MASTER, DEFAULT_RIPPLE = 4, 8
_FUNDED_XRP = 1000
_TRUSTED = "10000000"


@dataclass(frozen=True, slots=True)
class World:
    """The accounts of a practice treasury: itself, its dollars' issuer, whom it pays, and a stranger."""

    treasury: Party
    issuer: Party
    custodian: Party
    stranger: Party

    @classmethod
    def fresh(cls) -> World:
        """New keys that exist nowhere else."""
        return cls(*(Party.fresh(name) for name in ("treasury", "issuer", "custodian", "stranger")))

    @property
    def account(self) -> str:
        """The treasury, CAIP-10."""
        return f"{NETWORK}:{self.treasury.address}"

    @property
    def payee(self) -> str:
        """The custodian, CAIP-10."""
        return f"{NETWORK}:{self.custodian.address}"

    @property
    def usd(self) -> str:
        """The issued dollar, CAIP-19."""
        return f"{NETWORK}/iou:{USD_HEX}.{self.issuer.address}"

    def set_up(
        self, node: PracticeNode, genesis: Party, members: Sequence[str], *, tickets: int = TICKETS
    ) -> None:
        """Fund, issue, list signers (any two of ``members``, addresses), set tickets aside, disable the
        master key. UnforeseenError where the ledger does not apply one of it.
        """
        sponsor = Sponsor(node)
        for party in (self.treasury, self.issuer, self.custodian, self.stranger):
            sponsor.fund(genesis, party.address, _FUNDED_XRP)
        sponsor.account_set(self.issuer, DEFAULT_RIPPLE)
        for holder in (self.treasury, self.custodian):
            sponsor.trust(holder, "USD", self.issuer.address, _TRUSTED)
        sponsor.issue(self.issuer, self.treasury.address, "USD", ISSUED)
        sponsor.signer_list(self.treasury, 2, members)
        sponsor.tickets(self.treasury, tickets)
        sponsor.account_set(self.treasury, DISABLE_MASTER)


def endpoints_of(ready: JsonObject) -> tuple[list[JsonObject], Party]:
    """The endpoints and the genesis account in the first object of `practice start`."""
    networks, genesis = ready.get("networks"), ready.get("genesis")
    if not isinstance(networks, list) or not isinstance(genesis, dict):
        raise UnforeseenError("The practice ledger's first object has another shape.")
    first = networks[0]
    found = first["endpoints"] if isinstance(first, dict) else None
    endpoints = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return endpoints, Party.from_seed("genesis", str(genesis["seed"]))
