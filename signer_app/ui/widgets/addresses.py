"""Addresses, amounts and hashes: always whole, in groups that an eye can compare, copied as they are."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets.base import Painted, column, label, pen, row, set_tone
from signer_app.ui.widgets.chips import Chip, RiskChip
from signer_app.ui.widgets.controls import enter_presses
from signer_app.ui.words import strings

GROUP = 4
#: Programs that swap addresses act at once, so the clipboard is read again so many milliseconds after a copy.
REREAD_MS = 250


def groups_of(text: str) -> list[str]:
    """Groups of four; a leading "0x" is a group of its own."""
    head = [text[:2]] if text[:2] == "0x" else []
    rest = text[len(head) * 2 :]
    return head + [rest[start : start + GROUP] for start in range(0, len(rest), GROUP)]


class GroupedText(Painted):
    """An address or hash in groups of four and two alternating tones. It wraps between groups, never inside,
    and is never cut. Ctrl+C copies the text without spaces.
    """

    copied = Signal()

    def __init__(self, text: str = "", *, role: str = "mono") -> None:
        super().__init__()
        self._role = role
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QtWidgets.QSizePolicy(
            QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed
        )
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.text = ""
        self.groups: list[str] = []
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.text, self.groups = text, groups_of(text)
        policies = Qt.FocusPolicy  # what shows nothing is no stop
        self.setFocusPolicy(policies.TabFocus if text else policies.NoFocus)
        self.setAccessibleName(" ".join(self.groups))
        self.updateGeometry()
        self.update()

    def places(self, width: int) -> list[tuple[int, int]]:
        """(x, line) of each group in a box of ``width`` pixels."""
        metrics, gap = self._metrics(), self._gap()
        found, x, line = [], 0, 0
        for group in self.groups:
            advance = metrics.horizontalAdvance(group)
            if x > 0 and x + advance > width:
                x, line = 0, line + 1
            found.append((x, line))
            x += advance + gap
        return found

    def _metrics(self) -> QtGui.QFontMetrics:
        return QtGui.QFontMetrics(theme().font(self._role))

    def _gap(self) -> int:
        return theme().scaled(7)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Fewer pixels across, more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Lines times line height."""
        lines = max((line for _, line in self.places(width)), default=0) + 1
        return lines * theme().line(self._role)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """All groups in one line."""
        metrics = self._metrics()
        width = sum(metrics.horizontalAdvance(group) + self._gap() for group in self.groups)
        return QtCore.QSize(max(1, width - self._gap() + 1), theme().line(self._role))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Four groups across, and as high as that makes it."""
        metrics = self._metrics()
        widest = max((metrics.horizontalAdvance(group) for group in self.groups), default=1)
        width = min(self.sizeHint().width(), 4 * (widest + self._gap()))
        return QtCore.QSize(width, theme().line(self._role))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Insist on the height that this width needs, in layouts too that do not ask for it."""
        self.setMinimumHeight(self.heightForWidth(event.size().width()))
        super().resizeEvent(event)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Groups, the second and fourth… in a lighter tone."""
        painter, t = QtGui.QPainter(self), theme()
        painter.setFont(t.font(self._role))
        height = t.line(self._role)
        metrics = self._metrics()
        for number, (group, (x, line)) in enumerate(zip(self.groups, self.places(self.width()), strict=True)):
            pen(painter, t.tokens.text if number % 2 == 0 else t.tokens.text2)
            box = QtCore.QRect(x, line * height, metrics.horizontalAdvance(group) + 2, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, group)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Ctrl+C copies."""
        if event.matches(QtGui.QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)


class _CopyButton(QtWidgets.QToolButton):
    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter presses it, as Space does."""
        if not enter_presses(self, event):
            super().keyPressEvent(event)


class AddressBlock(QtWidgets.QWidget):
    """A label with its mark, the whole address, and a copy button that reads the clipboard again."""

    #: True if the clipboard holds the address after a copy, False if something changed it.
    checked = Signal(bool)

    def __init__(
        self, address: str = "", name: str = "", *, mark: str = "", note: str = "", tag: str | None = None
    ) -> None:
        """``mark`` is a kind of RISK_LOOKS (on-list, not-on-list, own) or "". ``tag`` stands in a field of
        its own, because it is not part of the address."""
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(2))
        self._head = row(spacing=t.scaled(6))
        self._name = label("", "section")
        self._mark = Chip()
        self._note = label("", "small", "text3")
        for widget in (self._name, self._mark, self._note):
            self._head.addWidget(widget)
        self._head.addStretch(1)
        box.addLayout(self._head)
        self.address = GroupedText()
        self._copy = _CopyButton()
        self._copy.setToolTip(strings.COPY_ADDRESS)
        self._copy.setProperty("square", "true")
        self._copy.setMinimumSize(t.size("hit"), t.size("hit"))
        self._head.addWidget(self._copy)
        box.addWidget(self.address)
        self._said = label("", "small", "ok", wrap=True)
        self._said.hide()
        box.addWidget(self._said)
        self._tag = label("", "small", "text2")
        box.addWidget(self._tag)
        self._copy.clicked.connect(self.copy)
        self.address.copied.connect(self.copy)
        self._tint()
        self.show_address(address, name, mark=mark, note=note, tag=tag)

    def show_address(
        self, address: str, name: str = "", *, mark: str = "", note: str = "", tag: str | None = None
    ) -> None:
        """Show another address."""
        known = bool(name)
        self.address.show_text(address)
        self._name.setText(name or strings.NO_LABEL)
        set_tone(self._name, "" if known or mark != "not-on-list" else "danger")
        chip = RiskChip(mark) if mark else None
        self._mark.setVisible(chip is not None)
        if chip is not None:
            self._mark.show_as(chip.text, chip.tone, chip.icon)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._tag.setText(tag or "")
        self._tag.setVisible(tag is not None)
        said = strings.address_said(self._name.text(), chip.text if chip else "", self.address.groups)
        self.address.setAccessibleName(said)
        self._copy.setAccessibleName(strings.copy_address_of(name, self.address.groups))
        self._said.hide()

    def copy(self) -> None:
        """Put the raw address on the clipboard, and look again a moment later whether it is still there."""
        QtWidgets.QApplication.clipboard().setText(self.address.text)
        QtCore.QTimer.singleShot(REREAD_MS, self, self._reread)

    def _reread(self) -> None:
        same = QtWidgets.QApplication.clipboard().text() == self.address.text
        self._said.setText(strings.COPIED if same else strings.CLIPBOARD_DIFFERS)
        set_tone(self._said, "ok" if same else "danger")
        self._said.show()
        self.checked.emit(same)

    def changeEvent(self, event: QtCore.QEvent) -> None:  # noqa: N802
        """A new theme: tint the button."""
        if event.type() == QtCore.QEvent.Type.StyleChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        t = theme()
        self._copy.setIcon(icons.icon("copy", t.tokens.text3, t.size("icon-button")))


MINUS = "\u2212"


def grouped(number: str) -> str:
    """Digits of a decimal string in groups of three, all decimals kept, with a true minus."""
    sign = MINUS if number.startswith("-") else ""
    whole, point, fraction = number.lstrip("-+").partition(".")
    if not whole.isdigit():
        return number
    return f"{sign}{int(whole):,}{point}{fraction}"


class AmountLabel(QtWidgets.QWidget):
    """An amount with sign, groups and all its decimals, then the asset. Never shortened."""

    def __init__(self, amount: str = "0", asset: str = "", *, large: bool = False, issuer: str = "") -> None:
        super().__init__()
        box = row(self, spacing=theme().scaled(6))
        self._number = label("", "amount" if large else "name")
        self._asset = label("", "body" if large else "small", "text2")
        box.addWidget(self._number)
        box.addWidget(self._asset, 0, Qt.AlignmentFlag.AlignBottom)
        box.addStretch(1)
        self.show_amount(amount, asset, issuer=issuer)

    def show_amount(self, amount: str, asset: str, *, issuer: str = "") -> None:
        """``amount`` is an exact decimal string; ``issuer`` is the tooltip."""
        self._number.setText(grouped(amount))
        self._asset.setText(asset)
        self.setToolTip(issuer)
        self.setAccessibleName(f"{grouped(amount)} {asset}".strip())

    @property
    def text(self) -> str:
        """What is shown."""
        return f"{self._number.text()} {self._asset.text()}".strip()


class HashGrid(Painted):
    """64 hex digits as rows A and B of eight groups of four, to be read aloud and compared. Where there is no
    room for eight groups, a row goes on in a second line.
    """

    COLUMNS = 8

    def __init__(self, digits: str = "", *, large: bool = False, said: str = "") -> None:
        """``said`` is what a screen reader hears before the digits: whose hash this is."""
        super().__init__()
        self._said = said
        self._role = "grid-large" if large else "mono"
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QtWidgets.QSizePolicy(
            QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed
        )
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.digits = ""
        self.different: str | None = None
        self.show_hash(digits)

    def show_hash(self, digits: str) -> None:
        """Show 64 hex digits; anything else is shown whole in as many rows as it needs."""
        self.digits, self.different = digits, None
        lines = [
            f"{name}: {' '.join(groups)}" for name, groups in zip(self.names(), self.rows(), strict=True)
        ]
        self.setAccessibleName(", ".join(part for part in (self._said, "; ".join(lines)) if part))
        self.updateGeometry()
        self.update()

    def rows(self) -> list[list[str]]:
        """Groups by row."""
        groups = groups_of(self.digits)
        return [groups[start : start + self.COLUMNS] for start in range(0, len(groups), self.COLUMNS)]

    def names(self) -> list[str]:
        """A, B, C…"""
        return [chr(ord("A") + number) for number in range(len(self.rows()))]

    def set_large(self, large: bool) -> None:
        """Twenty pixels high, for reading across a room."""
        self._role = "grid-large" if large else "mono"
        self.setMinimumHeight(self.heightForWidth(self.width()))
        self.updateGeometry()
        self.update()

    def compare(self, other: str) -> str | None:
        """None if ``other`` is empty; "" if equal; else the name of the first different group, "A5".

        Spaces, colons and case do not matter. The different group is marked.
        """
        theirs = "".join(other.replace(":", "").split()).lower().removeprefix("0x")
        if not theirs:
            self.different = None
        elif theirs == self.digits.lower():
            self.different = ""
        else:
            mine = self.digits.lower().ljust(len(theirs), "\0")
            index = next(i for i, digit in enumerate(mine) if theirs[i : i + 1] != digit)
            place, position = divmod(index // GROUP, self.COLUMNS)
            self.different = f"{chr(ord('A') + place)}{position + 1}"
        self.update()
        return self.different

    def across(self, width: int) -> int:
        """How many groups stand beside each other in a box of ``width`` pixels."""
        return self.COLUMNS if width >= self._wide(self.COLUMNS) else self.COLUMNS // 2

    def _wide(self, groups: int) -> int:
        t = theme()
        group = QtGui.QFontMetrics(t.font(self._role)).horizontalAdvance("0" * GROUP)
        return t.scaled(18) + groups * (group + t.scaled(12))

    def _line(self) -> int:
        return theme().line(self._role) + theme().scaled(2)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Fewer pixels across, more lines."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Lines times line height."""
        across = self.across(width)
        return max(1, sum(-(-len(groups) // across) for groups in self.rows())) * self._line()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Eight groups across."""
        width = self._wide(self.COLUMNS)
        return QtCore.QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Four groups across: groups may go to the next line, but none is cut."""
        return QtCore.QSize(self._wide(self.COLUMNS // 2), self._line())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Insist on the height that this width needs, in layouts too that do not ask for it."""
        self.setMinimumHeight(self.heightForWidth(event.size().width()))
        super().resizeEvent(event)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Row names in caption type, groups in mono."""
        painter, t = QtGui.QPainter(self), theme()
        height, lead, across = self._line(), t.scaled(18), self.across(self.width())
        step, top = (self.width() - lead) / across, 0
        for name, groups in zip(self.names(), self.rows(), strict=True):
            painter.setFont(t.font("caption-strong"))
            pen(painter, t.tokens.text3)
            painter.drawText(QtCore.QRect(0, top, lead, height), Qt.AlignmentFlag.AlignVCenter, name)
            painter.setFont(t.font(self._role))
            for place, group in enumerate(groups):
                line, column_ = divmod(place, across)
                box = QtCore.QRectF(lead + column_ * step, top + line * height, step, height)
                self._draw_group(painter, box, group, wrong=self.different == f"{name}{place + 1}")
            top += -(-len(groups) // across) * height

    def _draw_group(self, painter: QtGui.QPainter, box: QtCore.QRectF, group: str, *, wrong: bool) -> None:
        tokens = theme().tokens
        pen(painter, tokens.danger.text if wrong else tokens.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, group)
        if wrong:
            pen(painter, tokens.danger.text, 2)
            bottom = box.bottom() - 2
            painter.drawLine(QtCore.QPointF(box.left(), bottom), QtCore.QPointF(box.right() - 14, bottom))


class HashCompare(QtWidgets.QWidget):
    """A HashGrid with a box for the other side's value: Equal, or the first different group."""

    def __init__(self, digits: str = "", *, large: bool = False, said: str = "") -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(8))
        self.grid = HashGrid(digits, large=large, said=said)
        box.addWidget(self.grid)
        line = row(spacing=t.scaled(8))
        self.input = QtWidgets.QLineEdit()
        self.input.setProperty("mono", "true")
        self.input.setMaxLength(200)
        self.input.setPlaceholderText(strings.COMPARE_HERE)
        self.input.setAccessibleName(strings.COMPARE_HERE)
        self.result = Chip()
        self.result.hide()
        line.addWidget(self.input, 1)
        line.addWidget(self.result)
        box.addLayout(line)
        self.input.textChanged.connect(self._compare)

    def _compare(self, text: str) -> None:
        answer = self.grid.compare(text)
        self.result.setVisible(answer is not None)
        if answer == "":
            self.result.show_as(strings.HASH_EQUAL, "ok", "check")
        elif answer is not None:
            self.result.show_as(strings.hash_differs(answer), "danger", "fail")
