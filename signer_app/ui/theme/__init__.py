"""Colours, sizes, type and icons. `theme()` is what widgets ask; see tokens.py for the tables."""

from __future__ import annotations

from signer_app.ui.theme import icons
from signer_app.ui.theme.theme import Mode, Theme, theme
from signer_app.ui.theme.tokens import SCALES, Tokens

__all__ = ["SCALES", "Mode", "Theme", "Tokens", "icons", "theme"]
