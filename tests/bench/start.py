"""From starting the program to its window, to an inbox filled with 1,000 proposals, and the memory it takes.

A process is started for each round and says when the window was painted, how long an unlock took from there
to a filled inbox, and its memory. The time in which a person types is not counted: in it the program loads
the rooms below. The passphrase is hashed at its lowest cost.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Round, Setup, beside, middle

PROPOSALS, ROUNDS = 1000, 5
_TESTS = Path(__file__).parents[1]
_FIGURES = ("window-start", "inbox-filled", "window-memory")


def figures(setup: Setup) -> Iterator[Figure]:
    """window-start and inbox-filled in seconds from the start of the process; window-memory in MiB."""
    if setup.wanted.isdisjoint(_FIGURES):
        return
    folder, secret = _office(setup.folder / "start")
    rounds = [beside(JSON, lambda: _round(folder, secret)) for _ in range(ROUNDS)]
    for name in ("window-start", "inbox-filled"):
        if name in setup.wanted:
            found = middle(Round(one[name], base) for one, base in rounds)
            yield Figure(name, 1, "starts/s", found.seconds, JSON.name, found.base)
    if "window-memory" in setup.wanted:
        least = min(one["window-memory"] for one, _ in rounds)
        yield Figure("window-memory", 1, "1/MiB", least, "nothing", 1.0)


def _round(folder: Path, secret: Path) -> dict[str, float]:
    started = time.clock_gettime(time.CLOCK_BOOTTIME)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.start", str(folder), str(secret), str(started)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def _office(root: Path) -> tuple[Path, Path]:
    """Alice's workspace with so many payments, each on a ticket of its own; read in, not judged."""
    for room in ("workspace", "practice", "proposals"):
        sys.path.insert(0, str(_TESTS / room))
    from ledger_process import LedgerProcess
    from offices import Template
    from xrpl.core.binarycodec import encode

    (root / "template").mkdir(parents=True)
    with LedgerProcess(root / "ledger") as ledger:
        offices = Template(root / "template", ledger).copy(root / "offices")
        treasury, custodian = (
            account.rpartition(":")[2] for account in (offices.team.treasury, offices.team.custodian)
        )
        with offices.open("alice", offline=True) as workspace:
            for number in range(1, PROPOSALS + 1):
                payment = {
                    "TransactionType": "Payment", "Account": treasury, "Destination": custodian,
                    "Amount": str(number * 1_000_000), "Fee": "40", "Flags": 0x80000000, "NetworkID": 63456,
                    "Sequence": 0, "TicketSequence": number, "LastLedgerSequence": 100_000 + number,
                    "SigningPubKey": "",
                }  # fmt: skip
                workspace.proposals.import_bytes(
                    encode(payment).encode(), network="xrpl:63456", account=offices.team.treasury
                )
    return offices.folder("alice"), offices.secrets / "alice.vault"


# -- in the process that is measured -------------------------------------------------------------------------


async def _start(app: object, folder: Path, secret: Path, started: float) -> dict[str, float]:
    from signer_app.ui.app import made_window
    from signer_app.ui.pages.inbox.page import InboxPage
    from signer_app.ui.preload import load_rooms
    from signer_app.ui.settings import ViewSettings

    def since() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) - started

    window = made_window(app, ViewSettings(folder.parent / "window.ini"))
    window.show()
    window.grab()
    painted = since()
    await asyncio.to_thread(load_rooms)  # meanwhile a person types
    typed = since()
    words = bytearray(secret.read_bytes().splitlines()[0])
    await window.session.open(folder, words, offline=True)
    while not isinstance(window.page, InboxPage) or len(window.page.entries) < PROPOSALS:
        await asyncio.sleep(0.001)
    window.grab()
    filled = painted + since() - typed
    status = Path("/proc/self/status").read_text(encoding="ascii")
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    window.close()
    await ended.wait()
    return dict(zip(_FIGURES, (painted, filled, resident / 1024), strict=True))


def main(folder: Path, secret: Path, started: float) -> None:
    """Write the three figures as a JSON object."""
    from signer_app.ui.loop import run
    from signer_app.ui.qt import QtWidgets

    found: list[dict[str, float]] = []

    async def measured() -> int:
        found.append(await _start(app, folder, secret, started))
        return 0

    app = QtWidgets.QApplication(["bench"])
    run(app, measured)
    sys.stdout.write(json.dumps(found[0]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
