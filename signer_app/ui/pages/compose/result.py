"""The right side of a new proposal: what it would do, what policy says, who can sign, fee and expiry."""

from __future__ import annotations

from signer_app.ui.pages.compose.asking import Seen
from signer_app.ui.pages.compose.fields import local_time
from signer_app.ui.pages.inbox.authority_part import authority_part
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    CheckList,
    Chip,
    EffectTable,
    RiskChip,
    StateBanner,
    WhyDisabled,
    clear,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.words import compose as say
from signer_app.ui.words import shared, strings

VERDICTS = {"ALLOW": "allowed", "NEEDS_OVERRIDE": "override", "DENY": "denied"}


class ResultPanel(QtWidgets.QScrollArea):
    """Shows the newest preview. ``proposed`` and ``dropped`` are what a person asks for."""

    proposed = Signal()
    dropped = Signal()
    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("new.result")
        self.setAccessibleName(say.RESULT_SAID)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = plain("none")
        t = theme()
        box = column(holder, spacing=t.size("gap"), margins=(0, 0, t.scaled(4), 0))
        self.setWidget(holder)
        box.addWidget(self._action())
        self.state = StateBanner("info", say.INCOMPLETE, say.INCOMPLETE_SAID)
        self.state.setObjectName("new.state")
        box.addWidget(self.state)
        self._cards = column(spacing=t.size("gap"))
        box.addLayout(self._cards)
        box.addStretch(1)
        self.seen = Seen()
        self.show_seen(None)

    def _action(self) -> Card:
        t = theme()
        card = Card(name="new.action")
        head = row(spacing=t.scaled(8))
        self.title = label(shared.NEW_PROPOSAL, "section", wrap=True, name="new.title")
        head.addWidget(self.title, 1)
        self.verdict = RiskChip("unknown", say.NOT_JUDGED)
        self.verdict.setObjectName("new.verdict")
        head.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(head)
        self.propose = ActionButton(say.PROPOSE, kind="primary", icon="plus", name="new.propose")
        self.propose.setProperty("size", "large")
        self.why = WhyDisabled(self.propose)
        card.body.addWidget(self.why)
        line = row(spacing=t.scaled(8))
        self.saved = label("", "small", "text3", wrap=True, name="new.saved")
        line.addWidget(self.saved, 1)
        self.drop = ActionButton(say.DROP_DRAFT, kind="quiet", name="new.drop")
        line.addWidget(self.drop)
        card.body.addLayout(line)
        self.propose.triggered.connect(self.proposed)
        self.drop.triggered.connect(self.dropped)
        return card

    def wait(self) -> None:
        """Something was typed: what is shown belongs to an earlier text."""
        self.why.block(say.JUDGING)

    def show_seen(self, seen: Seen | None, blocked: str = "") -> None:
        """Another preview; None while nothing was typed. ``blocked`` is a reason from elsewhere."""
        self.seen = seen or Seen()
        clear(self._cards)
        if seen is None or seen.problems:
            self._incomplete(seen)
            return
        look = VERDICTS.get(seen.verdict, "unknown")
        made = RiskChip(look, say.VERDICT_WORDS.get(seen.verdict, say.NOT_JUDGED), reason=seen.reason)
        self.verdict.show_as(made.text, made.tone, made.icon, solid=made.solid, reason=seen.reason)
        self.title.setText(seen.title)
        self._state(seen)
        self.why.block(blocked or self._reason(seen))
        for warning in seen.warnings:
            banner = StateBanner("warn", warning, say.DECEIVES)
            banner.setObjectName("new.deceives")
            self._cards.addWidget(banner)
        self._cards.addWidget(self._effects(seen))
        if seen.checks:
            self._cards.addWidget(self._checks(seen))
        if seen.signers:
            self._cards.addWidget(self._signers(seen))

    def _incomplete(self, seen: Seen | None) -> None:
        whole = seen.problems.get("", "") if seen is not None else ""
        self.title.setText(shared.NEW_PROPOSAL)
        self.verdict.show_as(say.NOT_JUDGED, "neutral", "unknown")
        if whole:
            self.state.show_state("warn", whole, say.NOT_PROPOSED)
            self.state.offer([(strings.RETRY, self.again.emit)])
        else:
            first = next(iter(seen.problems.values()), "") if seen is not None else ""
            self.state.show_state("info", say.INCOMPLETE, first or say.INCOMPLETE_SAID)
            self.state.offer([])
        self.state.show()
        self.why.block(whole or say.INCOMPLETE)

    def _reason(self, seen: Seen) -> str:
        if seen.verdict == "DENY":
            return say.off_denied(seen.reason)
        return say.off_no_policy(seen.reason) if not seen.verdict else ""

    def _state(self, seen: Seen) -> None:
        looks = {
            "DENY": ("danger", say.DENIED, seen.reason, "denied"),
            "NEEDS_OVERRIDE": ("warn", say.NEEDS_OVERRIDE, seen.reason, "policy-alert"),
            "": ("danger", say.NO_POLICY, seen.reason, "policy-alert"),
        }
        found = looks.get(seen.verdict)
        self.state.setVisible(found is not None)
        if found is not None:
            self.state.show_state(found[0], found[1], found[2], icon=found[3])
            self.state.offer([])

    def _effects(self, seen: Seen) -> Card:
        card = Card(say.WOULD_CHANGE, "change", name="new.effects")
        table = EffectTable()
        table.show_effects(seen.effects)
        card.body.addWidget(table)
        for change in seen.authority:
            card.body.addWidget(authority_part(change))
        facts = (
            (say.USES, shared.slot(*seen.slot)),
            (say.EXPIRES, say.expires(local_time(seen.expires_at), seen.expiry_ledger)),
        )
        foot = card.foot()
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(theme().scaled(12))
        grid.setVerticalSpacing(theme().scaled(3))
        grid.setColumnStretch(1, 1)
        for number, (name, value) in enumerate(facts):
            grid.addWidget(label(name, "small", "text3"), number, 0)
            grid.addWidget(label(value, "small", "text2", wrap=True, selectable=True), number, 1)
        foot.addLayout(grid)
        return card

    def _checks(self, seen: Seen) -> Card:
        card = Card(say.CHECKS, "policy", say.by_policy(seen.policy), name="new.checks")
        bad = sum(1 for check in seen.checks if check.outcome == "FAIL")
        good = sum(1 for check in seen.checks if check.outcome == "PASS")
        if bad:
            card.add_to_head(Chip(say.failed(bad), "danger", "fail"))
        card.add_to_head(Chip(say.passed(good), "ok", "check"))
        card.body.addWidget(CheckList(seen.checks))
        return card

    def _signers(self, seen: Seen) -> Card:
        t = theme()
        card = Card(say.WHO_CAN_SIGN, "people", say.needs(seen.needs), name="new.signers")
        for person, device, able, why in seen.signers:
            line = row(spacing=t.scaled(8))
            words = column(spacing=t.scaled(1))
            words.addWidget(label(person, "label"))
            words.addWidget(label(why or device, "small", "warn" if why else "text2", wrap=True))
            line.addLayout(words, 1)
            chip = Chip(say.CAN, "ok", "check") if able else Chip(say.CANNOT, "warn", "warning", reason=why)
            line.addWidget(chip, 0, Qt.AlignmentFlag.AlignTop)
            card.body.addLayout(line)
        return card
