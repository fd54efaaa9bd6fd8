"""What decoding a transaction gives: one value for every ledger (CONTRACTS C1, C2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from signer_app.core.effects import AssetAmount, Effect
from signer_app.core.json_types import JsonObject
from signer_app.core.warning import Warning  # the field's word; not the builtin


@dataclass(frozen=True, slots=True)
class Slot:
    """What the transaction uses up: ``kind`` is sequence, ticket or nonce; ``value`` a decimal string."""

    kind: str
    value: str

    def to_json(self) -> JsonObject:
        return {"kind": self.kind, "value": self.value}


@dataclass(frozen=True, slots=True)
class Expiry:
    """When the ledger will no longer take it. XRPL: kind "ledger", value the LastLedgerSequence."""

    kind: str
    value: str

    def to_json(self) -> JsonObject:
        return {"kind": self.kind, "value": self.value}


@dataclass(frozen=True, slots=True)
class Signing:
    """What a signer signs. ``digest`` is null where each signer has another and none was named."""

    scheme: str
    digest: str | None
    signing_data: str | None = None
    domain_hash: str | None = None
    message_hash: str | None = None
    signer: str | None = None

    def to_json(self) -> JsonObject:
        result: JsonObject = {"scheme": self.scheme, "digest": self.digest}
        for name in ("signing_data", "domain_hash", "message_hash", "signer"):
            value = getattr(self, name)
            if value is not None:
                result[name] = value
        return result


@dataclass(frozen=True, slots=True)
class InspectedSignature:
    """A signature found in the bytes. ``valid`` null: no key to test against."""

    signer: str
    public_key: str | None
    signature: str
    scheme: str
    valid: bool | None
    key_is_master: bool | None
    reason: str | None = None

    def to_json(self) -> JsonObject:
        return {
            "signer": self.signer,
            "public_key": self.public_key,
            "signature": self.signature,
            "scheme": self.scheme,
            "valid": self.valid,
            "key_is_master": self.key_is_master,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Leg:
    """One transaction or operation that needs an `allow`: its type and the names of its set flags.

    A set bit without a name is written as upper hex, e.g. "0x00100000". ``unknown_flags`` holds those.
    """

    path: str
    type: str
    account: str
    flags: tuple[str, ...]
    unknown_flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextField:
    """A text inside the bytes (memo, domain, URI) that people may read."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A decoded transaction. ``body`` is the text form of CONTRACTS C1; effects end with FeePaid."""

    proposal_id: str
    body_hash: str
    network: str
    account: str
    encoding: str
    body: str
    mode: str
    type: str
    tx_id: str | None
    sequence: Slot
    expiry: Expiry | None
    fee: AssetAmount
    effects: tuple[Effect, ...]
    legs: tuple[Leg, ...]
    texts: tuple[TextField, ...]
    signing: Signing
    signatures: tuple[InspectedSignature, ...]
    warnings: tuple[Warning, ...]

    def with_warning(self, warning: Warning) -> Inspection:
        """The same inspection with one more warning in front."""
        return replace(self, warnings=(warning, *self.warnings))

    def to_json(self) -> JsonObject:
        """The result of `inspect` (CONTRACTS C2)."""
        return {
            "proposal_id": self.proposal_id,
            "body_hash": self.body_hash,
            "network": self.network,
            "account": self.account,
            "encoding": self.encoding,
            "mode": self.mode,
            "type": self.type,
            "tx_id": self.tx_id,
            "sequence": self.sequence.to_json(),
            "expiry": self.expiry.to_json() if self.expiry else None,
            "fee": {"asset": self.fee.asset, "amount": self.fee.amount},
            "effects": [effect.to_json() for effect in self.effects],
            "signing": self.signing.to_json(),
            "signatures": [signature.to_json() for signature in self.signatures],
            "warnings": [warning.to_json() for warning in self.warnings],
        }
