"""A change of who may sign: before and after side by side, and what it comes to in sentences. The service
works it out (proposals/authority.py); here it is only shown.
"""

from __future__ import annotations

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import GroupedText, Icon, column, label, row, rule
from signer_app.ui.words import authority as say
from signer_app.ui.words import effects as words


def changes_of(balances: JsonObject) -> list[JsonObject]:
    """Changes of who may sign, as `proposal balances` tells them."""
    return words.items(balances.get("authority"))


def read_from_nodes(balances: JsonObject) -> bool:
    """Whether anything was read of how it is before."""
    return any(
        line["before"] is not None for change in changes_of(balances) for line in words.items(change["rows"])
    )


def authority_part(change: JsonObject) -> QtWidgets.QWidget:
    """One change: the sentences that matter, then the rows."""
    t = theme()
    part = QtWidgets.QWidget()
    part.setObjectName("detail.authority")
    box = column(part, spacing=t.scaled(6), margins=(0, t.scaled(4), 0, t.scaled(4)))
    for said in words.items(change["sentences"]):
        box.addLayout(_sentence(str(said["tone"]), safe_text(str(said["words"]), 600)))
    box.addSpacing(t.scaled(4))
    grid = QtWidgets.QGridLayout()
    grid.setHorizontalSpacing(t.scaled(16))
    grid.setVerticalSpacing(t.scaled(5))
    grid.setColumnStretch(0, 3)
    if any(item["row"] == "regular_key" for item in words.items(change["rows"])):
        grid.setColumnStretch(2, 1)  # an address; else numbers, and the room is the signers'
    for number, title in enumerate(say.COLUMNS):
        grid.addWidget(label(title, "caption-strong", "text3"), 0, number)
    for number, item in enumerate(words.items(change["rows"])):
        grid.addWidget(rule(), 2 * number + 1, 0, 1, len(say.COLUMNS))
        for place, widget in enumerate(_row_of(item)):
            grid.addWidget(widget, 2 * number + 2, place, Qt.AlignmentFlag.AlignTop)
    box.addLayout(grid)
    if change["problem"]:
        why = say.before_unknown(safe_text(str(change["problem"]), 300))
        box.addWidget(label(why, "small", "warn", wrap=True, name="detail.authority.unknown"))
    return part


def _sentence(tone: str, text: str) -> QtWidgets.QHBoxLayout:
    line = row(spacing=theme().scaled(8))
    line.addWidget(Icon(say.ICONS[tone], tone), 0, Qt.AlignmentFlag.AlignTop)
    role = "label" if tone == "danger" else "body"
    line.addWidget(label(text, role, "" if tone == "ok" else tone, wrap=True, selectable=True), 1)
    return line


def _row_of(item: JsonObject) -> tuple[QtWidgets.QWidget, ...]:
    """Who or what, before, after, and how it differs; the first says all of it to screen readers."""
    said, tone, icon = say.DIFFERENCES[str(item["change"])]
    same, t = item["change"] == "same", theme()
    who = QtWidgets.QWidget()
    who.setObjectName("detail.authority.row")
    box = column(who, spacing=t.scaled(1))
    box.addWidget(label(_who(item), "body" if same else "label", "text2" if same else "", wrap=True))
    if item["account"] is not None:
        box.addWidget(GroupedText(words.address(item["account"])))
    spans = [_value(item[side], listed=item["row"] == "signer") for side in ("before", "after")]
    address = words.address(item["account"] or "")
    parts = (_who(item), address, *say.before_after(*spans), said)
    who.setAccessibleName(", ".join(part for part in parts if part))
    difference = QtWidgets.QWidget()
    line = row(difference, spacing=t.scaled(5))
    line.addWidget(Icon(icon, "neutral" if same else tone), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label(said, "small-strong", tone))
    line.addStretch(1)
    return who, _shown(item["before"], spans[0]), _shown(item["after"], spans[1], strong=not same), difference


def _who(item: JsonObject) -> str:
    """Whose key it is, or which setting."""
    if item["row"] != "signer":
        return say.ROWS[str(item["row"])]
    if item["key"] is None:
        return say.STRANGER
    name, key = safe_text(str(item["name"]), 60), safe_text(str(item["key"]), 60)
    return say.holder(name, key, item["suspended"] is True)


def _value(value: JsonValue, *, listed: bool) -> str:
    if value is None:
        return say.NOT_KNOWN
    if value in (0, ""):
        return say.ABSENT if listed else say.NONE
    return words.address(value)


def _shown(value: JsonValue, text: str, *, strong: bool = False) -> QtWidgets.QWidget:
    if isinstance(value, str) and ":" in value:
        return GroupedText(text)
    tone = "warn" if value is None else "" if strong else "text2"
    return label(text, "section" if strong else "body", tone)


def paper_lines(change: JsonObject) -> list[tuple[str, str, str, str]]:
    """The same for paper: (how it differs, sentence or signer, address, before → after)."""
    lines = [("", safe_text(str(said["words"]), 600), "", "") for said in words.items(change["sentences"])]
    for item in words.items(change["rows"]):
        before, after = (_value(item[side], listed=item["row"] == "signer") for side in ("before", "after"))
        address = words.address(item["account"] or "")
        difference = say.DIFFERENCES[str(item["change"])][0]
        lines.append((difference, _who(item), address, f"{before} → {after}"))
    if change["problem"]:
        lines.append(("", say.before_unknown(safe_text(str(change["problem"]), 300)), "", ""))
    return lines
