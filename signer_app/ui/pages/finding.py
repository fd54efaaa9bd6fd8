"""What can be found in a workspace, read in the worker's thread each time the find dialog opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signer_app.ui.shell.finding import Findable

if TYPE_CHECKING:  # loads in the worker's thread
    from signer_app.workspace import Workspace


def read_findables(workspace: Workspace) -> list[Findable]:
    """Proposals, newest first, by title, id, addresses, slot and hash; accounts; the address book."""
    return [*_proposals(workspace), *_accounts(workspace), *_book(workspace)]


def _proposals(workspace: Workspace) -> list[Findable]:
    from signer_app.ui.words import effects as words  # noqa: PLC0415 - pages load when shown

    names = {**workspace.accounts.names(), **workspace.accounts.asset_names()}
    return [
        Findable.of(
            words.title(list(row.effects), names),
            f"{words.name_of(row.account, names)}, {row.state_words}",
            "inbox",
            row.id,
            row.account,
            row.tx_id or "",
            row.slot_value,
            *(str(effect["to"]) for effect in row.effects if effect.get("to")),
        )
        for row in reversed(workspace.listing.rows())
    ]


def _accounts(workspace: Workspace) -> list[Findable]:
    from signer_app.ui.pages.accounts.page import read_accounts  # noqa: PLC0415

    return [
        Findable.of(known.name, known.account, "accounts", known.account)
        for known in read_accounts(workspace).accounts
    ]


def _book(workspace: Workspace) -> list[Findable]:
    from signer_app.ui.pages.book import read_book  # noqa: PLC0415

    return [
        Findable.of(str(entry["id"]), str(entry["account"]), "book", str(entry["id"]))
        for entry in read_book(workspace)[2]
    ]
