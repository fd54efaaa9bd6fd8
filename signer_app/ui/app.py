"""Starting the window: display, one instance, theme, window, loop, in this order; and its end."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.display import has_display
from signer_app.core.errors import CountersignError, UsageError
from signer_app.ui.build_watch import build_station
from signer_app.ui.choosing import begin_in
from signer_app.ui.garbage import Collector
from signer_app.ui.loop import on_stop, on_unhandled, run
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.single import Listener, hand_over, server_name, windows
from signer_app.ui.theme import icons, theme
from signer_app.ui.traces import QtWords, Traces
from signer_app.ui.words import strings

#: The first paint has come by then.
_PAINTED_S = 0.2


@dataclass(frozen=True, slots=True)
class Start:
    """What the command line asked the window for."""

    workspace: Path | None = None
    files: tuple[Path, ...] = ()
    offline: bool = False
    look_only: bool = False


def parse(arguments: Sequence[str]) -> Start:
    """[--workspace DIR] [--offline] [--read-only] [FILE.countersign …]. Raises UsageError."""
    workspace, offline, look_only, files = None, False, False, []
    rest = list(arguments)
    while rest:
        item = rest.pop(0)
        if item == "--workspace" and rest:
            workspace = Path(rest.pop(0))
        elif item.startswith("--workspace="):
            workspace = Path(item.partition("=")[2])
        elif item == "--offline":
            offline = True
        elif item == "--read-only":
            look_only = True
        elif not item.startswith("-"):
            files.append(Path(item))
        else:
            raise UsageError(f"{item[:40]} is no option of the window.")
    named = os.environ.get("COUNTERSIGN_WORKSPACE")
    if workspace is None and named:
        workspace = Path(named)
    return Start(workspace, tuple(files), offline, look_only)


def require_display(environment: Mapping[str, str], platform: str = sys.platform) -> None:
    """Qt ends the process without a display; say it before. Raises UsageError DISPLAY_REQUIRED."""
    if not has_display(environment, platform):
        raise UsageError("The window needs a display, and there is none.", code="DISPLAY_REQUIRED")


def open_window(arguments: Sequence[str]) -> int:
    """Show the window until it is closed; the exit code. Errors before it is there go to stderr."""
    try:
        start = parse(arguments)
        require_display(os.environ)
    except CountersignError as error:
        sys.stderr.write(f"{error.code}: {error.message}\n  {error.hint}\n")
        return error.exit_code
    QtGui.QGuiApplication.setDesktopFileName("countersign")
    app = QtWidgets.QApplication([strings.APP])
    app.setApplicationName(strings.APP)
    name = server_name(start.workspace)
    if any(hand_over(other, start.files) for other in ([name] if start.workspace else windows())):
        return 0
    return run(app, lambda: _live(app, start, name))


def made_window(app: QtWidgets.QApplication, settings: ViewSettings) -> MainWindow:
    """The window in the look that was chosen; not shown yet."""
    theme().choose(settings.mode, settings.percent)
    begin_in(settings.begin_in)
    app.setWindowIcon(icons.icon("countersign", "#FFFFFF", 64))
    return MainWindow(settings)


async def _load_rooms() -> None:
    await asyncio.sleep(_PAINTED_S)
    await asyncio.to_thread(load_rooms)
    await build_station().check()  # after what an unlock waits for


async def _live(app: QtWidgets.QApplication, start: Start, name: str) -> int:
    settings = ViewSettings()
    traces = Traces(settings.folder / "ends")
    said = QtWords(traces)
    traces.begin()
    said.listen()
    window = made_window(app, settings)
    window.reports.qt = lambda: said.last
    on_stop(window.close)
    collector = Collector(app)
    listener = Listener(name)
    listener.received.connect(window.take_files)

    def listen_for_opened() -> None:
        if not window.session.locked:
            listener.also(window.session.directory)

    window.session.changed.connect(listen_for_opened)
    nobody_listens = on_unhandled(window.tasks_failed, window.reports.fault)
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    # The unlock has loaded all the rooms below, and the page in view is not filled yet.
    window.session.changed.connect(collector.settle, Qt.ConnectionType.SingleShotConnection)
    app.commitDataRequest.connect(lambda _manager: window.close())
    window.unlock.offline.setChecked(start.offline)
    window.unlock.look_only.setChecked(start.look_only)
    if start.workspace is not None:
        window.unlock.choose(start.workspace)
    elif not settings.recent():
        window.show_first_run()
    window.take_files(start.files)
    window.reports.look_back(traces)
    window.show()
    window.tasks.spawn(_load_rooms())
    await ended.wait()
    listener.close()
    collector.stop()
    nobody_listens()
    said.forgo()
    traces.end()
    return 0
