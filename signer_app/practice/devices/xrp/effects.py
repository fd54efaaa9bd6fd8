"""Effects (CONTRACTS C3) in the words of the XRP app: the lines that a person expects on its screens.

It reads the effects' JSON alone, so that what the client made of a transaction is held against what the
device makes of the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices.screens import Line

#: Networks above this number put it into their transactions, which the app shows without a name.
_LEGACY_NETWORKS = 1024
_CURRENCY = re.compile("[0-9A-Fa-f]{40}")
_TRUST_FLAGS = {
    "tfSetfAuth": "Setf Auth",
    "tfSetNoRipple": "Set No Ripple",
    "tfClearNoRipple": "Clear No Ripple",
    "tfSetFreeze": "Set Freeze",
    "tfClearFreeze": "Clear Freeze",
}


def effects_in_words(effects: Sequence[JsonObject]) -> tuple[Line, ...]:
    """The lines of all effects of one transaction. Raises MalformedError where the app has no words."""
    lines: list[Line] = []
    for effect in effects:
        kind = _text(effect.get("kind"))
        if kind not in _WORDS or effect.get("path"):
            raise _no_words(kind)
        lines += [line for line in _WORDS[kind](effect) if not (line in lines and _is_head(line))]
    return (*lines, *_network(effects))


def _is_head(line: Line) -> bool:
    """Type and account stand once, however many effects a transaction has."""
    return line.name in ("Transaction Type", "Account")


def _no_words(what: str) -> MalformedError:
    return MalformedError(f"The device has no words for {what[:40]}; give lines.")


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise MalformedError("An effect of an expectation lacks a text.")
    return value


def _number(value: JsonValue) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedError("An effect of an expectation lacks a number.")
    return str(value)


def _network(effects: Sequence[JsonObject]) -> tuple[Line, ...]:
    accounts = [_text(effect.get("account")) for effect in effects]
    networks = {account.split(":")[1] for account in accounts if account.count(":") == 2}
    return tuple(
        Line("Unknown", number)
        for number in sorted(networks)
        if number.isdecimal() and int(number) > _LEGACY_NETWORKS
    )


def _address(value: JsonValue) -> str:
    return _text(value).rsplit(":", 1)[-1]


def _head(kind: str, effect: JsonObject) -> list[Line]:
    return [Line("Transaction Type", kind), Line("Account", _address(effect.get("account")))]


def _amount(name: str, asset: JsonValue, amount: JsonValue) -> list[Line]:
    """The lines of an amount: itself, then currency and issuer where it is issued."""
    number = _text(amount)
    what = _text(asset).partition("/")[2]
    if what == "slip44:144":
        return [Line(name, f"XRP {number}")]
    code, _, issuer = what.removeprefix("iou:").partition(".")
    if not what.startswith("iou:") or not _CURRENCY.fullmatch(code) or not issuer:
        raise _no_words("this asset")
    if not code.startswith("00"):
        return [Line(name, number), Line("Currency", code.lower()), Line("Issuer", issuer)]
    try:
        letters = bytes.fromhex(code[24:30]).decode("ascii")
    except UnicodeDecodeError as error:
        raise _no_words("this currency") from error
    return [Line(name, f"{letters} {number}"), Line("Issuer", issuer)]


def _transfer(effect: JsonObject) -> list[Line]:
    if effect.get("paths"):
        raise _no_words("a transfer over paths")
    lines = [
        *_head("Payment", effect),
        Line("Destination", _address(effect.get("to"))),
        *_amount("Amount", effect.get("asset"), effect.get("amount")),
    ]
    if effect.get("tag") is not None:
        lines.append(Line("Destination Tag", _text(effect["tag"])))
    if effect.get("memo") is not None:
        lines.append(Line("Memo Data [1]", _text(effect["memo"])))
    if effect.get("partial"):
        lines.append(Line("Flags", "Partial Payment"))
    for member, name in (("max_spend", "Send Max"), ("min_delivered", "Deliver Min")):
        amount = effect.get(member)
        if isinstance(amount, dict):
            lines += _amount(name, amount.get("asset"), amount.get("amount"))
    return lines


def _fee(effect: JsonObject) -> list[Line]:
    return _amount("Fee", effect.get("asset"), effect.get("amount"))


def _ticket(effect: JsonObject) -> list[Line]:
    # Tickets are newer than the app: it shows type and count, and has a name for neither.
    return [*_head("Unknown", effect), Line("Unknown", _number(effect.get("count")))]


def _trust(effect: JsonObject) -> list[Line]:
    lines = [
        *_head("Set Trust Line", effect),
        *_amount("Limit Amount", effect.get("asset"), effect.get("limit")),
    ]
    flags = effect.get("flags")
    if isinstance(flags, list) and flags:
        if any(not isinstance(flag, str) or flag not in _TRUST_FLAGS for flag in flags):
            raise _no_words("a flag of this trust line")
        lines.append(Line("Flags", ", ".join(text for flag, text in _TRUST_FLAGS.items() if flag in flags)))
    return lines


def _authority(effect: JsonObject) -> list[Line]:
    what, after = _text(effect.get("what")), effect.get("after")
    if what == "signer_list":
        return [*_head("Set Signer List", effect), *_signers(after)]
    if what == "regular_key":
        return [
            *_head("Set Regular Key", effect),
            Line("Regular Key", "[empty]" if after is None else _address(after)),
        ]
    if what == "master_key" and after in ("disabled", "enabled"):
        name = "Set Flag" if after == "disabled" else "Clear Flag"
        return [*_head("Account Setting", effect), Line(name, "Disable Master")]
    raise _no_words(what)


def _signers(after: JsonValue) -> list[Line]:
    if after is None:
        return [Line("Signer Quorum", "0")]
    signers = after.get("signers") if isinstance(after, dict) else None
    if not isinstance(after, dict) or not isinstance(signers, list):
        raise _no_words("this signer list")
    lines = [Line("Signer Quorum", _number(after.get("quorum")))]
    for place, signer in enumerate(signers, start=1):
        if not isinstance(signer, dict) or signer.get("wallet_locator") is not None:
            raise _no_words("this signer list")
        lines.append(Line(f"Signer Weight [{place}]", _number(signer.get("weight"))))
        lines.append(Line(f"Account [{place}]", _address(signer.get("account"))))
    return lines


_WORDS: dict[str, Callable[[JsonObject], list[Line]]] = {
    "Transfer": _transfer,
    "FeePaid": _fee,
    "TicketReserve": _ticket,
    "TrustChange": _trust,
    "AuthorityChange": _authority,
}
