"""Whatever a decoder or a facts document holds, evaluation answers, and garbage is never allowed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_samples import (
    ACME,
    ALICE,
    BOB,
    MAIN,
    RLUSD,
    XRP,
    compiled,
    facts_value,
    fee,
    inspected,
    policy_value,
    read,
)

from signer_app.core import effects as kinds
from signer_app.core.canonical import read_json
from signer_app.core.effects import AssetAmount, Effect
from signer_app.core.errors import MalformedError
from signer_app.core.facts import FACT_SHAPES, parse_facts
from signer_app.core.inspection import Expiry, InspectedSignature, Leg, TextField
from signer_app.core.warning import Warning
from signer_app.policy.codes import CHECK_CODES
from signer_app.policy.document import read_policy
from signer_app.policy.engine import evaluate
from signer_app.policy.votes import read_vote

TEXTS = st.sampled_from(
    ["", "0", "1", "-1", "1e9", "NaN", "Infinity", "unlimited", "0.1", "9" * 300, "{expected}", "{0}",
    "\u202e",
     "xrpl:0", MAIN, ACME, ALICE, RLUSD, XRP, "xrpl:0:", ":", "DestinationTag", "signer_list",
     "account_delete",
     "disabled"]
)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["quorum", "signers", "account", "weight", "to", "tag", "items", "id", "x"]),
            inner, max_size=4,
        ),
    ),
    max_leaves=8,
)  # fmt: skip
PATHS = st.sampled_from(["", "RawTransactions[0]", "operations[1]"])
ACCOUNTS = st.sampled_from([MAIN, ALICE, "", "xrpl:0", "nonsense"])
EFFECTS = [getattr(kinds, name) for name in sorted(kinds.EFFECT_KINDS)]


def _value(annotation: str) -> st.SearchStrategy[Any]:
    by_type: dict[str, st.SearchStrategy[Any]] = {
        "str": TEXTS,
        "str | None": st.none() | TEXTS,
        "bool": st.booleans(),
        "int": st.integers(-5, 2**70),
        "JsonValue": JSON,
        "tuple[str, ...]": st.lists(TEXTS, max_size=2).map(tuple),
        "AssetAmount": st.builds(AssetAmount, TEXTS, TEXTS),
        "AssetAmount | None": st.none() | st.builds(AssetAmount, TEXTS, TEXTS),
    }
    return by_type[annotation]


def _effect(kind: type[Effect]) -> st.SearchStrategy[Effect]:
    members = {f.name: _value(str(f.type)) for f in fields(kind) if f.name not in ("path", "account")}
    return st.builds(kind, path=PATHS, account=ACCOUNTS, **members)


ANY_EFFECT = st.one_of([_effect(kind) for kind in EFFECTS])
LEGS = st.lists(
    st.builds(Leg, PATHS, st.sampled_from(["Payment", "Batch", ""]), ACCOUNTS,
              st.lists(st.sampled_from(["tfFullyCanonicalSig", "0x1"]), max_size=2).map(tuple),
              st.just(())),
    max_size=3,
).map(tuple)  # fmt: skip
OPEN = {"id": "all", "kind": "allow", "match": {"effects": sorted(kinds.EFFECT_KINDS)}}


@st.composite
def inspections(draw: st.DrawFn) -> Any:
    return replace(
        inspected(),
        effects=tuple(draw(st.lists(ANY_EFFECT, max_size=3))),
        legs=draw(LEGS),
        network=draw(st.sampled_from(["xrpl:0", "xrpl:1", "stellar:pubnet"])),
        account=draw(ACCOUNTS),
        mode=draw(st.sampled_from(["multi", "single"])),
        expiry=draw(st.none() | st.builds(Expiry, st.sampled_from(["ledger", "time", "?"]), TEXTS)),
        texts=tuple(draw(st.lists(st.builds(TextField, PATHS, st.text(max_size=5)), max_size=2))),
        warnings=tuple(draw(st.lists(st.builds(Warning, st.sampled_from(sorted(CHECK_CODES)), TEXTS),
        max_size=2))),
        signatures=tuple(draw(st.lists(st.builds(
            InspectedSignature, TEXTS, st.none(), TEXTS, TEXTS, st.sampled_from([True, False, None]),
            st.none()
        ), max_size=1))),
    )  # fmt: skip


@st.composite
def wild_facts(draw: st.DrawFn) -> Any:
    """Facts of the right outer shape whose values are anything."""
    value = facts_value()
    for fact in value["facts"]:
        if draw(st.booleans()):
            wild = draw(st.dictionaries(st.sampled_from(
                ["quorum", "signers", "master_enabled", "complete", "items", "validated", "network_id",
                "flags",
                 "regular_key", "require_dest_tag", "memo_required", "exists", "close_time"]
            ), JSON))  # fmt: skip
            for seen in fact["observations"]:
                seen["value"] = {**seen["value"], **wild}
    value["context"].update(draw(st.fixed_dictionaries({}, optional={
        "proposer": st.none() | st.sampled_from(["alice", "zoe"]),
        "signatures": st.lists(st.fixed_dictionaries(
            {"signer": st.sampled_from([ALICE, BOB, "x"]), "public_key": st.none() | st.just("zz"),
            "at": st.none()}
        ), max_size=3),
        "halt": st.none() | st.dictionaries(st.sampled_from(["person", "at", "reason", "x"]), JSON),
        "overrides": st.lists(st.dictionaries(
            st.sampled_from(["person", "checks", "proposal_id", "body_hash", "policy_hash"]), JSON
        ), max_size=2),
    })))  # fmt: skip
    return value


@given(inspections(), st.none() | wild_facts(), st.sampled_from(["propose", "sign", "submit"]),
       st.sampled_from([None, BOB, "nonsense", ""]), st.booleans())  # fmt: skip
def test_evaluation_always_answers(
    inspection: Any, facts: Any, phase: str, signer: str | None, open_policy: bool
) -> None:
    policy = policy_value()
    if open_policy:
        policy["rules"].append(OPEN)
    try:
        seen = read(facts) if facts else None
    except MalformedError:
        return
    report = evaluate(compiled(policy), inspection, seen, phase=phase, signer=signer)
    value = report.to_json()
    assert len(report.hash()) == 64
    assert {check.code for check in report.checks} <= set(CHECK_CODES)
    assert value["verdict"] in ("ALLOW", "DENY", "NEEDS_OVERRIDE")
    if any(isinstance(effect, kinds.Unknown | kinds.DelegateCall) for effect in inspection.effects):
        assert report.verdict == "DENY"
    if inspection.network != "xrpl:0" or inspection.account != MAIN:
        assert report.verdict == "DENY"


@given(ANY_EFFECT)
def test_an_effect_that_no_rule_names_is_never_allowed(effect: Effect) -> None:
    report = evaluate(compiled(), replace(inspected(), effects=(effect, fee())), read())
    named = isinstance(effect, kinds.Transfer | kinds.FeePaid)
    assert named or report.verdict == "DENY"


@pytest.mark.parametrize("amount", ["-1", "1e3", "NaN", "Infinity", "", "unlimited", "0x1", "1,000", " 1"])
def test_an_amount_that_cannot_be_read_breaks_every_cap(amount: str) -> None:
    payment = replace(inspected().effects[0], amount=amount)  # type: ignore[call-arg]
    report = evaluate(compiled(), inspected(payment), read())
    assert {"TX_CAP", "ROLLING_CAP"} <= set(report.codes)


@given(JSON, st.sampled_from(sorted(FACT_SHAPES)))
def test_facts_are_read_or_malformed(value: Any, kind: str) -> None:
    document = facts_value()
    document["facts"].append({"kind": kind, "key": "k", "observations": value})
    try:
        parse_facts(document)
    except MalformedError:
        return
    assert isinstance(value, list)


@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_bytes_are_a_policy_or_malformed(data: bytes) -> None:
    for reader in (read_policy, read_vote, read_json):
        with suppress(MalformedError):  # anything else that is raised fails the test
            reader(data)  # type: ignore[operator]


@given(st.sampled_from(sorted(policy_value())), JSON)
def test_any_member_of_a_policy_may_be_anything(name: str, value: Any) -> None:
    policy = policy_value()
    policy[name] = value
    try:
        made = compiled(policy)
    except MalformedError:
        return
    assert evaluate(made, inspected(), read()).verdict in ("ALLOW", "DENY", "NEEDS_OVERRIDE")


@given(
    st.integers(0, 10),
    st.sampled_from(["match", "asset", "max", "window_s", "all_of", "level", "flags", "by"]),
    JSON,
)
def test_any_member_of_a_rule_may_be_anything(index: int, name: str, value: Any) -> None:
    policy = policy_value()
    policy["rules"][index][name] = value
    try:
        made = compiled(policy)
    except MalformedError:
        return
    assert evaluate(made, inspected(), read()).verdict in ("ALLOW", "DENY", "NEEDS_OVERRIDE")


def test_proposal_strings_are_never_templates() -> None:
    odd = "{expected.__class__}{0}\u202e\n"
    strange = replace(inspected(), legs=(Leg("", odd, MAIN, (odd,), (odd,)),), type=odd)
    report = evaluate(compiled(), strange, read())
    said = [check.sentence() for check in report.checks]
    assert not any("\u202e" in sentence or "\n" in sentence for sentence in said)
    assert any("{expected.__class__}" in sentence for sentence in said)
