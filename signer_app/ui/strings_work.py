"""Words of the pages Proposals, New proposal, Accounts and Address book; rules as in strings.py."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from signer_app.core.clock import parse_time
from signer_app.core.errors import MalformedError

# -- times, slots, counts -----------------------------------------------------------------------------------


def moment(text: str, now: datetime) -> str:
    """A time of a record: 14:03 today, else with its date. ``now`` has the zone."""
    try:
        at = parse_time(text).astimezone(now.tzinfo)
    except MalformedError:
        return text
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return f"{at.day} {at:%b} {at:%H:%M}" if at.year == now.year else f"{at.day} {at:%b %Y} {at:%H:%M}"


def slot(kind: str, value: str) -> str:
    """What a proposal uses up."""
    return f"{kind.capitalize()} {value}"


def signatures(have: int, need: int | None) -> str:
    """How many signed, of how many people needed where that is known."""
    return f"{have} of {need}" if need is not None else str(have)


def replaces(identifier: str) -> str:
    """Two proposals on one slot, said at the newer one."""
    return f"replaces {identifier}"


def same_slot(identifier: str) -> str:
    """The same, said at the older one."""
    return f"replaced by {identifier}"


def counted(shown: int, total: int) -> str:
    """Below a table."""
    if shown == total:
        return f"{total:,} proposal{'' if total == 1 else 's'}"
    return f"{shown:,} of {total:,} proposals"


# -- proposals ----------------------------------------------------------------------------------------------

COLUMNS = MappingProxyType(
    {
        "bracket": "",
        "title": "Proposal",
        "id": "Id",
        "account": "Account",
        "network": "Network",
        "status": "Status",
        "quorum": "Signed",
        "created": "Created",
        "expires": "Expires",
        "slot": "Uses",
    }
)
COLUMN_SAID = MappingProxyType({"bracket": "Newest first; what shares a slot stands together"})
PROPOSALS_SUB = "titles are read from the bytes"
FILTER_HINT = "Filter by title, id, account, ticket"
FILTER_SAID = "Filter the list"
ALL_STATES, ALL_ACCOUNTS = "All states", "All accounts"
STATE_GROUPS = MappingProxyType(
    {
        "open": "Open",
        "ready": "Ready to send",
        "stopped": "Denied or rejected",
        "sent": "Sent or unknown",
        "done": "Final",
    }
)
CONFLICTS_ONLY = "Only conflicts"
COLUMNS_BUTTON = "Columns"
EXPORT_CSV = "Export CSV"
EXPORT_TITLE = "Write the list as CSV"
SAVED_FILTERS = "Saved filters"
NO_SAVED = "Saved filters"
SAVE_FILTER = "Save filter"
SAVE_FILTER_NAME = "Name of the filter"
DELETE_FILTER = "Delete filter"
SAVE_NOTHING = "There is no filter to save. Type something or choose a state first."
SAVE = "Save"
DELETE_NOTHING = "Choose a saved filter first."
NO_PROPOSALS = "There is no proposal yet."
NEW_PROPOSAL = "New proposal"
NOTHING_MATCHES = "No proposal matches this filter."
CLEAR_FILTER = "Clear filter"
TABLE_SAID = "Proposals"
READING_ALL = "Reading all proposals"
WRITING_CSV = "Writing the list"


def csv_written(count: int, path: str) -> str:
    """The list is in a file."""
    return f"{count:,} proposals written to {path}."


CSV_SAFE = "Cells that a spreadsheet would run as formulas begin with a quote."

# -- new proposal -------------------------------------------------------------------------------------------

NEW_SUB = "nothing is written until you propose"
KINDS = MappingProxyType(
    {
        "payment": "Payment",
        "trust": "Trust line",
        "signers": "Signer list",
        "tickets": "Tickets",
        "settings": "Account settings",
        "payments": "List of payments",
    }
)
ACCOUNT = "Account that acts"
TO, TO_HINT = "To", "Choose from the address book, or type an address"
AMOUNT, ASSET = "Amount", "Asset"
TAG, TAG_HINT = "Destination tag", "Only where the receiver asks for one."
ISSUED_ASSET = "Issued asset"
ISSUED_HINT = "Its whole id: currency and issuer."
LIMIT, FLAGS = "Accept up to", "Options"
NO_RIPPLE = "No rippling through this line (tfSetNoRipple)"
SIGNERS_WARN = "This changes who can sign. Compare every line with the people themselves."
SIGNERS, SIGNERS_HINT = "Signers", "One a line: address = weight. The list replaces the whole old one."
QUORUM = "Weight that signatures must reach"
TICKET_COUNT = "How many tickets"
TICKET_HINT = "Each lets one proposal wait beside the others. An account holds at most 250."
SET_FLAG, CLEAR_FLAG, NO_CHANGE = "Set", "Clear", "No change"
DOMAIN, DOMAIN_REMOVE, NO_DOMAIN = "Domain", "Remove", "Remove the domain"
EXPIRES_IN, TICKET, NEXT_TICKET = "May wait", "Ticket", "Next free one"
EXPIRIES = (
    ("1 hour", "1h"), ("6 hours", "6h"), ("1 day", "1d"), ("2 days", "2d"), ("3 days", "3d"),
    ("7 days", "7d"),
)  # fmt: skip
MESSAGE = "Message to the signers"
MESSAGE_HINT = "Your words. No check reads them."
NOTE = "Note"
AMOUNT_SEPARATORS = "Write digits and one point, such as 25000.50. Nothing between groups of digits."
AMOUNT_PLAIN = "Write an amount such as 25000.50."
NOT_IN_BOOK = "This address is not in the address book."
READING_OPTIONS = "Reading accounts and address book"
JUDGING, JUDGING_NOW = "Judging what you typed.", "Judging what you typed"
RESULT_SAID = "What it would do"
INCOMPLETE = "Not complete yet."
INCOMPLETE_SAID = "What it would do, and how policy judges it, is shown here while you type."
NOT_JUDGED = "Not judged"
NOT_PROPOSED = "Nothing was proposed."
PROPOSE = "Propose"
PROPOSING = "Proposing"
DROP_DRAFT = "Discard draft"
DRAFT_KEPT, DRAFT_RESTORED = "Draft kept, encrypted.", "Your draft is back."
VERDICT_WORDS = MappingProxyType({"ALLOW": "Allowed", "NEEDS_OVERRIDE": "Needs override", "DENY": "Denied"})
DENIED = "Denied. Policy does not allow these bytes."
NEEDS_OVERRIDE = "Needs an override before it can be sent."
NO_POLICY = "No policy is in force: nothing can be signed."
WOULD_CHANGE, CHECKS, WHO_CAN_SIGN = "What it would change", "Policy checks", "Who can sign"
FEE, USES, EXPIRES = "Fee", "Uses", "Expires"
CAN, CANNOT = "Can sign", "Cannot"
READ_ONLY = "Off: another window has the journal open. You can look, not propose."
UNLOCK_KEYS = "Unlock your keys"
UNLOCK_KEYS_WHY = (
    "A proposal carries the signature of its author. Your device key makes it; no ledger key is used."
)
KEY_PASSPHRASE = "Key passphrase"  # noqa: S105 - a label
UNLOCK, UNLOCKING = "Unlock", "Opening your keys"
OFF = "Off:"


def tag_of(tag: str | None) -> str:
    """What an entry of the address book asks for, or the tag of a payment."""
    return {None: "", "*": "any tag", "!": "a tag is required"}.get(tag, f"tag {tag}")


def entry_state(status: str, until: str) -> str:
    """Why an entry of the address book cannot be used now."""
    return {
        "cooling": f"This entry is cooling down until {until}.",
        "suspended": "This entry is suspended.",
        "expired": f"This entry expired at {until}.",
    }.get(status, "")


def refuses(rule: str) -> str:
    """What the policy will say."""
    return f"Rule {rule} will refuse it." if rule else "No rule of the policy asks for the address book."


def looks_like(name: str) -> str:
    """Address poisoning."""
    return f"This address looks like {name} but is not."


def off_denied(reason: str) -> str:
    """Why it cannot be proposed."""
    return f"Off: policy denies it. {reason}".strip()


def off_no_policy(reason: str) -> str:
    """The same without a policy."""
    return f"Off: {reason}" if reason else "Off: no policy is in force."


def expires(time: str, ledger: str) -> str:
    """When it would expire."""
    return f"about {time}, with ledger {int(ledger):,}" if ledger.isdigit() else f"about {time}"


def by_policy(policy: str) -> str:
    """Which policy judged it."""
    return f"policy {policy}" if policy else ""


def failed(count: int) -> str:
    """Checks that failed."""
    return f"{count} failed"


def passed(count: int) -> str:
    """Checks that passed."""
    return f"{count} passed"


def needs(text: str) -> str:
    """What signatures it takes."""
    return f"needs {text}" if text else ""


#: Settings of an XRPL account, and flags as the ledger shows them, in words (xrpl.org, "AccountSet").
FLAGS_WORDS = MappingProxyType(
    {
        "RequireDest": "Payments here need a destination tag",
        "RequireDestTag": "Payments here need a destination tag",
        "RequireAuth": "Holders need this issuer's approval",
        "DisallowXRP": "Asks not to be sent XRP",
        "DisableMaster": "The master key is off",
        "AccountTxnID": "Keeps the id of its last transaction",
        "NoFreeze": "Can never freeze its assets",
        "GlobalFreeze": "All its assets are frozen",
        "DefaultRipple": "Balances ripple through its lines",
        "DepositAuth": "Takes payments only from whom it approved",
        "DisallowIncomingNFTokenOffer": "Takes no token offers",
        "DisallowIncomingCheck": "Takes no checks",
        "DisallowIncomingPayChan": "Takes no payment channels",
        "DisallowIncomingTrustline": "Takes no trust lines",
        "AllowTrustLineClawback": "Can claw its assets back",
        "AllowTrustLineLocking": "Its assets can be locked in escrow",
        "PasswordSpent": "Has used its free key change",
    }
)


def flag_words(name: str) -> str:
    """A flag or setting in words, with its name."""
    plain = name.removeprefix("asf").removeprefix("lsf")
    words = FLAGS_WORDS.get(plain)
    return f"{words} ({name})" if words else name


# -- lists of payments --------------------------------------------------------------------------------------

CHOOSE_CSV = "Choose a CSV file"
CSV_HINT = "A line of titles, then one payment a row."
CSV_FILES, ALL_FILES = "CSV files (*.csv *.txt *.tsv)", "All files (*)"
LIST_ASSET, LIST_ASSET_HINT = "Asset that is paid", "Where no column says another."
LIST_COLUMNS = MappingProxyType(
    {"to": "Receiver", "amount": "Amount", "asset": "Asset", "tag": "Tag", "title": "Message"}
)
NO_COLUMN = "No column"
LIST_TITLE = "Rows"
ROW, CHECK, RECEIVER, KNOWN_AS, SAYS = "Row", "Check", "Receiver", "Known as", "Says"
ROW_WRONG, ROW_DONE, ROW_ALLOWED = "Problem", "Proposed", "Allowed"
LIST_EMPTY = "No list yet."
LIST_EMPTY_SAID = "Choose a CSV file. Every row is checked here before anything is written."
LIST_STOPPED = "Stopped: not every row was checked."
LIST_STOPPED_SAID = "Change something, or choose the file again, to check it from the start."
WRONG_ROWS_SAID = "Mend them in the file and choose it again. Nothing is proposed while a row is wrong."
DENIED_ROWS_SAID = "Take them out of the list, or change the policy first."
TOGETHER = "Each row is allowed, but not all of them together."
MISSING_TICKETS_SAID = "Every row waits on a ticket of its own. Propose tickets, sign and send them first."
LIST_DONE = "Every row of this list was proposed."
LIST_FINE = "Every row is allowed, and so is the whole list."
CHECKING = "Checking every row"
PROPOSE_LIST = "Propose the list"


def csv_file(name: str, columns: int) -> str:
    """The file that was chosen."""
    return f"{name}, {columns} columns"


def column(number: int) -> str:
    """A column without a title."""
    return f"Column {number + 1}"


def of(done: int, total: int) -> str:
    """How far it is."""
    return f"{done:,} of {total:,}"


def total(words: str) -> str:
    """The sum of an asset."""
    return f"Total {words}"


def propose_list(count: int) -> str:
    """The button below a list."""
    return f"Propose {count:,} payment{'' if count == 1 else 's'}" if count else PROPOSE_LIST


def wrong_rows(count: int) -> str:
    """Rows that cannot be read or paid."""
    return f"{count:,} row{' has a problem' if count == 1 else 's have problems'}."


def denied_rows(count: int) -> str:
    """Rows that policy denies."""
    return f"Policy does not allow {count:,} row{'' if count == 1 else 's'}."


def missing_tickets(needed: int, free: int) -> str:
    """Too few tickets."""
    return f"{needed:,} rows need a ticket each; {free:,} {'is' if free == 1 else 'are'} free."


def propose_tickets(count: int) -> str:
    """Opens the form for tickets."""
    return f"Propose {min(count, 250)} tickets"


def already(count: int) -> str:
    """What became of the list before."""
    return f"{count:,} proposals carry its rows."


def list_fine(rows: int, free: int) -> str:
    """What happens next."""
    return f"{rows:,} proposals, each on one of {free:,} free tickets."


# -- accounts -----------------------------------------------------------------------------------------------

NO_ACCOUNTS = "No account is named yet, and no policy names one."
ADD_ACCOUNT = "Name an account"
ADD_SAID = "A name is for people here alone. It decides nothing."
ADDRESS, NAME = "Address", "Name"
READING_ACCOUNTS, READING_ACCOUNT = "Reading the accounts", "Asking the nodes about this account"
READ_AGAIN = "Ask again"
ACCOUNT_SAID = "Account"
PERSON, KEY, DEVICE, WEIGHT, SIGNS_AS = "Person", "Key", "Device", "Weight", "Signs as"
SHOW_ON_DEVICE = "Show my address on the device"
CHANGE_SIGNERS = "Propose other signers"
NO_OWN_KEY = "Off: none of these signers is yours."
LOOK_AT_DEVICE = "Compare this address with your device:"
DEVICE_EQUAL = "The device holds the key of this address. Did its screen show the same?"
DEVICE_OTHER = "The device holds another key. This is its address:"
LEDGER_STATE = "On the ledger"
BALANCE, SEQUENCE, OBJECTS, TICKETS = "Balance", "Next sequence", "Objects it owns", "Tickets"
REGULAR_KEY, FLAGS_TITLE, NONE = "Regular key", "Settings", "None"
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
        return NONE
    listed = ", ".join(values[:12]) + (f" and {len(values) - 12} more" if len(values) > 12 else "")
    return f"{len(values)}: {listed}"


# -- address book -------------------------------------------------------------------------------------------

READING_BOOK = "Reading the address book"
HOW_TO_CHANGE = "How to change it"
PAY_ENTRY = "Pay"
BOOK_FILTER = "Filter by name, address, tag"
ENTRY, STATUS, TAG_SHORT, ASSETS = "Entry", "Status", "Tag", "Assets"
LOOKS_LIKE, EVIDENCE = "Looks like", "Evidence"
NO_TAG = "no tag"
ALIKE = "Two addresses here look alike and are not the same."
ALIKE_SAID = "Compare the whole address before you pay one of them."
CHOOSE_ENTRY = "Choose an entry first."
NO_POLICY_NO_BOOK = "No policy is in force, so there is no address book."
BOOK_EMPTY = "The address book of the policy is empty."
BOOK_STATES = MappingProxyType(
    {"active": "Active", "cooling": "Cooling down", "suspended": "Suspended", "expired": "Expired"}
)
HOW_TITLE = "Changing the address book"
HOW_STEPS = (
    "The address book is part of the policy. Nobody can change an entry alone, here or elsewhere.",
    "Write the next version of the policy: add, change or suspend the entry under address_book. A new entry "
    "rests until its active_after.",
    "People of the change quorum compare its hash and vote: countersign policy sign FILE.",
    "With enough votes it is activated: countersign policy activate FILE. This list then shows it.",
)


def from_policy(policy: str) -> str:
    """Where the book comes from."""
    return f"policy {policy}" if policy else ""


def cooling(time: str) -> str:
    """A new entry."""
    return f"Cooling down until {time}"


def expired(time: str) -> str:
    """An old entry."""
    return f"Expired {time}"


def active_until(time: str) -> str:
    """An entry that will expire."""
    return f"Active, expires {time}"


def not_active(status: str, rule: str) -> str:
    """Why an entry cannot be paid."""
    return f"Off: {status.lower()}. Rule {rule} would refuse it." if rule else f"Off: {status.lower()}."
