"""Cards of the Devices page: a signer key of the policy, a connected device, a practice device, USB rules."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime

from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.qt import Qt, QtCore, QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Chip,
    Chooser,
    DeviceChip,
    Dot,
    GroupedText,
    Reasons,
    StateBanner,
    column,
    label,
    row,
)
from signer_app.ui.words import devices as words
from signer_app.ui.words import shared, strings
from signer_app.ui.words.signing import BACKENDS, STATE_STEPS

_NAME_LIMIT = 64


def key_card(key: JsonObject, state: str, tone: str, device: JsonObject | None) -> Card:
    """A key of the policy's table: kind, tier, state, address, its story, what it can and cannot sign.
    ``device``: the connected device that was seen to hold it."""
    kind = words.SEALED_KEY if key["backend"] == "keystore" else BACKENDS.get(str(key["backend"]), "")
    mine = key["mine"] is True
    icon = "key" if key["backend"] == "keystore" else "devices"
    card = Card(str(key["device"])[:_NAME_LIMIT], icon, kind, name=f"devices.key.{key['id']}")
    card.add_to_head(
        Chip(
            words.YOURS if mine else words.OTHERS.format(person=key["person"]),
            "accent" if mine else "neutral",
        )
    )
    card.add_to_head(Chip(str(key["tier"]), "neutral"))
    card.body.addWidget(GroupedText(str(key["signer"]).rpartition(":")[2]))
    line = row(spacing=theme().scaled(8))
    line.addWidget(Dot(tone))
    line.addWidget(label(state, "body", "text2"), 1)
    card.body.addLayout(line)
    card.body.addLayout(_story(key, device))
    card.body.addWidget(label(words.CAN.get(str(key["backend"]), ""), "small", "text2", wrap=True))
    card.body.addStretch(1)
    card.setAccessibleDescription(f"{kind}, {key['tier']}, {state}")
    return card


def _story(key: JsonObject, device: JsonObject | None) -> QtWidgets.QGridLayout:
    """What the device is, who brought the key, when it last signed and last passed a test."""
    enrolled, test, now = key["enrolled"], key["last_test"], datetime.now().astimezone()
    lines: list[tuple[str, str]] = []
    if key["backend"] != "keystore":
        known = device or (test if isinstance(test, dict) else None)
        lines.append((words.MODEL, hardware_words(known) if known is not None else words.NO_MODEL))
    if isinstance(enrolled, dict) and isinstance(enrolled["voters"], list):
        at = shared.moment(str(enrolled["at"]), now)
        voters = [safe_text(str(voter), 80) for voter in enrolled["voters"]]
        lines.append((words.ENROLLED, words.enrolled(str(enrolled["version"]), at, voters)))
    signed = key["last_signed"]
    lines.append((words.LAST_SIGNED, shared.moment(str(signed), now) if signed else words.NEVER_SIGNED))
    if isinstance(test, dict):
        at = shared.moment(str(test["at"]), now)
        said = words.tested(at, hardware_words(test), test["signed"] is True)
        lines.append((words.LAST_TEST, said))
    elif key["backend"] != "keystore":
        lines.append((words.LAST_TEST, words.NEVER_TESTED))
    grid = QtWidgets.QGridLayout()
    grid.setHorizontalSpacing(theme().scaled(12))
    grid.setVerticalSpacing(theme().scaled(3))
    grid.setColumnStretch(1, 1)
    for number, (name, said) in enumerate(lines):
        grid.addWidget(label(name, "small", "text3"), number, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(said, "small", wrap=True, selectable=True), number, 1)
    return grid


def hardware_words(device: JsonObject) -> str:
    """Model, firmware and app of a device as it is connected, or as it was tested."""
    app = f"{device['app']} {device['app_version']}" if device["app"] else ""
    parts = (str(device["model"]), str(device["firmware"] or ""), app)
    return words.hardware(*(safe_text(part, 80) for part in parts))


class ConnectedRow(QtWidgets.QFrame):
    """A device that is plugged in: state, next step, and what can be done with it."""

    def __init__(self, device: JsonObject, show: Callable[[str], None], test: Callable[[str], None]) -> None:
        super().__init__()
        self.device = str(device["device"])
        #: What it said of itself last, as ConnectedDevices.describe gives it.
        self.told = device
        self.setObjectName(f"devices.connected.{self.device}")
        box, line = column(self, spacing=theme().scaled(4)), row(spacing=theme().scaled(10))
        box.addLayout(line)
        self.chip = DeviceChip()
        self.chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        line.addWidget(self.chip)
        self.app = label("", "small", "text2", wrap=True)
        line.addWidget(self.app, 1)
        self.address = ActionButton(words.SHOW_ADDRESS, name="devices.address")
        self.test = ActionButton(words.TEST, name="devices.test")
        self.address.triggered.connect(lambda: show(self.device))
        self.test.triggered.connect(lambda: test(self.device))
        line.addWidget(self.address)
        line.addWidget(self.test)
        box.addWidget(Reasons(self.address, self.test))
        self.show_device(device)

    def show_device(self, device: JsonObject) -> None:
        """Its state now."""
        self.told = device
        state = str(device["state"])
        reason = STATE_STEPS.get(state, "") or str(device["transport"])
        self.chip.show_device(f"{device['model']} ({self.device})", state, reason)
        self.app.setText(hardware_words({**device, "model": ""}))
        off = "" if state in ("READY", "APP_CLOSED", "WRONG_APP", "LOCKED") else STATE_STEPS.get(state, "")
        for button in (self.address, self.test):
            button.block(off)


class PracticeRow(QtWidgets.QFrame):
    """A practice device: running or not, and its buttons."""

    def __init__(
        self,
        entry: JsonObject,
        start: Callable[[str], None],
        stop: Callable[[str], None],
        show: Callable[[str], None],
    ) -> None:
        super().__init__()
        name = str(entry["name"])
        running, ours = entry["running"] is True, entry["ours"] is True
        self.setObjectName(f"devices.practice.{name}")
        box, line = column(self, spacing=theme().scaled(4)), row(spacing=theme().scaled(10))
        box.addLayout(line)
        line.addWidget(Dot("ok" if running else "neutral"))
        line.addWidget(label(name[:_NAME_LIMIT], "label"))
        line.addWidget(
            label(
                words.RUNS if running and ours else words.RUNS_ELSEWHERE if running else words.OFF,
                "small",
                "text2",
            )
        )
        line.addStretch(1)
        offered = []
        if running:
            screen = ActionButton(words.PRACTICE_OPEN, name="practice.open")
            screen.triggered.connect(lambda: show(name))
            line.addWidget(screen)
            offered.append(screen)
        button = ActionButton(
            words.PRACTICE_STOP if running else words.PRACTICE_START, name="practice.switch"
        )
        if running and not ours:
            button.block(words.STARTED_ELSEWHERE)
        button.triggered.connect(lambda: (stop if running else start)(name))
        line.addWidget(button)
        box.addWidget(Reasons(*offered, button))


class RulesDialog(Dialog):
    """The exact file with the USB rules, and the command that installs it. It changes nothing itself."""

    def __init__(self, parent: QtWidgets.QWidget, found: JsonObject, text: str, network_class: str) -> None:
        """``found`` is what install_rules gives in a dry run; ``text`` the file."""
        super().__init__(parent, words.RULES_TITLE, network_class)
        t = theme()
        self.setObjectName("rules.dialog")
        self.resize(QtCore.QSize(t.scaled(820), t.scaled(460)).boundedTo(parent.size()))
        if found["changed"] is False:
            self.content.addWidget(StateBanner("ok", words.RULES_DONE, str(found["file"])))
        self.content.addWidget(label(words.RULES_SUB, "body", "text2", wrap=True))
        self.command = words.udev_command("countersign")
        self.content.addWidget(label(self.command, "mono-strong", selectable=True, name="rules.command"))
        self.content.addWidget(label(f"{words.RULES_FILE}: {found['file']}", "label", selectable=True))
        self.file = QtWidgets.QPlainTextEdit()
        self.file.setObjectName("rules.file")
        self.file.setAccessibleName(words.RULES_FILE)
        self.file.setReadOnly(True)
        self.file.setTabChangesFocus(True)
        self.file.setLineWrapMode(QtWidgets.QPlainTextEdit.LineWrapMode.NoWrap)
        self.file.setFont(theme().font("mono"))
        self.file.setPlainText(text)
        self.content.addWidget(self.file, 1)
        close = ActionButton(strings.CLOSE)
        close.triggered.connect(self.reject)
        copy = ActionButton(words.RULES_COPY, icon="copy")
        copy.triggered.connect(lambda: QtWidgets.QApplication.clipboard().setText(self.command))
        self.add_buttons(close, copy)


def rules_apply() -> bool:
    """Whether this system has USB rules."""
    return sys.platform == "linux"


class NewPracticeDevice(QtWidgets.QWidget):
    """Name and model of a practice device to be made."""

    def __init__(self, start: Callable[[str, str], None]) -> None:
        super().__init__()
        t = theme()
        box, line = column(self, spacing=t.scaled(4)), row(spacing=t.scaled(8))
        box.addLayout(line)
        line.addWidget(label(words.PRACTICE_NEW, "label"))
        self.name = QtWidgets.QLineEdit()
        self.name.setObjectName("practice.name")
        self.name.setPlaceholderText(words.PRACTICE_NAME)
        self.name.setAccessibleName(words.PRACTICE_NAME)
        self.name.setMaxLength(32)
        self.name.setFixedWidth(t.scaled(200))
        self.model = Chooser()
        self.model.setObjectName("practice.model")
        self.model.setAccessibleName(words.PRACTICE_MODEL)
        self.model.setMinimumWidth(t.scaled(190))
        self.start = ActionButton(words.PRACTICE_START, name="practice.start")
        self.start.triggered.connect(lambda: start(self.name.text().strip(), str(self.model.currentData())))
        self.name.textChanged.connect(self._check)
        for widget in (self.name, self.model, self.start):
            line.addWidget(widget)
        line.addStretch(1)
        box.addWidget(Reasons(self.start))
        self._check("")

    def show_models(self, models: dict[str, str]) -> None:
        """The models that can be practised with: name -> words."""
        if self.model.count() == 0:
            for name, said in models.items():
                self.model.addItem(said, name)
            self.model.setCurrentIndex(max(0, self.model.findData("nano-x")))

    def _check(self, text: str) -> None:
        self.start.block("" if text.strip() else words.NAME_FIRST)
