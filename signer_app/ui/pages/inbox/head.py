"""What stands above the list of the inbox: which view of it, which account, and in what order."""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.ui.pages.inbox.reading import Entry
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Chooser,
    Elided,
    Icon,
    TabButton,
    TabButtons,
    column,
    fill,
    plain,
    row,
    rule,
)
from signer_app.ui.words import inbox as say
from signer_app.ui.words import shared, strings

TABS = ("mine", "open", "done")


class ListHead(QtWidgets.QWidget):
    """Narrows the entries; ``changed`` when a person chose another view or account."""

    changed = Signal()
    #: A new proposal is wanted.
    new_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        box = column(self)
        line = row(spacing=t.scaled(2), margins=(t.scaled(10), t.scaled(10), t.scaled(10), t.scaled(4)))
        self.tabs: dict[str, TabButton] = {}
        group = TabButtons(self)
        for name in TABS:
            button = TabButton(strings.INBOX_TABS[name], f"inbox.tab.{name}")
            button.clicked.connect(self.changed)
            group.addButton(button)
            self.tabs[name] = button
            line.addWidget(button)
        self.tabs["open"].setChecked(True)
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(self._narrowing())
        box.addWidget(rule())

    def _narrowing(self) -> QtWidgets.QWidget:
        t = theme()
        pane = plain()
        line = row(pane, spacing=t.scaled(6), margins=(t.scaled(14), 0, t.scaled(10), t.scaled(6)))
        line.addWidget(Icon("filter", "neutral", "icon-button"), 0, Qt.AlignmentFlag.AlignVCenter)
        self.account = Chooser()
        self.account.setObjectName("inbox.account")
        self.account.setAccessibleName(say.ACCOUNT)
        self.account.setProperty("flat", "true")
        # As wide as its first choice: a longer name is cut there, and whole in the list that opens.
        self.account.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.account.setMinimumContentsLength(len(say.ALL_ACCOUNTS))
        self.account.addItem(say.ALL_ACCOUNTS, "")
        self.account.currentIndexChanged.connect(self.changed)
        line.addWidget(self.account)
        self.order = Elided("", "small", "text2")
        line.addWidget(self.order, 1)
        self.new = ActionButton("", kind="quiet", icon="plus", name="inbox.new")
        self.new.setProperty("square", "true")
        self.new.setAccessibleName(shared.NEW_PROPOSAL)
        self.new.setToolTip(f"{shared.NEW_PROPOSAL} (Ctrl+N)")
        self.new.triggered.connect(self.new_asked)
        line.addWidget(self.new)
        return pane

    @property
    def tab(self) -> str:
        """The view that is chosen, of TABS."""
        return next(name for name, button in self.tabs.items() if button.isChecked())

    def choose(self, tab: str) -> None:
        """Another view; says nothing to anybody."""
        self.tabs[tab].setChecked(True)

    @property
    def narrowed(self) -> bool:
        """Whether one account is chosen."""
        return self.account.currentIndex() > 0

    def widen(self) -> None:
        """All accounts again."""
        self.account.setCurrentIndex(0)

    def narrow(self, entries: Sequence[Entry], wanted: str) -> list[Entry]:
        """Those of the chosen view and account, in the order in which they are shown. ``wanted``: the
        beginning of an id that must be among them; where it is not, view and account give way.
        """
        self._offer(entries)
        chosen = [entry for entry in entries if entry.id.startswith(wanted)] if wanted else []
        if chosen and all(entry.account != self.account.currentData() for entry in chosen):
            self.account.blockSignals(True)
            self.account.setCurrentIndex(0)
            self.account.blockSignals(False)
        account = self.account.currentData()
        here = [entry for entry in entries if account in ("", entry.account)]
        kept = {
            "mine": [entry for entry in here if entry.mine],
            "open": [entry for entry in here if entry.open],
            # What has ended last is asked for most.
            "done": [entry for entry in reversed(here) if not entry.open],
        }
        if chosen and chosen[0] not in kept[self.tab]:
            self.choose("open" if chosen[0].open else "done")
        for name, button in self.tabs.items():
            button.setText(f"{strings.INBOX_TABS[name]}  {len(kept[name])}")
        self.order.setText(say.ORDER[self.tab])
        return kept[self.tab]

    def _offer(self, entries: Sequence[Entry]) -> None:
        """The accounts that have proposals."""
        names = {entry.account: entry.account_name for entry in entries}
        accounts = sorted(((name, account) for account, name in names.items()))
        items = [(say.ALL_ACCOUNTS, ""), *accounts]
        box = self.account
        if items != [(box.itemText(at), box.itemData(at)) for at in range(box.count())]:  # it may be open
            fill(box, items)
