"""Draws the sheet of parts, every page, and the dialogs and states of scenes.py, in both themes and two
sizes, into docs/screenshots/.

Run by `make screenshots`; ARGS names the pictures that are wanted. They have few colours (a palette), so that
they stay small.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

for room in ("workspace", "proposals", "practice"):
    sys.path.insert(0, str(ROOT / "tests" / room))

from gallery import make_gallery  # noqa: E402 - found through the lines above
from ledger_office import LedgerTemplate, for_carol, plug_in  # noqa: E402
from ledger_process import LedgerProcess  # noqa: E402
from office_stage import passphrase_of  # noqa: E402
from offices import Offices  # noqa: E402
from scenes import PERSON, SCENES, WINDOWS, Stage, picture  # noqa: E402
from window_help import until  # noqa: E402

from signer_app.signers.keystore.client import open_keystore  # noqa: E402
from signer_app.ui.first_run.plan import PlanView  # noqa: E402
from signer_app.ui.loop import run  # noqa: E402
from signer_app.ui.pages import PAGES  # noqa: E402
from signer_app.ui.qt import Qt, QtGui, QtWidgets  # noqa: E402
from signer_app.ui.settings import ViewSettings  # noqa: E402
from signer_app.ui.shell.window import MainWindow  # noqa: E402
from signer_app.ui.theme import Mode, theme  # noqa: E402
from signer_app.workspace import Workspace, create_workspace  # noqa: E402
from signer_app.workspace.first_run import FirstRun  # noqa: E402

MODES: tuple[Mode, ...] = ("light", "dark")
SIZES = {"": (1440, 900), "-small": (1024, 700)}
LOOKS: tuple[tuple[Mode, str], ...] = tuple((mode, suffix) for mode in MODES for suffix in SIZES)
TWO_LOOKS = (LOOKS[0], LOOKS[-1])
#: What has more pixels of one colour than this is a surface, not the edge of a letter.
SURFACE = 600
#: By then the nodes have answered their first round and the devices were looked for.
FIRST_ROUND_S = 4.0


async def still(window: MainWindow) -> None:
    """Wait until everything is read and the picture has not changed for half a second, or for ten at most."""
    before, unchanged = None, 0
    for _ in range(100):
        await asyncio.sleep(0.1)
        now = picture(window).toImage()
        unchanged = unchanged + 1 if now == before and not window.session.busy_with else 0
        before = now
        if unchanged == 5:
            return


def palette(counted: Counter[int]) -> list[int]:
    """At most 255 of a picture's colours: those of surfaces exactly, and of all that are alike the commonest.

    Taking the commonest alone would lose the few pixels of a red word among the many greys of the others.
    """
    surfaces = [colour for colour, count in counted.most_common(64) if count > SURFACE]
    alike: Counter[tuple[int, int, int]] = Counter()
    first: dict[tuple[int, int, int], int] = {}
    for colour, count in counted.most_common():
        cell = (colour >> 20 & 15, colour >> 12 & 15, colour >> 4 & 15)
        alike[cell] += count
        first.setdefault(cell, colour)
    rest = (first[cell] for cell, _ in alike.most_common())
    return [*dict.fromkeys((*surfaces, *rest))][:255]


def save(pixmap: QtGui.QPixmap, path: Path) -> None:
    """With a palette of the picture's own colours."""
    image = pixmap.toImage().convertToFormat(QtGui.QImage.Format.Format_RGB32)
    colours = palette(Counter(memoryview(image.constBits()).cast("B").cast("I")))
    flags = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither
    image.convertToFormat(QtGui.QImage.Format.Format_Indexed8, colours, flags).save(str(path), "PNG", 0)


def fill(offices: Offices, nano: Any) -> dict[str, str]:
    """What waits in the inbox of the third of three people, by its part in a Stage."""
    waiting, to_send = for_carol(offices, "400"), for_carol(offices, "90")
    denied = offices.pay("alice", "401.5")
    offices.travel("alice", PERSON, denied)
    with nano.control() as control:
        control.do("open", app="XRP")
    return {"waiting": waiting, "to_send": to_send, "denied": denied}


class Drawing:
    """Writes the pictures of one window."""

    def __init__(self, target: Path, settings: ViewSettings, names: list[str]) -> None:
        self._target, self._settings, self._names = target, settings, names
        self.window = MainWindow(settings)

    def wanted(self, name: str) -> bool:
        return not self._names or name in self._names

    async def take(self, name: str, looks: Sequence[tuple[Mode, str]] = LOOKS) -> None:
        """In these themes and sizes, all of them or those that differ most."""
        window = self.window
        for mode, suffix in looks if self.wanted(name) else ():
            self._settings.mode = mode
            window.restyle()  # nothing is drawn again where it has this look already
            window.resize(*SIZES[suffix])
            await still(window)
            save(picture(window), self._target / f"{name}-{mode}{suffix}.png")

    async def beside(self, name: str, other: QtWidgets.QWidget) -> None:
        """A window that stands beside this one, at its own size in both themes."""
        for mode in MODES:
            self._settings.mode = mode
            self.window.restyle()
            await asyncio.sleep(0.5)
            save(other.grab(), self._target / f"{name}-{mode}.png")

    async def sheet(self) -> None:
        """The parts of all pages."""
        for mode in MODES if self.wanted("gallery") else ():
            theme().choose(mode, 100)
            sheet = make_gallery()
            sheet.resize(1440, 900)
            sheet.show()
            await asyncio.sleep(0.2)
            save(sheet.grab(), self._target / f"gallery-{mode}.png")
            sheet.close()


async def read_file(drawing: Drawing, stage: Stage) -> None:
    """What a file would do, while no workspace is open."""
    path = stage.offices.root / "invoice-2031.countersign"
    await asyncio.to_thread(
        stage.offices.do, PERSON, "proposal", "export", stage.waiting, "-o", str(path)
    )  # its workspace is closed as yet
    drawing.window.asking.read([path])
    await stage.dialog()
    await drawing.take("read-file", TWO_LOOKS)
    await stage.gone()


async def plan(drawing: Drawing) -> None:
    """The steps before there is a workspace."""
    view = drawing.window.first_run
    view.start_setting_up()
    await until(lambda: isinstance(view.shown, PlanView), 60)
    await drawing.take("plan", TWO_LOOKS)
    view.reset()


async def set_up(drawing: Drawing, stage: Stage) -> None:
    """A workspace of the test network that somebody begins to set up."""
    window, folder, secret = drawing.window, stage.offices.root / "new", "fen-ladder-ocean-41-quartz"
    await asyncio.to_thread(
        create_workspace,
        folder, network_class="testnet", org="Northgate", person="dana", roles=("finance",),
        passphrase=bytearray(secret, "ascii"),
        create_keystore=lambda keys, kdf: open_keystore(
            keys, passphrase=bytearray(secret + "-keys", "ascii"), create=kdf
        ),
    )  # fmt: skip
    window.lock()
    await until(lambda: window.session.locked, 60)
    await window.session.open(folder, bytearray(secret, "ascii"))

    def begin(workspace: Workspace) -> None:
        passphrase = bytearray(secret + "-keys", "ascii")
        workspace.unlock_keys(lambda keys: open_keystore(keys, passphrase=passphrase))
        FirstRun(workspace)

    await window.session.call(begin)
    await window.session.refresh()
    window.go("setup")
    await drawing.take("setup")


async def draw(drawing: Drawing, stage: Stage) -> None:
    """Every picture."""
    window = stage.window
    window.show()
    await drawing.take("unlock")
    if drawing.wanted("read-file"):
        await read_file(drawing, stage)
    window.show_first_run()
    await drawing.take("first-run", TWO_LOOKS)
    await plan(drawing)
    await window.session.open(stage.offices.folder(PERSON), bytearray(passphrase_of(PERSON)))
    await asyncio.sleep(FIRST_ROUND_S)
    for key in filter(drawing.wanted, [key for key in PAGES if key != "setup"]):
        window.go(key, stage.waiting if key == "inbox" else "")
        await drawing.take(key)
    for name, other in WINDOWS.items():
        if drawing.wanted(name):
            async with other(stage) as shown:
                await drawing.beside(name, shown)
    for name, scene in SCENES.items():
        if drawing.wanted(name):
            async with scene(stage):
                await drawing.take(name, TWO_LOOKS)
    await drawing.sheet()
    if drawing.wanted("setup"):
        await set_up(drawing, stage)
    ended = asyncio.Event()
    window.closed.connect(ended.set)
    window.close()
    await ended.wait()


def main(names: list[str]) -> None:
    """Write the pictures, or those whose names are given."""
    target = ROOT / "docs" / "screenshots"
    target.mkdir(exist_ok=True)
    for old in target.glob("*.png") if not names else ():
        old.unlink()
    os.environ["HOME"] = f"/home/{PERSON}"  # the settings show where files begin: of nobody's machine
    app = QtWidgets.QApplication(["screenshots"])
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.joinpath("template").mkdir()
        with LedgerProcess(root / "ledger") as ledger:
            offices = LedgerTemplate(root / "template", ledger).copy(root / "northgate")
            settings = ViewSettings(root / "window.ini")
            settings.remember(offices.folder(PERSON))
            with plug_in(offices) as nano:
                drawing = Drawing(target, settings, names)
                stage = Stage(drawing.window, offices, nano, **fill(offices, nano))
                run(app, lambda: draw(drawing, stage))
    total = sum(path.stat().st_size for path in target.glob("*.png"))
    print(f"{len(list(target.glob('*.png')))} pictures, {total // 1024} KiB")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
