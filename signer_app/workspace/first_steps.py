"""Setting up for real, as data: the steps, how one leads to the next, and the plan before a folder exists.

Before the step KEYS nothing is on disk but a plan without secrets, so that giving up leaves nothing and
coming back finds what was typed. With KEYS the workspace exists, whole; what follows is kept in its vault
(first_run.py). A window draws the steps; the table says where one may go.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.config import NETWORK_CLASSES, NetworkClass
from signer_app.core.errors import CountersignError, MalformedError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.states import Edge, StateTable
from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.vault.files import atomic_write, read_bounded, storage_error
from signer_app.vault.kdf import (
    KdfParameters,
    calibrated_parameters,
    derive,
    floor_parameters,
    wipe,
)
from signer_app.vault.strength import strength
from signer_app.workspace.creation import create_workspace

#: Steps before the workspace exists, and from then on; each list in the order of the way.
BEFORE: Final = ("NETWORK", "PERSON", "PASSPHRASES")
AFTER: Final = ("KEYS", "NODES", "ACCOUNTS", "PEOPLE", "DEVICES", "POLICY", "VOTES", "ACTIVE")

SETUP: Final = StateTable(
    name="Setting up",
    initial="NETWORK",
    words={
        "NETWORK": "Network",
        "PERSON": "You",
        "PASSPHRASES": "Passphrases",
        "KEYS": "Your keys",
        "NODES": "Nodes",
        "ACCOUNTS": "Accounts",
        "PEOPLE": "People",
        "DEVICES": "Devices",
        "POLICY": "Policy",
        "VOTES": "Votes",
        "ACTIVE": "Active",
    },
    edges=(
        Edge("NETWORK", "PERSON", "next", "a class is chosen"),
        Edge("PERSON", "NETWORK", "back"),
        Edge("PERSON", "PASSPHRASES", "next", "person, organisation and a new folder"),
        Edge("PASSPHRASES", "PERSON", "back"),
        Edge("PASSPHRASES", "KEYS", "make the workspace", "both passphrases, each twice, not too weak"),
        Edge("KEYS", "NODES", "next", "the enrolment is written"),
        Edge("NODES", "KEYS", "back"),
        Edge("NODES", "ACCOUNTS", "next", "every node answered"),
        Edge("NODES", "POLICY", "a policy came as a file", "every node answered"),
        Edge("ACCOUNTS", "NODES", "back"),
        Edge("ACCOUNTS", "PEOPLE", "next", "an account was read from the ledger"),
        Edge("PEOPLE", "ACCOUNTS", "back"),
        Edge("PEOPLE", "DEVICES", "next", "the keys here can fill each ledger quorum"),
        Edge("DEVICES", "PEOPLE", "back"),
        Edge("DEVICES", "POLICY", "next", "no device belongs to two people"),
        Edge("POLICY", "DEVICES", "back"),
        Edge("POLICY", "NODES", "back, where the policy came as a file"),
        Edge("POLICY", "VOTES", "next", "the policy reads, and names this device key"),
        Edge("VOTES", "POLICY", "back"),
        Edge("VOTES", "ACTIVE", "activate", "all votes that version 1 needs"),
    ),
    final=frozenset({"ACTIVE"}),
)

PLAN_FORMAT: Final = "countersign/first-run-plan@1"
_PERSON: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}\Z")
_LIMIT: Final = 64 * 1024
_MAX_NAME: Final = 200
_CALIBRATION_S: Final = 0.7


@dataclass(frozen=True, slots=True)
class Plan:
    """What was chosen before anything is made; no secret is in it. ``roles`` is text, comma between."""

    step: str = SETUP.initial
    network_class: str = ""
    org: str = ""
    person: str = ""
    roles: str = ""
    folder: str = ""

    @property
    def role_list(self) -> tuple[str, ...]:
        """The roles as names, each once."""
        return tuple(dict.fromkeys(part.strip() for part in self.roles.split(",") if part.strip()))

    def problem(self) -> str:
        """Why this step cannot be left forwards, in one sentence; "" if it can."""
        if self.step == "NETWORK":
            return "" if self.network_class in NETWORK_CLASSES else "Choose the class of network."
        if self.step == "PERSON":
            return self._person_problem()
        return ""

    def _person_problem(self) -> str:
        if not 0 < len(self.org.strip()) <= _MAX_NAME or not self.org.isprintable():
            return "Name the organisation."
        if not _PERSON.match(self.person):
            return "Your id takes letters, digits, dots, hyphens and underscores, such as alice."
        if not self.folder or not Path(self.folder).is_absolute():
            return "Choose a folder for the workspace."
        folder = Path(self.folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            return f"{folder} is not empty. Choose a new folder."
        return ""

    def go(self, target: str) -> Plan:
        """The plan one step on or back. ConflictError WRONG_STATE; UsageError with problem()."""
        SETUP.step(self.step, target)
        forwards = target not in BEFORE or BEFORE.index(target) > BEFORE.index(self.step)
        if forwards and (problem := self.problem()):
            raise UsageError(problem)
        return replace(self, step=target)


class PlanFile:
    """The plan on disk, for the next start of the program."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Plan:
        """What was kept; a new plan where nothing, or nothing that can be read, is there."""
        try:
            value = read_json_object(read_bounded(self._path, _LIMIT))
        except CountersignError:
            return Plan()
        names = set(asdict(Plan()))
        kept = {name: text for name, text in value.items() if name in names and isinstance(text, str)}
        plan = Plan(**kept)
        return plan if value.get("format") == PLAN_FORMAT and plan.step in BEFORE else Plan()

    def save(self, plan: Plan) -> None:
        """Keep it. IntegrityError STORAGE_*."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        value: JsonObject = {"format": PLAN_FORMAT, **asdict(plan)}
        atomic_write(self._path, canonical(value))

    def forget(self) -> None:
        """The workspace is made, or the person starts anew."""
        self._path.unlink(missing_ok=True)


def measured_cost(network_class: NetworkClass) -> tuple[KdfParameters, float]:
    """The cost of hashing for a new workspace here, and how many seconds one try takes.

    For real keys never below the default, and more where this machine is quick.
    """
    parameters = floor_parameters()
    if network_class != "practice":
        calibrated = calibrated_parameters(_CALIBRATION_S)
        parameters = max(calibrated, KdfParameters(), key=lambda found: found.memory_kib)
    started = time.perf_counter()
    wipe(derive(parameters, bytearray(b"measured")))
    return parameters, time.perf_counter() - started


def passphrase_problem(network_class: str, first: bytearray, again: bytearray) -> str:
    """Why these two cannot be taken, in one sentence; "" if they can. Neither is wiped."""
    if not first:
        return "Type a passphrase."
    if network_class != "practice" and strength(first).word == "too weak":
        return "This passphrase is too weak for real keys. Add words."
    if first != again:
        return "The two are not the same."
    return ""


def make_workspace(
    plan: Plan,
    *,
    vault_passphrase: bytearray,
    key_passphrase: bytearray,
    kdf: KdfParameters,
    use_keyring: bool = False,
    tell: Callable[[str], None] = lambda _words: None,
) -> JsonObject:
    """The step from PASSPHRASES to KEYS: the workspace of the plan. {workspace, log_id, device_key}.

    Both buffers are left to the caller to wipe. Raises as create_workspace, which leaves the folder empty
    where it fails; MalformedError for a plan that is not at PASSPHRASES.
    """
    SETUP.step(plan.step, "KEYS")
    if plan.network_class not in NETWORK_CLASSES or replace(plan, step="PERSON").problem():
        raise MalformedError("The plan lacks something; go back to its first step.")
    tell("Making the workspace")
    folder = Path(plan.folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise storage_error(error, f"{folder.parent} cannot be made") from error

    def creator(keys: Path, cost: KdfParameters) -> Keystore:
        return open_keystore(keys, passphrase=bytearray(key_passphrase), create=cost)

    return create_workspace(
        folder,
        network_class=plan.network_class,
        org=plan.org.strip(),
        person=plan.person,
        roles=plan.role_list,
        passphrase=vault_passphrase,
        create_keystore=creator,
        use_keyring=use_keyring,
        kdf=kdf,
    )
