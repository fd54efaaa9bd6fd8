"""The detail has room for all it shows: large text wraps instead of scrolling sideways, and nothing is
painted before it has its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from office_stage import passphrase_of, settled, window_of
from offices import Offices
from room import cramped, shown, words_of
from window_help import Run, turns, until

from signer_app.ui.pages.inbox.page import InboxPage
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import Card, stops_in


def overlapping(root: QtWidgets.QWidget) -> list[str]:
    """Neighbours in one layout that lie on each other."""
    found = []
    for parent in (root, *shown(root)):
        near = [
            child
            for child in parent.children()
            if isinstance(child, QtWidgets.QWidget) and child.isVisible() and not child.isWindow()
        ]
        found += [
            f"{words_of(one)} on {words_of(other)}"
            for place, one in enumerate(near)
            for other in near[place + 1 :]
            if parent.layout() is not None and one.geometry().intersects(other.geometry())
        ]
    return found


class Watch(QtCore.QObject):
    """Looks at the detail each time that its first card is painted."""

    def __init__(self, page: InboxPage) -> None:
        super().__init__(page)
        self.page = page
        self.pictures, self.faults = 0, list[str]()

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        if event.type() == QtCore.QEvent.Type.Paint and isinstance(watched, Card):
            holder = self.page.detail.widget()
            self.pictures += 1
            self.faults += overlapping(holder) + cramped(holder)
        return super().eventFilter(watched, event)


async def faults_of(page: InboxPage, show: Callable[[], None]) -> list[str]:
    """What lies on each other or is cut in any picture after ``show``."""
    app, watch = QtWidgets.QApplication.instance(), Watch(page)
    assert app is not None
    app.installEventFilter(watch)
    show()
    await until(lambda: watch.pictures)
    await turns(20)
    app.removeEventFilter(watch)
    return watch.faults


def stops(page: InboxPage) -> list[str]:
    """Where Tab stops in the detail."""
    return [words_of(stop) for stop in stops_in(page.detail) if stop.isVisibleTo(page)]


def test_balances_that_arrive_are_never_seen_out_of_place(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "carol", identifier)

    async def body() -> None:
        folder = offices.folder("carol")
        async with window_of(folder, passphrase_of("carol"), settings, "inbox") as window:
            page = window.page
            assert isinstance(page, InboxPage)
            details = page.detail.details
            assert details is not None
            for width in (1440, 1024):
                window.resize(width, 900)
                await settled(window)
                await until(lambda: not cramped(page.detail))
                assert await faults_of(page, lambda: page.detail.show_balances(details)) == []
                anew = replace(details, policy=f"treasury v{width}")
                assert await faults_of(page, partial(page.detail.show_details, anew)) == []
                order = stops(page)
                for _ in range(3):
                    page.detail.show_balances(details)
                    assert stops(page) == order

    run(body())


def test_large_text_in_a_small_window_wraps_instead_of_scrolling_sideways(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "carol", identifier)
    look.choose("light", 150)

    async def body() -> None:
        folder = offices.folder("carol")
        async with window_of(folder, passphrase_of("carol"), settings, "inbox") as window:
            page = window.page
            assert isinstance(page, InboxPage)
            window.resize(1024, 700)
            await until(lambda: window.navigation.rail and page.width() > 900)
            await turns(20)
            detail = page.detail
            room = detail.viewport().width()
            wide = [
                f"{words_of(w)} {w.minimumSizeHint().width()}"
                for w in shown(detail.widget())
                if w.minimumSizeHint().width() > room - 100
            ]
            assert detail.widget().width() <= room, (detail.widget().width(), room, page._split.sizes(), wide)
            assert detail.horizontalScrollBar().maximum() == 0
            await until(lambda: not cramped(detail))

    run(body())
