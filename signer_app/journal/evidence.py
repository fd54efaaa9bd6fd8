"""What others say of a journal: heads in vault and keyring, checkpoints, anchors; and how the file is judged.

A statement is {size, root}. The file contradicts it (FORK) if it has another root at that size, and has
lost records (ROLLBACK) if it is shorter. Statements beside the file are read with it; whoever can rewrite
the file can delete them too, so they find accidents and careless attackers, while a head in the
keyring, a checkpoint kept elsewhere and an anchor find the others. The head in the vault finds them only if
the vault was not put back to an old copy with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.canonical import read_json_object
from signer_app.core.errors import CountersignError, MalformedError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.journal.files import ANCHORS_FILE, CHECKPOINTS_FILE, read_file
from signer_app.journal.notes import Checkpoint, DeviceKey, SignatureState, read_notes
from signer_app.journal.scan import Scan
from signer_app.journal.states import Head, State

_FILE_LIMIT = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Statement:
    """One claim about the log. ``given`` marks a checkpoint that the caller named."""

    size: int
    root: bytes
    note: Checkpoint | None = None
    given: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """All statements about one log; ``anchored`` is the largest size in anchors.log, None without anchors."""

    statements: tuple[Statement, ...]
    keys: tuple[DeviceKey, ...]
    anchored: int | None = None
    #: Whether checkpoints.log holds finished, well-formed notes and nothing else.
    clean: bool = True

    @property
    def sizes(self) -> set[int]:
        """Sizes whose roots a scan has to note."""
        return {statement.size for statement in self.statements}


@dataclass(frozen=True, slots=True)
class Judgement:
    """FORK, ROLLBACK or None; the statement that was broken; the newest note that was kept; whether a note
    had to be passed over because its signature is broken."""

    state: State | None
    broken: Statement | None
    checkpoint: JsonObject | None
    passed_over: bool


def gather(
    folder: Path, *, log_id: str | None, keys: Sequence[DeviceKey], heads: Iterable[Head],
    checkpoint_files: Iterable[Path] = (),
) -> Evidence:  # fmt: skip
    """Read what is known. Raises MalformedError if a named checkpoint file is no checkpoint of this log, and
    NotFoundError if it is not there.
    """
    statements = [Statement(head.size, bytes.fromhex(head.root)) for head in heads]
    beside = read_notes(read_file(folder / CHECKPOINTS_FILE, limit=_FILE_LIMIT))
    for note, _ in beside.notes:
        if log_id is None or note.log_id == log_id:
            statements.append(Statement(note.size, note.root, note))
    for path in checkpoint_files:
        statements.extend(_named(path, log_id))
    anchors = _read_anchors(read_file(folder / ANCHORS_FILE, limit=_FILE_LIMIT))
    statements.extend(anchors)
    anchored = max((anchor.size for anchor in anchors), default=None)
    clean = not (beside.malformed or beside.open_bytes)
    return Evidence(tuple(statements), tuple(keys), anchored, clean)


def with_head(head: Head | None, others: Iterable[Head]) -> list[Head]:
    """The vault's head, if it has one, and those kept elsewhere."""
    return [*others] if head is None else [head, *others]


def _named(path: Path, log_id: str | None) -> list[Statement]:
    if not path.is_file():
        raise NotFoundError(f"There is no file {path.name}.", hint="Check the path.")
    content = read_notes(read_file(path, limit=_FILE_LIMIT))
    if content.malformed or content.open_bytes or not content.notes:
        raise MalformedError(f"{path.name} does not hold checkpoints.")
    for note, _ in content.notes:
        if log_id is not None and note.log_id != log_id:
            raise MalformedError(f"{path.name} holds a checkpoint of another log.")
    return [Statement(note.size, note.root, note, given=True) for note, _ in content.notes]


def _read_anchors(data: bytes) -> list[Statement]:
    """anchors.log: one JSON object a line with at least {size, root}; lines that are none say nothing."""
    anchors: list[Statement] = []
    for line in data.split(b"\n"):
        try:
            entry = read_json_object(line)
            head = Head.from_json({"size": entry.get("size"), "root": entry.get("root")})
        except CountersignError:
            continue
        anchors.append(Statement(head.size, bytes.fromhex(head.root)))
    return anchors


def judge(evidence: Evidence, scan: Scan) -> Judgement:
    """Hold the file's roots against every statement. Raises MalformedError BAD_SIGNATURE.

    Signatures are checked only where they decide: on the notes that contradict the file, and on the newest
    that agrees, which covers all before it.
    """
    forks: list[Statement] = []
    lost: list[Statement] = []
    agreeing: list[Statement] = []
    for statement in evidence.statements:
        if statement.size > scan.size:
            lost.append(statement)
        elif scan.roots[statement.size] != statement.root:
            forks.append(statement)
        elif statement.note is not None:
            agreeing.append(statement)
    (newest, passed_over), keys = _newest(agreeing, evidence.keys), evidence.keys
    checkpoint: JsonObject | None = None
    if newest is not None and newest.note is not None:
        signature = newest.note.check(keys).value
        checkpoint = {"size": newest.size, "root": newest.root.hex(), "signature": signature}
    for state, found in ((State.FORK, forks), (State.ROLLBACK, lost)):
        broken, also = _newest(found, keys)
        passed_over = passed_over or also
        if broken is not None:
            return Judgement(state, broken, checkpoint, passed_over)
    return Judgement(None, None, checkpoint, passed_over)


def _newest(found: list[Statement], keys: Sequence[DeviceKey]) -> tuple[Statement | None, bool]:
    """The largest statement that counts, and whether larger ones do not."""
    passed_over = False
    for statement in sorted(found, key=lambda item: -item.size):
        if _counts(statement, keys):
            return statement, passed_over
        passed_over = True
    return None, passed_over


def _counts(statement: Statement, keys: Sequence[DeviceKey]) -> bool:
    """False for a note beside the file with a broken signature: anybody can write those.

    A note by an unknown key counts: a contradiction must be looked at, whoever states it.
    """
    if statement.note is None or statement.note.check(keys) is not SignatureState.BAD:
        return True
    if statement.given:
        raise MalformedError("The checkpoint's signature does not fit.", code="BAD_SIGNATURE")
    return False


def covered_size(evidence: Evidence) -> int:
    """The largest size that somebody states."""
    counting = (item.size for item in evidence.statements if _counts(item, evidence.keys))
    return max(counting, default=0)
