"""The window under test: Qt without a screen, warnings of Qt are failures, coroutines on Qt's own loop."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from collections.abc import Coroutine, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from window_help import PASSPHRASE, Run, T, close_windows

from signer_app.ui.loop import make_loop
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.theme import Theme, theme

#: What the platform without a screen says about itself; nothing of ours.
HARMLESS = ("This plugin does not support",)


@pytest.fixture(autouse=True)
def _qt_warnings_fail() -> Iterator[None]:
    """A style sheet that cannot be read, a painter left open, a slot that is gone: all are faults."""
    said: list[str] = []

    def handler(kind: QtCore.QtMsgType, _where: QtCore.QMessageLogContext, text: str) -> None:
        if kind != QtCore.QtMsgType.QtDebugMsg and not text.startswith(HARMLESS):
            said.append(text)

    before = QtCore.qInstallMessageHandler(handler)
    yield
    QtCore.qInstallMessageHandler(before)
    assert said == []


@pytest.fixture(autouse=True)
def _collect_here() -> Iterator[None]:
    """As in the program: widgets that are garbage go in this thread, never in a worker's.

    What is left then stays for the whole run (modules, templates), and no later collection looks at it again.
    """
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def look(qapp: QtWidgets.QApplication) -> Iterator[Theme]:
    """The theme, put back to light and 100 % afterwards."""
    theme().choose("light", 100)
    yield theme()
    theme().choose("light", 100)


@pytest.fixture
def run(qapp: QtWidgets.QApplication) -> Iterator[Run[T]]:
    """Runs a coroutine on Qt's loop, with a limit, and ends what it left behind."""
    qapp.setQuitOnLastWindowClosed(False)  # as loop.run does
    with asyncio.Runner(loop_factory=lambda: make_loop(qapp)) as runner:

        def go(work: Coroutine[object, object, T]) -> T:
            async def limited() -> T:
                try:
                    async with asyncio.timeout(150):  # a hang, not slowness: three workers share two cores
                        return await work
                finally:
                    await close_windows()

            return runner.run(limited())

        yield go


@pytest.fixture
def settings(tmp_path: Path) -> ViewSettings:
    return ViewSettings(tmp_path / "window.ini")


@pytest.fixture(scope="session")
def workspace_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice workspace of one person, without nodes and policy."""
    from signer_app.signers.keystore.client import Keystore, open_keystore
    from signer_app.vault.kdf import KdfParameters
    from signer_app.workspace import create_workspace

    root = tmp_path_factory.mktemp("ui-workspace")

    def creator(keys: Path, kdf: KdfParameters) -> Keystore:
        return open_keystore(keys, passphrase=bytearray(b"keys of one person"), create=kdf)

    folder = root / "northgate"
    create_workspace(
        folder, network_class="practice", org="northgate", person="alice", roles=("operator",),
        passphrase=bytearray(PASSPHRASE), create_keystore=creator,
    )  # fmt: skip
    return folder


@pytest.fixture
def workspace_folder(workspace_template: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "northgate"
    shutil.copytree(workspace_template, folder)
    return folder
