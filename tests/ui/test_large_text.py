"""Large text in a small window: on every page nothing is cut. What has no room scrolls."""

from __future__ import annotations

import pytest
from ledger_office import for_carol, plug_in
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from room import cramped
from window_help import Run, turns

from signer_app.ui.pages import PAGES
from signer_app.ui.pages.compose.page import NewPage
from signer_app.ui.pages.policy.page import PolicyPage
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme


async def lacking(window: MainWindow, where: str) -> list[str]:
    """What is cut, once everything has its place."""
    for _ in range(40):
        await turns(5)
        cut = cramped(window)
        if not cut:
            break
    return [f"{where}: {words}" for words in cut]


async def over_page(window: MainWindow, key: str, argument: str = "") -> list[str]:
    """A page, with each of its forms and tabs."""
    window.go(key, argument)
    page, found = await settled(window), []
    if isinstance(page, NewPage):
        for kind in page.kinds:
            page.choose_kind(kind)
            found += await lacking(window, f"{key}, {kind}")
    elif isinstance(page, PolicyPage):
        for number, button in enumerate(page.tabs.buttons):
            page.tabs.choose(number)
            found += await lacking(window, f"{key}, {button.text()}")
    else:
        found += await lacking(window, f"{key} {argument[:6]}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("percent", [130, 150])
def test_every_page_is_whole(
    run: Run[None], ledger_offices: Offices, settings: ViewSettings, look: Theme, percent: int
) -> None:
    offices = ledger_offices
    waiting, denied = for_carol(offices), offices.pay("alice", "401.5")
    offices.travel("alice", "carol", denied)
    settings.percent = percent
    look.choose("light", percent)

    async def body() -> None:
        async with window_of(offices.folder("carol"), passphrase_of("carol"), settings, "inbox") as window:
            window.resize(1024, 700)
            found = [words for key in PAGES for words in await over_page(window, key)]
            found += await over_page(window, "inbox", waiting)
            found += await over_page(window, "inbox", denied)
        assert not found, "\n".join(found)

    with plug_in(offices):
        run(body())
