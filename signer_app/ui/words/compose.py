"""Words of the page of new proposals."""

from __future__ import annotations

from types import MappingProxyType

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
ISSUED_EXAMPLE = "xrpl:0/iou:CURRENCY.issuer"
LIMIT, FLAGS = "Accept up to", "Options"
NO_RIPPLE = "No rippling through this line (tfSetNoRipple)"
SIGNERS_WARN = "This changes who can sign. Compare every line with the people themselves."
SIGNERS_HINT = "One a line: address = weight. The list replaces the whole old one."
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
FORM_SAID = "What is proposed"
INCOMPLETE = "Not complete yet."
INCOMPLETE_SAID = "What it would do, and how policy judges it, is shown here while you type."
DECEIVES = "The others are warned of it. Write it anew."
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
USES = "Uses"
EXPIRES = "Expires"
CAN, CANNOT = "Can sign", "Cannot"
UNLOCK_KEYS_WHY = (
    "A proposal carries the signature of its author. Your device key makes it; no ledger key is used."
)
OFF = "Off:"


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


# -- what a field still needs ------------------------------------------------------------------------------

NEEDED = "This is needed."
NO_ACCOUNT = "Choose the account that acts."
ACCOUNT_FIRST = "Choose the account that acts first."
TICKET_NUMBER = "A ticket is a number."
NO_RECEIVER = "Choose a receiver from the address book."
NO_ASSET = "Choose an asset."
NO_AMOUNT = "Write an amount."
TAG_NUMBER = "A destination tag is a number of at most ten digits."
NO_ISSUED = "Choose the issued asset."
NO_LIMIT = "Write the most that is accepted."
NO_QUORUM = "Write the weight that signatures must reach."
NO_COUNT = "Write how many tickets."
NO_SETTING = "Choose a setting to change, or write a domain."
