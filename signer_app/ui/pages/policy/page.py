"""The policy page: versions at the left, one of them at the right in five tabs (UI.md section 4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from signer_app.core.errors import CountersignError
from signer_app.core.text import safe_text
from signer_app.ui.choosing import choose_file, choose_files, choose_new_file
from signer_app.ui.pages.policy import reads
from signer_app.ui.pages.policy.tabs import ChangesTab, RulesTab, TabRow, scrolled, tab_body
from signer_app.ui.pages.policy.trying import ReplayTab, TryTab
from signer_app.ui.pages.policy.voting import VotesTab
from signer_app.ui.passphrase import keys_unlocked
from signer_app.ui.qt import QtCore, QtGui, QtWidgets
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Chip,
    GroupedText,
    StateBanner,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.words import policy as words
from signer_app.ui.words import standing, strings
from signer_app.ui.words.shared import so_many_of

_HASH = QtCore.Qt.ItemDataRole.UserRole


class PolicyPage(Page):
    """One version is shown; a document from a file is a version that is not in force."""

    key = "policy"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._known: list[reads.Version] = []
        self._opened: reads.Version | None = None
        self._asked = ""
        self._build()

    # -- building ------------------------------------------------------------------------------------------

    def _build(self) -> None:
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES["policy"], words.SUB)
        self.open_button = ActionButton(words.OPEN_POLICY, icon="folder", name="policy.open")
        head.addWidget(self.open_button)
        box.addLayout(head)
        both = row(spacing=t.size("gap"))
        box.addLayout(both, 1)
        versions = Card(words.VERSIONS, "history", name="policy.versions")
        versions.body.setContentsMargins(1, 1, 1, 1)
        versions.setFixedWidth(t.scaled(250))
        self.list = QtWidgets.QListWidget()
        self.list.setObjectName("policy.list")
        self.list.setAccessibleName(words.VERSIONS)
        self.list.setWordWrap(True)
        self.list.setStyleSheet("QListWidget::item { padding: 8px 12px; }")
        self.list.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        versions.body.addWidget(self.list)
        both.addWidget(versions)
        both.addWidget(self._version(), 1)
        self.open_button.triggered.connect(self._choose_policy)
        self.list.currentItemChanged.connect(lambda *_items: self._show_chosen())

    def _version(self) -> QtWidgets.QWidget:
        t = theme()
        self.card = Card(" ", "policy", name="policy.version")
        self.chip = Chip()
        self.card.add_to_head(self.chip)
        self.card.body.setContentsMargins(0, 0, 0, 0)
        self.card.body.setSpacing(0)
        top = plain()
        pad = t.size("card-padding")
        self._facts = column(top, spacing=t.scaled(4), margins=(pad, t.scaled(10), pad, t.scaled(8)))
        self.card.body.addWidget(top)
        self.tabs = TabRow(words.TABS)
        self.tabs.setContentsMargins(pad - 8, 0, pad, 0)
        self.card.body.addWidget(self.tabs)
        self._bodies = QtWidgets.QStackedWidget()
        self.card.body.addWidget(self._bodies, 1)
        self.rules, self.trying, self.replaying = RulesTab(), TryTab(), ReplayTab()
        self.changes, self.votes = ChangesTab(), VotesTab()
        tabs = (self.rules, self.trying, self.replaying, self.changes, self.votes)
        for title, tab in zip(words.TABS, tabs, strict=True):
            holder, inner = tab_body()
            inner.addWidget(tab)
            self._bodies.addWidget(scrolled(holder, title))
        self.tabs.chosen.connect(self._bodies.setCurrentIndex)
        self.trying.asked.connect(lambda trial: self.tasks.spawn(self._try(trial)))
        self.replaying.asked.connect(lambda days: self.tasks.spawn(self._replay(days)))
        self.changes.other_chosen.connect(lambda digest: self.tasks.spawn(self._compare(digest)))
        self.votes.vote_asked.connect(self._choose_vote)
        self.votes.activate_asked.connect(self._choose_votes)
        return self.card

    # -- what the window asks ------------------------------------------------------------------------------

    def panes(self) -> list[QtWidgets.QWidget]:
        """Versions, tabs, the tab in view."""
        return [self.list, self.tabs, self._bodies]

    def open(self, argument: str) -> None:
        """Show a version by its hash."""
        self._asked = argument

    def take_files(self, files: Sequence[Path]) -> None:
        """Policies and votes that came in."""
        for path in files:
            self.tasks.spawn(self._take(partial(reads.read_bytes, path), path.name))

    def take_text(self, data: bytes) -> None:
        """A policy or a vote that was pasted."""
        self.tasks.spawn(self._take(lambda: data, words.PASTED))

    # -- reading -------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Every version that was activated here."""
        self._known = list(await self.session.call(reads.versions))
        self._list()

    def _versions(self) -> list[reads.Version]:
        opened = self._opened
        if opened is not None and any(item.hash == opened.hash for item in self._known):
            opened = None  # it was activated meanwhile
        self._opened = opened
        return ([opened] if opened is not None else []) + self._known

    def _list(self) -> None:
        found = self._versions()
        asked, self._asked = self._asked, ""
        shown = self.shown
        chosen = asked or (shown.hash if shown else "")
        self.list.blockSignals(True)
        self.list.clear()
        for version in found:
            state = words.STATES[version.state]
            second = words.since(version.since) if version.since else words.vote_count(len(version.votes))
            title = words.title(version.id, version.number)
            item = QtWidgets.QListWidgetItem(f"{title}\n{state}, {second}")
            item.setData(_HASH, version.hash)
            item.setToolTip(version.hash)
            item.setForeground(QtGui.QColor(theme().tokens.text))
            self.list.addItem(item)
        hashes = [version.hash for version in found]
        in_force = next((item.hash for item in found if item.state == "in_force"), "")
        wanted = chosen if chosen in hashes else in_force
        if hashes:
            self.list.setCurrentRow(hashes.index(wanted) if wanted in hashes else 0)
        self.list.blockSignals(False)
        if found:
            self.show_body()
            self._show_chosen()
        else:
            self.show_empty(words.EMPTY, words.OPEN_POLICY, self._choose_policy)

    @property
    def shown(self) -> reads.Version | None:
        """The version at the right."""
        item = self.list.currentItem()
        digest = item.data(_HASH) if self.list.count() else ""
        return next((version for version in self._versions() if version.hash == digest), None)

    def _show_chosen(self) -> None:
        version = self.shown
        if version is None:
            return
        title = words.title(version.id, version.number)
        self.card.title.setText(safe_text(title))
        self.card.setAccessibleName(f"{title}, {words.STATES[version.state]}")
        self.chip.show_as(words.STATES[version.state], words.STATE_TONES[version.state])
        clear(self._facts)
        digits = GroupedText(version.hash)
        self._facts.addWidget(digits)
        self.setTabOrder(self.list, digits)
        for name, value in (
            (words.VALID_FROM, version.valid_from),
            (words.CHANGED_BY, version.change_quorum),
            (words.OVERRIDDEN_BY, version.override_quorum),
        ):
            line = row(spacing=theme().scaled(8))
            left = label(name, "small", "text3")
            left.setMinimumWidth(theme().scaled(170))
            line.addWidget(left)
            line.addWidget(label(safe_text(value, 1000), "small", wrap=True), 1)
            self._facts.addLayout(line)
        self.rules.show_rules(version.rules)
        self.trying.show_version(version)
        self.replaying.show_version(version)
        self.votes.show_version(version, standing.off(self.session.summary))
        self._offer_others(version)

    def _offer_others(self, version: reads.Version) -> None:
        others = [item for item in self._versions() if item.hash != version.hash]
        base = next((item for item in others if item.state == "in_force"), None)
        if version.state != "opened":
            base = next((item for item in others if item.number < version.number), base)
        named = [
            (item.hash, f"{words.title(item.id, item.number)}, {words.STATES[item.state].lower()}")
            for item in others
        ]
        self.changes.offer(named, base.hash if base else "")
        if base is None and others:
            base = others[0]
        if base is None:
            self.changes.show_differences(None)
        else:
            self.tasks.spawn(self._compare(base.hash))

    # -- the tabs that ask ---------------------------------------------------------------------------------

    async def _compare(self, digest: str) -> None:
        version = self.shown
        other = next((item for item in self._versions() if item.hash == digest), None)
        if version is None or other is None:
            return
        old, new = other.document, version.document
        found = await self.session.call(lambda _workspace: reads.differences(old, new, words.ABSENT))
        if self.shown is not None and self.shown.hash == version.hash:
            self.changes.show_differences(found)

    async def _try(self, trial: reads.Trial) -> None:
        version = self.shown
        if version is None:
            return
        try:
            tried = await self.session.call(lambda _workspace: reads.try_out(version.document, trial))
        except CountersignError as error:
            self.failed(error)
            return
        self.banner("error", None)
        self.trying.show_verdict(tried)

    async def _replay(self, days: int) -> None:
        version = self.shown
        if version is None:
            return
        try:
            found = await self.session.call(
                lambda workspace: workspace.reading.rehearse(version.document, days), name=words.REPLAY
            )
        except CountersignError as error:
            self.failed(error)
            return
        self.replaying.show_answer(version, days, found)

    # -- files ---------------------------------------------------------------------------------------------

    def _choose_policy(self) -> None:
        choose_file(self, words.OPEN_TITLE, self.open_policy)

    def open_policy(self, path: Path) -> None:
        """Show a document from a file as a version that is not in force."""
        self.tasks.spawn(self._open_policy(path))

    async def _open_policy(self, path: Path) -> None:
        try:
            opened = await self.session.call(lambda _workspace: reads.read_candidate(reads.read_bytes(path)))
        except CountersignError as error:
            self.failed(error)
            return
        self._show_opened(opened)

    def _show_opened(self, version: reads.Version) -> None:
        self.banner("error", None)
        self._opened, self._asked = version, version.hash
        self._list()

    async def _take(self, read: Callable[[], bytes], name: str) -> None:
        """What came in, by what it is. A vote alone changes nothing: it counts with the others, at
        activation, after the hash was compared."""
        try:
            found = await self.session.call(lambda _workspace: reads.read_offered(read()))
        except CountersignError as error:
            self.failed(error)
            return
        if isinstance(found, reads.Version):
            self._show_opened(found)
            return
        known = next((version for version in self._versions() if version.hash == found.policy_hash), None)
        if known is not None:
            self._asked = known.hash
            self._list()
            self.tabs.choose(words.TABS.index(words.SIGNATURES))
        next_ = words.vote_next(known.state if known is not None else "", found.policy_hash)
        fact = words.vote_came(safe_text(name, 100), safe_text(found.person, 60), found.version)
        self.banner("vote", StateBanner("info", fact, next_))

    def _choose_vote(self) -> None:
        version = self.shown
        if version is not None:
            person = self.session.summary.person if self.session.summary else ""
            name = f"{version.id}-v{version.number}-{person}.vote.json"
            choose_new_file(self, words.VOTE_TITLE, name, self.vote_to)

    def vote_to(self, path: Path) -> None:
        """Vote for the version that is shown and write the vote."""
        self.tasks.spawn(self._vote(path))

    async def _vote(self, path: Path) -> None:
        version = self.shown
        if version is None or not await keys_unlocked(self.shell, self, words.VOTE_WHY):
            return
        try:
            await self.session.call(lambda workspace: reads.vote(workspace, version.data, path))
        except CountersignError as error:
            self.failed(error)
            return
        self.banner("written", StateBanner("ok", words.voted(path.name)))
        await self.session.refresh()

    def _choose_votes(self) -> None:
        choose_files(self, words.ACTIVATE_TITLE, self.activate_with)

    def activate_with(self, paths: list[Path]) -> None:
        """Activate the version that is shown with the votes in these files."""
        self.tasks.spawn(self._activate(paths))

    async def _activate(self, paths: list[Path]) -> None:
        version = self.shown
        if version is None:
            return
        try:
            done = await self.session.call(lambda workspace: reads.activate(workspace, version.data, paths))
        except CountersignError as error:
            self.failed(error)
            missing = _missing(error)
            if missing:
                self.banner("error", StateBanner("danger", error.message, words.missing_votes(missing)))
            return
        self.banner("error", None)
        self._asked = str(done["hash"])
        self.banner("written", StateBanner("ok", words.activated(version.id, version.number)))
        self.shell.changed()


def _missing(error: CountersignError) -> list[str]:
    """ "1 of security, who could be carol" for each group whose votes are missing."""
    groups = error.details.get("missing")
    found = []
    for group in groups if isinstance(groups, list) else []:
        if isinstance(group, dict):
            waiting = group.get("waiting")
            people = ", ".join(map(str, waiting)) if isinstance(waiting, list) else ""
            need, have = group.get("need"), group.get("have")
            still = need - have if isinstance(need, int) and isinstance(have, int) else need
            found.append(so_many_of(still, group.get("role")) + (f" ({people})" if people else ""))
    return found
