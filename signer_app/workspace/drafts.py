"""Drafts: what a person typed and has not proposed, and filters that somebody saved. They survive a lock, a
crash and a rebuild.

One file beside vault.json, sealed under a key of the vault (decision 0010): not the store, which is thrown
away and filled again from the journal, and not the journal, which keeps for ever what nobody said. Nothing
reads a draft but the form that it came from; a draft is no input to a check.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.clock import format_time, machine_clock, whole_seconds
from signer_app.core.errors import IntegrityError, MalformedError, NotFoundError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import atomic_write, read_bounded
from signer_app.vault.sealing import decode_file, encode_file, seal, unseal

FORMAT: Final = "countersign/drafts@1"
#: Bounds: drafts of one kind kept at once (the oldest goes), and bytes of the file.
MAX_DRAFTS: Final = 50
LIMIT: Final = 4 * 1024 * 1024
_FIELD: Final = 1024 * 1024
_ID: Final = re.compile(r"[0-9a-f]{16}\Z")


class Drafts:
    """The drafts of one workspace, read once and written whole at each change."""

    def __init__(self, path: Path, vault: Vault, *, clock: Callable[[], datetime] = machine_clock) -> None:
        self._path, self._vault, self._clock = path, vault, clock
        self._loaded: dict[str, JsonObject] | None = None

    def list(self) -> JsonObject:
        """{drafts: [{id, kind, fields, saved_at}]}, newest first. IntegrityError VAULT_BROKEN."""
        found = sorted(self._drafts().values(), key=lambda draft: str(draft["saved_at"]), reverse=True)
        drafts: list[JsonValue] = [dict(draft) for draft in found]
        return {"drafts": drafts}

    def save(self, kind: str, fields: Mapping[str, str], identifier: str = "") -> str:
        """Keep a draft under its id (a new one without) and give the id. The same again writes nothing."""
        if sum(len(name) + len(value) for name, value in fields.items()) > _FIELD:
            raise MalformedError("The draft is too long to be kept.")
        drafts = self._drafts()
        known = drafts.get(identifier)
        if known is not None and (known["kind"], known["fields"]) == (kind, dict(fields)):
            return identifier
        name = identifier if known is not None or _ID.match(identifier) else os.urandom(8).hex()
        kept: JsonObject = {
            "id": name,
            "kind": kind,
            "fields": dict(fields),
            "saved_at": format_time(whole_seconds(self._clock())),
        }
        changed = {**drafts, name: kept}
        same = [key for key, draft in changed.items() if draft["kind"] == kind]
        if len(same) > MAX_DRAFTS:
            del changed[min(same, key=lambda key: str(changed[key]["saved_at"]))]
        self._write(changed)
        return name

    def delete(self, identifier: str) -> JsonObject:
        """Throw a draft away. NotFoundError if there is none."""
        drafts = dict(self._drafts())
        if drafts.pop(identifier, None) is None:
            raise NotFoundError("There is no such draft.")
        self._write(drafts)
        return {"id": identifier}

    def reset(self) -> Path:
        """Put a file that cannot be read aside and begin a new one; gives its new name."""
        self._vault.refuse_read_only()
        aside = self._path.with_name(f"{self._path.name}.broken-{os.urandom(4).hex()}")
        self._path.rename(aside)
        self._loaded = {}
        return aside

    def _drafts(self) -> dict[str, JsonObject]:
        if self._loaded is None or self._vault.read_only:  # another process may have written it since
            self._loaded = self._read() if self._path.exists() else {}
        return self._loaded

    def _header(self) -> JsonObject:
        return {"format": FORMAT, "vault": self._vault.vault_id}

    def _read(self) -> dict[str, JsonObject]:
        try:
            content = decode_file(read_bounded(self._path, LIMIT))
            if content.get("header") != self._header():
                raise MalformedError("The drafts belong to another vault.")
            data = unseal(self._vault.key(Purpose.DRAFTS), content.get("sealed"), self._header())
            listed = read_json_object(bytes(data)).get("drafts")
        except MalformedError as error:
            raise IntegrityError(
                f"The drafts cannot be read. {error.message}", code="VAULT_BROKEN"
            ) from error
        items = listed if isinstance(listed, list) else []
        return {str(item["id"]): item for item in items if isinstance(item, dict)}

    def _write(self, drafts: dict[str, JsonObject]) -> None:
        self._vault.refuse_read_only()
        listed: list[JsonValue] = list(drafts.values())
        sealed = seal(self._vault.key(Purpose.DRAFTS), canonical({"drafts": listed}), self._header())
        atomic_write(self._path, encode_file({"header": self._header(), "sealed": sealed}))
        self._loaded = drafts
