"""Devices: keys of the policy, live states, practice devices and their window; and sending."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from ledger_office import NANO, for_carol, plug_in
from offices import SECRETS, Offices
from room import nameless
from window_help import close_windows, until

from signer_app.core.errors import SignerError
from signer_app.ui.device_watch import DeviceWatch
from signer_app.ui.loop import make_loop
from signer_app.ui.pages.devices.page import DevicesPage
from signer_app.ui.practice_device import PracticeDeviceWindow
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.sending import FollowPanel, SendDialog
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton, AddressBlock
from signer_app.ui.words import devices as words

Run = Callable[..., Any]


@pytest.fixture
def patient(qapp: QtWidgets.QApplication) -> Iterator[Run]:
    """As run, with time for processes to start on a loaded machine."""
    qapp.setQuitOnLastWindowClosed(False)
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


class Slow:
    """Connected devices of which a scan hangs until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()
        self.threads: set[int] = set()
        self.found: list[Any] = []

    def describe(self) -> dict[str, Any]:
        self.threads.add(threading.get_ident())
        self.asked.set()
        assert self.go.wait(60)
        if self.found and isinstance(self.found[0], SignerError):
            raise self.found.pop(0)
        return {"devices": list(self.found)}


def test_a_scan_that_hangs_holds_up_nobody_and_is_not_shown_after_stop(run: Run) -> None:
    async def main() -> None:
        slow, shown = Slow(), list[Any]()
        watch = DeviceWatch(slow, shown.append, lambda error: shown.append(error.code))  # type: ignore[arg-type]
        await asyncio.to_thread(slow.asked.wait, 30)
        assert threading.get_ident() not in slow.threads
        for _ in range(50):
            await asyncio.sleep(0)
        watch.stop()
        slow.go.set()
        await until(lambda: not watch.alive)
        assert shown == []

    run(main())


def test_a_scan_that_fails_is_said_once_and_the_next_one_goes_on(run: Run) -> None:
    async def main() -> None:
        slow, shown = Slow(), list[Any]()
        slow.found = [SignerError("gone", code="DEV_DISCONNECTED")]
        slow.go.set()
        watch = DeviceWatch(slow, shown.append, lambda error: shown.append(error.code))  # type: ignore[arg-type]
        await until(lambda: len(shown) == 2)
        assert shown == ["DEV_DISCONNECTED", {"devices": []}]
        watch.stop()

    run(main())


class Hand:
    """A practice device without a device."""

    def __init__(self) -> None:
        self.done: list[tuple[str, dict[str, Any]]] = []
        self.over = threading.Event()
        self.screen: dict[str, Any] = {
            "plugged": True, "locked": False, "app": "XRP", "purpose": "sign", "waiting": True,
            "screen": {"title": "Amount", "lines": ["XRP 100"]}, "pages": ["a", "b", "c"], "at": 1,
        }  # fmt: skip

    def watch(self, show: Callable[[Any], None]) -> None:
        show(self.screen)
        self.over.wait(60)

    def do(self, name: str, **options: Any) -> dict[str, Any]:
        self.done.append((name, options))
        return {}

    def let_go(self) -> None:
        self.over.set()


def test_the_practice_window_shows_the_screen_and_presses_its_buttons(run: Run, look: Theme) -> None:
    async def main() -> None:
        hand = Hand()
        window = PracticeDeviceWindow("nano-1", hand)  # type: ignore[arg-type]
        window.show()
        await until(lambda: window.drawing.title == "Amount")
        assert (window.drawing.lines, window.drawing.back, window.drawing.forward) == (
            ("XRP 100",),
            True,
            True,
        )
        assert window.state.text() == "Plugged in, unlocked, XRP"
        assert nameless(window) == []
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down):
            event = QtGui.QKeyEvent(QtGui.QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
            QtWidgets.QApplication.sendEvent(window, event)
            await until(lambda: not window._tasks._tasks)
        assert [options["button"] for _, options in hand.done] == ["right", "left", "both"]
        event = QtGui.QKeyEvent(
            QtGui.QKeyEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier
        )
        QtWidgets.QApplication.sendEvent(window.buttons["left"], event)  # the one in focus at first
        await until(lambda: not window._tasks._tasks)
        assert hand.done[-1] == ("press", {"button": "right"}), "an arrow presses, it does not move the focus"
        hand.over.set()
        await until(lambda: not window.gone.isHidden())
        assert window.buttons["left"].blocked
        window.close()
        window.deleteLater()

    run(main())


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
@pytest.mark.parametrize(
    ("button", "done"),
    [
        ("plug", ("unplug", {})),
        ("lock", ("lock", {})),
        ("app", ("quit", {})),
        ("left", ("press", {"button": "left"})),
        ("both", ("press", {"button": "both"})),
        ("right", ("press", {"button": "right"})),
    ],
)
def test_a_key_on_a_button_of_the_practice_window_presses_that_button_alone(
    run: Run, look: Theme, button: str, done: tuple[str, dict[str, Any]], key: Qt.Key
) -> None:
    async def main() -> None:
        hand = Hand()
        window = PracticeDeviceWindow("nano-1", hand)  # type: ignore[arg-type]
        window.show()
        await until(lambda: window.drawing.title == "Amount")
        part = window.findChild(ActionButton, f"practice.{button}")
        assert part is not None
        part.setFocus()
        for kind in (QtGui.QKeyEvent.Type.KeyPress, QtGui.QKeyEvent.Type.KeyRelease):
            event = QtGui.QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
            QtWidgets.QApplication.sendEvent(part, event)
        await until(lambda: hand.done and not window._tasks._tasks)
        assert hand.done == [done]
        window.close()
        window.deleteLater()

    run(main())


async def opened(offices: Offices, settings: ViewSettings) -> MainWindow:
    window = MainWindow(settings)
    window.show()
    await window.session.open(offices.folder("carol"), bytearray(SECRETS["carol.vault"].encode()))
    return window


def devices_page(window: MainWindow) -> DevicesPage:
    window.go("devices")
    page = window.page
    assert isinstance(page, DevicesPage)
    return page


@pytest.mark.slow
def test_keys_and_live_states(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    async def main() -> None:
        window = await opened(ledger_offices, settings)
        page = devices_page(window)
        await until(lambda: page._keys, 60)
        cards = [page._cards.itemAt(n).widget().objectName() for n in range(page._cards.count())]
        assert cards == [
            f"devices.key.{key}" for key in ("carol-nano", "carol-trezor", "alice-xrp", "bob-xrp")
        ]
        await until(lambda: page._none.text() == words.NONE_CONNECTED, 60)
        with plug_in(ledger_offices) as nano:
            await until(lambda: page._rows, 60)
            (row,) = page._rows.values()
            await until(lambda: row.chip.state == "READY", 60)
            with nano.control() as control:
                control.do("lock")
            await until(lambda: row.chip.state == "LOCKED", 60)
            assert "PIN" in row.chip.reason
            assert nameless(page) == []
            window.go("settings")
            assert page.watch is None
            window.go("devices")
            assert page.watch is not None
        await until(lambda: not page._rows, 60)

    patient(main())


@pytest.mark.slow
def test_a_practice_device_is_started_shown_asked_and_ends_with_the_window(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    folder = ledger_offices.folder("carol") / "devices" / "nano-9"

    async def main() -> None:
        window = await opened(ledger_offices, settings)
        page = devices_page(window)
        await page._start("nano-9", "nano-x")
        assert (folder / "endpoint.json").is_file()
        await page.show_practice("nano-9")
        nano = page.windows["nano-9"]
        await until(lambda: nano.screen_.get("plugged"), 60)
        nano._switch_app()
        await until(lambda: nano.screen_.get("app") is None and nano.screen_.get("plugged"), 60)
        nano._switch_app()
        await until(lambda: nano.screen_.get("app") == "XRP" and nano.screen_.get("plugged"), 60)
        await until(lambda: any(row.chip.state == "READY" for row in page._rows.values()), 60)
        page._show_address(next(iter(page._rows)))
        await until(lambda: nano.screen_.get("purpose") == "address", 60)
        assert next(iter(page._rows.values())).test.blocked
        await nano._done("approve", {})
        await until(lambda: page.doing.fact.text() == words.SHOWN, 60)
        assert len(page._holders) == 1
        await window.session.lock()
        assert not page.windows

    patient(main())
    for thread in threading.enumerate():
        if thread.name == "practice-close":
            thread.join(30)
    assert not (folder / "endpoint.json").exists()


@pytest.mark.slow
def test_sending_shows_what_the_nodes_answered_and_follows_to_the_proof(
    patient: Run, look: Theme, settings: ViewSettings, ledger_offices: Offices
) -> None:
    identifier = for_carol(ledger_offices)
    with plug_in(ledger_offices, "--approve", "auto"):
        signed = ledger_offices.do("carol", "proposal", "sign", identifier, "--device", NANO)
        assert signed.result["state"] == "READY"

    async def main() -> None:
        window = await opened(ledger_offices, settings)
        dialog = SendDialog(window, window, identifier)
        asking = asyncio.create_task(window.dialogs.ask(dialog))
        await until(lambda: not dialog.send.blocked, 60)
        said = [found.text() for found in dialog.facts.findChildren(QtWidgets.QLabel)]
        assert any("2 signatures" in text for text in said)
        (to,) = dialog.facts.findChildren(AddressBlock)
        assert to.address.text == ledger_offices.team.custodian.rpartition(":")[2]
        assert identifier[:12] not in dialog.windowTitle()
        dialog.send.click()
        await until(lambda: dialog.panel.state == "SUBMITTED", 60)
        assert dialog.panel.attempts.facts.rowCount() == 2
        assert "validated ledger" in dialog.panel.proof.text()
        await asyncio.to_thread(ledger_offices.ledger.close)
        await until(lambda: dialog.panel.state == "CONFIRMED", 60)
        assert "Confirmed" in dialog.panel.banner.fact.text()
        dialog.reject()
        await asking

    patient(main())


def test_an_unknown_outcome_says_do_not_send_again(run: Run, look: Theme) -> None:
    async def main() -> None:
        from signer_app.ui.session import Session

        panel = FollowPanel(Session(), "a" * 64)
        attempts = [{"node": "node-0", "answer": "NODE_DOWN: no answer"}]
        panel.show_sent(
            {"state": "UNKNOWN", "expiry_ledger": "97412817", "tx_id": "AB" * 32, "attempts": attempts}
        )
        assert panel.banner.fact.text() == (
            "Sent. Outcome unknown until ledger 97,412,817 is closed. Do not send again."
        )
        assert panel.attempts.facts.rowCount() == 1

    run(main())
