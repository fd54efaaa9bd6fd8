"""The real program on a screen, used by mouse and by keyboard; what came of it is read elsewhere.

Carol's key is on a practice Ledger in a process of its own, and the ledger in another. Bob has signed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from desktop import FOCUSED, Desktop
from device_process import DeviceProcess
from ledger_office import LedgerTemplate, for_carol, plug_in
from ledger_process import LedgerProcess
from memory_search import found, keys_of
from offices import SECRETS, Offices

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SIGN, SEND = "Review and sign, .*", "Send….*"


@pytest.fixture
def offices(ledger_offices: Offices) -> Offices:
    return ledger_offices


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with Desktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop


class Person:
    """Somebody at the screen who uses the mouse, or who uses nothing but keys."""

    def __init__(self, screen: Desktop, *, mouse: bool) -> None:
        self.screen, self.mouse = screen, mouse

    def press(self, name: str, role: str = "push button") -> None:
        """A button, once it is there and can be pressed."""
        if self.mouse:
            self.screen.click(name, role)
        else:
            self.screen.tab_to(name, role)
            self.screen.key("space")

    def type_into(self, name: str, text: str) -> None:
        """A field that takes the focus by itself."""
        self.screen.wait(
            lambda: next(self.screen.matching(name, "text", FOCUSED), None), f"no focus in {name}"
        )
        self.screen.type(text)

    def unlock(self, name: str) -> None:
        """The passphrase has the focus when the window comes."""
        self.type_into("Vault passphrase", SECRETS[f"{name}.vault"])
        self.press("Unlock")
        self.screen.find("Lock this window", "push button")

    def to_device(self, name: str = "carol") -> None:
        """From the proposal to the lines that have to be compared."""
        self.press(SIGN)
        self.screen.find("Which key signs.", "label")
        self.press("Continue")
        self.type_into("Key passphrase", SECRETS[f"{name}.keys"])
        self.press("Unlock")

    def compare(self) -> None:
        """Tick every line, then let the device be asked."""
        lines = "Screen (\\d+) of (\\d+), .*not ticked"
        self.screen.find(lines, "check box")
        count = len([*self.screen.matching(lines, "check box")])
        if self.mouse:
            for number in range(1, count + 1):
                self.screen.click(f"Screen {number} of {count}, .*", "check box")
        else:
            self.screen.tab_to(lines, "filler")
            self.screen.key(*["space"] * count)
        self.screen.gone(lines, "check box")
        self.press("Continue")


@contextmanager
def window(screen: Desktop, offices: Offices, name: str = "carol") -> Iterator[subprocess.Popen[str]]:
    """The program on somebody's workspace."""
    with screen.program("--workspace", str(offices.folder(name))) as process:
        yield process


@contextmanager
def ledger_device(offices: Offices, *options: str) -> Iterator[DeviceProcess]:
    """Carol's Ledger, plugged in, with the XRP app open."""
    with plug_in(offices, *options) as nano:
        with nano.control() as control:
            control.do("open", app="XRP")
        nano.wait(lambda shown: bool(shown["plugged"]) and shown["app"] == "XRP")
        yield nano


def quits(screen: Desktop, process: subprocess.Popen[str]) -> None:
    """Ctrl+Q ends the program in good order, once the window has the keyboard back from a dialog."""
    screen.wait(screen.focused, "nothing has the focus")
    screen.key("ctrl+q")
    assert process.wait(60) == 0


def records(offices: Offices, name: str, kind: str) -> list[dict[str, Any]]:
    """The journal's records of a kind, by the command line."""
    shown = offices.do(name, "journal", "show", "--type", kind).result["records"]
    return [dict(record["record"]) for record in shown]


@pytest.mark.parametrize("mouse", [True, False], ids=["mouse", "keyboard"])
def test_from_unlock_to_a_validated_payment(screen: Desktop, offices: Offices, mouse: bool) -> None:
    identifier = for_carol(offices)
    before = offices.bank.drops(offices.custodian.address)
    carol = Person(screen, mouse=mouse)
    with ledger_device(offices) as nano, window(screen, offices) as process:
        carol.unlock("carol")
        carol.to_device()
        carol.compare()
        nano.question()
        with nano.control() as control:
            control.do("approve")
        if mouse:
            carol.press("Send this proposal")
        else:
            carol.press("Done")
            carol.press(SEND)
        carol.press("Send")
        screen.find("Sent. .*")
        offices.ledger.close()
        screen.find("Confirmed. .*")
        carol.press("Close")
        screen.gone("Send: .*", "dialog")
        quits(screen, process)
    sent = offices.do("carol", "proposal", "show", identifier).result
    assert sent["state"] == "CONFIRMED"
    found = offices.ledger.ask("tx", transaction=sent["tx_id"])
    assert (found["validated"], found["meta"]["TransactionResult"]) == (True, "tesSUCCESS")
    assert offices.bank.drops(offices.custodian.address) == before + 100_000_000
    assert offices.do("carol", "journal", "verify").exit_code == 0
    assert len(records(offices, "carol", "sign.released")) == 1


def test_no_key_is_in_the_windows_memory_after_it_has_signed(screen: Desktop, offices: Offices) -> None:
    """Bob's key is in a sealed file; whoever opens it is another process."""
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "bob", identifier)
    bob = Person(screen, mouse=False)
    keys = keys_of(offices.folder("bob") / "keys", SECRETS["bob.keys"].encode())
    assert len(keys) == 2 * 4 + 1  # bob's and his workstation's, each in four forms, and what opens them
    with window(screen, offices, "bob") as process:
        bob.unlock("bob")
        bob.press(SIGN)
        screen.find("Which key signs.", "label")
        bob.press("Continue")
        bob.type_into("Key passphrase", SECRETS["bob.keys"])
        bob.press("Sign")
        screen.find("Signature verified and saved as record .*")
        shown = {"the account": offices.team.treasury.rpartition(":")[2].encode()}
        assert found(process.pid, {**keys, **shown}) == {"the account"}
        bob.press("Done")
        quits(screen, process)
    assert len(records(offices, "bob", "sign.released")) == 1


def test_a_denied_payment_offers_no_signature(screen: Desktop, offices: Offices) -> None:
    identifier = for_carol(offices, "100") and offices.pay("alice", "500000")
    offices.travel("alice", "carol", identifier)
    carol = Person(screen, mouse=True)
    with window(screen, offices) as process:
        carol.unlock("carol")
        screen.click("Pay 500,000 XRP to custodian, .*", "list item")
        screen.find("Denied.*")
        screen.click("Review and sign, Pay 500,000 .*", "push button")
        screen.key("ctrl+Return")
        screen.find("Cannot sign.*|.*cannot be signed.*")
        assert not screen.sees("Sign: .*", "dialog")
        quits(screen, process)
    assert records(offices, "carol", "sign.intent") == []


def test_rejected_on_the_device_nothing_leaves(screen: Desktop, offices: Offices) -> None:
    for_carol(offices)
    carol = Person(screen, mouse=True)
    with ledger_device(offices) as nano, window(screen, offices) as process:
        carol.unlock("carol")
        carol.to_device()
        carol.compare()
        nano.question()
        with nano.control() as control:
            control.do("reject")
        screen.find(".*rejected on the device.*")
        screen.key("Escape")
        screen.gone("Sign: .*", "dialog")
        quits(screen, process)
    assert [record["code"] for record in records(offices, "carol", "sign.failed")] == ["DEV_REJECTED"]
    assert records(offices, "carol", "sign.released") == []


def test_a_device_that_hangs_stops_neither_window_nor_lock(screen: Desktop, offices: Offices) -> None:
    """The device's process is stopped in the middle of an exchange; the dialog is open at the lock."""
    for_carol(offices)
    carol = Person(screen, mouse=False)
    with ledger_device(offices) as nano, window(screen, offices) as process:
        carol.unlock("carol")
        carol.to_device()
        carol.compare()
        nano.question()
        assert nano.process is not None
        os.kill(nano.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            screen.key("ctrl+l")
            screen.find("Vault passphrase", "text")
            assert time.monotonic() - began < 20
            assert not screen.sees("Sign: .*", "dialog")
            assert not screen.sees(".*custodian.*"), "nothing of the workspace is left on the screen"
        finally:
            os.kill(nano.process.pid, signal.SIGCONT)
        quits(screen, process)
    assert records(offices, "carol", "sign.released") == []
    assert offices.do("carol", "journal", "verify").exit_code == 0


def test_the_theme_is_switched_at_once(screen: Desktop, offices: Offices, tmp_path: Path) -> None:
    carol = Person(screen, mouse=False)
    with window(screen, offices) as process:
        carol.unlock("carol")
        screen.key("ctrl+comma")
        screen.tab_to("As the system", "combo box")  # Qt names a box by its choice
        bright = brightness(screen, tmp_path)
        screen.key("End")
        screen.wait(lambda: brightness(screen, tmp_path) < bright / 2, "the screen stays bright")
        quits(screen, process)


def brightness(screen: Desktop, folder: Path) -> float:
    """0 black, 1 white, over the whole screen."""
    screen.photograph(folder / "now.png")
    asked = ["convert", str(folder / "now.png"), "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"]
    return float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


def test_without_nodes_the_window_says_so_and_goes_on(
    screen: Desktop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Both endpoints die at once, by a signal, while the window is open."""
    root = tmp_path_factory.mktemp("dying")
    with LedgerProcess(root / "ledger") as ledger:
        offices = LedgerTemplate(root, ledger).copy(root / "offices")
        for_carol(offices)
        carol = Person(screen, mouse=False)
        with window(screen, offices) as process:
            carol.unlock("carol")
            screen.find(SIGN, "push button")
            ledger.kill()
            carol.press("More actions")
            carol.press("Judge again.*")
            screen.find("Could not tell.*")
            screen.find("Pay 100 XRP to custodian.*", "list item")
            screen.key("ctrl+8")
            screen.find("Records of the journal, newest first", "table")
            quits(screen, process)
