"""The tray on a screen: with a desktop that has one, a notice is shown and its click heard; else nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desktop import ROOT, Desktop

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

#: The program's own tray in a process of its own; ends after a click, or at once where there is no tray.
_PROGRAM = """
import asyncio, sys
from signer_app.ui.loop import run
from signer_app.ui.qt import QtWidgets
from signer_app.ui.notices.tray import Tray
async def main():
    heard, holder = asyncio.Event(), QtWidgets.QWidget()
    tray = Tray(holder, raised=lambda: None, clicked=heard.set, actions=[])
    print(tray.available, flush=True)
    tray.appear()
    tray.show(["Signing and sending are halted.", "A proposal for Treasury needs you."])
    if tray.available:
        async with asyncio.timeout(60):
            await heard.wait()
        print("clicked", flush=True)
    tray.vanish()
    holder.deleteLater()
run(QtWidgets.QApplication(["countersign"]), main)
"""


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Desktop]:
    with Desktop(tmp_path / "desktop") as desktop:
        yield desktop


@contextmanager
def tray_host(screen: Desktop) -> Iterator[subprocess.Popen[str]]:
    """Its lines are on stdout; the first says that it is there."""
    host = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("tray_host.py")),
         screen.environment["DBUS_SESSION_BUS_ADDRESS"]],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert host.stdout is not None
    try:
        assert ast.literal_eval(host.stdout.readline()) == ("ready",)
        yield host
    finally:
        host.terminate()
        host.wait(10)
        host.stdout.close()


def shown(screen: Desktop) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, env=screen.environment, capture_output=True, text=True,
        check=True, timeout=120,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_a_notice_is_shown_without_a_sound_and_its_click_is_heard(screen: Desktop) -> None:
    with tray_host(screen) as host:
        assert shown(screen) == ["True", "clicked"]
        assert host.stdout is not None
        assert ast.literal_eval(host.stdout.readline()) == ("icon",)
        kind, title, text, hints = ast.literal_eval(host.stdout.readline())
    assert (kind, title) == ("notice", "Countersign")
    assert text == "Signing and sending are halted.\nA proposal for Treasury needs you."
    assert [hint for hint in hints if "sound" in hint and hint != "suppress-sound"] == []


def test_where_there_is_no_tray_nothing_is_shown_and_nothing_breaks(screen: Desktop) -> None:
    assert shown(screen) == ["False"]
