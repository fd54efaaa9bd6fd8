"""Every action of the window: its words, its place in a menu and its key. Pages say what an action does.

No key signs, sends or resumes; Enter never does either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.words import strings
from signer_app.ui.words.actions import ACTIONS as WORDS


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


class Actions:
    """The QActions of a window. What nobody handles now is off, and its tooltip says so."""

    def __init__(self, window: QtWidgets.QMainWindow) -> None:
        self._handlers: dict[str, Callable[[], None]] = {}
        self._local: dict[str, Callable[[], None]] = {}
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
        self._update()

    def _build(self, bar: QtWidgets.QMenuBar) -> None:
        menus = {name: bar.addMenu(words) for name, words in strings.MENUS.items()}
        for menu in menus.values():
            menu.setToolTipsVisible(True)
        for spec in ACTIONS:
            if spec.line:
                menus[spec.menu].addSeparator()
            menus[spec.menu].addAction(self.all[spec.id])

    def handle(self, handlers: Mapping[str, Callable[[], None]]) -> None:
        """What the window itself does, always. LookupError for a name that is no action."""
        self._check(handlers)
        self._handlers.update(handlers)
        self._update()

    def handle_here(self, handlers: Mapping[str, Callable[[], None]]) -> None:
        """What the page in view does, instead of what the page before did."""
        self._check(handlers)
        self._local = dict(handlers)
        self._update()

    def _check(self, handlers: Mapping[str, Callable[[], None]]) -> None:
        unknown = sorted(set(handlers) - set(BY_ID))
        if unknown:
            raise LookupError(f"no action is called {unknown[0]}")

    def trigger(self, name: str) -> None:
        """Do it, if somebody handles it now."""
        handler = self._local.get(name) or self._handlers.get(name)
        if handler is not None:
            handler()

    def _update(self) -> None:
        for name, action in self.all.items():
            known = name in self._local or name in self._handlers
            action.setEnabled(known)
            action.setToolTip("" if known else strings.NOT_ON_THIS_PAGE)
