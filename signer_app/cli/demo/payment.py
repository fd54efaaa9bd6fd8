"""Second act: a payment is proposed, checked, signed by two people, sent, and proved."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from signer_app.cli.demo.actors import Actor, StepError
from signer_app.cli.demo.evidence import (
    entries,
    expect,
    fields_of,
    member,
    proved_record,
    travelled,
    verified_journal,
    written,
)
from signer_app.cli.demo.stage import Stage
from signer_app.cli.render import effect_words
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.policy_text import CUSTODIAN_TAG
from signer_app.practice.treasury import NETWORK

AMOUNT = "25000"
OUTCOME_SECONDS = 40
#: Fields that no order names: the builder settles them.
SETTLED = {"NetworkID", "Flags", "Sequence", "TicketSequence", "LastLedgerSequence", "Fee", "SigningPubKey"}


@dataclass(slots=True)
class Payment:
    """What the scenes hand on."""

    stage: Stage
    fault: str | None
    proposal_id: str = ""
    tx_id: str = ""
    released: dict[str, JsonObject] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def propose(self) -> list[str]:
        """Alice proposes; the bytes in her file say exactly what she ordered."""
        alice = self.stage.people["alice"]
        result = alice.do(
            "proposal", "new", "payment", "--from", self.stage.account,
            "--to", f"{NETWORK}:{self.stage.custodian.address}", "--asset", self.stage.usd,
            "--amount", AMOUNT, "--tag", CUSTODIAN_TAG, "--expires-in", "1h",
            "--title", "Monthly transfer to custody",
        ).ok()  # fmt: skip
        expect(result["verdict"], "ALLOW", "verdict on proposing")
        self.proposal_id = str(result["proposal_id"])
        alice.do("proposal", "export", self.proposal_id, "-o", str(self.file("unsigned"))).ok()
        body = member(travelled(self.file("unsigned"))["transaction"], "body")
        self._as_ordered(str(body))
        decoded = self.stage.people["bob"].do("inspect", str(self.file("unsigned"))).ok()
        expect(decoded["proposal_id"], self.proposal_id, "proposal id of the file")
        self._judged(alice, "propose")
        return [
            f"proposal {self.proposal_id}",
            f"slot {_words(result['slot'])}, last ledger {result['expiry_ledger']}",
            f"{len(str(body)) // 2} bytes in {self.file('unsigned').name}",
        ]

    def _as_ordered(self, body: str) -> None:
        """The bytes of the file, read by another library, are the order and nothing else."""
        fields, stage = fields_of(body), self.stage
        ordered = {
            "TransactionType": "Payment", "Account": stage.treasury.address,
            "Destination": stage.custodian.address, "DestinationTag": int(CUSTODIAN_TAG),
            "Amount": {"currency": "USD", "issuer": stage.issuer.address, "value": AMOUNT},
        }  # fmt: skip
        expect({name: fields.get(name) for name in ordered}, ordered, "the transaction in the file")
        expect(set(fields) - set(ordered) - SETTLED, set(), "fields that nobody ordered")

    def _judged(self, actor: Actor, phase: str) -> None:
        """The verdict of a phase as the person's journal has it."""
        record = written(actor, "verdict", self.proposal_id, self.stage.file(f"{phase}-{actor.person}.proof"))
        expect(
            (record["verdict"], record["phase"], record["codes"]), ("ALLOW", phase, []), "verdict on record"
        )

    def file(self, name: str) -> Path:
        return self.stage.file(f"payment-{name}.countersign")

    def read(self) -> list[str]:
        """Bob imports the file and sees what the bytes do."""
        bob = self.stage.people["bob"]
        result = bob.do("proposal", "import", str(self.file("unsigned"))).ok()
        expect((result["proposal_id"], result["created"]), (self.proposal_id, True), "import")
        expect(
            bob.do("proposal", "import", str(self.file("unsigned"))).ok()["created"], False, "second import"
        )
        added = written(bob, "proposal.added", self.proposal_id, self.stage.file("added-bob.proof"))
        sent = travelled(self.file("unsigned"))
        expect(added["body"], member(sent["transaction"], "body"), "the body that bob keeps")
        transfer = next(e for e in entries(result["effects"]) if e["kind"] == "Transfer")
        expect(
            (transfer["amount"], transfer["to"], transfer["tag"], transfer["asset"]),
            (AMOUNT, f"{NETWORK}:{self.stage.custodian.address}", CUSTODIAN_TAG, self.stage.usd),
            "the transfer's effect",
        )
        return [effect_words(effect) for effect in entries(result["effects"])]

    def check(self) -> list[str]:
        """Each check with its values."""
        report = self.stage.people["bob"].do("proposal", "verify", self.proposal_id).ok()
        expect(report["verdict"], "ALLOW", "verdict")
        self._judged(self.stage.people["bob"], "propose")
        return [
            f"{check['code']}: {check['message']}"
            for check in entries(report["checks"])
            if check["verdict"] != "NOT_APPLICABLE"
        ]

    def sign(self) -> list[str]:
        """Bob signs on his Ledger, Carol with a sealed key; Alice, who proposed, may not."""
        stage = self.stage
        refused = stage.people["alice"].sign(self.proposal_id)
        codes = member(member(refused.refused("POLICY_DENIED", 4), "details"), "codes")
        expect(codes, ["PROPOSER_APPROVES"], "why alice may not sign")
        lines = [*self._on_the_device(), self._sign(stage.people["bob"], "bob", "PENDING")]
        lines.append(self._was_shown())
        expect(len(entries(travelled(self.file("bob"))["signatures"])), 1, "signatures in bob's file")
        stage.people["carol"].do("proposal", "import", str(self.file("bob"))).ok()
        lines.append(self._sign(stage.people["carol"], "carol", "READY"))
        expect(len(entries(travelled(self.file("carol"))["signatures"])), 2, "signatures in carol's file")
        return [*lines, "alice was refused: PROPOSER_APPROVES"]

    def _on_the_device(self) -> list[str]:
        """What the Ledger will show, told before it is asked; its owner agrees to the decoded effects
        alone.
        """
        bob = self.stage.people["bob"]
        told = bob.do("proposal", "screens", self.proposal_id).ok()
        expect(told["known"], True, "the app's version is known")
        self.told = [str(page) for screen in entries(told["screens"]) for page in _texts(screen["pages"])]
        self.stage.wallet.agree_to(bob.do("inspect", str(self.file("unsigned"))).ok())
        return [f"nano-1 will show {len(self.told)} pages: {'; '.join(self.told)}"]

    def _was_shown(self) -> str:
        """The device's own record: exactly those pages, then the approval."""
        wallet = self.stage.wallet
        closing = ["Sign transaction", "Signing..."]
        wanted = [*self.told, *closing]
        pages = [page for page in wallet.shown() if page]
        start = len(pages) - 1 - pages[::-1].index(self.told[0])
        expect(pages[start : start + len(wanted)], wanted, "pages on the device against those told before")
        last = wallet.decisions()[-1]
        expect((last["decision"], last["purpose"]), ("approved", "sign"), "the device's decision")
        return "the device showed exactly these pages, and its approver found the decoded effects on them"

    def _sign(self, actor: Actor, name: str, state: str) -> str:
        result = actor.sign(self.proposal_id).ok()
        expect(result["state"], state, f"state after {name}'s signature")
        index = member(result["journal"], "index")
        record = proved_record(actor, int(str(index)), self.stage.file(f"release-{name}.proof"))
        expect(record["type"], "sign.released", "the proved record")
        expect(record["device"], actor.device or "keystore", "the device of the proved record")
        expect(record["signature"], member(result["signature"], "signature"), "the proved signature")
        self.released[str(record["public_key"])] = record
        actor.do("proposal", "export", self.proposal_id, "-o", str(self.file(name))).ok()
        quorum = member(member(result["quorum"], "ledger"), "have")
        return f"{name}: record {index} proved without a key, ledger weight {quorum} of 2, state {state}"

    def send(self) -> list[str]:
        """Carol sends; the proof comes from the ledger."""
        carol, stage = self.stage.people["carol"], self.stage
        if self.fault is not None:
            stage.nodes[0].fault(self.fault, on=True)
        sent = carol.do("proposal", "submit", self.proposal_id)
        if sent.exit_code not in (0, 6) or sent.error:
            raise StepError(f"submit: exit {sent.exit_code}, {sent.error}")
        self.tx_id = str(sent.result["tx_id"])
        followed = carol.do("proposal", "track", self.proposal_id, "--wait", str(OUTCOME_SECONDS))
        expect(followed.result.get("state"), "CONFIRMED", "outcome")
        lines = [f"{attempt['node']}: {attempt['answer']}" for attempt in entries(sent.result["attempts"])]
        return [*lines, f"transaction {self.tx_id}", *self._on_the_ledger()]

    def _on_the_ledger(self) -> list[str]:
        """The second operator's ledger: the transaction, its signatures, the money."""
        node = self.stage.nodes[1]
        answer = node.ask("tx", transaction=self.tx_id)
        expect(answer.get("validated"), True, "validated")
        expect(member(member(answer, "meta"), "TransactionResult"), "tesSUCCESS", "result")
        signers = [member(entry, "Signer") for entry in entries(member(answer["tx_json"], "Signers"))]
        on_ledger = {str(member(s, "SigningPubKey")): member(s, "TxnSignature") for s in signers}
        proved: dict[str, JsonValue] = {key: record["signature"] for key, record in self.released.items()}
        expect(on_ledger, proved, "signatures on the ledger against the journals' proofs")
        balance = node.issued_balance(self.stage.custodian.address, "USD", self.stage.issuer.address)
        expect(balance, AMOUNT, "the custodian's dollars")
        return [
            f"validated in ledger {answer['ledger_index']} with exactly the two proved signatures",
            f"the custodian holds {balance} USD",
        ]

    def others_see(self) -> list[str]:
        """Alice and Bob, whose workstations sent nothing, find the same proof."""
        lines = []
        for name in ("alice", "bob"):
            result = self.stage.people[name].do("proposal", "track", self.proposal_id).ok()
            expect((result["state"], result["tx_id"]), ("CONFIRMED", self.tx_id), f"{name}'s outcome")
            actor, file = self.stage.people[name], self.stage.file(f"outcome-{name}.proof")
            record = written(actor, "outcome", self.proposal_id, file)
            expect(
                (record["state"], record["tx_id"]), ("CONFIRMED", self.tx_id), f"{name}'s outcome on record"
            )
            lines.append(f"{name}: {result['state_words']}")
        return lines

    def journals(self) -> list[str]:
        """Each journal, verified by the program and by the stand-alone verifier."""
        lines = []
        for actor in self.stage.people.values():
            seen = verified_journal(actor)
            lines.append(f"{actor.person}: {seen['state']}, {seen['records']} records, root {seen['root']}")
            replayed = actor.do("policy", "replay", self.proposal_id).ok()
            expect(replayed["same"], True, f"{actor.person}'s verdicts, judged again")
        return [*lines, "every verdict came out the same when judged again from the journals"]


def _texts(value: JsonValue) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _words(slot: JsonValue) -> str:
    return f"{member(slot, 'kind')} {member(slot, 'value')}"
