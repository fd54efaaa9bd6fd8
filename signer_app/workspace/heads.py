"""Where the journal's head {size, root} is kept, so that a journal put back to an older state is noticed.

Always in the vault, which lies beside the journal: an old copy of the whole folder brings an old head along.
A vault with half of its key in the system's keyring keeps the head there too, where no copy of the folder
reaches. Opening holds the journal against both (CONTRACTS E).
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.journal.states import Head
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.keyring_half import SystemKeyring

_HINT = "If the keyring was reset, run journal repair: it goes by the head in the vault alone."


def keyring_of(vault_file: Path) -> SystemKeyring | None:
    """The system's keyring for a vault that uses it, else None. Raises KEYRING_UNAVAILABLE, VAULT_BROKEN."""
    return SystemKeyring() if Vault.uses_keyring(vault_file) else None


class Heads:
    """The kept heads of one log. Remembers what the keyring holds, so that it is written only for news."""

    def __init__(self, vault: Vault, keyring: SystemKeyring | None, log_id: str) -> None:
        self._vault = vault
        self._keyring = keyring
        self._name = f"head:{log_id}"
        self._in_keyring: Head | None = None
        #: Whether a person's confirmation stood in for a head that the keyring should have held.
        self.keyring_lacked = False

    @property
    def places(self) -> list[str]:
        """Where heads are kept, in words of this module."""
        return ["vault"] if self._keyring is None else ["vault", "keyring"]

    def vault_head(self) -> Head | None:
        """The vault's head; None before the first."""
        head = self._vault.get("head")
        return Head.from_json(head) if isinstance(head, dict) else None

    def keyring_heads(self, *, may_lack: bool = False) -> tuple[Head, ...]:
        """The keyring's head where it is used. ``may_lack``: a person agreed to go on without it.

        Raises KEYRING_UNAVAILABLE where it does not answer, or holds none that this vault wrote.
        """
        if self._keyring is None:
            return ()
        text = self._keyring.read(self._name)
        self._in_keyring = None if text is None else self._authentic(text)
        if self._in_keyring is not None:
            return (self._in_keyring,)
        if may_lack:
            self.keyring_lacked = True
            return ()
        message = (
            "The system's keyring does not hold the head of this journal, or not one that was written here."
        )
        raise IntegrityError(message, code="KEYRING_UNAVAILABLE", hint=_HINT)

    def newer_than(self, head: Head) -> int | None:
        """How many records the keyring's head of this log has beyond ``head``; None where it knows nothing.

        Raises KEYRING_UNAVAILABLE where the keyring does not answer.
        """
        text = None if self._keyring is None else self._keyring.read(self._name)
        kept = None if text is None else self._authentic(text)
        return None if kept is None else max(0, kept.size - head.size)

    def policy_seen(self) -> int:
        """The highest policy version that the keyring has seen active with this vault; 0 where none, or where
        something else stands there. Raises KEYRING_UNAVAILABLE where the keyring does not answer.
        """
        text = None if self._keyring is None else self._keyring.read(self._policy_name)
        version, _, mac = (text or "").partition(" ")
        if not (version.isascii() and version.isdigit()):
            return 0
        fits = hmac.compare_digest(mac.encode("utf-8"), self._policy_mac(int(version)).encode("ascii"))
        return int(version) if fits else 0

    def keep_policy(self, version: int) -> None:
        """A policy was activated: a restore of an older backup shall know. Raises KEYRING_UNAVAILABLE."""
        if self._keyring is not None and version > self.policy_seen():
            self._keyring.keep(self._policy_name, f"{version} {self._policy_mac(version)}")

    @property
    def _policy_name(self) -> str:
        return f"policy:{self._vault.vault_id}"

    def _policy_mac(self, version: int) -> str:
        """HMAC-SHA256 over the name and the version, under the vault's key for heads; lower hex."""
        message = canonical([self._policy_name, version])
        return hmac.new(self._vault.key(Purpose.HEAD_MAC), message, hashlib.sha256).hexdigest()

    def keep(self, head: Head) -> None:
        """Write a new head wherever heads are kept. Raises STORAGE_* or KEYRING_UNAVAILABLE."""
        if self._vault.get("head") != head.to_json():
            self._vault.put("head", head.to_json())
        if self._keyring is not None and self._in_keyring != head:
            value: JsonObject = {**head.to_json(), "mac": self._mac(head)}
            self._keyring.keep(self._name, canonical(value).decode("ascii"))
            self._in_keyring = head

    def _authentic(self, text: str) -> Head | None:
        """None for what is not in the form or has another code: any program of the user can write there."""
        try:
            value = read_json_object(text.encode("utf-8"))
            head = Head.from_json({name: value[name] for name in value if name != "mac"})
        except MalformedError:
            return None
        mac = value.get("mac")
        fits = isinstance(mac, str) and hmac.compare_digest(mac.encode("utf-8"), self._mac(head).encode())
        return head if fits else None

    def _mac(self, head: Head) -> str:
        """HMAC-SHA256 over log id and head, under the vault's key for it; lower hex."""
        message = canonical([self._name, head.to_json()])
        return hmac.new(self._vault.key(Purpose.HEAD_MAC), message, hashlib.sha256).hexdigest()
