"""What a newcomer types first: make help, and make setup on a machine that lacks something."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "packaging" / "system-packages.sh"
TARGETS = (
    "setup",
    "demo",
    "run",
    "test",
    "lint",
    "bench",
    "soak",
    "package",
    "screenshots",
    "lock",
    "docs",
    "help",
)
#: What the script itself uses, besides what it looks for.
TOOLS = ("bash", "env", "id", "make")
LOOKED_FOR = (
    *("python3", "objdump", "strace", "node", "npm"),
    *("Xvfb", "openbox", "xdotool", "import", "pdftotext", "desktop-file-validate", "appstreamcli"),
    *("dbus-daemon", "gnome-keyring-daemon"),
)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))
    }
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_help_names_every_target() -> None:
    done = make("help")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] != []
    assert sorted(line.split()[0] for line in done.stdout.splitlines()) == sorted(TARGETS)


def test_continuous_integration_runs_make_test() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make test")


class Machine:
    """A folder of commands that stands for a machine: stubs note what they were asked to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.log.write_text("")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (folder / tool).symlink_to(found)
        self.stub("id", "echo 1000")
        for tool in LOOKED_FOR:
            self.stub(tool, "exit 0")

    def stub(self, name: str, body: str) -> None:
        path = self.folder / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!{self.folder}/bash\necho "{name} $*" >> "{self.log}"\n{body}\n')
        path.chmod(0o755)

    def lacks(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink()

    def run(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / "bash", SCRIPT], env={"PATH": str(self.folder)},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_that_has_everything(machine: Machine) -> None:
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_root_it_says_exactly_what_to_install(machine: Machine) -> None:
    machine.lacks("strace", "npm")
    machine.stub("apt-get", "exit 1")
    done = machine.run()
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends strace npm\n" in done.stderr
    assert "apt-get" not in machine.log.read_text()


def test_sudo_that_wants_a_password_is_not_asked_without_a_terminal(machine: Machine) -> None:
    machine.lacks("strace")
    machine.stub("apt-get", "exit 0")
    machine.stub("sudo", "exit 1")
    done = machine.run()
    assert done.returncode == 1
    assert "strace" in done.stderr
    assert "sudo apt-get" not in machine.log.read_text()


@pytest.mark.parametrize("with_sudo", [False, True])
def test_with_root_or_sudo_it_installs(machine: Machine, with_sudo: bool) -> None:
    machine.lacks("strace", "node", "npm")
    if with_sudo:
        machine.stub("sudo", 'if [ "$1" = -n ]; then exit 0; fi\nexec "$@"')
    else:
        machine.stub("id", "echo 0")
    copy = "; ".join(
        f'cp "{machine.folder}/objdump" "{machine.folder}/{name}"' for name in ("strace", "node", "npm")
    )
    (machine.folder / "cp").symlink_to(str(shutil.which("cp")))
    machine.stub("apt-get", f'if [ "$1" = install ]; then {copy}; fi')
    done = machine.run()
    assert done.returncode == 0, done.stderr
    asked = machine.log.read_text()
    assert "apt-get update -q" in asked
    assert "apt-get install -y -q --no-install-recommends strace nodejs npm" in asked
    assert ("sudo apt-get" in asked) is with_sudo


def test_an_installation_that_fails_is_a_failure(machine: Machine) -> None:
    machine.lacks("strace")
    machine.stub("id", "echo 0")
    machine.stub("apt-get", "exit 100")
    assert machine.run().returncode != 0


def test_a_machine_without_python_gets_it_in_two_steps(machine: Machine) -> None:
    machine.lacks("python3")
    machine.stub("id", "echo 0")
    (machine.folder / "cp").symlink_to(str(shutil.which("cp")))
    # The first python3 that arrives has no shared library beside it; the second call brings that.
    first = f"{machine.folder}/first"
    Path(first).write_text(
        f"#!{machine.folder}/bash\n"
        'case "$*" in *ensurepip*) exit 0;; *print*) echo 3.11;; '
        f'-) [ -e "{machine.folder}/library" ];; esac\n'
    )
    Path(first).chmod(0o755)
    machine.stub(
        "apt-get",
        f'case "$*" in *libpython3.11*) : > "{machine.folder}/library";;\n'
        f'install*python3-venv*) cp "{first}" "{machine.folder}/python3";; esac',
    )
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert "apt-get install -y -q --no-install-recommends libpython3.11" in machine.log.read_text()


def test_an_old_python_is_refused(machine: Machine) -> None:
    machine.stub("python3", 'case "$*" in *version_info*3,*) exit 1;; --version) echo Python 3.9.2;; esac')
    done = machine.run()
    assert done.returncode == 1
    assert "too old" in done.stderr
