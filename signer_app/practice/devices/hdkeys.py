"""BIP-32 private derivation over secp256k1."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

import coincurve

from signer_app.core.errors import MalformedError

HARDENED = 0x80000000
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@dataclass(frozen=True, slots=True)
class Node:
    """A private key and its chain code, 32 bytes each."""

    key: bytes = field(repr=False)
    chain_code: bytes = field(repr=False)

    @property
    def public_key(self) -> bytes:
        """33 bytes, compressed."""
        return coincurve.PrivateKey(self.key).public_key.format(compressed=True)

    def child(self, index: int) -> Node:
        """The child of a number below 2**32; from 2**31 on it is hardened.

        Raises MalformedError in the case of less than 1 in 2**127 in which there is no such child.
        """
        place = index.to_bytes(4, "big")
        data = b"\0" + self.key + place if index >= HARDENED else self.public_key + place
        digest = hmac.digest(self.chain_code, data, "sha512")
        tweak = int.from_bytes(digest[:32], "big")
        key = (tweak + int.from_bytes(self.key, "big")) % _ORDER
        if tweak >= _ORDER or key == 0:
            raise MalformedError("There is no key at this path.")
        return Node(key.to_bytes(32, "big"), digest[32:])

    def descend(self, path: Sequence[int]) -> Node:
        """The node at a path below this one."""
        node = self
        for index in path:
            node = node.child(index)
        return node

    def sign(self, digest: bytes) -> bytes:
        """DER, canonical, low S, nonce by RFC 6979, over a digest of 32 bytes."""
        return coincurve.PrivateKey(self.key).sign(digest, hasher=None)


def master(seed: bytes) -> Node:
    """The master node of a seed (BIP-32, "Master key generation"). Raises as ``child`` does."""
    digest = hmac.digest(b"Bitcoin seed", seed, "sha512")
    if not 0 < int.from_bytes(digest[:32], "big") < _ORDER:
        raise MalformedError("There is no master key of this seed.")
    return Node(digest[:32], digest[32:])
