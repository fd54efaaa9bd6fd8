"""Asking for a file without blocking: the answer comes to a function, or never."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from signer_app.ui.qt import Qt, QtWidgets

Chosen = Callable[[Path], None]


def choose_new_file(parent: QtWidgets.QWidget, title: str, name: str, chosen: Chosen) -> None:
    """Where to write: ``name`` is offered; the system asks before a file is overwritten."""
    dialog = _dialog(parent, title, lambda paths: chosen(paths[0]))
    dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.AnyFile)
    dialog.selectFile(name)
    dialog.open()


def choose_file(parent: QtWidgets.QWidget, title: str, chosen: Chosen) -> None:
    """One file to read."""
    dialog = _dialog(parent, title, lambda paths: chosen(paths[0]))
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
    dialog.open()


def choose_files(parent: QtWidgets.QWidget, title: str, chosen: Callable[[list[Path]], None]) -> None:
    """One file or several to read."""
    dialog = _dialog(parent, title, chosen)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFiles)
    dialog.open()


def _dialog(
    parent: QtWidgets.QWidget, title: str, chosen: Callable[[list[Path]], None]
) -> QtWidgets.QFileDialog:
    dialog = QtWidgets.QFileDialog(parent.window(), title)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names]) if names else None)
    return dialog
