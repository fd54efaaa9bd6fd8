"""Builders of unsigned bodies (CONTRACTS C1): one for each thing that Countersign proposes by itself.

Every body carries tfFullyCanonicalSig, so that a Ledger device among the signers takes it, an empty
SigningPubKey, a last ledger, and a NetworkID on networks that demand one. All numbers are checked before a
byte is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from signer_app.chains.xrpl.address import decode_address
from signer_app.chains.xrpl.codec.definitions import (
    ACCOUNT_SET_FLAGS,
    TRANSACTION_FLAGS,
    UNIVERSAL_FLAGS,
)
from signer_app.chains.xrpl.codec.numbers import MAX_DROPS, MAX_MPT
from signer_app.chains.xrpl.codec.writer import write_transaction
from signer_app.chains.xrpl.networks import LAST_WITHOUT_FIELD, network_number
from signer_app.chains.xrpl.transaction import open_body
from signer_app.core.amounts import ISSUED_DIGITS, base_units, format_decimal, issued_parts
from signer_app.core.caip import asset_network, parse_account, parse_asset
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonObject, JsonValue

CANONICAL_FLAG: Final = UNIVERSAL_FLAGS["tfFullyCanonicalSig"]
MAX_SIGNERS: Final = 32
MAX_TICKETS: Final = 250
_MAX_UINT32: Final = 2**32 - 1
_MAX_WEIGHT: Final = 2**16 - 1
_MAX_DOMAIN: Final = 256
#: Powers of ten and digits beyond which no asset of the ledger goes; keeps the arithmetic below exact.
_MAX_MAGNITUDE: Final = 100
#: Headroom over the fee that the ledger asks for now; a signed fee cannot be raised later (ledgers.md 1.3).
_FEE_HEADROOM: Final = 10


@dataclass(frozen=True, slots=True)
class Frame:
    """What every transaction has: ``account`` is CAIP-10 on ``network``, ``fee_drops`` in drops of XRP."""

    network: str
    account: str
    slot: Slot
    last_ledger: int
    fee_drops: int


def fee_for(*, base_fee: int, signers: int) -> int:
    """Drops that pay for ``signers`` signatures with headroom: the ledger asks base_fee * (1 + signers)."""
    if base_fee < 1 or not 0 <= signers <= MAX_SIGNERS:
        raise MalformedError("A fee needs a base fee above zero and at most 32 signers.")
    return base_fee * (1 + signers) * _FEE_HEADROOM


def build_payment(
    *,
    network: str,
    account: str,
    destination: str,
    asset: str,
    amount: Decimal,
    tag: int | None,
    slot: Slot,
    last_ledger: int,
    fee_drops: int,
) -> str:
    """Send ``amount`` whole units of ``asset`` (CAIP-19) to ``destination`` (CAIP-10). Upper hex body.

    No SendMax and no paths: what is delivered is what is spent, but for an issuer's transfer fee.
    MalformedError.
    """
    to = _address(destination, network)
    if destination == account:
        raise MalformedError("An account cannot pay itself.")
    fields: JsonObject = {"Destination": to, "Amount": _amount(asset, amount, network)}
    if tag is not None:
        fields["DestinationTag"] = _bounded(tag, 0, _MAX_UINT32, "A destination tag")
    return _body("Payment", fields, Frame(network, account, slot, last_ledger, fee_drops))


def build_trust_line(
    *,
    network: str,
    account: str,
    asset: str,
    limit: Decimal,
    flags: Sequence[str] = (),
    slot: Slot,
    last_ledger: int,
    fee_drops: int,
) -> str:
    """Accept up to ``limit`` of an issued ``asset``; ``flags`` are names such as tfSetNoRipple.

    MalformedError.
    """
    limit_amount = _amount(asset, limit, network, zero_allowed=True)
    if not isinstance(limit_amount, dict) or "issuer" not in limit_amount:
        raise MalformedError("A trust line is for an issued asset.")
    if limit_amount["issuer"] == _address(account, network):
        raise MalformedError("An account cannot trust itself.")
    bits = 0
    for name in flags:
        if name not in TRANSACTION_FLAGS["TrustSet"]:
            raise MalformedError(f"{name[:40]!r} is not a flag of a trust line.")
        bits |= TRANSACTION_FLAGS["TrustSet"][name]
    frame = Frame(network, account, slot, last_ledger, fee_drops)
    return _body("TrustSet", {"LimitAmount": limit_amount}, frame, bits)


def build_signer_list(
    *,
    network: str,
    account: str,
    quorum: int,
    entries: Sequence[tuple[str, int]],
    slot: Slot,
    last_ledger: int,
    fee_drops: int,
) -> str:
    """Replace the signer list by (CAIP-10, weight) entries; quorum 0 without entries removes it.

    MalformedError.
    """
    fields: JsonObject = {"SignerQuorum": quorum}
    if quorum or entries:
        fields["SignerEntries"] = _signer_entries(network, account, quorum, entries)
    return _body("SignerListSet", fields, Frame(network, account, slot, last_ledger, fee_drops))


def _signer_entries(
    network: str, account: str, quorum: int, entries: Sequence[tuple[str, int]]
) -> list[JsonValue]:
    if not 1 <= len(entries) <= MAX_SIGNERS:
        raise MalformedError(f"A signer list has 1 to {MAX_SIGNERS} members.")
    weights = {_address(signer, network): weight for signer, weight in entries}
    if len(weights) != len(entries):
        raise MalformedError("A signer stands twice on the list.")
    if _address(account, network) in weights:
        raise MalformedError("An account cannot stand on its own signer list.")
    for weight in weights.values():
        _bounded(weight, 1, _MAX_WEIGHT, "A signer's weight")
    _bounded(quorum, 1, sum(weights.values()), "A quorum that the list can reach")
    in_order = sorted(weights, key=decode_address)
    return [{"SignerEntry": {"Account": name, "SignerWeight": weights[name]}} for name in in_order]


def build_tickets(
    *, network: str, account: str, count: int, slot: Slot, last_ledger: int, fee_drops: int
) -> str:
    """Set ``count`` sequence numbers aside as Tickets (at most 250 can be held at once). MalformedError."""
    fields: JsonObject = {"TicketCount": _bounded(count, 1, MAX_TICKETS, "A number of tickets")}
    return _body("TicketCreate", fields, Frame(network, account, slot, last_ledger, fee_drops))


def build_account_settings(
    *,
    network: str,
    account: str,
    set_flag: str | None = None,
    clear_flag: str | None = None,
    domain: str | None = None,
    slot: Slot,
    last_ledger: int,
    fee_drops: int,
) -> str:
    """Set one setting, clear another (names such as asfRequireDest), set the domain ("" removes it).

    MalformedError, also where nothing would change: build_cancel is for that.
    """
    fields: JsonObject = {}
    for name, flag in (("SetFlag", set_flag), ("ClearFlag", clear_flag)):
        if flag is not None:
            fields[name] = _setting(flag)
    if set_flag is not None and set_flag == clear_flag:
        raise MalformedError(f"{set_flag} cannot be set and cleared at once.")
    if domain is not None:
        fields["Domain"] = _domain(domain)
    if not fields:
        raise MalformedError("The transaction would change no setting.")
    return _body("AccountSet", fields, Frame(network, account, slot, last_ledger, fee_drops))


def build_regular_key(
    *, network: str, account: str, regular_key: str | None, slot: Slot, last_ledger: int, fee_drops: int
) -> str:
    """Set the regular key (CAIP-10 of its address), or remove it with None. MalformedError."""
    fields: JsonObject = {} if regular_key is None else {"RegularKey": _address(regular_key, network)}
    if regular_key == account:
        raise MalformedError("The regular key cannot be the account's own key.")
    return _body("SetRegularKey", fields, Frame(network, account, slot, last_ledger, fee_drops))


def build_cancel(*, network: str, account: str, slot: Slot, last_ledger: int, fee_drops: int) -> str:
    """Use the slot up and change nothing (an AccountSet without fields). MalformedError."""
    return _body("AccountSet", {}, Frame(network, account, slot, last_ledger, fee_drops))


#: What of a body belongs to its time and place, not to what it does.
_FRAME: Final = frozenset({"Sequence", "TicketSequence", "LastLedgerSequence", "Fee", "NetworkID"})


def renew(body: str, *, network: str, account: str, slot: Slot, last_ledger: int, fee_drops: int) -> str:
    """The same body on another slot, with another last ledger and fee; nothing else changes.

    MalformedError, as for a body of another account.
    """
    old = open_body(body)
    if old.account != _address(account, network):
        raise MalformedError("The transaction to repeat belongs to another account.")
    kept = {name: value for name, value in old.fields.items() if name not in _FRAME}
    return _written({**kept, **_framed(Frame(network, account, slot, last_ledger, fee_drops))})


def _body(kind: str, fields: JsonObject, frame: Frame, flags: int = 0) -> str:
    common: JsonObject = {
        "TransactionType": kind,
        "Flags": CANONICAL_FLAG | flags,
        "Account": _address(frame.account, frame.network),
        "SigningPubKey": "",
        **_framed(frame),
    }
    return _written({**common, **fields})


def _framed(frame: Frame) -> JsonObject:
    number = network_number(frame.network)
    return {
        "Fee": str(_bounded(frame.fee_drops, 1, MAX_DROPS, "A fee")),
        "LastLedgerSequence": _bounded(frame.last_ledger, 1, _MAX_UINT32, "A last ledger"),
        **_slot_fields(frame.slot),
        **({"NetworkID": number} if number > LAST_WITHOUT_FIELD else {}),
    }


def _written(fields: JsonObject) -> str:
    return open_body(write_transaction(fields).hex().upper()).blob.hex().upper()


def _slot_fields(slot: Slot) -> JsonObject:
    if not slot.value.isascii() or not slot.value.isdigit():
        raise MalformedError(f"{slot.value[:40]!r} is not a sequence number.")
    value = _bounded(int(slot.value), 1, _MAX_UINT32, "A sequence number")
    if slot.kind == "ticket":
        return {"Sequence": 0, "TicketSequence": value}
    if slot.kind == "sequence":
        return {"Sequence": value}
    raise MalformedError(f"An XRPL transaction uses a sequence or a ticket, not a {slot.kind[:40]!r}.")


def _address(account: str, network: str) -> str:
    parsed = parse_account(account)
    if parsed.network != network:
        raise MalformedError(f"{account} is on another network than {network}.", code="NETWORK")
    decode_address(parsed.address)
    return parsed.address


def _amount(asset: str, amount: Decimal, network: str, *, zero_allowed: bool = False) -> JsonValue:
    """The JSON form of ``amount`` whole units of ``asset``, exact or refused."""
    parse_asset(asset)
    if asset_network(asset) != network:
        raise MalformedError(f"{asset} is on another network than {network}.", code="NETWORK")
    if not amount.is_finite() or amount < 0 or (amount == 0 and not zero_allowed):
        raise MalformedError("An amount must be above zero.")
    if abs(amount.adjusted()) > _MAX_MAGNITUDE or len(amount.as_tuple().digits) > _MAX_MAGNITUDE:
        raise MalformedError("The amount is outside the range of the ledger.")
    kind, _, reference = asset.partition("/")[2].partition(":")
    if kind == "slip44":
        return str(_bounded(base_units(amount, 6), 0, MAX_DROPS, "An amount of drops"))
    if kind == "mpt":
        units = _bounded(base_units(amount, 0), 0, MAX_MPT, "An amount of a multi-purpose token")
        return {"value": str(units), "mpt_issuance_id": reference}
    if kind != "iou":
        raise MalformedError(f"{asset} cannot be paid.")
    currency, _, issuer = reference.partition(".")
    decode_address(issuer)
    mantissa, _ = issued_parts(amount)
    if len(str(mantissa).rstrip("0")) > ISSUED_DIGITS:
        raise MalformedError(f"{format_decimal(amount)} has more than {ISSUED_DIGITS} digits.")
    return {"value": format_decimal(amount), "currency": currency, "issuer": issuer}


def _setting(name: str) -> int:
    number = ACCOUNT_SET_FLAGS.get(name)
    if number is None:
        raise MalformedError(f"{name[:40]!r} is not a setting of an account.")
    if name == "asfAuthorizedNFTokenMinter":
        raise MalformedError("A minter is set together with its account, which this builder does not do.")
    return number


def _domain(text: str) -> str:
    """Upper hex of a domain, which is lower-case ASCII (xrpl.org, "AccountSet")."""
    if not text.isascii() or text != text.lower() or len(text) > _MAX_DOMAIN or any(c <= " " for c in text):
        raise MalformedError("A domain is lower-case ASCII without spaces, at most 256 characters.")
    return text.encode("ascii").hex().upper()


def _bounded(value: int, low: int, high: int, what: str) -> int:
    if isinstance(value, bool) or not low <= value <= high:
        raise MalformedError(f"{what} is from {low} to {high}, not {value}.")
    return value
