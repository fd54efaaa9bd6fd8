"""The bytes of a proposal as they are: hex, which byte belongs to which field, JSON, the second reader."""

from __future__ import annotations

from signer_app.chains.registry import chain_of
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.proposals.judging import inspect_body
from signer_app.proposals.store.queries import Proposal


def raw_view(proposal: Proposal) -> JsonObject:
    """{body, fields: [{name, start, length, value}], json, readers_agree, problem, hashes}.

    ``start`` and ``length`` count bytes; the fields together are the whole body. ``readers_agree`` false:
    the body is not what both readers make of it, and ``problem`` says so. ``hashes``: {kept, computed}, the
    proposal's id as it was recorded and as the bytes give it now through both readers, null where they do
    not agree. MalformedError for a body that does not even decode.
    """
    chain = chain_of(proposal.network)
    values = chain.native_json(body=proposal.body)
    fields: list[JsonValue] = [
        {"name": span.name, "start": span.start, "length": span.length, "value": values[span.name]}
        for span in chain.spans(body=proposal.body)
    ]
    problem, computed = "", None
    try:
        computed = inspect_body(proposal).proposal_id
    except MalformedError as error:
        problem = error.message
    return {
        "body": proposal.body,
        "fields": fields,
        "json": values,
        "readers_agree": not problem,
        "problem": problem,
        "hashes": {"kept": proposal.id, "computed": computed},
    }
