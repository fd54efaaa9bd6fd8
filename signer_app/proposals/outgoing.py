"""How proposals leave: our own file with every verified signature, or the ledger's native forms."""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.canonical import canonical
from signer_app.core.errors import UsageError
from signer_app.core.proposal_file import FileSignature, ProposalFile, Transaction
from signer_app.core.statements import HaltsDocument, Override
from signer_app.proposals.store.queries import Proposal

FORMS = ("countersign", "native", "partial")


def render(
    proposal: Proposal,
    form: str,
    *,
    halts: HaltsDocument | None = None,
    overrides: Sequence[Override] = (),
) -> bytes:
    """Bytes of a file: countersign, native (the ledger's unsigned JSON) or partial (hex of a signed blob).

    ``halts`` and ``overrides`` travel in our own form alone.
    """
    if form == "countersign":
        carried: dict[str, object] = {
            "halt": halts.to_json() if halts is not None else None,
            "overrides": [override.to_json() for override in overrides],
        }
        return to_file(proposal).model_copy(update=carried).to_bytes()
    if form == "native":
        return canonical(chain_of(proposal.network).native_json(body=proposal.body))
    if form == "partial":
        signatures = [Signature(s.signer, s.public_key, s.signature, s.scheme) for s in proposal.signatures]
        blob = chain_of(proposal.network).join(
            network=proposal.network, body=proposal.body, signatures=signatures
        )
        return blob.hex().upper().encode("ascii")
    raise UsageError(f"{form[:40]!r} is not one of {', '.join(FORMS)}.")


def to_file(proposal: Proposal) -> ProposalFile:
    """The proposal with every verified signature, ready to travel."""
    signatures = [
        FileSignature(
            signer=s.signer, public_key=s.public_key, signature=s.signature, scheme=s.scheme,
            device=s.device, signed_at=s.signed_at,
        )
        for s in proposal.signatures
    ]  # fmt: skip
    if proposal.author is not None:
        return ProposalFile.model_validate({**proposal.author, "signatures": []}).model_copy(
            update={"signatures": signatures}
        )
    return ProposalFile(
        network=proposal.network,
        account=proposal.account,
        transaction=Transaction(encoding="xrpl-blob", body=proposal.body),
        title=proposal.title,
        note=proposal.note,
        created_at=proposal.created_at,
        expires_at=proposal.expires_at,
        signatures=signatures,
    )
