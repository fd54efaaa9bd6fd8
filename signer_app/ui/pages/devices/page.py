"""Devices: one card for each signer key of the policy, and the live state of what is connected.

Scanning has a thread of its own, the window's (device_watch.py); in view, the page listens to it. What asks
a device or its owner runs in threads too, so that neither the window nor the workspace waits.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.ui.device_watch import Listening
from signer_app.ui.pages.devices.parts import (
    ConnectedRow,
    NewPracticeDevice,
    PracticeRow,
    RulesDialog,
    key_card,
    rules_apply,
)
from signer_app.ui.practice_device import PracticeDeviceWindow
from signer_app.ui.qt import QtGui, QtWidgets
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.signing.flow import objects
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, StateBanner, clear, column, label, plain
from signer_app.ui.words import devices as words
from signer_app.ui.words import faults, standing, strings

if TYPE_CHECKING:  # the rooms load in threads
    from signer_app.workspace import Workspace
    from signer_app.workspace.devices import ConnectedDevices
    from signer_app.workspace.practice_devices import PracticeDevices


class DevicesPage(Page):
    """See the module."""

    key = "devices"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        t = theme()
        margin = t.size("margin")
        self.watch: Listening | None = None
        self._bench: PracticeDevices | None = None
        self._opening = asyncio.Lock()
        self._asking, self._waiting_words = False, ""
        self.session.progressed.connect(self._told)
        self.windows: dict[str, PracticeDeviceWindow] = {}
        self._rows: dict[str, ConnectedRow] = {}
        self._keys: list[JsonObject] = []
        self._unlocked, self._across = False, 2
        #: Public key -> device that was seen to hold it.
        self._holders: dict[str, str] = {}
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(strings.PAGES["devices"])
        column(self.body).addWidget(scroll)
        inner = plain()
        scroll.setWidget(inner)
        box = column(inner, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES[self.key], words.SUB)
        self.rules = ActionButton(words.RULES, name="devices.rules")
        self.rules.triggered.connect(lambda: self.run(self._show_rules()))
        self.rules.setVisible(rules_apply())
        head.addWidget(self.rules)
        box.addLayout(head)
        box.addWidget(self._connected_card())
        self._practice = self._practice_card()
        self._practice.setVisible(self._is_practice)
        box.addWidget(self._practice)
        box.addWidget(label(words.KEYS, "section"))
        self._cards = QtWidgets.QGridLayout()
        self._cards.setSpacing(t.size("gap"))
        box.addLayout(self._cards)
        box.addStretch(1)

    @property
    def _is_practice(self) -> bool:
        summary = self.session.summary
        mine = not self.session.look_only  # those of the folder are started and made by who works in it
        return summary is not None and summary.network_class == "practice" and mine

    def _connected_card(self) -> Card:
        card = Card(words.CONNECTED, "devices", name="devices.connected")
        self._list = column(spacing=theme().scaled(6))
        self._none = label(words.LOOKING, "body", "text2", wrap=True, name="devices.none")
        card.body.addWidget(self._none)
        card.body.addLayout(self._list)
        self.doing = StateBanner("info")
        self.doing.setObjectName("devices.doing")
        self.doing.hide()
        card.body.addWidget(self.doing)
        return card

    def _practice_card(self) -> Card:
        card = Card(words.PRACTICE, "devices", words.PRACTICE_SUB, name="devices.practice")
        self._benches = column(spacing=theme().scaled(6))
        card.body.addLayout(self._benches)
        self.new = NewPracticeDevice(lambda name, model: self.run(self._start(name, model)))
        card.body.addWidget(self.new)
        return card

    # -- reading -------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Keys of the policy, and the practice devices of the workspace."""
        found = await self.session.call(_read, name=words.READING)
        self._keys, self._unlocked = objects(found["keys"]), found["unlocked"] is True
        self._show_keys()
        if self._is_practice:
            await self._read_practice()

    def handlers(self) -> Mapping[str, Callable[[], None]]:
        """Test signing in practice: the first device that is connected."""
        return {"device-test": self._test_first}

    def panes(self) -> list[QtWidgets.QWidget]:
        """What is connected, then the keys."""
        return [self]

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """In view: scan."""
        super().showEvent(event)
        if self.watch is None and not self.session.locked:
            self.watch = self.shell.devices.listen(self._devices_found, self._scan_failed)

    def hideEvent(self, event: QtGui.QHideEvent) -> None:  # noqa: N802
        """Out of view: stop scanning."""
        super().hideEvent(event)
        self._stop_watch()

    def _stop_watch(self) -> None:
        if self.watch is not None:
            self.watch.stop()
            self.watch = None

    def leave(self) -> None:
        """The workspace is being locked: no scan, no window, and what was started here ends."""
        self._stop_watch()
        for window in list(self.windows.values()):
            window.close()
        bench, self._bench = self._bench, None
        if bench is not None:
            # Not a daemon: the program ends after its practice devices.
            threading.Thread(target=bench.close, name="practice-close").start()
        super().leave()

    # -- what is connected ---------------------------------------------------------------------------------

    def _devices_found(self, found: JsonObject) -> None:
        devices = objects(found["devices"])
        named = {str(device["device"]): device for device in devices}
        if set(named) != set(self._rows):
            clear(self._list)
            self._rows = {
                name: ConnectedRow(device, self._show_address, self._test) for name, device in named.items()
            }
            for made in self._rows.values():
                self._list.addWidget(made)
            if self._is_practice:
                self.run(self._read_practice())
        for name, device in named.items():
            self._rows[name].show_device(device)
        self._none.setText(words.NONE_CONNECTED)
        self._none.setVisible(not named)
        self._holders = {key: name for key, name in self._holders.items() if name in named}
        self.banner("scan", None)
        self._show_keys()

    def _scan_failed(self, error: CountersignError) -> None:
        self.banner("scan", StateBanner("warn", error.message, faults.hint(error)))

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802
        """Two cards beside each other where both have room for their addresses."""
        super().resizeEvent(event)
        across = 2 if event.size().width() >= theme().scaled(840) else 1
        if across != self._across:
            self._across = across
            self._show_keys()

    def _show_keys(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if not self._keys:
            none = StateBanner("info", words.NO_KEYS)
            none.offer([(words.GO_POLICY, lambda: self.shell.go("policy"))])
            self._cards.addWidget(none, 0, 0)
            return
        for number, key in enumerate(self._keys):
            row = self._holder(key)
            card = key_card(key, *self._state_of(key), row.told if row is not None else None)
            self._cards.addWidget(card, *divmod(number, self._across))

    def _state_of(self, key: JsonObject) -> tuple[str, str]:
        """Words and tone of a key's state, as far as this workstation can tell."""
        mine = key["mine"] is True
        if key["backend"] == "keystore":
            state = words.SEALED_STATE[self._unlocked] if mine else words.ELSEWHERE
            return state.capitalize(), "ok" if mine and self._unlocked else "neutral"
        row = self._holder(key)
        if row is not None:
            return f"{row.chip.word}, {row.chip.device}", "ok" if row.chip.state == "READY" else "warn"
        if not mine:
            return words.ELSEWHERE.capitalize(), "neutral"
        if self._rows and key["backend"] == "ledger":
            return words.ASK_NEXT, "neutral"
        return words.NOT_CONNECTED, "neutral"

    def _holder(self, key: JsonObject) -> ConnectedRow | None:
        """The connected device that was seen to hold a key."""
        return self._rows.get(self._holders.get(str(key["public_key"]), ""))

    @property
    def sees_device(self) -> bool:
        """Whether a device is connected, as far as was seen."""
        return bool(self._rows)

    # -- what can be done with one -------------------------------------------------------------------------

    def _test_first(self) -> None:
        if self._rows:
            self._test(next(iter(self._rows)))
        else:
            self.doing.show_state("warn", words.NOT_WITH)
            self.doing.show()

    def _show_address(self, device: str) -> None:
        networks = self._networks()
        path = "44'/144'/0'/0/0"
        connected = self.session.connected
        self.run(
            self._ask(words.SHOW_ADDRESS_WAIT, lambda: connected.address(device, path, networks, show=True))
        )

    def _test(self, device: str) -> None:
        networks, connected = self._networks(), self.session.connected
        known = frozenset(str(key["public_key"]) for key in self._keys)
        self.run(self._ask(words.TESTING, lambda: _try(connected, device, networks, known)))

    def _networks(self) -> tuple[str, ...]:
        summary = self.session.summary
        return summary.networks if summary is not None else ()

    async def _ask(self, waiting: str, ask: Callable[[], JsonObject]) -> None:
        """Ask a device in a thread; the banner says who is awaited and has the button that stops it."""
        connected = self.session.connected
        self._asking, self._waiting_words = True, waiting
        self.doing.show_state("info", waiting)
        self.doing.offer([(words.STOP, lambda: self.run(self.session.stop_device(connected)))])
        self.doing.show()
        for row in self._rows.values():
            row.address.block(waiting)
            row.test.block(waiting)
        try:
            result = await asyncio.to_thread(ask)
        except CountersignError as error:
            self.doing.show_state("warn", error.message, faults.hint(error))
        else:
            self._show_answer(result)
        self._asking = False
        self.doing.offer([(strings.CLOSE, self.doing.hide)])
        for row in self._rows.values():
            row.address.block("")
            row.test.block("")

    def _told(self, said: str) -> None:
        """What the person has to do at the device now: the address that it must show, the app to open."""
        if self._asking:
            self.doing.show_state("info", self._waiting_words, said)

    def _show_answer(self, result: JsonObject) -> None:
        if "steps" in result:
            steps = "\n".join(f"{step['name']}: {step['detail']}" for step in objects(result["steps"]))
            self.doing.show_state("ok", words.TEST_DONE, steps)
            self.run(self._record(result))
        else:
            self.doing.show_state("ok", words.SHOWN, f"{result['address']}  ({result['path']})")
        self._holders[str(result["public_key"]).upper()] = str(result["device"])
        self._show_keys()

    async def _record(self, result: JsonObject) -> None:
        """That a key of the policy passed is kept in the journal, if that can be written."""
        passed = [key for key in self._keys if key["public_key"] == result["public_key"]]
        if passed and not standing.off(self.session.summary):
            kept = await self.session.call(lambda workspace: workspace.tests.passed(result))
            for key in passed:
                key["last_test"] = kept
            self._show_keys()

    async def _show_rules(self) -> None:
        found, text = await asyncio.to_thread(_rules)
        network_class = self.session.summary.network_class if self.session.summary else ""
        window = self.window()
        await self.shell.ask(RulesDialog(window, found, text, network_class))

    # -- practice devices ----------------------------------------------------------------------------------

    async def _read_practice(self) -> None:
        bench = await self._open_bench()
        entries = await asyncio.to_thread(bench.describe)
        clear(self._benches)
        for entry in entries:
            made = PracticeRow(
                entry,
                lambda name: self.run(self._start(name, None)),
                lambda name: self.run(self._stop(name)),
                lambda name: self.run(self.show_practice(name)),
            )
            self._benches.addWidget(made)

    async def _open_bench(self) -> PracticeDevices:
        async with self._opening:
            if self._bench is not None:
                return self._bench
            directory = self.session.directory
            if directory is None:
                raise LookupError("a page without a workspace")
            bench, models = await asyncio.to_thread(_bench, directory)
            self._bench = bench
            self.new.show_models(models)
            return bench

    async def _start(self, name: str, model: str | None) -> None:
        bench = await self._open_bench()
        self.new.start.block(words.STARTING)
        try:
            await asyncio.to_thread(bench.start, name, model)
        finally:
            self.new.start.block("")
            await self._read_practice()
        self.new.name.clear()

    async def _stop(self, name: str) -> None:
        bench = await self._open_bench()
        await asyncio.to_thread(bench.stop, name)
        await self._read_practice()

    async def show_practice(self, name: str) -> None:
        """The window of a running practice device; the one that is open already comes to the front."""
        known = self.windows.get(name)
        if known is not None:
            known.raise_()
            known.activateWindow()
            return
        bench = await self._open_bench()
        hand = await asyncio.to_thread(bench.hand, name)
        window = self.windows[name] = PracticeDeviceWindow(name, hand)
        window.closed.connect(lambda: self._window_closed(name))
        window.show()

    def _window_closed(self, name: str) -> None:
        window = self.windows.pop(name, None)
        if window is not None:
            window.deleteLater()


def _read(workspace: Workspace) -> JsonObject:
    from signer_app.workspace.signing import signer_keys  # noqa: PLC0415

    return {**signer_keys(workspace), "unlocked": workspace.keys.keystore_or_none is not None}


def _try(
    connected: ConnectedDevices, device: str, networks: tuple[str, ...], known: Collection[str]
) -> JsonObject:
    from signer_app.workspace.device_test import try_device  # noqa: PLC0415 - loads a ledger

    return try_device(connected, device, networks, known)


def _rules() -> tuple[JsonObject, str]:
    from signer_app.core.resources import resource  # noqa: PLC0415
    from signer_app.workspace.udev import RULES, install_rules  # noqa: PLC0415

    found = install_rules(Path("/etc/udev/rules.d"), dry_run=True)
    return found, resource(RULES).read_text(encoding="utf-8")


def _bench(directory: Path) -> tuple[PracticeDevices, dict[str, str]]:
    from signer_app.workspace.practice_devices import PRACTICE_MODELS, PracticeDevices  # noqa: PLC0415

    return PracticeDevices(directory), dict(PRACTICE_MODELS)
