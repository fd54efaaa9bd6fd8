"""The report of a fault of the program, without anything that could be secret.

A report has places in the program's own code and names of types. It has no text of an exception, no values
and no paths of this computer: any of them may hold names, amounts or worse.
"""

from __future__ import annotations

import platform
import traceback
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


def report_of(error: BaseException, page: str = "") -> str:
    """What went wrong where, in lines of plain text. Causes come first, as in Python's own reports."""
    lines = [
        f"{strings.APP} {__version__}",
        words.machine(platform.python_version(), QtCore.qVersion(), platform.system()),
        words.page(page),
    ]
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    for item in reversed(chain):
        lines += ["", *_places(item.__traceback__), _kind(item)]
    return "\n".join(lines)


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
