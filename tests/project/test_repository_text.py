"""What the repository may hold: no place of one machine, no place to fetch packages from, no big files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None, reason="only in a clone, with git"
)

#: Written in pieces, because this file is searched too.
PLACES = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"(work|root|home/\w+|Users/\w+|opt)/",
            r"[A-Z]:\\" + r"Users",
            r"registry\." + r"npmjs|registry\." + r"yarnpkg|pypi\." + r"org|python" + r"hosted",
        ]
    )
)


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60)
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_place_of_a_machine_or_registry() -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in PLACES.finditer(text)]
    assert len(tracked()) > 100
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    for text in (
        "see /" + "root/x",
        "/" + "home/anna/x",
        "https://" + "pypi." + "org/simple",
        '"/' + 'opt/x"',
    ):
        assert PLACES.search(text)
    for text in ("docs/work/x", "tests/root/x", "network/opt/x"):
        assert not PLACES.search(text)


def test_no_file_is_large() -> None:
    assert [str(path.relative_to(ROOT)) for path in tracked() if path.stat().st_size > 2 * 1024 * 1024] == []


def test_nothing_that_hides_a_library() -> None:
    """A package in packaging/ or contracts/ would be found instead of the library of that name."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
    assert not (ROOT / "contracts" / "__init__.py").exists()


def test_names_of_test_modules_are_unique() -> None:
    names = [path.name for path in tracked() if path.name.startswith("test_") and path.suffix == ".py"]
    assert sorted({name for name in names if names.count(name) > 1}) == []
