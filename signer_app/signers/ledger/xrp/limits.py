"""What Ledger's XRP app would refuse, found from the bytes before anybody is asked.

The figures are of the app 2.4.1 (no other version was measured, so ``app_version`` changes nothing yet):
observed on the app in an emulator are the account of a multisignature, the flag tfFullyCanonicalSig, the
field types, lists of more than 8 entries and keys on Ed25519; from its public source come the limits of
payment paths, of bytes, of fields and of the length of a value. A value that is too long is no error to the
app, which signs it and shows its beginning only; here it counts as too large, because nobody saw the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from signer_app.chains.xrpl.address import ED25519_PREFIX, address_of, key_bytes
from signer_app.chains.xrpl.transaction import Transaction, open_body
from signer_app.core.json_types import JsonValue
from signer_app.signers.ledger.xrp.reading import FULLY_CANONICAL, Item, Reading, read
from signer_app.signers.ledger.xrp.values import blob_room, is_text
from signer_app.signers.obstacles import TOO_LARGE, UNSUPPORTED, Obstacle

__all__ = ["Obstacle", "Room", "obstacles", "room_of"]

MAX_ENTRIES: Final = 8
MAX_PATHS: Final = 6
MAX_STEPS: Final = 8
_PREFIX: Final = 4
_SUFFIX: Final = 20


@dataclass(frozen=True, slots=True)
class Room:
    """What fits on a model: bytes to sign with prefix and suffix, entries of its table, bytes of a value."""

    signing_bytes: int
    places: int
    value: int


_ROOM: Final = Room(10_000, 60, 1024)
_NANO_S: Final = Room(800, 24, 128)


def room_of(model: str | None) -> Room:
    """The room of a model as the device process names it ("Ledger Nano S"); no name means a newer one."""
    return _NANO_S if model == "Ledger Nano S" else _ROOM


def obstacles(
    body: str,
    *,
    signer_address: str,
    public_key: str | None,
    model: str | None = None,
    app_version: str | None = None,  # noqa: ARG001 - one version is measured; callers say theirs already
) -> tuple[Obstacle, ...]:
    """Why a Ledger cannot sign ``body`` for ``signer_address``; empty where nothing stands against it.

    ``public_key`` (upper hex) is the device's key if it is known. MalformedError for a body that does not
    decode.
    """
    transaction = open_body(body)
    reading, room = read(transaction), room_of(model)
    return (
        *_key(transaction, signer_address, public_key),
        *_size(transaction, room),
        *_types(transaction, reading),
        *_flags(reading),
        *_lists(transaction, reading),
        *_paths(transaction),
        *_places(reading, room),
        *_lengths(reading, room),
    )


def _key(transaction: Transaction, signer: str, public_key: str | None) -> Iterator[Obstacle]:
    if public_key is None:
        return
    if key_bytes(public_key)[0] == ED25519_PREFIX:
        yield Obstacle(
            UNSUPPORTED, "The XRP app of a Ledger works with secp256k1 keys; this one is on Ed25519."
        )
    if transaction.multi and (own := address_of(public_key)) != signer:
        yield Obstacle(
            UNSUPPORTED,
            f"A Ledger multisigns only for the account of its own key, {own}; the signer is {signer}.",
        )


def _size(transaction: Transaction, room: Room) -> Iterator[Obstacle]:
    size = _PREFIX + len(transaction.blob) + (_SUFFIX if transaction.multi else 0)
    if size > room.signing_bytes:
        yield Obstacle(TOO_LARGE, f"Too large for this device: {size:,} of {room.signing_bytes:,} bytes.")


def _types(transaction: Transaction, reading: Reading) -> Iterator[Obstacle]:
    for item in reading.items:
        if not item.supported:
            kind = (
                "an amount of a multi-purpose token" if item.type == "Amount" else f"of the type {item.type}"
            )
            yield Obstacle(
                UNSUPPORTED, f"{item.path} is {kind}, which the XRP app of a Ledger cannot read.", item.path
            )
        elif item.name == "SigningPubKey" and item.value == "" and not transaction.multi:
            # One empty key anywhere, and the app signs in the form of multisigning.
            yield Obstacle(
                UNSUPPORTED,
                f"{item.path} is empty, so a Ledger would sign in the form of multisigning.",
                item.path,
            )
    for path in reading.odd_steps:
        yield Obstacle(
            UNSUPPORTED, f"{path} names an account and more, which the XRP app of a Ledger cannot read.", path
        )


def _flags(reading: Reading) -> Iterator[Obstacle]:
    for item in reading.items:
        if item.name == "Flags" and isinstance(item.value, int) and not item.value & FULLY_CANONICAL:
            yield Obstacle(
                UNSUPPORTED,
                f"{item.path} is {item.value} without tfFullyCanonicalSig (2147483648); a Ledger demands it "
                "where Flags is present.",
                item.path,
            )


def _lists(transaction: Transaction, reading: Reading) -> Iterator[Obstacle]:
    for path, count in reading.entries.items():
        if count > MAX_ENTRIES:
            entries = transaction.fields.get(path)
            what = "entries" if isinstance(entries, list) and len(entries) == count else "objects"
            yield Obstacle(
                TOO_LARGE, f"{count} {what} in {path}; a Ledger shows {MAX_ENTRIES} at most.", path
            )


def _paths(transaction: Transaction) -> Iterator[Obstacle]:
    paths: JsonValue = transaction.fields.get("Paths")
    if not isinstance(paths, list):
        return
    if len(paths) > MAX_PATHS:
        yield Obstacle(TOO_LARGE, f"{len(paths)} payment paths; a Ledger shows {MAX_PATHS} at most.", "Paths")
    for number, steps in enumerate(paths):
        if isinstance(steps, list) and len(steps) > MAX_STEPS:
            yield Obstacle(
                TOO_LARGE,
                f"{len(steps)} steps in payment path {number + 1}; a Ledger shows {MAX_STEPS} at most.",
                f"Paths[{number}]",
            )


def _places(reading: Reading, room: Room) -> Iterator[Obstacle]:
    if reading.places > room.places:
        yield Obstacle(TOO_LARGE, f"The fields need {reading.places} places; this device has {room.places}.")


def _lengths(reading: Reading, room: Room) -> Iterator[Obstacle]:
    for item in reading.items:
        if item.type == "Blob" and item.shown and (excess := _excess(item, room)):
            length, fits = excess
            yield Obstacle(
                TOO_LARGE,
                f"{item.path} has {length:,} bytes; a Ledger shows the first {fits:,} of them.",
                item.path,
            )


def _excess(item: Item, room: Room) -> tuple[int, int] | None:
    """(bytes of the value, bytes of it that are shown) where that is not all."""
    data = bytes.fromhex(item.value) if isinstance(item.value, str) else b""
    whole, cut = blob_room(room.value, as_text=is_text(item.name, data))
    return (len(data), cut) if len(data) > whole else None
