"""Loops that say how fast this machine is right now: hashing, parsing, and waiting for the disk."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from tests.bench.measure import best

LINE = b"x" * 662 + b"\n"
SYNCS = 500


def measure(folder: Path) -> dict[str, float]:
    """Seconds of each loop: sha256 over 100 MB, 10,000 json.loads, SYNCS times write+fdatasync."""
    block = bytes(1_000_000)
    text = json.dumps({"name": "x" * 40, "values": list(range(40)), "inner": {"a": "b" * 60}})

    def hashing() -> None:
        digest = hashlib.sha256()
        for _ in range(100):
            digest.update(block)
        digest.digest()

    def parsing() -> None:
        for _ in range(10_000):
            json.loads(text)

    return {
        "sha256": best(hashing, 3),
        "json": best(parsing),
        "fdatasync": best(lambda: sync_loop(folder / "calibration", SYNCS, LINE), 3),
    }


def sync_loop(path: Path, count: int, line: bytes) -> None:
    """Append ``line`` ``count`` times, each made durable."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC, 0o600)
    try:
        for _ in range(count):
            os.write(descriptor, line)
            os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
