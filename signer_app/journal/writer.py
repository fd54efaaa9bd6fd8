"""The journal as the program uses it: one writer, durable appends, reads, checkpoints (CONTRACTS E, DESIGN
4 and 6).

An index is given out only after its line is on disk. The first failed write or sync poisons the journal:
what the kernel then holds is unknown, and trying again could report as durable what is not.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from signer_app.core.errors import (
    IntegrityError,
    MalformedError,
    NotFoundError,
    SignerError,
    UnforeseenError,
)
from signer_app.core.failpoints import armed, failpoint
from signer_app.core.json_types import JsonObject
from signer_app.journal import files, recovery
from signer_app.journal.blobs import BlobIndex, Places, blob_content, blob_fields
from signer_app.journal.evidence import Evidence, with_head
from signer_app.journal.loginfo import check_org, check_person, write_log_info
from signer_app.journal.notes import (
    Checkpoint,
    NoteSignature,
    key_id,
    note_text,
    read_notes,
    verify_signature,
)
from signer_app.journal.opening import OpenLog, open_log, start_log
from signer_app.journal.records import (
    RECORD_TYPES,
    Line,
    Sealed,
    encode_record,
    first_previous,
    open_record,
    parse_line,
    time_of,
)
from signer_app.journal.scan import Scan
from signer_app.journal.states import Head
from signer_app.journal.trust import WRITE_FAILED, Trouble, Trust

__all__ = ["Head", "Journal"]

Clock = Callable[[], datetime]
#: A key for each so many records; a new one costs one record.
EPOCH_RECORDS: Final = 100_000
_OWN_FIELDS: Final = frozenset({"type", "at", "person"})


class Journal:
    """An open journal. Threads may share it; only one process can have it open (others look: looking.py).

    Make it with ``create`` or ``open``; ``close`` (or a with block) gives the lock back.
    """

    def __init__(self, log: OpenLog, scan: Scan, *, person: str, clock: Clock) -> None:
        self._log = log
        self._folder = log.folder
        self._person = person
        self._clock = clock
        self._tree = scan.tree
        self._offsets = scan.offsets
        self._end = scan.end
        self._previous = scan.last_leaf or first_previous(log.info.log_id)
        self._epoch = max(scan.last_epoch, 1)
        self._epoch_start = scan.epoch_start
        self._trust = Trust()
        self._mutex = threading.RLock()
        self._blobs = BlobIndex()
        self._org = ""
        #: The fields of the last record ``recovered`` that opening wrote, None where nothing was torn.
        self.recovered: JsonObject | None = None

    @classmethod
    def create(
        cls, logs_dir: Path, *, org: str, person: str, wrap_key: bytes, device_public_key: bytes | None,
        clock: Clock, start_fields: JsonObject | None = None,
    ) -> Journal:  # fmt: skip
        """Start a new log in ``logs_dir`` (made if missing, 0700) and open it.

        ``start_fields`` are added to record 0 (a restored backup names the old log's last root there).
        Raises ConflictError EXISTS or WORKSPACE_LOCKED, UsageError, IntegrityError STORAGE_*.
        """
        check_person(person)
        check_org(org)
        keys = () if device_public_key is None else ((person, device_public_key),)
        log = start_log(logs_dir, wrap_key, keys)
        with log.closed_on_error():
            journal = cls(log, Scan(), person=person, clock=clock)
            journal._org = org
            journal.append("log.start", {**(start_fields or {}), "log_id": journal.log_id, "org": org})
        return journal

    @classmethod
    def open(
        cls, logs_dir: Path, *, person: str, wrap_key: bytes, clock: Clock, head: Head | None,
        other_heads: Iterable[Head] = (), confirm_repair: bool = False,
    ) -> Journal:  # fmt: skip
        """Open for writing: check the whole file, hold it against all heads and notes, put torn bytes aside.

        ``head`` is the vault's, ``other_heads`` are kept elsewhere; each must fit.
        ``confirm_repair``: a person agreed to give up a torn record that a head or checkpoint covers; the
        caller then stores ``head()`` everywhere at once. Raises ConflictError WORKSPACE_LOCKED, UsageError,
        IntegrityError JOURNAL_BROKEN (details {state, records, first_bad}), JOURNAL_TORN (details {records,
        missing, torn_bytes}) or STORAGE_*.
        """
        check_person(person)
        log = open_log(logs_dir, wrap_key)
        with log.closed_on_error():
            result, evidence = recovery.examine(log.folder, log.info, with_head(head, other_heads))
            recovery.refuse_broken(result)
            journal = cls(log, result, person=person, clock=clock)
            recovery.refuse_unnamed(result, journal.records)
            journal._read_start()
            journal._recover(result, evidence, confirmed=confirm_repair)
            journal._trim_checkpoints()
        return journal

    def _recover(self, result: Scan, evidence: Evidence, *, confirmed: bool) -> None:
        last = self._last_recovery()
        give_up = recovery.judge_or_refuse(
            self._folder, result, evidence, confirmed=confirmed, abandoned=recovery.abandoned_by(last)
        )
        found = recovery.put_aside(
            self._folder, self._log.descriptor, result,
            stamp=self._clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
            give_up=evidence if give_up else None,
        )  # fmt: skip
        if found is None:
            return
        # A crash may have come after the record and before the files got their names.
        new = [item for item in found.entries if last is None or last["sha256"] != item["sha256"]]
        if new:
            self.append_many([("recovered", item) for item in new])
            failpoint("journal.recovery_recorded")
        found.finish(self._folder)
        self.recovered = found.entries[-1]

    def _read_start(self) -> None:
        """Record 0 proves that the keys are this log's; it also holds the name that checkpoints carry."""
        start = self.read(0)
        org = start.get("org")
        if start.get("type") != "log.start" or start.get("log_id") != self.log_id or not isinstance(org, str):
            raise IntegrityError("The journal's first record is not that of this log.")
        self._org = org

    @property
    def gave_up(self) -> bool:
        """Whether the last record is a repair that gave records up; what was made from them must go too."""
        return bool(recovery.abandoned_by(self._last_recovery()))

    def _last_recovery(self) -> JsonObject | None:
        line = self.line(self.size - 1)
        if line.sealed is None:
            return None
        record = self.read(self.size - 1)
        return record if record["type"] == "recovered" else None

    def _trim_checkpoints(self) -> None:
        """Cut off a note whose writing was interrupted; nobody was given it."""
        path = self._folder / files.CHECKPOINTS_FILE
        data = files.read_file(path, limit=1 << 28)
        open_bytes = read_notes(data).open_bytes
        if open_bytes:
            files.replace_file(path, data[: len(data) - open_bytes])

    @property
    def size(self) -> int:
        """Number of records."""
        return self._tree.size

    @property
    def usable(self) -> bool:
        """False once a write failed: nothing more is appended, and nothing more may be signed."""
        return self._trust.trouble is None

    @property
    def trouble(self) -> Trouble | None:
        """Why it is not usable; None while it is."""
        return self._trust.trouble

    def distrust(self, trouble: Trouble = WRITE_FAILED) -> None:
        """What is on disk is not what was written: nothing more is appended, so nothing more is signed."""
        with self._mutex:
            self._trust.trouble = trouble

    @property
    def end(self) -> int:
        """Bytes of the file that hold whole records."""
        with self._mutex:
            return self._end

    @property
    def log_id(self) -> str:
        """32 lower hex digits."""
        return self._log.info.log_id.hex()

    def root(self) -> bytes:
        """RFC 6962 root over all records, 32 bytes."""
        with self._mutex:
            return self._tree.root()

    def head(self) -> Head:
        """Size and root, to be kept where the journal's files are not."""
        with self._mutex:
            return Head(self._tree.size, self._tree.root().hex())

    def append(self, type: str, fields: JsonObject) -> int:
        """Write one record {type, at, person, …fields}; durable when its index is returned.

        Raises MalformedError (nothing was written; TOO_LARGE beyond a line's 2 MiB), IntegrityError
        STORAGE_FULL or JOURNAL_POISONED (whether it was written is unknown; the journal has to be opened
        again).
        """
        return self.append_many([(type, fields)])[0]

    def append_many(self, entries: Sequence[tuple[str, JsonObject]]) -> list[int]:
        """As append, for several records with one sync: all are durable on return."""
        return self._append([self._plaintext(kind, fields) for kind, fields in entries], entries)

    def append_whole(self, records: Sequence[JsonObject]) -> list[int]:
        """As append_many, for records that have their type, author and time (carrying.py)."""
        return self._append([encode_record(r) for r in records], [(str(r["type"]), r) for r in records])

    def _append(self, plaintexts: Sequence[bytes], entries: Sequence[tuple[str, JsonObject]]) -> list[int]:
        if not plaintexts:
            return []
        with self._mutex:
            if self.size - self._epoch_start + len(plaintexts) > EPOCH_RECORDS and self.size > 0:
                self.rotate_epoch("full")
            first = self.size
            self._write(plaintexts)
            for number, (kind, fields) in enumerate(entries):
                self._blobs.note(first + number, kind, fields)
            return list(range(first, self.size))

    def _plaintext(self, kind: str, fields: JsonObject) -> bytes:
        if kind not in RECORD_TYPES:
            raise UnforeseenError(f"{kind!r} is not a type of journal record.")
        if not _OWN_FIELDS.isdisjoint(fields):
            raise UnforeseenError("type, at and person of a record are set by the journal.")
        return encode_record({"type": kind, "at": time_of(self._clock()), "person": self._person, **fields})

    def _write(self, plaintexts: Sequence[bytes]) -> None:
        self.require_usable()
        sealer = self._log.epochs.sealer(self._epoch)
        lines: list[Sealed] = []
        previous, index = self._previous, self._tree.size
        for plaintext in plaintexts:
            line = sealer.seal(plaintext, index=index, previous=previous)
            lines.append(line)
            previous, index = line.leaf, index + 1
        self._store(b"".join([line.data for line in lines]))
        for line in lines:
            self._tree.append(line.leaf)
            self._offsets.append(self._end)
            self._end += len(line.data)
        self._previous = previous

    def _store(self, data: bytes) -> None:
        """Bytes to disk, or a poisoned journal."""
        with self._trust.writing("The journal cannot be written"):
            descriptor, start = self._log.descriptor, self._end
            if files.size_of(descriptor) != start:
                raise IntegrityError("Something else wrote to the journal.", code="JOURNAL_POISONED")
            failpoint("journal.before_write")
            if armed("journal.half_line"):
                half = data[: len(data) // 2]
                files.write_all(descriptor, half, start=start)
                failpoint("journal.half_line")
                data, start = data[len(half) :], start + len(half)
            if armed("journal.after_write"):  # one call has no moment between its write and its sync
                files.write_all(descriptor, data, start=start)
                failpoint("journal.after_write")
                files.sync_data(descriptor)
            else:
                files.write_durably(descriptor, data, start=start)
            failpoint("journal.after_sync")

    def require_usable(self) -> None:
        """Raises why nothing is appended: IntegrityError as append, ConflictError READ_ONLY."""
        if self._log.closed:
            raise UnforeseenError("The journal is closed.")
        if self._trust.trouble is not None:
            raise self._trust.trouble.refusal()

    def rotate_epoch(self, reason: str) -> int:
        """Begin a new epoch key with the record ``epoch.rotated``, whose index is returned."""
        plaintext = self._plaintext("epoch.rotated", {"epoch": self._epoch + 1, "reason": reason})
        with self._mutex:
            self.require_usable()
            if self._epoch + 1 not in self._log.epochs.keys:
                self._log.epochs.add()  # durable before its first use; a crash here leaves a key that waits
            self._epoch += 1
            self._epoch_start = self.size
            self._write([plaintext])
            return self.size - 1

    def read(self, index: int) -> JsonObject:
        """The record at ``index``. Raises NotFoundError (also if redacted), IntegrityError JOURNAL_BROKEN."""
        line = self.line(index)
        if line.sealed is None:
            raise NotFoundError(f"Record {index} of the journal is redacted.")
        key = self._log.epochs.keys.get(line.epoch)
        if key is None:
            raise IntegrityError(f"The key of record {index} of the journal is missing.")
        return open_record(line, epoch_key=key, log_id=self._log.info.log_id)

    def line(self, index: int) -> Line:
        """The line at ``index`` with its own hashes checked. Raises NotFoundError, IntegrityError."""
        with self._mutex:
            if not 0 <= index < self.size:
                raise NotFoundError(f"The journal has no record {index}.")
            start = self._offsets[index]
            end = self._offsets[index + 1] if index + 1 < self.size else self._end
        try:
            line = parse_line(os.pread(self._log.descriptor, end - start, start))
        except OSError as error:
            raise files.storage_error(error, "The journal cannot be read") from error
        except MalformedError as error:
            raise IntegrityError(f"Record {index} of the journal was changed.") from error
        if line.index != index:
            raise IntegrityError(f"Record {index} of the journal was changed.")
        return line

    def records(self, start: int = 0) -> Iterator[tuple[int, JsonObject]]:
        """(index, record) from ``start`` up to the size at the call, leaving out redacted ones. Raises as
        read.
        """
        for index in range(start, self.size):
            if self.line(index).sealed is not None:
                yield index, self.read(index)

    def checkpoint(self, sign: Callable[[bytes], bytes], person: str, public_key: bytes) -> str:
        """Have the present size and root signed and keep the note; the caller then stores ``head()``.

        ``sign`` gives the 64 bytes of an Ed25519 signature of the bytes it is given. Returns the note's text.
        Raises SignerError if the signature does not fit, IntegrityError as append.
        """
        check_person(person)
        with self._mutex:
            self.require_usable()
            size, root = self.size, self._tree.root()
        origin = f"{self._org}/{self.log_id}"
        message = note_text(origin, size, root)
        # Outside the lock: the key is in another process, and records must not wait for it.
        signature = sign(message)
        if not verify_signature(public_key, signature, message):
            raise SignerError("The signature of the checkpoint does not fit the device key.")
        item = NoteSignature(person, key_id(person, public_key), signature)
        text = Checkpoint(origin, self.log_id, size, root, (item,)).to_text()
        with self._mutex:
            self.require_usable()
            with self._trust.writing("A checkpoint cannot be written"):
                path = self._folder / files.CHECKPOINTS_FILE
                files.append_file(path, text.encode("utf-8"), failpoints="checkpoint")
        return text

    def put_blob(self, data: bytes, media: str) -> str:
        """Keep ``data`` (at most 1 MiB) once; returns its SHA-256 in lower hex. Raises as append.

        A blob is never split over records: what the program takes in is at most 1 MiB (CONTRACTS G), and a
        record holds that.
        """
        fields = blob_fields(data, media)
        sha256 = str(fields["sha256"])
        with self._mutex:
            index = self._blobs.find(sha256, self.records)
            if index is None or self.line(index).sealed is None:  # redacted: it is kept anew
                self.append("blob.put", fields)
        return sha256

    def know_blobs(self, places: Places) -> None:
        """Where blobs lie is known elsewhere, so that nobody has to decrypt the whole journal for one."""
        with self._mutex:
            self._blobs.use(places)

    def get_blob(self, sha256: str) -> bytes:
        """The bytes behind a hash. Raises NotFoundError, IntegrityError JOURNAL_BROKEN."""
        with self._mutex:
            index = self._blobs.find(sha256, self.records)
        if index is None:
            raise NotFoundError("The journal holds no such blob.")
        return blob_content(self.read(index), sha256)

    def add_device_key(self, person: str, public_key: bytes) -> None:
        """Add a key to log.json; its checkpoints then count. Raises UsageError, IntegrityError STORAGE_*."""
        with self._mutex:
            self.require_usable()
            info = self._log.info.with_key(person, public_key)
            if info != self._log.info:
                write_log_info(self._folder, info)
                self._log.info = info

    def close(self) -> None:
        """Give the files and the lock back. Harmless the second time."""
        with self._mutex:
            self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
