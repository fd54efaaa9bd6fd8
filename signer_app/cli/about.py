"""`countersign about`: version and build, checked against the list of the program's files."""

from __future__ import annotations

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.session import session_of
from signer_app.core.json_types import JsonObject

#: Of a program whose files are not those of its build (CONTRACTS C: integrity).
EXIT_DIFFERS = 7


def about(context: typer.Context) -> None:
    """Version, and whether this program's files are those of its build. Needs no workspace.

    The check finds damage. Against somebody who changes files and list alike, compare the manifest's hash
    with the one that is published for this version, by another way than the one the program came by.
    """
    from signer_app.core import build  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    with session.output.working("Reading the program's files"):
        result = build.about()
    state = render.obj(result["build"])["state"]
    session.output.result(
        result, lambda console: _about(console, result), exit_code=EXIT_DIFFERS if state == "differs" else 0
    )


def _about(console: Console, result: JsonObject) -> None:
    build = render.obj(result["build"])
    words = {
        "verified": f"Build verified: {build['files']} files are as they were built.",
        "differs": "This program's files differ from its build.",
        "source": "Runs from source: there is no build to check.",
    }
    console.print(f"countersign {result['version']}")
    console.print(words[str(build["state"])])
    if build["manifest"] is not None:
        digits = str(build["manifest"])
        groups = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
        console.print(f"Manifest  {groups}")
    for name in ("changed", "missing", "added"):
        found = build[name]
        for path in found if isinstance(found, list) else []:
            render.rows(console, [(name, path)])
