"""Reading a file that a person named, dropped or gave to the program. Runs in the worker's thread."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from signer_app.core.errors import NotFoundError
from signer_app.core.text import safe_text
from signer_app.ui.words import faults as words

#: A pipe that nobody writes to must not hold up the workspace.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_chosen(path: Path, limit: int) -> bytes:
    """At most ``limit`` + 1 bytes, the last to notice a larger one. NotFoundError that speaks of the path."""
    name, where = safe_text(path.name or str(path), 200), words.check_path(safe_text(str(path), 600))
    try:
        with os.fdopen(os.open(path, _FLAGS), "rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise NotFoundError(words.is_no_file(name), hint=words.CHOOSE_FILE)
            return stream.read(limit + 1)
    except IsADirectoryError as error:
        raise NotFoundError(words.is_folder(name), hint=words.CHOOSE_INSIDE) from error
    except FileNotFoundError as error:
        raise NotFoundError(words.no_file(name), hint=where) from error
    except OSError as error:
        raise NotFoundError(words.unreadable(name, error.strerror or ""), hint=where) from error
