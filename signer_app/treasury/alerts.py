"""What is wrong, the gravest first: halts, signatures in quarantine, drift, nodes, limits, live denials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from signer_app.core.json_types import JsonObject
from signer_app.policy.builtin.authority import drift
from signer_app.policy.checks import FAIL
from signer_app.policy.observations import Undecided
from signer_app.policy.people import KeyTable
from signer_app.policy.readings import Readings
from signer_app.policy.schema import ScopeAccount
from signer_app.proposals import lifecycle as life
from signer_app.proposals.store.queries import Proposal
from signer_app.treasury.limits import CRITICAL, WARNED, LimitUse

DANGER, WARN = "danger", "warn"
KINDS: Final = ("halt", "quarantine", "drift", "denied", "nodes", "limit", "statement")


@dataclass(frozen=True, slots=True)
class Alert:
    """``about`` is a proposal, an account, a halt or a network; ``detail`` may hold words of others."""

    level: str
    kind: str
    about: str
    fact: str
    detail: str

    def to_json(self) -> JsonObject:
        """{level, kind, about, fact, detail}."""
        return {
            "level": self.level,
            "kind": self.kind,
            "about": self.about,
            "fact": self.fact,
            "detail": self.detail,
        }


def of_halts(halts: Sequence[JsonObject]) -> list[Alert]:
    """Halts that stand (proposals/halts.py describe)."""
    found = []
    for halt in halts:
        accounts = halt["accounts"]
        scope = f"{len(accounts)} accounts" if isinstance(accounts, list) else "everything"
        found.append(
            Alert(
                DANGER,
                "halt",
                str(halt["halt_id"]),
                f"Halted by {halt['person']}: {scope}",
                f"{halt['reason']} ({halt['have']} of {halt['need']} people resumed)",
            )
        )
    return found


def of_proposals(
    proposals: Sequence[Proposal], quarantine: Mapping[str, Sequence[JsonObject]]
) -> list[Alert]:
    """Quarantined signatures of proposals that are not final, and denied ones that carry a signature."""
    found = []
    for proposal in proposals:
        if proposal.state in life.FINAL:
            continue
        found += [
            Alert(
                DANGER, "quarantine", proposal.id,
                f"A signature for {proposal.type} was refused", f"{entry['code']}: {entry['reason']}",
            )
            for entry in quarantine.get(proposal.id, ())
        ]  # fmt: skip
        if proposal.state in (life.DENIED, life.REJECTED) and proposal.live:
            count = len(proposal.signatures)
            found.append(
                Alert(
                    DANGER, "denied", proposal.id,
                    f"{proposal.state_words}, and signatures exist: {proposal.type}",
                    f"{count} signature{'' if count == 1 else 's'} already given",
                )
            )  # fmt: skip
    return found


def of_accounts(readings: Readings, accounts: Sequence[ScopeAccount], keys: KeyTable) -> list[Alert]:
    """Accounts whose signers on the ledger are not those of the policy."""
    found = []
    for entry in accounts:
        signers = readings.signers(entry.account)
        if isinstance(signers, Undecided):
            continue  # said once for the network, not for each account
        check = drift(signers, entry.account, keys)
        if check.verdict == FAIL:
            found.append(
                Alert(
                    DANGER, "drift", entry.account, f"The signers of {entry.id} are not those of the policy",
                    check.sentence(),
                )
            )  # fmt: skip
    return found


def of_limits(uses: Sequence[LimitUse]) -> list[Alert]:
    """Limits that are nearly used up."""
    levels = {CRITICAL: DANGER, WARNED: WARN}
    found = []
    for use in uses:
        level = levels.get(use.level)
        if level is not None:
            shown = use.to_json()
            fact = f"The limit {use.rule} of {use.account_name} is nearly used"
            found.append(
                Alert(
                    level,
                    "limit",
                    use.account,
                    fact,
                    f"{shown['used']} of {shown['cap']}, {shown['left']} left",
                )
            )
    return found


def of_statements(refused: Sequence[JsonObject]) -> list[Alert]:
    """Statements that were kept out."""
    return [
        Alert(
            WARN, "statement", str(item["person"] or ""), f"A {item['kind']} statement was kept out",
            f"{item['code']}: {item['reason']}",
        )
        for item in refused
    ]  # fmt: skip


def ordered(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Dangers first, then in the order of KINDS."""
    return tuple(sorted(alerts, key=lambda alert: (alert.level != DANGER, KINDS.index(alert.kind))))
