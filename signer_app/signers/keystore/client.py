"""The parent's side of the keystore: typed calls, and not one private key.

A passphrase is named by a file that the child opens, or handed over once as bytes that are wiped on the way
out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

from signer_app.chains.signing_values import Signature
from signer_app.core.errors import MalformedError, SignerError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.host import CALL_TIMEOUT_S, ChildHost
from signer_app.signers.port import DEVICE_KEY_ID, DeviceState, DeviceStatus, KeyInfo, SignedTransaction
from signer_app.vault.kdf import KdfParameters
from signer_app.vault.strength import likeness

__all__ = ["KeyInfo", "Keystore", "SignedTransaction", "open_keystore"]

#: Hashing a passphrase may take seconds, and far longer on a machine that is busy or short of memory.
UNLOCK_TIMEOUT_S: Final = 120.0
_SIGNATURE: Final = re.compile(r"[0-9a-f]{128}")


class Keystore:
    """An unlocked keystore child. It implements the port Signer; close() ends the child, and with it the
    keys.
    """

    def __init__(self, host: ChildHost, opened: JsonObject) -> None:
        """Not for callers: use open_keystore."""
        self._host = host
        self._keys = _key_list(opened)
        #: Of a keystore that was made with ``beside``: a word of vault.strength for its passphrase, else "".
        self.strength = str(opened.get("strength", ""))
        #: Whether that passphrase is the one given as ``beside``.
        self.same_as_beside = opened.get("same") is True

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._host.pid

    @property
    def alive(self) -> bool:
        """False once the child has ended; open another one then."""
        return self._host.alive

    def state(self) -> DeviceState:
        if self.alive:
            return DeviceState(DeviceStatus.READY)
        return DeviceState(DeviceStatus.LOCKED, "The keys are locked.")

    def keys(self) -> list[KeyInfo]:
        """The chain keys, by id."""
        return [key for key in self._keys if key.purpose == "chain"]

    def public_keys(self) -> list[KeyInfo]:
        """All keys as the child has them, the device key included. Raises SignerError."""
        self._keys = _key_list(self._host.call("public_keys"))
        return list(self._keys)

    def device_public_key(self) -> str:
        """ "ed25519:<64 lower hex>". Raises SignerError KEY_NOT_FOUND where none was generated."""
        for key in self._keys:
            if key.purpose == "device":
                return key.public_key
        raise SignerError("This workspace has no device key.", code="KEY_NOT_FOUND")

    def create_device_key(self) -> str:
        """Draw this workstation's device key; returns "ed25519:<64 lower hex>". Raises ConflictError
        EXISTS.
        """
        return self.generate_key(DEVICE_KEY_ID, "ed25519", purpose="device").public_key

    def generate_key(self, key_id: str, curve: str, *, purpose: str = "chain") -> KeyInfo:
        """Draw a key inside the child; it is sealed on disk on return.

        ``curve``: secp256k1 or ed25519. Raises UsageError, ConflictError EXISTS, IntegrityError STORAGE_*,
        SignerError.
        """
        return self._added(self._host.call("generate", {"id": key_id, "curve": curve, "purpose": purpose}))

    def import_key(self, key_id: str, curve: str, seed_file: Path) -> KeyInfo:
        """Import an XRPL family seed or 64 hex digits; only the child opens ``seed_file``.

        Raises as generate_key, and NotFoundError, MalformedError.
        """
        params: JsonObject = {"id": key_id, "curve": curve, "seed_file": _absolute(seed_file)}
        return self._added(self._host.call("import", params))

    def sign_transaction(
        self,
        *,
        network: str,
        body: str,
        signer: str,
        key_id: str,
        report_hash: str,
        confirm: Callable[[], None] | None = None,
        timeout: float = CALL_TIMEOUT_S,
    ) -> SignedTransaction:
        """Sign a body for ``signer`` (CAIP-10) with a chain key; the digest is the child's own.

        Raises MalformedError for a body that does not decode, SignerError NOT_THIS_SIGNER, KEY_NOT_FOUND,
        SIGNER_TIMEOUT, SIGNER_DIED, SIGNER_PROTOCOL.
        """
        if confirm is not None:
            confirm()
        params: JsonObject = {
            "network": network,
            "body": body,
            "signer": signer,
            "key_id": key_id,
            "report_hash": report_hash,
        }
        result = self._host.call("sign_transaction", params, timeout=timeout)
        receipt = result.get("receipt")
        if not isinstance(receipt, dict):
            raise _protocol()
        signature = Signature(
            signer=_text(result, "signer"),
            public_key=_text(result, "public_key"),
            signature=_text(result, "signature"),
            scheme=_text(result, "scheme"),
        )
        return SignedTransaction(signature, _text(result, "digest"), receipt)

    def witness_transaction(
        self, *, network: str, body: str, signer: str, public_key: str, report_hash: str
    ) -> JsonObject:
        """The device key's receipt for a signature that another signer of this person gives.

        Raises MalformedError for a body that does not decode, SignerError NOT_THIS_SIGNER, SIGNER_*.
        """
        params: JsonObject = {
            "network": network,
            "body": body,
            "signer": signer,
            "public_key": public_key,
            "report_hash": report_hash,
        }
        receipt = self._host.call("witness_transaction", params).get("receipt")
        if not isinstance(receipt, dict):
            raise _protocol()
        return receipt

    def sign_statement(self, kind: str, value: JsonValue, *, timeout: float = CALL_TIMEOUT_S) -> str:
        """The device key's signature over a statement, 128 lower hex digits (module statements says of what).

        Raises MalformedError for a value that is no such statement, SignerError.
        """
        return _text(
            self._host.call("sign_statement", {"kind": kind, "value": value}, timeout=timeout), "sig"
        )

    def sign_checkpoint(self, note: bytes) -> bytes:
        """The device key's 64-byte signature over the three lines of a journal checkpoint (CONTRACTS E).

        Raises MalformedError for bytes that are no checkpoint, SignerError.
        """
        try:
            text = note.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError("A checkpoint is text.") from error
        return bytes.fromhex(self.sign_statement("checkpoint", text))

    def self_check(self) -> JsonObject:
        """What the child's fence denies: {fenced, calls: {name: errno name or "ok"}}."""
        return self._host.call("self_check")

    def close(self) -> None:
        """Lock: the child ends and the system takes its memory back."""
        self._host.close()

    def __enter__(self) -> Keystore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _added(self, result: JsonObject) -> KeyInfo:
        key = _key(result)
        self._keys = sorted([*self._keys, key], key=lambda entry: entry.id)
        return key


def open_keystore(
    folder: Path,
    *,
    passphrase_file: Path | None = None,
    passphrase: bytearray | None = None,
    create: KdfParameters | None = None,
    beside: bytearray | None = None,
    timeout: float = UNLOCK_TIMEOUT_S,
    host: ChildHost | None = None,
) -> Keystore:
    """Start a keystore child for ``folder`` (<workspace>/keys) and unlock it.

    Exactly one of ``passphrase_file`` (opened by the child alone) and ``passphrase`` (wiped in any case) is
    given. ``create`` starts an empty folder with that cost of hashing; KdfParameters() is the default of
    256 MiB; with ``beside``, another passphrase, which is not wiped, the child then says how strong the new
    one is and whether it is the same. Raises UsageError, SignerError SIGNER_UNAVAILABLE,
    SANDBOX_UNAVAILABLE, KEY_PASSPHRASE_WRONG (details: retry_after_s in a wait), KEY_NOT_FOUND,
    KEY_FILE_BROKEN, SIGNER_*; ConflictError EXISTS.
    """
    if (passphrase_file is None) == (passphrase is None):
        raise UsageError("The keys need one passphrase.", code="PASSPHRASE_REQUIRED")
    params: JsonObject = {
        "folder": _absolute(folder),
        "passphrase_file": None if passphrase_file is None else _absolute(passphrase_file),
        "create": None if create is None else create.to_json(),
    }
    if beside is not None:
        salt = os.urandom(16).hex()
        params["beside"] = {"salt": salt, "likeness": likeness(beside, salt)}
    child = host or ChildHost("keystore")
    try:
        return Keystore(child, child.call("unlock", params, secret=passphrase, timeout=timeout))
    except BaseException:
        child.close()
        raise


def _absolute(path: Path) -> str:
    """The child's current directory is another one. Links are left for it to see."""
    return os.path.abspath(path)


def _key_list(result: JsonObject) -> list[KeyInfo]:
    keys = result.get("keys")
    if not isinstance(keys, list):
        raise _protocol()
    return [_key(entry) for entry in keys]


def _key(value: JsonValue) -> KeyInfo:
    if not isinstance(value, dict) or not isinstance(addresses := value.get("addresses"), dict):
        raise _protocol()
    return KeyInfo(
        id=_text(value, "id"),
        purpose=_text(value, "purpose"),
        curve=_text(value, "curve"),
        public_key=_text(value, "public_key"),
        addresses={name: _text(addresses, name) for name in addresses},
    )


def _text(value: JsonObject, name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise _protocol()
    return text


def _protocol() -> SignerError:
    return SignerError("The keystore's answer has the wrong form.", code="SIGNER_PROTOCOL")
