"""Signing with a device that a person reads: who can, what is judged twice, what an interrupt leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import NETWORK, Desk, Team

from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.core.canonical import canonical
from signer_app.core.errors import DeniedError, SignerError
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.proposals.able import Unable, able_signers, refuse_unable
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.port import SigningKey

NO = ["DEV_UNSUPPORTED"]


@pytest.fixture
def proposal(bob: Desk) -> Proposal:
    return bob.take()


def policy(team: Team, **rows: dict[str, Any]) -> PolicyDocument:
    """The team's policy with changes in the key rows of people."""
    value = team.policy()
    for row in value["keys"]:
        row.update(rows.get(row["person"], {}))
    return read_policy(canonical(value))


def reasons(document: PolicyDocument, proposal: Proposal) -> dict[str, list[str]]:
    listed: list[Any] = able_signers(document, proposal)
    for row in listed:
        assert row["able"] is not bool(row["reasons"])
        assert all(reason["message"] for reason in row["reasons"])
    return {row["person"]: [reason["code"] for reason in row["reasons"]] for row in listed}


def with_body(proposal: Proposal, **fields: Any) -> Proposal:
    """The same proposal about another transaction of the treasury."""
    base = {
        "Account": proposal.account.rpartition(":")[2], "Fee": "60", "Sequence": 77, "SigningPubKey": "",
        "NetworkID": int(NETWORK.partition(":")[2]), "Flags": 0x80000000,
    }  # fmt: skip
    return replace(proposal, body=write_transaction(base | fields).hex().upper())


# -- who can sign these bytes ------------------------------------------------------------------------------


def test_everybody_can_sign_a_payment_but_who_has_a_trezor(team: Team, proposal: Proposal) -> None:
    document = policy(team, alice={"backend": "ledger"}, carol={"backend": "trezor"})
    assert reasons(document, proposal) == {"alice": [], "bob": [], "carol": NO}


def test_nine_members_are_too_many_for_a_ledger(team: Team, proposal: Proposal) -> None:
    members = sorted(xrpl_keys.generate("secp256k1").address for _ in range(9))
    entries = [{"SignerEntry": {"Account": member, "SignerWeight": 1}} for member in members]
    document = policy(team, alice={"backend": "ledger"})
    for count, codes in ((8, []), (9, ["DEV_TOO_LARGE"])):
        listed = with_body(
            proposal, TransactionType="SignerListSet", SignerQuorum=2, SignerEntries=entries[:count]
        )
        assert reasons(document, listed) == {"alice": codes, "bob": [], "carol": []}


def test_a_regular_key_on_a_ledger_cannot_multi_sign(team: Team, proposal: Proposal) -> None:
    regular = xrpl_keys.generate("secp256k1").public_key
    document = policy(team, alice={"backend": "ledger", "public_key": regular})
    assert reasons(document, proposal)["alice"] == NO


def test_an_ed25519_key_on_a_ledger_cannot_sign(team: Team, proposal: Proposal) -> None:
    """Bob's key is one."""
    assert team.people["bob"].pair.curve == "ed25519"
    assert NO[0] in reasons(policy(team, bob={"backend": "ledger"}), proposal)["bob"]


def test_keys_for_other_purposes_and_networks_are_not_listed(team: Team, proposal: Proposal) -> None:
    document = policy(team, alice={"purpose": "anchor"})
    assert set(reasons(document, proposal)) == {"bob", "carol"}
    elsewhere = replace(proposal, network="xrpl:1")
    assert reasons(policy(team), elsewhere) == {}


def test_what_was_found_of_bytes_is_remembered(team: Team, proposal: Proposal) -> None:
    document, read = policy(team, alice={"backend": "ledger"}, carol={"backend": "trezor"}), []

    def body_of(identifier: str) -> str:
        read.append(identifier)
        return proposal.body

    known = Unable(body_of)
    carol = team.people["carol"].account
    for _ in range(2):
        assert known.of(document, "carol")(proposal.id) == {carol}
        assert known.of(document, "alice")(proposal.id) == frozenset()
        assert known.of(document, "bob")(proposal.id) == frozenset()
    assert read == [proposal.id] * 2, "once for each device, never for a sealed key"
    assert known.of(None, "carol")(proposal.id) == frozenset()


def test_verify_lists_them_too(bob: Desk, proposal: Proposal) -> None:
    listed: list[Any] = bob.service.able_signers(proposal.id)
    assert [(row["person"], row["able"]) for row in listed] == [
        ("alice", True), ("bob", True), ("carol", True)
    ]  # fmt: skip
    assert set(listed[0]) == {"signer", "person", "device", "backend", "tier", "able", "reasons"}


# -- signing -----------------------------------------------------------------------------------------------


def device_key(
    desk: Desk, *, backend: str = "keystore", connect: Callable[[], Any] | None = None
) -> SigningKey:
    """Bob's key as if it were on a device."""
    assert desk.keystore is not None
    keystore, key = desk.keystore, desk.keystore.key()
    return SigningKey(
        id=key.id, account=desk.owner.account, public_key=key.public_key, backend=backend,
        device="ledger-7", asks_person=True, connect=connect or (lambda: keystore),
    )  # fmt: skip


def sign(desk: Desk, proposal: Proposal, key: SigningKey) -> dict[str, Any]:
    return dict(desk.service.sign_on_device(proposal.id, lambda _network: key))


def signing_records(desk: Desk) -> list[tuple[str, str | None]]:
    kinds = ("sign.intent", "sign.failed", "sign.released", "signature.quarantined")
    return [(record["type"], record.get("code")) for record in desk.records(*kinds)]


def test_the_record_names_the_device_of_the_policy(bob: Desk, proposal: Proposal) -> None:
    result = sign(bob, proposal, device_key(bob))
    (released,) = bob.records("sign.released")
    assert (released["device"], released["index"]) == ("ledger-7", result["journal"]["index"])


def test_who_cannot_sign_is_refused_before_anything_is_connected(bob: Desk, proposal: Proposal) -> None:
    def connect() -> Any:
        raise AssertionError("nothing may be asked")

    key = device_key(bob, backend="trezor", connect=connect)
    with pytest.raises(SignerError) as caught:
        sign(bob, proposal, key)
    assert caught.value.code == NO[0]
    assert caught.value.details["reasons"]
    with pytest.raises(SignerError):
        refuse_unable(proposal, key)
    assert signing_records(bob) == []


def test_a_device_that_cannot_be_reached_leaves_no_intent(bob: Desk, proposal: Proposal) -> None:
    def connect() -> Any:
        raise SignerError("gone", code="DEV_NOT_FOUND")

    with pytest.raises(SignerError):
        sign(bob, proposal, device_key(bob, connect=connect))
    assert signing_records(bob) == []


def test_an_interrupt_while_the_person_reads_is_the_end_of_the_intent(bob: Desk, proposal: Proposal) -> None:
    assert bob.keystore is not None

    def interrupt() -> None:
        raise KeyboardInterrupt

    bob.keystore.before_sign = interrupt
    with pytest.raises(KeyboardInterrupt):
        sign(bob, proposal, device_key(bob))
    assert signing_records(bob) == [("sign.intent", None), ("sign.failed", "DEV_CANCELLED")]
    bob.keystore.before_sign = lambda: None
    assert sign(bob, proposal, device_key(bob))["state"] == "PENDING"


def test_a_second_policy_that_denies_while_the_person_reads(bob: Desk, proposal: Proposal) -> None:
    """The signature that comes back is quarantined, whatever the person said on the device."""
    assert bob.keystore is not None
    stricter = bob.team.policy(version=2, prev=bob.policies.in_force(bob.team.clock()).document.hash)
    for rule in stricter["rules"]:
        if rule["id"] == "cap":
            rule["max"] = "1"
    bob.keystore.before_sign = lambda: bob.activate(stricter) and None
    with pytest.raises(DeniedError) as caught:
        sign(bob, proposal, device_key(bob))
    assert caught.value.details["codes"] == ["TX_CAP"]
    assert signing_records(bob) == [
        ("sign.intent", None), ("signature.quarantined", None), ("sign.failed", "POLICY_DENIED"),
    ]  # fmt: skip
    assert bob.get(proposal.id).signatures == ()
    (record,) = bob.records("signature.quarantined")
    assert [entry["code"] for entry in record["entries"]] == ["POLICY_DENIED"]
