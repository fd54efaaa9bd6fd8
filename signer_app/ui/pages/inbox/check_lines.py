"""Checks of a report (CONTRACTS C4) as rows that people read."""

from __future__ import annotations

from collections.abc import Mapping

from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.widgets import CheckLine
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as say


def rank(check: JsonObject) -> int:
    """Limits, people and keys before what seldom differs; else the report's own order."""
    code = str(check["code"])
    return say.CHECKS_FIRST.index(code) if code in say.CHECKS_FIRST else len(say.CHECKS_FIRST)


def stands(check: JsonObject) -> bool:
    """Whether it stands against the proposal."""
    return check["verdict"] in ("FAIL", "INDETERMINATE")


def check_line(
    check: JsonObject, names: Mapping[str, str] | None = None, *, waiting: bool = False
) -> CheckLine:
    """A check of a report (CONTRACTS C4) as a row. ``waiting``: an open quorum has not failed."""
    code, rule = str(check["code"]), str(check["rule"])
    details = [("rule", say.RULE_BUILT_IN if rule == "built-in" else rule), ("code", code)]
    for name in ("actual", "expected"):
        value = _value(check, name, names or {})
        if value:
            details.append((name, value))
    evidence = words.items(check["evidence"])
    if evidence:
        details.append(
            ("source", ", ".join(say.source_at(str(e["source"]), str(e["ledger"])) for e in evidence))
        )
        details.append(("time", str(evidence[0]["at"])))
    outcome = str(check["verdict"])
    if waiting and outcome == "FAIL" and code == "QUORUM":
        outcome = "WAITING"
    return CheckLine(
        outcome,
        say.CHECK_NAMES.get(code) or code.replace("_", " ").capitalize(),
        safe_text(_said(check, names or {}), 600),
        tuple((key, safe_text(value, 400)) for key, value in details),
    )


def _said(check: JsonObject, names: Mapping[str, str]) -> str:
    """The sentence of a check, with the asset that its numbers count."""
    text, unit = words.named(str(check["message"]), names), str(check.get("unit") or "")
    return f"{words.asset_name(unit, names)}: {text}" if "/" in unit else text


def _value(check: JsonObject, name: str, names: Mapping[str, str]) -> str:
    """A value of a check with its unit, as people call it."""
    value = check.get(name)
    if value in (None, "", []):
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    unit = str(check.get("unit") or "")
    shown = words.asset_name(unit, names) if "/" in unit else unit
    return f"{words.named(text, names)} {shown}".strip()
