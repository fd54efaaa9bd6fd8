"""The device pill: what is plugged in, looked at in one thread, by nobody while locked or away."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from window_help import PASSPHRASE, Run, closed, until

from signer_app.core.errors import SignerError
from signer_app.ui import device_watch
from signer_app.ui.device_watch import DeviceStation
from signer_app.ui.qt import Qt, QtGui
from signer_app.ui.session import Session
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import device_pill as words
from signer_app.ui.words import strings

NANO: dict[str, Any] = {"device": "nano-1", "model": "Nano X", "transport": "usb", "state": "LOCKED",
                        "reason": "Enter the PIN.", "app": None, "app_version": None}  # fmt: skip


@pytest.mark.parametrize(
    ("found", "plain", "strong", "tone"),
    [
        (None, words.LOOKING, "", "neutral"),
        ({"devices": []}, strings.NO_DEVICE, "", "neutral"),
        ({"devices": [NANO]}, "Nano X", "locked", "warn"),
        ({"devices": [{**NANO, "state": "READY"}]}, "Nano X", "ready", "ok"),
        ({"devices": [{**NANO, "state": "BUSY"}]}, "Nano X", "busy", "info"),
        ({"devices": [{**NANO, "state": "FAULT"}]}, "Nano X", "fault", "danger"),
        ({"devices": [NANO, {**NANO, "state": "READY"}]}, "2 devices", "1 ready", "ok"),
        (SignerError("No.", code="DEV_NO_PERMISSION"), words.DEVICES, words.CANNOT_LOOK, "warn"),
    ],
)
def test_the_pill_says_what_is_there(found: Any, plain: str, strong: str, tone: str) -> None:
    assert words.pill(found)[:3] == (plain, strong, tone)


def test_every_state_has_its_words() -> None:
    for state in strings.DEVICE_STATES:
        _, strong, tone, reason = words.pill({"devices": [{**NANO, "state": state}]})
        assert strong == strings.DEVICE_STATES[state].lower()
        assert tone
        assert "Enter the PIN." in reason


class Looked:
    """Connected devices that count who looks at them, and in which thread."""

    def __init__(self) -> None:
        self.count = 0
        self.threads: set[threading.Thread] = set()
        self.found: list[dict[str, Any]] = [NANO]

    def describe(self) -> dict[str, Any]:
        self.count += 1
        self.threads.add(threading.current_thread())
        return {"devices": list(self.found)}


class Place(Session):
    """A session whose devices are the test's."""

    def __init__(self, looked: Looked) -> None:
        super().__init__()
        self.looked = looked

    @property
    def connected(self) -> Any:
        return self.looked


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_watch, "EVERY_S", 0.01)
    monkeypatch.setattr(device_watch, "SELDOM_S", 0.02)
    monkeypatch.setattr(device_watch, "FIRST_AFTER_MS", 1)


def state(monkeypatch: pytest.MonkeyPatch, value: Qt.ApplicationState) -> None:
    monkeypatch.setattr(QtGui.QGuiApplication, "applicationState", staticmethod(lambda: value))


def test_one_watch_for_header_and_page_and_rest_while_another_program_has_the_screen(
    run: Run[None], quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    state(monkeypatch, Qt.ApplicationState.ApplicationActive)

    async def main() -> None:
        looked, heard, page = Looked(), list[Any](), list[Any]()
        station = DeviceStation(Place(looked))
        station.changed.connect(heard.append)
        station.begin()
        await until(lambda: heard == [{"devices": [NANO]}])
        listening = station.listen(page.append, page.append)
        assert page == heard, "what is known is told at once"
        looked.found = []
        await until(lambda: page[-1] == {"devices": []} == heard[-1])
        assert len(looked.threads) == 1
        assert threading.main_thread() not in looked.threads
        state(monkeypatch, Qt.ApplicationState.ApplicationInactive)
        station._pace()
        before = looked.count
        await until(lambda: looked.count > before + 2)
        listening.stop()
        await until(lambda: station._watch is not None and station._watch._resting)
        still = looked.count
        for _ in range(4):
            await asyncio.to_thread(threading.Event().wait, 0.05)
        assert looked.count <= still + 1, "one may have been on its way"
        station.end()
        assert station.last is None
        (thread,) = looked.threads
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()
        station.deleteLater()

    run(main())


def test_the_header_says_it_and_forgets_it_when_locked(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        assert not window.devices.scanning
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.devices._found({"devices": [NANO]})
        assert window.header.device.accessibleName() == "Nano X locked"
        assert "Enter the PIN." in window.header.device.accessibleDescription()
        window.lock()
        await until(lambda: window.session.locked)
        assert not window.devices.scanning
        assert not window.devices._first.isActive()
        assert window.header.device.accessibleName() == words.LOOKING
        await closed(window)

    run(main())
