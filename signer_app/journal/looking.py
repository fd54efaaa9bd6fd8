"""A journal that is looked at while another process may be writing it: no lock, no repair, no byte written.

What is complete counts: a last line without its line feed is being written, or is torn, and is left out. A
journal only grows, so what was once read stays true, and ``follow`` takes what came since.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from signer_app.core.errors import IntegrityError, MalformedError
from signer_app.journal import files, recovery
from signer_app.journal.epochs import read_epochs
from signer_app.journal.evidence import with_head
from signer_app.journal.loginfo import check_person
from signer_app.journal.opening import look_at_log
from signer_app.journal.records import MAX_LINE, parse_line
from signer_app.journal.states import Head
from signer_app.journal.trust import HELD, LOOKING
from signer_app.journal.writer import Clock, Journal

#: Bytes that are read at once; at least one line fits in.
_PIECE: Final = 4 * MAX_LINE


class LookedAtJournal(Journal):
    """A journal for reading. Whatever would write raises ConflictError READ_ONLY; ``head`` and ``records``
    are those of the last ``follow``.
    """

    @classmethod
    def look(
        cls, logs_dir: Path, *, person: str, wrap_key: bytes, clock: Clock, head: Head | None,
        other_heads: Iterable[Head] = (), held: bool = False,
    ) -> LookedAtJournal:  # fmt: skip
        """As Journal.open, which says what is checked and raised; torn bytes stay where they are. ``held``:
        the reason is that another has it open, and not that a person wanted it so.

        The heads must have been read before: what they state is in the file then.
        """
        check_person(person)
        log = look_at_log(logs_dir, wrap_key)
        with log.closed_on_error():
            heads = with_head(head, other_heads)
            result, evidence = recovery.examine(log.folder, log.info, heads)
            if result.first_bad is not None:
                # A writer that was just opened cuts torn bytes off: half a line of before, half of after.
                result, evidence = recovery.examine(log.folder, log.info, heads)
            recovery.refuse_broken(result)
            journal = cls(log, result, person=person, clock=clock)
            journal.distrust(HELD if held else LOOKING)
            journal._learn_keys()  # a key is stored before the first record that uses it
            recovery.refuse_unnamed(result, journal.records)
            journal._read_start()
            abandoned = recovery.abandoned_by(journal._last_recovery())
            recovery.judge_or_refuse(log.folder, result, evidence, confirmed=False, abandoned=abandoned)
        return journal

    def _learn_keys(self) -> None:
        known = self._log.epochs
        self._log.epochs = read_epochs(known.folder, known.log_id, known.wrap_key)

    def follow(self) -> int:
        """Take the records that were completed since; returns how many.

        Raises IntegrityError JOURNAL_BROKEN where what follows is not a continuation, or where the file
        became shorter; STORAGE_FAILED.
        """
        with self._mutex:
            before = self.size
            try:
                if files.size_of(self._log.descriptor) < self._end:
                    raise IntegrityError("The journal lost records while it was looked at.")
                while self._take(os.pread(self._log.descriptor, _PIECE, self._end)):
                    pass
            except OSError as error:
                raise files.storage_error(error, "The journal cannot be read") from error
            return self.size - before

    def _take(self, data: bytes) -> bool:
        """The whole lines of what follows the last record; False where there is none."""
        for text in data[: data.rfind(b"\n") + 1].splitlines(keepends=True):
            try:
                line = parse_line(text)
            except MalformedError as error:
                raise self._changed() from error
            if (line.index, line.previous) != (self.size, self._previous):
                raise self._changed()
            if line.epoch not in self._log.epochs.keys:
                self._learn_keys()
            self._tree.append(line.leaf)
            self._offsets.append(self._end)
            self._end += len(text)
            self._previous = line.leaf
        return b"\n" in data

    def _changed(self) -> IntegrityError:
        return IntegrityError(f"Record {self.size} of the journal is not what follows the one before.")
