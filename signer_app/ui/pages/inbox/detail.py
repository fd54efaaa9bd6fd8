"""One proposal: what the bytes do, what policy says, who signed, what happened; actions upper right."""

from __future__ import annotations

from datetime import UTC, datetime

from signer_app.core.text import safe_text
from signer_app.ui import strings
from signer_app.ui.pages.inbox import words
from signer_app.ui.pages.inbox.listing import STATE_LOOKS
from signer_app.ui.pages.inbox.reading import Details
from signer_app.ui.qt import Qt, QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    Card,
    CheckList,
    Chip,
    EffectTable,
    Elided,
    HashCompare,
    Pip,
    QuorumPips,
    RiskChip,
    StateBanner,
    Step,
    Timeline,
    WhyDisabled,
    column,
    label,
    plain,
    row,
)

#: Below this width the right column stands above the left one.
TWO_COLUMNS_FROM = 700


class Detail(QtWidgets.QScrollArea):
    """Emits ``asked`` with the name of an action (shell/actions.py)."""

    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inbox.detail")
        self.setAccessibleName(strings.DETAIL)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._columns: QtWidgets.QBoxLayout | None = None
        self.shown = ""

    def show_details(self, details: Details | None) -> None:
        """Show a proposal, or nothing."""
        self.shown = details.entry.id if details else ""
        holder = plain("bg")
        t = theme()
        margin = t.scaled(20)
        box = column(holder, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        self._columns = None
        if details is not None:
            self._fill(box, details)
        box.addStretch(1)
        self.setWidget(holder)
        self._arrange(self.width())

    def _fill(self, box: QtWidgets.QVBoxLayout, details: Details) -> None:
        box.addLayout(self._head(details))
        if details.entry.state == "DENIED":
            box.addWidget(self._denied(details))
        left, right = column(spacing=theme().size("gap")), column(spacing=theme().size("gap"))
        for card in (self._effects(details), self._checks(details), self._hashes(details)):
            left.addWidget(card)
        for card in (self._actions(details), self._signatures(details), self._timeline(details)):
            right.addWidget(card)
        left.addStretch(1)
        right.addStretch(1)
        self._columns = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(theme().size("gap"))
        self._columns.addLayout(left, 5)
        self._columns.addLayout(right, 3)
        box.addLayout(self._columns)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """One column or two."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        if self._columns is None:
            return
        directions = QtWidgets.QBoxLayout.Direction
        wide = width >= theme().scaled(TWO_COLUMNS_FROM)
        self._columns.setDirection(directions.LeftToRight if wide else directions.BottomToTop)

    # -- parts ---------------------------------------------------------------------------------------------

    def _head(self, details: Details) -> QtWidgets.QVBoxLayout:
        t, entry = theme(), details.entry
        box = column(spacing=t.scaled(2))
        crumb = row(spacing=t.scaled(6))
        crumb.addWidget(
            Elided(f"{entry.account_name}  ·  {entry.network}  ·  {details.raw['type']}", "small", "text2"), 1
        )
        box.addLayout(crumb)
        line = row(spacing=t.scaled(8))
        title = label(entry.title, "page", wrap=True, name="detail.title")
        line.addWidget(title, 1)
        look = STATE_LOOKS[entry.state]
        chip = RiskChip(look, entry.state_words)
        chip.setObjectName("detail.verdict")
        line.addWidget(chip, 0, Qt.AlignmentFlag.AlignVCenter)
        if entry.live and entry.open:
            live = Chip(strings.LIVE, "warn", "warning", reason=strings.LIVE_SAID)
            line.addWidget(live, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addLayout(line)
        return box

    def _denied(self, details: Details) -> StateBanner:
        failed = sum(1 for check in details.checks if check.outcome in ("FAIL", "INDETERMINATE"))
        banner = StateBanner("danger", strings.DENIED, strings.denied_because(failed), icon="denied")
        banner.offer([(strings.EXPORT_EVIDENCE, lambda: self.asked.emit("export"))])
        return banner

    def _effects(self, details: Details) -> Card:
        card = Card(strings.WHAT_WILL_CHANGE, "change", strings.decoded(len(str(details.raw["body"])) // 2))
        effects = words.items(details.raw["effects"])
        names = details.names
        card.body.addWidget(label(strings.FROM, "small", "text3"))
        card.body.addWidget(_block(str(details.raw["account"]), names, own=True))
        for effect in effects:
            if effect.get("kind") == "Transfer":
                card.body.addWidget(label(strings.TO, "small", "text3"))
                tag = effect.get("tag")
                tagged = strings.tag(str(tag)) if tag is not None else strings.NO_TAG
                card.body.addWidget(_block(str(effect["to"]), names, tag=tagged))
        table = EffectTable()
        table.show_effects([words.effect_line(effect, names) for effect in effects])
        card.body.addWidget(table)
        authority = any(
            e.get("kind") in ("AuthorityChange", "SettingChange", "TrustChange", "Unknown") for e in effects
        )
        if not authority:
            card.body.addWidget(label(strings.NO_OTHER_CHANGE, "body", "text2", wrap=True))
        said = safe_text(str(details.raw["title"] or details.raw["note"] or ""), 300)
        if said:
            card.body.addWidget(label(strings.MESSAGE_SAYS, "small", "text3"))
            card.body.addWidget(label(said, "body", "text2", wrap=True))
        return card

    def _checks(self, details: Details) -> Card:
        sub = strings.judged(details.policy, _clock(details.judged_at)) if details.verdict else ""
        card = Card(strings.POLICY_CHECKS, "policy", sub)
        if details.verdict is None:
            card.body.addWidget(label(strings.NEVER_JUDGED, "body", "text2", wrap=True))
            return card
        failed = sum(1 for check in details.checks if check.outcome in ("FAIL", "INDETERMINATE"))
        passed = sum(1 for check in details.checks if check.outcome == "PASS")
        if failed:
            card.add_to_head(Chip(strings.failed(failed), "danger", "fail"))
        card.add_to_head(Chip(strings.passed(passed), "ok", "check"))
        card.body.addWidget(CheckList(details.checks))
        return card

    def _hashes(self, details: Details) -> Card:
        card = Card(strings.HASHES, "hash", strings.HASHES_SUB)
        compare = HashCompare(str(details.raw["proposal_id"]))
        compare.setObjectName("detail.hash")
        card.body.addWidget(compare)
        return card

    def _actions(self, details: Details) -> Card:
        t, entry = theme(), details.entry
        card = Card()
        sign = ActionButton(strings.REVIEW_AND_SIGN, kind="primary", icon="sign", name="detail.sign")
        sign.setProperty("size", "large")
        sign.triggered.connect(lambda: self.asked.emit("review"))
        why = WhyDisabled(sign)
        why.block(strings.DENIED if entry.state == "DENIED" else strings.SIGN_NOT_BUILT)
        sign.setAccessibleName(f"{strings.REVIEW_AND_SIGN}, {entry.title}")
        card.body.addWidget(why)
        line = row(spacing=t.scaled(8))
        for words_, name, icon in (
            (strings.JUDGE_AGAIN, "verify", "refresh"),
            (strings.EXPORT, "export", "download"),
        ):
            button = ActionButton(words_, icon=icon, name=f"detail.{name}")
            button.triggered.connect(lambda name=name: self.asked.emit(name))
            line.addWidget(button, 1)
        card.body.addLayout(line)
        time, soon = (
            words.left(entry.expires_at, datetime.now(UTC)) if entry.open else (entry.state_words, False)
        )
        ledger = details.raw["expiry_ledger"]
        until = f"{time} · ledger {int(str(ledger)):,}" if ledger else time
        card.body.addWidget(label(until, "small", "warn" if soon else "text2", wrap=True))
        return card

    def _signatures(self, details: Details) -> Card:
        entry = details.entry
        card = Card(strings.SIGNATURES, "people")
        card.add_to_head(QuorumPips(entry.pips, entry.count))
        card.body.addWidget(label(entry.count, "name"))
        if details.needs:
            card.body.addWidget(label(strings.needs(details.needs), "small", "text2", wrap=True))
        by_person = {holder.person: holder.signer for holder in details.holders}
        for pip in entry.pips:
            line = row()
            names = column()
            names.addWidget(Elided(pip.who, "label"))
            line.addLayout(names, 1)
            line.addWidget(_mark(pip, by_person[pip.who] in entry.signed))
            card.body.addLayout(line)
        return card

    def _timeline(self, details: Details) -> Card:
        card = Card(strings.TIMELINE, "history")
        raw = details.raw
        steps = [Step(strings.proposed_by(str(raw["proposer"])), _clock(str(raw["created_at"])))]
        people = {holder.signer: holder.person for holder in details.holders}
        for signature in words.items(raw["signatures"]):
            who = people.get(str(signature["signer"])) or words.address(signature["signer"])
            detail = f"{_clock(str(signature['signed_at']))} · record {signature['record']}"
            steps.append(Step(strings.signed_by(who), detail))
        for rejection in words.items(raw["rejections"]):
            steps.append(Step(strings.rejected_by(str(rejection["person"])), tone="danger"))
        if details.verdict is not None:
            tone = {"ALLOW": "ok", "DENY": "danger"}.get(details.verdict, "warn")
            steps.append(Step(strings.VERDICTS[details.verdict], _clock(details.judged_at), tone))
        if details.entry.open:
            steps.append(Step(strings.NEXT_SIGN if details.entry.mine else strings.NEXT_OTHERS, when="now"))
            steps.append(Step(strings.NEXT_SEND, strings.NEXT_SEND_SUB, when="next"))
        else:
            steps.append(Step(details.entry.state_words, when="past"))
        card.body.addWidget(Timeline(steps))
        return card


def _block(account: str, names: dict[str, str], *, own: bool = False, tag: str | None = None) -> AddressBlock:
    name = names.get(account)
    known = safe_text(name, 80) if name else ""
    mark = "own" if own else "on-list" if name else "not-on-list"
    return AddressBlock(words.address(account), known, mark=mark, tag=tag)


def _mark(pip: Pip, signed: bool) -> Chip:
    if signed:
        return RiskChip("verified")
    return RiskChip("your-turn") if pip.state == "you" else Chip(strings.OPEN)


def _clock(moment: str) -> str:
    """Local time of day of a UTC time, with the date when it is not today."""
    try:
        local = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return ""
    today = local.date() == datetime.now().astimezone().date()
    return local.strftime("%H:%M:%S" if today else "%d %b %Y, %H:%M:%S")
