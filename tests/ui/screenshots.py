"""Draws the sheet of parts and every page, in both themes and two sizes, into docs/screenshots/.

Run by `make screenshots`. Pictures have few colours (a palette), so that they stay small.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

for room in ("workspace", "proposals", "practice"):
    sys.path.insert(0, str(ROOT / "tests" / room))

from gallery import make_gallery  # noqa: E402 - found through the lines above
from ledger_process import LedgerProcess  # noqa: E402
from offices import SECRETS, Offices, Template  # noqa: E402

from signer_app.ui.loop import run  # noqa: E402
from signer_app.ui.pages import PAGES  # noqa: E402
from signer_app.ui.qt import Qt, QtGui, QtWidgets  # noqa: E402
from signer_app.ui.settings import ViewSettings  # noqa: E402
from signer_app.ui.shell.window import MainWindow  # noqa: E402
from signer_app.ui.theme import theme  # noqa: E402

SIZES = {"": (1440, 900), "-small": (1024, 700)}
#: By then the nodes have answered their first round and the devices were looked for.
FIRST_ROUND_S = 4.0


async def still(window: MainWindow) -> None:
    """Wait until everything is read and the picture has not changed for half a second, or for ten at most."""
    before, unchanged = None, 0
    for _ in range(100):
        await asyncio.sleep(0.1)
        now = window.grab().toImage()
        unchanged = unchanged + 1 if now == before and not window.session.busy_with else 0
        before = now
        if unchanged == 5:
            return


def save(widget: QtWidgets.QWidget, path: Path) -> None:
    """With a palette of the picture's own most frequent colours, so that surfaces keep theirs exactly."""
    image = widget.grab().toImage().convertToFormat(QtGui.QImage.Format.Format_RGB32)
    counted = Counter(memoryview(image.constBits()).cast("B").cast("I"))
    colours = [colour for colour, _ in counted.most_common(255)]
    flags = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    image.convertToFormat(QtGui.QImage.Format.Format_Indexed8, colours, flags).save(str(path), "PNG", 0)


def make_offices(root: Path, ledger: LedgerProcess) -> tuple[Offices, str]:
    """Three people, and proposals that wait in the inbox of one of them; the id of the one to show."""
    root.joinpath("template").mkdir()
    offices = Template(root / "template", ledger).copy(root / "northgate")
    shown = offices.pay("alice", "400")
    offices.travel("alice", "bob", shown)
    offices.sign("bob", shown)
    offices.travel("bob", "carol", shown)
    denied = offices.pay("alice", "401.5")
    offices.travel("alice", "carol", denied)
    other = offices.pay("bob", "90")
    offices.travel("bob", "carol", other)
    return offices, shown


async def draw(target: Path, root: Path, offices: Offices, shown: str) -> None:
    """Every picture."""
    settings = ViewSettings(root / "window.ini")
    folder = offices.folder("carol")
    settings.remember(folder)
    window = MainWindow(settings)
    window.show()

    async def take(name: str) -> None:
        for mode in ("light", "dark"):
            settings.mode = mode  # type: ignore[assignment]  # one of the two
            window.restyle()
            for suffix, size in SIZES.items():
                window.resize(*size)
                await still(window)
                save(window, target / f"{name}-{mode}{suffix}.png")

    await take("unlock")
    await window.session.open(folder, bytearray(SECRETS["carol.vault"].encode()))
    await asyncio.sleep(FIRST_ROUND_S)
    for key in PAGES:
        window.go(key, shown if key == "inbox" else "")
        await still(window)
        if type(window.page).__name__ != "AbsentPage":
            await take(key)
    for mode in ("light", "dark"):
        theme().choose(mode, 100)  # type: ignore[arg-type]
        sheet = make_gallery()
        sheet.resize(1440, 900)
        sheet.show()
        await asyncio.sleep(0.2)
        save(sheet, target / f"gallery-{mode}.png")
        sheet.close()
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    window.close()
    await ended.wait()


def main() -> None:
    """Write the pictures."""
    target = ROOT / "docs" / "screenshots"
    target.mkdir(exist_ok=True)
    for old in target.glob("*.png"):
        old.unlink()
    app = QtWidgets.QApplication(["screenshots"])
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        with LedgerProcess(root / "ledger") as ledger:
            offices, shown = make_offices(root, ledger)
            run(app, lambda: draw(target, root, offices, shown))
    total = sum(path.stat().st_size for path in target.glob("*.png"))
    print(f"{len(list(target.glob('*.png')))} pictures, {total // 1024} KiB")  # noqa: T201


if __name__ == "__main__":
    main()
