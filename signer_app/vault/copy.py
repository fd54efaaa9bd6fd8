"""A copy of the store in memory, for who looks only: made without a byte in the workspace's folder, while
another process may be writing.

The store is a projection of the journal (decision 0002), so a copy may lack the newest records: whoever made
it applies them to it. Where no sound copy can be had, the copy is empty and the whole journal is applied.

SQLite in WAL mode lets one read beside a writer, but a reader would make files and write its marks into
store.db-shm. Three things keep it from that: a connection for reading only, ``readonly_shm``, and that it is
opened so only where both files beside the store exist. Where there is none nobody has the store open, and
``immutable`` reads the file alone. A shared lock, as SQLite itself takes it, is held all the while: under it
no writer that ends takes its files away, so that what was there before the copy and after it was there
during it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlcipher3.dbapi2 as sqlcipher  # type: ignore[import-untyped] # ships no types
from sqlalchemy import Engine, event

from signer_app.vault.database import check_key, database_errors, make_engine
from signer_app.vault.migrations import fits, upgrade

#: The bytes of a database file that SQLite locks while it reads (SHARED_FIRST and SHARED_SIZE of its os.h).
_SHARED_FIRST: Final = 0x40000002
_SHARED_SIZE: Final = 510
#: A writer may come or go while a copy is made, but not all the time.
_TRIES: Final = 3
#: In memory a reader waits while the newest records are applied; after a long absence those may be many.
_BUSY_MS: Final = 60_000


def copy_database(path: Path, key: bytes, migrations: Sequence[Path | str]) -> Engine:
    """A database in memory with the content of the store at ``path``, or empty; its tables are up to date.

    Empty where the store is missing, broken, of another version of the program, or cannot be read without
    writing. Raises IntegrityError STORE_BROKEN for a key of the wrong length, or where memory does not do.
    """
    check_key(key)
    with database_errors():
        tries = (_copied(path, key, migrations) for _ in range(_TRIES))
        name, keeper = next(filter(None, tries), None) or _new()
        engine = make_engine(lambda: _connect(name))
        event.listen(engine, "engine_disposed", lambda _engine: keeper.close())
        try:
            upgrade(engine, migrations)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _new() -> tuple[str, sqlcipher.Connection]:
    """An empty database: its name, and the connection that keeps it. Those of one process share a database of
    this VFS by its name, and it goes with the last of them.
    """
    name = f"file:/countersign-{os.urandom(16).hex()}?vfs=memdb"
    return name, _connect(name)


def _connect(name: str) -> sqlcipher.Connection:
    connection = sqlcipher.connect(name, uri=True, isolation_level=None, check_same_thread=False)
    for setting in ("foreign_keys = ON", "trusted_schema = OFF", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {setting}")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    return connection


def _copied(
    path: Path, key: bytes, migrations: Sequence[Path | str]
) -> tuple[str, sqlcipher.Connection] | None:
    """As _new, with all that is in the store; None where no sound copy could be made now."""
    name, keeper = _new()
    try:
        with _shared_lock(path) as descriptor:
            way = _way(path)
            if way is not None:
                version = _export(keeper, path, key, way)
                same = way == _way(path) and os.path.samestat(os.fstat(descriptor), path.lstat())
                if same and fits(version, migrations):
                    return name, keeper
    except (OSError, sqlcipher.Error):
        pass  # it is missing, in use in a way that does not let one read, or no store
    keeper.close()
    return None


@contextmanager
def _shared_lock(path: Path) -> Iterator[int]:
    """Held by an open descriptor, which is given. Raises OSError, at once where it is taken."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        yield descriptor
    finally:
        os.close(descriptor)


def _way(path: Path) -> str | None:
    """How the store can be read now without writing; None: not at all."""
    log, marks = (path.with_name(path.name + end).exists() for end in ("-wal", "-shm"))
    if log and marks:
        return "readonly_shm=1"
    return None if log or marks else "immutable=1"


def _export(memory: sqlcipher.Connection, path: Path, key: bytes, way: str) -> int:
    """Copy everything; the version of the store's tables. Raises sqlcipher.Error."""
    # The VFS is named because what is attached would else be sought in memory, too.
    source = f"file:{quote(str(path.absolute()))}?mode=ro&vfs=unix&{way}"
    memory.execute("PRAGMA cipher_log_level = NONE")  # it would print to stderr on a wrong key
    memory.execute(f"ATTACH ? AS store KEY \"x'{key.hex()}'\"", (source,))
    try:
        memory.execute("SELECT sqlcipher_export('main', 'store')")
        version = int(memory.execute("PRAGMA store.user_version").fetchone()[0])
    finally:
        memory.execute("DETACH store")
    memory.execute(f"PRAGMA user_version = {version}")
    return version
