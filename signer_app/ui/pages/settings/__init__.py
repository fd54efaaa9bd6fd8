"""Settings: the page, and the cards that do something."""

from __future__ import annotations

from signer_app.ui.pages.settings.page import SettingsPage

__all__ = ["SettingsPage"]
