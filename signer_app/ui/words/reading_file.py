"""Words of the dialog that shows what a file would do, while no workspace is open."""

from __future__ import annotations

from types import MappingProxyType

READ = "Read a file"
CHOOSE = "Choose a proposal or a transaction"
READING = "Reading the file"
ANOTHER = "Read another…"
NOTHING_KEPT = "Nothing of it is kept, and no policy has judged it."
UNLOCK_FIRST = "Unlock a workspace to check it, and to sign."
TERMS = "Where and until when"
USES, EXPIRES, NETWORK = "Uses", "Expires", "Network"
NEVER = "Never"
SIGNATURES = "Signatures in the file"
#: Whether a signature is right; None where that cannot be told from the file alone.
VALID = MappingProxyType(
    {
        True: ("Valid", "ok", "check"),
        False: ("Not valid", "danger", "fail"),
        None: ("Not checked", "warn", "unknown"),
    }
)


def claim(title: str) -> str:
    """What the author of the file says of it; it may be anything."""
    return f"The file calls itself: {title}"


def decoded(count: int) -> str:
    """Where the effects come from."""
    return f"decoded from its {count} bytes"


def signed_by(signer: str, reason: str) -> str:
    """One signature of the file."""
    return f"{signer} ({reason})" if reason else signer
