"""The treasury page, and the same in a window of its own.

reads.py     what the services say, as plain values; the last good facts where nodes are silent
parts.py     painted bars and rows
board.py     the cards, used by the page and by the second window
detached.py  the second window
"""

from __future__ import annotations

from signer_app.ui.pages.treasury.page import TreasuryPage

__all__ = ["TreasuryPage"]
