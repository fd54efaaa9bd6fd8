"""Type: which faces are used, and a QFont for each role.

Fonts are not part of this repository. From source they come from the system: packaging/system-packages.sh
installs Inter and JetBrains Mono on Debian. The built program carries both in resources/fonts. Where a face
is missing the next of its list is used; every mono face named here tells 0 from O and 1 from l and I.
"""

from __future__ import annotations

from signer_app.core.errors import UnforeseenError
from signer_app.core.resources import resource
from signer_app.ui.qt import QtGui
from signer_app.ui.theme.tokens import ROLES

UI_FACES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
MONO_FACES = ("JetBrains Mono", "Cascadia Mono", "Menlo", "DejaVu Sans Mono")
#: OpenType features of the mono face: slashed zero, figures of one width; no ligature may join two bytes.
FEATURES = {"zero": 1, "tnum": 1, "liga": 0, "calt": 0}


def load_own() -> None:
    """Make the fonts of resources/fonts known, if this copy of the program has any."""
    try:
        folder = resource("fonts")
    except UnforeseenError:
        return
    for path in sorted(folder.glob("*.[ot]tf")):
        QtGui.QFontDatabase.addApplicationFont(str(path))


def ui_faces() -> list[str]:
    """The desktop's own face first where it is one of ours, else our list in order."""
    wanted = QtGui.QFontDatabase.systemFont(QtGui.QFontDatabase.SystemFont.GeneralFont).family()
    return _there(([wanted] if wanted in UI_FACES else []) + list(UI_FACES))


def mono_faces() -> list[str]:
    """Our list of mono faces, those that are there."""
    return _there(list(MONO_FACES))


def _there(faces: list[str]) -> list[str]:
    known = set(QtGui.QFontDatabase.families())
    found = [face for position, face in enumerate(faces) if face in known and face not in faces[:position]]
    return found or faces[-1:]


def font(role: str, percent: int = 100) -> QtGui.QFont:
    """The font of a role (tokens.ROLES) at a text size in percent."""
    spec = ROLES[role]
    made = QtGui.QFont()
    made.setFamilies(mono_faces() if spec.mono else ui_faces())
    made.setPixelSize(round(spec.size * percent / 100))
    made.setWeight(QtGui.QFont.Weight(spec.weight))
    made.setHintingPreference(QtGui.QFont.HintingPreference.PreferVerticalHinting)
    for name, value in (FEATURES if spec.mono else {"tnum": 1}).items():
        tag = QtGui.QFont.Tag.fromString(name)
        made.setFeature(tag, value)
    return made
