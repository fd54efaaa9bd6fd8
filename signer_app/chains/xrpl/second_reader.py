"""The second implementation: the SDK must make our bytes from our reading of them (DESIGN promise 4).

Our reader's JSON form goes through the SDK's encoder for the signing data, and where signatures stand in the
bytes for the whole blob as well. Two encoders that share no code then give the same bytes, or nobody signs.
This is the only module of the room that loads the SDK, when it is first used
(docs/decisions/0004-second-reader.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from signer_app.chains.xrpl.address import decode_address
from signer_app.chains.xrpl.transaction import NOT_IN_BODY, Transaction
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

#: What the SDK raises on JSON that it cannot write; it does not map its own failures.
_SDK_REFUSALS = (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, AssertionError)

#: More characters than any address has. The SDK takes each text for one and converts it as such, which takes
#: minutes for some blobs of 100 kB; with a blank in front it sees at once that it is none, and reads no less.
_LONGEST_ADDRESS = 128
#: Shorter transactions have no blob that would take long.
_LONG = 1_000

_Encoders = tuple[
    Callable[[JsonObject], str],
    Callable[[JsonObject], str],
    Callable[[JsonObject, str], str],
    type[Exception],
]


@cache
def _encoders() -> _Encoders:
    from xrpl.constants import XRPLException  # noqa: PLC0415 - the SDK loads when it is first needed
    from xrpl.core.binarycodec import encode, encode_for_multisigning, encode_for_signing  # noqa: PLC0415

    return encode, encode_for_signing, encode_for_multisigning, XRPLException


def load() -> None:
    """Load the SDK now and not with the first transaction. It takes 0.4 s."""
    _encoders()


def require_agreement(transaction: Transaction, signer: str | None = None) -> None:
    """MalformedError REENCODE_MISMATCH unless the SDK gives the same signing data and blob.

    ``signer``: classic address of a list member, whose signing data is compared too. In multi mode without
    one, the data is compared as if the account itself signed, which differs in the last 20 bytes only.
    """
    encode, single, multi, sdk_error = _encoders()
    read = transaction.fields if len(transaction.blob) < _LONG else _marked(transaction.fields)
    fields: JsonObject = {**read, "SigningPubKey": transaction.signing_key}
    try:
        if not transaction.multi:
            _same(single(fields), transaction.single_signing_data())
        if signer or transaction.multi:
            member = signer or transaction.account
            # The SDK leaves a key in place, which no list member's data holds.
            unkeyed: JsonObject = {**fields, "SigningPubKey": ""}
            _same(multi(unkeyed, member), transaction.multi_signing_data(decode_address(member)))
        if any(not part.field.signing for part in transaction.parts) or NOT_IN_BODY & fields.keys():
            _same(encode(read), transaction.blob)
    except (sdk_error, *_SDK_REFUSALS) as error:
        raise MalformedError(
            "The second reader cannot write this transaction again.", code="REENCODE_MISMATCH"
        ) from error


def _marked(fields: JsonObject) -> JsonObject:
    """Fields with a blank in front of each text that is longer than an address."""
    return {name: _marked_value(value) for name, value in fields.items()}


def _marked_value(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return f" {value}" if len(value) > _LONGEST_ADDRESS else value
    if isinstance(value, list):
        return [_marked_value(item) for item in value]
    return _marked(value) if isinstance(value, dict) else value


def _same(theirs: str, ours: bytes) -> None:
    if theirs.upper() != ours.hex().upper():
        raise MalformedError(
            "Two readers give different bytes for this transaction.", code="REENCODE_MISMATCH"
        )
