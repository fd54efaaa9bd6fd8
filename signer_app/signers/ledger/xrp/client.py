"""The XRP app's protocol (hardware.md b; the app's doc/xrpapp.asc): version, address, signature.

It is given the serialised transaction without prefix, Signers and TxnSignature. The app puts the prefix in
front itself and, for a transaction with an empty SigningPubKey, the account of its own key behind it; so the
signature is over our multi-signing payload exactly when the signer's account is the one of the device's key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signer_app.chains.xrpl.address import account_id_of, encode_address
from signer_app.core.errors import SignerError
from signer_app.signers.ledger.exchange import Apdu, Exchange, Reader, encode_path, garbled
from signer_app.signers.ledger.status import XRP, require_ok

APP: Final = "XRP"
_CLA: Final = 0xE0
_GET_ADDRESS, _SIGN, _GET_VERSION = 0x02, 0x04, 0x06
_SECP256K1: Final = 0x40
#: The vendor's own client cuts so, and the recordings are made of such blocks.
_BLOCK: Final = 150
_FIRST_ONLY, _FIRST, _MIDDLE, _LAST = 0x00, 0x80, 0x81, 0x01
_COMPRESSED: Final = 33
_DER_SEQUENCE: Final = 0x30


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """A key of the device: compressed point in upper hex, and the address that the device says is its own."""

    path: str
    public_key: str
    address: str


class XrpApp:
    """The open XRP app of one device."""

    def __init__(self, device: Exchange) -> None:
        self._device = device

    def version(self) -> str:
        """Such as 2.4.1."""
        reader = Reader(require_ok(self._device.ask(Apdu(_CLA, _GET_VERSION))))
        reader.take(1)
        return ".".join(str(number) for number in reader.take(3))

    def address(self, path: str, *, show: bool = False) -> LedgerAddress:
        """The secp256k1 key at ``path``; with ``show`` the device shows its address and waits for a person.

        SignerError DEV_PROTOCOL if the address is not that of the key.
        """
        apdu = Apdu(_CLA, _GET_ADDRESS, int(show), _SECP256K1, encode_path(path))
        reader = Reader(require_ok(self._device.ask(apdu, person=show)))
        key, address = reader.counted(), reader.text()
        reader.end()
        if len(key) != _COMPRESSED or key[0] not in (2, 3):
            raise garbled()
        if encode_address(account_id_of(key)) != address:
            raise SignerError(
                "The device's address is not that of its key. Do not use this device.", code="DEV_PROTOCOL"
            )
        return LedgerAddress(path, key.hex().upper(), address)

    def sign(self, path: str, blob: bytes) -> str:
        """The DER signature in upper hex of ``blob``, once a person has approved it on the device.

        Raises SignerError DEV_REJECTED, DEV_UNSUPPORTED, DEV_TOO_LARGE, DEV_PROTOCOL, …
        """
        data = encode_path(path) + blob
        blocks = [data[start : start + _BLOCK] for start in range(0, len(data), _BLOCK)]
        for block, p1 in zip(blocks[:-1], [_FIRST, *[_MIDDLE] * len(blocks)], strict=False):
            if require_ok(self._device.ask(Apdu(_CLA, _SIGN, p1, _SECP256K1, block)), XRP):
                raise garbled()  # the answer to somebody else's request
        p1 = _FIRST_ONLY if len(blocks) == 1 else _LAST
        answer = self._device.ask(Apdu(_CLA, _SIGN, p1, _SECP256K1, blocks[-1]), person=True)
        signature = require_ok(answer, XRP)
        if len(signature) < 8 or signature[0] != _DER_SEQUENCE or signature[1] != len(signature) - 2:
            raise garbled()
        return signature.hex().upper()
