"""The real program on a screen, used by mouse and by keyboard; what came of it is read elsewhere.

Carol's key is on a practice Ledger in a process of its own, and the ledger in another. Bob has signed.
"""

from __future__ import annotations

import contextlib
import signal
import socket
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


@pytest.fixture(scope="module")
def treasury(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerTemplate]:
    """Carol's Ledger and the others, on a ledger that may be killed and started again at the same ports."""
    root = tmp_path_factory.mktemp("journeys")
    with LedgerProcess(root / "ledger", port=two_free_ports()) as ledger:
        yield LedgerTemplate(root, ledger)


@pytest.fixture
def offices(treasury: LedgerTemplate, tmp_path: Path) -> Offices:
    return treasury.copy(tmp_path / "offices")


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with Desktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop


def two_free_ports() -> int:
    """The first of two neighbours that nobody listens at."""
    while True:
        with socket.socket() as one, socket.socket() as other, contextlib.suppress(OSError, OverflowError):
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            other.bind(("127.0.0.1", port + 1))
            return port


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

    def go(self, page: str, keys: str) -> None:
        """To a page, by the list of pages or by its key."""
        if self.mouse:
            self.screen.click(f"{page}(, \\d+)?", "list item")
        else:
            self.screen.key(keys)

    def choose(self, title: str) -> None:
        """A proposal of the inbox."""
        sign = f"Review and sign, {title}.*"
        if self.mouse:
            self.screen.click(f"{title}.*", "list item")
        else:
            self.screen.tab_to("Inbox", "list")
            self.screen.key("Home")
            while not self.screen.soon(sign, "push button"):
                self.screen.key("Down")
        self.screen.find(sign, "push button")

    def judge_again(self) -> None:
        """Ask the nodes for facts, and the policy what it says."""
        if not self.screen.sees("Judge again.*", "push button"):
            self.press("More actions")
        self.press("Judge again.*")

    def leave(self, button: str) -> None:
        """Close a dialog, by this button or by Esc."""
        if self.mouse:
            self.press(button)
        else:
            self.screen.key("Escape")

    def to_device(self, name: str = "carol", *, unlocked: bool = False) -> None:
        """From the proposal to the lines that have to be compared."""
        self.press(SIGN)
        self.screen.find("Which key signs.", "label")
        self.press("Continue")
        if not unlocked:
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


# -- one journey for each hand -----------------------------------------------------------------------------


@pytest.mark.parametrize("mouse", [True, False], ids=["mouse", "keyboard"])
def test_through_every_trouble_to_a_validated_payment(
    screen: Desktop, offices: Offices, tmp_path: Path, mouse: bool
) -> None:
    """One run of the program: denied, rejected on the device, a device that hangs and the lock then, no node,
    paid, another theme. What came of each is read from journal, node and files.
    """
    identifier, denied = for_carol(offices), offices.pay("alice", "500000")
    offices.travel("alice", "carol", denied)
    before = offices.bank.drops(offices.custodian.address)
    look = screen.folder / "config" / "Countersign" / "window.ini"
    look.unlink(missing_ok=True)
    carol = Person(screen, mouse=mouse)
    with ledger_device(offices) as nano, window(screen, offices) as process:
        carol.unlock("carol")
        is_denied(carol)
        is_rejected(carol, nano)
        hangs(carol, nano)
        finds_no_node(carol, offices.ledger)
        pays(carol, nano, offices.ledger)
        turns_dark(carol, tmp_path)
        quits(screen, process)
    told = offices.do("carol", "proposal", "show", identifier).result
    assert told["state"] == "CONFIRMED"
    sent = offices.ledger.ask("tx", transaction=told["tx_id"])
    assert (sent["validated"], sent["meta"]["TransactionResult"]) == (True, "tesSUCCESS")
    assert offices.bank.drops(offices.custodian.address) == before + 100_000_000
    assert offices.do("carol", "journal", "verify").exit_code == 0
    assert {record["proposal_id"] for record in records(offices, "carol", "sign.intent")} == {identifier}
    assert [r["code"] for r in records(offices, "carol", "sign.failed")] == ["DEV_REJECTED", "DEV_CANCELLED"]
    assert len(records(offices, "carol", "sign.released")) == 1
    assert "mode=dark" in look.read_text()


def is_denied(carol: Person) -> None:
    """No way leads to a signature."""
    screen = carol.screen
    carol.choose("Pay 500,000 XRP to custodian")
    screen.find("Denied.*")
    carol.press("Review and sign, Pay 500,000 .*")
    screen.key("ctrl+Return")
    screen.find("Cannot sign.*|.*cannot be signed.*")
    assert not screen.sees("Sign: .*", "dialog")


def is_rejected(carol: Person, nano: DeviceProcess) -> None:
    """The person says no on the device."""
    carol.choose("Pay 100 XRP to custodian")
    carol.to_device()
    carol.compare()
    nano.question()
    with nano.control() as control:
        control.do("reject")
    carol.screen.find(".*rejected on the device.*")
    carol.leave("I changed my mind")
    carol.screen.gone("Sign: .*", "dialog")


def hangs(carol: Person, nano: DeviceProcess) -> None:
    """The device's process is stopped in the middle of an exchange; she locks, by keys out of the dialog. The
    mouse reaches nothing but the dialog, which goes first.
    """
    screen = carol.screen
    carol.to_device(unlocked=True)
    carol.compare()
    nano.question()
    nano.halt()
    try:
        began = time.monotonic()
        if carol.mouse:
            carol.press("Cancel.*")
            screen.gone("Sign: .*", "dialog")
            carol.press("Lock this window")
        else:
            screen.key("ctrl+l")
        screen.find("Vault passphrase", "text")
        assert time.monotonic() - began < 20
        assert not screen.sees("Sign: .*", "dialog")
        assert not screen.sees(".*custodian.*"), "nothing of the workspace is left on the screen"
    finally:
        nano.go_on()
    carol.unlock("carol")  # what was begun before the lock has ended by then
    with nano.control() as control:
        control.do("reject")  # what it asked is on its screen still


def finds_no_node(carol: Person, ledger: LedgerProcess) -> None:
    """Both endpoints die at once, by a signal; the window says so, goes on, and sees when they are back."""
    screen = carol.screen
    carol.choose("Pay 100 XRP to custodian")
    ledger.kill()
    try:
        carol.judge_again()
        screen.find("Could not tell", "filler")
        carol.go("Journal", "ctrl+8")
        screen.find("Records of the journal, newest first", "table")
    finally:
        ledger.start()
    screen.gone("No node answers.*")
    carol.go("Inbox", "ctrl+1")
    carol.choose("Pay 100 XRP to custodian")
    carol.judge_again()
    screen.find("Allowed", "filler")


def pays(carol: Person, nano: DeviceProcess, ledger: LedgerProcess) -> None:
    """Signed on the device, sent, and followed to the ledger's word."""
    screen = carol.screen
    carol.to_device()
    carol.compare()
    nano.question()
    with nano.control() as control:
        control.do("approve")
    if carol.mouse:
        carol.press("Send this proposal")
    else:
        carol.press("Done")
        screen.find("Ready to send", "filler")  # the page was read again
        carol.press(SEND)
    carol.press("Send")
    screen.find("Sent. .*")
    ledger.close()
    screen.find("Confirmed. .*")
    carol.press("Close")
    screen.gone("Send: .*", "dialog")


def turns_dark(carol: Person, folder: Path) -> None:
    """The theme is switched at once."""
    screen = carol.screen
    carol.go("Settings", "ctrl+comma")
    screen.find("As the system", "combo box")  # Qt names a box by its choice
    bright = brightness(screen, folder)
    if carol.mouse:
        screen.click("As the system", "combo box")
        screen.click("Dark", "list item")
    else:
        screen.tab_to("As the system", "combo box")
        screen.key("End")
    screen.wait(lambda: brightness(screen, folder) < bright / 2, "the screen stays bright")


def brightness(screen: Desktop, folder: Path) -> float:
    """0 black, 1 white, over the whole screen."""
    screen.photograph(folder / "now.png")
    asked = ["convert", str(folder / "now.png"), "-colorspace", "Gray", "-format", "%[fx:mean]", "info:"]
    return float(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)


# -- other things that only the real program shows -----------------------------------------------------------


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


def test_an_end_by_the_system_is_told_at_the_next_start(screen: Desktop) -> None:
    """As after a fault in memory. The report has places of the program, and can be deleted."""
    ends = screen.folder / "config" / "Countersign" / "ends"
    with screen.program() as process:
        screen.find("Practise now|Unlock", "push button")
        process.send_signal(signal.SIGSEGV)
        assert process.wait(60) == -signal.SIGSEGV
    (left,) = ends.iterdir()
    assert (left.stat().st_mode & 0o777, ends.stat().st_mode & 0o777) == (0o600, 0o700)
    assert str(Path.cwd()) in left.read_text(), "so there is something to leave out"
    person = Person(screen, mouse=False)
    with screen.program() as process:
        screen.find("The program ended unexpectedly last time.*")
        person.press("Show report")
        report = screen.text(screen.find("Report", "text"))
        assert "Segmentation fault" in report
        assert "signer_app/ui/loop.py:" in report
        assert str(Path.cwd()) not in report
        assert "/home" not in report
        person.press("Delete report")
        screen.gone("The program ended unexpectedly last time.*")
        assert not left.exists()
        quits(screen, process)
    assert [*ends.iterdir()] == [], "an end in good order leaves nothing"
