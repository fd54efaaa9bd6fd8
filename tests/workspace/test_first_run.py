"""Setting up for real: the steps before a folder exists, and those over the workspace until the end.

One person sets everything up on a practice ledger; two others enrol and vote by files, as they would by mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ledger_process import Bank, LedgerProcess

from signer_app.core.canonical import canonical
from signer_app.core.errors import ConflictError, CountersignError, MalformedError, NotFoundError, UsageError
from signer_app.policy.templates import AssetLimit, Receiver
from signer_app.signers.keystore.client import open_keystore
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.workspace import Workspace, create_workspace, enrolment, first_run, first_steps
from signer_app.workspace.first_problems import asset_of
from signer_app.workspace.first_run import FirstRun
from signer_app.workspace.first_steps import AFTER, BEFORE, SETUP, Plan, PlanFile

NETWORK = "xrpl:63456"
SECRET = b"violet anchor seven"


# -- the table ----------------------------------------------------------------------------------------------


def test_every_step_leads_on_and_back_and_none_behind_the_making() -> None:
    order = (*BEFORE, *AFTER)
    assert tuple(SETUP.words) == order
    for here, there in pairwise(order):
        assert SETUP.allows(here, there)
        if there not in ("KEYS", "ACTIVE"):
            assert SETUP.allows(there, here)
    assert not any(SETUP.allows(made, planned) for made in AFTER for planned in BEFORE)
    assert SETUP.final == {"ACTIVE"}


# -- before the workspace exists ----------------------------------------------------------------------------


def plan(tmp_path: Path, **changes: str) -> Plan:
    usual = {"step": "PASSPHRASES", "network_class": "practice", "org": "acme", "person": "alice",
             "roles": "finance, lead, finance", "folder": str(tmp_path / "alice")}  # fmt: skip
    return Plan(**{**usual, **changes})


def test_a_plan_goes_on_only_when_it_is_complete(tmp_path: Path) -> None:
    first = Plan()
    with pytest.raises(UsageError):
        first.go("PERSON")
    second = replace(first, network_class="testnet").go("PERSON")
    with pytest.raises(UsageError, match="organisation"):
        second.go("PASSPHRASES")
    assert second.go("NETWORK").network_class == "testnet", "going back loses nothing"
    with pytest.raises(ConflictError):
        second.go("KEYS")
    filled = plan(tmp_path, step="PERSON")
    assert filled.go("PASSPHRASES").role_list == ("finance", "lead")


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"org": " "}, "organisation"), ({"person": "a b"}, "id"), ({"person": ""}, "id"),
     ({"folder": "relative"}, "folder"), ({"folder": ""}, "folder")],
)  # fmt: skip
def test_what_is_missing_is_said(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    assert words in plan(tmp_path, step="PERSON", **changes).problem()


def test_a_folder_in_use_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "alice").mkdir()
    assert plan(tmp_path, step="PERSON").problem() == ""
    (tmp_path / "alice" / "letter").write_text("dear")
    assert "not empty" in plan(tmp_path, step="PERSON").problem()


def test_a_plan_survives_the_program_and_holds_no_secret(tmp_path: Path) -> None:
    file = PlanFile(tmp_path / "config" / "first-run.json")
    assert file.load() == Plan()
    kept = plan(tmp_path)
    file.save(kept)
    assert file.load() == kept
    assert not (tmp_path / "alice").exists(), "nothing was made"
    file.forget()
    file.forget()
    assert file.load() == Plan()


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format":"countersign/first-run-plan@1","step":"VOTES"}'])
def test_a_plan_that_cannot_be_read_is_a_new_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    assert PlanFile(tmp_path / "plan.json").load() == Plan()


@pytest.mark.parametrize(
    ("network_class", "first", "again", "words"),
    [
        ("practice", b"", b"", "Type"),
        ("practice", b"a", b"b", "not the same"),
        ("practice", b"a", b"a", ""),
        ("mainnet", b"password", b"password", "too weak"),
        ("mainnet", SECRET + b" lantern gravel", SECRET + b" lantern gravel", ""),
    ],
)
def test_passphrases(network_class: str, first: bytes, again: bytes, words: str) -> None:
    said = first_steps.passphrase_problem(network_class, bytearray(first), bytearray(again))
    assert (words in said) if words else said == ""


def test_the_cost_is_measured_and_never_below_the_default() -> None:
    quick, seconds = first_steps.measured_cost("practice")
    assert (quick.memory_kib, quick.iterations) == (64 * 1024, 3)
    assert seconds > 0
    real, more = first_steps.measured_cost("mainnet")
    assert real.memory_kib >= KdfParameters().memory_kib
    assert more > 0


def test_the_workspace_is_made_with_the_cost_that_was_measured(tmp_path: Path) -> None:
    cost = replace(floor_parameters(), iterations=4)
    made = first_steps.make_workspace(
        plan(tmp_path), vault_passphrase=bytearray(SECRET), key_passphrase=bytearray(b"other words"), kdf=cost
    )
    assert str(made["device_key"]).startswith("ed25519:")
    with Workspace.open(tmp_path / "alice", passphrase=bytearray(SECRET)) as opened:
        assert opened.identity["roles"] == ["finance", "lead"]
        opened.unlock_keys(lambda keys: open_keystore(keys, passphrase=bytearray(b"other words")))
        assert not first_run.unfinished(opened)
    files = [path for path in (tmp_path / "alice").rglob("*.json") if b'"iterations":4' in path.read_bytes()]
    assert len(files) >= 2, "vault and keys"


def test_the_folders_above_a_workspace_are_made(tmp_path: Path) -> None:
    deep = tmp_path / "share" / "workspaces" / "alice"
    first_steps.make_workspace(
        plan(tmp_path, folder=str(deep)), vault_passphrase=bytearray(SECRET),
        key_passphrase=bytearray(SECRET), kdf=floor_parameters(),
    )  # fmt: skip
    assert (deep / "vault.json").is_file()
    (tmp_path / "file").write_text("x")
    with pytest.raises(CountersignError):
        first_steps.make_workspace(
            plan(tmp_path, folder=str(tmp_path / "file" / "alice")), vault_passphrase=bytearray(SECRET),
            key_passphrase=bytearray(SECRET), kdf=floor_parameters(),
        )  # fmt: skip


def test_a_making_that_fails_leaves_no_half_workspace(tmp_path: Path) -> None:
    with pytest.raises(CountersignError):
        first_steps.make_workspace(
            plan(tmp_path),
            vault_passphrase=bytearray(SECRET),
            key_passphrase=bytearray(),
            kdf=floor_parameters(),
        )
    assert list((tmp_path / "alice").iterdir()) == []
    with pytest.raises(ConflictError):
        first_steps.make_workspace(
            plan(tmp_path, step="PERSON"),
            vault_passphrase=bytearray(SECRET),
            key_passphrase=bytearray(SECRET),
            kdf=floor_parameters(),
        )  # fmt: skip


# -- over the workspace -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerProcess]:
    with LedgerProcess(tmp_path_factory.mktemp("ledger")) as running:
        yield running


def opened_for(root: Path, person: str) -> Workspace:
    """A new workspace with open keys."""
    root.mkdir(exist_ok=True)

    def creator(keys: Path, kdf: KdfParameters) -> Any:
        return open_keystore(keys, passphrase=bytearray(SECRET), create=kdf)

    create_workspace(
        root / person, network_class="practice", org="acme", person=person, roles=("finance",),
        passphrase=bytearray(SECRET), create_keystore=creator,
    )  # fmt: skip
    workspace = Workspace.open(root / person, passphrase=bytearray(SECRET))
    workspace.unlock_keys(lambda keys: open_keystore(keys, passphrase=bytearray(SECRET)))
    return workspace


def listed(ledger: LedgerProcess, setup: FirstRun) -> None:
    for number, endpoint in enumerate(ledger.endpoints):
        setup.add_node(node_id=f"node-{number}", operator=endpoint["operator"], url=endpoint["http"])


def test_three_people_set_up_a_treasury(ledger: LedgerProcess, tmp_path: Path) -> None:
    people = {name: opened_for(tmp_path, name) for name in ("alice", "bob", "carol")}
    alice = people["alice"]
    setup = FirstRun(alice)
    assert first_run.unfinished(alice)
    assert setup.read()["step"] == "KEYS"
    with pytest.raises(UsageError, match="enrolment"):
        setup.go("NODES")
    key = setup.make_key()
    assert str(key["id"]) == "alice-xrp"
    assert str(setup.make_key("ed25519")["id"]) == "alice-xrp-2"
    setup.enrol()
    with pytest.raises(ConflictError):
        setup.go("PEOPLE")
    setup.go("NODES")
    with pytest.raises(UsageError, match="Add a node"):
        setup.go("ACCOUNTS")
    listed(ledger, setup)
    with pytest.raises(UsageError, match="Ask the nodes"):
        setup.go("ACCOUNTS")
    setup.add_node(node_id="dead", operator="nobody", url="http://127.0.0.1:9")
    assert setup.test_nodes()["nodes_answered"]["ok"] is False  # type: ignore[index,call-overload]
    with pytest.raises(UsageError, match="remove it"):
        setup.go("ACCOUNTS")
    assert len(setup.remove_node("dead")["nodes"]) == 2  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        setup.remove_node("dead")
    assert setup.test_nodes()["nodes_answered"]["ok"] is True  # type: ignore[index,call-overload]
    setup.go("ACCOUNTS")

    # An account of three signers, read from the ledger.
    bank, others = Bank(ledger), {}
    for name in ("bob", "carol"):
        theirs = FirstRun(people[name])
        theirs.make_key()
        others[name] = theirs.enrol()
    treasury = bank.fund(5_000)
    members = [key["accounts"][0], *(read_signer(data) for data in others.values())]  # type: ignore[index]
    entries = [{"SignerEntry": {"Account": str(m).rpartition(":")[2], "SignerWeight": 1}} for m in members]
    bank.must(treasury, TransactionType="SignerListSet", SignerQuorum=2, SignerEntries=entries)
    with pytest.raises(CountersignError):
        setup.add_account("rrrrrrrrrrrrrrrrrrrrBZbvji", "Nobody")
    shown = setup.add_account(treasury.address, "Treasury")
    (account,) = shown["accounts"]  # type: ignore[misc]
    assert (account["quorum"], len(account["signers"]), account["operators"]) == (2, 3, 2)  # type: ignore[index,call-overload,arg-type]
    assert any("master key" in str(hint) for hint in shown["hints"])  # type: ignore[union-attr]
    setup.go("PEOPLE")
    with pytest.raises(UsageError, match="weight 2"):
        setup.go("DEVICES")
    spoiled = others["bob"].replace(b'"person":"bob"', b'"person":"bobby"')
    with pytest.raises(MalformedError):
        setup.add_enrolment(spoiled)
    for data in others.values():
        setup.add_enrolment(data)
    setup.add_enrolment(others["bob"])
    assert [p["person"] for p in setup.read()["people"]] == ["alice", "carol", "bob"]  # type: ignore[union-attr,index,call-overload]
    setup.go("DEVICES")
    public = str(key["public_key"])
    with pytest.raises(UsageError):
        setup.set_device(public, "safe", "frozen")
    setup.set_device(public, "workstation-bob", "hot")
    assert "workstation-bob" in setup.problem()
    setup.set_device(public, "desk", "warm")

    # Closing loses nothing.
    alice.close()
    alice = people["alice"] = Workspace.open(tmp_path / "alice", passphrase=bytearray(SECRET))
    setup = FirstRun(alice)
    assert (setup.step, len(setup.read()["people"])) == ("DEVICES", 3)  # type: ignore[arg-type]
    assert setup.read()["keys_open"] is False
    setup.go("POLICY")

    # A policy from a template.
    xrp = asset_of("XRP", NETWORK)
    assert "template" in setup.problem()
    with pytest.raises(MalformedError):
        setup.choose_template("treasury", assets=[AssetLimit(xrp, "XRP", "100", "200")])
    for person in ("alice", "bob", "carol"):
        setup.set_roles(person, ["security" if person == "carol" else "finance"])
    with pytest.raises(MalformedError):
        setup.choose_template("small-team", assets=[AssetLimit(xrp, "XRP", "lots", "200")])
    setup.set_roles("carol", ["finance"])
    read = setup.choose_template(
        "small-team", assets=[AssetLimit(xrp, "XRP", "100", "200")],
        receivers=[Receiver("custody", f"{NETWORK}:{bank.fund(100).address}")],
    )  # fmt: skip
    assert "device: desk" in str(read["policy"])
    assert read["missing"] == ["alice", "bob", "carol"]
    setup.go("VOTES")
    with pytest.raises(UsageError):
        setup.vote()
    alice.unlock_keys(lambda keys: open_keystore(keys, passphrase=bytearray(SECRET)))
    setup.vote()
    with pytest.raises(UsageError, match="bob, carol"):
        setup.activate()

    # The others take the policy as a file and vote for it.
    document = setup.policy_file()
    joiner = FirstRun(people["bob"])
    joiner.go("NODES")
    listed(ledger, joiner)
    joiner.test_nodes()
    joiner.take_policy(document)
    joiner.go("POLICY")
    joiner.go("VOTES")
    joiner.vote()
    assert joiner.read()["policy_hash"] == setup.read()["policy_hash"]
    setup.add_vote(joiner.own_vote())
    carol = people["carol"].vote(document)
    with pytest.raises(MalformedError):
        setup.add_vote(canonical({**carol, "sig": "00" * 64}))
    setup.add_vote(canonical(carol))
    assert setup.read()["missing"] == []

    # Changing what the policy is made from makes the votes void.
    setup.go("POLICY")
    setup.go("DEVICES")
    setup.set_device(public, "desk-2", "warm")
    assert (setup.read()["policy"], setup.read()["votes"]) == ("", [])
    setup.set_device(public, "desk", "warm")
    setup.go("POLICY")
    setup.take_policy(document)
    setup.go("VOTES")
    setup.vote()
    for vote in (joiner.own_vote(), canonical(carol)):
        setup.add_vote(vote)
    active = setup.activate()
    assert active["version"] == 1
    assert not first_run.unfinished(alice)
    with pytest.raises(ConflictError):
        FirstRun(alice)
    assert alice.reading.policies()["in_force"] == active["hash"]
    for workspace in people.values():
        workspace.close()


def read_signer(data: bytes) -> str:
    return enrolment.read_enrolment(data).keys[0].signer


def test_the_key_of_one_person_is_not_taken_for_another(tmp_path: Path) -> None:
    with opened_for(tmp_path, "alice") as workspace:
        setup = FirstRun(workspace)
        setup.make_key()
        setup.enrol()
        with pytest.raises(UsageError):
            setup.remove_person("alice")
        with pytest.raises(NotFoundError):
            setup.set_roles("bob", [])
        with opened_for(tmp_path / "else", "alice") as other, pytest.raises(ConflictError):
            setup.add_enrolment(enrolment.make_enrolment(other, []).to_bytes())


@pytest.mark.parametrize(
    ("text", "asset"),
    [
        ("xrp", "xrpl:63456/slip44:144"),
        ("USD.rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
         "xrpl:63456/iou:0000000000000000000000005553440000000000.rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
        ("xrpl:63456/slip44:144", "xrpl:63456/slip44:144"),
    ],
)  # fmt: skip
def test_assets_as_people_type_them(text: str, asset: str) -> None:
    assert asset_of(text, NETWORK) == asset


def test_what_is_no_asset_is_refused() -> None:
    for text in ("", "USD", "RLUSD.rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "USD."):
        with pytest.raises(MalformedError):
            asset_of(text, NETWORK)
