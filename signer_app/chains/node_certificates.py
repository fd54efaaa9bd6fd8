"""Holds a node to its certificate (decision 0020).

A connection is looked at once, when its handshake is done and before a request is sent: a node that shows
another certificate than the recorded one is not even told what is asked. Loaded for https nodes alone, by
who opens them: reading certificates takes a library that is slow to load.
"""

from __future__ import annotations

import hashlib
import ssl
import threading
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signer_app.core.clock import format_time
from signer_app.core.errors import NodeError
from signer_app.core.node_certificate import Hold, KeptCertificate, NodeCertificate
from signer_app.core.text import safe_text

CHANGED = "NODE_CERTIFICATE_CHANGED"


class CertificateGuard:
    """Holds one node to its certificate. Without a recorded one the first that is shown is taken, once its
    chain was verified; until it is recorded it holds for this guard alone. Safe to use from several threads.
    """

    def __init__(self, node: str, recorded: KeptCertificate | None, hold: Hold) -> None:
        self._node, self._hold = node, hold
        self._held: NodeCertificate | None = recorded
        self._lock = threading.Lock()
        self._shown: NodeCertificate | None = None
        self._refused = False

    @property
    def taken(self) -> NodeCertificate | None:
        """What the node showed last, if it was taken."""
        with self._lock:
            return None if self._refused else self._shown

    @property
    def refused(self) -> NodeCertificate | None:
        """What the node showed last, if it was not taken."""
        with self._lock:
            return self._shown if self._refused else None

    @property
    def shown(self) -> NodeCertificate | None:
        """What the node showed last; None before the first contact."""
        return self._shown

    def check(self, connection: Any) -> None:
        """Look at a connection whose handshake is done. NodeError NODE_CERTIFICATE_CHANGED."""
        shown = _read(connection)
        with self._lock:
            self._shown, self._held = shown, self._held or shown
            refused = self._refused = not self._held.continued_by(shown, self._hold)
        if refused:
            raise changed(self._node, shown)


def changed(node: str, shown: NodeCertificate) -> NodeError:
    """The error for a node that shows another certificate than the recorded one."""
    return NodeError(
        f"Node {node} shows another certificate than the recorded one.",
        code=CHANGED,
        details={"node": node, "certificate": shown.to_json()},
    )


def _read(connection: Any) -> NodeCertificate:
    """From a connection of the ssl module: its chain, as it was verified up to the root."""
    # Documented since Python 3.13, where it gives bytes; there under the same name since 3.10.
    chain = [_der(link) for link in connection.get_verified_chain()]
    leaf, root = x509.load_der_x509_certificate(chain[0]), x509.load_der_x509_certificate(chain[-1])
    return NodeCertificate(
        sha256=hashlib.sha256(chain[0]).hexdigest(),
        key=_key(leaf),
        authority=_key(root),
        issuer=safe_text(_name(leaf.issuer), 200),
        not_before=format_time(leaf.not_valid_before_utc),
        not_after=format_time(leaf.not_valid_after_utc),
    )


def _name(issuer: x509.Name) -> str:
    """As people call an authority: its names, without what the standard calls them."""
    wanted = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
    found = [str(part.value) for oid in wanted for part in issuer.get_attributes_for_oid(oid)]
    return ", ".join(found) or issuer.rfc4514_string()


def _der(link: Any) -> bytes:
    return link if isinstance(link, bytes) else ssl.PEM_cert_to_DER_cert(link.public_bytes())


def _key(certificate: x509.Certificate) -> str:
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()
