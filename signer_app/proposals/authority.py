"""Who may sign for an account before and after each change of it, row by row, and what that comes to in plain
sentences.

Before is what enough operators state at one ledger, by the policy's rules about facts; where they do not
decide it, it is not known and said so. After is what the bytes put in its place (xrpl.org: SignerListSet,
SetRegularKey, AccountSet asfDisableMaster). Signers are counted as people where the policy knows whose keys
they are: two keys of one person are one voice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.observations import Decided, Undecided
from signer_app.policy.people import read_weights
from signer_app.policy.readings import Readings
from signer_app.policy.schema import Key, Person

SIGNER_LIST, MASTER_KEY, REGULAR_KEY = "signer_list", "master_key", "regular_key"
CHANGES: Final = (SIGNER_LIST, MASTER_KEY, REGULAR_KEY)
#: How a row differs.
ADDED, REMOVED, CHANGED, SAME, UNKNOWN = "added", "removed", "changed", "same", "unknown"
_DISABLED: Final = "lsfDisableMaster"
_TONES: Final = ("danger", "warn", "ok")
_NOT_READ: Final = "It was not read."


@dataclass(frozen=True, slots=True)
class Authority:
    """Who can sign: the list with its quorum (0 without a list), whether the master key can, and the regular
    key ("" without one). What is None is not known."""

    quorum: int | None = None
    weights: Mapping[str, int] | None = None
    master: bool | None = None
    regular: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose key a signer is."""

    key: Key
    person: Person

    @property
    def counts(self) -> bool:
        """Whether this person may sign."""
        return not (self.person.suspended or self.person.machine)


class Holders:
    """Signers by account, as the policy knows them; ``known`` is False without a policy."""

    def __init__(self, policy: PolicyDocument | None) -> None:
        self.known = policy is not None
        people = {person.id: person for person in policy.body.people} if policy is not None else {}
        self._named = Counter(person.name for person in people.values())
        keys = policy.body.keys if policy is not None else []
        self._by_signer = {
            key.signer: Holder(key, people[key.person]) for key in keys if key.purpose == "sign"
        }

    def of(self, account: str) -> Holder | None:
        """The holder of a signer's key, or None."""
        return self._by_signer.get(account)

    def label(self, account: str) -> str:
        """The person's name, with the id where two share it; else the whole address."""
        holder = self.of(account)
        if holder is None:
            return account.rpartition(":")[2]
        person = holder.person
        return person.name if self._named[person.name] == 1 else f"{person.name} ({person.id})"

    def voices(self, weights: Mapping[str, int], *, usable: bool = False) -> dict[str, int]:
        """Weight by who it is (person's name, else address); ``usable``: of people who may sign alone."""
        found: dict[str, int] = {}
        for account, weight in weights.items():
            holder = self.of(account)
            if usable and self.known and (holder is None or not holder.counts):
                continue
            name = self.label(account)
            found[name] = found.get(name, 0) + weight
        return dict(sorted(found.items()))


def changes(
    effects: Sequence[JsonObject], readings: Readings, policy: PolicyDocument | None, problem: str = ""
) -> list[JsonValue]:
    """An entry for each effect that changes who may sign, one after the other.

    [{effect, account, what, problem, rows: [{row, account, key, person, name, suspended, before, after,
    change}], sentences: [{code, tone, words}]}]. ``row`` is signer, quorum, master_key or regular_key; before
    is null where it is not known; a weight of 0 is that of nobody on the list, "" no regular key.
    """
    holders = Holders(policy)
    states: dict[str, tuple[Authority, str]] = {}
    found: list[JsonValue] = []
    for place, effect in enumerate(effects):
        what = str(effect.get("what"))
        if effect.get("kind") != "AuthorityChange" or what not in CHANGES:
            continue
        account = str(effect["account"])
        was, why = states.get(account) or ((Authority(), problem) if problem else _before(readings, account))
        now = _after(was, what, effect.get("after"))
        states[account] = (now, why)
        sentences: list[JsonValue] = [
            {"code": code, "tone": tone, "words": words}
            for code, tone, words in sorted(
                _sentences(was, now, holders), key=lambda said: _TONES.index(said[1])
            )
        ]
        rows: list[JsonValue] = [*_rows(what, was, now, holders)]
        unknown = any(isinstance(row, dict) and row["before"] is None for row in rows)
        found.append(
            {
                "effect": place,
                "account": account,
                "what": what,
                "problem": why if unknown else "",
                "rows": rows,
                "sentences": sentences,
            }
        )
    return found


def _before(readings: Readings, account: str) -> tuple[Authority, str]:
    """As the ledger has it, and why something of it is not known."""
    signers, fact = readings.signers(account), readings.judge("account", account)
    undecided = next((item for item in (signers, fact) if isinstance(item, Undecided)), None)
    why = WHY.get(undecided.code, _NOT_READ) if undecided is not None else ""
    quorum = weights = None
    if not isinstance(signers, Undecided):
        quorum, weights = signers.quorum, dict(signers.weights)
    return Authority(quorum, weights, _master(signers, fact), _regular(fact, account)), why


#: Code of an undecided fact -> why something is unknown.
WHY: Final[Mapping[str, str]] = {
    "FACT_MISSING": "Not enough operators said.",
    "FACT_DISAGREES": "The operators do not agree.",
    "FACT_STALE": "What was read is too old.",
}


def _master(signers: object, fact: Decided | Undecided) -> bool | None:
    """Both facts state it; if one says that it can sign, it can (policy/builtin/authority.py)."""
    flags = fact.value.get("flags") if isinstance(fact, Decided) else None
    said = [getattr(signers, "master_enabled", None)]
    said.append(_DISABLED not in flags if isinstance(flags, list) else None)
    if True in said:
        return True
    return None if None in said else False


def _regular(fact: Decided | Undecided, account: str) -> str | None:
    if isinstance(fact, Undecided) or "regular_key" not in fact.value:
        return None
    key = fact.value["regular_key"]
    if not key:
        return ""
    return str(key) if ":" in str(key) else f"{account.rpartition(':')[0]}:{key}"


def _after(was: Authority, what: str, after: JsonValue) -> Authority:
    if what == MASTER_KEY:
        return replace(was, master=after != "disabled")
    if what == REGULAR_KEY:
        return replace(was, regular=str(after) if after else "")
    if after is None:
        return replace(was, quorum=0, weights={})
    stated = after if isinstance(after, dict) else {}
    quorum = stated.get("quorum")
    return replace(
        was, quorum=quorum if isinstance(quorum, int) else None, weights=read_weights(stated.get("signers"))
    )


# -- rows ----------------------------------------------------------------------------------------------------


def _rows(what: str, was: Authority, now: Authority, holders: Holders) -> list[JsonObject]:
    if what == MASTER_KEY:
        return [_row(MASTER_KEY, _can(was.master), _can(now.master))]
    if what == REGULAR_KEY:
        return [_row(REGULAR_KEY, was.regular, now.regular)]
    known, later = was.weights, now.weights or {}
    accounts = [*later, *(account for account in known or {} if account not in later)]
    rows = []
    for account in accounts:
        before = known.get(account, 0) if known is not None else None
        row = _row("signer", before, later.get(account, 0), listed=True)
        holder = holders.of(account)
        rows.append(
            {
                **row,
                "account": account,
                "key": holder.key.id if holder is not None else None,
                "person": holder.person.id if holder is not None else None,
                "name": holder.person.name if holder is not None else None,
                "suspended": holder is not None and not holder.counts,
            }
        )
    return [*rows, _row("quorum", was.quorum, now.quorum)]


def _can(enabled: bool | None) -> str | None:
    return None if enabled is None else "enabled" if enabled else "disabled"


def _row(row: str, before: JsonValue, after: JsonValue, *, listed: bool = False) -> JsonObject:
    if before is None or after is None:
        change = UNKNOWN
    elif before == after:
        change = SAME
    elif listed:
        change = ADDED if before == 0 else REMOVED if after == 0 else CHANGED
    else:
        change = CHANGED
    nobody: JsonObject = {"account": None, "key": None, "person": None, "name": None, "suspended": False}
    return {"row": row, **nobody, "before": before, "after": after, "change": change}


# -- sentences -----------------------------------------------------------------------------------------------

Said = tuple[str, str, str]


def _sentences(was: Authority, now: Authority, holders: Holders) -> list[Said]:
    return [*_list(was, now, holders), *_others(was, now, holders)]


def _list(was: Authority, now: Authority, holders: Holders) -> list[Said]:
    """What the list comes to."""
    if now.weights is None or now.quorum is None:
        return [("LIST_UNKNOWN", "warn", "Who can sign together afterwards is not known.")]
    if not now.quorum or not now.weights:
        return [_no_list(now)]
    usable, closed = holders.voices(now.weights, usable=True), now.master is False and now.regular == ""
    if sum(usable.values()) < now.quorum:
        return [_too_few(sum(usable.values()), now.quorum, holders.known, closed=closed)]
    voices = holders.voices(now.weights)
    found = [_together(was, voices, now.quorum, holders)]
    if holders.known:
        strangers = [name for name in sorted(now.weights) if holders.of(name) is None]
        found += [
            ("STRANGER", "warn", f"{holders.label(name)} is nobody's key in the policy.")
            for name in strangers
        ]
    spare = sum(usable.values()) - now.quorum
    needed = [name for name, weight in usable.items() if weight > spare]
    if needed and closed and found[0][0] != "ALONE":
        words = f"Without {_either(needed)} the quorum cannot be reached, and no other key can sign."
        found.append(("NEEDED", "warn", words))
    return found


def _no_list(now: Authority) -> Said:
    keys = [name for name, can in (("master", now.master), ("regular", bool(now.regular))) if can]
    if keys:
        words = f"After this there is no signer list: the {' key or the '.join(keys)} key signs alone."
        return ("NO_LIST", "danger", words)
    if now.master is None or now.regular is None:
        return (
            "NO_LIST",
            "danger",
            "After this there is no signer list. Whether another key can sign is not known.",
        )
    words = "After this nobody can sign: no signer list, the master key is disabled, no regular key."
    return ("NOBODY", "danger", words)


def _too_few(have: int, need: int, known: bool, *, closed: bool) -> Said:
    begin = "The master key is disabled and fewer" if closed else "Fewer"
    who = "people of the policy hold" if known else "together they hold"
    return ("TOO_FEW", "danger", f"{begin} signers than the quorum remain: {who} weight {have} of {need}.")


def _together(was: Authority, voices: Mapping[str, int], quorum: int, holders: Holders) -> Said:
    """Who can act alone, or how many must act together; compared with before."""
    alone, need = _alone(voices, quorum), _least(voices, quorum)
    known = was.weights is not None and was.quorum is not None
    old = holders.voices(was.weights or {})
    old_alone = _alone(old, was.quorum or 0) if was.quorum else []
    old_need = _least(old, was.quorum or 0) if was.quorum else 0
    if alone:
        words = f"After this, {_either(alone)} alone can sign"
        same = known and bool(was.quorum) and old_alone == alone
        return ("ALONE", "danger", f"{words}, as before." if same else f"{words}.")
    words = f"After this, at least {need} of {len(voices)} signers must sign together"
    if not known:
        return ("TOGETHER", "warn", f"{words}. How it was before is not known.")
    if not was.quorum:
        return ("TOGETHER", "ok", f"{words}. Before, there was no signer list.")
    if (need, len(voices)) == (old_need, len(old)):
        return ("TOGETHER", "ok", f"{words}, as before.")
    earlier = f"{_either(old_alone)} alone could" if old_alone else f"at least {old_need} of {len(old)}"
    tone = "warn" if need < old_need else "ok"
    return ("TOGETHER", tone, f"{words}. Before, {earlier}.")


def _alone(voices: Mapping[str, int], quorum: int) -> list[str]:
    return [name for name, weight in voices.items() if weight >= quorum]


def _least(voices: Mapping[str, int], quorum: int) -> int:
    """How few can reach the quorum: the heaviest first."""
    total = count = 0
    for weight in sorted(voices.values(), reverse=True):
        if total >= quorum:
            break
        total, count = total + weight, count + 1
    return count


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _others(was: Authority, now: Authority, holders: Holders) -> list[Said]:
    """Keys that sign without the list."""
    found: list[Said] = []
    if now.master is None:
        found.append(("MASTER_UNKNOWN", "warn", "Whether the master key can sign alone is not known."))
    elif now.master:
        words = (
            "The master key can still sign alone."
            if was.master
            else "After this, the master key can sign alone."
        )
        found.append(("MASTER_ALONE", "danger", words))
    elif was.master is not False:
        found.append(("MASTER_OFF", "ok", "After this, the master key can no longer sign."))
    if now.regular is None:
        found.append(("REGULAR_UNKNOWN", "warn", "Whether a regular key can sign alone is not known."))
    elif now.regular:
        who = f"the regular key {holders.label(now.regular)}"
        still = was.regular == now.regular
        words = (
            f"{who[:1].upper()}{who[1:]} can still sign alone."
            if still
            else f"After this, {who} can sign alone."
        )
        found.append(("REGULAR_ALONE", "danger", words))
    elif was.regular:
        words = f"After this, the regular key {holders.label(was.regular)} can no longer sign."
        found.append(("REGULAR_OFF", "ok", words))
    return found
