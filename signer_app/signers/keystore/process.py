"""The keystore child: the only process that ever holds a private key (DESIGN section 3).

It raises its fence before anything else, opens passphrase and seed files itself, signs transactions from
their bytes and statements from their content, and never a digest that somebody else computed. It loads our
own encoder only: no ledger SDK, no network library, no database.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from signer_app.chains.signing_values import SigningPayload
from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.chains.xrpl.address import account_id_of, encode_address
from signer_app.chains.xrpl.networks import require_network
from signer_app.chains.xrpl.signing import ENCODING, payload_for
from signer_app.chains.xrpl.transaction import open_body
from signer_app.core.clock import Clock, format_time, machine_clock, whole_seconds
from signer_app.core.errors import CountersignError, MalformedError, SignerError, UsageError
from signer_app.core.failpoints import failpoint
from signer_app.core.identity import proposal_id
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers import fence
from signer_app.signers.child import text_param
from signer_app.signers.keystore.curves import Curve, sign_ed25519
from signer_app.signers.keystore.files import KeyFile, Purpose
from signer_app.signers.keystore.keyring import KeyRing
from signer_app.signers.statements import RECEIPT_FORMAT, receipt_message, statement_message
from signer_app.vault.kdf import KdfParameters, wipe
from signer_app.vault.passphrase import read_passphrase_file
from signer_app.vault.strength import likeness, strength

_HASH_DIGITS: Final = 64


class KeystoreService:
    """Answers the calls of keystore/client.py."""

    def __init__(self, clock: Clock = machine_clock) -> None:
        self._clock = clock
        self._ring: KeyRing | None = None
        self._unfenced: CountersignError | None = None
        self._calls: dict[str, Callable[[JsonObject, bytearray | None], JsonObject]] = {
            "unlock": self._unlock,
            "generate": self._generate,
            "import": self._import,
            "public_keys": self._public_keys,
            "sign_transaction": self._sign_transaction,
            "witness_transaction": self._witness_transaction,
            "sign_statement": self._sign_statement,
            "self_check": self._self_check,
        }
        try:
            fence.raise_fence()
        except SignerError as error:
            self._unfenced = error  # told to whoever brings a secret

    def answer(self, call: str, params: JsonObject, secret: bytearray | None) -> JsonObject:
        handler = self._calls.get(call)
        if handler is None:
            raise UsageError(f"The keystore has no call {call[:40]!r}.")
        if call not in {"self_check", "public_keys"} and self._unfenced is not None:
            raise self._unfenced
        return handler(params, secret)

    def _unlock(self, params: JsonObject, secret: bytearray | None) -> JsonObject:
        """{folder, passphrase_file|null, create: kdf|null, beside?}; the passphrase, unless a file holds it.

        Where a keystore is made and ``beside`` {salt, likeness} is given, the answer says how strong its
        passphrase is, and whether it is that of ``beside``. The passphrase itself never leaves.
        """
        if self._ring is not None:
            raise UsageError("The keystore is open already.")
        passphrase = secret
        if passphrase is None:
            passphrase = read_passphrase_file(Path(text_param(params, "passphrase_file")))
        ring = KeyRing(Path(text_param(params, "folder")), self._clock)
        judged: JsonObject = {}
        try:
            failpoint("keystore.unlocking")
            if params.get("create") is None:
                ring.unlock(passphrase)
            else:
                ring.create(passphrase, KdfParameters.from_json(params["create"]))
                judged = _judged(passphrase, params.get("beside"))
        finally:
            wipe(passphrase)
        self._ring = ring
        return {"keys": _describe_all(ring), **judged}

    def _generate(self, params: JsonObject, _secret: bytearray | None) -> JsonObject:
        """{id, curve, purpose}"""
        try:
            purpose = Purpose(text_param(params, "purpose"))
        except ValueError as error:
            raise UsageError("A key's purpose is chain or device.") from error
        return _describe(self._open().generate(text_param(params, "id"), _curve(params), purpose))

    def _import(self, params: JsonObject, _secret: bytearray | None) -> JsonObject:
        """{id, curve, seed_file}"""
        seed_file = Path(text_param(params, "seed_file"))
        return _describe(self._open().import_seed(text_param(params, "id"), _curve(params), seed_file))

    def _public_keys(self, _params: JsonObject, _secret: bytearray | None) -> JsonObject:
        return {"keys": _describe_all(self._open())}

    def _sign_transaction(self, params: JsonObject, _secret: bytearray | None) -> JsonObject:
        """{network, body, signer, key_id, report_hash}: decode, sign, and write a receipt by the device
        key.
        """
        ring = self._open()
        file, private = ring.private(text_param(params, "key_id"), Purpose.CHAIN)
        public = _ledger_key(file)
        asked = _asked(params, public)
        failpoint("keystore.before_sign")
        signature = xrpl_keys.sign(file.curve.value, bytes(private), asked.payload)
        failpoint("keystore.after_sign")
        return {
            "signer": asked.payload.signer,
            "public_key": public,
            "signature": signature,
            "scheme": asked.payload.scheme,
            "digest": asked.payload.digest.hex().upper(),
            "receipt": self._receipt(ring, asked),
        }

    def _witness_transaction(self, params: JsonObject, _secret: bytearray | None) -> JsonObject:
        """{network, body, signer, public_key, report_hash}: the receipt for a signature that a hardware
        wallet gives. The digest is this process's own; no chain key is used.
        """
        return {"receipt": self._receipt(self._open(), _asked(params, text_param(params, "public_key")))}

    def _receipt(self, ring: KeyRing, asked: _Asked) -> JsonObject:
        device, private = ring.device()
        receipt: JsonObject = {
            "format": RECEIPT_FORMAT,
            "proposal_id": asked.proposal_id,
            "digest": asked.payload.digest.hex().upper(),
            "report_hash": asked.report_hash,
            "at": format_time(whole_seconds(self._clock())),
            "device_key": _device_key(device),
        }
        return {**receipt, "sig": sign_ed25519(private, receipt_message(receipt)).hex()}

    def _sign_statement(self, params: JsonObject, _secret: bytearray | None) -> JsonObject:
        """{kind, value}: by the device key, under the kind's domain string."""
        message = statement_message(text_param(params, "kind"), params.get("value"))
        _file, private = self._open().device()
        failpoint("keystore.before_statement")
        return {"sig": sign_ed25519(private, message).hex()}

    def _self_check(self, _params: JsonObject, _secret: bytearray | None) -> JsonObject:
        """What the fence denies, tried here and now: {fenced, calls: {name: errno name or "ok"}}. Changes
        nothing.
        """
        calls: JsonObject = {**fence.probe()}
        return {"fenced": self._unfenced is None, "calls": calls}

    def _open(self) -> KeyRing:
        if self._ring is None:
            raise SignerError("The keys are locked.", code="KEY_NOT_FOUND")
        return self._ring


@dataclass(frozen=True, slots=True)
class _Asked:
    """A transaction that is to be signed, decoded from its bytes here."""

    payload: SigningPayload
    proposal_id: str
    report_hash: str


def _asked(params: JsonObject, public_key: str) -> _Asked:
    """{network, body, signer, report_hash} for a key. Raises MalformedError, SignerError NOT_THIS_SIGNER."""
    network, body = text_param(params, "network"), text_param(params, "body")
    report_hash = text_param(params, "report_hash")
    if len(report_hash) != _HASH_DIGITS or not set(report_hash) <= set("0123456789abcdef"):
        raise MalformedError("The report's hash is 64 lower hex digits.")
    transaction = open_body(body)
    require_network(transaction, network)
    payload = payload_for(
        transaction, network=network, signer=text_param(params, "signer"), public_key=public_key
    )
    account = f"{network}:{transaction.account}"
    identity = proposal_id(network=network, account=account, encoding=ENCODING, body=body)
    return _Asked(payload, identity, report_hash)


def _judged(passphrase: bytearray, beside: JsonValue) -> JsonObject:
    if not isinstance(beside, dict):
        return {}
    salt, told = text_param(beside, "salt"), text_param(beside, "likeness")
    same = hmac.compare_digest(likeness(passphrase, salt).encode(), told.encode())
    return {"strength": strength(passphrase).word, "same": same}


def _curve(params: JsonObject) -> Curve:
    try:
        return Curve(text_param(params, "curve"))
    except ValueError as error:
        raise UsageError("A key's curve is secp256k1 or ed25519.") from error


def _describe_all(ring: KeyRing) -> list[JsonValue]:
    return [_describe(file) for file in ring.files()]


def _describe(file: KeyFile) -> JsonObject:
    """{id, purpose, curve, public_key, addresses: {namespace: address}}"""
    shown: JsonObject = {"id": file.id, "purpose": file.purpose.value, "curve": file.curve.value}
    if file.purpose is Purpose.DEVICE:
        return {**shown, "public_key": _device_key(file), "addresses": {}}
    public = _ledger_key(file)
    address = encode_address(account_id_of(bytes.fromhex(public)))
    return {**shown, "public_key": public, "addresses": {"xrpl": address}}


def _device_key(file: KeyFile) -> str:
    return f"ed25519:{file.public_key.hex()}"


def _ledger_key(file: KeyFile) -> str:
    """XRPL writes an Ed25519 key with ED in front, to the length of a compressed point."""
    prefix = "ED" if file.curve is Curve.ED25519 else ""
    return prefix + file.public_key.hex().upper()
