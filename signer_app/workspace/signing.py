"""What a person who is about to sign chooses from, and signing with the choice."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Final

from signer_app.core.errors import DeniedError, SignerError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.proposals import differences
from signer_app.proposals.differences import Difference
from signer_app.workspace.origins import origins

if TYPE_CHECKING:
    from signer_app.workspace.composition import Workspace

#: Backends whose keys this version can ask. The others stay visible with this reason.
_ASKED: Final = ("keystore", "ledger")
_NOT_BUILT: Final = "Only Ledgers and sealed keys can be asked in this version."


def policy_or_none(workspace: Workspace) -> PolicyDocument | None:
    """The policy in force, or null where there is none."""
    try:
        return workspace.policies.in_force(workspace.rooms.clock()).document
    except DeniedError:
        return None


def choices(workspace: Workspace, identifier: str) -> JsonObject:
    """This person's keys for a proposal, usable ones first, the others with their reasons.

    {keys_unlocked, choices: [{id, signer, public_key, device, backend, tier, able, reasons: [{code, message,
    path}]}]}. NotFoundError.
    """
    policy = policy_or_none(workspace)
    proposal = workspace.reading.proposal(identifier)
    signed = _signers(proposal["signatures"])
    known = {key.signer: key for key in policy.body.keys if key.purpose == "sign"} if policy else {}
    entries: list[JsonObject] = []
    for entry in workspace.proposals.able_signers(identifier):
        if not isinstance(entry, dict) or entry["person"] != workspace.person:
            continue
        signer = str(entry["signer"])
        reasons = [*_list(entry["reasons"])]
        if entry["backend"] not in _ASKED:
            reasons.append({"code": "DEV_UNSUPPORTED", "message": _NOT_BUILT, "path": ""})
        if signer in signed:
            reasons.append({"code": "NOTHING_TO_SIGN", "message": "It has signed already.", "path": ""})
        key = known[signer]
        names = ("signer", "device", "backend", "tier")
        entries.append(
            {
                "id": key.id,
                "public_key": key.public_key.upper(),
                **{name: entry[name] for name in names},
                "able": not reasons,
                "reasons": reasons,
            }
        )
    ordered: list[JsonValue] = [*sorted(entries, key=lambda entry: entry["able"] is not True)]
    return {"keys_unlocked": workspace.keys.keystore_or_none is not None, "choices": ordered}


def sign_sealed(workspace: Workspace, identifier: str, public_key: str) -> JsonObject:
    """Sign with the key of this workstation's keystore that the policy's table means (CONTRACTS C5 sign).

    The keys have to be unlocked. SignerError KEY_NOT_FOUND where the keystore does not hold it.
    """
    for key in workspace.keys.chain_keys():
        if key.public_key == public_key.upper():
            return workspace.proposals.sign(identifier, key)
    raise SignerError("The keystore of this workstation does not hold this key.", code="KEY_NOT_FOUND")


def report_difference(workspace: Workspace, identifier: str, found: Difference) -> JsonObject:
    """A line differed on the device: keep the evidence and reject (proposals/differences.py)."""
    return differences.report(
        workspace.rooms, workspace.proposals, policy_or_none(workspace), identifier, found
    )


def signer_keys(workspace: Workspace) -> JsonObject:
    """Every signing key of the policy in force, this person's first.

    {person, keys: [{id, person, mine, device, backend, tier, signer, public_key, asked, enrolled,
    last_signed|null, last_test|null}]}. ``asked``: whether this version can ask such a key. ``enrolled``:
    {version, at, voters} of the version of the policy since which this key is that person's.
    ``last_signed``: as the verified signatures known here say of themselves. ``last_test``: as PassedTests
    keeps it.
    """
    policy = policy_or_none(workspace)
    enrolled = origins(workspace.policies, policy, _holders) if policy else {}
    signed: dict[str, str] = {}
    for network in workspace.networks:
        signed.update(workspace.queries.last_signed(network))
    tests = workspace.tests.read()
    found = [key for key in policy.body.keys if key.purpose == "sign"] if policy else []
    found.sort(key=lambda key: (key.person != workspace.person, key.person))
    keys: list[JsonValue] = [
        {
            "id": key.id,
            "person": key.person,
            "mine": key.person == workspace.person,
            "device": key.device,
            "backend": key.backend,
            "tier": key.tier,
            "signer": key.signer,
            "public_key": key.public_key.upper(),
            "asked": key.backend in _ASKED,
            "enrolled": enrolled[key.id].to_json(),
            "last_signed": signed.get(key.signer),
            "last_test": tests.get(key.public_key.upper()),
        }
        for key in found
    ]
    return {"person": workspace.person, "keys": keys}


def _holders(document: PolicyDocument) -> Mapping[str, Hashable]:
    """Whose each key is: another person, public key or device under the same name is another enrolment."""
    return {key.id: (key.person, key.public_key.upper(), key.device) for key in document.body.keys}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _signers(signatures: JsonValue) -> set[str]:
    return {str(entry["signer"]) for entry in _list(signatures) if isinstance(entry, dict)}
