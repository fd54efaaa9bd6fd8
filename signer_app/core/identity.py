"""The hashes by which things are named. The process of the key loads this, and not what they name."""

from __future__ import annotations

import hashlib

from signer_app.core.canonical import canonical_hash


def proposal_id(*, network: str, account: str, encoding: str, body: str) -> str:
    """Lower hex SHA-256 of RFC 8785 of {account, body, encoding, network} (CONTRACTS C1)."""
    return canonical_hash({"account": account, "body": body, "encoding": encoding, "network": network})


def hash_bytes(data: bytes) -> str:
    """Lower hex SHA-256."""
    return hashlib.sha256(data).hexdigest()
