"""The journal: durable appends beside a bare loop of the same line size, and verification without keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from signer_app.journal.verifying import verify
from signer_app.journal.writer import Journal
from tests.bench.calibration import sync_loop
from tests.bench.measure import Figure, best

APPENDS, RECORDS, GROUP = 500, 200_000, 2000
NOTE = {"text": "x" * 300}


def _clock() -> datetime:
    return datetime.now(UTC)


def figures(folder: Path, _loops: dict[str, float]) -> Iterator[Figure]:
    """journal-append: each record durable on return. journal-verify: chain, tree and root of RECORDS records."""
    with Journal.create(
        folder / "append",
        org="bench",
        person="bench",
        wrap_key=bytes(32),
        device_public_key=None,
        clock=_clock,
    ) as journal:
        path = folder / "append" / "audit-events.jsonl"

        def append() -> None:
            for _ in range(APPENDS):
                journal.append("note", NOTE)

        append()
        line = b"x" * (path.stat().st_size // (APPENDS + 1) - 1) + b"\n"
        bare = best(lambda: sync_loop(folder / "bare", APPENDS, line), 5)
        yield Figure("journal-append", best(append, 5), APPENDS, "appends/s", bare)
    with Journal.create(
        folder / "verify",
        org="bench",
        person="bench",
        wrap_key=bytes(32),
        device_public_key=None,
        clock=_clock,
    ) as journal:
        for _ in range(RECORDS // GROUP):
            journal.append_many([("note", NOTE)] * GROUP)
    yield Figure("journal-verify", best(lambda: verify(folder / "verify"), 3), RECORDS, "records/s")
