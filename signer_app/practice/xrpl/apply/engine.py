"""The engine around every transaction kind: order of checks, fee and sequence, claims, metadata.

Order and results follow rippled's Transactor: preflight (the bytes), preclaim (against the state), apply. A
``tec`` result takes the fee and uses up the Sequence or Ticket, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.amounts import ZERO_ACCOUNT
from signer_app.practice.xrpl.apply.authority import check_authority
from signer_app.practice.xrpl.apply.context import (
    NETWORK_ID,
    Context,
    Fees,
    Kind,
    edit_account,
    signed_by_master,
)
from signer_app.practice.xrpl.apply.kinds import KINDS
from signer_app.practice.xrpl.codec import FORMATS, Transaction, account_index, ticket_index
from signer_app.practice.xrpl.flags import (
    LSF_PASSWORD_SPENT,
    TF_FULLY_CANONICAL_SIG,
    TF_INNER_BATCH,
)
from signer_app.practice.xrpl.metadata import affected_nodes, thread
from signer_app.practice.xrpl.state import Sandbox, account_root
from signer_app.practice.xrpl.values import SUCCESS, Result, drops, inner_rows, number

_MAX_DROPS = 10**17
#: Common fields of amendments that this ledger does not have.
_UNSUPPORTED_FIELDS = ("Delegate", "Sponsor", "SponsorFlags", "SponsorSignature")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The engine result; ``meta`` where the transaction is part of the ledger now (tes or tec)."""

    result: Result
    meta: JsonObject | None = None

    @property
    def applied(self) -> bool:
        """True for tes and tec."""
        return self.meta is not None


def is_claim(result: Result) -> bool:
    """True for results that only take the fee."""
    return result.startswith("tec")


def base_fee(transaction: Transaction, fees: Fees, view: Sandbox) -> int:
    """Drops that the transaction costs at least, without load (xrpl.org "Transaction Cost")."""
    if transaction.kind == "AccountDelete":
        return fees.reserve_increment
    if transaction.kind == "SetRegularKey" and _key_reset_is_free(transaction, view):
        return 0
    return fees.base * (1 + len(inner_rows(transaction.fields, "Signers", "Signer")))


def _key_reset_is_free(transaction: Transaction, view: Sandbox) -> bool:
    root = account_root(view, transaction.account)
    spent = root is None or number(root, "Flags", 0) & LSF_PASSWORD_SPENT
    return signed_by_master(transaction) and not spent


def apply_transaction(
    transaction: Transaction, ledger: Sandbox, *, ledger_index: int, fees: Fees, is_open: bool, position: int
) -> Outcome:
    """Apply to ``ledger`` (changed only where the outcome is applied). Signatures were verified before."""
    kind = KINDS.get(transaction.kind)
    if kind is None:
        return Outcome("temDISABLED" if transaction.kind in FORMATS else "temUNKNOWN")
    result = _preflight(transaction, kind)
    if result != SUCCESS:
        return Outcome(result)
    context = Context(transaction, Sandbox(ledger), ledger_index, fees, is_open)
    result = _preclaim(context, kind)
    if result != SUCCESS and not is_claim(result):
        return Outcome(result)
    result = _claim_fee_and_sequence(context, kind if result == SUCCESS else None, result)
    if result != SUCCESS and not is_claim(result):
        return Outcome(result)
    if is_claim(result):
        context = Context(transaction, Sandbox(ledger), ledger_index, fees, is_open)
        _claim_fee_and_sequence(context, None, result)
    meta = _finish(context, result, position)
    context.view.commit(ledger)
    return Outcome(result, meta)


def _preflight(transaction: Transaction, kind: Kind) -> Result:  # noqa: PLR0911 - one line a refusal
    fields = transaction.fields
    network = fields.get("NetworkID")
    if network is None:
        return "telREQUIRES_NETWORK_ID"
    if network != NETWORK_ID:
        return "telWRONG_NETWORK"
    if transaction.flags & TF_INNER_BATCH:
        return "temINVALID_FLAG"
    if any(name in fields for name in _UNSUPPORTED_FIELDS):
        return "temDISABLED"
    if transaction.account == ZERO_ACCOUNT:
        return "temBAD_SRC_ACCOUNT"
    if not 0 <= transaction.fee <= _MAX_DROPS:
        return "temBAD_FEE"
    if transaction.uses_ticket and "AccountTxnID" in fields:
        return "temINVALID"
    if transaction.flags & ~(kind.flags | TF_FULLY_CANONICAL_SIG):
        return "temINVALID_FLAG"
    return kind.preflight(transaction)


def _preclaim(context: Context, kind: Kind) -> Result:
    for check in (_check_sequence, _check_prior_and_expiry, check_authority, _check_fee, kind.preclaim):
        result = check(context)
        if result != SUCCESS:
            return result
    return SUCCESS


def _check_sequence(context: Context) -> Result:
    transaction = context.transaction
    root = account_root(context.view, context.source)
    if root is None:
        return "terNO_ACCOUNT"
    current = number(root, "Sequence")
    if transaction.uses_ticket and transaction.ticket is not None:
        if current <= transaction.ticket:
            return "terPRE_TICKET"
        known = context.view.read(ticket_index(context.source, transaction.ticket)) is not None
        return SUCCESS if known else "tefNO_TICKET"
    if transaction.ticket is not None:
        return "temSEQ_AND_TICKET"
    if transaction.sequence > current:
        return "terPRE_SEQ"
    return SUCCESS if transaction.sequence == current else "tefPAST_SEQ"


def _check_prior_and_expiry(context: Context) -> Result:
    fields = context.transaction.fields
    root = account_root(context.view, context.source)
    if "AccountTxnID" in fields and (root is None or root.get("AccountTxnID") != fields["AccountTxnID"]):
        return "tefWRONG_PRIOR"
    last = context.transaction.last_ledger
    return "tefMAX_LEDGER" if last is not None and context.ledger_index > last else SUCCESS


def _check_fee(context: Context) -> Result:
    paid = context.transaction.fee
    least = base_fee(context.transaction, context.fees, context.view)
    if context.is_open and paid < least * context.fees.load:
        return "telINSUF_FEE_P"
    root = account_root(context.view, context.source)
    balance = 0 if root is None else drops(root, "Balance")
    # Rippled claims what is left of such a balance at a close (tecINSUFF_FEE); here nothing is taken.
    return SUCCESS if balance >= paid else "terINSUF_FEE_B"


def _claim_fee_and_sequence(context: Context, kind: Kind | None, result: Result) -> Result:
    """Take fee and sequence, then let ``kind`` act; without it the given result stands."""
    transaction, view = context.transaction, context.view
    root = edit_account(view, context.source)
    context.prior_balance = drops(root, "Balance")
    root["Balance"] = str(context.prior_balance - transaction.fee)
    if transaction.uses_ticket and transaction.ticket is not None:
        view.erase(ticket_index(context.source, transaction.ticket))
        root["OwnerCount"] = number(root, "OwnerCount") - 1
        left = number(root, "TicketCount") - 1
        if left:
            root["TicketCount"] = left
        else:
            root.pop("TicketCount")
    else:
        root["Sequence"] = transaction.sequence + 1
    if "AccountTxnID" in root:
        root["AccountTxnID"] = transaction.hash
    return kind.apply(context) if kind is not None else result


def _finish(context: Context, result: Result, position: int) -> JsonObject:
    if account_index(context.source) not in context.view.changes:
        raise UnforeseenError("A transaction was applied without its source.")
    thread(context.view, context.transaction.hash, context.ledger_index)
    meta: JsonObject = {
        "AffectedNodes": affected_nodes(context.view),
        "TransactionIndex": position,
        "TransactionResult": result,
    }
    if result == SUCCESS and context.delivered is not None:
        amount = context.transaction.fields.get("Amount")
        if context.delivered != amount:
            meta["DeliveredAmount"] = context.delivered
    return meta
