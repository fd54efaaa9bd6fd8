"""A node's certificate is verified: a wrong one is no connection, whatever the environment says."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scripted_node import NETWORK, LedgerScript, ScriptedNode

from signer_app.chains import node as transport
from signer_app.chains.xrpl.client import XrplClient
from signer_app.core.errors import NodeError


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for localhost with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "node.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def ask(url: str) -> int:
    client = XrplClient("node-a", url, NETWORK)
    try:
        return client.server_info().validated
    finally:
        client.close()


def test_only_a_trusted_certificate_with_the_right_name_is_taken(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with ScriptedNode(LedgerScript()) as node:
        node.serve_tls(certificate)
        by_name = node.url.replace("http://127.0.0.1", "https://localhost")

        with pytest.raises(NodeError) as untrusted:
            ask(by_name)
        assert untrusted.value.code == "NODE_UNREACHABLE"
        assert "certificate verify failed" in str(untrusted.value.details["reason"])

        trusting = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(transport, "_tls", lambda: trusting)
        assert ask(by_name) == 100
        with pytest.raises(NodeError) as misnamed:
            ask(node.url.replace("http:", "https:"))
        assert misnamed.value.code == "NODE_UNREACHABLE"
