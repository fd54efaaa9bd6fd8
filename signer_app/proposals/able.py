"""Which of the policy's signers can sign given bytes, so that nobody is called to a device that would
refuse.
"""

from __future__ import annotations

from collections.abc import Callable

from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.schema import Key
from signer_app.proposals.store.queries import Proposal
from signer_app.signers.abilities import CHOOSY, cannot_sign
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


class Unable:
    """Which keys of a person cannot sign a proposal, remembered: the bytes of a proposal never change."""

    def __init__(self, body_of: Callable[[str], str]) -> None:
        """``body_of`` gives the body of a proposal by its id."""
        self._body_of = body_of
        self._known: dict[tuple[str, str, str, str], bool] = {}

    def of(self, policy: PolicyDocument | None, person: str) -> Callable[[str], frozenset[str]]:
        """For a person under a policy: proposal id -> signers (CAIP-10) whose devices would refuse it."""
        keys = [
            key
            for key in (policy.body.keys if policy is not None else ())
            if key.person == person and key.purpose == "sign" and key.backend in CHOOSY
        ]

        def unable(proposal_id: str) -> frozenset[str]:
            return frozenset(key.signer for key in keys if self._refuses(proposal_id, key))

        return unable

    def _refuses(self, proposal_id: str, key: Key) -> bool:
        asked = (proposal_id, key.backend, key.signer, key.public_key.upper())
        if asked not in self._known:
            self._known[asked] = bool(
                cannot_sign(
                    key.backend,
                    network=key.signer.rpartition(":")[0],
                    body=self._body_of(proposal_id),
                    signer=key.signer,
                    public_key=key.public_key.upper(),
                )
            )
        return self._known[asked]


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
