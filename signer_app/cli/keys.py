"""`countersign keys`: chain keys, generated and imported inside the key process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.opening import warn_if_exposed, workspace
from signer_app.cli.session import session_of, write_output
from signer_app.core.canonical import canonical
from signer_app.core.json_types import JsonObject, JsonValue

app = typer.Typer(name="keys", help="Keys of this workstation. They never leave the process that holds them.")

KeyId = Annotated[str, typer.Option("--id", help="A name for the key, such as alice-xrp.")]
Curve = Annotated[str, typer.Option("--curve", help="secp256k1 (Ledgers can sign beside it) or ed25519.")]


@app.command("generate")
def generate(context: typer.Context, key_id: KeyId, curve: Curve = "secp256k1") -> None:
    """Draw a new chain key. It is sealed under the key passphrase before it is used."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.keys.generate(key_id, curve)
    session.output.result(result, lambda console: _key(console, result))


@app.command("import")
def import_key(
    context: typer.Context,
    key_id: KeyId,
    seed_file: Annotated[Path, typer.Option("--seed-file", help="File with an XRPL seed or 64 hex digits.")],
    curve: Curve = "secp256k1",
) -> None:
    """Import a chain key. Only the key process opens the seed file."""
    session = session_of(context)
    warn_if_exposed(session, seed_file)
    with workspace(session, keys=True) as opened:
        result = opened.keys.import_seed(key_id, curve, seed_file)
    session.output.result(result, lambda console: _key(console, result))


@app.command("list")
def list_keys(context: typer.Context) -> None:
    """The chain keys and the device key, public parts only."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.keys.describe(opened.person)
    session.output.result(result, lambda console: _keys(console, result))


@app.command("export-public")
def export_public(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a file for the policy's author.")
    ] = None,
) -> None:
    """Public keys and the device key, as the author of a policy needs them."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.keys.describe(opened.person)
    if output is not None:
        write_output(output, canonical(result), session)
    session.output.result(result, lambda console: _keys(console, result))


def _key(console: Console, result: JsonObject) -> None:
    pairs: list[tuple[str, JsonValue]] = [
        ("Key", result["id"]),
        ("Curve", result["curve"]),
        ("Public key", result["public_key"]),
    ]
    accounts = result["accounts"]
    pairs += [("Account", account) for account in (accounts if isinstance(accounts, list) else [])]
    render.rows(console, pairs)


def _keys(console: Console, result: JsonObject) -> None:
    console.print(f"{result['person']}  device key {result['device_key']}\n")
    keys = render.items(result["keys"])
    if not keys:
        console.print("No chain key yet. Run keys generate --id NAME.")
    for key in keys:
        _key(console, key)
        console.print()
