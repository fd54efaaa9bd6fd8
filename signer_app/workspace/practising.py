"""A place to practise: a ledger, a treasury, two colleagues, a hardware wallet and a payment that waits.

    practice.json            what it is: port of the ledger, whose workspace, when it was whole
    ledger/                  the practice ledger's state
    workspaces/practice/     the person's workspace, with devices/nano-1 in it
    workspaces/alice, carol  the colleagues'; secrets/ opens them, since their keys are worth nothing
    secrets/

The person's own passphrase is drawn here, given out once, and kept nowhere. The ledger and the device are
processes that the place's keeper starts and ends; they listen where the workspaces' node lists say.
"""

from __future__ import annotations

import secrets
import shutil
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Final

from signer_app.chains.intents import Pay
from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.config import read_profile
from signer_app.core.errors import ConflictError, CountersignError, MalformedError, SignerError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.practice.devices.remote import DeviceRemote
from signer_app.practice.policy_text import CUSTODIAN_TAG, Member, policy_yaml
from signer_app.practice.processes import Serving
from signer_app.practice.treasury import NETWORK, World, endpoints_of
from signer_app.practice.xrpl.sponsor import PracticeNode
from signer_app.proposals.intake import Order
from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.signers.ledger.signer import USUAL_PATHS
from signer_app.vault.files import atomic_write, private_folder, read_bounded, write_private
from signer_app.vault.kdf import KdfParameters, wipe
from signer_app.vault.lock import WorkspaceLock
from signer_app.workspace.composition import Workspace
from signer_app.workspace.creation import create_workspace
from signer_app.workspace.devices import PRACTICE_FOLDER

PLACE_FILE: Final = "practice.json"
FORMAT: Final = "countersign/practice-place@1"
YOU: Final = "you"
#: The name of your workspace's folder, which is what windows show.
FOLDER: Final = "practice"
DEVICE: Final = "nano-1"
#: (person, role): alice proposes, carol has signed already, you are the one who is missing.
PEOPLE: Final = (("alice", "finance"), (YOU, "finance"), ("carol", "security"))
ORG: Final = "practice"
AMOUNT: Final = "25000"
#: A ledger closes as often as on the real network, more or less (xrpl.org: 3 to 5 s).
CLOSE_MS: Final = 3000
#: Without letters and digits that look alike (Crockford's base 32): 20 of them are 100 bits.
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP = 5, 4
_LIMIT: Final = 64 * 1024

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A new place. ``passphrase`` opens the vault and the keys of ``workspace``; its holder wipes it."""

    root: Path
    workspace: Path
    passphrase: bytearray
    proposal_id: str
    processes: PracticeProcesses


class PracticeProcesses:
    """The ledger and the device of one place. Whoever started them ends them: close()."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._children: list[Serving] = []
        self.ready: JsonObject = {}

    def start(self, port: int) -> None:
        """Start what does not run yet. Something else may have been left running by a window that was
        killed: what answers there is used and not ended here. SignerError SIGNER_UNAVAILABLE.
        """
        self.start_ledger(port)
        for folder in sorted((self.root / "workspaces").glob(f"*/{PRACTICE_FOLDER}/*")):
            if folder.is_dir():
                self.start_device(folder)

    def start_ledger(self, port: int) -> None:
        """The ledger, on this port and the next one."""
        if not _answers(port):
            self._serve(
                "practice", "start", "--dir", str(self.root / "ledger"), "--port", str(port),
                "--close-ms", str(CLOSE_MS),
            )  # fmt: skip

    def start_device(self, folder: Path) -> None:
        """A device; its owner presses the buttons."""
        with suppress(SignerError):
            DeviceRemote(folder).close()
            return
        self._serve("practice", "device", "--dir", str(folder))

    def _serve(self, *arguments: str) -> None:
        child = Serving(*arguments)
        self._children.append(child)
        if "networks" in child.ready:
            self.ready = child.ready

    @property
    def alive(self) -> bool:
        """Whether all that were started here still run."""
        return all(child.alive for child in self._children)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of what was started here."""
        return tuple(child.pid for child in self._children)

    def close(self) -> None:
        """End what was started here."""
        while self._children:
            self._children.pop().stop()


def place_of(workspace: Path) -> Path | None:
    """The place that a workspace belongs to; null for every other workspace."""
    root = workspace.resolve().parent.parent
    with suppress(CountersignError):
        if _description(root)["whole"] is True:
            return root
    return None


def start_place(root: Path) -> PracticeProcesses:
    """Start the processes of a place that was made before. SignerError SIGNER_UNAVAILABLE, NotFoundError."""
    port = _description(root)["port"]
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65535:
        raise MalformedError(f"{PLACE_FILE} names no port.")
    processes = PracticeProcesses(root)
    try:
        processes.start(port)
    except BaseException:
        processes.close()
        raise
    return processes


def _description(root: Path) -> JsonObject:
    value = read_json_object(read_bounded(root / PLACE_FILE, _LIMIT))
    if value.get("format") != FORMAT or not {"whole", "port"} <= set(value):
        raise MalformedError(f"{PLACE_FILE} is of another form.")
    return value


# -- making -------------------------------------------------------------------------------------------------


def make_place(home: Path, *, tell: Tell, stop: Event) -> Made:
    """Make a new place below ``home``: practice-1, or the next number. Takes some ten seconds.

    ``tell`` hears of each step; once ``stop`` is set the next step ends it. Whatever fails or is stopped,
    nothing is left: no process, no folder. Places whose making was killed are removed first. UsageError when
    stopped; SignerError, IntegrityError STORAGE_*.
    """
    home.mkdir(parents=True, exist_ok=True)
    _remove_halves(home)
    root = _next_folder(home)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, root, ignore_errors=True)
        undo.enter_context(WorkspaceLock(root).acquire())
        processes = PracticeProcesses(root)
        undo.callback(processes.close)
        made = _Making(root, processes, tell, stop).make()
        undo.pop_all()
    return made


def remove_place(made: Made) -> None:
    """Undo a making that nobody wants any more: end its processes, wipe the passphrase, remove the folder."""
    made.processes.close()
    wipe(made.passphrase)
    shutil.rmtree(made.root, ignore_errors=True)


def _next_folder(home: Path) -> Path:
    """A new folder with a place file that says it is not whole yet."""
    for number in range(1, 1000):
        root = home / f"practice-{number}"
        with suppress(FileExistsError):
            root.mkdir(mode=0o700)
            describe_place(root, port=0, whole=False)
            return root
    raise ConflictError(f"{home} holds too many places to practise.", code="EXISTS")


def _remove_halves(home: Path) -> None:
    """Folders whose making was killed: marked as not whole, and nobody holds their lock."""
    for root in home.glob("practice-*"):
        with suppress(CountersignError):
            if _description(root)["whole"] is False:
                with WorkspaceLock(root).acquire():
                    shutil.rmtree(root, ignore_errors=True)


def describe_place(root: Path, *, port: int, whole: bool, person: str = YOU) -> None:
    """Write what ``root`` is: whoever opens one of its workspaces can then start its ledger and devices."""
    value: JsonObject = {"format": FORMAT, "port": port, "person": person, "whole": whole}
    atomic_write(root / PLACE_FILE, canonical(value))


def draw_passphrase() -> str:
    """100 random bits as five groups that can be written down."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


class _Making:
    """The steps of one making."""

    def __init__(self, root: Path, processes: PracticeProcesses, tell: Tell, stop: Event) -> None:
        self._root, self._processes, self._tell, self._stop = root, processes, tell, stop
        self._secrets = {person: draw_passphrase() for person, _ in PEOPLE}
        self._world = World.fresh()
        self._members: list[Member] = []

    def make(self) -> Made:
        port = two_ports()
        self._step("Starting a practice ledger with two operators")
        for name in ("ledger", "workspaces", "secrets"):
            private_folder(self._root / name)
        self._processes.start_ledger(port)
        endpoints, genesis = endpoints_of(self._processes.ready)
        with ExitStack() as stack:
            opened = {}
            for person, role in PEOPLE:
                whose = "your workspace" if person == YOU else f"the workspace of {person}"
                self._step(f"Making {whose}")
                opened[person] = stack.enter_context(self._workspace(person, role, endpoints))
            self._step("Setting up a treasury by signed transactions")
            members = [member.account.rpartition(":")[2] for member in self._members]
            self._world.set_up(PracticeNode(str(endpoints[0]["http"])), genesis, members)
            self._step("Voting for a policy and activating it")
            self._activate(opened)
            self._step("Alice proposes a payment and Carol signs it")
            proposal = self._propose(opened)
            self._step("Closing the workspaces")
        describe_place(self._root, port=port, whole=True)
        passphrase = bytearray(self._secrets.pop(YOU).encode("ascii"))
        return Made(self._root, self._folder(YOU), passphrase, proposal, self._processes)

    def _step(self, words: str) -> None:
        if self._stop.is_set():
            raise UsageError("Stopped. Nothing of it was kept.")
        self._tell(words)

    def _folder(self, person: str) -> Path:
        return self._root / "workspaces" / (FOLDER if person == YOU else person)

    def _workspace(self, person: str, role: str, endpoints: list[JsonObject]) -> Workspace:
        """A new workspace, open, with nodes and a key; yours is on the device."""
        folder, secret = self._folder(person), self._secrets[person]
        if person != YOU:
            write_private(self._root / "secrets" / f"{person}.txt", secret + "\n")

        def creator(keys: Path, kdf: KdfParameters) -> Keystore:
            return open_keystore(keys, passphrase=_bytes(secret), create=kdf)

        made = create_workspace(
            folder, network_class="practice", org=ORG, person=person, roles=(role,),
            passphrase=_bytes(secret), create_keystore=creator,
        )  # fmt: skip
        opened = Workspace.open(folder, passphrase=_bytes(secret))
        try:
            for number, endpoint in enumerate(endpoints, 1):
                opened.nodes.add(
                    read_profile(
                        {"id": f"node-{number}", "operator": endpoint["operator"], "network": NETWORK,
                         "url": endpoint["http"], "roles": ["read", "submit"]}
                    )
                )  # fmt: skip
            opened.unlock_keys(lambda keys: open_keystore(keys, passphrase=_bytes(secret)))
            self._members.append(self._member(opened, role, str(made["device_key"])))
        except BaseException:
            opened.close()
            raise
        return opened

    def _member(self, opened: Workspace, role: str, device_key: str) -> Member:
        person, key_id = opened.person, f"{opened.person}-xrp"
        if person == YOU:
            self._processes.start_device(opened.directory / PRACTICE_FOLDER / DEVICE)
            key = opened.devices.connected.address(None, USUAL_PATHS[0], (NETWORK,), show=False)
            device: str | None = DEVICE
        else:
            key, device = opened.keys.generate(key_id, "secp256k1"), None
        accounts = key["accounts"]
        account = str(accounts[0]) if isinstance(accounts, list) else ""
        return Member(person, role, device_key, key_id, account, str(key["public_key"]), device)

    def _activate(self, opened: dict[str, Workspace]) -> None:
        document = policy_yaml(self._world, self._members).encode("utf-8")
        votes = [canonical(workspace.vote(document)) for workspace in opened.values()]
        labels = {
            self._world.account: "Treasury", self._world.payee: "Custodian",
            f"{NETWORK}:{self._world.issuer.address}": "Issuer of USD",
        }  # fmt: skip
        for workspace in opened.values():
            workspace.activate_policy(document, votes)
            workspace.nodes.set_labels(labels)

    def _propose(self, opened: dict[str, Workspace]) -> str:
        order = Order(
            network=NETWORK,
            account=self._world.account,
            intent=Pay(
                to=self._world.payee, asset=self._world.usd, amount=Decimal(AMOUNT), tag=CUSTODIAN_TAG
            ),
            expires_in=timedelta(hours=12),
            title="Monthly transfer to custody",
        )
        identifier = str(opened["alice"].proposals.new(order)["proposal_id"])
        data, _ = opened["alice"].proposals.export(identifier, "countersign")
        carol = opened["carol"]
        carol.proposals.import_bytes(data)
        carol.proposals.sign(identifier, carol.keys.find("carol-xrp"))
        data, _ = carol.proposals.export(identifier, "countersign")
        opened[YOU].proposals.import_bytes(data)
        return identifier


def _bytes(secret: str) -> bytearray:
    return bytearray(secret.encode("ascii"))


def two_ports() -> int:
    """The first of two free ports side by side on loopback: the node lists keep them for good."""
    for _ in range(200):
        port = 20_000 + secrets.randbelow(12_000)  # below the range that systems give out by themselves
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
                return port
        except OSError:
            continue
    raise SignerError("No two free ports were found for a practice ledger.", code="SIGNER_UNAVAILABLE")


def _answers(port: int) -> bool:
    """Whether a practice ledger answers there already."""
    try:
        info = PracticeNode(f"http://127.0.0.1:{port}/").ask("server_info").get("info")
    except (OSError, ValueError, KeyError, CountersignError):
        return False
    return isinstance(info, dict) and info.get("network_id") == int(NETWORK.rpartition(":")[2])
