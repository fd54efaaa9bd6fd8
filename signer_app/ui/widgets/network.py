"""What shows which network this is: a word, a colour and a pattern, around every window and dialog."""

from __future__ import annotations

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import icons, theme
from signer_app.ui.widgets.base import Painted, column, pen, rounded, text_width
from signer_app.ui.words import strings

#: Distance of the stripes of the testnet frame, and their width, in pixels.
STRIPE, STRIPE_WIDTH = 12, 4


class NetworkFrame(QtWidgets.QWidget):
    """Holds a window's contents. Mainnet: a solid band on top. Testnet: a hatched frame on all four sides.
    Practice: a dashed frame. Without a network (locked) nothing is drawn.
    """

    def __init__(self, network_class: str = "") -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
        self.setProperty("surface", "bg")
        self.setObjectName("network.frame")
        self.body = column(self)
        self.network_class = ""
        self.show_network(network_class)

    def show_network(self, network_class: str) -> None:
        """ "mainnet", "testnet", "practice", or "" for none."""
        self.network_class = network_class
        band = theme().size("band")
        around = 0 if network_class in ("", "mainnet") else band
        self.body.setContentsMargins(around, band, around, around)
        words = strings.NETWORKS.get(network_class)
        self.setAccessibleName(words.said if words else "")
        self.update()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """The band or the frame."""
        painter = QtGui.QPainter(self)
        draw_frame(painter, self.rect(), self.network_class)


def draw_frame(painter: QtGui.QPainter, box: QtCore.QRect, network_class: str) -> None:
    """Draw a network's frame inside ``box``."""
    tokens = theme().tokens
    if network_class == "mainnet":
        painter.fillRect(
            QtCore.QRect(box.left(), box.top(), box.width(), 4), QtGui.QColor(tokens.mainnet.fill)
        )
    elif network_class == "testnet":
        _hatch(painter, box, tokens.testnet.fill, tokens.testnet.soft)
    elif network_class == "practice":
        line = QtGui.QPen(QtGui.QColor(tokens.practice.text), 3)
        line.setDashPattern([3.0, 2.0])
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QtCore.QRectF(box).adjusted(1.5, 1.5, -1.5, -1.5))


def _hatch(painter: QtGui.QPainter, box: QtCore.QRect, ink: str, ground: str) -> None:
    ring = QtGui.QRegion(box) - QtGui.QRegion(box.adjusted(4, 4, -4, -4))
    painter.save()
    painter.setClipRegion(ring)
    painter.fillRect(box, QtGui.QColor(ground))
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    pen(painter, ink, STRIPE_WIDTH * 1.4)
    for start in range(box.left() - box.height(), box.right() + box.height(), STRIPE):
        painter.drawLine(start, box.bottom() + 1, start + box.height() + 1, box.top())
    painter.restore()


class NetworkChip(Painted):
    """MAINNET, TESTNET or PRACTICE in the network's own colour; practice has a dashed edge."""

    def __init__(self, network_class: str = "practice", words: str = "") -> None:
        super().__init__()
        self.setObjectName("header.network")
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
        self.show_network(network_class, words)

    def show_network(self, network_class: str, words: str = "") -> None:
        """``words`` stands before the class where one ledger is meant ("XRPL")."""
        self.network_class = network_class
        known = strings.NETWORKS[network_class]
        self.text = f"{words} {known.chip}".strip().upper()
        self.setAccessibleName(f"{self.text}. {known.said}")
        self.setToolTip(known.said)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802
        """Icon and word."""
        t = theme()
        width = text_width("caption-strong", self.text) + round(len(self.text) * 0.6) + t.scaled(38)
        return QtCore.QSize(width, t.scaled(26))

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:  # noqa: N802
        """Solid, or dashed for practice."""
        t, painter = theme(), QtGui.QPainter(self)
        tone = t.tokens.tone(self.network_class)
        box = QtCore.QRectF(self.rect())
        if self.network_class == "practice":
            painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
            line = QtGui.QPen(QtGui.QColor(tone.text), 1.5)
            line.setDashPattern([3.0, 2.0])
            painter.setPen(line)
            painter.setBrush(QtGui.QColor(tone.fill))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)
        else:
            rounded(painter, box, 5, tone.fill, None)
        size = t.scaled(14)
        icons.draw(painter, "network", tone.on_fill, t.scaled(10), (self.height() - size) / 2, size)
        font = t.font("caption-strong")
        font.setLetterSpacing(QtGui.QFont.SpacingType.AbsoluteSpacing, 0.6)
        painter.setFont(font)
        pen(painter, tone.on_fill)
        painter.drawText(
            self.rect().adjusted(t.scaled(30), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text
        )
