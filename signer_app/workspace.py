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
from signer_app.chains.registry import CLASS_NETWORKS, chain_of
from signer_app.core.caip import parse_account
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
    DeniedError,
    IntegrityError,
    MalformedError,
    NodeError,
    NotFoundError,
    SignerError,
    UsageError,
)
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.journal.proofs import prove
from signer_app.journal.verifying import vault_keys, verify
from signer_app.journal.writer import Head, Journal
from signer_app.nodes.readers import Readers
from signer_app.policy.document import read_policy
from signer_app.policy.votes import make_vote
from signer_app.proposals.judging import DEFAULT_WINDOW_S
from signer_app.proposals.policies import Policies
from signer_app.proposals.reading import Reading
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.service import ProposalService
from signer_app.proposals.store.projection import Projection
from signer_app.proposals.store.queries import Queries
from signer_app.signers.keystore.client import KeyInfo, Keystore
from signer_app.vault.database import open_database
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import atomic_write, private_folder, read_bounded
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.vault.lock import WorkspaceLock

MIGRATIONS = ("signer_app.proposals.migrations",)
CONFIG_LIMIT = 1024 * 1024

#: Opens the person's keystore in the folder given; a passphrase file or a prompt is the caller's choice.
KeystoreOpener = Callable[[Path], Keystore]
#: The same for a new keystore, with its cost of hashing.
KeystoreCreator = Callable[[Path, KdfParameters], Keystore]

#: How many operators must agree before a policy says so itself.
DEFAULT_MIN_AGREE = 2


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
        self._readers = Readers(config, clock=clock)
        self._clock = clock
        stack.callback(self._close_readers)
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
        self.reading = Reading(self.rooms, self.policies)

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
        create_keystore: KeystoreCreator,
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
            kdf = kdf_for(network_class)
            keystore = stack.enter_context(create_keystore(directory / "keys", kdf))
            device_key = keystore.create_device_key()
            vault = Vault.create(directory / "vault.json", passphrase, kdf=kdf)
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
            if self.journal.usable:
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
        head = self.journal.head().to_json()
        if keystore is not None and keystore.alive and self.vault.get("checkpoint") != head:
            self.journal.checkpoint(
                keystore.sign_checkpoint,
                self.person,
                bytes.fromhex(keystore.device_public_key().removeprefix("ed25519:")),
            )
            self.vault.put("checkpoint", head)
        if self.vault.get("head") != head:
            self.vault.put("head", head)

    # -- nodes ---------------------------------------------------------------------------------------------

    def ledger(self, network: str) -> LedgerReader:
        """The configured nodes of a network as one reader. NodeError if there are none, or unconfirmed."""
        if not self.nodes_confirmed:
            raise NodeError(
                "The list of nodes was changed outside of the program. A person has to confirm it.",
                code="NODES_UNCONFIRMED",
            )
        return self._readers.ledger(network, min_agree=self._min_agree())

    def _min_agree(self) -> int:
        try:
            return self.policies.in_force(self._clock()).document.body.facts.min_agree
        except DeniedError:
            return DEFAULT_MIN_AGREE

    @property
    def nodes_confirmed(self) -> bool:
        """Whether the node list is the one that was last set or confirmed through the program."""
        return self.vault.get("nodes_hash") == nodes_hash(self.config)

    def _close_readers(self) -> None:
        self._readers.close()  # those of the newest configuration, whichever that is by then

    def add_node(self, profile: NodeProfile) -> None:
        """Add a node. Adding to a list that was changed by others needs confirm_nodes first."""
        if not self.nodes_confirmed:
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

    def _write_config(self, config: PlatformConfig) -> None:
        self.journal.append(
            "config.seen", {"config_hash": config_hash(config), "nodes_hash": nodes_hash(config)}
        )
        atomic_write(self.directory / "config" / "platform-config.yaml", write_config(config))
        self.vault.put("nodes_hash", nodes_hash(config))
        self.config = config
        self._readers.close()
        self._readers = Readers(config, clock=self._clock)

    def describe_nodes(self) -> JsonObject:
        """{nodes: [{id, operator, network, url, ws, roles}], confirmed}."""
        return {"nodes": self.config.to_json()["nodes"], "confirmed": self.nodes_confirmed}

    def test_nodes(self) -> JsonObject:
        """Ask every node who it is. {ok, nodes: [{id, operator, network, answer, validated, history}]}."""
        if not self.nodes_confirmed:
            raise NodeError("The list of nodes is not confirmed.", code="NODES_UNCONFIRMED")
        results: list[JsonValue] = []
        good = bool(self.config.nodes)
        for network in self.networks:
            for reply in self._readers.xrpl_pool().status(network) if self.config.nodes else ():
                status = reply.value
                good = good and status is not None
                results.append(
                    {
                        "id": reply.node.id,
                        "operator": reply.node.operator,
                        "network": network,
                        "answer": "ok" if status is not None else str(reply.error),
                        "validated": str(status.validated) if status is not None else None,
                        "history": _spans(status.history.ranges) if status is not None else None,
                    }
                )
        return {"ok": good, "nodes": results}

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

    def vote(self, data: bytes) -> JsonObject:
        """This person's vote for a policy, signed by the device key and journaled."""
        document = read_policy(data)
        keystore = self.keystore()
        vote = make_vote(
            document,
            person=self.person,
            device_key=keystore.device_public_key(),
            signature=bytes.fromhex(keystore.sign_statement("policy", document.hash)),
        ).to_json()
        self.rooms.record("note", {"text": "policy vote", "policy_hash": document.hash, "vote": vote})
        self.seal()
        return vote

    # -- keys, accounts ------------------------------------------------------------------------------------

    def keystore(self) -> Keystore:
        """The open key process. UsageError PASSPHRASE_REQUIRED while the keys are locked."""
        return self.rooms.keystore()

    def generate_key(self, key_id: str, curve: str) -> JsonObject:
        """Draw a chain key. {id, curve, public_key, accounts}."""
        return self._note_key("key generated", self.keystore().generate_key(key_id, curve))

    def import_key(self, key_id: str, curve: str, seed_file: Path) -> JsonObject:
        """Import a chain key; only the key process opens the file. {id, curve, public_key, accounts}."""
        return self._note_key("key imported", self.keystore().import_key(key_id, curve, seed_file))

    def _note_key(self, text: str, key: KeyInfo) -> JsonObject:
        result = self._describe_key(key)
        self.rooms.record("note", {"text": text, "key": result})
        return result

    def key(self, key_id: str) -> KeyInfo:
        """A chain key by its id. SignerError KEY_NOT_FOUND."""
        for key in self.keystore().keys():  # noqa: SIM118 - a keystore is no dict
            if key.id == key_id:
                return key
        raise SignerError(f"There is no key {key_id[:64]} here.", code="KEY_NOT_FOUND")

    def describe_keys(self) -> JsonObject:
        """{person, device_key, keys: [{id, curve, public_key, accounts}]}, public parts only."""
        keys: list[JsonValue] = [self._describe_key(key) for key in self.keystore().keys()]  # noqa: SIM118 - a keystore is no dict
        return {"person": self.person, "device_key": self.keystore().device_public_key(), "keys": keys}

    def _describe_key(self, key: KeyInfo) -> JsonObject:
        accounts: list[JsonValue] = list(key.accounts(self.networks))
        return {"id": key.id, "curve": key.curve, "public_key": key.public_key, "accounts": accounts}

    def list_accounts(self) -> JsonObject:
        """{accounts: [{account, label, in_policy}]}: named ones, and those that the policy in force names."""
        try:
            scope = {entry.account for entry in self.policies.in_force(self._clock()).document.body.accounts}
        except DeniedError:
            scope = set()
        named = {name: label for name, label in self.config.labels.items() if _is_account(name)}
        found: list[JsonValue] = [
            {"account": account, "label": named.get(account), "in_policy": account in scope}
            for account in sorted({*named, *scope})
        ]
        return {"accounts": found}

    def show_account(self, account: str) -> JsonObject:
        """{account, facts}: what each operator says about an account at one validated ledger."""
        network = parse_account(account).network
        facts = self.ledger(network).facts(account=account, destinations=(), window_s=DEFAULT_WINDOW_S)
        kept: list[JsonValue] = [fact.to_json() for fact in facts if fact.kind in ("account", "signers")]
        return {"account": account, "facts": kept}

    def describe(self) -> JsonObject:
        """Whose workspace this is and how far it has come."""
        policies = self.reading.policies()
        return {
            **{name: self.identity[name] for name in ("org", "person", "roles", "log_id", "device_key")},
            "workspace": str(self.directory),
            "class": self.config.network_class,
            "networks": list(self.networks),
            "nodes": len(self.config.nodes),
            "nodes_confirmed": self.nodes_confirmed,
            "policy_in_force": policies["in_force"],
            "proposals": len(self.queries.proposals()),
            "records": self.journal.size,
        }

    def add_account(self, account: str, label: str) -> JsonObject:
        """Name an account of this workspace's networks; the checksum of its address is checked."""
        network = parse_account(account).network
        if network not in self.networks:
            raise MalformedError(f"This workspace does not do {network}.", code="NETWORK")
        known = chain_of(network).normalise_account(account, network)
        labels = {**self.config.labels, known: label}
        self._write_config(self.config.with_labels(labels))
        return {"account": known, "label": label}

    # -- journal -------------------------------------------------------------------------------------------

    def prove_record(self, index: int) -> JsonObject:
        """A proof of one record that anybody can check without a key (CONTRACTS C6)."""
        return prove(self.directory / "logs", index, self.vault.key(Purpose.JOURNAL_WRAP))

    # -- store ---------------------------------------------------------------------------------------------

    def rebuild(self) -> JsonObject:
        """Fill the store again from the journal. {records, proposals}."""
        records = self.projection.rebuild()
        return {"records": records, "proposals": len(self.queries.proposals())}


def verify_with_vault(
    workspace: Path, path: Path, passphrase: bytearray, checkpoints: tuple[Path, ...]
) -> JsonObject:
    """Verify a journal, decrypt every record, and hold it against the vault's head. Never writes."""
    vault = Vault.open(workspace / "vault.json", passphrase)
    try:
        head = vault.get("head")
        return verify(
            path,
            checkpoint_files=checkpoints,
            head=Head.from_json(head) if isinstance(head, dict) else None,
            epoch_keys=vault_keys(workspace / "logs", vault.key(Purpose.JOURNAL_WRAP)),
        ).to_json()
    finally:
        vault.close()


def kdf_for(network_class: NetworkClass) -> KdfParameters:
    """Cost of hashing a passphrase: the floor where keys are worth nothing, the full default elsewhere."""
    return floor_parameters() if network_class == "practice" else KdfParameters()


def _spans(ranges: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"{first}-{last}" for first, last in ranges)


def _is_account(text: str) -> bool:
    """Labels may name assets and policies too."""
    try:
        parse_account(text)
    except MalformedError:
        return False
    return True


def _integer(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
