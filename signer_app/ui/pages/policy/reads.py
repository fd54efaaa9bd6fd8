"""What the policy page asks of the rooms below, as plain values. Everything here runs in the worker."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from signer_app.chains.registry import chain_of
from signer_app.core.canonical import canonical, read_json
from signer_app.core.errors import UsageError
from signer_app.core.facts import parse_facts
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.exchange.incoming import read_incoming
from signer_app.exchange.kinds import VOTE, kind_of
from signer_app.policy.checks import BUILT_IN
from signer_app.policy.diff import changes
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.policy.engine import compile_policy, evaluate
from signer_app.policy.report import Report
from signer_app.policy.votes import Vote, read_vote
from signer_app.policy.words import quorum_words, rules_in_words
from signer_app.ui.chosen_file import read_chosen
from signer_app.vault.files import atomic_write
from signer_app.workspace import Workspace

#: Documents and transactions are at most 1 MiB (CONTRACTS G).
_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as a card shows it. ``level``: hard, soft or advisory; ``consequence`` is that in words."""

    id: str
    kind: str
    sentence: str
    level: str
    consequence: str
    remark: str


@dataclass(frozen=True, slots=True)
class Version:
    """One policy, activated or opened from a file. ``signers``: (key id, account) of its signing keys."""

    hash: str
    id: str
    number: int
    state: str
    since: str
    valid_from: str
    change_quorum: str
    override_quorum: str
    rules: tuple[Rule, ...]
    votes: tuple[tuple[str, str], ...]
    signers: tuple[tuple[str, str], ...]
    document: PolicyDocument

    @property
    def data(self) -> bytes:
        """The document as canonical bytes."""
        return canonical(self.document.raw)


def versions(workspace: Workspace) -> tuple[Version, ...]:
    """Every activated version, the newest first."""
    listed = workspace.reading.policies()
    in_force = listed["in_force"]
    rows = listed["policies"]
    found = []
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict):
            digest = str(row["hash"])
            whole = workspace.reading.policy(digest)
            document = workspace.policies.by_hash(digest).document
            later = document.body.valid_from > workspace.rooms.clock()
            state = "in_force" if digest == in_force else "later" if later else "earlier"
            votes = whole["votes"]
            found.append(
                _version(document, state, str(row["activated_at"]), votes if isinstance(votes, list) else [])
            )
    return tuple(sorted(found, key=lambda version: -version.number))


def read_candidate(data: bytes) -> Version:
    """A policy document that is not in force. Raises MalformedError."""
    return _version(read_policy(data), "opened", "", [])


def read_offered(data: bytes) -> Version | Vote:
    """A policy document or a vote, by what it says that it is. Raises MalformedError."""
    return read_vote(data) if kind_of(data) == VOTE else read_candidate(data)


def _version(document: PolicyDocument, state: str, since: str, votes: list[JsonValue]) -> Version:
    body = document.body
    levels = {rule.id: rule.level.value for rule in document.rules}
    return Version(
        hash=document.hash,
        id=document.id,
        number=document.version,
        state=state,
        since=since,
        valid_from=str(document.raw["valid_from"]),
        change_quorum=quorum_words(body.change_quorum),
        override_quorum=quorum_words(body.override_quorum),
        rules=tuple(
            Rule(rule.id, rule.kind, rule.sentence, levels[rule.id], rule.level, rule.remark)
            for rule in rules_in_words(document)
        ),
        votes=tuple(
            (str(vote.get("person")), str(vote.get("device_key"))) for vote in votes if isinstance(vote, dict)
        ),
        signers=tuple((key.id, key.signer) for key in body.keys if key.purpose == "sign"),
        document=document,
    )


def read_bytes(path: Path) -> bytes:
    """The bytes of a chosen file. Raises NotFoundError, UsageError TOO_LARGE."""
    data = read_chosen(path, _LIMIT)
    if len(data) > _LIMIT:
        raise UsageError(f"{path.name} has more than {_LIMIT:,} bytes.")
    return data


@dataclass(frozen=True, slots=True)
class Trial:
    """What to judge: files, phase, and who signs (CAIP-10) or ""."""

    transaction: Path
    facts: Path | None
    phase: str
    signer: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A verdict, its codes, and (outcome, rule, sentence, code) of each check."""

    verdict: str
    codes: tuple[str, ...]
    checks: tuple[tuple[str, str, str, str], ...]
    proposal_id: str


def try_out(document: PolicyDocument, trial: Trial) -> Tried:
    """Judge a file; pure, as `policy check` (cli/policy.py). Raises MalformedError, NotFoundError."""
    incoming = read_incoming(read_bytes(trial.transaction), network=None)
    facts = parse_facts(read_json(read_bytes(trial.facts))) if trial.facts is not None else None
    signer: str | None = None
    if trial.signer:
        network = incoming.inspection.network
        signer = chain_of(network).normalise_account(trial.signer, network)
    report: Report = evaluate(
        compile_policy(document), incoming.inspection, facts, phase=trial.phase, signer=signer
    )
    shown = report.to_json()
    checks = shown["checks"]
    return Tried(
        report.verdict.value,
        tuple(report.codes),
        tuple(
            (str(check["verdict"]), _name(check), str(check["message"]), str(check["code"]))
            for check in (checks if isinstance(checks, list) else [])
            if isinstance(check, dict)
        ),
        report.proposal_id,
    )


def _name(check: JsonObject) -> str:
    """The rule's id; checks that need no rule go by their kind."""
    return str(check["kind"] if check["rule"] == BUILT_IN else check["rule"])


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison, values as text."""

    where: str
    before: str
    after: str
    direction: str


def differences(old: PolicyDocument, new: PolicyDocument, absent: str) -> tuple[Difference, ...]:
    """What differs, with ``absent`` for what is not there."""
    found = []
    for change in changes(old, new):
        before = absent if change.change == "added" else _value(change.before)
        after = absent if change.change == "removed" else _value(change.after)
        found.append(Difference(".".join(change.path), before, after, change.direction))
    return tuple(found)


def _value(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    return canonical(value).decode("utf-8")


def vote(workspace: Workspace, data: bytes, path: Path) -> JsonObject:
    """Vote with the device key and write the vote. Raises UsageError PASSPHRASE_REQUIRED."""
    made = workspace.vote(data)
    atomic_write(path, canonical(made), 0o600)
    return made


def activate(workspace: Workspace, data: bytes, paths: list[Path]) -> JsonObject:
    """Activate with these votes. Raises what Workspace.activate_policy raises."""
    return workspace.activate_policy(data, [read_bytes(path) for path in paths])
