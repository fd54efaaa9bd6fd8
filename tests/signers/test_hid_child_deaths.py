"""The device process stopped or killed at every moment: who waits is told, and the next try works."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ledger_bodies import XRP
from ledger_devices import Shelf, wait_until

from signer_app.core.errors import SignerError
from signer_app.signers import host
from signer_app.signers.hid import client
from signer_app.signers.hid.client import BusSpec, DeviceProcess

CONFIG = bytes.fromhex("e006000000")
CONFIG_ANSWER = bytes.fromhex("000204019000")
SIGN = bytes.fromhex(next(row for row in XRP if row["name"] == "multisign payment")["exchanges"][0]["send"])


@pytest.fixture
def process(shelf: Shelf) -> Iterator[DeviceProcess]:
    running = started(shelf)
    yield running
    running.close()
    shelf.reset()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def started(shelf: Shelf) -> DeviceProcess:
    spec = BusSpec("signer_app.practice.device_bus:practice_bus", {"folder": str(shelf.home)})
    return DeviceProcess([spec])


def name(process: DeviceProcess, shelf: Shelf, device: str) -> str:
    wanted = f"practice:{shelf.serial(device)}"
    wait_until(lambda: wanted in {found.id for found in process.scan()})
    return wanted


def error_of(call: Callable[[], Any]) -> SignerError:
    with pytest.raises(SignerError) as caught:
        call()
    return caught.value


def lost(future: Future[Any]) -> str:
    """The reason with which a call ended that the process's end ended."""
    error = error_of(lambda: future.result(120))
    assert error.code == "DEV_DISCONNECTED"
    assert "Nothing was signed" in error.message
    return str(error.details["reason"])


def gone(pid: int) -> bool:
    """Whether a process ended; its parent may not have taken note yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # before it was opened, and after
        return True
    return state == "Z"


def pid_of(process: DeviceProcess) -> int:
    pid = process.pid
    assert pid is not None
    return pid


# -- stopped -----------------------------------------------------------------------------------------------


def test_stopped_while_a_person_is_asked(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor
) -> None:
    """The call that waits for a person has no end of its own: pings find out, and only it is lost."""
    nano, plus = name(process, shelf, "nano"), name(process, shelf, "plus")
    hung = pid_of(process)
    waiting = pool.submit(process.exchange, nano, SIGN, timeout_s=None)
    with shelf.person("nano") as person:
        person.asked()
        os.kill(hung, signal.SIGSTOP)
        assert lost(waiting) == "SIGNER_TIMEOUT"
        wait_until(lambda: gone(hung))
        made = process.exchange(plus, SIGN, timeout_s=60)
        assert made.endswith(b"\x90\x00"), "another device signs in the new process"
        assert pid_of(process) != hung
        assert person.do("screens")["waiting"]
        person.do("reject")
        assert process.exchange(nano, CONFIG, timeout_s=60) == CONFIG_ANSWER


def test_other_threads_of_the_parent_go_on(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one thread waits in the stopped process, another one is never held up by it."""
    monkeypatch.setattr(client, "PING_TIMEOUT_S", 1.0)
    nano = name(process, shelf, "nano")
    waiting = pool.submit(process.exchange, nano, SIGN, timeout_s=None)
    with shelf.person("nano") as person:
        person.asked()
    turns = 0
    os.kill(pid_of(process), signal.SIGSTOP)
    done = threading.Event()
    waiting.add_done_callback(lambda _: done.set())
    while not done.wait(0.005):
        turns += 1
        assert process.pid is None or isinstance(process.pid, int), "asking for the id never waits"
    # Found out after seconds: hundreds of turns, had nothing held this thread up. Far fewer are enough here.
    assert turns > 20
    assert lost(waiting) == "SIGNER_TIMEOUT"


def test_stopped_while_scanned_and_asked(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    nano = name(process, shelf, "nano")
    monkeypatch.setattr(client, "SCAN_TIMEOUT_S", 1.0)
    monkeypatch.setattr(client, "_GRACE_S", 0.5)
    hung = pid_of(process)
    os.kill(hung, signal.SIGSTOP)
    calls = [pool.submit(process.scan), pool.submit(process.exchange, nano, CONFIG, timeout_s=0.5)]
    assert {lost(call) for call in calls} == {"SIGNER_TIMEOUT"}
    wait_until(lambda: gone(hung))
    monkeypatch.undo()
    assert process.exchange(nano, CONFIG, timeout_s=60) == CONFIG_ANSWER


def test_cancelling_in_a_stopped_process_ends_too(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PING_TIMEOUT_S", 1.0)
    nano = name(process, shelf, "nano")
    waiting = pool.submit(process.exchange, nano, SIGN, timeout_s=None)
    with shelf.person("nano") as person:
        person.asked()
    os.kill(pid_of(process), signal.SIGSTOP)
    process.cancel(nano)
    assert lost(waiting) == "SIGNER_TIMEOUT"


def test_one_that_cannot_be_ended_holds_up_nobody(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that waits in a driver stays, whatever is sent to it."""
    monkeypatch.setattr(client, "PING_TIMEOUT_S", 1.0)
    monkeypatch.setattr(host, "_CLOSE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(host, "_REAP_TIMEOUT_S", 0.2)
    nano, plus = name(process, shelf, "nano"), name(process, shelf, "plus")
    stuck, hung = process._host, pid_of(process)
    assert stuck is not None
    with monkeypatch.context() as deaf:
        deaf.setattr(stuck._process, "kill", lambda: None)
        waiting = pool.submit(process.exchange, nano, SIGN, timeout_s=None)
        with shelf.person("nano") as person:
            person.asked()
        os.kill(hung, signal.SIGSTOP)
        assert lost(waiting) == "SIGNER_TIMEOUT"
        assert process.exchange(plus, SIGN, timeout_s=60).endswith(b"\x90\x00")
        wait_until(lambda: all(thread.name != "hid-end" for thread in threading.enumerate()))
        assert not gone(hung), "it is left to the system"
    stuck.close()
    assert gone(hung)


def test_closing_with_somebody_waiting(shelf: Shelf, pool: ThreadPoolExecutor) -> None:
    process = started(shelf)
    nano = name(process, shelf, "nano")
    waiting = pool.submit(process.exchange, nano, SIGN, timeout_s=None)
    with shelf.person("nano") as person:
        person.asked()
        process.close()
        assert lost(waiting) == "SIGNER_DIED"
        assert error_of(process.scan).code == "DEV_DISCONNECTED"
        assert process.pid is None
    shelf.reset()


# -- killed ------------------------------------------------------------------------------------------------


def test_killed_while_a_person_is_asked(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor
) -> None:
    nano = name(process, shelf, "nano")
    waiting = pool.submit(process.exchange, nano, SIGN, timeout_s=None)
    with shelf.person("nano") as person:
        person.asked()
        os.kill(pid_of(process), signal.SIGKILL)
        assert lost(waiting) == "SIGNER_DIED"
        person.do("reject")
    assert process.exchange(nano, CONFIG, timeout_s=60) == CONFIG_ANSWER


@pytest.mark.parametrize("point", ["hid.sent", "hid.answered"])
def test_killed_after_sending_and_after_the_answer(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setenv("COUNTERSIGN_FAILPOINT", f"{point}:2")
    process = started(shelf)
    try:
        plus = name(process, shelf, "plus")
        assert process.exchange(plus, CONFIG, timeout_s=60) == CONFIG_ANSWER
        first = pid_of(process)
        error = error_of(lambda: process.exchange(plus, SIGN, timeout_s=None))
        assert (error.code, error.details["reason"]) == ("DEV_DISCONNECTED", "SIGNER_DIED")
        wait_until(lambda: gone(first))
        monkeypatch.delenv("COUNTERSIGN_FAILPOINT")
        assert process.exchange(plus, SIGN, timeout_s=60).endswith(b"\x90\x00")
        with shelf.person("plus") as person:
            assert person.decisions()[-1]["decision"] == "approved"
    finally:
        process.close()
        shelf.reset()


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment(
    process: DeviceProcess, shelf: Shelf, pool: ThreadPoolExecutor, seed: int
) -> None:
    """Every call ends with its answer or as disconnected, and the one after it works."""
    chance = random.Random(seed)
    plus = name(process, shelf, "plus")
    victim = pid_of(process)
    killer = threading.Timer(chance.uniform(0, 0.05), os.kill, (victim, signal.SIGKILL))
    killer.start()

    def once() -> str:
        try:
            return process.exchange(plus, SIGN, timeout_s=None)[-2:].hex()
        except SignerError as error:
            return error.code

    ends = [once()]
    while not gone(victim):
        ends.append(once())
    assert set(ends) <= {"9000", "DEV_DISCONNECTED"}
    killer.join()
    assert once() in {"9000", "DEV_DISCONNECTED"}, "the end is noticed in the middle, or before"
    assert once() == "9000"
    assert pid_of(process) != victim


def test_killed_between_two_calls(process: DeviceProcess, shelf: Shelf) -> None:
    plus = name(process, shelf, "plus")
    first = pid_of(process)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: process.pid != first)
    assert process.pid is None
    assert process.exchange(plus, CONFIG, timeout_s=60) == CONFIG_ANSWER


# -- started -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "factory",
    ["os:system", "signer_app.signers.hid.tcp", "signer_app.no_such_room:bus", "signer_app.a:__b__", ""],
)
def test_a_bus_that_cannot_be_made_is_not_forgotten(factory: str) -> None:
    """It fails each time, instead of leaving a process that sees nothing."""
    process = DeviceProcess([BusSpec(factory, {})])
    try:
        for _ in range(2):
            with pytest.raises(Exception, match=r".") as caught:
                process.scan()
            assert getattr(caught.value, "code", None) in {"USAGE", "UNFORESEEN"}
        assert process.pid is None
    finally:
        process.close()


def test_a_process_that_hangs_at_its_start_is_ended(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bus that never answers: no call lasts for ever, and none is left behind."""
    monkeypatch.setattr(client, "SCAN_TIMEOUT_S", 0.2)
    assert shelf.process is not None
    process = started(shelf)
    try:
        os.kill(shelf.process.pid, signal.SIGSTOP)
        error = error_of(process.scan)
        assert (error.code, error.details["reason"]) == ("DEV_DISCONNECTED", "SIGNER_TIMEOUT")
        assert process.pid is None
    finally:
        os.kill(shelf.process.pid, signal.SIGCONT)
        process.close()
