"""Checks of a policy document as a whole: every name that is used exists, and every quorum can be filled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from signer_app.chains.registry import chain_of
from signer_app.core.caip import asset_network, parse_account
from signer_app.core.errors import CountersignError, MalformedError
from signer_app.core.text import safe_text
from signer_app.policy.checks import BUILT_IN
from signer_app.policy.quorums import can_fill
from signer_app.policy.rules.base import RuleModel
from signer_app.policy.schema import Group, Match, Person

if TYPE_CHECKING:
    from signer_app.policy.document import PolicyBody

_TAG_SIGNS: Final = frozenset({"*", "!"})
_MAX_XRPL_TAG: Final = 2**32 - 1


def check_references(body: PolicyBody, rules: Sequence[RuleModel]) -> None:
    """Raises MalformedError with the place of the first thing that does not fit."""
    if (body.version == 1) != (body.prev is None):
        raise MalformedError(
            "prev: version 1 has none, and every later version names the hash of the one before."
        )
    _check_unique(body, rules)
    _check_people(body)
    _check_addresses(body)
    _check_scope(body)
    known = _Known(body)
    for index, rule in enumerate(rules):
        where = f"rules[{index}]"
        if rule.id == BUILT_IN:
            raise MalformedError(f"{where}.id: {BUILT_IN} is the name of the checks that need no rule.")
        if rule.match is not None:
            known.check_match(rule.match, f"{where}.match")
        _check_rule(rule, known, where)
    _check_fillable(body.change_quorum.all_of, body.people, "change_quorum")


class _Known:
    """What a rule may name."""

    def __init__(self, body: PolicyBody) -> None:
        self.people = body.people
        # An account may stand here before its network is opened, so both count as known.
        self.networks = frozenset(body.networks) | {
            parse_account(entry.account).network for entry in body.accounts
        }
        self.accounts = _names((entry.id, entry.account) for entry in body.accounts)
        self.destinations = _names((entry.id, entry.account) for entry in body.address_book)
        self.assets = frozenset(asset.id for asset in body.assets)

    def check_match(self, match: Match, where: str) -> None:
        # A network or an account that stands nowhere else never matches; an id is a misspelling.
        _each(match.accounts, self.accounts, f"{where}.accounts", "an account of this policy")
        _each(match.assets, self.assets, f"{where}.assets", "an asset of this policy")
        ids = [name for name in match.destinations or () if ":" not in name]
        _each(ids, self.destinations, f"{where}.destinations", "in the address book")


def _check_rule(rule: RuleModel, known: _Known, where: str) -> None:
    """What single kinds name beside `match`: an asset, a network, roles."""
    asset = getattr(rule, "asset", None)
    if isinstance(asset, str):
        _each([asset], known.assets, f"{where}.asset", "an asset of this policy")
    network = getattr(rule, "network", None)
    if isinstance(network, str):
        _each([network], known.networks, f"{where}.network", "a network of this policy")
    groups = getattr(rule, "all_of", None)
    if isinstance(groups, list):
        _check_fillable(groups, known.people, where)
    persons = getattr(rule, "persons", None)
    humans = sum(not person.machine for person in known.people)
    if isinstance(persons, int) and persons > humans:
        raise MalformedError(f"{where}.persons: {persons} people are required and the policy names {humans}.")


def _check_unique(body: PolicyBody, rules: Sequence[RuleModel]) -> None:
    lists: dict[str, Iterable[str]] = {
        "networks": body.networks,
        "people": (person.id for person in body.people),
        "keys": (key.id for key in body.keys),
        "accounts": (entry.id for entry in body.accounts),
        "accounts (account)": (entry.account for entry in body.accounts),
        "assets": (asset.id for asset in body.assets),
        "address_book": (entry.id for entry in body.address_book),
        "rules": (rule.id for rule in rules),
        "device_keys of people": (key for person in body.people for key in person.device_keys),
        "keys (signer, public_key, purpose)": (
            f"{key.signer} {key.public_key.upper()} {key.purpose}" for key in body.keys
        ),
    }
    for where, names in lists.items():
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise MalformedError(f"{where}: {safe_text(name, 160)} stands there twice.")
            seen.add(name)


def _check_people(body: PolicyBody) -> None:
    people = {person.id for person in body.people}
    owner: dict[str, str] = {}
    for index, key in enumerate(body.keys):
        _each([key.person], people, f"keys[{index}].person", "a person of this policy")
        # Quorums count people: an account whose keys belong to two people would let one count as the other.
        if owner.setdefault(key.signer, key.person) != key.person:
            raise MalformedError(f"keys[{index}].signer: {key.signer} belongs to two people.")


def _check_addresses(body: PolicyBody) -> None:
    for index, key in enumerate(body.keys):
        _address(key.signer, f"keys[{index}].signer")
    for index, entry in enumerate(body.accounts):
        _address(entry.account, f"accounts[{index}].account")
    for index, listed in enumerate(body.address_book):
        _address(listed.account, f"address_book[{index}].account")
        _tag(listed.account, listed.tag, f"address_book[{index}].tag")
        known = frozenset(asset.id for asset in body.assets)
        _each(listed.assets, known, f"address_book[{index}].assets", "an asset of this policy")
    for index, asset in enumerate(body.assets):
        _, dot, issuer = asset.id.partition(".")
        if dot:
            _address(f"{asset_network(asset.id)}:{issuer}", f"assets[{index}].id")


def _address(account: str, where: str) -> None:
    """The checksum, where this version has the ledger's reader; else only the syntax, which is checked
    already.
    """
    network = parse_account(account).network
    try:
        normal = chain_of(network).normalise_account(account, network)
    except CountersignError as error:
        if error.code == "NOT_BUILT":
            return
        raise MalformedError(f"{where}: {error.message}") from error
    if normal != account:
        raise MalformedError(f"{where}: {account} is written {normal}.")


def _tag(account: str, tag: str | None, where: str) -> None:
    if tag is None or tag in _TAG_SIGNS or not account.startswith("xrpl:"):
        return
    if not tag.isascii() or not tag.isdigit() or str(int(tag)) != tag or int(tag) > _MAX_XRPL_TAG:
        raise MalformedError(f'{where}: must be null, "*", "!" or a tag from 0 to {_MAX_XRPL_TAG}.')


def _check_scope(body: PolicyBody) -> None:
    accounts = _names((entry.id, entry.account) for entry in body.accounts)
    for index, entry in enumerate(body.accounts):
        where = f"accounts[{index}].may_be_source_of_operations"
        _each(entry.may_be_source_of_operations, accounts, where, "an account of this policy")


def _check_fillable(groups: Sequence[Group], people: Sequence[Person], where: str) -> None:
    # Suspended people are counted here: a suspension ends, and must not make the document unreadable.
    roles = {person.id: frozenset(person.roles) for person in people if not person.machine}
    if not can_fill([(group.role, group.need) for group in groups], roles):
        wanted = ", ".join(f"{group.need} of {group.role}" for group in groups)
        raise MalformedError(f"{where}.all_of: the people of this policy can never fill {safe_text(wanted)}.")


def _names(pairs: Iterable[tuple[str, str]]) -> frozenset[str]:
    return frozenset(name for pair in pairs for name in pair)


def _each(names: Sequence[str] | None, known: Iterable[str], where: str, what: str) -> None:
    for name in names or ():
        if name not in known:
            raise MalformedError(f"{where}: {safe_text(name, 160)} is not {what}.")
