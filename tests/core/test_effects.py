"""Effects and inspections write the JSON of CONTRACTS C1 to C3."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect as python_inspect

import pytest

from signer_app.core import effects
from signer_app.core.canonical import canonical
from signer_app.core.effects import EFFECT_KINDS, NAMED_ONLY, AssetAmount, AuthorityChange, Effect, Transfer
from signer_app.core.identity import hash_bytes, proposal_id
from signer_app.core.inspection import Expiry, InspectedSignature, Inspection, Signing, Slot
from signer_app.core.warning import Warning

A = "xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
XRP = "xrpl:0/slip44:144"

#: CONTRACTS C3, besides kind, path and account.
MEMBERS = {
    "Transfer": "from to tag memo asset amount base max_spend min_delivered partial paths issue",
    "TrustChange": "asset limit flags",
    "AuthorityChange": "what before after privileged",
    "SettingChange": "name value",
    "EscrowOpen": "to asset amount finish_after cancel_after condition",
    "EscrowRelease": "owner sequence",
    "EscrowCancel": "owner sequence",
    "OfferPlace": "sell buy flags",
    "OfferCancel": "sequence",
    "Allowance": "spender asset amount",
    "ContractCall": "to selector signature args value",
    "CodeUpgrade": "target implementation",
    "DelegateCall": "to selector",
    "TokenMint": "asset amount holder",
    "TokenBurn": "asset amount holder",
    "DataWrite": "name value",
    "TicketReserve": "count",
    "FeePaid": "asset amount worst_case",
    "Unknown": "what raw",
}


def kinds() -> dict[str, type[Effect]]:
    return {
        value.kind: value
        for _, value in python_inspect.getmembers(effects, python_inspect.isclass)
        if issubclass(value, Effect) and value is not Effect
    }


def test_the_kinds_are_those_of_the_contracts() -> None:
    assert set(kinds()) == set(MEMBERS) == set(EFFECT_KINDS)
    assert set(kinds()) >= NAMED_ONLY


@pytest.mark.parametrize("kind", sorted(MEMBERS))
def test_members_of_each_kind(kind: str) -> None:
    effect = kinds()[kind](**{field.name: None for field in dataclasses.fields(kinds()[kind])})
    assert set(effect.to_json()) == {"kind", "path", "account", *MEMBERS[kind].split()}
    assert effect.to_json()["kind"] == kind


def test_effects_are_values() -> None:
    effect = effects.OfferCancel(path="", account=A, sequence="7")
    assert effect == effects.OfferCancel(path="", account=A, sequence="7")
    with pytest.raises(dataclasses.FrozenInstanceError):
        effect.sequence = "8"  # type: ignore[misc]


def test_a_transfer() -> None:
    transfer = Transfer(
        path="RawTransactions[4]", account=A, to=A, tag="17", memo=None, asset=XRP, amount="1.5",
        base="1500000", max_spend=AssetAmount(XRP, "2"), min_delivered=None, partial=False, paths=False,
        issue=False,
    )  # fmt: skip
    assert transfer.to_json() == {
        "kind": "Transfer",
        "path": "RawTransactions[4]",
        "account": A,
        "from": A,
        "to": A,
        "tag": "17",
        "memo": None,
        "asset": XRP,
        "amount": "1.5",
        "base": "1500000",
        "max_spend": {"asset": XRP, "amount": "2"},
        "min_delivered": None,
        "partial": False,
        "paths": False,
        "issue": False,
    }


def test_nested_values_stay_json() -> None:
    after = {"quorum": 2, "signers": [{"account": A, "weight": 1}]}
    change = AuthorityChange(path="", account=A, what="signer_list", before=None, after=after)
    assert change.to_json()["after"] == after
    assert change.privileged is True
    flags = effects.TrustChange(path="", account=A, asset=XRP, limit="1", flags=("tfSetfAuth",))
    assert flags.to_json()["flags"] == ["tfSetfAuth"]
    canonical(change.to_json())


def test_a_value_that_json_does_not_know_is_a_fault_of_the_program() -> None:
    with pytest.raises(TypeError):
        effects.SettingChange(path="", account=A, name="x", value=1.5).to_json()  # type: ignore[arg-type]


def inspection() -> Inspection:
    return Inspection(
        proposal_id="00", body_hash="11", network="xrpl:0", account=A, encoding="xrpl-blob", body="1200",
        mode="multi", type="Payment", tx_id=None, sequence=Slot("ticket", "7"), expiry=Expiry("ledger", "99"),
        fee=AssetAmount(XRP, "0.00003"),
        effects=(effects.FeePaid(path="", account=A, asset=XRP, amount="0.00003", worst_case="0.00003"),),
        legs=(), texts=(), signing=Signing("xrpl-multi", None),
        signatures=(InspectedSignature(A, "02AA", "30", "xrpl-multi", None, None, "why"),),
        warnings=(Warning("TEXT_BIDI", "Turned text.", "Memos[0]"),),
    )  # fmt: skip


def test_the_result_of_inspect() -> None:
    result = inspection().to_json()
    assert set(result) == {
        *("proposal_id", "body_hash", "network", "account", "encoding", "mode", "type", "tx_id", "sequence"),
        *("expiry", "fee", "effects", "signing", "signatures", "warnings"),
    }
    assert result["sequence"] == {"kind": "ticket", "value": "7"}
    assert result["expiry"] == {"kind": "ledger", "value": "99"}
    assert result["fee"] == {"asset": XRP, "amount": "0.00003"}
    assert result["signing"] == {"scheme": "xrpl-multi", "digest": None}
    assert result["signatures"] == [
        {
            "signer": A,
            "public_key": "02AA",
            "signature": "30",
            "scheme": "xrpl-multi",
            "valid": None,
            "key_is_master": None,
            "reason": "why",
        }
    ]
    assert result["warnings"] == [{"code": "TEXT_BIDI", "message": "Turned text.", "path": "Memos[0]"}]
    assert dataclasses.replace(inspection(), expiry=None).to_json()["expiry"] is None


def test_signing_names_only_what_there_is() -> None:
    full = Signing("xrpl-multi", "AB", signing_data="CD", signer=A)
    assert full.to_json() == {"scheme": "xrpl-multi", "digest": "AB", "signing_data": "CD", "signer": A}


def test_a_warning_is_put_in_front() -> None:
    warned = inspection().with_warning(Warning("NETWORK_ASSUMED", "xrpl:0"))
    assert [warning.code for warning in warned.warnings] == ["NETWORK_ASSUMED", "TEXT_BIDI"]


def test_the_proposal_id_is_a_hash_over_sorted_members() -> None:
    text = f'{{"account":"{A}","body":"1200","encoding":"xrpl-blob","network":"xrpl:0"}}'
    expected = hashlib.sha256(text.encode("ascii")).hexdigest()
    assert proposal_id(network="xrpl:0", account=A, encoding="xrpl-blob", body="1200") == expected
    assert hash_bytes(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
