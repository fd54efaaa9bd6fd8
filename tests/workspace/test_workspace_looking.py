"""Looking only: beside a writer in another process, without a byte written; whatever writes is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from offices import SECRETS, Offices
from second_program import Writer, everything, writing

from signer_app.core.config import read_profile
from signer_app.core.errors import ConflictError, CountersignError, IntegrityError
from signer_app.journal.states import Head
from signer_app.journal.trust import LOOKING
from signer_app.journal.verifying import verify
from signer_app.signers.port import KeyInfo
from signer_app.workspace import Workspace, verify_with_vault
from signer_app.workspace.journal import full_check


def look(offices: Offices, name: str = "alice", **options: Any) -> Workspace:
    return Workspace.look(
        offices.folder(name), passphrase=bytearray(SECRETS[f"{name}.vault"].encode()), **options
    )


def look_around(opened: Workspace) -> dict[str, Any]:
    """What pages and reading commands ask."""
    listed = opened.reading.proposals(None)
    for item in listed["proposals"]:  # type: ignore[union-attr]
        opened.reading.proposal(str(item["proposal_id"]))  # type: ignore[index, call-overload]
    opened.reading.policies()
    opened.listing.rows()
    opened.drafts.list()
    opened.book.list()
    opened.accounts.list()
    opened.reading.records()
    assert full_check(opened).run().state.sound
    return opened.describe()


def test_nothing_in_the_folder_changes_while_nobody_works_in_it(offices: Offices) -> None:
    identifier = offices.pay("alice")
    with offices.open("alice") as opened:
        opened.drafts.save("payment", {"to": "acme"})
        expected = opened.describe()
    folder = offices.folder("alice")
    folder.chmod(0o755)  # opening it for work would put this right
    before = everything(folder)
    with look(offices) as opened:
        described = look_around(opened)
        assert opened.reading.proposal(identifier)["state"] == "PENDING"
        assert opened.prove_record(0)
        assert opened.follow() == 0
    assert everything(folder) == before
    assert {**described, "records": 0} == {**expected, "records": 0}


def test_a_writer_in_another_process_goes_on_and_what_it_writes_is_seen(offices: Offices) -> None:
    folder = offices.folder("alice")
    known = offices.pay("alice")
    other = offices.pay("bob", "77")
    with offices.open("bob") as opened:
        body = str(opened.reading.proposal(other)["body"])
    with writing(offices, "alice") as writer:
        with pytest.raises(ConflictError) as locked:
            offices.open("alice")
        assert locked.value.code == "WORKSPACE_LOCKED"
        before = everything(folder)
        with look(offices) as opened:
            look_around(opened)
            assert everything(folder) == before
            assert opened.journal.size == writer.size
            assert opened.journal.trouble == LOOKING
            for number in range(150):  # past the head that is stored every 100 records
                writer.do(f"step {number}")
            size = writer.do(f"payment {body} {offices.team.treasury}")
            seen = opened.journal.size
            before = everything(folder)
            assert opened.follow() == size - seen
            assert opened.follow() == 0
            assert opened.describe()["records"] == size
            assert opened.reading.records(index=size - 5)["records"]
            assert {known, other} <= {row.id for row in opened.listing.rows()}
            assert full_check(opened).run().records == size
            assert everything(folder) == before
            writer.do("after the look")
        secret = bytearray(SECRETS["alice.vault"].encode())
        assert verify_with_vault(folder, folder / "logs", secret, ())["state"] == "INTACT"
        writer.end()
    with offices.open("alice") as opened:
        assert other in {row.id for row in opened.listing.rows()}
    assert verify(folder / "logs").to_json()["state"] == "INTACT"


def test_a_look_outlives_the_writer_and_sees_the_next(offices: Offices) -> None:
    with writing(offices, "alice") as first:
        opened = look(offices)
        first.do("one")
        first.end()
    with writing(offices, "alice") as second:
        size = second.do("two")
        opened.follow()
        assert opened.journal.size == size
    opened.close()


@pytest.mark.parametrize("lost", ["nothing", "store", "marks"])
def test_after_a_crash_the_journal_counts_and_nothing_is_repaired(offices: Offices, lost: str) -> None:
    folder, secret = offices.folder("alice"), SECRETS["alice.vault"]
    offices.pay("alice")
    writer = Writer(folder, secret)
    size = writer.do("the last that was whole")
    writer.process.kill()
    writer.process.wait()
    writer.process.stdin.close()  # type: ignore[union-attr]
    writer.process.stdout.close()  # type: ignore[union-attr]
    assert (folder / "store.db-wal").exists()
    if lost == "store":
        for path in folder.glob("store.db*"):
            path.unlink()
    if lost == "marks":
        (folder / "store.db-shm").unlink()
    with (folder / "logs/audit-events.jsonl").open("ab") as stream:
        stream.write(b'{"v":1,"i":')
    before = everything(folder)
    with look(offices) as opened:
        assert opened.journal.size == size
        assert len(opened.listing.rows()) == 1
        look_around(opened)
    assert everything(folder) == before
    with offices.open("alice") as opened:
        assert opened.journal.recovered is not None


def key_of(offices: Offices) -> KeyInfo:
    """Alice's, as her key process would name it."""
    pair = offices.team.people["alice"].pair
    address = pair.account.rpartition(":")[2]
    return KeyInfo("alice-xrp", "chain", "secp256k1", pair.public_key, {"xrpl": address})


WRITES: dict[str, Callable[[Workspace, Offices, str], object]] = {
    "journal": lambda w, _o, _i: w.rooms.record("note", {"text": "x"}),
    "blob": lambda w, _o, _i: w.journal.put_blob(b"new", "text/plain"),
    "epoch": lambda w, _o, _i: w.journal.rotate_epoch("full"),
    "device key": lambda w, _o, _i: w.journal.add_device_key("dora", bytes(32)),
    "head": lambda w, _o, _i: w._heads.keep(Head(0, "0" * 64)),
    "vault": lambda w, _o, _i: w.vault.put("head", None),
    "passphrase": lambda w, _o, _i: w.vault.change_passphrase(bytearray(b"other")),
    "unlock": lambda w, o, _i: w.unlock_keys(o.opener("alice")),
    "sign": lambda w, o, i: w.proposals.sign(i, key_of(o)),
    "reject": lambda w, _o, i: w.proposals.reject(i, "no"),
    "export": lambda w, _o, i: w.proposals.export(i, "countersign"),
    "verify": lambda w, _o, i: w.proposals.verify(i),
    "submit": lambda w, _o, i: w.proposals.submit(i),
    "halt": lambda w, _o, _i: w.proposals.halts.halt("stop", ()),
    "draft": lambda w, _o, _i: w.drafts.save("payment", {"to": "acme"}),
    "broken drafts": lambda w, _o, _i: w.drafts.reset(),
    "labels": lambda w, o, _i: w.nodes.set_labels({o.team.treasury: "Treasury"}),
    "node": lambda w, _o, _i: w.nodes.remove("node-0"),
    "new node": lambda w, o, _i: w.nodes.add(
        read_profile(
            {"id": "node-9", "operator": "nine", "network": "xrpl:63456", "url": "http://127.0.0.1:1",
             "ws": None, "roles": ["read"]}
        )
    ),
    "confirm": lambda w, _o, _i: w.nodes.confirm(),
    "auditor's bundle": lambda w, _o, _i: w.reading.bundle(w.directory / "logs"),
}  # fmt: skip


def test_whatever_writes_is_refused_with_one_code(offices: Offices) -> None:
    identifier = offices.pay("alice")
    folder = offices.folder("alice")
    before = everything(folder)
    with look(offices) as opened:
        nodes = opened.nodes.describe()
        for name, write in WRITES.items():
            said = "written"
            try:
                write(opened, offices, identifier)
            except CountersignError as error:
                said = error.code
            assert (name, said) == (name, "READ_ONLY")
        assert opened.nodes.describe() == nodes
        assert opened.journal.trouble == LOOKING
    assert everything(folder) == before


def test_a_sent_payment_is_not_offered_again_by_who_looks(offices: Offices) -> None:
    identifier = offices.ready()
    with offices.open("carol") as opened:
        opened.unlock_keys(offices.opener("carol"))
        opened.proposals.submit(identifier)
    handed: list[object] = []
    with look(offices, "carol") as opened:
        real = opened.rooms.ledger

        def ledger(network: str) -> Any:
            reader = real(network)
            object.__setattr__(reader, "submit", handed.append)
            return reader

        opened.rooms.ledger = ledger
        with pytest.raises(ConflictError) as refused:
            opened.proposals.submit(identifier)
    assert refused.value.code == "READ_ONLY"
    assert handed == []


def test_a_journal_that_is_not_intact_is_not_looked_at(offices: Offices, tmp_path: Path) -> None:
    log = offices.folder("alice") / "logs/audit-events.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b'"i":3,', b'"i":4,', 1))
    with pytest.raises(IntegrityError) as changed:
        look(offices)
    assert changed.value.code == "JOURNAL_BROKEN"
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:-3]))  # older than the vault's head
    with pytest.raises(IntegrityError) as older:
        look(offices)
    assert older.value.details["state"] == "ROLLBACK"


def test_a_folder_that_is_none_and_a_wrong_passphrase(offices: Offices, tmp_path: Path) -> None:
    with pytest.raises(CountersignError) as none:
        Workspace.look(tmp_path, passphrase=bytearray(b"x"))
    assert none.value.code == "NOT_A_WORKSPACE"
    with pytest.raises(CountersignError) as wrong:
        Workspace.look(offices.folder("alice"), passphrase=bytearray(b"x"))
    assert wrong.value.code == "VAULT_PASSPHRASE_WRONG"
