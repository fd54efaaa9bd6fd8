"""Rules as sentences for people: one pure function for each kind of rule.

The sentence says what the rule asks for, with the document's own labels; the author's `text` is a remark and
never takes its place. Amounts are shown as they are written, with their thousands grouped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, TypeVar

from signer_app.core.caip import namespace
from signer_app.core.json_types import JsonObject
from signer_app.policy.checks import Level
from signer_app.policy.document import PolicyDocument
from signer_app.policy.rules.allow import Allow
from signer_app.policy.rules.base import RuleModel
from signer_app.policy.rules.count_cap import CountCap
from signer_app.policy.rules.destinations import Destinations
from signer_app.policy.rules.expiry import Expiry
from signer_app.policy.rules.fee_cap import FeeCap
from signer_app.policy.rules.lookalike import Lookalike
from signer_app.policy.rules.network import NetworkListed
from signer_app.policy.rules.quorum import QuorumRule
from signer_app.policy.rules.rolling_cap import RollingCap
from signer_app.policy.rules.text_safety import TextSafety
from signer_app.policy.rules.tx_cap import TxCap
from signer_app.policy.schema import Group, Match, Quorum

_Rule = TypeVar("_Rule", bound=RuleModel)
_LEVELS: Final[Mapping[Level, str]] = MappingProxyType(
    {
        Level.HARD: "Nobody can override it.",
        Level.SOFT: "The override quorum can override it.",
        Level.ADVISORY: "It only advises.",
    }
)
_BASE_UNITS: Final = MappingProxyType({"xrpl": "drops", "stellar": "stroops", "eip155": "wei"})


@dataclass(frozen=True, slots=True)
class RuleWords:
    """``sentence`` is what the rule asks for, ``level`` what its failure means, ``remark`` the author's."""

    id: str
    kind: str
    sentence: str
    level: str
    remark: str

    def to_json(self) -> JsonObject:
        """{id, kind, sentence, level, remark}."""
        return {
            "id": self.id,
            "kind": self.kind,
            "sentence": self.sentence,
            "level": self.level,
            "remark": self.remark,
        }


class Labels:
    """What a document calls its assets, accounts and receivers."""

    def __init__(self, document: PolicyDocument) -> None:
        body = document.body
        self.networks = tuple(body.networks)
        self._assets = {asset.id: asset.label for asset in body.assets}
        self._accounts = {entry.account: entry.id for entry in body.accounts}
        self._book = {entry.account: entry.id for entry in body.address_book}

    def asset(self, asset: str) -> str:
        """Its label; an asset that is not listed by its whole id."""
        return self._assets.get(asset, asset)

    def account(self, name: str) -> str:
        """The id of an account in scope; others as written."""
        return self._accounts.get(name, name)

    def receiver(self, name: str) -> str:
        """The id of an entry of the address book; others as written."""
        return self._book.get(name, name)


def rules_in_words(document: PolicyDocument) -> tuple[RuleWords, ...]:
    """Every rule of a document, in its order."""
    labels = Labels(document)
    return tuple(
        RuleWords(rule.id, rule.kind, rule_sentence(rule, labels), _LEVELS[rule.level], rule.text or "")
        for rule in document.rules
    )


def rule_sentence(rule: RuleModel, labels: Labels) -> str:
    """What one rule asks for. Raises LookupError for a kind that has no words (a test holds that none)."""
    return _SENTENCES[type(rule)](rule, labels)


def quorum_words(quorum: Quorum | None) -> str:
    """ "1 of finance and 2 of security", or that nobody is named."""
    return _groups(quorum.all_of) if quorum is not None else "nobody"


def amount_words(amount: Decimal) -> str:
    """As it is written, thousands grouped: Decimal("500000.00") gives 500,000.00."""
    return f"{amount:,f}"


def span_words(seconds: int) -> str:
    """ "24 hours", "7 days", "90 seconds"."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        # A day is told in hours, because "in any day" sounds like a day of the calendar.
        if seconds % size == 0 and not (size == 86_400 and seconds == 86_400):
            count = seconds // size
            return f"{count:,} {name}{'' if count == 1 else 's'}"
    raise ValueError("a span is a whole number of seconds")


def _several(names: Sequence[str], last: str = "or") -> str:
    names = [str(name) for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _groups(groups: Sequence[Group]) -> str:
    return _several([f"{group.need} of {group.role}" for group in groups], "and")


def _from(match: Match | None, labels: Labels, otherwise: str) -> str:
    if match is None or match.accounts is None:
        return otherwise
    return _several([labels.account(name) for name in match.accounts])


def _scope(match: Match | None, labels: Labels, *, accounts: bool = True) -> str:
    """ "; only …" with everything that narrows a rule and was not said already."""
    if match is None:
        return ""
    parts = []
    if accounts and match.accounts is not None:
        parts.append(f"from {_several([labels.account(name) for name in match.accounts])}")
    if match.destinations is not None:
        parts.append(f"to {_several([labels.receiver(name) for name in match.destinations])}")
    if match.assets is not None:
        parts.append(f"in {_several([labels.asset(asset) for asset in match.assets])}")
    if match.min_amount is not None:
        parts.append(f"from {amount_words(match.min_amount)} on")
    if match.max_amount is not None:
        parts.append(f"up to {amount_words(match.max_amount)}")
    for values, words in (
        (match.effects, "effects"),
        (match.transactions, "transactions"),
        (match.networks, "networks"),
        (match.origins, "origins"),
        (match.tags, "tags"),
    ):
        if values is not None:
            parts.append(f"{words} {_several(values)}")
    return f"; only {', '.join(parts)}" if parts else ""


# -- one function a kind -----------------------------------------------------------------------------------


def _allow(rule: Allow, labels: Labels) -> str:
    what = "Any transaction" if rule.transactions is None else _several(rule.transactions)
    flags = f", flags {_several(rule.flags, 'and')}" if rule.flags else ""
    return f"{what} may be signed{flags}{_scope(rule.match, labels)}"


def _tx_cap(rule: TxCap, labels: Labels) -> str:
    out_of = _from(rule.match, labels, "any account")
    scope = _scope(rule.match, labels, accounts=False)
    return (
        f"{labels.asset(rule.asset)} out of {out_of}: at most {amount_words(rule.max)} in one transaction"
        f"{scope}"
    )


def _rolling_cap(rule: RollingCap, labels: Labels) -> str:
    out_of = _from(rule.match, labels, "each account")
    to = " to any one receiver" if rule.by == "destination" else ""
    scope = _scope(rule.match, labels, accounts=False)
    return (
        f"{labels.asset(rule.asset)} out of {out_of}{to}: at most {amount_words(rule.max)} in any "
        f"{span_words(rule.window_s)}{scope}"
    )


def _count_cap(rule: CountCap, labels: Labels) -> str:
    out_of = _from(rule.match, labels, "each account")
    to = " to any one receiver" if rule.by == "destination" else ""
    scope = _scope(rule.match, labels, accounts=False)
    return f"Payments out of {out_of}{to}: at most {rule.max:,} in any {span_words(rule.window_s)}{scope}"


def _destinations(rule: Destinations, labels: Labels) -> str:
    return (
        "Every receiver is in the address book, is active, and gets the tag, memo and assets of its entry"
        f"{_scope(rule.match, labels)}"
    )


def _quorum(rule: QuorumRule, labels: Labels) -> str:
    count = rule.needed_devices
    devices = f" with {count} device{'' if count == 1 else 's'}" if rule.devices is not None else ""
    many = "1 person" if rule.needed_persons == 1 else f"{rule.needed_persons} people"
    people = f"; {many}{devices}" if rule.persons is not None or devices else ""
    proposer = "counts" if rule.proposer_may_approve else "does not count"
    return (
        f"Signatures of {_groups(rule.all_of)}{people}; whoever proposed {proposer}"
        f"{_scope(rule.match, labels)}"
    )


def _fee_cap(rule: FeeCap, labels: Labels) -> str:
    unit = _BASE_UNITS.get(namespace(rule.network), "base units")
    scope = _scope(rule.match, labels)
    return f"Fee on {rule.network}: at most {rule.max_base:,} {unit} for one transaction{scope}"


def _expiry(rule: Expiry, labels: Labels) -> str:
    bounds = []
    if rule.max_ledgers is not None:
        bounds.append(f"{rule.max_ledgers:,} ledgers")
    if rule.max_seconds is not None:
        bounds.append(span_words(rule.max_seconds))
    must = "Every transaction expires" if rule.required else "A transaction need not expire"
    most = f"; an expiry is at most {_several(bounds)} away" if bounds else ""
    return f"{must}{most}{_scope(rule.match, labels)}"


def _network(rule: NetworkListed, labels: Labels) -> str:
    return f"Only on {_several(labels.networks)}{_scope(rule.match, labels)}"


def _text_safety(rule: TextSafety, labels: Labels) -> str:
    return f"No text in the bytes hides, reverses or imitates characters{_scope(rule.match, labels)}"


def _lookalike(rule: Lookalike, labels: Labels) -> str:
    return (
        f"No receiver looks like a known address: the same first {rule.same_first} and last "
        f"{rule.same_last} characters, and another between{_scope(rule.match, labels)}"
    )


def _of(kind: type[_Rule], say: Callable[[_Rule, Labels], str]) -> Callable[[RuleModel, Labels], str]:
    def checked(rule: RuleModel, labels: Labels) -> str:
        if not isinstance(rule, kind):
            raise TypeError(f"{type(rule).__name__} is no {kind.__name__}")
        return say(rule, labels)

    return checked


_SENTENCES: Final[Mapping[type[RuleModel], Callable[[RuleModel, Labels], str]]] = MappingProxyType(
    {
        Allow: _of(Allow, _allow),
        TxCap: _of(TxCap, _tx_cap),
        RollingCap: _of(RollingCap, _rolling_cap),
        CountCap: _of(CountCap, _count_cap),
        Destinations: _of(Destinations, _destinations),
        QuorumRule: _of(QuorumRule, _quorum),
        FeeCap: _of(FeeCap, _fee_cap),
        Expiry: _of(Expiry, _expiry),
        NetworkListed: _of(NetworkListed, _network),
        TextSafety: _of(TextSafety, _text_safety),
        Lookalike: _of(Lookalike, _lookalike),
    }
)
