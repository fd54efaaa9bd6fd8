"""A reading that is refused again and again leaves one banner, not one for each time."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from window_help import PASSPHRASE, Run, closed, turns

from signer_app.core.errors import NodeError
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.page import Page, Shell
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import StateBanner
from signer_app.ui.words import strings


class Refused(Page):
    """A page that never gets what it reads."""

    key = "settings"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.times = 0

    async def load(self) -> None:
        self.times += 1
        raise NodeError(f"Refused for the {self.times}. time.")


def banners() -> list[StateBanner]:
    """Every banner that lives, in Qt or in Python."""
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, StateBanner)]


def test_ten_refused_readings_leave_one_banner(
    run: Run[None], look: Theme, settings: ViewSettings, workspace_folder: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings, pages={"inbox": Refused, "settings": Refused})
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.go("settings")
        page: Any = window.page
        await page.tasks.settle()
        (first,) = page.findChildren(StateBanner)
        alive = len(banners())
        for _ in range(10):
            page.refresh()
            await page.tasks.settle()
            await turns()
            # At once, before the loop has cleaned up: refused every second, none would pile up.
            assert page.findChildren(StateBanner) == [first], "the same banner, with other words"
        assert page.times == 11
        assert first.fact.text() == "Refused for the 11. time."
        assert len(banners()) == alive
        buttons = [button.text() for button in first.findChildren(QtWidgets.QPushButton)]
        assert buttons == [strings.RETRY, strings.COPY_DETAILS]
        page.banner("error", None)
        del first
        assert len(banners()) == alive - 1
        await closed(window)

    run(main())
