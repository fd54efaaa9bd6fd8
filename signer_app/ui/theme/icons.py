"""Icons: our own drawings (resources/icons), tinted by writing a colour where they say currentColor.

24 grid, stroke 1.75, round ends. A meaning has one drawing everywhere: MEANINGS names those that are fixed.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from signer_app.core.resources import resource
from signer_app.ui.qt import Qt, QtCore, QtGui, QtSvg

#: Outcome of a check (CONTRACTS C4) -> icon and tone.
CHECK_ICONS = MappingProxyType(
    {
        "FAIL": ("fail", "danger"),
        "INDETERMINATE": ("unknown", "warn"),
        "WAITING": ("clock", "info"),
        "PASS": ("pass", "ok"),
        "NOT_APPLICABLE": ("skip", "neutral"),
    }
)


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QtGui.QPixmap:
    """The icon in ``colour`` ("#RRGGBB"), ``size`` logical pixels high, for a screen of ``ratio``."""
    source = _drawing(name).replace("currentColor", colour)
    renderer = QtSvg.QSvgRenderer(QtCore.QByteArray(source.encode("utf-8")))
    edge = max(1, round(size * ratio))
    image = QtGui.QPixmap(edge, edge)
    image.fill(Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(image)
    renderer.render(painter, QtCore.QRectF(0, 0, edge, edge))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, colour: str, size: int = 16, *, on: str | None = None) -> QtGui.QIcon:
    """A QIcon for one and two pixels a point; ``on`` is its colour when checked."""
    made = QtGui.QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour, size, ratio), QtGui.QIcon.Mode.Normal, QtGui.QIcon.State.Off)
        # The same when disabled: a grey control still has to be read.
        made.addPixmap(pixmap(name, colour, size, ratio), QtGui.QIcon.Mode.Disabled, QtGui.QIcon.State.Off)
        if on is not None:
            made.addPixmap(pixmap(name, on, size, ratio), QtGui.QIcon.Mode.Normal, QtGui.QIcon.State.On)
    return made


def draw(painter: QtGui.QPainter, name: str, colour: str, left: float, top: float, size: int) -> None:
    """Draw the icon with its upper left corner at a point, as sharp as the device allows."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(QtCore.QPointF(left, top), pixmap(name, colour, size, ratio))
