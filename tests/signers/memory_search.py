"""Searching the memory of a running process for secrets, through /proc: on Linux, by root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from signer_app.signers.keystore.files import read_folder
from signer_app.vault.kdf import derive


def memory_of(pid: int) -> Iterator[bytes]:
    """Every readable mapping. The kernel's own pages at the end cannot be read and are left out."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if match is None or "[v" in line:
                continue
            start, end = int(match[1], 16), int(match[2], 16)
            memory.seek(start)
            content = bytearray()
            while len(content) < end - start and (part := memory.read(end - start - len(content))):
                content += part
            yield bytes(content)


def found(pid: int, needles: dict[str, bytes]) -> set[str]:
    """Names of the needles that lie anywhere in the process's memory."""
    return {name for block in memory_of(pid) for name, needle in needles.items() if needle in block}


def keys_of(folder: Path, passphrase: bytes) -> dict[str, bytes]:
    """Every private key of a keystore in the forms in which it could lie about, and what opens them."""
    needles: dict[str, bytes] = {}
    wrap = bytearray()
    for key in read_folder(folder):
        wrap = wrap or derive(key.kdf, bytearray(passphrase))
        private = bytes(key.open(wrap))
        needles |= {
            f"{key.id} raw": private,
            f"{key.id} hex": private.hex().encode(),
            f"{key.id} upper": private.hex().upper().encode(),
            f"{key.id} reversed": private[::-1],
        }
    return {**needles, "wrap": bytes(wrap)}
