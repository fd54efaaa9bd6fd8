"""Policies to start from: data in resources/policies/, filled with the people and accounts of a set-up.

A filled template is a policy like any other: read again by the strict reader, shown, voted for. Nothing later
depends on the template that it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import Field, ValidationError

from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import NotFoundError, UnforeseenError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.resources import resource
from signer_app.core.strict_yaml import read_yaml
from signer_app.policy.checks import Level
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.policy.schema import BookEntry, Group, Name, StrictModel
from signer_app.policy.words import quorum_words, rules_in_words

FOLDER: Final = "policies"
#: In the order in which they are offered.
IDS: Final = ("small-team", "treasury", "reserve")
POLICY_ID: Final = "treasury"


class Template(StrictModel):
    """``people``: how many it needs at least; ``roles``: those that its quorums name. Caps are suggestions
    in whole units. ``receiver_wait_hours``: until a new receiver can be paid."""

    format: Literal["countersign/policy-template@1"]
    id: Name
    title: Name
    about: Annotated[str, Field(max_length=1000)]
    people: Annotated[int, Field(ge=1, le=100)]
    roles: Annotated[list[Name], Field(min_length=1)]
    tx_cap: Name
    day_cap: Name
    receiver_wait_hours: Annotated[int, Field(ge=0, le=720)]
    change: Annotated[list[Group], Field(min_length=1)]
    override: list[Group] | None
    rules: list[dict[str, Any]]  # filled and then read by the models of their kinds


@dataclass(frozen=True, slots=True)
class AssetLimit:
    """An asset that may be paid (CAIP-19), and how much of it in one payment and in a day, whole units."""

    asset: str
    label: str
    tx_cap: str
    day_cap: str


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who may be paid. ``tag``: the destination tag that they want, or null for none."""

    id: str
    account: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """What a set-up knows. ``people`` and ``keys`` are entries of the policy as they will stand there;
    ``accounts`` are (id, CAIP-10)."""

    org: str
    networks: tuple[str, ...]
    people: Sequence[JsonObject]
    keys: Sequence[JsonObject]
    accounts: Sequence[tuple[str, str]]
    assets: Sequence[AssetLimit]
    receivers: Sequence[Receiver] = ()
    min_agree: int = 2
    may_wait: bool = True


def templates() -> list[Template]:
    """All, in the order in which they are offered."""
    return [template(name) for name in IDS]


def template(name: str) -> Template:
    """One by its id. NotFoundError; UnforeseenError where the program's own file is broken."""
    if name not in IDS:
        raise NotFoundError(f"There is no policy template {name[:40]!r}.")
    data = resource(f"{FOLDER}/{name}.yaml").read_bytes()
    try:
        return Template.model_validate(read_yaml(data))
    except ValidationError as error:
        raise UnforeseenError("A policy template of the program is broken.", details={"id": name}) from error


#: Accounts and receivers that are told one by one to who is about to vote.
LISTED: Final = 20


def fill(chosen: Template, filling: Filling, now: datetime) -> str:
    """The policy as YAML, read back by the strict reader: version 1, valid from now.

    MalformedError that names the place where people, roles or accounts do not fit the template.
    """
    moment = whole_seconds(now)
    document: JsonObject = {
        "format": "countersign/policy@1",
        "org": filling.org,
        "id": POLICY_ID,
        "version": 1,
        "prev": None,
        "valid_from": format_time(moment),
        "time_zone": "UTC",
        "networks": list(filling.networks),
        "people": list(filling.people),
        "keys": list(filling.keys),
        "accounts": [
            {"id": name, "account": account, "may_be_source_of_operations": []}
            for name, account in filling.accounts
        ],
        "assets": [{"id": limit.asset, "label": limit.label} for limit in filling.assets],
        "address_book": [_entry(chosen, filling, receiver, moment) for receiver in filling.receivers],
        "contracts": [],
        "facts": {
            "min_agree": filling.min_agree,
            "max_age_s": {"default": 120},
            "offline_max_age_s": {"default": 86_400},
        },
        "change_quorum": {"all_of": _groups(chosen.change)},
        "rules": list(_rules(chosen, filling)),
    }
    if chosen.override is not None:
        document["override_quorum"] = {"all_of": _groups(chosen.override)}
    text: str = yaml.dump(document, Dumper=_NoAliases, sort_keys=False, width=1000, allow_unicode=True)
    read_policy(text.encode("utf-8"))
    return text


def explain(document: PolicyDocument) -> list[str]:
    """What a policy says, a sentence a line, for somebody who is about to vote: whom it names, who may change
    it, and every rule in words.
    """
    body = document.body
    people = ", ".join(f"{person.id} ({', '.join(person.roles)})" for person in body.people)
    override = body.override_quorum
    return [
        f"People: {people}. {_counted(len(body.keys), 'key')}.",
        *(f"Account {entry.id}: {entry.account}." for entry in body.accounts[:LISTED]),
        *_more(len(body.accounts), "account"),
        *(f"Receiver {entry.id}: {_receiver(entry)}." for entry in body.address_book[:LISTED]),
        *_more(len(body.address_book), "receiver"),
        f"Changing it needs {quorum_words(body.change_quorum)}.",
        f"Overriding a limit needs {quorum_words(override)}." if override else "Nobody can override a limit.",
        *(
            f"{said.id}: {said.sentence}" + ("" if rule.level is Level.HARD else f" {said.level}")
            for rule, said in zip(document.rules, rules_in_words(document), strict=True)
        ),
    ]


def _receiver(entry: BookEntry) -> str:
    tag = f", tag {entry.tag}" if entry.tag is not None else ""
    return f"{entry.account}{tag}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _more(count: int, what: str) -> list[str]:
    return [f"{_counted(count - LISTED, f'more {what}')}, in the file."] if count > LISTED else []


def _groups(groups: Sequence[Group]) -> list[JsonValue]:
    return [{"role": group.role, "need": group.need} for group in groups]


def _entry(chosen: Template, filling: Filling, receiver: Receiver, now: datetime) -> JsonObject:
    wait = timedelta(hours=chosen.receiver_wait_hours if filling.may_wait else 0)
    return {
        "id": receiver.id, "account": receiver.account, "tag": receiver.tag, "memo": None,
        "assets": [limit.asset for limit in filling.assets], "status": "active",
        "added_at": format_time(now), "active_after": format_time(now + wait), "expires_at": None,
    }  # fmt: skip


def _rules(chosen: Template, filling: Filling) -> Iterable[JsonObject]:
    """Each rule once, or once for each asset or network."""
    common: dict[str, JsonValue] = {"accounts": [name for name, _ in filling.accounts]}
    for rule in chosen.rules:
        each = rule.get("for_each")
        bare = {name: value for name, value in rule.items() if name != "for_each"}
        turns: list[dict[str, JsonValue]] = [{}]
        if each == "assets":
            turns = [
                {"asset": limit.asset, "tx_cap": limit.tx_cap, "day_cap": limit.day_cap}
                for limit in filling.assets
            ]
        elif each == "networks":
            turns = [{"network": network} for network in filling.networks]
        for number, turn in enumerate(turns, 1):
            filled = _filled(bare, {**common, **turn, "number": str(number)})
            if isinstance(filled, dict):
                yield filled


def _filled(value: JsonValue, known: Mapping[str, JsonValue]) -> JsonValue:
    if isinstance(value, dict):
        return {name: _filled(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, known) for inner in value]
    if not isinstance(value, str) or "$" not in value:
        return value
    before, _, name = value.partition("$")
    if name not in known:
        raise UnforeseenError("A policy template names something that is not known.", details={"name": name})
    found = known[name]
    return f"{before}{found}" if before else found


class _NoAliases(yaml.SafeDumper):
    """The strict reader takes no aliases, so equal parts are written out."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base class's signature
        return True
