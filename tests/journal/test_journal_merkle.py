from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from journal_help import stand_alone

from signer_app.journal import merkle

LEAVES = [hashlib.sha256(b"\0" + bytes([number & 255, number >> 8])).digest() for number in range(3000)]
sizes = st.integers(1, 130)


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def test_known_roots_of_certificate_transparency() -> None:
    """Inputs and roots published with the RFC 6962 reference implementation."""
    inputs = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    roots = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(item)).digest() for item in inputs]
    for size, root in roots.items():
        assert merkle.root_of(leaves[:size]).hex() == root


@given(st.integers(0, 3000), st.lists(st.integers(0, 2100), max_size=4))
def test_root_is_that_of_the_definition_in_whatever_steps_it_grows(size: int, steps: list[int]) -> None:
    tree = merkle.CompactRange()
    for step in steps:
        tree.extend(LEAVES[tree.size : min(size, tree.size + step)])
        if tree.size < size:
            tree.append(LEAVES[tree.size])
        # Asking folds what is new; the tree, and a copy of it, must grow on from there the same.
        assert tree.root() == by_definition(LEAVES[: tree.size])
        tree = tree.copy()
    tree.extend(LEAVES[tree.size : size])
    assert tree.size == size
    assert tree.root() == by_definition(LEAVES[:size])


@given(sizes, st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root_of(LEAVES[:size])
    proof = merkle.inclusion_proof(LEAVES[:size], index)
    assert merkle.root_from_inclusion(LEAVES[index], index, size, proof) == root
    assert stand_alone().climb(LEAVES[index], index, size, proof) == root
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert merkle.root_from_inclusion(LEAVES[index], other, size, proof) != root
        assert stand_alone().climb(LEAVES[index], other, size, proof) != root
    for wrong in (proof + [bytes(32)], proof[:-1] if proof else [bytes(32)]):
        assert merkle.root_from_inclusion(LEAVES[index], index, size, wrong) != root
        assert stand_alone().climb(LEAVES[index], index, size, wrong) != root


@given(sizes, st.data())
def test_consistency(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    old_root, new_root = merkle.root_of(LEAVES[:old]), merkle.root_of(LEAVES[:size])
    proof = merkle.consistency_proof(LEAVES[:size], old)
    assert merkle.consistent(old, old_root, size, new_root, proof)
    assert not merkle.consistent(old, old_root, size, new_root, [*proof, bytes(32)])
    if old:
        assert not merkle.consistent(old, bytes(32), size, new_root, proof)
        assert not merkle.consistent(old, old_root, size, bytes(32), proof)
    for position in range(len(proof)):
        changed = [*proof[:position], bytes(32), *proof[position + 1 :]]
        assert not merkle.consistent(old, old_root, size, new_root, changed)


def test_indices_outside_the_tree_have_no_proof() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            merkle.inclusion_proof(LEAVES[:3], index)
        assert merkle.root_from_inclusion(LEAVES[0], index, 3, []) is None
    with pytest.raises(IndexError):
        merkle.consistency_proof(LEAVES[:3], 4)
    assert not merkle.consistent(4, bytes(32), 3, bytes(32), [])
