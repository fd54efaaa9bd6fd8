"""One reader for everything that may hold a transaction: our file, or a ledger's native form."""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.chains.port import Source
from signer_app.chains.registry import chain_of, recognise
from signer_app.core.canonical import DEFAULT_LIMITS, read_json
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Inspection
from signer_app.core.json_types import JsonValue
from signer_app.core.proposal_file import FORMAT, FileSignature, ProposalFile, read_proposal_file
from signer_app.core.statements import HALTS_FORMAT


@dataclass(frozen=True, slots=True)
class Incoming:
    """A read input. ``file`` is null for native forms; ``signatures`` come from either."""

    inspection: Inspection
    file: ProposalFile | None
    signatures: tuple[FileSignature, ...]


def read_incoming(
    data: bytes, *, network: str | None = None, account: str | None = None, signer: str | None = None
) -> Incoming:
    """Read and decode. MalformedError: MALFORMED, REENCODE_MISMATCH, NETWORK (exit 3)."""
    if len(data) > DEFAULT_LIMITS.size:
        raise MalformedError(f"The input has {len(data)} bytes; that is too many.")
    if is_proposal_file(data):
        return _from_file(read_proposal_file(data), network=network, account=account, signer=signer)
    chain = recognise(data, network)
    inspection = chain.inspect(Source(data, network=network, account=account, signer=signer))
    return Incoming(inspection, None, _native_signatures(inspection))


def is_proposal_file(data: bytes) -> bool:
    """Whether the input says that it is one of ours. MalformedError for another document of ours."""
    if data.lstrip()[:1] != b"{":
        return False
    value: JsonValue = read_json(data)
    if not isinstance(value, dict):
        return False
    name = value.get("format")
    if isinstance(name, str) and name.startswith("countersign/") and name != FORMAT:
        hint = "Run halt --from FILE." if name == HALTS_FORMAT else None
        raise MalformedError(f"This is a {name[:60]} document, not a proposal.", hint=hint)
    return name == FORMAT


def _from_file(
    file: ProposalFile, *, network: str | None, account: str | None, signer: str | None
) -> Incoming:
    if network is not None and network != file.network:
        raise MalformedError(f"The file is for {file.network}, not for {network}.", code="NETWORK")
    chain = chain_of(file.network)
    source = Source(
        file.transaction.body.encode("ascii", errors="replace"),
        network=file.network,
        account=account,
        signer=signer,
    )
    inspection = chain.inspect(source)
    if inspection.encoding != file.transaction.encoding:
        raise MalformedError("The file names another encoding than its body has.")
    if inspection.body != file.transaction.body:
        raise MalformedError("The file's body is not in canonical form without signatures.")
    if inspection.account != file.account:
        raise MalformedError("The file names another account than its body does.")
    return Incoming(inspection, file, tuple(file.signatures))


def _native_signatures(inspection: Inspection) -> tuple[FileSignature, ...]:
    if inspection.mode != "multi":
        return ()
    return tuple(
        FileSignature(
            signer=found.signer, public_key=found.public_key, signature=found.signature, scheme=found.scheme
        )
        for found in inspection.signatures
    )
