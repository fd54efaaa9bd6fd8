"""The signing dialog: choose, connect, compare, approve, verified, saved. One question on each page.

Nothing is asked of the device before the person has ticked every line and pressed Continue. Cancel is there
at all times; a device that hangs holds up the worker's thread, never the window.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, DeniedError
from signer_app.core.json_types import JsonObject
from signer_app.ui.loop import Tasks
from signer_app.ui.qt import Qt, QtGui, QtWidgets, Signal
from signer_app.ui.shell.page import Shell
from signer_app.ui.signing.compare import ComparePage, Expected
from signer_app.ui.signing.flow import Flow, Start, checks_of, objects
from signer_app.ui.signing.frame import SignFrame
from signer_app.ui.signing.pages import Choice, DiffersPage
from signer_app.ui.signing.practice import PracticeHands
from signer_app.ui.signing.refusals import refusal
from signer_app.ui.signing.seat import LIMIT_S
from signer_app.ui.widgets import ActionButton
from signer_app.ui.words import signing as words
from signer_app.ui.words import strings

if TYPE_CHECKING:  # loads a ledger's codec
    from signer_app.signers.ledger.desk import Step
    from signer_app.signers.ledger.xrp.screens import Review


#: What a person may want to do once the signature is saved.
EXPORT, SEND = "export", "send"


async def sign_proposal(shell: Shell, identifier: str) -> str:
    """Show the dialog for a proposal, from wherever Review and sign was pressed; then read the page again.
    EXPORT or SEND where the person chose to go on with it, else ""."""
    if not isinstance(shell, QtWidgets.QWidget):
        raise TypeError("the dialog needs the window")
    dialog = SignDialog(shell, shell, identifier)
    wanted: list[str] = []
    dialog.went_on.connect(wanted.append)
    await asyncio.sleep(0)  # making it and drawing it, in one turn of the loop, would be felt
    await shell.ask(dialog)
    if shell.session.locked:
        return ""
    shell.changed()
    return wanted[0] if wanted else ""


class SignDialog(SignFrame):
    """See the module. It begins by itself, in the loop that shows it."""

    #: EXPORT or SEND, when the dialog is left for that.
    went_on = Signal(str)

    def __init__(self, parent: QtWidgets.QWidget, shell: Shell, identifier: str) -> None:
        summary = shell.session.summary
        network_class = summary.network_class if summary is not None else ""
        super().__init__(parent, identifier, network_class)
        self._session, self._identifier = shell.session, identifier
        self._tasks = Tasks(self._unforeseen)
        self.flow = Flow(shell.session, identifier, self)
        self._start: Start | None = None
        self._model = ""
        self._closed = False
        self._unlocked = False
        self.hands = PracticeHands(shell.session.directory) if shell.session.directory else None
        self.practice.triggered.connect(lambda: self._tasks.spawn(self._show_practice()))
        self.chose.connect(self._chosen)
        self.typed.connect(self._typed)
        self.compared.connect(self._compared)
        self.differed.connect(self._which_differs)
        self._wait_words(words.PREPARING, words.NOTHING_SIGNED)
        self._tasks.spawn(self._begin())
        self._tasks.spawn(self.make_ready())

    # -- step 1 --------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        self._show(self.blank, 0)
        self._offer(words.CONTINUE, None)
        try:
            start = await self.flow.start()
        except CountersignError as error:
            self._refused(error)
            return
        if self._closed:
            return
        self._start, self._unlocked = start, start.unlocked
        for number, tick in enumerate(self.done_page.lines.values()):
            tick.rename(words.CHECKS[number].format(person=start.person))
        self.heading.setText(words.sign_title(start.title))
        self.setWindowTitle(f"{words.sign_title(start.title)} – {strings.APP}")
        if start.denied:
            self._closed_by(refusal(words.DENIED, start.denied, names=start.names, asked=start.asked))
            return
        self.verdict.show_as(words.allowed(start.passed, start.checks), "ok", "policy")
        self.verdict.show()
        self._ask_key()

    def _ask_key(self) -> None:
        if self._start is None:
            return
        self._limit(None)
        self._more()
        self._choice = None
        self._show(self.choose, 0)
        self._wait_words(words.WAITING_FOR_YOU, words.NOTHING_SIGNED)
        self.choose.show_choices(self._start.choices)

    def _chosen(self) -> None:
        choice = self.choose.chosen
        reason = words.CHOOSE_ONE if choice is None else choice.reason
        self._offer(words.CONTINUE, self._take_choice, reason=reason)

    def _take_choice(self) -> None:
        self._choice = self.choose.chosen
        if self._choice is None or self._start is None:
            return
        self.compare.show_signer(self._start.person, self._choice.address)
        if self._choice.sealed or not self._unlocked:
            self._ask_passphrase()
        else:
            self._connect()

    def _ask_passphrase(self) -> None:
        if self._choice is None:
            return
        sealed = self._choice.sealed
        self._show(self.unlock, 1 if sealed else 0)
        self.unlock.show_need(sealed=sealed, unlocked=self._unlocked)
        back = ActionButton(words.BACK, name="sign.choose-again")
        back.triggered.connect(self._ask_key)
        self._more(back)
        self._typed()

    def _typed(self) -> None:
        sealed = self._choice is not None and self._choice.sealed
        missing = not self._unlocked and not self.unlock.passphrase.text()
        self._offer(
            words.SIGN if sealed else words.UNLOCK,
            self._unlock,
            reason=words.TYPE_PASSPHRASE if missing else "",
        )

    def _unlock(self) -> None:
        secret = None if self._unlocked else self.unlock.passphrase.take()
        self._tasks.spawn(self._unlock_and_sign(secret))

    async def _unlock_and_sign(self, secret: bytearray | None) -> None:
        self._offer(words.UNLOCKING, None)
        self._wait_words(words.UNLOCKING, words.NOTHING_SIGNED)
        if secret is not None:
            try:
                await self.flow.unlock(secret)
            except CountersignError as error:
                if not self._closed:
                    self._wait_words(words.WAITING_FOR_YOU, words.NOTHING_SIGNED)
                    self.unlock.refuse(error.message, error.hint)
                    self._typed()
                return
            self._unlocked = True
        if not self._closed:
            self._connect()

    # -- steps 2 to 4 --------------------------------------------------------------------------------------

    def _connect(self) -> None:
        if self._choice is None:
            return
        self._more()
        self._offer(words.CONTINUE, None)
        if self._choice.sealed:
            self._show(self.done_page, 2)
            self.done_page.start()
            self._wait_words(words.SIGNING, "")
        else:
            self.connecting.start()
            self.connecting.wait("CONNECTED", words.SEARCHING)
            self._show(self.connecting, 1)
            self._wait_words(words.waiting_for(self._model), words.NOTHING_SIGNED)
            self._limit(LIMIT_S)
        self._tasks.spawn(self._sign(self._choice))

    async def _show_practice(self) -> None:
        """The device's own window; in practice nobody holds one."""
        if self.hands is None:
            return
        try:
            shown = await self.hands.show(self._choice.device if self._choice else "", self)
        except CountersignError:
            shown = False  # it ended between the look and the grasp
        if not self._closed and not shown:
            self._wait_words(words.NO_PRACTICE, words.NOTHING_SIGNED)

    async def _sign(self, choice: Choice) -> None:
        try:
            result = await self.flow.sign(choice)
        except CountersignError as error:
            if not self._closed and not self._at(DiffersPage):
                self._refused(error)
            return
        if not self._closed:
            self._saved(result)

    def heard(self, step: Step) -> None:
        """A stage on the device (signing/seat.py Audience)."""
        if self._closed or self._at(DiffersPage):
            return
        self._model = step.model or self._model
        stage = step.stage.value
        if stage in self.connecting.lines:
            if step.obstacle is not None:
                detail = words.STATE_STEPS.get(step.obstacle.value, "")
                self.connecting.wait(stage, step.detail or detail)
            else:
                self.connecting.reach(stage, step.detail)
            self._wait_words(words.waiting_for(self._model), words.NOTHING_SIGNED)
        elif stage == "ASKED" and self.compare.expected is not None:
            self._limit(LIMIT_S)
            self.compare.show_expected(self.compare.expected, asked=True)
            self._show(self.compare, 3)
            self._wait_words(
                words.waiting_for(self._model), f"{words.hold_both(self._model)} {words.NOTHING_YET}"
            )
            self._count_down()
            self._offer(words.CONTINUE, None)
        elif stage == "VERIFIED":
            self._limit(None)
            self.done_page.start()
            self.done_page.reach("2", step.detail)
            self._show(self.done_page, 4)
            self._wait_words(words.VERIFYING, "")
            self._offer(words.CONTINUE, None)

    def shown(self, review: Review) -> None:
        """What the device will show (signing/seat.py Audience): step 3."""
        if self._closed:
            return
        self._limit(None)
        self._show(self.compare, 2)
        self.compare.show_expected(Expected.of(review), asked=False)
        self._wait_words(words.WAITING_FOR_YOU, words.NOTHING_SIGNED)

    def _compared(self) -> None:
        if not self._at(ComparePage):
            return
        asked = self.rail.at == 3
        self._show(self.compare, self.rail.at)
        if asked:
            return
        complete = self.compare.lines.complete
        self._offer(words.CONTINUE, self._proceed, reason="" if complete else words.TICK_FIRST)
        self._wait_words(words.WAITING_FOR_YOU, words.ALL_COMPARED if complete else words.NOTHING_SIGNED)

    def _proceed(self) -> None:
        self._offer(words.CONTINUE, None)
        self._wait_words(words.PREPARING, words.NOTHING_SIGNED)
        self.flow.proceed()

    # -- steps 5 and 6 -------------------------------------------------------------------------------------

    def _saved(self, result: JsonObject) -> None:
        self._limit(None)
        journal, quorum = _object(result["journal"]), _object(result["quorum"])
        ledger = _object(quorum.get("ledger"))
        record = journal["index"] if isinstance(journal["index"], int) else 0
        ready = result["state"] == "READY"
        told = [words.quorum_words(ledger.get("have"), ledger.get("need"))]
        told += [
            words.role_words(str(group["role"]), group["have"], group["need"])
            for group in objects(quorum.get("policy"))
        ]
        what_next = words.SEND_NEXT if ready else words.SHARE_NEXT
        self.done_page.show_saved(words.saved_as(record), " ".join(told), what_next)
        self._show(self.done_page, 3 if self._choice is not None and self._choice.sealed else 5)
        self._wait_words(words.SAVED, "", look=("pass", "ok"))
        self.cancel.hide()
        deed = SEND if ready else EXPORT
        title, said, icon = words.FURTHER[deed]
        further = ActionButton(title, icon=icon, name="sign.further")
        further.setAccessibleName(said)
        further.triggered.connect(lambda: self._leave_for(deed))
        self._offer(words.DONE, self.accept)
        self._more(further)
        self.go_on.setFocus()

    def _leave_for(self, deed: str) -> None:
        self.went_on.emit(deed)
        self.accept()

    # -- it does not go on ---------------------------------------------------------------------------------

    def _refused(self, error: CountersignError) -> None:
        self._limit(None)
        self._more()
        details = f"{error.code}" + "".join(
            f"\n{name}: {value}" for name, value in error.details.items() if name != "checks"
        )
        if isinstance(error, DeniedError):
            start = self._start
            names, asked = (start.names, start.asked) if start else ({}, ())
            self._closed_by(refusal(error.message, checks_of(error), names=names, asked=asked), details)
            return
        if error.code == "DEV_BAD_SIGNATURE":
            record, account = error.details.get("record"), error.details.get("halted")
            self.verdict.hide()
            self._stop_page(
                "danger", words.DANGER_TITLE, error.message, words.halted(record, account), details=details
            )
            return
        needed = f"{self._start.person}, {self._choice.address}" if self._start and self._choice else ""
        said = words.trouble(
            error.code, model=self._model, needed=needed, message=error.message, hint=error.hint
        )
        self._stop_page("warn", words.STOPPED_TITLE, said.title, said.text, details=details)
        if error.code == "DEV_REJECTED" and self.compare.expected is not None:
            differed = ActionButton(words.LINE_DIFFERED, kind="danger-outline", name="sign.line-differed")
            differed.triggered.connect(self._which_differs)
            self._more(differed)
            self.cancel.setText(words.CHANGED_MIND)
        if said.retry and self._choice is not None:
            self._offer(strings.RETRY, self._again)

    def _again(self) -> None:
        self.cancel.setText(f"{strings.CANCEL}  (Esc)")
        if self._choice is not None and self._choice.sealed:
            self._ask_passphrase()
        else:
            self._connect()

    def _which_differs(self) -> None:
        if self.compare.expected is None:
            return
        self.flow.stop()
        self._limit(None)
        self._more()
        self._show(self.differs, self.rail.at)
        self.differs.show_lines(self.compare.expected.lines, self.compare.lines.at)
        self._wait_words(words.WAITING_FOR_YOU, words.NOTHING_SIGNED)
        self._offer(words.STOP_AND_KEEP, self._keep)

    def _keep(self) -> None:
        line, choice = self.differs.chosen, self._choice
        if line is not None and choice is not None:
            self._tasks.spawn(self._report(choice, line.name, line.value, self.differs.seen.toPlainText()))

    async def _report(self, choice: Choice, line: str, expected: str, seen: str) -> None:
        self._offer(words.KEEPING, None)
        self._wait_words(words.KEEPING, words.NOTHING_SIGNED)
        await self.flow.stopped()
        try:
            result = await self.flow.report(choice, line, expected, seen)
        except CountersignError as error:
            if not self._closed:
                self.differs.problem.show_state("danger", error.message, error.hint)
                self.differs.problem.show()
                self._offer(words.STOP_AND_KEEP, self._keep)
            return
        if self._closed:
            return
        record, warning = _object(result["evidence"])["index"], str(result["warning"])
        self._stop_page(
            "info", words.DIFFERENCE_KEPT, words.DIFFERENCE_KEPT,
            words.differs_record(record if isinstance(record, int) else 0), lines=(words.WARNING, warning),
        )  # fmt: skip
        copy = ActionButton(words.COPY_WARNING, icon="copy", name="sign.copy-warning")
        copy.triggered.connect(lambda: QtWidgets.QApplication.clipboard().setText(warning))
        self._more(copy)

    def _unforeseen(self, _error: BaseException) -> None:
        if not self._closed:
            self._stop_page(
                "danger", words.STOPPED_TITLE, strings.INTERNAL_ERROR, strings.INTERNAL_CONSEQUENCE
            )

    # -- its end -------------------------------------------------------------------------------------------

    def done(self, code: int) -> None:
        """Close, and stop what waits; what was signed already is journaled all the same."""
        self._closed = True
        self._clock.stop()
        self.unlock.passphrase.clear()
        self.flow.stop()
        if self.hands is not None:
            self.hands.close()
        super().done(code)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space compares wherever the focus is on the page, unless it presses a button."""
        if self._at(ComparePage) and event.key() == Qt.Key.Key_Space:
            self.compare.lines.keyPressEvent(event)
            return
        super().keyPressEvent(event)


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
