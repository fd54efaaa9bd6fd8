"""Practice ledgers and devices of the rehearsal: processes of their own, started by the real command."""

from __future__ import annotations

import json
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from signer_app.cli.demo.actors import StepError, program
from signer_app.core.json_types import JsonObject

START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 20


@contextmanager
def serving(*arguments: str) -> Iterator[JsonObject]:
    """Run a command that serves; gives the object that it prints when it is ready, and stops it on
    leaving.
    """
    command = [*program(), "--json", *arguments]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)  # noqa: S603
    try:
        yield _first_object(process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _first_object(process: subprocess.Popen[bytes]) -> JsonObject:
    stream = process.stdout
    if stream is None:
        raise StepError("a practice process has no output")
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        ready, _, _ = select.select([stream], [], [], 1.0)
        if ready:
            line = stream.readline()
            if not line:
                break
            value = json.loads(line)
            result = value.get("result")
            if isinstance(result, dict):
                return result
            break
    raise StepError("a practice process did not start")
