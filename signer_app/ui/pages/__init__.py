"""One package or module a page, and the table of them. A page's code loads when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui.shell.page import Page, Shell


def _inbox(shell: Shell) -> Page:
    from signer_app.ui.pages.inbox.page import InboxPage  # noqa: PLC0415 - a page loads when it is shown

    return InboxPage(shell)


def _proposals(shell: Shell) -> Page:
    from signer_app.ui.pages.proposals.page import ProposalsPage  # noqa: PLC0415

    return ProposalsPage(shell)


def _new(shell: Shell) -> Page:
    from signer_app.ui.pages.compose.page import NewPage  # noqa: PLC0415

    return NewPage(shell)


def _accounts(shell: Shell) -> Page:
    from signer_app.ui.pages.accounts.page import AccountsPage  # noqa: PLC0415

    return AccountsPage(shell)


def _book(shell: Shell) -> Page:
    from signer_app.ui.pages.book import BookPage  # noqa: PLC0415

    return BookPage(shell)


def _treasury(shell: Shell) -> Page:
    from signer_app.ui.pages.treasury import TreasuryPage  # noqa: PLC0415

    return TreasuryPage(shell)


def _settings(shell: Shell) -> Page:
    from signer_app.ui.pages.settings import SettingsPage  # noqa: PLC0415

    return SettingsPage(shell)


def _devices(shell: Shell) -> Page:
    from signer_app.ui.pages.devices.page import DevicesPage  # noqa: PLC0415

    return DevicesPage(shell)


def _journal(shell: Shell) -> Page:
    from signer_app.ui.pages.journal import JournalPage  # noqa: PLC0415

    return JournalPage(shell)


def _policy(shell: Shell) -> Page:
    from signer_app.ui.pages.policy import PolicyPage  # noqa: PLC0415

    return PolicyPage(shell)


def _nodes(shell: Shell) -> Page:
    from signer_app.ui.pages.nodes import NodesPage  # noqa: PLC0415

    return NodesPage(shell)


def _setup(shell: Shell) -> Page:
    from signer_app.ui.pages.setup import SetupPage  # noqa: PLC0415

    return SetupPage(shell)


#: Name of a page -> how it is made.
PAGES: dict[str, Callable[[Shell], Page]] = {
    "inbox": _inbox,
    "new": _new,
    "proposals": _proposals,
    "accounts": _accounts,
    "treasury": _treasury,
    "book": _book,
    "policy": _policy,
    "devices": _devices,
    "journal": _journal,
    "nodes": _nodes,
    "settings": _settings,
    "setup": _setup,
}
