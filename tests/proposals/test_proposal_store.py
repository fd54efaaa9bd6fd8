"""The store is a projection of the journal: each record once, healed at open, the same when rebuilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, Team, open_desk
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, select, update

from signer_app.core.errors import ConflictError, IntegrityError
from signer_app.core.json_types import JsonObject
from signer_app.core.resources import package_path
from signer_app.proposals.lifecycle import PROPOSAL
from signer_app.proposals.store import tables
from signer_app.proposals.store.projection import Projection
from signer_app.proposals.store.queries import Queries
from signer_app.vault.database import open_database

MIGRATIONS = ("signer_app.proposals.migrations",)
#: In an order in which each refers to none after it.
TABLES = tuple(table.name for table in tables.metadata.sorted_tables)
AT = "2026-11-20T12:00:00Z"
LOG = "ab" * 16


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = open_database(tmp_path_factory.mktemp("store") / "store.db", bytes(32), MIGRATIONS)
    yield opened
    opened.dispose()


@pytest.fixture
def engine(shared: Engine) -> Engine:
    """An empty store."""
    return emptied(shared)


def emptied(engine: Engine) -> Engine:
    with engine.begin() as connection:
        for name in reversed(TABLES):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    return engine


def dump(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with engine.connect() as connection:
        rows = {name: connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in TABLES}
        return {name: sorted(map(tuple, found), key=repr) for name, found in rows.items()}


class Records:
    """A journal as the projection sees it."""

    log_id = LOG

    def __init__(self, records: list[JsonObject]) -> None:
        self.items = records

    @property
    def size(self) -> int:
        return len(self.items)

    def records(self, start: int = 0) -> Iterator[tuple[int, JsonObject]]:
        yield from list(enumerate(self.items))[start:]


# -- tables and migrations ---------------------------------------------------------------------------------


def test_migrations_make_exactly_the_tables_that_the_code_uses(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, tables.metadata)
    assert [d for d in differences if not (d[0] == "remove_table" and d[1].name == "alembic_version")] == []


def test_keys_constraints_and_nullability_are_the_same_too(engine: Engine) -> None:
    """What the comparison above leaves out."""
    found = inspect(engine)
    for table in tables.metadata.sorted_tables:
        primary = found.get_pk_constraint(table.name)["constrained_columns"]
        assert primary == [column.name for column in table.primary_key.columns], table.name
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {
            column.name: bool(column.nullable and not column.primary_key) for column in table.columns
        } or all(columns[c.name] == c.nullable for c in table.columns if not c.primary_key)
        references = {
            (*key["constrained_columns"], key["referred_table"]) for key in found.get_foreign_keys(table.name)
        }
        assert references == {(key.parent.name, key.column.table.name) for key in table.foreign_keys}, (
            table.name
        )


def migrations_up_to(folder: Path, number: int) -> tuple[Path]:
    """The first migrations alone."""
    folder.mkdir()
    for path in package_path(MIGRATIONS[0]).glob("proposals_*.py"):
        if int(path.name.split("_")[1]) <= number:
            shutil.copy(path, folder)
    return (folder,)


def test_a_store_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    """Its column for statements that nobody weighed goes; proposals and what hangs on them stay. Since blobs
    are in the store it is filled again from the journal: it holds nothing then, and knows of no record.
    """
    (first,) = migrations_up_to(tmp_path / "first", 1)
    old = open_database(tmp_path / "store.db", bytes(32), (first,))
    names = ["id", "network", "account", "encoding", "body", "body_hash", "type", "slot_kind", "slot_value",
             "effects", "state", "title", "note", "created_at", "origin", "proposer", "importer", "links",
             "added_at", "updated_at"]  # fmt: skip
    values = {name: "[]" if name in ("effects", "links") else "PENDING" for name in names}
    with old.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO proposals ({', '.join(names)}, added_index, halt) "
            f"VALUES ({', '.join('?' * len(names))}, 3, '{{}}')",
            tuple(values[name] for name in names),
        )
        connection.exec_driver_sql(
            "INSERT INTO rejections (proposal_id, person, reason, at, statement) "
            "VALUES ('PENDING', 'bob', 'no', 'now', '{}')"
        )
        connection.exec_driver_sql("INSERT INTO projection (log_id, applied) VALUES ('log', 4)")
    old.dispose()
    new = open_database(tmp_path / "store.db", bytes(32), migrations_up_to(tmp_path / "second", 2))
    try:
        queries = Queries(new)
        with new.connect() as connection:  # columns of later versions are not there yet
            assert connection.exec_driver_sql("SELECT id FROM proposals").all() == [("PENDING",)]
        assert len(queries.rejections("PENDING")) == 1
        assert queries.halts() == []
        assert "halt" not in {column["name"] for column in inspect(new).get_columns("proposals")}
    finally:
        new.dispose()
    newest = open_database(tmp_path / "store.db", bytes(32), MIGRATIONS)
    try:
        with newest.connect() as connection:
            for table in tables.metadata.sorted_tables:
                assert connection.execute(select(table)).all() == [], table.name
    finally:
        newest.dispose()


# -- applying ----------------------------------------------------------------------------------------------


def added(identifier: str, **changes: Any) -> JsonObject:
    return {
        "type": "proposal.added", "at": AT, "person": "bob", "proposal_id": identifier,
        "network": "xrpl:63456", "account": "xrpl:63456:rA", "encoding": "xrpl-blob", "body": "12",
        "body_hash": "00" * 32, "tx_type": "Payment", "slot_kind": "ticket", "slot_value": "7",
        "expiry_ledger": "99", "effects": [], "title": "t", "note": "", "created_at": AT, "expires_at": None,
        "links": [], "origin": "import", "proposer": "bob", "author": None, "source": "00" * 32,
        "state": "PENDING", "since_ledger": "5", **changes,
    }  # fmt: skip


def fields(kind: str, identifier: str, **more: Any) -> JsonObject:
    return {"type": kind, "at": AT, "person": "bob", "proposal_id": identifier, **more}


def signature(identifier: str, signer: str, value: str, kind: str = "signature.added") -> JsonObject:
    return fields(
        kind, identifier, signer=signer, scheme="xrpl-multi", public_key="02", signature=value, digest="AA"
    )


def test_nothing_is_applied_twice(engine: Engine) -> None:
    source = Records([added("p1"), signature("p1", "s1", "AB"), fields("note", "p1", text="x")])
    projection = Projection(engine, source)
    assert projection.catch_up() == 3
    once = dump(engine)
    assert projection.catch_up() == 0
    assert Projection(engine, source).catch_up() == 0
    assert dump(engine) == once


def test_a_crash_while_applying_leaves_nothing_of_the_batch(engine: Engine) -> None:
    source = Records([added("p1")])
    projection = Projection(engine, source)
    projection.catch_up()
    before = dump(engine)
    source.items += [signature("p1", "s1", "AB"), fields("outcome", "p1")]  # PENDING is not followed by that
    source.items[-1]["state"] = "CONFIRMED"
    with pytest.raises(ConflictError):
        projection.catch_up()
    assert dump(engine) == before


def test_signatures_are_never_overwritten(engine: Engine) -> None:
    source = Records([added("p1"), signature("p1", "s1", "AB", "sign.released")])
    source.items.append(signature("p1", "s1", "CD"))
    source.items.append(signature("p1", "s2", "EF"))
    Projection(engine, source).catch_up()
    kept = Queries(engine).proposal("p1").signatures
    assert [(s.signer, s.signature, s.released_here) for s in kept] == [
        ("s1", "AB", True),
        ("s2", "EF", False),
    ]


@pytest.mark.parametrize(
    "record",
    [
        fields("note", "nobody", state="DENIED"),
        fields("note", "p1", state="CONFIRMED"),
        fields("reject", "p1", reason=7),
        {"type": "policy.activated", "at": AT, "person": "bob", "policy_hash": "00"},
        {**added("p2"), "body": None},
    ],
)
def test_a_journal_that_makes_no_sense_is_refused(engine: Engine, record: JsonObject) -> None:
    source = Records([added("p1"), record])
    with pytest.raises((IntegrityError, ConflictError)):
        Projection(engine, source).catch_up()
    assert dump(engine)["proposals"] == []


def test_the_store_of_another_log_is_refused(engine: Engine) -> None:
    Projection(engine, Records([added("p1")])).catch_up()
    other = Records([added("p2")])
    other.log_id = "cd" * 16
    with pytest.raises(IntegrityError) as caught:
        Projection(engine, other).catch_up()
    assert caught.value.code == "STORE_BROKEN"
    assert [row[0] for row in dump(engine)["proposals"]] == ["p1"]


def test_a_store_that_is_ahead_of_its_journal_is_refused(engine: Engine) -> None:
    Projection(engine, Records([added("p1"), added("p2")])).catch_up()
    with pytest.raises(IntegrityError) as caught:
        Projection(engine, Records([added("p1")])).catch_up()
    assert caught.value.code == "STORE_BROKEN"


def test_the_newest_place_of_a_blob_counts(engine: Engine) -> None:
    put = [{"type": "blob.put", "at": AT, "sha256": sha} for sha in ("aa", "bb", "aa")]
    assert Projection(engine, Records(put)).catch_up() == 3
    places = [Queries(engine).blob_record(sha) for sha in ("aa", "bb", "cc")]
    assert places == [2, 1, None]


def test_a_held_ticket_is_one_row_however_often_it_is_held(engine: Engine) -> None:
    held = {"type": "slot.reserved", "at": AT, "person": "bob", "account": "xrpl:63456:rA",
            "slot_kind": "ticket", "slot_value": "9"}  # fmt: skip
    source = Records([held, dict(held)])
    Projection(engine, source).catch_up()
    assert len(dump(engine)["slots"]) == 1
    source.items.append({**held, "type": "slot.freed"})
    Projection(engine, source).catch_up()
    assert dump(engine)["slots"] == []


# -- any legal history -------------------------------------------------------------------------------------


def statements(name: str) -> st.SearchStrategy[JsonObject]:
    """Records of halts, resumes and overrides: taken, kept out, lifted, and some twice."""
    ids = st.sampled_from(["h1", "h2"])
    made = [
        st.builds(lambda i: {"type": "halt", "halt_id": i, "statement": {"halt": i}}, ids),
        st.builds(
            lambda i, p: {
                "type": "resume",
                "halt_id": i,
                "resume_id": f"{i}{p}",
                "statement": {"resume": i, "by": p},
            },
            ids,
            st.sampled_from("ab"),
        ),
        st.builds(lambda i: {"type": "resume", "halt_id": i, "lifted": True, "people": ["a", "b"]}, ids),
        st.builds(
            lambda i: {
                "type": "override",
                "override_id": i,
                "policy_hash": "x",
                "statement": {"override": i},
            },
            ids,
        ),
        st.builds(
            lambda k, i: {"type": k, "statement": {k: i}, "refused": {"code": "ROLE", "reason": "y"}},
            st.sampled_from(["halt", "resume", "override"]),
            ids,
        ),
    ]
    return st.one_of(made).map(lambda record: {**fields(str(record["type"]), name), **record})


@st.composite
def histories(draw: st.DrawFn) -> list[JsonObject]:
    """Sequences of records as the service may write them, over up to three proposals."""
    names = draw(st.lists(st.sampled_from(["p1", "p2", "p3"]), min_size=1, max_size=3, unique=True))
    records = [added(name, slot_value=str(7 + number)) for number, name in enumerate(names)]
    states = dict.fromkeys(names, "PENDING")
    for step in range(draw(st.integers(0, 25))):
        name = draw(st.sampled_from(names))
        kind = draw(
            st.sampled_from(["note", "sign", "intent", "failed", "quarantine", "reject", "slot", "statement"])
        )
        if kind == "note":
            targets = sorted({e.target for e in PROPOSAL.edges if e.source == states[name]} | {states[name]})
            states[name] = draw(st.sampled_from(targets))
            kind = "outcome" if states[name] in PROPOSAL.final else "note"
            records.append(fields(kind, name, state=states[name], evidence={"step": step}, text="x"))
        elif kind == "sign":
            records.append(signature(name, draw(st.sampled_from(["s1", "s2"])), f"{step:02X}"))
        elif kind == "intent":
            records.append(fields("sign.intent", name, signer="s1"))
        elif kind == "failed":
            records.append(fields("sign.failed", name, signer="s1", code="X", reason="y"))
        elif kind == "quarantine":
            entry = {"signer": "s9", "signature": f"{step:02X}", "code": "X", "reason": "y"}
            records.append(fields("signature.quarantined", name, entries=[entry, dict(entry)]))
        elif kind == "reject":
            person = draw(st.sampled_from(["alice", "bob"]))
            records.append({**fields("reject", name, reason=f"{step}", statement={}), "person": person})
        elif kind == "statement":
            records.append(draw(statements(name)))
        else:
            records.append(
                {"type": draw(st.sampled_from(["slot.reserved", "slot.freed"])), "at": AT, "person": "bob",
                 "account": "xrpl:63456:rA", "slot_kind": "ticket",
                 "slot_value": draw(st.sampled_from(["7", "8"])),
                 "proposal_id": draw(st.sampled_from([None, name]))}
            )  # fmt: skip
    return records


@given(histories(), st.data())
def test_however_it_is_cut_the_store_is_the_same(
    shared: Engine, records: list[JsonObject], data: st.DataObject
) -> None:
    """In one go, record by record, in any pieces, and rebuilt from nothing."""
    engine = emptied(shared)
    projection = Projection(engine, Records(records))
    projection.catch_up()
    whole = dump(engine)
    assert projection.rebuild() == len(records)
    assert dump(engine) == whole
    emptied(engine)
    pieces = Records([])
    growing = Projection(engine, pieces)
    while pieces.size < len(records):
        size = data.draw(st.integers(1, len(records) - pieces.size))
        pieces.items += records[pieces.size : pieces.size + size]
        assert growing.catch_up() == size
    assert dump(engine) == whole
    for proposal in Queries(engine).proposals():
        assert len({(s.signer, s.scheme) for s in proposal.signatures}) == len(proposal.signatures)


# -- with a real journal -----------------------------------------------------------------------------------


def test_a_crash_between_journal_and_store_heals_at_open(bob: Desk) -> None:
    """The records are durable, the process ends before the store follows."""
    proposal = bob.take()
    before = bob.get(proposal.id).state
    bob.journal.append("note", {"proposal_id": proposal.id, "state": "DENIED", "text": "died here"})
    assert bob.get(proposal.id).state == before
    bob.reopen()
    assert bob.get(proposal.id).state == "DENIED"


def test_a_whole_life_rebuilds_to_the_same_store(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    bob.service.submit(proposal.id)
    bob.service.reject(bob.take("5").id, "no")
    before = dump(bob.engine)
    assert bob.projection.rebuild() == bob.journal.size
    assert dump(bob.engine) == before


def test_a_lost_store_comes_back_from_the_journal(bob: Desk) -> None:
    proposal = bob.signed("100", "carol")
    before = dump(bob.engine)
    bob.close()
    for name in ("store.db", "store.db-wal", "store.db-shm"):
        (bob.folder / name).unlink(missing_ok=True)
    bob._open()
    assert dump(bob.engine) == before
    assert bob.get(proposal.id).state == "READY"


def test_a_row_changed_by_hand_is_put_right_by_a_rebuild(bob: Desk) -> None:
    proposal = bob.signed()
    with bob.engine.begin() as connection:
        connection.execute(update(tables.proposals).values(state="READY", title="trust me"))
    assert bob.get(proposal.id).state == "READY"
    bob.projection.rebuild()
    assert (bob.get(proposal.id).state, bob.get(proposal.id).title) == ("PENDING", "")


# -- look-ups ----------------------------------------------------------------------------------------------


def test_a_proposal_is_found_by_its_first_digits(engine: Engine) -> None:
    ids = ["abcdef" + "0" * 58, "abcdef" + "1" * 58, "99" * 32]
    Projection(engine, Records([added(name) for name in ids])).catch_up()
    queries = Queries(engine)
    assert queries.proposal("999999").id == ids[2]
    assert queries.proposal("ABCDEF0").id == ids[0]
    for unclear in ("abcdef", "99999", "", "%%%%%%", "______", "777777"):
        with pytest.raises(Exception, match="proposal"):
            queries.proposal(unclear)


def test_two_desks_keep_their_own(tmp_path: Path, team: Team) -> None:
    with open_desk(tmp_path / "a", team, "alice") as alice, open_desk(tmp_path / "b", team, "bob") as bob:
        alice.activate()
        bob.activate()
        bob.service.import_bytes(alice.export(alice.new().id))
        alice.close()
        bob.close()
        for name in ("store.db-wal", "store.db-shm"):
            (bob.folder / name).unlink(missing_ok=True)
        (bob.folder / "store.db").write_bytes((alice.folder / "store.db").read_bytes())
        with pytest.raises(IntegrityError) as caught:
            bob._open()
        assert caught.value.code == "STORE_BROKEN"
