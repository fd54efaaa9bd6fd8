"""Since which version of the policy a part of it is there, and whose votes brought that version.

People are asked "who added this?" of a receiver or a key. A policy has no author that could be proved; what
is proved are the votes with which a version became active, so these are the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.proposals.policies import Policies


@dataclass(frozen=True, slots=True)
class Origin:
    """A version of the policy. ``at``: when it was activated in this workspace, RFC 3339 UTC; ``voters``: the
    people whose votes it had here."""

    version: int
    at: str
    voters: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """{version, at, voters}."""
        voters: list[JsonValue] = [*self.voters]
        return {"version": self.version, "at": self.at, "voters": voters}


def origins(
    policies: Policies, document: PolicyDocument, parts: Callable[[PolicyDocument], Mapping[str, Hashable]]
) -> dict[str, Origin]:
    """For each part of ``document`` the version since which it is there without a break.

    ``parts`` gives them by id, each with what makes it that part: another value under an id is another part.
    """
    found: dict[str, Origin] = {}
    before: Mapping[str, Hashable] = {}
    for row, version in policies.activated(document.version):
        origin = Origin(version.version, str(row["activated_at"]), _voters(row["votes"]))
        present = parts(version)
        found = {
            part: found[part] if part in found and before[part] == value else origin
            for part, value in present.items()
        }
        before = present
    return found


def _voters(votes: JsonValue) -> tuple[str, ...]:
    listed = [vote for vote in votes if isinstance(vote, dict)] if isinstance(votes, list) else []
    return tuple(sorted({str(vote["person"]) for vote in listed}))
