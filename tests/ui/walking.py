"""Walks over a window by keyboard alone: what Tab visits and in which order, and what each control says."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

from pytestqt.qtbot import QtBot
from room import shown

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.widgets import ActionButton, Elided, FocusRing

_A11Y = QtGui.QAccessible
#: Pixels by which two neighbours may overlap and still stand beside or below each other.
SLACK = 2
#: What holds others and has no meaning of its own.
HOLDERS = (QtWidgets.QScrollBar, QtWidgets.QStackedWidget, QtWidgets.QSplitterHandle)
#: So far around a button its reason may stand: beside it in its line, or below its group.
NEAR = (-900, -160, 900, 160)
#: These are off only while something runs, and then with others, for one reason that is said once.
TOGETHER = ("plan.back", "plan.cancel", "setup.back", "practise.cancel")


def spoken(widget: QtWidgets.QWidget) -> str:
    """The name that a screen reader gets from the platform, which knows labels and buddies too."""
    interface = _A11Y.queryAccessibleInterface(widget)
    if isinstance(widget, QtWidgets.QComboBox):  # its name is what is chosen; see widgets/controls.py
        labels = [label for label, kind in interface.relations() if kind & _A11Y.RelationFlag.Label]
        return " ".join(label.text(_A11Y.Text.Name) for label in labels).strip()
    return interface.text(_A11Y.Text.Name).strip()


def called(widget: QtWidgets.QWidget) -> str:
    """For a person who reads a failure."""
    return f"{type(widget).__name__} {widget.objectName()} {spoken(widget)!r}"


def controls(root: QtWidgets.QWidget) -> list[QtWidgets.QWidget]:
    """What Tab has to visit below ``root``: to be seen, switched on, and a stop of the keyboard."""
    return [widget for widget in shown(root) if _is_stop(widget)]


def _is_stop(widget: QtWidgets.QWidget) -> bool:
    if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or not widget.isEnabled() or widget.isWindow():
        return False
    if widget.focusProxy() is not None or isinstance(widget, HOLDERS):
        return False
    return not (isinstance(widget, QtWidgets.QLineEdit) and isinstance(widget.parent(), QtWidgets.QComboBox))


def unsaid(root: QtWidgets.QWidget) -> list[str]:
    """What can have the focus, by key or by pointer, and has no name for a screen reader."""
    found = []
    for widget in shown(root):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
            continue
        if not spoken(widget) and not isinstance(widget, HOLDERS) and widget.focusProxy() is None:
            found.append(called(widget))
    return found


def unexplained(root: QtWidgets.QWidget) -> list[str]:
    """Buttons that are off and whose reason is not to be read near them. One that was off before is switched
    off once more, to see where its reason would stand."""
    found = []
    for button in [widget for widget in shown(root) if isinstance(widget, ActionButton)]:
        reason = button.reason
        if not reason and button.property("blocked") is not None and button.objectName() not in TOGETHER:
            button.block("A reason of a test.")
        if button.reason and not _said_near(root, button):
            found.append(f"{called(button)}: {button.reason}")
        button.block(reason)
    return found


def _said_near(root: QtWidgets.QWidget, button: ActionButton) -> bool:
    here = _place(root, button)
    reason = button.reason.removeprefix("Off: ")  # in a group: "Send is off: …"
    for widget in shown(root):
        if not isinstance(widget, QtWidgets.QLabel) or reason not in widget.text():
            continue
        cut = isinstance(widget, Elided) and widget.width() < widget.sizeHint().width()
        if not cut and here.adjusted(*NEAR).intersects(_place(root, widget)):
            return True
    return False


def _place(root: QtWidgets.QWidget, widget: QtWidgets.QWidget) -> QtCore.QRect:
    return QtCore.QRect(widget.mapTo(root, QtCore.QPoint()), widget.size())


def alike(root: QtWidgets.QWidget) -> list[str]:
    """Names that two controls of the same kind share, so that who hears one does not know which it is."""
    named: dict[tuple[object, str], list[QtWidgets.QWidget]] = defaultdict(list)
    for widget in controls(root):
        interface = _A11Y.queryAccessibleInterface(widget)
        named[interface.role(), spoken(widget)].append(widget)
    return [
        f"{len(found)} x {called(found[0])} in {[place_of(w) for w in found]}"
        for (_, name), found in named.items()
        if name and len(found) > 1
    ]


def place_of(widget: QtWidgets.QWidget) -> str:
    """The nearest thing around it that has a name."""
    above = widget.parentWidget()
    while above is not None and not (above.accessibleName() or above.objectName()):
        above = above.parentWidget()
    return "" if above is None else above.accessibleName() or above.objectName()


def press(widget: QtWidgets.QWidget, key: Qt.Key) -> None:
    """As a person does."""
    QtBot.keyClick(widget, key)  # type: ignore[no-untyped-call]


def walk(window: QtWidgets.QWidget, key: Qt.Key, limit: int = 400) -> list[QtWidgets.QWidget]:
    """Press a key until the focus is where it began; all that had it, in order."""
    first = window.focusWidget()
    assert first is not None
    seen = [first]
    while len(seen) < limit:
        press(seen[-1], key)
        focus = window.focusWidget()
        if focus is first:
            return seen
        assert focus is not None, f"the focus is lost after {called(seen[-1])}"
        assert focus not in seen, f"the focus is caught at {called(seen[-1])} -> {called(focus)}"
        seen.append(focus)
    raise AssertionError(f"never back at {called(first)}: {[called(w) for w in seen[-4:]]}")


def from_the_head(window: QtWidgets.QWidget, order: list[QtWidgets.QWidget]) -> list[QtWidgets.QWidget]:
    """The same round, from the first stop of the window's chain on."""
    at = window.nextInFocusChain()
    while at is not None and at is not window and at not in order:
        at = at.nextInFocusChain()
    first = order.index(at) if at in order else 0
    return order[first:] + order[:first]


def _upwards(widget: QtWidgets.QWidget, root: QtWidgets.QWidget) -> Iterator[QtWidgets.QWidget]:
    above: QtWidgets.QWidget | None = widget
    while above is not None:
        yield above
        above = None if above is root else above.parentWidget()


def _branches(
    root: QtWidgets.QWidget, one: QtWidgets.QWidget, two: QtWidgets.QWidget
) -> tuple[QtWidgets.QWidget, QtWidgets.QWidget] | None:
    """The two neighbours below the nearest thing that holds both; None if one holds the other."""
    chain = list(_upwards(one, root))
    below = two
    for above in _upwards(two, root):
        if above in chain:
            break
        below = above
    else:
        return None
    at = chain.index(above)
    return None if at == 0 or two in chain else (chain[at - 1], below)


def out_of_order(root: QtWidgets.QWidget, order: list[QtWidgets.QWidget]) -> list[str]:
    """Steps of Tab that go up, or left in a line. To the right of everything a new column may begin."""
    return [f"{called(a)} -> {called(b)}" for a, b in _steps(order) if _goes_back(root, a, b)]


def _steps(order: list[QtWidgets.QWidget]) -> Iterator[tuple[QtWidgets.QWidget, QtWidgets.QWidget]]:
    yield from itertools.pairwise(order)


def _goes_back(root: QtWidgets.QWidget, a: QtWidgets.QWidget, b: QtWidgets.QWidget) -> bool:
    parts = _branches(root, a, b)
    if parts is None:
        return False
    one, two = (QtCore.QRect(part.mapTo(root, QtCore.QPoint()), part.size()) for part in parts)
    return two.left() < one.right() - SLACK and two.top() < one.bottom() - SLACK


def ring_of(window: QtWidgets.QWidget) -> FocusRing | None:
    """What shows where the keyboard is."""
    return window.findChild(FocusRing)
