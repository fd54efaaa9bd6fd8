"""Setting up a workspace, from its first key to its first policy in force."""

from __future__ import annotations

from signer_app.ui.pages.setup.page import SetupPage

__all__ = ["SetupPage"]
