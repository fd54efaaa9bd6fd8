"""The nodes of one XRPL network asked as one: the LedgerReader of chains/port.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from signer_app.chains.port import AccountState, Attempt, Outcome, SignerKeys, SignerList
from signer_app.chains.xrpl.follow import look
from signer_app.chains.xrpl.outcome import Question
from signer_app.chains.xrpl.reads import XrplPool, agreed_account_state, agreed_authority, gather_facts
from signer_app.chains.xrpl.submission import submit
from signer_app.core.caip import parse_account
from signer_app.core.facts import Fact
from signer_app.core.inspection import Slot


class XrplLedgerReader:
    """``min_agree`` is the policy's facts.min_agree. Blocking; every call may raise NodeError."""

    def __init__(self, pool: XrplPool, network: str, *, min_agree: int) -> None:
        self.network = network
        self._pool = pool
        self._min_agree = min_agree

    def facts(
        self, *, account: str, destinations: Sequence[str], window_s: int, assets: Sequence[str] = ()
    ) -> tuple[Fact, ...]:
        """Observations of every operator at one pinned validated ledger (CONTRACTS B)."""
        return gather_facts(self._pool, self.network, account, destinations, window_s, assets=assets)

    def account_state(self, account: str) -> AccountState:
        """What composing needs to know. NotFoundError for an account that is not on the ledger."""
        return agreed_account_state(self._pool, account, self._min_agree)

    def signers(self, account: str) -> tuple[SignerList, Mapping[str, SignerKeys]]:
        """The signer list and each member's keys, as the operators agree. NODES_DISAGREE otherwise."""
        return agreed_authority(self._pool, account, self._min_agree)

    def submit(self, blob: bytes) -> tuple[Attempt, ...]:
        """Offer the bytes to every node that takes submissions. An answer is never proof of an outcome."""
        return tuple(offer.attempt() for offer in submit(self._pool, self.network, blob.hex().upper()))

    def outcome(
        self, *, account: str, body: str, slot: Slot, expiry_ledger: int | None, since_ledger: int
    ) -> Outcome:
        """What the operators prove about ``body`` now. NodeError only when no node can be asked at all."""
        address = parse_account(account).address
        question = Question(self.network, address, body.upper(), slot, expiry_ledger, since_ledger)
        ruling = look(self._pool, question, self._min_agree)
        return Outcome(ruling.state, ruling.finding.tx_id, ruling.to_json())
