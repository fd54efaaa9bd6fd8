"""One form for each kind of proposal: texts in, texts out. What they mean is read in the worker's thread."""

from __future__ import annotations

from collections.abc import Mapping

from signer_app.core.caip import asset_network
from signer_app.ui.pages.compose.asking import Options
from signer_app.ui.pages.compose.fields import AmountField, Field, RecipientField, choice, digits, line
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import column, fill, label, row
from signer_app.ui.words import compose as say
from signer_app.ui.words import shared


class Form(QtWidgets.QWidget):
    """Base: fields by name, each a text."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.box = column(self, spacing=theme().scaled(12))
        self.fields: dict[str, Field] = {}

    def add(self, key: str, name: str, control: QtWidgets.QWidget, hint: str = "") -> None:
        """A field of its own line."""
        self.fields[key] = Field(name, control, hint)
        self.box.addWidget(self.fields[key])
        _watch(control, self._changed)

    def _changed(self, *_value: object) -> None:
        """Whatever the control's signal carries."""
        self.changed.emit()

    def pair(self, *parts: tuple[str, str, QtWidgets.QWidget]) -> None:
        """Fields side by side."""
        line_ = row(spacing=theme().scaled(12))
        for key, name, control in parts:
            self.fields[key] = Field(name, control)
            line_.addWidget(self.fields[key], 1, Qt.AlignmentFlag.AlignTop)
            _watch(control, self._changed)
        self.box.addLayout(line_)

    def values(self) -> dict[str, str]:
        """The fields as texts."""
        return {key: _text(field.control) for key, field in self.fields.items()}

    def restore(self, values: Mapping[str, str]) -> None:
        """Texts of a draft; fields that it does not have stay."""
        for key, field in self.fields.items():
            if key in values:
                _set_text(field.control, values[key])

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say at each field what is wrong with it; an empty field is told when a person has been there."""
        for key, field in self.fields.items():
            own = field.control.problem() if isinstance(field.control, AmountField) else ""
            empty = not _text(field.control)
            field.show_problem(own or ("" if empty else problems.get(key, "")))

    def offer(self, options: Options, network: str) -> None:
        """Other choices: the account's network changed, or the policy."""


class PaymentForm(Form):
    """Pay an amount of one asset."""

    def __init__(self) -> None:
        super().__init__()
        self.to = RecipientField()
        self.amount = AmountField("new.amount")
        self.asset = choice("new.asset")
        self.tag = digits("new.tag")
        self.add("to", say.TO, self.to)
        self.pair(("amount", say.AMOUNT, self.amount), ("asset", say.ASSET, self.asset))
        self.add("tag", say.TAG, self.tag, say.TAG_HINT)
        self._brought = ""
        self.to.changed.connect(self._receiver)

    def offer(self, options: Options, network: str) -> None:
        """Receivers and assets of the network."""
        self.to.offer(options, network)
        fill(self.asset, [(name, asset) for asset, name in options.assets if asset_network(asset) == network])

    def _receiver(self) -> None:
        """An entry with a fixed tag brings it along, and takes it away: it is no other receiver's."""
        entry = self.to.entry
        brought = entry.tag or "" if entry is not None and entry.tag not in ("*", "!") else ""
        if brought or self.tag.text() == self._brought:
            self.tag.setText(brought)
        self._brought = brought


class TrustForm(Form):
    """Accept an issued asset up to a limit."""

    def __init__(self) -> None:
        super().__init__()
        self.asset = choice("new.trust.asset")
        self.asset.setEditable(True)
        edit = self.asset.lineEdit()
        if edit is not None:
            edit.setAccessibleName(say.ISSUED_ASSET)
            edit.setPlaceholderText(say.ISSUED_EXAMPLE)
        self.limit = AmountField("new.limit")
        self.no_ripple = QtWidgets.QCheckBox(say.NO_RIPPLE)
        self.no_ripple.setObjectName("new.no_ripple")
        self.add("asset", say.ISSUED_ASSET, self.asset, say.ISSUED_HINT)
        self.add("limit", say.LIMIT, self.limit)
        self.add("no_ripple", say.FLAGS, self.no_ripple)

    def offer(self, options: Options, network: str) -> None:
        """Issued assets of the network, by their ids: an issuer is part of what is trusted."""
        text = self.asset.currentText()
        issued = [a for a, _ in options.assets if asset_network(a) == network and "/iou:" in a]
        fill(self.asset, [(asset, asset) for asset in issued])
        self.asset.setEditText(text or (issued[0] if issued else ""))


class SignersForm(Form):
    """Replace the list of who may sign."""

    def __init__(self) -> None:
        super().__init__()
        self.box.addWidget(label(say.SIGNERS_WARN, "body", "warn", wrap=True))
        self.quorum = digits("new.quorum", 5)
        self.entries = QtWidgets.QPlainTextEdit()
        self.entries.setObjectName("new.entries")
        self.entries.setTabChangesFocus(True)
        self.entries.setFont(theme().font("mono"))
        self.entries.setMinimumHeight(theme().scaled(120))
        self.add("entries", shared.SIGNERS, self.entries, say.SIGNERS_HINT)
        self.add("quorum", say.QUORUM, self.quorum)
        self._offered = ""

    def offer(self, options: Options, network: str) -> None:
        """The policy's keys with weight 1, where nothing was typed."""
        keys = [key for key in options.keys if key.signer.startswith(f"{network}:")]
        text = "\n".join(f"{key.signer.rpartition(':')[2]} = 1" for key in keys)
        if self.entries.toPlainText().strip() in ("", self._offered):
            self._offered = text
            self.entries.setPlainText(text)


class TicketsForm(Form):
    """Set tickets aside."""

    def __init__(self) -> None:
        super().__init__()
        self.count = digits("new.count", 3)
        self.count.setText("10")
        self.add("count", say.TICKET_COUNT, self.count, say.TICKET_HINT)


class SettingsForm(Form):
    """Change one setting, clear another, set the domain."""

    def __init__(self) -> None:
        super().__init__()
        self.set = choice("new.set")
        self.clear = choice("new.clear")
        self.domain = line("new.domain", "example.com", longest=256)
        self.no_domain = QtWidgets.QCheckBox(say.NO_DOMAIN)
        self.no_domain.setObjectName("new.no_domain")
        self.add("set", say.SET_FLAG, self.set)
        self.add("clear", say.CLEAR_FLAG, self.clear)
        self.add("domain", say.DOMAIN, self.domain)
        self.add("no_domain", say.DOMAIN_REMOVE, self.no_domain)

    def offer(self, options: Options, network: str) -> None:  # noqa: ARG002 - the same on each network
        """Settings of an account, in words and by their names."""
        items = [(say.NO_CHANGE, ""), *((shared.flag_words(name), name) for name in options.flags)]
        fill(self.set, items)
        fill(self.clear, items)


FORMS: Mapping[str, type[Form]] = {
    "payment": PaymentForm,
    "trust": TrustForm,
    "signers": SignersForm,
    "tickets": TicketsForm,
    "settings": SettingsForm,
}


def _watch(control: QtWidgets.QWidget, changed: object) -> None:
    if isinstance(control, QtWidgets.QLineEdit | QtWidgets.QPlainTextEdit):
        control.textChanged.connect(changed)
    elif isinstance(control, QtWidgets.QComboBox):
        signal = control.editTextChanged if control.isEditable() else control.currentIndexChanged
        signal.connect(changed)
    elif isinstance(control, QtWidgets.QCheckBox):
        control.toggled.connect(changed)
    elif isinstance(control, RecipientField):
        control.changed.connect(changed)


def _text(control: QtWidgets.QWidget) -> str:
    if isinstance(control, QtWidgets.QLineEdit):
        return control.text().strip()
    if isinstance(control, QtWidgets.QPlainTextEdit):
        return control.toPlainText().strip()
    if isinstance(control, QtWidgets.QCheckBox):
        return "yes" if control.isChecked() else "no"
    if isinstance(control, RecipientField):
        return control.account()
    if isinstance(control, QtWidgets.QComboBox):
        return control.currentText().strip() if control.isEditable() else str(control.currentData() or "")
    return ""


def _set_text(control: QtWidgets.QWidget, text: str) -> None:
    if isinstance(control, QtWidgets.QLineEdit):
        control.setText(text)
    elif isinstance(control, QtWidgets.QPlainTextEdit):
        control.setPlainText(text)
    elif isinstance(control, QtWidgets.QCheckBox):
        control.setChecked(text == "yes")
    elif isinstance(control, RecipientField):
        control.set_text(text)
    elif isinstance(control, QtWidgets.QComboBox):
        if control.isEditable():
            control.setEditText(text)
        else:
            control.setCurrentIndex(max(0, control.findData(text)))
