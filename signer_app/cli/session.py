"""What every command shares: global options, where the workspace is, and where secrets come from."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from signer_app.cli.output import Output
from signer_app.core.errors import NotFoundError, UsageError


@dataclass(slots=True)
class Session:
    """Global options (CONTRACTS C). Secrets are never options: only names of files that hold them."""

    output: Output
    workspace: Path | None
    passphrase_file: Path | None
    key_passphrase_file: Path | None
    yes: bool
    offline: bool
    read_only: bool

    def workspace_path(self) -> Path:
        """--workspace, else COUNTERSIGN_WORKSPACE, else the folder one stands in if it is a workspace."""
        if self.workspace is not None:
            return self.workspace
        named = os.environ.get("COUNTERSIGN_WORKSPACE")
        if named:
            return Path(named)
        here = Path.cwd()
        if (here / "vault.json").is_file():
            return here
        raise NotFoundError(
            "No workspace is named.",
            code="NOT_A_WORKSPACE",
            hint="Give --workspace DIR or set COUNTERSIGN_WORKSPACE.",
        )

    def confirm(self, question: str, *, loses_nothing: bool) -> None:
        """Ask. --yes answers only questions that lose nothing. Raises UsageError CONFIRMATION_REQUIRED."""
        if self.yes and loses_nothing:
            return
        if sys.stdin is None or not sys.stdin.isatty():
            raise UsageError(f"A person has to confirm: {question}", code="CONFIRMATION_REQUIRED")
        if not typer.confirm(question, err=True):
            raise UsageError("Not confirmed. Nothing was changed.", code="CONFIRMATION_REQUIRED")


def session_of(context: typer.Context) -> Session:
    """The Session that the root callback made."""
    session = context.find_object(Session)
    if session is None:
        raise UsageError("The command was not started through the program's root.")
    return session


#: A file has no id to check, which the common hint of NOT_FOUND would ask for.
_CHECK_PATH: Final = "Check the path."


def read_input(name: str, limit: int = 1024 * 1024) -> bytes:
    """Bytes of a file, or of standard input for "-". At most ``limit`` + 1 bytes are read."""
    try:
        if name == "-":
            if sys.stdin is None:
                raise NotFoundError("There is no standard input.")
            return sys.stdin.buffer.read(limit + 1)
        with Path(name).open("rb") as stream:
            return stream.read(limit + 1)
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {name}.", hint=_CHECK_PATH) from error
    except OSError as error:
        raise NotFoundError(f"{name} cannot be read: {error.strerror}.", hint=_CHECK_PATH) from error


def write_output(path: Path, data: bytes, session: Session) -> None:
    """Write a file that a command was asked for, whole or not at all; asks before overwriting."""
    from signer_app.vault.files import atomic_write  # noqa: PLC0415 - keeps start quick

    if path.exists():
        session.confirm(f"{path} exists. Overwrite it?", loses_nothing=True)
    atomic_write(path, data, 0o600)
