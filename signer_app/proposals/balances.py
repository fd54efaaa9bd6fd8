"""What a proposal leaves on the accounts that pay: the balance before and after each of its effects; and who
may sign for an account before and after (authority.py), from the same facts.

Balances are what enough operators state at one ledger, by the rules of the policy about facts; where they do
not decide it, it is unknown and said so. Asking nodes may take long, so it is a step of its own that any
thread may do: the question is made by who owns the workspace, ask() by nobody.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from signer_app.chains.port import LedgerReader
from signer_app.core.amounts import format_decimal, parse_decimal, subtract, whole_units
from signer_app.core.caip import account_asset_key, xrp
from signer_app.core.clock import Clock, format_time, whole_seconds
from signer_app.core.errors import CountersignError, NodeError
from signer_app.core.facts import Context, Fact, FactsDocument, parse_facts
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy.document import PolicyDocument
from signer_app.policy.observations import Decided, Undecided, number
from signer_app.policy.readings import Readings
from signer_app.policy.schema import FactRules
from signer_app.proposals.authority import WHY, changes
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal

#: XRP has six decimals (xrpl.org, "Currency Formats").
_XRP_DECIMALS: Final = 6
#: Facts come with past payments; balances need none of them, so they look back one second.
_WINDOW_S: Final = 1


@dataclass(frozen=True, slots=True)
class Question:
    """Which balances to read. ``problem``: why nobody can be asked."""

    proposal: Proposal
    reader: LedgerReader | None
    policy: PolicyDocument | None
    clock: Clock
    problem: str = ""

    def ask(self) -> JsonObject:
        """Ask the nodes and work it out, in any thread; the form of recorded(). Nodes that fail are said."""
        if self.reader is None:
            return _worked_out(self.proposal, None, self.policy, "nodes", self.problem)
        try:
            facts = self.reader.facts(
                account=self.proposal.account,
                destinations=(),
                window_s=_WINDOW_S,
                assets=sorted({str(effect["asset"]) for effect in _spending(self.proposal)}),
            )
        except NodeError as error:
            return _worked_out(self.proposal, None, self.policy, "nodes", error.message)
        document = FactsDocument(whole_seconds(self.clock()), "online", Context(), facts)
        return _worked_out(self.proposal, document, self.policy, "nodes")


def question(rooms: Rooms, proposal: Proposal, policy: PolicyDocument | None) -> Question:
    """What ask() needs."""
    try:
        reader = rooms.ledger(proposal.network)
    except NodeError as error:
        return Question(proposal, None, policy, rooms.clock, error.message)
    return Question(proposal, reader, policy, rooms.clock)


def recorded(rooms: Rooms, proposal: Proposal, policy: PolicyDocument | None) -> JsonObject:
    """From the facts of the last verdict, which say when they were read. No node is asked.

    {source: verdict|nodes, at, ledger, operators, problem, effects: [{effect, account, asset, before, after,
    problem}], authority}: one entry for each effect that takes from an account, ``effect`` is its place in
    the proposal's list; amounts in whole units as text, null where unknown, with the reason. ``authority``
    as authority.changes() gives it.
    """
    verdicts = rooms.queries.verdicts(proposal.id)
    if not verdicts:
        return _worked_out(proposal, None, policy, "verdict", "It was never judged, so nothing was read.")
    try:
        facts = parse_facts(json.loads(rooms.journal.get_blob(str(verdicts[-1]["facts_blob"]))))
    except CountersignError:  # a redacted blob
        return _worked_out(proposal, None, policy, "verdict", "The facts of the last verdict were redacted.")
    return _worked_out(proposal, facts, policy, "verdict")


def _spending(proposal: Proposal) -> list[JsonObject]:
    """Effects that take a known amount from an account."""
    return [effect for effect in proposal.effects if effect.get("kind") in ("Transfer", "FeePaid")]


def _worked_out(
    proposal: Proposal,
    document: FactsDocument | None,
    policy: PolicyDocument | None,
    source: str,
    problem: str = "",
) -> JsonObject:
    readings = Readings(document, policy.body.facts if policy is not None else FactRules())
    left: dict[tuple[str, str], Decimal | str] = {}
    lines: list[JsonValue] = []
    for place, effect in enumerate(proposal.effects):
        if effect.get("kind") not in ("Transfer", "FeePaid"):
            continue
        key = (str(effect.get("from") or effect["account"]), str(effect["asset"]))
        before = left.setdefault(key, problem or _balance(readings, *key))
        after = _after(before, effect)
        if isinstance(after, Decimal):
            left[key] = after
        lines.append(_line(place, key, before, after))
    changed = changes(proposal.effects, readings, policy, problem)
    seen = _seen(document, proposal.account)
    return {"source": source, **seen, "problem": problem, "effects": lines, "authority": changed}


def _line(place: int, key: tuple[str, str], before: Decimal | str, after: Decimal | str) -> JsonObject:
    return {
        "effect": place,
        "account": key[0],
        "asset": key[1],
        "before": format_decimal(before) if isinstance(before, Decimal) else None,
        "after": format_decimal(after) if isinstance(after, Decimal) else None,
        "problem": next((why for why in (before, after) if isinstance(why, str)), ""),
    }


def _after(before: Decimal | str, effect: JsonObject) -> Decimal | str:
    if isinstance(before, str):
        return before
    if effect.get("issue") is True:
        return before  # the issuer holds none of its own asset before and after
    if effect.get("paths") is True or effect.get("partial") is True:
        return "How much leaves is settled only when it executes."
    return subtract(before, parse_decimal(str(effect["amount"])))


def _balance(readings: Readings, account: str, asset: str) -> Decimal | str:
    """Whole units, or why they are unknown."""
    fact = readings.judge("balance", account_asset_key(account, asset))
    if isinstance(fact, Decided):
        return parse_decimal(str(fact.value["amount"]))
    network = asset.partition("/")[0]
    if network.startswith("xrpl:") and asset == xrp(network):
        held = readings.judge("account", account)
        if isinstance(held, Decided):
            drops = number(held.value.get("balance"))
            return "The nodes gave no amount." if drops is None else whole_units(drops, _XRP_DECIMALS)
        return _why(held)
    return _why(fact)


def _why(fact: Undecided) -> str:
    return WHY.get(fact.code, "It was not read.")


def _seen(document: FactsDocument | None, account: str) -> JsonObject:
    """When, at which ledger and by whom the paying account was read."""
    facts: Sequence[Fact] = document.facts if document is not None else ()
    seen = [s for fact in facts if (fact.kind, fact.key) == ("account", account) for s in fact.observations]
    ledgers = sorted({int(item.ledger) for item in seen if item.ledger is not None})
    operators: list[JsonValue] = [*sorted({item.operator for item in seen})]
    return {
        "at": format_time(min(item.at for item in seen)) if seen else None,
        "ledger": str(ledgers[0]) if ledgers else None,
        "operators": operators,
    }
