"""A second program that works in a workspace, and what lies in the folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from offices import ROOT, SECRETS, Offices

#: Works in a workspace in a process of its own: each line on stdin is a text to be journaled, and answered by
#: the number of records.
WRITER = """
import sys
from pathlib import Path
from signer_app.workspace import Workspace
with Workspace.open(Path(sys.argv[1]), passphrase=bytearray(sys.argv[2].encode()), offline=True) as opened:
    print(opened.journal.size, flush=True)
    for line in sys.stdin:
        if line.startswith("payment "):
            opened.proposals.import_bytes(
                line.split()[1].encode(), network="xrpl:63456", account=line.split()[2]
            )
        else:
            opened.rooms.record("note", {"text": line.strip()})
        print(opened.journal.size, flush=True)
"""


class Writer:
    """The other process."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), secret], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._in, self._out = self.process.stdin, self.process.stdout
        self.size = int(self._out.readline())

    def do(self, line: str) -> int:
        """The number of records afterwards."""
        self._in.write(line + "\n")
        self._in.flush()
        self.size = int(self._out.readline())
        return self.size

    def end(self) -> None:
        self._in.close()
        assert self.process.wait(60) == 0
        self._out.close()


@contextmanager
def writing(offices: Offices, name: str) -> Iterator[Writer]:
    writer = Writer(offices.folder(name), SECRETS[f"{name}.vault"])
    try:
        yield writer
    finally:
        if writer.process.poll() is None:
            writer.end()


def everything(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Each file and folder below: mode, inode, when its content or its names changed, and the content."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        facts = path.lstat()
        data = path.read_bytes() if path.is_file() else b""
        found[str(path)] = (facts.st_mode, facts.st_ino, facts.st_mtime_ns, data)
    return found
