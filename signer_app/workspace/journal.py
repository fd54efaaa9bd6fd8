"""The journal as a person looks after it: how far it is covered, the check of all records, what leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.canonical import canonical
from signer_app.core.json_types import JsonObject
from signer_app.journal.coverage import Coverage, read_coverage
from signer_app.journal.scan import Progress
from signer_app.journal.states import Head, Verification
from signer_app.journal.trust import not_intact
from signer_app.journal.verifying import beside_writer, vault_keys, verify
from signer_app.vault.envelope import Purpose
from signer_app.workspace.standing import Checked
from signer_app.workspace.unsealing import unseal, vault_file

if TYPE_CHECKING:
    from signer_app.workspace.composition import Workspace


@dataclass(frozen=True, slots=True)
class FullCheck:
    """Everything that a check of the open journal needs, so that it can run in a thread of its own while
    records are appended: it judges what was there when this was made.
    """

    logs: Path
    records: int
    length: int
    head: Head | None
    keys: Mapping[int, bytes] = field(repr=False)

    def run(self, progress: Progress | None = None) -> Verification:
        """Judge every record with its content (journal/verifying.py). Writes nothing, takes no lock."""
        return verify(self.logs, head=self.head, epoch_keys=self.keys, length=self.length, progress=progress)


def full_check(workspace: Workspace) -> FullCheck:
    """Prepare a check of the open journal, against the vault's head, of what is on disk now."""
    logs = workspace.directory / "logs"
    head = workspace.vault.get("head")
    return FullCheck(
        logs,
        workspace.journal.size,
        workspace.journal.end,
        Head.from_json(head) if isinstance(head, dict) else None,
        vault_keys(logs, workspace.vault.key(Purpose.JOURNAL_WRAP)),
    )


def verify_with_vault(
    workspace: Path, path: Path, passphrase: bytearray, checkpoints: tuple[Path, ...]
) -> JsonObject:
    """Verify a journal, decrypt every record, and hold it against the heads that are kept. Never writes, and
    takes no lock: another process may be writing.
    """
    with ExitStack() as stack:
        unsealed = unseal(vault_file(workspace), passphrase, stack, read_only=True)
        kept = unsealed.heads.vault_head(), unsealed.heads.keyring_heads()
        wrap_key = unsealed.vault.key(Purpose.JOURNAL_WRAP)

    def check(keys: Mapping[int, bytes]) -> Verification:
        how = partial(verify, path, checkpoint_files=checkpoints, head=kept[0], other_heads=kept[1])
        return beside_writer(path, lambda: how(epoch_keys=keys))

    keys = vault_keys(workspace / "logs", wrap_key)
    found = check(keys)
    if not found.state.sound and (newer := vault_keys(workspace / "logs", wrap_key)) != keys:
        found = check(newer)  # the writer began to use another key meanwhile
    return found.to_json()


def accept_finding(workspace: Workspace, found: Verification) -> None:
    """Remember a check that found nothing. A journal that is not intact is never written again: every step is
    journaled first, so none follows."""
    if found.state.sound:
        workspace.checked = Checked(found.size_checked, workspace.rooms.clock())
    else:
        workspace.journal.distrust(not_intact(found))


def coverage(workspace: Workspace) -> Coverage:
    """How many records a checkpoint by a known device key covers, and how many an anchor."""
    return read_coverage(workspace.directory / "logs")


def evidence_bundle(workspace: Workspace, found: Verification) -> tuple[bytes, JsonObject]:
    """The auditor's zip as it is, with what the check found; nothing is written into the journal."""
    extra = {"verification.json": canonical(found.to_json())}
    return workspace.reading.bundle(workspace.directory / "logs", extra=extra)
