"""The policy page: versions, rules in words, trying, replaying, comparing, voting."""

from __future__ import annotations

from signer_app.ui.pages.policy.page import PolicyPage

__all__ = ["PolicyPage"]
