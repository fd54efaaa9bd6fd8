"""The journal: durable appends beside a bare loop of the same line size, and verification without keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from signer_app.core.json_types import JsonObject
from signer_app.journal.states import State
from signer_app.journal.verifying import verify
from signer_app.journal.writer import Journal
from tests.bench.calibration import JSON, disk
from tests.bench.measure import Figure, Setup, measure

APPENDS, GROUP = 500, 2000
NOTE: JsonObject = {"text": "x" * 300}


def _clock() -> datetime:
    return datetime.now(UTC)


def _journal(folder: Path) -> Journal:
    return Journal.create(
        folder, org="bench", person="bench", wrap_key=bytes(32), device_public_key=None, clock=_clock
    )


def figures(setup: Setup) -> Iterator[Figure]:
    """journal-append: each record durable on return. journal-verify: chain, tree and root of many records."""
    if "journal-append" in setup.wanted:
        yield _append(setup.folder)
    if "journal-verify" in setup.wanted:
        yield _verify(setup.folder / "verify", setup.records)


def _append(folder: Path) -> Figure:
    with _journal(folder / "append") as journal:

        def append() -> None:
            for _ in range(APPENDS):
                journal.append("note", NOTE)

        append()
        size = (folder / "append" / "audit-events.jsonl").stat().st_size
        bare = disk(folder / "bare", APPENDS, b"x" * (size // (APPENDS + 1) - 1) + b"\n")
        return measure("journal-append", append, units=APPENDS, unit="appends/s", loop=bare, rounds=10)


def _verify(folder: Path, records: int) -> Figure:
    with _journal(folder) as journal:
        while journal.size < records:
            journal.append_many([("note", NOTE)] * min(GROUP, records - journal.size))
        written = journal.size
    answer = verify(folder)
    if answer.state is not State.INTACT or answer.records != written:
        raise RuntimeError("the bench verifies a whole journal")
    return measure(
        "journal-verify",
        lambda: verify(folder),
        units=written,
        unit="records/s",
        loop=JSON,
        rounds=9,
    )
