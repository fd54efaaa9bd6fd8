"""Files kept once each, by hash, as records ``blob.put {sha256, media, size, data}`` (data in base64)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from signer_app.core.errors import IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject

#: Bytes of one blob; in base64 it fits a line with room to spare.
MAX_BLOB: Final = 1024 * 1024


def blob_fields(data: bytes, media: str) -> JsonObject:
    """The fields of a record for ``data``. Raises MalformedError TOO_LARGE."""
    if len(data) > MAX_BLOB:
        raise MalformedError(
            f"A file of {len(data)} bytes is too large for the journal; the limit is {MAX_BLOB}.",
            code="TOO_LARGE",
        )
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "media": media,
        "size": len(data),
        "data": base64.b64encode(data).decode("ascii"),
    }


def blob_content(record: JsonObject, sha256: str) -> bytes:
    """The bytes in a record. Raises IntegrityError JOURNAL_BROKEN if they are not those of the hash."""
    data = record.get("data")
    try:
        content = base64.b64decode(data, validate=True) if isinstance(data, str) else b""
    except binascii.Error as error:
        raise IntegrityError("A file in the journal cannot be read.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise IntegrityError("A file in the journal does not fit its hash.")
    return content


#: The index of the record that holds a blob, if one does.
Places = Callable[[str], int | None]


class BlobIndex:
    """Where each blob lies. Unless somebody knows it, one pass over the journal finds it."""

    def __init__(self) -> None:
        self._places: dict[str, int] | None = None
        self._known: Places | None = None

    def use(self, known: Places) -> None:
        """Ask ``known`` from now on: it knows every record up to this moment."""
        self._places, self._known = {}, known

    def note(self, index: int, kind: str, fields: JsonObject) -> None:
        """A record was written."""
        if self._places is not None and kind == "blob.put":
            self._places[str(fields.get("sha256"))] = index

    def find(self, sha256: str, records: Callable[[], Iterator[tuple[int, JsonObject]]]) -> int | None:
        """The index of the record that holds this blob."""
        if self._places is None:
            self._places = {
                str(record.get("sha256")): index
                for index, record in records()
                if record.get("type") == "blob.put"
            }
        place = self._places.get(sha256)
        return self._known(sha256) if place is None and self._known is not None else place
