"""The port that every ledger implements (DESIGN section 3). Pure functions of bytes, but for LedgerClient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from signer_app.chains.intents import Intent, Terms
from signer_app.chains.signing_values import Signature, SigningPayload, Span
from signer_app.core.facts import Fact
from signer_app.core.inspection import Inspection, Slot
from signer_app.core.json_types import JsonObject

#: Where transactions expire by ledger (the XRP Ledger), ledgers close every three to four seconds; three
#: makes "for d days" a promise (ledgers.md 1.2). Builders and bounds of policy count with the same number.
SECONDS_PER_LEDGER: Final = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Transaction input as it came: ``data`` is the raw file or argument; the rest only if named."""

    data: bytes
    network: str | None = None
    account: str | None = None
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class SignerKeys:
    """Keys that may sign for one signer account, read from the ledger.

    ``master_enabled`` false: lsfDisableMaster is set. ``regular_key`` is the classic address of the regular
    key or null. ``exists`` false: an unfunded list member, whose own address is its only key.
    """

    account: str
    exists: bool
    master_enabled: bool
    regular_key: str | None


@dataclass(frozen=True, slots=True)
class SignerList:
    """The ledger's signer list: quorum and weight by signer account (CAIP-10)."""

    quorum: int
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """A signature that was not taken, with its check code (SIGNATURE_INVALID, NOT_A_SIGNER, …)."""

    signature: Signature
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Combined:
    """A fully signed transaction: bytes to submit, its id, the signatures that went in, and those refused."""

    blob: bytes
    tx_id: str
    used: tuple[Signature, ...]
    refused: tuple[Refused, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class AccountState:
    """What composing a transaction needs to know, read at one validated ledger.

    ``tickets`` are the unused ones, ascending. ``signer_count`` is the length of the signer list (0: none).
    ``base_fee`` is in base units. ``seconds_per_ledger`` is a lower bound used to turn days into ledgers.
    """

    validated: int
    sequence: int
    tickets: tuple[int, ...]
    signer_count: int
    base_fee: int
    seconds_per_ledger: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to a submission. ``answer`` is the node's own word, or why there was none."""

    node: str
    answer: str
    at: str
    accepted: bool

    def to_json(self) -> JsonObject:
        return {"node": self.node, "answer": self.answer, "at": self.at}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the ledger proves about a body (DESIGN promise 8).

    ``state`` is OPEN (can still execute), UNKNOWN (no proof), CONFIRMED, FAILED, EXPIRED or SUPERSEDED.
    ``evidence`` holds what was read: nodes, ledgers, transaction id, result.
    """

    state: str
    tx_id: str | None
    evidence: JsonObject


class LedgerReader(Protocol):
    """The nodes of one network, asked as one. Every call may raise NodeError."""

    network: str

    def facts(
        self, *, account: str, destinations: Sequence[str], window_s: int, assets: Sequence[str] = ()
    ) -> tuple[Fact, ...]:
        """Observations of every operator at one pinned validated ledger (CONTRACTS B); with ``assets``
        (CAIP-19) the account's balance of each."""
        ...

    def account_state(self, account: str) -> AccountState: ...

    def signers(self, account: str) -> tuple[SignerList, Mapping[str, SignerKeys]]:
        """The signer list and each member's keys, as the operators agree. NODES_DISAGREE otherwise."""
        ...

    def submit(self, blob: bytes) -> tuple[Attempt, ...]:
        """Offer the bytes to the nodes. An answer is never proof of an outcome."""
        ...

    def outcome(
        self, *, account: str, body: str, slot: Slot, expiry_ledger: int | None, since_ledger: int
    ) -> Outcome:
        """Look for proof of what became of ``body``, from ``since_ledger`` on."""
        ...


class Chain(Protocol):
    """A ledger's pure part."""

    namespace: str

    def recognises(self, data: bytes) -> bool:
        """Whether ``data`` looks like this ledger's transaction (cheap; inspect decides)."""
        ...

    def inspect(self, source: Source) -> Inspection:
        """Decode through the total-decode gate. MalformedError: MALFORMED, REENCODE_MISMATCH, NETWORK."""
        ...

    def signing_payload(self, *, network: str, body: str, signer: str, public_key: str) -> SigningPayload:
        """Payload for ``signer`` (CAIP-10) with ``public_key``, from our own encoder only."""
        ...

    def verify(self, *, network: str, body: str, signature: Signature) -> bool:
        """Whether the signature verifies cryptographically against its stated key."""
        ...

    def combine(
        self,
        *,
        network: str,
        body: str,
        signatures: Sequence[Signature],
        signer_list: SignerList,
        keys: Mapping[str, SignerKeys],
    ) -> Combined:
        """Verify everything again and join. Refused ones are reported, never raised."""
        ...

    def join(self, *, network: str, body: str, signatures: Sequence[Signature]) -> bytes:
        """A partly signed transaction for other tools: verified, but not judged. MalformedError."""
        ...

    def compose(self, intent: Intent, *, network: str, account: str, terms: Terms) -> str:
        """The unsigned body (CONTRACTS C1) that does what ``intent`` says. Raises MalformedError."""
        ...

    def fee_for(self, *, base_fee: int, signers: int) -> int:
        """Fee in base units that pays for ``signers`` signatures with headroom for load."""
        ...

    def normalise_account(self, text: str, network: str) -> str:
        """CAIP-10 of a native address or CAIP-10 text, with its checksum verified."""
        ...

    def native_json(self, *, body: str) -> JsonObject:
        """The ledger's own JSON form of the body, for people and for other tools."""
        ...

    def spans(self, *, body: str) -> tuple[Span, ...]:
        """Which bytes of the body are which field; together they are the whole body."""
        ...
