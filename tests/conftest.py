"""What every test gets: hypothesis profiles, no network but loopback, no settings from outside."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

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


#: Tests that start many processes of their own or use the screen: one worker runs them one after the other,
#: so that they do not fight for the cores with each other.
HEAVY = ("e2e", "package")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in its own hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file is one piece of work, since its fixtures are dear; the heavy ones are one. Long ones first."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path.parent.name not in HEAVY, item.path not in slow))
    for item in items:
        group = "heavy" if item.path.parent.name in HEAVY else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failpoints and other settings of the environment are for the test that sets them."""
    for name in list(os.environ):
        if name.startswith("COUNTERSIGN_") and name != "COUNTERSIGN_HYPOTHESIS":
            monkeypatch.delenv(name)


@pytest.fixture
def vectors() -> Path:
    """tests/data/vectors: data computed by implementations other than ours (its README names them)."""
    return VECTORS
