"""A copy of the store in memory: the same rows, whoever writes meanwhile; empty where none can be sound."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from signer_app.core.errors import IntegrityError
from signer_app.vault.copy import copy_database
from signer_app.vault.database import open_database, reading

KEY = bytes(range(32))
SCRIPT = """
import sqlalchemy as sa
from alembic import op

revision = "c1"
down_revision = None
branch_labels = ("copied",)
depends_on = None


def upgrade() -> None:
    op.create_table("words", sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.Text))
"""
#: Has the store open in a process of its own; each line is a word that is written, then answered.
WRITER = """
import sys
from pathlib import Path
from sqlalchemy import text
from signer_app.vault.database import open_database
engine = open_database(Path(sys.argv[1]), bytes(range(32)))
for line in sys.stdin:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO words (word) VALUES (:word)"), {"word": line.strip()})
    print("written", flush=True)
"""


@pytest.fixture
def scripts(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "c1.py").write_text(SCRIPT)
    return [folder]


@pytest.fixture
def store(tmp_path: Path, scripts: list[Path]) -> Path:
    """With two words in it, closed."""
    folder = tmp_path / "100%-odd? folder#1"
    folder.mkdir()
    engine = open_database(folder / "store.db", KEY, scripts)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO words (word) VALUES ('violet'), ('anchor')"))
    engine.dispose()
    return folder / "store.db"


@contextmanager
def writer(store: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store)], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def write(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "written\n"


def words(engine: Engine) -> list[str]:
    with reading(engine).connect() as connection:
        return [row.word for row in connection.execute(text("SELECT word FROM words ORDER BY id"))]


def copied(store: Path, scripts: list[Path], key: bytes = KEY) -> list[str]:
    engine = copy_database(store, key, scripts)
    found = words(engine)
    engine.dispose()
    return found


def beside(store: Path) -> dict[str, tuple[int, bytes]]:
    return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in store.parent.iterdir()}


def test_a_store_that_nobody_has_open_is_copied_and_left_as_it_is(store: Path, scripts: list[Path]) -> None:
    before = beside(store)
    assert list(before) == ["store.db"]
    assert copied(store, scripts) == ["violet", "anchor"]
    assert beside(store) == before


def test_what_another_process_commits_is_in_the_next_copy(store: Path, scripts: list[Path]) -> None:
    with writer(store) as process:
        for word in ("first", "second"):
            write(process, word)
            before = beside(store)
            assert copied(store, scripts)[-1] == word
            assert beside(store) == before
    assert list(beside(store)) == ["store.db"], "the writer put its own away"


def test_copies_are_sound_while_another_process_comes_and_goes(store: Path, scripts: list[Path]) -> None:
    found, ended = [], threading.Event()

    def copy() -> None:
        while not ended.is_set():
            found.append(copied(store, scripts))

    thread = threading.Thread(target=copy)
    thread.start()
    written = ["violet", "anchor"]
    for turn in range(3):
        with writer(store) as process:
            for number in range(40):
                written.append(f"{turn} {number}")
                write(process, written[-1])
    ended.set()
    thread.join()
    whole = [words for words in found if words]  # empty: there was no moment for one
    assert whole
    assert all(words == written[: len(words)] for words in whole)
    assert copied(store, scripts) == written
    with writer(
        store
    ) as process:  # one that ended during a copy may have left its files; the next takes them
        write(process, "at last")
    assert list(beside(store)) == ["store.db"]
    assert copied(store, scripts) == [*written, "at last"]


def test_after_a_crash_what_was_committed_is_there(store: Path, scripts: list[Path]) -> None:
    with writer(store) as process:
        write(process, "last")
        process.kill()
        process.wait()
    before = beside(store)
    assert sorted(before) == ["store.db", "store.db-shm", "store.db-wal"]
    assert copied(store, scripts) == ["violet", "anchor", "last"]
    (store.parent / "store.db-shm").unlink()  # then only a repair could read it
    before.pop("store.db-shm")
    assert copied(store, scripts) == []
    assert beside(store) == before


def test_without_a_sound_store_the_copy_is_empty(store: Path, scripts: list[Path], tmp_path: Path) -> None:
    whole = store.read_bytes()
    assert copied(store, scripts, key=bytes(32)) == []
    store.write_bytes(whole[:5000])
    assert copied(store, scripts) == []
    store.unlink()
    assert copied(store, scripts) == []
    (tmp_path / "elsewhere.db").write_bytes(whole)
    store.symlink_to(tmp_path / "elsewhere.db")
    assert copied(store, scripts) == []
    assert [path.name for path in store.parent.iterdir()] == ["store.db"]


def test_a_store_of_another_version_is_not_copied(store: Path, scripts: list[Path]) -> None:
    (scripts[0] / "c2.py").write_text(
        SCRIPT.replace('"c1"', '"c2"').replace("None", '"c1"', 1).replace('("copied",)', "None")
        .replace('"words"', '"more"')
    )  # fmt: skip
    engine = copy_database(store, KEY, scripts)
    assert words(engine) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM more")).scalar() == 0
    engine.dispose()


def test_copies_are_apart_and_take_writes_of_their_own(store: Path, scripts: list[Path]) -> None:
    first, second = (copy_database(store, KEY, scripts) for _ in range(2))
    seen: list[list[str]] = []
    reader = threading.Thread(target=lambda: seen.append(words(first)))
    with first.begin() as connection:
        connection.execute(text("INSERT INTO words (word) VALUES ('mine')"))
        reader.start()
        reader.join(0.1)
        assert reader.is_alive(), "it waits for the writer of this copy"
    reader.join()
    assert seen == [["violet", "anchor", "mine"]]
    assert words(second) == copied(store, scripts) == ["violet", "anchor"]
    first.dispose()
    second.dispose()


def test_a_key_of_the_wrong_length_is_refused(store: Path, scripts: list[Path]) -> None:
    with pytest.raises(IntegrityError) as refused:
        copy_database(store, b"short", scripts)
    assert refused.value.code == "STORE_BROKEN"
