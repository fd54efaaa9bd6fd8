"""Children that tests fork (forking.py) do what children do that are started by exec."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from signer_app.cli import warm
from signer_app.core.errors import SignerError
from signer_app.signers.host import ChildHost

pytestmark = pytest.mark.skipif(not warm.is_possible(), reason="forks where fork is safe")


def parent(pid: int) -> int:
    """The process that made it."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_it_is_forked_fenced_and_ends_with_its_pipe() -> None:
    with ChildHost("keystore") as one, ChildHost("keystore") as other:
        assert len({one.pid, other.pid, parent(one.pid), os.getpid()}) == 4
        assert parent(one.pid) == parent(other.pid) != os.getpid()
        for child in (one, other):
            assert os.getsid(child.pid) == child.pid
            checked = child.call("self_check")
            calls = checked["calls"]
            assert checked["fenced"] is True
            assert isinstance(calls, dict)
            assert calls
            assert "ok" not in calls.values()
        one.close()
        assert not Path(f"/proc/{one.pid}").exists()
        assert other.call("self_check")["fenced"] is True, "each has an end of its own"


def test_one_that_was_killed_is_dead_for_its_host() -> None:
    child = ChildHost("hid")
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(SignerError) as refused:
        child.call("scan")
    assert refused.value.code == "SIGNER_DIED"
    child.close()
    assert not Path(f"/proc/{child.pid}").exists()


def test_a_command_of_its_own_is_started_by_exec() -> None:
    program = "from signer_app.signers.child import run_child; run_child('keystore')"
    with ChildHost("keystore", command=[sys.executable, "-P", "-c", program]) as child:
        assert parent(child.pid) == os.getpid()
