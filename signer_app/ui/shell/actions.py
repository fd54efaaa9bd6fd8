"""Every action of the window: its words, its place in a menu and its key. Pages say what an action does.

No key signs, sends or resumes; Enter never does either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.widgets import ActionButton
from signer_app.ui.words import strings
from signer_app.ui.words.actions import ACTIONS as WORDS
from signer_app.ui.words.actions import PLACES

#: How long a menu says why an entry is off, unless another one is reached before: as long as anybody reads.
STAYS_MS = 60_000


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """``keys`` is the shortcut in Qt's portable text; "" has none. A line stands above where ``line``;
    ``also`` is a second shortcut."""

    id: str
    menu: str
    keys: str = ""
    line: bool = False
    also: str = ""

    @property
    def words(self) -> str:
        """What the menu says."""
        return WORDS[self.id]


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "file", "Ctrl+O"),
    ActionSpec("paste", "file", "Ctrl+V"),
    ActionSpec("find", "file", "Ctrl+K", line=True),
    ActionSpec("lock", "file", "Ctrl+L", line=True),
    ActionSpec("halt", "file", "Ctrl+Shift+H"),
    ActionSpec("quit", "file", "Ctrl+Q", line=True),
    ActionSpec("new", "proposal", "Ctrl+N"),
    ActionSpec("review", "proposal", "Ctrl+Return", line=True),
    ActionSpec("reject", "proposal", "Ctrl+R"),
    ActionSpec("export", "proposal", "Ctrl+E", line=True),
    ActionSpec("compare", "proposal", "Ctrl+D"),
    ActionSpec("account-add", "account"),
    ActionSpec("account-refresh", "account"),
    ActionSpec("device-test", "device"),
    ActionSpec("verify", "journal"),
    ActionSpec("export-journal", "journal"),
    ActionSpec("export-report", "account", "Ctrl+Shift+E", line=True),
    ActionSpec("detach", "view", "Ctrl+Shift+T"),
    ActionSpec("refresh", "view", "F5"),
    ActionSpec("next-pane", "view", "F6"),
    ActionSpec("previous-pane", "view", "Shift+F6"),
    ActionSpec("larger", "view", "Ctrl++", line=True),
    ActionSpec("smaller", "view", "Ctrl+-"),
    ActionSpec("normal", "view", "Ctrl+0"),
    ActionSpec("menu-bar", "view", "Ctrl+M", line=True),
    *(
        ActionSpec(f"go-{page}", "view", key, line=page == "inbox")
        for page, key in zip(
            strings.PAGES, (*(f"Ctrl+{number}" for number in range(1, 10)), "Ctrl+,"), strict=True
        )
    ),
    ActionSpec("help", "help", "F1", also="?"),
    ActionSpec("keys", "help", "Ctrl+F1"),
)
BY_ID: Mapping[str, ActionSpec] = {spec.id: spec for spec in ACTIONS}


#: What an action does now: a function, or the button that does it and says why it does not.
Handler: TypeAlias = Callable[[], None] | ActionButton


class Actions:
    """The QActions of a window.

    None is ever switched off, for Qt gives no key to an action that is: it would be silent. What cannot be
    done now looks off in its menu, and says why there, under the pointer and by its key.
    """

    def __init__(self, window: QtWidgets.QMainWindow, explain: Callable[[str, str], None]) -> None:
        """``explain(action, reason)`` tells a person why an action that was asked for is off; empty texts
        once another one was done.
        """
        self._explain = explain
        self._handlers: dict[str, Handler] = {}
        self._open: dict[str, Handler] = {}
        self._local: dict[str, Handler] = {}
        self._ask_page: Callable[[str], str] = _no_reason
        self._locked = True
        self.all: dict[str, QtGui.QAction] = {}
        for spec in ACTIONS:
            action = QtGui.QAction(spec.words, window)
            action.setObjectName(f"action.{spec.id}")
            if spec.keys:
                named = [QtGui.QKeySequence(keys) for keys in (spec.keys, spec.also) if keys]
                action.setShortcuts(named)
                action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _checked=False, name=spec.id: self.trigger(name))
            self.all[spec.id] = action
        # On the window itself too: a hidden menu bar must not take the keys away.
        window.addActions(list(self.all.values()))
        self._build(window.menuBar())

    def _build(self, bar: QtWidgets.QMenuBar) -> None:
        menus: dict[str, ActionMenu] = {}
        for name, words in strings.MENUS.items():
            menus[name] = ActionMenu(words, bar, self._reason_of)
            bar.addMenu(menus[name])
        for spec in ACTIONS:
            if spec.line:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(self.all[spec.id])

    def handle(self, handlers: Mapping[str, Handler]) -> None:
        """What the window itself does, always. LookupError for a name that is no action."""
        self._check(handlers)
        self._handlers.update(handlers)

    def handle_open(self, handlers: Mapping[str, Handler]) -> None:
        """What it does besides, on every page of an open workspace."""
        self._check(handlers)
        self._open.update(handlers)

    def handle_here(
        self, handlers: Mapping[str, Handler], why_off: Callable[[str], str] | None = None
    ) -> None:
        """What the page in view does, instead of what the page before did. ``why_off(action)`` is asked each
        time why one of these is off now, "" where it is on.
        """
        self._check(handlers)
        self._local, self._locked = dict(handlers), False
        self._ask_page = why_off or _no_reason
        self._explain("", "")

    def lock(self) -> None:
        """No page is in view, and nothing is open."""
        self.handle_here({})
        self._locked = True

    def _check(self, handlers: Mapping[str, Handler]) -> None:
        unknown = sorted(set(handlers) - set(BY_ID))
        if unknown:
            raise LookupError(f"no action is called {unknown[0]}")

    def why_off(self, name: str) -> str:
        """Why an action does nothing now, as its button says it; "" while it acts."""
        handler = self._handler(name)
        if handler is None:
            return strings.UNLOCK_FIRST if self._locked else _elsewhere(name)
        if isinstance(handler, ActionButton) and handler.reason:
            return handler.reason
        return self._ask_page(name) if name in self._local else ""

    def trigger(self, name: str) -> None:
        """Do it, or say why it cannot be done now."""
        reason = self.why_off(name)
        self._explain(BY_ID[name].words.rstrip("…") if reason else "", reason)
        if reason:
            return
        handler = self._handler(name)
        if isinstance(handler, ActionButton):
            handler.click()
        elif handler is not None:
            handler()

    def _handler(self, name: str) -> Handler | None:
        beside = {} if self._locked else self._open
        return self._local.get(name) or beside.get(name) or self._handlers.get(name)

    def _reason_of(self, action: QtGui.QAction) -> str:
        name = action.objectName().removeprefix("action.")
        return self.why_off(name) if name in self.all else ""


class ActionMenu(QtWidgets.QMenu):
    """A menu whose entries may be off and yet can be reached: they look off, and the one under the pointer or
    the keyboard says why."""

    def __init__(
        self, title: str, parent: QtWidgets.QWidget, reason_of: Callable[[QtGui.QAction], str]
    ) -> None:
        super().__init__(title, parent)
        self._reason_of = reason_of
        self.hovered.connect(self._tell)

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QtWidgets.QStyleOptionMenuItem, action: QtGui.QAction
    ) -> None:
        """As the style draws an entry that is off."""
        super().initStyleOption(option, action)
        if self._reason_of(action):
            option.state &= ~QtWidgets.QStyle.StateFlag.State_Enabled
            option.palette.setCurrentColorGroup(QtGui.QPalette.ColorGroup.Disabled)

    def _tell(self, action: QtGui.QAction) -> None:
        reason = self._reason_of(action)
        action.setToolTip(reason)
        if not reason:
            QtWidgets.QToolTip.hideText()
            return
        place = self.mapToGlobal(self.actionGeometry(action).bottomLeft())
        QtWidgets.QToolTip.showText(place, reason, self, QtCore.QRect(), STAYS_MS)
        QtGui.QAccessible.updateAccessibility(QtGui.QAccessibleAnnouncementEvent(self, reason))


def _no_reason(_name: str) -> str:
    return ""


def _elsewhere(name: str) -> str:
    page = PLACES.get(name)
    if page is None:
        return strings.NOT_ON_THIS_PAGE
    keys = QtGui.QKeySequence(BY_ID[f"go-{page}"].keys)
    native = QtGui.QKeySequence.SequenceFormat.NativeText
    return strings.not_here(strings.PAGES[page], keys.toString(native))
