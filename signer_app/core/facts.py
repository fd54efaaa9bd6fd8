"""Facts: what was read outside, as raw observations (CONTRACTS B, `countersign/facts@1`).

Nothing here judges age or agreement; the policy engine does. ``value`` stays JSON: its shape is fixed by
``kind`` and checked on reading by FACT_SHAPES, so that a fact that lacks a member is refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from signer_app.core.canonical import canonical
from signer_app.core.clock import format_time, parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

#: A ledger index: a decimal string of at most 20 digits.
_INDEX = re.compile(r"[0-9]{1,20}")
#: Years in which a judgement can lie; a date near the ends of the calendar has no window around it.
_FIRST_YEAR, _LAST_YEAR = 1990, 2500

FORMAT = "countersign/facts@1"


@dataclass(frozen=True, slots=True)
class Observation:
    """One answer of one source. ``ledger`` is the validated index as a decimal string, null if local."""

    source: str
    operator: str
    at: datetime
    ledger: str | None
    value: JsonObject

    def to_json(self) -> JsonObject:
        return {
            "source": self.source,
            "operator": self.operator,
            "at": format_time(self.at),
            "ledger": self.ledger,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Fact:
    """All observations of one kind about one key."""

    kind: str
    key: str
    observations: tuple[Observation, ...]

    def to_json(self) -> JsonObject:
        return {
            "kind": self.kind,
            "key": self.key,
            "observations": [observation.to_json() for observation in self.observations],
        }


@dataclass(frozen=True, slots=True)
class ContextSignature:
    """A signature that is present, as policy sees it: signer (CAIP-10), public key (upper hex), time."""

    signer: str
    public_key: str | None
    at: datetime | None

    def to_json(self) -> JsonObject:
        return {
            "signer": self.signer,
            "public_key": self.public_key,
            "at": format_time(self.at) if self.at else None,
        }


@dataclass(frozen=True, slots=True)
class Context:
    """Who proposed, who signed, who asks. ``halt`` and ``overrides`` are signed statements as carried."""

    proposer: str | None = None
    origin: str = "operator"
    created_at: datetime | None = None
    signer: str | None = None
    signatures: tuple[ContextSignature, ...] = ()
    overrides: tuple[JsonObject, ...] = ()
    halt: JsonObject | None = None

    def to_json(self) -> JsonObject:
        return {
            "proposer": self.proposer,
            "origin": self.origin,
            "created_at": format_time(self.created_at) if self.created_at else None,
            "signer": self.signer,
            "signatures": [signature.to_json() for signature in self.signatures],
            "overrides": list(self.overrides),
            "halt": self.halt,
        }


@dataclass(frozen=True, slots=True)
class FactsDocument:
    """A whole facts document. ``now`` is the time of judgement; ``mode`` is online or offline."""

    now: datetime
    mode: str
    context: Context
    facts: tuple[Fact, ...]

    def to_json(self) -> JsonObject:
        return {
            "format": FORMAT,
            "now": format_time(self.now),
            "mode": self.mode,
            "context": self.context.to_json(),
            "facts": [fact.to_json() for fact in self.facts],
        }


#: Members that a value of each kind must have (CONTRACTS B). More members are allowed and compared too.
FACT_SHAPES: Mapping[str, frozenset[str]] = {
    "network": frozenset({"validated", "close_time"}),
    "account": frozenset({"exists"}),
    "signers": frozenset({"quorum", "signers"}),
    "balance": frozenset({"amount"}),
    "outflows": frozenset({"complete", "items"}),
    "code": frozenset({"hash"}),
    "call": frozenset(),
    "price": frozenset({"value", "currency"}),
    "list": frozenset({"id", "version", "hits"}),
    "kyc": frozenset({"status"}),
    "simulation": frozenset({"ok"}),
}


def parse_facts(value: JsonValue) -> FactsDocument:
    """Read a facts document. Raises MalformedError for unknown kinds, members or wrong types."""
    document = _object(value, "the facts document")
    _only(document, {"format", "now", "mode", "context", "facts"}, "the facts document")
    if document.get("format") != FORMAT:
        raise MalformedError(f"The facts document must have format {FORMAT}.")
    canonical(document)  # a report names the hash of its facts: integers beyond ±(2^53-1) have no such form
    mode = document.get("mode", "online")
    if mode not in ("online", "offline"):
        raise MalformedError("mode of the facts document must be online or offline.")
    facts = tuple(_fact(item) for item in _list(document.get("facts"), "facts"))
    keys = [(fact.kind, fact.key) for fact in facts]
    if len(set(keys)) != len(keys):
        raise MalformedError("The facts document holds two facts of one kind and key.")
    return FactsDocument(
        now=_judgement_time(document.get("now")),
        mode=str(mode),
        context=_context(document.get("context")),
        facts=facts,
    )


def _judgement_time(value: JsonValue) -> datetime:
    now = parse_time(_text(value, "now"))
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        raise MalformedError("now of the facts document is no time of a judgement.")
    return now


def _fact(value: JsonValue) -> Fact:
    fact = _object(value, "a fact")
    _only(fact, {"kind", "key", "observations"}, "a fact")
    kind = _text(fact.get("kind"), "kind of a fact")
    if kind not in FACT_SHAPES:
        raise MalformedError(f"{kind[:40]!r} is not a kind of fact.")
    observations = tuple(_observation(kind, item) for item in _list(fact.get("observations"), "observations"))
    return Fact(kind, _text(fact.get("key"), "key of a fact"), observations)


def _observation(kind: str, value: JsonValue) -> Observation:
    item = _object(value, "an observation")
    _only(item, {"source", "operator", "at", "ledger", "value"}, "an observation")
    body = _object(item.get("value"), "value of an observation")
    missing = FACT_SHAPES[kind] - set(body)
    if missing:
        raise MalformedError(f"A {kind} fact lacks {', '.join(sorted(missing))}.")
    ledger = item.get("ledger")
    if ledger is not None and not (isinstance(ledger, str) and _INDEX.fullmatch(ledger)):
        raise MalformedError("ledger of an observation must be a decimal string or null.")
    return Observation(
        source=_text(item.get("source"), "source"),
        operator=_text(item.get("operator"), "operator"),
        at=parse_time(_text(item.get("at"), "at")),
        ledger=ledger,
        value=body,
    )


def _context(value: JsonValue) -> Context:
    if value is None:
        return Context()
    item = _object(value, "context")
    _only(
        item,
        {"proposer", "origin", "created_at", "signer", "signatures", "overrides", "halt"},
        "context",
    )
    halt = item.get("halt")
    return Context(
        proposer=_optional_text(item.get("proposer"), "proposer"),
        origin=_text(item.get("origin", "operator"), "origin"),
        created_at=_optional_time(item.get("created_at")),
        signer=_optional_text(item.get("signer"), "signer"),
        signatures=tuple(_signature(entry) for entry in _list(item.get("signatures", []), "signatures")),
        overrides=tuple(
            _object(entry, "an override") for entry in _list(item.get("overrides", []), "overrides")
        ),
        halt=None if halt is None else _object(halt, "halt"),
    )


def _signature(value: JsonValue) -> ContextSignature:
    item = _object(value, "a signature")
    _only(item, {"signer", "public_key", "at"}, "a signature")
    return ContextSignature(
        signer=_text(item.get("signer"), "signer"),
        public_key=_optional_text(item.get("public_key"), "public_key"),
        at=_optional_time(item.get("at")),
    )


def _object(value: JsonValue, what: str) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError(f"{what} must be an object.")
    return value


def _list(value: JsonValue, what: str) -> list[JsonValue]:
    if not isinstance(value, list):
        raise MalformedError(f"{what} must be a list.")
    return value


def _text(value: JsonValue, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{what} must be a text.")
    return value


def _optional_text(value: JsonValue, what: str) -> str | None:
    return None if value is None else _text(value, what)


def _optional_time(value: JsonValue) -> datetime | None:
    return None if value is None else parse_time(_text(value, "a time"))


def _only(item: JsonObject, allowed: set[str], what: str) -> None:
    unknown = sorted(set(item) - allowed)
    if unknown:
        raise MalformedError(f"{what} holds unknown members: {', '.join(unknown)[:200]}.")
