"""The details of the two pills: how each node is doing, and each device that is connected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.ui.device_watch import Listening
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.shell.popup import Popup
from signer_app.ui.theme import theme
from signer_app.ui.words import popups as words
from signer_app.ui.words import strings

if TYPE_CHECKING:  # it makes this
    from signer_app.ui.shell.window import MainWindow

#: Whoever opens the detail of the nodes wants it fresh: what is older than these seconds is asked anew.
FRESH_S = 10


class PillPopups(QtCore.QObject):
    """At most one of them is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.current: Popup | None = None
        self._pill: QtWidgets.QWidget | None = None
        self._fill: Callable[[], None] = lambda: None
        self._listening: Listening | None = None
        header = window.header
        header.nodes.clicked.connect(lambda: self._toggle(header.nodes, self._open_nodes))
        header.device.clicked.connect(lambda: self._toggle(header.device, self._open_devices))
        window.nodes.changed.connect(lambda _news: self._refresh())
        window.devices.changed.connect(lambda _found: self._refresh())
        theme().changed.connect(self._refresh)

    def close(self) -> None:
        """Whatever is open goes away."""
        if self.current is not None:
            self.current.close_up()

    def _toggle(self, pill: QtWidgets.QWidget, opening: Callable[[], None]) -> None:
        again = self.current is not None and self._pill is pill
        self.close()
        if not again and not self._window.session.locked:
            self._pill = pill
            opening()

    def _open(self, title: str, link: str, page: str, fill: Callable[[Popup], None]) -> None:
        pill = self._pill
        if pill is None:
            return
        popup = Popup(self._window, pill, title, link)
        popup.setObjectName(f"popup.{page}")
        popup.closed.connect(self._closed)
        popup.more.connect(lambda: self._window.go(page))
        self.current, self._fill = popup, lambda: fill(popup)
        self._refresh()
        popup.open_up()

    def _refresh(self) -> None:
        if self.current is not None:
            self._fill()

    def _closed(self) -> None:
        self.current = None
        if self._listening is not None:
            self._listening.stop()
            self._listening = None

    # -- nodes ---------------------------------------------------------------------------------------------

    def _open_nodes(self) -> None:
        self._open(strings.PAGES["nodes"], words.OPEN_NODES, "nodes", self._fill_nodes)
        self._window.nodes.look_if_due(FRESH_S)

    def _fill_nodes(self, popup: Popup) -> None:
        summary = self._window.session.summary
        if summary is None:
            return
        listed = (summary.nodes, summary.nodes_confirmed, self._window.session.offline)
        now, news = datetime.now().astimezone(), self._window.nodes.news
        popup.show_detail(words.nodes_detail(news, *listed, now=now))

    # -- devices -------------------------------------------------------------------------------------------

    def _open_devices(self) -> None:
        self._open(strings.PAGES["devices"], words.OPEN_DEVICES, "devices", self._fill_devices)
        # While it is open they are looked at as often as while their page is in view.
        self._listening = self._window.devices.listen(self._found, self._failed)

    def _found(self, _found: JsonObject) -> None:
        self._refresh()

    def _failed(self, _error: CountersignError) -> None:
        self._refresh()

    def _fill_devices(self, popup: Popup) -> None:
        popup.show_detail(words.devices_detail(self._window.devices.last))
