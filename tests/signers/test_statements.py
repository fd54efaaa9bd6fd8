"""The bytes that a device key signs."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core.canonical import canonical
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.signers.statements import (
    KINDS,
    RECEIPT_FORMAT,
    receipt_message,
    statement_message,
    verify_receipt,
    verify_statement,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DEVICE = "ed25519:" + KEY.public_key().public_bytes_raw().hex()
CHECKPOINT = f"acme/{'0a' * 16}\n12\n{'A' * 43}=\n"


def test_statement_is_domain_and_hash() -> None:
    digest = hashlib.sha256(b'{"a":1,"b":"x"}').hexdigest()
    expected = b"countersign/reject@1\n" + digest.encode()
    assert statement_message("reject", {"b": "x", "a": 1}) == expected
    assert statement_message("reject", '{"a":1,"b":"x"}') == expected


def test_author_and_policy_take_the_hash_of_their_room() -> None:
    for kind in ("author", "policy"):
        assert statement_message(kind, "ab" * 32) == f"countersign/{kind}@1\n{'ab' * 32}".encode()
        assert statement_message(kind, {"a": 1}) == statement_message(
            kind, hashlib.sha256(b'{"a":1}').hexdigest()
        )


def test_checkpoint_is_the_note_itself() -> None:
    assert statement_message("checkpoint", CHECKPOINT) == CHECKPOINT.encode()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("reject", "ab" * 32),
        ("reject", '{"b":1,"a":1}'),
        ("reject", '{"a": 1}'),
        ("reject", "[]"),
        ("reject", []),
        ("reject", None),
        ("author", "AB" * 32),
        ("author", "ab" * 31),
        ("sign", {"a": 1}),
        ("", {}),
        ("checkpoint", {"a": 1}),
        ("checkpoint", CHECKPOINT + "x"),
        ("checkpoint", CHECKPOINT[:-1]),
        ("checkpoint", "countersign/policy@1\n" + "ab" * 32),
        ("checkpoint", f"acme/{'0a' * 16}\n012\n{'A' * 43}=\n"),
        ("checkpoint", f"countersign/author@1\n1\n{'A' * 43}=\n"),
    ],
)
def test_what_is_no_statement_is_refused(kind: str, value: object) -> None:
    with pytest.raises(MalformedError):
        statement_message(kind, value)  # type: ignore[arg-type]


@given(st.dictionaries(st.text(max_size=5), st.integers(-5, 5), max_size=3))
def test_no_statement_can_pass_for_another_kind(value: dict[str, int]) -> None:
    content: JsonObject = {**value}
    messages = {statement_message(kind, content) for kind in KINDS - {"checkpoint"}}
    assert len(messages) == len(KINDS) - 1
    for message in messages:
        with pytest.raises(MalformedError):
            statement_message("checkpoint", message.decode())


def test_verification() -> None:
    signature = KEY.sign(statement_message("halt", {"a": 1})).hex()
    assert verify_statement(DEVICE, "halt", {"a": 1}, signature)
    assert not verify_statement(DEVICE, "resume", {"a": 1}, signature)
    assert not verify_statement(DEVICE, "halt", {"a": 2}, signature)
    assert not verify_statement(DEVICE, "halt", {"a": 1}, signature.upper())
    assert not verify_statement(DEVICE[:-1], "halt", {"a": 1}, signature)
    assert not verify_statement("ed25519:" + "ff" * 32, "halt", {"a": 1}, signature)


def test_receipt() -> None:
    receipt: JsonObject = {"format": RECEIPT_FORMAT, "digest": "AB", "device_key": DEVICE}
    signed: JsonObject = {**receipt, "sig": KEY.sign(receipt_message(receipt)).hex()}
    assert receipt_message(signed) == receipt_message(receipt)
    assert receipt_message(receipt).startswith(b"countersign/receipt@1\n")
    assert canonical(receipt) not in receipt_message(receipt)
    assert verify_receipt(signed)
    for name, value in (
        ("digest", "AC"),
        ("sig", "00" * 64),
        ("format", "x"),
        ("device_key", 1),
        ("more", 1),
    ):
        assert not verify_receipt({**signed, name: value})
