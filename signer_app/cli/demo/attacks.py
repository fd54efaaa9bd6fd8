"""Third act: three hostile proposals, each refused with its reasons, and nothing changed by them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from signer_app.cli.demo.actors import Answer, StepError
from signer_app.cli.demo.evidence import entries, expect, member, travelled, verified_journal, written
from signer_app.cli.demo.stage import Stage
from signer_app.core.canonical import canonical
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.policy_text import CUSTODIAN_TAG, DAY_CAP
from signer_app.practice.treasury import NETWORK
from signer_app.practice.xrpl.attacker import look_alike, payment_body, regular_key_body

WAITING_AMOUNT, SECOND_AMOUNT = "300000", "200000"


@dataclass(slots=True)
class Attacks:
    """Every attack is a file that reaches Bob, who is asked to sign it."""

    stage: Stage

    def regular_key(self) -> list[str]:
        """An innocent title over bytes that hand the account to a stranger."""
        body = regular_key_body(
            self.stage.treasury.address,
            self.stage.stranger.address,
            self._ticket(),
            last_ledger=self._last_ledger(),
        )
        path = self._write("invoice-1182", body, "Invoice 1182, already approved by finance")
        result = self._refused(path, {"PRIVILEGED_OP"})
        effect = next(e for e in entries(result["effects"]) if e["kind"] == "AuthorityChange")
        answer = self.stage.nodes[1].account(self.stage.treasury.address)
        data = member(answer, "account_data")
        expect("RegularKey" in data if isinstance(data, dict) else True, False, "a regular key on the ledger")
        return [
            f'the message says: "{result["title"]}"',
            f"the bytes do: {effect['what']} to {effect['after']}",
            f"refused: {_codes(result)}",
        ]

    def daily_cap(self) -> list[str]:
        """Each amount is allowed by itself; together with one that waits for signatures they are too much."""
        alice, bob = self.stage.people["alice"], self.stage.people["bob"]
        first = self._from_alice(WAITING_AMOUNT, "first")
        bob.do("proposal", "import", str(first)).ok()
        decoded = alice.do("inspect", str(first)).ok()
        self.stage.wallet.agree_to(decoded)
        bob.sign(str(decoded["proposal_id"])).ok()
        second = self._from_alice(SECOND_AMOUNT, "second")
        result = self._refused(second, {"ROLLING_CAP"})
        report = bob.do("proposal", "verify", str(result["proposal_id"])).ok(exit_code=4)
        check = next(c for c in entries(report["checks"]) if c["code"] == "ROLLING_CAP")
        return [
            f"{WAITING_AMOUNT} waits with one signature, {SECOND_AMOUNT} is asked for, a day's cap {DAY_CAP}",
            str(check["message"]),
            f"refused: {_codes(result)}",
        ]

    def _from_alice(self, amount: str, name: str) -> Path:
        alice = self.stage.people["alice"]
        made = alice.do(
            "proposal", "new", "payment", "--from", self.stage.account,
            "--to", f"{NETWORK}:{self.stage.custodian.address}", "--asset", self.stage.usd,
            "--amount", amount, "--tag", CUSTODIAN_TAG, "--expires-in", "1h",
        ).ok()  # fmt: skip
        path = self.stage.file(f"cap-{name}.countersign")
        alice.do("proposal", "export", str(made["proposal_id"]), "-o", str(path)).ok()
        return path

    def look_alike(self) -> list[str]:
        """An address that begins and ends like the custodian's."""
        address = look_alike(self.stage.custodian.address, first=4, last=3)
        body = payment_body(
            self.stage.treasury.address, address, self.stage.issuer.address, "1000", int(CUSTODIAN_TAG),
            self._ticket(), last_ledger=self._last_ledger(),
        )  # fmt: skip
        path = self._write("look-alike", body, "Monthly transfer to custody")
        result = self._refused(path, {"ADDR_LOOKALIKE", "DESTINATION_NOT_ALLOWED"})
        lines = self.stage.nodes[1].ask("account_info", account=address, ledger_index="validated")
        expect(lines.get("error"), "actNotFound", "the look-alike account")
        return [
            f"custodian  {self.stage.custodian.address}",
            f"look-alike {address}",
            f"refused: {_codes(result)}",
        ]

    def untouched(self) -> list[str]:
        """The ledger and the journals after the attacks."""
        balance = self.stage.nodes[1].issued_balance(
            self.stage.treasury.address, "USD", self.stage.issuer.address
        )
        expect(balance, "975000", "the treasury's dollars")
        return [f"the treasury still holds {balance} USD"] + [
            f"{actor.person}: {verified_journal(actor)['state']}" for actor in self.stage.people.values()
        ]

    def _last_ledger(self) -> int:
        """Hostile bytes wait as long as honest ones: only their meaning gives them away."""
        return int(str(self.stage.nodes[1].ask("ledger", ledger_index="validated")["ledger_index"])) + 1000

    def _ticket(self) -> int:
        answer = self.stage.nodes[1].ask(
            "account_objects", account=self.stage.treasury.address, type="ticket", ledger_index="validated"
        )
        tickets = [int(str(member(entry, "TicketSequence"))) for entry in entries(answer["account_objects"])]
        return max(tickets)

    def _write(self, name: str, body: str, title: str) -> Path:
        path = self.stage.file(f"{name}.countersign")
        file: JsonObject = {
            "format": "countersign/proposal@1",
            "network": NETWORK,
            "account": self.stage.account,
            "transaction": {"encoding": "xrpl-blob", "body": body},
            "title": title,
            "note": "",
            "created_at": "2026-11-20T09:00:00Z",
            "expires_at": None,
            "signatures": [],
            "links": [],
        }
        path.write_bytes(canonical(file))
        return path

    def _refused(self, path: Path, wanted: set[str]) -> JsonObject:
        """Bob imports and tries to sign: denied both times, no signature anywhere, the codes as expected."""
        bob = self.stage.people["bob"]
        result = bob.do("proposal", "import", str(path)).ok()
        expect(result["state"], "DENIED", "state on import")
        file = self.stage.file(f"{path.stem}-verdict.proof")
        record = written(bob, "verdict", str(result["proposal_id"]), file)
        expect((record["verdict"], record["codes"]), ("DENY", result["codes"]), "verdict on record")
        identifier = str(result["proposal_id"])
        asked = len(self.stage.wallet.decisions())
        answer: Answer = bob.sign(identifier)
        expect(len(self.stage.wallet.decisions()), asked, "questions on the device")
        codes = member(member(answer.refused("POLICY_DENIED", 4), "details"), "codes")
        if not isinstance(codes, list) or not wanted <= {str(code) for code in codes}:
            raise StepError(f"expected {sorted(wanted)} among the codes, found {codes}")
        out = self.stage.file(f"{path.stem}-after.countersign")
        bob.do("proposal", "export", identifier, "-o", str(out)).ok()
        expect(travelled(out)["signatures"], [], "signatures in the exported file")
        released = bob.do("journal", "show", "--proposal", identifier, "--type", "sign.released").ok()
        expect(released["records"], [], "releases in bob's journal")
        return result


def _codes(result: JsonObject) -> str:
    codes: JsonValue = result["codes"]
    return ", ".join(str(code) for code in codes) if isinstance(codes, list) else ""
