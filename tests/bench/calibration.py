"""Loops that say how fast this machine is right now: parsing, and waiting for the disk."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.bench.measure import Loop

_TEXT = json.dumps({"name": "x" * 40, "values": list(range(40)), "inner": {"a": "b" * 60}})


def _parse() -> None:
    for _ in range(10_000):
        json.loads(_TEXT)


#: 10,000 times json.loads.
JSON = Loop("json", _parse)


def disk(path: Path, count: int, line: bytes) -> Loop:
    """Append ``line`` ``count`` times to a new file, each made durable: a bare write+fdatasync loop."""

    def run() -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
        try:
            for _ in range(count):
                os.write(descriptor, line)
                os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    return Loop("write+fdatasync", run)
