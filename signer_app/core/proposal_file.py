"""The proposal file `*.countersign` (DESIGN section 6): one transaction, who proposes it, signatures so far.

The only part that counts for checks is ``transaction``. Title and note are claims by their author. ``device``
and ``signed_at`` of a signature are display only. ``halt`` (countersign/halts@1) and ``overrides`` are signed
statements of others, each weighed by itself (core/statements.py).
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.clock import parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject

FORMAT: Final = "countersign/proposal@1"
#: Override statements that one file may carry.
MAX_OVERRIDES: Final = 64
#: Members that carry signatures and sources of their own; the author's signature is not over them.
UNAUTHORED: Final = ("signatures", "facts", "halt", "overrides")
SUFFIX = ".countersign"
MEDIA_TYPE = "application/vnd.countersign+json"

Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
DeviceKey = Annotated[str, StringConstraints(pattern=r"^ed25519:[0-9a-f]{64}$")]
Person = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Text = Annotated[str, StringConstraints(max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Transaction(_Strict):
    """``body`` is the text form of CONTRACTS C1."""

    encoding: Literal["xrpl-blob", "stellar-xdr", "safe-tx"]
    body: Annotated[str, StringConstraints(min_length=2, max_length=256 * 1024)]


class Proposer(_Strict):
    person: Person
    device_key: DeviceKey
    sig: Hex64 | None = None


class FileSignature(_Strict):
    signer: Annotated[str, StringConstraints(max_length=200)]
    public_key: Annotated[str, StringConstraints(max_length=400)] | None
    signature: Annotated[str, StringConstraints(max_length=4000)]
    scheme: Annotated[str, StringConstraints(max_length=60)]
    device: Annotated[str, StringConstraints(max_length=100)] | None = None
    signed_at: Annotated[str, StringConstraints(max_length=40)] | None = None


class ProposalFile(_Strict):
    """The file as a value. Times are RFC 3339 UTC; network and account are CAIP ids."""

    format: Literal["countersign/proposal@1"] = FORMAT
    network: Annotated[str, StringConstraints(max_length=80)]
    account: Annotated[str, StringConstraints(max_length=200)]
    transaction: Transaction
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    note: Text = ""
    created_at: str
    expires_at: str | None = None
    proposer: Proposer | None = None
    signatures: list[FileSignature] = Field(default_factory=list, max_length=64)
    facts: dict[str, Any] | None = None  # any JSON object: checked where it is read
    halt: dict[str, Any] | None = None
    overrides: list[dict[str, Any]] = Field(default_factory=list, max_length=MAX_OVERRIDES)
    links: list[Annotated[str, StringConstraints(max_length=2000)]] = Field(
        default_factory=list, max_length=32
    )

    def to_json(self) -> JsonObject:
        """The file's JSON object; absent optional parts are left out."""
        value: JsonObject = self.model_dump(mode="json")
        for name in ("facts", "halt", "proposer"):
            if value[name] is None:
                del value[name]
        if not self.overrides:
            del value["overrides"]
        return value

    def to_bytes(self) -> bytes:
        """RFC 8785 bytes, as written to disk."""
        return canonical(self.to_json())


def read_proposal_file(data: bytes) -> ProposalFile:
    """Parse and check the shape. Raises MalformedError; signatures are judged by whoever keeps them."""
    parsed = make_file(**read_json_object(data))
    parse_time(parsed.created_at)
    if parsed.expires_at is not None:
        parse_time(parsed.expires_at)
    return parsed


def make_file(**members: object) -> ProposalFile:
    """A file from its members. Raises MalformedError that names the one that does not fit."""
    try:
        return ProposalFile.model_validate(members)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise MalformedError(f"The proposal file is wrong at {where}: {first['msg']}.") from error


def author_message(file: JsonObject) -> bytes:
    """What the proposer's device key signs: domain line + lower hex SHA-256 of the file without
    ``proposer.sig``, ``signatures``, ``facts``, ``halt`` and ``overrides`` (DESIGN section 6)."""
    return b"countersign/author@1\n" + author_hash(file).encode("ascii")


def author_hash(file: JsonObject) -> str:
    """The lower hex hash inside author_message."""
    signed = {name: value for name, value in file.items() if name not in UNAUTHORED}
    proposer = signed.get("proposer")
    if isinstance(proposer, dict):
        signed["proposer"] = {name: value for name, value in proposer.items() if name != "sig"}
    return hashlib.sha256(canonical(signed)).hexdigest()
