"""The records of an earlier log, written into a new one: a restored backup goes on where it was (DESIGN 4).

They keep type, author, time and content, and get ``carried``: their index in the log that they come from. So
the new log alone fills the store and replays every verdict, and who has the earlier log can compare each.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from signer_app.core.json_types import JsonObject
from signer_app.journal.writer import Journal

#: Records about the log that they stand in: its beginning, keys and repairs. They say nothing in another.
_OF_ONE_LOG: Final = frozenset({"log.start", "epoch.rotated", "recovered", "redacted", "checkpoint"})
#: Records that share one sync.
_AT_ONCE: Final = 200


def carry_over(journal: Journal, records: Iterable[tuple[int, JsonObject]]) -> int:
    """Append (index, record) of an earlier log; returns how many. Raises as Journal.append."""
    total = 0
    batch: list[JsonObject] = []
    for index, record in records:
        if record["type"] not in _OF_ONE_LOG:
            batch.append({**record, "carried": index})
        if len(batch) == _AT_ONCE:
            total += len(journal.append_whole(batch))
            batch = []
    return total + len(journal.append_whole(batch))
