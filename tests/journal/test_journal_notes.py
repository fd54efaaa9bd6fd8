from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from journal_help import DEVICE, DEVICE_PUBLIC, stand_alone

from signer_app.journal import notes
from signer_app.journal.notes import Checkpoint, DeviceKey, NoteSignature, SignatureState

LOG = "00112233445566778899aabbccddeeff"


def signed(size: int = 5, *, name: str = "alice", org: str = "acme") -> Checkpoint:
    message = notes.note_text(f"{org}/{LOG}", size, bytes([size]) * 32)
    item = NoteSignature(name, notes.key_id(name, DEVICE_PUBLIC), DEVICE.sign(message))
    return Checkpoint(f"{org}/{LOG}", LOG, size, bytes([size]) * 32, (item,))


def test_the_text_is_the_one_of_the_contract() -> None:
    lines = signed().to_text().split("\n")
    assert lines[:4] == [f"acme/{LOG}", "5", base64.b64encode(bytes([5]) * 32).decode(), ""]
    assert lines[4].startswith("\u2014 alice ")
    assert len(base64.b64decode(lines[4].split(" ")[2])) == 68
    assert lines[5:] == [""]


def test_key_id_of_the_specification() -> None:
    """The example key of C2SP signed-note, PeterNeumann+c74f20a3+ARpc2QcUPDhM…."""
    key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert key[0] == 1
    assert notes.key_id("PeterNeumann", key[1:]).hex() == "c74f20a3"


def test_states_of_a_signature() -> None:
    note, key = signed(), DeviceKey("alice", DEVICE_PUBLIC)
    assert note.check([key]) is SignatureState.VALID
    assert note.check([]) is SignatureState.UNKNOWN
    assert note.check([DeviceKey("bob", DEVICE_PUBLIC)]) is SignatureState.UNKNOWN
    forged = Checkpoint(note.origin, LOG, 6, note.root, note.signatures)
    assert forged.check([key]) is SignatureState.BAD


@given(st.binary(max_size=3), st.integers(0, 10**9))
@settings(max_examples=60)
def test_concatenated_notes_are_read_up_to_the_open_one(noise: bytes, cut: int) -> None:
    texts = [signed(size, org=org).to_text().encode() for size, org in ((1, "acme"), (2, "Ä & Co"), (3, "x"))]
    whole = b"".join(texts)
    position = cut % (len(whole) + 1)
    content = notes.read_notes(whole[:position])
    ends = [sum(map(len, texts[:count])) for count in range(4)]
    finished = sum(1 for end in ends[1:] if end <= position)
    assert [note.size for note, _ in content.notes] == [1, 2, 3][:finished]
    assert content.open_bytes == position - ends[finished]
    assert b"".join(raw for _, raw in content.notes) == whole[: ends[finished]]


@given(st.integers(0, 10**9), st.binary(min_size=0, max_size=2))
@settings(max_examples=400)
def test_both_readers_take_the_same_notes(place: int, noise: bytes) -> None:
    whole = signed(1).to_text().encode() + signed(2, name="bob").to_text().encode()
    place %= len(whole)
    changed = whole[:place] + noise + whole[place + 1 :]
    own = notes.read_notes(changed)
    other, clean = stand_alone().read_notes(changed)
    assert [(n.log_id, n.size, n.root.hex()) for n, _ in own.notes] == [
        (n.log_id, n.size, n.root) for n in other
    ]
    assert clean == (own.malformed == 0 and own.open_bytes == 0)


def test_a_broken_note_hides_no_other() -> None:
    broken = signed(1).to_text().replace("\n1\n", "\n01\n")
    content = notes.read_notes((broken + signed(2).to_text()).encode())
    assert [note.size for note, _ in content.notes] == [2]
    assert content.malformed == 1


@given(st.binary(max_size=80), st.integers(0, 95 * 8))
@settings(max_examples=60)
def test_the_verifiers_own_ed25519_agrees(message: bytes, flip: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes((message + bytes(32))[:32])
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    fits = stand_alone().signature_fits
    assert fits(public, message, signature)
    blob = bytearray(public + signature)
    blob[flip % 96] ^= 1 << (flip % 8)
    changed_key, changed_signature = bytes(blob[:32]), bytes(blob[32:])
    assert not fits(changed_key, message, changed_signature)
    assert not notes.verify_signature(changed_key, changed_signature, message)


@pytest.mark.parametrize("bad", ["", "a b", "a+b", "a\tb", "a\u2003b", "x" * 129])
def test_names_that_cannot_stand_in_a_note(bad: str) -> None:
    assert not notes.is_name(bad)
    assert not stand_alone().is_name(bad)
