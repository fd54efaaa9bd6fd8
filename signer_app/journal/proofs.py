"""Disclosure of one record with a proof that needs no key (CONTRACTS C6; policy-and-journal 2.5).

A proof file is one JSON object: {"format":"countersign/proof@1", "log_id", "header", "blind", "plaintext",
"size", "root", "inclusion", "checkpoints", "device_keys"}. ``header`` is the text H of the line, whose pc
commits to blind (hex) and plaintext (base64, with length word and padding); ``inclusion`` is the RFC 6962
audit path (hex) from the leaf to ``root`` (hex) in the tree of ``size`` records; ``checkpoints`` are signed
notes of that very size and root; ``device_keys`` is the list of log.json, which a reader compares with the
keys he knows.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from signer_app.core.errors import IntegrityError, MalformedError, NotFoundError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.journal.epochs import read_epochs
from signer_app.journal.evidence import Evidence, gather, judge
from signer_app.journal.files import JOURNAL_FILE, storage_error
from signer_app.journal.loginfo import LogInfo, read_log_info
from signer_app.journal.merkle import inclusion_proof, root_of
from signer_app.journal.notes import Checkpoint, SignatureState
from signer_app.journal.records import Line, parse_line, unseal
from signer_app.journal.scan import Scan, scan

FORMAT = "countersign/proof@1"


def prove(logs_dir: Path, index: int, wrap_key: bytes) -> JsonObject:
    """The proof file of a record, against the newest signed checkpoint that covers it, else the present root.

    Takes no lock and writes nothing. Raises NotFoundError (no such record, or redacted), IntegrityError
    JOURNAL_BROKEN.
    """
    info = read_log_info(logs_dir)
    if info is None:
        raise NotFoundError("There is no log.json beside the journal.")
    evidence = gather(logs_dir, log_id=info.log_id.hex(), keys=info.device_keys, heads=())
    leaves: list[bytes] = []
    try:
        with (logs_dir / JOURNAL_FILE).open("rb", buffering=0) as stream:
            result = scan(
                stream, log_id=info.log_id, sizes=evidence.sizes, keep_offsets=True, leaves_to=leaves
            )
            data = _line_at(stream.fileno(), result, index)
    except OSError as error:
        raise storage_error(error, "The journal cannot be read") from error
    if result.first_bad is not None or judge(evidence, result).state is not None:
        raise IntegrityError("The journal cannot be trusted as it is; nothing can be proved from it.")
    line = _parse(data, index)
    if line.sealed is None:
        raise NotFoundError(f"Record {index} of the journal is redacted.")
    key = read_epochs(logs_dir, info.log_id, wrap_key).keys.get(line.epoch)
    if key is None:
        raise IntegrityError(f"The key of record {index} of the journal is missing.")
    blind, plaintext = unseal(line, epoch_key=key, log_id=info.log_id)
    notes = _covering(evidence, info, index)
    size = notes[0].size if notes else result.size
    path: list[JsonValue] = [item.hex() for item in inclusion_proof(leaves[:size], index)]
    checkpoints: list[JsonValue] = [note.to_text() for note in notes]
    return {
        "format": FORMAT,
        "log_id": info.log_id.hex(),
        "header": line.header().decode("ascii"),
        "blind": blind.hex(),
        "plaintext": base64.b64encode(plaintext).decode("ascii"),
        "size": size,
        "root": root_of(leaves[:size]).hex(),
        "inclusion": path,
        "checkpoints": checkpoints,
        "device_keys": info.to_json()["device_keys"],
    }


def _line_at(descriptor: int, result: Scan, index: int) -> bytes:
    if not 0 <= index < result.size:
        raise NotFoundError(f"The journal has no record {index}.")
    start = result.offsets[index]
    end = result.offsets[index + 1] if index + 1 < result.size else result.end
    return os.pread(descriptor, end - start, start)


def _parse(data: bytes, index: int) -> Line:
    try:
        return parse_line(data)
    except MalformedError as error:
        raise IntegrityError(f"Record {index} of the journal was changed.") from error


def _covering(evidence: Evidence, info: LogInfo, index: int) -> list[Checkpoint]:
    """The signed notes of the largest size that holds the record; all agree with the file by now."""
    notes = [item.note for item in evidence.statements if item.note is not None and item.note.size > index]
    good = [note for note in notes if note.check(info.device_keys) is SignatureState.VALID]
    largest = max((note.size for note in good), default=0)
    return [note for note in good if note.size == largest]
