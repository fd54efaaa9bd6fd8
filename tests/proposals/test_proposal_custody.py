"""Signatures from elsewhere: verified, kept as a set, quarantined with the reason, never lost or doubled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk import Desk, Person, person, signature_file

from signer_app.chains.port import SignerKeys
from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.core.errors import MalformedError, NodeError
from signer_app.proposals.store.queries import Proposal


@pytest.fixture
def proposal(bob: Desk) -> Proposal:
    return bob.take()


@pytest.mark.parametrize("name", ["bob", "carol"])
def test_a_valid_signature_of_either_curve_is_kept(bob: Desk, proposal: Proposal, name: str) -> None:
    """Bob's key is Ed25519, Carol's secp256k1."""
    signer = bob.team.people[name]
    result = bob.add(proposal, signer.sign(proposal.body))
    assert result["added"] == [signer.account]
    assert (result["quarantined"], result["already"], result["state"]) == ([], [], "PENDING")
    (kept,) = bob.get(proposal.id).signatures
    assert (kept.signer, kept.public_key, kept.released_here) == (
        signer.account,
        signer.pair.public_key,
        False,
    )
    (record,) = bob.records("signature.added")
    assert record["signature"] == kept.signature
    assert record["body_hash"] == proposal.body_hash
    assert result["journal"] == {"index": record["index"]}
    payload = chain_of(proposal.network).signing_payload(
        network=proposal.network, body=proposal.body, signer=signer.account, public_key=kept.public_key
    )
    assert record["digest"] == payload.digest.hex().upper()


def test_two_signatures_make_it_ready(bob: Desk, proposal: Proposal) -> None:
    people = bob.team.people
    result = bob.add(proposal, people["bob"].sign(proposal.body), people["carol"].sign(proposal.body))
    assert result["state"] == "READY"
    assert result["quorum"]["ledger"] == {"need": 2, "have": 2}
    assert [group["have"] for group in result["quorum"]["policy"]] == [1, 1]


def test_the_same_file_again_adds_nothing(bob: Desk, proposal: Proposal) -> None:
    signature = bob.team.people["carol"].sign(proposal.body)
    bob.add(proposal, signature)
    (kept,) = bob.get(proposal.id).signatures
    again = bob.add(proposal, signature)
    assert (again["added"], again["already"]) == ([], [signature.signer])
    assert bob.get(proposal.id).signatures == (kept,)
    assert len(bob.records("signature.added", "signature.quarantined")) == 1


def test_another_valid_signature_of_the_same_signer_never_takes_the_place_of_the_first(
    bob: Desk, proposal: Proposal
) -> None:
    """A signer with a regular key has two keys whose signatures are valid."""
    carol, regular = bob.team.people["carol"], xrpl_keys.generate("ed25519")
    bob.team.ledger.keys[carol.account] = SignerKeys(
        carol.account, True, True, f"{proposal.network}:{regular.address}"
    )
    first = carol.sign(proposal.body)
    second = Person("carol", regular, carol.device).sign(proposal.body, signer=carol.account)
    bob.add(proposal, first)
    result = bob.add(proposal, second)
    assert (result["added"], result["already"], result["quarantined"]) == ([], [carol.account], [])
    assert [kept.signature for kept in bob.get(proposal.id).signatures] == [first.signature]


def test_a_signature_by_the_regular_key_is_kept_for_its_account(bob: Desk, proposal: Proposal) -> None:
    carol, regular = bob.team.people["carol"], xrpl_keys.generate("secp256k1")
    bob.team.ledger.keys[carol.account] = SignerKeys(
        carol.account, True, False, f"{proposal.network}:{regular.address}"
    )
    made = Person("carol", regular, carol.device).sign(proposal.body, signer=carol.account)
    assert bob.add(proposal, made)["added"] == [carol.account]
    other = bob.take("50")
    with pytest.raises(MalformedError) as caught:
        bob.add(other, carol.sign(other.body))  # the master key is switched off
    assert caught.value.details["quarantined"][0]["code"] == "NOT_A_SIGNER"


def refusals(bob: Desk, proposal: Proposal) -> dict[str, tuple[Signature, str]]:
    """Signatures that must not be kept, each with its code."""
    carol, stranger = bob.team.people["carol"], person("mallory")
    good = carol.sign(proposal.body)
    other = bob.take("99")
    return {
        "of other bytes": (carol.sign(other.body), "SIGNATURE_INVALID"),
        "one bit changed": (
            replace(good, signature=good.signature[:-1] + ("0" if good.signature[-1] != "0" else "1")),
            "SIGNATURE_INVALID",
        ),
        "no hex": (replace(good, signature="not hex at all"), "SIGNATURE_INVALID"),
        "empty": (replace(good, signature=""), "SIGNATURE_INVALID"),
        "under another key": (
            replace(good, public_key=stranger.pair.public_key),
            "SIGNATURE_INVALID",
        ),
        "of another scheme": (replace(good, scheme="xrpl-single"), "SIGNATURE_INVALID"),
        "of another network": (
            replace(good, signer=good.signer.replace("xrpl:63456", "xrpl:0")),
            "SIGNATURE_INVALID",
        ),
        "of nobody's account": (replace(good, signer="nobody"), "SIGNATURE_INVALID"),
        "by a stranger": (stranger.sign(proposal.body), "NOT_A_SIGNER"),
        "by a stranger in carol's name": (
            stranger.sign(proposal.body, signer=carol.account),
            "NOT_A_SIGNER",
        ),
    }


CASES = (
    "of other bytes", "one bit changed", "no hex", "empty", "under another key", "of another scheme",
    "of another network", "of nobody's account", "by a stranger", "by a stranger in carol's name",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_fit_is_quarantined_with_its_reason(bob: Desk, proposal: Proposal, case: str) -> None:
    signature, code = refusals(bob, proposal)[case]
    with pytest.raises(MalformedError) as caught:
        bob.add(proposal, signature)
    assert (caught.value.code, caught.value.exit_code) == ("BAD_SIGNATURE", 3)
    (fate,) = caught.value.details["quarantined"]
    assert fate["code"] == code
    assert fate["reason"]
    (kept,) = bob.queries.quarantine(proposal.id)
    assert (kept["signer"], kept["signature"], kept["code"]) == (
        signature.signer,
        signature.signature,
        code,
    )
    assert bob.get(proposal.id).signatures == ()
    assert not bob.records("signature.added")


def test_the_cases_above_are_all_tried(bob: Desk, proposal: Proposal) -> None:
    assert set(CASES) == set(refusals(bob, proposal))


def test_a_bad_signature_is_quarantined_once(bob: Desk, proposal: Proposal) -> None:
    signature, _ = refusals(bob, proposal)["by a stranger"]
    for _ in range(3):
        with pytest.raises(MalformedError):
            bob.add(proposal, signature)
    assert len(bob.queries.quarantine(proposal.id)) == 1
    assert len(bob.records("signature.quarantined")) == 1


def test_one_file_is_sorted_one_by_one(bob: Desk, proposal: Proposal) -> None:
    people = bob.team.people
    bob.add(proposal, people["bob"].sign(proposal.body))
    bad, _ = refusals(bob, proposal)["by a stranger"]
    result = bob.add(
        proposal, bad, people["bob"].sign(proposal.body), people["carol"].sign(proposal.body),
        people["carol"].sign(proposal.body),
    )  # fmt: skip
    assert result["added"] == [people["carol"].account]
    assert [fate["signer"] for fate in result["quarantined"]] == [bad.signer]
    assert set(result["quarantined"][0]) == {"signer", "code", "reason"}
    assert sorted(result["already"]) == sorted([people["bob"].account, people["carol"].account])
    assert result["state"] == "READY"


def test_a_signature_without_a_public_key_is_quarantined(bob: Desk, proposal: Proposal) -> None:
    made = bob.team.people["carol"].sign(proposal.body)
    file = signature_file(proposal, replace(made, public_key=None))  # type: ignore[arg-type]
    with pytest.raises(MalformedError) as caught:
        bob.service.add_signatures(proposal.id, file)
    assert caught.value.details["quarantined"][0]["code"] == "SIGNATURE_INVALID"
    assert caught.value.hint.startswith("They were kept in quarantine.")
    assert bob.queries.is_quarantined(proposal.id, made.signer, made.signature)


def test_a_valid_signature_by_a_key_of_no_person_counts_for_the_ledger_alone(
    bob: Desk, proposal: Proposal
) -> None:
    """CONTRACTS D: it is kept, counts for the ledger's quorum, never for the policy's, and raises ROLE."""
    nobody = person("nobody")
    bob.team.ledger.weights[nobody.account] = 1
    bob.team.ledger.keys[nobody.account] = SignerKeys(nobody.account, True, True, None)
    result = bob.add(proposal, nobody.sign(proposal.body))
    assert result["added"] == [nobody.account]
    assert result["quorum"]["ledger"]["have"] == 1
    assert [group["have"] for group in result["quorum"]["policy"]] == [0, 0]
    assert "ROLE" in bob.queries.verdicts(proposal.id)[-1]["codes"]


def test_without_nodes_a_valid_signature_is_kept_and_judged_later(bob: Desk, proposal: Proposal) -> None:
    bob.team.ledger.down = NodeError("no node answers")
    stranger = person("mallory")
    result = bob.add(proposal, stranger.sign(proposal.body))
    assert result["added"] == [stranger.account], "valid over the bytes; membership is not known now"
    assert result["state"] == "DENIED"
    bob.team.ledger.down = None
    assert bob.service.verify(proposal.id).report.required.ledger_weight == 0


def test_bytes_of_another_transaction_are_refused_whole(bob: Desk, proposal: Proposal) -> None:
    other = bob.take("77")
    size = bob.journal.size
    with pytest.raises(MalformedError) as caught:
        bob.service.add_signatures(
            proposal.id, signature_file(other, bob.team.people["carol"].sign(other.body))
        )
    assert caught.value.code == "BAD_SIGNATURE"
    assert caught.value.details["found"] == other.id
    assert caught.value.hint.startswith("Nothing of it was added or kept.")
    assert bob.journal.size == size
    assert bob.get(proposal.id).signatures == bob.get(other.id).signatures == ()


def test_what_a_file_says_of_device_and_time_is_only_shown(bob: Desk, proposal: Proposal) -> None:
    made = bob.team.people["carol"].sign(proposal.body)
    file = signature_file(proposal, made, device="the queen's own HSM", signed_at="2020-01-01T00:00:00Z")
    bob.service.add_signatures(proposal.id, file)
    (kept,) = bob.get(proposal.id).signatures
    assert kept.device == "the queen's own HSM"
    report = bob.service.verify(proposal.id).report
    assert "SAME_DEVICE" not in report.codes


def test_signatures_of_a_partly_signed_native_transaction_are_taken(bob: Desk, proposal: Proposal) -> None:
    people = bob.team.people
    signatures = [people[name].sign(proposal.body) for name in ("bob", "carol")]
    blob = chain_of(proposal.network).join(
        network=proposal.network, body=proposal.body, signatures=signatures
    )
    result = bob.service.add_signatures(proposal.id, blob.hex().encode())
    assert sorted(result["added"]) == sorted(s.signer for s in signatures)
    assert result["state"] == "READY"
