"""The migration runner: Alembic version scripts of several rooms, applied in one transaction.

A fingerprint of all scripts is kept in PRAGMA user_version, in the same transaction as the tables. Where it
fits, Alembic is not even loaded, which keeps the start of the program quick.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine

from signer_app.core.errors import IntegrityError, UnforeseenError
from signer_app.core.resources import package_path

_ENVIRONMENT = ("signer_app.vault", "alembic_env")
#: Alembic keeps the context of a running upgrade in its module: two at a time would take each other's store.
_ONE_AT_A_TIME = threading.Lock()


def upgrade(engine: Engine, migrations: Sequence[Path | str]) -> None:
    """Apply every script that the store lacks, or none.

    Raises IntegrityError STORE_BROKEN where a script fails or the store is newer than the program; database
    errors pass as they are (see database.database_errors).
    """
    folders = [_folder(entry) for entry in migrations]
    wanted = _fingerprint(folders)
    with engine.begin() as connection:
        if _user_version(connection) == wanted:
            return
        _run(connection, folders)
        connection.exec_driver_sql(f"PRAGMA user_version = {wanted}")


def fits(version: int, migrations: Sequence[Path | str]) -> bool:
    """Whether a store with this PRAGMA user_version has exactly these scripts applied."""
    return version == _fingerprint([_folder(entry) for entry in migrations])


def _folder(entry: Path | str) -> Path:
    folder = entry if isinstance(entry, Path) else package_path(entry)
    if not folder.is_dir():
        raise UnforeseenError("A folder of migration scripts is missing.", details={"folder": folder.name})
    return folder


def _fingerprint(folders: Sequence[Path]) -> int:
    """31 bits over names and contents of all scripts, never 0, which is what an empty store has."""
    digest = hashlib.sha256()
    for script in sorted(script for folder in folders for script in folder.glob("*.py")):
        digest.update(script.name.encode("utf-8") + b"\0" + hashlib.sha256(script.read_bytes()).digest())
    return int.from_bytes(digest.digest()[:4], "big") % (2**31 - 1) + 1


def _user_version(connection: Connection) -> int:
    value = connection.exec_driver_sql("PRAGMA user_version").scalar()
    return value if isinstance(value, int) else 0


def _run(connection: Connection, folders: Sequence[Path]) -> None:
    from alembic import command  # noqa: PLC0415 - a tenth of a second that an up-to-date store need not pay
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", _literal(package_path(*_ENVIRONMENT)))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_literal(folder) for folder in folders))
    config.attributes["connection"] = connection
    try:
        with _ONE_AT_A_TIME:
            command.upgrade(config, "heads")
    except CommandError as error:
        raise IntegrityError(
            "The store does not fit this version of the program.",
            code="STORE_BROKEN",
            details={"reason": str(error)},
        ) from error


def _literal(path: Path) -> str:
    """A path in an option whose percent signs would be taken as substitutions."""
    return str(path).replace("%", "%%")
