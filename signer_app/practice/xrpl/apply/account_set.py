"""AccountSet and SetRegularKey (xrpl.org pages of these names)."""

from __future__ import annotations

from signer_app.practice.xrpl.apply.context import (
    Context,
    Kind,
    accept,
    edit_account,
    flags_of,
    has_other_way_to_sign,
    signed_by_master,
)
from signer_app.practice.xrpl.codec import Transaction, address_of_key, signer_list_index
from signer_app.practice.xrpl.flags import (
    ACCOUNT_SET_FLAGS,
    ASF_ACCOUNT_TXN_ID,
    ASF_ALLOW_TRUST_LINE_CLAWBACK,
    ASF_ALLOW_TRUST_LINE_LOCKING,
    ASF_AUTHORIZED_NFT_MINTER,
    ASF_DEFAULT_RIPPLE,
    ASF_DEPOSIT_AUTH,
    ASF_DISABLE_MASTER,
    ASF_DISALLOW_INCOMING_CHECK,
    ASF_DISALLOW_INCOMING_NFT_OFFER,
    ASF_DISALLOW_INCOMING_PAY_CHAN,
    ASF_DISALLOW_INCOMING_TRUST_LINE,
    ASF_DISALLOW_XRP,
    ASF_GLOBAL_FREEZE,
    ASF_NO_FREEZE,
    ASF_REQUIRE_AUTH,
    ASF_REQUIRE_DEST,
    LSF_ALLOW_TRUST_LINE_CLAWBACK,
    LSF_ALLOW_TRUST_LINE_LOCKING,
    LSF_DEFAULT_RIPPLE,
    LSF_DEPOSIT_AUTH,
    LSF_DISABLE_MASTER,
    LSF_DISALLOW_INCOMING_CHECK,
    LSF_DISALLOW_INCOMING_NFT_OFFER,
    LSF_DISALLOW_INCOMING_PAY_CHAN,
    LSF_DISALLOW_INCOMING_TRUST_LINE,
    LSF_DISALLOW_XRP,
    LSF_GLOBAL_FREEZE,
    LSF_NO_FREEZE,
    LSF_PASSWORD_SPENT,
    LSF_REQUIRE_AUTH,
    LSF_REQUIRE_DEST_TAG,
    TF_ALLOW_XRP,
    TF_DISALLOW_XRP,
    TF_OPTIONAL_AUTH,
    TF_OPTIONAL_DEST_TAG,
    TF_REQUIRE_AUTH,
    TF_REQUIRE_DEST_TAG,
)
from signer_app.practice.xrpl.state import account_root
from signer_app.practice.xrpl.values import (
    SUCCESS,
    Entry,
    Result,
    number,
    optional_number,
    optional_text,
    text,
)

_RATE_ONE = 1_000_000_000
_MAX_DOMAIN_BYTES = 256
#: Settings that only flip one bit of the account.
_SIMPLE = {
    ASF_REQUIRE_DEST: LSF_REQUIRE_DEST_TAG,
    ASF_REQUIRE_AUTH: LSF_REQUIRE_AUTH,
    ASF_DISALLOW_XRP: LSF_DISALLOW_XRP,
    ASF_DEFAULT_RIPPLE: LSF_DEFAULT_RIPPLE,
    ASF_DEPOSIT_AUTH: LSF_DEPOSIT_AUTH,
    ASF_DISALLOW_INCOMING_NFT_OFFER: LSF_DISALLOW_INCOMING_NFT_OFFER,
    ASF_DISALLOW_INCOMING_CHECK: LSF_DISALLOW_INCOMING_CHECK,
    ASF_DISALLOW_INCOMING_PAY_CHAN: LSF_DISALLOW_INCOMING_PAY_CHAN,
    ASF_DISALLOW_INCOMING_TRUST_LINE: LSF_DISALLOW_INCOMING_TRUST_LINE,
}
#: Settings that can be made but never taken back.
_FOREVER = {
    ASF_ALLOW_TRUST_LINE_CLAWBACK: LSF_ALLOW_TRUST_LINE_CLAWBACK,
    ASF_ALLOW_TRUST_LINE_LOCKING: LSF_ALLOW_TRUST_LINE_LOCKING,
}
#: Transaction flags that mean the same as a setting: flag to (setting, set).
_OLD_FLAGS = {
    TF_REQUIRE_DEST_TAG: (ASF_REQUIRE_DEST, True),
    TF_OPTIONAL_DEST_TAG: (ASF_REQUIRE_DEST, False),
    TF_REQUIRE_AUTH: (ASF_REQUIRE_AUTH, True),
    TF_OPTIONAL_AUTH: (ASF_REQUIRE_AUTH, False),
    TF_DISALLOW_XRP: (ASF_DISALLOW_XRP, True),
    TF_ALLOW_XRP: (ASF_DISALLOW_XRP, False),
}


def _wanted(transaction: Transaction) -> tuple[set[int], set[int]]:
    """Settings to make and to take back, by field and by old flag."""
    to_set = {number(transaction.fields, "SetFlag", 0)} - {0}
    to_clear = {number(transaction.fields, "ClearFlag", 0)} - {0}
    for flag, (setting, is_set) in _OLD_FLAGS.items():
        if transaction.flags & flag:
            (to_set if is_set else to_clear).add(setting)
    return to_set, to_clear


def _preflight(transaction: Transaction) -> Result:  # noqa: PLR0911 - one line a refusal
    fields = transaction.fields
    to_set, to_clear = _wanted(transaction)
    if to_set & to_clear:
        return "temINVALID_FLAG"
    rate = optional_number(fields, "TransferRate")
    if rate and not _RATE_ONE <= rate <= 2 * _RATE_ONE:
        return "temBAD_TRANSFER_RATE"
    tick = optional_number(fields, "TickSize")
    if tick and not 3 <= tick <= 15:
        return "temBAD_TICK_SIZE"
    key = optional_text(fields, "MessageKey")
    if key and address_of_key(key) is None:
        return "telBAD_PUBLIC_KEY"
    if len(optional_text(fields, "Domain") or "") // 2 > _MAX_DOMAIN_BYTES:
        return "telBAD_DOMAIN"
    has_minter = "NFTokenMinter" in fields
    if (ASF_AUTHORIZED_NFT_MINTER in to_set) != has_minter:
        return "temMALFORMED"
    return SUCCESS


def _preclaim(context: Context) -> Result:
    root = account_root(context.view, context.source) or {}
    flags = flags_of(root)
    to_set, _ = _wanted(context.transaction)
    owns_something = bool(context.view.owned(context.source))
    if ASF_REQUIRE_AUTH in to_set and not flags & LSF_REQUIRE_AUTH and owns_something:
        return "tecOWNERS"
    if ASF_ALLOW_TRUST_LINE_CLAWBACK in to_set and not flags & LSF_ALLOW_TRUST_LINE_CLAWBACK:
        if flags & LSF_NO_FREEZE:
            return "tecNO_PERMISSION"
        if owns_something:
            return "tecOWNERS"
    if ASF_NO_FREEZE in to_set and flags & LSF_ALLOW_TRUST_LINE_CLAWBACK:
        return "tecNO_PERMISSION"
    return SUCCESS


def _apply(context: Context) -> Result:
    root = edit_account(context.view, context.source)
    to_set, to_clear = _wanted(context.transaction)
    result = _set_guarded(context, root, to_set)
    if result != SUCCESS:
        return result
    flags = flags_of(root)
    for setting, bit in _SIMPLE.items():
        if setting in to_set:
            flags |= bit
        elif setting in to_clear:
            flags &= ~bit
    for setting, bit in _FOREVER.items():
        if setting in to_set:
            flags |= bit
    if ASF_DISABLE_MASTER in to_clear:
        flags &= ~LSF_DISABLE_MASTER
    # Whoever gave up freezing may still freeze everything once, and then never undo it.
    if ASF_GLOBAL_FREEZE in to_set:
        flags |= LSF_GLOBAL_FREEZE
    elif ASF_GLOBAL_FREEZE in to_clear and not flags & LSF_NO_FREEZE:
        flags &= ~LSF_GLOBAL_FREEZE
    root["Flags"] = flags
    _set_fields(context.transaction, root, to_set, to_clear)
    return SUCCESS


def _set_guarded(context: Context, root: Entry, to_set: set[int]) -> Result:
    """The settings that need the master key or another way to sign."""
    by_master = signed_by_master(context.transaction)
    if ASF_DISABLE_MASTER in to_set and not flags_of(root) & LSF_DISABLE_MASTER:
        if not by_master:
            return "tecNEED_MASTER_KEY"
        if not has_other_way_to_sign(context.view, root, without="Master"):
            return "tecNO_ALTERNATIVE_KEY"
        root["Flags"] = flags_of(root) | LSF_DISABLE_MASTER
    if ASF_NO_FREEZE in to_set:
        if not by_master and not flags_of(root) & LSF_DISABLE_MASTER:
            return "tecNEED_MASTER_KEY"
        root["Flags"] = flags_of(root) | LSF_NO_FREEZE
    return SUCCESS


def _set_fields(transaction: Transaction, root: Entry, to_set: set[int], to_clear: set[int]) -> None:
    fields = transaction.fields
    for name in ("Domain", "MessageKey", "EmailHash", "WalletLocator"):
        value = optional_text(fields, name)
        if value is not None:
            _keep(root, name, value if value.strip("0") else None)
    if "WalletSize" in fields:
        root["WalletSize"] = fields["WalletSize"]
    rate = optional_number(fields, "TransferRate")
    if rate is not None:
        _keep(root, "TransferRate", None if rate in (0, _RATE_ONE) else rate)
    tick = optional_number(fields, "TickSize")
    if tick is not None:
        _keep(root, "TickSize", None if tick in (0, 15) else tick)
    if ASF_ACCOUNT_TXN_ID in to_set and "AccountTxnID" not in root:
        root["AccountTxnID"] = "0" * 64
    if ASF_ACCOUNT_TXN_ID in to_clear:
        root.pop("AccountTxnID", None)
    if ASF_AUTHORIZED_NFT_MINTER in to_set:
        root["NFTokenMinter"] = text(fields, "NFTokenMinter")
    if ASF_AUTHORIZED_NFT_MINTER in to_clear:
        root.pop("NFTokenMinter", None)


def _keep(root: Entry, name: str, value: str | int | None) -> None:
    if value is None:
        root.pop(name, None)
    else:
        root[name] = value


def _regular_key_preflight(transaction: Transaction) -> Result:
    same = transaction.fields.get("RegularKey") == transaction.account
    return "temBAD_REGKEY" if same else SUCCESS


def _apply_regular_key(context: Context) -> Result:
    root = edit_account(context.view, context.source)
    # One transaction by the master key is free, so that a stolen regular key on an empty account can be
    # replaced.
    if signed_by_master(context.transaction):
        root["Flags"] = flags_of(root) | LSF_PASSWORD_SPENT
    key = optional_text(context.transaction.fields, "RegularKey")
    if key is not None:
        root["RegularKey"] = key
        return SUCCESS
    has_list = context.view.read(signer_list_index(context.source)) is not None
    if flags_of(root) & LSF_DISABLE_MASTER and not has_list:
        return "tecNO_ALTERNATIVE_KEY"
    root.pop("RegularKey", None)
    return SUCCESS


KIND = Kind(_preflight, _preclaim, _apply, ACCOUNT_SET_FLAGS)
REGULAR_KEY_KIND = Kind(_regular_key_preflight, accept, _apply_regular_key)
