"""Payment (xrpl.org "Payment"): XRP from account to account; issued currency is in ``rippling``.

Paths, multi-purpose tokens, credentials and permissioned domains answer temDISABLED.
"""

from __future__ import annotations

from decimal import Overflow

from signer_app.core.json_types import JsonValue
from signer_app.practice.xrpl.amounts import ZERO_ACCOUNT, Issued, is_mpt, parse_issued
from signer_app.practice.xrpl.apply.context import Context, Kind, add_drops, edit_account, flags_of
from signer_app.practice.xrpl.apply.rippling import ripple
from signer_app.practice.xrpl.codec import Transaction, account_index, is_bad_currency
from signer_app.practice.xrpl.flags import (
    LSF_DEPOSIT_AUTH,
    LSF_PASSWORD_SPENT,
    LSF_REQUIRE_DEST_TAG,
    PAYMENT_FLAGS,
    TF_LIMIT_QUALITY,
    TF_NO_RIPPLE_DIRECT,
    TF_PARTIAL_PAYMENT,
)
from signer_app.practice.xrpl.state import account_root
from signer_app.practice.xrpl.values import SUCCESS, Result, drops, number, text

_UNSUPPORTED = ("Paths", "CredentialIDs", "DomainID")


def _preflight(transaction: Transaction) -> Result:  # noqa: PLR0911 - one line a refusal
    fields = transaction.fields
    amounts = [fields[name] for name in ("Amount", "SendMax", "DeliverMin") if name in fields]
    if any(is_mpt(value) for value in amounts) or any(name in fields for name in _UNSUPPORTED):
        return "temDISABLED"
    if fields["Destination"] == ZERO_ACCOUNT:
        return "temDST_NEEDED"
    if not all(_is_positive(value) for value in amounts[: 2 if "SendMax" in fields else 1]):
        return "temBAD_AMOUNT"
    if any(_has_bad_currency(value) for value in amounts):
        return "temBAD_CURRENCY"
    spent = fields.get("SendMax", fields["Amount"])
    if transaction.account == fields["Destination"] and _currency(spent) == _currency(fields["Amount"]):
        return "temREDUNDANT"
    if isinstance(fields["Amount"], str) and isinstance(spent, str):
        result = _check_xrp_only(transaction)
        if result != SUCCESS:
            return result
    return _check_deliver_min(transaction)


def _check_xrp_only(transaction: Transaction) -> Result:
    if "SendMax" in transaction.fields:
        return "temBAD_SEND_XRP_MAX"
    for flag, result in (
        (TF_PARTIAL_PAYMENT, "temBAD_SEND_XRP_PARTIAL"),
        (TF_LIMIT_QUALITY, "temBAD_SEND_XRP_LIMIT"),
        (TF_NO_RIPPLE_DIRECT, "temBAD_SEND_XRP_NO_DIRECT"),
    ):
        if transaction.flags & flag:
            return result
    return SUCCESS


def _check_deliver_min(transaction: Transaction) -> Result:
    least = transaction.fields.get("DeliverMin")
    if least is None:
        return SUCCESS
    amount = parse_issued(transaction.fields["Amount"])
    minimum = parse_issued(least)
    if not transaction.flags & TF_PARTIAL_PAYMENT or amount is None or minimum is None:
        return "temBAD_AMOUNT"
    same_asset = (amount.currency, amount.issuer) == (minimum.currency, minimum.issuer)
    return SUCCESS if same_asset and 0 < minimum.value <= amount.value else "temBAD_AMOUNT"


def _is_positive(value: JsonValue) -> bool:
    issued = parse_issued(value)
    return int(str(value)) > 0 if issued is None else issued.value > 0


def _has_bad_currency(value: JsonValue) -> bool:
    issued = parse_issued(value)
    return issued is not None and is_bad_currency(issued.currency)


def _currency(value: JsonValue) -> str:
    issued = parse_issued(value)
    return "XRP" if issued is None else issued.currency


def _preclaim(context: Context) -> Result:
    fields = context.transaction.fields
    destination = account_root(context.view, text(fields, "Destination"))
    amount = fields["Amount"]
    if destination is not None:
        needs_tag = flags_of(destination) & LSF_REQUIRE_DEST_TAG and "DestinationTag" not in fields
        return "tecDST_TAG_NEEDED" if needs_tag else SUCCESS
    if not isinstance(amount, str):
        return "tecNO_DST"
    if context.is_open and context.transaction.flags & TF_PARTIAL_PAYMENT:
        return "telNO_DST_PARTIAL"
    return "tecNO_DST_INSUF_XRP" if int(amount) < context.fees.reserve(0) else SUCCESS


def _apply(context: Context) -> Result:
    fields = context.transaction.fields
    amount = parse_issued(fields["Amount"])
    maximum = parse_issued(fields["SendMax"]) if "SendMax" in fields else None
    crosses_assets = "SendMax" in fields and (
        (amount is None) != (maximum is None)
        or (amount is not None and maximum is not None and amount.currency != maximum.currency)
    )
    if crosses_assets:
        # Changing assets takes offers, and no practice ledger has any.
        return "tecPATH_DRY"
    if amount is None:
        return _pay_xrp(context, int(text(fields, "Amount")))
    return _pay_issued(context, amount, maximum)


def _pay_issued(context: Context, amount: Issued, maximum: Issued | None) -> Result:
    destination = text(context.transaction.fields, "Destination")
    if _refuses_deposits(context, destination):
        return "tecNO_PERMISSION"
    try:
        result, delivered = ripple(context, amount, maximum)
    except Overflow:
        # Sums beyond what an issued amount can say. Nothing was committed.
        return "tefEXCEPTION"
    if result == SUCCESS:
        context.delivered = delivered.to_json()
    return result


def _refuses_deposits(context: Context, destination: str) -> bool:
    flags = flags_of(account_root(context.view, destination))
    return bool(flags & LSF_DEPOSIT_AUTH) and destination != context.source


def _pay_xrp(context: Context, amount: int) -> Result:
    view = context.view
    destination = text(context.transaction.fields, "Destination")
    source = edit_account(view, context.source)
    kept = max(context.fees.reserve(number(source, "OwnerCount", 0)), context.transaction.fee)
    if context.prior_balance < amount + kept:
        return "tecUNFUNDED_PAYMENT"
    target = account_root(view, destination)
    if target is None:
        view.put(account_index(destination), _new_account(context, destination))
    elif _refuses_deposits(context, destination):
        # An account that could not even pay a fee may still get the little that unlocks it.
        reserve = context.fees.reserve(0)
        if amount > reserve or drops(target, "Balance") > reserve:
            return "tecNO_PERMISSION"
    add_drops(view, context.source, -amount)
    add_drops(view, destination, amount)
    receiver = edit_account(view, destination)
    receiver["Flags"] = flags_of(receiver) & ~LSF_PASSWORD_SPENT
    context.delivered = str(amount)
    return SUCCESS


def _new_account(context: Context, address: str) -> dict[str, JsonValue]:
    return {
        "Account": address,
        "Balance": "0",
        "Flags": 0,
        "LedgerEntryType": "AccountRoot",
        "OwnerCount": 0,
        "Sequence": context.ledger_index,
    }


KIND = Kind(_preflight, _preclaim, _apply, PAYMENT_FLAGS)
