"""Whose signature a proposal waits for: one rule for "Needs me", its counter and the desktop's notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.statements import Halt
from signer_app.policy.document import PolicyDocument
from signer_app.proposals.lifecycle import PENDING


def _none(_proposal_id: str) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """A person, and what decides whether a proposal waits for them; read once for a whole list.

    ``signers``: accounts (CAIP-10) that the person's keys sign as by the policy in force. ``rejected``: ids
    of proposals that the person said no to. ``halts``: those that stand. ``unable``: those of ``signers`` on
    whose devices a proposal, by its id, cannot be signed; asked last, since it reads the bytes.
    """

    person: str
    signers: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()
    halts: tuple[Halt, ...] = ()
    unable: Callable[[str], frozenset[str]] = _none

    def waits(self, proposal: JsonObject) -> bool:
        """Whether a proposal (CONTRACTS C5) needs this person: it can be signed, others proposed it, and the
        person holds a key for its network that can sign it, signed with none, and neither rejected it nor is
        kept from it.
        """
        return bool(self.can_sign(proposal))

    def can_sign(self, proposal: JsonObject) -> frozenset[str]:
        """The keys with which the person can give the signature that it waits for; none if it waits for
        others."""
        network = f"{proposal['network']}:"
        mine = frozenset(signer for signer in self.signers if signer.startswith(network))
        asked = (
            proposal["state"] == PENDING
            and proposal["proposer"] != self.person
            and proposal["proposal_id"] not in self.rejected
            and bool(mine)
            and mine.isdisjoint(str(item["signer"]) for item in _objects(proposal["signatures"]))
            and not self.halted(proposal)
        )
        return mine - self.unable(str(proposal["proposal_id"])) if asked else frozenset()

    def halted(self, proposal: JsonObject) -> bool:
        """Whether a halt stops what this proposal acts for."""
        if not self.halts:
            return False
        acting = {str(proposal["account"])}
        acting |= {str(item["account"]) for item in _objects(proposal["effects"]) if "account" in item}
        return any(halt.covers(account) for halt in self.halts for account in acting)


def signers_of(policy: PolicyDocument | None, person: str) -> frozenset[str]:
    """Accounts that keys of ``person`` sign as; none without a policy: then nobody's signature counts."""
    keys = policy.body.keys if policy is not None else ()
    return frozenset(key.signer for key in keys if key.purpose == "sign" and key.person == person)


def _objects(value: JsonValue) -> Iterable[JsonObject]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
