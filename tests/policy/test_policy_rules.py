"""Each rule kind at its borders, and the built-in checks, on effects made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from policy_samples import (
    ACME,
    ALICE,
    BETA,
    LEDGER,
    MAIN,
    RLUSD,
    STRANGER,
    XRP,
    compiled,
    facts_value,
    fee,
    inspected,
    observations,
    policy_value,
    read,
    rule_of,
    transfer,
)  # fmt: skip

from signer_app.core.effects import (
    Allowance,
    AssetAmount,
    AuthorityChange,
    DataWrite,
    DelegateCall,
    Effect,
    EscrowOpen,
    SettingChange,
    TicketReserve,
    TrustChange,
    Unknown,
)  # fmt: skip
from signer_app.core.inspection import Expiry, Inspection, Leg, TextField
from signer_app.core.warning import Warning
from signer_app.policy.engine import evaluate
from signer_app.policy.report import Report


def judged(
    inspection: Inspection, policy: dict[str, Any] | None = None, facts: dict[str, Any] | None = None
) -> Report:
    return evaluate(compiled(policy), inspection, read(facts))


def allowing(effects: list[str], types: list[str], **rule: Any) -> dict[str, Any]:
    value = policy_value()
    value["rules"].insert(
        0, {"id": "more", "kind": "allow", "match": {"effects": effects}, "transactions": types, **rule}
    )
    return value


def without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    value["rules"] = [rule for rule in value["rules"] if rule["id"] not in names]
    return value


def message(report: Report, code: str) -> str:
    return next(check.sentence() for check in report.checks if check.code == code and check.verdict == "FAIL")


def test_a_plain_payment_passes() -> None:
    assert judged(inspected()).verdict == "ALLOW"


# -- caps ---------------------------------------------------------------------------------------------------


def test_tx_cap_counts_max_spend_where_it_is_larger() -> None:
    spend = AssetAmount(RLUSD, "250000.01")
    report = judged(inspected(transfer("1", max_spend=spend)))
    assert report.codes == ("TX_CAP",)
    assert message(report, "TX_CAP") == "250,000 allowed per transaction; this is 250,000.01, over by 0.01."


def test_tx_cap_sums_the_legs_of_one_transaction() -> None:
    assert judged(inspected(transfer("125000"), transfer("125000"))).verdict == "ALLOW"
    assert judged(inspected(transfer("125000"), transfer("125000.01"))).codes == ("TX_CAP",)


def test_tx_cap_counts_escrow_and_allowance() -> None:
    policy = allowing(["EscrowOpen", "Allowance"], ["Payment"])
    escrow = EscrowOpen(
        path="", account=MAIN, to=ACME, asset=RLUSD, amount="250001", finish_after=None, cancel_after=None,
        condition=None,
    )  # fmt: skip
    tag = DataWrite(path="", account=MAIN, name="DestinationTag", value="17")
    policy["rules"][0]["match"]["effects"].append("DataWrite")
    assert judged(inspected(escrow, tag), policy).codes == ("TX_CAP",)
    unlimited = Allowance(path="", account=MAIN, spender=ACME, asset=RLUSD, amount="unlimited")
    report = judged(inspected(unlimited), policy)
    assert report.codes == ("ROLLING_CAP", "TX_CAP")
    assert "this is unlimited" in message(report, "TX_CAP")


def test_tx_cap_in_the_native_asset_counts_the_fee() -> None:
    policy = policy_value()
    policy["rules"].append({"id": "x", "kind": "tx_cap", "asset": XRP, "max": "0.00005"})
    assert judged(inspected(), policy).codes == ("TX_CAP",)
    rule_of(policy, "x")["max"] = "0.00006"
    assert judged(inspected(), policy).verdict == "ALLOW"


def test_rolling_cap_says_when_there_is_room_again() -> None:
    facts = facts_value()
    items = [
        {"id": "a" * 64, "asset": RLUSD, "to": ACME, "amount": "300000", "at": "2026-11-20T01:00:00Z",
         "state": "confirmed"},
        {"id": "b" * 64, "asset": RLUSD, "to": ACME, "amount": "100000", "at": "2026-11-19T20:00:00Z",
         "state": "signed"},
    ]  # fmt: skip
    for seen in observations(facts, "outflows"):
        seen["value"]["items"] = items
    report = judged(inspected(transfer("150000")), facts=facts)
    assert report.codes == ("ROLLING_CAP",)
    assert message(report, "ROLLING_CAP") == (
        "500,000 allowed in 24 h; used 400,000 and this 150,000 make 550,000, over by 50,000; "
        "room again at 2026-11-20 20:00:00 UTC."
    )


def test_rolling_cap_by_destination_counts_that_receiver_alone() -> None:
    policy = policy_value()
    rule_of(policy, "day").update({"by": "destination", "max": "1000"})
    facts = facts_value()
    item = {"id": "a" * 64, "asset": RLUSD, "to": BETA, "amount": "999", "at": "2026-11-20T01:00:00Z",
            "state": "confirmed"}  # fmt: skip
    for seen in observations(facts, "outflows"):
        seen["value"]["items"] = [item]
    assert judged(inspected(transfer("1000")), policy, facts).verdict == "ALLOW"
    item["to"] = ACME
    assert judged(inspected(transfer("1000")), policy, facts).codes == ("ROLLING_CAP",)
    assert judged(inspected(transfer("1")), policy, facts).verdict == "ALLOW"


def test_local_outflows_join_those_of_the_ledger_once() -> None:
    facts = facts_value()
    item = {"id": "a" * 64, "asset": RLUSD, "to": ACME, "amount": "300000", "at": "2026-11-20T01:00:00Z",
            "state": "confirmed"}  # fmt: skip
    seen = observations(facts, "outflows")
    for one in seen:
        one["value"]["items"] = [item]
    local = {**seen[0], "source": "local", "operator": "local", "ledger": None}
    local["value"] = {"complete": True, "items": [item, {**item, "id": "b" * 64, "amount": "100000"}]}
    seen.append(local)
    assert judged(inspected(transfer("100000")), facts=facts).verdict == "ALLOW"
    assert judged(inspected(transfer("100000.01")), facts=facts).codes == ("ROLLING_CAP",)
    local["at"] = "2026-11-20T11:57:59Z"
    assert judged(inspected(transfer("1")), facts=facts).codes == ("FACT_STALE",)


def test_incomplete_outflows_do_not_count() -> None:
    facts = facts_value()
    for seen in observations(facts, "outflows"):
        seen["value"]["complete"] = False
    assert judged(inspected(), facts=facts).codes == ("FACT_MISSING",)


def test_fee_cap_judges_the_worst_case() -> None:
    assert judged(replace(inspected(), effects=(transfer(), fee("0.01")))).verdict == "ALLOW"
    report = judged(replace(inspected(), effects=(transfer(), fee("0.010001"))))
    assert report.codes == ("FEE_CAP",)
    assert message(report, "FEE_CAP") == "The fee may cost 10,001; 10,000 allowed."


# -- expiry -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "codes"),
    [
        (LEDGER, ("EXPIRED",)),
        (LEDGER + 1, ()),
        (LEDGER + 30000, ()),
        (LEDGER + 30001, ("EXPIRY_TOO_FAR",)),
        (1, ("EXPIRED",)),
    ],
)
def test_expiry_by_ledger(last: int, codes: tuple[str, ...]) -> None:
    assert judged(inspected(expiry=Expiry("ledger", str(last)))).codes == codes


@pytest.mark.parametrize(
    ("bounds", "most"),
    [
        ({"max_seconds": 3000}, 1000),
        ({"max_seconds": 3001}, 1001),
        ({"max_seconds": 3000, "max_ledgers": 30000}, 1000),
        ({"max_seconds": 259200, "max_ledgers": 900}, 900),
    ],
)
def test_a_bound_in_seconds_holds_by_ledger_too(bounds: dict[str, int], most: int) -> None:
    """As many ledgers as the builders make of that time: what they build for it passes, one more does not."""
    policy = policy_value()
    for name in ("max_seconds", "max_ledgers"):
        rule_of(policy, "exp").pop(name)
    rule_of(policy, "exp").update(bounds)
    assert judged(inspected(expiry=Expiry("ledger", str(LEDGER + most))), policy).verdict == "ALLOW"
    over = judged(inspected(expiry=Expiry("ledger", str(LEDGER + most + 1))), policy)
    assert over.codes == ("EXPIRY_TOO_FAR",)


def test_expiry_is_only_required_where_the_rule_says_so() -> None:
    policy = policy_value()
    rule_of(policy, "exp")["required"] = False
    assert judged(inspected(expiry=None), policy).verdict == "ALLOW"
    assert judged(inspected(expiry=None)).codes == ("EXPIRY_MISSING",)


def test_expiry_refuses_a_network_fact_of_another_network() -> None:
    facts = facts_value()
    for seen in observations(facts, "network"):
        seen["value"]["network_id"] = "1"
    assert judged(inspected(), facts=facts).codes == ("FACT_DISAGREES",)


# -- receivers ----------------------------------------------------------------------------------------------


def _entry(**changes: Any) -> dict[str, Any]:
    policy = policy_value()
    policy["address_book"][0].update(changes)
    return policy


@pytest.mark.parametrize(
    ("changes", "tag", "codes"),
    [
        ({}, "17", ()),
        ({}, None, ("DESTINATION_NOT_ALLOWED",)),
        ({"tag": None}, "17", ("DESTINATION_NOT_ALLOWED",)),
        ({"tag": None}, None, ()),
        ({"tag": "*"}, "5", ()),
        ({"tag": "!"}, "5", ()),
        ({"tag": "!"}, None, ("DEST_TAG_REQUIRED",)),
        ({"status": "suspended"}, "17", ("DESTINATION_NOT_ALLOWED",)),
        ({"expires_at": "2026-11-20T12:00:00Z"}, "17", ("DESTINATION_NOT_ALLOWED",)),
        ({"expires_at": "2026-11-20T12:00:01Z"}, "17", ()),
        ({"active_after": "2026-11-20T12:00:00Z"}, "17", ()),
        ({"active_after": "2026-11-20T12:00:01Z"}, "17", ("DESTINATION_COOLING",)),
        ({"assets": [XRP]}, "17", ("DESTINATION_NOT_ALLOWED",)),
    ],
)
def test_address_book_entry(changes: dict[str, Any], tag: str | None, codes: tuple[str, ...]) -> None:
    assert judged(inspected(transfer(tag=tag)), _entry(**changes)).codes == codes


def test_a_second_entry_of_the_same_account_may_fit() -> None:
    policy = policy_value()
    policy["address_book"].append({**policy["address_book"][0], "id": "acme-2", "tag": "18"})
    assert judged(inspected(transfer(tag="18")), policy).verdict == "ALLOW"


def test_receiver_that_requires_a_tag() -> None:
    facts = facts_value()
    for seen in observations(facts, "account", ACME):
        seen["value"]["require_dest_tag"] = True
    policy = _entry(tag="*")
    assert judged(inspected(transfer(tag=None)), policy, facts).codes == ("DEST_TAG_REQUIRED",)
    assert judged(inspected(transfer(tag="1")), policy, facts).verdict == "ALLOW"


def test_receiver_that_requires_a_memo() -> None:
    facts = facts_value()
    for seen in observations(facts, "account", ACME):
        seen["value"]["memo_required"] = True
    assert judged(inspected(), facts=facts).codes == ("SEP29_MEMO",)


def test_lookalike_is_denied_and_both_addresses_are_said_in_full() -> None:
    same_ends = "xrpl:0:rERa" + "x" * 26 + "9aAo"
    report = judged(inspected(transfer(to=same_ends)))
    assert "ADDR_LOOKALIKE" in report.codes
    assert ACME.rpartition(":")[2] in message(report, "ADDR_LOOKALIKE")
    assert "ADDR_LOOKALIKE" in judged(inspected(transfer(to=same_ends.replace("rERa", "rerA")))).codes
    assert "ADDR_LOOKALIKE" not in judged(inspected(transfer(to=STRANGER))).codes


# -- texts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("invoice 17", ()),
        ("abc\u202edef", ("TEXT_BIDI",)),
        ("a\u200bb", ("TEXT_INVISIBLE",)),
        ("p\u0430ypal", ("TEXT_MIXED_SCRIPT",)),
        ("=1+1", ("TEXT_FORMULA",)),
    ],
)
def test_texts(text: str, codes: tuple[str, ...]) -> None:
    report = judged(inspected(texts=(TextField("Memos[0]", text),)))
    assert report.codes == codes
    assert all(text not in check.sentence() for check in report.checks)


# -- scope --------------------------------------------------------------------------------------------------


def test_type_and_flags_of_the_leg() -> None:
    assert judged(inspected(kind="CheckCash")).codes == ("KIND_NOT_ALLOWED",)
    assert judged(inspected(flags=())).verdict == "ALLOW"
    assert judged(inspected(flags=("tfLimitQuality",))).codes == ("FLAG_NOT_ALLOWED",)
    odd = (Leg("", "Payment", MAIN, (), ("0x00100000",)),)
    assert judged(inspected(legs=odd)).codes == ("FLAG_NOT_ALLOWED",)


def test_flags_left_out_mean_the_canonical_one_alone() -> None:
    policy = policy_value()
    del rule_of(policy, "pay")["flags"]
    assert judged(inspected(), policy).verdict == "ALLOW"
    assert judged(inspected(flags=("tfLimitQuality",)), policy).codes == ("FLAG_NOT_ALLOWED",)


def test_partial_payment_needs_its_flag_and_a_least_delivery() -> None:
    policy = policy_value()
    rule_of(policy, "pay")["flags"].append("tfPartialPayment")
    flags = ("tfPartialPayment",)
    assert judged(inspected(transfer(partial=True), flags=flags), policy).codes == ("PARTIAL_PAYMENT",)
    sure = transfer(partial=True, min_delivered=AssetAmount(RLUSD, "99"))
    assert judged(inspected(sure, flags=flags), policy).verdict == "ALLOW"


def test_conversion_on_the_way_is_refused() -> None:
    assert judged(inspected(transfer(paths=True))).codes == ("PATHS_NOT_ALLOWED",)
    assert judged(inspected(transfer(max_spend=AssetAmount(XRP, "1")))).codes == ("PATHS_NOT_ALLOWED",)


AUTHORITY = AuthorityChange(path="", account=MAIN, what="regular_key", before=None, after=STRANGER)


def test_privileged_effects_must_be_named() -> None:
    anything = policy_value()
    anything["rules"].insert(0, {"id": "all", "kind": "allow"})
    report = judged(inspected(AUTHORITY, kind="SetRegularKey"), anything)
    assert report.codes == ("NO_SCOPE", "PRIVILEGED_OP")
    named = allowing(["AuthorityChange"], ["SetRegularKey"])
    assert judged(inspected(AUTHORITY, kind="SetRegularKey"), named).verdict == "ALLOW"


def test_authority_that_decoding_could_not_read_is_named_too() -> None:
    """DelegateSet is an Unknown effect with a warning; inside a Batch its place is that of the inner one."""
    unread = Unknown(path="", account=MAIN, what="DelegateSet", raw=None)
    for path in ("", "RawTransactions[0]"):
        warned = inspected(unread, kind="DelegateSet", warnings=(Warning("PRIVILEGED_OP", "Said.", path),))
        report = judged(warned)
        assert "PRIVILEGED_OP" in report.codes
        assert path in [check.path for check in report.checks if check.code == "PRIVILEGED_OP"]
    once = judged(inspected(AUTHORITY, warnings=(Warning("PRIVILEGED_OP", "Said.", ""),)))
    assert [check.code for check in once.checks].count("PRIVILEGED_OP") == 1


def test_unknown_effects_and_delegatecalls_cannot_be_lifted() -> None:
    policy = allowing(["Unknown", "DelegateCall"], ["OfferCreate"])
    odd: Effect = Unknown(path="", account=MAIN, what="OfferCreate", raw=None)
    assert judged(inspected(odd, kind="OfferCreate"), policy).codes == ("UNKNOWN_EFFECT",)
    call: Effect = DelegateCall(path="", account=MAIN, to=ACME, selector=None)
    assert "EVM_DELEGATECALL_UNPINNED" in judged(inspected(call, kind="OfferCreate"), policy).codes


def test_a_leg_that_does_nothing_needs_its_type_named() -> None:
    nothing = replace(inspected(kind="AccountSet"), effects=(fee(),))
    assert judged(nothing).codes == ("KIND_NOT_ALLOWED",)
    everything = policy_value()
    everything["rules"].insert(0, {"id": "all", "kind": "allow"})
    assert judged(nothing, everything).codes == ("KIND_NOT_ALLOWED",)
    assert judged(nothing, allowing(["SettingChange"], ["AccountSet"])).verdict == "ALLOW"


def test_networks_accounts_and_assets_outside_the_policy() -> None:
    other = replace(inspected(), network="xrpl:1")
    assert "NETWORK" in judged(other).codes
    foreign = replace(
        inspected(transfer(account=ALICE)), account=ALICE, legs=(Leg("", "Payment", ALICE, ()),)
    )
    assert {"NO_SCOPE", "OP_SOURCE"} <= set(judged(foreign).codes)
    unknown = "xrpl:0/mpt:" + "0" * 48
    assert "ASSET_UNKNOWN" in judged(inspected(transfer(asset=unknown))).codes


def test_an_inner_operation_needs_leave_to_act() -> None:
    policy = policy_value()
    policy["accounts"].append({"id": "side", "account": ALICE, "may_be_source_of_operations": []})
    rule_of(policy, "pay")["match"]["accounts"].append("side")
    policy = without(policy, "day", "n")
    legs = (Leg("", "Payment", MAIN, ()), Leg("operations[1]", "Payment", ALICE, ()))
    inner = inspected(transfer(), transfer(account=ALICE, path="operations[1]"), legs=legs)
    assert "OP_SOURCE" in judged(inner, policy).codes
    policy["accounts"][1]["may_be_source_of_operations"] = ["main"]
    assert "OP_SOURCE" not in judged(inner, policy).codes


def test_match_keys_of_an_allow() -> None:
    def codes(payment: Inspection, **match: Any) -> tuple[str, ...]:
        policy = policy_value()
        rule_of(policy, "pay")["match"] = match
        return judged(payment, policy).codes

    payment = inspected(transfer("100"))
    assert codes(payment, networks=["xrpl:0"], destinations=["acme"], tags=["17"], origins=["operator"]) == ()
    assert codes(payment, min_amount="100", max_amount="100", assets=[RLUSD]) == ()
    assert codes(payment, max_amount="99.99") == ("NO_SCOPE",)
    assert codes(payment, min_amount="100.01") == ("NO_SCOPE",)
    assert codes(payment, assets=[XRP]) == ("NO_SCOPE",)
    assert codes(payment, destinations=["beta"]) == ("NO_SCOPE",)
    assert codes(payment, tags=["18"]) == ("NO_SCOPE",)
    assert codes(payment, origins=["import"]) == ("NO_SCOPE",)
    assert codes(inspected(transfer("60"), transfer("60")), max_amount="100") == ("NO_SCOPE",)


def test_other_effects_with_their_allow() -> None:
    trust = TrustChange(path="", account=MAIN, asset=RLUSD, limit="1000", flags=())
    assert (
        judged(inspected(trust, kind="TrustSet"), allowing(["TrustChange"], ["TrustSet"])).verdict == "ALLOW"
    )
    tickets = TicketReserve(path="", account=MAIN, count=3)
    assert judged(inspected(tickets, kind="TicketCreate")).codes == ("NO_SCOPE",)
    setting = SettingChange(path="", account=MAIN, name="Domain", value="a.example")
    report = judged(inspected(setting, kind="AccountSet"), allowing(["SettingChange"], ["AccountSet"]))
    assert report.verdict == "ALLOW"


def test_warnings_that_always_deny_and_those_that_are_shown() -> None:
    warned = replace(
        inspected(), warnings=(Warning("SAFE_REFUND_NONZERO", "x"), Warning("NETWORK_ASSUMED", "y"))
    )
    report = judged(warned)
    assert report.codes == ("SAFE_REFUND_NONZERO",)
    assert [c.severity for c in report.checks if c.code == "NETWORK_ASSUMED"] == ["advisory"]


# -- levels -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "verdict"), [("hard", "DENY"), ("soft", "NEEDS_OVERRIDE"), ("advisory", "ALLOW")]
)
def test_levels(level: str, verdict: str) -> None:
    policy = policy_value()
    rule_of(policy, "cap")["level"] = level
    rule_of(policy, "day")["level"] = level
    report = judged(inspected(transfer("900000")), policy)
    assert report.verdict == verdict
    assert {c.code for c in report.checks if c.verdict == "FAIL"} == {"TX_CAP", "ROLLING_CAP"}
    facts = facts_value()
    facts["facts"] = [fact for fact in facts["facts"] if fact["kind"] != "outflows"]
    rule_of(policy, "n")["level"] = level
    assert judged(inspected(), policy, facts).verdict == verdict


def test_halt() -> None:
    facts = facts_value()
    facts["context"]["halt"] = {"person": "alice"}
    assert judged(inspected(), facts=facts).codes == ("HALTED",)
