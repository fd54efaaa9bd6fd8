"""The steps before a workspace exists: network, person, passphrases. The service says what may follow."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.ui.choosing import choose_folder
from signer_app.ui.first_run.form import labelled, line_edit
from signer_app.ui.loop import Tasks
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.unlock import PassphraseField
from signer_app.ui.widgets import ActionButton, StateBanner, WhyDisabled, column, label, row
from signer_app.ui.words import faults
from signer_app.ui.words import first_run as words

if TYPE_CHECKING:  # the rooms load when somebody sets up, not before the first paint
    from signer_app.core.json_types import JsonObject
    from signer_app.vault.kdf import KdfParameters
    from signer_app.workspace.first_steps import Plan, PlanFile


@dataclass(frozen=True, slots=True)
class MadeWorkspace:
    """A new workspace and what opens it; whoever takes it wipes both."""

    folder: Path
    vault_passphrase: bytearray
    key_passphrase: bytearray


class PlanView(QtWidgets.QWidget):
    """Draws a Plan. ``made`` carries a MadeWorkspace; ``left`` says that the person went away."""

    made = Signal(object)
    left = Signal()

    def __init__(self, file: PlanFile, home: Path) -> None:
        """``home``: where a workspace's folder is suggested."""
        super().__init__()
        self._file, self._home = file, home
        self.plan: Plan = file.load()
        if self.plan.network_class not in words.CLASSES:  # practising is a way of its own, not a set-up
            self.plan = type(self.plan)()
        self._cost: KdfParameters | None = None
        self._busy = ""
        self.tasks = Tasks(lambda _error: self._say("danger", words.FAILED, ""))
        self._build()
        if self.plan.org or self.plan.person:
            self._say("info", words.RESUMED, "")
        self._show()

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        box = column(self, spacing=t.scaled(12))
        self.step = label("", "small", "text3", name="plan.step")
        self.title = label("", "page")
        box.addWidget(self.step)
        box.addWidget(self.title)
        self.message = StateBanner("info")
        self.message.setObjectName("plan.message")
        self.message.hide()
        box.addWidget(self.message)
        self._pages = {"NETWORK": self._network(), "PERSON": self._person(), "PASSPHRASES": self._secrets()}
        for page in self._pages.values():
            box.addWidget(page)
        line = row(spacing=t.scaled(8))
        self.cancel = ActionButton(words.CANCEL, kind="quiet", name="plan.cancel")
        self.back = ActionButton(words.BACK, name="plan.back")
        self.next = ActionButton(words.NEXT, kind="primary", name="plan.next")
        self.why = WhyDisabled(self.next)
        line.addWidget(self.cancel)
        line.addStretch(1)
        line.addWidget(self.back)
        box.addLayout(line)
        line.addWidget(self.next)
        box.addWidget(self.why)
        self.cancel.triggered.connect(self._leave)
        self.back.triggered.connect(self._back)
        self.next.triggered.connect(self._next)

    def _network(self) -> QtWidgets.QWidget:
        t = theme()
        page = QtWidgets.QWidget()
        box = column(page, spacing=t.scaled(8))
        box.addWidget(label(words.NETWORK_ABOUT, "body", "text2", wrap=True))
        self.classes: dict[str, QtWidgets.QRadioButton] = {}
        for key, (name, about) in words.CLASSES.items():
            button = QtWidgets.QRadioButton(name)
            button.setObjectName(f"plan.class.{key}")
            button.setAccessibleDescription(about)
            button.toggled.connect(self._changed)
            self.classes[key] = button
            box.addWidget(button)
            line = row(margins=(t.scaled(26), 0, 0, t.scaled(4)))
            line.addWidget(label(about, "small", "text3", wrap=True))
            box.addLayout(line)
        return page

    def _person(self) -> QtWidgets.QWidget:
        page = QtWidgets.QWidget()
        box = column(page, spacing=theme().scaled(12))
        self.org, self.person = line_edit("plan.org"), line_edit("plan.person", 64)
        self.roles, self.folder = line_edit("plan.roles", 500), line_edit("plan.folder", 1000)
        box.addWidget(labelled(words.ORG, self.org))
        box.addWidget(labelled(words.PERSON, self.person, words.PERSON_HINT))
        box.addWidget(labelled(words.ROLES, self.roles, words.ROLES_HINT))
        box.addWidget(labelled(words.FOLDER, self.folder, words.FOLDER_HINT))
        choose = ActionButton(words.CHOOSE, kind="link", icon="folder", name="plan.choose")
        choose.triggered.connect(self._choose)
        line = row()
        line.addWidget(choose)
        line.addStretch(1)
        box.addLayout(line)
        for field in (self.org, self.person, self.roles, self.folder):
            field.textChanged.connect(self._changed)
        return page

    def _secrets(self) -> QtWidgets.QWidget:
        page = QtWidgets.QWidget()
        box = column(page, spacing=theme().scaled(12))
        box.addWidget(label(words.PASSPHRASES_ABOUT, "body", "text2", wrap=True))
        self.secrets = {name: PassphraseField() for name in ("vault", "vault2", "key", "key2")}
        self.strengths: dict[str, QtWidgets.QLabel] = {}
        for name, said in (("vault", words.VAULT_FIELD), ("key", words.KEY_FIELD)):
            self.secrets[name].setObjectName(f"plan.{name}")
            self.secrets[f"{name}2"].setObjectName(f"plan.{name}2")
            box.addWidget(labelled(said, self.secrets[name]))
            box.addWidget(labelled(words.AGAIN, self.secrets[f"{name}2"]))
            self.strengths[name] = label("", "small", "text3", name=f"plan.{name}.strength")
            box.addWidget(self.strengths[name])
            self.secrets[f"{name}2"].setAccessibleName(f"{said}, {words.AGAIN}")
        for field in self.secrets.values():
            field.textChanged.connect(self._judge)
        self.cost = label("", "small", "text3", wrap=True, name="plan.cost")
        box.addWidget(self.cost)
        return page

    # -- showing -------------------------------------------------------------------------------------------

    def _show(self) -> None:
        from signer_app.workspace.first_steps import AFTER, BEFORE, SETUP  # noqa: PLC0415

        plan = self.plan
        number = BEFORE.index(plan.step) + 1
        self.step.setText(words.step_of(number, len(BEFORE) + len(AFTER) - 1, SETUP.words[plan.step]))
        self.title.setText(SETUP.words[plan.step])
        for name, page in self._pages.items():
            page.setVisible(name == plan.step)
        if plan.network_class in self.classes:
            self.classes[plan.network_class].setChecked(True)
        for field, text in (
            (self.org, plan.org), (self.person, plan.person), (self.roles, plan.roles),
            (self.folder, plan.folder),
        ):  # fmt: skip
            if field.text() != text:
                field.setText(text)
        self.back.setVisible(plan.step != "NETWORK")
        self.next.setText(words.MAKE if plan.step == "PASSPHRASES" else words.NEXT)
        if plan.step == "PASSPHRASES":
            self._cost = None
            self.cost.setText(words.MEASURING)
            self.tasks.spawn(self._measure())
        self._judge()

    async def _measure(self) -> None:
        cost, seconds = await asyncio.to_thread(_measure, self.plan.network_class)
        self._cost = cost
        self.cost.setText(words.cost(seconds, cost.memory_kib // 1024))
        self._judge()

    def _changed(self) -> None:
        """Something was typed: the plan follows, and is kept."""
        chosen = next((key for key, button in self.classes.items() if button.isChecked()), "")
        if self.plan.step == "NETWORK":
            self.plan = replace(self.plan, network_class=chosen)
        elif self.plan.step == "PERSON":
            folder = self.folder.text().strip()
            before = str(self._home / self.plan.person) if self.plan.person else ""
            self.plan = replace(
                self.plan, org=self.org.text(), person=self.person.text().strip(), roles=self.roles.text(),
                folder=folder,
            )  # fmt: skip
            if folder in ("", before) and self.sender() is not self.folder:
                suggested = str(self._home / self.plan.person) if self.plan.person else ""
                self.plan = replace(self.plan, folder=suggested)
                self.folder.setText(suggested)
        self._judge()

    def _judge(self) -> None:
        self.why.block(self._busy or self._problem())
        self.back.block(self._busy)
        self.cancel.block(self._busy)

    def _problem(self) -> str:
        if self.plan.step != "PASSPHRASES":
            return self.plan.problem()
        from signer_app.vault.kdf import wipe  # noqa: PLC0415
        from signer_app.vault.strength import strength  # noqa: PLC0415
        from signer_app.workspace.first_steps import passphrase_problem  # noqa: PLC0415

        found = []
        for name in ("vault", "key"):
            first, again = (bytearray(self.secrets[n].text().encode("utf-8")) for n in (name, f"{name}2"))
            said = words.strength(strength(first).word) if first else ""
            self.strengths[name].setText(said)
            found.append(passphrase_problem(self.plan.network_class, first, again))
            wipe(first)
            wipe(again)
        for said, problem in zip((words.VAULT_FIELD, words.KEY_FIELD), found, strict=True):
            if problem:
                return f"{said}: {problem}"
        return "" if self._cost is not None else words.MEASURING

    def _say(self, tone: str, fact: str, consequence: str) -> None:
        self.message.show_state(tone, fact, consequence)
        self.message.show()

    # -- moving --------------------------------------------------------------------------------------------

    def keep(self) -> None:
        """Keep the plan for the next start."""
        try:
            self._file.save(self.plan)
        except CountersignError as error:
            self._say("warn", error.message, faults.hint(error, locked=True))

    def _go(self, target: str) -> None:
        self.plan = self.plan.go(target)
        self.message.hide()
        self.keep()
        self._show()
        self.focus()

    def focus(self) -> None:
        """Who works by keyboard begins at the first field of the step."""
        first = {
            "NETWORK": self.classes.get(self.plan.network_class, next(iter(self.classes.values()))),
            "PERSON": self.org,
            "PASSPHRASES": self.secrets["vault"],
        }[self.plan.step]
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _back(self) -> None:
        self._clear()
        self._go("NETWORK" if self.plan.step == "PERSON" else "PERSON")

    def _next(self) -> None:
        if self.plan.step == "PASSPHRASES":
            self.tasks.spawn(self._make())
        else:
            self._go("PERSON" if self.plan.step == "NETWORK" else "PASSPHRASES")

    def _leave(self) -> None:
        self._clear()
        self.keep()
        self.left.emit()

    def _clear(self) -> None:
        for field in self.secrets.values():
            field.clear()

    def _choose(self) -> None:
        choose_folder(
            self,
            words.CHOOSE_TITLE,
            lambda folder: self.folder.setText(str(folder / (self.plan.person or "workspace"))),
        )

    async def _make(self) -> None:
        from signer_app.vault.kdf import wipe  # noqa: PLC0415

        vault, key = self.secrets["vault"].take(), self.secrets["key"].take()
        self._clear()
        self._busy = words.MAKING_WORKSPACE
        self._judge()
        try:
            await asyncio.to_thread(_make_workspace, self.plan, vault, key, self._cost)
        except CountersignError as error:
            wipe(vault)
            wipe(key)
            self._say("danger", error.message, faults.hint(error, locked=True))
            return
        finally:
            self._busy = ""
            self._judge()
        self._file.forget()
        self.made.emit(MadeWorkspace(Path(self.plan.folder), vault, key))


def _measure(network_class: str) -> tuple[KdfParameters, float]:
    load_rooms()
    from signer_app.core.config import NETWORK_CLASSES  # noqa: PLC0415 - in the thread
    from signer_app.workspace.first_steps import measured_cost  # noqa: PLC0415

    return measured_cost(next(name for name in NETWORK_CLASSES if name == network_class))


def _make_workspace(plan: Plan, vault: bytearray, key: bytearray, cost: KdfParameters | None) -> JsonObject:
    load_rooms()
    from signer_app.vault.kdf import KdfParameters  # noqa: PLC0415
    from signer_app.workspace.first_steps import make_workspace  # noqa: PLC0415

    return make_workspace(plan, vault_passphrase=vault, key_passphrase=key, kdf=cost or KdfParameters())
