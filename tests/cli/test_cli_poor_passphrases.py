"""A workspace for real money with a poor passphrase: it is made, and each danger is a line on stderr."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import Answer, run_here

GOOD = ("violet anchor lantern gravel 7 mellow-Quartz orbit", "Timber 92 saffron_hollow pepper drum velvet")


def init(folder: Path, vault: str, key: str, network_class: str, *more: str) -> Answer:
    for name, words in (("vault", vault), ("key", key)):
        path = folder / f"{name}.words"
        path.write_text(f"{words}\n")
        path.chmod(0o600)
    return run_here(
        "workspace", "init", str(folder / "w"), "--class", network_class, "--org", "acme",
        "--person", "alice",
        "--passphrase-file", str(folder / "vault.words"), "--key-passphrase-file", str(folder / "key.words"),
        *more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("vault", "key", "said"),
    [
        ("a", "a", ["vault passphrase is too weak", "key passphrase is too weak", "same passphrase"]),
        (GOOD[0], "hunter 22", ["key passphrase is too weak"]),
        ("hunter 22", GOOD[1], ["vault passphrase is too weak"]),
        (GOOD[0], GOOD[0], ["same passphrase"]),
        (*GOOD, []),
    ],
)
def test_on_mainnet_each_weakness_is_said_and_nothing_is_refused(
    tmp_path: Path, vault: str, key: str, said: list[str]
) -> None:
    made = init(tmp_path, vault, key, "mainnet", "--json")
    assert made.result["workspace"]
    lines = made.err.splitlines()
    assert len(lines) == len(said), made.err
    for line, words in zip(lines, said, strict=True):
        assert words in line


def test_for_practice_nothing_is_said(tmp_path: Path) -> None:
    made = init(tmp_path, "a", "a", "practice")
    assert (made.exit_code, made.err) == (0, "")
