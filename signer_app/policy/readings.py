"""Facts prepared for one policy: each is judged once, on first use, and kept for all evaluations that
follow.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.canonical import canonical_hash
from signer_app.core.facts import Context, FactsDocument
from signer_app.policy.checks import Check
from signer_app.policy.observations import Judgement, Undecided, by_key, judge_fact
from signer_app.policy.outflows import Outflows, WindowSum, read_outflows, window_sum
from signer_app.policy.people import LedgerSigners, read_signers
from signer_app.policy.schema import FactRules

if TYPE_CHECKING:
    from signer_app.policy.case import Steps


class Readings:
    """What the facts document says, by the policy's rules about facts. ``now`` and ``context`` are None
    without one.
    """

    def __init__(self, document: FactsDocument | None, rules: FactRules) -> None:
        self.document = document
        self.now: datetime | None = document.now if document else None
        self.context: Context | None = document.context if document else None
        #: Checks that depend on facts alone, by the check that made them and its key.
        self.settled: dict[tuple[str, str], tuple[Check, ...]] = {}
        #: The engine's first steps, by shape of transaction.
        self.steps: dict[Hashable, Steps] = {}
        self._rules = rules
        self._facts = by_key(document) if document else {}
        self._judged: dict[tuple[str, str], Judgement] = {}
        self._signers: dict[str, LedgerSigners | Undecided] = {}
        self._outflows: dict[str, Outflows | Undecided] = {}
        self._windows: dict[tuple[str, int, str | None, str | None], WindowSum | Undecided] = {}
        self._hash: str | None = None

    @property
    def hash(self) -> str | None:
        """SHA-256 of the RFC 8785 form of the facts document, or None without one."""
        if self._hash is None and self.document is not None:
            self._hash = canonical_hash(self.document.to_json())
        return self._hash

    def judge(self, kind: str, key: str) -> Judgement:
        """The fact of this kind and key, decided or not."""
        found = self._judged.get((kind, key))
        if found is None:
            found = self._judged[kind, key] = self._judge(kind, key)
        return found

    def _judge(self, kind: str, key: str) -> Judgement:
        if self.document is None:
            return Undecided("FACT_MISSING", "no_facts", kind, key)
        fact = self._facts.get((kind, key))
        return judge_fact(fact, kind, key, self._rules, self.document.now, self.document.mode)

    def signers(self, account: str) -> LedgerSigners | Undecided:
        """Signer list of ``account`` (CAIP-10) as the ledger has it."""
        found = self._signers.get(account)
        if found is None:
            fact = self.judge("signers", account)
            found = fact if isinstance(fact, Undecided) else read_signers(fact, account)
            self._signers[account] = found
        return found

    def window(self, account: str, window_s: int, asset: str | None, to: str | None) -> WindowSum | Undecided:
        """Outflows of ``account`` in the window that ends now, of ``asset`` and to ``to`` where given."""
        name = (account, window_s, asset, to)
        found = self._windows.get(name)
        if found is None:
            outflows = self._read_outflows(account)
            if isinstance(outflows, Undecided) or self.now is None:
                found = outflows if isinstance(outflows, Undecided) else self.no_time("outflows", account)
            else:
                found = window_sum(outflows, self.now, window_s, asset, to)
            self._windows[name] = found
        return found

    def _read_outflows(self, account: str) -> Outflows | Undecided:
        found = self._outflows.get(account)
        if found is None:
            fact = self.judge("outflows", account)
            found = fact if isinstance(fact, Undecided) else read_outflows(fact, account)
            self._outflows[account] = found
        return found

    @staticmethod
    def no_time(kind: str, key: str) -> Undecided:
        """What a check that needs the time says where there are no facts."""
        return Undecided("FACT_MISSING", "no_facts", kind, key)
