"""The Merkle tree of RFC 6962 section 2.1: a compact range in memory, inclusion and consistency proofs.

Leaves are leaf hashes (32 bytes, made with the prefix 0x00 by records.leaf_hash); nodes have the prefix 0x01.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

#: Leaves hashed level by level at once; fewer Python steps for each leaf of a large file.
_BLOCK_LEVEL = 10
_BLOCK = 1 << _BLOCK_LEVEL


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class CompactRange:
    """The roots of the full subtrees of a growing tree: log2(size) hashes, enough for every later root."""

    __slots__ = ("_new", "_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        #: (level, hash) with falling levels: one entry for each set bit of the number of leaves folded in.
        self._peaks: list[tuple[int, bytes]] = []
        #: Leaves that are not folded in yet: an append costs no hash, and hashing many at once costs less.
        self._new: list[bytes] = []

    def copy(self) -> CompactRange:
        """A range that grows on its own."""
        other = CompactRange()
        other.size = self.size
        other._peaks = list(self._peaks)
        other._new = list(self._new)
        return other

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self.size += 1
        self._new.append(leaf)
        if len(self._new) >= _BLOCK:
            self._fold(everything=False)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes in order."""
        self.size += len(leaves)
        self._new.extend(leaves)
        if len(self._new) >= _BLOCK:
            self._fold(everything=False)

    def _fold(self, *, everything: bool) -> None:
        """Hash new leaves, whole blocks where they begin at a multiple of a block, and the rest if asked."""
        leaves, position = self._new, 0
        folded = self.size - len(leaves)
        while position < len(leaves):
            if (folded + position) % _BLOCK:
                self._push(0, leaves[position])
                position += 1
            elif len(leaves) - position >= _BLOCK:
                self._push(_BLOCK_LEVEL, _full_root(leaves[position : position + _BLOCK]))
                position += _BLOCK
            elif everything:
                self._push(0, leaves[position])
                position += 1
            else:
                break
        self._new = leaves[position:]

    def _push(self, level: int, node: bytes) -> None:
        peaks = self._peaks
        while peaks and peaks[-1][0] == level:
            node = node_hash(peaks.pop()[1], node)
            level += 1
        peaks.append((level, node))

    def root(self) -> bytes:
        """Root over all leaves so far; SHA-256 of nothing for an empty tree."""
        self._fold(everything=True)
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = node_hash(left, node)
        return node


def _full_root(leaves: Sequence[bytes]) -> bytes:
    sha256 = hashlib.sha256
    level = list(leaves)
    while len(level) > 1:
        level = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(*[iter(level)] * 2, strict=True)
        ]
    return level[0]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over the leaf hashes."""
    tree = CompactRange()
    tree.extend(leaves)
    return tree.root()


def _split(count: int) -> int:
    """The largest power of two below ``count`` (count > 1)."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH of RFC 6962 2.1.1, from the leaf up, in the tree over ``leaves``. Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low = middle
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that this proof leads to, or None where it has not the length for (index, size).

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    position, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        position >>= 1
        last >>= 1
    return node if last == 0 else None


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """PROOF of RFC 6962 2.1.2 that the tree over ``leaves`` extends its first ``old_size`` ones.

    Empty for old sizes 0 and len(leaves). Raises IndexError.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(old_size)
    if old_size in {0, len(leaves)}:
        return []
    proof: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            proof.append(root_of(leaves[middle:high]))
            high = middle
        else:
            proof.append(root_of(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        proof.append(root_of(leaves[low:high]))
    return proof[::-1]


def consistent(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """True if ``proof`` shows that the new tree extends the old one. Source: RFC 9162 section 2.1.4.2."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old_node = new_node = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            new_node = node_hash(new_node, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and old_node == old_root and new_node == new_root
