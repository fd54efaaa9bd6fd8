"""One package or module a page, and the table of them. A page's code loads when it is first shown."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui.shell.page import Page, Shell


def _inbox(shell: Shell) -> Page:
    from signer_app.ui.pages.inbox.page import InboxPage  # noqa: PLC0415 - a page loads when it is shown

    return InboxPage(shell)


def _settings(shell: Shell) -> Page:
    from signer_app.ui.pages.settings import SettingsPage  # noqa: PLC0415

    return SettingsPage(shell)


def _devices(shell: Shell) -> Page:
    from signer_app.ui.pages.devices.page import DevicesPage  # noqa: PLC0415

    return DevicesPage(shell)


def _journal(shell: Shell) -> Page:
    from signer_app.ui.pages.journal import JournalPage  # noqa: PLC0415

    return JournalPage(shell)


def _absent(key: str, command: str) -> Callable[[Shell], Page]:
    def make(shell: Shell) -> Page:
        from signer_app.ui.pages.absent import AbsentPage  # noqa: PLC0415

        return AbsentPage(shell, key, command)

    return make


#: Name of a page -> how it is made. A page that is not built names the command that does its work.
PAGES: dict[str, Callable[[Shell], Page]] = {
    "inbox": _inbox,
    "proposals": _absent("proposals", "proposal list"),
    "accounts": _absent("accounts", "accounts list"),
    "treasury": _absent("treasury", "accounts show"),
    "book": _absent("book", "accounts add"),
    "policy": _absent("policy", "policy list"),
    "devices": _devices,
    "journal": _journal,
    "nodes": _absent("nodes", "nodes list"),
    "settings": _settings,
}
