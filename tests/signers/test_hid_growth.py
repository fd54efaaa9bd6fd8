"""Many signatures through one device process and one device: nothing grows with their number."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ledger_bodies import XRP
from ledger_devices import Shelf, wait_until

from signer_app.signers.hid.client import BusSpec, DeviceProcess
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.xrp.client import XrpApp

PATH = "44'/144'/0'/0/0"
BLOB = bytes.fromhex(next(row for row in XRP if row["name"] == "multisign payment")["inputs"]["blob"])
#: What an allocator may keep for itself between the samples, in KiB.
SLACK_KIB = 4096


@dataclass(frozen=True)
class Use:
    """What a process holds now. ``resident`` in KiB."""

    resident: int
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Use:
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
        )
        return cls(
            int(status["VmRSS"].split()[0]), len(os.listdir(f"/proc/{pid}/fd")), int(status["Threads"])
        )


@pytest.fixture
def process(shelf: Shelf) -> Iterator[DeviceProcess]:
    spec = BusSpec("signer_app.practice.device_bus:practice_bus", {"folder": str(shelf.home)})
    running = DeviceProcess([spec])
    yield running
    running.close()


def _quiet(pid: int) -> Use:
    """Once the threads of the calls that are over have ended."""
    if pid == os.getpid():
        wait_until(lambda: not any(thread.name == "hid-watch" for thread in threading.enumerate()))
    else:
        # Left are its main thread and the one that opens devices.
        wait_until(lambda: Use.of(pid).threads <= 2)
    return Use.of(pid)


@pytest.mark.slow
def test_a_thousand_signatures(process: DeviceProcess, shelf: Shelf) -> None:
    """Sampled after a hundred and after a thousand."""
    wanted = f"practice:{shelf.serial('plus')}"
    wait_until(lambda: wanted in {found.id for found in process.scan()})
    device = LedgerDevice(process, next(found for found in process.scan() if found.id == wanted))
    app = XrpApp(device)
    signatures = {app.sign(PATH, BLOB) for _ in range(100)}
    child, here = process.pid, os.getpid()
    assert child is not None
    settled = {pid: _quiet(pid) for pid in (child, here)}
    signatures |= {app.sign(PATH, BLOB) for _ in range(900)}
    assert len(signatures) == 1, "the same bytes, the same key, and no chance in it"
    assert process.pid == child, "it is still the same process"
    for pid, before in settled.items():
        after = _quiet(pid)
        assert after.descriptors <= before.descriptors
        assert after.threads <= before.threads
        assert after.resident <= before.resident + SLACK_KIB
