"""Policies to start from: each is data that fills to a policy which the strict reader and the engine take."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from signer_app.core.errors import CountersignError, MalformedError, NotFoundError
from signer_app.core.resources import resource
from signer_app.policy.document import read_policy
from signer_app.policy.engine import compile_policy
from signer_app.policy.templates import (
    IDS,
    AssetLimit,
    Filling,
    Receiver,
    explain,
    fill,
    template,
    templates,
)
from signer_app.policy.words import rules_in_words

NOW = datetime(2026, 11, 20, 12, 0, 0, 500, tzinfo=UTC)
NETWORK = "xrpl:0"
HOLDER = f"{NETWORK}:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
ISSUER = "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"
XRP = f"{NETWORK}/slip44:144"


def filling(roles: list[str], **changes: Any) -> Filling:
    people = [
        {"id": f"p{n}", "name": f"P{n}", "roles": [role], "device_keys": [f"ed25519:{n:064x}"],
         "suspended": False}
        for n, role in enumerate(roles, 1)
    ]  # fmt: skip
    usual: dict[str, Any] = {
        "org": "acme", "networks": (NETWORK,), "people": people, "keys": [], "accounts": [("main", HOLDER)],
        "assets": [AssetLimit(XRP, "XRP", "100", "300")],
    }  # fmt: skip
    return Filling(**{**usual, **changes})


ROLES = {"small-team": ["finance"] * 3, "treasury": ["finance"] * 3 + ["security"] * 2}
ROLES["reserve"] = ROLES["treasury"]


def test_every_file_is_offered() -> None:
    assert [found.id for found in templates()] == list(IDS)
    assert {path.stem for path in Path(resource("policies")).glob("*.yaml")} == set(IDS)


@pytest.mark.parametrize("name", IDS)
def test_each_fills_to_a_policy(name: str) -> None:
    chosen = template(name)
    assert len(ROLES[name]) == chosen.people
    assert set(ROLES[name]) == set(chosen.roles)
    receivers = [Receiver("custody", f"{NETWORK}:{ISSUER}", "17")]
    text = fill(chosen, filling(ROLES[name], receivers=receivers), NOW)
    document = read_policy(text.encode())
    compile_policy(document)
    assert (document.version, document.body.org) == (1, "acme")
    assert "$" not in text
    kinds = [rule.kind for rule in document.rules]
    assert {"allow", "tx_cap", "rolling_cap", "destinations", "quorum", "expiry", "lookalike"} <= set(kinds)
    (entry,) = document.body.address_book
    waits = (entry.active_after - entry.added_at).total_seconds() / 3600
    assert waits == chosen.receiver_wait_hours > 0
    told = "\n".join(explain(document))
    assert "Changing it needs" in told
    assert f"Receiver custody: {NETWORK}:{ISSUER}, tag 17." in told
    for account in document.body.accounts:
        assert account.account in told
    for person in document.body.people:
        assert f"{person.id} (" in told
    for said in rules_in_words(document):
        assert f"{said.id}: {said.sentence}" in told, "who votes reads every rule in words"
    assert not any(kind in told for kind in ("tx_cap", "rolling_cap", "text_safety"))


def test_a_long_address_book_is_told_in_part() -> None:
    receivers = [Receiver(f"r{n}", f"{NETWORK}:{ISSUER}", str(n)) for n in range(25)]
    document = read_policy(
        fill(template("small-team"), filling(ROLES["small-team"], receivers=receivers), NOW).encode()
    )
    told = explain(document)
    assert sum(line.startswith("Receiver ") for line in told) == 20
    assert "5 more receivers, in the file." in told


def test_every_asset_has_its_own_limits() -> None:
    usd = f"{NETWORK}/iou:0000000000000000000000005553440000000000.{ISSUER}"
    assets = [AssetLimit(XRP, "XRP", "100", "300"), AssetLimit(usd, "USD", "5000.50", "9000")]
    document = read_policy(
        fill(template("small-team"), filling(ROLES["small-team"], assets=assets), NOW).encode()
    )
    caps = {str(rule.asset): str(rule.max) for rule in document.rules if rule.kind == "tx_cap"}  # type: ignore[attr-defined]
    assert caps == {XRP: "100", usd: "5000.50"}
    assert len({rule.id for rule in document.rules}) == len(document.rules)


def test_without_a_wait_a_receiver_can_be_paid_at_once() -> None:
    receivers = [Receiver("custody", f"{NETWORK}:{ISSUER}")]
    text = fill(template("treasury"), filling(ROLES["treasury"], receivers=receivers, may_wait=False), NOW)
    (entry,) = read_policy(text.encode()).body.address_book
    assert entry.active_after == entry.added_at


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": ["finance"]},
        {"roles": ["treasurer"] * 3},
        {"assets": [AssetLimit(XRP, "XRP", "much", "300")]},
        {"assets": [AssetLimit(XRP, "XRP", "0", "300")]},
        {"receivers": [Receiver("custody", f"{NETWORK}:rNotAnAddress")]},
    ],
    ids=["too few people", "other roles", "no amount", "nothing", "address"],
)
def test_what_does_not_fit_is_named(changes: dict[str, Any]) -> None:
    roles = changes.pop("roles", ROLES["small-team"])
    with pytest.raises(MalformedError) as caught:
        fill(template("small-team"), filling(roles, **changes), NOW)
    assert ":" in caught.value.message


def test_another_name_is_no_template() -> None:
    with pytest.raises(CountersignError) as caught:
        template("../policies/treasury")
    assert isinstance(caught.value, NotFoundError)
