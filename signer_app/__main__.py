"""The program's one entry: a child process, the command line or the window; only that one is loaded."""

from __future__ import annotations

import os
import sys

from signer_app.core.display import has_window
from signer_app.core.leaving import leave

_CHILD_ARGUMENTS = 3
#: Options that the window takes, too.
_PLAIN = ("--offline", "--read-only")


def main() -> int:
    """Run with sys.argv. Returns the window's exit code; a command and a child end the process themselves."""
    if sys.argv[1:] == ["--child", "commands"]:
        from signer_app.cli import warm  # noqa: PLC0415 - only the process that forks commands needs it

        return warm.serve(main)
    if len(sys.argv) == _CHILD_ARGUMENTS and sys.argv[1] == "--child":
        from signer_app.signers.child import run_child  # noqa: PLC0415 - a child loads nothing else

        leave(run_child(sys.argv[2]))
    if wants_window(sys.argv[1:]):
        from signer_app.ui.app import open_window  # noqa: PLC0415 - nor the window

        return open_window(sys.argv[1:])
    from signer_app.cli import interrupts  # noqa: PLC0415 - nor the command line, which takes longest

    interrupts.hold()
    from signer_app.cli.main import run  # noqa: PLC0415

    leave(run())


def wants_window(arguments: list[str]) -> bool:
    """No command: nothing at all, only where and how (--workspace DIR, _PLAIN), or files of proposals.

    A copy of the program that was built without the window has the command line only.
    """
    if "_COUNTERSIGN_COMPLETE" in os.environ:  # a shell asks for completions, without arguments
        return False
    rest = list(arguments)
    while rest:
        item = rest.pop(0)
        if item == "--workspace" and rest:
            rest.pop(0)
        elif not (item in _PLAIN or item.startswith("--workspace=") or item.endswith(".countersign")):
            return False
    return has_window()


if __name__ == "__main__":
    sys.exit(main())
