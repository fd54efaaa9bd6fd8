"""Writes to a journal until it is killed or told to stop, and says on stdout what it was told is durable.

One JSON object a line: {"index", "text"} for each acknowledged record, {"head"} after each checkpoint,
{"error"} for each refusal. Arguments: folder, seed, number of steps.

WRITES=two in the environment: a write and a sync instead of the one call that does both. WRITES=nth: the nth
such call does its work and then fails with EIO, as a disk does that refuses to sync what the kernel took.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_app.core.errors import CountersignError
from signer_app.journal import files
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.states import Head
from signer_app.journal.writer import Journal

WRAP_KEY = bytes(range(32))
DEVICE = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
PUBLIC = DEVICE.public_key().public_bytes_raw()


def tell(**fields: object) -> None:
    os.write(1, json.dumps(fields).encode() + b"\n")


def now() -> datetime:
    return datetime.now(UTC)


def start(folder: Path, head: Head | None) -> Journal:
    if (folder / JOURNAL_FILE).exists():
        return Journal.open(folder, person="alice", wrap_key=WRAP_KEY, clock=now, head=head)
    return Journal.create(
        folder, org="acme", person="alice", wrap_key=WRAP_KEY, device_public_key=PUBLIC, clock=now
    )


def step(journal: Journal, draw: random.Random) -> None:
    kind = draw.randrange(20)
    texts = [f"{draw.getrandbits(64):x}" * draw.choice([1, 1, 40]) for _ in range(3 if kind == 0 else 1)]
    indices = journal.append_many([("note", {"text": text}) for text in texts])
    for index, text in zip(indices, texts, strict=True):
        tell(index=index, text=text)
    if kind == 1:
        journal.checkpoint(DEVICE.sign, "alice", PUBLIC)
        tell(head=journal.head().to_json())
    if kind == 2:
        journal.rotate_epoch("drill")


def choose_calls(setting: str) -> None:
    if setting == "two":
        files._DURABLE = None
    elif setting:
        both, calls = os.pwritev, itertools.count(1)

        def failing(*arguments: Any) -> int:
            taken = both(*arguments)
            if next(calls) == int(setting):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return taken

        os.pwritev = failing


def main() -> None:
    choose_calls(os.environ.get("WRITES", ""))
    folder, draw, steps = Path(sys.argv[1]), random.Random(int(sys.argv[2])), int(sys.argv[3])
    head = Head.from_json(json.loads(sys.argv[4])) if len(sys.argv) > 4 else None
    with start(folder, head) as journal:
        tell(ready=journal.size)
        for _ in range(steps):
            try:
                step(journal, draw)
            except CountersignError as error:
                tell(error=error.code)


if __name__ == "__main__":
    main()
