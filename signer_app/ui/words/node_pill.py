"""Words of the node pill in the header: how many agreed, how old that is, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from signer_app.core.text import safe_text
from signer_app.ui.node_watch import News
from signer_app.ui.words import faults

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.nodes.health import Agreement, Look

NODES = "Nodes"
NONE, NONE_WHY = "none", "No node is listed. Without nodes nothing can be judged, so nothing can be signed."
CHANGED = "list changed"
CHANGED_WHY = (
    "The list of nodes was changed outside of this program. None is asked until a person stands by it."
)
OFFLINE, OFFLINE_WHY = "offline", "You work offline, so no node is asked."
UNKNOWN, UNKNOWN_WHY = "not asked yet", "Nobody has asked the nodes since the workspace was opened."
ASKING, ASKING_WHY = "being asked", "The nodes are being asked for the first time."
FAILED = "could not be asked"
JUST_NOW = "just now"
TOO_FEW, DIFFER, OLD = "too few", "they differ", "too old"
CERTIFICATE, CERTIFICATE_BRIEF = "certificate changed", "certificate"
OLD_WHY = "That is too old to rely on: they should have been asked again since."
SILENT = "No node answers."
SILENT_STAYS = (
    "Reading, building and exporting stay on; signing and sending are off until nodes answer. "
    "They are asked again by themselves."
)
ASK_AGAIN = "Ask now"
CLICK = "Press to see each of them."


@dataclass(frozen=True, slots=True)
class Said:
    """``plain`` words, ``strong`` words in the tone, ``brief`` ones for a narrow window, whole sentences."""

    plain: str
    strong: str
    tone: str
    reason: str
    brief: str = ""


def pill(news: News, nodes: int, confirmed: bool, offline: bool, *, now: datetime) -> Said:
    """What the pill says. ``nodes``: how many are listed; ``now`` with its zone."""
    listed = f"{NODES} {nodes}"
    if offline:
        return Said(NODES, OFFLINE, "warn", f"{OFFLINE_WHY} {CLICK}")
    if nodes == 0:
        return Said(NODES, NONE, "warn", f"{NONE_WHY} {CLICK}")
    if not confirmed:
        return Said(listed, CHANGED, "danger", f"{CHANGED_WHY} {CLICK}")
    if news.error is not None:
        why = f"{news.error.message} {faults.hint(news.error)}".strip()
        return Said(NODES, FAILED, "warn", f"{safe_text(why, 400)}\n{CLICK}")
    if news.look is None:
        words, why = (ASKING, ASKING_WHY) if news.asking else (UNKNOWN, UNKNOWN_WHY)
        return Said(listed, words, "neutral", f"{why} {CLICK}")
    return _looked(news.look, news.age_s(now) or 0, news.stale(now), now)


def _looked(look: Look, age_s: int, stale: bool, now: datetime) -> Said:
    agreed, listed = sum(of.agreed for of in look.networks), sum(of.listed for of in look.networks)
    differ, enough = any(of.differ for of in look.networks), all(of.enough for of in look.networks)
    wrong = DIFFER if differ else "" if enough else TOO_FEW
    notes = [CERTIFICATE if look.changed else "", wrong, OLD if stale else ""]
    tone = "danger" if differ or look.changed else "ok" if enough and not stale else "warn"
    count = f"{agreed} of {listed}"
    strong = ", ".join(part for part in (f"{count} agree", *notes, ago(age_s)) if part)
    most = CERTIFICATE_BRIEF if look.changed else next((note for note in notes if note), "")
    brief = ", ".join(part for part in (f"{NODES} {count}", most) if part)
    local = look.at.astimezone(now.tzinfo)
    lines = [
        *(together(of) for of in look.networks),
        f"Asked at {local:%H:%M:%S}, {ago(age_s)}." + (f" {OLD_WHY}" if stale else ""),
        *(f"{row.profile.id}: {row.reason}" for row in look.rows if row.reason),
        CLICK,
    ]
    return Said(NODES, strong, tone, "\n".join(safe_text(line, 400) for line in lines), brief)


def silence(since: datetime, agreed: datetime | None, zone: tzinfo | None) -> str:
    """Since when no node answers, and what stays possible. ``zone`` is the reader's."""
    last = f"; enough of them last agreed at {agreed.astimezone(zone):%H:%M}" if agreed is not None else ""
    return f"None has answered since {since.astimezone(zone):%H:%M}{last}. {SILENT_STAYS}"


def ago(seconds: int) -> str:
    """ "just now", "4 min ago", "2 h ago"."""
    if seconds < 60:
        return JUST_NOW
    return f"{seconds // 60} min ago" if seconds < 3600 else f"{seconds // 3600} h ago"


def together(of: Agreement) -> str:
    """One network in a sentence."""
    at = f" about ledger {of.ledger:,}" if of.ledger is not None else ""
    ran = f"{len(of.operators)} operator{'' if len(of.operators) == 1 else 's'}, {of.need} needed"
    end = "Some differ: what they say is not used." if of.differ else ""
    return f"{of.network}: {of.agreed} of {of.listed} nodes agree{at}. {ran}. {end}".strip()
