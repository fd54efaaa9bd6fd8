"""Whether a window can be shown here: asked before Qt is loaded, which ends the process without a display."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping

#: Platforms of Qt that draw where nobody looks.
_UNSEEN = frozenset({"offscreen", "minimal"})


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether Qt finds something to draw on, seen or not."""
    return (
        platform in ("win32", "darwin")
        or bool(environment.get("QT_QPA_PLATFORM"))
        or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    )


def somebody_looks(environment: Mapping[str, str], *, terminal: bool, platform: str = sys.platform) -> bool:
    """Whether a command may open the window by itself: a person at a terminal, and a display that is seen."""
    seen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0] not in _UNSEEN
    return terminal and seen and has_display(environment, platform)


def has_window() -> bool:
    """Whether this copy of the program has the window at all."""
    return importlib.util.find_spec("PySide6") is not None
