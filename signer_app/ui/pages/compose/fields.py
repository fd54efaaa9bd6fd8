"""Fields of the form: a name above, what is wrong below; exact amounts; receivers from the address book."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from signer_app.core.amounts import parse_decimal
from signer_app.core.errors import MalformedError
from signer_app.ui.pages.compose.asking import BookName, Options
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import AddressBlock, Chooser, StateBanner, column, label, repolish
from signer_app.ui.words import compose as say
from signer_app.ui.words import shared

_DIGITS = re.compile(r"[0-9]*(\.[0-9]*)?\Z")
#: People write these between groups of digits; they are shown as wrong, never guessed away.
_SEPARATORS = frozenset(", '\u00a0\u202f\u2019_")
_ADDRESS = re.compile(r"r[1-9A-HJ-NP-Za-km-z]{24,34}\Z")
LONGEST_AMOUNT = 120


class Field(QtWidgets.QWidget):
    """A control with its name above and its problem below."""

    def __init__(self, name: str, control: QtWidgets.QWidget, hint: str = "") -> None:
        super().__init__()
        t = theme()
        box = column(self, spacing=t.scaled(4))
        self.name = label(name, "small", "text2")
        self.name.setBuddy(control)
        self.control = control
        if not control.accessibleName():
            control.setAccessibleName(name)
        box.addWidget(self.name)
        box.addWidget(control)
        self._hint = hint
        self.words = label(hint, "small", "text3", wrap=True)
        self.words.setVisible(bool(hint))
        box.addWidget(self.words)

    def show_problem(self, problem: str) -> None:
        """Say what is wrong, or the hint again."""
        self.words.setText(problem or self._hint)
        self.words.setVisible(bool(problem or self._hint))
        self.words.setProperty("tone", "danger" if problem else "text3")
        repolish(self.words)
        self.control.setProperty("problem", "true" if problem else "false")
        self.control.setAccessibleDescription(problem or self._hint)
        repolish(self.control)


class DecimalValidator(QtGui.QValidator):
    """Plain decimals, exactly as core/amounts reads them, but none below zero. Separators may stand there
    while it is typed, so that a pasted amount is seen and corrected, but such a text is never acceptable."""

    def validate(self, text: str, position: int) -> object:
        """Acceptable, on its way, or no amount at all."""
        states = QtGui.QValidator.State
        if len(text) > LONGEST_AMOUNT or text.startswith("-"):
            return states.Invalid, text, position
        try:
            parse_decimal(text)
        except MalformedError:
            plain = "".join(letter for letter in text if letter not in _SEPARATORS)
            on_its_way = _DIGITS.match(plain.replace(".", "", max(0, plain.count(".") - 1))) is not None
            return (states.Intermediate if on_its_way and plain.isascii() else states.Invalid), text, position
        return states.Acceptable, text, position


class AmountField(QtWidgets.QLineEdit):
    """An exact amount as text; nothing here ever makes a float of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setValidator(DecimalValidator(self))
        self.setMaxLength(LONGEST_AMOUNT)
        self.setFont(theme().font("label"))

    def problem(self) -> str:
        """Why the text is no amount yet; "" for one that is, and for nothing."""
        text = self.text()
        if not text or self.hasAcceptableInput():
            return ""
        return say.AMOUNT_SEPARATORS if any(c in _SEPARATORS for c in text) else say.AMOUNT_PLAIN


class RecipientField(QtWidgets.QWidget):
    """A picker over the address book in which another address can be typed too. What was chosen is shown
    whole below, marked as on the list or not, with what the policy will say of it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        box = column(self, spacing=theme().scaled(6))
        self.input = Chooser()
        self.input.setObjectName("new.to")
        self.input.setEditable(True)
        self.input.setInsertPolicy(QtWidgets.QComboBox.InsertPolicy.NoInsert)
        self.input.setAccessibleName(say.TO)
        edit = self.input.lineEdit()
        if edit is not None:
            edit.setPlaceholderText(say.TO_HINT)
            edit.setMaxLength(200)
            edit.setAccessibleName(say.TO)
        self.input.setSizeAdjustPolicy(
            QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.input.setMinimumContentsLength(24)
        completer = QtWidgets.QCompleter(self.input.model(), self.input)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.input.setCompleter(completer)
        box.addWidget(self.input)
        self.block = AddressBlock()
        self.block.setObjectName("new.to.block")
        box.addWidget(self.block)
        self.warning = StateBanner("warn")
        self.warning.setObjectName("new.to.warning")
        box.addWidget(self.warning)
        self._options, self._network = Options(), ""
        self.entry: BookName | None = None
        self.input.editTextChanged.connect(self._edited)
        self._show()

    def setAccessibleDescription(self, words: str) -> None:  # noqa: N802 - Qt's name
        """On the control that has the focus."""
        self.input.setAccessibleDescription(words)

    def offer(self, options: Options, network: str) -> None:
        """Entries of one network."""
        self._options, self._network = options, network
        text = self.text()
        self.input.blockSignals(True)
        self.input.clear()
        for entry in self._book():
            self.input.addItem(entry_words(entry), entry.id)
        self.input.setEditText(text)
        self.input.blockSignals(False)
        self._show()

    def _book(self) -> Sequence[BookName]:
        return [entry for entry in self._options.book if entry.account.startswith(f"{self._network}:")]

    def text(self) -> str:
        """What stands in the field."""
        return self.input.currentText().strip()

    def set_text(self, text: str) -> None:
        """Put an address, CAIP-10 id or entry's id there."""
        for entry in self._book():
            if text in (entry.id, entry.account):
                text = entry_words(entry)
        self.input.setEditText(text)

    def account(self) -> str:
        """The address for an order: that of the entry, else what was typed."""
        return self.entry.account if self.entry is not None else self.text()

    def _edited(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        text = self.text()
        self.entry = next(
            (e for e in self._book() if text in (entry_words(e), e.id, e.account, _address(e.account))), None
        )
        typed = text.removeprefix(f"{self._network}:")
        entry = self.entry
        known = entry is not None or bool(_ADDRESS.match(typed))
        self.block.setVisible(known)
        fact, consequence = "", ""
        if entry is not None:
            tag = shared.tag_of(entry.tag)
            self.block.show_address(_address(entry.account), entry.id, mark="on-list", tag=tag or None)
            if entry.status != "active":
                fact = say.entry_state(entry.status, entry.until)
                consequence = say.refuses(self._options.rule)
        elif known:
            self.block.show_address(typed, "", mark="not-on-list")
            fact, consequence = say.NOT_IN_BOOK, say.refuses(self._options.rule)
            twin = self._twin(typed)
            if twin:
                fact = say.looks_like(twin)
        self.warning.setVisible(bool(fact))
        if fact:
            self.warning.show_state("danger" if entry is None else "warn", fact, consequence)

    def _twin(self, address: str) -> str:
        """A known address that begins and ends like this one and is another."""
        for account, name in self._options.names.items():
            other = _address(account)
            same = (other[:4], other[-4:]) == (address[:4], address[-4:])
            if same and other != address:
                return f"{name} {other}"
        return ""


def entry_words(entry: BookName) -> str:
    """An entry in the list of the picker: name, then the whole address."""
    return f"{entry.id}  {_address(entry.account)}"


def _address(account: str) -> str:
    return account.rpartition(":")[2]


def line(name: str, hint: str = "", *, mono: bool = False, longest: int = 200) -> QtWidgets.QLineEdit:
    """A line of text."""
    made = QtWidgets.QLineEdit()
    made.setObjectName(name)
    made.setPlaceholderText(hint)
    made.setMaxLength(longest)
    made.setProperty("mono", "true" if mono else "false")
    return made


def digits(name: str, longest: int = 10) -> QtWidgets.QLineEdit:
    """A line for a whole number."""
    made = line(name, longest=longest)
    expression = QtCore.QRegularExpression(f"[0-9]{{0,{longest}}}")
    made.setValidator(QtGui.QRegularExpressionValidator(expression, made))
    return made


def choice(name: str, items: Sequence[tuple[str, str]] = ()) -> QtWidgets.QComboBox:
    """A list to choose from: (words, data), never so wide as to push the rest out of view."""
    made = Chooser()
    made.setObjectName(name)
    policy = QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
    made.setSizeAdjustPolicy(policy)
    made.setMinimumContentsLength(8)
    for words, data in items:
        made.addItem(words, data)
    return made


def local_time(text: str) -> str:
    """A time of a document in the zone of this computer."""
    return shared.moment(text, datetime.now().astimezone()) if text else ""
