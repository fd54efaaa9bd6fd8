"""Bob's practice Ledger: a device of its own, whose approver reads the screens before it presses a button."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from signer_app.cli.demo.evidence import entries
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.devices.remote import DeviceRemote
from signer_app.practice.processes import serving

#: The policy's name for it, and that of its folder.
NANO = "nano-1"


class Wallet:
    """One device, from the moment its owner plugs it in until the rehearsal ends."""

    def __init__(self, workspace: Path, stack: ExitStack) -> None:
        self._folder = workspace / "devices" / NANO
        self._stack = stack

    def plug_in(self) -> JsonObject:
        """Start it; it shows the dashboard or an app and waits. {product, serial, …}"""
        return self._stack.enter_context(serving("practice", "device", "--dir", str(self._folder)))

    def agree_to_address(self, address: str) -> None:
        """From now on approve an address on the screen only if it is this one."""
        self._do("expect", address=address)

    def agree_to(self, decoded: JsonObject) -> None:
        """Approve only a transaction whose screens show the effects that were decoded from the file."""
        effects: list[JsonValue] = [*entries(decoded["effects"])]
        sequence = decoded["sequence"]
        # The app has no name for a ticket, but shows its number.
        is_ticket = isinstance(sequence, dict) and sequence["kind"] == "ticket"
        also: list[JsonValue] = (
            [{"name": "Unknown", "value": sequence["value"]}]
            if is_ticket and isinstance(sequence, dict)
            else []
        )
        self._do("expect", effects=effects, also=also)

    def shown(self) -> list[str]:
        """Every page that was on the screen so far."""
        screens = self._do("history")["screens"]
        return [str(page) for page in screens] if isinstance(screens, list) else []

    def decisions(self) -> list[JsonObject]:
        """What it was asked and how it was answered: {purpose, decision, by, reason}."""
        return entries(self._do("history")["decisions"])

    def _do(self, name: str, **options: JsonValue) -> JsonObject:
        with DeviceRemote(self._folder) as remote:
            return remote.do(name, **options)
