"""The destination tag of an escrow: an effect, allowed with the escrow, judged with its receiver."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from policy_samples import (
    ACME,
    MAIN,
    RLUSD,
    STRANGER,
    compiled,
    inspected,
    policy_value,
    read,
    transfer,
)  # fmt: skip

from signer_app.core.effects import DataWrite, EscrowOpen
from signer_app.core.inspection import Inspection, Leg
from signer_app.exchange.incoming import read_incoming
from signer_app.policy.checks import FAIL
from signer_app.policy.engine import evaluate
from signer_app.policy.report import Report

ESCROW = EscrowOpen(
    path="", account=MAIN, to=ACME, asset=RLUSD, amount="100", finish_after=None, cancel_after=None,
    condition=None,
)  # fmt: skip
TAG = DataWrite(path="", account=MAIN, name="DestinationTag", value="17")


def judged(inspection: Inspection, policy: dict[str, Any] | None = None) -> Report:
    return evaluate(compiled(policy), inspection, read())


def escrow_policy(
    effects: tuple[str, ...] = ("EscrowOpen",), types: tuple[str, ...] = ("EscrowCreate",)
) -> Any:
    value = policy_value()
    allow = {"id": "hold", "kind": "allow", "match": {"effects": list(effects)}, "transactions": list(types)}
    value["rules"].insert(0, allow)
    return value


def scope_of(report: Report) -> list[dict[str, Any]]:
    codes = {"NO_SCOPE", "KIND_NOT_ALLOWED", "FLAG_NOT_ALLOWED", "PRIVILEGED_OP"}
    return [check.to_json() for check in report.checks if check.code in codes]


def test_what_allows_an_escrow_allows_its_tag() -> None:
    report = judged(inspected(ESCROW, TAG, kind="EscrowCreate"), escrow_policy())
    assert (report.verdict, report.codes) == ("ALLOW", ())
    wrong = replace(TAG, value="18")
    assert judged(inspected(ESCROW, wrong, kind="EscrowCreate"), escrow_policy()).codes == (
        "DESTINATION_NOT_ALLOWED",
    )
    assert judged(inspected(ESCROW, kind="EscrowCreate"), escrow_policy()).codes == (
        "DESTINATION_NOT_ALLOWED",
    )


@pytest.mark.parametrize(
    "effects", [("EscrowOpen",), ("Transfer",), ("DataWrite",), ("EscrowOpen", "DataWrite")]
)
@pytest.mark.parametrize("types", [("EscrowCreate",), ("Payment",)])
@pytest.mark.parametrize("flags", [(), ("tfFullyCanonicalSig",), ("tfUniversal",)])
@pytest.mark.parametrize("place", ["", "RawTransactions[1]"])
def test_the_scope_of_an_escrow_is_the_same_with_and_without_a_tag(
    effects: tuple[str, ...], types: tuple[str, ...], flags: tuple[str, ...], place: str
) -> None:
    policy = escrow_policy(effects, types)
    legs = tuple(Leg(path, "EscrowCreate", MAIN, flags) for path in dict.fromkeys(("", place)))
    escrow, tag = replace(ESCROW, path=place), replace(TAG, path=place)
    tagged = judged(inspected(escrow, tag, kind="EscrowCreate", legs=legs), policy)
    plain = judged(inspected(escrow, kind="EscrowCreate", legs=legs), policy)
    assert scope_of(tagged) == scope_of(plain)
    assert scope_of(plain)


@pytest.mark.parametrize(
    "more",
    [
        (replace(TAG, name="Domain"),),
        (replace(TAG, name="destinationtag"),),
        (replace(TAG, path="RawTransactions[0]"),),
        (replace(TAG, account=STRANGER),),
        (TAG, replace(TAG, value="18")),
        (TAG, TAG),
        (replace(TAG, value="4294967296"),),
        (replace(TAG, value="017"),),
        (replace(TAG, value="\u0661\u0667"),),
        (replace(TAG, value="a text"),),
        (replace(TAG, value=17),),
        (replace(TAG, value=None),),
        (replace(TAG, value={"tag": "17"}),),
    ],
)
def test_only_its_one_tag_is_a_part_of_an_escrow(more: tuple[DataWrite, ...]) -> None:
    report = judged(inspected(ESCROW, *more, kind="EscrowCreate"), escrow_policy())
    assert report.verdict == "DENY"
    refused = [c for c in report.checks if c.code == "NO_SCOPE" and c.verdict == FAIL]
    assert [c.actual for c in refused] == ["DataWrite"] * len(more)


def test_a_tag_without_an_escrow_needs_an_allow_of_its_own() -> None:
    assert judged(inspected(TAG, kind="EscrowCreate"), escrow_policy()).codes == ("NO_SCOPE",)
    assert "NO_SCOPE" in judged(inspected(transfer(), TAG)).codes


def test_the_tag_of_decoded_bytes_is_still_an_effect() -> None:
    fields = {
        "TransactionType": "EscrowCreate", "Account": MAIN.rpartition(":")[2], "Sequence": 0,
        "TicketSequence": 501, "LastLedgerSequence": 99999999, "Fee": "60", "SigningPubKey": "",
        "Destination": ACME.rpartition(":")[2], "Amount": "100", "DestinationTag": 17,
        "FinishAfter": 900000000,
    }  # fmt: skip
    found = read_incoming(json.dumps(fields).encode(), network="xrpl:0").inspection
    assert [effect.kind for effect in found.effects] == ["EscrowOpen", "DataWrite", "FeePaid"]
    assert "NO_SCOPE" not in judged(found, escrow_policy()).codes
