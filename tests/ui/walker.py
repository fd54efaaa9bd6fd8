"""Goes over whole views with the steps of walking.py, and keeps what is wrong with each."""

from __future__ import annotations

from collections import Counter
from typing import Any

from walking import (
    alike,
    called,
    controls,
    from_the_head,
    out_of_order,
    ring_of,
    unexplained,
    unsaid,
    walk,
)

from signer_app.ui.pages.treasury.parts import RowButton
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.widgets import ActionButton, CheckRow, DeviceChip, Pill, TabButton

BUTTONS = (
    ActionButton,
    Pill,
    DeviceChip,
    TabButton,
    CheckRow,
    RowButton,
    QtWidgets.QCheckBox,
    QtWidgets.QRadioButton,
)


class Walker:
    """Goes over views and keeps what is wrong, so that one run tells everything."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.seen: list[str] = []

    def over(self, name: str, window: QtWidgets.QWidget) -> None:
        """Names, reasons, order, ring, and a way out, in a window as it stands."""
        wanted = controls(window)
        self.seen.append(name)
        wrong = [f"no name: {said}" for said in unsaid(window)]
        wrong += [f"same name: {said}" for said in alike(window)]
        wrong += [f"off without a reason in sight: {said}" for said in unexplained(window)]
        if not wanted:
            self.found += [f"{name}: no control"]
            return
        if window.focusWidget() not in wanted:
            wanted[0].setFocus(Qt.FocusReason.TabFocusReason)
        try:
            order = from_the_head(window, walk(window, Qt.Key.Key_Tab))
            back = from_the_head(window, walk(window, Qt.Key.Key_Backtab))
        except AssertionError as error:
            self.found += [f"{name}: {line}" for line in (*wrong, str(error))]
            return
        wrong += [f"not on the round: {called(w)}" for w in wanted if w not in order]
        wrong += [f"against the reading order: {said}" for said in out_of_order(window, order)]
        if [order[0], *reversed(order[1:])] != back:
            wrong += ["Shift+Tab goes another way back"]
        wrong += [f"no ring: {called(w)}" for w in order if not self._ringed(window, w)]
        wrong += [f"no keys of its own: {called(w)}" for w in order if self._unknown(w)]
        wrong += [f"mnemonic {key} twice" for key in twice(w.text() for w in order if is_button(w))]
        self.found += [f"{name}: {line}" for line in wrong]

    @staticmethod
    def _ringed(window: QtWidgets.QWidget, widget: QtWidgets.QWidget) -> bool:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        ring = ring_of(window)
        return ring is not None and ring.around is widget and ring.place is not None

    @staticmethod
    def _unknown(widget: QtWidgets.QWidget) -> bool:
        """A button of a class that the tests of Space and Enter below do not know."""
        known = (*BUTTONS, *named("FindBox", "_CopyButton"))
        return is_button(widget) and not isinstance(widget, known)


def named(*names: str) -> tuple[type, ...]:
    from signer_app.ui.shell import header
    from signer_app.ui.widgets import addresses

    return tuple(getattr(header, name, None) or getattr(addresses, name) for name in names)


def is_button(widget: object) -> bool:
    return isinstance(widget, QtWidgets.QAbstractButton)


def twice(texts: Any) -> list[str]:
    """Mnemonics that more than one text of a menu or dialog has."""
    marks = [QtGui.QKeySequence.mnemonic(text).toString() for text in texts]
    return [mark for mark, count in Counter(mark for mark in marks if mark).items() if count > 1]
