"""The engine's own judgement of facts (CONTRACTS B): old, missing, disagreeing, or decided.

Pure: ``now`` comes with the facts. A Decided fact carries the value that enough operators state and the
observations behind it; an Undecided one carries the code of the INDETERMINATE check it causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from signer_app.core.canonical import canonical
from signer_app.core.clock import format_time, parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.facts import Fact, FactsDocument, Observation
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.schema import FactRules

FUTURE: Final = timedelta(seconds=5)
MAX_LEDGER_SPREAD: Final = 2
#: Members that move with each ledger; they are not compared, and the lowest is taken.
MOVING: Final = ("validated", "close_time")
_DEFAULT_AGE: Final = {"online": 120, "offline": 86_400}


@dataclass(frozen=True, slots=True)
class Decided:
    """What is taken as true. ``local`` holds this workspace's own fresh observations, which need no
    agreement.
    """

    value: JsonObject
    evidence: tuple[Observation, ...]
    local: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why a fact cannot be used: code, template of messages.py, and the values for it."""

    code: str
    message: str
    kind: str
    key: str
    expected: int = 0
    lacks: str = ""
    evidence: tuple[Observation, ...] = ()


Judgement: TypeAlias = Decided | Undecided


def judge_fact(
    fact: Fact | None, kind: str, key: str, rules: FactRules, now: datetime, mode: str
) -> Judgement:
    """Apply CONTRACTS B to one fact. The order of observations never matters."""
    if fact is None or not fact.observations:
        return Undecided("FACT_MISSING", "fact_missing", kind, key, rules.min_agree)
    max_age = _max_age(rules, kind, mode)
    fresh = [
        seen for seen in fact.observations if now - timedelta(seconds=max_age) <= seen.at <= now + FUTURE
    ]
    stale = Undecided("FACT_STALE", "fact_stale", kind, key, max_age, evidence=fact.observations)
    if not fresh:
        return stale
    local = [seen for seen in fresh if is_local(seen)]
    if {_where(seen) for seen in fact.observations if is_local(seen)} != {_where(seen) for seen in local}:
        # What this workspace itself knows, too old: pending payments could be missing.
        return stale
    read = _newest([seen for seen in fresh if not is_local(seen)])
    return _agreed(read, _newest(local), len(fresh) < len(fact.observations), rules, stale)


def _agreed(
    read: Sequence[Observation],
    local: Sequence[Observation],
    dropped: bool,
    rules: FactRules,
    stale: Undecided,
) -> Judgement:
    kind, key = stale.kind, stale.key
    disagrees = Undecided("FACT_DISAGREES", "fact_disagrees", kind, key, evidence=tuple(read))
    try:
        values = {canonical(_still(seen.value)) for seen in read}
    except MalformedError:
        return disagrees
    ledgers = [int(seen.ledger) for seen in read if seen.ledger is not None]
    if len(values) > 1 or (ledgers and max(ledgers) - min(ledgers) > MAX_LEDGER_SPREAD):
        return disagrees
    if len({seen.operator for seen in read}) < rules.min_agree:
        if dropped:
            return stale
        return Undecided("FACT_MISSING", "fact_missing", kind, key, rules.min_agree, evidence=tuple(read))
    return Decided(_lowest(read), tuple(read), tuple(local))


def is_local(seen: Observation) -> bool:
    """Whether the observation is this workspace's own knowledge, not an operator's."""
    return seen.source == "local" or seen.operator == "local"


def _where(seen: Observation) -> tuple[str, str]:
    return seen.operator, seen.source


def _max_age(rules: FactRules, kind: str, mode: str) -> int:
    ages = rules.offline_max_age_s if mode == "offline" else rules.max_age_s
    return ages.get(kind, ages.get("default", _DEFAULT_AGE["offline" if mode == "offline" else "online"]))


def _newest(seen: Iterable[Observation]) -> list[Observation]:
    """The newest of each operator; several of the same moment all stay, so that they have to agree."""
    latest: dict[str, datetime] = {}
    kept = list(seen)
    for item in kept:
        latest[item.operator] = max(item.at, latest.get(item.operator, item.at))
    return [item for item in kept if item.at == latest[item.operator]]


def _still(value: JsonObject) -> JsonObject:
    return {name: item for name, item in value.items() if name not in MOVING}


def _lowest(seen: Sequence[Observation]) -> JsonObject:
    """The agreed value with the lowest `validated` and `close_time`. Unreadable ones are left out."""
    value = _still(seen[0].value)
    indexes = [number(item.value.get("validated")) for item in seen]
    known = [index for index in indexes if index is not None]
    if known and len(known) == len(indexes):
        value["validated"] = str(min(known))
    times = [moment(item.value.get("close_time")) for item in seen]
    read = [time for time in times if time is not None]
    if read and len(read) == len(times):
        value["close_time"] = format_time(min(read))
    return value


def number(value: JsonValue) -> int | None:
    """A count of a fact: a JSON integer or a decimal string, not negative; else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 80:
        return int(value)
    return None


def moment(value: JsonValue) -> datetime | None:
    """A time of a fact, or None where it is no time."""
    if not isinstance(value, str):
        return None
    try:
        return parse_time(value)
    except MalformedError:
        return None


def by_key(facts: FactsDocument) -> Mapping[tuple[str, str], Fact]:
    """Facts by kind and key. Should one stand there twice, its observations are judged together."""
    result: dict[tuple[str, str], Fact] = {}
    for fact in facts.facts:
        name = (fact.kind, fact.key)
        other = result.get(name)
        joined = fact.observations if other is None else other.observations + fact.observations
        result[name] = Fact(fact.kind, fact.key, joined)
    return result
