"""Why an open journal takes nothing more: a write that failed, a check that found it not intact, or that it
was opened to look only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from signer_app.core.errors import ConflictError, CountersignError, IntegrityError
from signer_app.journal.files import storage_error
from signer_app.journal.states import Verification

_FOUND: Final = MappingProxyType(
    {
        "TAMPERED": "The journal is not what was written",
        "FORK": "The journal is another than the one that was signed for",
        "ROLLBACK": "The journal is older than what was signed for",
        "TORN": "The journal ends in a record that is torn",
    }
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """``message`` is a whole sentence. ``state`` and ``first_bad`` are those of the check that found it;
    else ``state`` is empty, and ``code`` is that of the write which failed, or READ_ONLY.
    """

    code: str
    message: str
    state: str = ""
    first_bad: int | None = None

    @property
    def looking(self) -> bool:
        """Whether nothing is wrong: it was opened to look only."""
        return self.code == "READ_ONLY"

    def refusal(self) -> CountersignError:
        """What everybody is told who wants to write."""
        if self.looking:
            return ConflictError(self.message, code=self.code)
        if not self.state:
            return IntegrityError(WRITE_FAILED.message, code=WRITE_FAILED.code)
        details = {"state": self.state, "first_bad": self.first_bad}
        return IntegrityError(self.message, code=self.code, details=details)


WRITE_FAILED: Final = Trouble("JOURNAL_POISONED", "An earlier write to the journal failed.")
LOOKING: Final = Trouble("READ_ONLY", "This workspace was opened to look only.")
HELD: Final = Trouble("READ_ONLY", "Another window has the journal open.")


class Trust:
    """Whether one open journal may be written."""

    def __init__(self) -> None:
        #: None while it may be written.
        self.trouble: Trouble | None = None

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Nothing more may be written if the block ends early, whatever ends it. A failed system call becomes
        IntegrityError STORAGE_FULL or JOURNAL_POISONED, ``what`` being its sentence.
        """
        self.trouble = WRITE_FAILED
        try:
            yield
        except OSError as error:
            refused = storage_error(error, what, poisoned=True)
            self.trouble = Trouble(refused.code, refused.message)
            raise refused from error
        except IntegrityError as error:
            self.trouble = Trouble(error.code, error.message)
            raise
        self.trouble = None


def not_intact(found: Verification) -> Trouble:
    """After a check of a journal that is not sound."""
    said = _FOUND.get(found.state.value, f"The journal is not intact ({found.state.value})")
    where = f": record {found.first_bad:,}" if found.first_bad is not None else ""
    return Trouble("JOURNAL_BROKEN", f"{said}{where}.", found.state.value, found.first_bad)
