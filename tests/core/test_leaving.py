"""A process that leaves does what was registered, says all that it said, and takes nothing apart."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys, threading
from signer_app.core.leaving import leave

class Kept:
    def __del__(self):
        print("taken apart")

kept = Kept()
atexit.register(print, "registered")
threading.Thread(target=threading.Event().wait).start()
print("said", end="", flush=False)
print(" and told", end="", file=sys.stderr)
leave(int(sys.argv[1]))
"""


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.mark.parametrize("code", [0, 3])
def test_everything_goes_out_and_threads_are_not_waited_for(code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(code)], env=ENVIRONMENT, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (code, "saidregistered\n", " and told")


def test_nobody_reads_it_any_more() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "4"], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 4
