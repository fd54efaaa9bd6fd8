"""How commands answer: one JSON object with --json, words and tables for people otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text

#: Texts for people are cut here; --json never cuts.
_LONGEST = 4000

Human = Callable[[Console], None]


class AnswerLostError(OSError):
    """stdout took no more: a full disk or device. A reader that went away is BrokenPipeError as ever."""


class Output:
    """Where results and progress go. stdout holds results alone; progress and errors go to stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.exit_code = 0
        self._console = Console(highlight=False, soft_wrap=True, markup=False)
        self._stderr = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)

    def result(self, result: JsonObject, human: Human, *, exit_code: int = 0) -> None:
        """The command's one result. ``exit_code`` is 4 for a denying verdict, and so on (CONTRACTS C)."""
        self.exit_code = exit_code
        with answering():
            if self.as_json:
                _write_json({"ok": True, "result": result})
            else:
                human(self._console)

    def failed(self, result: JsonObject, human: Human, error: CountersignError) -> None:
        """The command failed, and what it has done until then is worth as much as the error."""
        self.exit_code = error.exit_code
        with answering():
            if self.as_json:
                _write_json({"ok": False, "error": error.to_json(), "result": result})
            else:
                human(self._console)

    def error(self, error: CountersignError) -> None:
        """The command failed: an error object, or a sentence with its code and hint."""
        self.exit_code = error.exit_code
        if self.as_json:
            with answering():
                _write_json({"ok": False, "error": error.to_json()})
            return
        self._stderr.print(f"{error.code}: {safe_text(error.message, _LONGEST)}", style="bold red")
        if error.hint:
            self._stderr.print(f"  {safe_text(error.hint, _LONGEST)}")
        for name, value in error.details.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            self._stderr.print(f"  {name}: {safe_text(text, _LONGEST)}")

    def note(self, text: str) -> None:
        """A line of progress or advice for people."""
        if not self.as_json:
            self._stderr.print(safe_text(text, _LONGEST), style="dim")

    def show(self, lines: list[str]) -> None:
        """Several lines that people need while the command waits for them."""
        if not self.as_json:
            for line in lines:
                self._stderr.print(safe_text(line, _LONGEST))

    def warn(self, text: str) -> None:
        """A danger that does not stop the command; on stderr with --json too."""
        self._stderr.print(safe_text(text, _LONGEST), style="yellow")

    def step(self, name: str, ok: bool, lines: list[str]) -> None:
        """A finished step of a longer run: its name, whether it is right, and what proves it."""
        if self.as_json:
            return
        mark, style = ("✓", "green") if ok else ("✗", "bold red")
        with answering():
            self._console.print(f"{mark} {name}", style=style)
            for line in lines:
                self._console.print(f"    {safe_text(line, _LONGEST)}", style="dim")

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something takes time; silent with --json and where stderr is no terminal."""
        if self.as_json or not self._stderr.is_terminal:
            yield
            return
        with self._stderr.status(text):
            yield


@contextmanager
def answering() -> Iterator[None]:
    """Around what writes to stdout and does nothing else that may fail with an OSError."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise AnswerLostError(error.errno, error.strerror) from error


def _write_json(value: JsonObject) -> None:
    # ASCII alone: any encoding of stdout can take it, and no hidden character reaches a terminal.
    sys.stdout.write(json.dumps(value, indent=None, separators=(",", ":")) + "\n")
    sys.stdout.flush()
