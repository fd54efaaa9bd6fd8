"""What is left of a window that the system ended: by a fault in memory, or because Qt could not go on.

Python's faulthandler then writes where each thread was, into a file of this user alone that the window opened
at its start and removes at its end. The next start finds it. Nothing of it is sent anywhere.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from signer_app.ui.crash import QT, redacted, report_of_end
from signer_app.ui.qt import QtCore
from signer_app.ui.words import crash as words

_LARGEST = 64 * 1024
#: Ends that nobody looked at; older ones go.
_KEPT = 5
_PRIVATE_FOLDER, _PRIVATE_FILE = 0o700, 0o600


class Traces:
    """The folder of them. Where it cannot be written the window works without."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._own: Path | None = None
        self._file = -1
        self._found: list[Path] = []

    def begin(self) -> None:
        """From now on the end of this process is written down."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(_PRIVATE_FOLDER, parents=True, exist_ok=True)
            self._folder.chmod(_PRIVATE_FOLDER)
            path = self._folder / f"{os.getpid()}-{time.time_ns()}.txt"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
            self._file = os.open(path, flags, _PRIVATE_FILE)
            self._own = path
            faulthandler.enable(self._file)

    def end(self) -> None:
        """It ends in good order."""
        if self._own is not None:
            faulthandler.disable()
            with contextlib.suppress(OSError):
                os.close(self._file)
                self._own.unlink()
            self._own = None

    def write(self, line: str) -> None:
        """The last words of Qt, which ends the process now."""
        if self._own is not None:
            with contextlib.suppress(OSError):
                os.write(self._file, f"{line}\n".encode())

    def left(self) -> str:
        """The reports of windows that ended so, the newest first; "" where none did."""
        reports: list[str] = []
        for path in sorted(self._folder.glob("*.txt"), key=_age, reverse=True):
            with contextlib.suppress(OSError):
                written = "" if path == self._own else _content(path)
                if written and len(reports) < _KEPT:
                    reports.append(
                        report_of_end(written, datetime.fromtimestamp(_age(path), UTC).astimezone())
                    )
                    self._found.append(path)
                elif written or _is_over(path):
                    path.unlink()
        return "\n\n".join(reports)

    def forget(self) -> None:
        """Delete what left() found."""
        for path in self._found:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        self._found.clear()


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_LARGEST).decode("utf-8", "replace")


def _is_over(path: Path) -> bool:
    """Whether the process of an empty file is gone: killed, so there is nothing to tell. On Windows asking
    for it would end it, and the file of one that runs cannot be deleted.
    """
    number = path.name.partition("-")[0]
    if sys.platform == "win32" or not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


class QtWords:
    """What Qt says goes to stderr, as ever, but without what it names; reports have the last of it."""

    KINDS = {  # noqa: RUF012 - a table
        QtCore.QtMsgType.QtWarningMsg: words.QT_WARNS,
        QtCore.QtMsgType.QtCriticalMsg: words.QT_FAULT,
        QtCore.QtMsgType.QtFatalMsg: words.QT_ENDS,
    }

    def __init__(self, traces: Traces) -> None:
        self._traces = traces
        self.last: list[str] = []

    def listen(self) -> None:
        """Until forgo()."""
        QtCore.qInstallMessageHandler(self._said)

    def forgo(self) -> None:
        """Qt writes by itself again."""
        QtCore.qInstallMessageHandler(None)

    def _said(self, kind: QtCore.QtMsgType, _where: QtCore.QMessageLogContext, text: str) -> None:
        line = f"{QT}{self.KINDS.get(kind, 'says')}: {redacted(text)}"
        if kind in self.KINDS:
            self.last = [*self.last[-9:], line]
        if kind == QtCore.QtMsgType.QtFatalMsg:
            self._traces.write(line)
        if sys.stderr is not None:  # a window that was started without a terminal on Windows has none
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
