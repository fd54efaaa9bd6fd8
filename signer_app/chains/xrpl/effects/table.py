"""The table of kinds, and the total reading of a transaction by it (CONTRACTS C2, C3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from signer_app.chains.xrpl.codec.definitions import (
    ACCOUNT_SET_FLAGS,
    TRANSACTION_FLAGS,
    TRANSACTION_FORMATS,
    UNIVERSAL_FLAGS,
)
from signer_app.chains.xrpl.effects import accounts, payments
from signer_app.chains.xrpl.effects.context import Context, caip_account, money_of
from signer_app.chains.xrpl.effects.texts import MEMO_FIELDS, memos_of, text_warnings, texts_of
from signer_app.chains.xrpl.transaction import text_of
from signer_app.core.effects import AuthorityChange, Effect, FeePaid, Unknown
from signer_app.core.inspection import Leg, TextField
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.warning import Warning  # the field's word; not the builtin

#: Fields of every transaction whose meaning stands elsewhere in the inspection, or that only narrow when it
#: is valid.
COMMON: Final = frozenset({
    "TransactionType", "Flags", "Account", "SourceTag", "Sequence", "TicketSequence", "LastLedgerSequence",
    "AccountTxnID", "Fee", "Memos", "NetworkID", "SigningPubKey", "TxnSignature", "Signers",
})  # fmt: skip
#: Without these no ledger takes a transaction.
REQUIRED: Final = ("Account", "Fee", "Sequence")
CANONICAL: Final = "tfFullyCanonicalSig"
#: Types whose effect is on authority even where it cannot be read as an AuthorityChange (CONTRACTS F).
PRIVILEGED: Final = frozenset({"SignerListSet", "SetRegularKey", "AccountDelete", "DelegateSet"})


@dataclass(frozen=True, slots=True)
class Kind:
    """How one transaction type is read: its function, the fields and flags that the function explains."""

    effects: Callable[[Context], list[Effect]]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "Payment": Kind(
        payments.payment,
        required=("Destination", "Amount"),
        optional=("DestinationTag", "InvoiceID", "Paths", "SendMax", "DeliverMin"),
        flags=("tfNoRippleDirect", "tfPartialPayment", "tfLimitQuality"),
    ),
    "TrustSet": Kind(
        accounts.trust_set,
        required=("LimitAmount",),
        optional=("QualityIn", "QualityOut"),
        flags=tuple(TRANSACTION_FLAGS["TrustSet"]),
    ),
    "SignerListSet": Kind(accounts.signer_list_set, required=("SignerQuorum",), optional=("SignerEntries",)),
    "SetRegularKey": Kind(accounts.set_regular_key, optional=("RegularKey",)),
    "AccountSet": Kind(
        accounts.account_set,
        optional=("SetFlag", "ClearFlag", *accounts.SETTING_FIELDS),
        flags=tuple(TRANSACTION_FLAGS["AccountSet"]),
    ),
    "AccountDelete": Kind(accounts.account_delete, required=("Destination",), optional=("DestinationTag",)),
    "TicketCreate": Kind(accounts.ticket_create, required=("TicketCount",)),
    "EscrowCreate": Kind(
        payments.escrow_create,
        required=("Destination", "Amount"),
        optional=("DestinationTag", "FinishAfter", "CancelAfter", "Condition"),
    ),
    "EscrowFinish": Kind(
        payments.escrow_finish, required=("Owner", "OfferSequence"), optional=("Condition", "Fulfillment")
    ),
    "EscrowCancel": Kind(payments.escrow_cancel, required=("Owner", "OfferSequence")),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a transaction does and says; ``effects`` end with FeePaid."""

    effects: tuple[Effect, ...]
    legs: tuple[Leg, ...]
    texts: tuple[TextField, ...]
    warnings: tuple[Warning, ...]


def read_effects(fields: JsonObject, network: str) -> Reading:
    """Read one transaction's JSON form, inner transactions included. Total: nothing is left out."""
    context = _context(fields, network, "")
    effects = _kind_effects(context)
    legs = [_leg(context)]
    texts = texts_of(fields)
    inner = [_context(item, network, path) for path, item in _inner_transactions(fields)]
    for item in inner:
        legs.append(_leg(item))
        texts += texts_of(item.fields, item.path)
    effects.append(_fee(context))
    warnings = [*_warnings(effects, [context, *inner], legs), *text_warnings(texts)]
    return Reading(tuple(effects), tuple(legs), texts, tuple(warnings))


def _context(fields: JsonObject, network: str, path: str) -> Context:
    flags = fields.get("Flags", 0)
    account = caip_account(network, text_of(fields, "Account"))
    return Context(network, fields, account, path, flags if isinstance(flags, int) else 0)


def _kind_effects(c: Context) -> list[Effect]:
    name = c.text("TransactionType")
    kind = KINDS.get(name)
    if kind is None:
        raw: JsonValue = {key: value for key, value in c.fields.items() if key not in COMMON}
        return [c.unknown(name, raw), *_unexplained(c, _known_fields(name), ())]
    missing = [field for field in kind.required if not c.has(field)]
    effects: list[Effect] = [c.unknown(f"{name} without {field}", None) for field in missing]
    if not missing:
        effects = kind.effects(c)
    return [*effects, *_unexplained(c, {*kind.required, *kind.optional}, kind.flags)]


def _known_fields(name: str) -> set[str]:
    """Fields of a type that has no row: they stand in the raw value of its Unknown effect."""
    rows = TRANSACTION_FORMATS.get(name)
    return {*rows.required, *rows.optional} if rows else set()


def _unexplained(c: Context, fields: set[str], flags: tuple[str, ...]) -> list[Effect]:
    """An Unknown effect for each thing that neither the common part nor the kind's row explains."""
    found: list[Effect] = [
        c.unknown(f"field {name}", value)
        for name, value in c.fields.items()
        if name not in COMMON and name not in fields
    ]
    found += [c.unknown(f"no {name}", None) for name in REQUIRED if not c.has(name)]
    if c.fields.get("Sequence") and c.has("TicketSequence"):
        found.append(c.unknown("both a Sequence and a Ticket", c.fields["Sequence"]))
    if any(memo.keys() - MEMO_FIELDS for memo in memos_of(c.fields)) or _odd_memos(c):
        found.append(c.unknown("field Memos", c.fields["Memos"]))
    name = c.text("TransactionType")
    explained = {CANONICAL, *flags} if name in KINDS else {CANONICAL, *TRANSACTION_FLAGS.get(name, {})}
    odd = [flag for flag in _leg(c).flags if flag not in explained]
    found += [c.unknown(f"flag {flag}", flag) for flag in odd]
    return found


def _odd_memos(c: Context) -> bool:
    memos = c.fields.get("Memos", [])
    return not isinstance(memos, list) or len(memos) != len(memos_of(c.fields))


def _leg(c: Context) -> Leg:
    name = c.text("TransactionType")
    named = {**UNIVERSAL_FLAGS, **TRANSACTION_FLAGS.get(name, {})}
    by_bit = {bit: flag for flag, bit in named.items()}
    bits = [1 << place for place in range(32) if c.flags >> place & 1]
    unknown = tuple(f"0x{bit:08X}" for bit in bits if bit not in by_bit)
    flags = tuple(by_bit.get(bit, f"0x{bit:08X}") for bit in bits)
    return Leg(c.path, name, c.account, flags, unknown)


def _inner_transactions(fields: JsonObject) -> list[tuple[str, JsonObject]]:
    """(path, fields) of the transactions inside a Batch (XLS-56)."""
    items = fields.get("RawTransactions")
    found = []
    for index, item in enumerate(items if isinstance(items, list) else []):
        inner = item.get("RawTransaction") if isinstance(item, dict) else None
        if isinstance(inner, dict):
            found.append((f"RawTransactions[{index}]", inner))
    return found


def _fee(c: Context) -> Effect:
    money = money_of(c.fields.get("Fee", "0"), c.network).amount
    return FeePaid(
        path=c.path, account=c.account, asset=money.asset, amount=money.amount, worst_case=money.amount
    )


def _warnings(effects: list[Effect], contexts: list[Context], legs: list[Leg]) -> list[Warning]:
    found = []
    for effect in effects:
        if isinstance(effect, Unknown):
            message = f"This version does not understand: {effect.what}."
            found.append(Warning("UNKNOWN_EFFECT", message, effect.path))
        elif isinstance(effect, AuthorityChange):
            found.append(Warning("PRIVILEGED_OP", _PRIVILEGED[effect.what], effect.path))
    told = {effect.path for effect in effects if isinstance(effect, AuthorityChange)}
    for c in contexts:
        name = c.text("TransactionType")
        if _is_privileged(c) and c.path not in told:
            found.append(Warning("PRIVILEGED_OP", f"{name} changes who may act for the account.", c.path))
        if name == "Payment" and c.flags & payments.PARTIAL:
            message = "A partial payment may deliver far less than its amount."
            found.append(Warning("PARTIAL_PAYMENT", message, c.path))
        if name == "Payment" and payments.converts(c):
            message = "The payment may be converted on the way. Policy never allows that."
            found.append(Warning("PATHS_NOT_ALLOWED", message, c.path))
    for leg in legs:
        if leg.unknown_flags:
            message = f"Flags without a name: {', '.join(leg.unknown_flags)}."
            found.append(Warning("FLAG_NOT_ALLOWED", message, leg.path))
    return found


def _is_privileged(c: Context) -> bool:
    name, master = c.text("TransactionType"), ACCOUNT_SET_FLAGS["asfDisableMaster"]
    return name in PRIVILEGED or (
        name == "AccountSet" and master in (c.fields.get("SetFlag"), c.fields.get("ClearFlag"))
    )


_PRIVILEGED: Final = {
    "signer_list": "The list of people who sign for the account changes.",
    "regular_key": "A key that signs for the account alone is set or removed.",
    "master_key": "The account's own key is switched off or on.",
    "account_delete": "The account ends and all its XRP leaves.",
}
