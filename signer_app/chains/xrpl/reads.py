"""Facts about XRPL accounts (CONTRACTS B): what one node says at one ledger, and every operator's word on it.

``gather_facts`` reads at one pinned validated index, so that operators can be compared value by value. A
node that cannot give a fact gives no observation of it; nothing is filled in for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from signer_app.chains.node import Node, Pool, agreed
from signer_app.chains.port import SECONDS_PER_LEDGER, AccountState, SignerKeys, SignerList
from signer_app.chains.xrpl import movements
from signer_app.chains.xrpl.answers import AccountInfo, LedgerTransaction, ListedSigners
from signer_app.chains.xrpl.client import XrplClient
from signer_app.chains.xrpl.codec.numbers import parse_scientific, write_currency
from signer_app.core.amounts import format_decimal, issued_value, whole_units
from signer_app.core.caip import account_asset_key, parse_account, parse_asset
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import MalformedError, NodeError, NotFoundError
from signer_app.core.facts import Fact, Observation
from signer_app.core.json_types import JsonObject, JsonValue

XrplPool = Pool[XrplClient]

#: AccountRoot flags (xrpl.org, "AccountRoot Flags"; XLS-30 lsfAMM, XLS-39 clawback, XLS-85 token escrow).
ACCOUNT_FLAGS: Final[Mapping[int, str]] = {
    0x00010000: "lsfPasswordSpent",
    0x00020000: "lsfRequireDestTag",
    0x00040000: "lsfRequireAuth",
    0x00080000: "lsfDisallowXRP",
    0x00100000: "lsfDisableMaster",
    0x00200000: "lsfNoFreeze",
    0x00400000: "lsfGlobalFreeze",
    0x00800000: "lsfDefaultRipple",
    0x01000000: "lsfDepositAuth",
    0x02000000: "lsfAMM",
    0x04000000: "lsfDisallowIncomingNFTokenOffer",
    0x08000000: "lsfDisallowIncomingCheck",
    0x10000000: "lsfDisallowIncomingPayChan",
    0x20000000: "lsfDisallowIncomingTrustline",
    0x40000000: "lsfAllowTrustLineLocking",
    0x80000000: "lsfAllowTrustLineClawback",
}
_MPT_LOCKED: Final = 0x00000001
_XRP_DECIMALS: Final = 6
_FIRST_LEDGER: Final = 1


@dataclass(frozen=True, slots=True)
class FactRequest:
    """Which facts to read: ids are CAIP-10 and CAIP-19; ``since`` is where the outflow window begins."""

    account: str
    destinations: tuple[str, ...]
    assets: tuple[str, ...]
    since: datetime


@dataclass(slots=True)
class NodeFacts:
    """What one node gave: values by (kind, key), and the errors of those it could not give."""

    values: dict[tuple[str, str], JsonObject] = field(default_factory=dict)
    errors: dict[tuple[str, str], NodeError] = field(default_factory=dict)


def gather_facts(
    pool: XrplPool,
    network: str,
    account: str,
    destinations: Sequence[str],
    window_s: int,
    *,
    assets: Sequence[str] = (),
) -> tuple[Fact, ...]:
    """Every operator's facts at one validated ledger: network, account (also of destinations), signers,
    outflows over the last ``window_s`` seconds, and the balance of each of ``assets``.

    Raises NodeError when no ledger can be pinned, MalformedError for ids that are none of this network.
    """
    for name in (account, *destinations):
        if parse_account(name).network != network:
            raise MalformedError(f"{name} is not an account of {network}.")
    at = pool.now()
    request = FactRequest(
        account, tuple(dict.fromkeys(destinations)), tuple(assets), at - timedelta(seconds=window_s)
    )
    pinned = pool.pinned(network)
    replies = pool.ask(pinned.nodes, lambda client: read_facts(client, request, pinned.index))
    found: dict[tuple[str, str], list[Observation]] = {key: [] for key in _keys(network, request)}
    for reply in replies:
        for key, value in (reply.value.values if reply.value else {}).items():
            found[key].append(_observation(reply.node, whole_seconds(at), pinned.index, value))
    return tuple(Fact(kind, key, tuple(observations)) for (kind, key), observations in found.items())


def _keys(network: str, request: FactRequest) -> list[tuple[str, str]]:
    accounts = dict.fromkeys((request.account, *request.destinations))
    return [
        ("network", network),
        *(("account", account) for account in accounts),
        ("signers", request.account),
        ("outflows", request.account),
        *(("balance", account_asset_key(request.account, asset)) for asset in request.assets),
    ]


def _observation(node: Node[XrplClient], at: datetime, ledger: int, value: JsonObject) -> Observation:
    return Observation(node.id, node.operator, at, str(ledger), value)


def read_facts(client: XrplClient, request: FactRequest, ledger: int) -> NodeFacts:
    """All facts of the request from one node at one ledger. Raises NodeError only if the node is gone."""
    found = NodeFacts()
    for kind, key in _keys(client.network, request):
        try:
            found.values[kind, key] = _read(client, kind, key, request, ledger)
        except NodeError as error:
            found.errors[kind, key] = error
            if error.code in ("NODE_UNREACHABLE", "NODE_WRONG_NETWORK"):
                if not found.values:
                    raise
                break
    return found


def _read(client: XrplClient, kind: str, key: str, request: FactRequest, ledger: int) -> JsonObject:
    if kind == "network":
        return read_network(client, ledger)
    if kind == "account":
        return read_account(client, parse_account(key).address, ledger)
    if kind == "signers":
        return read_signers(client, parse_account(key).address, ledger)
    if kind == "outflows":
        return read_outflows(client, parse_account(key).address, ledger, request.since)
    account, _, asset = key.partition("|")
    return read_balance(client, parse_account(account).address, asset, ledger)


def read_network(client: XrplClient, ledger: int) -> JsonObject:
    """`network`. Fees and reserves are those of the node's newest ledger; they change by vote, months apart.
    ``amendments`` is empty: which are enabled is not read in this version, and no rule of it asks."""
    info, header = client.server_info(), client.ledger(ledger)
    if not header.validated:
        raise NodeError(f"Node {client.node} has not validated ledger {ledger}.", code="NODE_BEHIND")
    return {
        "network_id": info.network.removeprefix("xrpl:"),
        "validated": str(header.index),
        "close_time": format_time(header.close_time),
        "base_fee": str(info.base_fee),
        "reserve_base": str(info.reserve_base),
        "reserve_inc": str(info.reserve_inc),
        "amendments": [],
    }


def read_account(client: XrplClient, address: str, ledger: int) -> JsonObject:
    """`account`: balance in drops, flags by name, unused tickets ascending. Memos are never required on
    XRPL.
    """
    info = client.account_info(address, ledger)
    tickets: list[JsonValue] = [str(number) for number in client.tickets(address, ledger)] if info else []
    flags = flag_names(info.flags if info else 0)
    return {
        "exists": info is not None,
        "sequence": str(info.sequence if info else 0),
        "balance": str(info.balance if info else 0),
        "flags": [*flags],
        "regular_key": info.regular_key if info else None,
        "owner_count": info.owner_count if info else 0,
        "tickets": tickets,
        "require_dest_tag": "lsfRequireDestTag" in flags,
        "memo_required": False,
    }


def flag_names(flags: int) -> tuple[str, ...]:
    """Names of the set AccountRoot flags, ascending by bit; a bit without a name is written as hex."""
    bits = (1 << position for position in range(32))
    return tuple(ACCOUNT_FLAGS.get(bit, f"0x{bit:08X}") for bit in bits if flags & bit)


def read_signers(client: XrplClient, address: str, ledger: int) -> JsonObject:
    """`signers`: the signer list, quorum 0 without one, signers in order of their ids."""
    info = client.account_info(address, ledger)
    listed = info.signer_list if info else None
    signers: list[JsonValue] = [
        {"account": f"{client.network}:{signer.address}", "weight": signer.weight, "type": "account"}
        for signer in sorted(listed.signers if listed else (), key=lambda signer: signer.address)
    ]
    return {
        "quorum": listed.quorum if listed else 0,
        "thresholds": None,
        "signers": signers,
        "master_enabled": info is not None and _master_enabled(info),
        "safe": None,
    }


def _master_enabled(info: AccountInfo) -> bool:
    return "lsfDisableMaster" not in flag_names(info.flags)


def read_balance(client: XrplClient, address: str, asset: str, ledger: int) -> JsonObject:
    """`balance` in whole units of the asset. An issuer's balance of its own asset is 0: it holds none."""
    reference = parse_asset(asset).partition("/")[2]
    info = client.account_info(address, ledger)
    if info is None:
        return {"amount": "0", "frozen": False}
    if reference.startswith("iou:"):
        return _issued_balance(client, address, reference, ledger)
    if reference.startswith("mpt:"):
        return _mpt_balance(client, address, reference, ledger)
    if not reference.startswith("slip44:"):
        raise MalformedError(f"{asset} has no balance.")
    return {"amount": format_decimal(whole_units(info.balance, _XRP_DECIMALS)), "frozen": False}


def _issued_balance(client: XrplClient, address: str, reference: str, ledger: int) -> JsonObject:
    currency, _, issuer = reference.removeprefix("iou:").partition(".")
    if issuer == address:
        return {"amount": "0", "frozen": False}
    issuer_info = client.account_info(issuer, ledger)
    frozen = issuer_info is not None and "lsfGlobalFreeze" in flag_names(issuer_info.flags)
    amount = "0"
    for line in client.account_lines(address, issuer, ledger):
        try:
            if write_currency(line.text("currency")).hex().upper() != currency:
                continue
            held = issued_value(*parse_scientific(line.text("balance")))
        except MalformedError as error:
            raise line.wrong(error.message) from error
        amount = format_decimal(max(held, issued_value(0, 0)))
        frozen = frozen or line.flag("freeze_peer") or line.flag("deep_freeze_peer")
    return {"amount": amount, "frozen": frozen}


def _mpt_balance(client: XrplClient, address: str, reference: str, ledger: int) -> JsonObject:
    """Amounts of a multi-purpose token are whole counts; a lock of the whole issuance is not looked up."""
    for item in client.account_objects(address, "mptoken", ledger):
        if item.text("MPTokenIssuanceID").upper() == reference.removeprefix("mpt:"):
            locked = bool(item.integer("Flags") & _MPT_LOCKED)
            return {"amount": str(item.optional_integer("MPTAmount") or 0), "frozen": locked}
    return {"amount": "0", "frozen": False}


def read_outflows(client: XrplClient, address: str, ledger: int, since: datetime) -> JsonObject:
    """`outflows` in (since, close of ``ledger``] as movements.outflows counts them, all of state confirmed.

    ``complete`` is true only if the node's unbroken history reaches back to ``since``, or to the account's
    creation, or to the first ledger of all.
    """
    span = client.server_info().history.around(ledger)
    if span is None:
        raise NodeError(f"Node {client.node} does not hold ledger {ledger}.", code="NODE_BEHIND")
    items: list[JsonObject] = []
    low, high, born = span[0], ledger, False
    for page, page_low, page_high, _ in client.account_tx(address, span[0], ledger, newest_first=True):
        low, high = max(low, page_low), min(high, page_high)
        for entry in page:
            closed_at = _close_time(client, entry)
            if closed_at <= since:
                return _outflows(items, complete=high == ledger)
            items.extend(_items(client, address, entry, closed_at))
            born = born or movements.creates_account(entry.meta, address)
    reached = born or low <= _FIRST_LEDGER or client.ledger(low).close_time <= since
    return _outflows(items, complete=reached and high == ledger)


def _outflows(items: Sequence[JsonObject], *, complete: bool) -> JsonObject:
    ordered = sorted(items, key=lambda item: (str(item["at"]), str(item["id"]), str(item["asset"])))
    return {"complete": complete, "items": [*ordered]}


def _close_time(client: XrplClient, entry: LedgerTransaction) -> datetime:
    return entry.close_time or client.ledger(entry.ledger).close_time


def _items(
    client: XrplClient, address: str, entry: LedgerTransaction, closed_at: datetime
) -> list[JsonObject]:
    if not entry.validated:
        raise NodeError(f"Node {client.node} listed a transaction that is not final.", code="NODE_PROTOCOL")
    try:
        moved = movements.outflows(client.network, address, entry.tx, entry.meta)
        name = movements.payment_id(client.network, entry.tx, entry.tx_id) if moved else ""
    except MalformedError as error:
        raise NodeError(
            f"Node {client.node} gave transaction {entry.tx_id[:64]} in a form that cannot be read.",
            code="NODE_PROTOCOL",
            details={"node": client.node, "reason": error.message},
        ) from error
    return [
        {
            "id": name,
            "asset": part.asset,
            "to": f"{client.network}:{part.to}",
            "amount": format_decimal(part.amount),
            "at": format_time(closed_at),
            "state": "confirmed",
        }
        for part in moved
    ]


def read_authority(client: XrplClient, address: str, ledger: int) -> tuple[SignerList, dict[str, SignerKeys]]:
    """The signer list and the keys of each member, by CAIP-10. An account without a list has quorum 0."""
    info = client.account_info(address, ledger)
    listed = info.signer_list if info and info.signer_list else ListedSigners(0, ())
    weights = {f"{client.network}:{signer.address}": signer.weight for signer in listed.signers}
    keys = {name: _signer_keys(client, name, ledger) for name in weights}
    return SignerList(listed.quorum, weights), keys


def _signer_keys(client: XrplClient, account: str, ledger: int) -> SignerKeys:
    info = client.account_info(parse_account(account).address, ledger)
    if info is None:
        # An unfunded list member signs with the key whose hash is its address: that key is its master key.
        return SignerKeys(account, exists=False, master_enabled=True, regular_key=None)
    return SignerKeys(
        account, exists=True, master_enabled=_master_enabled(info), regular_key=info.regular_key
    )


def agreed_authority(
    pool: XrplPool, account: str, min_agree: int
) -> tuple[SignerList, Mapping[str, SignerKeys]]:
    """read_authority as ``min_agree`` operators agree at one pinned ledger. NodeError (NODES_DISAGREE, …)."""
    where = parse_account(account)
    pinned = pool.pinned(where.network)
    replies = pool.ask(pinned.nodes, lambda client: read_authority(client, where.address, pinned.index))
    return agreed(replies, min_agree, f"the signer list of {where.address}")


def agreed_account_state(pool: XrplPool, account: str, min_agree: int) -> AccountState:
    """What composing a transaction needs, as ``min_agree`` operators agree at one pinned ledger.

    Raises NodeError, and NotFoundError for an account that is not on the ledger.
    """
    where = parse_account(account)
    pinned = pool.pinned(where.network)

    def read(client: XrplClient) -> AccountState:
        info = client.account_info(where.address, pinned.index)
        if info is None:
            raise NotFoundError(f"{account} does not exist in ledger {pinned.index}.")
        return AccountState(
            validated=pinned.index,
            sequence=info.sequence,
            tickets=client.tickets(where.address, pinned.index),
            signer_count=len(info.signer_list.signers) if info.signer_list else 0,
            base_fee=client.server_info().base_fee,
            seconds_per_ledger=SECONDS_PER_LEDGER,
        )

    return agreed(pool.ask(pinned.nodes, read), min_agree, f"the state of {where.address}")
