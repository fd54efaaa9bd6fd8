"""What can be said of a journal: its states, the head that a vault keeps, and the answer of verify
(CONTRACTS C6, E).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

_ROOT = re.compile(r"[0-9a-f]{64}")


class State(Enum):
    """States of a journal, the gravest first."""

    TAMPERED = "TAMPERED"
    FORK = "FORK"
    ROLLBACK = "ROLLBACK"
    TORN = "TORN"
    UNANCHORED_TAIL = "UNANCHORED_TAIL"
    INTACT = "INTACT"

    @property
    def sound(self) -> bool:
        """True for the states of exit code 0."""
        return self in {State.INTACT, State.UNANCHORED_TAIL}


@dataclass(frozen=True, slots=True)
class Head:
    """Number of records and Merkle root (64 lower hex digits) at one moment."""

    size: int
    root: str

    def to_json(self) -> JsonObject:
        """Shape: {size, root}."""
        return {"size": self.size, "root": self.root}

    @classmethod
    def from_json(cls, value: JsonValue) -> Head:
        """Raises MalformedError."""
        if isinstance(value, dict) and set(value) == {"size", "root"}:
            size, root = value["size"], value["root"]
            good_size = isinstance(size, int) and not isinstance(size, bool) and size >= 0
            if good_size and isinstance(size, int) and isinstance(root, str) and _ROOT.fullmatch(root):
                return cls(size, root)
        raise MalformedError("A journal head has the form {size, root}.")


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer of verify.

    ``records`` counts the lines that end in LF, ``size_checked`` those before the first bad one; ``root``
    is the Merkle root over these. ``checkpoint`` is the newest signed statement that the file agrees with.
    ``checkpoints_clean`` is false where checkpoints.log holds anything but whole, well-formed notes, and
    where a newer one than ``checkpoint`` has a signature that its key refutes.
    """

    state: State
    log_id: str | None
    records: int
    size_checked: int
    root: str
    first_bad: int | None
    torn_bytes: int
    redacted: int
    decrypted: bool
    unanchored: int | None = None
    checkpoint: JsonObject | None = None
    checkpoints_clean: bool = True
    reason: str = ""

    def to_json(self) -> JsonObject:
        """CONTRACTS C6, and log_id, redacted, unanchored, checkpoint {size, root, signature},
        checkpoints_clean, reason.
        """
        return {
            "state": self.state.value,
            "log_id": self.log_id,
            "records": self.records,
            "size_checked": self.size_checked,
            "root": self.root,
            "head": {"size": self.size_checked, "root": self.root},
            "first_bad": self.first_bad,
            "torn_bytes": self.torn_bytes,
            "redacted": self.redacted,
            "decrypted": self.decrypted,
            "unanchored": self.unanchored,
            "checkpoint": self.checkpoint,
            "checkpoints_clean": self.checkpoints_clean,
            "reason": self.reason,
        }
