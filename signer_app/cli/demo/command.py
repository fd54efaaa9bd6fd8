"""`countersign demo`: rehearse the main job, step by step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.session import session_of
from signer_app.core.display import has_window, somebody_looks
from signer_app.core.errors import ConflictError
from signer_app.core.json_types import JsonObject
from signer_app.practice.processes import program

#: Whose workspace is shown afterwards: bob's, with the practice Ledger.
LOOKER = "bob"


def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Never open a window afterwards.")] = False,
    fault: Annotated[str | None, typer.Option("--fault", help="A fault of the ledger while sending.")] = None,
) -> None:
    """Rehearse the main job on practice ledgers.

    Three people pay from a treasury with a 2-of-3 signer list and refuse three attacks, without any network.

    Afterwards the window opens on one of the workspaces, where there is a display and a person at a terminal.

    With --workspace DIR everything is kept in that new folder; without it in a temporary one that is named.
    """
    from signer_app.cli.demo.story import play  # noqa: PLC0415 - loads a ledger SDK

    session = session_of(context)
    root = session.workspace
    if root is None:
        root = Path(tempfile.mkdtemp(prefix="countersign-demo-"))
    elif root.exists() and any(root.iterdir()):
        raise ConflictError(f"{root} is not empty.", code="EXISTS")
    result, problem = play(root, fault=fault, tell=session.output.step)

    def ending(console: Console) -> None:
        _ending(console, result, root)

    if problem is None:
        session.output.result(result, ending)
    else:
        session.output.failed(result, ending, problem)
    if opens_window(
        os.environ, terminal=sys.stdin.isatty(), headless=headless, as_json=session.output.as_json,
        good=problem is None,
    ):  # fmt: skip
        session.output.note(f"Opening the window on {LOOKER}'s workspace. Close it to end.")
        show_window(root / "workspaces" / LOOKER)


def opens_window(
    environment: Mapping[str, str],
    *,
    terminal: bool,
    headless: bool,
    as_json: bool,
    good: bool,
    platform: str = sys.platform,
) -> bool:
    """Whether the window follows: a person at a terminal with a display, who did not say otherwise. Scripts
    never get one, and a rehearsal that went wrong has more to say than a window.
    """
    if headless or as_json or not good or not has_window():
        return False
    return somebody_looks(environment, terminal=terminal, platform=platform)


def show_window(workspace: Path) -> None:
    """The window in a process of its own, until it is closed. It starts the ledger of the place by itself."""
    arguments = [*program(), "--workspace", str(workspace)]
    subprocess.run(arguments, check=False)  # noqa: S603 - our own program, arguments as a list


def _ending(console: Console, result: JsonObject, root: Path) -> None:
    steps = render.items(result["steps"])
    good = sum(1 for step in steps if step["ok"])
    console.print(
        f"\n{good} of {len(steps)} steps are right.", style="green" if good == len(steps) else "bold red"
    )
    console.print(f"Everything is kept in {root}: workspaces, files that travelled, the ledger.")
    console.print("Look around, for example:")
    workspace, secret = root / "workspaces" / LOOKER, root / "secrets" / f"{LOOKER}.vault"
    program = "countersign" if shutil.which("countersign") else sys.argv[0]
    console.print(f"  {program} --workspace {workspace} --passphrase-file {secret} proposal list")
    console.print(f"  {program} --workspace {workspace}")
    console.print(
        f"The window asks for a passphrase: the first line of {secret}; for the keys it is that of "
        f"{LOOKER}.keys beside it."
    )
