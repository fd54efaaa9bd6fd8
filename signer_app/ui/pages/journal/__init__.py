"""The journal: its state, its records, the proof of one, and what to do when it is not intact."""

from __future__ import annotations

from signer_app.ui.pages.journal.page import JournalPage

__all__ = ["JournalPage"]
