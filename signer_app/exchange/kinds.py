"""What a file or a text from outside says that it is, so that it comes to whoever takes such things.

Nothing is believed by this: who takes it reads it whole and strictly, and says what is wrong with it.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from signer_app.core.canonical import read_json
from signer_app.core.errors import MalformedError
from signer_app.core.proposal_file import FORMAT
from signer_app.core.statements import HALTS_FORMAT

PROPOSAL, HALTS, POLICY, VOTE, UNKNOWN = "proposal", "halts", "policy", "vote", "unknown"
_FORMATS: Final = MappingProxyType(
    {
        FORMAT: PROPOSAL,
        HALTS_FORMAT: HALTS,
        "countersign/policy@1": POLICY,
        "countersign/vote@1": VOTE,
    }
)
#: The line of a policy that is written as YAML. Nothing else that comes in is.
_YAML: Final = re.compile(rb"^format:[ \t]*[\"']?countersign/policy@1[\"']?[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def kind_of(data: bytes) -> str:
    """By the format that it names; UNKNOWN for a ledger's native form, and for what nobody can read."""
    if data.lstrip(b" \t\r\n")[:1] != b"{":
        return POLICY if _YAML.search(data) else UNKNOWN
    try:
        value = read_json(data)
    except MalformedError:
        return UNKNOWN
    name = value.get("format") if isinstance(value, dict) else None
    return _FORMATS.get(name, UNKNOWN) if isinstance(name, str) else UNKNOWN
