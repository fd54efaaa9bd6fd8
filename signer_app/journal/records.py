"""One journal line: its exact bytes, its encryption and its commitment (CONTRACTS E).

A line is written and read by the same strict form. Reading means: take the line apart, write it again,
compare the bytes. Whatever a lenient JSON reader would forgive (order, spaces, case of hex digits, pad
bits) is refused.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signer_app.core.canonical import Limits, canonical, check_tree, plain_canonical, read_json_object
from signer_app.core.errors import IntegrityError, MalformedError, UnforeseenError
from signer_app.core.json_types import JsonObject, JsonValue

#: A whole line with its LF, in bytes.
MAX_LINE: Final = 2 * 1024 * 1024
#: Bounds on one record. They are wider than those on input from outside, because a record carries whole
#: files.
RECORD_LIMITS: Final = Limits(size=MAX_LINE, depth=64, values=200_000, string=MAX_LINE)
MAX_EPOCH: Final = 2**32 - 1

RECORD_TYPES: Final = frozenset(
    {
        "log.start", "blob.put", "config.seen", "policy.activated", "proposal.added", "verdict",
        "sign.intent", "sign.released", "sign.failed", "signature.added", "signature.quarantined",
        "reject", "override", "halt", "resume", "slot.reserved", "slot.freed",
        "submit.intent", "submit.answer", "outcome", "carrier.signed", "checkpoint",
        "recovered", "redacted", "epoch.rotated", "backup", "restored", "note",
    }
)  # fmt: skip

LOG_ID_BYTES: Final = 16
KEY_BYTES: Final = 32
BLIND_BYTES: Final = 32
TAG_BYTES: Final = 16
BUCKET: Final = 128
#: A body of fewer bytes cannot hold too many values.
_SMALL_RECORD: Final = 65_536
#: The shortest c: blind, one bucket of plaintext, tag.
MIN_SEALED: Final = BLIND_BYTES + BUCKET + TAG_BYTES

_LINE = re.compile(
    rb'\{"v":1,"i":(0|[1-9][0-9]{0,18}),"e":([1-9][0-9]{0,9}),"s":"([0-9a-f]{32})","n":"([0-9a-f]{24})",'
    rb'"p":"([0-9a-f]{64})","pc":"([0-9a-f]{64})","ch":"([0-9a-f]{64})","h":"([0-9a-f]{64})",'
    rb'"c":(?:"([A-Za-z0-9+/]+={0,2})"|null)\}\n'
)


def time_of(moment: datetime) -> str:
    """``at`` of a record: RFC 3339 UTC with Z, to the second, or to the millisecond where there are any."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=precision).removesuffix("+00:00") + "Z"


@dataclass(frozen=True, slots=True)
class Line:
    """A line taken apart. ``sealed`` is ciphertext and tag, None where the record was redacted."""

    index: int
    epoch: int
    salt: bytes
    nonce: bytes
    previous: bytes
    commitment: bytes
    sealed_hash: bytes
    leaf: bytes
    sealed: bytes | None

    def associated(self) -> bytes:
        """The bytes from the opening brace through pc: what the encryption is bound to (AAD)."""
        return associated_bytes(
            index=self.index, epoch=self.epoch, salt=self.salt, nonce=self.nonce,
            previous=self.previous, commitment=self.commitment,
        )  # fmt: skip

    def header(self) -> bytes:
        """The bytes from the opening brace through ch: what the leaf hash covers (H)."""
        return header_bytes(self.associated(), self.sealed_hash)

    def to_bytes(self) -> bytes:
        """The line with its LF."""
        return line_bytes(self.header(), self.leaf, self.sealed)


def associated_bytes(
    *, index: int, epoch: int, salt: bytes, nonce: bytes, previous: bytes, commitment: bytes
) -> bytes:
    """AAD of a record."""
    return (
        f'{{"v":1,"i":{index},"e":{epoch},"s":"{salt.hex()}","n":"{nonce.hex()}",'
        f'"p":"{previous.hex()}","pc":"{commitment.hex()}"'
    ).encode("ascii")


def header_bytes(associated: bytes, sealed_hash: bytes) -> bytes:
    """H of a record, from its AAD."""
    return associated + b',"ch":"' + sealed_hash.hex().encode("ascii") + b'"'


def line_bytes(header: bytes, leaf: bytes, sealed: bytes | None) -> bytes:
    """A line with its LF, from its H."""
    content = b"null" if sealed is None else b'"' + binascii.b2a_base64(sealed, newline=False) + b'"'
    return header + b',"h":"' + leaf.hex().encode("ascii") + b'","c":' + content + b"}\n"


def leaf_hash(header: bytes) -> bytes:
    """h: the RFC 6962 leaf hash over H."""
    return hashlib.sha256(b"\x00" + header).digest()


def first_previous(log_id: bytes) -> bytes:
    """p of record 0."""
    return hashlib.sha256(b"countersign/log@1\n" + log_id).digest()


def parse_line(data: bytes) -> Line:
    """Take a line with its LF apart and check its own hashes; the chain is the caller's matter.

    Raises MalformedError if a byte differs from the one form that CONTRACTS E allows, or if h or ch do
    not fit.
    """
    if len(data) > MAX_LINE:
        raise MalformedError("A journal line is longer than a record may be.")
    line = split_line(data)
    if line.to_bytes() != data or not well_formed(line):
        raise MalformedError("A journal line does not have the form of a record.")
    if leaf_hash(line.header()) != line.leaf:
        raise MalformedError("The hash of a journal line does not fit its header.")
    if line.sealed is not None and hashlib.sha256(line.sealed).digest() != line.sealed_hash:
        raise MalformedError("The hash of a journal line's content does not fit.")
    return line


def split_line(data: bytes) -> Line:
    """Take a line with its LF apart without checking its hashes, for a line that was judged already."""
    match = _LINE.fullmatch(data)
    if match is None:
        raise MalformedError("A journal line does not have the form of a record.")
    index, epoch, salt, nonce, previous, commitment, sealed_hash, leaf, content = match.groups()
    return Line(
        index=int(index), epoch=int(epoch), salt=_hex(salt), nonce=_hex(nonce), previous=_hex(previous),
        commitment=_hex(commitment), sealed_hash=_hex(sealed_hash), leaf=_hex(leaf),
        sealed=None if content is None else _base64(content),
    )  # fmt: skip


def well_formed(line: Line) -> bool:
    """True if the numbers and lengths are possible ones."""
    return line.epoch <= MAX_EPOCH and (line.sealed is None or sealed_length_possible(len(line.sealed)))


def sealed_length_possible(length: int) -> bool:
    """True if ``length`` bytes can be blind, whole buckets of plaintext and tag."""
    return length >= MIN_SEALED and (length - BLIND_BYTES - TAG_BYTES) % BUCKET == 0


def _hex(digits: bytes) -> bytes:
    return binascii.unhexlify(digits)


def _base64(text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except binascii.Error as error:
        raise MalformedError("A journal line's content is not base64.") from error


def encode_record(record: JsonObject) -> bytes:
    """Plaintext: length word, RFC 8785 JSON, zeros.

    Raises MalformedError if the record could not be read back, code TOO_LARGE if its line would be longer
    than MAX_LINE.
    """
    body = _canonical_record(record)
    plaintext = len(body).to_bytes(4, "big") + body
    plaintext += bytes(-len(plaintext) % BUCKET)
    sealed = len(plaintext) + BLIND_BYTES + TAG_BYTES
    # 512 bytes are more than any header needs, so the answer does not depend on the index.
    if (sealed + 2) // 3 * 4 + 512 > MAX_LINE:
        raise MalformedError(
            f"The record has {len(body)} bytes, more than a line of the journal holds.", code="TOO_LARGE"
        )
    return plaintext


def _canonical_record(record: JsonObject) -> bytes:
    """RFC 8785 bytes of a record that can be read back: no floats, no NUL, within RECORD_LIMITS."""
    body = plain_canonical(record)
    # A small plain record keeps every limit but the one on NUL.
    if body is not None and len(body) < _SMALL_RECORD and b"\\u0000" not in body:
        return body
    check_tree(record, RECORD_LIMITS)
    _refuse_floats(record)
    return canonical(record)


def _refuse_floats(record: JsonObject) -> None:
    """Floats have a canonical form, so the writer would take one that the reader then refuses."""
    stack: list[JsonValue] = [record]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif not (item is None or isinstance(item, bool | int | str)):
            raise MalformedError(f"A record cannot hold a value of type {type(item).__name__}.")


def decode_record(plaintext: bytes) -> JsonObject:
    """The record in a plaintext. Raises MalformedError if the length, the padding or the JSON form is off."""
    length = int.from_bytes(plaintext[:4], "big")
    body, padding = plaintext[4 : 4 + length], plaintext[4 + length :]
    if len(body) != length or len(padding) >= BUCKET or padding.strip(b"\x00"):
        raise MalformedError("A record's length or padding is wrong.")
    record = read_json_object(body, limits=RECORD_LIMITS)
    if canonical(record) != body:
        raise MalformedError("A record is not in canonical form.")
    return record


def commitment_of(blind: bytes, plaintext: bytes) -> bytes:
    """pc: binds the line to one plaintext without showing it."""
    return hashlib.sha256(b"countersign/pc@1\x00" + blind + plaintext).digest()


def record_key(epoch_key: bytes, log_id: bytes, epoch: int, index: int, salt: bytes) -> bytes:
    """K_i: HKDF-Expand-SHA256 of one block, which is a single HMAC."""
    info = _key_info(log_id, epoch) + index.to_bytes(8, "big") + salt
    return hmac.digest(epoch_key, info + b"\x01", "sha256")


def _key_info(log_id: bytes, epoch: int) -> bytes:
    """The start of HKDF's info, which all records of an epoch share."""
    return b"countersign/rec@1" + log_id + epoch.to_bytes(4, "big")


class Randomness(NamedTuple):
    """What a record draws: salt 16, nonce 12 and blind 32 bytes. Given only by test vectors."""

    salt: bytes
    nonce: bytes
    blind: bytes

    @classmethod
    def fresh(cls) -> Randomness:
        """New random bytes of the system. The salt makes the key new even where an index is used again."""
        drawn = os.urandom(60)
        return cls(salt=drawn[:16], nonce=drawn[16:28], blind=drawn[28:])


class Sealed(NamedTuple):
    """A new line: its leaf hash, and its bytes with LF."""

    leaf: bytes
    data: bytes


class Sealer:
    """Makes new lines under the key of one epoch. What all of them share is computed once."""

    __slots__ = ("_epoch", "_keyed")

    def __init__(self, *, epoch: int, epoch_key: bytes, log_id: bytes) -> None:
        self._epoch = epoch
        self._keyed = hmac.new(epoch_key, _key_info(log_id, epoch), "sha256")

    def seal(
        self, plaintext: bytes, *, index: int, previous: bytes, randomness: Randomness | None = None
    ) -> Sealed:
        """Encrypt one plaintext of encode_record into the line at ``index`` after the leaf ``previous``."""
        salt, nonce, blind = randomness or Randomness.fresh()
        commitment = commitment_of(blind, plaintext)
        associated = associated_bytes(
            index=index, epoch=self._epoch, salt=salt, nonce=nonce, previous=previous, commitment=commitment
        )
        key = self._keyed.copy()
        key.update(index.to_bytes(8, "big") + salt + b"\x01")
        sealed = AESGCM(key.digest()).encrypt(nonce, blind + plaintext, associated)
        header = header_bytes(associated, hashlib.sha256(sealed).digest())
        leaf = leaf_hash(header)
        return Sealed(leaf, line_bytes(header, leaf, sealed))


def seal(
    plaintext: bytes, *, index: int, epoch: int, epoch_key: bytes, log_id: bytes, previous: bytes,
    randomness: Randomness | None = None,
) -> Sealed:  # fmt: skip
    """One line of a Sealer."""
    sealer = Sealer(epoch=epoch, epoch_key=epoch_key, log_id=log_id)
    return sealer.seal(plaintext, index=index, previous=previous, randomness=randomness)


def unseal(line: Line, *, epoch_key: bytes, log_id: bytes) -> tuple[bytes, bytes]:
    """(blind, plaintext) of a line.

    Raises IntegrityError JOURNAL_BROKEN where key, place or commitment do not fit.
    """
    if line.sealed is None:
        raise UnforeseenError(f"Record {line.index} is redacted; it holds nothing to decrypt.")
    key = record_key(epoch_key, log_id, line.epoch, line.index, line.salt)
    try:
        opened = AESGCM(key).decrypt(line.nonce, line.sealed, line.associated())
    except InvalidTag as error:
        raise IntegrityError(f"Record {line.index} of the journal does not open with its key.") from error
    blind, plaintext = opened[:BLIND_BYTES], opened[BLIND_BYTES:]
    # AES-GCM alone would let one ciphertext open under two keys; the commitment does not.
    if commitment_of(blind, plaintext) != line.commitment:
        raise IntegrityError(f"Record {line.index} of the journal does not fit its commitment.")
    return blind, plaintext


def open_record(line: Line, *, epoch_key: bytes, log_id: bytes) -> JsonObject:
    """The record of a line. Raises IntegrityError JOURNAL_BROKEN."""
    _, plaintext = unseal(line, epoch_key=epoch_key, log_id=log_id)
    try:
        return decode_record(plaintext)
    except MalformedError as error:
        raise IntegrityError(f"Record {line.index} of the journal cannot be read: {error.message}") from error
