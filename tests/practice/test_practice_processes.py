"""Practice processes end with whoever started them, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from signer_app.core.errors import SignerError
from signer_app.practice.processes import Serving, serving

_ROOT = Path(__file__).resolve().parents[2]
_PARENT = """
import sys, time
from pathlib import Path
from signer_app.practice.processes import Serving
started = Serving("practice", "device", "--dir", sys.argv[1])
print(started.pid, flush=True)
time.sleep(600)
"""


def wait_gone(pid: int, seconds: float = 30) -> bool:
    """Whether the process is gone within a limit; looking at it is all that can be done from outside."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):  # before it was opened, and after
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_it_is_ready_and_ends(tmp_path: Path) -> None:
    with serving("practice", "device", "--dir", str(tmp_path / "nano-1")) as ready:
        assert ready["product"]
    started = Serving("practice", "device", "--dir", str(tmp_path / "nano-1"))
    assert started.alive
    started.stop()
    started.stop()
    assert not started.alive


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(SignerError) as caught:
        Serving("practice", "device", "--dir", str(tmp_path / "nano-1"), "--model", "nano-9")
    assert caught.value.code == "SIGNER_UNAVAILABLE"
    assert "nano" in caught.value.message


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
def test_it_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path / "nano-1")], stdout=subprocess.PIPE, cwd=_ROOT
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert wait_gone(pid)
