"""Software multisigning of a batch of payouts: our encoder, our payload, coincurve."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from signer_app.chains.intents import Pay, Terms
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.keys import from_private, sign
from signer_app.core.inspection import Slot
from tests.bench.measure import Figure, best

PAYOUTS = 500
NETWORK = "xrpl:0"
DESTINATION = f"{NETWORK}:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
TREASURY = f"{NETWORK}:rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"


def figures(_folder: Path, _loops: dict[str, float]) -> Iterator[Figure]:
    """signing: payload and signature of each of PAYOUTS bodies."""
    chain = XrplChain.for_key_process()
    private = bytes.fromhex("11" * 32)
    key = from_private("secp256k1", private)
    signer = f"{NETWORK}:{key.address}"
    bodies = [
        chain.compose(
            Pay(DESTINATION, f"{NETWORK}/slip44:144", Decimal(number + 1)),
            network=NETWORK,
            account=TREASURY,
            terms=Terms(Slot("ticket", str(number + 1)), 99_000_000, 60),
        )
        for number in range(PAYOUTS)
    ]

    def sign_all() -> None:
        for body in bodies:
            payload = chain.signing_payload(
                network=NETWORK, body=body, signer=signer, public_key=key.public_key
            )
            sign("secp256k1", private, payload)

    yield Figure("signing", best(sign_all), PAYOUTS, "signatures/s")
