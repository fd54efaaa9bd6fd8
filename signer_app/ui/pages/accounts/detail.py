"""One account: address, signers with people and devices, thresholds, flags in words, drift, deadlock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.amounts import format_decimal, whole_units
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.pages.accounts.bars import WeightBars
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    Card,
    Cell,
    Column,
    FactTable,
    QrCode,
    StateBanner,
    WhyDisabled,
    clear,
    column,
    grouped,
    label,
    plain,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import accounts as say
from signer_app.ui.words import shared, strings
from signer_app.ui.words.effects import items

if TYPE_CHECKING:
    from signer_app.exchange.qr import Modules

XRP_DECIMALS = 6


class AccountDetail(QtWidgets.QScrollArea):
    """Emits ``shown_on_device`` with the account of the person's own signer key."""

    shown_on_device = Signal(str)
    read_again = Signal()
    given_up = Signal()
    proposed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("accounts.detail")
        self.setAccessibleName(say.ACCOUNT_SAID)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        t = theme()
        holder = plain("none")
        margin = t.scaled(20)
        self._box = column(holder, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        self.setWidget(holder)
        self.table: FactTable | None = None
        self._account, self._name, self._own = "", "", False
        self._code: Modules = ()

    def about(self, account: str, name: str, code: Modules, *, own: bool) -> None:
        """Which account is shown from now on. ``code`` is its address as a QR code."""
        self._account, self._name, self._code, self._own = account, name, code, own

    def show_waiting(self) -> None:
        """The address at once; the rest is being read."""
        clear(self._box)
        self._box.addWidget(self._address())
        banner = StateBanner("info", say.READING_ACCOUNT)
        banner.offer([(strings.CANCEL, self.given_up.emit)])
        self._box.addWidget(banner)
        self._box.addStretch(1)

    def show_failed(self, fact: str, hint: str) -> None:
        """The nodes did not say."""
        clear(self._box)
        self._box.addWidget(self._address())
        banner = StateBanner("warn", fact, hint)
        banner.offer([(say.READ_AGAIN, self.read_again.emit)])
        self._box.addWidget(banner)
        self._box.addStretch(1)

    def show_agreed(self, agreed: JsonObject) -> None:
        """Everything that is known (workspace/account_detail.py)."""
        clear(self._box)
        self._box.addWidget(self._address())
        for problem in items(agreed["problems"]):
            fact = say.could_not_tell(str(problem["fact"]))
            self._box.addWidget(StateBanner("warn", fact, say.PROBLEMS.get(str(problem["code"]), "")))
        self._lines(agreed)
        signers = agreed["signers"]
        if isinstance(signers, dict):
            self._box.addWidget(self._signers(self._account, signers))
        state = agreed["state"]
        if isinstance(state, dict):
            self._box.addWidget(self._state(state))
        self._box.addStretch(1)

    def _address(self) -> Card:
        card, t = Card(name="accounts.address"), theme()
        network, _, address = self._account.rpartition(":")
        name = self._name if self._name != address else ""
        block = AddressBlock(address, name, mark="own" if self._own else "")
        block.setObjectName("accounts.block")
        line, words = row(spacing=t.scaled(16)), column(spacing=t.scaled(8))
        words.addWidget(block)
        words.addWidget(label(say.network(network), "small", "text3", selectable=True))
        words.addStretch(1)
        line.addLayout(words, 1)
        line.addWidget(QrCode(self._code, say.code_of(address)), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(line)
        return card

    # -- lines: drift and deadlock -------------------------------------------------------------------------

    def _lines(self, agreed: JsonObject) -> None:
        drift, change = agreed["drift"], agreed["change"]
        operators = agreed["operators"]
        count = len(operators) if isinstance(operators, list) else 0
        at = shared.moment(str(agreed["at"]), datetime.now().astimezone())
        if isinstance(drift, dict):
            if drift["equal"] is True:
                tone, fact, rest = "ok", say.equal(count, at), ""
            else:
                tone, fact, rest = "danger", say.DRIFT, say.drift_words(_differences(drift))
            self._banner("accounts.drift", tone, fact, rest)
        elif agreed["signers"] is not None:
            self._banner("accounts.drift", "warn", say.NO_POLICY_TO_COMPARE, say.agree(count, at))
        if isinstance(change, dict):
            self._banner("accounts.change", *_deadlock(change))

    def _banner(self, name: str, tone: str, fact: str, rest: str) -> None:
        banner = StateBanner(tone, fact, rest)
        banner.setObjectName(name)
        self._box.addWidget(banner)

    # -- signers -------------------------------------------------------------------------------------------

    def _signers(self, account: str, signers: JsonObject) -> Card:
        members = items(signers["members"])
        quorum = int(str(signers["quorum"]))
        total = sum(int(str(member["weight"])) for member in members)
        card = Card(shared.SIGNERS, "people", say.quorum(quorum, total), name="accounts.signers")
        bars = WeightBars()
        bars.setObjectName("accounts.bars")
        bars.show_weights(quorum, [(_who(member), int(str(member["weight"]))) for member in members])
        card.body.addWidget(bars)
        columns = [
            Column(say.PERSON, FITS), Column(say.KEY_DEVICE, 0),
            Column(say.WEIGHT, 70, right=True), Column(say.LAST_SIGNED, FITS), Column(say.SIGNS_AS, FITS),
        ]  # fmt: skip
        self.table = FactTable(columns, fit=True, name="accounts.table", said=shared.SIGNERS)
        self.table.horizontalHeader().setMinimumSectionSize(theme().scaled(70))
        self.table.show_lines([_line(member) for member in members], [str(m["account"]) for m in members])
        card.body.addWidget(self.table)
        card.foot().addLayout(self._actions(account, members))
        return card

    def _actions(self, account: str, members: list[JsonObject]) -> QtWidgets.QHBoxLayout:
        line = row(spacing=theme().scaled(8))
        own = [member for member in members if member["own"] is True]
        show = ActionButton(say.SHOW_ON_DEVICE, icon="devices", name="accounts.device")
        fixed = QtWidgets.QSizePolicy.Policy.Fixed
        show.setSizePolicy(fixed, fixed)
        why = WhyDisabled(show)
        ledger = [member for member in own if member["backend"] == "ledger"]
        why.block("" if ledger else say.NO_OWN_KEY if not own else say.no_screen(str(own[0]["device"])))
        if ledger:
            show.triggered.connect(lambda: self.shown_on_device.emit(str(ledger[0]["account"])))
        change = ActionButton(say.CHANGE_SIGNERS, icon="people", name="accounts.propose")
        change.triggered.connect(lambda: self.proposed.emit(account))
        line.addWidget(why, 1, Qt.AlignmentFlag.AlignTop)
        line.addWidget(change, 0, Qt.AlignmentFlag.AlignTop)
        return line

    # -- state ---------------------------------------------------------------------------------------------

    def _state(self, state: JsonObject) -> Card:
        card = Card(say.LEDGER_STATE, "accounts", name="accounts.state")
        if state["exists"] is not True:
            card.body.addWidget(label(say.NOT_ON_LEDGER, "body", "text2", wrap=True))
            return card
        drops = str(state["balance"])
        balance = format_decimal(whole_units(int(drops), XRP_DECIMALS)) if drops.isdigit() else drops
        tickets = state["tickets"] if isinstance(state["tickets"], list) else []
        key = state["regular_key"]
        flags = state["flags"] if isinstance(state["flags"], list) else []
        facts: list[tuple[str, list[str]]] = [
            (say.BALANCE, [f"{grouped(balance)} XRP"]),
            (say.SEQUENCE, [str(state["sequence"])]),
            (say.OBJECTS, [str(state["owner_count"])]),
            (say.TICKETS, [say.tickets([str(ticket) for ticket in tickets])]),
            (say.REGULAR_KEY, [safe_text(str(key), 200) if key else shared.NONE]),
            (say.FLAGS_TITLE, [_flag(flag) for flag in flags] or [shared.NONE]),
        ]
        grid = QtWidgets.QGridLayout()
        grid.setHorizontalSpacing(theme().scaled(16))
        grid.setVerticalSpacing(theme().scaled(6))
        grid.setColumnStretch(1, 1)
        for number, (name, lines) in enumerate(facts):
            grid.addWidget(label(name, "body", "text2"), number, 0, Qt.AlignmentFlag.AlignTop)
            value = label("\n".join(lines), "body", wrap=True, selectable=True)
            grid.addWidget(value, number, 1)
        card.body.addLayout(grid)
        return card


def _differences(drift: JsonObject) -> list[str]:
    ledger = drift["only_on_ledger"] if isinstance(drift["only_on_ledger"], list) else []
    extra = [say.only_on_ledger(_address(item)) for item in ledger]
    missing = [
        say.only_in_policy(safe_text(str(item["key"]), 60), _address(item["account"]))
        for item in items(drift["only_in_policy"])
    ]
    return [*extra, *missing]


def _deadlock(change: JsonObject) -> tuple[str, str, str]:
    """Whether people of the policy could still change the signers: tone, fact, consequence."""
    spare, keys = int(str(change["spare_keys"])), int(str(change["usable_keys"]))
    alone = change["alone"] if isinstance(change["alone"], list) else []
    ways = [say.ALONE.get(str(way), str(way)) for way in alone]
    rest = say.alone(ways) if ways else say.NO_OTHER_WAY
    if spare < 0:
        return "danger", say.locked_out(str(change["usable_weight"]), str(change["quorum"])), rest
    if spare == 0:
        return "warn", say.no_spare(keys), rest
    return ("warn" if ways else "ok"), say.spare(spare, keys), rest


def _who(member: JsonObject) -> str:
    return safe_text(str(member["name"] or member["person"] or say.NOBODY), 80)


def _line(member: JsonObject) -> tuple[Cell, ...]:
    known = member["person"] is not None
    suspended = f", {say.SUSPENDED}" if member["suspended"] is True else ""
    own = f", {say.YOU}" if member["own"] is True else ""
    tone = "" if known and not suspended else "danger"
    device = say.device(str(member["device"]), str(member["backend"]), str(member["tier"])) if known else ""
    key = safe_text(str(member["key"] or say.NO_KEY), 80)
    return (
        Cell(f"{_who(member)}{own}{suspended}", "label", tone),
        Cell(f"{key}\n{safe_text(device, 200)}" if device else key, tone="text2"),
        Cell(str(member["weight"]), right=True),
        Cell(_moment(member["last_signed"]), tone="text2"),
        Cell(_address(member["account"]), "mono", raw=str(member["account"])),
    )


def _moment(at: JsonValue) -> str:
    return shared.moment(at, datetime.now().astimezone()) if isinstance(at, str) else say.NEVER_SIGNED


def _flag(name: JsonValue) -> str:
    return safe_text(shared.flag_words(str(name)), 200)


def _address(account: JsonValue) -> str:
    return str(account).rpartition(":")[2]
