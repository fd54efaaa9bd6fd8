"""The values of a list of payments: the wish, its rows, and what checking them found (batches.py)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from signer_app.core.amounts import format_decimal
from signer_app.core.errors import DeniedError
from signer_app.core.json_types import JsonObject
from signer_app.exchange.payment_list import Line

#: How the link of a proposal begins that came from a list.
LINK: Final = "countersign-list:"


@dataclass(frozen=True, slots=True)
class ListOrder:
    """A wish for the payments of a CSV file. ``columns`` null: found by their titles. ``asset`` is what is
    paid where no column says it."""

    network: str
    account: str
    data: bytes
    expires_in: timedelta
    columns: Mapping[str, int] | None = None
    asset: str | None = None
    title: str = ""

    @property
    def hash(self) -> str:
        """SHA-256 of account and file: what tells whether a list was proposed before."""
        return hashlib.sha256(self.account.encode() + b"\n" + self.data).hexdigest()

    def link(self, number: int) -> str:
        """What the proposal of a row carries."""
        return f"{LINK}{self.hash}#{number}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row and what became of it. ``verdict`` null: it has problems, or no policy is in force."""

    line: Line
    verdict: str | None
    codes: tuple[str, ...]
    says: str
    proposal_id: str | None

    def to_json(self) -> JsonObject:
        pay = self.line.pay
        return {
            "row": self.line.number,
            "to": pay.to if pay else None,
            "asset": pay.asset if pay else None,
            "amount": format_decimal(pay.amount) if pay else None,
            "tag": pay.tag if pay else None,
            "title": self.line.title,
            "problems": [{"field": p.field, "message": p.message} for p in self.line.problems],
            "verdict": self.verdict,
            "codes": list(self.codes),
            "says": self.says,
            "proposal_id": self.proposal_id,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """A whole list. ``together`` is the verdict on the last row with all others before it: what caps of the
    account say to the list as one. ``stopped``: a person ended the checking."""

    titles: tuple[str, ...]
    columns: Mapping[str, int]
    rows: tuple[Row, ...]
    sums: Mapping[str, str]
    tickets: tuple[int, ...]
    together: Row | None
    problem: DeniedError | None
    stopped: bool

    @property
    def wrong(self) -> tuple[Row, ...]:
        """Rows that cannot be proposed as they are."""
        return tuple(row for row in self.rows if row.line.pay is None)

    @property
    def waiting(self) -> tuple[Row, ...]:
        """Rows that can be proposed and were not yet."""
        return tuple(row for row in self.rows if row.line.pay is not None and row.proposal_id is None)

    @property
    def missing_tickets(self) -> int:
        """How many tickets have to be set aside first."""
        return max(0, len(self.waiting) - len(self.tickets))

    @property
    def allowed(self) -> bool:
        """Whether policy has no objection to any row, nor to all of them together."""
        judged = [*self.rows, *([self.together] if self.together else [])]
        return self.problem is None and all(row.verdict == "ALLOW" for row in judged)

    def to_json(self) -> JsonObject:
        """The result of `proposal new payments … --dry-run` (CONTRACTS C)."""
        together, problem = self.together, self.problem
        return {
            "dry_run": True,
            "columns": dict(self.columns),
            "rows": [row.to_json() for row in self.rows],
            "totals": [{"asset": asset, "amount": amount} for asset, amount in self.sums.items()],
            "tickets": {
                "needed": len(self.waiting),
                "free": len(self.tickets),
                "missing": self.missing_tickets,
            },
            "together": {"verdict": together.verdict, "codes": list(together.codes), "says": together.says}
            if together
            else None,
            "problem": {"code": problem.code, "message": problem.message} if problem else None,
            "stopped": self.stopped,
        }
