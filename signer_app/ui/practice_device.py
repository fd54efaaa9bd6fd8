"""The window of a practice Ledger: its screen, its two buttons, its plug. What a person would hold in hand.

It stands beside the main window, so that one can sign in the one and press in the other. Both connections to
the device live in threads; a device that hangs shows its last screen and the window goes on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.signing.nano import NanoDrawing
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    FocusRing,
    NetworkFrame,
    StateBanner,
    column,
    enter_presses,
    label,
    row,
)
from signer_app.ui.words import devices as words
from signer_app.ui.words import strings

if TYPE_CHECKING:  # practice ledgers load when one is looked at
    from signer_app.workspace.practice_devices import PracticeHand

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: How long a pressed button is drawn as held.
_HELD_MS = 120


class PracticeDeviceWindow(QtWidgets.QWidget):
    """One running practice device, live. Closing it leaves the device running."""

    closed = Signal()

    def __init__(self, name: str, hand: PracticeHand) -> None:
        """Make it in the loop's thread; ``hand`` is let go when it closes."""
        super().__init__(None, Qt.WindowType.Window)
        t = theme()
        self.name, self._hand = name, hand
        self._tasks = Tasks(self._unforeseen)
        self._over = False
        self.screen_: JsonObject = {}
        self.setObjectName("practice.device")
        self.setWindowTitle(words.practice_title(name))
        self.setAccessibleName(words.practice_title(name))
        frame = NetworkFrame("practice")
        column(self).addWidget(frame)
        box = column(spacing=t.scaled(8), margins=(t.scaled(16), t.scaled(12), t.scaled(16), t.scaled(12)))
        frame.body.addLayout(box)
        self.state = label("", "section", name="practice.state")
        self.ask = label("", "body", "text2", wrap=True, name="practice.asks")
        box.addWidget(self.state)
        box.addWidget(self.ask)
        self.drawing = NanoDrawing(400, "practice.screen")
        box.addWidget(self.drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        self.place = label("", "small", "text3")
        box.addWidget(self.place, 0, Qt.AlignmentFlag.AlignHCenter)
        self.gone = StateBanner("warn", words.WINDOW_GONE)
        self.gone.hide()
        box.addWidget(self.gone)
        box.addLayout(self._buttons())
        box.addLayout(self._life())
        box.addWidget(label(words.WINDOW_HELP, "small", "text3", wrap=True))
        box.addStretch(1)
        for part in (*self.buttons.values(), self.plug, self.lock, self.app):
            part.installEventFilter(self)
        self.buttons["both"].setFocus()
        self._release = QtCore.QTimer(self)
        self._release.setSingleShot(True)
        self._release.setInterval(_HELD_MS)
        self._release.timeout.connect(lambda: self.drawing.show_press(""))
        self.ring = FocusRing(self)
        self.setFixedWidth(t.scaled(470))
        loop = asyncio.get_running_loop()
        hears = (partial(_in_loop, loop, self._shown), partial(_in_loop, loop, self._ended))
        self._watcher = threading.Thread(
            target=_watch, args=(hand, *hears), name=f"practice-{name}", daemon=True
        )
        self._watcher.start()

    def _buttons(self) -> QtWidgets.QHBoxLayout:
        line = row(spacing=theme().scaled(8))
        self.buttons: dict[str, ActionButton] = {}
        for key, text, icon in (
            ("left", words.LEFT, "left"),
            ("both", words.BOTH, ""),
            ("right", words.RIGHT, "right"),
        ):
            button = ActionButton(text, icon=icon, name=f"practice.{key}", deliberate=True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.triggered.connect(partial(self.press, key))
            self.buttons[key] = button
            line.addWidget(button, 1)
        return line

    def _life(self) -> QtWidgets.QHBoxLayout:
        line = row(spacing=theme().scaled(8))
        self.plug = ActionButton(words.UNPLUG, kind="quiet", name="practice.plug")
        self.lock = ActionButton(words.LOCK, kind="quiet", name="practice.lock")
        self.app = ActionButton(words.OPEN_XRP, kind="quiet", name="practice.app")
        self.plug.triggered.connect(lambda: self._do("unplug" if self.screen_.get("plugged") else "plug"))
        self.lock.triggered.connect(lambda: self._do("unlock" if self.screen_.get("locked") else "lock"))
        self.app.triggered.connect(self._switch_app)
        for button in (self.plug, self.lock, self.app):
            line.addWidget(button)
        line.addStretch(1)
        return line

    # -- what the device shows -----------------------------------------------------------------------------

    def _shown(self, screen: JsonObject) -> None:
        if self._over:
            return
        self.screen_ = screen
        page = screen.get("screen")
        pages = screen.get("pages")
        at = screen["at"] if isinstance(screen.get("at"), int) else 0
        count = len(pages) if isinstance(pages, list) else 1
        if isinstance(page, dict):
            lines = page.get("lines")
            shown = tuple(str(line) for line in lines) if isinstance(lines, list) else ()
            place = at if isinstance(at, int) else 0
            self.drawing.show_page(str(page.get("title")), shown, back=place > 0, forward=place < count - 1)
            self.place.setText(words.screen_at(place, count))
        plugged, locked, app = screen.get("plugged") is True, screen.get("locked") is True, screen.get("app")
        self.state.setText(words.state_line(plugged, locked, str(app or "")))
        self.ask.setText(words.ASKS.get(str(screen.get("purpose")), ""))
        self.plug.setText(words.UNPLUG if plugged else words.PLUG)
        self.lock.setText(words.UNLOCK if locked else words.LOCK)
        self.app.setText(words.HOME if app else words.OPEN_XRP)

    def _ended(self) -> None:
        if not self._over:
            self.gone.show()
            for button in (*self.buttons.values(), self.plug, self.lock, self.app):
                button.block(words.WINDOW_GONE)

    # -- what the hands do ---------------------------------------------------------------------------------

    def press(self, button: str) -> None:
        """Press ``left``, ``right`` or ``both``."""
        self.drawing.show_press(button)
        self._release.start()
        self._do("press", button=button)

    def _switch_app(self) -> None:
        if self.screen_.get("app"):
            self._do("quit")
        else:
            self._do("open", app="XRP")

    def _do(self, name: str, **options: JsonValue) -> None:
        if not self._over and self.gone.isHidden():
            self._tasks.spawn(self._done(name, options))

    async def _done(self, name: str, options: dict[str, JsonValue]) -> None:
        try:
            await asyncio.to_thread(lambda: self._hand.do(name, **options))
        except CountersignError as error:
            if not self._over:
                self.ask.setText(error.message)

    def _unforeseen(self, _error: BaseException) -> None:
        if not self._over:
            self.ask.setText(strings.INTERNAL_ERROR)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keys on a button of this window: Enter presses that button and no other, as Space does. Arrow keys
        press the device's, where Qt would move the focus."""
        if isinstance(event, QtGui.QKeyEvent) and event.type() == QtCore.QEvent.Type.KeyPress:
            if event.key() in _ENTER and isinstance(watched, ActionButton):
                enter_presses(watched, event)
                return True
            return self._pressed(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """The device's buttons on the keyboard."""
        if self._pressed(event):
            event.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _pressed(self, event: QtGui.QKeyEvent) -> bool:
        keys = Qt.Key
        pressed = {
            keys.Key_Left: "left", keys.Key_Right: "right", keys.Key_Down: "both",
            keys.Key_Return: "both", keys.Key_Enter: "both",  # without a button in focus
        }  # fmt: skip
        button = pressed.get(Qt.Key(event.key()))
        if button is None or self.buttons[button].reason:
            return False
        self.press(button)
        return True

    def closeEvent(self, event: QtGui.QCloseEvent) -> None:  # noqa: N802
        """Let the device go; it keeps running."""
        if not self._over:
            self._over = True
            self._tasks.cancel_all()
            # Ends the watching thread; a socket's close does not wait for the other side.
            self._hand.let_go()
            self.closed.emit()
        event.accept()


def _watch(hand: PracticeHand, show: Callable[[JsonObject], None], ended: Callable[[], None]) -> None:
    """The watching thread, until the device ends or the window lets go."""
    hand.watch(show)
    ended()


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *values: JsonObject) -> None:
    try:
        loop.call_soon_threadsafe(call, *values)
    except RuntimeError:
        return  # the program has ended
