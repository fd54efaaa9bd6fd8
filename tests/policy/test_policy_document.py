"""The policy document: read strictly, hashed as written, checked as a whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from policy_samples import ALICE, BOB, RLUSD, policy_value, rule_of

from signer_app.core.errors import MalformedError
from signer_app.policy.codes import CHECK_CODES
from signer_app.policy.document import parse_policy, read_policy
from signer_app.policy.rules import LATER_KINDS

YAML = """
format: countersign/policy@1
org: acme
id: small
version: 1
prev: null
valid_from: "2026-01-01T00:00:00Z"
networks: ["xrpl:0"]
people:
  - {id: ann, name: Ann, roles: [boss], device_keys: []}
keys: []
accounts: []
assets: []
change_quorum: {all_of: [{role: boss, need: 1}]}
rules:
  - {id: net, kind: network}   # a comment
"""


def test_yaml_and_json_of_one_value_have_one_hash() -> None:
    document = read_policy(YAML.encode())
    as_json = read_policy(json.dumps(document.raw, indent=3).encode())
    assert document.hash == as_json.hash
    assert document.hash == hashlib.sha256(rfc8785.dumps(document.raw)).hexdigest()


def test_hash_adds_no_defaults() -> None:
    value = policy_value()
    assert "level" not in value["rules"][0]
    written = parse_policy(value).hash
    rule_of(value, "cap")["level"] = "hard"
    assert parse_policy(value).hash != written


def _set(path: str, new: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        target: Any = value
        for step in steps:
            target = target[step]
        target[last] = new

    return change


def _rule(name: str, **members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda value: rule_of(value, name).update(members)


BROKEN = {
    "unknown member": (_set("extra", 1), "extra"),
    "unknown member of a rule": (_rule("cap", maximum="1"), "rules[1].maximum"),
    "unknown member of a match": (_rule("pay", match={"account": ["main"]}), "rules[0].match.account"),
    "format": (_set("format", "countersign/policy@2"), "format"),
    "prev missing after version 1": (_set("version", 2), "prev"),
    "prev in version 1": (_set("prev", "aa" * 32), "prev"),
    "amount as a number": (_rule("cap", max=250000), "rules[1].max"),
    "amount zero": (_rule("cap", max="0"), "rules[1].max"),
    "amount with exponent": (_rule("cap", max="1e6"), "rules[1].max"),
    "negative amount": (_rule("cap", max="-1"), "rules[1].max"),
    "count as text": (_rule("n", max="5"), "rules[3].max"),
    "window zero": (_rule("day", window_s=0), "rules[2].window_s"),
    "unknown kind": (_rule("cap", kind="limit"), "rules[1].kind"),
    "later kind": (_rule("cap", kind="fiat_cap"), "not in this version"),
    "level": (_rule("cap", level="medium"), "rules[1].level"),
    "soft allow": (_rule("pay", level="soft"), "rules[0].level"),
    "unknown effect": (_rule("pay", match={"effects": ["Pay"]}), "rules[0].match.effects"),
    "unknown account": (_rule("pay", match={"accounts": ["other"]}), "rules[0].match.accounts"),
    "unknown asset in a match": (
        _rule("pay", match={"assets": ["xrpl:0/mpt:" + "0" * 48]}),
        "rules[0].match",
    ),
    "unknown asset of a cap": (_rule("cap", asset="xrpl:0/mpt:" + "0" * 48), "rules[1].asset"),
    "unknown receiver": (_rule("pay", match={"destinations": ["zeta"]}), "rules[0].match.destinations"),
    "rule id twice": (_rule("cap", id="day"), "rules"),
    "reserved rule id": (_rule("cap", id="built-in"), "rules[1].id"),
    "person twice": (_set("people.1.id", "alice"), "people"),
    "key of nobody": (_set("keys.0.person", "zoe"), "keys[0].person"),
    "signer of two people": (_set("keys.1.signer", ALICE), "keys[1].signer"),
    "signer checksum": (_set("keys.1.signer", BOB[:-1] + "S"), "keys[1].signer"),
    "account checksum": (
        _set("accounts.0.account", "xrpl:0:rwiiaRDuEms7bf1aFN3F2U88k6rpcxXAgW"),
        "accounts[0]",
    ),
    "payee checksum": (
        _set("address_book.0.account", "xrpl:0:rERa9HxGrRgvjCggjNPsPihcKF5QTo9aAp"),
        "address_book[0]",
    ),
    "issuer checksum": (_set("assets.0.id", RLUSD[:-1] + "B"), ""),
    "not an account": (
        _set("accounts.0.account", "rwiiaRDuEms7bf1aFN3F2U88k6rpcxXAgV"),
        "accounts[0].account",
    ),
    "time without Z": (_set("valid_from", "2026-01-01T00:00:00"), "valid_from"),
    "time zone misspelled": (_set("time_zone", "Europe/Berlni"), "time_zone"),
    "time zone that is a folder": (_set("time_zone", "Europe"), "time_zone"),
    "backend": (_set("keys.0.backend", "phone"), "keys[0].backend"),
    "tag": (_set("address_book.0.tag", "017"), "address_book[0].tag"),
    "fact kind": (_set("facts.max_age_s", {"weather": 5}), "facts.max_age_s"),
    "quorum nobody can fill": (
        _rule("q", all_of=[{"role": "finance", "need": 4}]),
        "can never fill 4 of finance",
    ),
    "quorum of an unknown role": (_rule("q", all_of=[{"role": "legal", "need": 1}]), "can never fill"),
    "more persons than people": (_rule("q", persons=6), "rules[5].persons"),
    "change quorum nobody can fill": (
        _set("change_quorum", {"all_of": [{"role": "security", "need": 3}]}),
        "change_quorum.all_of",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_document_is_malformed_and_says_where(name: str) -> None:
    change, where = BROKEN[name]
    value = policy_value()
    change(value)
    with pytest.raises(MalformedError) as caught:
        parse_policy(value)
    assert caught.value.code == "MALFORMED"
    assert where in caught.value.message


def test_suspended_people_do_not_make_a_quorum_unreadable() -> None:
    value = policy_value()
    for person in value["people"]:
        person["suspended"] = True
    assert parse_policy(value).version == 1


def test_one_person_with_two_roles_cannot_fill_both_groups() -> None:
    value = policy_value()
    value["people"] = [person for person in value["people"] if person["id"] == "erin"]
    value["keys"] = [key for key in value["keys"] if key["person"] == "erin"]
    with pytest.raises(MalformedError, match="can never fill"):
        parse_policy(value)


@pytest.mark.parametrize("kind", sorted(LATER_KINDS))
def test_every_later_kind_is_refused_by_its_name(kind: str) -> None:
    value = policy_value()
    value["rules"].append({"id": "later", "kind": kind})
    with pytest.raises(MalformedError, match=kind):
        parse_policy(value)


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"{}", b"- a\n", b"a: &x 1\n", b'{"a":1,"a":2}', b"\xff"])
def test_what_is_no_policy_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_policy(data)


def test_every_code_has_words() -> None:
    assert all(row.meaning and row.raised_by for row in CHECK_CODES.values())
