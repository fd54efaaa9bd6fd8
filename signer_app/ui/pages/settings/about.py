"""The card about the program: version, build, and whether its files are those of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signer_app import __version__
from signer_app.core.text import safe_text
from signer_app.ui.build_watch import build_station
from signer_app.ui.qt import QtWidgets
from signer_app.ui.session import Session
from signer_app.ui.shell.page import Page
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Card, HashGrid, column, label, plain, repolish, row
from signer_app.ui.words import settings as words
from signer_app.ui.words import strings

if TYPE_CHECKING:
    from signer_app.core.build import BuildCheck

#: So many files are named; a build that differs in more is no build.
LISTED = 20


class AboutCard(Card):
    """Facts of program and workspace; the check runs on demand, and once after the start."""

    def __init__(self, page: Page) -> None:
        super().__init__(strings.ABOUT, "info", name="settings.about")
        self._page, self._station = page, build_station()
        t = theme()
        form = QtWidgets.QFormLayout()
        form.setHorizontalSpacing(t.scaled(24))
        form.setVerticalSpacing(t.scaled(8))
        self.body.addLayout(form)
        for name, value in _facts(page.session):
            form.addRow(label(name, "body", "text2"), label(value, "body", wrap=True, selectable=True))
        self.state = label("", "body", wrap=True, name="settings.about.build")
        form.addRow(label(words.BUILD, "body", "text2"), self.state)
        self.files = label("", "mono", wrap=True, selectable=True, name="settings.about.files")
        self.body.addWidget(self.files)
        self._hash_part = plain()
        part = column(self._hash_part, spacing=t.scaled(6))
        part.addWidget(label(words.MANIFEST, "small", "text2"))
        self.manifest = HashGrid(said=words.MANIFEST)
        line = row()  # half of the card: groups that stand far apart are hard to read in order
        line.addWidget(self.manifest, 1)
        line.addStretch(1)
        part.addLayout(line)
        part.addWidget(label(words.COMPARE, "small", "text2", wrap=True))
        self.body.addWidget(self._hash_part)
        self.verify = ActionButton(words.VERIFY, icon="pass", name="settings.about.verify")
        line = row()
        line.addWidget(self.verify)
        line.addStretch(1)
        self.body.addLayout(line)
        self.verify.triggered.connect(self._verify)
        self._station.changed.connect(self.show_build)
        self.show_build()

    def show_build(self) -> None:
        """What the last check found."""
        found = self._station.found
        said, tone = self._station.said()
        if found is not None and found.state == "verified":
            said = words.verified(found.files)
        self.state.setText(said or words.NOT_CHECKED)
        self.state.setProperty("tone", {"ok": "ok", "danger": "danger"}.get(tone, "text"))
        repolish(self.state)
        self.files.setText("\n".join(_differing(found)) if found is not None else "")
        self.files.setVisible(bool(self.files.text()))
        self._hash_part.setVisible(bool(found and found.manifest))
        if found is not None and found.manifest:
            self.manifest.show_hash(found.manifest)

    def _verify(self) -> None:
        self._page.run(self._check())

    async def _check(self) -> None:
        self.verify.block(words.VERIFYING)
        try:
            await self._station.check()
        finally:
            self.verify.block("")


def _differing(found: BuildCheck) -> list[str]:
    kinds = (words.CHANGED, found.changed), (words.MISSING, found.missing), (words.ADDED, found.added)
    listed = [f"{what}  {safe_text(name, 300)}" for what, names in kinds for name in names]
    more = [words.and_more(len(listed) - LISTED)] if len(listed) > LISTED else []
    return [*listed[:LISTED], *more]


def _facts(session: Session) -> list[tuple[str, str]]:
    facts = [(strings.VERSION, __version__)]
    summary = session.summary
    if summary is not None:
        facts += [
            (strings.WORKSPACE, str(session.directory)),
            (strings.PERSON, summary.person),
            (strings.ORGANISATION, summary.org),
            (strings.NETWORK_CLASS, strings.NETWORKS[summary.network_class].said),
        ]
    return facts
