"""How long the window stands still while a device, or the process that talks to it, hangs.

Carol's workspace is open in the window, with two practice Ledgers. First one of them takes requests and never
answers, while the Devices page looks. Then, while a transaction is on the first one's screen, the process
that asks it is stopped by a signal and the device with it, which stays stopped for a minute; she cancels, and
signs with the other. In both times a watchdog in the window's own loop comes back every 10 ms; the longest
that it was late is the figure.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Round, Setup, beside

_EVERY_S = 0.010
#: How long a device answers nothing, and how long it is stopped.
_HANGS_S, _STOPPED_S = 6.0, 60.0
_TESTS = Path(__file__).parents[1]
_ROOMS = tuple(str(_TESTS / room) for room in ("workspace", "practice", "proposals", "ui"))


def figures(setup: Setup) -> Iterator[Figure]:
    """window-stall: the longest lateness of a loop that hanging devices must not hold up."""
    if "window-stall" not in setup.wanted:
        return
    sys.path[:0] = _ROOMS
    from ledger_office import TwoLedgersTemplate, for_carol
    from ledger_process import LedgerProcess

    folder = setup.folder / "stall"
    (folder / "template").mkdir(parents=True)
    rounds = []
    with LedgerProcess(folder / "ledger") as ledger:
        template = TwoLedgersTemplate(folder / "template", ledger)
        for number in range(2):
            offices = template.copy(folder / str(number))
            identifier = for_carol(offices)
            rounds.append(Round(*beside(JSON, lambda offices=offices, id=identifier: _round(offices, id))))
    worst = max(rounds, key=lambda one: one.ratio)  # the budget says never
    yield Figure("window-stall", 1, "stalls/s", worst.seconds, JSON.name, worst.base)


def _round(offices: Any, identifier: str) -> float:
    """In a process of its own: Qt without a screen, and nothing loaded that the window does not load."""
    from ledger_office import plug_in, plug_in_second

    with plug_in(offices) as first, plug_in_second(offices) as second:
        asked = {
            "workspace": str(offices.folder("carol")), "proposal": identifier,
            "first": first.name, "second": second.name, "pid": first.process.pid,
            **{kind: (offices.secrets / f"carol.{kind}").read_text().strip() for kind in ("vault", "keys")},
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.window"], input=json.dumps(asked),
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE, text=True, check=True,
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


async def _watch(asked: dict[str, Any]) -> float:
    from device_process import DeviceProcess
    from sign_desk import Desk, in_app, sign_on_the_other

    from signer_app.ui.garbage import Collector
    from signer_app.ui.settings import ViewSettings

    collector = Collector()
    folder = Path(asked["workspace"])
    # Both run already; these are hands on them.
    first, second = (DeviceProcess(folder / "devices", asked[name]) for name in ("first", "second"))
    desk = Desk(folder, asked["vault"], asked["keys"], ViewSettings(folder.parent / "window.ini"))
    for device in (first, second):
        await in_app(device)
    await desk.unlock()
    collector.settle()  # as the program does after the unlock
    window = desk.window
    window.go("devices")
    page: Any = window.page
    while not page.sees_device:
        await asyncio.sleep(0.05)
    await page.tasks.settle()
    await asyncio.sleep(1)  # it is drawn
    with first.control() as control:
        dog = Watchdog()
        await asyncio.to_thread(control.do, "fault", name="hang")
        await asyncio.sleep(_HANGS_S)
        await asyncio.to_thread(control.do, "fault", name="hang", on=False)
        worst = dog.stop()
    window.go("inbox", asked["proposal"])
    ends = 0.0

    def stop(pid: int) -> None:
        nonlocal dog, ends
        ends, dog = time.monotonic() + _STOPPED_S, Watchdog()
        for number in (pid, asked["pid"]):
            os.kill(number, signal.SIGSTOP)

    await sign_on_the_other(desk, asked["proposal"], first, second, stop)
    left = ends - time.monotonic()
    if left < 0:
        raise RuntimeError(f"the second device signed {-left:.0f} s after the minute")
    await asyncio.sleep(left)
    worst = max(worst, dog.stop())
    os.kill(asked["pid"], signal.SIGCONT)
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    window.close()
    await ended.wait()
    collector.stop()
    return worst


def main() -> None:
    """Write the longest lateness in seconds."""
    sys.path[:0] = _ROOMS
    from signer_app.ui.loop import run
    from signer_app.ui.qt import QtWidgets

    asked = json.loads(sys.stdin.read())
    app = QtWidgets.QApplication(["bench"])
    sys.stdout.write(f"{run(app, lambda: _watch(asked)):.6f}\n")


if __name__ == "__main__":
    main()
