"""Dialogs and states for the pictures: each scene brings a window into its state, and takes it out again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from office_stage import passphrase_of, settled
from offices import SECRETS, Offices
from PySide6 import QtTest
from window_help import turns, until

from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.sending import SendDialog
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.signing.dialog import SignDialog

PERSON = "carol"
#: The last step of signing.
SAVED = 5
LIST = """Recipient,Amount,Reference
custodian,1.5,Invoice 20311
custodian,1e3,Invoice 20312
custodian,2.25,Invoice 20313
rNobody,7,Invoice 20314
"""


@dataclass(frozen=True)
class Stage:
    """The window over the third person's workspace, and the proposals that wait in it."""

    window: MainWindow
    offices: Offices
    nano: Any
    waiting: str
    to_send: str
    denied: str

    @property
    def page(self) -> Any:
        return self.window.page

    async def at(self, page: str, argument: str = "") -> None:
        self.window.go(page, argument)
        await settled(self.window)

    async def dialog(self) -> Any:
        """The dialog that was just asked for, when it has read what it shows."""
        await until(lambda: self.window.dialogs.current is not None)
        dialog: Any = self.window.dialogs.current
        if hasattr(dialog, "tasks"):
            await dialog.tasks.settle()
        await turns(5)
        return dialog

    async def gone(self) -> None:
        """Close the dialog."""
        if self.window.dialogs.current is not None:
            self.window.dialogs.current.reject()
        await until(lambda: self.window.dialogs.current is None)

    @asynccontextmanager
    async def asking(self, dialog: QtWidgets.QDialog) -> AsyncIterator[None]:
        asking = asyncio.ensure_future(self.window.ask(dialog))
        await until(dialog.isVisible)
        try:
            yield
        finally:
            dialog.reject()
            await asking
            await until(lambda: not self.window.session.busy_with)


Scene = Callable[[Stage], AbstractAsyncContextManager[None]]
#: By the name of the picture, in the order in which they are drawn.
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Callable[[Stage], AsyncIterator[None]]], None]:
    def note(make: Callable[[Stage], AsyncIterator[None]]) -> None:
        SCENES[name] = asynccontextmanager(make)

    return note


#: The same for windows of their own: each gives the window that is drawn.
WINDOWS: dict[str, Callable[[Stage], AbstractAsyncContextManager[QtWidgets.QWidget]]] = {}


def beside(name: str) -> Callable[[Callable[[Stage], AsyncIterator[QtWidgets.QWidget]]], None]:
    def note(make: Callable[[Stage], AsyncIterator[QtWidgets.QWidget]]) -> None:
        WINDOWS[name] = asynccontextmanager(make)

    return note


@beside("treasury-window")
async def treasury_window(stage: Stage) -> AsyncIterator[QtWidgets.QWidget]:
    await stage.at("treasury")
    stage.page.detach.click()
    await settled(stage.window)
    yield stage.page.window_
    stage.page.window_.close()


@beside("practice-ledger")
async def practice_ledger(stage: Stage) -> AsyncIterator[QtWidgets.QWidget]:
    """While it asks to sign, at the second of its screens."""
    await stage.at("devices")
    await stage.page.show_practice("nano-1")
    window = stage.page.windows["nano-1"]
    await until(lambda: stage.page._rows)
    next(iter(stage.page._rows.values())).test.click()
    await asyncio.to_thread(stage.nano.question)
    window.press("right")
    await until(lambda: window.screen_.get("at") == 1)
    yield window
    with stage.nano.control() as control:
        control.do("reject")
    await until(lambda: not stage.page._asking, 60)
    window.close()


@scene("inbox-denied")
async def denied(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.denied)
    yield


@scene("inbox-find")
async def find(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.waiting)
    stage.window.actions_.trigger("find")
    dialog = await stage.dialog()
    dialog.findChild(QtWidgets.QLineEdit).setText("cus")
    await asyncio.sleep(0.5)
    yield
    await stage.gone()


@scene("inbox-keys")
async def keys(stage: Stage) -> AsyncIterator[None]:
    stage.window.actions_.trigger("keys")
    await stage.dialog()
    yield
    await stage.gone()


@scene("new-list")
async def payment_list(stage: Stage) -> AsyncIterator[None]:
    await stage.at("new")
    stage.page.choose_kind("payments")
    path = stage.offices.root / "payments.csv"
    path.write_text(LIST)
    await stage.page.open_list(path)
    await until(lambda: stage.page.list.table.facts.rowCount() == LIST.count("\n") - 1)
    await settled(stage.window)
    yield
    stage.page.choose_kind("payment")


@scene("new-signers")
async def other_signers(stage: Stage) -> AsyncIterator[None]:
    await stage.at("new")
    stage.page.choose_kind("signers")
    form = stage.page.form.forms["signers"]
    form.restore({"quorum": "3", "entries": "\n".join(form.values()["entries"].splitlines()[:3])})
    await until(lambda: stage.page.result.seen.authority)
    await settled(stage.window)
    yield
    stage.page.choose_kind("payment")


@scene("sign-key")
async def choose_key(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.to_send)
    dialog = SignDialog(stage.window, stage.window, stage.to_send)
    async with stage.asking(dialog):
        await until(lambda: dialog.choose.buttons)
        yield


async def compared(dialog: SignDialog, ticks: int | None = None) -> None:
    """From the first step to the screens of the device, so many of them ticked."""
    await until(lambda: dialog.choose.buttons)
    dialog.go_on.click()
    if dialog.unlock.isVisible():
        dialog.unlock.passphrase.setText(SECRETS[f"{PERSON}.keys"])
        dialog.go_on.click()
    await until(lambda: dialog.compare.lines.rows, 60)
    for _ in dialog.compare.lines.rows[:ticks]:
        QtTest.QTest.keyClick(dialog.compare.lines, Qt.Key.Key_Space)


@scene("sign-compare")
async def compare(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.to_send)
    dialog = SignDialog(stage.window, stage.window, stage.to_send)
    async with stage.asking(dialog):
        await compared(dialog, 2)
        yield


@scene("sign-saved")
async def saved(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.to_send)
    dialog = SignDialog(stage.window, stage.window, stage.to_send)
    async with stage.asking(dialog):
        await compared(dialog)
        dialog.go_on.click()
        await asyncio.to_thread(stage.nano.question)
        with stage.nano.control() as control:
            control.do("approve")
        await until(lambda: dialog.rail.at == SAVED, 60)
        yield


@scene("send")
async def send(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.to_send)
    dialog = SendDialog(stage.window, stage.window, stage.to_send)
    async with stage.asking(dialog):
        await until(lambda: not dialog.send.blocked)
        yield


@scene("sent")
async def sent(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.to_send)
    dialog = SendDialog(stage.window, stage.window, stage.to_send)
    async with stage.asking(dialog):
        await until(lambda: not dialog.send.blocked)
        dialog.send.click()
        await until(lambda: bool(dialog.panel.state))
        while dialog.panel.state != "CONFIRMED":
            await asyncio.to_thread(stage.offices.ledger.close)
            await asyncio.sleep(0.2)
        yield


@scene("override")
async def override(stage: Stage) -> AsyncIterator[None]:
    await stage.at("inbox", stage.waiting)
    stage.page.detail.reasons["override"] = ""
    stage.page._asked("override")
    await stage.dialog()
    yield
    await stage.gone()


@scene("halt")
async def halt(stage: Stage) -> AsyncIterator[None]:
    stage.window.actions_.trigger("halt")
    dialog = await stage.dialog()
    dialog.reason.setPlainText("Carol's notebook is lost")
    yield
    await stage.gone()


@scene("inbox-halted")
async def halted(stage: Stage) -> AsyncIterator[None]:
    stage.window.actions_.trigger("halt")
    dialog = await stage.dialog()
    dialog.reason.setPlainText("Carol's notebook is lost")
    dialog.secret.setText(SECRETS[f"{PERSON}.keys"])
    dialog.do.click()
    await until(lambda: not dialog.message.isHidden())
    await stage.gone()
    await stage.at("inbox", stage.waiting)
    yield


@scene("inbox-offline")
async def offline(stage: Stage) -> AsyncIterator[None]:
    window = stage.window
    window.lock()
    await until(lambda: window.session.locked and window.unlock.isVisibleTo(window))
    await window.session.open(stage.offices.folder(PERSON), bytearray(passphrase_of(PERSON)), offline=True)
    await stage.at("inbox", stage.waiting)
    yield


def picture(window: MainWindow) -> QtGui.QPixmap:
    """The window as a person sees it: with the dialog that lies over it."""
    pixmap = window.grab()
    dialog = window.dialogs.current
    if dialog is not None and dialog.isVisible():
        painter = QtGui.QPainter(pixmap)
        middle = window.rect().center() - dialog.rect().center()
        painter.drawPixmap(middle, dialog.grab())
        painter.end()
    return pixmap


__all__ = ["PERSON", "SCENES", "WINDOWS", "Scene", "Stage", "picture"]
