"""The composition root: opens a workspace folder and wires the rooms (DESIGN section 4).

config/platform-config.yaml   nodes, operators, labels
policy/                       activated policies with their votes, one file a version
vault.json                    opens store.db and the journal
keys/*.json                   sealed under their own passphrase; vault.json cannot open them
store.db                      a projection of the journal
logs/                         the journal
reports/                      reports of commands
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from signer_app.chains.port import LedgerReader
from signer_app.chains.registry import CLASS_NETWORKS, ledger_reader
from signer_app.core.canonical import canonical
from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import (
    NetworkClass,
    NodeProfile,
    PlatformConfig,
    config_hash,
    nodes_hash,
    read_config,
    write_config,
)
from signer_app.core.errors import (
    ConflictError,
    IntegrityError,
    MalformedError,
    NodeError,
    NotFoundError,
    UsageError,
)
from signer_app.core.json_types import JsonObject
from signer_app.journal.writer import Head, Journal
from signer_app.nodes.pool import NodePool
from signer_app.proposals.policies import Policies
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.service import ProposalService
from signer_app.proposals.store.projection import Projection
from signer_app.proposals.store.queries import Queries
from signer_app.signers.keystore.client import Keystore
from signer_app.vault.database import open_database
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import atomic_write, private_folder, read_bounded
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.vault.lock import WorkspaceLock

MIGRATIONS = ("signer_app.proposals.migrations",)
CONFIG_LIMIT = 1024 * 1024

#: Opens the person's keystore in the folder given; a passphrase file or a prompt is the caller's choice.
KeystoreOpener = Callable[[Path], Keystore]


class Workspace:
    """An open workspace: one process, one person. Use as a context manager; leaving writes the head."""

    def __init__(
        self,
        directory: Path,
        *,
        stack: ExitStack,
        vault: Vault,
        journal: Journal,
        config: PlatformConfig,
        clock: Clock,
        progress: Callable[[str], None],
    ) -> None:
        """Not for callers: use create or open."""
        self.directory = directory
        self.config = config
        self.vault = vault
        self.journal = journal
        self._stack = stack
        self._keystore: Keystore | None = None
        self._readers: dict[str, LedgerReader] = {}
        identity = vault.get("workspace")
        if not isinstance(identity, dict):
            raise IntegrityError("The vault does not say whose workspace this is.", code="VAULT_BROKEN")
        self.identity: JsonObject = identity
        self.person = str(identity["person"])
        self.networks = CLASS_NETWORKS[config.network_class]
        engine = open_database(directory / "store.db", vault.key(Purpose.STORE), MIGRATIONS)
        stack.callback(engine.dispose)
        self.queries = Queries(engine)
        self.projection = Projection(engine, journal)
        self.rooms = Rooms(
            person=self.person,
            networks=self.networks,
            clock=clock,
            journal=journal,
            queries=self.queries,
            projection=self.projection,
            ledger=self.ledger,
            seal=self.seal,
            keystore_or_none=lambda: self._keystore,
            progress=progress,
        )
        self.policies = Policies(self.rooms, _integer(vault.get("highest_policy")))
        self.proposals = ProposalService(self.rooms, self.policies)

    # -- life ----------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        directory: Path,
        *,
        network_class: NetworkClass,
        org: str,
        person: str,
        roles: tuple[str, ...],
        passphrase: bytearray,
        open_keystore: KeystoreOpener,
        clock: Clock = machine_clock,
    ) -> JsonObject:
        """Make a workspace with its person's device key. {workspace, log_id, device_key}.

        ConflictError EXISTS for a folder that is not empty; a failure leaves no vault behind.
        """
        if directory.exists() and any(directory.iterdir()):
            raise ConflictError(f"{directory} is not empty.", code="EXISTS")
        for name in ("", "config", "policy", "keys", "logs", "reports"):
            private_folder(directory / name)
        with ExitStack() as stack:
            stack.enter_context(WorkspaceLock(directory).acquire())
            keystore = stack.enter_context(open_keystore(directory / "keys"))
            device_key = keystore.create_device_key()
            vault = Vault.create(directory / "vault.json", passphrase, kdf=kdf_for(network_class))
            stack.callback(vault.close)
            config = PlatformConfig(network_class=network_class)
            atomic_write(directory / "config" / "platform-config.yaml", write_config(config))
            journal = Journal.create(
                directory / "logs",
                org=org,
                person=person,
                wrap_key=vault.key(Purpose.JOURNAL_WRAP),
                device_public_key=bytes.fromhex(device_key.removeprefix("ed25519:")),
                clock=clock,
            )
            stack.callback(journal.close)
            journal.append(
                "config.seen", {"config_hash": config_hash(config), "nodes_hash": nodes_hash(config)}
            )
            vault.put(
                "workspace",
                {"org": org, "person": person, "roles": list(roles), "log_id": journal.log_id,
                 "device_key": device_key},
            )  # fmt: skip
            vault.put("nodes_hash", nodes_hash(config))
            vault.put("head", journal.head().to_json())
        return {"workspace": str(directory), "log_id": journal.log_id, "device_key": device_key}

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        passphrase: bytearray,
        clock: Clock = machine_clock,
        progress: Callable[[str], None] = lambda _text: None,
        confirm_repair: bool = False,
    ) -> Workspace:
        """Open for work: lock, vault, journal, store, in this order; then explain what a crash left open.

        NotFoundError NOT_A_WORKSPACE, ConflictError WORKSPACE_LOCKED, IntegrityError of vault or journal.
        """
        if not (directory / "vault.json").is_file():
            raise NotFoundError(f"{directory} is no workspace.", code="NOT_A_WORKSPACE")
        with ExitStack() as stack:
            stack.enter_context(WorkspaceLock(directory).acquire())
            vault = Vault.open(directory / "vault.json", passphrase)
            stack.callback(vault.close)
            config = read_config(read_bounded(directory / "config" / "platform-config.yaml", CONFIG_LIMIT))
            identity = vault.get("workspace")
            if not isinstance(identity, dict):
                raise IntegrityError("The vault does not say whose workspace this is.", code="VAULT_BROKEN")
            head = vault.get("head")
            journal = Journal.open(
                directory / "logs",
                person=str(identity["person"]),
                wrap_key=vault.key(Purpose.JOURNAL_WRAP),
                clock=clock,
                head=Head.from_json(head) if isinstance(head, dict) else None,
                confirm_repair=confirm_repair,
            )
            stack.callback(journal.close)
            workspace = cls(
                directory, stack=stack, vault=vault, journal=journal, config=config, clock=clock,
                progress=progress,
            )  # fmt: skip
            workspace.projection.catch_up()
            workspace.proposals.explain_interruptions()
            workspace._stack = stack.pop_all()
        return workspace

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write the head (and a checkpoint, if the keys are open), then close every room."""
        with self._stack:
            if not self.journal.poisoned:
                self.seal()

    # -- keys and checkpoints ------------------------------------------------------------------------------

    def unlock_keys(self, open_keystore: KeystoreOpener) -> Keystore:
        """Start the key process of this person. What was not under a checkpoint yet comes under one first."""
        if self._keystore is None:
            keystore = self._stack.enter_context(open_keystore(self.directory / "keys"))
            if keystore.device_public_key() != self.identity["device_key"]:
                raise IntegrityError(
                    "The device key in keys/ is not the one this workspace was made with.",
                    code="KEY_FILE_BROKEN",
                )
            self._keystore = keystore
            self.seal()
        return self._keystore

    def seal(self) -> None:
        """Head to the vault; with open keys also a checkpoint by the device key (CONTRACTS E)."""
        keystore = self._keystore
        if keystore is not None and keystore.alive and self.journal.size > self.journal.checkpointed:
            self.journal.checkpoint(
                keystore.sign_checkpoint,
                self.person,
                bytes.fromhex(keystore.device_public_key().removeprefix("ed25519:")),
            )
        head = self.journal.head().to_json()
        if self.vault.get("head") != head:
            self.vault.put("head", head)

    # -- nodes ---------------------------------------------------------------------------------------------

    def ledger(self, network: str) -> LedgerReader:
        """The configured nodes of a network as one reader. NodeError if there are none, or unconfirmed."""
        if network not in self._readers:
            profiles = self.config.profiles(network)
            if not profiles:
                raise NodeError(f"No node is configured for {network}.", hint="Run nodes add.")
            if self.vault.get("nodes_hash") != nodes_hash(self.config):
                raise NodeError(
                    "The list of nodes was changed outside of the program. A person has to confirm it.",
                    code="NODES_UNCONFIRMED",
                )
            self._readers[network] = ledger_reader(
                network, profiles, NodePool, practice=self.config.network_class == "practice"
            )
        return self._readers[network]

    def add_node(self, profile: NodeProfile) -> None:
        """Add a node. Adding to a list that was changed by others needs confirm_nodes first."""
        if self.vault.get("nodes_hash") != nodes_hash(self.config):
            raise UsageError(
                "The list of nodes was changed outside of the program. Confirm it first.",
                code="CONFIRMATION_REQUIRED",
                hint="Run nodes confirm at a terminal.",
            )
        if profile.network not in self.networks:
            raise MalformedError(f"This workspace does not do {profile.network}.", code="NETWORK")
        self._write_config(self.config.with_node(profile))

    def confirm_nodes(self) -> None:
        """A person has read the present list of nodes and stands by it."""
        self._write_config(self.config)

    def set_label(self, identifier: str, label: str) -> None:
        """A name that people see for an account. It decides nothing."""
        labels = {**self.config.labels, identifier: label}
        self._write_config(self.config.model_copy(update={"labels": labels}))

    def _write_config(self, config: PlatformConfig) -> None:
        self.journal.append(
            "config.seen", {"config_hash": config_hash(config), "nodes_hash": nodes_hash(config)}
        )
        atomic_write(self.directory / "config" / "platform-config.yaml", write_config(config))
        self.vault.put("nodes_hash", nodes_hash(config))
        self.config = config
        self._readers.clear()

    # -- policy --------------------------------------------------------------------------------------------

    def activate_policy(self, data: bytes, votes: list[bytes]) -> JsonObject:
        """Activate a voted policy, keep its file, and remember the highest version in the vault's head."""
        result = self.policies.activate(data, votes)
        version = _integer(result["version"])
        self.vault.put("highest_policy", max(version, _integer(self.vault.get("highest_policy"))))
        document: JsonObject = {"policy": self.policies.by_hash(str(result["hash"])).document.raw}
        rows = [row for row in self.queries.policies() if row["hash"] == result["hash"]]
        document["votes"] = rows[0]["votes"]
        atomic_write(self.directory / "policy" / f"{result['id']}-v{version}.json", canonical(document))
        self.seal()
        return result

    # -- store ---------------------------------------------------------------------------------------------

    def rebuild(self) -> JsonObject:
        """Fill the store again from the journal. {records, proposals}."""
        records = self.projection.rebuild()
        return {"records": records, "proposals": len(self.queries.proposals())}


def kdf_for(network_class: NetworkClass) -> KdfParameters:
    """Cost of hashing a passphrase: the floor where keys are worth nothing, the full default elsewhere."""
    return floor_parameters() if network_class == "practice" else KdfParameters()


def _integer(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
