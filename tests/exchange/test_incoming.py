"""One reader for everything that may hold a transaction: what it takes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core.binarycodec import decode, encode

from signer_app.core.errors import CountersignError, MalformedError
from signer_app.exchange.incoming import read_incoming

VECTORS = Path(__file__).parents[1] / "data" / "vectors"
BLOB = json.loads((VECTORS / "policy_cases.json").read_text())["cases"][0]["file"]
FIELDS = decode(BLOB)
NETWORK = "xrpl:0"
ACCOUNT = f"{NETWORK}:{FIELDS['Account']}"


def file(**changes: Any) -> dict[str, Any]:
    return {
        "format": "countersign/proposal@1", "network": NETWORK, "account": ACCOUNT,
        "transaction": {"encoding": "xrpl-blob", "body": BLOB}, "title": "rent", "note": "",
        "created_at": "2026-11-20T09:00:00Z", "expires_at": None, "signatures": [], "links": [], **changes,
    }  # fmt: skip


def read(value: Any, **named: str) -> Any:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_incoming(data, **named)


def test_a_proposal_file_keeps_its_words_and_signatures() -> None:
    entry = {"signer": ACCOUNT, "public_key": "02AA", "signature": "30", "scheme": "xrpl-multi"}
    incoming = read(file(signatures=[entry]))
    assert incoming.file is not None
    assert (incoming.file.title, incoming.inspection.network) == ("rent", NETWORK)
    assert [s.signature for s in incoming.signatures] == ["30"], "judged by whoever keeps them, not here"


def test_native_forms_have_no_words() -> None:
    for value in (BLOB.encode(), FIELDS, {"tx_json": FIELDS}, {"tx_blob": BLOB}):
        incoming = read(value, network=NETWORK)
        assert incoming.file is None
        assert incoming.signatures == ()
        assert incoming.inspection.body == BLOB


def test_signatures_inside_native_bytes_are_found() -> None:
    """A real transaction that three people signed, from the vectors."""
    case = next(
        json.loads(line)
        for line in (VECTORS / "xrpl_real.jsonl").read_text().splitlines()
        if '"Signers"' in line and '"SigningPubKey": ""' in line.replace('":"', '": "')
    )
    blob = next(v for v in case.values() if isinstance(v, str) and len(v) > 200)
    incoming = read(blob.encode(), network=NETWORK)
    signers = decode(blob)["Signers"]
    assert [s.signature for s in incoming.signatures] == [s["Signer"]["TxnSignature"] for s in signers]
    assert incoming.inspection.mode == "multi"
    assert "Signers" not in decode(incoming.inspection.body)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"account": f"{NETWORK}:rrrrrrrrrrrrrrrrrrrrBZbvji"}, "MALFORMED"),
        ({"network": "xrpl:1"}, "MALFORMED"),
        ({"transaction": {"encoding": "safe-tx", "body": BLOB}}, "MALFORMED"),
        ({"transaction": {"encoding": "xrpl-blob", "body": BLOB.lower()}}, "MALFORMED"),
        ({"transaction": {"encoding": "xrpl-blob", "body": BLOB + "00"}}, "MALFORMED"),
        ({"transaction": {"encoding": "xrpl-blob", "body": json.dumps(FIELDS)}}, "MALFORMED"),
        ({"format": "countersign/facts@1"}, "MALFORMED"),
        ({"unknown": 1}, "MALFORMED"),
        ({"signatures": [{}] * 65}, "MALFORMED"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read(file(**changes))
    assert caught.value.code == code


def test_a_body_with_signatures_inside_is_not_canonical() -> None:
    signer = {
        "Signer": {"Account": FIELDS["Destination"], "SigningPubKey": "02" + "AA" * 32, "TxnSignature": "30"}
    }
    signed = encode({**FIELDS, "Signers": [signer]})
    with pytest.raises(MalformedError):
        read(file(transaction={"encoding": "xrpl-blob", "body": signed}))


def test_a_named_network_or_account_that_conflicts_is_refused() -> None:
    for named in ({"network": "xrpl:1"}, {"account": f"{NETWORK}:rrrrrrrrrrrrrrrrrrrrBZbvji"}):
        with pytest.raises(MalformedError):
            read(file(), **named)
    assert read(file(), network=NETWORK, account=ACCOUNT).inspection.account == ACCOUNT


def test_a_duplicate_member_is_refused() -> None:
    text = json.dumps(file())
    doubled = text.replace('"title"', '"title": "a", "title"', 1)
    with pytest.raises(MalformedError):
        read(doubled.encode())


def test_too_much_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(MalformedError) as caught:
        read(b"[" * (1024 * 1024 + 1))
    assert caught.value.code == "MALFORMED"


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
def test_anything_else_is_an_answer_and_never_a_fault(data: bytes) -> None:
    code, incoming = 0, None
    try:
        incoming = read_incoming(data)
    except CountersignError as error:
        code = error.exit_code
    assert code in {2, 3} or (incoming is not None and incoming.inspection.body)


@given(st.data())
def test_a_damaged_file_never_decodes_to_other_bytes_unseen(data: st.DataObject) -> None:
    text = bytearray(json.dumps(file()).encode())
    position = data.draw(st.integers(0, len(text) - 1))
    text[position] = data.draw(st.integers(32, 126))
    try:
        incoming = read_incoming(bytes(text))
    except CountersignError:
        return
    if incoming.file is not None:
        assert incoming.file.transaction.body == incoming.inspection.body
        assert incoming.file.account == incoming.inspection.account
        assert encode(decode(incoming.inspection.body)) == incoming.inspection.body
