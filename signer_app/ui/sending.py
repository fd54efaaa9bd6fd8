"""Sending a proposal and following it: what each node answered, and what will prove the outcome.

Looks are single calls with pauses between them here, so that other calls of the workspace come in between
and closing the dialog ends the following at once. What was sent stays sent; the journal knows it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, DeniedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import Qt, QtCore, QtWidgets, Signal
from signer_app.ui.session import Session
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Shell
from signer_app.ui.signing.flow import checks_of, objects
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    Card,
    Cell,
    Column,
    FactTable,
    GroupedText,
    Icon,
    NetworkChip,
    StateBanner,
    column,
    label,
    row,
)
from signer_app.ui.words import faults, strings
from signer_app.ui.words import sending as say
from signer_app.ui.words.answers import with_meaning

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.workspace import Workspace

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0
FINAL = ("CONFIRMED", "FAILED", "EXPIRED", "SUPERSEDED")


async def send_proposal(shell: Shell, identifier: str) -> None:
    """Show the dialog for a proposal, from wherever Send was pressed; then read the page again."""
    if not isinstance(shell, QtWidgets.QWidget):
        raise TypeError("the dialog needs the window")
    await shell.ask(SendDialog(shell, shell, identifier))
    if not shell.session.locked:
        shell.changed()


class FollowPanel(QtWidgets.QWidget):
    """State, attempts and proof of a proposal that was sent; follows it until its state is final."""

    #: The state after each look.
    looked_at = Signal(str)

    def __init__(self, session: Session, identifier: str) -> None:
        super().__init__()
        t = theme()
        self._session, self._identifier = session, identifier
        self.state = ""
        self._expiry: str | None = None
        box = column(self, spacing=t.scaled(10))
        self.banner = StateBanner("info", say.STATES["SUBMITTED"][1])
        self.banner.setObjectName("send.state")
        box.addWidget(self.banner)
        self.tx = GroupedText("")
        box.addWidget(self.tx)
        box.addWidget(label(say.ATTEMPTS, "section"))
        self.attempts = FactTable([Column(say.NODE, 150), Column(say.ANSWER)], fit=True, name="send.attempts")
        box.addWidget(self.attempts)
        self.none = label(say.NO_ATTEMPTS, "body", "text2")
        box.addWidget(self.none)
        line = row(spacing=t.scaled(8))
        line.addWidget(Icon("info", "info", "icon-button"))
        self.proof = label("", "body", "text2", wrap=True, name="send.proof")
        line.addWidget(self.proof, 1)
        box.addLayout(line)
        self.looks = label("", "small", "text3", wrap=True, name="send.looks")
        box.addWidget(self.looks)

    def show_sent(self, result: JsonObject) -> None:
        """What sending or a look gave."""
        self.state = str(result["state"])
        expiry = result.get("expiry_ledger")
        self._expiry = str(expiry) if expiry is not None else self._expiry
        tone, words = say.STATES.get(self.state, ("info", str(result.get("state_words", self.state))))
        fact = say.unknown_until(self._expiry) if self.state == "UNKNOWN" else words
        self.banner.show_state(tone, fact, _reason(result))
        if result.get("tx_id"):
            self.tx.show_text(str(result["tx_id"]))
        if "attempts" in result:
            rows = [
                (Cell(str(a["node"])), Cell(with_meaning(str(a["answer"]))))
                for a in objects(result["attempts"])
            ]
            self.attempts.show_lines(rows)
            self.attempts.setVisible(bool(rows))
            self.none.setVisible(not rows)
        self.proof.setText(
            say.PROVED if self.state in FINAL else f"{say.PROOF}: {say.proof_words(self._expiry)}"
        )
        self.looked_at.emit(self.state)

    async def follow(self) -> None:
        """Look until the state is final. Nodes that do not answer are said, and asked again."""
        started, number, pause = time.monotonic(), 0, FIRST_PAUSE_S
        while self.state not in FINAL:
            number += 1
            result = await self._session.call(_look(self._identifier, number), name=say.LOOKING)
            self.show_sent(result)
            unanswered = result.get("unanswered")
            words = str(unanswered.get("message")) if isinstance(unanswered, dict) else ""
            self.looks.setText(say.looked(number, round(time.monotonic() - started), words))
            if self.state in FINAL:
                break
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE_S)


class SendDialog(Dialog):
    """Asks once, sends, follows. Nothing is sent by Enter or by a key of the window."""

    def __init__(self, parent: QtWidgets.QWidget, shell: Shell, identifier: str) -> None:
        summary = shell.session.summary
        super().__init__(parent, say.send_title(identifier[:12]), summary.network_class if summary else "")
        self.setObjectName("send.dialog")
        t = theme()
        self._session, self._identifier, self._ended = shell.session, identifier, False
        self._tasks = Tasks(self._unforeseen)
        self.resize(QtCore.QSize(t.scaled(720), t.scaled(480)).boundedTo(parent.size()))
        if summary is not None:
            self.content.addWidget(NetworkChip(summary.network_class, "XRPL"), 0, Qt.AlignmentFlag.AlignLeft)
        self.sub = label(say.SEND_SUB, "body", "text2", wrap=True)
        self.content.addWidget(self.sub)
        self.facts = QtWidgets.QWidget()
        self.facts.setObjectName("send.facts")
        self._facts = column(self.facts, spacing=t.scaled(8))
        self.content.addWidget(self.facts)
        self.problem = StateBanner("danger")
        self.problem.setObjectName("send.problem")
        self.problem.hide()
        self.content.addWidget(self.problem)
        self.card = Card()
        self.panel = FollowPanel(shell.session, identifier)
        self.card.body.addWidget(self.panel)
        self.card.hide()
        self.content.addWidget(self.card)
        self.content.addStretch(1)
        self.note = label("", "small", "text3", wrap=True)
        self.content.addWidget(self.note)
        self.cancel = ActionButton(strings.CANCEL, name="send.cancel")
        self.cancel.triggered.connect(self.reject)
        self.send = ActionButton(say.SEND, kind="primary", icon="send", name="send.send")
        self.send.block(strings.LOADING)
        self.send.triggered.connect(lambda: self._tasks.spawn(self._send()))
        self.add_buttons(self.cancel, self.send)
        self._tasks.spawn(self._begin())

    async def _begin(self) -> None:
        identifier = self._identifier
        try:
            shown = await self._session.call(lambda w: _shown(w, identifier), name=strings.LOADING)
        except CountersignError as error:
            self._refused(error)
            return
        if self._ended:
            return
        self.show_title(say.send_title(str(shown["title"])))
        if shown["state"] in say.STATES:  # it was sent before: only follow
            self.send.hide()
            self._follow(shown)
            return
        slot, count = shown["slot"], len(objects(shown["signatures"]))
        uses = f"{slot['kind']} {slot['value']}" if isinstance(slot, dict) else ""
        told = say.send_facts(count, uses, str(shown["expiry_ledger"] or ""))
        for effect in objects(shown["does"]):
            self._facts.addWidget(label(str(effect["words"]), "body", wrap=True))
            if effect["to"]:
                self._facts.addWidget(AddressBlock(str(effect["to"]), str(effect["name"])))
        self._facts.addWidget(label(told, "body", "text2", wrap=True, name="send.told"))
        self.send.block("")
        self.cancel.setFocus()

    async def _send(self) -> None:
        identifier = self._identifier
        self.send.block(say.SENDING)
        self.problem.hide()
        try:
            sent = await self._session.call(lambda w: _sent(w, identifier), name=say.SENDING)
        except CountersignError as error:
            self._refused(error)
            self.send.block("")
            return
        if not self._ended:
            self.send.hide()
            self._follow(sent)

    def _follow(self, result: JsonObject) -> None:
        self.sub.hide()
        self.facts.hide()
        self.card.show()
        self.note.setText(say.CLOSE_NOTE)
        self.cancel.setText(strings.CLOSE)
        self.panel.looked_at.connect(lambda state: self.note.setVisible(state not in FINAL))
        self.panel.show_sent(result)
        self._tasks.spawn(self._followed())

    async def _followed(self) -> None:
        try:
            await self.panel.follow()
        except CountersignError as error:
            self._refused(error)

    def _refused(self, error: CountersignError) -> None:
        if self._ended:
            return
        checks = checks_of(error) if isinstance(error, DeniedError) else ()
        self.problem.show_state("danger", error.message, "\n".join(checks) or faults.hint(error))
        self.problem.show()
        self.bring(self.problem)

    def _unforeseen(self, _error: BaseException) -> None:
        if not self._ended:
            self.problem.show_state("danger", strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE)
            self.problem.show()

    def done(self, code: int) -> None:
        """Close; following ends, what was sent stays sent."""
        self._ended = True
        self._tasks.cancel_all()
        super().done(code)


def _look(identifier: str, number: int) -> Callable[[Workspace], JsonObject]:
    return lambda workspace: workspace.proposals.look(identifier, number)


def _shown(workspace: Workspace, identifier: str) -> JsonObject:
    shown = workspace.reading.proposal(identifier)
    submissions = objects(shown["submissions"])
    attempts = submissions[-1]["attempts"] if submissions else []
    return {**shown, **_told(workspace, objects(shown["effects"])), "attempts": attempts}


def _told(workspace: Workspace, effects: list[JsonObject]) -> JsonObject:
    """{title, does: [{words, to, name}]}: the effects in words; ``to`` is the whole address, or ""."""
    from signer_app.ui.pages.inbox.reading import read_names  # noqa: PLC0415
    from signer_app.ui.words import effects as words  # noqa: PLC0415 - pages load when shown

    names = read_names(workspace)[0]
    does: list[JsonValue] = [
        {
            "words": words.sentence(effect, names),
            "to": words.address(effect["to"]) if effect.get("to") else "",
            "name": names.get(str(effect.get("to")), ""),
        }
        for effect in words.main_effects(effects)
    ]
    return {"title": words.title(effects, names), "does": does}


def _sent(workspace: Workspace, identifier: str) -> JsonObject:
    sent = workspace.proposals.submit(identifier)
    return {**workspace.reading.proposal(identifier), **sent}


def _reason(result: JsonObject) -> str:
    """What the evidence says in a sentence, where it says one."""
    for name in ("evidence", "outcome"):
        evidence = result.get(name)
        if isinstance(evidence, dict) and evidence.get("reason"):
            return str(evidence["reason"])
        if isinstance(evidence, dict) and evidence.get("result"):
            return say.result_in(str(evidence["result"]), str(evidence.get("ledger")))
    return ""
