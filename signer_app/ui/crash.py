"""The report of a fault of the program, or of its end by the system, without anything that could be secret.

A report has places in the program's own code and names of types. It has no text of an exception, no values
and no paths of this computer: any of them may hold names, amounts or worse. Of what Qt says it has the words.
"""

from __future__ import annotations

import platform
import re
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType

from signer_app import __version__
from signer_app.core.errors import CountersignError
from signer_app.ui.qt import QtCore
from signer_app.ui.words import crash as words
from signer_app.ui.words import strings

_PACKAGE = "signer_app"
#: No more places than these, the innermost ones.
_MOST = 40
#: Of a report of all threads.
_MOST_LINES = 400
#: How a line begins that Qt said.
QT = words.QT
_LONGEST = 300
#: Lines of faulthandler. Its frames are places; the words of an end are Python's own.
_FRAME = re.compile(r'  File "(.+)", line (\d+) in ([\w<>.]+)')
_THREAD = re.compile(r"(Current thread|Thread) 0x[0-9a-f]+")
_FATAL = re.compile(r"Fatal Python error: ([A-Za-z ]{1,60})")
_NAMED = (
    (re.compile(r"\"[^\"]*\"|'[^']*'"), '"…"'),
    (re.compile(r"\S*[/\\]\S*"), "…"),
    (re.compile(r"\b(?=\w*\d)\w{12,}"), "…"),
    (re.compile(r"\b0x[0-9a-fA-F]+|\d+"), "#"),
)


def report_of(error: BaseException, page: str = "") -> str:
    """What went wrong where, in lines of plain text. Causes come first, as in Python's own reports."""
    lines = [*_program(), words.page(page)]
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    for item in reversed(chain):
        lines += ["", *_places(item.__traceback__), _kind(item)]
    return "\n".join(lines)


def report_of_end(written: str, at: datetime) -> str:
    """What faulthandler wrote when the system ended the program, ``at``: the kind of end and the places."""
    lines = [*_program(), words.ended(at), ""]
    for line in written.splitlines():
        if found := _FRAME.fullmatch(line):
            filename, number, name = found.groups()
            lines.append(f"  {_module(filename)}:{number} {name}")
        elif found := _THREAD.match(line):
            lines.append(f"{found.group(1)}:")
        elif found := _FATAL.fullmatch(line):
            lines.append(found.group(1))
        elif line.startswith(QT):
            lines.append(redacted(line))
    return "\n".join(lines[:_MOST_LINES])


def redacted(text: str) -> str:
    """A message of Qt without what it names: words in quotes, paths, long words with digits, numbers."""
    for pattern, instead in _NAMED:
        text = pattern.sub(instead, text)
    return text[:_LONGEST].replace("\n", " ")


def _program() -> list[str]:
    return [
        f"{strings.APP} {__version__}",
        words.machine(platform.python_version(), QtCore.qVersion(), platform.system()),
    ]


def _kind(error: BaseException) -> str:
    """Type, and the code where there is one; never the text."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{name} {error.code}" if isinstance(error, CountersignError) else name


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace, limit=-_MOST) if trace is not None else []
    return [f"  {_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _module(filename: str) -> str:
    """The path inside of this program or of a package; a path of the computer says who uses it."""
    parts = Path(filename).parts
    for root in (_PACKAGE, "site-packages"):
        if root in parts:
            at = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[at if root == _PACKAGE else at + 1 :])
    return parts[-1] if parts else filename
