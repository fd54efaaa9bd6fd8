"""The policy document of CONTRACTS A: read strictly, checked as a whole, hashed as written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, Field, ValidationError

from signer_app.core.canonical import canonical_hash, read_json
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.core.strict_yaml import read_yaml
from signer_app.core.text import safe_text
from signer_app.policy.references import check_references
from signer_app.policy.rules import LATER_KINDS, RULE_MODELS
from signer_app.policy.rules.base import RuleModel
from signer_app.policy.schema import (
    Asset,
    BookEntry,
    Contract,
    FactRules,
    Hash,
    Key,
    Name,
    Network,
    Person,
    PolicyId,
    Quorum,
    ScopeAccount,
    StrictModel,
    Time,
    known_zone,
)

FORMAT = "countersign/policy@1"
_Model = TypeVar("_Model", bound=StrictModel)


class PolicyBody(StrictModel):
    """Every member of the document but its rules, which are read by their own kinds."""

    format: Literal["countersign/policy@1"]
    org: Name
    id: PolicyId
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    prev: Hash | None = None
    valid_from: Time
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{1,64}$"), AfterValidator(known_zone)] = "UTC"
    networks: Annotated[list[Network], Field(min_length=1)]
    people: Annotated[list[Person], Field(min_length=1)]
    keys: list[Key]
    accounts: list[ScopeAccount]
    assets: list[Asset]
    address_book: list[BookEntry] = Field(default_factory=list)
    contracts: list[Contract] = Field(default_factory=list)
    facts: FactRules = FactRules()
    change_quorum: Quorum
    override_quorum: Quorum | None = None
    rules: list[dict[str, Any]]  # any JSON object here; each is read by the model of its kind


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A checked policy. ``raw`` is the parsed value as written and ``hash`` the SHA-256 of its RFC 8785
    form.
    """

    body: PolicyBody
    rules: tuple[RuleModel, ...]
    raw: JsonObject
    hash: str

    @property
    def id(self) -> str:
        return self.body.id

    @property
    def version(self) -> int:
        return self.body.version


def read_policy(data: bytes) -> PolicyDocument:
    """Read YAML, or JSON where the first character is a brace.

    Raises MalformedError whose message names the place, e.g. "rules[3].max".
    """
    text = data.lstrip(b" \t\r\n")
    value = read_json(data) if text.startswith(b"{") else read_yaml(data)
    if not isinstance(value, dict):
        raise MalformedError("A policy must be one object.")
    return parse_policy(value)


def parse_policy(raw: JsonObject) -> PolicyDocument:
    """Check a parsed document. Raises MalformedError."""
    policy_hash = canonical_hash(raw)
    body = _validated(PolicyBody, raw, "")
    rules = tuple(_rule(item, f"rules[{index}]") for index, item in enumerate(body.rules))
    check_references(body, rules)
    return PolicyDocument(body, rules, raw, policy_hash)


def _rule(item: Mapping[str, Any], where: str) -> RuleModel:
    kind = item.get("kind")
    if not isinstance(kind, str):
        raise MalformedError(f"{where}.kind: a rule needs a kind.")
    model = RULE_MODELS.get(kind)
    if model is not None:
        return _validated(model, dict(item), where)
    if kind in LATER_KINDS:
        raise MalformedError(
            f"{where}.kind: rules of kind {kind} are not in this version, so this policy cannot be judged."
        )
    raise MalformedError(f"{where}.kind: {safe_text(kind, 40)!r} is not a kind of rule.")


def _validated(model: type[_Model], value: JsonObject, where: str) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        # One sentence about the first place; the rest often only follows from it.
        first = error.errors(include_url=False, include_context=False)[0]
        place = _place(where, first["loc"])
        reason = first["msg"].removeprefix("Value error, ")
        raise MalformedError(f"{place}: {safe_text(reason, 300)}") from error


def _place(where: str, steps: Sequence[int | str]) -> str:
    """ "rules[3].match.effects[0]" """
    place = where
    for step in steps:
        if isinstance(step, int):
            place += f"[{step}]"
        elif step != "[key]":
            place += f".{safe_text(step, 60)}" if place else safe_text(step, 60)
    return place or "the policy"
