"""How long the window stands still while a device, or the process that talks to it, hangs.

A workspace with one practice device is open and its Devices page in view. The device takes requests and never
answers; then the device process is stopped by a signal while the person is asked something. All the time a
watchdog in the window's own loop comes back every 10 ms; the longest that it was late is the figure.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Round, Setup, beside

_EVERY_S = 0.010
#: How long the device answers nothing, and how long the device process is stopped.
_HANGS_S, _STOPPED_S = 6.0, 60.0
_PASSPHRASE = b"violet anchor seven"


def figures(setup: Setup) -> Iterator[Figure]:
    """window-stall: the longest lateness of a loop that hanging devices must not hold up."""
    if "window-stall" not in setup.wanted:
        return
    tries = [setup.folder / f"stall-{number}" for number in range(2)]
    rounds = [Round(*beside(JSON, partial(_measured, folder))) for folder in tries]
    worst = max(rounds, key=lambda one: one.ratio)  # the budget says never
    yield Figure("window-stall", 1, "stalls/s", worst.seconds, JSON.name, worst.base)


def _measured(folder: Path) -> float:
    """In a process of its own: Qt without a screen, and a folder that nobody else has."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window", str(folder)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


class Watchdog:
    """Sleeps 10 ms in the loop again and again; ``worst`` is the most that it slept too long, in seconds."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_EVERY_S)
            self.worst = max(self.worst, time.perf_counter() - before - _EVERY_S)

    def stop(self) -> float:
        self._task.cancel()
        return self.worst


async def _watch(folder: Path) -> float:
    from signer_app.ui.garbage import Collector
    from signer_app.ui.pages.devices.page import DevicesPage
    from signer_app.ui.settings import ViewSettings
    from signer_app.ui.shell.window import MainWindow
    from signer_app.workspace.practice_devices import PracticeDevices

    collector = Collector()
    bench = PracticeDevices(folder / "w")
    await asyncio.to_thread(bench.start, "nano-1")
    window = MainWindow(ViewSettings(folder / "window.ini"))
    window.show()
    await window.session.open(folder / "w", bytearray(_PASSPHRASE), offline=True)
    window.go("devices")
    page = window.page
    hand = await asyncio.to_thread(bench.hand, "nano-1")
    await asyncio.to_thread(hand.do, "open", app="XRP")
    while not isinstance(page, DevicesPage) or not page.sees_device:
        await asyncio.sleep(0.05)
    dog = Watchdog()
    await asyncio.to_thread(hand.do, "fault", name="hang")
    await asyncio.sleep(_HANGS_S)
    await asyncio.to_thread(hand.do, "fault", name="hang", on=False)
    pid = window.session.connected._process.pid
    if pid is not None:
        os.kill(pid, signal.SIGSTOP)
    page.handlers()["device-test"]()
    await asyncio.sleep(_STOPPED_S)
    worst = dog.stop()
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):  # it was given up and ended meanwhile
            os.kill(pid, signal.SIGCONT)
    hand.let_go()
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    window.close()
    await ended.wait()
    await asyncio.to_thread(bench.close)
    collector.stop()
    return worst


def _workspace(folder: Path) -> None:
    from signer_app.signers.keystore.client import open_keystore
    from signer_app.vault.kdf import floor_parameters
    from signer_app.workspace import create_workspace

    create_workspace(
        folder, network_class="practice", org="bench", person="alice", roles=("operator",),
        passphrase=bytearray(_PASSPHRASE),
        create_keystore=lambda keys, _kdf: open_keystore(
            keys, passphrase=bytearray(b"keys of the bench"), create=floor_parameters()
        ),
    )  # fmt: skip


def main(folder: Path) -> None:
    """Write the longest lateness in seconds."""
    from signer_app.ui.loop import run
    from signer_app.ui.qt import QtWidgets

    _workspace(folder / "w")
    app = QtWidgets.QApplication(["bench"])
    sys.stdout.write(f"{run(app, lambda: _watch(folder)):.6f}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
