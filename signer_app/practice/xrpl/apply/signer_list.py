"""SignerListSet (xrpl.org "SignerListSet")."""

from __future__ import annotations

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.apply.context import (
    Context,
    Kind,
    accept,
    adjust_owner_count,
    edit_account,
    flags_of,
    has_other_way_to_sign,
)
from signer_app.practice.xrpl.codec import Transaction, account_id, signer_list_index
from signer_app.practice.xrpl.flags import LSF_ONE_OWNER_COUNT
from signer_app.practice.xrpl.state import Sandbox, owner_count
from signer_app.practice.xrpl.values import SUCCESS, Result, inner_rows, number, text

MAX_ENTRIES = 32


def _preflight(transaction: Transaction) -> Result:
    quorum = number(transaction.fields, "SignerQuorum")
    if "SignerEntries" not in transaction.fields:
        return SUCCESS if quorum == 0 else "temMALFORMED"
    entries = inner_rows(transaction.fields, "SignerEntries", "SignerEntry")
    if quorum == 0 or not 1 <= len(entries) <= MAX_ENTRIES:
        return "temMALFORMED"
    return _check_entries(transaction.account, quorum, entries)


def _check_entries(owner: str, quorum: int, entries: list[JsonObject]) -> Result:
    if any(not {"Account", "SignerWeight"} <= set(entry) for entry in entries):
        return "temMALFORMED"
    accounts = [text(entry, "Account") for entry in entries]
    if len(set(accounts)) != len(accounts):
        return "temBAD_SIGNER"
    weights = [number(entry, "SignerWeight") for entry in entries]
    if min(weights) <= 0:
        return "temBAD_WEIGHT"
    if owner in accounts:
        return "temBAD_SIGNER"
    return SUCCESS if sum(weights) >= quorum else "temBAD_QUORUM"


def _apply(context: Context) -> Result:
    index = signer_list_index(context.source)
    if "SignerEntries" not in context.transaction.fields:
        root = edit_account(context.view, context.source)
        if not has_other_way_to_sign(context.view, root, without="SignerList"):
            return "tecNO_ALTERNATIVE_KEY"
        remove_signer_list(context.view, context.source)
        return SUCCESS
    remove_signer_list(context.view, context.source)
    needed = context.fees.reserve(owner_count(context.view, context.source) + 1)
    if context.prior_balance < needed:
        return "tecINSUFFICIENT_RESERVE"
    context.view.put(index, _entry(context.transaction))
    adjust_owner_count(context.view, context.source, 1)
    return SUCCESS


def _entry(transaction: Transaction) -> JsonObject:
    entries = inner_rows(transaction.fields, "SignerEntries", "SignerEntry")
    entries.sort(key=lambda entry: account_id(text(entry, "Account")))
    wrapped: list[JsonValue] = [{"SignerEntry": entry} for entry in entries]
    return {
        "Flags": LSF_ONE_OWNER_COUNT,
        "LedgerEntryType": "SignerList",
        "Owner": transaction.account,
        "OwnerNode": "0",
        "SignerEntries": wrapped,
        "SignerListID": 0,
        "SignerQuorum": number(transaction.fields, "SignerQuorum"),
    }


def remove_signer_list(view: Sandbox, owner: str) -> None:
    """Delete the account's list, if it has one, and give back its reserve."""
    index = signer_list_index(owner)
    entry = view.read(index)
    if entry is None:
        return
    one = flags_of(entry) & LSF_ONE_OWNER_COUNT
    view.erase(index)
    adjust_owner_count(view, owner, -1 if one else -2)


KIND = Kind(_preflight, accept, _apply)
