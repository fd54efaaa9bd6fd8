"""Every action of the window: its words, its place in a menu and its key. Pages say what an action does.

No key signs, sends or resumes; Enter never does either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from signer_app.ui import strings
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.words.help import HELP_HERE


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """``keys`` is the shortcut in Qt's portable text; "" has none. A line stands above where ``line``;
    ``also`` is a second shortcut."""

    id: str
    menu: str
    words: str
    keys: str = ""
    line: bool = False
    also: str = ""


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open", "file", "Open…", "Ctrl+O"),
    ActionSpec("paste", "file", "Paste a proposal", "Ctrl+V"),
    ActionSpec("find", "file", "Find…", "Ctrl+K", line=True),
    ActionSpec("lock", "file", "Lock", "Ctrl+L", line=True),
    ActionSpec("halt", "file", "Halt all…", "Ctrl+Shift+H"),
    ActionSpec("quit", "file", "Close", "Ctrl+Q", line=True),
    ActionSpec("new", "proposal", "New proposal", "Ctrl+N"),
    ActionSpec("review", "proposal", "Review and sign", "Ctrl+Return", line=True),
    ActionSpec("reject", "proposal", "Reject…", "Ctrl+R"),
    ActionSpec("export", "proposal", "Export bundle…", "Ctrl+E", line=True),
    ActionSpec("compare", "proposal", "Compare hashes, large", "Ctrl+D"),
    ActionSpec("account-add", "account", "Name an account…"),
    ActionSpec("account-refresh", "account", "Read the ledger again"),
    ActionSpec("device-test", "device", "Test signing in practice"),
    ActionSpec("verify", "journal", "Verify all"),
    ActionSpec("export-journal", "journal", "Export for auditor…"),
    ActionSpec("export-report", "account", "Export treasury report…", "Ctrl+Shift+E", line=True),
    ActionSpec("detach", "view", "Treasury in its own window", "Ctrl+Shift+T"),
    ActionSpec("refresh", "view", "Refresh this page", "F5"),
    ActionSpec("next-pane", "view", "Next pane", "F6"),
    ActionSpec("previous-pane", "view", "Previous pane", "Shift+F6"),
    ActionSpec("larger", "view", "Larger text", "Ctrl++", line=True),
    ActionSpec("smaller", "view", "Smaller text", "Ctrl+-"),
    ActionSpec("normal", "view", "Normal text", "Ctrl+0"),
    ActionSpec("menu-bar", "view", "Menu bar", "Ctrl+M", line=True),
    *(
        ActionSpec(f"go-{page}", "view", strings.PAGES[page], key, line=page == "inbox")
        for page, key in zip(
            strings.PAGES, (*(f"Ctrl+{number}" for number in range(1, 10)), "Ctrl+,"), strict=True
        )
    ),
    ActionSpec("help", "help", HELP_HERE, "F1", also="?"),
    ActionSpec("keys", "help", strings.HELP_KEYS, "Ctrl+F1"),
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
