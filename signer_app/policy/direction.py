"""Which way one difference between two policies goes: tighter, looser, or different.

Looser: something that the old document stops may pass. Tighter: something that it lets pass may be stopped.
Only what one difference shows by itself is decided; everything else is "different", and a person reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from signer_app.core.amounts import parse_decimal
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonValue
from signer_app.policy.checks import Level

TIGHTER, LOOSER, DIFFERENT = "tighter", "looser", "different"
_OPPOSITE: Final = {TIGHTER: LOOSER, LOOSER: TIGHTER, DIFFERENT: DIFFERENT}
_LEVELS: Final = {level.value: rank for rank, level in enumerate((Level.ADVISORY, Level.SOFT, Level.HARD))}

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Difference:
    """One difference: ``rest`` is the path below its section, ``kind`` that of the rule it is in."""

    change: str
    rest: Path
    before: JsonValue
    after: JsonValue
    kind: str = ""

    @property
    def grants(self) -> bool:
        return self.kind == "allow"


def direction_of(
    change: str, path: Path, before: JsonValue, after: JsonValue, kinds: Mapping[str, str]
) -> str:
    """The way of one difference. ``kinds``: kind of each rule by its id."""
    judge = _SECTIONS.get(path[0]) if path else None
    if judge is None:
        return DIFFERENT
    rest = path[1:]
    return judge(_Difference(change, rest, before, after, kinds.get(rest[0], "") if rest else ""))


def _rule(it: _Difference) -> str:
    if len(it.rest) < 2:
        return _whole_rule(it)
    judge = _MEMBERS.get(it.rest[1])
    return judge(it) if judge is not None else DIFFERENT


def _whole_rule(it: _Difference) -> str:
    entry = it.after if it.change == "added" else it.before
    silent = isinstance(entry, dict) and entry.get("level") == Level.ADVISORY.value
    # Without any quorum rule nothing can be signed, so a quorum that goes may tighten or loosen.
    if silent or it.kind == "quorum" or it.change == "changed":
        return DIFFERENT
    way = LOOSER if it.grants else TIGHTER
    return way if it.change == "added" else _OPPOSITE[way]


def _granted(it: _Difference) -> str:
    """An entry that lets more pass by being there."""
    if len(it.rest) == 1:
        return {"added": LOOSER, "removed": TIGHTER}.get(it.change, DIFFERENT)
    return DIFFERENT


def _book(it: _Difference) -> str:
    return _entry(it.rest[1], it.before, it.after) if len(it.rest) == 2 else _granted(it)


def _people(it: _Difference) -> str:
    if len(it.rest) == 2 and it.rest[1] in ("suspended", "veto"):
        return _switch(it.before, it.after)
    return DIFFERENT


def _override(it: _Difference) -> str:
    if it.before is None or it.after is None:
        return LOOSER if it.before is None else TIGHTER
    return _quorum(it.before, it.after)


def _flags(it: _Difference) -> str:
    """Absent flags mean the usual one alone, which no list of others is comparable with."""
    if not it.grants or it.before is None or it.after is None:
        return DIFFERENT
    return _list(it.before, it.after)


def _match(it: _Difference) -> str:
    """A wider match makes a grant looser and a limit tighter."""
    rest, before, after = it.rest[2:], it.before, it.after
    if not rest:
        way = LOOSER if after is None else TIGHTER if before is None else DIFFERENT
    elif rest[0] in ("min_amount", "max_amount"):
        way = _number(before, after, smaller=LOOSER if rest[0] == "min_amount" else TIGHTER)
        if rest[0] == "min_amount" and (before is None or after is None):
            way = LOOSER if after is None else TIGHTER
    else:
        way = _list(before, after, absent_is_all=True)
    return way if it.grants else _OPPOSITE[way]


def _entry(member: str, before: JsonValue, after: JsonValue) -> str:
    """A member of an entry of the address book."""
    if member == "status":
        return TIGHTER if after == "suspended" else LOOSER
    if member == "assets":
        return _list(before, after)
    if member == "active_after":
        return TIGHTER if str(after) > str(before) else LOOSER
    if member == "expires_at":
        if before is None or after is None:
            return TIGHTER if before is None else LOOSER
        return LOOSER if str(after) > str(before) else TIGHTER
    return DIFFERENT


def _facts(it: _Difference) -> str:
    name = it.rest[0] if it.rest else ""
    if name == "min_agree":
        return _number(it.before, it.after, smaller=LOOSER)
    if name in ("max_age_s", "offline_max_age_s") and it.before is not None and it.after is not None:
        return _number(it.before, it.after, smaller=TIGHTER)
    return DIFFERENT


def _number(before: JsonValue, after: JsonValue, *, smaller: str) -> str:
    """A number that is taken away asks for nothing any more."""
    if before is None or after is None:
        return LOOSER if after is None else TIGHTER
    try:
        left, right = parse_decimal(str(before)), parse_decimal(str(after))
    except MalformedError:
        return DIFFERENT
    if left == right:
        return DIFFERENT
    return smaller if right < left else _OPPOSITE[smaller]


def _switch(before: JsonValue, after: JsonValue) -> str:
    """A switch that is tighter when on; absent is off."""
    on = (bool(before), bool(after))
    return {(False, True): TIGHTER, (True, False): LOOSER}.get(on, DIFFERENT)


def _level(before: JsonValue, after: JsonValue) -> str:
    left, right = (_LEVELS.get(str(value or Level.HARD.value)) for value in (before, after))
    if left is None or right is None or left == right:
        return DIFFERENT
    return TIGHTER if right > left else LOOSER


def _list(before: JsonValue, after: JsonValue, *, absent_is_all: bool = False) -> str:
    """A list of what is let through: more is looser."""
    if absent_is_all and (before is None or after is None):
        return LOOSER if after is None else TIGHTER
    if not isinstance(before, list) or not isinstance(after, list):
        return DIFFERENT
    left, right = set(map(str, before)), set(map(str, after))
    if left < right:
        return LOOSER
    return TIGHTER if right < left else DIFFERENT


def _quorum(before: JsonValue, after: JsonValue) -> str:
    left = before.get("all_of") if isinstance(before, dict) else before
    right = after.get("all_of") if isinstance(after, dict) else after
    return _groups(left, right)


def _groups(before: JsonValue, after: JsonValue) -> str:
    """Needs by role; a role that is not named needs nobody."""
    left, right = _needs(before), _needs(after)
    if left is None or right is None or left == right:
        return DIFFERENT
    roles = {*left, *right}
    if all(right.get(role, 0) >= left.get(role, 0) for role in roles):
        return TIGHTER
    return LOOSER if all(right.get(role, 0) <= left.get(role, 0) for role in roles) else DIFFERENT


def _needs(value: JsonValue) -> dict[str, int] | None:
    if not isinstance(value, list):
        return None
    found: dict[str, int] = {}
    for group in value:
        role = group.get("role") if isinstance(group, dict) else None
        need = group.get("need") if isinstance(group, dict) else None
        if not isinstance(role, str) or not isinstance(need, int):
            return None
        found[role] = found.get(role, 0) + need
    return found


_Judge = Callable[[_Difference], str]


def _bound(it: _Difference) -> str:
    """A smaller number is tighter; absent is no bound at all."""
    return _number(it.before, it.after, smaller=TIGHTER)


def _demand(it: _Difference) -> str:
    """A larger number is tighter; absent asks for nothing."""
    return _number(it.before, it.after, smaller=LOOSER)


_MEMBERS: Final[Mapping[str, _Judge]] = MappingProxyType(
    {
        "match": _match,
        **dict.fromkeys(("max", "max_base", "max_ledgers", "max_seconds"), _bound),
        **dict.fromkeys(("window_s", "persons", "devices"), _demand),
        "level": lambda it: _level(it.before, it.after),
        "all_of": lambda it: _groups(it.before, it.after),
        "proposer_may_approve": lambda it: _OPPOSITE[_switch(it.before, it.after)],
        "required": lambda it: _switch(it.before, it.after),
        "transactions": lambda it: _list(it.before, it.after, absent_is_all=True) if it.grants else DIFFERENT,
        "flags": _flags,
    }
)
_SECTIONS: Final[Mapping[str, _Judge]] = MappingProxyType(
    {
        "rules": _rule,
        "accounts": _granted,
        "assets": _granted,
        "address_book": _book,
        "people": _people,
        "networks": lambda it: _list(it.before, it.after),
        "facts": _facts,
        "change_quorum": lambda it: _quorum(it.before, it.after),
        "override_quorum": _override,
    }
)
