"""AccountDelete (xrpl.org "AccountDelete"; XLS-7)."""

from __future__ import annotations

from signer_app.practice.xrpl.apply.context import Context, Kind, add_drops, edit_account, flags_of
from signer_app.practice.xrpl.apply.signer_list import remove_signer_list
from signer_app.practice.xrpl.codec import Transaction, account_index
from signer_app.practice.xrpl.flags import LSF_DEPOSIT_AUTH, LSF_PASSWORD_SPENT, LSF_REQUIRE_DEST_TAG
from signer_app.practice.xrpl.state import account_root
from signer_app.practice.xrpl.values import SUCCESS, Result, drops, number, text

#: An account may go only this many ledgers after its Sequence, so that no old transaction can be replayed.
_AGE = 255
_DELETABLE = frozenset({"SignerList", "Ticket"})


def _preflight(transaction: Transaction) -> Result:
    if "CredentialIDs" in transaction.fields:
        return "temDISABLED"
    return "temDST_IS_SRC" if transaction.fields["Destination"] == transaction.account else SUCCESS


def _preclaim(context: Context) -> Result:
    fields = context.transaction.fields
    destination = account_root(context.view, text(fields, "Destination"))
    if destination is None:
        return "tecNO_DST"
    if flags_of(destination) & LSF_REQUIRE_DEST_TAG and "DestinationTag" not in fields:
        return "tecDST_TAG_NEEDED"
    if flags_of(destination) & LSF_DEPOSIT_AUTH:
        return "tecNO_PERMISSION"
    root = account_root(context.view, context.source) or {}
    if number(root, "Sequence") + _AGE > context.ledger_index:
        return "tecTOO_SOON"
    entries = (context.view.read(index) for index in context.view.owned(context.source))
    if any(entry is not None and entry["LedgerEntryType"] not in _DELETABLE for entry in entries):
        return "tecHAS_OBLIGATIONS"
    return SUCCESS


def _apply(context: Context) -> Result:
    view = context.view
    destination = text(context.transaction.fields, "Destination")
    remove_signer_list(view, context.source)
    for index in view.owned(context.source):
        view.erase(index)
    root = edit_account(view, context.source)
    remaining = drops(root, "Balance")
    root["Balance"], root["OwnerCount"] = "0", 0
    root.pop("TicketCount", None)
    add_drops(view, destination, remaining)
    target = edit_account(view, destination)
    target["Flags"] = flags_of(target) & ~LSF_PASSWORD_SPENT
    view.erase(account_index(context.source))
    context.delivered = str(remaining)
    return SUCCESS


KIND = Kind(_preflight, _preclaim, _apply)
