"""The filter program, run by a small interpreter of our own and by the kernel."""

from __future__ import annotations

import os
import platform
import signal
import struct
import subprocess
import sys

import pytest

from signer_app.core.errors import SignerError
from signer_app.core.resources import program_root
from signer_app.signers import fence
from signer_app.signers.fence import filter_program

X86, ARM, I386 = 0xC000003E, 0xC00000B7, 0x40000003
ALLOW, DENY, KILL = 0x7FFF0000, 0x00050001, 0x80000000
X32 = 0x40000000

# From the kernel's tables, apart from the module's own: socket, socketpair, execve, ptrace, process_vm_readv,
# process_vm_writev, execveat, io_uring_setup, pidfd_getfd.
DENIED = {
    "x86_64": (X86, (41, 53, 59, 101, 310, 311, 322, 425, 438)),
    "aarch64": (ARM, (198, 199, 221, 117, 270, 271, 281, 425, 438)),
}

on_linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in DENIED, reason="the filter is for this kind of Linux"
)


def run(program: bytes, architecture: int, number: int) -> int:
    """What the program returns for a system call: the four instructions that it uses."""
    steps = [struct.unpack_from("=HBBI", program, offset) for offset in range(0, len(program), 8)]
    data = {0: number, 4: architecture}
    position, value = 0, 0
    while True:
        code, true, false, operand = steps[position]
        position += 1
        if code == 0x20:
            value = data[operand]
        elif code == 0x15:
            position += true if value == operand else false
        elif code == 0x35:
            position += true if value >= operand else false
        else:
            assert code == 0x06
            return operand


@pytest.mark.parametrize("machine", sorted(DENIED))
def test_exactly_these_calls_are_denied(machine: str) -> None:
    program = filter_program(machine)
    architecture, numbers = DENIED[machine]
    denied = {number for number in range(600) if run(program, architecture, number) == DENY}
    assert denied == set(numbers)
    assert {run(program, architecture, number) for number in set(range(600)) - denied} == {ALLOW}


@pytest.mark.parametrize("machine", sorted(DENIED))
def test_other_architectures_are_killed(machine: str) -> None:
    program = filter_program(machine)
    own = DENIED[machine][0]
    for architecture in {X86, ARM, I386, 0} - {own}:
        assert {run(program, architecture, number) for number in (0, 1, 41, 59, 198, 425)} == {KILL}


def test_x32_is_killed() -> None:
    program = filter_program("x86_64")
    assert {run(program, X86, X32 | number) for number in (0, 1, 39, 41, 59, 520, 545)} == {KILL}


def fenced(code: str) -> subprocess.CompletedProcess[str]:
    prelude = "from signer_app.signers.fence import raise_fence\nraise_fence()\n"
    return subprocess.run(
        [sys.executable, "-c", prelude + code],
        env={**os.environ, "PYTHONPATH": str(program_root())},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("place", "value"), [("sys.platform", "darwin"), ("platform.machine", lambda: "riscv64")]
)
def test_where_there_is_no_filter_there_is_no_fence(
    monkeypatch: pytest.MonkeyPatch, place: str, value: object
) -> None:
    """Limits and flags are left alone: this is the process of the tests."""
    monkeypatch.setattr(place, value)
    monkeypatch.setattr("resource.setrlimit", lambda *_: None)
    monkeypatch.setattr(fence, "_prctl", lambda *_: None)
    with pytest.raises(SignerError) as caught:
        fence.raise_fence()
    assert caught.value.code == "SANDBOX_UNAVAILABLE"


@on_linux
def test_sockets_and_programs_are_denied_by_the_kernel() -> None:
    result = fenced(
        "import os, socket\n"
        "for action in (lambda: socket.socket(), lambda: socket.socketpair(),\n"
        "               lambda: os.execv('/bin/true', ['true'])):\n"
        "    try:\n"
        "        action()\n"
        "    except PermissionError:\n"
        "        print('denied')\n"
    )
    assert (result.stdout.split(), result.returncode) == (["denied"] * 3, 0)


@on_linux
def test_threads_that_were_there_before_are_fenced_too() -> None:
    code = (
        "import socket, threading\n"
        "from signer_app.signers.fence import raise_fence\n"
        "go = threading.Event()\n"
        "def later():\n"
        "    go.wait()\n"
        "    try:\n"
        "        socket.socket()\n"
        "    except PermissionError:\n"
        "        print('denied')\n"
        "thread = threading.Thread(target=later)\n"
        "thread.start()\n"
        "raise_fence()\n"
        "go.set()\n"
        "thread.join()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(program_root())},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert result.stdout == "denied\n"


@on_linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 is of x86_64")
def test_an_x32_call_ends_the_process() -> None:
    """getpid as x32: harmless, but its number is of the other table."""
    result = fenced(
        "import ctypes\nctypes.CDLL(None).syscall(ctypes.c_long(0x40000000 | 39))\nprint('alive')\n"
    )
    assert result.returncode == -signal.SIGSYS
    assert "alive" not in result.stdout


@on_linux
def test_no_core_dumps_and_not_dumpable() -> None:
    result = fenced(
        "import ctypes, resource\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),\n"
        "      ctypes.CDLL(None).prctl(39, 0, 0, 0, 0))\n"
    )
    assert result.stdout == "(0, 0) 0 1\n"
