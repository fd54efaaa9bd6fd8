"""Opening a workspace: lock, vault, journal, store, in this order; and the services over them. Looking at one
takes no lock and writes nothing (docs/decisions/0018).
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from signer_app.chains.port import LedgerReader
from signer_app.chains.registry import CLASS_NETWORKS
from signer_app.core.canonical import canonical
from signer_app.core.clock import Clock, machine_clock
from signer_app.core.config import NetworkClass, read_config
from signer_app.core.errors import DeniedError, IntegrityError, SignerError
from signer_app.core.json_types import JsonObject
from signer_app.journal.looking import LookedAtJournal
from signer_app.journal.proofs import prove
from signer_app.journal.verifying import holds_checkpoint
from signer_app.journal.writer import Head, Journal
from signer_app.policy.schema import Key
from signer_app.policy.votes import make_vote
from signer_app.proposals.batches import Batches
from signer_app.proposals.listing import Listing
from signer_app.proposals.policies import Policies
from signer_app.proposals.preview import Previews
from signer_app.proposals.reading import Reading
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.service import ProposalService
from signer_app.proposals.store.projection import Projection
from signer_app.proposals.store.queries import Queries
from signer_app.signers.keystore.client import Keystore
from signer_app.signers.ledger.desk import SILENT, Desk
from signer_app.treasury.view import Treasury
from signer_app.vault.copy import copy_database
from signer_app.vault.database import Store, open_database
from signer_app.vault.envelope import Purpose, Vault
from signer_app.vault.files import atomic_write, read_bounded
from signer_app.vault.lock import WorkspaceLock
from signer_app.workspace.accounts import Accounts
from signer_app.workspace.book import Book
from signer_app.workspace.creation import CONFIG_FILE, identity_of
from signer_app.workspace.devices import ConnectedDevices, Devices, device_buses
from signer_app.workspace.drafts import Drafts
from signer_app.workspace.heads import Heads
from signer_app.workspace.keys import Keys, KeystoreOpener, raw_device_key
from signer_app.workspace.nodes import CONFIG_LIMIT, Nodes
from signer_app.workspace.passed_tests import PassedTests
from signer_app.workspace.standing import Checked
from signer_app.workspace.unsealing import unseal, vault_file

#: The database and what it keeps beside it while it is open.
STORE_FILES = ("store.db", "store.db-wal", "store.db-shm")
MIGRATIONS = ("signer_app.proposals.migrations",)
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
        engine: Store,
        heads: Heads,
        clock: Clock,
        desk: Desk,
        offline: bool,
    ) -> None:
        """Not for callers: use open or look."""
        self.directory = directory
        self.vault = vault
        self.journal = journal
        self._heads = heads
        self.identity = identity_of(vault)
        self.person = str(self.identity["person"])
        #: The last check of every record (workspace/journal.py), None before one.
        self.checked: Checked | None = None
        self._stack = stack
        self._clock = clock
        network_class = _network_class(directory, self.identity)
        self.networks = CLASS_NETWORKS[network_class]
        self.queries = Queries(engine)
        self.projection = Projection(engine, journal)
        self.rooms = Rooms(
            person=self.person,
            networks=self.networks,
            clock=clock,
            journal=journal,
            queries=self.queries,
            projection=self.projection,
            ledger=self._ledger,
            seal=self.seal,
            keystore_or_none=lambda: self.keys.unlocked,
            progress=desk.tell,
        )
        self.keys = Keys(
            directory / "keys", self.networks, str(self.identity["device_key"]), self.rooms.record
        )
        stack.callback(self.keys.close)
        self.devices = self._open_devices(network_class, desk)
        stack.callback(self.devices.close)
        self.policies = Policies(
            self.rooms, _integer(vault.get("highest_policy")), _integer(vault.get("policy_expected"))
        )
        self.nodes = Nodes(
            directory / CONFIG_FILE,
            vault,
            networks=self.networks,
            clock=clock,
            offline=offline,
            record=self.rooms.record,
            min_agree=self._min_agree,
        )
        stack.callback(self.nodes.close)
        self._open_services(clock)

    def _open_services(self, clock: Clock) -> None:
        """What people do here, over the open rooms."""
        self.accounts = Accounts(
            self.nodes, self.policies, self.rooms.queries, self.networks, clock, self.person
        )
        self.proposals = ProposalService(self.rooms, self.policies)
        self.previews = Previews(self.rooms, self.policies)
        self.batches = Batches(self.rooms, self.policies, self.proposals, self.previews)
        self.listing = Listing(self.rooms)
        self.drafts = Drafts(self.directory / "drafts.json", self.vault)
        self.book = Book(self.policies, self.queries, clock)
        self.tests = PassedTests(self.vault, clock, self.rooms.record)
        self.reading = Reading(self.rooms, self.policies)
        self.treasury = Treasury(self.rooms, self.policies)

    def _open_devices(self, network_class: NetworkClass, desk: Desk) -> Devices:
        """Their process starts when one is first asked for."""
        return Devices(
            ConnectedDevices(device_buses(self.directory, network_class), desk),
            person=self.person,
            keys=self._policy_keys,
            keystore=self.keys.keystore,
        )

    # -- life ----------------------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        directory: Path,
        *,
        passphrase: bytearray,
        clock: Clock = machine_clock,
        desk: Desk = SILENT,
        confirm_repair: bool = False,
        offline: bool = False,
        discard_store: bool = False,
    ) -> Workspace:
        """Open for work, then explain what a crash left open. With ``offline`` no node is ever asked.
        ``desk`` is told of progress, and of what a device will show. ``discard_store`` throws the database
        away first: opening fills a new one from the journal.

        NotFoundError NOT_A_WORKSPACE, ConflictError WORKSPACE_LOCKED, IntegrityError of vault or journal.
        """
        file = vault_file(directory)
        with ExitStack() as stack:
            stack.enter_context(WorkspaceLock(directory).acquire())
            unsealed = unseal(file, passphrase, stack)
            vault, heads = unsealed.vault, unsealed.heads
            journal = stack.enter_context(
                Journal.open(
                    directory / "logs",
                    person=str(unsealed.identity["person"]),
                    wrap_key=vault.key(Purpose.JOURNAL_WRAP),
                    clock=clock,
                    head=heads.vault_head(),
                    other_heads=heads.keyring_heads(may_lack=confirm_repair),
                    confirm_repair=confirm_repair,
                )
            )
            if discard_store or journal.gave_up:
                for name in STORE_FILES:
                    (directory / name).unlink(missing_ok=True)
            if confirm_repair:
                if heads.keyring_lacked:
                    journal.append("note", {"text": "a person opened it without the keyring's head"})
                heads.keep(journal.head())  # the old heads name records that were given up
            engine = open_database(directory / STORE_FILES[0], vault.key(Purpose.STORE), MIGRATIONS)
            stack.callback(engine.dispose)
            workspace = cls(
                directory, stack=stack, vault=vault, journal=journal, engine=engine, heads=heads,
                clock=clock, desk=desk, offline=offline,
            )  # fmt: skip
            workspace.projection.catch_up()
            journal.know_blobs(workspace.queries.blob_record)
            workspace.proposals.explain_interruptions()
            workspace.proposals.settle_statements()
            workspace.nodes.note_seen()
            workspace._look_for_checkpoint()
            workspace._stack = stack.pop_all()
        return workspace

    @classmethod
    def look(
        cls,
        directory: Path,
        *,
        passphrase: bytearray,
        clock: Clock = machine_clock,
        desk: Desk = SILENT,
        offline: bool = False,
        held: bool = False,
    ) -> Workspace:
        """Open to look only, also while another process works in it. Nothing in the folder is written and no
        lock is taken; whatever would write raises ConflictError READ_ONLY. ``follow`` shows what came since.
        ``held``: it could not be opened for work, which is then the reason that is given.

        NotFoundError NOT_A_WORKSPACE, IntegrityError of vault or journal.
        """
        with ExitStack() as stack:
            unsealed = unseal(vault_file(directory), passphrase, stack, read_only=True)
            vault, heads = unsealed.vault, unsealed.heads
            # Each step before reads what is written after the next: heads, store, then the journal itself.
            kept = heads.vault_head(), heads.keyring_heads()
            engine = copy_database(directory / STORE_FILES[0], vault.key(Purpose.STORE), MIGRATIONS)
            stack.callback(engine.dispose)
            journal = stack.enter_context(
                LookedAtJournal.look(
                    directory / "logs",
                    person=str(unsealed.identity["person"]),
                    wrap_key=vault.key(Purpose.JOURNAL_WRAP),
                    clock=clock,
                    head=kept[0],
                    other_heads=kept[1],
                    held=held,
                )
            )
            workspace = cls(
                directory, stack=stack, vault=vault, journal=journal, engine=engine, heads=heads,
                clock=clock, desk=desk, offline=offline,
            )  # fmt: skip
            workspace.projection.catch_up()
            journal.know_blobs(workspace.queries.blob_record)
            workspace._stack = stack.pop_all()
        return workspace

    def follow(self) -> int:
        """Where one looks only: take what another process has written since. The number of new records."""
        if not isinstance(self.journal, LookedAtJournal):
            return 0
        self.vault.look_again()
        self.nodes.look_again()
        count = self.journal.follow()
        if count:
            self.projection.catch_up()
        return count

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
                self.nodes.keep_certificates()
                self.seal()

    # -- keys and checkpoints ------------------------------------------------------------------------------

    def unlock_keys(self, open_keystore: KeystoreOpener) -> Keystore:
        """Start the key process. What was not under a checkpoint yet comes under one before anything else.

        ConflictError READ_ONLY where one looks only: keys could do nothing, and wrong passphrases are counted
        in the folder.
        """
        self.vault.refuse_read_only()
        keystore = self.keys.unlock(open_keystore)
        self.seal()
        return keystore

    def seal(self) -> None:
        """Head to vault and keyring; with open keys also a checkpoint by the device key (CONTRACTS E)."""
        keystore = self.keys.keystore_or_none
        head = self.journal.head()
        if keystore is not None and self.vault.get("checkpoint") != head.to_json():
            self._checkpoint(keystore, head.to_json())
        self._heads.keep(head)

    def _checkpoint(self, keystore: Keystore, head: JsonObject) -> None:
        """A key process that dies now costs the checkpoint alone: it follows at the next unlock. What was
        released is in the journal already, and must not look as if it had failed."""
        try:
            self.journal.checkpoint(
                keystore.sign_checkpoint, self.person, raw_device_key(keystore.device_public_key())
            )
        except SignerError as error:
            self.rooms.progress(f"No checkpoint now: {error.message}")
            return
        self.vault.put("checkpoint", head)

    def sign_on_device(self, identifier: str, device: str, *, path: str | None = None) -> JsonObject:
        """Release one signature made on a hardware wallet (CONTRACTS C5 sign)."""
        return self.proposals.sign_on_device(
            identifier, lambda network: self.devices.signing_key(device, network, path=path)
        )

    # -- nodes and policy ----------------------------------------------------------------------------------

    def _look_for_checkpoint(self) -> None:
        """The vault remembers the last checkpoint. Where checkpoints.log lost it, say so and make another."""
        last = self.vault.get("checkpoint")
        if isinstance(last, dict) and not holds_checkpoint(self.directory / "logs", Head.from_json(last)):
            self.rooms.record(
                "note", {"text": "checkpoints.log lacks the last checkpoint", "checkpoint": last}
            )
            self.rooms.progress(
                "checkpoints.log lacks the last checkpoint; a new one follows with your keys."
            )
            self.vault.put("checkpoint", None)

    def _ledger(self, network: str) -> LedgerReader:
        return self.nodes.ledger(network)

    def _policy_keys(self) -> list[Key]:
        return self.policies.in_force(self._clock()).document.body.keys

    def _min_agree(self) -> int:
        try:
            return self.policies.in_force(self._clock()).document.body.facts.min_agree
        except DeniedError:
            return DEFAULT_MIN_AGREE

    def activate_policy(self, data: bytes, votes: list[bytes]) -> JsonObject:
        """Activate a voted policy, keep its file, and remember the highest version in the vault's head."""
        result = self.policies.activate(data, votes)
        version = _integer(result["version"])
        self.vault.put("highest_policy", max(version, _integer(self.vault.get("highest_policy"))))
        self._heads.keep_policy(version)
        document: JsonObject = {"policy": self.policies.by_hash(str(result["hash"])).document.raw}
        rows = [row for row in self.queries.policies() if row["hash"] == result["hash"]]
        document["votes"] = rows[0]["votes"]
        atomic_write(self.directory / "policy" / f"{result['id']}-v{version}.json", canonical(document))
        self.proposals.settle_statements()
        self.seal()
        return result

    def vote(self, data: bytes) -> JsonObject:
        """This person's vote for a policy, signed by the device key and journaled. MalformedError as
        Policies.read.
        """
        document = self.policies.read(data)
        keystore = self.keys.keystore()
        vote = make_vote(
            document,
            person=self.person,
            device_key=keystore.device_public_key(),
            signature=bytes.fromhex(keystore.sign_statement("policy", document.hash)),
        ).to_json()
        self.rooms.record("note", {"text": "policy vote", "policy_hash": document.hash, "vote": vote})
        self.seal()
        return vote

    # -- the whole -----------------------------------------------------------------------------------------

    def describe(self) -> JsonObject:
        """Whose workspace this is and how far it has come."""
        config = self.nodes.config
        return {
            **{name: self.identity[name] for name in ("org", "person", "roles", "log_id", "device_key")},
            "workspace": str(self.directory),
            "class": config.network_class,
            "networks": list(self.networks),
            "nodes": len(config.nodes),
            "nodes_confirmed": self.nodes.confirmed,
            "policy_in_force": self.reading.policies()["in_force"],
            "proposals": self.queries.count(),
            "records": self.journal.size,
            **self.reading.halts(),
            "keyring": self.vault.keyring,
            "head_kept_in": list(self._heads.places),
        }

    def contents(self) -> JsonObject:
        """What the store holds after it was filled. {records, proposals}."""
        return {"records": self.journal.size, "proposals": self.queries.count()}

    def prove_record(self, index: int) -> JsonObject:
        """A proof of one record that anybody can check without a key (CONTRACTS C6)."""
        return prove(self.directory / "logs", index, self.vault.key(Purpose.JOURNAL_WRAP))


def _network_class(directory: Path, identity: JsonObject) -> NetworkClass:
    """The class that the workspace was made for; the configuration may not say another (DESIGN section 4)."""
    stated = read_config(read_bounded(directory / CONFIG_FILE, CONFIG_LIMIT)).network_class
    if stated != identity["class"]:
        raise IntegrityError(
            f"This workspace was made for {identity['class']}, and its configuration says {stated}.",
            code="CLASS_CHANGED",
        )
    return stated


def _integer(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
