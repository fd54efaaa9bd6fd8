"""Words of the page of accounts."""

from __future__ import annotations

from types import MappingProxyType

from signer_app.ui.words import shared

NO_ACCOUNTS = "No account is named yet, and no policy names one."
ADD_ACCOUNT = "Name an account"
ADD_SAID = "A name is for people here alone. It decides nothing."
NAME = "Name"
READING_ACCOUNTS, READING_ACCOUNT = "Reading the accounts", "Asking the nodes about this account"
READ_AGAIN = "Ask again"
ACCOUNT_SAID = "Account"
PERSON, KEY_DEVICE, WEIGHT, SIGNS_AS = "Person", "Key and device", "Weight", "Signs as"
LAST_SIGNED, NEVER_SIGNED = "Last signed", "never seen"
SHOW_ON_DEVICE = "Show my address on the device"
CHANGE_SIGNERS = "Propose other signers"
NO_OWN_KEY = "Off: none of these signers is yours."
LOOK_AT_DEVICE = "Compare this address with your device:"
DEVICE_EQUAL = "The device holds the key of this address. Did its screen show the same?"
DEVICE_OTHER = "The device holds another key. This is its address:"
LEDGER_STATE = "On the ledger"
BALANCE, SEQUENCE, OBJECTS, TICKETS = "Balance", "Next sequence", "Objects it owns", "Tickets"
REGULAR_KEY = "Regular key"
FLAGS_TITLE = "Settings"
NOT_ON_LEDGER = "The ledger has no such account yet."
NOBODY, NO_KEY, SUSPENDED, YOU = "Nobody of the policy", "no key of the policy", "suspended", "you"
DRIFT = "The ledger's signers are not those of the policy."
NO_POLICY_TO_COMPARE = "No policy is in force that the signers could be compared with."
NO_OTHER_WAY = "Nobody can change the signers alone."
ALONE = MappingProxyType({"master": "the master key", "regular": "the regular key"})
PROBLEMS = MappingProxyType(
    {
        "FACT_DISAGREES": "Operators say different things. Signing is off for this account.",
        "FACT_MISSING": "Too few operators answered.",
        "FACT_STALE": "What was read is too old.",
    }
)


def network(name: str) -> str:
    """A network for people, with its id."""
    known = {"xrpl:0": "XRP Ledger", "xrpl:1": "XRPL Testnet", "xrpl:63456": "Practice XRP Ledger"}
    return f"{known[name]}  {name}" if name in known else name


def code_of(address: str) -> str:
    """What the QR code says to screen readers."""
    return f"QR code of {address}"


def account_line(name: str, *, in_policy: bool) -> str:
    """An account in the tree."""
    return name if in_policy else f"{name}, not in the policy"


def quorum(need: int, total: int) -> str:
    """What it takes."""
    return f"weight {need} of {total} signs" if need else "no signer list"


def quorum_mark(need: int) -> str:
    """The mark on the bar."""
    return f"quorum {need}"


def equal(operators: int, time: str) -> str:
    """No drift."""
    return f"Ledger equals policy, {operators} operators, {time}."


def agree(operators: int, time: str) -> str:
    """Who was asked."""
    return f"{operators} operators, {time}."


def drift_words(parts: list[str]) -> str:
    """Every difference."""
    return " ".join(parts)


def only_on_ledger(address: str) -> str:
    """A signer of nobody."""
    return f"Only on the ledger: {address}."


def only_in_policy(key: str, address: str) -> str:
    """A key that the ledger does not have."""
    return f"Only in the policy: {key}, {address}."


def could_not_tell(fact: str) -> str:
    """A fact without agreement."""
    return f"Could not tell: {fact}."


def locked_out(weight: str, need: str) -> str:
    """The list cannot be changed by the policy's people."""
    return f"People of the policy hold weight {weight} of {need}: they cannot change the signers."


def no_spare(keys: int) -> str:
    """One lost key ends it."""
    return f"Each of the {keys} keys is needed to change the signers. Losing one locks the account."


def spare(count: int, keys: int) -> str:
    """Some keys may be lost."""
    return f"The signers can still be changed after losing any {count} of {keys} keys."


def alone(ways: list[str]) -> str:
    """Keys that act without the list."""
    return f"But {' and '.join(ways)} can act alone."


def device(name: str, backend: str, tier: str) -> str:
    """A device with its kind."""
    return f"{name}, {backend}, {tier}"


def no_screen(name: str) -> str:
    """Why a key cannot be shown."""
    return f"Off: your key is on {name}, which has no screen to show it."


def tickets(values: list[str]) -> str:
    """How many tickets are free, and which."""
    if not values:
        return shared.NONE
    listed = ", ".join(values[:12]) + (f" and {len(values) - 12} more" if len(values) > 12 else "")
    return f"{len(values)}: {listed}"
