"""Words of the nodes page."""

from __future__ import annotations

from types import MappingProxyType

SUB = "whom this workspace believes about a ledger"
TEST_NOW = "Test now"
ADD = "Add a node…"
COLUMNS = ("Node", "State", "Operator", "Use", "Address", "Height", "Age", "Agrees with", "Answer",
           "Certificate")  # fmt: skip
STATES = MappingProxyType(
    {
        "ok": ("Ok", "ok", "pass"),
        "late": ("Late", "warn", "clock"),
        "differs": ("Differs", "danger", "alert"),
        "wrong-network": ("Wrong network", "danger", "alert"),
        "certificate-changed": ("Certificate changed", "danger", "alert"),
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
NAME, OPERATOR, NETWORK, ADDRESS, USE = "Name", "Operator", "Network", "Address", "Use"
ADDRESS_HINT = "https://… (http:// on this computer only)"
USES = MappingProxyType({"read and send": ("read", "submit"), "read": ("read",), "send": ("submit",)})
ADD_NOW = "Add node"
CERTIFICATE = "Certificate"
CERTIFICATE_OF = "Certificate…"
ACCEPT_THE_NEW = "Accept the new certificate…"
ACCEPT = "Accept this certificate"
CHANGED = "changed"
NOT_YET = "from the first contact on"
CLEAR_TEXT = "none: on this computer"
RECORDED = "Recorded"
SHOWN_NOW = "Shown by the node now"
OWN_AUTHORITY = "Its own authority"
NONE_RECORDED = "None yet. The one that it shows at the first contact is recorded."
HOLD_TO = "Hold the node to"
HOLDS = MappingProxyType(
    {"key": "its key, which renewals keep", "authority": "its authority, which may vouch for new keys"}
)
HOLD_NOW = "Hold it to this"
HELD_ALREADY = "Off: it is held to this already."
CHOOSE_SECURE = "Off: choose a node with an address that begins with https first."
SAME_AUTHORITY = "Another key, and the same authority vouches for it."
OTHER_AUTHORITY = "Another key, and another authority vouches for it."
CHANGED_NEXT = (
    "It is asked nothing, and its answers count for nothing, until a person has compared the new certificate "
    "with what the operator says."
)
DIRECTLY = "Nodes of other machines are asked directly."
WAY = "Proxy…"
WAY_TITLE = "Proxy for the nodes"
WAY_WHY = (
    "Nodes of other machines are asked through it, over their own TLS: it sees which node is asked, and "
    "nothing of what is said. Nodes on this computer are always asked directly, and proxies of the "
    "environment are not used. One that needs a password cannot be used."
)
PROXY = "Proxy"
PROXY_HINT = "socks5://host:port or http://host:port; empty: directly"
SAVE_WAY = "Use it"
PRACTICE_WAY = "Off: in practice nodes are never asked through a proxy."
FILL = "Off: name, operator and address are needed."


def certificate_of(node: str) -> str:
    """Title of the dialog."""
    return f"Certificate of {node}"


def certificate_changed(node: str) -> str:
    """Banner, and title of the dialog."""
    return f"The certificate of {node} changed."


def ask_operator(operator: str) -> str:
    """What to do before one accepts it."""
    return (
        f"Ask {operator} by another way whether the one that is shown now is theirs, and compare it whole. A "
        "renewal with a new key looks like this; so does somebody who answers in the place of the node."
    )


def good(start: str, end: str, recorded: str) -> str:
    """How long a certificate is good, and since when it is recorded, "" if it is not."""
    return f"Good from {start} to {end}." + (f" Recorded {recorded}." if recorded else "")


def signed_by(issuer: str) -> str:
    """Who vouches for it directly."""
    return f"Signed by {issuer}."


def held(hold: str, end: str) -> str:
    """In the table."""
    return f"{hold}, to {end}"


def through(proxy: str) -> str:
    """Below the tables."""
    return f"Nodes of other machines are asked through {proxy}."


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
