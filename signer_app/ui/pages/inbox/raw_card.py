"""The bytes as they are: hex and fields side by side, each marks the other; JSON; whether readers agree."""

from __future__ import annotations

import json
from collections.abc import Sequence

from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.qt import QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, Cell, Chip, Column, FactTable, StateBanner, label, row
from signer_app.ui.widgets.tables import BREAK, FITS
from signer_app.ui.words import inbox as say
from signer_app.ui.words.effects import items

#: Bytes in a line of hex, in groups of two.
LINE, PAIR = 16, 2


def layout_of(body: str) -> tuple[str, list[int]]:
    """The hex digits in lines, and for each byte the place of its first digit in that text."""
    text, places = "", list[int]()
    for number in range(len(body) // 2):
        if number:
            text += "\n" if number % LINE == 0 else " " if number % PAIR == 0 else ""
        places.append(len(text))
        text += body[2 * number : 2 * number + 2]
    return text, places


class HexView(QtWidgets.QPlainTextEdit):
    """Hex digits; one run of bytes is marked."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.setObjectName("detail.hex")
        self.setAccessibleName(say.HEX_SAID)
        self.setReadOnly(True)
        self.setProperty("mono", "true")
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QtWidgets.QPlainTextEdit.LineWrapMode.NoWrap)
        text, self._places = layout_of(body)
        self.setFont(theme().font("mono"))
        self.setPlainText(text)
        self.marked: tuple[int, int] | None = None
        lines = text.count("\n") + 1
        high = self.fontMetrics().lineSpacing()
        self.setFixedHeight(min(lines, 14) * high + theme().scaled(18))

    def mark(self, start: int, length: int) -> None:
        """Show which bytes are meant, and scroll there."""
        self.marked = (start, length)
        cursor = QtGui.QTextCursor(self.document())
        cursor.setPosition(self._places[start])
        cursor.setPosition(self._places[start + length - 1] + 2, QtGui.QTextCursor.MoveMode.KeepAnchor)
        mark = QtWidgets.QTextEdit.ExtraSelection()
        tokens = theme().tokens
        look = QtGui.QTextCharFormat()
        look.setBackground(QtGui.QColor(tokens.accent.soft))
        look.setForeground(QtGui.QColor(tokens.accent.text))
        look.setFontUnderline(True)
        mark.format = look
        mark.cursor = cursor
        self.setExtraSelections([mark])
        there = self.textCursor()
        there.setPosition(self._places[start])
        self.blockSignals(True)
        self.setTextCursor(there)
        self.blockSignals(False)
        self.ensureCursorVisible()

    def byte_at_cursor(self) -> int:
        """The byte that the cursor stands in."""
        at = self.textCursor().position()
        return max((number for number, place in enumerate(self._places) if place <= at), default=0)


class RawCard(Card):
    """Folded until a person wants it."""

    def __init__(self, shown: JsonObject) -> None:
        super().__init__(say.RAW, "code", say.RAW_SUB, name="detail.raw")
        self._shown = shown
        self._fields = items(shown.get("fields"))
        body = str(shown.get("body") or "")
        if not self._fields:
            self.body.addWidget(StateBanner("danger", say.READERS_DIFFER, str(shown.get("problem") or "")))
            return
        agree = shown["readers_agree"] is True
        chip = Chip(say.READERS_AGREE, "ok", "check") if agree else Chip(say.READERS_DIFFER, "danger", "fail")
        self.add_to_head(chip)
        self.fold = ActionButton(say.RAW_SHOW, kind="link", icon="down", name="detail.raw.fold")
        self.fold.triggered.connect(self._toggle)
        line = row()
        line.addWidget(self.fold)
        line.addStretch(1)
        self.body.addLayout(line)
        if not agree:
            self.body.addWidget(StateBanner("danger", say.READERS_DIFFER, str(shown["problem"])))
        self._parts: list[QtWidgets.QWidget] = []
        self._body = body

    def _toggle(self) -> None:
        """Made when it is first wanted: most people never open it."""
        if not self._parts:
            self._make()
            shown = True
        else:
            shown = self._parts[0].isHidden()
        for part in self._parts:
            part.setVisible(shown)
        self.fold.setText(say.RAW_HIDE if shown else say.RAW_SHOW)

    def _make(self) -> None:
        self.hex = HexView(self._body)
        self.table = FactTable(
            [Column(say.FIELDS[0], FITS), Column(say.FIELDS[1], FITS), Column(say.FIELDS[2])],
            fit=True,
            name="detail.fields",
            said=say.FIELDS_SAID,
        )
        self.table.show_lines([_line(field) for field in self._fields])
        buttons = QtWidgets.QWidget()
        line = row(buttons)
        for words, text in ((say.COPY_HEX, self._body), (say.COPY_JSON, self.json_text)):
            button = ActionButton(words, icon="copy")
            button.setProperty("size", "compact")
            button.triggered.connect(lambda text=text: QtWidgets.QApplication.clipboard().setText(text))
            line.addWidget(button)
        line.addStretch(1)
        head = label(say.JSON, "small", "text3")
        tree = label(self.json_text, "mono", wrap=True, selectable=True)
        tree.setObjectName("detail.json")
        self._parts = [self.hex, self.table, buttons, head, tree]
        for part in self._parts:
            self.body.addWidget(part)
        self.table.selectionModel().selectionChanged.connect(lambda *_both: self._chosen())
        self.hex.cursorPositionChanged.connect(self._pointed)

    @property
    def json_text(self) -> str:
        """The ledger's own JSON of the bytes."""
        return json.dumps(self._shown.get("json"), indent=2, sort_keys=True, ensure_ascii=True)

    def _chosen(self) -> None:
        chosen = self.table.chosen()
        if chosen:
            start, length = _span(self._fields[int(chosen)])
            self.hex.mark(start, length)

    def _pointed(self) -> None:
        at = self.hex.byte_at_cursor()
        found = field_at(self._fields, at)
        if found is not None:
            self.table.selectRow(found)


def _span(field: JsonObject) -> tuple[int, int]:
    start, length = field["start"], field["length"]
    if not isinstance(start, int) or not isinstance(length, int):
        raise TypeError("a span has whole numbers")
    return start, length


def field_at(fields: Sequence[JsonObject], byte: int) -> int | None:
    """The place in ``fields`` of the one that holds a byte."""
    for number, field in enumerate(fields):
        start, length = _span(field)
        if start <= byte < start + length:
            return number
    return None


def _line(field: JsonObject) -> tuple[Cell, ...]:
    start, length = _span(field)
    value = field["value"]
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=True)
    whole = safe_text(text, 4000)
    # A value is never cut: a line of it ends after any four characters.
    shown = BREAK.join(whole[at : at + 4] for at in range(0, len(whole), 4))
    return (
        Cell(str(field["name"]), "label"),
        Cell(f"{start}–{start + length - 1}", "mono", "text2"),
        Cell(shown, "mono", raw=text),
    )
