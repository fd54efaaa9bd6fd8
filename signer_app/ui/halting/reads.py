"""What the dialogs of halting ask of services, in the worker's thread, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import DeniedError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.chosen_file import read_chosen
from signer_app.ui.session import Halted, halted_of
from signer_app.ui.words import halt as words

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.workspace import Workspace

#: The largest file of statements or proposal that is read (CONTRACTS G), and one byte to notice a larger one.
FILE_LIMIT = 1024 * 1024
MARK = b"countersign/halts@1"


@dataclass(frozen=True, slots=True)
class Scope:
    """``accounts`` (CAIP-10) is empty for everything."""

    said: str
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """What a dialog shows first. ``unlocked``: this person's keys are open."""

    scopes: tuple[Scope, ...]
    unlocked: bool
    has_policy: bool
    person: str
    #: Colleagues who answer when asked, in a place to practise.
    colleagues: tuple[str, ...] = ()


def start(workspace: Workspace) -> Start:
    """Scopes that a halt can have here: everything, a network, an account."""
    from signer_app.workspace.colleagues import colleagues  # noqa: PLC0415 - in the worker's thread

    names: dict[str, str] = dict(workspace.nodes.config.labels)
    accounts: dict[str, None] = {}
    has_policy = True
    try:
        body = workspace.policies.in_force(workspace.rooms.clock()).document.body
    except DeniedError:
        has_policy = False
    else:
        for entry in body.accounts:
            names.setdefault(entry.account, entry.id)
            accounts[entry.account] = None
    for proposal in workspace.queries.proposals():
        accounts.setdefault(proposal.account)
    described = workspace.describe()
    scopes = [Scope(words.class_scope(str(described["class"])))]
    for network in workspace.networks:
        found = tuple(name for name in accounts if name.startswith(f"{network}:"))
        if found:
            scopes.append(Scope(words.network_scope(network, len(found)), found))
    for account in accounts:
        address = account.rpartition(":")[2]
        said = words.account_scope(safe_text(names.get(account, address), 60), address)
        scopes.append(Scope(said, (account,)))
    unlocked = workspace.keys.keystore_or_none is not None
    return Start(tuple(scopes), unlocked, has_policy, workspace.person, colleagues(workspace.directory))


def halt(workspace: Workspace, reason: str, accounts: tuple[str, ...]) -> int:
    """Halt; the record."""
    made = workspace.proposals.halts.halt(reason, accounts)
    record = made["record"]
    return record if isinstance(record, int) else 0


def resume(workspace: Workspace, reason: str, halt_id: str) -> JsonObject:
    """This person's word. {halt_id, lifted, have, need, people, …}."""
    return workspace.proposals.halts.resume(reason, halt_id)


def ask_colleague(workspace: Workspace, person: str, halt_id: str) -> str:
    """In practice: have a colleague say that a halt may end, and take that; what became of it, in words."""
    from signer_app.workspace.colleagues import resumes  # noqa: PLC0415

    document = workspace.proposals.halts.document()
    if document is None:
        raise NotFoundError("No halt is known here.")
    return take(workspace, resumes(workspace.directory, person, document.to_bytes(), halt_id))


def find(workspace: Workspace, halt_id: str) -> Halted | None:
    """A halt that stands; None once it is lifted."""
    found = workspace.proposals.halts.describe(standing=True)
    return next((halted_of(item) for item in found if item["halt_id"] == halt_id), None)


def save(workspace: Workspace, path: Path) -> None:
    """Write what others need to know. NotFoundError where there is no halt."""
    from signer_app.vault.files import atomic_write  # noqa: PLC0415

    document = workspace.proposals.halts.document()
    if document is None:
        raise NotFoundError("No halt is known here.")
    atomic_write(path, document.to_bytes(), 0o600)


def take_path(workspace: Workspace, path: Path) -> str:
    """Take the statements of a file; what became of them, in words."""
    return take(workspace, read_file(path))


def take(workspace: Workspace, data: bytes) -> str:
    """The same for bytes that were read."""
    taken = workspace.proposals.halts.take_file(data)
    added, already, refused = (_objects(taken, name) for name in ("added", "already", "refused"))
    why = tuple(
        safe_text(words.not_taken(*(str(item.get(name)) for name in ("kind", "person", "reason"))), 300)
        for item in refused
    )
    return words.taken(len(added), len(already), why)


def _objects(value: JsonObject, name: str) -> list[JsonObject]:
    found = value[name]
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def is_halts(data: bytes) -> bool:
    """Whether a file says of itself that it holds halts; reading it decides. A proposal may carry such a
    document too, and then says of itself that it is a proposal."""
    return MARK in data and b"countersign/proposal@1" not in data


def read_file(path: Path) -> bytes:
    """NotFoundError for what cannot be read."""
    return read_chosen(path, FILE_LIMIT)
