"""Chain-neutral intents to XRPL bodies (chains/intents.py). The builders do the work and the checks."""

from __future__ import annotations

import re
from typing import Final, TypedDict

from signer_app.chains.intents import (
    Again,
    CancelSlot,
    Intent,
    Pay,
    ReserveTickets,
    SetSigners,
    Settings,
    Terms,
    Trust,
)
from signer_app.chains.xrpl import build
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Slot

_TAG: Final = re.compile(r"(0|[1-9][0-9]{0,9})\Z")


class _Common(TypedDict):
    network: str
    account: str
    slot: Slot
    last_ledger: int
    fee_drops: int


def compose(intent: Intent, *, network: str, account: str, terms: Terms) -> str:  # noqa: PLR0911  one return for each intent
    """The unsigned body (CONTRACTS C1) that does what ``intent`` says. MalformedError."""
    common: _Common = {
        "network": network,
        "account": account,
        "slot": terms.slot,
        "last_ledger": terms.last_ledger,
        "fee_drops": terms.fee_base,
    }
    match intent:
        case Pay(to=to, asset=asset, amount=amount, tag=tag):
            return build.build_payment(destination=to, asset=asset, amount=amount, tag=_tag(tag), **common)
        case Trust(asset=asset, limit=limit, flags=flags):
            return build.build_trust_line(asset=asset, limit=limit, flags=flags, **common)
        case SetSigners(quorum=quorum, entries=entries):
            return build.build_signer_list(quorum=quorum, entries=entries, **common)
        case ReserveTickets(count=count):
            return build.build_tickets(count=count, **common)
        case Settings(set_flags=set_flags, clear_flags=clear_flags, domain=domain):
            return build.build_account_settings(
                set_flag=_only(set_flags), clear_flag=_only(clear_flags), domain=domain, **common
            )
        case CancelSlot():
            return build.build_cancel(**common)
        case Again(body=body):
            return build.renew(body, **common)


def _tag(text: str | None) -> int | None:
    if text is None:
        return None
    if not _TAG.match(text):
        raise MalformedError(f"{text[:40]!r} is not a destination tag.")
    return int(text)


def _only(names: tuple[str, ...]) -> str | None:
    """The ledger sets and clears one setting in one transaction."""
    if len(names) > 1:
        raise MalformedError("One transaction sets at most one setting and clears at most one.")
    return names[0] if names else None
