"""The border to xrpl-py: transaction bytes to a value and back, ledger indexes, hashes.

Every refusal of the vendor's codec leaves here as MalformedError.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from xrpl.constants import XRPLException
from xrpl.core.addresscodec import decode_classic_address, is_valid_classic_address
from xrpl.core.binarycodec import decode, encode
from xrpl.core.binarycodec.definitions import definitions as vendor
from xrpl.core.binarycodec.types import Currency
from xrpl.core.keypairs import derive_classic_address

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.values import drops, number, optional_number, text

#: What the vendor's codec raises on bytes or JSON that it cannot read; it does not map its own failures.
_VENDOR_REFUSALS = (
    XRPLException,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
_REQUIRED = 0
_CURRENCY_OF_XRP = "XRP"
_TRANSACTION_ID = b"TXN\0"

#: The whole file of field and format definitions; the loader of the SDK drops the formats.
_definitions = json.loads(Path(vendor.__file__).with_name("definitions.json").read_text("utf-8"))
FORMATS = cast(dict[str, list[dict[str, str | int]]], _definitions["TRANSACTION_FORMATS"])


def engine_codes() -> dict[str, int]:
    """Engine result to number, e.g. tesSUCCESS to 0."""
    return cast(dict[str, int], _definitions["TRANSACTION_RESULTS"])


@dataclass(frozen=True, slots=True, eq=False)
class Transaction:
    """A parsed transaction. ``fields`` is in the ledger's names and is never changed; ``hash`` is upper hex.

    Two are equal when their bytes are, which the hash says.
    """

    blob: bytes
    hash: str
    fields: JsonObject
    kind: str
    account: str
    fee: int
    sequence: int
    ticket: int | None
    flags: int
    last_ledger: int | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Transaction) and other.hash == self.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    @property
    def multi_signed(self) -> bool:
        """True when the signing key is empty, which is how a multi-signed transaction says so."""
        return self.fields.get("SigningPubKey") == ""

    @property
    def uses_ticket(self) -> bool:
        """A non-zero Sequence wins over a ticket; having both is refused by the engine."""
        return self.sequence == 0 and self.ticket is not None


def half_sha512(data: bytes) -> bytes:
    """The first half of SHA-512, the ledger's hash."""
    return hashlib.sha512(data).digest()[:32]


@lru_cache(maxsize=20_000)
def parse(blob: bytes) -> Transaction:
    """The transaction in ``blob``, which must be canonical. Raises MalformedError.

    Cached: the readers of one practice network see the same bytes, and the value cannot be changed.
    """
    try:
        fields = cast(JsonObject, decode(blob.hex()))
        again = bytes.fromhex(encode(cast(dict[str, object], fields)))
    except _VENDOR_REFUSALS as error:
        raise MalformedError(f"The bytes are no transaction: {error}.") from error
    if again != blob:
        raise MalformedError("The bytes are not the canonical form of a transaction.")
    _check_template(fields)
    return Transaction(
        blob=blob,
        hash=half_sha512(_TRANSACTION_ID + blob).hex().upper(),
        fields=fields,
        kind=text(fields, "TransactionType"),
        account=text(fields, "Account"),
        fee=drops(fields, "Fee") if isinstance(fields["Fee"], str) else -1,
        sequence=number(fields, "Sequence"),
        ticket=optional_number(fields, "TicketSequence"),
        flags=number(fields, "Flags", 0),
        last_ledger=optional_number(fields, "LastLedgerSequence"),
    )


def _check_template(fields: JsonObject) -> None:
    """Every field must belong to the kind, and no required one may be missing."""
    kind = fields.get("TransactionType")
    if not isinstance(kind, str) or kind not in FORMATS:
        raise MalformedError("The bytes name no known transaction type.")
    known = FORMATS["common"] + FORMATS[kind]
    names = {str(row["name"]) for row in known}
    for name in fields:
        if name not in names:
            raise MalformedError(f"Field '{name}' found in disallowed location.")
    for row in known:
        if row["optionality"] == _REQUIRED and str(row["name"]) not in fields:
            raise MalformedError(f"Field '{row['name']}' is required but missing.")


def encode_json(fields: JsonObject) -> bytes:
    """Canonical bytes of a transaction or of metadata. Raises MalformedError."""
    try:
        return bytes.fromhex(encode(cast(dict[str, object], fields)))
    except _VENDOR_REFUSALS as error:
        raise MalformedError(f"The object cannot be serialised: {error}.") from error


def is_address(value: object) -> bool:
    """True for a classic address."""
    return isinstance(value, str) and is_valid_classic_address(value)


@lru_cache(maxsize=10_000)
def account_id(address: str) -> bytes:
    """The 20 bytes of a classic address. Raises MalformedError."""
    try:
        return decode_classic_address(address)
    except _VENDOR_REFUSALS as error:
        raise MalformedError("The account is no classic address.") from error


@lru_cache(maxsize=10_000)
def address_of_key(public_key: str) -> str | None:
    """The classic address of a public key in hex, or None where the bytes are no public key."""
    try:
        return derive_classic_address(public_key)
    except _VENDOR_REFUSALS:
        return None


@lru_cache(maxsize=1_000)
def currency_id(currency: str) -> bytes:
    """The 20 bytes of a currency code. Raises MalformedError."""
    try:
        return bytes(Currency.from_value(currency))
    except _VENDOR_REFUSALS as error:
        raise MalformedError("The currency code cannot be read.") from error


def is_bad_currency(currency: str) -> bool:
    """True for the code that pretends to be XRP, with which nothing may be issued."""
    return currency_id(currency) in (b"\0" * 20, b"\0" * 12 + _CURRENCY_OF_XRP.encode() + b"\0" * 5)


def _index(space: str, *parts: bytes) -> str:
    return half_sha512(ord(space).to_bytes(2, "big") + b"".join(parts)).hex().upper()


@lru_cache(maxsize=10_000)
def account_index(address: str) -> str:
    """Ledger index of an AccountRoot (upper hex), as all indexes below (xrpl.org "Ledger Object IDs")."""
    return _index("a", account_id(address))


@lru_cache(maxsize=10_000)
def line_index(one: str, other: str, currency: str) -> str:
    """Ledger index of the RippleState between two accounts."""
    low, high = sorted((account_id(one), account_id(other)))
    return _index("r", low, high, currency_id(currency))


def signer_list_index(address: str) -> str:
    """Ledger index of an account's SignerList."""
    return _index("S", account_id(address), bytes(4))


def ticket_index(address: str, sequence: int) -> str:
    """Ledger index of a Ticket."""
    return _index("T", account_id(address), sequence.to_bytes(4, "big"))


FEE_SETTINGS_INDEX = _index("e")
