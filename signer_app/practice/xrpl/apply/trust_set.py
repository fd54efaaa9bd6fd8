"""TrustSet (xrpl.org "TrustSet"). Quality factors other than face value answer temDISABLED."""

from __future__ import annotations

from decimal import Decimal

from signer_app.practice.xrpl.amounts import ZERO_ACCOUNT, Issued, is_mpt, parse_issued, to_text
from signer_app.practice.xrpl.apply.context import Context, Kind, adjust_owner_count, edit_account, flags_of
from signer_app.practice.xrpl.apply.lines import Side, new_line, read_side, settle_reserves
from signer_app.practice.xrpl.codec import Transaction, is_bad_currency, line_index
from signer_app.practice.xrpl.flags import (
    LSF_DEFAULT_RIPPLE,
    LSF_DISALLOW_INCOMING_TRUST_LINE,
    LSF_NO_FREEZE,
    LSF_REQUIRE_AUTH,
    TF_CLEAR_DEEP_FREEZE,
    TF_CLEAR_FREEZE,
    TF_CLEAR_NO_RIPPLE,
    TF_SET_DEEP_FREEZE,
    TF_SET_FREEZE,
    TF_SET_NO_RIPPLE,
    TF_SETF_AUTH,
    TRUST_FLAGS,
)
from signer_app.practice.xrpl.state import account_root, owner_count
from signer_app.practice.xrpl.values import SUCCESS, Entry, Result, number

_FACE_VALUE = 1_000_000_000
#: The first two objects of an account need no reserve for a trust line, so that new users can start.
_FREE_OBJECTS = 2


def _limit(transaction: Transaction) -> Issued:
    limit = parse_issued(transaction.fields["LimitAmount"])
    return limit if limit is not None else Issued(Decimal(0), "XRP", ZERO_ACCOUNT)


def _preflight(transaction: Transaction) -> Result:  # noqa: PLR0911 - one line a refusal
    fields = transaction.fields
    if "LimitAmount" not in fields or is_mpt(fields["LimitAmount"]):
        return "temBAD_AMOUNT" if "LimitAmount" not in fields else "temDISABLED"
    if isinstance(fields["LimitAmount"], str):
        return "temBAD_LIMIT"
    limit = _limit(transaction)
    if is_bad_currency(limit.currency):
        return "temBAD_CURRENCY"
    if limit.value < 0:
        return "temBAD_LIMIT"
    if limit.issuer == ZERO_ACCOUNT:
        return "temDST_NEEDED"
    if any(number(fields, name, 0) not in (0, _FACE_VALUE) for name in ("QualityIn", "QualityOut")):
        return "temDISABLED"
    return SUCCESS


def _preclaim(context: Context) -> Result:  # noqa: PLR0911 - one line a refusal
    transaction, view = context.transaction, context.view
    limit, flags = _limit(transaction), transaction.flags
    own = flags_of(account_root(view, context.source))
    if flags & TF_SETF_AUTH and not own & LSF_REQUIRE_AUTH:
        return "tefNO_AUTH_REQUIRED"
    if limit.issuer == context.source:
        return "temDST_IS_SRC"
    peer = account_root(view, limit.issuer)
    line = read_side(view, context.source, limit.issuer, limit.currency)
    if line is None and flags_of(peer) & LSF_DISALLOW_INCOMING_TRUST_LINE:
        return "tecNO_PERMISSION"
    sets = flags & (TF_SET_FREEZE | TF_SET_DEEP_FREEZE)
    clears = flags & (TF_CLEAR_FREEZE | TF_CLEAR_DEEP_FREEZE)
    if sets and (clears or own & LSF_NO_FREEZE):
        return "tecNO_PERMISSION"
    if flags & TF_SET_DEEP_FREEZE and not flags & TF_SET_FREEZE and not _is_frozen(line):
        return "tecNO_PERMISSION"
    if flags & TF_CLEAR_FREEZE and not flags & TF_CLEAR_DEEP_FREEZE and _is_deep_frozen(line):
        return "tecNO_PERMISSION"
    return SUCCESS


def _is_frozen(line: Side | None) -> bool:
    return line is not None and line.has(line.bits.freeze)


def _is_deep_frozen(line: Side | None) -> bool:
    return line is not None and line.has(line.bits.deep_freeze)


def _reserve_for_line(context: Context) -> int:
    count = owner_count(context.view, context.source)
    return 0 if count < _FREE_OBJECTS else context.fees.reserve(count + 1)


def _apply(context: Context) -> Result:
    limit = _limit(context.transaction)
    if account_root(context.view, limit.issuer) is None:
        return "tecNO_DST"
    entry = context.view.edit(line_index(context.source, limit.issuer, limit.currency))
    if entry is None:
        return _create(context, limit)
    return _modify(context, limit, entry)


def _create(context: Context, limit: Issued) -> Result:
    view, flags = context.view, context.transaction.flags
    if limit.value == 0 and not flags & TF_SETF_AUTH:
        return "tecNO_LINE_REDUNDANT"
    if context.prior_balance < _reserve_for_line(context):
        return "tecNO_LINE_INSUF_RESERVE"
    entry = new_line(context.source, limit.issuer, limit.currency, limit.value)
    mine = Side(context.source, limit.issuer, limit.currency, entry)
    bits = mine.bits.reserve
    if flags & TF_SETF_AUTH:
        bits |= mine.bits.auth
    if flags & TF_SET_NO_RIPPLE and not flags & TF_CLEAR_NO_RIPPLE:
        bits |= mine.bits.no_ripple
    if flags & TF_SET_FREEZE:
        bits |= mine.bits.freeze
    if flags & TF_SET_DEEP_FREEZE:
        bits |= mine.bits.deep_freeze
    # A peer that does not ripple by default gets that default on its side of the new line.
    if not flags_of(account_root(view, limit.issuer)) & LSF_DEFAULT_RIPPLE:
        bits |= mine.other().bits.no_ripple
    entry["Flags"] = bits
    view.put(line_index(context.source, limit.issuer, limit.currency), entry)
    edit_account(view, context.source)
    adjust_owner_count(view, context.source, 1)
    return SUCCESS


def _modify(context: Context, limit: Issued, entry: Entry) -> Result:
    flags = context.transaction.flags
    mine = Side(context.source, limit.issuer, limit.currency, entry)
    reserve = _reserve_for_line(context)
    name = "LowLimit" if mine.low else "HighLimit"
    entry[name] = {"currency": limit.currency, "issuer": context.source, "value": to_text(limit.value)}
    bits = flags_of(entry)
    if flags & TF_SETF_AUTH:
        bits |= mine.bits.auth
    if flags & TF_SET_NO_RIPPLE and not flags & TF_CLEAR_NO_RIPPLE:
        if mine.balance < 0:
            return "tecNO_PERMISSION"
        bits |= mine.bits.no_ripple
    elif flags & TF_CLEAR_NO_RIPPLE and not flags & TF_SET_NO_RIPPLE:
        bits &= ~mine.bits.no_ripple
    bits = _freeze_bits(flags, mine, bits)
    entry["Flags"] = bits
    gained = settle_reserves(context.view, entry, context.source, limit.issuer, limit.currency)
    if gained and context.prior_balance < reserve:
        return "tecINSUF_RESERVE_LINE"
    return SUCCESS


def _freeze_bits(flags: int, mine: Side, bits: int) -> int:
    changes = (
        (TF_SET_FREEZE, TF_CLEAR_FREEZE, mine.bits.freeze),
        (TF_SET_DEEP_FREEZE, TF_CLEAR_DEEP_FREEZE, mine.bits.deep_freeze),
    )
    for set_flag, clear_flag, bit in changes:
        if flags & set_flag:
            bits |= bit
        elif flags & clear_flag:
            bits &= ~bit
    return bits


KIND = Kind(_preflight, _preclaim, _apply, TRUST_FLAGS)
