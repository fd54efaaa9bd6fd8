"""The program with its passphrase hashing remembered: what a passphrase has derived to is kept in a folder.

New salts are all the same here, so that a new workspace asks nothing new either; what is derived is what the
program without this derives from that salt.

``python remembering.py FOLDER ARGUMENTS`` is the program with these arguments, and so are the children which
it starts; with ``--child children`` it forks children (forking.py).

A derivation costs a quarter of a second of processor time, each is asked for hundreds of times in a run of
the suite, and none of it is what those tests are about. The tests of the vault, the rehearsal as it is meant
to go, the window's journeys, the built program and the long runs of `make soak` hash for real.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


class RememberedArgon2id:
    """The library's Argon2id (the part of it that vault/kdf.py uses), asked once for each question."""

    folder: Path

    def __init__(self, **cost: Any) -> None:
        self._cost = cost

    def derive_into(self, words: bytearray, result: bytearray) -> None:
        question = repr((bytes(words), len(result), sorted(self._cost.items())))
        path = self.folder / hashlib.sha256(question.encode()).hexdigest()
        try:
            result[:] = path.read_bytes()
        except FileNotFoundError:
            Argon2id(**self._cost).derive_into(words, result)
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_bytes(result)
            unfinished.replace(path)  # whole or not at all, whenever this process is killed


#: For the module that draws salts and nothing else.
NO_CHANCE = SimpleNamespace(urandom=bytes)


def remembering(folder: Path) -> list[str]:
    """How this program is started."""
    # -P: a signer_app folder in the current directory must not be taken for ours.
    return [sys.executable, "-P", "-s", str(Path(__file__).resolve()), str(folder)]


def main() -> int:
    """Run with sys.argv; returns the exit code."""
    from signer_app import __main__ as program
    from signer_app.signers import host
    from signer_app.vault import kdf

    folder = RememberedArgon2id.folder = Path(sys.argv.pop(1))
    kdf.Argon2id = RememberedArgon2id
    kdf.os = NO_CHANCE
    host.child_command = lambda kind: [*remembering(folder), "--child", kind]
    if sys.argv[1:] == ["--child", "children"]:
        sys.path.append(str(Path(__file__).parent))
        import forking

        from signer_app.cli import warm

        return warm.serve(program.main, load=forking.load)
    if "--child" not in sys.argv:
        from signer_app.practice import processes

        processes.program = lambda: remembering(folder)
    return program.main()


if __name__ == "__main__":
    sys.exit(main())
