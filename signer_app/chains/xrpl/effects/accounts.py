"""Trust lines, authority, settings and Tickets of an account (xrpl.org, transaction types so named)."""

from __future__ import annotations

from typing import Final

from signer_app.chains.xrpl.codec.definitions import ACCOUNT_SET_FLAGS, TRANSACTION_FLAGS
from signer_app.chains.xrpl.effects.context import Context, caip_account, hex_text
from signer_app.chains.xrpl.transaction import number_of, text_of
from signer_app.core.effects import AuthorityChange, Effect, SettingChange, TicketReserve, TrustChange
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

_SETTING_NAMES: Final = {number: name for name, number in ACCOUNT_SET_FLAGS.items()}
_DISABLE_MASTER: Final = "asfDisableMaster"
#: The older way to set three of the settings: flags of the transaction itself.
_FLAG_SETTINGS: Final = {
    "tfRequireDestTag": ("asfRequireDest", True),
    "tfOptionalDestTag": ("asfRequireDest", False),
    "tfRequireAuth": ("asfRequireAuth", True),
    "tfOptionalAuth": ("asfRequireAuth", False),
    "tfDisallowXRP": ("asfDisallowXRP", True),
    "tfAllowXRP": ("asfDisallowXRP", False),
}
#: Fields of AccountSet that are settings by themselves.
SETTING_FIELDS: Final = (
    "EmailHash", "WalletLocator", "WalletSize", "MessageKey", "Domain", "TransferRate", "TickSize",
    "NFTokenMinter",
)  # fmt: skip
_ENTRY_FIELDS: Final = {"Account", "SignerWeight", "WalletLocator"}


def trust_set(c: Context) -> list[Effect]:
    """One TrustChange, and a SettingChange for each quality."""
    limit = c.money("LimitAmount")
    if limit.base is not None or limit.negative:
        return [c.unknown("TrustSet with a limit that no trust line can have", c.fields["LimitAmount"])]
    flags = tuple(name for name, bit in TRANSACTION_FLAGS["TrustSet"].items() if c.flags & bit)
    change = TrustChange(
        path=c.path, account=c.account, asset=limit.amount.asset, limit=limit.amount.amount, flags=flags
    )
    qualities = [name for name in ("QualityIn", "QualityOut") if c.has(name)]
    return [change, *(_setting(c, name, c.number(name)) for name in qualities)]


def signer_list_set(c: Context) -> list[Effect]:
    """One AuthorityChange; ``after`` is {quorum, signers:[{account, weight, wallet_locator?}]}, null if
    removed."""
    entries = c.fields.get("SignerEntries", [])
    quorum = c.number("SignerQuorum")
    signers = [_entry(item, c.network) for item in entries] if isinstance(entries, list) else []
    if not quorum and not signers:
        return [_authority(c, "signer_list", None)]
    if not quorum or not signers:
        return [c.unknown("SignerListSet with a quorum or a list, not both", c.fields.get("SignerEntries"))]
    after: JsonObject = {"quorum": quorum, "signers": [*signers]}
    return [_authority(c, "signer_list", after)]


def _entry(item: JsonValue, network: str) -> JsonObject:
    inner = item.get("SignerEntry") if isinstance(item, dict) else None
    if not isinstance(inner, dict) or inner.keys() - _ENTRY_FIELDS:
        raise MalformedError("An entry of SignerEntries holds Account, SignerWeight and WalletLocator.")
    result: JsonObject = {
        "account": caip_account(network, text_of(inner, "Account")),
        "weight": number_of(inner, "SignerWeight"),
    }
    if "WalletLocator" in inner:
        result["wallet_locator"] = text_of(inner, "WalletLocator")
    return result


def set_regular_key(c: Context) -> list[Effect]:
    """One AuthorityChange; ``after`` is the CAIP-10 id of the new regular key, null where it is removed."""
    return [_authority(c, "regular_key", c.caip("RegularKey") if c.has("RegularKey") else None)]


def account_delete(c: Context) -> list[Effect]:
    """One AuthorityChange: the account ends and all its XRP, an amount not in the bytes, goes to
    ``after.to``."""
    after: JsonObject = {"exists": False, "to": c.caip("Destination"), "tag": c.tag(), "leaves": "all XRP"}
    return [_authority(c, "account_delete", after)]


def ticket_create(c: Context) -> list[Effect]:
    return [TicketReserve(path=c.path, account=c.account, count=c.number("TicketCount"))]


def account_set(c: Context) -> list[Effect]:
    """Nothing (a no-op that only uses up its slot), or one effect for each flag and field."""
    effects = [
        _setting(c, name, on)
        for flag, (name, on) in _FLAG_SETTINGS.items()
        if c.flags & TRANSACTION_FLAGS["AccountSet"][flag]
    ]
    for name, on in (("SetFlag", True), ("ClearFlag", False)):
        if c.has(name) and c.number(name):
            effects.append(_switch(c, name, on))
    effects += [_setting(c, name, _setting_value(c, name)) for name in SETTING_FIELDS if c.has(name)]
    return effects


def _switch(c: Context, field: str, on: bool) -> Effect:
    name = _SETTING_NAMES.get(c.number(field))
    if name is None:
        return c.unknown(f"{field} of a setting that is not known", c.fields[field])
    if name == _DISABLE_MASTER:
        return _authority(c, "master_key", "disabled" if on else "enabled")
    return _setting(c, name, on)


def _setting_value(c: Context, name: str) -> JsonValue:
    if name == "NFTokenMinter":
        return c.caip(name)
    value = c.fields[name]
    if name == "Domain" and isinstance(value, str):
        text = hex_text(value)
        return value if text is None else text
    return value


def _setting(c: Context, name: str, value: JsonValue) -> Effect:
    return SettingChange(path=c.path, account=c.account, name=name, value=value)


def _authority(c: Context, what: str, after: JsonValue) -> Effect:
    return AuthorityChange(path=c.path, account=c.account, what=what, before=None, after=after)
