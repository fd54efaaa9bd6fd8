"""May these keys sign for this account? Single and multiple signatures against the state.

Source: xrpl.org "Cryptographic Keys", "Multi-Signing", and the order of rippled's Transactor::checkSign.
"""

from __future__ import annotations

from signer_app.core.json_types import JsonObject
from signer_app.practice.xrpl.apply.context import Context, flags_of
from signer_app.practice.xrpl.codec import address_of_key, signer_list_index
from signer_app.practice.xrpl.flags import LSF_DISABLE_MASTER
from signer_app.practice.xrpl.state import View, account_root
from signer_app.practice.xrpl.values import SUCCESS, Result, inner_rows, number, text


def check_authority(context: Context) -> Result:
    """Engine result of the question who signed."""
    if context.transaction.multi_signed:
        return _check_multi(context)
    return _check_single(context)


def _check_single(context: Context) -> Result:
    root = account_root(context.view, context.source)
    key_address = address_of_key(text(context.transaction.fields, "SigningPubKey"))
    if root is None or key_address is None:
        return "tefBAD_AUTH"
    if root.get("RegularKey") == key_address:
        return SUCCESS
    if key_address != context.source:
        return "tefBAD_AUTH"
    return "tefMASTER_DISABLED" if flags_of(root) & LSF_DISABLE_MASTER else SUCCESS


def _check_multi(context: Context) -> Result:
    signer_list = context.view.read(signer_list_index(context.source))
    if signer_list is None:
        return "tefNOT_MULTI_SIGNING"
    weights = {
        text(entry, "Account"): number(entry, "SignerWeight")
        for entry in inner_rows(signer_list, "SignerEntries", "SignerEntry")
    }
    total = 0
    for signer in inner_rows(context.transaction.fields, "Signers", "Signer"):
        address = text(signer, "Account")
        if address not in weights:
            return "tefBAD_SIGNATURE"
        result = _check_signer_key(context.view, address, signer)
        if result != SUCCESS:
            return result
        total += weights[address]
    return SUCCESS if total >= number(signer_list, "SignerQuorum") else "tefBAD_QUORUM"


def _check_signer_key(view: View, address: str, signer: JsonObject) -> Result:
    """Master key unless disabled, or regular key.

    An account that is not on the ledger signs by its own key.
    """
    key_address = address_of_key(text(signer, "SigningPubKey"))
    root = account_root(view, address)
    if key_address == address:
        return "tefMASTER_DISABLED" if flags_of(root) & LSF_DISABLE_MASTER else SUCCESS
    if root is None or key_address is None or root.get("RegularKey") != key_address:
        return "tefBAD_SIGNATURE"
    return SUCCESS
