"""`countersign nodes`: whom the program believes about a ledger."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render, typed
from signer_app.cli.opening import workspace
from signer_app.cli.session import session_of
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text

app = typer.Typer(name="nodes", help="Ledger nodes, their operators and what they are used for.")


@app.command("add")
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="https://… (http:// on this machine only).")],
    node_id: Annotated[str, typer.Option("--id", help="A name for the node.")],
    operator: Annotated[str, typer.Option("--operator", help="Who runs it. Agreement counts operators.")],
    network: Annotated[
        str | None,
        typer.Option("--network", help="CAIP-2 id; default: the workspace's.", callback=typed.network),
    ] = None,
    ws: Annotated[str | None, typer.Option("--ws", help="Its WebSocket address.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="read, submit; default both.")] = None,
) -> None:
    """Add a node. Checks need the same answer from as many operators as the policy says."""
    from signer_app.core.config import read_profile  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    with workspace(session) as opened:
        roles: list[JsonValue] = list(role or ("read", "submit"))
        profile: JsonObject = {
            "id": node_id,
            "operator": operator,
            "network": network or opened.networks[0],
            "url": url,
            "ws": ws,
            "roles": roles,
        }
        with typed.values():
            opened.nodes.add(read_profile(profile))
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


@app.command("remove")
def remove(
    context: typer.Context,
    node_id: Annotated[str, typer.Argument(metavar="NAME", help="The node's name in the list.")],
) -> None:
    """Believe a node no longer. Checks then need the same answer from those that are left."""
    session = session_of(context)
    with workspace(session) as opened:
        opened.nodes.remove(node_id)
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


@app.command("list")
def list_nodes(context: typer.Context) -> None:
    """The configured nodes."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


@app.command("test")
def test(context: typer.Context) -> None:
    """Ask every node what network it is on, which ledger is validated and how much history it has."""
    session = session_of(context)
    with workspace(session) as opened, session.output.working("Asking the nodes"):
        result = opened.nodes.test()
    session.output.result(
        result, lambda console: _tested(console, result), exit_code=0 if result["ok"] else 6
    )


@app.command("health")
def health(context: typer.Context) -> None:
    """How every node is doing: height, age, answer time, and with whom it agrees about one ledger."""
    session = session_of(context)
    with workspace(session) as opened, session.output.working("Asking the nodes"):
        found = opened.nodes.looker()()
    nodes: list[JsonValue] = [row.to_json() for row in found.rows]
    networks: list[JsonValue] = [together.to_json() for together in found.networks]
    good = bool(found.rows) and all(row.state == "ok" for row in found.rows)
    result: JsonObject = {"ok": good, "nodes": nodes, "networks": networks, "clock": found.clock.to_json()}
    session.output.result(result, lambda console: _healthy(console, result), exit_code=0 if good else 6)


@app.command("confirm")
def confirm(context: typer.Context) -> None:
    """Stand by a node list that was changed outside of the program. Always asks."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.nodes.describe()
        _nodes_to_stderr(session.output.note, result)
        session.confirm("Use exactly these nodes from now on?", loses_nothing=False)
        opened.nodes.confirm()
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


def _nodes_to_stderr(note: object, result: JsonObject) -> None:
    if callable(note):
        for node in render.items(result["nodes"]):
            note(f"{node['id']}  {node['operator']}  {node['network']}  {node['url']}")


def _nodes(console: Console, result: JsonObject) -> None:
    if not result["confirmed"]:
        console.print("Changed outside of the program and not confirmed: not used.", style="bold red")
    found = render.items(result["nodes"])
    if not found:
        console.print("No node yet. Run nodes add URL --id NAME --operator NAME.")
        return
    table = render.table("id", "operator", "network", "url", "roles")
    for node in found:
        roles = node["roles"] if isinstance(node["roles"], list) else []
        table.add_row(
            *(safe_text(str(node[n]), 1000) for n in ("id", "operator", "network", "url")),
            ", ".join(map(str, roles)),
        )
    console.print(table)


def _tested(console: Console, result: JsonObject) -> None:
    table = render.table("id", "operator", "answer", "validated", "history")
    for node in render.items(result["nodes"]):
        columns = ("id", "operator", "answer", "validated", "history")
        table.add_row(*(safe_text(str(node[name] or "-"), 1000) for name in columns))
    console.print(table)


def _healthy(console: Console, result: JsonObject) -> None:
    table = render.table("id", "operator", "state", "validated", "age s", "ms", "agrees with", "why")
    for node in render.items(result["nodes"]):
        agrees = node["agrees_with"] if isinstance(node["agrees_with"], list) else []
        values = [node[name] for name in ("id", "operator", "state", "validated", "age_s", "latency_ms")]
        texts = ["-" if value is None else safe_text(str(value), 1000) for value in values]
        table.add_row(*texts, ", ".join(map(str, agrees)) or "-", safe_text(str(node["reason"]), 1000))
    console.print(table)
    for together in render.items(result["networks"]):
        operators = together["operators"] if isinstance(together["operators"], list) else []
        enough = "enough" if together["enough"] else "not enough"
        console.print(
            f"{together['network']}: {together['agreed']} of {together['listed']} nodes agree; operators "
            f"{len(operators)}, needed {together['need']}: {enough}.",
            markup=False,
        )
    clock = result["clock"]
    if isinstance(clock, dict):
        console.print(_clock(clock), markup=False)


def _clock(clock: JsonObject) -> str:
    ahead, within = clock["ahead_ms"], clock["within_ms"]
    if not isinstance(ahead, int) or not isinstance(within, int):
        return "This computer's clock: cannot be told from these nodes."
    by = "the ledger" if clock["by_ledger"] else "the nodes"
    side = "ahead of" if ahead >= 0 else "behind"
    return (
        f"This computer's clock: {clock['state']}; {abs(ahead) / 1000:.1f} s {side} {by}, give or take "
        f"{within / 1000:.1f} s."
    )
