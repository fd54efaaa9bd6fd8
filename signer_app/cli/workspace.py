"""`countersign workspace`: make a workspace, rebuild its store, back it up and restore it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.opening import keystore_creator, new_vault_passphrase, vault_passphrase
from signer_app.cli.opening import workspace as open_workspace
from signer_app.cli.session import read_input, session_of, write_output
from signer_app.core.errors import ConflictError, UsageError
from signer_app.core.json_types import JsonObject

app = typer.Typer(name="workspace", help="The folder that holds one person's keys, policy and journal.")


@app.command("init")
def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    network_class: Annotated[
        str, typer.Option("--class", help="practice, testnet or mainnet; fixed for good.")
    ],
    org: Annotated[str, typer.Option("--org", help="Name of the organisation; part of each checkpoint.")],
    person: Annotated[str, typer.Option("--person", help="Your id in the policy, such as alice.")],
    role: Annotated[
        list[str] | None, typer.Option("--role", help="A role of yours; may be repeated.")
    ] = None,
    keyring: Annotated[
        bool,
        typer.Option(
            "--keyring", help="Keep half of the vault's key, and the head, in the system's keyring."
        ),
    ] = False,
) -> None:
    """Make a workspace: a vault, a journal, and this workstation's device key.

    Asks for two passphrases: one opens the journal and the database, the other the keys.

    With --keyring the folder opens only for this account on this system, and an old copy of the whole folder
    put in its place is noticed. Without it, the head of the journal is in the folder alone.
    """
    from signer_app.core.config import NETWORK_CLASSES  # noqa: PLC0415 - keeps help quick
    from signer_app.workspace import create_workspace  # noqa: PLC0415

    session = session_of(context)
    chosen = next((name for name in NETWORK_CLASSES if name == network_class), None)
    if chosen is None:
        raise UsageError(f"{network_class[:40]!r} is not practice, testnet or mainnet.")
    with new_vault_passphrase(session) as secret, session.output.working("Making the workspace"):
        result = create_workspace(
            directory,
            network_class=chosen,
            org=org,
            person=person,
            roles=tuple(role or ()),
            passphrase=secret,
            create_keystore=keystore_creator(session, secret, judge=chosen == "mainnet"),
            use_keyring=keyring,
        )
    session.output.result(result, lambda console: render.rows(console, list(result.items())))


@app.command("enrol")
def enrol(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the enrolment.")],
    key: Annotated[
        list[str] | None, typer.Option("--key", help="Only this key of a sealed file; may be repeated.")
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="Also the key of this connected Ledger; any: the only one.")
    ] = None,
    device_name: Annotated[
        str, typer.Option("--device-name", help="What the policy shall call that Ledger.")
    ] = "ledger-1",
    device_path: Annotated[
        str | None, typer.Option("--device-path", help="Derivation path on it. Default: 44'/144'/0'/0/0.")
    ] = None,
) -> None:
    """Write who you are for the policy's author: device key, keys, and proofs that you hold them.

    Each key signs a worthless transaction as its proof; a Ledger shows it and you approve it. Compare the
    fingerprint with the author by phone or in person.
    """
    from signer_app.signers.ledger.signer import USUAL_PATHS  # noqa: PLC0415 - keeps help quick
    from signer_app.workspace import enrolment  # noqa: PLC0415

    session = session_of(context)
    with open_workspace(session, keys=True) as opened:
        holders = enrolment.keystore_holders(opened, key)
        if device is not None:
            holders.append(
                enrolment.ledger_holder(
                    opened,
                    device_id=None if device == "any" else device,
                    path=device_path or USUAL_PATHS[0],
                    name=device_name,
                )
            )
        made = enrolment.make_enrolment(opened, holders)
    write_output(output, made.to_bytes(), session)
    result = enrolment.describe(made)
    session.output.result(result, lambda console: _enrolment(console, result))


@app.command("check-enrol")
def check_enrol(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The enrolment of another person.")],
) -> None:
    """Verify an enrolment: every proof of every key, and the device key's signature. Needs no workspace."""
    from signer_app.workspace import enrolment  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    result = enrolment.describe(enrolment.read_enrolment(read_input(file, enrolment.LIMIT)))
    session.output.result(result, lambda console: _enrolment(console, result))


def _enrolment(console: Console, result: JsonObject) -> None:
    keys = render.items(result["keys"])
    render.rows(console, [(name, value) for name, value in result.items() if name != "keys"])
    for key in keys:
        render.rows(console, [(f"  {name}", value) for name, value in key.items()])
    console.print(f"{len(keys)} key{'' if len(keys) == 1 else 's'}, each proved to be held.")


@app.command("rebuild")
def rebuild(context: typer.Context) -> None:
    """Fill the database again from the journal."""
    session = session_of(context)
    with open_workspace(session, discard_store=True) as opened:
        result = opened.contents()
    session.output.result(
        result,
        lambda console: console.print(
            f"{result['records']} records applied, {result['proposals']} proposals."
        ),
    )


@app.command("backup")
def backup(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it; not in the workspace.")
    ],
) -> None:
    """Write one sealed file with all that this workstation needs; the vault's passphrase opens it.

    Keys stay sealed under their own passphrase inside. While another Countersign has the workspace open, the
    backup is made beside it, and the journal does not hold it.
    """
    from signer_app.workspace import Workspace  # noqa: PLC0415 - keeps help quick
    from signer_app.workspace.backup import back_up, make_backup  # noqa: PLC0415

    session = session_of(context)
    directory = session.workspace_path()
    if output.exists():
        session.confirm(f"{output} exists. Overwrite it?", loses_nothing=True)
    with vault_passphrase(session) as secret, session.output.working("Backing up"):
        try:
            opened = Workspace.open(directory, passphrase=secret, offline=session.offline)
        except ConflictError as error:
            if error.code != "WORKSPACE_LOCKED":
                raise
            session.output.warn("Another Countersign has it open: the journal will not hold this backup.")
            result = make_backup(directory, secret, output)
        else:
            with opened:
                result = back_up(opened, secret, output)
    session.output.result(result, lambda console: _rows(console, result))


@app.command("check-backup")
def check_backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
) -> None:
    """Read a backup through: its seal, its contents, the chain of its journal. Writes nothing."""
    from signer_app.workspace import backup_reading  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    with vault_passphrase(session) as secret, session.output.working("Reading the backup"):
        result = backup_reading.check_backup(file, secret)
    session.output.result(result, lambda console: _rows(console, result))


@app.command("restore")
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    policy_version: Annotated[
        int,
        typer.Option(
            "--policy-version",
            min=0,
            metavar="N",
            help="The newest policy version that was in force, if known.",
        ),
    ] = 0,
) -> None:
    """Make a workspace from a backup; the vault's passphrase of that time opens it.

    It begins a new journal, which names the old one and carries its records over. What was open in the backup
    is unknown until the ledger is read: run workspace catch-up. Never work with the old folder beside it.
    """
    from signer_app.workspace.restoring import restore_backup  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    with vault_passphrase(session) as secret, session.output.working("Restoring"):
        result = restore_backup(
            file, directory, secret, policy_version=policy_version, tell=session.output.note
        )
    session.output.result(result, lambda console: _rows(console, result))


@app.command("catch-up")
def catch_up(context: typer.Context) -> None:
    """Read the ledger for all that was sent or is unknown, as after a restore. Exit 6 if one stays so."""
    session = session_of(context)
    with open_workspace(session) as opened:
        result = opened.proposals.track_all()
    found = render.items(result["proposals"])
    session.output.result(
        result,
        lambda console: render.rows(
            console, [(str(one["proposal_id"])[:12], one["state_words"]) for one in found]
        ),
        exit_code=6 if any(one["state"] == "UNKNOWN" for one in found) else 0,
    )


def _rows(console: Console, result: JsonObject) -> None:
    render.rows(console, list(result.items()))


@app.command("show")
def show(context: typer.Context) -> None:
    """Whose workspace this is, its networks, its log and its policy in force."""
    session = session_of(context)
    with open_workspace(session) as opened:
        result = opened.describe()
    session.output.result(result, lambda console: _show(console, result))


def _show(console: Console, result: JsonObject) -> None:
    lists = ("halts", "refused_statements")
    render.rows(console, [(name, value) for name, value in result.items() if name not in lists])
    render.halts(console, render.items(result["halts"]))
    render.kept_out(console, render.items(result["refused_statements"]))
