"""A proposal, or the report of its signing, on paper. Text of others is inserted as text, never as markup.

What is copied out of the PDF is what is kept here: nothing is put into addresses, keys and hashes so that
they break, and a column that holds them has the room for them in one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from signer_app.core.clock import parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.inbox.authority_part import changes_of, paper_lines
from signer_app.ui.pages.inbox.cards import timeline_steps
from signer_app.ui.pages.inbox.reading import Details
from signer_app.ui.qt import QtCore, QtGui, QtPrintSupport
from signer_app.ui.theme import theme
from signer_app.ui.widgets import grouped
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as inbox_words
from signer_app.ui.words import paper as say
from signer_app.ui.words import strings

#: Dots an inch of the PDF; millimetres of margin, beside the 20 that a text document prints with.
RESOLUTION, MARGIN_MM = 300, 4.0
_BODY_PT, _HEAD_PT, _TITLE_PT = 9.0, 11.0, 15.0
#: Words so long are addresses, keys, hashes, bytes: in letters of one width, and so small that 66 digits fit.
_LONG_WORD, _LONG_PT = 24, 7.5
#: Columns in per cent of the sheet. A name and whatever has to be whole; four columns, one of addresses.
_TWO, _EFFECTS, _CHECKS = (17, 83), (13, 24, 41, 22), (16, 20, 64)
_SCREENS, _FIELDS = (20, 43, 37), (23, 5, 5, 67)

Line = Sequence[str]


#: Words and what stands between them.
_PARTS = re.compile(r"(\s+)")


class Sheet:
    """A document that grows from top to bottom."""

    def __init__(self, title: str, sub: str) -> None:
        self.document = QtGui.QTextDocument()
        self.document.setDefaultFont(_font())
        option = QtGui.QTextOption()
        option.setWrapMode(QtGui.QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document.setDefaultTextOption(option)
        self._cursor = QtGui.QTextCursor(self.document)
        self._say(title, _TITLE_PT, bold=True)
        self._say(sub, _BODY_PT)

    def _say(self, text: str, points: float, *, bold: bool = False, gap: float = 0) -> None:
        block = QtGui.QTextBlockFormat()
        block.setTopMargin(gap)
        form = QtGui.QTextCharFormat()
        form.setFontPointSize(points)
        form.setFontWeight(QtGui.QFont.Weight.Bold if bold else QtGui.QFont.Weight.Normal)
        if not self.document.isEmpty():
            self._cursor.insertBlock(block, form)
        else:
            self._cursor.setCharFormat(form)
        self._cursor.insertText(text, form)

    def section(self, title: str, lines: Sequence[Line], widths: Sequence[int]) -> None:
        """A heading and a table without edges; ``widths`` in per cent. A cell may have several lines."""
        self._say(title, _HEAD_PT, bold=True, gap=10)
        if not lines:
            self._say(say.NONE_YET, _BODY_PT)
            return
        form = QtGui.QTextTableFormat()
        form.setBorder(0)
        form.setCellPadding(1.5)
        form.setWidth(QtGui.QTextLength(QtGui.QTextLength.Type.PercentageLength, 100))
        form.setColumnWidthConstraints(
            [QtGui.QTextLength(QtGui.QTextLength.Type.PercentageLength, width) for width in widths]
        )
        self._cursor.insertBlock(QtGui.QTextBlockFormat())
        table = self._cursor.insertTable(len(lines), len(widths), form)
        plain, mono = QtGui.QTextCharFormat(), QtGui.QTextCharFormat()
        plain.setFontPointSize(_BODY_PT)
        mono.setFontFamilies([theme().font("mono").family()])
        mono.setFontPointSize(_LONG_PT)
        for number, line in enumerate(lines):
            for place, text in enumerate(line):
                cursor = table.cellAt(number, place).firstCursorPosition()
                for part in _PARTS.split(text):
                    cursor.insertText(part, mono if len(part) >= _LONG_WORD and part.isascii() else plain)
        self._cursor.movePosition(QtGui.QTextCursor.MoveOperation.End)

    def foot(self, text: str) -> None:
        """The last line."""
        self._say(text, _BODY_PT - 1, gap=14)


def _utc(moment: str) -> str:
    """A time of day means nothing on paper: the date with it, and the zone."""
    try:
        return say.utc(parse_time(moment)) if moment else ""
    except MalformedError:
        return safe_text(moment, 60)


def _font() -> QtGui.QFont:
    """The face of the window without what it puts in the place of letters: a sign that stands in for another,
    such as the colon between digits, has no letter of its own in a PDF and is lost when it is copied."""
    font = QtGui.QFont(theme().font("body").family(), int(_BODY_PT))
    for name in ("calt", "liga"):
        font.setFeature(QtGui.QFont.Tag.fromString(name), 0)
    return font


def _facts(details: Details) -> list[Line]:
    raw, entry = details.raw, details.entry
    lines = [
        (say.FACTS["hash"], entry.id),
        (say.FACTS["account"], words.address(entry.account)),
        (say.FACTS["network"], entry.network),
        (say.FACTS["kind"], str(raw["type"])),
        (say.FACTS["state"], entry.state_words),
        (say.FACTS["uses"], entry.slot),
        (say.FACTS["proposer"], str(raw["proposer"])),
        (say.FACTS["proposed"], _utc(str(raw["created_at"]))),
        (say.FACTS["expires"], say.expiry(_utc(entry.expires_at or ""), str(raw["expiry_ledger"] or ""))),
        (inbox_words.PROPOSER_SAYS, safe_text(str(raw["title"] or "–"), 300)),
    ]
    return [line for line in lines if line[1]]


def _effects(details: Details) -> list[Line]:
    lines: list[Line] = []
    spans = {line["effect"]: line for line in words.items(details.balances.get("effects"))}
    for number, effect in enumerate(words.items(details.raw["effects"])):
        said = words.effect_line(effect, details.names)
        to = say.receiver(words.address(effect["to"]), str(effect.get("tag") or "")) if "to" in effect else ""
        span = spans.get(number)
        known = span is not None and span["after"] is not None
        balance = _balance(span, effect, details) if span is not None and known else ""
        unknown = str(span["problem"]) if span is not None and not known else ""
        lines.append((said.what, said.change, to, balance or unknown))
    return lines + [line for change in changes_of(details.balances) for line in paper_lines(change)]


def _balance(span: JsonObject, effect: JsonObject, details: Details) -> str:
    """What is there before and after."""
    asset = words.asset_name(effect["asset"], details.names)
    return say.balance(grouped(str(span["before"])), grouped(str(span["after"])), asset)


def _checks(details: Details) -> list[Line]:
    return [(strings.CHECK_OUTCOMES[check.outcome], check.name, check.words) for check in details.checks]


def _signatures(details: Details) -> list[Line]:
    people = {holder.signer: holder.person for holder in details.holders}
    return [
        (
            people.get(str(item["signer"]), "–"),
            say.signature(
                words.address(item["signer"]), str(item["public_key"]), str(item["digest"]),
                say.recorded(_utc(str(item["signed_at"])), str(item["record"])),
            ),
        )
        for item in words.items(details.raw["signatures"])
    ]  # fmt: skip


def _against(details: Details) -> list[Line]:
    """Overrides, rejections and what was kept out."""
    kinds = (("overrides", "person", say.OVERRIDE), ("rejections", "person", say.REJECTION),
             ("quarantine", "signer", say.KEPT_OUT))  # fmt: skip
    return [
        (
            kind,
            say.against(
                words.address(item[who]),
                safe_text(str(item["reason"]), 1000),
                _utc(str(item.get("at") or "")),
            ),
        )
        for name, who, kind in kinds
        for item in words.items(details.raw.get(name))
    ]


def _sent(details: Details) -> list[Line]:
    lines: list[Line] = []
    for item in words.items(details.raw.get("submissions")):
        answers = ", ".join(f"{a['node']} {a['answer']}" for a in words.items(item["attempts"]))
        lines.append((_utc(str(item["at"])), f"{item['tx_id']}\n{safe_text(answers, 1000)}"))
    outcome = details.raw.get("outcome")
    if isinstance(outcome, dict):
        shown = ", ".join(f"{name} {value}" for name, value in outcome.items() if isinstance(value, str))
        lines.append((details.entry.state_words, safe_text(shown, 1000)))
    return lines


def _screens(details: Details) -> list[Line]:
    """What a Ledger shows, line by line with its meaning, and what it leaves out."""
    expected = details.expected
    if expected is None:
        return []
    hidden = (inbox_words.HIDDEN, safe_text(", ".join(expected.hidden), 2000), "")
    return [*expected.lines, *([hidden] if expected.hidden else [])]


def _fields(details: Details) -> list[Line]:
    return [
        (str(field["name"]), str(field["start"]), str(field["length"]), safe_text(str(field["value"]), 4000))
        for field in words.items(details.raw_view.get("fields"))
    ]


def proposal_sheet(details: Details, by: str) -> Sheet:
    """What the bytes are and do, for a person to read before signing."""
    sheet = Sheet(details.entry.title, f"{say.PAPER_PROPOSAL}. {say.PRINTED_BY} {by}")
    sheet.section(say.SECTION_FACTS, _facts(details), _TWO)
    sheet.section(say.SECTION_EFFECTS, _effects(details), _EFFECTS)
    sheet.section(say.SECTION_CHECKS, _checks(details), _CHECKS)
    sheet.section(say.SECTION_SCREENS, _screens(details), _SCREENS)
    sheet.section(say.SECTION_FIELDS, _fields(details), _FIELDS)
    sheet.foot(say.PAPER_FOOT)
    return sheet


def report_sheet(details: Details, by: str) -> Sheet:
    """Who signed what under which policy, and what became of it, for the file."""
    sheet = Sheet(details.entry.title, f"{say.PAPER_REPORT}. {say.PRINTED_BY} {by}")
    sheet.section(say.SECTION_FACTS, _facts(details), _TWO)
    sheet.section(say.SECTION_EFFECTS, _effects(details), _EFFECTS)
    checks = f"{say.SECTION_CHECKS}: {details.policy}, {_utc(details.judged_at)}"
    sheet.section(checks, _checks(details), _CHECKS)
    sheet.section(say.SECTION_SIGNATURES, [*_signatures(details), *_against(details)], _TWO)
    sheet.section(say.SECTION_SENT, _sent(details), _TWO)
    steps = [(step.words, step.detail) for step in timeline_steps(details, _utc)]
    sheet.section(say.SECTION_TIMELINE, steps, (60, 40))
    sheet.foot(say.PAPER_FOOT)
    return sheet


def write_pdf(sheet: Sheet, path: Path, title: str) -> None:
    """A4, one file."""
    writer = QtGui.QPdfWriter(str(path))
    writer.setTitle(title)
    writer.setCreator(strings.APP)
    writer.setResolution(RESOLUTION)
    _page(writer)
    sheet.document.print_(writer)


def make_printer() -> QtPrintSupport.QPrinter:
    """The system's printer with our margins; a dialog chooses which."""
    printer = QtPrintSupport.QPrinter(QtPrintSupport.QPrinter.PrinterMode.HighResolution)
    _page(printer)
    return printer


def _page(device: QtGui.QPagedPaintDevice) -> None:
    margins = QtCore.QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    device.setPageSize(QtGui.QPageSize(QtGui.QPageSize.PageSizeId.A4))
    device.setPageMargins(margins, QtGui.QPageLayout.Unit.Millimeter)
