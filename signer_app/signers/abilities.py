"""Which kinds of signers cannot sign given bytes, by the backend that the policy's key table names.

Asked when a proposal is made and when it is verified, so that nobody is called to a device that would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from signer_app.chains.xrpl.transaction import open_body
from signer_app.core.errors import UnforeseenError
from signer_app.signers.ledger.xrp.limits import obstacles as ledger_obstacles
from signer_app.signers.obstacles import UNSUPPORTED, Obstacle

_XRPL: Final = "xrpl"


def cannot_sign(
    backend: str, *, network: str, body: str, signer: str, public_key: str | None
) -> tuple[Obstacle, ...]:
    """Why a signer of this backend cannot sign ``body``; empty where nothing stands against it.

    ``network`` is a CAIP-2 id, ``signer`` a CAIP-10 id or the address alone, ``public_key`` upper hex.
    MalformedError for a body that does not decode, UnforeseenError for a backend that no policy can name.
    """
    judge = _BACKENDS.get(backend)
    if judge is None:
        raise UnforeseenError(f"There is no backend {backend[:40]!r}.")
    if network.partition(":")[0] != _XRPL:
        return ()
    return judge(body, signer.rpartition(":")[2], public_key)


def _none(_body: str, _signer: str, _public_key: str | None) -> tuple[Obstacle, ...]:
    return ()


def _ledger(body: str, signer: str, public_key: str | None) -> tuple[Obstacle, ...]:
    # The model is not known before a device is connected, so this is the room of the larger ones.
    return ledger_obstacles(body, signer_address=signer, public_key=public_key)


def _trezor(body: str, _signer: str, _public_key: str | None) -> tuple[Obstacle, ...]:
    """The firmware always signs as the account of its own key, never for a signer list."""
    if open_body(body).multi:
        return (Obstacle(UNSUPPORTED, "Trezor does no XRPL multisigning."),)
    return ()


_BACKENDS: Final[Mapping[str, Callable[[str, str, str | None], tuple[Obstacle, ...]]]] = {
    "ledger": _ledger,
    "trezor": _trezor,
    "keystore": _none,
    "pkcs11": _none,
    "yubihsm": _none,
    "airgap": _none,
}
#: Backends that refuse some bytes; the others sign every kind that this program builds.
CHOOSY: Final = frozenset(backend for backend, judge in _BACKENDS.items() if judge is not _none)
