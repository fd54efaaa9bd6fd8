"""A practice device in a process of its own, and the least that talks to it: frames, control lines.

The framing here is the tests' own, made from the protocol's description, so that neither the device's nor
the client's can vouch for itself.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from signer_app.cli import warm
from signer_app.practice.devices.backend import PracticeBackend
from signer_app.signers.hid.bus import Report, ReportHandle

ROOT = Path(__file__).resolve().parents[2]
#: The phrase of the vendor's emulator, with which the recordings were made. It never held money.
PHRASE = (
    "glory promote mansion idle axis finger extra february uncover one trip resource lawn turtle enact "
    "monster seven myth punch hobby comfort wild raise skin"
)
ADDRESS = "ra7Zr8ddy9tB88RaXL8B87YkqhEJG2vkAJ"
LEDGER = 0x2C97
PATH = "058000002c80000090800000000000000000000000"


class DeviceProcess:
    """Context manager: the device in ``home / name``, started by the real command line.

    It is forked from a process that has loaded the command (cli/warm.py), or with ``anew`` a program of its
    own.
    """

    def __init__(
        self, home: Path, name: str = "nano", *options: str, phrase: str | None = PHRASE, anew: bool = False
    ) -> None:
        self.home = home
        self.name = name
        self.folder = home / name
        self._options = list(options)
        self._phrase = phrase
        self._anew = anew
        self.process: subprocess.Popen[bytes] | warm.WarmCommand | None = None
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> DeviceProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def start(self) -> None:
        """Start and wait until it listens."""
        arguments = ["--json", "practice", "device", "--dir", str(self.folder)]
        if self._phrase is not None:
            seed = self.home / f"{self.name}.seed"
            seed.write_text(self._phrase)
            arguments += ["--seed-file", str(seed)]
        if "--replug-ms" not in self._options:
            arguments += ["--replug-ms", "20"]
        self.process = self._started([*arguments, *self._options])
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        answer = json.loads(line or "{}")
        if not answer.get("ok"):
            _, errors = self.process.communicate(timeout=15)
            raise RuntimeError(f"the device did not start: {answer} {errors.decode()}")
        self.ready = answer["result"]

    def _started(self, arguments: list[str]) -> subprocess.Popen[bytes] | warm.WarmCommand:
        if self._anew:
            program = [sys.executable, "-m", "signer_app", *arguments]
            return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)
        return warm.commands().start(arguments, environment=os.environ, folder=ROOT)

    def stop(self) -> int:
        """End by SIGTERM; the exit code. What it wrote to stderr is a fault."""
        assert self.process is not None
        self.process.terminate()
        _, errors = self.process.communicate(timeout=15)
        assert not errors, errors
        return self.process.wait()

    def kill(self) -> None:
        """End by SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.communicate(timeout=15)

    def halt(self) -> None:
        """Stop it by SIGSTOP: it is there, and answers nothing."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """After halt()."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    @property
    def halted(self) -> bool:
        """Whether it is stopped by a signal."""
        assert self.process is not None
        state = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "T"

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    def endpoint(self) -> dict[str, Any]:
        """Content of endpoint.json."""
        return json.loads((self.folder / "endpoint.json").read_text())

    def control(self) -> Control:
        """A new control connection."""
        return Control(self.endpoint())

    def wait(self, test: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Watch the screen until it is as wanted, on a connection of its own."""
        with self.control() as control:
            screen: dict[str, Any] = control.do("watch")
            while not test(screen):
                screen = control.line()["screen"]
            return screen

    def question(self) -> dict[str, Any]:
        """Wait until something is asked; the screen then."""
        return self.wait(lambda screen: bool(screen["waiting"]))

    @property
    def backend(self) -> PracticeBackend:
        """The bus on which this device is."""
        return PracticeBackend(self.home)

    def interface(self) -> Report:
        """Its APDU interface."""
        (report,) = [
            report
            for report in self.backend.enumerate(LEDGER)
            if report.path.startswith(f"{self.name}#") and report.usage_page == 0xFFA0
        ]
        return report

    def open(self) -> ReportHandle:
        """A handle of its APDU interface, once it is plugged in."""
        wait_until(lambda: any(r.path.startswith(f"{self.name}#") for r in self.backend.enumerate(LEDGER)))
        return self.backend.open(self.interface().path)


class Control:
    """A control connection; ``do`` gives a result, ``refused`` an error."""

    def __init__(self, endpoint: dict[str, Any]) -> None:
        self.socket = socket.create_connection((endpoint["host"], endpoint["port"]), 10)
        self.file = self.socket.makefile("rw", encoding="utf-8", newline="\n")
        self.send({"role": "control", "token": endpoint["token"]})

    def __enter__(self) -> Control:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def send(self, value: dict[str, Any]) -> None:
        self.file.write(json.dumps(value) + "\n")
        self.file.flush()

    def line(self) -> dict[str, Any]:
        return json.loads(self.file.readline())

    def ask(self, name: str, /, **members: Any) -> dict[str, Any]:
        self.send({"do": name, **members})
        return self.line()

    def do(self, name: str, /, **members: Any) -> Any:
        answer = self.ask(name, **members)
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, name: str, /, **members: Any) -> str:
        answer = self.ask(name, **members)
        assert not answer["ok"], answer
        return str(answer["error"]["code"])


def wait_until(test: Callable[[], bool], seconds: float = 10) -> None:
    """Poll what has no event to wait for, such as a bus."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def frames(apdu: bytes, channel: int = 0x0101, tag: int = 0x05) -> list[bytes]:
    """The reports of an APDU."""
    rest = len(apdu).to_bytes(2, "big") + apdu
    parts = [rest[at : at + 59] for at in range(0, len(rest), 59)]
    return [
        (channel.to_bytes(2, "big") + bytes([tag]) + number.to_bytes(2, "big") + part).ljust(64, b"\0")
        for number, part in enumerate(parts)
    ]


def send(handle: ReportHandle, apdu: bytes | str) -> None:
    """All reports of an APDU."""
    for report in frames(bytes.fromhex(apdu) if isinstance(apdu, str) else apdu):
        handle.write(report)


def receive(handle: ReportHandle, timeout_ms: int = 10_000) -> bytes:
    """An answer, whose frames must be in order and filled up with zeros."""
    first = handle.read(timeout_ms)
    assert first, "no answer in time"
    assert first[:5] == bytes.fromhex("0101050000")
    length = int.from_bytes(first[5:7], "big")
    data = first[7:]
    number = 0
    while len(data) < length:
        number += 1
        report = handle.read(timeout_ms)
        assert report[:5] == bytes.fromhex("010105") + number.to_bytes(2, "big")
        data += report[5:]
    assert not any(data[length:])
    return data[:length]


def exchange(handle: ReportHandle, apdu: bytes | str, timeout_ms: int = 10_000) -> str:
    """Hex of the answer."""
    send(handle, apdu)
    return receive(handle, timeout_ms).hex()


def sign_apdus(blob: str, *, path: str = PATH, size: int = 255) -> list[bytes]:
    """The APDUs that sign a transaction."""
    data = bytes.fromhex(path) + bytes.fromhex(blob)
    parts: Sequence[bytes] = [data[at : at + size] for at in range(0, len(data), size)]
    apdus = []
    for number, part in enumerate(parts):
        p1 = (1 if number else 0) | (0x80 if number + 1 < len(parts) else 0)
        apdus.append(bytes([0xE0, 0x04, p1, 0x40, len(part)]) + part)
    return apdus


def sign(handle: ReportHandle, blob: str, *, path: str = PATH) -> str:
    """The answer to the last APDU; the ones before must be 9000."""
    *before, last = sign_apdus(blob, path=path)
    for apdu in before:
        answer = exchange(handle, apdu)
        if answer != "9000":
            return answer
    return exchange(handle, last)
