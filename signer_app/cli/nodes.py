"""`countersign nodes`: whom the program believes about a ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render, typed
from signer_app.cli.opening import workspace
from signer_app.cli.session import read_input, session_of
from signer_app.core.errors import ConflictError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.node_certificate import HOLDS, Hold
from signer_app.core.text import safe_text

app = typer.Typer(name="nodes", help="Ledger nodes, their operators and what they are used for.")


SAME_AUTHORITY = "Another key, the same authority: as after a renewal, if the operator says so."
OTHER_AUTHORITY = "Another key and another authority. Its answers count for nothing. Ask the operator first."
_HOLD_HELP = "key: its key stays the same. authority: new keys of the same authority are taken, too."
NodeName = Annotated[str, typer.Argument(metavar="NAME", help="The node's name in the list.")]


def _hold(text: str) -> Hold:
    for known in HOLDS:
        if text == known:
            return known
    raise UsageError(f"{text[:40]!r} is not {' or '.join(HOLDS)}.")


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
    role: Annotated[list[str] | None, typer.Option("--role", help="read, submit; default both.")] = None,
    hold: Annotated[str, typer.Option("--hold", help=_HOLD_HELP)] = "key",
    ca: Annotated[
        Path | None, typer.Option("--ca", help="PEM file of its own authority, if nobody else knows it.")
    ] = None,
) -> None:
    """Add a node. Checks need the same answer from as many operators as the policy says."""
    from signer_app.core.config import certificates_of, read_profile  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    with workspace(session) as opened:
        roles: list[JsonValue] = list(role or ("read", "submit"))
        profile: JsonObject = {
            "id": node_id,
            "operator": operator,
            "network": network or opened.networks[0],
            "url": url,
            "roles": roles,
            "hold": _hold(hold),
            "ca": certificates_of(read_input(str(ca))) if ca is not None else None,
        }
        with typed.values():
            opened.nodes.add(read_profile(profile))
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


@app.command("remove")
def remove(
    context: typer.Context,
    node_id: NodeName,
) -> None:
    """Believe a node no longer. Checks then need the same answer from those that are left."""
    session = session_of(context)
    with workspace(session) as opened:
        opened.nodes.remove(node_id)
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


@app.command("proxy")
def proxy(
    context: typer.Context,
    address: Annotated[
        str | None,
        typer.Argument(metavar="[URL|none]", help="http://host:port or socks5://host:port; none: directly."),
    ] = None,
) -> None:
    """Through which proxy nodes of other machines are asked; alone, it says which.

    The environment's proxies are never used, and nodes on this machine are always asked directly.
    """
    session = session_of(context)
    with workspace(session) as opened:
        if address is not None:
            with typed.values():
                opened.nodes.set_proxy(None if address == "none" else address)
        result: JsonObject = {"proxy": opened.nodes.describe()["proxy"]}
    session.output.result(result, lambda console: render.rows(console, [("Proxy", result["proxy"])]))


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


@app.command("certificate")
def certificate(context: typer.Context, node_id: NodeName) -> None:
    """Which certificate a node shows now, and which one is recorded. It is asked."""
    session = session_of(context)
    with workspace(session) as opened, session.output.working("Asking the node"):
        result = opened.nodes.certificate(node_id)
    good = not result["changed"] and not result["problem"]
    session.output.result(
        result, lambda console: _certificate(console.print, result), exit_code=0 if good else 6
    )


@app.command("accept-certificate")
def accept_certificate(
    context: typer.Context,
    node_id: NodeName,
    hold: Annotated[str | None, typer.Option("--hold", help=f"{_HOLD_HELP} Default: as before.")] = None,
) -> None:
    """Hold a node to the other certificate that it shows now. Always asks: its operator has to know of it."""
    session = session_of(context)
    held = _hold(hold) if hold is not None else None
    with workspace(session) as opened:
        seen = opened.nodes.certificate(node_id)
        shown = seen["shown"]
        if not seen["changed"] or not isinstance(shown, dict):
            raise ConflictError(f"The certificate of {node_id} did not change. {seen['problem']}".strip())
        # With --json too: nothing is accepted that was not shown.
        _certificate(lambda line: typer.echo(line, err=True), seen)
        session.confirm("Did the node's operator confirm the one that it shows now?", loses_nothing=False)
        opened.nodes.accept_certificate(node_id, str(shown["sha256"]), held)
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


@app.command("hold")
def hold_to(
    context: typer.Context,
    node_id: NodeName,
    what: Annotated[str, typer.Argument(metavar="key|authority", help=_HOLD_HELP)],
) -> None:
    """What an https node is held to: the key of its certificate, or the authority that vouches for it."""
    session = session_of(context)
    with workspace(session) as opened:
        opened.nodes.hold_to(node_id, _hold(what))
        result = opened.nodes.describe()
    session.output.result(result, lambda console: _nodes(console, result))


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
            for line in _held_to(node):
                note(f"    {line}")
        if result["proxy"]:
            note(f"through {result['proxy']}")


def _certificate(say: Callable[[str], None], result: JsonObject) -> None:
    """Both certificates of a node, line by line, so that a person can compare them with what its operator
    says."""
    say(f"{result['id']}  {result['operator']}  {result['url']}  held to its {result['hold']}")
    shown, recorded = result["shown"], result["recorded"]
    same = isinstance(shown, dict) and isinstance(recorded, dict) and shown["sha256"] == recorded["sha256"]
    parts = [("recorded and shown", shown)] if same else [("recorded", recorded), ("shown now", shown)]
    for title, value in parts:
        if not isinstance(value, dict):
            say(f"  {title}: none")
            continue
        since = f", recorded {value['recorded_at']}" if "recorded_at" in value else ""
        say(f"  {title}: valid {value['not_before']} to {value['not_after']}{since}")
        for name, words in (("sha256", "SHA-256"), ("key", "key"), ("authority", "authority")):
            say(f"    {words:<9} {value[name]}")
        say(f"    {'issuer':<9} {safe_text(str(value['issuer']), 200)}")
    if result["changed"] and isinstance(shown, dict) and isinstance(recorded, dict):
        same_root = shown["authority"] == recorded["authority"]
        say(SAME_AUTHORITY if same_root else OTHER_AUTHORITY)
    if result["problem"]:
        say(safe_text(str(result["problem"]), 1000))


def _nodes(console: Console, result: JsonObject) -> None:
    if not result["confirmed"]:
        console.print("Changed outside of the program and not confirmed: not used.", style="bold red")
    found = render.items(result["nodes"])
    if not found:
        console.print("No node yet. Run nodes add URL --id NAME --operator NAME.")
        return
    table = render.table("id", "operator", "network", "url", "roles", "held to its")
    for node in found:
        roles = node["roles"] if isinstance(node["roles"], list) else []
        table.add_row(
            *(safe_text(str(node[n]), 1000) for n in ("id", "operator", "network", "url")),
            ", ".join(map(str, roles)),
            str(node["hold"]) if str(node["url"]).startswith("https:") else "-",
        )
    console.print(table)
    if result["proxy"]:
        console.print(f"Nodes of other machines are asked through {result['proxy']}.", markup=False)


def _held_to(node: JsonObject) -> list[str]:
    """What an https node is held to, whole, for somebody who stands by the list."""
    certificate = node["certificate"]
    if not str(node["url"]).startswith("https:"):
        return []
    lines = [f"held to its {node['hold']}, from the first contact on"]
    if isinstance(certificate, dict):
        lines = [f"held to its {node['hold']}: {certificate[str(node['hold'])]}",
                 f"certificate: {certificate['sha256']}"]  # fmt: skip
    authorities = node["authorities"] if isinstance(node["authorities"], list) else []
    return [*lines, *(f"vouched for by: {one}" for one in authorities)]


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
