"""Enrolment (CONTRACTS D): who a person is to a policy's author: their device key, and keys that they hold.

Each key proves that it is held by a signature over a worthless transaction, since hardware wallets sign
transactions alone. The transaction names an account that nobody has, ended long ago, and carries the hash of
the claim as a domain, so that a proof fits one person, one device key and one account only. The device key
signs the whole. That the file comes from the person whom it names, a phone call or a meeting has to say:
compare the fingerprint there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from signer_app.chains.intents import Settings, Terms
from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.canonical import canonical, canonical_hash, read_json_object
from signer_app.core.clock import format_time, parse_time, whole_seconds
from signer_app.core.errors import MalformedError, UsageError
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.proposal_file import DeviceKey, Hex64, Person
from signer_app.core.text import safe_text
from signer_app.signers.ledger.signer import USUAL_PATHS
from signer_app.signers.ledger.xrp.client import XrpApp
from signer_app.signers.statements import verify_statement
from signer_app.workspace.composition import Workspace

FORMAT: Final = "countersign/enrol@1"
SUFFIX: Final = ".enrol.json"
MAX_KEYS: Final = 32
LIMIT: Final = 256 * 1024
#: ACCOUNT_ZERO (xrpl.org, "Special Addresses"): nobody has its key, and it can have no signer list.
_NOBODY: Final = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EnrolledKey(_Model):
    """A key and the proof that it is held. ``device``: one name for one physical device or workstation."""

    id: Person
    signer: Annotated[str, StringConstraints(max_length=200)]
    public_key: Annotated[str, StringConstraints(pattern=r"^(0[23]|ED)[0-9A-F]{64}$")]
    backend: Literal["keystore", "ledger"]
    device: Person
    proof: Annotated[str, StringConstraints(pattern=r"^([0-9A-F]{2}){60,80}$")]


class Enrolment(_Model):
    """The file. ``roles`` are wishes; which a person has, the policy says. ``at`` is display only."""

    format: Literal["countersign/enrol@1"]
    kind: Literal["enrol"]
    org: _Name
    network: Annotated[str, StringConstraints(max_length=64)]
    person: Person
    roles: Annotated[list[_Name], Field(max_length=50)]
    device_key: DeviceKey
    keys: Annotated[list[EnrolledKey], Field(max_length=MAX_KEYS)]
    at: Annotated[str, StringConstraints(max_length=40)]
    sig: Hex64

    def to_json(self) -> JsonObject:
        value: JsonObject = self.model_dump(mode="json")
        return value

    def to_bytes(self) -> bytes:
        """RFC 8785 bytes, as written to disk."""
        return canonical(self.to_json())

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the whole file's canonical form, lower hex: what two people compare."""
        return canonical_hash(self.to_json())


@dataclass(frozen=True, slots=True)
class Holder:
    """A key that can be asked for its proof: ``prove`` signs a body for ``signer`` and gives upper hex."""

    id: str
    signer: str
    public_key: str
    backend: Literal["keystore", "ledger"]
    device: str
    prove: Callable[[str], str]


# -- reading ------------------------------------------------------------------------------------------------


def read_enrolment(data: bytes) -> Enrolment:
    """A file of another person, with every signature checked.

    MalformedError: not in this form; BAD_SIGNATURE for a proof or the whole that does not verify; TOO_LARGE.
    """
    if len(data) > LIMIT:
        raise MalformedError("An enrolment file is not so large.", code="TOO_LARGE")
    try:
        found = Enrolment.model_validate(read_json_object(data))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "its form"
        raise MalformedError(
            f"The enrolment is wrong at {safe_text(where, 80)}: {safe_text(first['msg'], 200)}."
        ) from error
    parse_time(found.at)
    _check(found)
    return found


def _check(found: Enrolment) -> None:
    unsigned = {name: value for name, value in found.to_json().items() if name != "sig"}
    if not verify_statement(found.device_key, "enrol", unsigned, found.sig):
        raise MalformedError(
            f"The device key of {found.person} did not sign this enrolment.", code="BAD_SIGNATURE"
        )
    ids, publics = [key.id for key in found.keys], [key.public_key for key in found.keys]
    if len(set(ids)) < len(ids) or len(set(publics)) < len(publics):
        raise MalformedError("An enrolment names each key once.")
    chain = chain_of(found.network)
    for key in found.keys:
        if chain.normalise_account(key.signer, found.network) != key.signer:
            raise MalformedError(f"{key.id}: the account is not of {found.network}.", code="NETWORK")
        body = _body(found.network, _claim(found.network, found.person, found.device_key, key))
        payload = chain.signing_payload(
            network=found.network, body=body, signer=key.signer, public_key=key.public_key
        )
        signature = Signature(key.signer, key.public_key, key.proof, payload.scheme)
        if not chain.verify(network=found.network, body=body, signature=signature):
            raise MalformedError(
                f"{key.id}: nothing proves that {found.person} holds this key.", code="BAD_SIGNATURE"
            )


def describe(found: Enrolment) -> JsonObject:
    """{person, org, network, roles, device_key, keys: [{id, signer, public_key, backend, device}], at,
    fingerprint}: what was verified, without the signatures."""
    keys: list[JsonValue] = [
        {name: value for name, value in key.model_dump(mode="json").items() if name != "proof"}
        for key in found.keys
    ]
    return {
        "person": found.person, "org": found.org, "network": found.network, "roles": list(found.roles),
        "device_key": found.device_key, "keys": keys, "at": found.at, "fingerprint": found.fingerprint,
    }  # fmt: skip


# -- making -------------------------------------------------------------------------------------------------


def make_enrolment(workspace: Workspace, holders: Sequence[Holder]) -> Enrolment:
    """This person's enrolment; every holder is asked for its proof, and what comes back is verified.

    UsageError PASSPHRASE_REQUIRED while the keys are locked; what holders raise.
    """
    keystore = workspace.keys.keystore()
    network, identity = workspace.networks[0], workspace.identity
    device_key = keystore.device_public_key()
    roles = identity["roles"]
    keys: list[JsonValue] = []
    for holder in holders:
        entry: JsonObject = {
            "id": holder.id, "signer": holder.signer, "public_key": holder.public_key,
            "backend": holder.backend, "device": holder.device,
        }  # fmt: skip
        claim = _claim_of(network, workspace.person, device_key, holder.signer, holder.public_key)
        keys.append({**entry, "proof": holder.prove(_body(network, claim))})
    unsigned: JsonObject = {
        "format": FORMAT, "kind": "enrol", "org": str(identity["org"]), "network": network,
        "person": workspace.person, "roles": list(roles) if isinstance(roles, list) else [],
        "device_key": device_key, "keys": keys, "at": format_time(whole_seconds(workspace.rooms.clock())),
    }  # fmt: skip
    signature = keystore.sign_statement("enrol", unsigned)
    made = read_enrolment(canonical({**unsigned, "sig": signature}))
    workspace.rooms.record("note", {"text": "enrolment made", "fingerprint": made.fingerprint})
    workspace.seal()
    return made


def keystore_holders(workspace: Workspace, names: Sequence[str] | None = None) -> list[Holder]:
    """The chain keys in sealed files, all or those that are named. SignerError KEY_NOT_FOUND."""
    network = workspace.networks[0]
    keystore = workspace.keys.keystore()
    found = (
        workspace.keys.chain_keys()
        if names is None
        else [workspace.keys.find(name) for name in dict.fromkeys(names)]
    )

    def prove(key_id: str, signer: str) -> Callable[[str], str]:
        def ask(body: str) -> str:
            signed = keystore.sign_transaction(
                network=network, body=body, signer=signer, key_id=key_id, report_hash=_no_report()
            )
            return signed.signature.signature

        return ask

    return [
        Holder(
            key.id, account, key.public_key, "keystore", f"workstation-{workspace.person}"[:64],
            prove(key.id, account),
        )
        for key in found
        for account in key.accounts(workspace.networks[:1])
    ]  # fmt: skip


def ledger_holder(
    workspace: Workspace, *, device_id: str | None, path: str = USUAL_PATHS[0], name: str
) -> Holder:
    """The key of a connected Ledger; its proof is a transaction that a person approves on it.

    ``name``: what the policy shall call the device. SignerError DEV_*.
    """
    if not name:
        raise UsageError("A device needs a name, such as nano-1.")
    connected = workspace.devices.connected
    network = workspace.networks[0]
    found = connected.address(device_id, path, (network,), show=False)

    def ask(body: str) -> str:
        connected.tell(
            "The device shows a worthless transaction whose domain begins with countersign.enrol. Approve it"
        )
        return XrpApp(connected.one(device_id)).sign(path, bytes.fromhex(body))

    return Holder(name, f"{network}:{found['address']}", str(found["public_key"]), "ledger", name, ask)


def _claim(network: str, person: str, device_key: str, key: EnrolledKey) -> str:
    return _claim_of(network, person, device_key, key.signer, key.public_key)


def _claim_of(network: str, person: str, device_key: str, signer: str, public_key: str) -> str:
    """What a proof is over, lower hex SHA-256."""
    return canonical_hash(
        {"format": FORMAT, "network": network, "person": person, "device_key": device_key,
         "signer": signer, "public_key": public_key}
    )  # fmt: skip


def _body(network: str, claim: str) -> str:
    """The worthless transaction of a claim."""
    return chain_of(network).compose(
        Settings(domain=f"countersign.enrol.{claim}"),
        network=network,
        account=f"{network}:{_NOBODY}",
        terms=Terms(slot=Slot("sequence", "1"), last_ledger=1, fee_base=10),
    )


def _no_report() -> str:
    """No verdict stands behind a proof; the receipt says so by the hash of nothing."""
    return canonical_hash({})
