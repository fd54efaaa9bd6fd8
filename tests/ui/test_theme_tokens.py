"""The token tables: every pair that is used has the contrast that the design states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from signer_app.core.resources import resource
from signer_app.ui.qt import QtCore, QtGui, QtSvg, QtWidgets
from signer_app.ui.theme import Theme, fonts, icons
from signer_app.ui.theme.theme import style_sheet
from signer_app.ui.theme.tokens import DARK, LIGHT, ROLES, SCALES, THEMES, TONES, Tokens, contrast

#: Theme -> token -> worst contrast on every ground it stands on. Text needs 4.5, an outline 3.0 (WCAG 2.2).
STATED = {
    "light": {"ctl": 3.0, "text": 15.5, "text2": 7.2, "text3": 4.9, "accent": 6.3, "danger": 5.7,
              "warn": 5.7, "ok": 5.6, "info": 5.7, "practice": 5.4},
    "dark": {"ctl": 3.4, "text": 12.5, "text2": 7.4, "text3": 5.1, "accent": 6.7, "danger": 6.7,
             "warn": 8.1, "ok": 7.5, "info": 7.0, "practice": 7.3},
}  # fmt: skip


def grounds(tokens: Tokens) -> list[str]:
    return [tokens.bg, tokens.surface, tokens.sunken, tokens.selected]


def softs(tokens: Tokens) -> list[str]:
    return [tokens.tone(name).soft for name in TONES[1:]]


def worst(colour: str, on: list[str]) -> float:
    return min(contrast(colour, ground) for ground in on)


def test_the_formula_gives_the_known_values() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_the_stated_contrasts(tokens: Tokens) -> None:
    measured = {
        "ctl": worst(tokens.ctl, grounds(tokens)),
        "text": worst(tokens.text, grounds(tokens) + softs(tokens)),
        "text2": worst(tokens.text2, grounds(tokens) + softs(tokens)),
        "text3": worst(tokens.text3, grounds(tokens)),
        **{
            name: worst(tokens.tone(name).text, [*grounds(tokens), tokens.tone(name).soft])
            for name in (*TONES[1:], "practice")
        },
    }
    assert {
        name: value for name, value in measured.items() if round(value, 1) < STATED[tokens.name][name]
    } == {}


@pytest.mark.parametrize("tokens", THEMES.values(), ids=lambda tokens: tokens.name)
def test_every_pair_of_every_theme_can_be_read(tokens: Tokens) -> None:
    pairs = {
        "disabled": (tokens.on_disabled, tokens.disabled),
        **{f"text on {ground}": (tokens.text3, ground) for ground in grounds(tokens)},
        **{
            f"{name} fill": (tokens.tone(name).on_fill, tokens.tone(name).fill)
            for name in (*TONES[1:], "mainnet", "testnet", "practice")
        },
        **{f"{name} soft": (tokens.tone(name).text, tokens.tone(name).soft) for name in TONES},
    }
    assert {name: contrast(*pair) for name, pair in pairs.items() if contrast(*pair) < 4.5} == {}
    assert worst(tokens.ctl, grounds(tokens)) >= 3.0


def test_high_contrast_has_no_soft_fill_and_strong_edges() -> None:
    for name in ("light-high-contrast", "dark-high-contrast"):
        tokens = THEMES[name]
        assert set(softs(tokens)) == {tokens.surface}
        assert tokens.line == tokens.ctl
        assert tokens.chip_edge == 2


@pytest.mark.parametrize("tokens", THEMES.values(), ids=lambda tokens: tokens.name)
@pytest.mark.parametrize("percent", SCALES)
def test_the_style_sheet_is_filled_completely(tokens: Tokens, percent: int, look: Theme) -> None:
    filled = style_sheet(tokens, percent, {"arrow": "a.png", "tick": "t.png", "tick_ok": "o.png"})
    assert "$" not in filled
    assert not re.search(r"\d+sp\b", filled)
    known = {value.upper() for value in re.findall(r"#[0-9A-Fa-f]{6}", str(tokens))}
    assert {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}", filled)} <= known


def test_no_other_file_of_the_window_names_a_colour() -> None:
    import signer_app.ui

    ui = Path(signer_app.ui.__file__).parent
    allowed = {"tokens.py"}
    found = [
        f"{path.relative_to(ui)}: {match}"
        for path in ui.rglob("*.py")
        if path.name not in allowed
        for match in re.findall(r"\"#[0-9A-Fa-f]{6}\"", path.read_text())
        if match != '"#FFFFFF"'  # the tint of the program's own mark, which has colours of its own
    ]
    assert found == []
    assert not re.search(r"#[0-9A-Fa-f]{6}", resource("style.qss").read_text())


def test_a_change_of_theme_reaches_palette_and_style_at_once(look: Theme) -> None:
    changes: list[None] = []
    look.changed.connect(lambda: changes.append(None))
    look.choose("dark", 100)
    app = look.parent()
    window = app.palette().color(QtGui.QPalette.ColorRole.Window).name().upper()  # type: ignore[union-attr]
    assert window == DARK.bg.upper()
    assert DARK.surface in app.styleSheet()  # type: ignore[union-attr]
    assert len(changes) == 1


def test_text_size_scales_type_and_sizes_together(look: Theme) -> None:
    small = (look.font("body").pixelSize(), look.size("button"), look.line("mono"))
    look.choose("light", 150)
    large = (look.font("body").pixelSize(), look.size("button"), look.line("mono"))
    assert [round(b / a, 1) for a, b in zip(small, large, strict=True)] == [1.5, 1.5, 1.5]


def test_type_is_set_in_pixels_and_mono_tells_letters_apart(look: Theme) -> None:
    for role, spec in ROLES.items():
        font = look.font(role)
        assert font.pixelSize() == spec.size
        assert font.weight() == spec.weight
    mono = look.font("mono")
    assert set(mono.families()) <= set(fonts.MONO_FACES)
    assert {tag.toString().data().decode() for tag in mono.featureTags()} >= {"zero", "tnum"}
    metrics = QtGui.QFontMetrics(mono)
    assert len({metrics.horizontalAdvance(letter) for letter in "0O1lIm"}) == 1


def test_every_icon_is_ours_and_can_be_tinted() -> None:
    found = sorted(resource("icons").glob("*.svg"))
    assert len(found) > 60
    for path in found:
        text = path.read_text()
        assert len(text) < 2000, path.name
        assert 'viewBox="0 0 24 24"' in text, path.name
        assert QtSvg.QSvgRenderer(str(path)).isValid(), path.name
        if path.stem != "countersign":
            assert 'stroke="currentColor" stroke-width="1.75"' in text, path.name
            assert not re.search(r"#[0-9A-Fa-f]{3,6}", text), path.name


def test_tint_and_size_of_an_icon(look: Theme) -> None:
    image = icons.pixmap("check", "#FF0000", 16, 2.0).toImage()
    assert (image.width(), image.height()) == (32, 32)
    colours = {
        image.pixelColor(x, y).name()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert colours == {"#ff0000"}


def test_a_switch_styles_a_widget_twice_however_deep_it_lies(qtbot: QtBot, look: Theme) -> None:
    """Once without a sheet and once with the new one (decision 0015)."""
    changes = 0

    class Deep(QtWidgets.QLabel):
        def changeEvent(self, event: QtCore.QEvent) -> None:
            nonlocal changes
            changes += event.type() == QtCore.QEvent.Type.StyleChange
            super().changeEvent(event)

    window = QtWidgets.QWidget()
    qtbot.addWidget(window)
    holder = window
    for _ in range(8):
        inner = QtWidgets.QWidget()
        QtWidgets.QVBoxLayout(holder).addWidget(inner)
        holder = inner
    QtWidgets.QVBoxLayout(holder).addWidget(Deep("a"))
    window.show()
    look.choose("dark", 100)
    changes = 0
    look.choose("light", 100)
    assert 1 <= changes <= 2
