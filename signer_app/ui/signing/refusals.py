"""Why signing is refused: policy says no, or nobody could tell because facts could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signer_app.policy.codes import UNREAD
from signer_app.ui.words import signing as words


@dataclass(frozen=True, slots=True)
class Refusal:
    """``look`` is the chip's (widgets/chips.py RISK_LOOKS); ``lines`` are the checks, each once."""

    look: str
    tone: str
    title: str
    fact: str
    text: str
    lines: tuple[str, ...]


def refusal(
    fact: str, checks: Sequence[str], *, names: Mapping[str, str], asked: Sequence[str] = ()
) -> Refusal:
    """From checks as "CODE: sentence". ``names``: of accounts; ``asked``: the operators."""
    codes = {check.partition(":")[0] for check in checks}
    if not codes or not codes <= UNREAD:
        lines = tuple(dict.fromkeys(named(check, names) for check in checks))
        return Refusal("denied", "danger", words.CLOSED_TITLE, fact, "", lines)
    said = (check.partition(":")[2].strip() for check in checks)
    lines = tuple(dict.fromkeys(named(line, names) for line in said))
    return Refusal("unknown", "warn", words.UNREAD_TITLE, words.UNREAD, words.unread_text(asked), lines)


def named(text: str, names: Mapping[str, str]) -> str:
    """A sentence with names in the place of the addresses (CAIP-10) that have one."""
    for account in sorted(names, key=len, reverse=True):
        text = text.replace(account, names[account])
    return text


__all__ = ["Refusal", "named", "refusal"]
