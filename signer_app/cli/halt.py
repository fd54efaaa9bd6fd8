"""`countersign halt` and `resume`: one person stops signing and sending, two people resume."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render, typed
from signer_app.cli.opening import workspace
from signer_app.cli.session import Session, read_input, session_of, write_output
from signer_app.core.caip import parse_account
from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text

Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Write what others need to know, as a file (halt --from takes it)."),
]


def halt(
    context: typer.Context,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why; it goes into the journal, signed by you.")
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--account", metavar="CAIP-10", help="Only this account; may be repeated."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FILE|-", help="Take halts and resumes of others instead.")
    ] = None,
    output: Output = None,
) -> None:
    """Stop all signing and sending at once. Two people must resume.

    The halt travels in every proposal file from now on; -o writes it as a file of its own. With --from it
    takes such a file of somebody else: halts and resumes alike.
    """
    session = session_of(context)
    session.workspace_path()  # as for every command: where there is no workspace, that is what is said first
    if (reason is None) == (source is None):
        raise UsageError("Give --reason to halt, or --from to take the statements of others.")
    if source is not None:
        _take(session, source, account, output)
        return
    for text in account or ():
        typed.check(parse_account, text, "--account")
    with workspace(session, keys=True) as opened:
        result = opened.proposals.halts.halt(str(reason), tuple(account or ()))
        document = opened.proposals.halts.document()
    if output is not None and document is not None:
        write_output(output, document.to_bytes(), session)
        result["file"] = str(output)
    session.output.result(result, lambda console: render.halts(console, [result]))


def _take(session: Session, source: str, account: list[str] | None, output: Path | None) -> None:
    if account or output is not None:
        raise UsageError("--from takes statements as they are; it goes with no other option.")
    data = read_input(source)
    with workspace(session) as opened:
        result = opened.proposals.halts.take_file(data)
    session.output.result(result, lambda console: _taken(console, result))


def resume(
    context: typer.Context,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; it goes into the journal, signed by you.")
    ] = "",
    halt_id: Annotated[
        str | None, typer.Option("--halt", metavar="ID", help="Which halt, where several stand.")
    ] = None,
    output: Output = None,
) -> None:
    """Say that signing and sending may go on. It does once two people have said so."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.proposals.halts.resume(reason, halt_id)
        document = opened.proposals.halts.document()
    if output is not None and document is not None:
        write_output(output, document.to_bytes(), session)
        result["file"] = str(output)
    session.output.result(result, lambda console: _resumed(console, result))


def _taken(console: Console, result: JsonObject) -> None:
    for name, word in (("added", "taken"), ("already", "already here")):
        for entry in render.items(result[name]):
            console.print(safe_text(f"{entry['kind']} of {entry['person']}: {word}", 200))
    render.kept_out(console, render.items(result["refused"]))
    render.halts(console, [entry for entry in render.items(result["halts"]) if entry["state"] == "STANDING"])


def _resumed(console: Console, result: JsonObject) -> None:
    if result["lifted"]:
        console.print("The halt is lifted.")
    else:
        console.print(f"Recorded: {result['have']} of {result['need']}. Nothing changes yet.")
    if result["standing"]:
        console.print(f"Halts that stand: {result['standing']}.", style="bold red")
