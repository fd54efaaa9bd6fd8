"""Words of sending: what goes out, what the nodes answered, what will prove it."""

from __future__ import annotations

from types import MappingProxyType

SEND = "Send"
SENDING, LOOKING = "Sending", "Looking for proof"
SEND_SUB = (
    "Policy is evaluated once more, the signatures are combined, and the same bytes are offered to every "
    "node that may send. A transaction cannot be taken back."
)
ATTEMPTS = "What the nodes answered"
NO_ATTEMPTS = "Nothing was offered from here."
PROOF = "What will prove it"
PROVED = "This is proved by the ledger and final."
CLOSE_NOTE = "Closing does not stop what was sent. The proposal keeps its state."
STATES = MappingProxyType(
    {
        "SUBMITTED": ("info", "Sent. It is in no validated ledger yet."),
        "UNKNOWN": ("warn", "Outcome unknown. Do not send again."),
        "CONFIRMED": ("ok", "Confirmed. It succeeded in a validated ledger."),
        "FAILED": ("danger", "Failed. It is in a validated ledger and did not succeed; the fee is spent."),
        "EXPIRED": ("warn", "Expired. It can never execute any more."),
        "SUPERSEDED": ("warn", "Superseded. Another transaction used its number."),
    }
)


def send_title(title: str) -> str:
    """The head of the dialog."""
    return f"Send: {title[:1].lower()}{title[1:]}"


def send_facts(signatures: int, uses: str, expiry: str) -> str:
    """What goes out."""
    until = f" It can execute until ledger {int(expiry):,}." if expiry.isdigit() else ""
    return f"{signatures} signature{'' if signatures == 1 else 's'}. It uses {uses}.{until}"


def unknown_until(ledger: str | None) -> str:
    """Sent, and nobody can say what became of it."""
    until = f" until ledger {int(ledger):,} is closed" if ledger is not None and ledger.isdigit() else ""
    return f"Sent. Outcome unknown{until}. Do not send again."


def proof_words(expiry: str | None) -> str:
    """What ends the following."""
    seen = "two nodes of different operators that show it in a validated ledger"
    if expiry is None or not expiry.isdigit():
        return f"{seen}, or that show another transaction with its number there."
    return f"{seen}; or its absence from every ledger up to {int(expiry):,}, after which it cannot execute."


def looked(number: int, seconds: int, unanswered: str) -> str:
    """How long it has been followed."""
    words = f"Looked {number} time{'' if number == 1 else 's'} in {seconds // 60}:{seconds % 60:02d}."
    return f"{words} {unanswered}".strip()


NODE, ANSWER = "Node", "Answer"


def result_in(result: str, ledger: str) -> str:
    """What a validated ledger says of it."""
    return f"{result} in ledger {ledger}"
