"""People, devices, policy, votes."""

from __future__ import annotations

from functools import partial

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.ui.first_run.form import beside, labelled, line_edit
from signer_app.ui.pages.setup.step import Host, StepView, file_bytes, objects, text
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, Cell, Chooser, Column, FactTable, clear, column, label
from signer_app.ui.words import first_run as words


class PeopleStep(StepView):
    """Enrolments, with the roles that each person has in the policy."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.line(self.button(words.OPEN_ENROLMENT, self._open, kind="primary", name="setup.open-enrol"))
        holder = QtWidgets.QWidget()
        self._people = column(holder, spacing=theme().scaled(10))
        self.box.addWidget(holder)
        self.roles: dict[str, QtWidgets.QLineEdit] = {}
        self._drawn: list[tuple[str, str]] = []

    def show_read(self, read: JsonObject) -> None:
        people = objects(read["people"])
        drawn = [(str(person["person"]), str(person["fingerprint"])) for person in people]
        if drawn == self._drawn:  # the same people: a field that somebody is typing into stays
            for person in people:
                show_text(self.roles[str(person["person"])], _roles(person))
            return
        self._drawn = drawn
        clear(self._people)
        self.roles.clear()
        for person in people:
            self._people.addWidget(self._card(person, own=person["person"] == read["person"]))

    def _card(self, person: JsonObject, *, own: bool) -> Card:
        name = str(person["person"])
        card = Card(text(name), "person")
        field = line_edit(f"setup.roles.{name}", 500)
        field.setText(_roles(person))
        field.editingFinished.connect(partial(self._set_roles, name))
        self.roles[name] = field
        card.body.addWidget(labelled(words.ROLES, field))
        for key in objects(person["keys"]):
            address = text(key["signer"]).rpartition(":")[2]
            card.body.addWidget(label(f"{address}   {text(key['device'])}", "mono", selectable=True))
        card.body.addWidget(label(words.FINGERPRINT, "small", "text2"))
        card.body.addWidget(label(text(person["fingerprint"]), "mono", wrap=True, selectable=True))
        if not own:
            remove = ActionButton(words.REMOVE, kind="link", name=f"setup.remove.{name}")
            remove.triggered.connect(partial(self._remove, name))
            card.body.addWidget(remove, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _set_roles(self, name: str) -> None:
        field = self.roles.get(name)
        if field is None or not field.isModified():
            return
        field.setModified(False)
        roles = [part.strip() for part in field.text().split(",") if part.strip()]
        self.host.act(lambda setup: setup.set_roles(name, roles), words.ROLES)

    def _remove(self, name: str) -> None:
        self.host.act(lambda setup: setup.remove_person(name), words.REMOVE)

    def _open(self) -> None:
        self.host.open_file(
            words.OPEN_ENROLMENT,
            lambda path: self.host.act(
                lambda setup: setup.add_enrolment(file_bytes(path)), words.OPEN_ENROLMENT
            ),
        )


class DevicesStep(StepView):
    """One name and one tier for the device of each key."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        holder = QtWidgets.QWidget()
        self._keys = column(holder, spacing=theme().scaled(12))
        self.box.addWidget(holder)
        self.fields: dict[str, tuple[QtWidgets.QLineEdit, QtWidgets.QComboBox]] = {}

    def show_read(self, read: JsonObject) -> None:
        chosen = read["devices"]
        known = chosen if isinstance(chosen, dict) else {}
        keys = [(person, key) for person in objects(read["people"]) for key in objects(person["keys"])]
        if [str(key["public_key"]) for _, key in keys] != list(self.fields):
            clear(self._keys)
            self.fields.clear()
            for person, key in keys:
                self._add(person, key)
        for _, key in keys:
            field, box = self.fields[str(key["public_key"])]
            device, tier = _where(key, known)
            show_text(field, device)
            box.setCurrentIndex(list(words.TIERS).index(tier))

    def _add(self, person: JsonObject, key: JsonObject) -> None:
        public = str(key["public_key"])
        field, box = line_edit(f"setup.device.{text(key['id'])}", 64), Chooser()
        for name, said in words.TIERS.items():
            box.addItem(said, name)
        self.fields[public] = (field, box)
        address = text(key["signer"]).rpartition(":")[2]
        self._keys.addWidget(label(f"{text(person['person'])}: {address}", "mono", selectable=True))
        self._keys.addLayout(beside(labelled(words.DEVICE, field), labelled(words.TIER, box)))
        field.editingFinished.connect(partial(self._set, public, typed=True))
        box.activated.connect(lambda _index: self._set(public, typed=False))

    def _set(self, public: str, *, typed: bool) -> None:
        if public not in self.fields:
            return
        field, box = self.fields[public]
        if typed and not field.isModified():
            return
        field.setModified(False)
        device, tier = field.text(), str(box.currentData())
        self.host.act(lambda setup: setup.set_device(public, device, tier), words.DEVICE)


class PolicyStep(StepView):
    """A template with limits and receivers, or a file; and the YAML that will be voted for."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._network, self._template = "", ""
        self.template = Chooser()
        self.template.setObjectName("setup.template")
        self.about = label("", "body", "text2", wrap=True)
        self.template.currentIndexChanged.connect(self._chosen)
        self.box.addWidget(labelled(words.TEMPLATE, self.template))
        self.box.addWidget(self.about)
        self.assets = Rows("setup.asset", (words.ASSET, words.TX_CAP, words.DAY_CAP), words.ADD_ASSET)
        self.payees = Rows(
            "setup.receiver", (words.RECEIVER, words.RECEIVER_ADDRESS, words.TAG), words.ADD_RECEIVER
        )
        self.box.addWidget(self.assets)
        self.box.addWidget(self.payees)
        self.make = self.button(words.FILL, self._fill, kind="primary", icon="policy", name="setup.fill")
        self.line(
            self.make, self.button(words.OPEN_POLICY, self._open, icon="file", name="setup.open-policy")
        )
        self.box.addWidget(label(words.POLICY_TEXT, "section"))
        self.yaml = QtWidgets.QPlainTextEdit()
        self.yaml.setObjectName("setup.yaml")
        self.yaml.setAccessibleName(words.POLICY_TEXT)
        self.yaml.setReadOnly(True)
        self.yaml.setFont(theme().font("mono"))
        self.yaml.setMinimumHeight(theme().scaled(240))
        self.yaml.setLineWrapMode(QtWidgets.QPlainTextEdit.LineWrapMode.NoWrap)
        self.box.addWidget(self.yaml)
        self._offered: list[JsonObject] = []

    def show_read(self, read: JsonObject) -> None:
        self._network = str(read["network"])
        self._offered = objects(read["templates"])
        if self.template.count() == 0:
            for entry in self._offered:
                self.template.addItem(text(entry["title"]), str(entry["id"]))
        if not self.assets.values() and (assets := objects(read["assets"])):
            self.assets.show_values([(str(a["label"]), str(a["tx_cap"]), str(a["day_cap"])) for a in assets])
        if not self.payees.values() and (receivers := objects(read["receivers"])):
            self.payees.show_values(
                [(str(r["id"]), str(r["account"]), str(r["tag"] or "")) for r in receivers]
            )
        if read["template"] and read["template"] != self._template:
            self._template = str(read["template"])
            self.template.setCurrentIndex(self.template.findData(self._template))
        self._chosen()
        self.yaml.setPlainText(str(read["policy"]))

    def _chosen(self) -> None:
        entry = next((e for e in self._offered if e["id"] == self.template.currentData()), None)
        if entry is None:
            return
        self.about.setText(text(entry["about"]))
        if not self.assets.values():
            self.assets.show_values([("XRP", str(entry["tx_cap"]), str(entry["day_cap"]))])

    def _fill(self) -> None:
        template, network = str(self.template.currentData()), self._network
        assets, receivers = self.assets.values(), self.payees.values()

        def work(setup: object) -> object:
            return _choose(setup, template, network, assets, receivers)

        self.host.act(work, words.FILLING)

    def _open(self) -> None:
        self.host.open_file(
            words.OPEN_POLICY,
            lambda path: self.host.act(lambda setup: setup.take_policy(file_bytes(path)), words.OPEN_POLICY),
        )


class Rows(QtWidgets.QWidget):
    """Lines of three fields, and a button for one more. Empty lines do not count."""

    def __init__(self, name: str, titles: tuple[str, str, str], more: str) -> None:
        super().__init__()
        self._name, self._titles = name, titles
        self.fields: list[tuple[QtWidgets.QLineEdit, ...]] = []
        box = column(self, spacing=theme().scaled(8))
        self._lines = column(spacing=theme().scaled(8))
        box.addLayout(self._lines)
        add = ActionButton(more, kind="link", icon="plus", name=f"{name}.add")
        add.triggered.connect(self.add)
        box.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        self.add()

    def add(self) -> None:
        """One more line."""
        number = len(self.fields)
        line = tuple(line_edit(f"{self._name}.{number}.{part}", 300) for part in range(3))
        self.fields.append(line)
        widgets = [labelled(title, field) for title, field in zip(self._titles, line, strict=True)]
        self._lines.addLayout(beside(*widgets))

    def values(self) -> list[tuple[str, str, str]]:
        """What was typed."""
        found = [(a.text().strip(), b.text().strip(), c.text().strip()) for a, b, c in self.fields]
        return [line for line in found if any(line)]

    def show_values(self, values: list[tuple[str, str, str]]) -> None:
        """Fill the first lines."""
        while len(self.fields) < len(values):
            self.add()
        for line, texts in zip(self.fields, values, strict=False):
            for field, value in zip(line, texts, strict=True):
                field.setText(text(value))


class VotesStep(StepView):
    """The hash, who has voted, and the files that travel."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.box.addWidget(label(words.POLICY_HASH, "small", "text2"))
        self.hash = label("", "compare", wrap=True, selectable=True, name="setup.hash")
        self.box.addWidget(self.hash)
        self.explained = label("", "body", "text2", wrap=True)
        self.box.addWidget(self.explained)
        self.people = FactTable([Column(words.PERSON_COLUMN, 200), Column("")], fit=True, name="setup.votes")
        self.box.addWidget(self.people)
        self.vote = self.button(words.VOTE, self._vote, kind="primary", icon="sign", name="setup.vote")
        self.save = self.button(words.SAVE_VOTE, self._save, icon="download", name="setup.save-vote")
        self.line(
            self.vote,
            self.save,
            self.button(words.SAVE_POLICY, self._save_policy, icon="download", name="setup.save-policy"),
            self.button(words.OPEN_VOTE, self._open, icon="file", name="setup.open-vote"),
        )

    def show_read(self, read: JsonObject) -> None:
        self.hash.setText(text(read["policy_hash"]))
        explained = read["explained"]
        self.explained.setText("\n".join(map(text, explained)) if isinstance(explained, list) else "")
        voted = [text(vote["person"]) for vote in objects(read["votes"])]
        missing = read["missing"]
        lines = [(Cell(name), Cell(words.VOTED, tone="ok", icon="pass")) for name in voted]
        lines += [
            (Cell(text(name)), Cell(words.NOT_VOTED, tone="text3"))
            for name in (missing if isinstance(missing, list) else [])
        ]
        self.people.show_lines(lines)
        mine = text(read["person"]) in voted
        self.vote.block(
            words.VOTED_ALREADY if mine else "" if read["keys_open"] is True else words.LOCKED_KEYS
        )
        self.save.block("" if mine else words.VOTE_FIRST)

    def _vote(self) -> None:
        self.host.act(lambda setup: setup.vote(), words.VOTING)

    def _save(self) -> None:
        self.host.save_file(words.SAVE_VOTE, "vote.json", lambda setup: setup.own_vote())

    def _save_policy(self) -> None:
        self.host.save_file(words.SAVE_POLICY, "policy.yaml", lambda setup: setup.policy_file())

    def _open(self) -> None:
        self.host.open_file(
            words.OPEN_VOTE,
            lambda path: self.host.act(lambda setup: setup.add_vote(file_bytes(path)), words.OPEN_VOTE),
        )


def show_text(field: QtWidgets.QLineEdit, words_: str) -> None:
    """Fill a field, unless somebody is typing into it."""
    if not (field.hasFocus() and field.isModified()) and field.text() != words_:
        field.setText(words_)


def _roles(person: JsonObject) -> str:
    roles = person["roles"]
    return ", ".join(map(text, roles)) if isinstance(roles, list) else ""


def _where(key: JsonObject, chosen: JsonObject) -> tuple[str, str]:
    """(device, tier) of a key: what was entered, else what its enrolment says."""
    entry = chosen.get(str(key["public_key"]))
    if isinstance(entry, dict):
        return text(entry["device"]), str(entry["tier"])
    return text(key["device"]), "cold" if key["backend"] == "ledger" else "warm"


def _choose(
    setup: object,
    template: str,
    network: str,
    assets: list[tuple[str, str, str]],
    receivers: list[tuple[str, str, str]],
) -> object:
    """In the worker's thread: what was typed, as the service takes it."""
    from signer_app.chains.registry import chain_of  # noqa: PLC0415
    from signer_app.policy.templates import AssetLimit, Receiver  # noqa: PLC0415
    from signer_app.workspace.first_problems import asset_of  # noqa: PLC0415
    from signer_app.workspace.first_run import FirstRun  # noqa: PLC0415

    if not isinstance(setup, FirstRun):
        raise MalformedError("There is no set-up here.")
    limits = [AssetLimit(asset_of(name, network), name, tx, day) for name, tx, day in assets]
    chain = chain_of(network)
    paid = [
        Receiver(name, chain.normalise_account(account, network), tag or None)
        for name, account, tag in receivers
    ]
    return setup.choose_template(template, assets=limits, receivers=paid)
