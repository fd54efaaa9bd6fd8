"""The one place that imports the Qt binding, so that another binding, or a fault of one, is one file.

Use as ``from signer_app.ui.qt import QtCore, QtGui, QtWidgets``. Signal, Slot and Property come with it.
"""

from __future__ import annotations

from PySide6 import QtCore, QtGui, QtNetwork, QtPrintSupport, QtSvg, QtWidgets
from PySide6.QtCore import Property, Qt, Signal, Slot

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
]
