"""keys/attempts.json: waits that grow with each wrong passphrase, so that nobody guesses through the program.

Who can write the folder can delete this file, or take the key files away and guess elsewhere; against that
stands only the cost of hashing. A miss is counted before the passphrase is tried, so that ending the
process in between saves nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.clock import Clock, format_time, parse_time, whole_seconds
from signer_app.core.errors import MalformedError, NotFoundError, SignerError
from signer_app.signers.keystore.files import ATTEMPTS_FILE
from signer_app.vault.files import atomic_write, read_bounded

FREE_MISSES: Final = 3
LONGEST_WAIT_S: Final = 900
_MOST_COUNTED: Final = 1000


def wait_after(misses: int) -> int:
    """Seconds to wait after this many misses in a row: 0, 0, 0, 1, 2, 4, … at most 900."""
    if misses < FREE_MISSES:
        return 0
    return int(min(LONGEST_WAIT_S, 2 ** min(misses - FREE_MISSES, 20)))


class Attempts:
    """The count of misses of one keys folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / ATTEMPTS_FILE
        self._clock = clock

    def begin(self) -> None:
        """Count a miss in advance. Raises SignerError KEY_PASSPHRASE_WRONG (details: retry_after_s) in a
        wait.
        """
        now = whole_seconds(self._clock())
        misses, last = self._read(now)
        # A clock that was set back must not make the wait longer than it is.
        left = wait_after(misses) - max(0, int((now - min(last, now)).total_seconds()))
        if left > 0:
            if last > now:
                self._write(misses, now)
            raise SignerError(
                f"Too many wrong key passphrases; wait {left} seconds.",
                code="KEY_PASSPHRASE_WRONG",
                details={"retry_after_s": left},
            )
        self._write(min(misses + 1, _MOST_COUNTED), now)

    def succeeded(self) -> None:
        """Forget the misses."""
        self._write(0, whole_seconds(self._clock()))

    def _read(self, now: datetime) -> tuple[int, datetime]:
        """Misses and the time of the last. A file that is missing or damaged counts as none: see the head."""
        none = 0, now - timedelta(seconds=LONGEST_WAIT_S)
        try:
            value = read_json_object(read_bounded(self._path, 4096))
            misses, last = value.get("misses"), value.get("last")
            if isinstance(misses, int) and 0 <= misses <= _MOST_COUNTED and isinstance(last, str):
                return misses, parse_time(last)
        except (NotFoundError, MalformedError):
            return none
        return none

    def _write(self, misses: int, last: datetime) -> None:
        atomic_write(
            self._path, canonical({"last": format_time(last), "misses": misses}), failpoints="attempts"
        )
