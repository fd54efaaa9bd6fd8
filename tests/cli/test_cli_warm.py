"""Commands that are forked from a process that has loaded them are processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from offices import Offices

from signer_app.cli import warm
from signer_app.core.errors import SignerError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def commands() -> Iterator[warm.WarmCommands]:
    started = warm.WarmCommands()
    yield started
    started.close()


def start(commands: warm.WarmCommands, *arguments: str, **environment: str) -> warm.WarmCommand:
    return commands.start(["--json", *arguments], environment={**os.environ, **environment}, folder=ROOT)


def test_it_answers_as_a_command_that_was_started_anew(commands: warm.WarmCommands, tmp_path: Path) -> None:
    """The same words, codes and exit code; from another folder, with another environment."""
    for arguments in (["inspect", "nothing.countersign"], ["practice", "bogus"], ["--version"]):
        anew = subprocess.run(
            [*warm.program(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, timeout=60,
        )  # fmt: skip
        forked = commands.start(arguments, environment=os.environ, folder=tmp_path)
        said, told = forked.communicate(60)
        assert (forked.returncode, said, told) == (anew.returncode, anew.stdout, anew.stderr)


def test_each_has_an_environment_and_a_session_of_its_own(
    commands: warm.WarmCommands, tmp_path: Path
) -> None:
    (tmp_path / "words").write_text("some passphrase\n")
    (tmp_path / "words").chmod(0o600)
    asked = ("--passphrase-file", str(tmp_path / "words"), "workspace", "show")
    first = start(commands, *asked, COUNTERSIGN_WORKSPACE=str(tmp_path / "first"))
    second = start(commands, *asked, COUNTERSIGN_WORKSPACE=str(tmp_path / "second"))
    assert len({first.pid, second.pid, os.getpid()}) == 3
    for command, name in ((first, "first"), (second, "second")):
        said, _ = command.communicate(60)
        assert command.wait() == command.poll() != 0
        assert name in json.loads(said)["error"]["message"]


def test_it_ends_by_signals_and_failpoints_as_any_process(
    commands: warm.WarmCommands, tmp_path: Path
) -> None:
    serving = start(commands, "practice", "start")
    assert json.loads(serving.stdout.readline())["ok"] is True
    assert serving.poll() is None
    assert os.getsid(serving.pid) == serving.pid
    with pytest.raises(subprocess.TimeoutExpired):
        serving.wait(0)
    serving.send_signal(signal.SIGINT)
    assert serving.communicate(30) == (b"", b"")
    assert serving.returncode == 0

    killed = start(commands, "practice", "start")
    killed.stdout.readline()
    killed.kill()
    killed.communicate(30)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(killed.pid, 0)


def test_running_one_and_having_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done = warm.run(["--json", "practice", "bogus"], timeout=60)
    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (2, "USAGE")
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run(["practice", "start"], timeout=0.2)
    monkeypatch.setattr(warm, "is_possible", lambda: False)
    anew = warm.run(["--json", "practice", "bogus"], timeout=60)
    assert (anew.returncode, anew.stdout) == (done.returncode, done.stdout)


def test_without_its_process_nothing_is_started() -> None:
    lone = warm.WarmCommands()
    first = start(lone, "practice", "bogus")
    first.communicate(60)
    assert lone._process is not None
    lone._process.kill()
    lone._process.wait()
    with pytest.raises(SignerError) as refused:
        start(lone, "practice", "bogus")
    assert refused.value.code == "SIGNER_DIED"
    lone.close()


_LATE = """
import sys
from pathlib import Path
from signer_app.cli import warm
from signer_app.cli.main import run
warm.load()
loaded = set(sys.modules)
sys.stdout, said = Path(sys.argv[1]).open("w+"), sys.stdout
for line in Path(sys.argv[2]).read_text().splitlines():
    sys.argv = ["countersign", *line.split("\\t")]
    assert run() == 0, line
print(sorted(set(sys.modules) - loaded), file=said)
"""


@pytest.mark.slow
def test_what_it_has_loaded_is_all_that_commands_need(offices: Offices, tmp_path: Path) -> None:
    """Whatever a command loaded itself, each would load again."""
    first = offices.pay("alice", "100")
    sent, signed = tmp_path / "sent.countersign", tmp_path / "signed.countersign"
    bob = (*offices.globals("bob"), "proposal")
    carol = (*offices.globals("carol"), "proposal")
    lines: list[tuple[str, ...]] = [
        (*offices.globals("alice"), "proposal", "export", first, "-o", str(sent)),
        (*bob, "import", str(sent)),
        (*bob, "sign", first, "--key", "bob-xrp"),
        (*bob, "export", first, "-o", str(signed)),
        (*carol, "import", str(signed)),
        (*carol, "sign", first, "--key", "carol-xrp"),
        (*carol, "submit", first),
        (*offices.globals("carol"), "policy", "replay", first),
        (*offices.globals("carol"), "nodes", "test"),
        (*offices.globals("carol"), "journal", "verify", "--vault", str(offices.folder("carol") / "logs")),
    ]
    (tmp_path / "lines").write_text("\n".join("\t".join(line) for line in lines))
    done = subprocess.run(
        [sys.executable, "-c", _LATE, str(tmp_path / "out"), str(tmp_path / "lines")],
        capture_output=True, text=True, check=False, timeout=120, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
