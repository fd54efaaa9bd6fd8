"""The import layers: the contracts hold, they can fail, and processes load only what they may."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import signer_app

ROOT = Path(__file__).parents[2]
PACKAGE = Path(signer_app.__file__).parent
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["contracts"]}

#: What the process with the keys must never have loaded, not even through somebody else.
NEVER_IN_THE_KEYSTORE = (
    *(
        "xrpl",
        "sqlalchemy",
        "alembic",
        "sqlcipher3",
        "aiohttp",
        "httpx",
        "websockets",
        "yaml",
        "typer",
        "rich",
    ),
    *("asyncio", "socket", "_socket", "ssl", "_ssl", "http.client", "urllib.request", "multiprocessing"),
    *(
        "signer_app.cli",
        "signer_app.vault.database",
        "signer_app.vault.migrations",
        "signer_app.nodes",
        "signer_app.proposals",
    ),
    *(
        "PySide6",
        "qasync",
        "signer_app.ui",
        "signer_app.workspace",
        "signer_app.practice",
        "signer_app.journal",
        "signer_app.vault.keyring_half",
    ),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    return subprocess.run(
        [*command, "--no-cache", "--config", str(folder / "pyproject.toml")],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_every_contract_is_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken" in done.stdout


def test_the_layers_are_those_of_the_design() -> None:
    assert CONTRACTS["rooms"]["layers"] == [
        "ui | cli",
        "workspace",
        "practice",
        "(desks)",
        "treasury",
        "proposals",
        "policy | signers | journal | nodes | exchange",
        "chains",
        "vault",
        "core",
    ]
    assert CONTRACTS["rooms"]["exhaustive"] is True


def small_copy(folder: Path, extra: dict[str, str]) -> None:
    """A package of empty rooms with the real contracts, plus the files of ``extra``."""
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    rooms = (
        "cli",
        "ui",
        "practice",
        "treasury",
        "proposals",
        "policy",
        "signers",
        "journal",
        "nodes",
        "exchange",
        "chains",
        "vault",
    )
    folders = (*rooms, "core", "signers/keystore", "signers/hid", "chains/xrpl")
    empty = [f"{room}/__init__.py" for room in folders]
    used = {
        "chains/xrpl/second_reader.py": "import xrpl\n",
        "chains/port.py": "",
        "core/effects.py": "",
        "practice/server.py": "import aiohttp\n",
        "vault/database.py": "import sqlalchemy, alembic, sqlcipher3\n",
        "vault/migrations.py": "",
        "vault/keyring_half.py": "",
        "proposals/tables.py": "import sqlalchemy\n",
        "ui/qt.py": "import PySide6.QtCore\n",
        "ui/loop.py": "import qasync\n",
        "signers/child.py": "",
        "signers/hid/__init__.py": "",
        "signers/hid/usb.py": "",
        "signers/hid/process.py": "",
    }
    names = [
        "__init__.py",
        "__main__.py",
        "workspace.py",
        "signers/keystore/process.py",
        "signers/child.py",
        "signers/hid/process.py",
        "signers/hid/usb.py",
        *empty,
        *used,
        *extra,
    ]
    for name in names:
        path = folder / "signer_app" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(extra.get(name, used.get(name, "")))


@pytest.mark.parametrize(
    ("name", "text", "broken"),
    [
        ("core/x.py", "import signer_app.vault", "Imports go downwards only"),
        ("policy/x.py", "from signer_app import journal", "Imports go downwards only"),
        ("signers/x.py", "def late():\n    import signer_app.nodes", "Imports go downwards only"),
        ("proposals/x.py", "import signer_app.practice", "Imports go downwards only"),
        ("cellar/__init__.py", "", "declared as a layer"),
        ("ui/__init__.py", "import signer_app.practice", "practice ledgers"),
        ("ui/__init__.py", "import signer_app.cli", "Imports go downwards only"),
        ("cli/x.py", "import signer_app.ui", "Imports go downwards only"),
        ("ui/__init__.py", "import PySide6.QtCore", "Only the window knows Qt"),
        ("cli/x.py", "import PySide6.QtCore", "Only the window knows Qt"),
        ("core/x.py", "def late():\n    import PySide6.QtGui", "Only the window knows Qt"),
        ("ui/x.py", "import qasync", "event loop's library"),
        ("proposals/x.py", "import qasync", "event loop's library"),
        ("cli/x.py", "import xrpl.core", "XRPL SDK"),
        ("workspace.py", "import signer_app.signers.hid.usb", "opens devices"),
        ("chains/xrpl/codec.py", "import xrpl", "XRPL SDK"),
        ("nodes/x.py", "import aiohttp", "HTTP"),
        ("practice/x.py", "import signer_app.chains.xrpl", "shares no code"),
        ("journal/x.py", "import sqlalchemy", "database toolkit"),
        ("proposals/x.py", "import sqlcipher3", "opens databases"),
        ("signers/keystore/process.py", "import socket", "holds keys"),
        ("signers/keystore/process.py", "import signer_app.chains.xrpl.second_reader", "holds keys"),
        ("signers/keystore/process.py", "import signer_app.core.effects", "holds keys"),
        ("core/x.py", "", ""),
        ("ui/__init__.py", "import signer_app.workspace", ""),
        ("treasury/__init__.py", "import signer_app.proposals", ""),
    ],
)
def test_a_wrong_import_breaks_its_contract(tmp_path: Path, name: str, text: str, broken: str) -> None:
    small_copy(tmp_path, {name: text})
    done = lint(tmp_path)
    if broken:
        assert done.returncode != 0
        assert broken in done.stdout
    else:
        assert done.returncode == 0, done.stdout[-3000:]


def loaded_after(statement: str, names: tuple[str, ...]) -> set[str]:
    """Which of ``names`` a fresh interpreter has loaded after ``statement``."""
    program = f"import sys\n{statement}\nprint(*[n for n in {names!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_the_process_that_holds_keys_loads_nothing_that_it_must_not() -> None:
    assert loaded_after("import signer_app.signers.keystore.process", NEVER_IN_THE_KEYSTORE) == set()


def test_main_loads_neither_the_command_line_nor_a_child() -> None:
    names = (
        "signer_app.cli",
        "signer_app.ui",
        "PySide6",
        "signer_app.signers",
        "signer_app.workspace",
        "xrpl",
    )
    assert loaded_after("import signer_app.__main__", names) == set()


def test_the_core_loads_no_sdk_and_no_database() -> None:
    modules = [
        "signer_app.core." + path.stem for path in (PACKAGE / "core").glob("*.py") if path.stem != "__init__"
    ]
    statement = "\n".join(f"import {name}" for name in sorted(modules))
    names = ("xrpl", "sqlalchemy", "alembic", "aiohttp", "httpx", "asyncio", "cryptography", "coincurve")
    assert loaded_after(statement, names) == set()


@cache
def python_files() -> list[tuple[Path, str, ast.Module]]:
    """Every module of the package: its path, text and tree."""
    texts = [(path, path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))]
    return [(path, text, ast.parse(text)) for path, text in texts]


def test_the_program_never_asserts() -> None:
    """`python -O` removes asserts, so none may stand between input and a signature."""
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path, _, tree in python_files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    assert found == []


def test_modules_and_functions_stay_small() -> None:
    long = []
    for path, text, tree in python_files():
        if len(text.splitlines()) > 420:
            long.append(f"{path.relative_to(PACKAGE)}: {len(text.splitlines())} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and path.parent.name != "migrations":
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 60:  # fifty, and room for a docstring
                    long.append(f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}: {length} lines")
    # The catalogue of errors is one table; the verifier stands alone, so it can share nothing.
    alone = ("core/errors.py:", "journal/verify.py:")
    assert [entry for entry in long if not entry.startswith(alone)] == []
