"""Every row of the vectors that another SDK computed: ids, hashes, signatures, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signer_app.chains.port import SignerKeys, SignerList, Source
from signer_app.chains.xrpl.address import decode_address
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.transaction import PREFIX_SINGLE, open_blob, sha512_half
from signer_app.core.errors import MalformedError

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
ROWS = [json.loads(line) for line in (VECTORS / "xrpl_real.jsonl").read_text().splitlines()]
#: A transaction for no account at all (a fixture of a codec): it decodes, but there is nothing to inspect.
WITHOUT_ACCOUNT = {"XRP-0069"}
READABLE = [row for row in ROWS if not row.get("must_refuse") and row["id"] not in WITHOUT_ACCOUNT]
REFUSED = [row for row in ROWS if row.get("must_refuse") or row["id"] in WITHOUT_ACCOUNT]
CHAIN = XrplChain()


def _ids(rows: list[dict]) -> list[str]:
    return [f"{row['id']}-{row['type']}" for row in rows]


def test_all_rows_are_here() -> None:
    assert len(ROWS) == 422
    assert len(REFUSED) == 16


@pytest.mark.parametrize("row", READABLE, ids=_ids(READABLE))
def test_a_real_transaction_is_read_as_the_other_sdk_reads_it(row: dict) -> None:
    found = CHAIN.inspect(Source(f" {row['binary_hex'].lower()}\n".encode()))
    assert found.type == row["type"]
    assert found.account.rpartition(":")[2] == row["account"]
    assert found.tx_id == row.get("expected_txid")
    expected_network = row["network_id"] if row["network_id"] else 0
    assert found.network == f"xrpl:{expected_network}"
    if row["last_ledger_sequence"] is not None:
        assert found.expiry is not None
        assert found.expiry.value == str(row["last_ledger_sequence"])
    slot = (
        ("ticket", row["ticket_sequence"]) if row["ticket_sequence"] else ("sequence", row["sequence"] or 0)
    )
    assert (found.sequence.kind, found.sequence.value) == (slot[0], str(slot[1]))
    if row["is_signed"] and not row["is_multisigned"]:
        assert found.signing.digest == row["signing_hash_single"]
    if "signature_valid" in row:
        assert [item.valid for item in found.signatures] == [row["signature_valid"]]
        assert [item.key_is_master for item in found.signatures] == [row["signing_key_is_master"]]
    if "multi_signature_valid" in row:
        assert [item.valid for item in found.signatures] == row["multi_signature_valid"]
        assert [item.signer.rpartition(":")[2] for item in found.signatures] == row["signers"]
    if "unsigned_hex" in row:
        assert found.body == row["unsigned_hex"]


@pytest.mark.parametrize("row", READABLE, ids=_ids(READABLE))
def test_the_json_of_a_real_transaction_means_the_same_bytes(row: dict) -> None:
    from_blob = CHAIN.inspect(Source(row["binary_hex"].encode()))
    from_json = CHAIN.inspect(Source(json.dumps(row["tx_json"]).encode()))
    assert from_json == from_blob


@pytest.mark.parametrize("row", READABLE, ids=_ids(READABLE))
def test_signing_hashes(row: dict) -> None:
    transaction = open_blob(bytes.fromhex(row["binary_hex"]))
    raw = PREFIX_SINGLE + b"".join(part.data for part in transaction.parts if part.field.signing)
    assert sha512_half(raw).hex().upper() == row["signing_hash_single"]
    wanted = [*row["multi_signing"], *([row["hypothetical_multi"]] if "hypothetical_multi" in row else [])]
    for entry in wanted:
        data = transaction.multi_signing_data(decode_address(entry["signer"]))
        assert sha512_half(data).hex().upper() == entry["signing_hash"]
        named = CHAIN.inspect(Source(row["binary_hex"].encode(), signer=entry["signer"])).signing
        assert (named.digest, named.signing_data) == (entry["signing_hash"], data.hex().upper())


@pytest.mark.parametrize("row", REFUSED, ids=_ids(REFUSED))
def test_what_nobody_signs_is_refused(row: dict) -> None:
    allowed = {"MALFORMED", "REENCODE_MISMATCH"}
    inputs = [row["binary_hex"]] if row.get("binary_hex") else []
    inputs += [json.dumps(row["tx_json"])] if row.get("tx_json") else []
    for text in inputs:
        with pytest.raises(MalformedError) as refused:
            CHAIN.inspect(Source(text.encode()))
        assert refused.value.code in allowed & set(row.get("codes_any", allowed))


def test_the_types_without_a_row_are_shown_as_unknown() -> None:
    known = {
        "Payment",
        "TrustSet",
        "SignerListSet",
        "SetRegularKey",
        "AccountSet",
        "TicketCreate",
        "AccountDelete",
        "EscrowCreate",
        "EscrowFinish",
        "EscrowCancel",
    }
    for row in READABLE:
        found = CHAIN.inspect(Source(row["binary_hex"].encode()))
        codes = [warning.code for warning in found.warnings]
        unknown = [effect for effect in found.effects if effect.kind == "Unknown"]
        assert codes.count("UNKNOWN_EFFECT") == len(unknown)
        assert found.effects[-1].kind == "FeePaid"
        if row["type"] not in known:
            assert unknown


MULTISIGN = json.loads((VECTORS / "xrp_multisign.json").read_text())


@pytest.mark.parametrize(
    "case", [case for case in MULTISIGN if case.get("name") == "can create multi signing blobs"]
)
def test_multi_signing_data_of_the_other_sdks_own_tests(case: dict) -> None:
    found = CHAIN.inspect(Source(json.dumps(case["tx"]).encode(), signer=case["signing_account"]))
    assert found.signing.signing_data == case["expected_hex"]
    # The fixture carries a "Signature", which is no field of a Payment: unsigned by all, never overlooked.
    assert "field Signature" in [effect.what for effect in found.effects if effect.kind == "Unknown"]


def test_combine_gives_the_bytes_of_the_other_sdks_own_tests() -> None:
    case = next(case for case in MULTISIGN if case["kind"] == "multisign-combine")
    partials = [CHAIN.extract_signatures(json.dumps(item).encode(), "xrpl:0") for item in case["to_combine"]]
    bodies = {body for body, _ in partials}
    assert len(bodies) == 1
    signatures = [signature for _, found in reversed(partials) for signature in found]
    foreign = case["must_not_combine_with"]
    other_body, others = CHAIN.extract_signatures(json.dumps(foreign).encode(), "xrpl:0")
    assert other_body not in bodies
    signers = [signature.signer for signature in [*signatures, *others]]
    combined = CHAIN.combine(
        network="xrpl:0",
        body=bodies.pop(),
        signatures=[*signatures, *others],
        signer_list=SignerList(2, dict.fromkeys(signers, 1)),
        keys={signer: SignerKeys(signer, True, True, None) for signer in signers},
    )
    assert combined.blob.hex().upper() == case["expected_blob"]
    assert [(refused.signature, refused.code) for refused in combined.refused] == [
        (others[0], "SIGNATURE_INVALID")
    ]


def test_the_proposal_ids_of_the_policy_cases() -> None:
    document = json.loads((VECTORS / "policy_cases.json").read_text())
    for case in document["cases"]:
        found = CHAIN.inspect(Source(case["file"].encode(), network=case["network"]))
        assert found.proposal_id == case["expect"]["proposal_id"]
