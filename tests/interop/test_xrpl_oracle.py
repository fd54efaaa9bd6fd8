"""xrpl.js judges our XRPL bytes, signing data, keys and combined transactions."""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path

from node import HERE, node
from xrpl import CryptoAlgorithm
from xrpl.core import keypairs

from signer_app.chains.intents import CancelSlot, Pay, ReserveTickets, SetSigners, Settings, Terms, Trust
from signer_app.chains.port import SignerKeys, SignerList, Source
from signer_app.chains.signing_values import Signature
from signer_app.chains.xrpl import keys
from signer_app.chains.xrpl.address import decode_address
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.transaction import Transaction, open_blob, open_body
from signer_app.core.inspection import Slot

CHAIN = XrplChain()
VECTORS = Path(__file__).parents[1] / "data" / "vectors"
ACCOUNT, PAYEE = "rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r", "rB2dfdmWJqWtCBKuFXy1YEeR9ZiLRSJpdM"
ISSUER = "rMB6Z9i8kEstvMjUQzgAKMQUfFM2myzwDr"
CURVES = {"ed25519": CryptoAlgorithm.ED25519, "secp256k1": CryptoAlgorithm.SECP256K1}
SEEDS = [
    keypairs.generate_seed(f"{number:032x}", CURVES[curve]) for number in range(1, 4) for curve in keys.CURVES
]
PAIRS = [keys.from_seed(seed) for seed in SEEDS]


def _bodies(network: str) -> list[str]:
    issued = f"{network}/iou:524C555344000000000000000000000000000000.{ISSUER}"
    token = f"{network}/mpt:0000055543ABF2D7B13CE9EA5F6D2D87DCBFE078E2454C24"
    to, signers = f"{network}:{PAYEE}", tuple((f"{network}:{pair.address}", 1) for pair in PAIRS)
    amounts = ("25000", "0.01", "123456789012345", "0.000000000000001", "1000000000000000000")
    intents = [
        Pay(to, f"{network}/slip44:144", Decimal("25.000001"), "17"),
        *(Pay(to, issued, Decimal(amount)) for amount in amounts),
        Pay(to, token, Decimal(2**63 - 1)),
        Trust(issued, Decimal(0), ("tfSetNoRipple",)),
        SetSigners(3, signers),
        ReserveTickets(10),
        Settings(("asfDisableMaster",), (), "example.com"),
        CancelSlot(),
    ]
    slots = (Slot("sequence", "7"), Slot("ticket", "42"))
    account = f"{network}:{ACCOUNT}"
    return [
        CHAIN.compose(intent, network=network, account=account, terms=Terms(slot, 90000000, 700))
        for intent in intents
        for slot in slots
    ]


def _transaction_case(transaction: Transaction) -> dict[str, object]:
    return {
        "blob": transaction.blob.hex().upper(),
        "json": transaction.fields,
        "single": transaction.single_signing_data().hex().upper(),
        "signer": PAYEE,
        "multi": transaction.multi_signing_data(decode_address(PAYEE)).hex().upper(),
    }


def _multisigned_case(network: str, body: str) -> dict[str, object]:
    signatures = []
    for pair in PAIRS[:3]:
        signer = f"{network}:{pair.address}"
        payload = CHAIN.signing_payload(network=network, body=body, signer=signer, public_key=pair.public_key)
        made = keys.sign(pair.curve, pair.private, payload)
        signatures.append(Signature(signer, pair.public_key, made, payload.scheme))
    listed = SignerList(3, {item.signer: 1 for item in signatures})
    known = {item.signer: SignerKeys(item.signer, True, True, None) for item in signatures}

    def combine(chosen: list[Signature]) -> tuple[str, str]:
        done = CHAIN.combine(network=network, body=body, signatures=chosen, signer_list=listed, keys=known)
        assert done.refused == ()
        return done.blob.hex().upper(), done.tx_id

    blob, identifier = combine(signatures)
    return {"blob": blob, "id": identifier, "partials": [combine([item])[0] for item in reversed(signatures)]}


def _cases() -> dict[str, object]:
    ours = {network: _bodies(network) for network in ("xrpl:0", "xrpl:63456")}
    rows = [json.loads(line) for line in (VECTORS / "xrpl_real.jsonl").read_text().splitlines()]
    real = [
        open_blob(bytes.fromhex(row["binary_hex"]))
        for row in rows
        if row.get("account") and row.get("binary_hex") and not row.get("must_refuse")
    ]
    built = [open_body(body) for bodies in ours.values() for body in bodies]
    return {
        "transactions": [_transaction_case(item) for item in [*built, *real]],
        "multisigned": [
            _multisigned_case(network, body) for network, found in ours.items() for body in found
        ],
        "keys": [
            {"seed": seed, "publicKey": pair.public_key, "address": pair.address}
            for seed, pair in zip(SEEDS, PAIRS, strict=True)
        ],
    }


def test_xrpl_js_agrees(tmp_path: Path) -> None:
    cases = tmp_path / "cases.json"
    cases.write_text(json.dumps(_cases()), encoding="utf-8")
    done = subprocess.run(
        [node(), "--test", "xrpl_oracle.test.mjs"],
        cwd=HERE,
        env={**os.environ, "CASES": str(cases)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 5" in done.stdout or "ℹ pass 5" in done.stdout


def test_the_cases_are_read_by_inspect() -> None:
    for body in _bodies("xrpl:63456"):
        assert CHAIN.inspect(Source(body.encode())).body == body
