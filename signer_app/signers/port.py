"""The port that every kind of signer implements, and the states in which a device can be.

A device that cannot be used stays visible with its reason; it is never hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from signer_app.chains.signing_values import Signature
from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject

#: The id of a workstation's device key among its keys.
DEVICE_KEY_ID: Final = "device"


class DeviceStatus(StrEnum):
    """The one state of a device that a person has to deal with first."""

    READY = "READY"
    SEARCHING = "SEARCHING"
    LOCKED = "LOCKED"
    APP_CLOSED = "APP_CLOSED"
    WRONG_APP = "WRONG_APP"
    WRONG_NETWORK = "WRONG_NETWORK"
    OLD_FIRMWARE = "OLD_FIRMWARE"
    BUSY = "BUSY"
    IN_USE_ELSEWHERE = "IN_USE_ELSEWHERE"
    NO_PERMISSION = "NO_PERMISSION"
    NOT_A_SIGNER = "NOT_A_SIGNER"
    CANNOT_SIGN_KIND = "CANNOT_SIGN_KIND"
    DISCONNECTED = "DISCONNECTED"
    FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Status and the sentence for a person; ``reason`` is empty when READY."""

    status: DeviceStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """One key of a signer.

    ``purpose`` is chain or device, ``curve`` secp256k1 or ed25519. ``public_key`` is as ledger and policy
    write it: upper hex for a chain key (ED first for Ed25519), "ed25519:<64 hex>" for the device key.
    ``addresses`` holds the address of a chain key by ledger namespace, so far {"xrpl": "r…"}.
    """

    id: str
    purpose: str
    curve: str
    public_key: str
    addresses: Mapping[str, str]

    def accounts(self, networks: Iterable[str]) -> list[str]:
        """CAIP-10 ids of this key on those of the CAIP-2 networks whose ledger can use it."""
        return [
            f"{network}:{self.addresses[namespace]}"
            for network in networks
            if (namespace := network.partition(":")[0]) in self.addresses
        ]


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A signature, the digest that it is over (as ``inspect`` writes it) and the signer's signed receipt."""

    signature: Signature
    digest: str
    receipt: JsonObject


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that a person chose to sign with, before its signer is asked for anything.

    ``account`` is the CAIP-10 account it signs for; ``backend`` and ``device`` are the policy's words for
    where the key is. ``asks_person``: somebody reads and approves on a device, for as long as they like.
    ``connect`` brings the signer to where it can be asked; it may wait for a device, and raises SignerError.
    """

    id: str
    account: str
    public_key: str
    backend: str
    device: str
    asks_person: bool
    connect: Callable[[], Signer]


class BadSignatureError(SignerError):
    """A signer gave a signature that does not fit the bytes it was asked to sign. It goes into quarantine."""

    default_code = "DEV_BAD_SIGNATURE"

    def __init__(self, message: str, signature: Signature) -> None:
        super().__init__(message)
        self.signature = signature


class Signer(Protocol):
    """A software keystore, a hardware wallet or an HSM."""

    def state(self) -> DeviceState:
        """The present state, without waiting for the device."""
        ...

    def keys(self) -> list[KeyInfo]:
        """The keys that it can sign with. Raises SignerError."""
        ...

    def sign_transaction(
        self,
        *,
        network: str,
        body: str,
        signer: str,
        key_id: str,
        report_hash: str,
        confirm: Callable[[], None] | None = None,
    ) -> SignedTransaction:
        """Sign the body (CONTRACTS C1), never a digest, for ``signer`` (CAIP-10).

        ``report_hash`` is the lower hex hash of the policy report that allowed it; the receipt repeats it.
        ``confirm`` is called once everything is prepared, right before the key is asked; what it raises ends
        the signing.
        Raises SignerError, BadSignatureError; MalformedError for a body that does not decode.
        """
        ...
