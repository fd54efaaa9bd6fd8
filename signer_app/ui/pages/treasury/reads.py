"""What the treasury's service says, as plain values, with titles from the bytes beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from signer_app.core.clock import parse_time
from signer_app.core.json_types import JsonObject, JsonValue

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.treasury.view import Answers, Plan
    from signer_app.ui.widgets import Pip
    from signer_app.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of the treasury.

    ``view`` is TreasuryView.to_json(). ``titles`` and ``pips`` are of proposals by id, ``names`` of accounts
    and assets. ``stale`` names the networks whose facts are older than ``view``, with when they were read.
    """

    view: JsonObject
    titles: dict[str, str]
    pips: dict[str, tuple[Pip, ...]]
    names: dict[str, str]
    stale: dict[str, datetime] = field(default_factory=dict)

    @property
    def as_of(self) -> datetime:
        """When it was worked out."""
        return parse_time(str(self.view["as_of"]))

    @property
    def oldest_s(self) -> int | None:
        """Age of the oldest fact at ``as_of``, in seconds."""
        value = self.view["oldest_s"]
        return value if isinstance(value, int) else None


def rows(value: JsonValue) -> list[JsonObject]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def read_plan(workspace: Workspace) -> tuple[Plan, int]:
    """Whom to ask about what, and how many nodes that asks. DeniedError without a policy."""
    plan = workspace.treasury.plan()
    networks = {network_of(question.account) for question in plan.questions}
    return plan, sum(node.network in networks for node in workspace.nodes.config.nodes)


def read_shown(workspace: Workspace, answers: Answers | None) -> Shown:
    """Everything worked out, in the worker's thread. DeniedError without a policy."""
    from signer_app.ui.pages.inbox.reading import read_list, read_names  # noqa: PLC0415

    view = workspace.treasury.view(answers).to_json()
    entries = read_list(workspace)
    names, _ = read_names(workspace)
    return Shown(
        view,
        {entry.id: entry.title for entry in entries},
        {entry.id: entry.pips for entry in entries},
        names,
    )


def network_of(account: object) -> str:
    """ "xrpl:0" of "xrpl:0:rAddress"."""
    return ":".join(str(account).split(":")[:2])


def with_last_good(now: Shown, before: Shown | None) -> Shown:
    """Where a network gives no agreed word, its last good balances and limits stay, marked as old.

    What waits, what ends and what is wrong is always of now.
    """
    if before is None:
        return now
    silent = {str(line["network"]) for line in rows(now.view["nodes"]) if line["agree"] is not True}
    known = {
        str(line["network"]): before.stale.get(str(line["network"]), _read_at(before, line))
        for line in rows(before.view["nodes"])
        if line["agree"] is True or str(line["network"]) in before.stale
    }
    kept = {network: known[network] for network in silent if network in known}
    if not kept:
        return now
    view = dict(now.view)
    for part in ("balances", "limits"):
        view[part] = _mixed(rows(now.view[part]), rows(before.view[part]), set(kept))
    if all(network_of(row["account"]) in kept for row in rows(now.view["balances"])):
        view["totals"] = before.view["totals"]
    ages = [int((now.as_of - at).total_seconds()) for at in kept.values()]
    view["oldest_s"] = max([*ages, *([] if now.oldest_s is None else [now.oldest_s])])
    return Shown(view, now.titles, now.pips, now.names, kept)


def _read_at(shown: Shown, line: JsonObject) -> datetime:
    age = line["age_s"]
    return shown.as_of - timedelta(seconds=age if isinstance(age, int) else 0)


def _mixed(now: list[JsonObject], before: list[JsonObject], networks: set[str]) -> list[JsonValue]:
    """The rows of ``before`` for these networks, those of ``now`` for others, in the order of ``now``."""
    old = [row for row in before if network_of(row["account"]) in networks]
    fresh = [row for row in now if network_of(row["account"]) not in networks]
    order = list(dict.fromkeys(str(row["account"]) for row in [*now, *before]))
    mixed = sorted([*fresh, *old], key=lambda row: order.index(str(row["account"])))
    return [*mixed]
