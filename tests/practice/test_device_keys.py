"""Seeds and keys of practice devices, against vectors of others (BIP-39, BIP-32)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import base58
import coincurve
import pytest

from signer_app.core.errors import MalformedError
from signer_app.practice.devices import mnemonic
from signer_app.practice.devices.hdkeys import Node, master

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors" / "seeds.json").read_text())
BIP39 = VECTORS["bip39"]


def test_the_list_of_words_is_the_standard_one() -> None:
    text = "".join(f"{word}\n" for word in mnemonic.words())
    assert len(mnemonic.words()) == 2048
    # The digest of english.txt as BIP-39 publishes it.
    assert (
        hashlib.sha256(text.encode()).hexdigest()
        == "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    )


@pytest.mark.parametrize("row", BIP39, ids=lambda row: row["entropy"][:12])
def test_phrase_and_seed(row: dict[str, str]) -> None:
    assert mnemonic.phrase_of(bytes.fromhex(row["entropy"])) == row["phrase"]
    assert mnemonic.checked(f"  {row['phrase'].upper()}\n") == row["phrase"]
    assert mnemonic.seed_of(row["phrase"]).hex() == row["seed"]
    assert mnemonic.seed_of(row["phrase"], "TREZOR").hex() == row["seed_with_TREZOR"]


def test_fresh_phrases_differ_and_are_phrases() -> None:
    phrases = {mnemonic.fresh_phrase() for _ in range(20)}
    assert len(phrases) == 20
    assert all(mnemonic.checked(phrase) == phrase and len(phrase.split()) == 24 for phrase in phrases)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "abandon " * 12,
        "abandon " * 11,
        "abandon " * 11 + "abouts",
        "about " + "abandon " * 11,
        "zoo " * 23 + "zoo",
    ],
)
def test_what_is_no_phrase(phrase: str) -> None:
    with pytest.raises(MalformedError) as caught:
        mnemonic.checked(phrase)
    assert "abandon" not in str(caught.value)
    assert "zoo" not in str(caught.value)


def test_entropy_of_a_wrong_length() -> None:
    with pytest.raises(MalformedError):
        mnemonic.phrase_of(bytes(17))


CHAINS = [(row["seed"], chain["path"], chain["xprv"]) for row in VECTORS["bip32"] for chain in row["chains"]]


@pytest.mark.parametrize(("seed", "path", "xprv"), CHAINS, ids=[c[2][-8:] for c in CHAINS])
def test_derivation(seed: str, path: list[int], xprv: str) -> None:
    raw = base58.b58decode_check(xprv)
    node = master(bytes.fromhex(seed)).descend(path)
    assert (node.chain_code, node.key) == (raw[13:45], raw[46:78])
    assert raw[4] == len(path)


def test_signatures_verify_have_a_low_s_and_no_chance() -> None:
    node = master(bytes(16)).descend([44 | 0x80000000, 7])
    half = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
    for number in range(50):
        digest = hashlib.sha256(bytes([number])).digest()
        signature = node.sign(digest)
        assert signature == node.sign(digest)
        length = signature[3]
        assert int.from_bytes(signature[6 + length :], "big") <= half
        assert coincurve.PublicKey(node.public_key).verify(signature, digest, hasher=None)


def test_a_key_is_in_no_representation() -> None:
    node = Node(b"\x01" * 32, b"\x02" * 32)
    assert "01" not in repr(node)
