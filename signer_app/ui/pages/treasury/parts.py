"""Painted bars and rows of the treasury. Every bar has its exact values in words beside it."""

from __future__ import annotations

from decimal import Decimal

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Icon, Painted, QuorumPips, column, label, row
from signer_app.ui.widgets.base import Elided, rounded
from signer_app.ui.widgets.chips import Dot, Pip


class ShareBar(Painted):
    """A share of a whole from 0 to 1, in a tone. Its words stand beside it; it is decoration."""

    def __init__(self, share: Decimal, tone: str, *, height: int = 6) -> None:
        super().__init__()
        self.share, self.tone, self._height = min(Decimal(1), max(Decimal(0), share)), tone, height
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Expanding, QtWidgets.QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """A thin line."""
        return QtCore.QSize(theme().scaled(80), theme().scaled(self._height))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Short, but there."""
        return QtCore.QSize(theme().scaled(24), theme().scaled(self._height))

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Track, then the share; what is not nothing shows at least its end."""
        painter, tokens = QtGui.QPainter(self), self.tokens
        box = QtCore.QRectF(self.rect())
        radius = box.height() / 2
        rounded(painter, box, radius, tokens.line, None)
        if self.share > 0:
            box.setWidth(max(box.height(), box.width() * float(self.share)))
            colour = tokens.ctl if self.tone == "neutral" else tokens.tone(self.tone).text
            rounded(painter, box, radius, colour, None)


class LimitRow(QtWidgets.QWidget):
    """One rolling limit: name, exact values, bar, what is left and when room comes back."""

    def __init__(self, name: str, values: str, note: str, share: Decimal, tone: str, icon: str) -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(4))
        head = row(spacing=t.scaled(8))
        if icon:
            head.addWidget(Icon(icon, tone, "icon-button"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(label(name, "label", wrap=True), 1)
        box.addLayout(head)
        self.values = label(values, "small-strong", "" if tone == "accent" else tone, wrap=True)
        box.addWidget(self.values)
        self.bar = ShareBar(share, tone)
        box.addWidget(self.bar)
        self.note = label(note, "caption", "text3", wrap=True)
        box.addWidget(self.note)
        self.setAccessibleName(f"{name}, {values}. {note}")


class RowButton(QtWidgets.QPushButton):
    """A row that opens what it is about: by click, Enter or Space. What it says is its accessible name."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAutoDefault(False)
        self.setAccessibleName(said)
        policy = QtWidgets.QSizePolicy(
            QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Minimum
        )
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        t = theme()
        pad, edge = t.scaled(5), t.scaled(6)
        self.line = row(self, spacing=t.scaled(10), margins=(edge, pad, edge, pad))

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """What is in it, and never less than a finger needs."""
        hint = self.line.sizeHint()
        return QtCore.QSize(hint.width(), max(hint.height(), theme().size("hit")))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The same, as narrow as its parts allow."""
        least = self.line.minimumSize()
        return QtCore.QSize(least.width(), max(least.height(), theme().size("hit")))

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Words may wrap."""
        return self.line.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """As high as its words at this width."""
        return max(self.line.heightForWidth(width), theme().size("hit"))

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter opens a row; it signs and sends nothing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class WaitingRow(RowButton):
    """A proposal that waits: title from the bytes, a pip for each key, count, who is needed next."""

    def __init__(self, title: str, pips: tuple[Pip, ...], count: str, needs: str) -> None:
        super().__init__(", ".join(part for part in (title, count, needs) if part))
        words = column(spacing=theme().scaled(1))
        words.addWidget(Elided(title, "label"))
        words.addWidget(label(needs, "caption", "text3", wrap=True))
        self.line.addLayout(words, 1)
        self.pips = QuorumPips(pips, count)
        self.line.addWidget(self.pips)
        self.line.addWidget(label(count, "small", "text2"))


class AlertRow(RowButton):
    """What is wrong: icon and tone by level, the fact, the detail."""

    def __init__(self, level: str, fact: str, detail: str) -> None:
        super().__init__(f"{fact}. {detail}")
        icon = "alert" if level == "danger" else "warning"
        self.line.addWidget(Icon(icon, level, "icon"), 0, Qt.AlignmentFlag.AlignTop)
        words = column(spacing=theme().scaled(1))
        words.addWidget(label(fact, "label", wrap=True))
        words.addWidget(label(detail, "small", "text3", wrap=True))
        self.line.addLayout(words, 1)


class NodeRow(QtWidgets.QWidget):
    """The nodes of a network: state by dot and word, age of the oldest fact, and why not."""

    def __init__(self, network: str, words: str, age: str, why: str, tone: str) -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(2))
        line = row(spacing=t.scaled(8))
        line.addWidget(Dot(tone))
        line.addWidget(label(network, "label"))
        line.addWidget(label(words, "small", "text2", wrap=True), 1)
        line.addWidget(label(age, "small", "text3"))
        box.addLayout(line)
        if why:
            box.addWidget(label(why, "caption", "warn", wrap=True))
        self.setAccessibleName(" ".join(part for part in (network, words, age, why) if part))


class Figure(QtWidgets.QFrame):
    """A number of the strip: what it is, the number whole, its unit."""

    def __init__(self, what: str, number: str, unit: str, tone: str = "", *, first: bool = True) -> None:
        """``first`` in its row: no line at its left."""
        super().__init__()
        t = theme()
        self.setProperty("kind", "" if first else "figure")
        pad, edge = t.scaled(10), t.scaled(16)
        box = column(self, spacing=t.scaled(2), margins=(edge, pad, edge, pad))
        box.addWidget(label(what, "small", "text3"))
        self.number = label(number, "amount", tone, selectable=True)
        self.number.setAccessibleName(f"{what}: {number} {unit}".strip())
        box.addWidget(self.number)
        box.addWidget(label(unit, "small", "text2"))
