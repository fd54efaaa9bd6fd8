"""Every dialog on small windows and at large text sizes: inside its window, buttons in view, nothing cut."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from node_samples import CERTIFICATE, NODE
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from pytestqt.qtbot import QtBot
from room import cramped, fits, foot, place, scroller, words_of
from window_help import Run, turns, until

from signer_app.ui.halting.dialogs import ResumeDialog
from signer_app.ui.pages.accounts.page import AddDialog
from signer_app.ui.pages.book import HowDialog
from signer_app.ui.pages.devices.parts import RulesDialog
from signer_app.ui.pages.nodes.certificates import CertificateDialog
from signer_app.ui.pages.nodes.dialogs import AddDialog as AddNode
from signer_app.ui.pages.nodes.dialogs import ConfirmDialog, ProxyDialog
from signer_app.ui.pages.proposals.page import NameDialog
from signer_app.ui.pages.settings.backup import BackupDialog
from signer_app.ui.passphrase import UnlockKeysDialog
from signer_app.ui.qt import QtWidgets
from signer_app.ui.reading_file import FileDialog, read_file
from signer_app.ui.sending import SendDialog
from signer_app.ui.session import Halted
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.crash import CrashDialog
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.signing.compare import Expected, Line, LineRow
from signer_app.ui.signing.dialog import SignDialog
from signer_app.ui.signing.pages import Choice
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton, label

ADDRESS = "rhNWnSHuB7QgpWpS2TevjyaN3zsoe8pcuv"
LINES = (
    Line("Transaction Type", "Payment", "", ("Transaction Type | Payment",)),
    Line("Account", ADDRESS, "Treasury", (f"Account | {ADDRESS}",)),
    Line("Destination Tag", "40718", "The number by which the receiver knows whom the payment is for.", ()),
    Line("Amount", "25000", "25,000.00 in the currency of screen 5", ("Amount | 25000",)),
    Line("Currency", "524C555344" + 30 * "0", "hex for RLUSD", ("Currency | 524C",)),
    Line("Issuer", ADDRESS, "RLUSD issuer on the asset list", (f"Issuer | {ADDRESS}",)),
    Line("Fee", "XRP 0.00003", "30 drops: base fee times 3, for 2 signers", ("Fee | XRP 0.00003",)),
)
HIDDEN = ("Flags 2147483648", "Sequence 0", "LastLedgerSequence 206", "SigningPubKey (empty)")
#: Width and height of the window, and the text size.
ROOMS = ((1024, 700, 100), (1024, 700, 130), (1024, 700, 150), (1366, 768, 150))


async def over(window: MainWindow, dialog: QtWidgets.QDialog, name: str) -> None:
    asking = asyncio.ensure_future(window.ask(dialog))
    await until(dialog.isVisible)
    tasks = getattr(dialog, "tasks", None) or getattr(dialog, "_tasks", None)
    if tasks is not None:
        await tasks.settle()
    await fits(window, dialog, name)
    dialog.reject()
    await asking


async def of_the_window(window: MainWindow, identifier: str) -> None:
    async def current(name: str, buttons: int = 1) -> None:
        await until(lambda: window.dialogs.current is not None)
        dialog: Any = window.dialogs.current
        if name == "halt":
            await dialog.tasks.settle()
        await fits(window, dialog, name, buttons=buttons)
        if name == "halt":
            names = [button.objectName() for button in foot(dialog)]
            assert names == ["halt.cancel", "halt.do"]
            dialog.say("danger", "The passphrase is wrong.", "Type it again. Nothing was halted. " * 8)
            await fits(window, dialog, "halt that was refused", buttons=2)
            holder = scroller(dialog.message, dialog)
            assert holder is not None
            assert place(holder.viewport()).contains(place(dialog.message)), "what was refused is in view"
        dialog.reject()
        await until(lambda: window.dialogs.current is None)

    for action, buttons in {"find": 0, "keys": 1, "help": 2, "halt": 2}.items():
        window.actions_.trigger(action)
        await current(action, buttons)
    window.go("inbox", identifier)
    page: Any = await settled(window)
    for name in ("reject", "copy", "override", "cancel"):
        page.detail.reasons[name] = ""
        page._asked(name)
        await current(f"ask before {name}", 2)


async def the_others(window: MainWindow, identifier: str, file: Path) -> None:
    await over(window, FileDialog(window, await asyncio.to_thread(read_file, file)), "a file")
    halt = Halted(
        "a" * 64, "alice", "2026-11-26T10:00:00Z", "A reason in many words. " * 8, None, ("alice",), 2
    )
    await over(window, ResumeDialog(window, window, halt), "resume")
    await over(window, SendDialog(window, window, identifier), "send")
    await over(window, CrashDialog(window, "builtins.ValueError\n" * 60, "practice"), "crash")
    await over(
        window, UnlockKeysDialog(window, window.session, "Signing needs them.", "practice"), "passphrase"
    )
    await over(window, NameDialog(window, "practice"), "name of a filter")
    file = Path("a/long/way/to/a/folder/of/backups/northgate.countersign-backup").absolute()
    await over(window, BackupDialog(window, window.session, file, "practice"), "backup")
    await over(window, AddDialog(window, "practice"), "new account")
    await over(window, HowDialog(window, "practice"), "address book")
    await over(window, AddNode(window, ["xrpl:0", "xrpl:1"], "practice"), "new node")
    await over(window, ConfirmDialog(window, [NODE] * 3, "practice"), "confirm nodes")
    await over(window, ProxyDialog(window, "socks5://127.0.0.1:9050", "practice"), "proxy")
    for state in ("ok", "certificate-changed"):
        health = {"state": state, "certificate": CERTIFICATE}
        await over(window, CertificateDialog(window, NODE, health, "practice"), f"certificate {state}")
    found = {"changed": False, "file": "/etc/udev/rules.d/70-countersign.rules"}
    await over(window, RulesDialog(window, found, 'SUBSYSTEM=="usb"\n' * 40, "practice"), "USB rules")


async def signing(window: MainWindow, identifier: str) -> None:
    sign = SignDialog(window, window, identifier)
    asking = asyncio.ensure_future(window.ask(sign))
    await until(lambda: sign.choose.buttons or sign._stack.currentWidget() is sign.stopped)
    sign._offer("Continue", lambda: None)
    sign.choose.show_choices(
        [
            Choice("k", f"xrpl:1:{ADDRESS}", "AA", "nano-1", "ledger", "cold", ""),
            Choice("l", f"xrpl:1:{ADDRESS}", "BB", "trezor-1", "trezor", "cold", "It does no multisigning."),
        ]
    )
    sign.compare.show_signer("carol", ADDRESS)
    sign.differs.show_lines(LINES, 1)
    sign.stopped.show_stop("danger", "Nothing was signed", "The cable dropped. " * 6, "Look again. " * 20)
    for name, step in (("choose", 0), ("unlock", 0), ("connecting", 1), ("stopped", 1), ("differs", 3),
                       ("done_page", 4)):  # fmt: skip
        sign._show(getattr(sign, name), step)
        await fits(window, sign, f"signing, {name}", buttons=2)
    for asked, known in ((False, True), (True, False)):
        sign._show(sign.compare, 2)
        sign.compare.show_expected(Expected(known, LINES, HIDDEN), asked=asked)
        await fits(window, sign, f"signing, compare, asked: {asked}", buttons=3)
        names = {button.objectName() for button in foot(sign)}
        assert names >= {"sign.practice", "sign.cancel", "sign.continue"}
        for number in range(len(LINES)):
            sign.compare.lines.go(number)
            await turns(5)
            await asyncio.sleep(0.02)
            whole(sign, number, 3 if known else 2)
    sign.reject()
    await asking


def whole(sign: SignDialog, at: int, least: int) -> None:
    """The line is in view, and so many in all, each with number, name, value and tick."""
    lines = sign.compare.lines
    view = place(lines.viewport())
    seen = [number for number, made in enumerate(lines.rows) if view.contains(place(made))]
    assert at in seen, (at, seen)
    assert len(seen) >= least, seen
    for number in seen:
        made = lines.rows[number]
        assert not cramped(made)
        for part in made.findChildren(QtWidgets.QWidget):
            assert place(made).contains(place(part)), words_of(part)
    stop = sign.findChild(ActionButton, "sign.differs")
    assert isinstance(stop, ActionButton)
    assert place(sign).contains(place(stop))
    assert scroller(stop, sign) is None or place(scroller(stop, sign)).contains(place(stop))  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height", "percent"), ROOMS)
def test_every_dialog_fits_its_window(
    run: Run[None],
    offices: Offices,
    settings: ViewSettings,
    look: Theme,
    width: int,
    height: int,
    percent: int,
) -> None:
    identifier = offices.pay("alice", "100", "--title", "A title in many words. " * 4)
    file = offices.travel("alice", "bob", identifier)
    look.choose("light", percent)

    async def main() -> None:
        async with window_of(offices.folder("alice"), passphrase_of("alice"), settings, "inbox") as window:
            window.resize(width, height)
            await of_the_window(window, identifier)
            await the_others(window, identifier, file)
            await signing(window, identifier)

    run(main())


class Long(Dialog):
    """More than any window holds."""

    def __init__(self, parent: QtWidgets.QWidget, lines: int) -> None:
        super().__init__(parent, "A long one")
        for number in range(lines):
            self.content.addWidget(label(f"Line {number}", "body", wrap=True))
        self.field = QtWidgets.QLineEdit()
        self.content.addWidget(self.field)
        self.close_ = ActionButton("Close")
        self.add_buttons(self.close_)


def test_a_dialog_grows_with_what_it_says_and_scrolls_then(
    run: Run[None], settings: ViewSettings, look: Theme
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.resize(1024, 700)
        window.show()
        dialog = Long(window, 4)
        asking = asyncio.ensure_future(window.ask(dialog))
        await until(dialog.isVisible)
        small = dialog.height()
        dialog.content.insertWidget(1, label("One more", "body", wrap=True))
        await until(lambda: small < dialog.height() < 700)
        for number in range(80):
            dialog.content.insertWidget(1, label(f"And {number}", "body", wrap=True))
        await until(lambda: dialog.height() == 700)
        assert place(dialog).contains(place(dialog.close_))
        dialog.close_.setFocus()
        dialog.focusNextPrevChild(False)
        await until(lambda: place(dialog).contains(place(dialog.field)))
        window.resize(1024, 660)
        await until(lambda: dialog.height() <= 660)
        dialog.reject()
        await asking
        window.close()

    run(main())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_ticked_line_is_green(qtbot: QtBot, look: Theme, mode: Any) -> None:
    look.choose(mode, 100)
    row = LineRow(1, 2, LINES[0])
    qtbot.addWidget(row)
    row.resize(600, row.sizeHint().height())
    row.tick.setChecked(True)
    image = row.tick.grab().toImage()
    colours = {image.pixelColor(x, image.height() // 2).name().upper() for x in range(image.width())}
    assert look.tokens.ok.fill.upper() in colours
    assert look.tokens.accent.fill.upper() not in colours
