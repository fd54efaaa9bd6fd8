"""Small files and the lock: atomic or not at all, private, and never through a link."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from signer_app.core.errors import (
    ConflictError,
    CountersignError,
    IntegrityError,
    MalformedError,
    NotFoundError,
)
from signer_app.core.resources import program_root
from signer_app.vault.files import atomic_write, private_folder, read_bounded
from signer_app.vault.lock import WorkspaceLock

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(program_root())}

_WRITE = """
import sys
from pathlib import Path
from signer_app.core.errors import CountersignError
from signer_app.vault.files import atomic_write
try:
    atomic_write(Path(sys.argv[1]), b"new" * int(sys.argv[2]))
except CountersignError as error:
    print(error.code, error.details.get("errno"))
"""

_HOLD = """
import sys, time
from pathlib import Path
from signer_app.vault.lock import WorkspaceLock
WorkspaceLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
time.sleep(600)
"""


def test_write_and_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    atomic_write(path, b"one")
    atomic_write(path, b"two")
    assert read_bounded(path, 3) == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_left_over_temporary_file_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".file.tmp").write_bytes(b"half of somethi")
    atomic_write(tmp_path / "file", b"whole")
    assert (tmp_path / "file").read_bytes() == b"whole"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_link_in_the_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"untouched")
    (tmp_path / ".file.tmp").symlink_to(target)
    atomic_write(tmp_path / "file", b"whole")
    assert target.read_bytes() == b"untouched"


def test_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for action in (
        lambda: read_bounded(tmp_path / "link", 10),
        lambda: atomic_write(tmp_path / "link", b"y"),
    ):
        with pytest.raises(IntegrityError) as caught:
            action()
        assert caught.value.details["errno"] == "ELOOP"
    assert (tmp_path / "real").read_bytes() == b"x"


def test_what_is_no_file_is_refused_without_blocking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(IntegrityError):
            read_bounded(tmp_path / name, 10)


def test_only_a_regular_file_is_replaced(tmp_path: Path) -> None:
    """A rename onto a pipe or a device would take it away without a word."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for name in ("pipe", "folder", "socket"):
            before = (tmp_path / name).stat()
            with pytest.raises(IntegrityError) as caught:
                atomic_write(tmp_path / name, b"y")
            assert (caught.value.code, caught.value.details["errno"]) == ("STORAGE_FAILED", "EINVAL")
            after = (tmp_path / name).stat()
            assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "pipe", "socket"]


def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    """A node of its own, in the test's folder: the machine's devices are never put at risk."""
    device = tmp_path / "device"
    try:
        os.mknod(device, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making a device needs more rights")
    with pytest.raises(IntegrityError) as caught:
        atomic_write(device, b"y")
    assert caught.value.code == "STORAGE_FAILED"
    assert stat.S_ISCHR(device.stat().st_mode)


def test_size_limit_and_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    assert read_bounded(tmp_path / "file", 5) == b"12345"
    with pytest.raises(MalformedError) as caught:
        read_bounded(tmp_path / "file", 4)
    assert caught.value.code == "TOO_LARGE"
    with pytest.raises(NotFoundError):
        read_bounded(tmp_path / "none", 4)
    with pytest.raises(NotFoundError):
        atomic_write(tmp_path / "none" / "file", b"x")


def test_private_folder_refuses_links_and_files(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").write_bytes(b"")
    for name in ("link", "file"):
        with pytest.raises(CountersignError):
            private_folder(tmp_path / name)


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_failed_system_call_keeps_the_old_content(tmp_path: Path, call: str, number: int) -> None:
    """Real failures of real calls: strace makes the kernel answer with the error."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    name = errno.errorcode[number]
    traced = subprocess.run(
        [
            *("strace", "-f", "-qq", "-o", "/dev/null", f"-P{tmp_path / '.file.tmp'}"),
            f"--inject={call}:error={name}:when=1",
            *(sys.executable, "-c", _WRITE, str(path), "1"),
        ],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    code = "STORAGE_FULL" if number == errno.ENOSPC else "STORAGE_FAILED"
    assert traced.stdout.split() == [code, name]
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_full_disk_keeps_the_old_content(tmp_path: Path) -> None:
    """A file size limit of the process stands for a disk that takes a part and then no more."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def limit() -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    result = subprocess.run(
        [sys.executable, "-c", _WRITE, str(path), "10000"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        preexec_fn=limit,
    )
    assert result.stdout.split() == ["STORAGE_FAILED", "EFBIG"]
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_the_lock_names_its_holder_and_ends_with_it(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ConflictError) as caught:
            WorkspaceLock(tmp_path).acquire()
        assert caught.value.code == "WORKSPACE_LOCKED"
        assert caught.value.details == {"pid": holder.pid}
        # A stopped holder is alive: its lock is not broken.
        holder.send_signal(signal.SIGSTOP)
        with pytest.raises(ConflictError):
            WorkspaceLock(tmp_path).acquire()
        holder.kill()
    with WorkspaceLock(tmp_path):
        assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"


def test_two_locks_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    with WorkspaceLock(tmp_path), pytest.raises(ConflictError):
        WorkspaceLock(tmp_path).acquire()
    with WorkspaceLock(tmp_path):
        pass


def test_lock_of_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        WorkspaceLock(tmp_path / "none").acquire()
