"""The optional half of the vault's key in the operating system's keyring.

Only back ends on an allow-list are used, named by class: the keyring library can be redirected by a file or a
variable to one that stores plain text. There is no silent fallback: what cannot be used is an error.
"""

from __future__ import annotations

import hmac
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
        chosen = backend or _system_backend()
        name = f"{type(chosen).__module__}.{type(chosen).__qualname__}"
        if name not in allowed:
            raise _unavailable("No keyring of this system is on the list of safe ones.", name)
        self._backend = chosen
        self._name = name

    def fetch(self, vault_id: str) -> bytes:
        """The 32 bytes stored for this vault."""
        text = self._call(lambda: self._backend.get_password(SERVICE, vault_id))
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
        """Store 32 bytes and read them back: some back ends accept and lose what they cannot hold."""
        self._call(lambda: self._backend.set_password(SERVICE, vault_id, secret.hex()))
        if not hmac.compare_digest(self.fetch(vault_id), secret):
            raise _unavailable("The keyring did not keep what was stored.", self._name)

    def _call(self, action: Callable[[], str | None]) -> str | None:
        from keyring.errors import KeyringError  # noqa: PLC0415 - loaded only by vaults that use a keyring

        try:
            return action()
        except (KeyringError, OSError, RuntimeError) as error:
            raise _unavailable("The system's keyring does not answer.", self._name) from error


def _system_backend() -> Backend:
    import keyring  # noqa: PLC0415 - searches the system for back ends when it loads

    backend: Backend = keyring.get_keyring()
    return backend


def _unavailable(message: str, name: str) -> IntegrityError:
    return IntegrityError(message, code="KEYRING_UNAVAILABLE", details={"backend": name})
