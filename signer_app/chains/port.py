"""The port that every ledger implements (DESIGN section 3). Pure functions of bytes, but for LedgerClient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from signer_app.core.inspection import Inspection
from signer_app.core.json_types import JsonObject


@dataclass(frozen=True, slots=True)
class Source:
    """Transaction input as it came: ``data`` is the raw file or argument; the rest only if named."""

    data: bytes
    network: str | None = None
    account: str | None = None
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class SigningPayload:
    """What one signer signs. ``data`` are the bytes before hashing, ``digest`` the 32 bytes that are signed.

    Ed25519 on XRPL signs ``data`` itself; secp256k1 signs ``digest`` (xrpl.org, "Cryptographic Keys").
    """

    scheme: str
    data: bytes
    digest: bytes
    signer: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as stored and carried: signer is CAIP-10, key and signature are upper hex on XRPL."""

    signer: str
    public_key: str
    signature: str
    scheme: str


@dataclass(frozen=True, slots=True)
class SignerKeys:
    """Keys that may sign for one signer account, read from the ledger.

    ``master_enabled`` false: lsfDisableMaster is set. ``regular_key`` is the classic address of the regular
    key or null. ``exists`` false: an unfunded list member, whose own address is its only key.
    """

    account: str
    exists: bool
    master_enabled: bool
    regular_key: str | None


@dataclass(frozen=True, slots=True)
class SignerList:
    """The ledger's signer list: quorum and weight by signer account (CAIP-10)."""

    quorum: int
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A signature that was not taken, with its check code (SIGNATURE_INVALID, NOT_A_SIGNER, …)."""

    signature: Signature
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Combined:
    """A fully signed transaction: bytes to submit, its id, the signatures that went in, and those refused."""

    blob: bytes
    tx_id: str
    used: tuple[Signature, ...]
    refused: tuple[Refused, ...]
    weight: int


class Chain(Protocol):
    """A ledger's pure part."""

    namespace: str

    def recognises(self, data: bytes) -> bool:
        """Whether ``data`` looks like this ledger's transaction (cheap; inspect decides)."""
        ...

    def inspect(self, source: Source) -> Inspection:
        """Decode through the total-decode gate. MalformedError: MALFORMED, REENCODE_MISMATCH, NETWORK."""
        ...

    def signing_payload(self, *, network: str, body: str, signer: str, public_key: str) -> SigningPayload:
        """Payload for ``signer`` (CAIP-10) with ``public_key``, from our own encoder only."""
        ...

    def verify(self, *, network: str, body: str, signature: Signature) -> bool:
        """Whether the signature verifies cryptographically against its stated key."""
        ...

    def combine(
        self,
        *,
        network: str,
        body: str,
        signatures: Sequence[Signature],
        signer_list: SignerList,
        keys: Mapping[str, SignerKeys],
    ) -> Combined:
        """Verify everything again and join. Refused ones are reported, never raised."""
        ...

    def normalise_account(self, text: str, network: str) -> str:
        """CAIP-10 of a native address or CAIP-10 text, with its checksum verified."""
        ...

    def native_json(self, *, body: str) -> JsonObject:
        """The ledger's own JSON form of the body, for people and for other tools."""
        ...
