"""Words of the line at the bottom: journal, checkpoint, policy, ledger, clock, version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.text import safe_text
from signer_app.ui.node_watch import News
from signer_app.ui.words import journal as journal_words
from signer_app.ui.words import node_pill as node_words
from signer_app.ui.words import strings

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.nodes.clock import ClockCheck
    from signer_app.nodes.health import Agreement
    from signer_app.ui.session import Summary

SAID = "State of this workspace"
CHAIN_CHECKED, CHAIN_CHECKED_BRIEF = "Journal chain checked", "Chain checked"
WRITE_FAILED = "Journal write failed"
NO_CHECKPOINT = "No checkpoint yet"
NO_CHECKPOINT_WHY = "A checkpoint is signed by your device key when your keys are unlocked."
NO_POLICY, NO_POLICY_WHY = "No policy in force", "No policy is in force here, so nothing can be signed."
LEDGER_UNKNOWN, NOT_AGREED = "Ledger not known", "Ledger not agreed"
CLOCK_UNKNOWN, CLOCK_DIFFER = "Clock not compared", "Clock not told: nodes differ"
CLOCK_AGREES, CLOCK_AGREES_BRIEF = "Clock agrees with the ledger", "Clock agrees"
CLOCK_TOO_FEW = "Too few operators said what their clocks show; the policy's number is needed."
CLOCK_DIFFER_WHY = "The clocks of the operators do not agree with each other, so none of them is believed."
CLOCK_SET = "Set the clock of this computer: times of rules, of expiry and of the journal are judged by it."
ABOUT = "Settings say more about this program."


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the line: its words, shorter ones for a narrow window, tone, and whole sentences."""

    text: str
    brief: str
    tone: str
    reason: str


def journal(summary: Summary) -> Part:
    """The state of the journal, in the words of its page."""
    records = journal_words.opened_with(summary.records)
    trouble, standing = summary.trouble, summary.standing
    if trouble is not None:
        titles = journal_words.DANGER_TITLES
        text = titles.get(trouble.state, journal_words.DANGER_TITLES["TAMPERED"])
        text = text if trouble.state else WRITE_FAILED
        return Part(text, text, "danger", safe_text(trouble.message, 400))
    checked = standing.checked if standing is not None else None
    if checked is None:
        reason = f"{journal_words.NOT_VERIFIED}. {journal_words.VERIFY_HINT}"
        return Part(f"{CHAIN_CHECKED}, {records}", CHAIN_CHECKED_BRIEF, "neutral", reason)
    reason = f"{journal_words.intact(checked.records, f'{checked.at.astimezone():%H:%M:%S}')}."
    newer = summary.records - checked.records
    if newer > 0:
        reason = f"{reason} {written_since(newer)}"
    return Part(f"{journal_words.INTACT}, {records}", journal_words.INTACT, "ok", reason)


def checkpoint(summary: Summary) -> Part:
    """How far the journal is held by a signature, and that no ledger holds it."""
    covered = summary.standing.covered if summary.standing is not None else 0
    lines = [
        f"{journal_words.CHECKPOINT}: {journal_words.to_record(covered, ()).removesuffix(', ')}.",
        f"{journal_words.TAIL}: {journal_words.tail(max(0, summary.records - covered))}.",
        f"{journal_words.ANCHORED}: {journal_words.NOT_ANCHORED}.",
    ]
    if not covered:
        return Part(NO_CHECKPOINT, NO_CHECKPOINT, "neutral", "\n".join([NO_CHECKPOINT_WHY, *lines]))
    last = covered - 1
    return Part(f"Checkpoint to record {last:,}", f"Checkpoint {last:,}", "neutral", "\n".join(lines))


def policy(summary: Summary) -> Part:
    """The policy in force, and the signatures that brought it into force."""
    found = summary.standing.policy if summary.standing is not None else None
    if found is None:
        return Part(NO_POLICY, NO_POLICY, "warn", NO_POLICY_WHY)
    votes = len(found.votes)
    brief = f"Policy v{found.version}"
    count = f"{votes} of {found.needed} signatures" if votes <= found.needed else f"{votes} signatures"
    people = ", ".join(found.votes)
    reason = f"{found.id} version {found.version} is in force. Signed by {people}; {found.needed} had to."
    return Part(f"{brief}, {count}", brief, "neutral", safe_text(reason, 400))


def ledger(news: News, nodes: int, confirmed: bool, offline: bool, *, now: datetime) -> Part:
    """The height that the nodes agreed on when they were last asked."""
    look = news.look
    if look is None or not look.networks or offline or not confirmed or not nodes:
        said = node_words.pill(news, nodes, confirmed, offline, now=now)
        reason = said.reason.removesuffix(node_words.CLICK).strip()
        return Part(LEDGER_UNKNOWN, LEDGER_UNKNOWN, "neutral", reason)
    age = news.age_s(now) or 0
    lines = [node_words.together(of) for of in look.networks]
    lines.append(asked(look.at.astimezone(now.tzinfo), age))
    known = [of for of in look.networks if of.ledger is not None and not of.differ]
    if len(known) < len(look.networks):
        return Part(NOT_AGREED, NOT_AGREED, "danger" if _differ(look.networks) else "warn", "\n".join(lines))
    stale = news.stale(now)
    if stale:
        lines.append(node_words.OLD_WHY)
    tone = "neutral" if not stale and all(of.enough for of in known) else "warn"
    heights = " · ".join(f"{of.ledger:,}" for of in known)
    name = known[0].network.partition(":")[0].upper()
    return Part(f"{name} ledger {heights}", f"Ledger {heights}", tone, "\n".join(lines))


def _differ(networks: tuple[Agreement, ...]) -> bool:
    return any(of.differ for of in networks)


def clock(news: News, *, now: datetime) -> Part:
    """This computer's clock against the ledger (nodes/clock.py says what can be told)."""
    if news.look is None:
        return Part(CLOCK_UNKNOWN, CLOCK_UNKNOWN, "neutral", node_words.UNKNOWN_WHY)
    found = news.look.clock
    when = asked(news.look.at.astimezone(now.tzinfo), news.age_s(now) or 0)
    if found.ahead_ms is None:
        why, text = (CLOCK_DIFFER_WHY, CLOCK_DIFFER) if found.differ else (CLOCK_TOO_FEW, CLOCK_UNKNOWN)
        return Part(text, CLOCK_UNKNOWN, "warn" if found.differ else "neutral", f"{why}\n{when}")
    reason = f"{compared(found)}\n{when}"
    if found.state == "agrees":
        return Part(CLOCK_AGREES, CLOCK_AGREES_BRIEF, "neutral", reason)
    text = f"Clock {span(abs(found.ahead_ms))} {'ahead' if found.ahead_ms > 0 else 'behind'}"
    return Part(text, text, "warn", f"{reason}\n{CLOCK_SET}")


def compared(found: ClockCheck) -> str:
    """What the clock was held against, and how exactly."""
    ahead = found.ahead_ms or 0
    if found.by_ledger:
        return (
            f"A ledger that the nodes agree on closed {span(-ahead)} after what this computer shows. It "
            "cannot have, so this computer is behind."
        )
    side = "ahead of" if ahead >= 0 else "behind"
    names = ", ".join(found.operators)
    give = f"{found.within_ms / 1000:.1f} s"
    return safe_text(
        f"This computer is {abs(ahead) / 1000:.1f} s {side} the clocks of {names}, give or take {give}.", 400
    )


def span(milliseconds: int) -> str:
    """ "42 s", "5 min", "3 h", "2 days"."""
    seconds = round(milliseconds / 1000)
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"


def asked(at: datetime, age_s: int) -> str:
    """When the nodes said it."""
    return f"Asked at {at:%H:%M:%S}, {node_words.ago(age_s)}."


def written_since(count: int) -> str:
    """Records that came after the check."""
    return f"{count:,} {'was' if count == 1 else 'were'} written by this program since."


def version(number: str, build: str, tone: str) -> Part:
    """Name and version of the program; ``build``: what the check of this build said, "" without one."""
    whole = f"{strings.APP} {number}"
    if not build:
        return Part(whole, number, "neutral", f"{whole}. {ABOUT}")
    brief = build if tone in ("warn", "danger") else number
    return Part(f"{whole} · {build}", brief, tone, f"{whole}, {build}. {ABOUT}")
