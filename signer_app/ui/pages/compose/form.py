"""The left side of a new proposal: account, the form of each kind, how long it may wait, words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from signer_app.ui.pages.compose import batch
from signer_app.ui.pages.compose.asking import KINDS, Options, Wish
from signer_app.ui.pages.compose.fields import Field, choice, digits, line
from signer_app.ui.pages.compose.forms import FORMS, Form
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import Card, column, fill, plain, row
from signer_app.ui.words import compose as say

LIST = "payments"
#: Fields that are never empty, so that they do not make a draft.
_ALWAYS = frozenset({"kind", "account", "expires", "asset", "count", "entries", "no_ripple", "no_domain"})


class ComposeForm(QtWidgets.QScrollArea):
    """What a person types, as texts. ``changed`` is emitted for whatever becomes another."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.options = Options()
        self.kind = KINDS[0]
        self.setWidgetResizable(True)
        self.setAccessibleName(say.FORM_SAID)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = plain("none")
        box = column(holder, spacing=t.size("gap"), margins=(0, 0, t.scaled(4), 0))
        box.addWidget(self._fields())
        box.addWidget(self._terms())
        box.addStretch(1)
        self.setWidget(holder)
        self._wire()
        self.choose_kind(self.kind)

    # -- building ------------------------------------------------------------------------------------------

    def _fields(self) -> Card:
        card = Card(name="new.form")
        card.body.setSpacing(theme().scaled(12))
        self.account = choice("new.account")
        self.account.setMinimumContentsLength(36)
        card.body.addWidget(Field(say.ACCOUNT, self.account))
        self.forms: dict[str, Form] = {kind: made() for kind, made in FORMS.items()}
        self.batch = batch.BatchForm()
        for form in (*self.forms.values(), self.batch):
            card.body.addWidget(form)
        return card

    def _terms(self) -> Card:
        t = theme()
        card = Card(name="new.terms")
        card.body.setSpacing(t.scaled(12))
        self.expires = choice("new.expires", say.EXPIRIES)
        self.expires.setCurrentIndex(self.expires.findData("1d"))
        self.ticket = digits("new.ticket")
        self.ticket.setPlaceholderText(say.NEXT_TICKET)
        pair = row(spacing=t.scaled(12))
        self._expires_field = Field(say.EXPIRES_IN, self.expires)
        self._ticket_field = Field(say.TICKET, self.ticket)
        top = Qt.AlignmentFlag.AlignTop
        pair.addWidget(self._expires_field, 1, top)
        pair.addWidget(self._ticket_field, 1, top)
        card.body.addLayout(pair)
        self.title, self.note = line("new.message"), line("new.note", longest=1000)
        card.body.addWidget(Field(say.MESSAGE, self.title, say.MESSAGE_HINT))
        self._note_field = Field(say.NOTE, self.note)
        card.body.addWidget(self._note_field)
        return card

    def _wire(self) -> None:
        for form in self.forms.values():
            form.changed.connect(self.changed)
        self.batch.changed.connect(self.changed)
        self.account.currentIndexChanged.connect(self._account_chosen)
        self.expires.currentIndexChanged.connect(lambda _index: self.changed.emit())
        for _name, field in self._texts():
            field.textChanged.connect(lambda _text: self.changed.emit())

    def _texts(self) -> Iterator[tuple[str, QtWidgets.QLineEdit]]:
        yield from (("ticket", self.ticket), ("title", self.title), ("note", self.note))

    # -- what the page does --------------------------------------------------------------------------------

    def choose_kind(self, kind: str) -> None:
        """Another form."""
        self.kind = kind
        for name, form in self.forms.items():
            form.setVisible(name == kind)
        lists = kind == LIST
        self.batch.setVisible(lists)
        self._ticket_field.setVisible(not lists)
        self._note_field.setVisible(not lists)
        self.changed.emit()

    def offer(self, options: Options) -> None:
        """Accounts, and what they can pay and whom; what was chosen and typed stays."""
        self.options = options
        fill(self.account, [(_account_words(*item), item[0]) for item in options.accounts])
        self._offer()

    def wish(self) -> Wish:
        """The form as texts."""
        fields = {
            "expires": str(self.expires.currentData() or ""),
            **{name: field.text() for name, field in self._texts()},
            **(self.batch.values() if self.kind == LIST else self.forms[self.kind].values()),
        }
        return Wish(self.kind, str(self.account.currentData() or ""), fields)

    def values(self) -> dict[str, str]:
        """The same with kind and account, for a draft."""
        wish = self.wish()
        return {"kind": wish.kind, "account": wish.account, **wish.fields}

    def restore(self, values: Mapping[str, str]) -> None:
        """Texts of a draft of the kind that is chosen; the file of a list is restore_list's matter."""
        self.account.setCurrentIndex(max(0, self.account.findData(values.get("account", ""))))
        self.expires.setCurrentIndex(max(0, self.expires.findData(values.get("expires", ""))))
        for name, field in self._texts():
            field.setText(values.get(name, ""))
        if self.kind != LIST:
            self.forms[self.kind].restore(values)

    def restore_list(self, opened: batch.Opened, values: Mapping[str, str]) -> None:
        """The file of a draft, its columns and its asset."""
        columns = {name: int(values.get(f"column.{name}", batch.NONE)) for name in batch.FIELDS}
        self.batch.show_file(opened, {name: index for name, index in columns.items() if index >= 0})
        self.batch.asset.setCurrentIndex(max(0, self.batch.asset.findData(values.get("asset", ""))))

    def clear(self) -> None:
        """As if nothing had been typed; the account and the file of a list stay."""
        for _name, field in self._texts():
            field.clear()
        blank = {"to": "", "amount": "", "tag": "", "limit": "", "domain": "", "quorum": "", "entries": ""}
        for form in self.forms.values():
            form.restore(blank)
        self._offer()

    def show_problems(self, kind: str, problems: Mapping[str, str]) -> None:
        """Say at each field what is wrong with it."""
        self.forms[kind].show_problems(problems)
        self._ticket_field.show_problem(problems.get("ticket", ""))

    def _account_chosen(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        network = str(self.account.currentData() or "").rpartition(":")[0]
        for form in self.forms.values():
            form.offer(self.options, network)
        self.batch.offer(self.options, network)


def typed(values: Mapping[str, str]) -> bool:
    """Whether a draft has anything in it that a person would miss."""
    return any(
        value for name, value in values.items() if name not in _ALWAYS and not name.startswith("column.")
    )


def _account_words(account: str, name: str) -> str:
    address = account.rpartition(":")[2]
    return address if name == address else f"{name}  {address}"
