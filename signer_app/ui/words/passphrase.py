"""Words of the dialog that unlocks keys."""

from __future__ import annotations

TITLE = "Unlock your keys"
WHICH = "The key passphrase, not the one of the workspace. It goes to the key process alone."
PASSPHRASE = "Key passphrase"  # noqa: S105 - a label
UNLOCK = "Unlock keys"
UNLOCKING = "Opening the keys"
