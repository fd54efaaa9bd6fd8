"""A device showed something else than this program expected: evidence, the person's no, a word to the others.

Either the device or this computer does not tell the truth about the bytes, so nobody should sign them before
somebody has found out which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signer_app.chains.registry import chain_of
from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.policy.document import PolicyDocument
from signer_app.proposals.intake import require
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.service import ProposalService

_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """``line`` is the screen's title, ``expected`` what it should say, ``seen`` what the person read there.

    ``signer`` is the CAIP-10 account of the key that was to sign.
    """

    line: str
    expected: str
    seen: str
    signer: str


def report(
    rooms: Rooms, service: ProposalService, policy: PolicyDocument | None, identifier: str, found: Difference
) -> JsonObject:
    """Keep the very bytes that the device was given, and say no to the proposal.

    {proposal_id, state, rejections, journal: {index}, evidence: {index, blob}, warning}; ``warning`` is the
    text to send to the other signers. Raises as ProposalService.reject; UsageError without a line.
    """
    if not found.line.strip():
        raise UsageError("Which line differed?")
    proposal = require(rooms, identifier)
    public = (
        next((key.public_key for key in policy.body.keys if key.signer == found.signer), None)
        if policy
        else None
    )
    evidence: JsonObject = {
        "text": "a line differed on the device",
        "proposal_id": proposal.id,
        "body_hash": proposal.body_hash,
        "signer": found.signer,
        "line": found.line[:_LONGEST],
        "expected": found.expected[:_LONGEST],
        "seen": found.seen[:_LONGEST],
    }
    if public is not None:
        payload = chain_of(proposal.network).signing_payload(
            network=proposal.network, body=proposal.body, signer=found.signer, public_key=public.upper()
        )
        evidence["blob"] = rooms.journal.put_blob(payload.data, "application/octet-stream")
        evidence["digest"] = payload.digest.hex().upper()
    index = rooms.record("note", evidence)
    said = f", it said {safe_text(found.seen, 200)!r}" if found.seen.strip() else ""
    reason = f"{safe_text(found.line, 80)} differed on the device of {rooms.person}{said}"
    result = service.reject(proposal.id, reason)
    return {
        **result,
        "evidence": {"index": index, "blob": evidence.get("blob")},
        "warning": (
            f"Do not sign proposal {proposal.id}. {reason}; expected was "
            f"{safe_text(found.expected, 200)!r}. The bytes are kept as evidence in record {index} of "
            f"{rooms.person}'s journal."
        ),
    }
