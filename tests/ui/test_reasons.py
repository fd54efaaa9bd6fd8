"""What is off says why where it can be seen: offline, and while nothing can be written."""

from __future__ import annotations

import errno
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from walking import unexplained
from window_help import Run, turns, until

from signer_app.core.errors import IntegrityError
from signer_app.journal import files
from signer_app.ui.pages import PAGES
from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton


def off(root: QtWidgets.QWidget) -> list[str]:
    """The buttons that are off and to be seen."""
    buttons = [
        found for found in root.findChildren(ActionButton) if found.blocked and found.isVisibleTo(root)
    ]
    return [button.objectName() for button in buttons]


async def over_pages(window: MainWindow, where: str) -> tuple[list[str], set[str]]:
    """What is off without a reason in sight, and all that is off, on every page in two sizes."""
    silent, seen = [], set()
    for key in [key for key in PAGES if key != "setup"]:
        for width, height in ((1440, 900), (1024, 700)):
            window.resize(width, height)
            window.go(key)
            page: Any = await settled(window)
            more = page.findChild(ActionButton, "detail.more")
            if more is not None and not page.findChild(ActionButton, "detail.override").isVisibleTo(page):
                more.click()
            await turns(5)
            silent += [f"{where}, {key}, {width}: {said}" for said in unexplained(window)]
            seen |= {f"{key}: {name}" for name in off(page)}
    return silent, seen


def test_offline_every_grey_button_says_why(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    offices.pay("alice", "100")

    async def main() -> None:
        folder = offices.folder("alice")
        async with window_of(folder, passphrase_of("alice"), settings, "inbox", offline=True) as window:
            silent, seen = await over_pages(window, "offline")
            assert silent == [], "\n".join(silent)
            wanted = {
                "inbox: detail.sign", "inbox: detail.send", "inbox: detail.override", "inbox: detail.copy",
                "proposals: proposals.save", "proposals: proposals.delete", "nodes: nodes.test",
                "treasury: treasury.read",
            }  # fmt: skip
            assert wanted <= seen

    run(main())


def test_while_nothing_can_be_written_every_grey_button_says_why(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    offices.pay("alice", "100")

    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    async def main() -> None:
        async with window_of(offices.folder("alice"), passphrase_of("alice"), settings, "inbox") as window:
            monkeypatch.setattr(files, "write_durably", full)
            with pytest.raises(IntegrityError):
                await window.session.call(lambda opened: opened.rooms.record("note", {"text": "more"}))
            await until(lambda: window.session.summary.trouble)
            silent, seen = await over_pages(window, "nothing can be written")
            assert silent == [], "\n".join(silent)
            assert {"inbox: detail.sign", "inbox: detail.export", "nodes: nodes.add"} <= seen

    run(main())
