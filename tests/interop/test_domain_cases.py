"""Worked cases by others: currency codes, hashes and chain of events, distinct holders of keys."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from signer_app.chains.port import Source
from signer_app.chains.registry import chain_of
from signer_app.chains.xrpl.address import encode_address
from signer_app.chains.xrpl.codec.numbers import read_currency, write_currency
from signer_app.core.canonical import canonical
from signer_app.core.facts import ContextSignature
from signer_app.policy.people import KeyTable
from signer_app.policy.quorums import can_fill, fill
from signer_app.policy.schema import Key, Person

VECTORS = Path(__file__).parents[1] / "data" / "vectors" / "domain_cases.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))["cases"]
ROLE = "holder"


def of(domain: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in CASES if case["domain"] == domain]


def payment(**fields: object) -> Any:
    source = encode_address(bytes(19) + b"\1")
    tx = {"TransactionType": "Payment", "Account": source, "Fee": "12", "Sequence": 1, "Amount": "1",
          "Destination": encode_address(bytes(19) + b"\2"), **fields}  # fmt: skip
    return chain_of("xrpl:0").inspect(Source(json.dumps(tx).encode(), network="xrpl:0")).effects[0]


@pytest.mark.parametrize("case", of("currency_code"))
def test_currency_codes_are_written_and_read(case: dict[str, Any]) -> None:
    for name, written in zip(case["given"]["xrpl"], case["expect"]["xrpl"], strict=True):
        data = write_currency(written)
        assert read_currency(data) == written
        if len(name) > 3:
            assert data == name.encode("ascii").ljust(20, b"\0")
        else:
            assert data[12:15] == name.encode("ascii")
            assert written == name
        issuer = encode_address(bytes(19) + b"\3")
        found = payment(Amount={"currency": written, "issuer": issuer, "value": "1"})
        assert found.asset == f"xrpl:0/iou:{data.hex().upper()}.{issuer}"


@pytest.mark.parametrize("case", of("audit"))
def test_events_have_these_hashes_this_chain_and_this_memo(case: dict[str, Any]) -> None:
    hashes = [hashlib.sha256(canonical(event)).digest() for event in case["given"]["events"]]
    assert [item.hex() for item in hashes] == case["expect"]["hashes"]
    head, chain = bytes(32), []
    for item in hashes:
        head = hashlib.sha256(head + item).digest()
        chain.append(head.hex())
    assert chain == case["expect"]["chain"]
    memo = case["expect"]["xrpl_memo_data"]
    assert hashes[0].hex().upper() == memo
    assert payment(Memos=[{"Memo": {"MemoData": memo}}]).memo == memo


@pytest.mark.parametrize("case", of("multisig_policy"))
def test_each_holder_counts_once_and_strangers_never(case: dict[str, Any]) -> None:
    given, expected = case["given"], case["expect"]
    names = sorted({*given["signers"], *given["key_holders"]})
    ids = {name: f"p{number}" for number, name in enumerate(names)}
    accounts = {
        name: f"xrpl:0:{encode_address(bytes(18) + b'k' + bytes([n]))}" for n, name in enumerate(names)
    }
    holders = given["key_holders"]
    people = [Person(id=ids[name], name=name, roles=[ROLE], device_keys=[]) for name in holders]
    keys = [
        Key(
            id=ids[name], person=ids[name], signer=accounts[name], public_key="02" + "ab" * 32,
            device=ids[name], backend="ledger", tier="cold", purpose="sign",
        )
        for name in holders
    ]  # fmt: skip
    signatures = [ContextSignature(accounts[name], None, None) for name in given["signers"]]
    present = KeyTable(keys, people).present(signatures)
    roles = {entry.person: entry.roles for entry in present if entry.person is not None and entry.counts}
    assert fill([(ROLE, given["threshold"])], roles) == (expected["counted"],)
    assert can_fill([(ROLE, expected["threshold"])], roles) is expected["approved"]
    ignored = {entry.signer for entry in present if entry.person is None}
    assert ignored == {accounts[name] for name in expected["ignored"]}


def test_all_kept_cases_are_tested() -> None:
    assert {case["domain"] for case in CASES} == {"currency_code", "audit", "multisig_policy"}
    assert len(CASES) == 5
