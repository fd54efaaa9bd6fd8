"""The one place that imports the Qt binding, so that another binding, or a fault of one, is one file.

Use as ``from signer_app.ui.qt import QtCore, QtGui, QtWidgets``. Signal, Slot and Property come with it.
"""

from __future__ import annotations

import importlib
from types import ModuleType

from PySide6 import QtCore, QtGui, QtNetwork, QtPrintSupport, QtSvg, QtWidgets
from PySide6.QtCore import Property, Qt, Signal, Slot
from shiboken6 import isValid

__all__ = [
    "Property",
    "Qt",
    "QtCore",
    "QtGui",
    "QtNetwork",
    "QtPrintSupport",
    "QtSvg",
    "QtWidgets",
    "Signal",
    "Slot",
    "is_alive",
    "load_dbus",
]


def is_alive(thing: QtCore.QObject) -> bool:
    """Whether Qt has not deleted it yet. Only for what may be asked while its parent is being deleted."""
    return bool(isValid(thing))


def load_dbus() -> ModuleType | None:
    """QtDBus, which builds of Qt for other systems than Linux do not have."""
    try:
        return importlib.import_module("PySide6.QtDBus")
    except ImportError:
        return None
