"""Signatures that come from elsewhere: verified before they are kept, else quarantined with the reason.

The set is keyed by (proposal, signer, scheme) and never overwritten (DESIGN promise 5). A valid signature
by a key of no person is kept too: it counts for the ledger's quorum, never for the policy's (CONTRACTS D).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from signer_app.chains.port import SignerKeys, SignerList
from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.clock import format_time, parse_time
from signer_app.core.errors import CountersignError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.proposal_file import FileSignature
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal


@dataclass(frozen=True, slots=True)
class Sorted:
    """Incoming signatures by fate; ``quarantined`` and ``already`` as in CONTRACTS C5."""

    added: tuple[FileSignature, ...]
    quarantined: tuple[JsonObject, ...]
    already: tuple[str, ...]


def sort_signatures(
    proposal: Proposal,
    incoming: Sequence[FileSignature],
    authority: tuple[SignerList, Mapping[str, SignerKeys]] | None,
    known_keys: AbstractSet[tuple[str, str]] = frozenset(),
) -> Sorted:
    """Verify each signature over our own payload.

    ``authority`` null: no node answers, so list membership is judged later; a key is then taken only if it is
    the signer's own, or one of ``known_keys``: (signer, public key in upper hex) of the policy in force.
    """
    present = {(s.signer, s.scheme): s.signature for s in proposal.signatures}
    added: dict[tuple[str, str], FileSignature] = {}
    quarantined: list[JsonObject] = []
    already: list[str] = []
    for item in incoming:
        key = (item.signer, item.scheme)
        if present.get(key) == item.signature:
            already.append(item.signer)
            continue
        refusal = _refusal(proposal, item, authority, known_keys)
        if refusal is not None:
            code, reason = refusal
            quarantined.append({**_plain(item), "code": code, "reason": reason})
        elif key in present or key in added:
            already.append(item.signer)  # another valid signature of the same signer adds nothing
        else:
            added[key] = item
    return Sorted(tuple(added.values()), tuple(quarantined), tuple(already))


def _refusal(
    proposal: Proposal,
    item: FileSignature,
    authority: tuple[SignerList, Mapping[str, SignerKeys]] | None,
    known_keys: AbstractSet[tuple[str, str]],
) -> tuple[str, str] | None:
    if item.public_key is None:
        return "SIGNATURE_INVALID", "no public key is given"
    signature = Signature(item.signer, item.public_key, item.signature, item.scheme)
    if authority is None and (item.signer, item.public_key.upper()) not in known_keys:
        # Nobody can say now whose key this is, so only the signer's own one is taken: a foreign key that took
        # the signer's place here would keep the true signature out.
        authority = _own_key_only(item.signer)
    try:
        valid = chain_of(proposal.network).verify(
            network=proposal.network, body=proposal.body, signature=signature
        )
    except CountersignError as error:
        return "SIGNATURE_INVALID", error.message
    if not valid:
        return "SIGNATURE_INVALID", "it does not verify over these bytes"
    if authority is None:
        return None
    signer_list, keys = authority
    if item.signer not in signer_list.weights:
        return "NOT_A_SIGNER", "the account's signer list does not hold this signer"
    refused = (
        chain_of(proposal.network)
        .combine(
            network=proposal.network,
            body=proposal.body,
            signatures=[signature],
            signer_list=signer_list,
            keys=keys,
        )
        .refused
    )
    return (refused[0].code, refused[0].reason) if refused else None


def _own_key_only(signer: str) -> tuple[SignerList, Mapping[str, SignerKeys]]:
    """Authority of a signer of whom nothing is known: the key whose hash is its address."""
    keys = SignerKeys(signer, exists=False, master_enabled=True, regular_key=None)
    return SignerList(1, {signer: 1}), {signer: keys}


def keep(rooms: Rooms, proposal: Proposal, fates: Sorted, ledger: int | None) -> int | None:
    """Journal what was sorted. Returns the index of the last record, null if there was nothing new."""
    entries: list[tuple[str, JsonObject]] = []
    fresh = [
        entry
        for entry in fates.quarantined
        if not rooms.queries.is_quarantined(proposal.id, str(entry["signer"]), str(entry["signature"]))
    ]
    if fresh:
        listed: list[JsonValue] = list(fresh)
        entries.append(("signature.quarantined", {"proposal_id": proposal.id, "entries": listed}))
    chain = chain_of(proposal.network)
    for item in fates.added:
        payload = chain.signing_payload(
            network=proposal.network, body=proposal.body, signer=item.signer, public_key=item.public_key or ""
        )
        entries.append(
            (
                "signature.added",
                {
                    "proposal_id": proposal.id,
                    "body_hash": proposal.body_hash,
                    **_plain(item),
                    "digest": payload.digest.hex().upper(),
                    "device": item.device,
                    "signed_at": _time_or_none(item.signed_at),
                    "ledger": str(ledger) if ledger is not None else None,
                },
            )
        )
    return rooms.record_many(entries)[-1] if entries else None


def _time_or_none(text: str | None) -> str | None:
    """What another machine says of the time is for display; what is no time is not kept."""
    try:
        return format_time(parse_time(text)) if text is not None else None
    except MalformedError:
        return None


def _plain(item: FileSignature) -> JsonObject:
    return {
        "signer": item.signer,
        "public_key": item.public_key,
        "signature": item.signature,
        "scheme": item.scheme,
    }
