"""Who signed: from a signature on the ledger to a key, a device and a person of the policy (CONTRACTS D)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from signer_app.core.caip import parse_account
from signer_app.core.facts import ContextSignature
from signer_app.core.json_types import JsonValue
from signer_app.policy.observations import Decided, Undecided, number
from signer_app.policy.schema import Key, Person


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as policy sees it. ``person`` is None for a key of nobody; ``counts`` false: never
    counted.
    """

    signer: str
    person: str | None
    device: str | None
    roles: frozenset[str]
    counts: bool


class KeyTable:
    """Keys with purpose sign, by signer account; and people by id."""

    def __init__(self, keys: Iterable[Key], people: Iterable[Person]) -> None:
        self._people = {person.id: person for person in people}
        self._keys: dict[str, list[Key]] = {}
        for key in sorted(keys, key=lambda item: item.id):
            if key.purpose == "sign":
                self._keys.setdefault(key.signer, []).append(key)
        networks = {parse_account(signer).network for signer in self._keys}
        self._signers: Final[Mapping[str, frozenset[str]]] = {
            network: frozenset(signer for signer in self._keys if parse_account(signer).network == network)
            for network in networks
        }

    def signers(self, network: str) -> frozenset[str]:
        """Signer accounts of the network, as the ledger's list should have them."""
        return self._signers.get(network, frozenset())

    def active_signers(self, network: str) -> frozenset[str]:
        """Those whose person may sign now: neither suspended nor a machine."""
        return frozenset(signer for signer in self.signers(network) if self.read(signer, None).counts)

    def read(self, signer: str, public_key: str | None) -> Signed:
        """Resolve one signature. Without a public key any key of the signer is taken (they have one
        owner).
        """
        for key in self._keys.get(signer, ()):
            if public_key is None or key.public_key.upper() == public_key.upper():
                person = self._people[key.person]
                counts = not (person.suspended or person.machine)
                return Signed(signer, person.id, key.device, frozenset(person.roles), counts)
        return Signed(signer, None, None, frozenset(), False)

    def present(self, signatures: Iterable[ContextSignature], also: str | None = None) -> tuple[Signed, ...]:
        """One entry per signer, in order of signers; ``also`` is the signer about to be added."""
        found: dict[str, Signed] = {}
        for signature in sorted(signatures, key=lambda item: (item.signer, item.public_key or "")):
            entry = self.read(signature.signer, signature.public_key)
            # Two signatures of one signer: the one that belongs to nobody decides, so that it is not hidden.
            if signature.signer not in found or entry.person is None:
                found[signature.signer] = entry
        if also is not None and also not in found:
            found[also] = self.read(also, None)
        return tuple(found[signer] for signer in sorted(found))


@dataclass(frozen=True, slots=True)
class LedgerSigners:
    """A decided `signers` fact, read: quorum and weight by signer account."""

    quorum: int
    weights: Mapping[str, int]
    master_enabled: bool
    fact: Decided

    def weight_of(self, signers: Iterable[Signed]) -> int:
        return sum(self.weights.get(entry.signer, 0) for entry in signers)


def read_signers(fact: Decided, key: str) -> LedgerSigners | Undecided:
    """FACT_MISSING where quorum, a weight or master_enabled is not stated; an unset quorum with no list is
    0.
    """
    value = fact.value
    entries = value.get("signers")
    quorum = number(value["quorum"] if value["quorum"] is not None else 0) if "quorum" in value else None
    master = value.get("master_enabled")
    weights = read_weights(entries)
    if quorum is None or weights is None or not isinstance(master, bool):
        return Undecided(
            "FACT_MISSING",
            "fact_incomplete",
            "signers",
            key,
            lacks="quorum, weights or master_enabled",
            evidence=fact.evidence,
        )
    return LedgerSigners(quorum, weights, master, fact)


def read_weights(entries: JsonValue) -> dict[str, int] | None:
    """Weight by account (or key) of a list such as [{account, weight}], or None where it cannot be read."""
    if not isinstance(entries, list):
        return None
    weights: dict[str, int] = {}
    for entry in entries:
        if not isinstance(entry, dict):
            return None
        name = entry.get("account", entry.get("key"))
        weight = number(entry.get("weight"))
        if not isinstance(name, str) or weight is None:
            return None
        weights[name] = weights.get(name, 0) + weight
    return weights
