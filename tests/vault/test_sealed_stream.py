"""A sealed stream: the bytes that are documented, and no way to change, cut, move or add one."""

from __future__ import annotations

import hashlib
import hmac
import io
import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from signer_app.core.canonical import canonical
from signer_app.core.errors import CountersignError, IntegrityError, MalformedError
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.vault.sealed_stream import CHUNK, TAG_BYTES, SealedReader, SealedWriter

FORMAT = "countersign/test@1"
SECRET = b"a passphrase for tests"


def sealed(data: bytes, *, pieces: int = 300_000) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(
        lambda piece: _put(out, piece), bytearray(SECRET), format=FORMAT, kdf=floor_parameters()
    )
    for start in range(0, len(data), pieces):
        writer.write(data[start : start + pieces])
    writer.finish()
    return out.getvalue()


def _put(out: io.BytesIO, piece: bytes) -> None:
    out.write(piece)


def opened(data: bytes, *, secret: bytes = SECRET, format: str = FORMAT, size: int = 70_000) -> bytes:
    reader = SealedReader(io.BytesIO(data), bytearray(secret), format=format)
    return b"".join(iter(lambda: reader.read(size), b""))


def refused(data: bytes) -> str:
    with pytest.raises(CountersignError) as caught:
        opened(data)
    return caught.value.code


def body(length: int) -> bytes:
    return hashlib.shake_128(b"body").digest(length)


@pytest.fixture(scope="module")
def three() -> bytes:
    """Two full chunks and a part of one."""
    return sealed(body(2 * CHUNK + 5))


def test_an_independent_reader_of_the_documented_bytes(three: bytes) -> None:
    line, _, rest = three.partition(b"\n")
    header = json.loads(line)
    assert set(header) == {"check", "format", "kdf"}
    kdf = header["kdf"]
    hashed = Argon2id(
        salt=bytes.fromhex(kdf["salt"]), length=32, iterations=kdf["iterations"], lanes=kdf["lanes"],
        memory_cost=kdf["memory_kib"],
    ).derive(SECRET)  # fmt: skip
    combined = hmac.digest(b"countersign/combine@1", hashed, "sha256")
    key = hmac.digest(combined, FORMAT.encode() + b"/key\x01", "sha256")
    assert header["check"] == hmac.digest(key, FORMAT.encode() + b"/check\x01", "sha256")[:16].hex()
    plain = b""
    for number, start in enumerate(range(0, len(rest), CHUNK + TAG_BYTES)):
        chunk = rest[start : start + CHUNK + TAG_BYTES]
        last = start + len(chunk) == len(rest)
        nonce = number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
        plain += AESGCM(key).decrypt(nonce, chunk, line + b"\n")
    assert plain == body(2 * CHUNK + 5)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_every_length_comes_back(length: int) -> None:
    data = sealed(body(length))
    assert opened(data) == body(length)
    chunks = max(1, -(-length // CHUNK))
    assert len(data) == len(data.partition(b"\n")[0]) + 1 + length + chunks * TAG_BYTES, "no empty last chunk"


def test_two_files_of_one_content_share_nothing() -> None:
    first, second = sealed(b"the same"), sealed(b"the same")
    assert first.partition(b"\n")[2] != second.partition(b"\n")[2]


def test_a_wrong_passphrase_is_told_from_a_changed_file(three: bytes) -> None:
    with pytest.raises(IntegrityError) as caught:
        opened(three, secret=b"another")
    assert caught.value.code == "VAULT_PASSPHRASE_WRONG"


def test_cut_off_anywhere_it_is_refused(three: bytes) -> None:
    """Also at the borders of chunks, where every tag that is left fits."""
    start = three.index(b"\n") + 1
    whole = CHUNK + TAG_BYTES
    for end in (start, start + 15, start + whole, start + 2 * whole, start + 2 * whole + 20, len(three) - 1):
        assert refused(three[:end]) == "BACKUP_BROKEN", end


def test_chunks_that_are_moved_doubled_or_added_are_refused(three: bytes) -> None:
    start, whole = three.index(b"\n") + 1, CHUNK + TAG_BYTES
    head, first, second, last = (
        three[:start], three[start : start + whole], three[start + whole : start + 2 * whole],
        three[start + 2 * whole :],
    )  # fmt: skip
    for changed in (
        head + second + first + last,
        head + first + first + last,
        head + first + last,
        head + last,
        head + first + second + last + last,
        three + b"\0",
    ):
        assert refused(changed) == "BACKUP_BROKEN"


def test_nothing_of_a_changed_chunk_comes_out(three: bytes) -> None:
    position = three.index(b"\n") + 1 + CHUNK + TAG_BYTES + 7  # in the second chunk
    changed = bytearray(three)
    changed[position] ^= 1
    reader = SealedReader(io.BytesIO(bytes(changed)), bytearray(SECRET), format=FORMAT)
    assert reader.exactly(CHUNK) == body(CHUNK)
    with pytest.raises(IntegrityError) as caught:
        reader.read(1)
    assert caught.value.code == "BACKUP_BROKEN"


@pytest.mark.parametrize("data", [b"", b"{}\n", b"x" * 10_000, b"\n", b'{"format":"countersign/test@1"}\n'])
def test_other_files_are_no_such_file(data: bytes) -> None:
    assert refused(data) == "MALFORMED"


def test_the_header_is_bound_to_the_content_and_its_cost_has_a_floor(three: bytes) -> None:
    line, _, rest = three.partition(b"\n")
    header = json.loads(line)
    with pytest.raises(MalformedError):
        opened(three, format="countersign/other@1")
    cheap = {**header, "kdf": {**header["kdf"], "iterations": 1}}
    assert refused(canonical(cheap) + b"\n" + rest) == "MALFORMED"
    huge = {**header, "kdf": {**header["kdf"], "memory_kib": 64 * 1024 * 1024}}
    assert refused(canonical(huge) + b"\n" + rest) == "MALFORMED"
    assert refused(json.dumps(header).encode() + b"\n" + rest) == "MALFORMED", "not the canonical bytes"
    salted = {**header, "kdf": KdfParameters.from_json(header["kdf"]).fresh().to_json()}
    assert refused(canonical(salted) + b"\n" + rest) == "VAULT_PASSPHRASE_WRONG"
