"""`inspect`: every form of one transaction decodes to the same thing (CONTRACTS C2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from offices import Answer, run_here, run_process
from test_cli_policy import CASES
from xrpl.core.binarycodec import decode

BLOB = CASES[0]["file"]
NETWORK = "xrpl:0"


def inspect(tmp_path: Path, data: bytes | str, *more: str) -> Answer:
    path = tmp_path / "input"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return run_here("--json", "inspect", str(path), *more)


def forms() -> dict[str, bytes]:
    fields = decode(BLOB)
    account = f"{NETWORK}:{fields['Account']}"
    file = {
        "format": "countersign/proposal@1", "network": NETWORK, "account": account,
        "transaction": {"encoding": "xrpl-blob", "body": BLOB}, "title": "", "note": "",
        "created_at": "2026-11-20T09:00:00Z", "expires_at": None, "signatures": [], "links": [],
    }  # fmt: skip
    return {
        "blob": BLOB.encode(),
        "lower": BLOB.lower().encode(),
        "spaces": f" \r\n\t{BLOB}\n\n ".encode(),
        "json": json.dumps(fields).encode(),
        "indented": b"\n" + json.dumps(fields, indent=4).encode() + b"\n",
        "tx_json": json.dumps({"tx_json": fields}).encode(),
        "tx_blob": json.dumps({"tx_blob": BLOB}).encode(),
        "countersign": json.dumps(file).encode(),
        "countersign with spaces": b"\n  " + json.dumps(file, indent=1).encode() + b"\n",
    }


@pytest.mark.parametrize("form", forms())
def test_every_form_is_the_same_proposal(tmp_path: Path, form: str) -> None:
    answer = inspect(tmp_path, forms()[form], "--network", NETWORK)
    assert answer.exit_code == 0
    assert answer.result["proposal_id"] == CASES[0]["expect"]["proposal_id"]
    assert answer.result["network"] == NETWORK
    assert [effect["kind"] for effect in answer.result["effects"]] == ["Transfer", "FeePaid"]


def test_the_result_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    result = inspect(tmp_path, BLOB, "--network", NETWORK).result
    assert set(result) == {
        "proposal_id", "body_hash", "network", "account", "encoding", "mode", "type", "tx_id", "sequence",
        "expiry", "fee", "effects", "signing", "signatures", "warnings",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["blob", "countersign"])
def test_standard_input_is_a_file_too(form: str) -> None:
    answer = run_process("--json", "inspect", "-", "--network", NETWORK, stdin=forms()[form])
    assert answer.result["proposal_id"] == CASES[0]["expect"]["proposal_id"]


def test_an_assumed_network_is_said(tmp_path: Path) -> None:
    named = inspect(tmp_path, BLOB, "--network", NETWORK).result
    assumed = inspect(tmp_path, BLOB).result
    assert assumed["proposal_id"] == named["proposal_id"]
    assert "NETWORK_ASSUMED" in [warning["code"] for warning in assumed["warnings"]]
    assert "NETWORK_ASSUMED" not in [warning["code"] for warning in named["warnings"]]


def test_a_network_that_conflicts_is_refused(tmp_path: Path) -> None:
    assert inspect(tmp_path, forms()["countersign"], "--network", "xrpl:1").refused == (3, "NETWORK")
    for form in ("blob", "countersign"):
        for network in ("stellar:pubnet", "eip155:1"):
            assert inspect(tmp_path, forms()[form], "--network", network).refused == (3, "NETWORK")


def test_a_ledger_that_is_not_read_yet_is_said(tmp_path: Path) -> None:
    assert inspect(tmp_path, b"AAAA", "--network", "stellar:pubnet").refused == (2, "NOT_BUILT")


def test_what_each_signer_signs_is_shown(tmp_path: Path) -> None:
    assert inspect(tmp_path, BLOB).result["signing"]["digest"] is None
    digests = {
        inspect(tmp_path, BLOB, "--signer", f"{NETWORK}:{address}").result["signing"]["digest"]
        for address in ("r3JqhEznRmjXEmYsCe3ktMgScjoZ8bnpLh", "r3SvR2uiRy8H2z1ChEs8mP8JBRwYQXGeQR")
    }
    assert len(digests) == 2
    assert all(len(digest) == 64 and digest == digest.upper() for digest in digests)


@pytest.mark.parametrize(
    "data",
    [b"", b"  ", b"zz", b"\x00\xff", b"{", b"[]", b'{"format":"countersign/vote@1"}', b"1200", b"null",
     BLOB[:-2].encode(), BLOB.encode() + b"00", b"\xef\xbb\xbf" + BLOB.encode() + b"z"],
)  # fmt: skip
def test_what_cannot_be_read_is_exit_3(tmp_path: Path, data: bytes) -> None:
    answer = inspect(tmp_path, data)
    assert answer.exit_code == 3
    assert answer.error["code"] in {"MALFORMED", "REENCODE_MISMATCH"}


def test_a_file_that_is_not_there_asks_for_its_path(tmp_path: Path) -> None:
    for arguments in (("inspect", str(tmp_path / "none")), ("journal", "verify", str(tmp_path / "none"))):
        answer = run_here("--json", *arguments)
        assert answer.refused == (8, "NOT_FOUND")
        assert answer.error["hint"] == "Check the path."


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert inspect(tmp_path, b"12" * (1024 * 1024)).refused == (3, "MALFORMED")


def test_people_read_what_it_does(tmp_path: Path) -> None:
    path = tmp_path / "input"
    path.write_text(BLOB)
    answer = run_here("inspect", str(path))
    assert answer.exit_code == 0
    fields = decode(BLOB)
    assert fields["Destination"] in answer.out
    assert CASES[0]["expect"]["proposal_id"] in answer.out


def test_what_is_not_understood_is_shown_and_exit_0(tmp_path: Path) -> None:
    from xrpl.core.binarycodec import encode

    fields = {k: v for k, v in decode(BLOB).items() if k not in ("Amount", "Destination", "DestinationTag")}
    blob = encode({**fields, "TransactionType": "OfferCancel", "OfferSequence": 7})
    answer = inspect(tmp_path, blob)
    assert answer.exit_code == 0
    assert "Unknown" in [effect["kind"] for effect in answer.result["effects"]]
    assert "UNKNOWN_EFFECT" in [warning["code"] for warning in answer.result["warnings"]]
