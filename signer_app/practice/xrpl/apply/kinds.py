"""The table of transaction kinds that the practice ledger carries out. Others answer temDISABLED."""

from __future__ import annotations

from signer_app.practice.xrpl.apply import (
    account_delete,
    account_set,
    payment,
    signer_list,
    tickets,
    trust_set,
)
from signer_app.practice.xrpl.apply.context import Kind

KINDS: dict[str, Kind] = {
    "AccountDelete": account_delete.KIND,
    "AccountSet": account_set.KIND,
    "Payment": payment.KIND,
    "SetRegularKey": account_set.REGULAR_KEY_KIND,
    "SignerListSet": signer_list.KIND,
    "TicketCreate": tickets.KIND,
    "TrustSet": trust_set.KIND,
}
