"""Asks services for the page of new proposals, in the worker's thread, and makes plain values of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from signer_app.core.amounts import parse_decimal
from signer_app.core.caip import parse_asset, xrp
from signer_app.core.clock import parse_duration
from signer_app.core.errors import CountersignError, MalformedError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.inbox.check_lines import check_line
from signer_app.ui.widgets import CheckLine, Effect
from signer_app.ui.words import compose as say
from signer_app.ui.words import effects as words
from signer_app.ui.words import faults
from signer_app.ui.words.shared import so_many_of

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.chains.intents import Intent
    from signer_app.proposals.intake import Order
    from signer_app.proposals.preview import Preview
    from signer_app.workspace import Workspace

T = TypeVar("T")
DRAFT_KIND = "proposal"
KINDS = ("payment", "trust", "signers", "tickets", "settings", "payments")


@dataclass(frozen=True, slots=True)
class BookName:
    """An entry of the address book to choose from."""

    id: str
    account: str
    tag: str | None
    assets: tuple[str, ...]
    status: str
    until: str
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyName:
    """A signing key of the policy."""

    signer: str
    key: str
    person: str


@dataclass(frozen=True, slots=True)
class Options:
    """What the form offers. ``rule`` refuses receivers outside the book; "" where no rule does."""

    networks: tuple[str, ...] = ()
    accounts: tuple[tuple[str, str], ...] = ()
    assets: tuple[tuple[str, str], ...] = ()
    book: tuple[BookName, ...] = ()
    keys: tuple[KeyName, ...] = ()
    flags: tuple[str, ...] = ()
    rule: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    drafts: tuple[tuple[str, Mapping[str, str]], ...] = ()
    policy: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """The form as texts."""

    kind: str
    account: str
    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """A field without its spaces at the ends."""
        return self.fields.get(name, "").strip()

    @property
    def network(self) -> str:
        """CAIP-2 of the account."""
        return self.account.rpartition(":")[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """A preview as text, or why there is none: ``problems`` by field ("" for the whole)."""

    problems: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    title: str = ""
    verdict: str = ""
    reason: str = ""
    effects: tuple[Effect, ...] = ()
    authority: tuple[JsonObject, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    signers: tuple[tuple[str, str, bool, str], ...] = ()
    needs: str = ""
    fee: str = ""
    slot: tuple[str, str] = ("", "")
    expires_at: str = ""
    expiry_ledger: str = ""
    policy: str = ""
    warnings: tuple[str, ...] = ()


def read_options(workspace: Workspace) -> Options:
    """Everything that the form offers, and the drafts. A book of no policy is empty."""
    from signer_app.chains.xrpl.codec.definitions import ACCOUNT_SET_FLAGS  # noqa: PLC0415
    from signer_app.core.errors import DeniedError  # noqa: PLC0415

    book = workspace.book.list()
    accounts = words.items(workspace.accounts.list()["accounts"])
    names = {**workspace.accounts.names(), **workspace.accounts.asset_names()}
    in_policy = sorted(accounts, key=lambda item: (item["in_policy"] is not True, str(item["account"])))
    assets = [(str(item["asset"]), str(item["label"])) for item in words.items(book["assets"])]
    for network in workspace.networks:
        if network.startswith("xrpl:") and xrp(network) not in [asset for asset, _ in assets]:
            assets.append((xrp(network), "XRP"))
    try:
        keys = workspace.policies.in_force(workspace.rooms.clock()).document.body.keys
    except DeniedError:
        keys = []
    policy = book["policy"]
    return Options(
        networks=workspace.networks,
        accounts=tuple((str(item["account"]), words.name_of(item["account"], names)) for item in in_policy),
        assets=tuple(assets),
        book=tuple(_book_name(item) for item in words.items(book["entries"])),
        keys=tuple(KeyName(k.signer, k.id, k.person) for k in keys if k.purpose == "sign"),
        flags=tuple(name for name in ACCOUNT_SET_FLAGS if name != "asfAuthorizedNFTokenMinter"),
        rule=str(policy["rule"] or "") if isinstance(policy, dict) else "",
        names=names,
        drafts=read_drafts(workspace),
        policy=isinstance(policy, dict),
    )


def read_drafts(workspace: Workspace) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Drafts of proposals, newest first."""
    return tuple(
        (str(draft["id"]), {str(name): str(value) for name, value in fields.items()})
        for draft in words.items(workspace.drafts.list()["drafts"])
        if draft["kind"] == DRAFT_KIND and isinstance(fields := draft["fields"], dict)
    )


def _book_name(entry: JsonObject) -> BookName:
    assets, alike = entry["assets"], entry["looks_like"]
    until = entry["active_after"] if entry["status"] == "cooling" else entry["expires_at"]
    return BookName(
        str(entry["id"]),
        str(entry["account"]),
        str(entry["tag"]) if entry["tag"] is not None else None,
        tuple(map(str, assets)) if isinstance(assets, list) else (),
        str(entry["status"]),
        str(until or ""),
        tuple(map(str, alike)) if isinstance(alike, list) else (),
    )


# -- from texts to an order ----------------------------------------------------------------------------------


def order_of(wish: Wish) -> tuple[Order | None, dict[str, str]]:
    """The order that the texts mean, or what is wrong with each field."""
    from signer_app.core.inspection import Slot  # noqa: PLC0415
    from signer_app.proposals.intake import Order  # noqa: PLC0415 - in the worker's thread

    reader = _Reader(wish)
    if not wish.account:
        reader.problems["account"] = say.NO_ACCOUNT
    expires = reader.read("expires", parse_duration)
    ticket = wish.text("ticket")
    if ticket and not (ticket.isascii() and ticket.isdigit()):
        reader.problems["ticket"] = say.TICKET_NUMBER
    intent = _INTENTS[wish.kind](reader)
    if reader.problems or intent is None or expires is None:
        return None, reader.problems
    order = Order(
        network=wish.network,
        account=wish.account,
        intent=intent,
        expires_in=expires,
        title=wish.text("title"),
        note=wish.text("note"),
        slot=Slot("ticket", ticket) if ticket else None,
    )
    return order, {}


class _Reader:
    """Reads fields and notes what is wrong with each."""

    def __init__(self, wish: Wish) -> None:
        self.wish, self.problems = wish, dict[str, str]()

    def read(self, name: str, parse: Callable[[str], T], empty: str = "") -> T | None:
        """``parse`` of a field; an empty one says ``empty`` or is missing."""
        text = self.wish.text(name)
        if not text:
            self.problems[name] = empty or say.NEEDED
            return None
        try:
            return parse(text)
        except MalformedError as error:
            self.problems[name] = error.message
            return None

    def account(self, text: str) -> str:
        """CAIP-10 of an address on the wish's network."""
        if not self.wish.network:
            raise MalformedError(say.ACCOUNT_FIRST)
        from signer_app.chains.registry import chain_of  # noqa: PLC0415

        return chain_of(self.wish.network).normalise_account(text, self.wish.network)


def _payment(reader: _Reader) -> Intent | None:
    from signer_app.chains.intents import Pay  # noqa: PLC0415

    to = reader.read("to", reader.account, say.NO_RECEIVER)
    asset = reader.read("asset", parse_asset, say.NO_ASSET)
    amount = reader.read("amount", parse_decimal, say.NO_AMOUNT)
    tag = reader.wish.text("tag") or None
    if tag is not None and not (tag.isascii() and tag.isdigit() and len(tag) <= 10):
        reader.problems["tag"] = say.TAG_NUMBER
    if to is None or asset is None or amount is None:
        return None
    return Pay(to=to, asset=asset, amount=amount, tag=tag)


def _trust(reader: _Reader) -> Intent | None:
    from signer_app.chains.intents import Trust  # noqa: PLC0415

    asset = reader.read("asset", parse_asset, say.NO_ISSUED)
    limit = reader.read("limit", parse_decimal, say.NO_LIMIT)
    flags = ("tfSetNoRipple",) if reader.wish.text("no_ripple") == "yes" else ()
    return Trust(asset, limit, flags) if asset is not None and limit is not None else None


def _signers(reader: _Reader) -> Intent | None:
    from signer_app.chains.intents import SetSigners  # noqa: PLC0415

    quorum = reader.read("quorum", _count, say.NO_QUORUM)
    entries: list[tuple[str, int]] = []
    for text in reader.wish.text("entries").splitlines():
        account, _, weight = text.partition("=")
        try:
            entries.append((reader.account(account.strip()), _count(weight.strip())))
        except MalformedError as error:
            reader.problems["entries"] = error.message
    return SetSigners(quorum, tuple(entries)) if quorum is not None and not reader.problems else None


def _tickets(reader: _Reader) -> Intent | None:
    from signer_app.chains.intents import ReserveTickets  # noqa: PLC0415

    count = reader.read("count", _count, say.NO_COUNT)
    return ReserveTickets(count) if count is not None else None


def _settings(reader: _Reader) -> Intent | None:
    from signer_app.chains.intents import Settings  # noqa: PLC0415

    wish = reader.wish
    chosen = tuple((name,) if (name := wish.text(which)) else () for which in ("set", "clear"))
    domain = wish.text("domain") or None
    if not any(chosen) and domain is None and wish.text("no_domain") != "yes":
        reader.problems["set"] = say.NO_SETTING
        return None
    return Settings(chosen[0], chosen[1], "" if wish.text("no_domain") == "yes" else domain)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise MalformedError(f"{safe_text(text, 40)!r} is not a whole number.")
    return int(text)


_INTENTS: Mapping[str, Callable[[_Reader], Intent | None]] = {
    "payment": _payment,
    "trust": _trust,
    "signers": _signers,
    "tickets": _tickets,
    "settings": _settings,
}

# -- preview and propose -------------------------------------------------------------------------------------


def preview(workspace: Workspace, wish: Wish) -> Seen:
    """What the wish would do and how it would be judged; nothing is written."""
    order, problems = order_of(wish)
    if order is None:
        return Seen(problems=problems)
    try:
        found = workspace.previews.preview(order)
    except CountersignError as error:
        return Seen(problems={"": f"{error.message} {faults.hint(error)}".strip()}, code=error.code)
    return _seen(found, {**workspace.accounts.names(), **workspace.accounts.asset_names()})


def _seen(found: Preview, names: Mapping[str, str]) -> Seen:
    raw = found.to_json()
    effects, report, fee, slot = words.items(raw["effects"]), raw["report"], raw["fee"], raw["slot"]
    checks = words.items(report["checks"]) if isinstance(report, dict) else []
    lines = tuple(check_line(check) for check in checks)
    against = [line.words for line in lines if line.outcome in ("FAIL", "INDETERMINATE")]
    problem = found.problem
    return Seen(
        title=words.title(effects, names),
        verdict=found.verdict or "",
        reason=problem.message if problem is not None else against[0] if against else "",
        code=problem.code if problem is not None else "",
        effects=tuple(words.effect_line(effect, names) for effect in effects),
        authority=tuple(words.items(raw["authority"])),
        checks=lines,
        signers=tuple(_signer(entry) for entry in words.items(raw["signers"])),
        needs=_needs(report),
        fee=words.amount(fee, names) if isinstance(fee, dict) else "",
        slot=(str(slot["kind"]), str(slot["value"])) if isinstance(slot, dict) else ("", ""),
        expires_at=found.expires_at,
        expiry_ledger=str(raw["expiry_ledger"] or ""),
        warnings=tuple(str(found["message"]) for found in words.items(raw["warnings"])),
        policy=f"{report['policy']['id']} v{report['policy']['version']}"
        if isinstance(report, dict) and isinstance(report["policy"], dict)
        else "",
    )


def _signer(entry: JsonObject) -> tuple[str, str, bool, str]:
    """(person, device, able, why not)."""
    reasons = words.items(entry["reasons"])
    why = safe_text(str(reasons[0]["message"]), 300) if reasons else ""
    device = safe_text(f"{entry['device']} ({entry['backend']})", 100)
    return safe_text(str(entry["person"]), 60), device, entry["able"] is True, why


def _needs(report: object) -> str:
    required = report.get("required") if isinstance(report, dict) else None
    if not isinstance(required, dict):
        return ""
    return ", ".join(
        so_many_of(item["need"], safe_text(str(item["role"]), 60)) for item in words.items(required["all_of"])
    )


def propose(workspace: Workspace, wish: Wish, draft: str) -> str:
    """Make the proposal and drop its draft; the id. UsageError PASSPHRASE_REQUIRED while keys are locked."""
    order, problems = order_of(wish)
    if order is None:
        raise MalformedError(next(iter(problems.values()), "The form is not complete."))
    identifier = str(workspace.proposals.new(order)["proposal_id"])
    workspace.previews.forget()
    drop_draft(workspace, draft)
    return identifier


def drop_draft(workspace: Workspace, draft: str) -> None:
    """Throw a draft away, if there is one."""
    if draft in [identifier for identifier, _ in read_drafts(workspace)]:
        workspace.drafts.delete(draft)


def keys_locked(error: CountersignError) -> bool:
    """Whether it would go with unlocked keys."""
    return isinstance(error, UsageError) and error.code == "PASSPHRASE_REQUIRED"
