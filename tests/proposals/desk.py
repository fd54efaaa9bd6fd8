"""A desk: the rooms of one person over a real journal and store, beside an honest fake of the ledger.

The keys are real and sign here instead of in a process of their own; everything else is the product.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_app.chains.intents import Intent, Pay
from signer_app.chains.port import AccountState, Attempt, Outcome, SignerKeys, SignerList
from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.chains.xrpl import keys as xrpl_keys
from signer_app.core.caip import account_asset_key
from signer_app.core.canonical import canonical
from signer_app.core.clock import format_time
from signer_app.core.errors import NodeError
from signer_app.core.facts import Fact, Observation
from signer_app.core.identity import proposal_id
from signer_app.core.inspection import Slot
from signer_app.core.json_types import JsonValue
from signer_app.core.proposal_file import FileSignature, ProposalFile, Transaction
from signer_app.journal.writer import Journal
from signer_app.policy.document import read_policy
from signer_app.policy.votes import make_vote, vote_message
from signer_app.proposals.intake import Order, compose
from signer_app.proposals.policies import Policies
from signer_app.proposals.reading import Reading
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.service import ProposalService
from signer_app.proposals.store.projection import Projection
from signer_app.proposals.store.queries import Proposal, Queries
from signer_app.signers.port import KeyInfo, SignedTransaction
from signer_app.signers.statements import RECEIPT_FORMAT, receipt_message, statement_message
from signer_app.vault.database import open_database

NETWORK = "xrpl:63456"
XRP = f"{NETWORK}/slip44:144"
TAG = "17"
START = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
MIGRATIONS = ("signer_app.proposals.migrations",)
ROLES = {"alice": "finance", "bob": "finance", "carol": "security"}


def account_of(pair: xrpl_keys.KeyPair) -> str:
    return f"{NETWORK}:{pair.address}"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: int) -> None:
        self.moment += timedelta(**span)


@dataclass
class Person:
    """A chain key, a device key, and whether the chain key is on the other curve."""

    name: str
    pair: xrpl_keys.KeyPair
    device: Ed25519PrivateKey

    @property
    def account(self) -> str:
        return account_of(self.pair)

    @property
    def device_key(self) -> str:
        return f"ed25519:{self.device.public_key().public_bytes_raw().hex()}"

    def sign(self, body: str, *, signer: str | None = None) -> Signature:
        """A valid multi-signature over a body, made here and not by the service."""
        who = signer or self.account
        payload = chain_of(NETWORK).signing_payload(
            network=NETWORK, body=body, signer=who, public_key=self.pair.public_key
        )
        made = xrpl_keys.sign(self.pair.curve, self.pair.private, payload)
        return Signature(who, self.pair.public_key, made, payload.scheme)


def person(name: str, curve: str = "secp256k1") -> Person:
    return Person(name, xrpl_keys.generate(curve), Ed25519PrivateKey.generate())


class StubKeystore:
    """Signs as the key's process would. ``dishonest`` may put another answer in its place."""

    alive = True

    def __init__(self, owner: Person) -> None:
        self.owner = owner
        self.dishonest: Callable[[SignedTransaction], SignedTransaction] | None = None
        self.before_sign: Callable[[], None] = lambda: None
        self.signed = 0

    def key(self) -> KeyInfo:
        pair = self.owner.pair
        return KeyInfo(f"{self.owner.name}-xrp", "chain", pair.curve, pair.public_key, {"xrpl": pair.address})

    def device_public_key(self) -> str:
        return self.owner.device_key

    def sign_statement(self, kind: str, value: JsonValue) -> str:
        return self.owner.device.sign(statement_message(kind, value)).hex()

    def sign_checkpoint(self, note: bytes) -> bytes:
        return self.owner.device.sign(note)

    def sign_transaction(
        self,
        *,
        network: str,
        body: str,
        signer: str,
        key_id: str,
        report_hash: str,
        confirm: Callable[[], None] | None = None,
    ) -> SignedTransaction:
        if confirm is not None:
            confirm()
        self.before_sign()
        payload = chain_of(network).signing_payload(
            network=network, body=body, signer=signer, public_key=self.owner.pair.public_key
        )
        digest = payload.digest.hex().upper()
        receipt: dict[str, JsonValue] = {
            "format": RECEIPT_FORMAT, "proposal_id": "00" * 32, "digest": digest, "report_hash": report_hash,
            "at": format_time(START), "device_key": self.owner.device_key,
        }  # fmt: skip
        receipt["sig"] = self.owner.device.sign(receipt_message(receipt)).hex()
        answer = SignedTransaction(self.owner.sign(body, signer=signer), digest, receipt)
        self.signed += 1
        return self.dishonest(answer) if self.dishonest else answer


class FakeLedger:
    """A LedgerReader over plain values that a test sets. Two operators who agree."""

    network = NETWORK

    def __init__(self, account: str, members: Sequence[str], clock: Clock) -> None:
        self.account, self.clock = account, clock
        self.validated, self.sequence, self.tickets = 1000, 50, [11, 12, 13, 14, 15]
        self.weights = dict.fromkeys(members, 1)
        self.quorum = 2
        self.keys = {name: SignerKeys(name, True, True, None) for name in members}
        self.flags = ["lsfDisableMaster"]
        self.outflows: list[dict[str, Any]] = []
        self.down: NodeError | None = None
        self.dissent = False
        self.answer: tuple[tuple[str, bool], ...] | NodeError = (("tesSUCCESS", True), ("tesSUCCESS", True))
        self.outcome_state = Outcome("OPEN", None, {"state": "OPEN"})
        self.submitted: list[bytes] = []
        self.questions: list[dict[str, Any]] = []

    def _up(self) -> None:
        if self.down is not None:
            raise self.down

    def facts(
        self, *, account: str, destinations: Sequence[str], window_s: int, assets: Sequence[str] = ()
    ) -> tuple[Fact, ...]:
        self._up()
        values: dict[tuple[str, str], dict[str, Any]] = {
            ("network", NETWORK): {
                "network_id": "63456", "validated": str(self.validated), "base_fee": "10",
                "close_time": format_time(self.clock()), "reserve_base": "1000000", "reserve_inc": "200000",
                "amendments": [],
            },
            ("account", account): self._account(self.flags),
            ("signers", account): {
                "quorum": self.quorum, "thresholds": None, "master_enabled": False, "safe": None,
                "signers": [
                    {"account": name, "weight": weight, "type": "account"}
                    for name, weight in sorted(self.weights.items())
                ],
            },
            ("outflows", account): {"complete": True, "items": self.outflows},
            **{
                ("balance", account_asset_key(account, asset)): {"amount": "900", "frozen": False}
                for asset in assets
            },
            **{("account", name): self._account([]) for name in destinations},
        }  # fmt: skip
        return tuple(Fact(kind, key, self._seen(value)) for (kind, key), value in values.items())

    def _account(self, flags: list[str]) -> dict[str, Any]:
        return {
            "exists": True, "sequence": str(self.sequence), "balance": "900000000", "flags": list(flags),
            "regular_key": None, "owner_count": 5, "tickets": [str(t) for t in self.tickets],
            "require_dest_tag": False, "memo_required": False,
        }  # fmt: skip

    def _seen(self, value: dict[str, Any]) -> tuple[Observation, ...]:
        other = copy.deepcopy(value)
        if self.dissent and "balance" in other:
            other["balance"] = "1"
        return tuple(
            Observation(f"node-{name}", f"op-{name}", self.clock(), str(self.validated), content)
            for name, content in (("a", value), ("b", other))
        )

    def account_state(self, account: str) -> AccountState:
        self._up()
        return AccountState(
            self.validated, self.sequence, tuple(self.tickets), len(self.weights), base_fee=10,
            seconds_per_ledger=3,
        )  # fmt: skip

    def signers(self, account: str) -> tuple[SignerList, Mapping[str, SignerKeys]]:
        self._up()
        return SignerList(self.quorum, dict(self.weights)), dict(self.keys)

    def submit(self, blob: bytes) -> tuple[Attempt, ...]:
        self.submitted.append(blob)
        if isinstance(self.answer, NodeError):
            raise self.answer
        return tuple(
            Attempt(f"node-{number}", word, format_time(self.clock()), accepted)
            for number, (word, accepted) in enumerate(self.answer)
        )

    def outcome(
        self, *, account: str, body: str, slot: Slot, expiry_ledger: int | None, since_ledger: int
    ) -> Outcome:
        self._up()
        self.questions.append({"body": body, "slot": slot, "expiry": expiry_ledger, "since": since_ledger})
        return self.outcome_state


@dataclass
class Team:
    """Three people, a treasury of two of three signers, a custodian, one ledger, one clock."""

    clock: Clock = field(default_factory=Clock)
    people: dict[str, Person] = field(
        default_factory=lambda: {
            "alice": person("alice"), "bob": person("bob", "ed25519"), "carol": person("carol"),
        }
    )  # fmt: skip
    treasury: str = field(default_factory=lambda: account_of(xrpl_keys.generate("secp256k1")))
    custodian: str = field(default_factory=lambda: account_of(xrpl_keys.generate("secp256k1")))

    def __post_init__(self) -> None:
        self.ledger = FakeLedger(self.treasury, [p.account for p in self.people.values()], self.clock)

    def policy(self, version: int = 1, prev: str | None = None) -> dict[str, Any]:
        groups = [{"role": "finance", "need": 1}, {"role": "security", "need": 1}]
        return {
            "format": "countersign/policy@1", "org": "acme", "id": "treasury", "version": version,
            "prev": prev, "valid_from": "2020-01-01T00:00:00Z", "time_zone": "UTC", "networks": [NETWORK],
            "people": [
                {"id": p.name, "name": p.name, "roles": [ROLES.get(p.name, "finance")],
                 "device_keys": [p.device_key], "suspended": False}
                for p in self.people.values()
            ],
            "keys": [
                {"id": f"{p.name}-xrp", "person": p.name, "signer": p.account,
                 "public_key": p.pair.public_key, "device": f"desk-{p.name}", "backend": "keystore",
                 "tier": "warm", "purpose": "sign"}
                for p in self.people.values()
            ],
            "accounts": [{"id": "main", "account": self.treasury, "may_be_source_of_operations": []}],
            "assets": [{"id": XRP, "label": "XRP"}],
            "address_book": [
                {"id": "custodian", "account": self.custodian, "tag": TAG, "memo": None, "assets": [XRP],
                 "status": "active", "added_at": "2020-01-01T00:00:00Z",
                 "active_after": "2020-01-02T00:00:00Z", "expires_at": None, "evidence": "called back"},
            ],
            "contracts": [],
            "facts": {"min_agree": 2, "max_age_s": {"default": 120}, "offline_max_age_s": {"default": 86400}},
            "change_quorum": {"all_of": groups},
            "override_quorum": {"all_of": [{"role": "security", "need": 1}]},
            "rules": [
                {"id": "pay", "kind": "allow", "match": {"accounts": ["main"], "effects": ["Transfer"]},
                 "transactions": ["Payment"], "flags": ["tfFullyCanonicalSig"]},
                {"id": "cap", "kind": "tx_cap", "asset": XRP, "max": "401"},
                {"id": "day", "kind": "rolling_cap", "by": "account", "asset": XRP, "max": "501",
                 "window_s": 86400},
                {"id": "dest", "kind": "destinations", "source": "address_book"},
                {"id": "q", "kind": "quorum", "all_of": groups, "persons": 2, "devices": 2,
                 "proposer_may_approve": False},
                {"id": "fee", "kind": "fee_cap", "network": NETWORK, "max_base": "10000"},
                {"id": "exp", "kind": "expiry", "required": True, "max_ledgers": 100000,
                 "max_seconds": 604800},
                {"id": "net", "kind": "network"},
                {"id": "txt", "kind": "text_safety"},
            ],
        }  # fmt: skip

    def votes(self, policy: bytes, *names: str) -> list[bytes]:
        document = read_policy(policy)
        chosen = names or tuple(self.people)
        return [
            make_vote(
                document, person=name, device_key=self.people[name].device_key,
                signature=self.people[name].device.sign(vote_message(document.hash)),
            ).to_bytes()
            for name in chosen
        ]  # fmt: skip


class Desk:
    """One person's rooms in one folder. ``open`` again after ``close`` to see what was kept."""

    def __init__(self, folder: Path, team: Team, name: str, *, highest_seen: int = 0) -> None:
        self.folder, self.team, self.name = folder, team, name
        self.owner = team.people[name]
        self.keystore: StubKeystore | None = StubKeystore(self.owner)
        self.highest_seen = highest_seen
        self.sealed: list[int] = []
        self.told: list[str] = []
        self._open()

    def _open(self) -> None:
        logs = self.folder / "logs"
        common: dict[str, Any] = {"person": self.name, "wrap_key": bytes(32), "clock": self.team.clock}
        if logs.exists():
            self.journal = Journal.open(logs, head=None, **common)
        else:
            public = self.owner.device.public_key().public_bytes_raw()
            self.journal = Journal.create(logs, org="acme", device_public_key=public, **common)
        self.engine = open_database(self.folder / "store.db", bytes([7]) * 32, MIGRATIONS)
        self.queries = Queries(self.engine)
        self.projection = Projection(self.engine, self.journal)
        self.rooms = Rooms(
            person=self.name,
            networks=(NETWORK,),
            clock=self.team.clock,
            journal=self.journal,
            queries=self.queries,
            projection=self.projection,
            ledger=lambda _network: self.team.ledger,
            seal=self.seal,
            keystore_or_none=lambda: self.keystore,  # type: ignore[arg-type,return-value]
            progress=self.told.append,
        )
        self.projection.catch_up()
        self.policies = Policies(self.rooms, self.highest_seen)
        self.service = ProposalService(self.rooms, self.policies)
        self.reading = Reading(self.rooms, self.policies)

    def seal(self) -> None:
        """A checkpoint by the device key, as the workspace writes it."""
        if self.keystore is not None:
            public = self.owner.device.public_key().public_bytes_raw()
            self.journal.checkpoint(self.keystore.sign_checkpoint, self.name, public)
            self.sealed.append(self.journal.size)

    def close(self) -> None:
        self.engine.dispose()
        self.journal.close()

    def reopen(self) -> None:
        self.close()
        self._open()

    def activate(self, policy: dict[str, Any] | None = None, *names: str) -> str:
        """Put a policy in force with these votes (everybody's without names); gives its hash."""
        data = canonical(policy or self.team.policy())
        return str(self.policies.activate(data, self.team.votes(data, *names))["hash"])

    def export(self, identifier: str, form: str = "countersign") -> bytes:
        """The file as it leaves."""
        return self.service.export(identifier, form)[0]

    def order(self, amount: str = "100", **changes: Any) -> Order:
        intent: Intent = changes.pop("intent", None) or Pay(self.team.custodian, XRP, Decimal(amount), TAG)
        values = {
            "network": NETWORK, "account": self.team.treasury, "intent": intent,
            "expires_in": timedelta(hours=1), **changes,
        }  # fmt: skip
        return Order(**values)

    def new(self, amount: str = "100", **changes: Any) -> Proposal:
        """A proposal of this desk's person."""
        result = self.service.new(self.order(amount, **changes))
        return self.queries.proposal(str(result["proposal_id"]))

    def file(self, amount: str = "100", **changes: Any) -> ProposalFile:
        """The file of an order, not added anywhere."""
        return compose(self.rooms, self.order(amount, **changes))

    def get(self, identifier: str) -> Proposal:
        return self.queries.proposal(identifier)

    def records(self, *kinds: str, after: int = 0) -> list[dict[str, Any]]:
        """Journal records of these kinds (all without one), from index ``after`` on."""
        return [
            {"index": index, **record}
            for index, record in self.journal.records(after)
            if not kinds or record["type"] in kinds
        ]

    def signed(self, amount: str = "100", *others: str) -> Proposal:
        """A proposal by alice, signed here by bob's desk and by the others elsewhere."""
        proposal = self.take(amount)
        self.service.sign(proposal.id, self.keystore.key())  # type: ignore[union-attr]
        self.add(proposal, *(self.team.people[name].sign(proposal.body) for name in others))
        return self.get(proposal.id)

    def take(self, amount: str = "100", **changes: Any) -> Proposal:
        """Import a file that alice's desk made and signed as its author."""
        file = self.file(amount, **changes)
        result = self.service.import_bytes(authored(file, self.team.people["alice"]))
        return self.get(str(result["proposal_id"]))

    def add(self, proposal: Proposal, *signatures: Signature) -> dict[str, Any]:
        """Signatures from elsewhere, by file."""
        return dict(self.service.add_signatures(proposal.id, signature_file(proposal, *signatures)))


def authored(file: ProposalFile, author: Person) -> bytes:
    """The file as if ``author`` had proposed it."""
    from signer_app.core.proposal_file import Proposer, author_hash

    unsigned = file.model_copy(
        update={"proposer": Proposer(person=author.name, device_key=author.device_key)}
    )
    digest = author_hash(unsigned.to_json())
    signature = author.device.sign(statement_message("author", digest)).hex()
    proposer = Proposer(person=author.name, device_key=author.device_key, sig=signature)
    return file.model_copy(update={"proposer": proposer}).to_bytes()


def signature_file(proposal: Proposal, *signatures: Signature, **changes: Any) -> bytes:
    """A bare proposal file that carries these signatures."""
    return ProposalFile(
        network=proposal.network,
        account=proposal.account,
        transaction=Transaction(encoding="xrpl-blob", body=proposal.body),
        created_at=proposal.created_at,
        signatures=[
            FileSignature(
                signer=s.signer, public_key=s.public_key, signature=s.signature, scheme=s.scheme, **changes
            )
            for s in signatures
        ],
    ).to_bytes()


def id_of(body: str, account: str) -> str:
    return proposal_id(network=NETWORK, account=account, encoding="xrpl-blob", body=body)


@contextmanager
def open_desk(folder: Path, team: Team, name: str, **options: Any) -> Iterator[Desk]:
    folder.mkdir(parents=True, exist_ok=True)
    desk = Desk(folder, team, name, **options)
    try:
        yield desk
    finally:
        desk.close()
