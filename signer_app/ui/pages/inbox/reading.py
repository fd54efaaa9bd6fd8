"""Asks services for what the inbox shows, in the worker's thread, and makes plain values of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, DeniedError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.inbox import words
from signer_app.ui.widgets import CheckLine, Pip

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.workspace import Workspace

#: States (core/states of Proposal) by tab.
OPEN_STATES = frozenset({"PENDING", "READY", "DENIED", "REJECTED", "SUBMITTED", "UNKNOWN", "DRAFT"})


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A key of the policy: whose, and the account that it signs as."""

    person: str
    signer: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One proposal as the list shows it."""

    id: str
    title: str
    icon: str
    state: str
    state_words: str
    account: str
    account_name: str
    network: str
    expires_at: str | None
    slot: str
    live: bool
    signed: frozenset[str]
    pips: tuple[Pip, ...]
    mine: bool

    @property
    def open(self) -> bool:
        """Whether something can still happen."""
        return self.state in OPEN_STATES

    @property
    def count(self) -> str:
        """Signatures in words."""
        have = sum(1 for pip in self.pips if pip.state == "signed")
        return f"{have} of {len(self.pips)} signed" if self.pips else f"{len(self.signed)} signed"


@dataclass(frozen=True, slots=True)
class Details:
    """One proposal whole."""

    entry: Entry
    raw: JsonObject
    names: dict[str, str]
    holders: tuple[KeyHolder, ...]
    checks: tuple[CheckLine, ...] = ()
    verdict: str | None = None
    judged_at: str = ""
    policy: str = ""
    needs: tuple[str, ...] = field(default=())


def read_list(workspace: Workspace) -> list[Entry]:
    """Every proposal, the one that expires first in front."""
    names, holders = read_names(workspace)
    found = words.items(workspace.reading.proposals()["proposals"])
    entries = [entry_of(raw, names, holders, workspace.person) for raw in found]
    return sorted(entries, key=lambda entry: (entry.expires_at or "9", entry.id))


def read_names(workspace: Workspace) -> tuple[dict[str, str], tuple[KeyHolder, ...]]:
    """Names that the policy in force and the workspace give, and the keys of the policy."""
    names: dict[str, str] = {}
    holders: tuple[KeyHolder, ...] = ()
    try:
        body = workspace.policies.in_force(workspace.rooms.clock()).document.body
    except DeniedError:
        pass  # without a policy there are the workspace's own labels
    else:
        names.update({entry.account: entry.id for entry in body.address_book})
        names.update({entry.account: entry.id for entry in body.accounts})
        names.update({asset.id: asset.label for asset in body.assets})
        holders = tuple(KeyHolder(key.person, key.signer) for key in body.keys if key.purpose == "sign")
    names.update(workspace.nodes.config.labels)
    return names, holders


def entry_of(raw: JsonObject, names: dict[str, str], holders: tuple[KeyHolder, ...], me: str) -> Entry:
    """A proposal's JSON (CONTRACTS C5) as a line of the list."""
    effects = words.items(raw["effects"])
    signed = frozenset(str(item["signer"]) for item in words.items(raw["signatures"]))
    pips = tuple(
        Pip("signed" if h.signer in signed else "you" if h.person == me else "open", 1, h.person)
        for h in holders
    )
    slot, expires = raw["slot"], raw["expires_at"]
    waiting = raw["state"] in ("PENDING", "READY", "DENIED")
    mine = waiting and any(pip.state == "you" for pip in pips) and raw["proposer"] != me
    return Entry(
        id=str(raw["proposal_id"]),
        title=words.title(effects, names),
        icon=words.icon(effects),
        state=str(raw["state"]),
        state_words=str(raw["state_words"]),
        account=str(raw["account"]),
        account_name=words.name_of(raw["account"], names),
        network=str(raw["network"]),
        expires_at=expires if isinstance(expires, str) else None,
        slot=f"{slot['kind']} {slot['value']}" if isinstance(slot, dict) else "",
        live=raw["live"] is True,
        signed=signed,
        pips=pips,
        mine=mine,
    )


def read_details(workspace: Workspace, identifier: str) -> Details:
    """One proposal with its last recorded report. NotFoundError."""
    names, holders = read_names(workspace)
    raw = workspace.reading.proposal(identifier)
    entry = entry_of(raw, names, holders, workspace.person)
    verdicts = words.items(raw["verdicts"])
    if not verdicts:
        return Details(entry, raw, names, holders)
    last = verdicts[-1]
    report = _report(workspace, str(last["report_blob"]))
    policy = report.get("policy")
    return Details(
        entry,
        raw,
        names,
        holders,
        checks=tuple(_check(item) for item in words.items(report.get("checks"))),
        verdict=str(last["verdict"]),
        judged_at=str(last["at"]),
        policy=f"{policy['id']} v{policy['version']}" if isinstance(policy, dict) else "",
        needs=_needs(report),
    )


def _report(workspace: Workspace, blob: str) -> JsonObject:
    try:
        value = json.loads(workspace.journal.get_blob(blob))
    except CountersignError:
        return {}  # a redacted report: its verdict is known, its checks are not
    return value if isinstance(value, dict) else {}


def _check(check: JsonObject) -> CheckLine:
    """A check of a report (CONTRACTS C4) as a row."""
    details = [("rule", str(check["rule"])), ("code", str(check["code"]))]
    evidence = words.items(check["evidence"])
    if evidence:
        details.append(("source", ", ".join(f"{e['source']} at ledger {e['ledger']}" for e in evidence)))
        details.append(("time", str(evidence[0]["at"])))
    name = words.kind_words(str(check["code"]).replace("_", " ").capitalize().replace(" ", "_"))
    return CheckLine(
        str(check["verdict"]),
        name.replace("_", " "),
        safe_text(str(check["message"]), 600),
        tuple((key, safe_text(value, 400)) for key, value in details),
    )


def _needs(report: JsonObject) -> tuple[str, ...]:
    required = report.get("required")
    if not isinstance(required, dict):
        return ()
    return tuple(
        f"{item['have']} of {item['need']} {safe_text(str(item['role']), 60)}"
        for item in words.items(required.get("all_of"))
    )
