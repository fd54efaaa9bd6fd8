"""Words of the menus; the names are those of ui/shell/actions.py. Pages are called as in the navigation."""

from __future__ import annotations

from types import MappingProxyType

from signer_app.ui.words.help import HELP_HERE
from signer_app.ui.words.strings import HELP_KEYS, PAGES

ACTIONS = MappingProxyType(
    {
        "open": "Open…",
        "paste": "Paste a proposal",
        "find": "Find…",
        "lock": "Lock",
        "halt": "Halt all…",
        "quit": "Close",
        "new": "New proposal",
        "review": "Review and sign",
        "reject": "Reject…",
        "export": "Export bundle…",
        "compare": "Compare hashes, large",
        "account-add": "Name an account…",
        "account-refresh": "Read the ledger again",
        "device-test": "Test signing in practice",
        "verify": "Verify all",
        "export-journal": "Export for auditor…",
        "export-report": "Export treasury report…",
        "detach": "Treasury in its own window",
        "refresh": "Refresh this page",
        "next-pane": "Next pane",
        "previous-pane": "Previous pane",
        "larger": "Larger text",
        "smaller": "Smaller text",
        "normal": "Normal text",
        "menu-bar": "Menu bar",
        "help": HELP_HERE,
        "keys": HELP_KEYS,
        **{f"go-{page}": name for page, name in PAGES.items()},
    }
)

#: Actions of one page -> that page.
PLACES = MappingProxyType(
    {
        "review": "inbox",
        "reject": "inbox",
        "export": "inbox",
        "compare": "inbox",
        "account-add": "accounts",
        "account-refresh": "accounts",
        "device-test": "devices",
        "verify": "journal",
        "export-journal": "journal",
        "export-report": "treasury",
        "detach": "treasury",
    }
)
