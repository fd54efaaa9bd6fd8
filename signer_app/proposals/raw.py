"""The bytes of a transaction as they are: hex, which byte belongs to which field, JSON, the second reader."""

from __future__ import annotations

from signer_app.chains.port import Source
from signer_app.chains.registry import chain_of
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.store.queries import Proposal


def raw_view(proposal: Proposal) -> JsonObject:
    """bytes_view() of a proposal that is kept; its id is the one that was recorded."""
    return bytes_view(proposal.network, proposal.account, proposal.body, proposal.id)


def bytes_view(network: str, account: str, body: str, kept: str) -> JsonObject:
    """{body, fields: [{name, start, length, value}], json, readers_agree, problem, hashes}.

    ``body`` as in CONTRACTS C1, ``kept`` the proposal's id as it is known. ``start`` and ``length`` count
    bytes; the fields together are the whole body. ``readers_agree`` false: the body is not what both readers
    make of it, and ``problem`` says so. ``hashes``: {kept, computed}, the id as it is known and as the bytes
    give it now through both readers, null where they do not agree. MalformedError for a body that does not
    even decode.
    """
    chain = chain_of(network)
    values = chain.native_json(body=body)
    fields: list[JsonValue] = [
        {"name": span.name, "start": span.start, "length": span.length, "value": values[span.name]}
        for span in chain.spans(body=body)
    ]
    problem, computed = "", None
    try:
        source = Source(body.encode("ascii"), network=network, account=account, signer=None)
        computed = chain.inspect(source).proposal_id
    except MalformedError as error:
        problem = error.message
    return {
        "body": body,
        "fields": fields,
        "json": values,
        "readers_agree": not problem,
        "problem": problem,
        "hashes": {"kept": kept, "computed": computed},
    }
