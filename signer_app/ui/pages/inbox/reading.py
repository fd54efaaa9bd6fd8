"""Asks services for what the inbox shows, in the worker's thread, and makes plain values of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError, DeniedError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.inbox.check_lines import check_line, rank, stands
from signer_app.ui.widgets import CheckLine, Pip
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as say
from signer_app.ui.words.shared import so_many_of

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.proposals.asked import Asked
    from signer_app.proposals.listing import Needs
    from signer_app.workspace import Workspace

#: States (core/states of Proposal) by tab.
OPEN_STATES = frozenset({"PENDING", "READY", "DENIED", "REJECTED", "SUBMITTED", "UNKNOWN", "DRAFT"})
#: States in which a halt keeps something from happening.
HALTABLE = frozenset({"PENDING", "READY"})


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A key of the policy: whose, and the account that it signs as. ``weight`` None: not known. ``unable``:
    why its device cannot sign what is looked at."""

    person: str
    signer: str
    device: str = ""
    backend: str = ""
    tier: str = ""
    weight: int | None = None
    unable: str = ""


@dataclass(frozen=True, slots=True)
class Quorum:
    """The ledger's own: weight that is there and weight that it takes."""

    have: int
    need: int


@dataclass(frozen=True, slots=True)
class Told:
    """A journal record of the proposal in words; ``record`` is its index."""

    record: int
    kind: str
    words: str
    at: str
    tone: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What a Ledger shows, line by line: (name, value, meaning); and what it leaves out."""

    version: str
    lines: tuple[tuple[str, str, str], ...]
    hidden: tuple[str, ...]


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
    halted: bool = False
    untold: bool = False  # it is denied, and only because facts could not be read: nobody said no
    needs: Needs | None = None
    people: int = 0  # those of the policy who signed

    @property
    def open(self) -> bool:
        """Whether something can still happen."""
        return self.state in OPEN_STATES

    @property
    def count(self) -> str:
        """Signatures in words: of how many that it takes."""
        needs = self.needs
        if needs is None or not needs.people:
            return say.signed(len(self.signed))
        if needs.weight is None or needs.quorum is None or needs.quorum == needs.people:
            return say.signed_of(self.people, needs.people)
        return say.signed_and_weight(self.people, needs.people, needs.weight, needs.quorum)


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
    me: str = ""
    quorum: Quorum | None = None
    balances: JsonObject = field(default_factory=dict)
    story: tuple[Told, ...] = ()
    expected: Expected | None = None
    raw_view: JsonObject = field(default_factory=dict)
    override_quorum: str = ""
    may_override: bool = False
    soft: tuple[str, ...] = ()
    hard: tuple[str, ...] = ()

    @property
    def needs_override(self) -> bool:
        """Whether rules that can be overridden stand against it, and no others."""
        return self.verdict == "NEEDS_OVERRIDE" or (bool(self.soft) and not self.hard)

    def with_balances(self, balances: JsonObject) -> Details:
        """The same with balances that were read since."""
        return replace(self, balances=balances)


def read_list(workspace: Workspace) -> list[Entry]:
    """Every proposal, the one that expires first in front."""
    names, holders = read_names(workspace)
    found = words.items(workspace.reading.proposals()["proposals"])
    asked, needs = workspace.reading.asked(workspace.person), workspace.listing.needs()
    entries = [entry_of(raw, names, holders, asked, needs.get(str(raw["proposal_id"]))) for raw in found]
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
        holders = tuple(
            KeyHolder(key.person, key.signer, key.device, key.backend, key.tier)
            for key in body.keys
            if key.purpose == "sign"
        )
    names.update(workspace.nodes.config.labels)
    return names, holders


def entry_of(
    raw: JsonObject,
    names: dict[str, str],
    holders: tuple[KeyHolder, ...],
    asked: Asked,
    needs: Needs | None = None,
) -> Entry:
    """A proposal's JSON (CONTRACTS C5) as a line of the list; ``asked`` says whether it is mine to sign,
    ``needs`` what signatures it takes where that is known."""
    holders = tuple(holder for holder in holders if holder.signer.startswith(f"{raw['network']}:"))
    effects = words.items(raw["effects"])
    signed = frozenset(str(item["signer"]) for item in words.items(raw["signatures"]))
    mine = asked.can_sign(raw)
    pips = tuple(
        Pip(
            "signed" if h.signer in signed else "you" if h.signer in mine else "open", h.weight or 1, h.person
        )
        for h in holders
    )
    slot, expires = raw["slot"], raw["expires_at"]
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
        mine=bool(mine),
        halted=raw["state"] in HALTABLE and asked.halted(raw),
        untold=raw["could_not_tell"] is True,
        needs=needs,
        people=len({holder.person for holder in holders if holder.signer in signed}),
    )


def read_details(workspace: Workspace, identifier: str) -> Details:
    """One proposal with its last recorded report. NotFoundError."""
    names, holders = read_names(workspace)
    raw = workspace.reading.proposal(identifier)
    network = f"{raw['network']}:"
    unable = _unable(workspace, str(raw["proposal_id"]))
    holders = tuple(
        replace(holder, unable=unable.get(holder.signer, ""))
        for holder in holders
        if holder.signer.startswith(network)
    )
    asked = workspace.reading.asked(workspace.person)
    needs = workspace.listing.needs().get(str(raw["proposal_id"]))
    base = Details(
        entry_of(raw, names, holders, asked, needs),
        raw,
        names,
        holders,
        me=workspace.person,
        balances=workspace.reading.balances(identifier),
        story=tuple(_told(item) for item in workspace.reading.story(identifier)),
        expected=_expected(raw),
        raw_view=_raw_view(workspace, identifier),
    )
    standing = _standing(raw)
    return _judged(workspace, base, asked, standing) if standing else base


def _unable(workspace: Workspace, identifier: str) -> dict[str, str]:
    """Why the devices of some signers cannot sign it, in words."""
    return {
        str(entry["signer"]): safe_text(str(reasons[0]["message"]), 300)
        for entry in words.items(workspace.proposals.able_signers(identifier))
        if (reasons := words.items(entry["reasons"]))
    }


def _standing(raw: JsonObject) -> JsonObject | None:
    """The newest verdict that says where the proposal stands. One that allowed a signature counts it before
    it is there: where it never came, because signing was cancelled, the verdict before says what is so.
    """
    verdicts = words.items(raw["verdicts"])
    signed = {item["signer"] for item in words.items(raw["signatures"])}
    for verdict in reversed(verdicts):
        if verdict.get("phase") != "sign" or verdict["verdict"] == "DENY" or verdict.get("signer") in signed:
            return verdict
    return verdicts[-1] if verdicts else None


def _judged(workspace: Workspace, base: Details, asked: Asked, last: JsonObject) -> Details:
    """With what the last recorded report says."""
    report = _blob(workspace, str(last["report_blob"]))
    policy, checks = report.get("policy"), words.items(report.get("checks"))
    open_quorum = base.entry.state == "PENDING"
    taken = any(item["kind"] == "override" and item["verdict"] == "PASS" for item in checks)
    soft = [item for item in checks if item["severity"] == "soft" and stands(item) and not taken]
    hard = [item for item in checks if item["severity"] == "hard" and stands(item)]
    weights = _weights(_blob(workspace, str(last["facts_blob"])), base.entry.account)
    holders = tuple(replace(holder, weight=weights.get(holder.signer)) for holder in base.holders)
    quorum_words_, may = _override_quorum(workspace, base.me)
    return replace(
        base,
        holders=holders,
        entry=entry_of(base.raw, base.names, holders, asked, base.entry.needs),
        checks=tuple(check_line(item, base.names, waiting=open_quorum) for item in sorted(checks, key=rank)),
        verdict=str(last["verdict"]),
        judged_at=str(last["at"]),
        policy=f"{policy['id']} v{policy['version']}" if isinstance(policy, dict) else "",
        needs=_needs(report),
        quorum=_quorum(report),
        override_quorum=quorum_words_,
        may_override=may,
        soft=tuple(check_line(item, base.names).words for item in soft),
        hard=tuple(check_line(item, base.names).words for item in hard if item["code"] != "QUORUM"),
    )


def _override_quorum(workspace: Workspace, me: str) -> tuple[str, bool]:
    """Who may override in words, and whether this person is of them."""
    from signer_app.policy.words import quorum_words  # noqa: PLC0415 - in the worker's thread

    try:
        body = workspace.policies.in_force(workspace.rooms.clock()).document.body
    except DeniedError:
        return "", False
    quorum = body.override_quorum
    if quorum is None:
        return "", False
    roles = {role for person in body.people if person.id == me for role in person.roles}
    return quorum_words(quorum), any(group.role in roles for group in quorum.all_of)


def _quorum(report: JsonObject) -> Quorum | None:
    required = report.get("required")
    ledger = required.get("ledger") if isinstance(required, dict) else None
    if not isinstance(ledger, dict):
        return None
    need, have = ledger.get("quorum"), ledger.get("weight")
    return Quorum(have, need) if isinstance(need, int) and isinstance(have, int) else None


def _weights(facts: JsonObject, account: str) -> dict[str, int]:
    """Weight of each signer as the nodes stated it; nothing where they state different things."""
    lists = [
        seen["value"]
        for fact in words.items(facts.get("facts"))
        if (fact.get("kind"), fact.get("key")) == ("signers", account)
        for seen in words.items(fact.get("observations"))
    ]
    if not lists or any(value != lists[0] for value in lists) or not isinstance(lists[0], dict):
        return {}
    return {
        str(member["account"]): member["weight"]
        for member in words.items(lists[0].get("signers"))
        if isinstance(member["weight"], int)
    }


def _expected(raw: JsonObject) -> Expected | None:
    if not str(raw["network"]).startswith("xrpl:"):
        return None
    from signer_app.signers.ledger.xrp.screens import review  # noqa: PLC0415 - in the worker's thread
    from signer_app.signers.ledger.xrp.tables import VERSIONS  # noqa: PLC0415

    newest = list(VERSIONS)[-1]
    try:
        found = review(str(raw["body"]), app_version=newest)
    except CountersignError:
        return None
    return Expected(
        newest,
        tuple((screen.name, screen.value, screen.meaning) for screen in found.screens),
        tuple(f"{item.name} {item.value}".strip() for item in found.hidden),
    )


def _raw_view(workspace: Workspace, identifier: str) -> JsonObject:
    try:
        return workspace.reading.raw(identifier)
    except CountersignError as error:
        return {"problem": error.message}


def _told(item: JsonObject) -> Told:
    """A record as one line of the timeline."""
    from signer_app.proposals.record_words import words_of  # noqa: PLC0415 - in the worker's thread

    index, record = item["index"], item["record"]
    number = index if isinstance(index, int) else 0
    if not isinstance(record, dict):
        return Told(number, "redacted", say.REDACTED, "", "warn")
    told = words_of(record)
    if record["type"] == "verdict":
        return _verdict(number, record)
    said = f"{told.event}: {told.summary}" if told.summary else told.event
    return Told(number, str(record["type"]), safe_text(said, 400), str(record.get("at") or ""), told.tone)


def _verdict(number: int, record: JsonObject) -> Told:
    """A verdict; that signatures are still missing is no denial."""
    given = record.get("codes")
    codes = [str(code) for code in given] if isinstance(given, list) else []
    verdict, at = str(record["verdict"]), str(record.get("at") or "")
    if verdict == "DENY" and codes == ["QUORUM"]:
        return Told(number, "verdict", say.QUORUM_OPEN, at, "")
    names = dict.fromkeys(say.CHECK_NAMES.get(code, code) for code in codes)
    tone = {"ALLOW": "", "NEEDS_OVERRIDE": "warn"}.get(verdict, "danger")
    return Told(number, "verdict", say.verdict_told(verdict, ", ".join(names)), at, tone)


def _blob(workspace: Workspace, blob: str) -> JsonObject:
    try:
        value = json.loads(workspace.journal.get_blob(blob))
    except CountersignError:
        return {}  # a redacted report: its verdict is known, its checks are not
    return value if isinstance(value, dict) else {}


def _needs(report: JsonObject) -> tuple[str, ...]:
    required = report.get("required")
    groups = words.items(required.get("all_of")) if isinstance(required, dict) else []
    return tuple(
        f"{so_many_of(item['have'], item['need'])} {safe_text(str(item['role']), 60)}" for item in groups
    )
