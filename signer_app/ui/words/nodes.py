"""Words of the nodes page."""

from __future__ import annotations

from types import MappingProxyType

SUB = "whom this workspace believes about a ledger"
TEST_NOW = "Test now"
ADD = "Add a node…"
COLUMNS = ("Node", "Operator", "Use", "Address", "Height", "Age", "Agrees with", "Answer", "State")
STATES = MappingProxyType(
    {
        "ok": ("Ok", "ok", "pass"),
        "late": ("Late", "warn", "clock"),
        "differs": ("Differs", "danger", "alert"),
        "wrong-network": ("Wrong network", "danger", "alert"),
        "no-answer": ("No answer", "danger", "fail"),
        "asking": ("Asking", "neutral", "clock"),
        "unasked": ("Not asked", "neutral", "skip"),
    }
)
ROLES = MappingProxyType({"read": "read", "submit": "send"})
EMPTY = "No node yet. Without nodes nothing can be judged, so nothing can be signed."
NO_ANSWER = "–"
ALONE = "nobody"
UNCONFIRMED = "The list of nodes was changed outside of this program."
UNCONFIRMED_NEXT = "None of these nodes is asked until a person has read the list and stands by it."
SHOW_LIST = "Read the list…"
CONFIRM_TITLE = "Use exactly these nodes from now on?"
CONFIRM_WHY = (
    "Whoever runs these nodes tells this workspace what the ledger says. Confirm only what you set up "
    "yourself, or what your people agreed on. The journal keeps which list you confirmed."
)
CONFIRM = "Use these nodes"
CONFIRM_FIRST = "Off: the list of nodes was changed and has to be confirmed first."
OFFLINE = "Off: you work offline, so no node is asked."
TESTING = "Off: the nodes are being asked."
DIFFER = "Nodes do not agree about the ledger."
DIFFER_NEXT = (
    "What they say is not used while they differ. Ask their operators; do not remove one to be rid of it."
)
ADD_TITLE = "Add a node"
ADD_WHY = "Agreement counts operators, not nodes: name who runs it."
NAME, OPERATOR, NETWORK, ADDRESS, WS, USE = "Name", "Operator", "Network", "Address", "WebSocket", "Use"
ADDRESS_HINT = "https://… (http:// on this computer only)"
WS_HINT = "wss://… if it has one"
USES = MappingProxyType({"read and send": ("read", "submit"), "read": ("read",), "send": ("submit",)})
ADD_NOW = "Add node"
FILL = "Off: name, operator and address are needed."


def network(name: str, count: int) -> str:
    """Above the table of a network."""
    return f"{count} node{'' if count == 1 else 's'} of {name}"


def asked_at(moment: str) -> str:
    """When the rows were read."""
    return f"asked at {moment}"


def compared(index: str) -> str:
    """Which ledger the nodes were compared at."""
    return f"compared at ledger {int(index):,}"


def age(seconds: int | None) -> str:
    """Age of a node's newest ledger."""
    return NO_ANSWER if seconds is None else f"{seconds:,} s"


def latency(milliseconds: int) -> str:
    """How long one question took."""
    return f"{milliseconds:,} ms"


def operators(names: list[str]) -> str:
    """With whom a node agrees."""
    return ", ".join(names) if names else ALONE


def why(node: str, reason: str) -> str:
    """Below the table: what is wrong with a node."""
    return f"{node}: {reason}"
