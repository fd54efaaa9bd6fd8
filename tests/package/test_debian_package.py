"""The Debian package, installed into a folder of its own and removed again."""

from __future__ import annotations

import runpy
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from signer_app.core.resources import program_root, resource

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BUILDER = runpy.run_path(str(program_root() / "packaging" / "build.py"))


@pytest.fixture(scope="module")
def package(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return BUILDER["deb"](folder, tmp_path_factory.mktemp("deb"), quick=True)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty system: a root folder with a list of packages. Scripts see DPKG_ROOT and do nothing here."""
    root = tmp_path_factory.mktemp("machine")
    (root / "var/lib/dpkg/updates").mkdir(parents=True)
    (root / "var/lib/dpkg/info").mkdir()
    (root / "var/lib/dpkg/status").touch()
    yield root
    shutil.rmtree(root)


def dpkg(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["dpkg", f"--root={root}", "--force-not-root", "--force-script-chrootless", "--force-depends",
         "--log=/dev/null", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_what_it_is(package: Path) -> None:
    shown = subprocess.run(["dpkg-deb", "--field", str(package)], capture_output=True, text=True, check=True)
    fields = dict(line.split(": ", 1) for line in shown.stdout.splitlines() if not line.startswith(" "))
    assert (fields["Package"], fields["Version"]) == ("countersign", BUILDER["version"]())
    assert package.name == f"countersign_{fields['Version']}_{fields['Architecture']}.deb"
    assert "libegl1" in fields["Depends"].split(", ")


def test_installed_it_runs_and_removed_it_leaves_nothing(package: Path, machine: Path) -> None:
    dpkg(machine, "--install", str(package))
    assert "install ok installed" in (machine / "var/lib/dpkg/status").read_text()
    command = machine / "usr/bin/countersign"
    assert command.resolve() == (machine / "usr/lib/countersign/countersign").resolve()
    run = subprocess.run(
        [str(command), "--version"], env={}, cwd="/", capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout.split()[-1]) == (0, BUILDER["version"]()), run.stderr
    rules = machine / "usr/lib/udev/rules.d/70-countersign.rules"
    assert rules.read_bytes() == resource("udev/70-countersign.rules").read_bytes()
    carried = machine / "usr/lib/countersign/_internal/resources/fonts"
    faces = {path.stem for path in carried.glob("*.[ot]tf")}
    weights = ("Regular", "Medium", "SemiBold", "Bold")
    assert faces == {f"{face}-{weight}" for face in ("Inter", "JetBrainsMono") for weight in weights}
    owners = {path.name: path.stat().st_mode & 0o777 for path in (command.resolve(), rules)}
    assert owners == {"countersign": 0o755, "70-countersign.rules": 0o644}
    dpkg(machine, "--purge", "countersign")
    left = (
        [path for path in (machine / "usr").rglob("*") if not path.is_dir()]
        if (machine / "usr").exists()
        else []
    )
    assert left == []


def test_the_desktop_knows_it_and_its_files(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "--extract", str(package), str(tmp_path)], check=True)
    share = tmp_path / "usr/share"
    entry = RawConfigParser()
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(share / "applications/countersign.desktop")
    desktop = entry["Desktop Entry"]
    assert (tmp_path / "usr/bin" / desktop["Exec"].split()[0]).is_symlink()
    assert (share / f"icons/hicolor/scalable/apps/{desktop['Icon']}.svg").is_file()
    kinds = ElementTree.parse(share / "mime/packages/countersign.xml").getroot()
    kind = kinds[0].get("type")
    assert desktop["MimeType"] == f"{kind};"
    assert [glob.get("pattern") for glob in kinds[0].iter() if glob.tag.endswith("glob")] == ["*.countersign"]
    about = ElementTree.parse(share / "metainfo/countersign.metainfo.xml").getroot()
    assert about.findtext("launchable") == "countersign.desktop"
    assert [release.get("version") for release in about.iter("release")] == [BUILDER["version"]()]
    for tool in (
        ["desktop-file-validate", str(share / "applications/countersign.desktop")],
        ["appstreamcli", "validate", "--no-net", str(share / "metainfo/countersign.metainfo.xml")],
    ):
        said = subprocess.run(tool, capture_output=True, text=True, check=False)
        assert "E:" not in said.stdout, said.stdout
        assert "error" not in said.stdout, said.stdout
