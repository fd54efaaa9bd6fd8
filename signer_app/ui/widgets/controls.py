"""What the keyboard and a screen reader need of plain controls, and Qt does not do by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, is_alive
from signer_app.ui.widgets.base import label

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def enter_presses(button: QtWidgets.QAbstractButton, event: QtGui.QKeyEvent) -> bool:
    """Press a button that has the focus when ``event`` is Enter; whether it was. A key that is held down
    presses once, so that it does not go through one view after the other."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    if event.key() not in _ENTER or not plain:
        return False
    event.accept()
    if not event.isAutoRepeat():
        button.click()
    return True


def tab_through(*stops: QtWidgets.QWidget) -> None:
    """Let Tab go through these in this order; what is made anew would else come last of all."""
    for before, after in pairwise(stops):
        QtWidgets.QWidget.setTabOrder(before, after)


def stops_in(holder: QtWidgets.QWidget) -> list[QtWidgets.QWidget]:
    """Where Tab can stop inside ``holder``, in order."""
    found, at = [], holder.nextInFocusChain()
    while at is not None and at is not holder:
        if holder.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(at)
        at = at.nextInFocusChain()
    return found


def stop_before(place: QtWidgets.QWidget, *without: QtWidgets.QWidget) -> QtWidgets.QWidget | None:
    """Where Tab stops last before it comes to ``place``, or, for a window, last of all."""
    at = place.previousInFocusChain()
    while at is not None and at is not place:
        inside = not place.isWindow() and place.isAncestorOf(at)
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus and not inside and at not in without:
            return at
        at = at.previousInFocusChain()
    return None


class Chooser(QtWidgets.QComboBox):
    """A choice whose name a screen reader hears as well as what is chosen.

    On Linux Qt gives the chosen text as the name of such a field, and its name only through a label that
    stands beside it (QAccessibleComboBox). Where none does, this one is made, and never seen.
    """

    def __init__(self) -> None:
        super().__init__()
        self._label: QtWidgets.QLabel | None = None

    def setAccessibleName(self, name: str) -> None:  # noqa: N802 - Qt's name
        """For other systems too, which ask for it."""
        super().setAccessibleName(name)
        self._name()

    def event(self, event: QtCore.QEvent) -> bool:
        """The label stays beside it."""
        done = super().event(event)
        if event.type() in (QtCore.QEvent.Type.ParentChange, QtCore.QEvent.Type.Show):
            self._name()
        return done

    def _name(self) -> None:
        holder, name = self.parentWidget(), self.accessibleName()
        if holder is None or not name:
            return
        if self._label is None or not is_alive(self._label):
            beside = holder.findChildren(QtWidgets.QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if any(found.buddy() is self for found in beside):
                return
            self._label = label(name)
            self._label.setBuddy(self)
        if self._label.parentWidget() is not holder:
            self._label.setParent(holder)
            self._label.hide()
        self._label.setText(name.replace("&", "&&"))


def fill(box: QtWidgets.QComboBox, items: Sequence[tuple[str, str]], wanted: str = "") -> None:
    """Other items, each words and value, without a word to anybody; ``wanted`` or the value that is chosen
    stays if it is still there, else it is the first."""
    before = wanted or str(box.currentData() or "")
    box.blockSignals(True)
    box.clear()
    for words, data in items:
        box.addItem(words, data)
    box.setCurrentIndex(max(0, box.findData(before)))
    box.blockSignals(False)


class TabButton(QtWidgets.QPushButton):
    """One of several views of which one is shown."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setProperty("kind", "tab")
        self.setCheckable(True)
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter shows it, as Space does."""
        if not enter_presses(self, event):
            super().keyPressEvent(event)


class TabButtons(QtWidgets.QButtonGroup):
    """Tab goes to the view that is shown, arrows to the others; Qt alone would stop at whichever was last."""

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self.setExclusive(True)
        self.buttonToggled.connect(self._stop_at)

    def _stop_at(self, _button: QtWidgets.QAbstractButton, _checked: bool) -> None:
        for button in self.buttons():
            policies = Qt.FocusPolicy
            button.setFocusPolicy(policies.StrongFocus if button.isChecked() else policies.ClickFocus)
