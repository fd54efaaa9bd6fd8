"""What desktop notices go by, read in the worker's thread: open proposals, halts, the journal, signer lists,
certificates of nodes.

Only open proposals are read and no body is decoded, so that it can be asked every minute. Names of accounts
are those of the policy's own accounts and the workspace's labels, never of the address book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.clock import parse_time
from signer_app.core.errors import CountersignError, MalformedError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.notices.machine import Facts, Named, OpenProposal
from signer_app.ui.words.notices import SOME_ACCOUNTS

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.proposals.asked import Asked
    from signer_app.proposals.store.list_queries import NewestVerdict
    from signer_app.workspace import Workspace

DRIFT = "SIGNER_DRIFT"
#: Some desktops read these as markup.
_MARKUP = str.maketrans("", "", "<>&")


def read_facts(workspace: Workspace) -> Facts:
    """What holds now. CountersignError if the store cannot be read."""
    from signer_app.proposals.lifecycle import OPEN  # noqa: PLC0415 - in the worker's thread

    names, asked = _names(workspace), workspace.reading.asked(workspace.person)
    listed = workspace.reading.proposals(states=OPEN)["proposals"]
    found = [raw for raw in listed if isinstance(raw, dict)] if isinstance(listed, list) else []
    halts = workspace.queries.halts(standing=True)
    trouble = workspace.journal.trouble
    return Facts(
        proposals=tuple(open_proposal(raw, names, asked) for raw in found),
        halts=tuple(Named(item.halt.id, halted_accounts(item.halt.accounts, names)) for item in halts),
        writable=trouble is None or trouble.looking,
        drifted=drifted(found, workspace.queries.newest_verdicts(OPEN), names),
        certificates=tuple(Named(name) for name in workspace.nodes.changed_certificates()),
    )


def _names(workspace: Workspace) -> dict[str, str]:
    """Names of accounts: the policy's own, if one is in force, and the workspace's labels."""
    try:
        body = workspace.policies.in_force(workspace.rooms.clock()).document.body
    except CountersignError:
        return dict(workspace.nodes.config.labels)
    return {**{entry.account: entry.id for entry in body.accounts}, **workspace.nodes.config.labels}


def open_proposal(raw: JsonObject, names: Mapping[str, str], asked: Asked) -> OpenProposal:
    """From a proposal's JSON (CONTRACTS C5). ``asked`` says whether it waits for this person."""
    return OpenProposal(
        id=str(raw["proposal_id"]),
        account=account_name(str(raw["account"]), names),
        expires_at=_moment(raw["expires_at"]),
        needs_me=asked.waits(raw),
        stopped=raw["state"] == "DENIED" and raw["could_not_tell"] is False and bool(raw["signatures"]),
    )


def _moment(value: object) -> datetime | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except MalformedError:
        return None


def account_name(account: str, names: Mapping[str, str]) -> str:
    """What people call an account (CAIP-10), "" without a name or where the name gives the address away."""
    name = safe_text(names.get(account, "").translate(_MARKUP).strip(), 60)
    address = account.rpartition(":")[2]
    return "" if len(address) < 6 or address[:6].lower() in name.lower() else name


def account_names(accounts: Sequence[str], names: Mapping[str, str]) -> str:
    """One account by its name; several or unnamed ones are ""."""
    return account_name(accounts[0], names) if len(accounts) == 1 else ""


def halted_accounts(accounts: Sequence[str] | None, names: Mapping[str, str]) -> str:
    """What a halt stops, in words; "" is everything."""
    return "" if accounts is None else account_names(accounts, names) or SOME_ACCOUNTS


def drifted(
    found: Sequence[JsonObject], verdicts: Sequence[NewestVerdict], names: Mapping[str, str]
) -> tuple[Named, ...]:
    """Accounts of open proposals whose newest verdict saw other signers than the policy's.

    A verdict does not say which of several acting accounts it was: then none is named.
    """
    by_id = {str(raw["proposal_id"]): raw for raw in found}
    newest: dict[str, NewestVerdict] = {}
    for verdict in verdicts:
        raw = by_id.get(verdict.proposal_id)
        if raw is not None:
            account = str(raw["account"])
            if account not in newest or verdict.record > newest[account].record:
                newest[account] = verdict
    return tuple(
        Named(account, account_names(_acting(by_id[verdict.proposal_id]), names))
        for account, verdict in sorted(newest.items())
        if DRIFT in verdict.codes
    )


def _acting(raw: JsonObject) -> list[str]:
    effects = raw["effects"]
    listed = [item for item in (effects if isinstance(effects, list) else []) if isinstance(item, dict)]
    return sorted({str(raw["account"]), *(str(item["account"]) for item in listed if "account" in item)})
