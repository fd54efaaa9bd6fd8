"""How an open workspace stands, for the line that is always in view: its policy, and how far its journal is
held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.errors import DeniedError
from signer_app.journal.states import Head
from signer_app.policy.votes import votes_needed

if TYPE_CHECKING:
    from signer_app.workspace.composition import Workspace


@dataclass(frozen=True, slots=True)
class Checked:
    """The last check of every record since the workspace was opened: how many, and when."""

    records: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """``votes``: whose signatures it was activated with, ``needed``: how many it took."""

    id: str
    version: int
    votes: tuple[str, ...]
    needed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """``covered``: records under the last checkpoint that was made here. None: no policy, no check yet."""

    policy: PolicyInForce | None
    covered: int
    checked: Checked | None


def standing(workspace: Workspace) -> Standing:
    """Read it; nothing of it takes long."""
    checkpoint = workspace.vault.get("checkpoint")
    covered = Head.from_json(checkpoint).size if isinstance(checkpoint, dict) else 0
    return Standing(_policy(workspace), covered, workspace.checked)


def _policy(workspace: Workspace) -> PolicyInForce | None:
    policies = workspace.policies
    try:
        document = policies.in_force(workspace.rooms.clock()).document
    except DeniedError:
        return None
    rows = {str(row["hash"]): row for row in workspace.queries.policies()}
    votes, prev = rows[document.hash]["votes"], document.body.prev
    listed = votes if isinstance(votes, list) else []
    people = sorted({str(vote["person"]) for vote in listed if isinstance(vote, dict)})
    before = policies.by_hash(prev).document if prev is not None and prev in rows else None
    return PolicyInForce(document.id, document.version, tuple(people), votes_needed(document, before))
