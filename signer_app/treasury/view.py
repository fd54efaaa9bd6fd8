"""The treasury as one value: facts are read once, and everything is worked out from them.

Reading facts asks nodes and may take long, so it is a step of its own that any thread may do: plan() and
view() belong to who owns the workspace, read() to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from signer_app.chains.port import LedgerReader
from signer_app.core.caip import asset_network, parse_account
from signer_app.core.canonical import read_json_object
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import CountersignError, NodeError, NotFoundError
from signer_app.core.facts import Context, Fact, FactsDocument, Observation
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.observations import Decided
from signer_app.policy.readings import Readings
from signer_app.proposals.halts import Halts
from signer_app.proposals.judging import DEFAULT_WINDOW_S, outflow_items
from signer_app.proposals.policies import ActivePolicy, Policies
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal
from signer_app.treasury import alerts
from signer_app.treasury.alerts import Alert
from signer_app.treasury.balances import Balance, Total, balances, totals
from signer_app.treasury.limits import LimitUse, limits
from signer_app.treasury.waiting import Ending, Waiting, endings, waiting


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask about one account."""

    account: str
    assets: tuple[str, ...]
    window_s: int
    reader: LedgerReader


@dataclass(frozen=True, slots=True)
class Plan:
    """Which facts to read. ``problems``: networks that cannot be asked, and why."""

    questions: tuple[Question, ...]
    problems: tuple[tuple[str, str], ...] = ()

    def read(self) -> Answers:
        """Ask the nodes; blocking, in any thread. A network that fails is a problem, never an error."""
        facts: dict[tuple[str, str], Fact] = {}
        problems = dict(self.problems)
        for question in self.questions:
            try:
                found = question.reader.facts(
                    account=question.account, destinations=(), window_s=question.window_s,
                    assets=question.assets,
                )  # fmt: skip
            except NodeError as error:
                problems[parse_account(question.account).network] = error.message
                continue
            # The newest answer about a network stands for it; one about an account is the only one.
            facts.update({(fact.kind, fact.key): fact for fact in found})
        return Answers(tuple(facts.values()), tuple(problems.items()))


@dataclass(frozen=True, slots=True)
class Answers:
    """What was read."""

    facts: tuple[Fact, ...]
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NodeLine:
    """The nodes of a network as facts: operators that answered, whether they agree, age of the oldest."""

    network: str
    operators: int
    agree: bool
    ledger: str | None
    age_s: int | None
    why: str

    def to_json(self) -> JsonObject:
        """{network, operators, agree, ledger, age_s, why}."""
        return {
            "network": self.network,
            "operators": self.operators,
            "agree": self.agree,
            "ledger": self.ledger,
            "age_s": self.age_s,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class TreasuryView:
    """Everything of the page. ``oldest_s`` is the age of the oldest fact in seconds, None without facts."""

    as_of: datetime
    oldest_s: int | None
    policy: str
    balances: tuple[Balance, ...]
    limits: tuple[LimitUse, ...]
    waiting: tuple[Waiting, ...]
    endings: tuple[Ending, ...]
    nodes: tuple[NodeLine, ...]
    alerts: tuple[Alert, ...]

    @property
    def totals(self) -> tuple[Total, ...]:
        """The balances added up by asset."""
        return totals(self.balances)

    def to_json(self) -> JsonObject:
        """{as_of, oldest_s, policy, totals, balances, limits, waiting, endings, nodes, alerts}."""
        listed: dict[str, list[JsonValue]] = {
            "totals": [item.to_json() for item in self.totals],
            "balances": [item.to_json() for item in self.balances],
            "limits": [item.to_json() for item in self.limits],
            "waiting": [item.to_json() for item in self.waiting],
            "endings": [item.to_json() for item in self.endings],
            "nodes": [item.to_json() for item in self.nodes],
            "alerts": [item.to_json() for item in self.alerts],
        }
        return {
            "as_of": format_time(self.as_of),
            "oldest_s": self.oldest_s,
            "policy": self.policy,
            **listed,
        }


class Treasury:
    """Reads of one workspace; nothing here writes. Without a policy there is no scope: DeniedError."""

    def __init__(self, rooms: Rooms, policies: Policies) -> None:
        self._rooms = rooms
        self._policies = policies

    def plan(self) -> Plan:
        """Accounts and assets of the policy in force. DeniedError POLICY_INACTIVE."""
        active = self._policies.in_force(self._rooms.clock())
        body = active.document.body
        questions, problems = [], {}
        for entry in body.accounts:
            network = parse_account(entry.account).network
            assets = tuple(asset.id for asset in body.assets if asset_network(asset.id) == network)
            window = max(active.longest_window_s, DEFAULT_WINDOW_S)
            try:
                reader = self._rooms.ledger(network)
            except CountersignError as error:
                problems[network] = error.message
                continue
            questions.append(Question(entry.account, assets, window, reader))
        return Plan(tuple(questions), tuple(problems.items()))

    def view(self, answers: Answers | None) -> TreasuryView:
        """Work everything out; ``answers`` None: nobody was asked (offline). DeniedError POLICY_INACTIVE."""
        now = whole_seconds(self._rooms.clock())
        active = self._policies.in_force(now)
        body = active.document.body
        proposals = self._rooms.queries.proposals()
        readings = self._readings(active, answers, proposals, now)
        uses = limits(readings, active.document.rules, body.accounts)
        nodes = self._nodes(readings, answers, active, now)
        ages = [line.age_s for line in nodes if line.age_s is not None]
        return TreasuryView(
            as_of=now,
            oldest_s=max(ages, default=None),
            policy=f"{active.document.id} version {active.document.version}",
            balances=balances(readings, body.accounts, body.assets, proposals, now),
            limits=uses,
            waiting=waiting(proposals, self._last_report),
            endings=endings(readings, proposals, body.address_book, now),
            nodes=nodes,
            alerts=self._alerts(readings, active, proposals, uses, nodes),
        )

    def _readings(
        self, active: ActivePolicy, answers: Answers | None, proposals: list[Proposal], now: datetime
    ) -> Readings:
        """Facts with our own pending payments beside them, as when a proposal is judged."""
        found = []
        for fact in answers.facts if answers else ():
            if fact.kind == "outflows":
                items: list[JsonValue] = []
                for proposal in proposals:
                    if proposal.live and proposal.account == fact.key:
                        items.extend(outflow_items(proposal, now))
                local = Observation("local", "local", now, None, {"complete": True, "items": items})
                found.append(Fact(fact.kind, fact.key, (*fact.observations, local)))
            else:
                found.append(fact)
        document = FactsDocument(now, "online", Context(), tuple(found)) if answers else None
        return Readings(document, active.document.body.facts)

    def _nodes(
        self, readings: Readings, answers: Answers | None, active: ActivePolicy, now: datetime
    ) -> tuple[NodeLine, ...]:
        problems = dict(answers.problems) if answers else {}
        facts = {fact.key: fact for fact in (answers.facts if answers else ()) if fact.kind == "network"}
        lines = []
        for network in active.document.body.networks:
            fact = facts.get(network)
            decided = readings.judge("network", network)
            seen = fact.observations if fact is not None else ()
            ages = [max(0, int((now - item.at).total_seconds())) for item in seen]
            agree = isinstance(decided, Decided)
            ledger = str(decided.value.get("validated")) if isinstance(decided, Decided) else None
            why = problems.get(network, "")
            if not agree and not why:
                why = "Too few operators answered, or they do not agree." if answers else "Nobody was asked."
            count = len({item.operator for item in seen})
            lines.append(NodeLine(network, count, agree, ledger, max(ages, default=None), why))
        return tuple(lines)

    def _last_report(self, proposal: Proposal) -> JsonObject | None:
        """The report of the newest verdict, from the journal."""
        verdicts = self._rooms.queries.verdicts(proposal.id)
        if not verdicts:
            return None
        try:
            return read_json_object(self._rooms.journal.get_blob(str(verdicts[-1]["report_blob"])))
        except NotFoundError:
            return None

    def _alerts(
        self, readings: Readings, active: ActivePolicy, proposals: list[Proposal],
        uses: tuple[LimitUse, ...], nodes: tuple[NodeLine, ...],
    ) -> tuple[Alert, ...]:  # fmt: skip
        queries = self._rooms.queries
        halts = Halts(self._rooms, self._policies).describe(standing=True)
        quarantine = {proposal.id: queries.quarantine(proposal.id) for proposal in proposals}
        refused = [item.to_json() for item in queries.refused_statements()]
        silent = [
            Alert(alerts.WARN, "nodes", line.network, f"No agreed word about {line.network}", line.why)
            for line in nodes
            if not line.agree
        ]
        return alerts.ordered(
            [
                *alerts.of_halts(halts),
                *alerts.of_proposals(proposals, quarantine),
                *alerts.of_accounts(readings, active.document.body.accounts, active.compiled.keys),
                *silent,
                *alerts.of_limits(uses),
                *alerts.of_statements(refused),
            ]
        )
