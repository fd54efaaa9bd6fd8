"""One sealed JSON file: canonical bytes, a checksum against accidents, AES-256-GCM against everybody else.

A file is RFC 8785 JSON and one LF, nothing else, so that any changed bit is either a broken form, a broken
checksum or a failed seal. The checksum has no key: it only tells damage from a wrong passphrase.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue

_NONCE = re.compile(r"[0-9a-f]{24}")
_BODY = re.compile(r"(?:[0-9a-f]{2}){16,}")


def seal(key: bytes | bytearray, plaintext: bytes | bytearray, header: JsonObject) -> JsonObject:
    """AES-256-GCM with the canonical JSON of ``header`` authenticated. Shape: {nonce, body}, lower hex."""
    nonce = os.urandom(12)
    body = AESGCM(key).encrypt(nonce, plaintext, canonical(header))
    return {"nonce": nonce.hex(), "body": body.hex()}


def unseal(key: bytes | bytearray, sealed: JsonValue, header: JsonObject) -> bytearray:
    """The plaintext, in a buffer that can be wiped. Raises MalformedError if form or authentication fails."""
    if not isinstance(sealed, dict) or set(sealed) != {"nonce", "body"}:
        raise MalformedError("A sealed part has the wrong form.")
    nonce, body = sealed["nonce"], sealed["body"]
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise MalformedError("A sealed part has no proper nonce.")
    if not isinstance(body, str) or not _BODY.fullmatch(body):
        raise MalformedError("A sealed part has no proper body.")
    data = bytes.fromhex(body)
    plaintext = bytearray(len(data) - 16)
    try:
        AESGCM(key).decrypt_into(bytes.fromhex(nonce), data, canonical(header), plaintext)
    except InvalidTag as error:
        raise MalformedError("A sealed part was changed.") from error
    return plaintext


def encode_file(content: JsonObject) -> bytes:
    """File bytes of ``content`` with its checksum added."""
    digest = hashlib.sha256(canonical(content)).hexdigest()
    return canonical({**content, "checksum": digest}) + b"\n"


def decode_file(data: bytes) -> JsonObject:
    """The content of encode_file, without the checksum. Raises MalformedError for any deviation."""
    content = read_json_object(data)
    if canonical(content) + b"\n" != data:
        raise MalformedError("The file is not in canonical form.")
    checksum = content.pop("checksum", None)
    digest = hashlib.sha256(canonical(content)).hexdigest()
    if not isinstance(checksum, str) or not hmac.compare_digest(checksum, digest):
        raise MalformedError("The file is damaged: its checksum does not fit.")
    return content
