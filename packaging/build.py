"""Build the program as one folder, look at it, and put it into a Debian package. `make package` runs this.

    python packaging/build.py [folder|look|deb]   one step and what it stands on; without a name all of them

Everything lands in build/package/: countersign/ (the folder), window.png and the .deb. A folder that is
made from the same input is not built again. With the same Python and the same packages two builds are equal,
byte for byte: names are hashed with a fixed seed, and times are that of the newest input.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from signer_app.core.build import MANIFEST, write_manifest

ROOT: Final = Path(__file__).resolve().parents[1]
OUT: Final = ROOT / "build" / "package"
FOLDER: Final = OUT / "countersign"
DEBIAN: Final = ROOT / "packaging" / "debian"

#: The host's libraries that the folder does not carry (measured in an empty Debian 12).
DEPENDS: Final = (
    "libbrotli1", "libdbus-1-3", "libegl1", "libfontconfig1",
    "libfreetype6", "libgl1", "libglib2.0-0", "libx11-6",
    "libx11-xcb1", "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0",
    "libxcb-keysyms1", "libxcb-render-util0", "libxcb-shape0", "libxcb-xkb1",
    "libxkbcommon0", "libxkbcommon-x11-0",
)  # fmt: skip
#: The faces of the window. Without them it takes others.
RECOMMENDS: Final = ("fonts-inter", "fonts-jetbrains-mono")


class BuildError(Exception):
    """What a person has to mend before this can be built."""


def main() -> int:
    """Run the steps that were asked for; 1 and one sentence on stderr if one fails."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", nargs="?", choices=("folder", "look", "deb"), default=None)
    parser.add_argument("--quick", action="store_true", help="a larger .deb, made faster")
    options = parser.parse_args()
    try:
        made = folder()
        print(made)
        print(f"SHA-256 of {MANIFEST}, to be published: {manifest_hash(made)}", file=sys.stderr)
        if options.step in (None, "look"):
            rehearse(made)
            print(look(made))
        if options.step in (None, "deb"):
            print(deb(made, OUT, quick=options.quick))
    except BuildError as error:
        print(f"make package: {error}", file=sys.stderr)
        return 1
    return 0


# -- the folder --------------------------------------------------------------------------------------------


def inputs() -> list[Path]:
    """Sources, data, the spec and the locks: all that the folder is made from, beside this Python."""
    found = [path for top in ("signer_app", "resources") for path in (ROOT / top).rglob("*")]
    found += [ROOT / "pyinstaller.spec", *(ROOT / "requirements").glob("*.txt")]
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def fingerprint(files: Iterable[Path]) -> str:
    """One hash over names and bytes."""
    digest = hashlib.sha256(sys.version.encode())
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def epoch() -> str:
    """Seconds for SOURCE_DATE_EPOCH: the time of the commit, or of the newest input where there is none."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    asked = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or str(int(max(path.stat().st_mtime for path in inputs())))


def folder() -> Path:
    """Build the folder unless it is there, made from just this input. BuildError."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (OUT / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted, stamp = fingerprint(inputs()), OUT / "made-from"
        if not (FOLDER.is_dir() and stamp.is_file() and stamp.read_text() == wanted):
            stamp.unlink(missing_ok=True)
            _build()
            stamp.write_text(wanted)
    return FOLDER


def _build() -> None:
    with tempfile.TemporaryDirectory(dir=OUT) as work:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
                *("--distpath", f"{work}/dist", "--workpath", f"{work}/work", str(ROOT / "pyinstaller.spec")),
            ],
            env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT), "SOURCE_DATE_EPOCH": epoch()},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise BuildError(f"the build failed:\n{done.stderr[-4000:]}")
        built = Path(work, "dist", "countersign")
        if lacking := _unresolved(done.stderr, built):
            raise BuildError(f"libraries were not found: {', '.join(lacking)}. Run make setup.")
        write_manifest(built)
        shutil.rmtree(FOLDER, ignore_errors=True)
        built.rename(FOLDER)


def manifest_hash(made: Path) -> str:
    """What `countersign about` shows of this build, in lower hex."""
    return hashlib.sha256((made / MANIFEST).read_bytes()).hexdigest()


def _unresolved(log: str, built: Path) -> list[str]:
    """Libraries that a part of the folder needs and this machine lacks.

    PyInstaller only warns of them; the program would start nowhere but on machines that have them. Parts that
    the spec leaves out need nothing.
    """
    found = re.findall(r"could not resolve '([^']+)', dependency of '([^']+)'", log)
    there = {path.name for path in built.rglob("*")}
    return sorted({library for library, part in found if Path(part).name in there})


# -- looking at it -----------------------------------------------------------------------------------------


def rehearse(made: Path) -> None:
    """The whole demo with the built program and its own processes, with no environment. BuildError."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [str(made / "countersign"), "demo", "--headless"],
            env={"HOME": home, "TMPDIR": home}, cwd=home, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise BuildError(
            f"the demo ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


def look(made: Path, picture: Path = OUT / "window.png") -> Path:
    """Show the built window on a screen of its own and take a picture of it. BuildError."""
    for tool in ("Xvfb", "import"):
        if shutil.which(tool) is None:
            raise BuildError(f"{tool} is missing. Run make setup.")
    with tempfile.TemporaryDirectory() as home:
        read, write = os.pipe()
        # Xvfb chooses a free display itself and writes its number.
        screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x900x24", "-nolisten", "tcp"],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        try:
            with os.fdopen(read) as answer:
                display = f":{answer.readline().strip()}"
            environment = {"HOME": home, "XDG_RUNTIME_DIR": home, "DISPLAY": display}
            window = subprocess.Popen([str(made / "countersign")], env=environment, cwd=home)
            try:
                _photograph(window, environment, picture)
            finally:
                window.terminate()
                window.wait(30)
        finally:
            screen.terminate()
            screen.wait(30)
    return picture


def _photograph(window: subprocess.Popen[bytes], environment: dict[str, str], picture: Path) -> None:
    """Until the screen has more than a handful of colours: then the window is painted."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if window.poll() is not None:
            raise BuildError(f"the window ended with {window.returncode}")
        shot = ["import", "-window", "root", str(picture)]
        subprocess.run(shot, env={**os.environ, **environment}, check=True)
        seen = subprocess.run(
            ["identify", "-format", "%k", str(picture)], capture_output=True, text=True, check=True
        )
        if int(seen.stdout) > 50:
            return
        time.sleep(0.5)
    raise BuildError("the window was not painted within a minute")


# -- the Debian package ------------------------------------------------------------------------------------


def version() -> str:
    """As in pyproject.toml."""
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    if found is None:
        raise BuildError("pyproject.toml has no version")
    return found[1]


def deb(made: Path, into: Path, *, quick: bool = False) -> Path:
    """countersign_VERSION_ARCH.deb: the folder, the command, a desktop entry, an icon, AppStream data, the
    type of .countersign files, and the rules for devices. BuildError.
    """
    asked = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    arch = asked.stdout.strip()
    target = into / f"countersign_{version()}_{arch}.deb"
    with tempfile.TemporaryDirectory(dir=into) as work:
        tree = Path(work, "tree")
        _lay_out(made, tree)
        size = sum(path.lstat().st_size for path in tree.rglob("*") if not path.is_dir()) // 1024
        control = (DEBIAN / "control").read_text().format(
            version=version(), arch=arch, size=size,
            depends=", ".join(DEPENDS), recommends=", ".join(RECOMMENDS),
        )  # fmt: skip
        (tree / "DEBIAN").mkdir()
        (tree / "DEBIAN" / "control").write_text(control)
        for script in ("postinst", "postrm"):
            shutil.copy(DEBIAN / script, tree / "DEBIAN" / script)
            (tree / "DEBIAN" / script).chmod(0o755)
        compression = ("-Zzstd", "-z1") if quick else ("-Zxz",)
        done = subprocess.run(
            ["dpkg-deb", "--root-owner-group", *compression, "--build", str(tree), str(target)],
            env={**os.environ, "SOURCE_DATE_EPOCH": epoch()}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise BuildError(f"dpkg-deb failed:\n{done.stderr}")
    return target


def _lay_out(made: Path, tree: Path) -> None:
    shutil.copytree(made, tree / "usr/lib/countersign", symlinks=True)
    command = tree / "usr/bin/countersign"
    command.parent.mkdir(parents=True)
    command.symlink_to("../lib/countersign/countersign")
    for source, place in {
        DEBIAN / "countersign.desktop": "usr/share/applications/countersign.desktop",
        DEBIAN / "countersign.metainfo.xml": "usr/share/metainfo/countersign.metainfo.xml",
        DEBIAN / "countersign.xml": "usr/share/mime/packages/countersign.xml",
        ROOT / "resources/icons/countersign.svg": "usr/share/icons/hicolor/scalable/apps/countersign.svg",
        ROOT / "resources/udev/70-countersign.rules": "usr/lib/udev/rules.d/70-countersign.rules",
        ROOT / "LICENSE": "usr/share/doc/countersign/copyright",
    }.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tree / place)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    tree.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
