"""The nodes page: who is believed, how each is doing, and what was not confirmed."""

from __future__ import annotations

from signer_app.ui.pages.nodes.page import NodesPage

__all__ = ["NodesPage"]
