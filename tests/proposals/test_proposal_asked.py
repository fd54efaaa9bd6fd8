"""Whose signature a proposal waits for."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk

from signer_app.core.statements import Halt
from signer_app.proposals.asked import Asked, signers_of

NETWORK = "xrpl:63456"
TREASURY, INNER, ELSE = f"{NETWORK}:rTreasury", f"{NETWORK}:rInner", f"{NETWORK}:rElse"
MINE, SECOND, OTHER = f"{NETWORK}:rMine", f"{NETWORK}:rSecond", f"{NETWORK}:rOther"
ID = "ab" * 32


def proposal(**more: Any) -> dict[str, Any]:
    base = {
        "proposal_id": ID, "network": NETWORK, "account": TREASURY, "state": "PENDING", "proposer": "alice",
        "effects": [{"kind": "Transfer", "account": INNER}], "signatures": [{"signer": OTHER}],
    }  # fmt: skip
    return {**base, **more}


def halt(*accounts: str) -> Halt:
    """A halt as it is kept; whether it counts was decided when it came."""
    return Halt.model_construct(accounts=[*accounts] or None)


BOB = Asked("bob", frozenset({MINE, SECOND}))


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ({}, True),
        ({"signatures": []}, True),
        ({"signatures": [{"signer": MINE}]}, False),  # one signature of a person counts
        ({"signatures": [{"signer": OTHER}, {"signer": SECOND}]}, False),
        ({"proposer": "bob"}, False),
        ({"network": "stellar:testnet"}, False),
        ({"network": "xrpl:6345"}, False),
        *(({"state": state}, False) for state in ("READY", "DENIED", "REJECTED", "SUBMITTED", "EXPIRED")),
    ],
)
def test_it_waits_for_who_can_sign_and_did_not(more: dict[str, Any], waits: bool) -> None:
    assert BOB.waits(proposal(**more)) is waits
    assert not Asked("bob").waits(proposal(**more)), "a person without a key"


def test_it_waits_for_nobody_whose_devices_cannot_sign_it() -> None:
    def unable(*signers: str) -> Asked:
        return Asked(
            "bob", BOB.signers, unable=lambda identifier: frozenset(signers if identifier == ID else ())
        )

    assert unable(SECOND).can_sign(proposal()) == {MINE}
    assert unable(SECOND).waits(proposal())
    assert not unable(MINE, SECOND).waits(proposal())
    assert unable(MINE, SECOND).waits(proposal(proposal_id="cd" * 32))


def test_it_does_not_wait_for_who_said_no() -> None:
    assert not Asked("bob", BOB.signers, rejected=frozenset({ID})).waits(proposal())
    assert Asked("bob", BOB.signers, rejected=frozenset({"cd" * 32})).waits(proposal())


@pytest.mark.parametrize(
    ("stopped", "waits"), [((), False), ((TREASURY,), False), ((ELSE, INNER), False), ((ELSE,), True)]
)
def test_it_waits_for_nobody_while_a_halt_stands(stopped: tuple[str, ...], waits: bool) -> None:
    asked = Asked("bob", BOB.signers, halts=(halt(ELSE), halt(*stopped)))
    assert (asked.waits(proposal()), asked.halted(proposal())) == (waits, not waits)
    assert not BOB.halted(proposal())


def test_what_a_workspace_answers(bob: Desk) -> None:
    bob.take("100")
    assert [bob.reading.needing(name) for name in ("bob", "carol", "nobody")] == [1, 1, 0]
    assert bob.reading.needing("alice") == 0, "what somebody proposed does not need her"
    signed = bob.signed("150")
    assert [bob.reading.needing(name) for name in ("bob", "carol")] == [1, 2]
    denied = bob.take("120")
    assert bob.reading.needing("bob") == 2
    bob.service.reject(denied.id, "no")
    assert [bob.reading.needing(name) for name in ("bob", "carol")] == [1, 2]
    bob.service.halts.halt("stop")
    assert bob.queries.proposal(signed.id).state == "PENDING", "nobody has judged it since"
    assert bob.reading.needing("carol") == 0, "nobody can sign what is halted"
    bob.service.verify(signed.id)
    assert bob.queries.proposal(signed.id).state == "DENIED"
    assert bob.reading.needing("carol") == 0


def test_without_a_policy_nobody_has_a_key() -> None:
    assert signers_of(None, "bob") == frozenset()
