"""Banners that are true on every page."""

from __future__ import annotations

from collections.abc import Callable

from signer_app.ui import strings
from signer_app.ui.first_run import words
from signer_app.ui.session import Session
from signer_app.ui.widgets import StateBanner


def lasting_banners(session: Session, page: str, go: Callable[[str], None]) -> list[StateBanner]:
    """What holds for the open workspace, most urgent first. ``page`` is in view."""
    summary = session.summary
    found = []
    if summary is not None and not summary.writable:
        found.append(StateBanner("danger", strings.READ_ONLY, strings.READ_ONLY_CONSEQUENCE))
    if summary is not None and summary.setting_up and page != "setup":
        banner = StateBanner("info", words.UNFINISHED, words.UNFINISHED_CONSEQUENCE)
        banner.setObjectName("window.setting-up")
        banner.offer([(words.GO_ON, lambda: go("setup"))])
        found.append(banner)
    if session.offline:
        found.append(StateBanner("warn", strings.OFFLINE, strings.OFFLINE_CONSEQUENCE, icon="offline"))
    return found
