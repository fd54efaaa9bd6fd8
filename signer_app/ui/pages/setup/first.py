"""Your keys, nodes, accounts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from signer_app.core.json_types import JsonObject
from signer_app.ui.first_run.form import beside, labelled, line_edit
from signer_app.ui.pages.setup.step import Host, StepView, file_bytes, objects, text
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Cell,
    Column,
    FactTable,
    GroupedText,
    Icon,
    clear,
    column,
    label,
    row,
)
from signer_app.ui.words import first_run as words


class KeysStep(StepView):
    """The device key; keys to sign with; the enrolment."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.device_key = label("", "mono", wrap=True, selectable=True, name="setup.device-key")
        self.box.addWidget(label(words.DEVICE_KEY, "small", "text2"))
        self.box.addWidget(self.device_key)
        self.make = self.button(words.MAKE_KEY, self._make, icon="key", name="setup.make-key")
        self.enrol = self.button(words.ENROL, self._enrol, kind="primary", name="setup.enrol")
        self.ledger = line_edit("setup.ledger-name", 64)
        self.ledger.setText("ledger-1")
        self.with_ledger = self.button(
            words.ENROL_LEDGER, self._enrol_ledger, icon="devices", name="setup.enrol-ledger"
        )
        self.line(self.make, self.enrol)
        self.box.addLayout(beside(labelled(words.LEDGER_NAME, self.ledger)))
        self.line(self.with_ledger)
        self.keys = FactTable(
            [Column(words.KEY, 170), Column(words.DEVICE, 170), Column(words.ADDRESS)], fit=True,
            name="setup.keys",
        )  # fmt: skip
        self.none = label(words.NO_KEYS, "body", "text3")
        self.box.addWidget(self.none)
        self.box.addWidget(self.keys)
        self.box.addWidget(label(words.FINGERPRINT, "small", "text2"))
        self.fingerprint = label("", "mono", wrap=True, selectable=True, name="setup.fingerprint")
        self.box.addWidget(self.fingerprint)
        self.save = self.button(words.SAVE_ENROLMENT, self._save, icon="download", name="setup.save-enrol")
        self.line(self.save)

    def show_read(self, read: JsonObject) -> None:
        self.device_key.setText(text(read["device_key"]))
        locked = "" if read["keys_open"] is True else words.LOCKED_KEYS
        for button in (self.make, self.enrol, self.with_ledger):
            button.block(locked)
        mine = [person for person in objects(read["people"]) if person["person"] == read["person"]]
        keys = [key for person in mine for key in objects(person["keys"])]
        self.keys.show_lines(
            [
                (Cell(text(key["id"])), Cell(text(key["device"])), Cell(text(key["signer"]), "mono"))
                for key in keys
            ]
        )
        self.keys.setVisible(bool(keys))
        self.none.setVisible(not keys)
        self.fingerprint.setText(text(mine[0]["fingerprint"]) if mine else "–")
        self.save.block("" if mine else words.ENROL_FIRST)

    def _make(self) -> None:
        self.host.act(lambda setup: setup.make_key(), words.MAKING_KEY)

    def _enrol(self) -> None:
        self.host.act(lambda setup: setup.enrol(), words.ENROLLING)

    def _enrol_ledger(self) -> None:
        name = self.ledger.text().strip()
        self.host.act(lambda setup: setup.enrol(device_name=name), words.ENROLLING)

    def _save(self) -> None:
        self.host.save_file(words.SAVE_ENROLMENT, "me.enrol.json", lambda setup: setup.own_enrolment())


class NodesStep(StepView):
    """Who is believed about the ledger."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.name, self.operator = line_edit("setup.node-id", 64), line_edit("setup.node-operator", 64)
        self.url = line_edit("setup.node-url", 500)
        self.box.addLayout(
            beside(labelled(words.NODE_ID, self.name), labelled(words.OPERATOR, self.operator))
        )
        self.box.addWidget(labelled(words.URL, self.url))
        self.add = self.button(words.ADD_NODE, self._add, icon="plus", name="setup.add-node")
        self.ask = self.button(words.ASK_NODES, self._ask, kind="primary", icon="nodes", name="setup.ask")
        self.line(self.add, self.ask)
        self.none = label(words.NO_NODES, "body", "text3")
        self.box.addWidget(self.none)
        holder = QtWidgets.QWidget()
        self._nodes = column(holder, spacing=theme().scaled(10))
        self.box.addWidget(holder)

    def show_read(self, read: JsonObject) -> None:
        answered = read["nodes_answered"]
        answers = objects(answered.get("nodes")) if isinstance(answered, dict) else []
        said = {str(node["id"]): node for node in answers}
        nodes = objects(read["nodes"])
        clear(self._nodes)
        for node in nodes:
            self._nodes.addWidget(self._card(node, said.get(str(node["id"]))))
        self.none.setVisible(not nodes)
        self.ask.block("" if nodes else words.NO_NODES)

    def _card(self, node: JsonObject, answer: JsonObject | None) -> QtWidgets.QWidget:
        """Name and operator, whole address, what it answered, and the way to take it off the list."""
        name = text(node["id"])
        card = QtWidgets.QWidget()
        box = column(card, spacing=theme().scaled(2))
        head = row(spacing=theme().scaled(8))
        head.addWidget(label(name, "section"))
        head.addWidget(label(text(node["operator"]), "body", "text2"), 1)
        remove = ActionButton(words.REMOVE, kind="link", name=f"setup.remove-node.{name}")
        remove.setAccessibleName(f"{words.REMOVE} {name}")
        remove.triggered.connect(partial(self._remove, str(node["id"])))
        head.addWidget(remove)
        box.addLayout(head)
        box.addWidget(label(text(node["url"]), "mono", wrap=True, selectable=True))
        if answer is not None:
            good = answer["answer"] == "ok"
            line = row(spacing=theme().scaled(6))
            line.addWidget(Icon("pass" if good else "fail", "ok" if good else "danger"))
            said = label(text(words.node_answer(answer)), "body", "ok" if good else "danger", wrap=True)
            line.addWidget(said, 1)
            box.addLayout(line)
        return card

    def _remove(self, node: str) -> None:
        self.host.act(lambda setup: setup.remove_node(node), words.REMOVE)

    def _add(self) -> None:
        values = {"node_id": self.name.text().strip(), "operator": self.operator.text().strip(),
                  "url": self.url.text().strip()}  # fmt: skip
        self.host.act(lambda setup: setup.add_node(**values), words.ADD_NODE, done=self._added)

    def _added(self) -> None:
        """The fields are free for the next one; the operator's name is never guessed."""
        for field in (self.name, self.operator, self.url):
            field.clear()
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self) -> None:
        self.host.act(lambda setup: setup.test_nodes(), words.ASKING)


class AccountsStep(StepView):
    """Which accounts, as the ledger knows them."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.address, self.label = line_edit("setup.account", 200), line_edit("setup.account-label", 200)
        self.box.addLayout(beside(labelled(words.ADDRESS, self.address), labelled(words.LABEL, self.label)))
        self.read = self.button(words.READ_ACCOUNT, self._read, kind="primary", name="setup.read-account")
        self.line(self.read)
        self.none = label(words.NO_ACCOUNTS, "body", "text3")
        self.box.addWidget(self.none)
        self.list = AccountList(self._remove)
        self.box.addWidget(self.list)
        self.box.addWidget(label(words.OR_FILE, "body", "text2", wrap=True))
        self.line(self.button(words.OPEN_POLICY, self._policy, icon="file", name="setup.policy-file"))

    def show_read(self, read: JsonObject) -> None:
        accounts = objects(read["accounts"])
        self.none.setVisible(not accounts)
        self.list.show_accounts(accounts)

    def _read(self) -> None:
        address, name = self.address.text(), self.label.text().strip() or words.ADDRESS
        self.host.act(lambda setup: setup.add_account(address, name), words.READING_ACCOUNT, done=self._added)

    def _added(self) -> None:
        self.address.clear()
        self.label.clear()

    def _remove(self, account: str) -> None:
        self.host.act(lambda setup: setup.remove_account(account), words.REMOVE)

    def _policy(self) -> None:
        self.host.open_file(
            words.OPEN_POLICY,
            lambda path: self.host.act(
                lambda setup: setup.take_policy_and_go(file_bytes(path)), words.OPEN_POLICY
            ),
        )


class AccountList(QtWidgets.QWidget):
    """Accounts below each other: name, whole address, what the ledger says, signers."""

    def __init__(self, remove: Callable[[str], None]) -> None:
        super().__init__()
        self._remove = remove
        self._box = column(self, spacing=theme().scaled(6))

    def show_accounts(self, accounts: list[JsonObject]) -> None:
        """Draw them anew."""
        clear(self._box)
        for account in accounts:
            self._box.addWidget(label(text(account["label"]), "section"))
            self._box.addWidget(GroupedText(text(account["account"]).rpartition(":")[2]))
            signers = objects(account["signers"])
            quorum, operators = account["quorum"], account["operators"]
            said = words.account_read(
                quorum if isinstance(quorum, int) else 0, len(signers), text(account["ledger"]),
                operators if isinstance(operators, int) else 0,
            )  # fmt: skip
            self._box.addWidget(label(said, "small", "text2"))
            for signer in signers:
                line = f"{text(signer['account']).rpartition(':')[2]}   {signer['weight']}"
                self._box.addWidget(label(line, "mono", selectable=True))
            remove = ActionButton(words.REMOVE, kind="link")
            remove.triggered.connect(partial(self._remove, str(account["account"])))
            self._box.addWidget(remove, 0, Qt.AlignmentFlag.AlignLeft)
