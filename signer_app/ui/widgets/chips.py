"""Small marks: chips for risk, verdict and state, pips for a quorum, pills and dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import icons, theme
from signer_app.ui.theme.tokens import Tone
from signer_app.ui.widgets.base import Painted, pen, rounded, text_width
from signer_app.ui.widgets.controls import enter_presses
from signer_app.ui.words import strings


@dataclass(frozen=True, slots=True)
class ChipLook:
    """Icon, tone and whether the chip is solid."""

    icon: str
    tone: str
    solid: bool = False


#: Denied is the only solid chip, so that it cannot be mistaken for a lesser one even in grey.
RISK_LOOKS = MappingProxyType(
    {
        "low": ChipLook("check", "ok"),
        "review": ChipLook("review", "warn"),
        "high": ChipLook("warning", "warn"),
        "denied": ChipLook("denied", "danger", solid=True),
        "waiting": ChipLook("clock", "info"),
        "expired": ChipLook("expired", "neutral"),
        "allowed": ChipLook("policy", "ok"),
        "override": ChipLook("policy-alert", "warn"),
        "verified": ChipLook("check", "ok"),
        "your-turn": ChipLook("", "info"),
        "halted": ChipLook("halt", "danger"),
        "on-list": ChipLook("allowed", "ok"),
        "not-on-list": ChipLook("warning", "danger"),
        "own": ChipLook("accounts", "neutral"),
        "ready": ChipLook("check", "ok"),
        "unknown": ChipLook("unknown", "warn"),
        "failed": ChipLook("fail", "danger"),
    }
)


class Chip(Painted):
    """A word with an icon in a small box. It never shrinks below its word."""

    def __init__(
        self, text: str = "", tone: str = "neutral", icon: str = "", *, solid: bool = False, reason: str = ""
    ) -> None:
        """``reason`` is why it says this: the tooltip and the accessible description."""
        super().__init__()
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
        self.show_as(text, tone, icon, solid=solid, reason=reason)

    def show_as(
        self, text: str, tone: str = "neutral", icon: str = "", *, solid: bool = False, reason: str = ""
    ) -> None:
        """Show another word."""
        self.text, self.tone, self.icon, self.solid = text, tone, icon, solid
        self.setToolTip(reason)
        self.setAccessibleName(text)
        self.setAccessibleDescription(reason)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Text, icon and the space around them."""
        t = theme()
        width = text_width("caption-strong", self.text) + 2 * t.scaled(7)
        if self.icon:
            width += t.size("icon-chip") + t.scaled(4)
        return QtCore.QSize(width, t.scaled(20))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The same: a chip is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Box, icon, word."""
        painter = QtGui.QPainter(self)
        draw_chip(
            painter,
            QtCore.QRect(QtCore.QPoint(0, 0), self.sizeHint()),
            self.text,
            self.tone,
            self.icon,
            self.solid,
        )


def draw_chip(
    painter: QtGui.QPainter, box: QtCore.QRect, text: str, tone: str, icon: str, solid: bool
) -> None:
    """Draw a chip, here or in a delegate."""
    t = theme()
    look: Tone = t.tokens.tone(tone)
    fill, edge, ink = (look.fill, look.fill, look.on_fill) if solid else (look.soft, look.line, look.text)
    rounded(painter, QtCore.QRectF(box), 4, fill, edge, t.tokens.chip_edge)
    left = box.left() + t.scaled(7)
    if icon:
        size = t.size("icon-chip")
        icons.draw(painter, icon, ink, left, box.top() + (box.height() - size) / 2, size)
        left += size + t.scaled(4)
    pen(painter, ink)
    painter.setFont(t.font("caption-strong"))
    painter.drawText(
        QtCore.QRect(left, box.top(), box.right() - left + 1, box.height()),
        Qt.AlignmentFlag.AlignVCenter,
        text,
    )


class RiskChip(Chip):
    """Low, Review, High, Denied, Waiting, Expired, and the words of verdicts and marks (RISK_LOOKS)."""

    def __init__(self, kind: str, text: str = "", *, reason: str = "") -> None:
        look = RISK_LOOKS[kind]
        super().__init__(text or strings.CHIPS[kind], look.tone, look.icon, solid=look.solid, reason=reason)


@dataclass(frozen=True, slots=True)
class Pip:
    """One key of a quorum. ``state``: signed, you, open or refused; ``who`` is said to screen readers."""

    state: str = "open"
    weight: int = 1
    who: str = ""


class QuorumPips(Painted):
    """One pip for each key; its width follows the weight. The count in words stands beside it, always."""

    def __init__(self, pips: Sequence[Pip] = (), summary: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
        self.show_pips(pips, summary)

    def show_pips(self, pips: Sequence[Pip], summary: str) -> None:
        """``summary`` is the count in words, such as "1 of 2"."""
        self.pips = tuple(pips)
        said = [f"{pip.who} {strings.PIP_STATES[pip.state]}" for pip in self.pips if pip.who]
        self.setAccessibleName(", ".join([summary, *said]) if summary else ", ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """As wide as the pips."""
        return QtCore.QSize(max(1, pips_width(self.pips)), theme().size("pip") + 2)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The row of pips."""
        draw_pips(QtGui.QPainter(self), 0, 1, self.pips)


def _pip_width(pip: Pip) -> int:
    size = theme().size("pip")
    return size + (min(pip.weight, 4) - 1) * size


def pips_width(pips: Sequence[Pip]) -> int:
    """Width of a row of pips in pixels."""
    return sum(_pip_width(pip) + 3 for pip in pips) - 3 if pips else 0


def draw_pips(painter: QtGui.QPainter, left: float, top: float, pips: Sequence[Pip]) -> None:
    """Filled: verified. Accent edge: you. Hollow: open. Red with a bar: refused."""
    tokens, size = theme().tokens, theme().size("pip")
    for pip in pips:
        box = QtCore.QRectF(left, top, _pip_width(pip), size)
        if pip.state == "signed":
            rounded(painter, box, 3, tokens.ok.text, None)
        elif pip.state == "you":
            rounded(painter, box, 3, None, tokens.accent.text, 2)
        elif pip.state == "refused":
            rounded(painter, box, 3, None, tokens.danger.text, 2)
            pen(painter, tokens.danger.text, 2)
            middle = box.center().y()
            painter.drawLine(
                QtCore.QPointF(box.left() + 2.5, middle), QtCore.QPointF(box.right() - 2.5, middle)
            )
        else:
            rounded(painter, box, 3, None, tokens.ctl, 1.5)
        left += _pip_width(pip) + 3


class Dot(Painted):
    """A filled circle in a tone. It never stands alone: a word says the same beside it."""

    def __init__(self, tone: str = "ok", size: int = 8) -> None:
        super().__init__()
        self._size = size
        self.tone = tone
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The circle."""
        size = theme().scaled(self._size)
        return QtCore.QSize(size, size)

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The circle."""
        draw_dot(QtGui.QPainter(self), QtCore.QRectF(self.rect()), dot_colour(self.tone))


def dot_colour(tone: str) -> str:
    """Neutral dots have the colour of control edges, which is visible on every surface."""
    tokens = theme().tokens
    return tokens.ctl if tone == "neutral" else tokens.tone(tone).text


def draw_dot(painter: QtGui.QPainter, box: QtCore.QRectF, colour: str) -> None:
    """A filled circle."""
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QtGui.QColor(colour))
    painter.drawEllipse(box)


class Pill(QtWidgets.QToolButton):
    """A state in the header: dot or icon, plain words, words in the tone. Pressing it opens its detail."""

    def __init__(self, *, icon: str = "", name: str = "") -> None:
        super().__init__()
        self._icon, self._plain, self._strong, self._tone = icon, "", "", "neutral"
        self._brief = ""
        self._short = False
        self.setProperty("pill", "true")
        self.setObjectName(name)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802
        """Enter presses it, as Space does."""
        if not enter_presses(self, event):
            super().keyPressEvent(event)

    def show_state(self, plain: str, strong: str = "", tone: str = "neutral", *, brief: str = "") -> None:
        """``plain`` words, then ``strong`` words in the tone; ``brief``: these in a narrow window."""
        self._plain, self._strong, self._tone, self._brief = plain, strong, tone, brief
        said = f"{plain} {strong}".strip()
        self.setAccessibleName(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    def set_short(self, short: bool) -> None:
        """Without its plain words, and without strong ones where there are none; the tooltip has them all."""
        if short != self._short:
            self._short = short
            self.updateGeometry()
            self.update()

    def _words(self) -> tuple[str, str]:
        return ("", self._brief or self._strong) if self._short else (self._plain, self._strong)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Room for the words that are shown."""
        plain, strong = self._words()
        t = theme()
        lead = t.size("icon-button") if self._icon else t.scaled(8)
        width = 2 * t.scaled(10) + lead + t.scaled(7)
        for words, role in ((plain, "small"), (strong, "small-strong")):
            width += text_width(role, words) + t.scaled(5) if words else 0
        return QtCore.QSize(width, t.size("button-compact"))

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802
        """The same: words are never cut here."""
        return self.sizeHint()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Frame by the style sheet, then lead and words."""
        option = QtWidgets.QStyleOptionToolButton()
        self.initStyleOption(option)
        painter = QtWidgets.QStylePainter(self)
        painter.drawComplexControl(QtWidgets.QStyle.ComplexControl.CC_ToolButton, option)
        t, left = theme(), theme().scaled(10)
        tokens = t.tokens
        if self._icon:
            size = t.size("icon-button")
            icons.draw(painter, self._icon, tokens.text2, left, (self.height() - size) / 2, size)
        else:
            size = t.scaled(8)
            box = QtCore.QRectF(left, (self.height() - size) / 2, size, size)
            draw_dot(painter, box, dot_colour(self._tone))
        left += size + t.scaled(7)
        tone = tokens.text2 if self._tone == "neutral" else tokens.tone(self._tone).text
        plain, strong = self._words()
        for words, role, colour in ((plain, "small", tokens.text2), (strong, "small-strong", tone)):
            if words:
                painter.setFont(t.font(role))
                pen(painter, colour)
                box_ = QtCore.QRect(left, 0, text_width(role, words) + 2, self.height())
                painter.drawText(box_, Qt.AlignmentFlag.AlignVCenter, words)
                left += text_width(role, words) + t.scaled(5)
