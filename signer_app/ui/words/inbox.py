"""Words of the inbox: the proposal's detail and its actions (strings.py has the rules)."""

from __future__ import annotations

from types import MappingProxyType

#: Code of a check (docs/checks.md) -> what people call it.
CHECK_NAMES = MappingProxyType(
    {
        "NETWORK": "Network",
        "NETWORK_ASSUMED": "Network",
        "NO_SCOPE": "Allowed effects",
        "KIND_NOT_ALLOWED": "Kind",
        "FLAG_NOT_ALLOWED": "Flags",
        "UNKNOWN_EFFECT": "Understood",
        "PRIVILEGED_OP": "Authority",
        "OP_SOURCE": "Acting account",
        "PARTIAL_PAYMENT": "Partial payment",
        "PATHS_NOT_ALLOWED": "Conversion",
        "AMOUNT_MISMATCH": "Amounts agree",
        "DEST_TAG_REQUIRED": "Destination tag",
        "SEP29_MEMO": "Memo",
        "TX_CAP": "Per-payment limit",
        "ROLLING_CAP": "Rolling limit",
        "COUNT_CAP": "Number of payments",
        "FEE_CAP": "Fee",
        "DESTINATION_NOT_ALLOWED": "Recipient",
        "DESTINATION_COOLING": "Recipient, cooling",
        "ADDR_LOOKALIKE": "Look-alikes",
        "ASSET_UNKNOWN": "Asset",
        "TEXT_BIDI": "Text direction",
        "TEXT_MIXED_SCRIPT": "Mixed alphabets",
        "TEXT_INVISIBLE": "Invisible text",
        "TEXT_FORMULA": "Formula in text",
        "EXPIRED": "Expiry",
        "EXPIRY_MISSING": "Expiry",
        "EXPIRY_TOO_FAR": "Expiry",
        "QUORUM": "Quorum",
        "QUORUM_BYPASS": "Order of signatures",
        "ROLE": "Roles",
        "SAME_DEVICE": "Devices",
        "PROPOSER_APPROVES": "People",
        "SIGNATURE_INVALID": "Signatures",
        "NOT_A_SIGNER": "Signer list",
        "MASTER_KEY_ENABLED": "Master key",
        "REGULAR_KEY_SET": "Regular key",
        "SIGNER_DRIFT": "Signer list",
        "LOCKOUT": "Still signable",
        "HALTED": "Halt",
        "POLICY_INACTIVE": "Policy",
    }
)
#: Codes whose checks are told first.
CHECKS_FIRST = (
    "TX_CAP",
    "ROLLING_CAP",
    "COUNT_CAP",
    "DESTINATION_NOT_ALLOWED",
    "PROPOSER_APPROVES",
    "SIGNER_DRIFT",
    "MASTER_KEY_ENABLED",
    "EXPIRY_TOO_FAR",
    "FEE_CAP",
)
RULE_BUILT_IN = "always judged"

# -- what will change ----------------------------------------------------------------------------------------

UNKNOWN = "Balance unknown"
BYTES_DECODED = "Every byte decoded"
NOT_DECODED = "Not decoded"
FROM_VERDICT = "Balances as the last verdict saw them"
FROM_NODES = "Balances read now"
READING_BALANCES = "Reading balances from the nodes"
PROPOSER_SAYS = "The message says"
BYTES_DO = "The bytes do"
LINKS = "Links of the proposer. They are text here; nothing opens them."
NOT_ENOUGH = "The account would hold less than nothing."


FROM_VERDICT_SIGNERS = "Balances and signers as the last verdict saw them"
FROM_NODES_SIGNERS = "Balances and signers read now"


def as_of(source: str, ledger: str | None, time: str, operators: int, *, signers: bool = False) -> str:
    """Where balances come from, and the signers before where there are any."""
    verdict, nodes = (FROM_VERDICT_SIGNERS, FROM_NODES_SIGNERS) if signers else (FROM_VERDICT, FROM_NODES)
    words = verdict if source == "verdict" else nodes
    if ledger is None:
        return words
    return f"{words}: ledger {int(ledger):,}, {time}, {operators} operator{'' if operators == 1 else 's'}"


def unknown_balance(why: str) -> str:
    """In the place of before and after."""
    return f"{UNKNOWN}. {why}".strip()


# -- checks --------------------------------------------------------------------------------------------------


def waiting(count: int) -> str:
    """A chip: rules about signatures that are not there yet."""
    return f"{count} waiting"


def unknown_checks(count: int) -> str:
    """A chip."""
    return f"{count} could not tell"


VERDICT_WORDS = MappingProxyType({"ALLOW": "Allowed", "NEEDS_OVERRIDE": "Needs override"})


def allowed_of(verdict: str, passed: int, total: int) -> str:
    """A chip: what policy says, and how many checks passed."""
    return f"{VERDICT_WORDS.get(verdict, 'Not allowed yet')}, {passed} of {total}"


# -- compare -------------------------------------------------------------------------------------------------

COMPARE = "Compare on your device"
NO_SCREENS = "No device of this version shows these bytes. Compare the hashes below."
HIDDEN = "The device leaves out, checked here:"


def screens_sub(device: str, version: str, count: int) -> str:
    """Which device, and how many lines."""
    return f"{device}, XRP app {version}, {count} screen{'' if count == 1 else 's'} in this order"


ANY_LEDGER = "Ledger"
NO_SCREEN_KEY = "Your key is sealed on this workstation and has no screen. A Ledger would show this."

# -- hashes --------------------------------------------------------------------------------------------------

CLIPBOARD = "From the clipboard"
NONE_CHOSEN = "Off: choose a proposal first."
HASH_KEPT = "As it was recorded"
HASH_COMPUTED = "Computed now from the bytes, by two readers"
HASHES_EQUAL = "Two computations agree"
HASHES_DIFFER = "The computations differ"
COPY_HASH = "Copy hash"

# -- signatures ----------------------------------------------------------------------------------------------

WEIGHT_UNKNOWN = "The ledger's signer list was not read or is in dispute."
QUARANTINED = "Kept out"


def not_taken(files: int) -> str:
    """Of several files that were given to the window; each is named below."""
    return f"{files} files were not taken. Nothing was changed by them."


def signed(count: int) -> str:
    """How many signed, where it is not known how many it takes."""
    return f"{count} signed"


def signed_of(people: int, need: int) -> str:
    """How many people signed, of how many that policy asks for."""
    return f"{people} of {need} signed"


def signed_and_weight(people: int, need: int, weight: int, quorum: int) -> str:
    """The same where the ledger's own quorum is another number."""
    return f"{signed_of(people, need)}, weight {weight} of {quorum}"


def weight_of(have: int, need: int) -> str:
    """The ledger's own quorum."""
    return f"Weight {have} of {need} on the ledger"


def key_line(device: str, tier: str, weight: int | None) -> str:
    """Below a person's name."""
    parts = [device, tier, "" if weight is None else f"weight {weight}"]
    return ", ".join(part for part in parts if part)


def signed_at(time: str, record: int) -> str:
    """When a signature came here."""
    return f"{time}, record {record:,}"


# -- timeline ------------------------------------------------------------------------------------------------

OPEN_JOURNAL = "Open in journal"
REDACTED = "A redacted record"


NEXT_OUTCOME, NEXT_OUTCOME_SUB = "Outcome", "Read from two nodes of different operators"
NEXT_RESUME, NEXT_RESUME_SUB = "Somebody halted it", "Two people must resume before it goes on"
QUORUM_OPEN = "Checked by policy, signatures are missing"


def verdict_told(verdict: str, against: str) -> str:
    """A step."""
    words = {"ALLOW": "Allowed by policy", "NEEDS_OVERRIDE": "Needs override"}.get(
        verdict, "Denied by policy"
    )
    return f"{words}: {against}" if against else words


def step_detail(time: str, record: int) -> str:
    """Time and record."""
    return f"{time} · record {record:,}" if time else f"record {record:,}"


def said_no(who: str, reason: str) -> str:
    """A rejection."""
    return f"Rejected by {who}: {reason}" if reason else f"Rejected by {who}"


def judged_times(words: str, count: int) -> str:
    """The same verdict several times in a row."""
    return f"{words}, {count} times" if count > 1 else words


# -- raw -----------------------------------------------------------------------------------------------------

RAW = "Raw"
RAW_SUB = "the bytes, field by field; choose a field or a byte"
RAW_SHOW, RAW_HIDE = "Show raw", "Hide raw"
READERS_AGREE = "Two readers agree"
READERS_DIFFER = "The readers differ"
FIELDS = ("Field", "Bytes", "Value")
FIELDS_SAID = "Fields of the bytes"
HEX_SAID = "The bytes in hex"
COPY_HEX, COPY_JSON = "Copy hex", "Copy JSON"
JSON = "JSON of the ledger"

# -- actions -------------------------------------------------------------------------------------------------

REJECT = "Reject…"
REJECT_AND_WARN = "Reject and warn signers"
OVERRIDE = "Override…"
COPY = "Propose again…"
CANCEL_SLOT = "Cancel its slot…"
PRINT = "Print…"
PDF = "Save PDF…"
REPORT = "Signing report…"
MORE, LESS = "More actions", "Fewer actions"
READ_ONLY = "Off: the journal cannot be written."
OFFLINE = "Off: no node is asked, and this needs fresh facts."
UNTOLD = "Off: policy could not tell, because facts could not be read. Judge it again."
UNTOLD_FACT = "Could not tell: facts that policy needs could not be read. Nobody said no."
NO_NODE = "Off: no node answers, and this needs fresh facts."
OVERDUE = "Off: its time is over. Make a copy with a new expiry once the ledger has proved it."
NO_KEY = "Off: the policy in force gives you no key for this."
CANNOT_SIGN = "Cannot sign"
SIGNED_ALREADY = "Off: your signature is there already."
NEVER_JUDGED = "Off: it was never judged. Judge it first."
SAID_NO_ALREADY = "Off: you have rejected it already."
OVERRIDDEN_ALREADY = "Off: you have overridden it already. Others of the override quorum must too."
NOTHING_SOFT = "Off: no rule that can be overridden stands against it."
HARD = "Off: rules that nobody can override stand against it."
NO_OVERRIDE_QUORUM = "Off: the policy names no override quorum. Nothing can be overridden."
FINAL = "Off: it is final."
COULD_TWICE = "Off: the first could still execute, or has. A copy beside it could do the same twice."


def halted(person: str) -> str:
    """A halt stands over it."""
    return f"Off: {person} halted signing and sending. Two people must resume."


def needs_override(quorum: str) -> str:
    """Only soft rules stand against it."""
    return f"Off: it needs an override first, by {quorum or 'the override quorum'}."


def not_in_quorum(quorum: str) -> str:
    """This person has no voice."""
    return f"Off: the override quorum is {quorum}. You are not of it."


def missing(parts: tuple[str, ...]) -> str:
    """Why it cannot be sent yet."""
    return (
        f"Off: signatures are missing. Needed: {', '.join(parts)}." if parts else "Off: it is not complete."
    )


def state_is(state: str) -> str:
    """An action that its state does not have."""
    return f"Off: the proposal is {state.lower()}."


# -- dialogs -------------------------------------------------------------------------------------------------

REASON = "Reason"
REASON_NEEDED = "Write a reason first. It goes into the journal, signed by you."
REASON_GOES = "It goes into the journal with your signature, and to the others with the proposal's file."
REJECT_TITLE = "Reject this proposal?"
REJECT_DOES = (
    "You say no with a signed statement. It is rejected for good once no quorum is possible without you. "
    "Signatures that exist stay valid until it expires."
)
REJECT_DO = "Reject"
REJECTING = "Recording your no"
OVERRIDE_TITLE = "Override these rules?"
OVERRIDE_DOES = "You take these failures upon yourself, for these bytes and this version of the policy only."
OVERRIDE_DO = "Override"
OVERRIDING = "Recording your override"
COPY_TITLE = "Propose the same again?"
COPY_DOES = "A new proposal with the same effects on a free slot. It is judged and signed as any other."
COPY_DO = "Propose again"
COPYING = "Proposing it again"
CANCEL_TITLE = "Use its slot up?"
CANCEL_DOES = (
    "A new proposal that changes nothing but uses the same slot. Once it is in a ledger, this one can never "
    "execute. It costs a fee, and is judged and signed as any other."
)
CANCEL_DO = "Propose the cancellation"
CANCELLING = "Proposing the cancellation"
EXPIRES_IN = "Expires in"
SPANS = MappingProxyType({"1 hour": 3600, "1 day": 86_400, "3 days": 259_200, "7 days": 604_800})
WHY_KEYS = "Your device key signs the statement. No transaction is signed."

ACCOUNT, ALL_ACCOUNTS = "Account", "All accounts"
_SOONEST = "Soonest expiry first"
#: View -> how its entries are ordered.
ORDER = MappingProxyType({"mine": _SOONEST, "open": _SOONEST, "done": "Latest expiry first"})
NOTHING_OF_ACCOUNT = "Nothing of this account is here."
#: What an empty list of the inbox says, by its view.
NOTHING = MappingProxyType(
    {
        "mine": "Nothing needs your signature.",
        "open": "No proposal is open.",
        "done": "No proposal has ended yet.",
    }
)


def source_at(source: str, ledger: str) -> str:
    """Where the evidence of a check comes from."""
    return f"{source} at ledger {ledger}"


def until(time: str, ledger: int) -> str:
    """Until when it can execute."""
    return f"{time} · ledger {ledger:,}"


def no_device(reason: str) -> str:
    """None of a person's devices can sign it."""
    return f"Off: no device of yours can sign this. {reason}"
