"""What every test gets: hypothesis profiles, no network but loopback, no settings from outside."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from forking import ForkedChildren
from hypothesis import HealthCheck, Phase, settings
from remembering import NO_CHANCE, RememberedArgon2id, remembering

from signer_app.cli import warm
from signer_app.signers import host
from signer_app.vault import kdf

if TYPE_CHECKING:
    from ledger_office import LedgerTemplate
    from offices import Offices, Template

DATA = Path(__file__).parent / "data"
VECTORS = DATA / "vectors"

# Deadlines and slowness checks measure the machine, not the code, so they are off in every profile.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", settings(max_examples=50, **_COMMON))
settings.register_profile("full", settings(max_examples=300, print_blob=True, **_COMMON))
settings.register_profile(
    "soak", settings(max_examples=5_000, print_blob=True, phases=tuple(Phase), **_COMMON)
)
settings.load_profile(os.environ.get("COUNTERSIGN_HYPOTHESIS", "quick"))

# A test must never read or write the keyring of the person who runs it; child processes inherit this.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


def _refuse_the_network(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: the suite needs no network, and a test that reaches out is a fault."""
    if event == "socket.connect":
        sock, address = args
        if isinstance(sock, socket.socket) and sock.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else address
            _only_loopback(host)
    elif event == "socket.getaddrinfo":
        _only_loopback(args[0])


def _only_loopback(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", "::1") or str(name).startswith("127."):
        return
    raise RuntimeError(f"a test reached for the network: {name}")


sys.addaudithook(_refuse_the_network)

#: The real stderr, whatever a test's output is caught in.
_STDERR = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_STDERR] = os.dup(2)
    # Who runs the suite in the background may have interrupts ignored; the programs that it starts must not
    # inherit that, for some are interrupted.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for other in (signal.SIGHUP, signal.SIGQUIT):
        if signal.getsignal(other) is signal.SIG_IGN:
            signal.signal(other, signal.SIG_DFL)


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool:
    """A test over its time ends its worker and shows where every thread stood.

    The plugin's own ways do not: its signal is not seen by a thread that waits in Qt, and what its thread
    writes goes nowhere in a worker.
    """
    faulthandler.dump_traceback_later(settings.timeout, exit=True, file=item.config.stash[_STDERR])
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool:
    faulthandler.cancel_dump_traceback_later()
    return True


#: Files that start many processes of their own, in the order in which workers should come to them: the kills
#: take longest and begin; the others follow the slow files, so that they do not all fight for the cores.
HEAVY = ("test_debian_package.py", "test_demo.py", "test_window_journeys.py", "test_frozen_program.py")


def pytest_collection_finish() -> None:
    """Modules and items stay, so no collection need look at them again; tests of the window collect often."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, so that no worker begins one when the others have nothing left."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def turn(item: pytest.Item) -> int:
        if item.path.name == "test_kills.py":
            return 0
        if item.path.name in HEAVY:
            return 2 + HEAVY.index(item.path.name)
        return 1 if item.path in slow or item.path.parent.name == "ui" else 2 + len(HEAVY)

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failpoints and other settings of the environment are for the test that sets them."""
    for name in list(os.environ):
        if name.startswith("COUNTERSIGN_") and name != "COUNTERSIGN_HYPOTHESIS":
            monkeypatch.delenv(name)


#: Rooms and files whose processes hash passphrases as they do at somebody's desk.
_HASH_FOR_REAL = (
    "vault", "package", "test_demo.py", "test_key_memory.py", "test_signer_host.py",
    "test_window_journeys.py",
)  # fmt: skip


#: The room whose tests are about children; they are started by exec there.
_CHILDREN_BY_EXEC = "signers"


class Remembering:
    """What a worker's processes have in common: what passphrases derived to, and who forks them."""

    def __init__(self, folder: Path) -> None:
        self.folder = RememberedArgon2id.folder = folder
        self.program = remembering(folder)
        self.children = ForkedChildren(self.program)
        self.commands = warm.WarmCommands([*self.program, "--child", warm.KIND])

    @contextmanager
    def on(self, *, fork_children: bool = True) -> Iterator[None]:
        """Here, in key processes and in commands that are forked; see remembering.py and forking.py."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kdf, "Argon2id", RememberedArgon2id)
            patch.setattr(kdf, "os", NO_CHANCE)
            patch.setattr(host, "child_command", lambda kind: [*self.program, "--child", kind])
            patch.setattr(warm, "program", lambda: self.program)
            patch.setattr(warm, "commands", lambda: self.commands)
            if fork_children and warm.is_possible():
                patch.setattr(host, "_start", self.children.start)
            yield

    def close(self) -> None:
        self.children.close()
        self.commands.close()


@pytest.fixture(scope="session")
def _remembering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remembering]:
    shared = Remembering(tmp_path_factory.mktemp("derived"))
    yield shared
    shared.close()


@pytest.fixture(scope="module", autouse=True)
def _hashing_is_remembered(request: pytest.FixtureRequest, _remembering: Remembering) -> Iterator[None]:
    room = request.path.parent.name
    if not {request.path.name, room}.isdisjoint(_HASH_FOR_REAL) or (
        request.config.getoption("markexpr") == "soak"
    ):
        yield
    else:
        with _remembering.on(fork_children=room != _CHILDREN_BY_EXEC):
            yield


@pytest.fixture
def _children_by_exec(monkeypatch: pytest.MonkeyPatch, _remembering: Remembering) -> None:
    """For a test that looks at what a child shows of itself."""
    monkeypatch.setattr(host, "_start", _remembering.children.by_exec)


@pytest.fixture
def vectors() -> Path:
    """tests/data/vectors: data computed by implementations other than ours (its README names them)."""
    return VECTORS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Makes a real file system of so many KiB, full soon. Skips where the right to mount one is missing."""
    place = tmp_path / "small"
    mounted = False

    def mount(kibibytes: int) -> Path:
        nonlocal mounted
        place.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(place)]
        if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode != 0:
            pytest.skip("needs the right to mount a file system")
        mounted = True
        return place

    yield mount
    if mounted:
        subprocess.run(["umount", str(place)], check=True)


# A treasury takes ten seconds to set up, so rooms share one, and each test gets copies of its workspaces.
# What a test does to the practice ledger, others see: it leaves the treasury's account as it was.


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, _remembering: Remembering) -> Iterator[Template]:
    """Three workspaces of one treasury on a practice ledger, with a policy in force."""
    from ledger_process import LedgerProcess
    from offices import Template

    root = tmp_path_factory.mktemp("offices")
    with ExitStack() as stack:
        with _remembering.on():
            ledger = stack.enter_context(LedgerProcess(root / "ledger"))
            made = Template(root, ledger)
        yield made


@pytest.fixture
def offices(template: Template, tmp_path: Path) -> Offices:
    """Copies of them for one test."""
    return template.copy(tmp_path / "offices")


@pytest.fixture(scope="session")
def ledger_template(
    tmp_path_factory: pytest.TempPathFactory, _remembering: Remembering
) -> Iterator[LedgerTemplate]:
    """The same with the third signer's key on a practice device, on a ledger of its own."""
    from ledger_office import LedgerTemplate
    from ledger_process import LedgerProcess

    root = tmp_path_factory.mktemp("ledger-offices")
    with ExitStack() as stack:
        with _remembering.on():
            ledger = stack.enter_context(LedgerProcess(root / "ledger"))
            made = LedgerTemplate(root, ledger)
        yield made


@pytest.fixture
def ledger_offices(ledger_template: LedgerTemplate, tmp_path: Path) -> Offices:
    """Copies of them for one test."""
    return ledger_template.copy(tmp_path / "offices")
