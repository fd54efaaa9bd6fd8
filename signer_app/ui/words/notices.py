"""Words of desktop notices, and of their card in the settings.

A notice names a kind and an account, never an amount, an address, a receiver, a title or a person; locked it
names nothing. Each builder takes the account as people call it, "" where nobody named it.
"""

from __future__ import annotations

from types import MappingProxyType

LOCKED = "Countersign needs you."
SOME_ACCOUNTS = "some accounts"
JOURNAL = "The journal takes nothing more. Signing is off."
SHOW_WINDOW = "Show Countersign"

# -- the card ------------------------------------------------------------------------------------------------

TITLE = "Desktop notices"
SHOW = "Show notices while I look elsewhere"
SAYS = (
    "A notice names a kind and an account, never an amount, an address or a person. Locked, it says only "
    "that Countersign needs you. It asks for no sound."
)
NONE_HERE = "This desktop shows no notices: it has no place for them (a system tray)."
QUIET = "Quiet hours"
FROM, TO = "Quiet from", "Quiet to"
EQUAL = "Both times are the same: nothing is held back."


def quiet_says(start: str, end: str) -> str:
    """What quiet hours do."""
    return (
        f"From {start} to {end} only a halt, a journal that cannot be written and a denied proposal with a "
        "signature are told. The rest comes afterwards, if it is still true."
    )


# -- notices -------------------------------------------------------------------------------------------------


def _proposals(count: int, account: str, kind: str = "") -> str:
    what = f"{kind} proposal".strip()
    named = f" for {account}" if account else ""
    article = "A" if count == 1 else str(count)
    return f"{article} {what}{'' if count == 1 else 's'}{named}"


def arrived(count: int, account: str) -> str:
    """My signature is missing."""
    return f"{_proposals(count, account)} {'needs' if count == 1 else 'need'} you."


def late(count: int, account: str) -> str:
    """The same, and it ends soon."""
    return f"{arrived(count, account)} Less than 60 minutes are left."


def denied(count: int, account: str) -> str:
    """Denied bytes that somebody signed."""
    carry = "carries" if count == 1 else "carry"
    return f"{_proposals(count, account, 'denied')} {carry} a signature."


def halted(_count: int, account: str) -> str:
    """``account`` "": everything."""
    return f"Signing and sending are halted{f' for {account}' if account else ''}."


def journal(_count: int, _account: str) -> str:
    """Nothing more can be recorded, so nothing is signed."""
    return JOURNAL


def drifted(_count: int, account: str) -> str:
    """The last verdict found other signers than the policy's."""
    return f"The signers of {account or 'an account'} are not those of the policy."


def certificate(count: int, _account: str) -> str:
    """Which node is on the nodes page; a notice names none."""
    return (
        "The certificate of a node changed." if count == 1 else f"The certificates of {count} nodes changed."
    )


#: Kind of a notice -> its sentence, of how many it speaks and for which account.
SENTENCES = MappingProxyType(
    {
        "halted": halted,
        "journal": journal,
        "denied": denied,
        "drifted": drifted,
        "certificate": certificate,
        "late": late,
        "arrived": arrived,
    }
)


def several(count: int, soon: int) -> str:
    """One line for many proposals, ``soon`` of which end within the hour."""
    ending = f" {soon} {'ends' if soon == 1 else 'end'} within 60 minutes." if soon else ""
    return f"{count} proposals need you.{ending}"


def and_more(first: str, more: int) -> str:
    """One line for many matters, led by the gravest."""
    return f"{first} {more} more {'matter needs' if more == 1 else 'matters need'} you."
