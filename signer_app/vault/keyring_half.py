"""The operating system's keyring: the optional half of the vault's key, and beside it the journal's head.

Only back ends on an allow-list are used, named by class: the keyring library can be redirected by a file or a
variable to one that stores plain text. There is no silent fallback: what cannot be used is an error.
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Callable
from typing import Protocol

from signer_app.core.errors import IntegrityError
from signer_app.vault.kdf import KEY_BYTES

SERVICE = "countersign"

#: Back ends of the keyring package that keep secrets in the system's own store.
ALLOWED_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)


#: Errors of the parts that back ends are made of, by module and name. What is not loaded was not raised.
_BACKEND_ERRORS = (
    ("keyring.errors", "KeyringError"),
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney.wrappers", "DBusErrorResponse"),
    ("dbus.exceptions", "DBusException"),
    ("win32ctypes.pywin32.pywintypes", "error"),
)


class Backend(Protocol):
    """The two calls of a keyring back end that are used."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...


class KeyringHalf(Protocol):
    """Where a vault's other half lies, by vault id. Both raise IntegrityError KEYRING_UNAVAILABLE."""

    def fetch(self, vault_id: str) -> bytes: ...

    def store(self, vault_id: str, secret: bytes) -> None: ...


class SystemKeyring:
    """A KeyringHalf on one back end of the keyring package."""

    def __init__(self, backend: Backend | None = None, *, allowed: frozenset[str] = ALLOWED_BACKENDS) -> None:
        """``backend`` null: the one that the keyring package chooses. Raises KEYRING_UNAVAILABLE if not
        allowed.
        """
        chosen = backend or _system_backend(allowed)
        name = _name_of(chosen)
        if name not in allowed:
            raise _unavailable("No keyring of this system is on the list of safe ones.", name)
        self._backend = chosen
        self._name = name

    def fetch(self, vault_id: str) -> bytes:
        """The 32 bytes stored for this vault."""
        text = self.read(vault_id)
        if text is None:
            raise _unavailable("The keyring holds no half for this vault.", self._name)
        try:
            secret = bytes.fromhex(text)
        except ValueError as error:
            raise _unavailable("The keyring's half is damaged.", self._name) from error
        if len(secret) != KEY_BYTES:
            raise _unavailable("The keyring's half is damaged.", self._name)
        return secret

    def store(self, vault_id: str, secret: bytes) -> None:
        """Store 32 bytes. Raises as keep."""
        self.keep(vault_id, secret.hex())

    def read(self, name: str) -> str | None:
        """The ASCII text kept under ``name``; None where there is none. Raises KEYRING_UNAVAILABLE."""
        return self._call(lambda: self._backend.get_password(SERVICE, name))

    def keep(self, name: str, text: str) -> None:
        """Keep ASCII text and read it back: some back ends accept and lose what they cannot hold.

        Raises KEYRING_UNAVAILABLE.
        """
        self._call(lambda: self._backend.set_password(SERVICE, name, text))
        if not hmac.compare_digest((self.read(name) or "").encode("utf-8"), text.encode("utf-8")):
            raise _unavailable("The keyring did not keep what was stored.", self._name)

    def _call(self, action: Callable[[], str | None]) -> str | None:
        try:
            return action()
        except _vendor_errors() as error:
            raise _unavailable("The system's keyring does not answer.", self._name) from error


def _system_backend(allowed: frozenset[str]) -> Backend:
    """The back end of the keyring package. Where it would ask several in turn, the first that is allowed:
    two stores of one session are common, and asking in turn would read what another program put in the other.
    """
    import keyring  # noqa: PLC0415 - searches the system for back ends when it loads
    from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415

    try:
        backend: Backend = keyring.get_keyring()
    except _vendor_errors(ImportError, AttributeError) as error:
        raise _unavailable("The system's keyring cannot be found out.", "none") from error
    if isinstance(backend, ChainerBackend):
        return next((part for part in backend.backends if _name_of(part) in allowed), backend)
    return backend


def _vendor_errors(*more: type[BaseException]) -> tuple[type[BaseException], ...]:
    """What back ends raise: the package maps some of its parts' errors and lets others through."""
    modules = ((sys.modules.get(module), name) for module, name in _BACKEND_ERRORS)
    found = [getattr(module, name) for module, name in modules if module is not None]
    return (OSError, RuntimeError, ValueError, *found, *more)


def _name_of(backend: Backend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _unavailable(message: str, name: str) -> IntegrityError:
    return IntegrityError(message, code="KEYRING_UNAVAILABLE", details={"backend": name})
