"""The certificate of a node as it is kept with the node's entry, and when another one continues it.

A renewed certificate is another certificate, every few weeks. What stays is the key of the node or, where a
node makes a new key with each renewal, the authority that vouches for it. ``Hold`` says which of the two a
person holds the node to (decision 0020).
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict

from signer_app.core.clock import parse_time
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject

#: key: the node's public key stays the same. authority: any key for which the same root authority vouches.
Hold: TypeAlias = Literal["key", "authority"]
HOLDS: tuple[Hold, ...] = ("key", "authority")

_HASH = re.compile(r"[0-9a-f]{64}\Z")


def _hash(text: str) -> str:
    if not _HASH.match(text):
        raise ValueError("must be 64 lower hex digits")
    return text


def _time(text: str) -> str:
    try:
        parse_time(text)
    except MalformedError as error:
        raise ValueError(error.message) from error
    return text


def _name(text: str) -> str:
    if len(text) > 200 or not text.isprintable():
        raise ValueError("must be at most 200 printable characters")
    return text


_Hash: TypeAlias = Annotated[str, AfterValidator(_hash)]
_Time: TypeAlias = Annotated[str, AfterValidator(_time)]


class NodeCertificate(BaseModel):
    """What a node showed. Hashes are lower hex SHA-256: ``sha256`` of the whole certificate, ``key`` and
    ``authority`` of the public keys (SubjectPublicKeyInfo) of the node and of the root that vouches for it.
    ``issuer`` is who signed it, for people; ``not_before`` and ``not_after`` bound its life.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    sha256: _Hash
    key: _Hash
    authority: _Hash
    issuer: Annotated[str, AfterValidator(_name)]
    not_before: _Time
    not_after: _Time

    def to_json(self) -> JsonObject:
        """Every member."""
        return self.model_dump()

    def continued_by(self, shown: NodeCertificate, hold: Hold) -> bool:
        """Whether ``shown`` is this node's too, by what it is held to."""
        return shown.key == self.key or (hold == "authority" and shown.authority == self.authority)


class KeptCertificate(NodeCertificate):
    """The one that a node is held to, and since when."""

    recorded_at: _Time


def kept(shown: NodeCertificate, recorded_at: str) -> KeptCertificate:
    """The certificate to hold a node to from now on. ``recorded_at``: RFC 3339 UTC."""
    return KeptCertificate(**shown.model_dump(), recorded_at=recorded_at)
