"""Passphrases from files and terminals, as bytes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from signer_app.core.errors import CountersignError, MalformedError, NotFoundError, UsageError
from signer_app.core.resources import program_root
from signer_app.vault.passphrase import MAX_BYTES, is_exposed, read_passphrase_file


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"one two\n", b"one two"),
        (b"one two", b"one two"),
        (b"one\r\nsecond line\n", b"one"),
        (b" spaces stay \n", b" spaces stay "),
        ("pässwörd\n".encode(), "pässwörd".encode()),
        (b"\xff\xfe raw\n", b"\xff\xfe raw"),
        (b"x" * MAX_BYTES + b"\n", b"x" * MAX_BYTES),
    ],
)
def test_first_line(tmp_path: Path, content: bytes, expected: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert read_passphrase_file(tmp_path / "file") == expected


@pytest.mark.parametrize("content", [b"", b"\n", b"\r\n", b"\nsecond\n"])
def test_empty_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_passphrase_file(tmp_path / "file")
    assert caught.value.code == "PASSPHRASE_REQUIRED"


def test_too_long_is_refused_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"secret" * 1000)
    with pytest.raises(MalformedError) as caught:
        read_passphrase_file(tmp_path / "file")
    assert "secret" not in str(caught.value.to_json())


def test_missing_and_unreadable(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_passphrase_file(tmp_path / "none")
    with pytest.raises(CountersignError):
        read_passphrase_file(tmp_path)


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    code = "import sys; open(sys.argv[1], 'wb').write(b'from a pipe' + bytes([10]))"
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "pipe")]):
        assert read_passphrase_file(tmp_path / "pipe") == b"from a pipe"


def test_exposed_files_are_told(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x\n")
    path.chmod(0o600)
    assert not is_exposed(path)
    path.chmod(0o640)
    assert is_exposed(path)


_PROMPT = """
import sys
from signer_app.vault.passphrase import prompt_passphrase
sys.stdout.write(prompt_passphrase("Vault passphrase").hex() + "\\n")
"""


def test_prompt_at_a_terminal_without_echo() -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execve(
            sys.executable, [sys.executable, "-c", _PROMPT], {**os.environ, "PYTHONPATH": str(program_root())}
        )
    shown = b""
    try:
        while not shown.endswith(b"Vault passphrase: "):
            shown += os.read(terminal, 100)
        os.write(terminal, b"hidden words\n")
        while b"hidden words".hex().encode() not in shown:
            shown += os.read(terminal, 100)
    finally:
        os.waitpid(child, 0)
        os.close(terminal)
    assert b"hidden words" not in shown


def test_prompt_without_a_terminal() -> None:
    code = "from signer_app.vault.passphrase import prompt_passphrase as ask\nask('Key passphrase')"
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(program_root())},
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Key passphrase is needed." in result.stderr
