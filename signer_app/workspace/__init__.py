"""The composition root: opens a workspace folder and wires the rooms (DESIGN section 4).

    config/platform-config.yaml   nodes, operators, labels
    policy/                       activated policies with their votes, one file a version
    vault.json                    opens store.db and the journal
    keys/*.json                   sealed under their own passphrase; vault.json cannot open them
    store.db                      a projection of the journal
    logs/                         the journal
    reports/                      reports of commands

composition.py opens it, creation.py makes it; nodes.py, keys.py and accounts.py are what a person does to it
besides proposals.
"""

from __future__ import annotations

from signer_app.workspace.composition import Workspace
from signer_app.workspace.creation import create_workspace
from signer_app.workspace.journal import verify_with_vault
from signer_app.workspace.keys import KeystoreCreator, KeystoreOpener

__all__ = ["KeystoreCreator", "KeystoreOpener", "Workspace", "create_workspace", "verify_with_vault"]
