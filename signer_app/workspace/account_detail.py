"""One account whole: what the operators agree on, whose keys its signers are, how that differs from the
policy, and whether its signers could still change themselves.

Facts are judged by the policy's own engine, so what is shown is what a verdict would be made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signer_app.core.clock import Clock, format_time, whole_seconds
from signer_app.core.errors import DeniedError
from signer_app.core.facts import Context, Fact, FactsDocument
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.observations import Decided, Undecided
from signer_app.policy.people import LedgerSigners
from signer_app.policy.readings import Readings
from signer_app.policy.schema import FactRules, Key
from signer_app.proposals.policies import Policies

#: Members of the agreed account fact that people read.
_ACCOUNT = ("exists", "balance", "sequence", "owner_count", "flags", "regular_key", "tickets")


@dataclass(frozen=True, slots=True)
class Reach:
    """How many keys can be lost before the rest no longer fill the quorum; -1: all together do not."""

    keys: int
    spare: int


def reach(quorum: int, weights: Sequence[int]) -> Reach:
    """The worst case: those with the most weight are lost first."""
    left, spare = sum(weights), -1
    for weight in [0, *sorted(weights, reverse=True)]:
        left -= weight
        if left < quorum:
            break
        spare += 1
    return Reach(len(weights), spare)


def policy_or_none(policies: Policies, clock: Clock) -> PolicyDocument | None:
    """The policy in force, or None."""
    try:
        return policies.in_force(clock()).document
    except DeniedError:
        return None


def describe(
    account: str, facts: Sequence[Fact], policy: PolicyDocument | None, clock: Clock, person: str,
    last_signed: Mapping[str, str],
) -> JsonObject:  # fmt: skip
    """{account, at, ledger, operators, problems, state, signers, drift, change} of an account's facts.

    ``last_signed``: RFC 3339 time of each signer's last signature that is known here.
    ``problems``: codes and sentences of facts that cannot be decided; what they would say is null then.
    """
    rules = policy.body.facts if policy is not None else FactRules()
    document = FactsDocument(whole_seconds(clock()), "online", Context(), tuple(facts))
    readings = Readings(document, rules)
    state, signers = readings.judge("account", account), readings.signers(account)
    keys = _keys(policy, account)
    problems: list[JsonValue] = [
        {"code": item.code, "fact": item.kind} for item in (state, signers) if isinstance(item, Undecided)
    ]
    seen = [seen for fact in facts if fact.kind in ("account", "signers") for seen in fact.observations]
    ledgers = sorted({int(item.ledger) for item in seen if item.ledger is not None})
    operators: list[JsonValue] = [*sorted({item.operator for item in seen})]
    return {
        "account": account,
        "at": format_time(min((item.at for item in seen), default=document.now)),
        "ledger": str(ledgers[0]) if ledgers else None,
        "operators": operators,
        "problems": problems,
        "state": {name: state.value.get(name) for name in _ACCOUNT} if isinstance(state, Decided) else None,
        "signers": _signers(signers, keys, policy, person, last_signed),
        "drift": _drift(signers, keys) if policy is not None else None,
        "change": _change(signers, state, keys, policy),
    }


def _keys(policy: PolicyDocument | None, account: str) -> Mapping[str, Key]:
    """Signing keys of the policy on the account's network, by signer."""
    network = account.rpartition(":")[0]
    found = policy.body.keys if policy is not None else []
    return {k.signer: k for k in found if k.purpose == "sign" and k.signer.startswith(f"{network}:")}


def _signers(
    signers: LedgerSigners | Undecided,
    keys: Mapping[str, Key],
    policy: PolicyDocument | None,
    person: str,
    last_signed: Mapping[str, str],
) -> JsonObject | None:
    if isinstance(signers, Undecided):
        return None
    people = {item.id: item for item in policy.body.people} if policy is not None else {}
    members: list[JsonValue] = []
    for account, weight in sorted(signers.weights.items()):
        key = keys.get(account)
        owner = people.get(key.person) if key is not None else None
        members.append(
            {
                "account": account,
                "weight": weight,
                "key": key.id if key is not None else None,
                "person": owner.id if owner is not None else None,
                "name": owner.name if owner is not None else None,
                "roles": list(owner.roles) if owner is not None else [],
                "suspended": owner.suspended if owner is not None else False,
                "device": key.device if key is not None else None,
                "backend": key.backend if key is not None else None,
                "tier": key.tier if key is not None else None,
                "own": owner is not None and owner.id == person,
                "last_signed": last_signed.get(account),
            }
        )
    return {"quorum": signers.quorum, "master_enabled": signers.master_enabled, "members": members}


def _drift(signers: LedgerSigners | Undecided, keys: Mapping[str, Key]) -> JsonObject | None:
    """Signers that the ledger has and the policy does not, and the other way round."""
    if isinstance(signers, Undecided):
        return None
    there, wanted = set(signers.weights), set(keys)
    extra: list[JsonValue] = [*sorted(there - wanted)]
    missing: list[JsonValue] = [
        {"account": account, "key": keys[account].id} for account in sorted(wanted - there)
    ]
    return {"equal": there == wanted, "only_on_ledger": extra, "only_in_policy": missing}


def _change(
    signers: LedgerSigners | Undecided,
    state: Decided | Undecided,
    keys: Mapping[str, Key],
    policy: PolicyDocument | None,
) -> JsonObject | None:
    """Whether people of the policy can still change the signers, and how many keys may be lost.

    ``alone``: ways to act without the list (master, regular). ``quorum`` and weights as the ledger has them;
    keys of nobody, of suspended people and of machines do not count.
    """
    if isinstance(signers, Undecided) or isinstance(state, Undecided):
        return None
    people = {item.id: item for item in policy.body.people} if policy is not None else {}
    usable = [
        weight
        for account, weight in signers.weights.items()
        if policy is None
        or (
            account in keys
            and not people[keys[account].person].suspended
            and not people[keys[account].person].machine
        )
    ]
    alone: list[JsonValue] = [
        *(["master"] if signers.master_enabled else []),
        *(["regular"] if state.value.get("regular_key") else []),
    ]
    found = reach(signers.quorum, usable) if signers.quorum else Reach(len(usable), -1)
    return {
        "alone": alone,
        "usable_keys": found.keys,
        "usable_weight": sum(usable),
        "quorum": signers.quorum,
        "spare_keys": found.spare,
    }
