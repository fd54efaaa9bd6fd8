"""journal verify: reads, never writes, never raises for what a journal holds (CONTRACTS C6, E)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from signer_app.core.errors import CountersignError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.journal.epochs import read_epochs
from signer_app.journal.evidence import gather, judge, with_head
from signer_app.journal.files import CHECKPOINTS_FILE, JOURNAL_FILE, read_file, storage_error
from signer_app.journal.loginfo import parse_log_id, read_log_info
from signer_app.journal.notes import read_notes
from signer_app.journal.records import open_record, split_line
from signer_app.journal.scan import Progress, Readable, Scan, scan
from signer_app.journal.states import Head, State, Verification

_CHECKPOINTS_LIMIT = 256 * 1024 * 1024
#: Seconds that a record which another process is writing may take to be whole, and how often one looks.
_WRITING_S: Final = 0.2
_LOOK_EVERY_S: Final = 0.02
#: How often a journal is checked anew because a record was half there and grew.
_LOOKS: Final = 3


def journal_path(path: Path) -> Path:
    """The journal file of a file, a logs folder or a workspace. Raises NotFoundError."""
    for candidate in (path, path / JOURNAL_FILE, path / "logs" / JOURNAL_FILE):
        if candidate.is_file():
            return candidate
    raise NotFoundError(f"There is no journal at {path.name}.", hint="Check the path.")


def vault_keys(logs_dir: Path, wrap_key: bytes) -> dict[int, bytes]:
    """The epoch keys of a logs folder, for verify. Raises IntegrityError JOURNAL_BROKEN."""
    info = read_log_info(logs_dir)
    if info is None:
        raise NotFoundError("There is no log.json beside the journal.")
    return dict(read_epochs(logs_dir, info.log_id, wrap_key).keys)


def holds_checkpoint(logs_dir: Path, head: Head) -> bool:
    """Whether checkpoints.log has a note of exactly this head. Its signature is verify's matter."""
    notes = read_notes(read_file(logs_dir / CHECKPOINTS_FILE, limit=_CHECKPOINTS_LIMIT)).notes
    return any((note.size, note.root.hex()) == (head.size, head.root) for note, _ in notes)


def verify(
    path: Path, *, log_id: str | None = None, checkpoint_files: Sequence[Path] = (), head: Head | None = None,
    other_heads: Iterable[Head] = (), epoch_keys: Mapping[int, bytes] | None = None,
    length: int | None = None, progress: Progress | None = None,
) -> Verification:  # fmt: skip
    """Judge a journal file; log.json, checkpoints.log and anchors.log beside it are read where they exist.

    ``head`` is the vault's, ``other_heads`` are kept elsewhere.
    ``log_id``: 32 hex digits, in place of log.json's. With ``epoch_keys`` every record is decrypted too,
    and the caller has to give the keys of all epochs: a record that no key opens is TAMPERED. ``length``:
    judge the first so many bytes only, where the same program may be writing behind them; ``progress`` is
    told how many records are good so far, and what it raises ends the pass and comes out of here. Raises
    NotFoundError, MalformedError (a named checkpoint), IntegrityError STORAGE_FAILED or JOURNAL_BROKEN
    (log.json).
    """
    file = journal_path(path)
    info = read_log_info(file.parent)
    known = parse_log_id(log_id) if log_id is not None else info.log_id if info is not None else None
    evidence = gather(
        file.parent, log_id=known.hex() if known else None, keys=info.device_keys if info else (),
        heads=with_head(head, other_heads), checkpoint_files=checkpoint_files,
    )  # fmt: skip
    opener = None if epoch_keys is None or known is None else _Opener(epoch_keys, known)
    try:
        with file.open("rb", buffering=0) as stream:
            part: Readable = stream if length is None else _Start(stream, length)
            result = scan(
                part, log_id=known, sizes=evidence.sizes, visit=opener.visit if opener else None,
                progress=progress,
            )  # fmt: skip
    except OSError as error:
        raise storage_error(error, "The journal cannot be read") from error
    bad, root, checkpoint = result.first_bad, result.tree.root(), None
    state, reason, unanchored, clean = State.INTACT, "", None, evidence.clean
    unnamed = opener.unnamed_redactions(result) if opener else []
    if unnamed and (bad is None or unnamed[0] < bad):
        bad = unnamed[0]
        root = _root_of_first(file, known, bad)
    if bad is not None:
        state, reason = State.TAMPERED, f"Record {bad} is not what was written."
    else:
        judgement = judge(evidence, result)
        checkpoint = judgement.checkpoint
        clean = clean and not judgement.passed_over
        if judgement.state is not None and judgement.broken is not None:
            state, reason = judgement.state, _explain(judgement.state, judgement.broken.size, result)
        elif result.torn_bytes:
            state, reason = State.TORN, f"The file ends in {result.torn_bytes} bytes of an unfinished record."
        elif evidence.anchored is not None and evidence.anchored < result.size:
            state, unanchored = State.UNANCHORED_TAIL, result.size - evidence.anchored
            reason = f"{unanchored} records are newer than the last anchor."
    if not (reason or clean):
        reason = "checkpoints.log holds something that is no sound checkpoint; what it covered is not known."
    return Verification(
        state=state, log_id=known.hex() if known else None, records=result.records,
        size_checked=result.size if bad is None else bad,
        root=root.hex(), first_bad=bad, torn_bytes=result.torn_bytes, redacted=len(result.redacted),
        decrypted=opener is not None, unanchored=unanchored, checkpoint=checkpoint,
        checkpoints_clean=clean, reason=reason,
    )  # fmt: skip


def beside_writer(path: Path, check: Callable[[], Verification]) -> Verification:
    """What ``check`` finds in the journal at ``path``, which another process may be writing: a record that
    was half there is no torn end if it grows. What a crash left stays as it is. Raises as verify.
    """
    file = journal_path(path)
    for _ in range(_LOOKS):
        size = file.stat().st_size
        found = check()
        if found.state is not State.TORN or not _grows(file, size):
            break
    return found


def _grows(file: Path, size: int) -> bool:
    until = time.monotonic() + _WRITING_S
    while file.stat().st_size == size:
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


class _Start:
    """The first ``length`` bytes of a stream."""

    def __init__(self, stream: Readable, length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; b"" at the end."""
        data = self._stream.read(min(size, self._left))
        self._left -= len(data)
        return data


def _root_of_first(file: Path, log_id: bytes | None, size: int) -> bytes:
    try:
        with file.open("rb", buffering=0) as stream:
            return scan(stream, log_id=log_id, sizes=(size,)).roots[size]
    except OSError as error:
        raise storage_error(error, "The journal cannot be read") from error


def _explain(state: State, size: int, result: Scan) -> str:
    if state is State.FORK:
        return f"A statement about the first {size} records names another root."
    return f"A statement covers {size} records; the file has {result.size}."


class _Opener:
    """Decrypts each good line and remembers what redaction records name."""

    def __init__(self, keys: Mapping[int, bytes], log_id: bytes) -> None:
        self._keys = keys
        self._log_id = log_id
        self._named: set[int] = set()

    def visit(self, index: int, data: bytes, epoch: int) -> bool:
        """False where the record cannot be what the writer wrote."""
        key = self._keys.get(epoch)
        if key is None:
            return False
        line = split_line(data + b"\n")
        if line.sealed is None:
            return True
        try:
            record = open_record(line, epoch_key=key, log_id=self._log_id)
        except CountersignError:
            return False
        if record.get("type") == "redacted" and isinstance(named := record.get("i"), int):
            self._named.add(named)
        return index != 0 or self._starts(record)

    def _starts(self, record: JsonObject) -> bool:
        return record.get("type") == "log.start" and record.get("log_id") == self._log_id.hex()

    def unnamed_redactions(self, result: Scan) -> list[int]:
        """Indices without content that no record accounts for, in order."""
        return [index for index in result.redacted if index not in self._named]
