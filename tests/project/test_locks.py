"""Locks pin every package by hash and name no place to fetch it from."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(REQUIREMENTS.glob("*.txt"))
NPM_LOCK = ROOT / "tests" / "interop" / "package-lock.json"

PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[a-z0-9,_-]+\])?==([^ ;\\]+)(?: ; [^\\]+)? \\$")


def pins(path: Path) -> dict[str, list[str]]:
    """Requirement -> its hashes; any line that is neither requirement, hash nor comment fails."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            found[name].append(re.fullmatch(r"    --hash=sha256:([0-9a-f]{64})( \\)?", line).group(1))  # type: ignore[union-attr]
        elif not line.startswith("    #"):
            match = PIN.match(line)
            assert match, f"{path.name}: {line!r}"
            name = match.group(1) + line.partition(" ; ")[2]
            found[name] = []
    return found


def test_the_locks_are_there() -> None:
    assert [path.name for path in LOCKS] == ["base.txt", "dev.txt", "uv.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(lock: Path) -> None:
    found = pins(lock)
    assert found
    assert [name for name, hashes in found.items() if not hashes] == []


@pytest.mark.parametrize("path", [*LOCKS, *sorted(REQUIREMENTS.glob("*.in"))], ids=lambda path: path.name)
def test_no_address_and_no_absolute_path(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(^|\s|[=@])[/~]", text, re.MULTILINE)
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host| @ ", text)


def test_dev_holds_base_as_it_is() -> None:
    base, dev = pins(REQUIREMENTS / "base.txt"), pins(REQUIREMENTS / "dev.txt")
    version = {
        path: dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", path.read_text(), re.MULTILINE | re.IGNORECASE))
        for path in LOCKS
    }
    assert version[REQUIREMENTS / "base.txt"].items() <= version[REQUIREMENTS / "dev.txt"].items()
    assert {name.split(" ")[0] for name in base} <= {name.split(" ")[0] for name in dev}


def test_every_direct_requirement_is_in_the_lock() -> None:
    for source, lock in (("base.in", "base.txt"), ("dev.in", "dev.txt"), ("uv.in", "uv.txt")):
        names = re.findall(r"^([a-z][a-z0-9_-]*)", (REQUIREMENTS / source).read_text().lower(), re.MULTILINE)
        locked = (REQUIREMENTS / lock).read_text().lower().replace("_", "-")
        missing = [name for name in names if f"\n{name.replace('_', '-')}" not in "\n" + locked]
        assert missing == []


def test_the_package_installs_what_base_in_lists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements/base.in"]}


def test_the_npm_lock_is_hashed_and_names_no_registry() -> None:
    lock = json.loads(NPM_LOCK.read_text())
    assert lock["lockfileVersion"] == 3
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    assert [
        name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")
    ] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
