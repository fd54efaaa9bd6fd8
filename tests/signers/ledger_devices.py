"""Practice devices in a process of their own, and whoever stands in front of them.

A shelf is one process with several devices, because starting one costs more than most tests. What a device
shows and does is driven and awaited over its control connection.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: The phrase of the vendor's emulator, with which the recordings were made. It never held money.
PHRASE = (
    "glory promote mansion idle axis finger extra february uncover one trip resource lawn turtle enact "
    "monster seven myth punch hobby comfort wild raise skin"
)
#: Faults that a test may leave behind.
FAULTS = (
    "locked", "wrong_app", "app_closed", "app_missing", "slow", "garbage", "late_answer", "signs_else",
    "refuses", "hang", "in_use", "no_permission", "short_answer", "unplugged",
)  # fmt: skip
_SERVE = """
import asyncio, json, sys
from pathlib import Path
from signer_app.practice.devices.server import Settings, serve_device

def settings(options):
    seed = options.pop("seed_file", None)
    return Settings(seed_file=Path(seed) if seed else None, **options)

async def main():
    shelf = [
        asyncio.create_task(
            serve_device(Path(folder), settings(options), lambda ready: print(json.dumps(ready), flush=True))
        )
        for folder, options in json.loads(sys.argv[1]).items()
    ]
    await asyncio.wait(shelf, return_when=asyncio.FIRST_COMPLETED)
    for device in shelf:
        device.cancel()
    await asyncio.gather(*shelf, return_exceptions=True)

asyncio.run(main())
"""


class Shelf:
    """Context manager. ``devices`` gives each name its settings (practice/devices/server.py)."""

    def __init__(self, home: Path, devices: Mapping[str, Mapping[str, Any]]) -> None:
        self.home = home
        self.names = tuple(devices)
        self._settings = {name: {"replug_ms": 20, **settings} for name, settings in devices.items()}
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Shelf:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until every device listens."""
        self.home.mkdir(parents=True, exist_ok=True)
        seed = self.home / "seed"
        seed.write_text(PHRASE)
        given = {}
        for name, settings in self._settings.items():
            phrase = {"seed_file": str(seed)} if settings.get("seed_file") == "recorded" else {}
            given[str(self.home / name)] = {**settings, **phrase}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, json.dumps(given)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self.process.stdout is not None
        for _ in self.names:
            assert self.process.stdout.readline(), "the practice devices did not start"

    def stop(self) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=30)

    def person(self, name: str) -> Person:
        """Somebody in front of the device ``name``."""
        return Person(json.loads((self.home / name / "endpoint.json").read_text()))

    def serial(self, name: str) -> str:
        """The serial number that the device tells."""
        return str(json.loads((self.home / name / "device.json").read_text())["serial"])

    def reset(self) -> None:
        """Every device as it was at the start: no fault, plugged in, the XRP app open, nothing asked."""
        for name in self.names:
            with self.person(name) as person:
                for fault in FAULTS:
                    person.do("fault", name=fault, on=False)
                person.do("unplug")  # whatever it asks is void then
                person.do("plug")
                person.do("open", app="XRP")
                person.do("mode", mode=self._settings[name].get("approve", "manual"))
                person.until(lambda screen: screen["plugged"] and screen["app"] == "XRP")


class Person:
    """A control connection. ``until`` waits for what the screen shows, on a connection of its own."""

    def __init__(self, endpoint: Mapping[str, Any]) -> None:
        self._endpoint = dict(endpoint)
        self._socket = socket.create_connection((endpoint["host"], endpoint["port"]), 30)
        self._file = self._socket.makefile("rw", encoding="utf-8", newline="\n")
        self._send({"role": "control", "token": endpoint["token"]})

    def __enter__(self) -> Person:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _send(self, value: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(value) + "\n")
        self._file.flush()

    def _line(self) -> dict[str, Any]:
        return dict(json.loads(self._file.readline()))

    def do(self, name: str, /, **members: Any) -> Any:
        """A command of practice/devices/control.py; its result."""
        self._send({"do": name, **members})
        answer = self._line()
        assert answer["ok"], answer
        return answer["result"]

    def fault(self, name: str, **options: Any) -> None:
        self.do("fault", name=name, on=True, **options)

    def until(self, test: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the screen is as wanted; the screen then."""
        with Person(self._endpoint) as watcher:
            screen: dict[str, Any] = watcher.do("watch")
            while not test(screen):
                screen = watcher._line()["screen"]
            return screen

    def asked(self) -> dict[str, Any]:
        """Wait until something is asked."""
        return self.until(lambda screen: bool(screen["waiting"]))

    def quiet(self) -> dict[str, Any]:
        """Wait until nothing is asked."""
        return self.until(lambda screen: not screen["waiting"])

    def decisions(self) -> list[dict[str, Any]]:
        """What was decided on the device, in order."""
        return list(self.do("history")["decisions"])


def wait_until(test: Callable[[], bool], seconds: float = 60) -> None:
    """Poll what has no event to wait for, such as a bus or a process id."""
    end = time.monotonic() + seconds
    while not test():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
