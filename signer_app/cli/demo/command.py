"""`countersign demo`: rehearse the main job, step by step."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.session import session_of
from signer_app.core.errors import ConflictError
from signer_app.core.json_types import JsonObject


def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Never open a window afterwards.")] = False,
    fault: Annotated[str | None, typer.Option("--fault", help="A fault of the ledger while sending.")] = None,
) -> None:
    """Rehearse the main job on practice ledgers.

    Three people pay from a treasury with a 2-of-3 signer list and refuse three attacks, without any network.

    With --workspace DIR everything is kept in that new folder; without it in a temporary one that is named.
    """
    from signer_app.cli.demo.story import play  # noqa: PLC0415 - loads a ledger SDK

    _ = headless  # this version has no window yet; the option is here so that scripts need not change
    session = session_of(context)
    root = session.workspace
    if root is None:
        root = Path(tempfile.mkdtemp(prefix="countersign-demo-"))
    elif root.exists() and any(root.iterdir()):
        raise ConflictError(f"{root} is not empty.", code="EXISTS")
    result, exit_code = play(root, fault=fault, tell=session.output.step)
    session.output.result(result, lambda console: _ending(console, result, root), exit_code=exit_code)


def _ending(console: Console, result: JsonObject, root: Path) -> None:
    steps = render.items(result["steps"])
    good = sum(1 for step in steps if step["ok"])
    console.print(
        f"\n{good} of {len(steps)} steps are right.", style="green" if good == len(steps) else "bold red"
    )
    console.print(f"Everything is kept in {root}: workspaces, files that travelled, the ledger.")
    console.print("Look around, for example:")
    secret = root / "secrets" / "bob.vault"
    console.print(f"  countersign --workspace {root}/workspaces/bob --passphrase-file {secret} proposal list")
