"""The numbers of the treasury as text: the strip above the cards, amounts, shares of a limit."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from signer_app.core.amounts import parse_decimal
from signer_app.core.json_types import JsonObject
from signer_app.ui.pages.treasury.reads import Shown, rows
from signer_app.ui.widgets import grouped
from signer_app.ui.words import treasury as words

#: Level of a limit -> tone and icon.
TONES = {"ok": ("accent", ""), "warn": ("warn", "warning"), "danger": ("danger", "alert")}
UNKNOWN = ("warn", "unknown")


def figures_of(shown: Shown) -> list[tuple[str, str, str, str]]:
    """The strip: amounts of the first assets, how many proposals wait, the limit that is used most."""
    found: list[tuple[str, str, str, str]] = []
    totals = rows(shown.view["totals"])
    if len(totals) == 1:
        for what, name in ((words.TOTAL, "total"), (words.AVAILABLE, "available"), (words.HELD, "held")):
            found.append(
                (what, amount_of(totals[0][name]), str(totals[0]["label"]), doubt_of(totals[0][name]))
            )
    for item in totals[:3] if len(totals) > 1 else ():
        unit = words.of_total(amount_of(item["total"]), str(item["label"]))
        found.append((words.AVAILABLE, amount_of(item["available"]), unit, doubt_of(item["available"])))
    count = len(rows(shown.view["waiting"]))
    found.append((words.WAIT_STRIP, str(count), "proposal" if count == 1 else "proposals", ""))
    uses = [item for item in rows(shown.view["limits"]) if item["used"] is not None]
    if uses:
        most = max(uses, key=share_of)
        percent = (share_of(most) * 100).quantize(Decimal("0.1"), rounding=ROUND_FLOOR)
        tone = TONES.get(str(most["level"]), UNKNOWN)[0]
        name = f"{most['rule']}, {words.LEVELS[str(most['level'])]}"
        found.append((words.LIMIT_STRIP, f"{percent} %", name, "" if tone == "accent" else tone))
    else:
        unknown = bool(rows(shown.view["limits"]))
        said = words.NOT_KNOWN if unknown else words.NO_LIMIT_YET
        found.append((words.LIMIT_STRIP, said, "", "warn" if unknown else "text2"))
    return found


def share_of(item: JsonObject) -> Decimal:
    """For a bar and a percentage only, so it may be rounded; the exact values stand beside it."""
    cap = parse_decimal(str(item["cap"]))
    return parse_decimal(str(item["used"])) / cap if cap else Decimal(1)


def amount_of(value: object) -> str:
    """All its digits, or that it is not known."""
    return words.NOT_KNOWN if value is None else grouped(str(value))


def doubt_of(value: object) -> str:
    """The tone of what is not known."""
    return "warn" if value is None else ""
