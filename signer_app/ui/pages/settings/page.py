"""Settings: how the window looks, when it locks and when it tells something; backup; the program itself.

Changes that touch safety are proposals, not settings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from signer_app.core.text import safe_text
from signer_app.ui.choosing import begin_in, choose_folder, usual_folder
from signer_app.ui.pages.settings.about import AboutCard
from signer_app.ui.pages.settings.backup import BackupCard, read_backups, writing_off
from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import DAY_TIMES, LOCK_MINUTES, MODES
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import SCALES, theme
from signer_app.ui.widgets import ActionButton, Card, Chooser, column, label, plain, row
from signer_app.ui.words import notices as say
from signer_app.ui.words import settings as say_settings
from signer_app.ui.words import strings


class SettingsPage(Page):
    """Each choice takes effect at once."""

    key = "settings"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        t = theme()
        margin = t.size("margin")
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(strings.PAGES["settings"])
        outer = column(self.body)
        outer.addWidget(scroll)
        inner = plain()
        scroll.setWidget(inner)
        box = column(inner, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES["settings"], strings.SETTINGS_SUB)
        box.addLayout(head)
        box.addWidget(self._appearance())
        box.addWidget(self._locking())
        box.addWidget(self._notices())
        box.addWidget(self._files())
        self.backup, self.about = BackupCard(self), AboutCard(self)
        box.addWidget(self.backup)
        box.addWidget(self.about)
        box.addStretch(1)
        theme().changed.connect(self._show_look)

    def _show_look(self) -> None:
        """The look was chosen elsewhere, by a key for example."""
        self.mode.setCurrentIndex(MODES.index(self.shell.settings.mode))
        self.text_size.setCurrentIndex(SCALES.index(self.shell.settings.percent))

    def _appearance(self) -> Card:
        settings = self.shell.settings
        card = Card(strings.APPEARANCE, "sun")
        form = _form(card.body)

        def choose_mode(index: int) -> None:
            settings.mode = MODES[index]
            self.shell.restyle()

        def choose_size(index: int) -> None:
            settings.percent = SCALES[index]
            self.shell.restyle()

        words = [strings.MODES[mode] for mode in MODES]
        self.mode = _choice(form, strings.THEME, words, MODES.index(settings.mode), choose_mode)
        sizes = [f"{percent} %" for percent in SCALES]
        self.text_size = _choice(form, strings.TEXT_SIZE, sizes, SCALES.index(settings.percent), choose_size)
        return card

    def _locking(self) -> Card:
        settings = self.shell.settings
        card = Card(strings.LOCKING, "lock")
        form = _form(card.body)

        def choose(index: int) -> None:
            settings.lock_minutes = LOCK_MINUTES[index]
            self.shell.restyle()

        words = [strings.minutes(count) for count in LOCK_MINUTES]
        chosen = LOCK_MINUTES.index(settings.lock_minutes)
        self.lock_after = _choice(form, strings.LOCK_AFTER, words, chosen, choose)
        return card

    def _notices(self) -> Card:
        settings, station = self.shell.settings, self.shell.notices
        card = Card(say.TITLE, "bell", name="settings.notices")

        def choose(checked: bool) -> None:
            settings.notices = checked
            station.chosen()

        self.notices = _tick(say.SHOW, settings.notices, choose)
        self.notices.setAccessibleDescription(say.SAYS if station.available else say.NONE_HERE)
        card.body.addWidget(self.notices)
        card.body.addWidget(label(say.SAYS, "small", "text2", wrap=True))
        if not station.available:
            card.body.addWidget(label(say.NONE_HERE, "body", "warn", wrap=True, name="settings.no-notices"))
        card.body.addWidget(self._quiet_hours())
        return card

    def _quiet_hours(self) -> QtWidgets.QWidget:
        """Off, or from one time to another; the times are there once it is on."""
        settings, station = self.shell.settings, self.shell.notices
        whole, times = plain(), plain()
        box, inner = column(whole, spacing=theme().scaled(8)), column(times, spacing=theme().scaled(8))
        form = _form(inner)
        says = label("", "small", "text2", wrap=True, name="settings.quiet-says")

        def show() -> None:
            start, end = map(_clock_words, settings.quiet_times)
            says.setText(say.EQUAL if start == end else say.quiet_says(start, end))
            self.quiet.setAccessibleDescription(says.text())
            times.setVisible(settings.quiet)

        def choose(checked: bool) -> None:
            settings.quiet = checked
            show()
            station.chosen()

        def choose_times(_index: int) -> None:
            settings.quiet_times = (
                DAY_TIMES[self.quiet_from.currentIndex()],
                DAY_TIMES[self.quiet_to.currentIndex()],
            )
            show()
            station.chosen()

        words = [_clock_words(minutes) for minutes in DAY_TIMES]
        start, end = map(DAY_TIMES.index, settings.quiet_times)
        self.quiet = _tick(say.QUIET, settings.quiet, choose)
        self.quiet_from = _choice(form, say.FROM, words, start, choose_times)
        self.quiet_to = _choice(form, say.TO, words, end, choose_times)
        inner.addWidget(says)
        box.addWidget(self.quiet)
        box.addWidget(times)
        show()
        return whole

    def _files(self) -> Card:
        """Where dialogs for files begin."""
        settings = self.shell.settings
        card = Card(say_settings.FILES, "folder", name="settings.files")
        form = _form(card.body)
        self.begin_in = label("", "body", wrap=True, selectable=True, name="settings.begin-in")
        form.addRow(label(say_settings.BEGIN_IN, "body", "text2"), self.begin_in)
        card.body.addWidget(label(say_settings.BEGIN_SAYS, "small", "text2", wrap=True))
        change = ActionButton(say_settings.CHANGE, icon="folder", name="settings.begin-in.change")
        usual = ActionButton(say_settings.USUAL, kind="link", name="settings.begin-in.usual")

        def show() -> None:
            self.begin_in.setText(safe_text(str(settings.begin_in or usual_folder()), 1000))
            usual.setVisible(settings.begin_in is not None)

        def choose(folder: Path | None) -> None:
            settings.begin_in = folder
            begin_in(folder)
            show()

        change.triggered.connect(lambda: choose_folder(self, say_settings.CHANGE_TITLE, choose))
        usual.triggered.connect(lambda: choose(None))
        line = row(spacing=theme().scaled(8))
        line.addWidget(change)
        line.addWidget(usual)
        line.addStretch(1)
        card.body.addLayout(line)
        show()
        return card

    async def load(self) -> None:
        """The last backup, from the journal."""
        found = await self.session.call(read_backups, name=say_settings.READING_LAST)
        self.backup.show_backups(found, writing_off(self.session))


def _clock_words(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _tick(words: str, checked: bool, choose: Callable[[bool], None]) -> QtWidgets.QCheckBox:
    box = QtWidgets.QCheckBox(words)
    box.setAccessibleName(words)
    box.setChecked(checked)
    box.toggled.connect(choose)
    box.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
    return box


def _form(body: QtWidgets.QVBoxLayout) -> QtWidgets.QFormLayout:
    t = theme()
    form = QtWidgets.QFormLayout()
    form.setHorizontalSpacing(t.scaled(24))
    form.setVerticalSpacing(t.scaled(8))
    form.setFieldGrowthPolicy(QtWidgets.QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    body.addLayout(form)
    return form


def _choice(
    form: QtWidgets.QFormLayout, name: str, words: Sequence[str], chosen: int, choose: Callable[[int], None]
) -> QtWidgets.QComboBox:
    box = Chooser()
    box.addItems(list(words))
    box.setCurrentIndex(chosen)
    box.setAccessibleName(name)
    box.setMinimumWidth(theme().scaled(180))
    box.setSizePolicy(QtWidgets.QSizePolicy.Policy.Fixed, QtWidgets.QSizePolicy.Policy.Fixed)
    box.activated.connect(choose)
    text = label(name, "body", "text2")
    text.setBuddy(box)
    form.addRow(text, box)
    return box
