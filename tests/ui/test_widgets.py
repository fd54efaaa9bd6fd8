"""The parts: what they show, what they say, what they never cut, and what they do."""

from __future__ import annotations

from typing import Any

import pytest
import shiboken6
from gallery import CHECKS, DEVICES, HASH, KNOWN, STRANGER, make_gallery
from pytestqt.qtbot import QtBot
from room import cramped, nameless

from signer_app.exchange.qr import QUIET_ZONE, encode
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.theme import SCALES, Theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    AmountLabel,
    Card,
    Cell,
    CheckList,
    Chip,
    Column,
    DeviceChip,
    DiffTable,
    Effect,
    EffectTable,
    Elided,
    FactTable,
    FocusRing,
    GroupedText,
    HashCompare,
    HashGrid,
    LegTable,
    NetworkChip,
    NetworkFrame,
    Pill,
    Pip,
    QrCode,
    QuorumPips,
    Reasons,
    RiskChip,
    StateBanner,
    Step,
    Timeline,
    WhyDisabled,
    column,
    grouped,
    label,
)
from signer_app.ui.widgets.addresses import groups_of
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import strings


def show(qtbot: QtBot, widget: QtWidgets.QWidget, width: int = 0, height: int = 0) -> None:
    qtbot.addWidget(widget)
    if width:
        widget.resize(width, height or widget.sizeHint().height())
    widget.show()
    settle()


def settle() -> None:
    """A width may ask for another height, which moves what lies below: a few rounds until nothing moves."""
    for _ in range(6):
        QtWidgets.QApplication.processEvents()


def ink(widget: QtWidgets.QWidget) -> set[str]:
    """The colours that a widget is drawn in."""
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper() for x in range(image.width()) for y in range(image.height())
    }


# -- the sheet of all parts  ---------------------------------


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("percent", SCALES)
def test_nothing_on_the_sheet_is_cramped_or_nameless(
    qtbot: QtBot, look: Theme, mode: Any, percent: int
) -> None:
    look.choose(mode, percent)
    sheet = make_gallery()
    show(qtbot, sheet, round(1440 * percent / 100), round(900 * percent / 100))
    lacking = cramped(sheet) + nameless(sheet)
    assert not lacking, "\n".join(lacking)


def test_the_walk_finds_what_it_looks_for(qtbot: QtBot, look: Theme) -> None:
    holder = QtWidgets.QWidget()
    box = column(holder)
    text = label("This does not fit here")
    text.setFixedWidth(40)
    box.addWidget(text)
    box.addWidget(QtWidgets.QLineEdit())
    show(qtbot, holder)
    assert len(cramped(holder)) == 1
    assert len(nameless(holder)) == 1


def test_the_sheet_follows_a_change_of_text_size(qtbot: QtBot, look: Theme) -> None:
    sheet = make_gallery()
    show(qtbot, sheet, 2200, 1400)
    look.choose("dark", 150)
    QtWidgets.QApplication.processEvents()
    chip = sheet.findChild(RiskChip)
    assert chip is not None
    qtbot.waitUntil(lambda: chip.height() == look.scaled(20), timeout=5000)


# -- chips, pips, pills  ---------------------------------


def test_only_denied_is_solid_and_every_chip_has_a_word(look: Theme) -> None:
    chips = [RiskChip(kind) for kind in ("low", "review", "high", "denied", "waiting", "expired")]
    assert [chip.solid for chip in chips] == [False, False, False, True, False, False]
    assert [chip.accessibleName() for chip in chips] == [
        "Low",
        "Review",
        "High",
        "Denied",
        "Waiting",
        "Expired",
    ]
    assert len({chip.icon for chip in chips}) == 6


def test_a_chip_says_why(look: Theme) -> None:
    chip = RiskChip("high", reason="First payment to this address.")
    assert chip.toolTip() == chip.accessibleDescription() == "First payment to this address."


def test_a_chip_is_never_cut(qtbot: QtBot, look: Theme) -> None:
    chip = Chip("Needs override by two people", "warn", "policy-alert")
    holder = QtWidgets.QWidget()
    column(holder).addWidget(chip)
    show(qtbot, holder, 10, 10)
    assert chip.minimumSizeHint().width() == chip.sizeHint().width() <= chip.width()


def test_pips_follow_weight_and_say_who(look: Theme) -> None:
    pips = QuorumPips([Pip("signed", 2, "CFO"), Pip("you", 1, "COO"), Pip("open", 1, "CTO")], "weight 2 of 3")
    assert pips.accessibleName() == "weight 2 of 3, CFO signed, COO open, you, CTO open"
    assert pips.sizeHint().width() == 20 + 10 + 10 + 2 * 3


def test_a_pill_says_everything_when_it_shows_less(look: Theme) -> None:
    pill = Pill(name="x")
    pill.show_state("Nodes", "3 of 3 agree", "ok")
    long = pill.sizeHint().width()
    pill.set_short(True)
    assert pill.sizeHint().width() < long
    assert pill.accessibleName() == pill.toolTip() == "Nodes 3 of 3 agree"


# -- networks  ---------------------------------


def test_each_network_has_word_colour_and_pattern_of_its_own(qtbot: QtBot, look: Theme) -> None:
    pictures = []
    for name in ("mainnet", "testnet", "practice", ""):
        frame = NetworkFrame(name)
        show(qtbot, frame, 120, 80)
        pictures.append(frame.grab().toImage())
        colour = look.tokens.tone(name).text.upper() if name else None
        assert (colour in ink(frame)) is bool(name)
    assert all(pictures[i] != pictures[j] for i in range(4) for j in range(i))
    assert [NetworkChip(name).text for name in ("mainnet", "testnet", "practice")] == [
        "MAINNET", "TESTNET", "PRACTICE",
    ]  # fmt: skip
    assert NetworkChip("mainnet", "xrpl").text == "XRPL MAINNET"


def test_networks_differ_in_grey_too(qtbot: QtBot, look: Theme) -> None:
    def grey(name: str) -> QtGui.QImage:
        frame = NetworkFrame(name)
        show(qtbot, frame, 120, 80)
        return frame.grab().toImage().convertToFormat(QtGui.QImage.Format.Format_Mono)

    mono = [grey(name) for name in ("mainnet", "testnet", "practice")]
    assert mono[0] != mono[1] != mono[2] != mono[0]


# -- addresses, amounts, hashes  ---------------------------------


def test_groups_of_four_keep_every_letter() -> None:
    assert groups_of(KNOWN)[:2] == ["rPdC", "w8hK"]
    assert "".join(groups_of(KNOWN)) == KNOWN
    assert groups_of("0xAbCd1234")[0] == "0x"
    assert groups_of("") == []


@pytest.mark.parametrize("width", [70, 150, 300, 700])
def test_an_address_wraps_between_groups_and_is_never_cut(qtbot: QtBot, look: Theme, width: int) -> None:
    text = GroupedText(KNOWN)
    holder = QtWidgets.QWidget()
    column(holder).addWidget(text)
    show(qtbot, holder, max(width, text.minimumSizeHint().width()), 20)
    places = text.places(text.width())
    metrics = QtGui.QFontMetrics(look.font("mono"))
    ends = [x + metrics.horizontalAdvance(group) for group, (x, _) in zip(text.groups, places, strict=True)]
    assert len(places) == len(text.groups)
    assert max(ends) <= text.width()
    assert (max(line for _, line in places) + 1) * look.line("mono") <= text.height()


def test_an_address_says_label_mark_and_groups(look: Theme) -> None:
    block = AddressBlock(KNOWN, "Acme Custody", mark="on-list")
    assert block.address.accessibleName().startswith("Acme Custody, On allow-list, rPdC w8hK")
    stranger = AddressBlock(STRANGER, mark="not-on-list")
    assert stranger.address.accessibleName().startswith("No label, Not on allow-list, rKnJ")


def test_copy_takes_the_raw_address_and_reads_it_again(qtbot: QtBot, look: Theme) -> None:
    block = AddressBlock(KNOWN, "Acme")
    show(qtbot, block, 400)
    with qtbot.waitSignal(block.checked, timeout=5000) as caught:
        block.copy()
    assert caught.args == [True]
    assert QtWidgets.QApplication.clipboard().text() == KNOWN
    assert strings.COPIED in [w.text() for w in block.findChildren(QtWidgets.QLabel)]


def test_a_clipboard_that_was_changed_is_said(qtbot: QtBot, look: Theme) -> None:
    block = AddressBlock(KNOWN, "Acme")
    show(qtbot, block, 400)
    with qtbot.waitSignal(block.checked, timeout=5000) as caught:
        block.copy()
        QtWidgets.QApplication.clipboard().setText(STRANGER)
    assert caught.args == [False]
    assert strings.CLIPBOARD_DIFFERS in [w.text() for w in block.findChildren(QtWidgets.QLabel)]


def test_ctrl_c_on_an_address_copies_it(qtbot: QtBot, look: Theme) -> None:
    block = AddressBlock(KNOWN, "Acme")
    show(qtbot, block, 400)
    with qtbot.waitSignal(block.checked, timeout=5000):
        qtbot.keyClick(block.address, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QtWidgets.QApplication.clipboard().text() == KNOWN


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("25000.00", "25,000.00"),
        ("-25000.0000000", "\u221225,000.0000000"),
        ("0.000001", "0.000001"),
        ("100000000000", "100,000,000,000"),
        ("unlimited", "unlimited"),
    ],
)
def test_amounts_keep_every_digit(given: str, shown: str) -> None:
    assert grouped(given) == shown


def test_an_amount_label_shows_number_asset_and_issuer(look: Theme) -> None:
    amount = AmountLabel("-25000.00", "RLUSD", issuer=KNOWN)
    assert amount.text == amount.accessibleName() == "\u221225,000.00 RLUSD"
    assert amount.toolTip() == KNOWN


def test_a_hash_is_two_rows_of_eight(look: Theme) -> None:
    grid = HashGrid(HASH)
    assert [len(groups) for groups in grid.rows()] == [8, 8]
    assert grid.names() == ["A", "B"]
    assert grid.accessibleName().startswith("A: 53d1 3ef0")


@pytest.mark.parametrize(
    ("other", "answer"),
    [
        ("", None),
        (HASH, ""),
        (" ".join(groups_of(HASH)).upper(), ""),
        ("0x" + HASH, ""),
        ("0" + HASH[1:], "A1"),
        (HASH[:17] + "0" + HASH[18:], "A5"),
        (HASH[:63] + "0", "B8"),
        (HASH[:40], "B3"),
        (HASH + "ab", "C1"),
    ],
)
def test_comparing_names_the_first_different_group(look: Theme, other: str, answer: str | None) -> None:
    assert HashGrid(HASH).compare(other) == answer


def test_the_compare_box_answers_in_words(qtbot: QtBot, look: Theme) -> None:
    compare = HashCompare(HASH)
    show(qtbot, compare, 500)
    qtbot.keyClicks(compare.input, HASH[:8])
    assert compare.result.accessibleName() == "Different, first in group A3"
    compare.input.setText(HASH)
    assert compare.result.accessibleName() == "Equal"
    compare.input.clear()
    assert not compare.result.isVisible()


# -- checks  ---------------------------------


def test_checks_come_failed_first_and_say_their_outcome(look: Theme) -> None:
    checks = CheckList(CHECKS)
    rows = checks.rows
    assert [row.line.outcome for row in rows] == [
        "FAIL",
        "INDETERMINATE",
        "PASS",
        "PASS",
        "PASS",
        "NOT_APPLICABLE",
    ]
    assert (
        rows[0].accessibleName() == "24-hour limit, failed, 312,500.55 of 250,000.00 RLUSD; over by 62,500.55"
    )


def test_what_failed_is_never_behind_the_link(qtbot: QtBot, look: Theme) -> None:
    checks = CheckList(CHECKS, shown=1)
    show(qtbot, checks, 500)
    assert [row.isVisible() for row in checks.rows] == [True, True, False, False, False, False]
    link = checks.findChild(ActionButton)
    assert link is not None
    assert link.text() == "Show 4 more checks"
    link.click()
    assert all(row.isVisible() for row in checks.rows)
    assert link.text() == strings.FEWER_CHECKS


def test_a_check_opens_to_what_is_behind_it(qtbot: QtBot, look: Theme) -> None:
    checks = CheckList(CHECKS)
    show(qtbot, checks, 500)
    rule = next(w for w in checks.findChildren(QtWidgets.QLabel) if w.text() == "cap-24h")
    assert not rule.isVisible()
    checks.rows[0].setFocus()
    qtbot.keyClick(checks.rows[0], Qt.Key.Key_Space)
    assert rule.isVisible()


# -- buttons that say why  ---------------------------------


def test_a_blocked_button_keeps_the_focus_and_says_why(qtbot: QtBot, look: Theme) -> None:
    button = ActionButton("Send", kind="primary", icon="send")
    show(qtbot, button)
    acted, said = [], []
    button.triggered.connect(lambda: acted.append(1))
    button.explained.connect(said.append)
    button.setFocus()
    button.block("1 weight is missing. COO can sign.")
    assert button.isEnabled()
    assert button.accessibleDescription() == button.toolTip() == "1 weight is missing. COO can sign."
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    # Once when it was blocked under the focus, once for the click, once for the key.
    assert (acted, said) == ([], ["1 weight is missing. COO can sign."] * 3)
    button.block("")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == [1]


def test_enter_presses_no_button(qtbot: QtBot, look: Theme) -> None:
    dialog = QtWidgets.QDialog()
    button = ActionButton("Sign", kind="primary")
    column(dialog).addWidget(button)
    acted: list[int] = []
    button.triggered.connect(lambda: acted.append(1))
    show(qtbot, dialog)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert acted == []
    assert not button.autoDefault()
    assert not button.isDefault()


def test_the_reason_stands_below_the_button(qtbot: QtBot, look: Theme) -> None:
    why = WhyDisabled(ActionButton("Sign"))
    show(qtbot, why, 300)
    assert why.shown_reason == ""
    why.block("Two nodes disagree about the signer list.")
    assert why.shown_reason == "Two nodes disagree about the signer list."
    assert why.button.blocked


def test_reasons_stand_once_below_a_group(qtbot: QtBot, look: Theme) -> None:
    send, reject, more = ActionButton("Send…"), ActionButton("Reject…"), ActionButton("More")
    holder = QtWidgets.QWidget()
    box, why = column(holder), Reasons(send, reject, more)
    for part in (send, reject, more, why):
        box.addWidget(part)
    show(qtbot, holder, 300)
    assert not why.isVisible()
    send.block("1 weight is missing.")
    assert why.isVisible()
    assert why.said == "Send: 1 weight is missing."
    reject.block("You said no already.")
    more.block("1 weight is missing.")
    assert why.said == "Send, More: 1 weight is missing.\nReject: You said no already."
    reject.block("1 weight is missing.")
    assert why.said == "1 weight is missing.", "all are off for it: no button needs to be named"
    more.hide()
    reject.block("")
    assert why.said == "Send: 1 weight is missing."
    send.block("Off: signatures are missing.")
    assert why.said == "Send is off: signatures are missing."
    send.hide()
    assert not why.isVisible(), "what is not there needs no reason"


def test_a_reason_that_comes_and_goes_has_a_place_of_its_own(qtbot: QtBot, look: Theme) -> None:
    read = ActionButton("Read now")
    holder, why = QtWidgets.QWidget(), Reasons(read, elsewhere=("It is being read.",))
    box = column(holder)
    box.addWidget(read)
    box.addWidget(why)
    show(qtbot, holder, 300)
    read.block("It is being read.")
    assert why.isHidden()
    read.block("You work offline.")
    assert why.said == "You work offline."


# -- lists and tables  ---------------------------------


def test_a_timeline_is_as_high_as_its_steps(qtbot: QtBot, look: Theme) -> None:
    line = Timeline(
        [Step("Proposed", "13:20 · record 1"), Step("Yours", when="now"), Step("Send", when="next")]
    )
    show(qtbot, line, 240)
    heights = [line.visualRect(line.model().index(number, 0)).height() for number in range(3)]
    assert line.height() == sum(heights)
    said = line.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Proposed, 13:20 · record 1"


def test_long_steps_take_more_lines_instead_of_being_cut(qtbot: QtBot, look: Theme) -> None:
    line = Timeline(
        [Step("Received over the shared folder from the workstation of the chief financial officer")]
    )
    show(qtbot, line, 160)
    narrow = line.height()
    line.resize(700, narrow)
    QtWidgets.QApplication.processEvents()
    assert narrow > line.height()


@pytest.mark.parametrize(("name", "state", "reason"), DEVICES)
def test_a_device_says_name_state_and_reason(look: Theme, name: str, state: str, reason: str) -> None:
    chip = DeviceChip(name, state, reason)
    assert chip.accessibleName() == f"{name}, {strings.DEVICE_STATES[state].lower()}"
    assert chip.accessibleDescription() == reason
    assert chip.isEnabled()


def test_amounts_of_effects_are_whole_at_every_width(qtbot: QtBot, look: Theme) -> None:
    table = EffectTable()
    table.show_effects([Effect("Fee", "−0.000030 XRP", "1,204.118402", "1,204.118372 XRP")])
    for width in (700, 360, table.minimumSizeHint().width()):
        show(qtbot, table, width, 200)
        assert cramped(table) == []
    assert "No change" in strings.NO_OTHER_CHANGE


def test_legs_and_differences(qtbot: QtBot, look: Theme) -> None:
    legs = LegTable()
    legs.show_legs(
        [("Pay 40.00 USD to Acme", "PASS", "Allowed"), ("Pay 90.00 USD to nobody", "FAIL", "Denied")]
    )
    assert [legs.facts.lines[row][2].text for row in range(2)] == ["Allowed", "Denied"]
    diff = DiffTable()
    diff.show_diff([("Quorum", "2", "3", "tighter"), ("Master key", "off", "off", "")])
    assert diff.facts.lines[0][3].tone == "warn"
    assert diff.facts.headerData(1, Qt.Orientation.Horizontal) == "Before"
    show(qtbot, diff, 400)
    assert diff.height() > 2 * look.size("row-table")


def test_a_table_copies_the_raw_value_and_keeps_the_choice(qtbot: QtBot, look: Theme) -> None:
    table = FactTable([Column("Account", 200), Column("Amount", right=True)])
    table.show_lines(
        [[Cell("Treasury"), Cell("25,000.00", raw="25000.00")], [Cell("Ops"), Cell("1")]], ["a", "b"]
    )
    show(qtbot, table, 500, 200)
    table.setCurrentIndex(table.facts.index(0, 1))
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QtWidgets.QApplication.clipboard().text() == "25000.00"
    assert table.chosen() == "a"
    table.show_lines([[Cell("Ops"), Cell("1")], [Cell("Treasury"), Cell("2")]], ["b", "a"])
    assert table.chosen() == "a"
    assert table.selectionModel().selectedRows()[0].row() == 1


def test_the_model_of_tables_keeps_qts_rules(qtmodeltester: Any, look: Theme) -> None:
    table = FactTable([Column("A"), Column("B")])
    table.show_lines([[Cell("1", icon="check", tone="ok"), Cell("2", "mono")]] * 3)
    qtmodeltester.check(table.facts)


# -- banners, labels, focus  ---------------------------------


def test_a_banner_says_fact_and_consequence_and_offers_two_things(qtbot: QtBot, look: Theme) -> None:
    banner = StateBanner("warn", "No node answers.", "Signing is off.")
    done: list[str] = []
    banner.offer(
        [("Retry", lambda: done.append("retry")), ("Copy", lambda: done.append("copy")), ("X", lambda: None)]
    )
    show(qtbot, banner, 600)
    assert banner.accessibleName() == "No node answers. Signing is off."
    buttons = banner.findChildren(QtWidgets.QPushButton)
    assert [button.text() for button in buttons] == ["Retry", "Copy"]
    for button in buttons:
        button.click()
    assert done == ["retry", "copy"]


def test_text_of_others_stays_text(qtbot: QtBot, look: Theme) -> None:
    evil = "<b>Pay</b> <a href='x'>here</a> <img src='file:///etc/passwd'>"
    holder = Card("x")
    for widget in (label(evil), Elided(evil)):
        holder.body.addWidget(widget)
    banner = StateBanner("info", evil, evil)
    for found in (*holder.findChildren(QtWidgets.QLabel), *banner.findChildren(QtWidgets.QLabel)):
        assert found.textFormat() == Qt.TextFormat.PlainText
        assert not found.openExternalLinks()


def test_a_cut_name_gives_the_whole_in_the_tooltip(qtbot: QtBot, look: Theme) -> None:
    name = Elided("The treasury of the house of Northgate and daughters")
    show(qtbot, name, 60, 20)
    assert name.toolTip() == name.accessibleName() == name.text()
    assert name.minimumSizeHint().width() < 60


def test_the_ring_follows_the_focus_by_key(qtbot: QtBot, look: Theme) -> None:
    window = QtWidgets.QWidget()
    box = column(window, spacing=20, margins=(20, 20, 20, 20))
    first, second = ActionButton("One"), ActionButton("Two")
    box.addWidget(first)
    box.addWidget(second)
    ring = FocusRing(window)
    show(qtbot, window, 300, 200)
    window.activateWindow()
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert ring.around is second
    assert ring.place == second.geometry().adjusted(-4, -4, 4, 4)
    second.move(second.x() + 10, second.y())
    assert ring.place == second.geometry().adjusted(-4, -4, 4, 4)
    second.hide()
    assert ring.around is not second
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert ring.place is None


def test_the_ring_hears_nothing_of_other_widgets(qtbot: QtBot, look: Theme) -> None:
    """A filter of the application would be called for every event of every widget (decision 0015)."""
    heard: list[QtCore.QObject] = []

    class Listening(FocusRing):
        def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
            heard.append(watched)
            return super().eventFilter(watched, event)

    window = QtWidgets.QWidget()
    box = column(window, margins=(20, 20, 20, 20))
    field, other = QtWidgets.QLineEdit(), QtWidgets.QLabel("Other")
    box.addWidget(field)
    box.addWidget(other)
    ring = Listening(window)
    show(qtbot, window, 300, 200)
    window.activateWindow()
    field.setFocus()
    other.setText("Longer than it was")
    other.hide()
    QtWidgets.QApplication.processEvents()
    assert ring.around is field
    assert heard
    assert {type(thing) for thing in heard} <= {QtWidgets.QLineEdit, QtGui.QWindow}


def test_the_ring_is_whole_around_a_field_that_fills_its_holder(qtbot: QtBot, look: Theme) -> None:
    """A form without margins would cut the ring at both sides."""
    window = QtWidgets.QWidget()
    box = column(window, margins=(20, 20, 20, 20))
    holder, field = QtWidgets.QWidget(), QtWidgets.QLineEdit()
    column(holder).addWidget(field)
    box.addWidget(holder)
    box.addStretch(1)
    ring = FocusRing(window)
    show(qtbot, window, 300, 200)
    window.activateWindow()
    field.setFocus()
    for corner in (holder.pos(), holder.pos() + QtCore.QPoint(5, 30)):
        holder.move(corner)
        assert ring.place == holder.geometry().adjusted(-4, -4, 4, 4)
        assert window.rect().contains(ring.place)


def test_the_ring_outlives_the_card_that_held_it(qtbot: QtBot, look: Theme) -> None:
    """A page draws its cards anew while one of their buttons has the focus."""
    window = QtWidgets.QWidget()
    box = column(window)
    card, other = QtWidgets.QWidget(), QtWidgets.QLineEdit()
    inner = column(card)
    field = QtWidgets.QLineEdit()
    inner.addWidget(field)
    box.addWidget(card)
    box.addWidget(other)
    ring = FocusRing(window)
    show(qtbot, window, 300, 200)
    window.activateWindow()
    field.setFocus()
    assert ring.around is field
    card.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    assert ring.around in (None, other)
    other.setFocus()
    assert ring.around is other
    assert ring.place is not None


def test_the_ring_outlives_what_it_was_around(qtbot: QtBot, look: Theme) -> None:
    window = QtWidgets.QWidget()
    box = column(window)
    field = QtWidgets.QLineEdit()
    box.addWidget(field)
    ring = FocusRing(window)
    show(qtbot, window, 300, 200)
    window.activateWindow()
    field.setFocus()
    assert ring.around is field
    field.deleteLater()
    QtCore.QCoreApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
    QtWidgets.QApplication.processEvents()
    assert ring.around is None
    assert ring.place is None


def test_the_ring_lets_its_dialog_go_while_the_focus_is_in_it(qtbot: QtBot, look: Theme) -> None:
    """The focus moves back while the dialog is taken apart, and no part of it may be asked then."""
    window = QtWidgets.QWidget()
    column(window).addWidget(QtWidgets.QLineEdit())
    show(qtbot, window, 300, 200)
    dialog = QtWidgets.QDialog(window)
    field = QtWidgets.QLineEdit()
    column(dialog).addWidget(field)
    ring = FocusRing(dialog)
    dialog.show()
    dialog.activateWindow()
    settle()
    field.setFocus()
    assert ring.around is field
    shiboken6.delete(dialog)
    settle()
    assert not shiboken6.isValid(ring)


def test_a_banner_keeps_its_words_and_its_buttons_where_it_is_narrow(qtbot: QtBot, look: Theme) -> None:
    banner = StateBanner("danger", "Denied. These bytes cannot be signed.", "One check failed.")
    banner.offer([("Export evidence", lambda: None), ("Reject and warn signers", lambda: None)])
    qtbot.addWidget(banner)
    banner.show()
    buttons = banner.findChildren(ActionButton)
    for width, beside in ((900, True), (420, False), (banner.minimumSizeHint().width(), False)):
        banner.resize(width, banner.heightForWidth(width))
        settle()
        banner.resize(width, banner.heightForWidth(width))
        settle()
        assert cramped(banner) == [], width
        assert all(banner.rect().contains(button.geometry()) for button in buttons), width
        assert (buttons[0].y() < banner.fact.geometry().bottom()) is beside, width


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", SCALES)
def test_a_qr_code_is_black_on_white_with_its_quiet_zone(
    qtbot: QtBot, look: Theme, mode: Any, scale: int
) -> None:
    look.choose(mode, scale)
    modules = encode(STRANGER)
    code = QrCode(modules, "QR code of an address")
    qtbot.addWidget(code)
    code.resize(code.sizeHint())
    picture = code.grab().toImage()
    side = picture.width() // (len(modules) + 2 * QUIET_ZONE)
    assert side >= 4
    assert side * (len(modules) + 2 * QUIET_ZONE) == picture.width() == picture.height()
    for y in range(picture.height()):
        for x in range(picture.width()):
            column, line = x // side - QUIET_ZONE, y // side - QUIET_ZONE
            inside = 0 <= column < len(modules) and 0 <= line < len(modules)
            assert picture.pixelColor(x, y).lightness() == (0 if inside and modules[line][column] else 255)


def test_a_line_over_all_columns_makes_none_of_them_wider(qtbot: QtBot, look: Theme) -> None:
    table = FactTable([Column("Asset"), Column("Total", FITS, right=True)], fit=True)
    qtbot.addWidget(table)
    table.resize(300, 200)
    table.show_lines([(Cell("r" * 60), Cell("")), (Cell("XRP"), Cell("49,999.99997"))])
    table.setSpan(0, 0, 1, 2)
    table.refit()
    table.show()
    assert table.horizontalScrollBar().maximum() == 0
    table.clearSpans()
    table.refit()
    assert table.columnWidth(0) > 300  # a word of its own column is kept whole
