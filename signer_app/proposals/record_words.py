"""A journal record as one line for people: what happened, what it is about, in a sentence, from where.

Pure. The record's own members decide; free text of people is taken as it is and made safe by who shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.journal.records import RECORD_TYPES
from signer_app.policy.codes import only_unread
from signer_app.proposals.lifecycle import COULD_NOT_TELL, PROPOSAL

#: What the program does for itself. A list for people leaves these out unless they are asked for.
SYSTEM: Final = frozenset(
    {"blob.put", "config.seen", "slot.reserved", "slot.freed", "checkpoint", "epoch.rotated"}
)


@dataclass(frozen=True, slots=True)
class RecordWords:
    """``about`` is the proposal's id or ""; ``tone`` is "", info, warn or danger; ``system`` as above."""

    event: str
    about: str
    summary: str
    origin: str
    tone: str = ""
    system: bool = False


_EVENTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "log.start": ("Journal started", "info"),
        "blob.put": ("File kept", ""),
        "config.seen": ("Configuration seen", ""),
        "policy.activated": ("Policy activated", "info"),
        "proposal.added": ("Proposal added", ""),
        "verdict": ("Policy evaluated", ""),
        "sign.intent": ("Signing started", ""),
        "sign.released": ("Signature released", "info"),
        "sign.failed": ("Signing failed", "danger"),
        "signature.added": ("Signature received", "info"),
        "signature.quarantined": ("Signature quarantined", "danger"),
        "reject": ("Proposal rejected", "warn"),
        "override": ("Override", "warn"),
        "halt": ("Halt", "danger"),
        "resume": ("Resume", "warn"),
        "slot.reserved": ("Number reserved", ""),
        "slot.freed": ("Number freed", ""),
        "submit.intent": ("Sending", ""),
        "submit.answer": ("Nodes answered", ""),
        "outcome": ("Outcome", "info"),
        "carrier.signed": ("Carrier signed", ""),
        "checkpoint": ("Checkpoint", ""),
        "recovered": ("Journal repaired", "warn"),
        "redacted": ("Record redacted", "warn"),
        "epoch.rotated": ("New encryption key", ""),
        "backup": ("Backup made", "info"),
        "restored": ("Restored from a backup", "warn"),
        "note": ("Note", ""),
    }
)


def words_of(record: JsonObject) -> RecordWords:
    """The line of a record. A type of a later version is named as it is."""
    kind = str(record.get("type"))
    event, tone = _EVENTS.get(kind, (kind, ""))
    say = _SUMMARIES.get(kind, _named_members)
    if kind == "verdict":
        tone = _verdict_tone(record)
    if kind == "outcome" and record.get("state") in ("FAILED", "EXPIRED", "SUPERSEDED"):
        tone = "warn"
    about = record.get("proposal_id")
    return RecordWords(
        event,
        about if isinstance(about, str) else "",
        say(record),
        f"{record.get('person', '')}" + _whence(record),
        tone,
        kind in SYSTEM,
    )


def _whence(record: JsonObject) -> str:
    """Where it came from, if not from this log and hand."""
    origin = ", from a file" if record.get("origin") == "file" else ""
    return origin + (f", record {record['carried']} of the earlier log" if "carried" in record else "")


def _text(record: JsonObject, name: str) -> str:
    value = record.get(name)
    return "" if value is None else str(value)


def _list(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _statement(record: JsonObject) -> JsonObject:
    value = record.get("statement")
    return value if isinstance(value, dict) else {}


def _state(record: JsonObject) -> str:
    state = _text(record, "state")
    return PROPOSAL.words.get(state, state)


def _join(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _added(record: JsonObject) -> str:
    """The kind comes from the bytes; the title is the proposer's word, and marked as that."""
    title = _text(record, "title")
    return _join(_text(record, "tx_type"), f'titled "{title}"' if title else "")


def _verdict(record: JsonObject) -> str:
    words = {"ALLOW": "Allowed", "DENY": "Denied", "NEEDS_OVERRIDE": "Needs override"}
    verdict = _text(record, "verdict")
    said = _NO_DENIAL.get(_against(record), words.get(verdict, verdict))
    codes = record.get("codes")
    shown = " ".join(map(str, codes)) if isinstance(codes, list) else ""
    return _join(f"{said} in phase {_text(record, 'phase')}", shown)


def _against(record: JsonObject) -> str:
    """What a DENY stands on: "open" signatures, "unread" facts, or "rules"; "" for other verdicts."""
    listed = record.get("codes")
    codes = set(map(str, listed)) if isinstance(listed, list) else set()
    if record.get("verdict") != "DENY" or not codes:
        return ""
    return "unread" if only_unread(codes) else "open" if codes == {"QUORUM"} else "rules"


#: A proposal that waits for signatures is no alarm, and what was not read is no denial.
_NO_DENIAL: Final = MappingProxyType({"open": "Signatures are missing", "unread": COULD_NOT_TELL})


def _verdict_tone(record: JsonObject) -> str:
    tones = {"ALLOW": "", "NEEDS_OVERRIDE": "warn"}
    return {"open": "", "unread": "warn"}.get(_against(record), tones.get(_text(record, "verdict"), "danger"))


def _policy(record: JsonObject) -> str:
    voters = sorted({str(vote.get("person")) for vote in _list(record.get("votes"))})
    return f"{_text(record, 'policy_id')} version {_text(record, 'version')}, votes of {', '.join(voters)}"


def _signers(record: JsonObject) -> str:
    entries = _list(record.get("entries")) or [record]
    return _join(*(_text(entry, "signer").rpartition(":")[2] for entry in entries))


def _quarantined(record: JsonObject) -> str:
    return "; ".join(
        _join(_text(entry, "signer").rpartition(":")[2], _text(entry, "code"), _text(entry, "reason"))
        for entry in _list(record.get("entries")) or [record]
    )


def _halt(record: JsonObject) -> str:
    statement = _statement(record)
    accounts = statement.get("accounts")
    scope = f"{len(accounts)} accounts" if isinstance(accounts, list) else "everything"
    return f"By {_text(statement, 'person')}, {scope}: {_text(statement, 'reason')}"


def _resume(record: JsonObject) -> str:
    people = record.get("people")
    if record.get("lifted") is True and isinstance(people, list):
        return f"The halt is lifted by {', '.join(map(str, people))}"
    statement = _statement(record)
    return _join(f"By {_text(statement, 'person')}", _text(statement, "reason"))


def _override(record: JsonObject) -> str:
    statement = _statement(record)
    rules = [f"{_text(item, 'rule')} {_text(item, 'code')}" for item in _list(statement.get("checks"))]
    return f"By {_text(statement, 'person')} against {', '.join(rules)}: {_text(statement, 'reason')}"


def _answers(record: JsonObject) -> str:
    answers = [f"{_text(item, 'node')} {_text(item, 'answer')}" for item in _list(record.get("attempts"))]
    return _join(_state(record), *answers)


def _restored(record: JsonObject) -> str:
    if "back_to" in record:
        return "The ledger shows its ticket or sequence unused"
    return f"Made {_text(record, 'made_at')}, {_text(record, 'records')} records carried over"


def _named_members(record: JsonObject) -> str:
    return ", ".join(sorted(name for name in record if name not in ("type", "at", "person")))


_SUMMARIES: Final[Mapping[str, Callable[[JsonObject], str]]] = MappingProxyType(
    {
        "log.start": lambda record: f"Log {_text(record, 'log_id')} of {_text(record, 'org')}",
        "blob.put": lambda record: f"{_text(record, 'media')}, sha256 {_text(record, 'sha256')}",
        "config.seen": lambda record: f"Hash {_text(record, 'config_hash')}",
        "policy.activated": _policy,
        "proposal.added": _added,
        "verdict": _verdict,
        "sign.intent": _signers,
        "sign.released": _signers,
        "sign.failed": lambda record: _join(_signers(record), _text(record, "code"), _text(record, "reason")),
        "signature.added": _signers,
        "signature.quarantined": _quarantined,
        "reject": lambda record: f"By {_text(record, 'person')}: {_text(record, 'reason')}",
        "override": _override,
        "halt": _halt,
        "resume": _resume,
        "slot.reserved": lambda record: f"{_text(record, 'slot_kind')} {_text(record, 'slot_value')}",
        "slot.freed": lambda record: f"{_text(record, 'slot_kind')} {_text(record, 'slot_value')}",
        "submit.intent": lambda record: f"Transaction {_text(record, 'tx_id')}",
        "submit.answer": _answers,
        "outcome": lambda record: _join(_state(record), _text(record, "tx_id")),
        "recovered": lambda record: _join(*(f"{n} {_text(record, n)}" for n in ("torn_bytes", "records"))),
        "redacted": lambda record: f"Record {_text(record, 'i')}",
        "epoch.rotated": lambda record: f"Epoch {_text(record, 'epoch')}, {_text(record, 'reason')}",
        "backup": lambda record: _join(f"{record.get('bytes', 0):,} bytes", _text(record, "file")),
        "restored": _restored,
        "note": lambda record: _join(_text(record, "text"), _state(record)),
    }
)

#: Types with words of their own; a test holds this against the journal's closed list.
KNOWN_TYPES: Final = frozenset(_EVENTS) & RECORD_TYPES
