"""One proposal: what the bytes do, what policy says, who signed, what happened; actions upper right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Self

from signer_app.ui.pages.inbox import cards
from signer_app.ui.pages.inbox.allowed import Place, overdue, reasons
from signer_app.ui.pages.inbox.listing import look_of
from signer_app.ui.pages.inbox.raw_card import RawCard
from signer_app.ui.pages.inbox.reading import Details, Entry
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Chip,
    Elided,
    Reasons,
    RiskChip,
    StateBanner,
    WhyDisabled,
    column,
    label,
    plain,
    repolish,
    row,
    settle,
    stops_in,
    tab_through,
)
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as say
from signer_app.ui.words import strings

#: Below this width the right column stands above the left one.
TWO_COLUMNS_FROM = 700
#: Actions behind "More actions": action, words, icon.
MORE = (
    ("verify", strings.JUDGE_AGAIN, "refresh"),
    ("override", say.OVERRIDE, "policy-alert"),
    ("copy", say.COPY, "copy"),
    ("cancel", say.CANCEL_SLOT, "close"),
    ("print", say.PRINT, "print"),
    ("pdf", say.PDF, "file"),
    ("report", say.REPORT, "journal"),
)
#: A title has so much room beside the chips, or they stand below it.
TITLE_FROM = 280
#: Enter begins none of these; Space does.
DELIBERATE = ("review", "send", "reject", "override", "copy", "cancel")


@dataclass(frozen=True, slots=True)
class _Look:
    """All that a drawing depends on but the balances of now, which have a card of their own, and the minutes
    that are left, which have a line.
    """

    details: Details
    off: tuple[str, str]
    overdue: bool
    day: date
    theme: tuple[str, int]

    @classmethod
    def of(cls, details: Details, place: Place) -> Self:
        return cls(
            details,
            (place.read_only, place.no_facts),
            overdue(details, place.now),
            place.now.astimezone().date(),
            (theme().tokens.name, theme().percent),
        )


class Detail(QtWidgets.QScrollArea):
    """Emits ``asked`` with the name of an action, and ``record_asked`` with a journal record."""

    asked = Signal(str)
    record_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("inbox.detail")
        self.setAccessibleName(strings.DETAIL)
        self.setWidgetResizable(True)
        self._columns: QtWidgets.QBoxLayout | None = None
        self._title: QtWidgets.QBoxLayout | None = None
        self._effects: Card | None = None
        self._sides: tuple[QtWidgets.QVBoxLayout, ...] = ()
        self.shown = ""
        self.details: Details | None = None
        self.reasons: dict[str, str] = {}
        self._look: _Look | None = None
        self._time: QtWidgets.QLabel | None = None
        self._unfolded = False
        #: What is drawn when the button that is held down was let go.
        self._waiting: tuple[Details | None, Place | None, bool] | None = None
        self._place, self._asking = Place(writable=True, offline=False, now=datetime.now(UTC)), False

    def show_details(
        self, details: Details | None, place: Place | None = None, *, asking: bool = False
    ) -> None:
        """Show a proposal, or nothing. What is shown already is left as it is. For the same proposal what is
        scrolled to stays where it is, the keyboard's focus where it was, and the further actions unfolded; a
        button that is held down is let go first, because a new one in its place would never hear of that.
        """
        here = place or Place(writable=True, offline=False, now=datetime.now(UTC))
        same = details is not None and details.entry.id == self.shown
        look = _Look.of(details, here) if details is not None else None
        if same and look == self._look:
            self._waiting = None
            self.show_time(here.now)
            return
        held = next((one for one in self.findChildren(QtWidgets.QAbstractButton) if one.isDown()), None)
        self._waiting = None
        if same and held is not None:
            self._waiting = (details, place, asking)
            held.released.connect(self._let_go, Qt.ConnectionType.UniqueConnection)
            return
        self._unfolded = same and self._unfolded
        scrolled = self.verticalScrollBar().value() if same else 0
        focused = QtWidgets.QApplication.focusWidget()
        name = focused.objectName() if same and focused is not None and self.isAncestorOf(focused) else ""
        self.details, self._look, self._time = details, look, None
        self.shown = details.entry.id if details else ""
        holder = plain("bg")
        t = theme()
        margin = t.scaled(20)
        box = column(holder, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        self._columns = None
        if details is not None:
            self._place, self._asking = here, asking
            self.reasons = reasons(details, here)
            self._fill(box, details, here, asking)
        box.addStretch(1)
        self.setWidget(holder)
        self._arrange(self.width())
        settle()
        again = self.findChild(QtWidgets.QWidget, name) if name else None
        if again is not None:
            again.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verticalScrollBar().setValue(scrolled)

    def _let_go(self) -> None:
        QtCore.QTimer.singleShot(0, self, self._draw_waiting)  # what the button does comes first

    def _draw_waiting(self) -> None:
        if self._waiting is not None:
            details, place, asking = self._waiting
            self.show_details(details, place, asking=asking)

    def show_place(self, place: Place) -> None:
        """It is looked at from another place; what is off there says so."""
        if self._waiting is not None:
            self._waiting = (self._waiting[0], place, self._waiting[2])
        elif self.details is not None and not place.like(self._place):
            self.show_details(self.details, place, asking=self._asking)

    def show_time(self, now: datetime) -> None:
        """Time goes on: the line that says how much is left, and once it is over what is off then."""
        if self.details is None or self._look is None or self._time is None:
            return
        if overdue(self.details, now) != self._look.overdue:
            self.show_details(self.details, replace(self._place, now=now), asking=self._asking)
        elif (said := _time_left(self.details, now))[0] != self._time.text():
            self._time.setText(said[0])
            self._time.setProperty("tone", said[1])
            repolish(self._time)

    def show_balances(self, details: Details) -> None:
        """Balances that were read meanwhile: the first card alone changes, so that nothing else moves."""
        if self._effects is None or details.entry.id != self.shown:
            return
        if self._waiting is not None:
            self._waiting = (details, self._waiting[1], False)
            return
        self.details, self._asking = details, False
        old, fresh = self._effects, cards.effects_card(details)
        self._sides[0].replaceWidget(old, fresh)
        tab_through((stops_in(old) or [old])[-1], *stops_in(fresh))
        old.hide()
        old.deleteLater()
        self._effects = fresh
        fresh.show()
        settle()

    def _fill(self, box: QtWidgets.QVBoxLayout, details: Details, place: Place, asking: bool) -> None:
        box.addLayout(self._head(details))
        for banner in self._banners(details, place):
            box.addWidget(banner)
        left, right = column(spacing=theme().size("gap")), column(spacing=theme().size("gap"))
        self._sides, self._effects = (left, right), cards.effects_card(details, asking=asking)
        for card in (
            self._effects,
            cards.claim_card(details),
            cards.checks_card(details),
            cards.compare_card(details),
            cards.hashes_card(details),
            RawCard(details.raw_view) if details.raw_view else None,
        ):
            if card is not None:
                left.addWidget(card)
        for card in (
            self._actions(details),
            cards.signatures_card(details),
            cards.timeline_card(details, self.record_asked.emit),
        ):
            right.addWidget(card)
        left.addStretch(1)
        right.addStretch(1)
        self._columns = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(theme().size("gap"))
        self._columns.addLayout(left, 19)
        self._columns.addLayout(right, 10)
        box.addLayout(self._columns)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """One column or two; chips beside the title or below it."""
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def _arrange(self, width: int) -> None:
        if self._columns is None:
            return
        directions = QtWidgets.QBoxLayout.Direction
        wide = width >= theme().scaled(TWO_COLUMNS_FROM)
        if self._title is not None:
            beside = self._chips.sizeHint().width() + theme().scaled(TITLE_FROM) <= width
            self._title.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        direction = directions.LeftToRight if wide else directions.BottomToTop
        if direction != self._columns.direction():
            self._columns.setDirection(direction)
            # Tab goes as the eye does: the column that stands above comes first.
            left, right = (stops_of(side) for side in self._sides)
            tab_through(*(left + right if wide else right + left))

    # -- parts ---------------------------------------------------------------------------------------------

    def _head(self, details: Details) -> QtWidgets.QVBoxLayout:
        t, entry = theme(), details.entry
        box = column(spacing=t.scaled(2))
        kind = details.raw["type"]
        parts = (entry.account_name, entry.network, kind, entry.id[:12])
        crumb = Elided("  ·  ".join(str(part) for part in parts), "small", "text2")
        box.addWidget(crumb)
        line = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight)
        line.setSpacing(t.scaled(8))
        line.addWidget(label(entry.title, "page", wrap=True, name="detail.title"), 1)
        chips = row(spacing=t.scaled(8))
        chip = RiskChip(look_of(entry.state, untold=entry.untold), entry.state_words)
        chip.setObjectName("detail.verdict")
        if entry.halted:
            chips.addWidget(RiskChip("halted"))
        elif details.needs_override and entry.open:
            chips.addWidget(RiskChip("override"))
        elif details.verdict is not None and entry.state in ("PENDING", "READY") and not details.hard:
            chips.addWidget(RiskChip("allowed"))
        chips.addWidget(chip)
        if entry.live and entry.open:
            chips.addWidget(Chip(strings.LIVE, "warn", "warning", reason=strings.LIVE_SAID))
        chips.addStretch(1)
        line.addLayout(chips)
        self._title, self._chips = line, chips
        box.addLayout(line)
        return box

    def _banners(self, details: Details, place: Place) -> list[StateBanner]:
        """What stands over everything else, the gravest first."""
        found = []
        if details.entry.untold:
            unread = [check.words for check in details.checks if check.outcome == "INDETERMINATE"]
            unread = list(dict.fromkeys(unread))
            banner = StateBanner("warn", say.UNTOLD_FACT, strings.denied_because(unread), icon="unknown")
            if not self.reasons["verify"]:
                banner.offer([(strings.JUDGE_AGAIN, lambda: self.asked.emit("verify"))])
            banner.setObjectName("detail.untold")
            found.append(banner)
        elif details.entry.state == "DENIED":
            against = [c for kind in ("FAIL", "INDETERMINATE") for c in details.checks if c.outcome == kind]
            because = strings.denied_because([f"{check.name}: {check.words}" for check in against])
            banner = StateBanner("danger", strings.DENIED, because, icon="denied")
            offers = [(strings.EXPORT_EVIDENCE, lambda: self.asked.emit("export"))]
            if not self.reasons["reject"]:
                offers.append((say.REJECT_AND_WARN, lambda: self.asked.emit("reject")))
            banner.offer(offers)
            banner.setObjectName("detail.denied")
            found.append(banner)
        if details.needs_override and details.entry.open:
            banner = StateBanner(
                "warn", say.needs_override(details.override_quorum), "\n".join(details.soft[:4])
            )
            if not self.reasons["override"]:
                banner.offer([(say.OVERRIDE, lambda: self.asked.emit("override"))])
            banner.setObjectName("detail.override-needed")
            found.append(banner)
        if overdue(details, place.now):
            found.append(StateBanner("warn", say.OVERDUE, icon="expired"))
        return found

    def _actions(self, details: Details) -> Card:
        t, entry = theme(), details.entry
        card = Card(name="detail.actions")
        first, second = row(spacing=t.scaled(8)), row(spacing=t.scaled(8))
        others: list[ActionButton] = []
        # The next step of its way stands out: a signature, or, once there are enough, sending.
        sending = entry.state in ("READY", "SUBMITTED", "UNKNOWN")
        if sending or entry.open or entry.state == "DENIED":
            main = self._step("send" if sending else "review", entry, main=True)
            card.body.addWidget(WhyDisabled(main))
        if entry.open or not sending:
            others.append(self._step("review" if sending else "send", entry))
        others.append(self._button("reject", say.REJECT, "denied"))
        export = self._button("export", strings.EXPORT, "download")
        more = ActionButton(say.MORE, icon="more", name="detail.more")
        for button in others:
            first.addWidget(button, 1)
        second.addWidget(export, 1)
        second.addWidget(more, 1)
        card.body.addLayout(first)
        card.body.addLayout(second)
        card.body.addWidget(Reasons(*others, export))
        card.body.addWidget(self._more(more))
        time, tone = _time_left(details, self._place.now)
        self._time = label(time, "small", tone, wrap=True, name="detail.time")
        card.body.addWidget(self._time)
        return card

    def _step(self, action: str, entry: Entry, *, main: bool = False) -> ActionButton:
        """The button to sign or to send, as the main one or as one of the others."""
        kind = "primary" if main else ""
        if action == "send":
            words_ = strings.FOLLOW if entry.state in ("SUBMITTED", "UNKNOWN") else strings.SEND
            button = self._button("send", words_, "send", kind=kind)
        else:
            name = strings.REVIEW_AND_SIGN
            button = self._button("review", name, "sign", kind=kind, name="detail.sign")
            button.setAccessibleName(f"{name}, {entry.title}")
        if main:
            button.setProperty("size", "large")
        return button

    def _more(self, fold: ActionButton) -> QtWidgets.QWidget:
        holder, t = QtWidgets.QWidget(), theme()
        box, grid = column(holder, spacing=t.scaled(8)), QtWidgets.QGridLayout()
        grid.setSpacing(t.scaled(8))
        buttons = [self._button(action, words_, icon) for action, words_, icon in MORE]
        for number, button in enumerate(buttons):
            grid.addWidget(button, number // 2, number % 2)
        box.addLayout(grid)
        box.addWidget(Reasons(*buttons))

        fold.setText(say.LESS if self._unfolded else say.MORE)
        if not self._unfolded:
            holder.hide()

        def toggle() -> None:
            self._unfolded = not self._unfolded
            holder.setVisible(self._unfolded)
            fold.setText(say.LESS if self._unfolded else say.MORE)

        fold.triggered.connect(toggle)
        return holder

    def _button(self, action: str, words_: str, icon: str, *, kind: str = "", name: str = "") -> ActionButton:
        button = ActionButton(
            words_, kind=kind, icon=icon, name=name or f"detail.{action}", deliberate=action in DELIBERATE
        )
        button.triggered.connect(lambda: self.asked.emit(action))
        button.block(self.reasons[action])
        return button


def _time_left(details: Details, now: datetime) -> tuple[str, str]:
    """How long until it expires, or how it ended, and in which tone."""
    entry, ledger = details.entry, details.raw["expiry_ledger"]
    time, soon = words.left(entry.expires_at, now) if entry.open else (entry.state_words, False)
    return say.until(time, int(str(ledger))) if ledger else time, "warn" if soon else "text2"


def stops_of(cards_: QtWidgets.QLayout) -> list[QtWidgets.QWidget]:
    """Where Tab stops in the cards of a column."""
    items = [cards_.itemAt(number) for number in range(cards_.count())]
    held = [item.widget() for item in items if item is not None]
    return [stop for card in held if card is not None for stop in stops_in(card)]
