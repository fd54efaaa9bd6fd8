"""The cards of the treasury: made from one picture (reads.Shown), in the page and in the second window."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from signer_app.core.clock import parse_time
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.treasury.axis import AXIS_HOURS, EndingsChart, EndsSoon
from signer_app.ui.pages.treasury.figures import TONES, UNKNOWN, amount_of, doubt_of, figures_of, share_of
from signer_app.ui.pages.treasury.parts import (
    AlertRow,
    Figure,
    LimitRow,
    NodeRow,
    WaitingRow,
)
from signer_app.ui.pages.treasury.reads import Shown, network_of, rows
from signer_app.ui.qt import QtGui, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    Card,
    Cell,
    Chip,
    Column,
    FactTable,
    StateBanner,
    clear,
    column,
    grouped,
    label,
    plain,
    row,
    stops_in,
    tab_through,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import treasury as words

#: Width at 100 % from which there are three columns, and two.
THREE_FROM, TWO_FROM = 1180, 800
SIDE = 300


class Board(QtWidgets.QWidget):
    """Shows what it is given; ``opened`` names a page, and what a person wants to see there."""

    opened = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        t = theme()
        self.shown: Shown | None = None
        self.account = ""
        self._columns = 0
        self._plan: list[Card] = []
        outer = column(self)
        scroll = QtWidgets.QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(words.BOARD_SAID)
        inner = plain()
        scroll.setWidget(inner)
        outer.addWidget(scroll)
        margin = t.size("margin")
        box = column(inner, spacing=t.size("gap"), margins=(margin, 0, margin, margin))
        self._notices = column(spacing=t.scaled(8))
        box.addLayout(self._notices)
        self.strip = QtWidgets.QFrame()
        self.strip.setProperty("kind", "card")
        self._figures = QtWidgets.QGridLayout(self.strip)
        self._figures.setContentsMargins(0, 0, 0, 0)
        self._figures.setSpacing(0)
        box.addWidget(self.strip)
        self._sides = [column(spacing=t.size("gap")) for _ in range(3)]
        line = row(spacing=t.size("gap"))
        for side in self._sides:
            side.addStretch(1)
            line.addLayout(side)
        self._line = line
        box.addLayout(line)
        box.addStretch(1)
        self._cards()
        self._arrange()
        theme().changed.connect(self._again)

    def _cards(self) -> None:
        self.balances = Card(words.BALANCES, "accounts", words.BALANCES_SUB, name="treasury.balances.card")
        self.table = FactTable(
            [Column(title, FITS if number else 0, number > 0) for number, title in enumerate(words.COLUMNS)],
            fit=True, name="treasury.balances", said=words.BALANCES,
        )  # fmt: skip
        self.balances.body.setContentsMargins(1, 0, 1, 6)
        self.balances.body.addWidget(self.table)
        rule = label(words.BALANCES_RULE, "caption", "text3", wrap=True)
        rule.setContentsMargins(14, 0, 14, 4)
        self.balances.body.addWidget(rule)
        self.limits = Card(words.LIMITS, "gauge", words.LIMITS_SUB, name="treasury.limits")
        self.waiting = Card(words.WAITING, "people", name="treasury.waiting")
        self.table.activated.connect(self._open_account)
        self.endings = Card(words.ENDINGS, "timer", words.ENDINGS_SUB, name="treasury.endings")
        self.chart = EndingsChart(self.opened.emit)
        self.endings.body.addWidget(self.chart)
        self.nodes = Card(words.NODES, "nodes", name="treasury.nodes")
        self.alerts = Card(words.ALERTS, "bell", name="treasury.alerts")
        for card in (self.waiting, self.alerts):
            pad = theme().scaled(8)
            card.body.setContentsMargins(pad, pad, pad, pad)
            card.body.setSpacing(0)
        self._chips = row(spacing=theme().scaled(6))
        self.alerts.head.right.addLayout(self._chips)
        self.count = label("", "small", "text3")
        self.waiting.add_to_head(self.count)

    # -- the columns ---------------------------------------------------------------------------------------

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        t, width = theme(), self.width()
        wanted = 3 if width >= t.scaled(THREE_FROM) else 2 if width >= t.scaled(TWO_FROM) else 1
        if wanted == self._columns:
            return
        self._columns = wanted
        balances, limits, waiting = self.balances, self.limits, self.waiting
        endings, nodes, alerts = self.endings, self.nodes, self.alerts
        plans: dict[int, list[list[Card]]] = {
            3: [[balances, endings], [limits, waiting], [alerts, nodes]],
            2: [[balances, waiting, endings], [alerts, limits, nodes], []],
            1: [[alerts, balances, limits, waiting, endings, nodes], [], []],
        }
        shares = {3: (13, 9, 7), 2: (12, 7, 0), 1: (1, 0, 0)}[wanted]
        # Taken out first, and by widget: an item that lives on in a second layout is never measured again.
        for side in self._sides:
            for card in (balances, limits, waiting, endings, nodes, alerts):
                side.removeWidget(card)
        for side, cards in zip(self._sides, plans[wanted], strict=True):
            for number, card in enumerate(cards):
                side.insertWidget(number, card)
        for number, share in enumerate(shares):
            self._line.setStretch(number, share)
        self._plan = [card for cards in plans[wanted] for card in cards]
        self._show_strip()
        self._tab_order()

    def _tab_order(self) -> None:
        """Tab goes down one column after the other, whenever rows were made anew."""
        tab_through(*(stop for card in self._plan for stop in stops_in(card)))

    def panes(self) -> list[QtWidgets.QWidget]:
        """The stops of F6."""
        return [self.table, self.waiting, self.endings, self.alerts]

    # -- what it shows -------------------------------------------------------------------------------------

    def show_notices(self, notices: list[tuple[str, str, str]]) -> None:
        """States that last, as (tone, fact, consequence)."""
        clear(self._notices)
        for tone, fact, consequence in notices:
            icon = "halt" if tone == "danger" else ""
            self._notices.addWidget(StateBanner(tone, fact, consequence, icon=icon))

    def choose_account(self, account: str) -> None:
        """Show one account ("" for all)."""
        self.account = account
        self._again()

    def show_picture(self, shown: Shown) -> None:
        """Show another picture."""
        self.shown = shown
        self._show_balances(shown)
        self._show_limits(shown)
        self._show_waiting(shown)
        self._show_endings(shown)
        self._show_nodes(shown)
        self._show_alerts(shown)
        self._show_strip()
        self._tab_order()

    def _again(self) -> None:
        if self.shown is not None:
            self.show_picture(self.shown)
        self._arrange()

    def _of(self, shown: Shown, part: str) -> list[JsonObject]:
        found = rows(shown.view[part])
        return [item for item in found if self.account in ("", item["account"])]

    def _show_balances(self, shown: Shown) -> None:
        lines: list[tuple[Cell, ...]] = []
        keys: list[str] = []
        heads, last = [], ""
        for item in self._of(shown, "balances"):
            account = str(item["account"])
            if account != last:
                last = account
                address = account.rpartition(":")[2]
                said = words.account_head(safe_text(str(item["account_name"]), 60), address)
                at = shown.stale.get(network_of(account))
                if at is not None:
                    said = f"{said}   {words.old(_age(shown, at))}"
                heads.append(len(lines))
                empty = (Cell(""),) * (len(words.COLUMNS) - 1)
                tone = "text2" if at is None else "warn"
                lines.append((Cell(said, "small-strong", tone, raw=address), *empty))
                keys.append(f"{account} ")
            lines.append(_balance_line(item))
            keys.append(f"{account} {item['asset']}")
        self.table.clearSpans()
        self.table.show_lines(lines, keys)
        for number in heads:
            self.table.setSpan(number, 0, 1, len(words.COLUMNS))
        self.table.refit()

    def _open_account(self) -> None:
        account = self.table.chosen().partition(" ")[0]
        if account:
            self.opened.emit("accounts", account)

    def _show_limits(self, shown: Shown) -> None:
        body = self.limits.body
        clear(body)
        found = self._of(shown, "limits")
        body.setSpacing(theme().scaled(12))
        for item in found:
            body.addWidget(self._limit_row(shown, item))
        if not found:
            body.addWidget(label(words.NO_LIMITS, "body", "text2", wrap=True))

    def _limit_row(self, shown: Shown, item: JsonObject) -> LimitRow:
        asset = _name(shown, item["asset"]) if item["asset"] else ""
        unit = f" {asset}" if asset else ""
        name = words.limit_name(asset, safe_text(str(item["account_name"]), 60), str(item["rule"]))
        if item["to"]:
            name += words.limit_to(_name(shown, item["to"]))
        tone, icon = TONES.get(str(item["level"]), UNKNOWN)
        cap = grouped(str(item["cap"]))
        if item["used"] is None:
            values = words.limit_used(words.NOT_KNOWN, f"{cap}{unit}")
            return LimitRow(name, values, safe_text(str(item["why"]), 300), Decimal(0), tone, icon)
        room = f"{grouped(str(item['room']))}{unit}" if item["room"] else ""
        at = _moment(parse_time(str(item["room_at"])), shown.as_of) if item["room_at"] else ""
        window = words.duration(item["window_s"]) if isinstance(item["window_s"], int) else ""
        note = words.limit_left(f"{grouped(str(item['left']))}{unit}", window, room, at)
        values = words.limit_used(grouped(str(item["used"])), f"{cap}{unit}")
        return LimitRow(name, values, note, share_of(item), tone, icon)

    def _show_waiting(self, shown: Shown) -> None:
        body = self.waiting.body
        clear(body)
        found = self._of(shown, "waiting")
        self.count.setText(words.waiting_count(len(found)) if found else "")
        for item in found:
            identifier = str(item["proposal_id"])
            groups = rows(item["groups"])
            have = sum(_int(group["have"]) for group in groups)
            need = sum(_int(group["need"]) for group in groups)
            missing = item["missing"] if isinstance(item["missing"], list) else []
            needs = words.needs([safe_text(str(part), 80) for part in missing])
            made = WaitingRow(
                shown.titles.get(identifier, identifier),
                shown.pips.get(identifier, ()),
                words.quorum(have, need) if groups else "",
                needs if groups else words.NOT_JUDGED,
            )
            made.clicked.connect(lambda _on=False, name=identifier: self.opened.emit("inbox", name))
            body.addWidget(made)
        if not found:
            body.addWidget(self._nothing(words.NO_WAITING))

    def _nothing(self, sentence: str) -> QtWidgets.QLabel:
        pad = theme().scaled(6)
        made = label(sentence, "body", "text2", wrap=True)
        made.setContentsMargins(pad, pad, pad, pad)
        return made

    def _show_endings(self, shown: Shown) -> None:
        now, soon, later = shown.as_of, [], []
        for item in rows(shown.view["endings"]):
            at, name = parse_time(str(item["at"])), str(item["name"])
            what = safe_text(shown.titles.get(name, str(item["what"])), 200)
            left = words.duration(max(0, int((at - now).total_seconds())))
            if at - now <= timedelta(hours=AXIS_HOURS):
                when = words.ends(left, _moment(at, now), item["estimated"] is True)
                page = "inbox" if item["kind"] == "proposal" else "book"
                soon.append(EndsSoon(what, when, at - now, page, name))
            else:
                later.append(words.later_item(what, left))
        self.chart.show_endings(now.astimezone(), soon, later)

    def _show_nodes(self, shown: Shown) -> None:
        body = self.nodes.body
        clear(body)
        found = rows(shown.view["nodes"])
        for item in found:
            agree, age = item["agree"] is True, item["age_s"]
            body.addWidget(
                NodeRow(
                    str(item["network"]),
                    words.operators(_int(item["operators"]), agree),
                    words.old(age) if isinstance(age, int) else "",
                    "" if agree else safe_text(str(item["why"]), 300),
                    "ok" if agree else "warn",
                )
            )
        if not found:
            body.addWidget(label(words.NO_NODES, "body", "text2", wrap=True))

    def _show_alerts(self, shown: Shown) -> None:
        body = self.alerts.body
        clear(body)
        clear(self._chips)
        found = rows(shown.view["alerts"])
        for level in ("danger", "warn"):
            count = sum(1 for item in found if item["level"] == level)
            if count:
                self._chips.addWidget(Chip(str(count), level, "alert" if level == "danger" else "warning"))
        for item in found:
            made = AlertRow(
                str(item["level"]), safe_text(str(item["fact"]), 300), safe_text(str(item["detail"]), 600)
            )
            about = str(item["about"])
            if about in shown.titles:
                made.clicked.connect(lambda _on=False, name=about: self.opened.emit("inbox", name))
            body.addWidget(made)
        if not found:
            body.addWidget(self._nothing(words.NO_ALERTS))

    def _show_strip(self) -> None:
        clear(self._figures)
        if self.shown is None:
            return
        figures = figures_of(self.shown)
        each = len(figures) if self._columns == 3 else 3 if self._columns == 2 else 2
        for number, (what, value, unit, tone) in enumerate(figures):
            made = Figure(what, value, unit, tone, first=number % each == 0)
            self._figures.addWidget(made, number // each, number % each)
        for number in range(8):
            self._figures.setColumnStretch(number, 1 if number < each else 0)


def _balance_line(item: JsonObject) -> tuple[Cell, ...]:
    why = safe_text(str(item["why"]), 300)
    name_ = safe_text(str(item["label"]), 60) + (f"  {why}" if why else "")
    cells = [Cell(name_, "label", "warn" if why else "")]
    for name in ("total", "reserve", "pending", "available"):
        value = item[name]
        tone = doubt_of(value) or ("text2" if name in ("reserve", "pending") else "")
        if name == "available" and str(value).startswith("-"):
            tone = "danger"
        role = "label" if name == "available" else "body"
        cells.append(Cell(amount_of(value), role, tone, right=True, raw=str(value or "")))
    return tuple(cells)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _age(shown: Shown, at: datetime) -> int:
    return max(0, int((shown.as_of - at).total_seconds()))


def _name(shown: Shown, key: object) -> str:
    """The name of an account or asset, else its whole id."""
    return safe_text(shown.names.get(str(key), str(key)), 200)


def _moment(at: datetime, now: datetime) -> str:
    """14:03, with the date when not today; local time."""
    local, today = at.astimezone(), now.astimezone().date()
    return local.strftime("%H:%M" if local.date() == today else "%d %b %H:%M")


def utc_now() -> datetime:
    """Now, for ages that go on between two readings."""
    return datetime.now(UTC)
