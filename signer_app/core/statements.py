"""What people sign beside transactions: halt, resume, override (DESIGN section 2; CONTRACTS B, D).

A statement is signed by a device key over ``countersign/<kind>@1\\n`` and the lower hex SHA-256 of its
RFC 8785 form without ``sig``. That hash is also its id: a statement that was altered is another one, and its
signature does not fit. Whose device key it is, and whether that person may say so, is up to the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from signer_app.core.caip import parse_account
from signer_app.core.canonical import canonical, canonical_hash, read_json_object
from signer_app.core.clock import parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.proposal_file import DeviceKey, Hex64, Person

HALTS_FORMAT: Final = "countersign/halts@1"
#: Ending of a file that holds halts and resumes alone.
HALTS_SUFFIX: Final = ".halts.json"
#: Statements of one kind that one document may carry.
MAX_STATEMENTS: Final = 256

Hash: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Reason: TypeAlias = Annotated[str, StringConstraints(max_length=1000)]
_Why: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_Kind = TypeVar("_Kind", bound="Statement")
_Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Statement(BaseModel):
    """Members that all have. ``at`` is display only: no check reads it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    kind: ClassVar[str]

    org: _Name
    policy: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    person: Person
    device_key: DeviceKey
    reason: Reason
    at: Annotated[str, StringConstraints(max_length=40)]
    sig: Hex64 | None = None

    def to_json(self) -> JsonObject:
        """The whole statement; ``sig`` is left out while there is none."""
        value: JsonObject = self.model_dump(mode="json")
        if self.sig is None:
            del value["sig"]
        return value

    def unsigned(self) -> JsonObject:
        """What the device key signs."""
        value = self.to_json()
        value.pop("sig", None)
        return value

    @property
    def id(self) -> str:
        """SHA-256 of the RFC 8785 form without ``sig``, lower hex."""
        return canonical_hash(self.unsigned())


class Halt(Statement):
    """Stops signing and sending. ``accounts``: CAIP-10 ids, or null for everything under the policy.

    ``nonce`` (32 lower hex digits) keeps two halts of one second apart.
    """

    kind: ClassVar[str] = "halt"
    format: Literal["countersign/halt@1"] = "countersign/halt@1"
    reason: _Why
    accounts: Annotated[list[str], Field(min_length=1, max_length=256)] | None
    nonce: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]

    def covers(self, account: str) -> bool:
        """Whether it stops what acts for ``account`` (CAIP-10)."""
        return self.accounts is None or account in self.accounts


class Resume(Statement):
    """One of the two voices that lift a halt. ``halt`` is the halt's id."""

    kind: ClassVar[str] = "resume"
    format: Literal["countersign/resume@1"] = "countersign/resume@1"
    halt: Hash


class OverriddenCheck(BaseModel):
    """A failure of a soft rule: the rule's id and the code that it failed with."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    rule: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,63}$")]


class Override(Statement):
    """One voice of the override quorum, for these bytes under this version of the policy.

    ``report_hash``: the report that its author had before them.
    """

    kind: ClassVar[str] = "override"
    format: Literal["countersign/override@1"] = "countersign/override@1"
    reason: _Why
    policy_hash: Hash
    proposal_id: Hash
    body_hash: Hash
    report_hash: Hash
    checks: Annotated[list[OverriddenCheck], Field(min_length=1, max_length=256)]

    @property
    def taken(self) -> tuple[tuple[str, str], ...]:
        """(rule, code) of each failure that it takes."""
        return tuple((check.rule, check.code) for check in self.checks)


def read_statement(model: type[_Kind], value: JsonValue) -> _Kind:
    """A signed statement of this kind. Raises MalformedError that names the member which does not fit."""
    made = make_statement(model, value)
    if made.sig is None:
        raise MalformedError(f"The {model.kind} statement is not signed.")
    return made


def make_statement(model: type[_Kind], value: JsonValue) -> _Kind:
    """The same, before it is signed."""
    try:
        made = model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "its form"
        raise MalformedError(
            f"The {model.kind} statement is wrong at {where[:80]}: {first['msg'][:200]}."
        ) from error
    parse_time(made.at)
    if isinstance(made, Halt):
        for account in made.accounts or ():
            parse_account(account)
    return made


@dataclass(frozen=True, slots=True)
class HaltsDocument:
    """``countersign/halts@1``: member ``halt`` of a proposal file, and a file of its own.

    The statements are as they came, unread: one that is spoiled must not hide the others.
    """

    halts: tuple[JsonValue, ...]
    resumes: tuple[JsonValue, ...]

    def to_json(self) -> JsonObject:
        return {"format": HALTS_FORMAT, "halts": list(self.halts), "resumes": list(self.resumes)}

    def to_bytes(self) -> bytes:
        """RFC 8785 bytes, as written to disk."""
        return canonical(self.to_json())


def parse_halts(value: JsonValue) -> HaltsDocument:
    """The outer form of a halts document. Raises MalformedError; the statements are read one by one."""
    if not isinstance(value, dict) or set(value) != {"format", "halts", "resumes"}:
        raise MalformedError("A halts document has the members format, halts and resumes, and no others.")
    if value["format"] != HALTS_FORMAT:
        raise MalformedError(f"A halts document has the format {HALTS_FORMAT}.")
    return HaltsDocument(_listed(value["halts"], "halts"), _listed(value["resumes"], "resumes"))


def read_halts(data: bytes) -> HaltsDocument:
    """A halts file. Raises MalformedError."""
    return parse_halts(read_json_object(data))


def _listed(value: JsonValue, name: str) -> tuple[JsonValue, ...]:
    if not isinstance(value, list) or len(value) > MAX_STATEMENTS:
        raise MalformedError(f"{name} of a halts document is a list of at most {MAX_STATEMENTS} statements.")
    return tuple(value)
