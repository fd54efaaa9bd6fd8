"""The encrypted database: SQLCipher through SQLAlchemy, with the settings that a store of money matters
needs.

The database is a cache of journal and ledgers (DESIGN section 4); it is never the only place of a fact.
Rooms bring their own tables and migration scripts; workspace.py names them to open_database.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import sqlcipher3.dbapi2 as sqlcipher  # type: ignore[import-untyped] # ships no types
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from signer_app.core.errors import CountersignError, IntegrityError
from signer_app.vault.files import PRIVATE_FILE, storage_error
from signer_app.vault.kdf import KEY_BYTES
from signer_app.vault.migrations import upgrade

#: Set on each connection, after the key. synchronous FULL: a committed transaction survives a power cut.
SETTINGS: Final = {
    "foreign_keys": "ON",
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "secure_delete": "ON",
    "trusted_schema": "OFF",
    "temp_store": "MEMORY",
    "busy_timeout": "5000",
}

#: An open store, for rooms that do not know the database toolkit.
Store: TypeAlias = Engine
#: Connection.execution_options key: true begins a transaction that takes no write lock.
READ_ONLY: Final = "countersign_read_only"


def check_key(key: bytes) -> None:
    """Raises IntegrityError STORE_BROKEN unless it has 32 bytes."""
    if len(key) != KEY_BYTES:
        raise IntegrityError("The store key has the wrong length.", code="STORE_BROKEN")


def open_database(path: Path, key: bytes, migrations: Sequence[Path | str] = ()) -> Engine:
    """Open or create the store at ``path`` with a raw 32-byte key and bring its tables up to date.

    ``migrations``: folders of Alembic version scripts, or names of packages whose folder holds them. All are
    applied in one transaction; if one fails, nothing of it stays. The engine begins every transaction with
    BEGIN IMMEDIATE, so that two writers wait instead of failing halfway; reading(engine) takes no write
    lock. Raises IntegrityError STORE_BROKEN (wrong key, no database, failed or unknown migration),
    STORAGE_FULL, STORAGE_FAILED (also for a link).
    """
    check_key(key)
    _create_private(path)
    engine = make_engine(lambda: _connect(path, key))
    try:
        with database_errors():
            with engine.connect():
                pass  # a wrong key shows at the first read, before anything is written
            if migrations:
                upgrade(engine, migrations)
    except CountersignError:
        engine.dispose()
        raise
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for reads: its transactions see one state and take no write lock."""
    return engine.execution_options(**{READ_ONLY: True})


@contextmanager
def database_errors() -> Iterator[None]:
    """Map database errors to STORAGE_FULL or STORE_BROKEN; SQL and values stay out of the message."""
    try:
        yield
    except DBAPIError as error:
        raise _mapped(error.orig) from error
    except sqlcipher.Error as error:
        raise _mapped(error) from error
    except SQLAlchemyError as error:
        kind = type(error).__name__
        raise IntegrityError(
            "The database cannot be used.", code="STORE_BROKEN", details={"reason": kind}
        ) from error


def _mapped(error: BaseException | None) -> IntegrityError:
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    if "full" in str(error).lower():
        return IntegrityError("The disk is full.", code="STORAGE_FULL", details={"reason": str(name)})
    return IntegrityError("The database cannot be used.", code="STORE_BROKEN", details={"reason": str(name)})


def _create_private(path: Path) -> None:
    """Make sure that a regular file of mode 0600 stands there before the library would create one of its
    own.
    """
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        os.close(os.open(path, flags, PRIVATE_FILE))
    except OSError as error:
        raise storage_error(error, f"{path.name} cannot be opened") from error


def make_engine(connect: Callable[[], sqlcipher.Connection]) -> Engine:
    """An engine whose transactions begin as open_database says."""
    # hide_parameters: an error that is logged must not quote rows of the store.
    engine = create_engine(
        "sqlite://", module=sqlcipher, creator=connect, poolclass=QueuePool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    return engine


def _connect(path: Path, key: bytes) -> sqlcipher.Connection:
    # isolation_level None: the driver's own BEGIN would come too late for tables (see module migrations).
    connection = sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False)
    try:
        _configure(connection, key)
    except sqlcipher.Error:
        connection.close()
        raise
    return connection


def _configure(connection: sqlcipher.Connection, key: bytes) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would print to stderr on a wrong key
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
