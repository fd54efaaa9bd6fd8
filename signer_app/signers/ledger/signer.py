"""A Ledger as a signer of XRP Ledger accounts (port Signer).

The device derives keys itself, so a key here is a derivation path and the public key that the device gave for
it. What the device signs is compared with our own payload before anybody else sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject
from signer_app.signers.ledger.dashboard import OpenApp
from signer_app.signers.ledger.desk import Desk, Stage, Step
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.xrp.client import APP, LedgerAddress, XrpApp
from signer_app.signers.ledger.xrp.limits import obstacles
from signer_app.signers.ledger.xrp.screens import review
from signer_app.signers.port import BadSignatureError, DeviceState, KeyInfo, SignedTransaction

#: Where Ledger's own programs put XRP accounts, the usual one first.
USUAL_PATHS: Final = tuple(f"44'/144'/{account}'/0/0" for account in range(5))


#: The status word that says locked and nothing else; after it the device shows nothing of ours.
_LOCKED: Final = "5515"

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
        self,
        *,
        network: str,
        body: str,
        signer: str,
        key_id: str,
        report_hash: str,
        confirm: Callable[[], None] | None = None,
    ) -> SignedTransaction:
        """As the port says. A person reads here, then reads and approves on the device."""
        if key_id != self._key.id:
            raise SignerError(f"This device is not {key_id[:64]}.", code="KEY_NOT_FOUND")
        chain = chain_of(network)
        public = self._key.public_key
        payload = chain.signing_payload(network=network, body=body, signer=signer, public_key=public)
        with self.device.turn():
            self._prepare(body)
            value = self._approved(body, confirm)
        signature = Signature(payload.signer, public, value, payload.scheme)
        if not chain.verify(network=network, body=body, signature=signature):
            raise BadSignatureError("The device signed something else. Nothing was released.", signature)
        self._reached(Stage.VERIFIED, payload.digest.hex().upper())
        receipt = self._witness(
            network=network, body=body, signer=signer, public_key=public, report_hash=report_hash
        )
        return SignedTransaction(signature, payload.digest.hex().upper(), receipt)

    def _prepare(self, body: str) -> None:
        """What the screens will say, and the person's word that they were compared."""
        app = self._app(self.device.open_app())
        self._refuse(body, app.version)
        shown = review(body, app_version=app.version, model=self.device.known_model)
        self._desk.show(shown)
        self._reached(Stage.SCREENS, app.version)
        self._desk.gate(shown)
        self._desk.check()

    def _approved(self, body: str, confirm: Callable[[], None] | None) -> str:
        """The device's signature. One that locked itself while the person compared asks once more after the
        PIN, if it is still allowed then.
        """
        try:
            return self._ask(body, confirm)
        except SignerError as error:
            if error.details.get("status_word") != _LOCKED:
                raise
        self._app(self.device.unlocked(self._desk))
        return self._ask(body, confirm)

    def _ask(self, body: str, confirm: Callable[[], None] | None) -> str:
        """The device's signature over the body, once it was approved there."""
        if confirm is not None:
            confirm()
        self._reached(Stage.ASKED)
        self._desk.tell(f"Compare and approve on the {self.device.model}. Nothing is signed until you do")
        self.device.person_limit_s = self._desk.answer_s
        try:
            return XrpApp(self.device).sign(self._path, bytes.fromhex(body))
        except KeyboardInterrupt:
            # Nothing that is sent from here takes a question off the screen.
            self._desk.tell(
                f"Stopped here. If the {self.device.model} still shows the transaction, reject it there"
            )
            raise
        finally:
            self.device.person_limit_s = None

    def _app(self, app: OpenApp) -> OpenApp:
        if app.name != APP:
            raise SignerError(f"{app.name} is open, {APP} is needed.", code="DEV_WRONG_APP")
        return app

    def _reached(self, stage: Stage, detail: str = "") -> None:
        self._desk.step(Step(stage, self.device.model, detail))

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
) -> LedgerSigner | None:
    """Open the XRP app and look along ``paths`` for ``public_key``; null if the device does not hold it
    there.

    Raises SignerError DEV_* when the device cannot be brought to answer.
    """
    with device.turn():
        device.ready(APP, desk)
        app = XrpApp(device)
        found = next((key for key in map(app.address, paths) if key.public_key == public_key.upper()), None)
        if found is not None:
            desk.step(Step(Stage.KEY_MATCHED, device.model, found.address))
            return LedgerSigner(device, found, key_id=key_id, witness=witness, desk=desk)
    return None
