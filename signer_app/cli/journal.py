"""`countersign journal`: verify, read, export, prove and repair the journal (CONTRACTS C6, E)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.opening import vault_passphrase, workspace
from signer_app.cli.session import Session, session_of, write_output
from signer_app.core.canonical import canonical
from signer_app.core.errors import NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text

app = typer.Typer(name="journal", help="The encrypted, tamper-evident record of every step.")

#: States whose journal can be trusted (CONTRACTS E); every other one ends with exit 7.
SOUND = ("INTACT", "UNANCHORED_TAIL")


@app.command("verify")
def verify(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A journal file; default: the workspace's.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="Checkpoints that others kept.")
    ] = None,
    with_vault: Annotated[
        bool, typer.Option("--vault", help="Also decrypt every record, and check the head.")
    ] = False,
) -> None:
    """Check every record, the chain, the Merkle root and the checkpoints. Never writes; needs no key."""
    from signer_app.journal.verifying import beside_writer  # noqa: PLC0415 - keeps help quick
    from signer_app.journal.verifying import verify as check  # noqa: PLC0415

    session = session_of(context)
    path = file if file is not None else session.workspace_path() / "logs"
    if not path.exists():
        raise NotFoundError(f"There is no journal at {path}.", hint="Check the path.")
    checkpoints = tuple(checkpoint or ())
    with session.output.working("Verifying"):
        if with_vault:
            result = _with_vault(session, path, checkpoints)
        else:
            result = beside_writer(path, lambda: check(path, checkpoint_files=checkpoints)).to_json()
    session.output.result(
        result,
        lambda console: render.rows(console, list(result.items())),
        exit_code=0 if str(result["state"]).startswith(SOUND) else 7,
    )


def _with_vault(session: Session, path: Path, checkpoints: tuple[Path, ...]) -> JsonObject:
    from signer_app.workspace import verify_with_vault  # noqa: PLC0415

    with vault_passphrase(session) as secret:
        return verify_with_vault(workspace_of(session, path), path, secret, checkpoints)


def workspace_of(session: Session, path: Path) -> Path:
    """The workspace whose vault opens a journal: the one that is named, else the one that holds it."""
    folder = path if path.is_dir() else path.parent
    if session.workspace is None:
        for place in (folder, folder.parent):
            if (place / "vault.json").is_file():
                return place
    return session.workspace_path()


@app.command("show")
def show(
    context: typer.Context,
    index: Annotated[
        int | None, typer.Argument(metavar="INDEX", help="One record; default: the newest 20.")
    ] = None,
    proposal: Annotated[str | None, typer.Option("--proposal", help="Only records of this proposal.")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Only records of this type.")] = None,
) -> None:
    """Read records."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.reading.records(index=index, proposal=proposal, kind=kind)
    session.output.result(result, lambda console: _records(console, result))


@app.command("export")
def export(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="A new zip file for the auditor.")],
) -> None:
    """Journal, checkpoints, activated policies and the stand-alone verifier in one file. Holds no key."""
    session = session_of(context)
    with workspace(session) as opened:
        data, result = opened.reading.bundle(opened.directory / "logs")
        write_output(output, data, session)
    result["file"] = str(output)
    session.output.result(result, lambda console: render.rows(console, list(result.items())))


@app.command("prove")
def prove(
    context: typer.Context,
    index: Annotated[int, typer.Argument(metavar="INDEX", help="The record to disclose.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the proof.")],
) -> None:
    """Disclose one record with a proof that anybody can check without a key (verify.py proof FILE)."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.prove_record(index)
    write_output(output, canonical(result), session)
    session.output.result(
        result, lambda console: console.print(f"Proof of record {index} written to {output}.")
    )


@app.command("repair")
def repair(context: typer.Context) -> None:
    """Move a torn end aside, or go on without the keyring's head, after a person has confirmed it.

    Complete records are never touched.
    """
    session = session_of(context)
    session.confirm(
        "The journal may end in an incomplete record that a checkpoint covers, or the keyring may have lost "
        "the head. Move the record aside, and go by what is here?",
        loses_nothing=False,
    )
    with workspace(session, confirm_repair=True) as opened:
        head = opened.journal.head()
        result: JsonObject = {"records": head.size, "root": head.root}
    session.output.result(result, lambda console: render.rows(console, list(result.items())))


def _records(console: Console, result: JsonObject) -> None:
    found = render.items(result["records"])
    if not found:
        console.print("No such record.")
    for record in found:
        body = render.obj(record["record"])
        rest = {name: value for name, value in body.items() if name not in ("type", "at", "person")}
        console.print(f"{record['index']}  {body['at']}  {body['person']}  {body['type']}")
        console.print(f"    {safe_text(canonical(rest).decode('utf-8'), 2000)}", style="dim")
