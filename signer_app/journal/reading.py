"""Reading a journal that another process may be writing: no lock, no repair, nothing written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from signer_app.core.errors import IntegrityError, MalformedError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.journal.epochs import read_epochs
from signer_app.journal.files import JOURNAL_FILE, storage_error
from signer_app.journal.loginfo import read_log_info
from signer_app.journal.records import open_record, parse_line
from signer_app.journal.scan import scan


def read_records(logs_dir: Path, wrap_key: bytes, *, start: int = 0) -> Iterator[tuple[int, JsonObject]]:
    """(index, record) of each finished record from ``start`` on, without the redacted ones.

    The chain is checked first; an unfinished last line (torn, or being written) is left out.
    Raises NotFoundError, IntegrityError JOURNAL_BROKEN or STORAGE_FAILED.
    """
    info = read_log_info(logs_dir)
    if info is None:
        raise NotFoundError("There is no log.json beside the journal.")
    try:
        with (logs_dir / JOURNAL_FILE).open("rb", buffering=0) as stream:
            result = scan(stream, log_id=info.log_id, keep_offsets=True)
            if result.first_bad is not None:
                raise IntegrityError(f"Record {result.first_bad} of the journal was changed.")
            # After the scan: a key is stored before the first record that uses it.
            keys = read_epochs(logs_dir, info.log_id, wrap_key).keys
            bounds = [*result.offsets, result.end]
            for index in range(start, result.size):
                data = os.pread(stream.fileno(), bounds[index + 1] - bounds[index], bounds[index])
                record = _open(data, index, keys, info.log_id)
                if record is not None:
                    yield index, record
    except OSError as error:
        raise storage_error(error, "The journal cannot be read") from error


def _open(data: bytes, index: int, keys: dict[int, bytes], log_id: bytes) -> JsonObject | None:
    try:
        line = parse_line(data)
    except MalformedError as error:
        raise IntegrityError(f"Record {index} of the journal was changed.") from error
    if line.sealed is None:
        return None
    key = keys.get(line.epoch)
    if key is None:
        raise IntegrityError(f"The key of record {index} of the journal is missing.")
    return open_record(line, epoch_key=key, log_id=log_id)
