"""Methods about one account."""

from __future__ import annotations

from decimal import Decimal

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.amounts import add, to_text
from signer_app.practice.xrpl.apply.lines import Side
from signer_app.practice.xrpl.codec import account_index, is_address, signer_list_index
from signer_app.practice.xrpl.flags import ACCOUNT_FLAG_NAMES
from signer_app.practice.xrpl.rpc.request import (
    Request,
    Selected,
    Service,
    invalid,
    page,
    read_account,
    read_flag,
    read_limit,
    require_account,
    select_ledger,
)
from signer_app.practice.xrpl.values import Entry, member, number, text

#: account_objects' names of entry types. Those that no practice ledger holds are known and find nothing.
_TYPES = {
    "state": "RippleState", "signer_list": "SignerList", "ticket": "Ticket", "check": "Check",
    "escrow": "Escrow", "offer": "Offer", "payment_channel": "PayChannel",
    "deposit_preauth": "DepositPreauth", "mptoken": "MPToken", "mpt_issuance": "MPTokenIssuance",
    "nft_offer": "NFTokenOffer", "nft_page": "NFTokenPage", "did": "DID",
    "delegate": "Delegate", "vault": "Vault", "oracle": "Oracle", "amm": "AMM", "bridge": "Bridge",
    "credential": "Credential", "permissioned_domain": "PermissionedDomain",
}  # fmt: skip


def _with_index(index: str, entry: Entry) -> JsonObject:
    return {**entry, "index": index}


def account_info(service: Service, request: Request) -> JsonObject:
    """The AccountRoot, its flags by name and, if asked, its signer list (in version 1 inside the root)."""
    selected = select_ledger(service, request.params)
    address = read_account(request.params)
    wants_lists = read_flag(request.params, "signer_lists")
    root = require_account(selected, address)
    flags = number(root, "Flags", 0)
    data = _with_index(account_index(address), root)
    answer: JsonObject = {
        "account_data": data,
        "account_flags": {name: bool(flags & bit) for name, bit in ACCOUNT_FLAG_NAMES.items()},
        **selected.stamp(),
    }
    if wants_lists:
        index = signer_list_index(address)
        entry = selected.view.read(index)
        lists: list[JsonValue] = [] if entry is None else [_with_index(index, entry)]
        (data if request.version == 1 else answer)["signer_lists"] = lists
    if read_flag(request.params, "queue"):
        if selected.header is not None:
            raise invalid("Invalid parameters.")
        answer["queue_data"] = {"txn_count": 0}
    return answer


def account_objects(service: Service, request: Request) -> JsonObject:
    """The entries that an account owns, in pages, in the order of their indexes."""
    selected = select_ledger(service, request.params)
    address = read_account(request.params)
    require_account(selected, address)
    wanted = _wanted_type(request.params)
    blockers_only = read_flag(request.params, "deletion_blockers_only")
    keys = []
    for index in sorted(selected.view.owned(address)):
        kind = _entry(selected, index)["LedgerEntryType"]
        if wanted in (None, kind) and (not blockers_only or kind == "RippleState"):
            keys.append(index)
    limit = read_limit(request.params)
    chosen, marker = page(keys, request.params.get("marker"), limit)
    found: list[JsonValue] = [_with_index(index, _entry(selected, index)) for index in chosen]
    answer: JsonObject = {
        "account": address,
        "account_objects": found,
        **selected.stamp(),
    }
    return _paged(answer, marker, limit)


def _paged(answer: JsonObject, marker: str | None, limit: int) -> JsonObject:
    answer["limit"] = limit
    if marker is not None:
        answer["marker"] = marker
    return answer


def _wanted_type(params: JsonObject) -> str | None:
    name = params.get("type")
    if name is None:
        return None
    if not isinstance(name, str):
        raise invalid("Invalid field 'type', not string.")
    by_name = {**_TYPES, **{kind: kind for kind in _TYPES.values()}}
    if name not in by_name:
        raise invalid("Invalid field 'type'.")
    return by_name[name]


def _entry(selected: Selected, index: str) -> Entry:
    return selected.view.read(index) or {"LedgerEntryType": "Invalid"}


def _sides(selected: Selected, address: str) -> list[tuple[str, Side]]:
    """The account's trust lines as it sees them, with their indexes, in the order of the indexes."""
    sides = []
    for index in sorted(selected.view.owned(address)):
        entry = _entry(selected, index)
        if entry["LedgerEntryType"] != "RippleState":
            continue
        low = text(member(entry, "LowLimit"), "issuer")
        high = text(member(entry, "HighLimit"), "issuer")
        currency = text(member(entry, "Balance"), "currency")
        sides.append((index, Side(address, high if address == low else low, currency, entry)))
    return sides


def account_lines(service: Service, request: Request) -> JsonObject:
    """The account's trust lines, balances from its own point of view."""
    selected = select_ledger(service, request.params)
    address = read_account(request.params)
    require_account(selected, address)
    peer = read_account(request.params, "peer") if "peer" in request.params else None
    ignore_default = read_flag(request.params, "ignore_default")
    sides = {
        index: side
        for index, side in _sides(selected, address)
        if peer in (None, side.peer) and not (ignore_default and not side.has(side.bits.reserve))
    }
    limit = read_limit(request.params)
    chosen, marker = page(list(sides), request.params.get("marker"), limit)
    lines: list[JsonValue] = [_line(sides[index]) for index in chosen]
    return _paged({"account": address, "lines": lines, **selected.stamp()}, marker, limit)


def _line(side: Side) -> JsonObject:
    peer = side.other()
    line: JsonObject = {
        "account": side.peer,
        "balance": to_text(side.balance),
        "currency": side.currency,
        "limit": to_text(side.limit),
        "limit_peer": to_text(peer.limit),
        "no_ripple": side.has(side.bits.no_ripple),
        "no_ripple_peer": peer.has(peer.bits.no_ripple),
        "quality_in": 0,
        "quality_out": 0,
    }
    optional = {
        "authorized": side.has(side.bits.auth),
        "peer_authorized": peer.has(peer.bits.auth),
        "freeze": side.has(side.bits.freeze),
        "freeze_peer": peer.has(peer.bits.freeze),
        "deep_freeze": side.has(side.bits.deep_freeze),
        "deep_freeze_peer": peer.has(peer.bits.deep_freeze),
    }
    line.update({name: True for name, is_set in optional.items() if is_set})
    return line


def account_currencies(service: Service, request: Request) -> JsonObject:
    """Currencies that the account can send and receive."""
    selected = select_ledger(service, request.params)
    address = read_account(request.params)
    require_account(selected, address)
    send, receive = set(), set()
    for _, side in _sides(selected, address):
        if side.balance > 0 or side.other().limit > -side.balance:
            send.add(side.currency)
        if side.limit > side.balance:
            receive.add(side.currency)
    return {
        "receive_currencies": list[JsonValue](sorted(receive)),
        "send_currencies": list[JsonValue](sorted(send)),
        **selected.stamp(),
    }


def gateway_balances(service: Service, request: Request) -> JsonObject:
    """What an issuer owes (obligations), its hot wallets hold (balances), and it holds itself (assets)."""
    selected = select_ledger(service, request.params)
    address = read_account(request.params)
    require_account(selected, address)
    hot = _hot_wallets(request.params)
    obligations: dict[str, Decimal] = {}
    balances: dict[str, list[JsonValue]] = {}
    assets: dict[str, list[JsonValue]] = {}
    for _, side in _sides(selected, address):
        held = {"currency": side.currency, "value": to_text(abs(side.balance))}
        if side.balance > 0:
            assets.setdefault(side.peer, []).append({**held})
        elif side.balance < 0 and side.peer in hot:
            balances.setdefault(side.peer, []).append({**held})
        elif side.balance < 0:
            owed = obligations.get(side.currency, Decimal(0))
            obligations[side.currency] = add(owed, -side.balance)
    answer: JsonObject = {"account": address, **selected.stamp()}
    if obligations:
        answer["obligations"] = {currency: to_text(value) for currency, value in obligations.items()}
    if balances:
        answer["balances"] = {**balances}
    if assets:
        answer["assets"] = {**assets}
    return answer


def _hot_wallets(params: JsonObject) -> list[JsonValue]:
    value = params.get("hotwallet", [])
    wallets: list[JsonValue] = value if isinstance(value, list) else [value]
    if not all(is_address(wallet) for wallet in wallets):
        raise invalid("Invalid field 'hotwallet'.")
    return wallets


def account_offers(service: Service, request: Request) -> JsonObject:
    """No practice ledger has offers."""
    return _empty(service, request, "offers")


def account_channels(service: Service, request: Request) -> JsonObject:
    """No practice ledger has payment channels."""
    return _empty(service, request, "channels")


def account_nfts(service: Service, request: Request) -> JsonObject:
    """No practice ledger has NFTs."""
    return _empty(service, request, "account_nfts")


def _empty(service: Service, request: Request, name: str) -> JsonObject:
    selected = select_ledger(service, request.params)
    address = read_account(request.params)
    require_account(selected, address)
    return {"account": address, name: [], **selected.stamp()}
