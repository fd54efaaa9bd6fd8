"""A Ledger as a signer of XRP Ledger accounts (port Signer).

The device derives keys itself, so a key here is a derivation path and the public key that the device gave for
it. What the device signs is compared with our own payload before anybody else sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from signer_app.chains.port import Signature
from signer_app.chains.registry import chain_of
from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject
from signer_app.signers.ledger.device import PATIENCE_S, LedgerDevice, Tell
from signer_app.signers.ledger.xrp.client import APP, LedgerAddress, XrpApp
from signer_app.signers.ledger.xrp.limits import obstacles
from signer_app.signers.ledger.xrp.screens import Review, review
from signer_app.signers.port import BadSignatureError, DeviceState, KeyInfo, SignedTransaction

#: Where Ledger's own programs put XRP accounts, the usual one first.
USUAL_PATHS: Final = tuple(f"44'/144'/{account}'/0/0" for account in range(5))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the person sits: ``tell`` says what to do, ``show`` what the device's screens will say."""

    tell: Tell
    show: Callable[[Review], None]


#: A desk at which nobody sits.
SILENT: Final = Desk(tell=lambda _text: None, show=lambda _review: None)
#: Makes the workstation's receipt: (network, body, signer, public_key, report_hash) by name.
Witness = Callable[..., JsonObject]


class LedgerSigner:
    """One key of one connected Ledger, ready to be asked."""

    def __init__(
        self, device: LedgerDevice, key: LedgerAddress, *, key_id: str, witness: Witness, desk: Desk
    ) -> None:
        """Not for callers: use find_key, which reads the key from the device."""
        self.device = device
        self._path = key.path
        self._key = KeyInfo(key_id, "chain", "secp256k1", key.public_key, {"xrpl": key.address})
        self._witness = witness
        self._desk = desk

    @property
    def key(self) -> KeyInfo:
        return self._key

    def state(self) -> DeviceState:
        return self.device.probe(APP).state

    def keys(self) -> list[KeyInfo]:
        return [self._key]

    def sign_transaction(
        self, *, network: str, body: str, signer: str, key_id: str, report_hash: str
    ) -> SignedTransaction:
        """As the port says. A person reads and approves on the device, for as long as they like."""
        if key_id != self._key.id:
            raise SignerError(f"This device is not {key_id[:64]}.", code="KEY_NOT_FOUND")
        chain = chain_of(network)
        public = self._key.public_key
        payload = chain.signing_payload(network=network, body=body, signer=signer, public_key=public)
        app = self.device.open_app()
        if app.name != APP:
            raise SignerError(f"{app.name} is open, {APP} is needed.", code="DEV_WRONG_APP")
        self._refuse(body, app.version)
        self._desk.show(review(body, app_version=app.version, model=self.device.known_model))
        self._desk.tell(f"Compare and approve on the {self.device.model}. Nothing is signed until you do")
        value = XrpApp(self.device).sign(self._path, bytes.fromhex(body))
        signature = Signature(payload.signer, public, value, payload.scheme)
        if not chain.verify(network=network, body=body, signature=signature):
            raise BadSignatureError("The device signed something else. Nothing was released.", signature)
        receipt = self._witness(
            network=network, body=body, signer=signer, public_key=public, report_hash=report_hash
        )
        return SignedTransaction(signature, payload.digest.hex().upper(), receipt)

    def _refuse(self, body: str, version: str) -> None:
        """What this model and version would refuse, before the person is asked."""
        found = obstacles(
            body,
            signer_address=self._key.addresses["xrpl"],
            public_key=self._key.public_key,
            model=self.device.known_model,
            app_version=version,
        )
        if found:
            raise SignerError(found[0].message, code=found[0].code)


def find_key(
    device: LedgerDevice,
    public_key: str,
    *,
    paths: Iterable[str],
    key_id: str,
    witness: Witness,
    desk: Desk,
    patience_s: float = PATIENCE_S,
) -> LedgerSigner | None:
    """Open the XRP app and look along ``paths`` for ``public_key``; null if the device does not hold it
    there.

    Raises SignerError DEV_* when the device cannot be brought to answer.
    """
    device.ready(APP, desk.tell, patience_s=patience_s)
    app = XrpApp(device)
    for path in paths:
        found = app.address(path)
        if found.public_key == public_key.upper():
            return LedgerSigner(device, found, key_id=key_id, witness=witness, desk=desk)
    return None
