"""One decoded transaction behind the total-decode gate, and the byte strings that are made from it.

Own encoder only: this is what the process of the key uses (DESIGN promises 1 and 4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from signer_app.chains.signing_values import Span
from signer_app.chains.xrpl.address import is_public_key
from signer_app.chains.xrpl.codec.definitions import FIELDS
from signer_app.chains.xrpl.codec.reader import Part, read_transaction
from signer_app.chains.xrpl.codec.writer import write_field, write_transaction
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

#: Prefixes of what is hashed (xrpl.org, "Hash Prefixes").
PREFIX_ID: Final = b"TXN\x00"
PREFIX_SINGLE: Final = b"STX\x00"
PREFIX_MULTI: Final = b"SMT\x00"

#: Signatures are no part of the body (CONTRACTS C1).
NOT_IN_BODY: Final = frozenset({"TxnSignature", "Signers", "BatchSigners"})

_KEY_FIELD: Final = FIELDS["SigningPubKey"]
_NO_KEY: Final = Part(_KEY_FIELD, write_field(_KEY_FIELD, ""))


@dataclass(frozen=True, slots=True)
class Transaction:
    """``blob`` as it came, ``fields`` its JSON form, ``parts`` its top-level fields in order."""

    blob: bytes
    fields: JsonObject
    parts: tuple[Part, ...]

    @property
    def type(self) -> str:
        return text_of(self.fields, "TransactionType")

    @property
    def account(self) -> str:
        """Classic address of the account that the transaction is for."""
        return text_of(self.fields, "Account")

    @property
    def signing_key(self) -> str:
        """Upper hex SigningPubKey; empty in multi mode."""
        value = self.fields.get("SigningPubKey", "")
        return value if isinstance(value, str) else ""

    @property
    def multi(self) -> bool:
        """Whether a signer list signs: no key stands in the transaction itself."""
        return not self.signing_key

    @property
    def network_id(self) -> int | None:
        value = self.fields.get("NetworkID")
        return value if isinstance(value, int) else None

    def body(self) -> bytes:
        """Canonical bytes without signatures; SigningPubKey always present (CONTRACTS C1)."""
        return _join(part for part in with_key_part(self.parts) if part.field.name not in NOT_IN_BODY)

    def single_signing_data(self) -> bytes:
        """What the one key of single mode signs."""
        return PREFIX_SINGLE + _join(part for part in with_key_part(self.parts) if part.field.signing)

    def multi_signing_data(self, signer_id: bytes) -> bytes:
        """What the list member with this 20-byte account id signs."""
        parts = (_NO_KEY if part.field is _KEY_FIELD else part for part in with_key_part(self.parts))
        return PREFIX_MULTI + _join(part for part in parts if part.field.signing) + signer_id


def open_blob(data: bytes) -> Transaction:
    """Decode through the gate: read strictly, write again, compare.

    MalformedError: MALFORMED for what cannot be read, REENCODE_MISMATCH where writing gives other bytes.
    """
    fields, parts = read_transaction(data)
    if write_transaction(fields) != data:
        raise MalformedError("Written again, the transaction has other bytes.", code="REENCODE_MISMATCH")
    transaction = Transaction(data, fields, parts)
    _check_form(transaction)
    return transaction


def open_body(body: str) -> Transaction:
    """The transaction of a body in the text form of CONTRACTS C1.

    MalformedError where it is not in that form.
    """
    try:
        data = bytes.fromhex(body)
    except ValueError as error:
        raise MalformedError("A body is upper hex.") from error
    if data.hex().upper() != body:
        raise MalformedError("A body is upper hex.")
    transaction = open_blob(data)
    if transaction.body() != data:
        raise MalformedError("A body holds no signatures, and always a SigningPubKey.")
    return transaction


def spans(transaction: Transaction) -> tuple[Span, ...]:
    """Where each top-level field stands in the blob, in order and without a gap."""
    found, start = [], 0
    for part in transaction.parts:
        found.append(Span(part.field.name, start, len(part.data)))
        start += len(part.data)
    return tuple(found)


def with_key_part(parts: tuple[Part, ...]) -> Iterable[Part]:
    """The parts with an empty SigningPubKey in its place where there is none."""
    pending = all(part.field is not _KEY_FIELD for part in parts)
    for part in parts:
        if pending and part.field.order > _KEY_FIELD.order:
            pending = False
            yield _NO_KEY
        yield part
    if pending:
        yield _NO_KEY


def sha512_half(data: bytes) -> bytes:
    """The first 32 bytes of SHA-512."""
    return hashlib.sha512(data).digest()[:32]


def transaction_id(blob: bytes) -> str:
    """Upper hex id of a signed transaction."""
    return sha512_half(PREFIX_ID + blob).hex().upper()


def text_of(fields: JsonObject, name: str) -> str:
    """The text in ``name``. MalformedError where there is none."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise MalformedError(f"The transaction has no {name}.")
    return value


def number_of(fields: JsonObject, name: str) -> int:
    """The whole number in ``name``. MalformedError where there is none."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedError(f"The transaction has no {name}.")
    return value


def signer_entries(fields: JsonObject) -> list[JsonObject]:
    """The entries of Signers: objects with Account, SigningPubKey and TxnSignature. MalformedError."""
    return [_signer(item) for item in _list(fields.get("Signers"))]


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _signer(item: JsonValue) -> JsonObject:
    inner = item.get("Signer") if isinstance(item, dict) else None
    if not isinstance(inner, dict) or inner.keys() != {"Account", "SigningPubKey", "TxnSignature"}:
        raise MalformedError("An entry of Signers holds Account, SigningPubKey and TxnSignature.")
    return inner


def _check_form(transaction: Transaction) -> None:
    """What the fields that every transaction has must look like, whatever its type."""
    keys = [transaction.signing_key] if transaction.signing_key else []
    keys += [text_of(entry, "SigningPubKey") for entry in signer_entries(transaction.fields)]
    for key in keys:
        if not is_public_key(bytes.fromhex(key)):
            raise MalformedError("A SigningPubKey is not the public key of an XRPL account.")
    if not isinstance(transaction.fields.get("Fee", ""), str):
        raise MalformedError("A fee is paid in XRP.")
    text_of(transaction.fields, "Account")


def _join(parts: Iterable[Part]) -> bytes:
    return b"".join([part.data for part in parts])
