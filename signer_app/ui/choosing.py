"""Asking for a file or a folder without blocking: the answer comes to a function, or never."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from signer_app.ui.qt import Qt, QtCore, QtWidgets

Chosen = Callable[[Path], None]
_begin: list[Path] = []


def begin_in(folder: Path | None) -> None:
    """Where dialogs begin from now on; None: the usual folder."""
    _begin[:] = [] if folder is None else [folder]


def usual_folder() -> Path:
    """Where people keep documents; their home where this desktop names no such folder."""
    kind = QtCore.QStandardPaths.StandardLocation.DocumentsLocation
    documents = Path(QtCore.QStandardPaths.writableLocation(kind))
    return documents if documents.is_dir() else Path.home()


def choose_new_file(parent: QtWidgets.QWidget, title: str, name: str, chosen: Chosen) -> None:
    """Where to write: ``name`` is offered, its ending where none is typed; the system asks before a file is
    overwritten."""
    dialog = _dialog(parent, title, lambda paths: chosen(paths[0]))
    dialog.setAcceptMode(QtWidgets.QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.open()


def choose_file(
    parent: QtWidgets.QWidget, title: str, chosen: Chosen, *, filters: Sequence[str] = ()
) -> None:
    """One file to read. ``filters`` as Qt has them: "CSV (*.csv)"."""
    dialog = _dialog(parent, title, lambda paths: chosen(paths[0]))
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFile)
    if filters:
        dialog.setNameFilters(filters)
    dialog.open()


def choose_files(parent: QtWidgets.QWidget, title: str, chosen: Callable[[list[Path]], None]) -> None:
    """One file or several to read."""
    dialog = _dialog(parent, title, chosen)
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.ExistingFiles)
    dialog.open()


def choose_folder(parent: QtWidgets.QWidget, title: str, chosen: Chosen) -> None:
    """A folder that exists, or is made in the dialog."""
    dialog = _dialog(parent, title, lambda paths: chosen(paths[0]))
    dialog.setFileMode(QtWidgets.QFileDialog.FileMode.Directory)
    dialog.setOption(QtWidgets.QFileDialog.Option.ShowDirsOnly, True)
    dialog.open()


def _dialog(
    parent: QtWidgets.QWidget, title: str, chosen: Callable[[list[Path]], None]
) -> QtWidgets.QFileDialog:
    dialog = QtWidgets.QFileDialog(parent.window(), title)
    dialog.setDirectory(str(_begin[0] if _begin and _begin[0].is_dir() else usual_folder()))
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: chosen([Path(name) for name in names]) if names else None)
    return dialog
