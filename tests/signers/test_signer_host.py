"""The host against children that misbehave. The children are small programs that speak badly."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from signer_app.core.errors import CountersignError, MalformedError, NotFoundError, SignerError
from signer_app.core.json_types import JsonObject
from signer_app.signers.host import ChildHost, child_command

PRELUDE = """
import json, os, sys, time
def read(count):
    data = b""
    while len(data) < count:
        part = os.read(0, count - len(data))
        if not part:
            sys.exit(0)
        data += part
    return data
def frame():
    return read(int.from_bytes(read(4), "big"))
def send(value):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    data = len(body).to_bytes(4, "big") + body
    while data:
        data = data[os.write(1, data):]
def hello():
    send({"hello": "countersign/child@1", "kind": "stub"})
"""

ECHO = """
hello()
while True:
    request = json.loads(frame())
    secret = frame().hex() if request["secret"] else None
    send({"id": request["id"], "result": {"params": request["params"], "secret": secret}})
"""


def host(code: str, **options: float) -> ChildHost:
    return ChildHost("stub", command=[sys.executable, "-c", PRELUDE + code], **options)


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CountersignError) as caught:
        action()
    return caught.value.code


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_calls_and_secrets_arrive_and_the_secret_is_wiped() -> None:
    with host(ECHO) as child:
        secret = bytearray(b"\x00\xffsecret")
        answer = child.call("any", {"text": "ü"}, secret=secret)
        assert answer == {"params": {"text": "ü"}, "secret": b"\x00\xffsecret".hex()}
        assert secret == bytes(8)
        big: JsonObject = {"text": "x" * 1_000_000}
        assert child.call("any", big) == {"params": big, "secret": None}
    assert gone(child.pid)


def test_many_threads_share_one_child() -> None:
    answers: dict[int, JsonObject] = {}
    with host(ECHO) as child:

        def ask(number: int) -> None:
            answers[number] = child.call("any", {"n": number})

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {number: {"params": {"n": number}, "secret": None} for number in range(20)}


@pytest.mark.parametrize(
    "reply",
    [
        "send(b'not json')",
        "send([1])",
        "send({'id': 999, 'result': {}})",
        "send({'result': {}})",
        "send({'id': 1})",
        "send({'id': 1, 'result': 5})",
        "send({'id': 1, 'error': {'code': 'NO_SUCH_CODE', 'message': 'x'}})",
        "send({'id': 1, 'error': {'code': 'SIGNER_FAILED'}})",
        "send({'id': 1, 'error': 'x'})",
        "send({'id': 1, 'result': {'a': 1.5}})",
        "os.write(1, b'\\xff\\xff\\xff\\xff')",
    ],
)
def test_nonsense_ends_the_child(reply: str) -> None:
    with host(f"hello()\nframe()\n{reply}\ntime.sleep(600)") as child:
        assert code_of(lambda: child.call("any")) == "SIGNER_PROTOCOL"
        assert not child.alive
        assert code_of(lambda: child.call("any")) == "SIGNER_PROTOCOL"
    assert gone(child.pid)


def test_the_childs_own_error_comes_in_its_family() -> None:
    reply = "{'id': 1, 'error': {'code': 'NOT_FOUND', 'message': 'No file.', 'details': {'errno': 'ENOENT'}}}"
    with host(f"hello()\nframe()\nsend({reply})\ntime.sleep(600)") as child:
        with pytest.raises(NotFoundError) as caught:
            child.call("any")
        assert (caught.value.message, caught.value.details) == ("No file.", {"errno": "ENOENT"})
        assert child.alive


@pytest.mark.parametrize(
    "code",
    ["hello()\nframe()\nsys.exit(3)", "hello()\nframe()\nos.write(1, b'\\0\\0\\1\\0half')\nsys.exit(0)"],
)
def test_a_child_that_ends_in_a_call(code: str) -> None:
    with host(code) as child:
        assert code_of(lambda: child.call("any")) == "SIGNER_DIED"
        assert not child.alive


def test_an_idle_child_that_dies_is_noticed() -> None:
    with host(ECHO) as child:
        os.kill(child.pid, signal.SIGKILL)
        assert code_of(lambda: child.call("any")) == "SIGNER_DIED"


def test_a_silent_child_costs_its_limit_and_ends() -> None:
    with host("hello()\nframe()\ntime.sleep(600)") as child:
        assert code_of(lambda: child.call("any", timeout=0.2)) == "SIGNER_TIMEOUT"
        assert code_of(lambda: child.call("any")) == "SIGNER_TIMEOUT"
    assert gone(child.pid)


def test_a_stopped_child_does_not_block_even_a_long_write() -> None:
    """The pipe takes 64 KiB from us and nobody reads: only a write with a deadline comes back."""
    with host(ECHO) as child:
        os.kill(child.pid, signal.SIGSTOP)
        assert code_of(lambda: child.call("any", {"text": "x" * 1_000_000}, timeout=0.2)) == "SIGNER_TIMEOUT"
    assert gone(child.pid)


def test_a_child_that_reads_nothing_does_not_block_other_callers() -> None:
    codes: list[str] = []
    with host("hello()\ntime.sleep(600)") as child:

        def ask() -> None:
            codes.append(code_of(lambda: child.call("any", {"text": "x" * 1_000_000}, timeout=0.3)))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert codes == ["SIGNER_TIMEOUT"] * 3


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.exit('the library is missing')", "the library is missing"),
        ("send({'hello': 'countersign/child@2', 'kind': 'stub'})\ntime.sleep(600)", ""),
        ("send({'hello': 'countersign/child@1', 'kind': 'other'})\ntime.sleep(600)", ""),
        ("time.sleep(600)", "no greeting in time"),
    ],
)
def test_a_child_that_does_not_start(code: str, reason: str) -> None:
    timeout = 0.3 if "no greeting" in reason else 30.0
    with pytest.raises(SignerError) as caught:
        host(code, start_timeout=timeout)
    assert caught.value.code == "SIGNER_UNAVAILABLE"
    assert caught.value.details["reason"] == reason


def test_a_program_that_does_not_exist() -> None:
    assert code_of(lambda: ChildHost("stub", command=["/nonexistent/program"])) == "SIGNER_UNAVAILABLE"


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(SignerError) as caught:
        ChildHost("no-such-kind")
    assert caught.value.details["reason"] == "There is no child process of this kind."


def test_a_full_stderr_blocks_nobody_and_is_not_kept() -> None:
    code = "hello()\nframe()\nos.write(2, b'secret' * 100000)\nsend({'id': 1, 'result': {}})\nframe()"
    with host(code) as child:
        assert child.call("any") == {}


def test_limits_on_what_is_asked() -> None:
    with host(ECHO) as child:
        for action in (
            lambda: child.call("any", {"text": "x" * 5_000_000}),
            lambda: child.call("any", secret=bytearray(5000)),
        ):
            with pytest.raises(MalformedError) as caught:
                action()
            assert caught.value.code == "TOO_LARGE"
        assert child.call("any") == {"params": {}, "secret": None}


def test_close_ends_a_child_that_ignores_the_end_of_its_pipe() -> None:
    child = host("hello()\nwhile True:\n    time.sleep(600)")
    child.close()
    child.close()
    assert gone(child.pid)
    assert code_of(lambda: child.call("any")) == "SIGNER_DIED"


def test_close_does_not_wait_for_a_writer_that_is_stuck() -> None:
    """Another thread's call would go on for an hour; the child reads nothing."""
    codes: list[str] = []
    child = host("hello()\ntime.sleep(600)")

    def ask() -> None:
        codes.append(code_of(lambda: child.call("any", {"text": "x" * 1_000_000}, timeout=3600)))

    thread = threading.Thread(target=ask)
    thread.start()
    child.close()
    thread.join()
    assert codes == ["SIGNER_DIED"]


def test_what_a_child_inherits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No descriptor but its three pipes, no variable of ours, another directory, another session."""
    monkeypatch.setenv("SOME_TOKEN", "do-not-pass-on")
    monkeypatch.setenv("LD_PRELOAD", "")
    leak = os.open(tmp_path / "leak", os.O_CREAT | os.O_RDWR)
    os.set_inheritable(leak, True)
    code = (
        "here = sorted(fd for fd in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + fd))\n"
        "hello()\n"
        "frame()\n"
        "found = {'fds': here, 'env': sorted(os.environ), 'cwd': os.getcwd()}\n"
        "found['own'] = os.getsid(0) == os.getpid()\n"
        "send({'id': 1, 'result': found})\nframe()"
    )
    try:
        with host(code) as child:
            found = child.call("any")
    finally:
        os.close(leak)
    assert found["fds"] == ["0", "1", "2"]
    assert set(found["env"]) <= {"LC_ALL", "PYTHONUTF8", "PYTHONPATH", "LC_CTYPE"}  # type: ignore[arg-type]
    assert (found["cwd"], found["own"]) == ("/", True)


def test_the_command_line_of_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    assert child_command("keystore") == [
        *(sys.executable, "-P", "-s", "-m", "signer_app"),
        *("--child", "keystore"),
    ]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_command("keystore") == [sys.executable, "--child", "keystore"]


def test_a_package_in_the_current_directory_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "signer_app").mkdir()
    (tmp_path / "signer_app" / "__init__.py").write_text("raise SystemExit('taken in')")
    monkeypatch.chdir(tmp_path)
    with ChildHost("keystore") as child:
        assert child.call("self_check")["calls"]
