"""The encrypted store: settings read back, keys, migrations that apply whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from signer_app.core.errors import IntegrityError
from signer_app.vault.database import SETTINGS, database_errors, open_database, reading

KEY = bytes(range(32))

SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before!r}
branch_labels = {label!r}
depends_on = None


def upgrade() -> None:
{steps}
"""


def script(folder: Path, revision: str, before: str | None, *steps: str, label: str | None = None) -> None:
    folder.mkdir(exist_ok=True)
    lines = "\n".join(f"    {step}" for step in steps)
    labels = (label,) if label else None
    (folder / f"{revision}.py").write_text(
        SCRIPT.format(revision=revision, before=before, label=labels, steps=lines)
    )


def table(name: str) -> str:
    columns = "sa.Column('id', sa.Integer, primary_key=True), sa.Column('word', sa.Text)"
    return f"op.create_table({name!r}, {columns})"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "100%-odd folder"
    script(folder, "a1", None, table("first"), label="room")
    return folder


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return {name for (name,) in rows}


def test_settings_are_in_force(path: Path) -> None:
    expected = {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "trusted_schema": 0,
        "temp_store": 2,
        "busy_timeout": 5000,
    }
    engine = open_database(path, KEY)
    with engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in SETTINGS}
        assert connection.exec_driver_sql("PRAGMA cipher_version").scalar()
    engine.dispose()
    assert found == expected


def test_nothing_readable_on_disk(path: Path, scripts: Path) -> None:
    engine = open_database(path, KEY, [scripts])
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO first (word) VALUES ('CUSTODIAN-NAME')"))
        on_disk = b"".join(entry.read_bytes() for entry in path.parent.glob("store.db*"))
    engine.dispose()
    on_disk += path.read_bytes()
    for needle in (
        b"CUSTODIAN-NAME",
        b"SQLite format",
        b"first",
        b"alembic_version",
        KEY.hex().encode(),
        KEY,
    ):
        assert needle not in on_disk
    assert {stat.S_IMODE(entry.stat().st_mode) for entry in path.parent.glob("store.db*")} == {0o600}


def test_wrong_key_is_refused_quietly_and_changes_nothing(
    path: Path, scripts: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    open_database(path, KEY, [scripts]).dispose()
    before = path.read_bytes()
    for key in (bytes(32), os.urandom(32), KEY[:31], b""):
        with pytest.raises(IntegrityError) as caught:
            open_database(path, key, [scripts])
        assert caught.value.code == "STORE_BROKEN"
        assert key.hex() not in str(caught.value.to_json()) or not key
    assert path.read_bytes() == before
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_damaged_file_is_refused(path: Path, scripts: Path) -> None:
    open_database(path, KEY, [scripts]).dispose()
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    with pytest.raises(IntegrityError) as caught:
        open_database(path, KEY, [scripts])
    assert caught.value.code == "STORE_BROKEN"


def test_link_is_refused(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(IntegrityError) as caught:
        open_database(path, KEY)
    assert caught.value.code == "STORAGE_FAILED"
    assert not (tmp_path / "elsewhere.db").exists()


def test_failed_migration_leaves_no_half_tables(path: Path, scripts: Path) -> None:
    open_database(path, KEY, [scripts]).dispose()
    script(scripts, "a2", "a1", table("second"))
    script(scripts, "a3", "a2", table("third"), table("first"))
    with pytest.raises(IntegrityError) as caught:
        open_database(path, KEY, [scripts])
    assert caught.value.code == "STORE_BROKEN"
    engine = open_database(path, KEY)
    assert tables(engine) == {"alembic_version", "first"}
    engine.dispose()
    (scripts / "a3.py").unlink()
    engine = open_database(path, KEY, [scripts])
    assert tables(engine) == {"alembic_version", "first", "second"}
    engine.dispose()


def test_failed_first_migration_leaves_an_empty_store(path: Path, scripts: Path) -> None:
    script(scripts, "a2", "a1", "op.execute('no such statement')")
    with pytest.raises(IntegrityError):
        open_database(path, KEY, [scripts])
    engine = open_database(path, KEY)
    assert tables(engine) == set()
    engine.dispose()


def test_rooms_bring_their_own_scripts(path: Path, scripts: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    script(other, "b1", None, table("elsewhere"), label="other")
    engine = open_database(path, KEY, [scripts, other])
    assert tables(engine) == {"alembic_version", "first", "elsewhere"}
    engine.dispose()


def test_store_of_a_newer_program_is_refused(path: Path, scripts: Path) -> None:
    script(scripts, "a2", "a1", table("second"))
    open_database(path, KEY, [scripts]).dispose()
    (scripts / "a2.py").unlink()
    with pytest.raises(IntegrityError) as caught:
        open_database(path, KEY, [scripts])
    assert caught.value.code == "STORE_BROKEN"


def test_up_to_date_store_runs_no_script(path: Path, scripts: Path) -> None:
    script(scripts, "a2", "a1", "op.get_bind().exec_driver_sql('INSERT INTO first (word) VALUES (1)')")
    for _ in range(3):
        open_database(path, KEY, [scripts]).dispose()
    engine = open_database(path, KEY, [scripts])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM first")).scalar() == 1
    engine.dispose()


def test_foreign_keys_hold_and_errors_quote_no_values(path: Path, scripts: Path) -> None:
    script(
        scripts,
        "a2",
        "a1",
        "op.execute('CREATE TABLE child (id INTEGER REFERENCES first (id) NOT NULL)')",
    )
    engine = open_database(path, KEY, [scripts])
    with pytest.raises(IntegrityError) as caught, database_errors(), engine.begin() as connection:
        connection.execute(text("INSERT INTO child (id) VALUES (:id)"), {"id": 123456789})
    assert caught.value.code == "STORE_BROKEN"
    assert "123456789" not in str(caught.value.to_json())
    assert "123456789" not in str(caught.value.__cause__)
    engine.dispose()


def test_full_disk_is_told_apart(path: Path, scripts: Path) -> None:
    engine = open_database(path, KEY, [scripts])

    def fill() -> None:
        with database_errors(), engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.execute(text("INSERT INTO first (word) VALUES (:word)"), {"word": "x" * 1_000_000})

    with pytest.raises(IntegrityError) as caught:
        fill()
    assert caught.value.code == "STORAGE_FULL"
    engine.dispose()


def test_failed_transaction_is_rolled_back(path: Path, scripts: Path) -> None:
    engine = open_database(path, KEY, [scripts])

    def fail_halfway() -> None:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO first (word) VALUES ('a')"))
            connection.execute(text("CREATE TABLE half (id INTEGER)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert "half" not in tables(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM first")).scalar() == 0
    engine.dispose()


def test_writers_wait_for_each_other_and_readers_do_not(path: Path, scripts: Path) -> None:
    engine = open_database(path, KEY, [scripts])
    finished = threading.Event()

    def second_writer() -> None:
        with engine.begin() as connection:
            connection.execute(text("UPDATE first SET word = word || 'b'"))
        finished.set()

    with engine.begin() as connection:
        connection.execute(text("INSERT INTO first (word) VALUES ('a')"))
        thread = threading.Thread(target=second_writer)
        thread.start()
        with reading(engine).connect() as other:
            assert other.execute(text("SELECT count(*) FROM first")).scalar() == 0
        assert not finished.is_set()
    thread.join()
    with reading(engine).connect() as connection:
        assert connection.execute(text("SELECT word FROM first")).scalar() == "ab"
    engine.dispose()


def test_several_stores_are_made_at_once(tmp_path: Path, scripts: Path) -> None:
    """Alembic keeps what runs in its module; each store still gets its own tables."""
    count, made, start = 8, {}, threading.Barrier(8)

    def make(number: int) -> None:
        start.wait()
        engine = open_database(tmp_path / f"{number}.db", KEY, [scripts])
        made[number] = tables(engine)
        engine.dispose()

    threads = [threading.Thread(target=make, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {number: {"alembic_version", "first"} for number in range(count)}
