"""The column at the right of comparing: the drawing of the screen, and what to do with it."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.signing.nano import NanoDrawing
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, GroupedText, column, label, plain, row
from signer_app.ui.words import signing as words

#: Widths of the drawn screen.
WIDE_DRAWING, NARROW_DRAWING = 244, 176


class Side(QtWidgets.QFrame):
    """The column at the right: the screen, the way through the lines, what if one differs, who signs. It
    scrolls; the button that stops stays in view."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setProperty("surface", "sunken")
        t = theme()
        whole = column(self)
        self._scroll = QtWidgets.QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = plain()
        self._scroll.setWidget(inner)
        whole.addWidget(self._scroll, 1)
        self._pinned = column()
        whole.addLayout(self._pinned)
        box = column(
            inner, spacing=t.scaled(6), margins=(t.scaled(14), t.scaled(16), t.scaled(14), t.scaled(14))
        )
        box.addWidget(label(words.EXPECTED, "section", wrap=True))
        self.place = label("", "small", "text2")
        box.addWidget(self.place)
        self.drawing = NanoDrawing(WIDE_DRAWING, "sign.drawing")
        box.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        self.turn = ActionButton("", kind="link", name="sign.page")
        box.addWidget(self.turn, 0, Qt.AlignmentFlag.AlignHCenter)
        self._buttons = row(spacing=t.scaled(8))
        self.back = ActionButton(words.BACK, icon="left", name="sign.back")
        self.equal = ActionButton(f"{words.EQUAL_NEXT}  ({words.SPACE})", name="sign.equal", deliberate=True)
        self._buttons.addWidget(self.back)
        self._buttons.addWidget(self.equal, 1)
        box.addLayout(self._buttons)
        box.addSpacing(t.scaled(10))
        self._card = Card()
        self._card.body.addWidget(label(words.ONE_DIFFERS, "section", wrap=True))
        self._card.body.addWidget(label(words.ONE_DIFFERS_SUB, "small", "text2", wrap=True))
        self.differs = ActionButton(words.DIFFERS, kind="danger-outline", name="sign.differs")
        box.addWidget(self._card)
        box.addStretch(1)
        box.addWidget(label(words.SIGNING_AS, "small", "text2"))
        self.who = label("", "section", wrap=True)
        box.addWidget(self.who)
        self.address = GroupedText("")
        box.addWidget(self.address)
        self.tighten(narrow=False, low=False)

    def tighten(self, *, narrow: bool, low: bool) -> None:
        """``narrow``: smaller, its two buttons one below the other. ``low``: not all of it is in view."""
        t, directions = theme(), QtWidgets.QBoxLayout.Direction
        self._buttons.setDirection(directions.BottomToTop if narrow else directions.LeftToRight)
        width = NARROW_DRAWING if narrow else WIDE_DRAWING
        self.drawing.draw_in(width)
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self.setFixedWidth(t.scaled(30 + width) + bar)
        self._card.body.removeWidget(self.differs)
        self._pinned.removeWidget(self.differs)
        (self._pinned if low else self._card.body).addWidget(self.differs)
        side, edge = (t.scaled(14), t.scaled(8)) if low else (0, 0)
        self._pinned.setContentsMargins(side, edge, side + bar if low else 0, edge)
