"""One pass over a journal file without keys: form, chain and tree, at a few microseconds a record.

This is the fast twin of records.parse_line: it compares slices of the line with what they must be
instead of taking the line apart. Tests hold the two, and the stand-alone verifier, to the same answers.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from array import array
from binascii import a2b_base64, b2a_base64, hexlify
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, Protocol

from signer_app.journal.merkle import CompactRange
from signer_app.journal.records import (
    MAX_EPOCH,
    MAX_LINE,
    first_previous,
    sealed_length_possible,
)

#: Small enough that a chunk and its lines stay in the processor's cache.
_CHUNK: Final = 256 * 1024
#: From the opening brace through ch. What is compared with a computed hash is not tested for its digits here.
_HEADER = re.compile(
    rb'\{"v":1,"i":([0-9]{1,19}),"e":([1-9][0-9]{0,9}),"s":"[0-9a-f]{32}","n":"[0-9a-f]{24}",'
    rb'"p":"(.{64})","pc":"[0-9a-f]{64}","ch":"(.{64})"',
    re.DOTALL,
)
_HEX64 = re.compile(rb"[0-9a-f]{64}")
#: ,"h":"<64>","c": stands between the header and the content.
_LEAF_PART: Final = 76

#: Called for each good line (index, line without LF, epoch); False makes the line a bad one.
Visitor = Callable[[int, bytes, int], bool]
#: Told after each chunk how many good records there are by now. What it raises ends the pass.
Progress = Callable[[int], None]


class Readable(Protocol):
    """All that a pass asks of a file."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Scan:
    """What a pass found. The tree, ``end`` (bytes) and the last leaf are those of the good lines."""

    tree: CompactRange = field(default_factory=CompactRange)
    #: Lines that end in LF, good or bad.
    records: int = 0
    first_bad: int | None = None
    torn_bytes: int = 0
    end: int = 0
    last_leaf: bytes | None = None
    last_epoch: int = 0
    #: Index of the first record of the last epoch.
    epoch_start: int = 0
    redacted: list[int] = field(default_factory=list)
    #: Root at each size that was asked for, as far as the good lines reach.
    roots: dict[int, bytes] = field(default_factory=dict)
    #: Start of each good line; filled on demand.
    offsets: array[int] = field(default_factory=lambda: array("Q"))

    @property
    def size(self) -> int:
        """Number of good lines."""
        return self.tree.size


def scan(
    stream: Readable, *, log_id: bytes | None, sizes: Collection[int] = (), visit: Visitor | None = None,
    keep_offsets: bool = False, leaves_to: list[bytes] | None = None, progress: Progress | None = None,
) -> Scan:  # fmt: skip
    """Read ``stream`` (unbuffered is best) to its end. Stops judging at the first bad line, and
    never raises for content.
    ``log_id`` None: p of record 0 is not checked. ``leaves_to`` collects the leaf hashes. Raises OSError.
    """
    result = Scan()
    if 0 in sizes:
        result.roots[0] = result.tree.root()
    checker = _Checker(result, log_id, sorted(size for size in set(sizes) if size > 0), visit)
    carry = b""
    while True:
        chunk = stream.read(_CHUNK)
        if not chunk:
            break
        if b"\n" not in chunk:
            carry += chunk
            if len(carry) > MAX_LINE:
                _skip_long(stream, result, len(carry))
                return result
            continue
        lines = chunk.split(b"\n")
        lines[0] = carry + lines[0]
        length = len(carry) + len(chunk)
        carry = lines.pop()
        result.records += len(lines)
        good = checker.take(lines)
        if keep_offsets:
            _note_offsets(result, lines[:good])
        if leaves_to is not None:
            leaves_to.extend(checker.leaves)
        if good < len(lines):
            result.first_bad = result.size
            _count_rest(stream, result, len(carry))
            return result
        result.end += length - len(carry)
        if progress is not None:
            progress(result.size)
    result.torn_bytes = len(carry)
    return result


def _note_offsets(result: Scan, lines: list[bytes]) -> None:
    position = result.end
    for line in lines:
        result.offsets.append(position)
        position += len(line) + 1


def _skip_long(stream: Readable, result: Scan, open_bytes: int) -> None:
    """A line longer than any may be: bad if it ends, torn if it does not."""
    _count_rest(stream, result, open_bytes)
    if result.records > result.size:
        result.first_bad = result.size


def _count_rest(stream: Readable, result: Scan, open_bytes: int) -> None:
    """Count the lines that are not judged any more, and what stands after the last of them."""
    while chunk := stream.read(_CHUNK):
        count = chunk.count(b"\n")
        result.records += count
        open_bytes = len(chunk) - chunk.rfind(b"\n") - 1 if count else open_bytes + len(chunk)
    result.torn_bytes = open_bytes


class _Checker:
    """Judges lines in order and grows the tree; the state is the chain."""

    def __init__(self, result: Scan, log_id: bytes | None, sizes: list[int], visit: Visitor | None) -> None:
        self._result = result
        self._sizes = sizes
        self._visit = visit
        self._previous = None if log_id is None else hexlify(first_previous(log_id))
        #: Leaves of the lines taken last.
        self.leaves: list[bytes] = []

    def take(self, lines: list[bytes]) -> int:
        """How many of ``lines`` are good before the first bad one."""
        leaves: list[bytes] = []
        self.leaves = leaves
        first = self._result.size
        good = self._walk(lines, first, leaves)
        self._grow(first, leaves)
        if leaves:
            self._result.last_leaf = leaves[-1]
        self._result.redacted = [index for index in self._result.redacted if index < first + good]
        return good

    def _walk(self, lines: list[bytes], index: int, leaves: list[bytes]) -> int:
        match_header, sha256, visit = _HEADER.match, hashlib.sha256, self._visit
        previous, first = self._previous, index
        epoch = self._result.last_epoch
        for line in lines:
            match = match_header(line)
            if match is None:
                break
            number, epoch_digits, linked, sealed_hash = match.groups()
            end = match.end()
            leaf = sha256(b"\x00" + line[:end]).digest()
            leaf_digits = hexlify(leaf)
            if (
                number != b"%d" % index
                or (linked != previous and not self._first_unknown(index, linked))
                or not line.startswith(b',"h":"%b","c":' % leaf_digits, end)
                or len(line) >= MAX_LINE
                or (found := int(epoch_digits)) > MAX_EPOCH
                or not (
                    _content_fits(line, end + _LEAF_PART, sealed_hash)
                    or self._redacted(line, end + _LEAF_PART, sealed_hash, index)
                )
                or (visit is not None and not visit(index, line, found))
            ):
                break
            leaves.append(leaf)
            previous = leaf_digits
            if found != epoch:
                epoch = found
                self._result.last_epoch, self._result.epoch_start = epoch, index
            index += 1
        self._previous = previous
        return index - first

    def _first_unknown(self, index: int, linked: bytes) -> bool:
        return index == 0 and self._previous is None and _HEX64.fullmatch(linked) is not None

    def _redacted(self, line: bytes, start: int, sealed_hash: bytes, index: int) -> bool:
        if line[start:] != b"null}" or _HEX64.fullmatch(sealed_hash) is None:
            return False
        self._result.redacted.append(index)
        return True

    def _grow(self, first: int, leaves: list[bytes]) -> None:
        """Extend the tree, stopping at each size whose root was asked for."""
        tree, position = self._result.tree, 0
        for size in self._sizes[bisect_right(self._sizes, first) :]:
            if size > first + len(leaves):
                break
            tree.extend(leaves[position : size - first])
            position = size - first
            self._result.roots[size] = tree.root()
        tree.extend(leaves[position:])


def _content_fits(line: bytes, start: int, sealed_hash: bytes) -> bool:
    """True if from ``start`` on stand the quoted base64 of what ``sealed_hash`` says, and the brace."""
    text = line[start + 1 : -2]
    try:
        sealed = a2b_base64(text, strict_mode=True)
    except binascii.Error:
        return False
    length = len(sealed)
    return (
        hexlify(hashlib.sha256(sealed).digest()) == sealed_hash
        and sealed_length_possible(length)
        and line.startswith(b'"', start)
        and line.endswith(b'"}')
        # The strict decoder refuses foreign characters and line breaks, but forgives a pad character too many
        # and pad bits that are not zero; these stand in the last four characters.
        and len(text) == (length + 2) // 3 * 4
        and text.endswith(b2a_base64(sealed[-(length % 3 or 3) :], newline=False))
    )
