"""Words of the signing dialog (strings.py has the rules). The sentences for devices are used by the Devices
page too, so that the same state is said the same way everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

CONTINUE, BACK, DONE = "Continue", "Back", "Done"
DIFFERS = "It differs, stop"
DEVICE_STEPS = (
    "Choose device",
    "Connect and unlock",
    "Compare on device",
    "Approve on device",
    "Verify signature",
    "Save to journal",
)
SEALED_STEPS = ("Choose key", "Unlock and sign", "Verify signature", "Save to journal")

CHOOSE = "Which key signs?"
CHOOSE_SUB = "Keys are matched by their public key, not by the plug. A key that cannot sign this says why."
NO_KEYS = "The policy in force gives you no signing key on this ledger."
CHOOSE_ONE = "Choose a key that can sign."
TIERS = MappingProxyType({"cold": "cold", "warm": "warm", "hot": "hot"})
BACKENDS = MappingProxyType(
    {
        "ledger": "Ledger",
        "trezor": "Trezor",
        "keystore": "Sealed key on this workstation",
        "pkcs11": "PKCS#11 module",
        "yubihsm": "YubiHSM",
        "airgap": "Offline window",
    }
)

UNLOCK_SEALED = "Sign with the sealed key?"
UNLOCK_DEVICE = "Unlock this workstation's keys"
UNLOCK_SEALED_SUB = "The key is sealed on this workstation. Its passphrase opens it in a process of its own."
UNLOCK_DEVICE_SUB = (
    "The device signs. This workstation's own key adds a receipt that says what was signed and when; its "
    "passphrase is needed once until you lock."
)
UNLOCKED_SUB = "The keys are unlocked. Nothing is signed until you press Sign."
KEY_PASSPHRASE = "Key passphrase"  # noqa: S105 - a label
TYPE_PASSPHRASE = "Type the key passphrase."  # noqa: S105 - a sentence
SIGN, UNLOCK = "Sign", "Unlock"
UNLOCKING, SIGNING = "Unlocking the keys", "Signing"

SHOW_PRACTICE = "Show the practice Ledger"
NO_PRACTICE = "No practice Ledger runs. Cancel, and start one on the Devices page."
CONNECT = "Connect, unlock, open app"
CONNECT_SUB = "The lines tick themselves. Nothing is asked of the device but its public key."
LINES = MappingProxyType(
    {
        "CONNECTED": "Connected",
        "UNLOCKED": "Unlocked",
        "APP_OPEN": "XRP app open",
        "KEY_MATCHED": "Key matches the policy's table",
    }
)
SEARCHING = "Connect the device with its cable. This continues by itself."
PREPARING = "Judging once more, on fresh facts"

READ_SUB = (
    "The device will show these lines in this order. Tick each line that says what you want to sign. Only "
    "when all are ticked is the device asked."
)
COMPARE_SUB = "Step through the device with its right button. Tick a line only when both are equal."
EQUAL_NEXT, SPACE = "Equal, next", "Space"
ALL_COMPARED = "All lines are ticked. Continue asks the device; it shows the same lines again."
EXPECTED = "Your device should show"
EMPTY = "(empty)"
TICKED, NOT_TICKED = "ticked", "not ticked"
ONE_DIFFERS = "One screen differs?"
ONE_DIFFERS_SUB = (
    "Reject on the device. Then stop here: the bytes are kept as evidence and a warning to the other signers "
    "is written."
)
NOT_KNOWN = "We do not know what this version shows. Compare every field."
NOT_KNOWN_SUB = "The lines below are those of the last version that was recorded."
SIGNING_AS = "Signing as"
TICK_FIRST = "Tick every line first."
APPROVE = "Approve on device"

VERIFIED = "Signature verified"
SAVED = "Saved to journal"
CHECKS = (
    "Returned for the same bytes",
    "The key belongs to {person}",
    "The signature is correct over our own bytes",
    "Policy still allows it",
)
VERIFYING = "Checking the signature"

STOPPED_TITLE = "Nothing was signed"
CLOSED_TITLE = "The dialog was closed: something changed"
DENIED = "Policy does not allow this signature."
UNREAD_TITLE = "Nobody can tell whether policy allows this"
UNREAD = "Facts that policy needs could not be read."
DANGER_TITLE = "The device signed something else."
DETAILS = "Details"
SHARE_NEXT = "Give the proposal to the next signer: Export writes its file."
SEND_NEXT = "Every quorum is met. The proposal can be sent."
#: What a person may go on to -> button, what it says to screen readers, icon.
FURTHER = MappingProxyType(
    {
        "export": ("Export…", "Export this proposal", "download"),
        "send": ("Send…", "Send this proposal", "send"),
    }
)
ASK_DIFFERENT = "Was it a difference?"
LINE_DIFFERED, CHANGED_MIND = "A line differed", "I changed my mind"

WHICH_LINE = "Which line differs?"
WHICH_SUB = "Reject on the device first if it still asks. Nothing was signed."
WHAT_SHOWN = "What the device showed"
STOP_AND_KEEP = "Stop and keep the evidence"
KEEPING = "Keeping the evidence"
DIFFERENCE_KEPT = "Stopped. The evidence is kept."
WARNING = "Send this to the other signers by another way than the proposal itself:"
COPY_WARNING = "Copy the warning"
COPIED = "Copied."

WAITING_FOR_YOU = "Waiting for you"
NOTHING_YET = "Nothing is signed until you approve on the device."
NOTHING_SIGNED = "Nothing is signed."


def sign_title(title: str) -> str:
    """The head of the dialog."""
    return f"Sign: {title[:1].lower()}{title[1:]}"


def expects_read(count: int) -> str:
    """Question of step 3."""
    return f"Compare {count} screens with what you want to sign"


def expects_device(count: int) -> str:
    """Question of step 4."""
    return f"Compare {count} screens with your device, then approve on it"


def screen_of(number: int, count: int) -> str:
    """Which screen is drawn."""
    return f"Screen {number} of {count}"


def page_of(number: int, count: int) -> str:
    """Which page of a long field is drawn."""
    return f"Page {number} of {count}, next"


def compared(count: int, of: int) -> str:
    """How far the person has come."""
    return f"{count} of {of} screens"


def hidden(fields: list[str]) -> str:
    """Fields that the device leaves out."""
    if not fields:
        return "This device shows every field."
    return f"This device does not show {', '.join(fields)}. They were checked on this computer."


def unread_text(asked: Sequence[str]) -> str:
    """What follows from facts that were not read, and whose they are."""
    who = f"They come from {', '.join(asked)}. " if asked else ""
    return f"{who}Unknown counts as no. Nothing is signed; look at the nodes, then open this again."


def answered(operators: Sequence[str]) -> str:
    """Behind a fact that could not be used: whose answers there are."""
    return f"Answers from {', '.join(operators)}." if operators else "No answer was read."


def waiting_for(model: str) -> str:
    """Who is awaited."""
    return f"Waiting for {model or 'the device'}"


def time_left(seconds: int) -> str:
    """Until a waiting ends by itself."""
    return f"{seconds // 60}:{seconds % 60:02d} left."


def hold_both(model: str) -> str:
    """What to do on a Nano."""
    return f"On {model or 'the device'}: step to Sign transaction, then press both buttons."


def saved_as(record: int) -> str:
    """The release is in the journal."""
    return f"Signature verified and saved as record {record:,}."


def quorum_words(have: object, need: object) -> str:
    """The ledger's quorum after this signature."""
    return f"Ledger weight {have} of {need}."


def role_words(role: str, have: object, need: object) -> str:
    """A group that policy wants."""
    return f"Policy: {role} {have} of {need}."


def differs_record(record: int) -> str:
    """Where the evidence is."""
    return f"The bytes and your words are in record {record:,}. You are recorded as rejecting the proposal."


def halted(record: object, account: object) -> str:
    """What was done about a foreign signature."""
    words = f"It is kept in quarantine and was not shared; record {record} has the evidence."
    stands = f" Signing and sending are halted for {account}." if account else ""
    return f"{words}{stands} Do not retry."


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a device cannot be asked now: the fact, and what to do."""

    title: str
    text: str
    retry: bool = True


def trouble(code: str, *, model: str, needed: str = "", message: str = "", hint: str = "") -> Trouble:
    """The sentences of a device's error (design, section 7). ``needed`` names the key that is wanted."""
    name = model or "device"
    known = {
        "DEV_LOCKED": Trouble(f"Your {name} is locked.", "Enter the PIN on the device, then press Retry."),
        "DEV_APP_CLOSED": Trouble("The XRP app is not open.", "Open it on the device, then press Retry."),
        "DEV_WRONG_APP": Trouble(message, "Leave the app on the device and open XRP."),
        "DEV_IN_USE": Trouble(
            "Another program holds this device.",
            "Close Ledger Live, browsers with wallet pages and other wallets, then press Retry.",
        ),
        "DEV_NO_PERMISSION": Trouble(
            "This user may not open USB devices.",
            "Install the USB rules on the Devices page, then reconnect the device.",
        ),
        "DEV_DISCONNECTED": Trouble(
            "The cable or connection dropped.",
            "Nothing was signed. Connect again; you will compare from screen 1.",
        ),
        "DEV_WRONG_KEY": Trouble(
            "This device holds a different key.",
            f"Needed: {needed}. Connect the other device or check the passphrase on it.",
        ),
        "DEV_REJECTED": Trouble("You rejected on the device.", ASK_DIFFERENT),
        "DEV_TIMEOUT": Trouble(
            "No answer for 3 minutes.",
            "Nothing was signed. Look at the device: if it still asks, reject there, then start again.",
        ),
        "DEV_TOO_LARGE": Trouble(
            message, "Split the proposal, or use a signer whose device can show it.", retry=False
        ),
        "DEV_UNSUPPORTED": Trouble(message, "Use a listed signer whose device can.", retry=False),
        "DEV_CANCELLED": Trouble(
            "Stopped here. Nothing was signed.", "If the device still shows the transaction, reject it there."
        ),
        "DEV_NOT_FOUND": Trouble("No device is connected.", "Connect it with its cable, then press Retry."),
    }
    return known.get(code) or Trouble(message, hint)


#: What to do about a state in which a device is shown (signers/port.py DeviceStatus).
STATE_STEPS = MappingProxyType(
    {
        "READY": "",
        "SEARCHING": "Looking for it.",
        "LOCKED": "Enter the PIN on the device.",
        "APP_CLOSED": "Open the XRP app on the device.",
        "WRONG_APP": "Leave the app on the device and open XRP.",
        "WRONG_NETWORK": "Choose the right network on the device.",
        "OLD_FIRMWARE": "Update it with the maker's own program.",
        "BUSY": "It is asking somebody something.",
        "IN_USE_ELSEWHERE": "Close Ledger Live, browsers with wallet pages and other wallets.",
        "NO_PERMISSION": "Install the USB rules, then reconnect the device.",
        "NOT_A_SIGNER": "None of the policy's keys is on it.",
        "CANNOT_SIGN_KIND": "It cannot sign this kind of transaction.",
        "DISCONNECTED": "Connect it with its cable.",
        "FAULT": "Disconnect it and connect it again.",
    }
)

CANNOT_SIGN, USABLE = "Cannot sign this", "Usable"
#: State of a line that ticks itself, for a screen reader.
LINE_STATES = MappingProxyType({"next": "not yet", "wait": "waiting", "done": "done"})


def allowed(passed: int, checks: int) -> str:
    """The verdict in the head of the dialog."""
    return f"Allowed, {passed} of {checks}"
