"""Failpoints kill, and do nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = (
    "from signer_app.core.failpoints import armed, failpoint\n"
    "print(armed('here'), flush=True)\n"
    "for step in range(3):\n"
    "    failpoint('there'); failpoint('here'); print(step, flush=True)\n"
)


def run(setting: str | None) -> subprocess.CompletedProcess[str]:
    environment = {} if setting is None else {"COUNTERSIGN_FAILPOINT": setting}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("here", ["True"]),
        ("here:1", ["True"]),
        ("here:2", ["True", "0"]),
        ("here:3", ["True", "0", "1"]),
        ("here:\u00b2", ["True"]),
        ("here:\u0663", ["True"]),
        ("here:x", ["True"]),
    ],
)
def test_an_armed_failpoint_kills_at_its_passing(setting: str, said: list[str]) -> None:
    done = run(setting)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == said


@pytest.mark.parametrize("setting", [None, "", "elsewhere", "here:9", ":1", "her", "here2"])
def test_others_do_nothing(setting: str | None) -> None:
    done = run(setting)
    assert done.returncode == 0
    assert done.stdout.split()[1:] == ["0", "1", "2"]
