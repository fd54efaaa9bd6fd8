"""Words that several pages use: times, slots, tags, settings of accounts; rules as in strings.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from signer_app.core.clock import parse_time
from signer_app.core.errors import MalformedError

NEW_PROPOSAL = "New proposal"
SIGNERS = "Signers"
#: Settings of an XRPL account, and flags as the ledger shows them, in words (xrpl.org, "AccountSet").
FLAGS_WORDS = MappingProxyType(
    {
        "RequireDest": "Payments here need a destination tag",
        "RequireDestTag": "Payments here need a destination tag",
        "RequireAuth": "Holders need this issuer's approval",
        "DisallowXRP": "Asks not to be sent XRP",
        "DisableMaster": "The master key is off",
        "AccountTxnID": "Keeps the id of its last transaction",
        "NoFreeze": "Can never freeze its assets",
        "GlobalFreeze": "All its assets are frozen",
        "DefaultRipple": "Balances ripple through its lines",
        "DepositAuth": "Takes payments only from whom it approved",
        "DisallowIncomingNFTokenOffer": "Takes no token offers",
        "DisallowIncomingCheck": "Takes no checks",
        "DisallowIncomingPayChan": "Takes no payment channels",
        "DisallowIncomingTrustline": "Takes no trust lines",
        "AllowTrustLineClawback": "Can claw its assets back",
        "AllowTrustLineLocking": "Its assets can be locked in escrow",
        "PasswordSpent": "Has used its free key change",
    }
)
ADDRESS = "Address"
NONE = "None"


def moment(text: str, now: datetime) -> str:
    """A time of a record: 14:03 today, else with its date. ``now`` has the zone."""
    try:
        at = parse_time(text).astimezone(now.tzinfo)
    except MalformedError:
        return text
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b} {at:%H:%M}" if at.year == now.year else f"{at.day} {at:%b %Y} {at:%H:%M}"


def slot(kind: str, value: str) -> str:
    """What a proposal uses up."""
    return f"{kind.capitalize()} {value}"


def tag_of(tag: str | None) -> str:
    """What an entry of the address book asks for, or the tag of a payment."""
    return {None: "", "*": "any tag", "!": "a tag is required"}.get(tag, f"tag {tag}")


def flag_words(name: str) -> str:
    """A flag or setting in words, with its name."""
    plain = name.removeprefix("asf").removeprefix("lsf")
    words = FLAGS_WORDS.get(plain)
    return f"{words} ({name})" if words else name


def so_many_of(number: object, whole: object) -> str:
    """2 of 3; 1 of treasury."""
    return f"{number} of {whole}"


def waiting(what: str, seconds: int) -> str:
    """What is awaited, and for how long."""
    return f"{what}, {seconds} s"


def off_because(names: Sequence[str], reason: str) -> str:
    """A reason that only some of several buttons are off for."""
    listed, rest = ", ".join(names), reason.removeprefix("Off: ")
    if rest == reason:
        return f"{listed}: {reason}"
    return f"{listed} {'is' if len(names) == 1 else 'are'} off: {rest}"
