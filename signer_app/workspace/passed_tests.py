"""When each key of the policy last passed a test of its device, and what the device was then."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.core.clock import Clock, format_time, whole_seconds
from signer_app.core.json_types import JsonObject
from signer_app.vault.envelope import Vault

_NAME = "device_tests"
#: What is kept of the answer of try_device.
_KEPT = ("device", "model", "firmware", "app", "app_version", "signed")


class PassedTests:
    """The journal has each test as a note; the vault has the last one of each key, so that no page has to
    read the journal for it."""

    def __init__(self, vault: Vault, clock: Clock, record: Callable[[str, JsonObject], int]) -> None:
        self._vault, self._clock, self._record = vault, clock, record

    def read(self) -> dict[str, JsonObject]:
        """By public key in upper hex: {at, device, model, firmware|null, app, app_version, signed}."""
        kept = self._vault.get(_NAME)
        listed = kept.items() if isinstance(kept, dict) else ()
        return {key: value for key, value in listed if isinstance(value, dict)}

    def passed(self, result: JsonObject) -> JsonObject:
        """Write down the answer of try_device; what is kept of it. IntegrityError of the journal."""
        key = str(result["public_key"]).upper()
        kept: JsonObject = {name: result[name] for name in _KEPT}
        self._record("note", {"text": "device test passed", "public_key": key, **kept})
        kept = {"at": format_time(whole_seconds(self._clock())), **kept}
        self._vault.put(_NAME, {**self.read(), key: kept})
        return kept
