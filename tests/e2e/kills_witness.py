"""What must hold after a kill, read by other paths than the one that made it: raw files, the stand-alone
verifier, a second store filled from the journal, and both endpoints of the ledger.
"""

from __future__ import annotations

import hashlib
import json
import re
import runpy
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kills_processes import ROOT
from kills_world import FIRST_AMOUNT, World
from sqlalchemy import select
from xrpl.core.binarycodec import encode

from signer_app.journal.reading import read_records
from signer_app.proposals.store import tables
from signer_app.proposals.store.projection import Projection
from signer_app.vault.database import open_database
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.passphrase import read_passphrase_file
from signer_app.workspace.composition import MIGRATIONS

_LINE = re.compile(rb'(\{"v":1,"i":(\d+),.*"p":"([0-9a-f]{64})",.*),"h":"([0-9a-f]{64})","c":"[^"]+"\}')
#: Lines of a checkpoint: origin, size, root, an empty one, one signature (CONTRACTS E).
NOTE_LINES = 5
#: Fields of a transaction that its signers add to the body.
_SIGNED = ("Signers", "TxnSignature", "date", "hash", "ledger_index", "inLedger", "ctid")


@cache
def _verifier() -> dict[str, Any]:
    """Its own file, loaded by itself. Each signature of a checkpoint is computed once: in plain Python that
    takes some milliseconds, and what is asked here again and again is one growing file.
    """
    loaded = runpy.run_path(str(ROOT / "signer_app" / "journal" / "verify.py"))
    # The functions' own globals: what run_path gives is a copy of them.
    space: dict[str, Any] = loaded["run"].__globals__
    space["signature_fits"] = cache(space["signature_fits"])
    return space


class Journal:
    """One person's journal, followed by its raw bytes and by its plaintext."""

    def __init__(self, world: World, person: str) -> None:
        self.person = person
        self._logs = world.people[person].workspace / "logs"
        self._path = self._logs / "audit-events.jsonl"
        actor = world.people[person]
        vault = Vault.open(
            actor.workspace / "vault.json", read_passphrase_file(actor.secrets / f"{person}.vault")
        )
        with closing(vault):
            self._wrap_key, self.store_key = vault.key(Purpose.JOURNAL_WRAP), vault.key(Purpose.STORE)
        self.log_id = json.loads((self._logs / "log.json").read_bytes())["log_id"]
        self._seen = b""
        self._notes = b""
        self.leaves: list[str] = []
        self.records: list[dict[str, Any]] = []

    @property
    def size(self) -> int:
        return len(self.records)

    def observe(self) -> int:
        """Read what is new. No byte of a complete line may have changed. Gives the number of torn bytes."""
        data = self._path.read_bytes()
        end = data.rfind(b"\n") + 1
        assert data[:end].startswith(self._seen), f"{self.person}: complete records were changed or lost"
        for line in data[len(self._seen) : end].splitlines():
            self._take(line)
        self._seen = data[:end]
        notes = (self._logs / "checkpoints.log").read_bytes()
        assert notes.startswith(self._notes), f"{self.person}: checkpoints were changed or lost"
        lines = [line for line in notes.splitlines(keepends=True) if line.endswith(b"\n")]
        self._notes = b"".join(lines[: len(lines) // NOTE_LINES * NOTE_LINES])
        new = read_records(self._logs, self._wrap_key, start=self.size)
        self.records.extend(dict(record) for _, record in new)
        assert self.size == len(self.leaves)
        return len(data) - end

    def _take(self, line: bytes) -> None:
        """Hash and chain by our own hands (CONTRACTS E)."""
        match = _LINE.fullmatch(line)
        assert match is not None, f"{self.person}: a complete line has another form"
        header, index, previous, leaf = match.groups()
        assert int(index) == len(self.leaves)
        assert hashlib.sha256(b"\0" + header).hexdigest() == leaf.decode()
        assert not self.leaves or self.leaves[-1] == previous.decode()
        self.leaves.append(leaf.decode())

    def verify(self, *, torn: bool) -> None:
        """The stand-alone verifier, which shares no code with the program, has to agree."""
        answer = _verifier()["run"](["log", str(self._path)])[1]["result"]
        assert answer["state"] == ("TORN" if torn else "INTACT"), f"{self.person}: {answer}"
        assert answer["records"] == self.size

    def released(self) -> dict[str, dict[str, Any]]:
        """signature -> the record that released it."""
        found = [record for record in self.records if record["type"] == "sign.released"]
        return {str(record["signature"]): record for record in found}


@dataclass
class Acknowledged:
    """A record that a command named on stdout."""

    person: str
    index: int
    leaf: str
    signature: str


@dataclass
class Payment:
    """One flow, as the checks need it."""

    ticket: int
    amount: int
    proposal_id: str


@dataclass
class Witness:
    """Checks one lane."""

    world: World
    journals: dict[str, Journal] = field(default_factory=dict)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journals = {person: Journal(self.world, person) for person in self.world.people}
        for journal in self.journals.values():
            journal.observe()

    # -- after every command -------------------------------------------------------------------------------

    def acknowledge(self, person: str, result: dict[str, Any]) -> None:
        """A command printed its result: the record that it names is there from now on."""
        place = result.get("journal")
        if isinstance(place, dict) and isinstance(place.get("index"), int):
            journal, index = self.journals[person], place["index"]
            journal.observe()
            assert index < journal.size, f"{person}: record {index} was acknowledged and is not there"
            signature = str(result["signature"]["signature"])
            assert journal.records[index]["type"] == "sign.released"
            assert journal.records[index]["signature"] == signature
            self.acknowledged.append(Acknowledged(person, index, journal.leaves[index], signature))

    def look(self, person: str) -> None:
        """The cheap check of one person's workspace, and of every file that left any."""
        journal = self.journals[person]
        torn = journal.observe()
        journal.verify(torn=torn > 0)
        self._acknowledged_are_there(person)
        for signature, proposal in self._signatures_in_files():
            self._was_released(signature, proposal, "a file")

    def _acknowledged_are_there(self, person: str) -> None:
        journal = self.journals[person]
        for item in self.acknowledged:
            if item.person == person:
                assert journal.leaves[item.index] == item.leaf

    def _signatures_in_files(self) -> Iterator[tuple[dict[str, Any], str | None]]:
        for path in (self.world.root / "files").glob("*.countersign"):
            for signature in json.loads(path.read_bytes())["signatures"]:
                yield signature, None

    def _was_released(self, signature: dict[str, Any], proposal: str | None, where: str) -> None:
        person = self.world.signers[signature["public_key"]]
        record = self.journals[person].released().get(signature["signature"])
        if record is None:
            self.journals[person].observe()
            record = self.journals[person].released().get(signature["signature"])
        assert record is not None, f"{person}'s signature is in {where} without a release in the journal"
        assert proposal in (None, record["proposal_id"])

    # -- at the end of a flow ------------------------------------------------------------------------------

    def judge(self, payment: Payment) -> None:
        """Everything: journals, stores, files and ledger agree, and the payment happened exactly once."""
        self.payments.append(payment)
        for person in self.world.people:
            self.look(person)
            rows = self._store(person)
            assert rows == self._store_of_the_journal(person), f"{person}: store and journal differ"
            self._settled(person, rows, payment)
        self._ledger(payment)

    def _store(self, person: str) -> dict[str, list[tuple[Any, ...]]]:
        engine = open_database(
            self.world.people[person].workspace / "store.db", self.journals[person].store_key
        )
        try:
            with engine.connect() as connection:
                return {
                    table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                    for table in tables.metadata.sorted_tables
                }
        finally:
            engine.dispose()

    def _store_of_the_journal(self, person: str) -> dict[str, list[tuple[Any, ...]]]:
        """What a new store holds that was filled from the records as they are on disk."""
        journal = self.journals[person]
        path = self.world.root / f"second-{person}.db"
        engine = open_database(path, journal.store_key, MIGRATIONS)
        try:
            Projection(engine, _Records(journal)).rebuild()
            with engine.connect() as connection:
                return {
                    table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                    for table in tables.metadata.sorted_tables
                }
        finally:
            engine.dispose()

    def _settled(self, person: str, rows: dict[str, list[tuple[Any, ...]]], payment: Payment) -> None:
        names = [column.name for column in tables.proposals.columns]
        proposals = [dict(zip(names, row, strict=True)) for row in rows["proposals"]]
        mine = [row for row in proposals if row["slot_value"] == str(payment.ticket)]
        assert [(row["id"], row["state"]) for row in mine] == [(payment.proposal_id, "CONFIRMED")], person
        names = [column.name for column in tables.signatures.columns]
        for row in rows["signatures"]:
            stored = dict(zip(names, row, strict=True))
            self._was_released(stored, stored["proposal_id"], f"{person}'s store")
        names = [column.name for column in tables.intents.columns]
        still_open = [row for row in rows["intents"] if dict(zip(names, row, strict=True))["open"]]
        assert still_open == [], f"{person}: an intent is still open"
        assert rows["quarantine"] == []
        released = [r for r in self.journals[person].records if r["type"] == "sign.released"]
        per_proposal = [record["proposal_id"] for record in released]
        assert len(per_proposal) == len(set(per_proposal)), f"{person} released two signatures of one body"

    def _ledger(self, payment: Payment) -> None:
        """Both endpoints: one validated transaction for each ticket, the right bytes, money moved once."""
        per_node = [self._uses(node) for node in range(len(self.world.stage.nodes))]
        assert per_node[0] == per_node[1], "the two endpoints tell different histories"
        uses = per_node[0]
        assert {ticket: len(found) for ticket, found in uses.items()} == {
            item.ticket: 1 for item in self.payments
        }
        result, body, signers, transaction = uses[payment.ticket][0]
        assert result == "tesSUCCESS"
        records = self.journals["alice"].records
        added = [r for r in records if r["type"] == "proposal.added"]
        assert body == next(r["body"] for r in added if r["proposal_id"] == payment.proposal_id)
        for key, signature in signers:
            self._was_released({"public_key": key, "signature": signature}, payment.proposal_id, "the ledger")
        for journal in self.journals.values():
            outcomes = [
                r
                for r in journal.records
                if r["type"] == "outcome" and r["proposal_id"] == payment.proposal_id
            ]
            assert {(r["state"], r["tx_id"]) for r in outcomes} == {("CONFIRMED", transaction)}
        stage = self.world.stage
        for node in stage.nodes:
            balance = node.issued_balance(stage.custodian.address, "USD", stage.issuer.address)
            assert balance == str(sum(item.amount for item in self.payments))

    def _uses(self, number: int) -> dict[int, list[tuple[str, str, list[tuple[str, str]], str]]]:
        """ticket -> [(result, body, signers, id)] of validated transactions, all pages of account_tx."""
        node, marker = self.world.stage.nodes[number], None
        found: dict[int, list[tuple[str, str, list[tuple[str, str]], str]]] = {}
        while True:
            more: dict[str, Any] = {} if marker is None else {"marker": marker}
            answer: dict[str, Any] = node.ask(
                "account_tx", account=self.world.stage.treasury.address, ledger_index_min=-1,
                ledger_index_max=-1, **more,
            )  # fmt: skip
            for entry in answer["transactions"]:
                tx = entry["tx_json"]
                own = tx["Account"] == self.world.stage.treasury.address
                if own and entry["validated"] is True and "TicketSequence" in tx:
                    signers = [
                        (s["Signer"]["SigningPubKey"], s["Signer"]["TxnSignature"]) for s in tx["Signers"]
                    ]
                    # Version 2 of the interface shows a Payment's Amount under this name alone (xrpl.org).
                    fields = {"Amount" if k == "DeliverMax" else k: v for k, v in tx.items()}
                    body = encode({k: v for k, v in fields.items() if k not in _SIGNED})
                    use = (entry["meta"]["TransactionResult"], body, signers, entry["hash"])
                    found.setdefault(tx["TicketSequence"], []).append(use)
            marker = answer.get("marker")
            if marker is None:
                return found

    def next_amount(self) -> int:
        return FIRST_AMOUNT + len(self.payments)


class _Records:
    """A journal's records as the projection wants them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    @property
    def log_id(self) -> str:
        return str(self._journal.log_id)

    @property
    def size(self) -> int:
        return self._journal.size

    def records(self, start: int = 0) -> Iterator[tuple[int, Any]]:
        yield from list(enumerate(self._journal.records))[start:]
