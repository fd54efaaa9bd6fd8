"""Words of the device pill in the header."""

from __future__ import annotations

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.words import faults, strings

LOOKING = "Looking for devices"
DEVICES = "Devices"
CANNOT_LOOK = "cannot be looked at"
_TONES = {"READY": "ok", "BUSY": "info", "SEARCHING": "neutral", "FAULT": "danger"}


def pill(found: JsonObject | CountersignError | None) -> tuple[str, str, str, str]:
    """(plain words, strong words, tone, reason) of what is connected: the state words of the design."""
    if found is None:
        return LOOKING, "", "neutral", ""
    if isinstance(found, CountersignError):
        return DEVICES, CANNOT_LOOK, "warn", f"{found.message} {faults.hint(found)}".strip()
    listed = found.get("devices")
    devices = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    if not devices:
        return strings.NO_DEVICE, "", "neutral", ""
    reasons = "\n".join(said(device) for device in devices)
    if len(devices) == 1:
        state = str(devices[0]["state"])
        word = strings.DEVICE_STATES[state].lower()
        return safe_text(str(devices[0]["model"]), 40), word, tone_of(state), reasons
    ready = sum(1 for device in devices if device["state"] == "READY")
    return f"{len(devices)} devices", f"{ready} ready", "ok" if ready else "warn", reasons


def tone_of(state: str) -> str:
    """The tone of a state of a device."""
    return _TONES.get(state, "warn")


def said(device: JsonObject) -> str:
    """One device in a sentence."""
    words = f"{device['model']}, {strings.DEVICE_STATES[str(device['state'])].lower()}"
    reason = safe_text(str(device["reason"] or ""), 200)
    return safe_text(f"{words}. {reason}" if reason else words, 400)
