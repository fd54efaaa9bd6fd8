"""The binding: a version that counts references right, imported in one place, and no nested loop anywhere."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import signer_app.ui
from signer_app.ui.qt import QtWidgets

UI = Path(signer_app.ui.__file__).parent
ROOT = UI.parents[1]


def test_the_binding_does_not_take_references_from_none(qapp: QtWidgets.QApplication) -> None:
    """PySide6 6.12 does on Python 3.11, and the process dies after some thousand calls."""
    label = QtWidgets.QLabel()
    before = sys.getrefcount(None)
    for _ in range(500):
        label.setText("x")
    assert sys.version_info >= (3, 12) or abs(sys.getrefcount(None) - before) < 50


def test_no_module_of_the_window_runs_a_loop_inside_the_loop() -> None:
    calls = re.compile(r"\.exec_?\(|\.processEvents\(|QEventLoop\(\)")
    static = re.compile(
        r"QMessageBox\.(question|information|warning|critical)|\.get(Open|Save)File|getExisting"
    )
    found = [
        f"{path.relative_to(UI)}: {match.group()}"
        for path in sorted(UI.rglob("*.py"))
        for match in [*calls.finditer(path.read_text()), *static.finditer(path.read_text())]
    ]
    assert found == []
    assert calls.search("dialog.exec()")
    assert static.search("QFileDialog.getOpenFileName")


def test_no_coroutine_of_a_test_turns_the_loop_itself() -> None:
    """See window_help.turns(). Where there are coroutines, only a test that is none may turn the loop."""
    found = []
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text())
        nodes = [*ast.walk(tree)]
        plain = [
            node for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        coroutines = [node for node in nodes if isinstance(node, ast.AsyncFunctionDef)]
        free = {id(inner) for node in plain for inner in ast.walk(node)}
        bound = {id(inner) for node in coroutines for inner in ast.walk(node)}
        found += [
            f"{path.name}:{node.lineno}"
            for node in nodes
            if isinstance(node, ast.Attribute)
            and node.attr in ("processEvents", "waitUntil", "waitSignal", "waitExposed", "qWait")
            and coroutines
            and (id(node) in bound or id(node) not in free)
        ]
    assert found == []


def test_labels_of_the_window_are_plain_text() -> None:
    """QLabel guesses markup unless it is told not to, so labels are made in one place."""
    found = [
        str(path.relative_to(UI))
        for path in sorted(UI.rglob("*.py"))
        if re.search(r"QLabel\(", path.read_text()) and path.name != "base.py"
    ]
    assert found == []


def test_no_ledger_sdk_and_no_database_is_loaded_for_the_first_paint(tmp_path: Path) -> None:
    program = (
        "import sys, asyncio, pathlib\n"
        "from signer_app.ui.qt import QtWidgets\n"
        "from signer_app.ui.loop import run\n"
        "from signer_app.ui.settings import ViewSettings\n"
        "from signer_app.ui.shell.window import MainWindow\n"
        "app = QtWidgets.QApplication(['x'])\n"
        "async def main():\n"
        "    window = MainWindow(ViewSettings(pathlib.Path(sys.argv[1]) / 'w.ini'))\n"
        "    window.show()\n"
        "    await asyncio.sleep(0.05)\n"
        "    names = ('xrpl', 'sqlalchemy', 'alembic', 'sqlcipher3', 'httpx', 'aiohttp', 'pydantic',\n"
        "             'signer_app.workspace', 'signer_app.cli', 'signer_app.chains')\n"
        "    print(window.isVisible(), *[name for name in names if name in sys.modules])\n"
        "    ended = asyncio.Event(); window.closed.connect(ended.set); window.close(); await ended.wait()\n"
        "run(app, main)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split() == ["True"]
