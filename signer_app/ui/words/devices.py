"""Words of the Devices page and of the practice device's window (strings.py has the rules)."""

from __future__ import annotations

from types import MappingProxyType

SUB = "Signer keys of the policy, yours first, and what is connected now."
READING = "Reading the policy's keys"
CONNECTED = "Connected now"
NONE_CONNECTED = "No device is connected. Connect one with its cable; it appears here by itself."
LOOKING = "Looking for devices"
KEYS = "Signer keys"
GO_POLICY = "Open policy"
NO_KEYS = "No policy is in force, so there are no signer keys. Activate a policy first."
YOURS, OTHERS = "yours", "of {person}"
SHOW_ADDRESS, TEST, RULES = "Show address on device", "Test", "Install USB rules"
SHOW_ADDRESS_WAIT = "Compare the address on the device with the one here, then approve or reject there."
SEALED_KEY = "Sealed key"
TESTING = "Testing the device. In practice it asks you to approve a worthless payment."
STOP = "Stop waiting"
SHOWN = "The device showed the same address, and you approved it there."
TEST_DONE = "The test passed."
FAILED = "It did not work"
NOT_WITH = "Connect the device first."
SEALED_STATE = MappingProxyType({True: "Keys unlocked", False: "Sealed"})
HERE, ELSEWHERE = "on this workstation", "on that person's workstation"
NOT_CONNECTED = "Not connected"
ASK_NEXT = "Any connected Ledger may hold it: signing matches by public key"
CAN = MappingProxyType(
    {
        "ledger": "Signs single and multi-signed XRPL transactions up to 10,000 bytes (Nano S 800). Shows "
        "each field; leaves out Sequence, Last ledger and the signing key. Not: batch parts.",
        "trezor": "Signs XRPL payments of its own account. Not: XRPL multisigning.",
        "keystore": "Signs every kind this program builds, without a screen of its own.",
        "pkcs11": "Not in this version.",
        "yubihsm": "Not in this version.",
        "airgap": "Signs in the offline window. Not in this version.",
    }
)
MODEL, ENROLLED, LAST_SIGNED, LAST_TEST = "Device", "Enrolled", "Last signed", "Last test"
NEVER_SIGNED = "no signature of it is known here"
NEVER_TESTED = "none that was recorded here"
NO_MODEL = "connect it, and show its address or test it"
RULES_TITLE = "USB rules for Linux"
RULES_SUB = (
    "This file lets the person at the screen open Ledgers and Trezors. Installing it needs an administrator:"
)
RULES_DONE = "The rules are installed as they should be."
RULES_COPY = "Copy the command"
RULES_FILE = "The file"
PRACTICE = "Practice devices"
PRACTICE_SUB = "Hardware wallets without hardware. Their seeds are for practice and guard nothing."
PRACTICE_START, PRACTICE_STOP, PRACTICE_OPEN = "Start", "Stop", "Show its screen"
PRACTICE_NEW = "New practice device"
PRACTICE_NAME = "Name, such as nano-1"
NAME_FIRST = "Off: give the new device a name first."
PRACTICE_MODEL = "Model"
RUNS, RUNS_ELSEWHERE, OFF = "Running", "Running, started elsewhere", "Off"
STARTED_ELSEWHERE = "Off: it was started by another program, so it is stopped there."
STARTING = "Starting"

WINDOW_GONE = "The device was unplugged from this window: its process has ended."
LEFT, RIGHT, BOTH = "Left", "Right", "Both"
WINDOW_HELP = (
    "Left and Right arrow keys press one button, Down presses both. "
    "Enter and Space press the button that has the focus."
)
PLUG, UNPLUG, LOCK, UNLOCK, HOME, OPEN_XRP = "Plug in", "Unplug", "Lock", "Enter PIN", "Leave app", "Open XRP"
ASKS = MappingProxyType(
    {
        "idle": "It waits.",
        "sign": "It asks you to sign. Page through every screen first.",
        "address": "It asks whether this address is right.",
        "open_app": "It asks whether to open the app.",
    }
)


def hardware(model: str, firmware: str, app: str) -> str:
    """Model, firmware and open app; "" is not known."""
    told = f"firmware {firmware}" if firmware else ""
    return ", ".join(part for part in (model, told, app) if part)


def enrolled(version: str, time: str, voters: list[str]) -> str:
    """Since which version of the policy a key is there, and by whose votes."""
    return f"with policy v{version} at {time}, by the votes of {', '.join(voters)}"


def tested(time: str, what: str, signed: bool) -> str:
    """When a key's device last passed a test, and what it was then."""
    return f"passed at {time}{', with a signature' if signed else ''}, on {what}"


def practice_title(name: str) -> str:
    """The title of a practice device's window."""
    return f"{name}, practice Ledger"


def screen_at(at: int, count: int) -> str:
    """Which screen is shown."""
    return f"Screen {at + 1} of {count}"


def state_line(plugged: bool, locked: bool, app: str) -> str:
    """Plug, lock and app of a practice device."""
    return ", ".join(
        ("Plugged in" if plugged else "Unplugged", "locked" if locked else "unlocked", app or "dashboard")
    )


def udev_command(program: str) -> str:
    """What an administrator runs."""
    return f"sudo {program} devices install-udev"
