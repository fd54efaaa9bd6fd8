"""`countersign treasury`: balances, limits used, what waits, what ends, and what is wrong."""

from __future__ import annotations

import typer
from rich.console import Console

from signer_app.cli import render
from signer_app.cli.opening import workspace
from signer_app.cli.session import session_of
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text


def treasury(context: typer.Context) -> None:
    """Balances with reserve and pending, limits used, what waits and ends, node health, alerts."""
    session = session_of(context)
    with workspace(session) as opened, session.output.working("Reading facts from the nodes"):
        answers = None if session.offline else opened.treasury.plan().read()
        result = opened.treasury.view(answers).to_json()
    session.output.result(result, lambda console: _show(console, result))


def _show(console: Console, result: JsonObject) -> None:
    oldest = "no facts" if result["oldest_s"] is None else f"oldest fact {result['oldest_s']} s"
    console.print(f"as of {result['as_of']}, {oldest}, policy {result['policy']}")
    for alert in render.items(result["alerts"]):
        style = "bold red" if alert["level"] == "danger" else "yellow"
        console.print(safe_text(f"{alert['fact']}. {alert['detail']}", 2000), style=style)
    table = render.table("account", "asset", "total", "reserve", "pending", "available", "note")
    for row in render.items(result["balances"]):
        values = (row["total"], row["reserve"], row["pending"], row["available"])
        table.add_row(_text(row["account_name"]), _text(row["label"]), *map(_text, values), _text(row["why"]))
    console.print(table)
    table = render.table("limit", "account", "used", "of", "left", "room", "level")
    for row in render.items(result["limits"]):
        names = ("rule", "account_name", "used", "cap", "left", "room_at", "level")
        table.add_row(*(_text(row[name]) for name in names))
    console.print(table)
    for item in render.items(result["waiting"]):
        missing = item["missing"] if isinstance(item["missing"], list) else []
        needs = ", ".join(map(str, missing)) or "nobody"
        words = f"{item['proposal_id']}  {item['type']}  {item['state']}  needs {needs}"
        console.print(safe_text(words, 2000))
    for item in render.items(result["endings"]):
        about = "not before " if item["estimated"] else ""
        console.print(safe_text(f"ends {about}{item['at']}  {item['what']}", 2000))
    for item in render.items(result["nodes"]):
        word = "agree" if item["agree"] else f"no agreed word: {item['why']}"
        console.print(safe_text(f"{item['network']}  {item['operators']} operators  {word}", 2000))


def _text(value: JsonValue) -> str:
    return "-" if value is None or value == "" else safe_text(str(value), 2000)
