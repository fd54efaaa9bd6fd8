"""The program's one entry: a child process, the command line or the window; only that one is loaded."""

from __future__ import annotations

import sys

_CHILD_ARGUMENTS = 3


def main() -> int:
    """Run with sys.argv; returns the exit code."""
    if len(sys.argv) == _CHILD_ARGUMENTS and sys.argv[1] == "--child":
        from signer_app.signers.child import run_child  # noqa: PLC0415 - a child loads nothing else

        return run_child(sys.argv[2])
    from signer_app.cli.main import run  # noqa: PLC0415 - children must not load the command line

    return run()


if __name__ == "__main__":
    sys.exit(main())
