"""Which of the policy's signers can sign given bytes, so that nobody is called to a device that would
refuse.
"""

from __future__ import annotations

from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.abilities import cannot_sign
from signer_app.signers.obstacles import Obstacle
from signer_app.signers.port import SigningKey


def able_signers(policy: PolicyDocument, proposal: Proposal) -> list[JsonValue]:
    """One entry a signing key of the policy on this network, in the policy's order.

    {signer, person, device, backend, tier, able, reasons: [{code, message, path}]}
    """
    entries: list[JsonValue] = []
    for key in policy.body.keys:
        if key.purpose != "sign" or not key.signer.startswith(f"{proposal.network}:"):
            continue
        obstacles = cannot_sign(
            key.backend,
            network=proposal.network,
            body=proposal.body,
            signer=key.signer,
            public_key=key.public_key.upper(),
        )
        reasons: list[JsonValue] = [_reason(obstacle) for obstacle in obstacles]
        entries.append(
            {
                "signer": key.signer,
                "person": key.person,
                "device": key.device,
                "backend": key.backend,
                "tier": key.tier,
                "able": not reasons,
                "reasons": reasons,
            }
        )
    return entries


def refuse_unable(proposal: Proposal, key: SigningKey) -> None:
    """The first reason why this key's signer would refuse the bytes, as an error. SignerError DEV_*."""
    obstacles = cannot_sign(
        key.backend,
        network=proposal.network,
        body=proposal.body,
        signer=key.account,
        public_key=key.public_key,
    )
    if obstacles:
        reasons: list[JsonValue] = [_reason(obstacle) for obstacle in obstacles]
        raise SignerError(obstacles[0].message, code=obstacles[0].code, details={"reasons": reasons})


def _reason(obstacle: Obstacle) -> JsonObject:
    return {"code": obstacle.code, "message": obstacle.message, "path": obstacle.path}
