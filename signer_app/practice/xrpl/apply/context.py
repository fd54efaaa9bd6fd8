"""What a transaction kind gets to work with, and small steps that several kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonValue
from signer_app.practice.xrpl.codec import Transaction, account_index, address_of_key, signer_list_index
from signer_app.practice.xrpl.flags import LSF_DISABLE_MASTER
from signer_app.practice.xrpl.state import Sandbox
from signer_app.practice.xrpl.values import SUCCESS, Entry, Result, drops, number, text

NETWORK_ID = 63456


@dataclass(frozen=True, slots=True)
class Fees:
    """Costs in drops; ``load`` multiplies the base fee in the open ledger."""

    base: int = 10
    reserve_base: int = 1_000_000
    reserve_increment: int = 200_000
    load: int = 1

    def reserve(self, owner_count: int) -> int:
        """Drops that an account with so many objects must keep."""
        return self.reserve_base + owner_count * self.reserve_increment


@dataclass(slots=True)
class Context:
    """One application of one transaction. ``prior_balance`` is the source's drops before the fee.

    ``delivered`` is set by payments: the amount that arrived, in the ledger's JSON form.
    """

    transaction: Transaction
    view: Sandbox
    ledger_index: int
    fees: Fees
    is_open: bool
    prior_balance: int = 0
    delivered: JsonValue = None

    @property
    def source(self) -> str:
        """The sending account."""
        return self.transaction.account


def accept(_: Context) -> Result:
    """The step of a kind that has nothing to check."""
    return SUCCESS


@dataclass(frozen=True, slots=True)
class Kind:
    """One transaction type: pure checks, checks against the state, and the effect.

    Each gives an engine result.
    """

    preflight: Callable[[Transaction], Result]
    preclaim: Callable[[Context], Result]
    apply: Callable[[Context], Result]
    flags: int = 0


def edit_account(view: Sandbox, address: str) -> Entry:
    """The AccountRoot to be changed. It must exist."""
    root = view.edit(account_index(address))
    if root is None:
        raise UnforeseenError("A transaction changes an account that does not exist.")
    return root


def adjust_owner_count(view: Sandbox, address: str, difference: int) -> None:
    """Change the number of objects that the account pays reserve for."""
    root = edit_account(view, address)
    root["OwnerCount"] = max(0, number(root, "OwnerCount", 0) + difference)


def add_drops(view: Sandbox, address: str, difference: int) -> None:
    """Change an XRP balance."""
    root = edit_account(view, address)
    root["Balance"] = str(drops(root, "Balance") + difference)


def flags_of(entry: Entry | None) -> int:
    """Flags of an entry; 0 where there is none."""
    return 0 if entry is None else number(entry, "Flags", 0)


def signed_by_master(transaction: Transaction) -> bool:
    """True when the single signing key is the account's own."""
    key = text(transaction.fields, "SigningPubKey")
    return bool(key) and address_of_key(key) == transaction.account


def has_other_way_to_sign(view: Sandbox, root: Entry, *, without: str) -> bool:
    """True when the account can still be used without the means named.

    "RegularKey" or "SignerList" or "Master".
    """
    address = text(root, "Account")
    ways = {
        "Master": not flags_of(root) & LSF_DISABLE_MASTER,
        "RegularKey": "RegularKey" in root,
        "SignerList": view.read(signer_list_index(address)) is not None,
    }
    return any(possible for way, possible in ways.items() if way != without)
