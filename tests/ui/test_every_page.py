"""Every page in both themes, two sizes and two text sizes: each part has its room, its name and its turn.

One window for the whole module, over a real treasury with proposals; it is opened once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import closed
from office_stage import Template, passphrase_of, template
from room import cramped, nameless, unreached

from signer_app.ui.loop import make_loop
from signer_app.ui.pages import PAGES
from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import theme

__all__ = ["template"]
#: (mode, size, text size in percent)
LOOKS = (
    ("light", (1440, 900), 100),
    ("dark", (1024, 700), 100),
    ("dark", (1440, 900), 150),
    ("light", (1024, 700), 150),
)


class Stage:
    """The window, and the loop that it lives in."""

    def __init__(self, runner: asyncio.Runner, window: MainWindow) -> None:
        self.runner, self.window = runner, window

    def show(self, page: str) -> None:
        """Go to a page and let its first reading end."""

        async def go() -> None:
            async with asyncio.timeout(60):
                self.window.go(page)
                assert self.window.page is not None
                await self.window.page.tasks.settle()
                await asyncio.sleep(0)

        self.runner.run(go())

    def look(self, mode: str, size: tuple[int, int], percent: int) -> None:
        """Another theme, size and text size; the layouts settle."""

        async def change() -> None:
            settings = self.window.settings
            settings.mode, settings.percent = mode, percent  # type: ignore[assignment]  # one of the modes
            self.window.restyle()
            self.window.resize(*size)
            for _ in range(4):
                await asyncio.sleep(0.01)

        self.runner.run(change())


@pytest.fixture(scope="module")
def stage(
    qapp: QtWidgets.QApplication, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    root: Path = tmp_path_factory.mktemp("every-page")
    offices = template.copy(root / "offices")
    offices.pay("carol", "400")
    qapp.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: make_loop(qapp)) as runner:

        async def begin() -> MainWindow:
            window = MainWindow(ViewSettings(root / "window.ini"))
            window.show()
            await window.session.open(offices.folder("carol"), bytearray(passphrase_of("carol")))
            return window

        window = runner.run(begin())
        yield Stage(runner, window)
        runner.run(closed(window))
        theme().choose("light", 100)


@pytest.mark.parametrize("page", list(PAGES))
def test_every_part_has_its_room_its_name_and_its_turn(stage: Stage, page: str) -> None:
    found: list[str] = []
    stage.show(page)
    for mode, size, percent in LOOKS:
        stage.look(mode, size, percent)
        assert (stage.window.width(), stage.window.height()) == size
        lacking = cramped(stage.window) + nameless(stage.window) + unreached(stage.window)
        found += [f"{mode} {size} {percent} %: {words}" for words in lacking]
    assert not found, "\n".join(found)
