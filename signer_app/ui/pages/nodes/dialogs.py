"""The dialogs of the nodes page: standing by a list, and adding a node."""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.core.config import NodeProfile, check_proxy, read_profile
from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.nodes.certificates import certificate_words, hold_chooser
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Cell,
    Chooser,
    Column,
    FactTable,
    StateBanner,
    WhyDisabled,
    label,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import faults, strings
from signer_app.ui.words import nodes as words


class ConfirmDialog(Dialog):
    """The whole list, and one question. Nothing is accepted that is not shown."""

    def __init__(
        self, parent: QtWidgets.QWidget, nodes: Sequence[JsonObject], network_class: str, proxy: str = ""
    ) -> None:
        super().__init__(parent, words.CONFIRM_TITLE, network_class)
        t = theme()
        self.setMinimumWidth(t.scaled(720))
        self.content.addWidget(label(words.CONFIRM_WHY, "body", wrap=True))
        columns = [
            Column(words.NAME, FITS), Column(words.OPERATOR, FITS), Column(words.NETWORK, FITS),
            Column(words.ADDRESS), Column(words.CERTIFICATE), Column(words.USE, FITS),
        ]  # fmt: skip
        self.table = FactTable(columns, fit=True, name="nodes.confirm-list")
        self.table.show_lines([node_cells(node) for node in nodes])
        self.content.addWidget(self.table)
        way = words.through(safe_text(proxy, 400)) if proxy else words.DIRECTLY
        self.content.addWidget(label(way, "body", wrap=True, selectable=True))
        self.content.addStretch(1)
        cancel = ActionButton(strings.CANCEL, name="nodes.confirm-cancel")
        self.confirm = ActionButton(words.CONFIRM, kind="danger", name="nodes.confirm")
        cancel.triggered.connect(self.reject)
        self.confirm.triggered.connect(self.accept)
        self.add_buttons(cancel, self.confirm)
        cancel.setFocus(Qt.FocusReason.OtherFocusReason)


def node_cells(node: JsonObject) -> tuple[Cell, ...]:
    """Name, operator, network, address, certificate and use of a configured node."""
    roles = node["roles"] if isinstance(node["roles"], list) else []
    return (
        Cell(safe_text(str(node["id"])), "label"),
        Cell(safe_text(str(node["operator"]))),
        Cell(safe_text(str(node["network"]))),
        Cell(safe_text(str(node["url"]), 2000), "mono"),
        Cell(certificate_words(node), "mono"),
        Cell(", ".join(words.ROLES.get(str(role), str(role)) for role in roles)),
    )


class ProxyDialog(Dialog):
    """The proxy on the way to the nodes, or none."""

    def __init__(self, parent: QtWidgets.QWidget, config_proxy: str, network_class: str) -> None:
        super().__init__(parent, words.WAY_TITLE, network_class)
        self.setObjectName("nodes.proxy-dialog")
        self.setMinimumWidth(theme().scaled(520))
        self.content.addWidget(label(words.WAY_WHY, "body", "text2", wrap=True))
        self.address = QtWidgets.QLineEdit(config_proxy)
        self.address.setAccessibleName(words.PROXY)
        self.address.setPlaceholderText(words.PROXY_HINT)
        self.address.setMaxLength(300)
        self.content.addWidget(label(words.PROXY, "small", "text2"))
        self.content.addWidget(self.address)
        self.content.addSpacing(theme().scaled(4))  # for the ring around the field
        self.message = StateBanner("danger")
        self.message.hide()
        self.content.addWidget(self.message)
        self.content.addStretch(1)
        cancel = ActionButton(strings.CANCEL, name="nodes.proxy-cancel")
        self.save = ActionButton(words.SAVE_WAY, kind="primary", name="nodes.proxy-save")
        cancel.triggered.connect(self.reject)
        self.save.triggered.connect(self._check)
        self.add_buttons(cancel, self.save)

    @property
    def proxy(self) -> str | None:
        """What was typed; None for none."""
        return self.address.text().strip() or None

    def _check(self) -> None:
        try:
            check_proxy(self.proxy)
        except CountersignError as error:
            self.message.show_state("danger", error.message, faults.hint(error))
            self.message.show()
            return
        self.accept()


class AddDialog(Dialog):
    """A new node; the profile is checked here, and again by the service."""

    def __init__(self, parent: QtWidgets.QWidget, networks: Sequence[str], network_class: str) -> None:
        super().__init__(parent, words.ADD_TITLE, network_class)
        t = theme()
        self.setMinimumWidth(t.scaled(520))
        self.profile: NodeProfile | None = None
        self.content.addWidget(label(words.ADD_WHY, "body", "text2", wrap=True))
        form = QtWidgets.QFormLayout()
        form.setVerticalSpacing(t.scaled(8))
        form.setHorizontalSpacing(t.scaled(16))
        form.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.name = self._field(form, words.NAME)
        self.operator = self._field(form, words.OPERATOR)
        self.network = Chooser()
        self.network.addItems(list(networks))
        self.use = Chooser()
        self.use.addItems(list(words.USES))
        self.address = self._field(form, words.ADDRESS, words.ADDRESS_HINT)
        self.hold = hold_chooser("key")
        boxes = ((words.NETWORK, self.network), (words.USE, self.use), (words.HOLD_TO, self.hold))
        for name, box in boxes:
            box.setAccessibleName(name)
            form.addRow(label(name, "body", "text2"), box)
        self.content.addLayout(form)
        self.message = StateBanner("danger")
        self.message.hide()
        self.content.addWidget(self.message)
        self.content.addStretch(1)
        cancel = ActionButton(strings.CANCEL, name="nodes.add-cancel")
        self.add = ActionButton(words.ADD_NOW, kind="primary", name="nodes.add-now")
        cancel.triggered.connect(self.reject)
        self.add.triggered.connect(self._check)
        self._why = WhyDisabled(self.add)
        line = row()
        line.addStretch(1)
        line.addWidget(cancel, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._why)
        self.content.addLayout(line)
        self._blocking()

    def _field(self, form: QtWidgets.QFormLayout, name: str, hint: str = "") -> QtWidgets.QLineEdit:
        field = QtWidgets.QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(hint)
        field.setMaxLength(1000)
        field.textChanged.connect(lambda _text: self._blocking())
        form.addRow(label(name, "body", "text2"), field)
        return field

    def _blocking(self) -> None:
        if hasattr(self, "_why"):
            needed = (self.name, self.operator, self.address)
            self._why.block("" if all(field.text().strip() for field in needed) else words.FILL)

    def _check(self) -> None:
        roles = words.USES[self.use.currentText()]
        try:
            self.profile = read_profile(
                {
                    "id": self.name.text().strip(),
                    "operator": self.operator.text().strip(),
                    "network": self.network.currentText(),
                    "url": self.address.text().strip(),
                    "roles": list(roles),
                    "hold": str(self.hold.currentData()),
                }
            )
        except CountersignError as error:
            self.message.show_state("danger", error.message, faults.hint(error))
            self.message.show()
            return
        self.accept()
