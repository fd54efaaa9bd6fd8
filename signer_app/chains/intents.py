"""What a person wants to propose, in chain-neutral words. A chain composes the bytes from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from signer_app.core.inspection import Slot


@dataclass(frozen=True, slots=True)
class Pay:
    """Send ``amount`` whole units of ``asset`` (CAIP-19) to ``to`` (CAIP-10)."""

    to: str
    asset: str
    amount: Decimal
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """Accept up to ``limit`` whole units of an issued asset."""

    asset: str
    limit: Decimal
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetSigners:
    """Replace the signer list by (CAIP-10, weight) entries. Quorum 0 without entries removes it."""

    quorum: int
    entries: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReserveTickets:
    """Set ``count`` sequence numbers aside as tickets."""

    count: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Change account settings: names of flags to set and clear, and the domain (text; "" removes it)."""

    set_flags: tuple[str, ...] = ()
    clear_flags: tuple[str, ...] = ()
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class CancelSlot:
    """Use the slot up without any other effect, so that what waits on it can never execute."""


@dataclass(frozen=True, slots=True)
class Again:
    """Do once more what an unsigned body (CONTRACTS C1) does, on other terms."""

    body: str


Intent = Pay | Trust | SetSigners | ReserveTickets | Settings | CancelSlot | Again


@dataclass(frozen=True, slots=True)
class Terms:
    """What surrounds an intent: the slot it uses, its last ledger, and the fee in base units."""

    slot: Slot
    last_ledger: int
    fee_base: int
