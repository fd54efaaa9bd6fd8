"""The signing dialog in a real workspace, with a practice Ledger, and by its parts."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_office import (
    SECOND_PHRASE,
    LedgerTemplate,
    TwoLedgersTemplate,
    for_carol,
    ledger_key,
    plug_in,
    plug_in_second,
)
from offices import SECRETS, Offices
from sign_desk import Desk, in_app, press, sign_on_the_other
from window_help import close_windows, until

from signer_app.ui.loop import make_loop
from signer_app.ui.pages.inbox.page import InboxPage
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.signing.compare import ComparePage, Expected, Line
from signer_app.ui.signing.dialog import SignDialog
from signer_app.ui.signing.pages import Choice, ChoosePage
from signer_app.ui.signing.seat import Seat, Sitting
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton
from signer_app.ui.words import signing as words

Run = Callable[..., Any]
LINES = (
    Line("Transaction Type", "Payment", "", ("Transaction Type | Payment",)),
    Line("Amount", "XRP 100", "100 XRP", ("Amount | XRP 100",)),
    Line("Memo Data", "00" * 40, "", ("Memo Data (1/2) | 0000", "Memo Data (2/2) | 00")),
)


# -- parts -------------------------------------------------------------------------------------------------


def test_space_ticks_and_goes_on_and_shift_space_takes_back(look: Theme) -> None:
    page = ComparePage()
    page.show_expected(Expected(True, LINES, ("Sequence 5",)), asked=False)
    for expected in (1, 2, 3):
        press(page.lines, Qt.Key.Key_Space)
        assert page.lines.count == expected
    assert page.lines.complete
    press(page.lines, Qt.Key.Key_Space, shift=True)
    assert (page.lines.count, page.lines.at) == (2, 2)
    press(page.lines, Qt.Key.Key_Space, shift=True)
    assert (page.lines.count, page.lines.at) == (1, 1)
    assert "not ticked" in page.lines.rows[1].accessibleName()
    assert page.unknown.isHidden()
    assert "Sequence 5" in page.hidden.text()


def test_the_drawing_shows_the_page_of_the_current_line_and_turns_long_ones(look: Theme) -> None:
    page = ComparePage()
    page.show_expected(Expected(False, LINES, ()), asked=True)
    assert not page.unknown.isHidden()
    assert (page.drawing.title, page.drawing.lines) == ("Transaction Type", ("Payment",))
    page.lines.go(2)
    assert (page.drawing.title, page.drawing.lines) == ("Memo Data (1/2)", ("0000",))
    press(page.lines, Qt.Key.Key_Right)
    assert (page.drawing.title, page.drawing.lines) == ("Memo Data (2/2)", ("00",))


def choice(device: str, reason: str = "", backend: str = "ledger") -> Choice:
    return Choice("k", "xrpl:1:rTest", "AA", device, backend, "cold", reason)


def test_the_only_usable_key_is_chosen_and_the_others_say_why(look: Theme) -> None:
    page = ChoosePage()
    page.show_choices([choice("nano"), choice("trezor", "Trezor does no XRPL multisigning.")])
    assert page.chosen is not None
    assert page.chosen.device == "nano"
    assert page.buttons[1].isEnabled()
    assert page.buttons[1].accessibleDescription() == "Trezor does no XRPL multisigning."
    page.show_choices([choice("one"), choice("two")])
    assert page.chosen is None


def test_a_seat_without_an_attempt_lets_nothing_through_and_a_stopped_one_ends(run: Run) -> None:
    async def main() -> None:
        from signer_app.core.errors import SignerError

        class Nobody:
            def heard(self, step: object) -> None: ...
            def shown(self, review: object) -> None: ...

        seat = Seat()
        desk = seat.desk(lambda _words: None)
        with pytest.raises(SignerError, match="Nobody"):
            desk.gate(None)  # type: ignore[arg-type]
        sitting = Sitting(Nobody())
        inside = threading.Event()

        def wait() -> str:
            with seat.taken_by(sitting):
                inside.set()
                try:
                    desk.gate(None)  # type: ignore[arg-type]
                except SignerError as error:
                    return error.code
            return "passed"

        waiting = asyncio.create_task(asyncio.to_thread(wait))
        await asyncio.to_thread(inside.wait, 20)
        sitting.stop()
        assert await waiting == "DEV_CANCELLED"
        passing = Sitting(Nobody())
        passing.proceed()
        with seat.taken_by(passing):
            desk.gate(None)  # type: ignore[arg-type]

    run(main())


@pytest.fixture
def two_ledgers(
    ledger_template: LedgerTemplate, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Offices:
    """As ledger_offices; carol has two Ledgers."""
    made = TwoLedgersTemplate(tmp_path_factory.mktemp("two-ledgers"), ledger_template.ledger)
    return made.copy(tmp_path / "offices")


# -- the whole ---------------------------------------------------------------------------------------------


@pytest.fixture
def patient(qapp: QtWidgets.QApplication) -> Iterator[Run]:
    """As run, with time for processes to start on a loaded machine."""
    qapp.setQuitOnLastWindowClosed(False)  # as loop.run does
    with asyncio.Runner(loop_factory=lambda: make_loop(qapp)) as runner:

        def go(work: Coroutine[object, object, None]) -> None:
            async def limited() -> None:
                try:
                    async with asyncio.timeout(250):
                        await work
                finally:
                    await close_windows()

            runner.run(limited())

        yield go


def driven(
    run: Run,
    offices: Offices,
    settings: ViewSettings,
    work: Callable[[Desk], Coroutine[Any, Any, None]],
    name: str = "carol",
) -> None:
    async def main() -> None:
        secrets = (SECRETS[f"{name}.vault"], SECRETS[f"{name}.keys"])
        await work(Desk(offices.folder(name), *secrets, settings))

    run(main())


@pytest.mark.slow
def test_six_steps_to_a_signature_from_a_ledger(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices) as nano:

        async def work(desk: Desk) -> None:
            dialog = await desk.open(identifier)
            assert [b.choice.device for b in dialog.choose.buttons] == ["nano-1", "trezor-1"]
            assert "pay 100 XRP to custodian" in dialog.heading.text()
            await in_app(nano)
            await desk.to_compare()
            assert dialog.go_on.reason == words.TICK_FIRST
            dialog.go_on.click()
            with nano.control() as control:
                assert control.do("screens")["waiting"] is False
            desk.tick_all()
            assert dialog.go_on.reason == ""
            assert all(tick.state == "done" for tick in dialog.connecting.lines.values())
            dialog.go_on.click()
            await until(lambda: dialog.rail.at == 3, 100)
            assert dialog.compare.lines.count == 0
            shown = await asyncio.to_thread(nano.question)
            expected = [page for line in dialog.compare.expected.lines for page in line.pages]
            assert shown["pages"][: len(expected)] == expected
            with nano.control() as control:
                control.do("approve")
            await until(lambda: dialog.rail.at == 5, 100)
            assert (
                "Signature verified and saved as record"
                in dialog.findChild(QtWidgets.QWidget, "sign.saved").fact.text()
            )
            assert dialog.go_on.text() == words.DONE
            assert dialog.findChild(ActionButton, "sign.further").text().strip() == words.FURTHER["send"][0]
            dialog.go_on.click()
            assert desk.asking is not None
            assert await desk.asking == 1

        driven(patient, ledger_offices, settings, work)
    assert ledger_offices.state("carol", identifier) == "READY"


@pytest.mark.slow
def test_cancel_while_the_device_asks_closes_at_once_and_releases_nothing(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices) as nano:

        async def work(desk: Desk) -> None:
            dialog = await desk.open(identifier)
            await in_app(nano)
            await desk.to_compare()
            await desk.to_question(nano)
            assert not dialog.practice.isHidden()
            dialog.practice.click()
            assert dialog.hands is not None
            await until(lambda: dialog.hands.windows, 100)
            device = dialog.hands.windows["nano-1"]
            await until(lambda: device.screen_.get("purpose") == "sign", 100)
            device.press("right")
            await until(lambda: device.screen_.get("at") == 1, 100)
            press(dialog, Qt.Key.Key_Escape)
            assert not dialog.hands.windows
            assert desk.asking is not None
            assert await desk.asking == 0
            await until(lambda: not desk.session.busy_with, 100)
            codes = await desk.session.call(
                lambda w: [r.get("code") for _, r in w.journal.records(0) if r["type"] == "sign.failed"]
            )
            assert codes == ["DEV_CANCELLED"]

        driven(patient, ledger_offices, settings, work)


@pytest.mark.slow
def test_it_differs_keeps_evidence_rejects_and_writes_the_warning(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices) as nano:

        async def work(desk: Desk) -> None:
            dialog = await desk.open(identifier)
            await in_app(nano)
            await desk.to_compare()
            press(dialog.compare.lines, Qt.Key.Key_Space)
            dialog.findChild(QtWidgets.QPushButton, "sign.differs").click()
            assert dialog.differs.line.currentIndex() == 1
            dialog.differs.seen.setPlainText("rSomebodyElse")
            dialog.go_on.click()
            await until(lambda: dialog._stack.currentWidget() is dialog.stopped, 100)
            assert dialog.stopped.question.text() == words.DIFFERENCE_KEPT
            shown = await desk.session.call(lambda w: w.reading.proposal(identifier))
            assert "rSomebodyElse" in str(shown["rejections"])
            dialog.reject()

        driven(patient, ledger_offices, settings, work)


@pytest.mark.slow
def test_another_signature_than_asked_is_a_danger_page_without_retry(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices, "--fault", "signs_else") as nano:

        async def work(desk: Desk) -> None:
            dialog = await desk.open(identifier)
            await in_app(nano)
            await desk.to_compare()
            await desk.to_question(nano)
            with nano.control() as control:
                control.do("approve")
            await until(lambda: dialog._stack.currentWidget() is dialog.stopped, 100)
            assert dialog.stopped.question.text() == words.DANGER_TITLE
            assert dialog.go_on.isHidden()
            assert "quarantine" in dialog.stopped.banner.consequence.text()
            assert "halted" in dialog.stopped.banner.consequence.text()
            dialog.reject()

        driven(patient, ledger_offices, settings, work)


@pytest.mark.slow
def test_a_halt_that_arrives_while_comparing_closes_the_dialog_with_the_reason(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices) as nano:

        async def work(desk: Desk) -> None:
            dialog = await desk.open(identifier)
            await in_app(nano)
            await desk.to_compare()
            desk.tick_all()
            # The worker's thread waits at the gate, so nothing else writes here meanwhile.
            desk.session._workspace.proposals.halts.halt("something is wrong")  # type: ignore[union-attr]
            dialog.go_on.click()
            await until(lambda: dialog._stack.currentWidget() is dialog.stopped, 100)
            assert dialog.stopped.question.text() == words.CLOSED_TITLE
            with nano.control() as control:
                assert control.do("screens")["waiting"] is False
            dialog.reject()

        driven(patient, ledger_offices, settings, work)


@pytest.mark.slow
def test_from_the_saved_signature_it_goes_on_to_export(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices, tmp_path: Path
) -> None:
    offices = ledger_offices
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "bob", identifier)

    async def work(desk: Desk) -> None:
        window = desk.window
        await desk.session.open(offices.folder("bob"), bytearray(SECRETS["bob.vault"].encode()))
        window.go("inbox", identifier)
        page = window.page
        assert isinstance(page, InboxPage)
        await until(lambda: page.detail.details is not None and not page.detail.reasons.get("review"), 100)
        page._asked("review")
        await until(lambda: window.findChild(SignDialog), 100)
        desk.dialog = window.findChild(SignDialog)
        await until(lambda: desk.dialog.choose.buttons, 100)
        desk.dialog.go_on.click()
        await desk.pass_phrase()
        await until(lambda: desk.dialog.rail.at == 3, 100)
        desk.dialog.findChild(ActionButton, "sign.further").click()
        await until(lambda: window.findChildren(QtWidgets.QFileDialog), 100)
        (chooser,) = window.findChildren(QtWidgets.QFileDialog)
        assert chooser.selectedFiles()[0].endswith(f"{identifier[:12]}.countersign")
        target = tmp_path / "next.countersign"
        chooser.findChild(QtWidgets.QLineEdit, "fileNameEdit").setText(str(target))
        chooser.accept()
        await until(target.exists, 100)

    driven(patient, offices, settings, work, "bob")
    answer = offices.do("carol", "proposal", "import", str(tmp_path / "next.countersign"))
    assert answer.result["proposal_id"] == identifier
    assert offices.do("carol", "proposal", "show", identifier).result["signatures"]


@pytest.mark.slow
def test_a_sealed_key_signs_without_a_device_and_a_wrong_passphrase_is_said(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = ledger_offices.pay("alice", "100")
    ledger_offices.travel("alice", "bob", identifier)

    async def work(desk: Desk) -> None:
        dialog = await desk.open(identifier)
        dialog.go_on.click()
        assert dialog.rail.steps == words.SEALED_STEPS
        assert dialog.go_on.reason == words.TYPE_PASSPHRASE
        await desk.pass_phrase("not this one")
        await until(lambda: not dialog.unlock.problem.isHidden(), 100)
        assert dialog.unlock.passphrase.text() == ""
        await desk.pass_phrase()
        await until(lambda: dialog.rail.at == 3, 100)
        assert dialog.go_on.text() == words.DONE
        dialog.go_on.click()

    driven(patient, ledger_offices, settings, work, "bob")
    assert ledger_offices.do("bob", "proposal", "show", identifier).result["signatures"]


@pytest.mark.slow
def test_a_device_process_that_is_stopped_is_given_up_while_the_window_lives(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    """The window's thread makes no blocking call: the loop turns while the child does not."""
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices) as nano:

        async def work(desk: Desk) -> None:
            dialog = await desk.open(identifier)
            await in_app(nano)
            await desk.to_compare()
            await desk.to_question(nano)
            pid = desk.session.connected._process.pid
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
            turns = 0
            async with asyncio.timeout(50):
                while dialog._stack.currentWidget() is not dialog.stopped:
                    await asyncio.sleep(0.01)
                    turns += 1
            assert turns > 100
            assert "connection dropped" in dialog.stopped.banner.fact.text()
            assert dialog.go_on.text() == "Retry"
            dialog.reject()

        driven(patient, ledger_offices, settings, work)


@pytest.mark.slow
def test_a_second_device_signs_while_the_first_and_the_process_that_asks_it_are_stopped(
    patient: Run, look: Theme, settings: ViewSettings, two_ledgers: Offices
) -> None:
    """The device stays stopped; its process is given up. tests/bench/window.py measures the window then."""
    identifier = for_carol(two_ledgers)
    with plug_in(two_ledgers) as first, plug_in_second(two_ledgers) as second:
        hung: list[int] = []

        def stop(pid: int) -> None:
            hung.append(pid)
            os.kill(pid, signal.SIGSTOP)
            first.halt()

        async def work(desk: Desk) -> None:
            await in_app(first)
            await in_app(second)
            await sign_on_the_other(desk, identifier, first, second, stop)
            assert first.halted, "all the time"
            first.go_on()
            assert desk.session.connected._process.pid not in (None, *hung)
            codes = await desk.session.call(
                lambda w: [r.get("code") for _, r in w.journal.records(0) if r["type"] == "sign.failed"]
            )
            assert codes == ["DEV_DISCONNECTED"]

        driven(patient, two_ledgers, settings, work)
    shown = two_ledgers.do("carol", "proposal", "show", identifier).result
    assert shown["state"] == "READY"
    assert ledger_key(SECOND_PHRASE)[0] in {entry["signer"] for entry in shown["signatures"]}


def test_no_page_of_the_dialog_blocks(look: Theme) -> None:
    """Waiting is done by coroutines and in the worker's thread; the words of blocking calls stand nowhere."""
    import re

    import signer_app.ui.signing as room

    blocking = re.compile(r"time\.sleep|\.result\(\)|\.join\(\)|subprocess\.run|\.recv\(")
    allowed = {"seat.py": r"_go\.wait\(\)"}
    for path in sorted(Path(room.__file__).parent.glob("*.py")):
        text = path.read_text()
        assert not blocking.search(text), path.name
        waits = re.findall(r"\w+\.wait\(\)", text)
        assert all(re.fullmatch(allowed.get(path.name, "$^"), wait) for wait in waits), path.name
