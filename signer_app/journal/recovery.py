"""Opening a journal: judge it, and put an unfinished last record aside (CONTRACTS E, DESIGN 6).

An append that was cut off leaves bytes without a line feed at the end of the file; nobody was told that
this record exists. They move to torn-<time>.bin and a record ``recovered`` names them. The steps are
ordered so that a crash between any two of them ends in the same place at the next start: while a
``.pending`` file lies in the folder, the recovery is not finished.

Where a head or checkpoint covers the torn record, somebody was told; then a person has to confirm. The
checkpoints that cannot hold any more move to torn-<time>.checkpoints, so that verify speaks of the journal
as it is now, while copies of them that lie elsewhere go on saying FORK, which is the truth.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from signer_app.core.errors import IntegrityError
from signer_app.core.failpoints import failpoint
from signer_app.core.json_types import JsonObject
from signer_app.journal.evidence import Evidence, Statement, covered_size, gather, judge
from signer_app.journal.files import (
    CHECKPOINTS_FILE,
    JOURNAL_FILE,
    create_file,
    read_file,
    replace_file,
    sync_folder,
)
from signer_app.journal.loginfo import LogInfo
from signer_app.journal.notes import read_notes
from signer_app.journal.scan import Scan, scan
from signer_app.journal.states import Head, State

_PENDING: Final = ".pending"
#: No record's line is shorter; so many torn bytes cannot have been more records than this allows.
_SHORTEST_LINE: Final = 600
_FILE_LIMIT: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery under way: the fields of its records, one for each file, and the files to rename after them.

    There is more than one file where the record of an earlier recovery was torn itself.
    """

    entries: tuple[JsonObject, ...]
    pending: tuple[Path, ...]

    def finish(self, folder: Path) -> None:
        """Give the saved bytes their final name. Raises OSError."""
        for path in self.pending:
            path.rename(path.with_suffix(""))
        sync_folder(folder)


def examine(folder: Path, info: LogInfo, heads: Iterable[Head]) -> tuple[Scan, Evidence]:
    """Scan the journal, noting the roots that are stated. Raises OSError, IntegrityError."""
    evidence = gather(folder, log_id=info.log_id.hex(), keys=info.device_keys, heads=heads)
    with (folder / JOURNAL_FILE).open("rb", buffering=0) as stream:
        result = scan(stream, log_id=info.log_id, sizes=evidence.sizes, keep_offsets=True)
    return result, evidence


def refuse_broken(result: Scan) -> None:
    """Raises IntegrityError JOURNAL_BROKEN for TAMPERED, or for a journal without its first record."""
    if result.first_bad is not None:
        raise broken(State.TAMPERED, f"Record {result.first_bad} of the journal was changed.", result)
    if result.size == 0:
        raise IntegrityError("The journal has no first record.", details={"state": "EMPTY"})


def refuse_unnamed(result: Scan, records: Callable[[int], Iterable[tuple[int, JsonObject]]]) -> None:
    """Raises IntegrityError JOURNAL_BROKEN where a record has no content and no `redacted` record names it.

    ``records``: those from an index on, decrypted. Nothing is opened where every record has its content; else
    what follows the first one without, up to the last that is named, since only the content says of what
    type a record is.
    """
    unnamed = set(result.redacted)
    if not unnamed:
        return
    for _, record in records(min(unnamed) + 1):
        if record.get("type") == "redacted" and isinstance(named := record.get("i"), int):
            unnamed.discard(named)
            if not unnamed:
                return
    first = min(unnamed)
    message = f"The content of record {first} of the journal was removed, and no record says so."
    details: JsonObject = {"state": State.TAMPERED.value, "records": result.size, "first_bad": first}
    raise IntegrityError(message, details=details)


def broken(state: State, message: str, result: Scan) -> IntegrityError:
    """JOURNAL_BROKEN with {state, records, first_bad}."""
    details: JsonObject = {"state": state.value, "records": result.size, "first_bad": result.first_bad}
    return IntegrityError(message, details=details)


def judge_or_refuse(
    folder: Path, result: Scan, evidence: Evidence, *, confirmed: bool, abandoned: AbstractSet[Head]
) -> bool:
    """Hold the journal against the evidence; True if a torn record that is covered may be given up.

    ``abandoned`` are heads that the last record, a confirmed recovery, gives up: a crash can come between
    that record and the moment when vault and keyring learn of it. Raises IntegrityError JOURNAL_BROKEN,
    JOURNAL_TORN.
    """
    kept = [item for item in evidence.statements if _head_of(item) not in abandoned]
    evidence = replace(evidence, statements=tuple(kept))
    judgement = judge(evidence, result)
    if judgement.state is None or judgement.broken is None:
        return False
    stated = judgement.broken
    if judgement.state is State.FORK:
        message = f"The journal's first {stated.size} records are not those that were signed or kept."
        raise broken(State.FORK, message, result)
    torn = result.torn_bytes + sum(path.stat().st_size for path in pending_files(folder))
    missing = covered_size(evidence) - result.size
    if torn == 0 or missing > 1 + torn // _SHORTEST_LINE:
        raise broken(State.ROLLBACK, f"The journal lost {missing} records that it had.", result)
    if not confirmed:
        raise IntegrityError(
            f"The journal ends in an incomplete record; a head or checkpoint covers {missing} records more.",
            code="JOURNAL_TORN",
            details={"records": result.size, "missing": missing, "torn_bytes": torn},
        )
    return True


def pending_files(folder: Path) -> list[Path]:
    """Recoveries that did not end, the oldest first."""
    return sorted(folder.glob(f"torn-*.bin{_PENDING}"))


def put_aside(
    folder: Path, descriptor: int, result: Scan, *, stamp: str, give_up: Evidence | None
) -> Recovery | None:
    """Save torn bytes, cut them off, and say what record has to follow; None where there is nothing to do.

    ``stamp`` names the files; ``give_up`` is the evidence whose notes beyond the file are taken out of
    checkpoints.log. Raises OSError.
    """
    if result.torn_bytes:
        torn = os.pread(descriptor, result.torn_bytes, result.end)
        _save(folder, f"torn-{stamp}", torn)
        failpoint("journal.recovery_saved")
    pending = pending_files(folder)
    if not pending:
        return None
    abandoned = _drop_notes(folder, result, stamp, give_up) if give_up is not None else []
    if result.torn_bytes:
        os.ftruncate(descriptor, result.end)
        os.fsync(descriptor)
        failpoint("journal.recovery_truncated")
    entries = [_entry(path) for path in pending]
    if abandoned:
        entries[-1]["abandoned"] = abandoned[0].to_json()
    if abandoned[1:]:
        entries[-1]["also_abandoned"] = [head.to_json() for head in abandoned[1:]]
    return Recovery(tuple(entries), tuple(pending))


def _entry(path: Path) -> JsonObject:
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    return {"bytes": len(content), "sha256": sha256, "file": path.with_suffix("").name}


def _save(folder: Path, stem: str, torn: bytes) -> None:
    """A crash after saving and before cutting saves the same bytes twice; the name must then be free."""
    number = 0
    while True:
        name = f"{stem}.bin" if number == 0 else f"{stem}-{number}.bin"
        if not (folder / name).exists() and not (folder / (name + _PENDING)).exists():
            break
        number += 1
    create_file(folder / (name + _PENDING), torn)


def _drop_notes(folder: Path, result: Scan, stamp: str, evidence: Evidence) -> list[Head]:
    """Move the notes beyond the file's end out of checkpoints.log; all statements given up, newest first."""
    content = read_notes(read_file(folder / CHECKPOINTS_FILE, limit=_FILE_LIMIT))
    beyond = [raw for note, raw in content.notes if note.size > result.size]
    if beyond:
        replace_file(folder / f"torn-{stamp}.checkpoints", b"".join(beyond))
        kept = b"".join(raw for note, raw in content.notes if note.size <= result.size)
        replace_file(folder / CHECKPOINTS_FILE, kept)
    given_up = {_head_of(item) for item in evidence.statements if item.size > result.size}
    return sorted(given_up, key=lambda head: (-head.size, head.root))


def _head_of(statement: Statement) -> Head:
    return Head(statement.size, statement.root.hex())


def abandoned_by(record: JsonObject | None) -> frozenset[Head]:
    """The heads that a confirmed recovery gave up, from its record. Raises MalformedError."""
    if record is None or "abandoned" not in record:
        return frozenset()
    more = record.get("also_abandoned")
    return frozenset(
        Head.from_json(item) for item in (record["abandoned"], *(more if isinstance(more, list) else ()))
    )
