"""Software multisigning of a batch of payouts, by our own encoder; alone and in the key's own process."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from signer_app.chains.intents import Pay, Terms
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.keys import from_private, sign
from signer_app.core.inspection import Slot
from signer_app.signers.keystore.client import open_keystore
from signer_app.vault.kdf import floor_parameters
from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Setup, measure

PAYOUTS = 500
#: Requests under way at once; the key's process answers them one by one.
IN_FLIGHT = 4
NETWORK = "xrpl:0"
DESTINATION = f"{NETWORK}:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
TREASURY = f"{NETWORK}:rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"


def figures(setup: Setup) -> Iterator[Figure]:
    """signing: payload and signature. signing-child: through the keystore process, each with its receipt."""
    if setup.wanted.isdisjoint({"signing", "signing-child"}):
        return
    chain = XrplChain.for_key_process()
    bodies = [
        chain.compose(
            Pay(DESTINATION, f"{NETWORK}/slip44:144", Decimal(number + 1)),
            network=NETWORK,
            account=TREASURY,
            terms=Terms(Slot("ticket", str(number + 1)), 99_000_000, 60),
        )
        for number in range(PAYOUTS)
    ]
    if "signing" in setup.wanted:
        yield _alone(chain, bodies)
    if "signing-child" in setup.wanted:
        yield _in_child(setup, bodies)


def _alone(chain: XrplChain, bodies: list[str]) -> Figure:
    private = bytes.fromhex("11" * 32)
    key = from_private("secp256k1", private)
    signer = f"{NETWORK}:{key.address}"

    def sign_all() -> None:
        for body in bodies:
            payload = chain.signing_payload(
                network=NETWORK, body=body, signer=signer, public_key=key.public_key
            )
            sign("secp256k1", private, payload)

    return measure("signing", sign_all, units=PAYOUTS, unit="signatures/s", loop=JSON, rounds=10)


def _in_child(setup: Setup, bodies: list[str]) -> Figure:
    folder = setup.folder / "keys"
    with (
        open_keystore(folder, passphrase=bytearray(b"a bench"), create=floor_parameters()) as keystore,
        ThreadPoolExecutor(IN_FLIGHT) as pool,
    ):
        keystore.create_device_key()
        key = keystore.generate_key("bench", "secp256k1")
        signer = f"{NETWORK}:{key.addresses['xrpl']}"

        def sign_one(body: str) -> None:
            keystore.sign_transaction(
                network=NETWORK, body=body, signer=signer, key_id="bench", report_hash="00" * 32
            )

        return measure(
            "signing-child",
            lambda: list(pool.map(sign_one, bodies)),
            units=PAYOUTS,
            unit="signatures/s",
            loop=JSON,
            rounds=10,
        )
