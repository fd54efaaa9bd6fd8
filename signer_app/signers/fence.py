"""What a child that holds keys gives up before it is told a secret.

Core dumps and dumping by other processes of the same person are off. On Linux a seccomp filter of our own
denies what would let a secret out or code in: sockets, io_uring (which opens sockets past a filter),
starting programs, tracing, reading other processes' memory or descriptors. Calls of another architecture
than this one, x32 included, kill the process, because the numbers in the filter would mean other calls
there. On other systems there is no fence yet, and so no key (docs/threat-model.md). Sources: seccomp(2),
prctl(2), linux/filter.h, linux/audit.h and the system call tables of Linux.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass
from typing import Final

from signer_app.core.errors import SignerError

_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_SET_MODE_FILTER: Final = 1
_SECCOMP_FILTER_FLAG_TSYNC: Final = 1

# BPF instructions (linux/bpf_common.h): load a word, jump if equal, jump if greater or equal, return.
_LOAD: Final = 0x20
_JUMP_EQUAL: Final = 0x15
_JUMP_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_OFFSET_NUMBER: Final = 0
_OFFSET_ARCHITECTURE: Final = 4
_KILL_PROCESS: Final = 0x80000000
_DENY: Final = 0x00050000 | errno.EPERM
_ALLOW: Final = 0x7FFF0000
_X32_BIT: Final = 0x40000000


@dataclass(frozen=True, slots=True)
class _Architecture:
    """``audit`` is AUDIT_ARCH_*; ``numbers`` are the system calls that the filter denies."""

    audit: int
    seccomp: int
    numbers: dict[str, int]


_ARCHITECTURES: Final = {
    "x86_64": _Architecture(
        audit=0xC000003E,
        seccomp=317,
        numbers={
            "socket": 41,
            "socketpair": 53,
            "execve": 59,
            "ptrace": 101,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "execveat": 322,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
    "aarch64": _Architecture(
        audit=0xC00000B7,
        seccomp=277,
        numbers={
            "ptrace": 117,
            "socket": 198,
            "socketpair": 199,
            "execve": 221,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "execveat": 281,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
}


def filter_program(machine: str) -> bytes:
    """The BPF program for ``machine`` ("x86_64", "aarch64"), 8 bytes an instruction. KeyError for others."""
    architecture = _ARCHITECTURES[machine]
    denied = sorted(architecture.numbers.values())
    steps = [(_LOAD, 0, 0, _OFFSET_ARCHITECTURE), (_JUMP_EQUAL, 1, 0, architecture.audit)]
    steps.append((_RETURN, 0, 0, _KILL_PROCESS))
    steps.append((_LOAD, 0, 0, _OFFSET_NUMBER))
    if machine == "x86_64":
        steps += [(_JUMP_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_PROCESS)]
    for index, number in enumerate(denied):
        # Past the other comparisons and the ALLOW to the DENY at the end.
        steps.append((_JUMP_EQUAL, len(denied) - index, 0, number))
    steps += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENY)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def raise_fence() -> None:
    """Give up what this module's head lists, for all threads and for good.

    Raises SignerError SANDBOX_UNAVAILABLE where the system does not allow it: then no secret may come.
    """
    if sys.platform != "linux":
        raise _unavailable(f"no filter for {sys.platform}")
    import resource  # noqa: PLC0415 - a module that not every system has

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    _prctl(libc, _PR_SET_DUMPABLE, 0)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)
    _install(libc, platform.machine())
    failed = [name for name, outcome in probe().items() if outcome != "EPERM"]
    if failed:
        raise _unavailable(f"the filter lets pass: {', '.join(failed)}")


def probe() -> dict[str, str]:
    """Try each denied call in a form that does nothing even if it is allowed; gives the errno's name or
    "ok".
    """
    libc = ctypes.CDLL(None, use_errno=True)
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return {}
    return {name: _try(libc, number, name) for name, number in architecture.numbers.items()}


def _try(libc: ctypes.CDLL, number: int, name: str) -> str:
    """Arguments of -1 or null are invalid for every one of these calls, except that ``socket`` gets real
    ones.
    """
    arguments = (1, 1, 0, 0, 0, 0) if name == "socket" else (-1, 0, 0, 0, 0, 0)
    if name == "execve":
        arguments = (0, 0, 0, 0, 0, 0)
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in arguments))
    if result < 0:
        return errno.errorcode.get(ctypes.get_errno(), "unknown")
    if name == "socket":
        os.close(result)
    return "ok"


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise _unavailable(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _install(libc: ctypes.CDLL, machine: str) -> None:
    architecture = _ARCHITECTURES.get(machine)
    if architecture is None or struct.calcsize("P") != 8:
        raise _unavailable(f"no filter for {machine}")
    code = filter_program(machine)
    program = _Program(len(code) // 8, code)
    result = libc.syscall(
        ctypes.c_long(architecture.seccomp),
        ctypes.c_long(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_long(_SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(program),
    )
    if result != 0:
        raise _unavailable(f"seccomp: {os.strerror(ctypes.get_errno())}")


def _unavailable(reason: str) -> SignerError:
    return SignerError(
        "The key process cannot be fenced off, so it refuses keys.",
        code="SANDBOX_UNAVAILABLE",
        details={"reason": reason},
    )
