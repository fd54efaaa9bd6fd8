"""A TLS server before a node on loopback, whose certificate a test changes, and authorities for them."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PEM = serialization.Encoding.PEM
Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


class Authority:
    """A root with one intermediate below it, as the authorities of the world have."""

    def __init__(self, name: str) -> None:
        self._root_key, self._key = new_key(), new_key()
        self.root = _certificate(name, self._root_key, name, self._root_key, ca=True)
        self._mid = _certificate(f"{name} 1", self._key, name, self._root_key, ca=True)
        self._name = f"{name} 1"

    @property
    def pem(self) -> str:
        """What somebody needs who trusts it."""
        return self.root.public_bytes(PEM).decode()

    def issue(self, path: Path, key: Key | None = None, *, days: int = 90, name: str = "localhost") -> Path:
        """A chain for ``name`` with its key in one file."""
        key = key or new_key()
        leaf = _certificate(name, key, self._name, self._key, days=days)
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(leaf.public_bytes(PEM) + self._mid.public_bytes(PEM) + private)
        return path


def _certificate(
    name: str, key: Key, issuer: str, by: Key, *, ca: bool = False, days: int = 90
) -> x509.Certificate:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(by, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


class TlsFront:
    """Speaks TLS, and hands on what comes to the node behind it. ``heard`` counts bytes that were asked."""

    def __init__(self, behind: str, certificate: Path) -> None:
        parts = urlsplit(behind)
        self._behind = (str(parts.hostname), int(parts.port or 80))
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.heard = 0
        self.use(certificate)

    @property
    def place(self) -> tuple[str, int]:
        """Where it listens."""
        return ("127.0.0.1", int(self._server.getsockname()[1]))

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.getsockname()[1]}/"

    def use(self, certificate: Path) -> None:
        """Show this one from the next connection on, and end those that are open."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._context = context
        self._end_all()

    def _end_all(self) -> None:
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._server.accept()
            except OSError:
                return  # closed: the test is over
            threading.Thread(target=self._talk, args=(raw,), daemon=True).start()

    def _talk(self, raw: socket.socket) -> None:
        with (
            contextlib.suppress(OSError),
            raw,
            self._context.wrap_socket(raw, server_side=True) as near,
            socket.create_connection(self._behind) as far,
        ):
            self._open.add(near)
            back = threading.Thread(target=copy, args=(far, near), daemon=True)
            back.start()
            while data := near.recv(65536):
                self.heard += len(data)
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)
            back.join()
            self._open.discard(near)

    def __enter__(self) -> TlsFront:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._end_all()


def copy(source: socket.socket, sink: socket.socket) -> None:
    """Hand on what comes until it ends, then end the other side too."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
