"""The inbox: words come from the effects of bytes, entries are grouped, nothing is cut or guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gallery import HASH, KNOWN, STRANGER
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from window_help import PASSPHRASE, closed, until

from signer_app.core.statements import Halt
from signer_app.proposals.asked import Asked
from signer_app.proposals.listing import Needs
from signer_app.ui.pages.inbox.allowed import Place, reasons
from signer_app.ui.pages.inbox.cards import signatures_card, timeline_steps
from signer_app.ui.pages.inbox.check_lines import check_line
from signer_app.ui.pages.inbox.detail import Detail
from signer_app.ui.pages.inbox.head import ListHead
from signer_app.ui.pages.inbox.listing import STATE_LOOKS, EntryList, chip_of, group_of
from signer_app.ui.pages.inbox.reading import Details, KeyHolder, _standing, entry_of
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    CheckLine,
    CheckList,
    Chip,
    EffectTable,
    GroupedText,
    RiskChip,
    StateBanner,
    WhyDisabled,
)
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as say
from signer_app.ui.words import strings

Run = Callable[..., Any]
NOW = datetime.now(UTC)
NETWORK = "xrpl:63456"
TREASURY, ACME = f"{NETWORK}:{STRANGER}", f"{NETWORK}:{KNOWN}"
XRP = f"{NETWORK}/slip44:144"
NAMES = {TREASURY: "Treasury", ACME: "Acme Custody"}
HOLDERS = (KeyHolder("alice", f"{NETWORK}:rAlice"), KeyHolder("carol", f"{NETWORK}:rCarol"))
FEE = {
    "kind": "FeePaid",
    "path": "",
    "account": TREASURY,
    "asset": XRP,
    "amount": "0.0004",
    "worst_case": "0.0004",
}


def transfer(**more: Any) -> dict[str, Any]:
    base = {"kind": "Transfer", "path": "", "account": TREASURY, "to": ACME, "tag": "17", "asset": XRP,
            "amount": "25000.50", "issue": False}  # fmt: skip
    return {**base, **more}


def proposal(number: int = 0, **more: Any) -> dict[str, Any]:
    base = {
        "proposal_id": f"{number:02d}" + HASH[2:], "body": "12" * 152, "network": NETWORK,
        "account": TREASURY,
        "type": "Payment", "state": "PENDING", "state_words": "Open", "could_not_tell": False, "live": False,
        "title": "", "note": "",
        "proposer": "bob", "created_at": NOW.isoformat(),
        "expires_at": (NOW + timedelta(hours=5)).isoformat(),
        "slot": {"kind": "ticket", "value": "4"}, "expiry_ledger": "97412817", "effects": [transfer(), FEE],
        "signatures": [], "rejections": [], "verdicts": [],
    }  # fmt: skip
    return {**base, **more}


CAROL = Asked("carol", frozenset({f"{NETWORK}:rCarol"}))
STOPPED = replace(CAROL, halts=(Halt.model_construct(accounts=None),))


def entry(number: int = 0, asked: Asked = CAROL, **more: Any) -> Any:
    return entry_of(proposal(number, **more), NAMES, HOLDERS, asked, Needs(2, 0, 2))


def signed_by(account: str) -> dict[str, Any]:
    return {"signer": f"{NETWORK}:{account}", "signed_at": NOW.isoformat(), "record": 7}


@pytest.mark.parametrize(
    ("effects", "title"),
    [
        ([transfer(), FEE], "Pay 25,000.50 XRP to Acme Custody"),
        ([transfer(to=f"{NETWORK}:{KNOWN[:-1]}x"), FEE], f"Pay 25,000.50 XRP to {KNOWN[:-1]}x"),
        ([transfer(issue=True), FEE], "Issue 25,000.50 XRP to Acme Custody"),
        ([transfer(), transfer(), FEE], "Pay 25,000.50 XRP to Acme Custody, and 1 more"),
        ([transfer(), {"kind": "Unknown", "what": "Batch"}, FEE], "Do something that is not understood"),
        ([{"kind": "AuthorityChange", "what": "SignerList"}, FEE], "Change who may sign: SignerList"),
        ([{"kind": "TicketReserve", "count": 5}, FEE], "Set aside 5 tickets"),
        ([FEE], "Pay a fee, change nothing"),
    ],
)
def test_titles_come_from_effects(effects: list[Any], title: str) -> None:
    assert words.title(effects, NAMES) == title
    assert entry(effects=effects, title="Pay 5 XRP to your mother").title == title


def test_issued_assets_name_code_and_whole_issuer() -> None:
    usd = "0" * 24 + "555344" + "0" * 10
    assert words.asset_name(f"{NETWORK}/iou:{usd}.{KNOWN}", {}) == f"USD of {KNOWN}"
    rlusd = "524C555344" + "0" * 30
    assert words.asset_name(f"{NETWORK}/iou:{rlusd}.{KNOWN}", {}) == f"{rlusd} of {KNOWN}"


def test_names_of_others_cannot_hide_or_turn_text() -> None:
    assert "\u202e" not in words.name_of("a:b:c", {"a:b:c": "Acme\u202eydotsuC"})


@pytest.mark.parametrize(
    ("delta", "text", "soon"),
    [
        (timedelta(minutes=41, seconds=5), "41 min left", True),
        (timedelta(hours=5, minutes=9, seconds=5), "5 h 09 min", False),
        (timedelta(days=2, minutes=1), "2 days", False),
        (timedelta(seconds=-5), "time is over", True),
    ],
)
def test_time_left(delta: timedelta, text: str, soon: bool) -> None:
    assert words.left((NOW + delta).isoformat(), NOW) == (text, soon)
    assert words.left(None, NOW) == ("no expiry", False)


def test_what_needs_me() -> None:
    assert entry().mine
    signed = entry(signatures=[signed_by("rAlice")])
    assert [pip.state for pip in signed.pips] == ["signed", "you"]
    assert [pip.state for pip in entry(proposer="carol").pips] == ["open", "open"], "it is not her turn"
    assert not entry(signatures=[signed_by("rCarol")]).mine
    assert not entry(asked=Asked("bob")).mine


def test_a_key_on_a_device_that_cannot_sign_it_is_nobodys_turn(look: Theme) -> None:
    second = f"{NETWORK}:rCarol2"
    holders = (*HOLDERS, KeyHolder("carol", second, "trezor-1", "trezor", unable="It does no multisigning."))
    both = Asked("carol", frozenset({f"{NETWORK}:rCarol", second}), unable=lambda _id: frozenset({second}))
    made = entry_of(proposal(), NAMES, holders, both)
    assert (made.mine, [pip.state for pip in made.pips]) == (True, ["open", "you", "open"])
    shown = Details(made, proposal(), NAMES, holders, verdict="ALLOW", me="carol")
    card = signatures_card(shown)
    chips = [chip.accessibleName() for chip in card.findChildren(Chip)]
    assert chips[1:] == ["Your turn", "Cannot sign"]
    said = [text.text() for text in card.findChildren(QtWidgets.QLabel)]
    assert {"trezor-1", "It does no multisigning."} <= {*said}
    assert reasons(shown, HERE)["review"] == ""
    alone = replace(both, unable=lambda _id: both.signers)
    none = tuple(replace(holder, unable="It does no multisigning.") for holder in holders)
    left = Details(entry_of(proposal(), NAMES, none, alone), proposal(), NAMES, none, me="carol")
    assert (left.entry.mine, chip_of(left.entry)[0]) == (False, "Open")
    assert reasons(left, HERE)["review"] == say.no_device("It does no multisigning.")


@pytest.mark.parametrize(
    ("needs", "count"),
    [
        (Needs(2, 1, 2), "1 of 2 signed"),
        (Needs(2, None, None), "1 of 2 signed"),
        (Needs(2, 10, 30), "1 of 2 signed, weight 10 of 30"),
        (Needs(0, 1, 2), "1 signed"),
        (None, "1 signed"),
    ],
)
def test_the_count_is_of_what_it_takes_and_not_of_all_keys(needs: Needs | None, count: str) -> None:
    raw = proposal(signatures=[signed_by("rAlice")])
    assert entry_of(raw, NAMES, (*HOLDERS, KeyHolder("dave", f"{NETWORK}:rD")), CAROL, needs).count == count


@pytest.mark.parametrize(
    ("made", "words_"),
    [
        (entry(), "Your turn"),
        (entry(signatures=[signed_by("rCarol")]), "Open"),
        (entry(asked=STOPPED), "Halted"),
        (entry(asked=STOPPED, state="READY"), "Halted"),
        (entry(asked=STOPPED, state="CONFIRMED", state_words="Done"), "Done"),
    ],
)
def test_the_chip_says_what_matters_most(made: Any, words_: str) -> None:
    assert chip_of(made)[0] == words_


def test_what_comes_next_while_a_halt_stands() -> None:
    raw = proposal()
    halted = Details(entry_of(raw, NAMES, HOLDERS, STOPPED), raw, NAMES, HOLDERS)
    assert [step.words for step in timeline_steps(halted)][-3:] == [
        say.NEXT_RESUME, strings.NEXT_SEND, say.NEXT_OUTCOME,
    ]  # fmt: skip


def test_groups() -> None:
    noon = datetime.now().astimezone().replace(hour=12, minute=0)

    def group(**after: int) -> str:
        return group_of(entry(expires_at=(noon + timedelta(**after)).isoformat()), noon)

    assert [group(minutes=5), group(minutes=59)] == ["soon", "soon"]
    assert [group(hours=5), group(hours=11, minutes=59)] == ["today", "today"]
    assert [group(hours=12), group(days=1)] == ["later", "later"]
    assert group_of(entry(expires_at=None), noon) == "later"
    assert group_of(entry(state="DENIED"), NOW) == "stopped"
    assert group_of(entry(asked=STOPPED), NOW) == "stopped"
    assert group_of(entry(signatures=[signed_by("rCarol")]), NOW) == "others"
    assert group_of(entry(state="CONFIRMED"), NOW) == "done"


def test_the_head_narrows_to_a_view_and_an_account(qtbot: QtBot, look: Theme) -> None:
    head, asked = ListHead(), []
    qtbot.addWidget(head)
    head.changed.connect(lambda: asked.append(head.tab))
    vault = {"account": ACME, "effects": [transfer(account=ACME, to=TREASURY), FEE]}
    done = {"state": "CONFIRMED", "signatures": []}
    entries = [entry(1), entry(2, **vault), entry(3, signatures=[signed_by("rCarol")]),
               entry(4, **done), entry(5, **done, **vault), entry(6, **done)]  # fmt: skip

    def ids(wanted: str = "") -> list[str]:
        return [found.id[:2] for found in head.narrow(entries, wanted)]

    assert ids() == ["01", "02", "03"]
    assert [button.text() for button in head.tabs.values()] == ["Needs me  2", "All open  3", "Done  3"]
    assert [head.account.itemText(at) for at in range(3)] == ["All accounts", "Acme Custody", "Treasury"]
    head.account.setCurrentIndex(1)
    assert (ids(), head.narrowed, asked) == (["02"], True, ["open"])
    head.tabs["done"].click()
    assert (ids(), head.order.text()) == (["05"], "Latest expiry first")
    assert ids(wanted="04") == ["06", "05", "04"], "what is asked for is shown, whatever was chosen"
    assert (head.tab, head.narrowed) == ("done", False)
    assert ids(wanted="03") == ["01", "02", "03"]
    assert (head.tab, head.order.text()) == ("open", "Soonest expiry first")
    head.account.setCurrentIndex(2)
    assert ids() == ["01", "03"]
    entries = entries[1:2]
    assert (ids(), head.narrowed) == (["02"], False), "an account without proposals is no choice any more"


def test_every_state_has_a_look() -> None:
    from signer_app.proposals.lifecycle import PROPOSAL

    assert set(STATE_LOOKS) == set(PROPOSAL.words)


def test_the_list_keeps_the_choice_and_moves_by_letters(qtbot: QtBot, look: Theme) -> None:
    listing = EntryList()
    qtbot.addWidget(listing)
    listing.resize(352, 600)
    listing.show()
    chosen: list[str] = []
    listing.chosen.connect(chosen.append)
    entries = [entry(1), entry(2, state="DENIED"), entry(3)]
    listing.show_entries(entries, NOW)
    assert chosen[0] == entries[1].id  # what policy stopped stands before what is later
    qtbot.keyClick(listing, Qt.Key.Key_J)
    assert listing.current() == entries[0].id
    listing.show_entries([entry(4), *entries], NOW)
    assert listing.current() == entries[0].id
    said = listing.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("Pay 25,000.50 XRP to Acme Custody, Treasury, Your turn, 0 of 2 signed")
    assert not listing.choose("ff")


def details(**more: Any) -> Details:
    raw = proposal(**more)
    checks = (CheckLine("PASS", "Network", "fine"), CheckLine("FAIL", "Quorum", f"{ACME} is missing"))
    return Details(entry_of(raw, NAMES, HOLDERS, CAROL), raw, NAMES, HOLDERS, checks, "DENY",
                   NOW.isoformat(),                   "treasury v1", ("0 of 1 finance",))  # fmt: skip


@pytest.mark.parametrize(
    ("state", "main"),
    [
        ("PENDING", "detail.sign"),
        ("DENIED", "detail.sign"),
        ("READY", "detail.send"),
        ("SUBMITTED", "detail.send"),
    ],
)
def test_the_next_step_is_the_main_button(qtbot: QtBot, look: Theme, state: str, main: str) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    detail.show_details(details(state=state))
    large = [b.objectName() for b in detail.findChildren(ActionButton) if b.property("kind") == "primary"]
    assert large == [main]


def focused(qtbot: QtBot, detail: Detail, name: str) -> ActionButton:
    """The button of this name, with the keyboard's focus in the window in front."""
    with qtbot.waitActive(detail):
        detail.show()
        detail.activateWindow()
    button = detail.findChild(ActionButton, name)
    assert button is not None
    button.setFocus()
    return button


def test_the_keyboard_stays_at_its_button_when_a_proposal_is_read_anew(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    detail.show_details(details())
    button = focused(qtbot, detail, "detail.export")
    detail.show_details(details(state="READY"))
    again = QtWidgets.QApplication.focusWidget()
    assert isinstance(again, ActionButton)
    assert again.objectName() == "detail.export"
    assert again is not button
    detail.show_details(details(proposal_id="ee" * 32))
    assert not isinstance(QtWidgets.QApplication.focusWidget(), ActionButton), "another proposal is another"


@pytest.mark.parametrize("lets_go", [True, False])
def test_a_button_that_is_held_down_is_let_go_before_its_proposal_is_drawn_anew(
    qtbot: QtBot, look: Theme, lets_go: bool
) -> None:
    detail, asked = Detail(), list[str]()
    qtbot.addWidget(detail)
    detail.asked.connect(asked.append)
    detail.show_details(details())
    button = focused(qtbot, detail, "detail.export")
    qtbot.keyPress(button, Qt.Key.Key_Space)
    for state in ("PENDING", "READY"):
        detail.show_details(details(state=state))
    assert button.isDown()
    assert detail.details is not None
    assert detail.details.entry.state == "PENDING"
    if lets_go:
        qtbot.keyRelease(button, Qt.Key.Key_Space)
        assert asked == ["export"]
    else:
        detail.setFocus()  # it is not pressed any more, and does nothing
    qtbot.waitUntil(lambda: detail.details is not None and detail.details.entry.state == "READY")
    assert asked == (["export"] if lets_go else [])
    qtbot.keyPress(QtWidgets.QApplication.focusWidget(), Qt.Key.Key_Space)
    other = details(proposal_id="ee" * 32)
    detail.show_details(other)
    assert detail.details is other, "another proposal is drawn at once"


def test_what_is_shown_already_is_left_as_it_is(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    now = datetime.now(UTC)
    until = (now + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def read(place: Place, state: str = "PENDING") -> QtWidgets.QWidget:
        """What is drawn when this was read."""
        detail.show_details(details(state=state, expires_at=until), place)
        return detail.widget()

    here = Place(writable=True, offline=False, now=now)
    drawn = read(here)
    assert read(replace(here, now=now + timedelta(minutes=5, seconds=30))) is drawn
    assert drawn.findChild(QtWidgets.QLabel, "detail.time").text().startswith("24 min left")
    for other in (
        replace(here, now=now + timedelta(minutes=40)),
        replace(here, offline=True),
        replace(here, writable=False),
        here,
    ):
        before, drawn = drawn, read(other)
        assert drawn is not before
    before, drawn = drawn, read(here, state="READY")
    assert drawn is not before
    look.choose("dark", 130)
    assert read(here, state="READY") is not drawn


def test_time_goes_on_in_one_line_until_it_is_over(qtbot: QtBot, look: Theme) -> None:
    detail, now = Detail(), datetime.now(UTC)
    qtbot.addWidget(detail)
    until = (now + timedelta(minutes=90)).strftime("%Y-%m-%dT%H:%M:%SZ")
    detail.show_time(now)  # nothing is shown yet
    detail.show_details(details(expires_at=until), Place(writable=True, offline=False, now=now))
    drawn = detail.widget()
    line = drawn.findChild(QtWidgets.QLabel, "detail.time")
    for minutes, said, tone in ((29.5, "1 h 00 min", "text2"), (31, "58 min left", "warn")):
        detail.show_time(now + timedelta(minutes=minutes))
        assert (line.text().startswith(said), line.property("tone")) == (True, tone), line.text()
    assert detail.widget() is drawn
    assert detail.reasons["review"] != say.OVERDUE
    detail.show_time(now + timedelta(minutes=91))
    assert detail.widget() is not drawn
    assert detail.reasons["review"] == say.OVERDUE
    over = detail.widget()
    detail.show_time(now + timedelta(minutes=92))
    assert detail.widget() is over


def test_further_actions_stay_unfolded_when_a_proposal_is_read_anew(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    detail.show_details(details())
    detail.show()

    def button(name: str) -> ActionButton:
        found = [one for one in detail.widget().findChildren(ActionButton) if one.objectName() == name]
        assert len(found) == 1
        return found[0]

    assert not button("detail.verify").isVisible()
    button("detail.more").click()
    assert button("detail.verify").isVisible()
    detail.show_details(details(state="READY"))
    assert button("detail.verify").isVisible()
    assert button("detail.verify").window() is detail
    assert button("detail.more").words == say.LESS
    button("detail.more").click()
    assert not button("detail.verify").isVisible()
    button("detail.more").click()
    detail.show_details(details(proposal_id="ee" * 32))
    assert not button("detail.verify").isVisible(), "another proposal is another"


def test_a_denied_proposal_says_in_its_banner_what_failed(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    detail.show_details(details(state="DENIED"))
    banner = detail.findChild(StateBanner, "detail.denied")
    assert banner is not None
    assert banner.consequence.text().splitlines() == [f"Quorum: {ACME} is missing", strings.NOT_ASKED]
    assert (
        strings.denied_because(["a", "b", "c", "d"]).splitlines()[2]
        == "2 more checks failed or could not tell."
    )


@pytest.mark.parametrize("width", [920, 560])
def test_the_detail_shows_bytes_before_words(qtbot: QtBot, look: Theme, width: int) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    detail.resize(width, 900)
    evil = "<b>Pay Acme</b>\u202e"
    warned = [{"code": "TEXT_BIDI", "message": "The title holds marks that turn.", "path": "title"}]
    detail.show_details(details(title=evil, signatures=[signed_by("rAlice")], live=True, warnings=warned))
    detail.show()
    for _ in range(6):
        QtWidgets.QApplication.processEvents()
    lacking = cramped(detail) + nameless(detail)
    assert not lacking, "\n".join(lacking)
    assert [block.address.text for block in detail.findChildren(AddressBlock)] == [STRANGER, KNOWN]
    texts = [widget.text() for widget in detail.findChildren(QtWidgets.QLabel)]
    assert texts.count(say.PROPOSER_SAYS) == 1
    assert "<b>Pay Acme</b>\\u{202e}" in texts
    assert "The title holds marks that turn." in texts
    assert strings.NO_OTHER_CHANGE in texts
    table = detail.findChild(EffectTable)
    assert table is not None
    assert [line.accessibleName() for line in table.lines] == ["Payment −25,000.50 XRP", "Fee −0.0004 XRP"]
    checks = detail.findChild(CheckList)
    assert checks is not None
    assert checks.rows[0].line.name == "Quorum"


def test_a_stranger_is_marked_and_authority_is_never_called_no_change(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    effects = [
        transfer(to=f"{NETWORK}:{KNOWN[:-1]}x"),
        {"kind": "AuthorityChange", "what": "SignerList"},
        FEE,
    ]
    detail.show_details(details(effects=effects))
    block = detail.findChildren(AddressBlock)[1]
    assert block.address.accessibleName().startswith("No label, Not on allow-list")
    texts = [widget.text() for widget in detail.findChildren(QtWidgets.QLabel)]
    assert strings.NO_OTHER_CHANGE not in texts


def test_denied_says_so_and_offers_the_evidence_only(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    detail.show_details(details(state="DENIED", state_words="Denied"))
    why = detail.findChild(WhyDisabled)
    assert why is not None
    assert why.shown_reason == strings.DENIED
    asked: list[str] = []
    detail.asked.connect(asked.append)
    why.button.click()
    assert asked == []
    next(b for b in detail.findChildren(QtWidgets.QPushButton) if b.text() == strings.EXPORT_EVIDENCE).click()
    assert asked == ["export"]
    assert isinstance(why.button, ActionButton)


HALTED: dict[str, Any] = {"halts": [{"person": "dave"}]}
OVER = {"expires_at": (NOW - timedelta(hours=1)).isoformat()}
HERE = Place(writable=True, offline=False, now=NOW)


@pytest.mark.parametrize(
    ("action", "members", "change", "reason"),
    [
        ("review", {}, {}, ""),
        ("review", {"state": "CONFIRMED", "state_words": "Confirmed"}, {},
         strings.takes_no_signature("Confirmed")),
        ("review", HALTED, {}, say.halted("dave")),
        ("review", OVER, {}, say.OVERDUE),
        ("review", {}, {"me": "erin"}, say.NO_KEY),
        ("review", {"signatures": [signed_by("rCarol")]}, {}, say.SIGNED_ALREADY),
        ("review", {}, {"verdict": None}, say.NEVER_JUDGED),
        ("review", {}, {"soft": ("401 allowed",), "override_quorum": "1 of security"},
         say.needs_override("1 of security")),
        ("send", {}, {}, say.missing(("0 of 1 finance",))),
        ("send", {"state": "READY"}, {}, ""),
        ("send", {"state": "READY", **HALTED}, {}, say.halted("dave")),
        ("send", {"state": "UNKNOWN"}, {}, ""),
        ("reject", {}, {}, ""),
        ("reject", {"rejections": [{"person": "carol", "reason": "no"}]}, {}, say.SAID_NO_ALREADY),
        ("override", {}, {}, say.NOTHING_SOFT),
        ("override", {}, {"soft": ("a",), "hard": ("b",)}, say.HARD),
        ("override", {}, {"soft": ("a",)}, say.NO_OVERRIDE_QUORUM),
        ("override", {}, {"soft": ("a",), "override_quorum": "1 of x"}, say.not_in_quorum("1 of x")),
        ("override", {}, {"soft": ("a",), "override_quorum": "1 of x", "may_override": True}, ""),
        ("copy", {}, {}, say.COULD_TWICE),
        ("copy", {"state": "EXPIRED"}, {}, ""),
        ("cancel", {"state": "CONFIRMED"}, {}, say.FINAL),
        ("cancel", {}, {}, ""),
    ],
)  # fmt: skip
def test_each_action_that_is_off_says_the_first_reason(
    action: str, members: dict[str, Any], change: dict[str, Any], reason: str
) -> None:
    shown = replace(details(**members), **{"me": "carol", **change})
    assert reasons(shown, HERE)[action] == reason


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (Place(writable=False, offline=False, now=NOW), say.READ_ONLY),
        (Place(writable=False, offline=False, now=NOW, trouble="Off: torn."), "Off: torn."),
        (Place(writable=True, offline=True, now=NOW), say.OFFLINE),
    ],
)
def test_what_cannot_be_written_or_judged_here_is_off(place: Place, reason: str) -> None:
    found = reasons(replace(details(), me="carol"), place)
    assert {found[name] for name in ("review", "cancel", "verify")} == {reason}
    assert found["print"] == found["pdf"] == found["report"] == ""


def test_while_no_node_answers_nothing_is_signed_or_sent_but_it_may_be_judged_again() -> None:
    silent = Place(writable=True, offline=False, now=NOW, silent=True)
    found = reasons(replace(details(), me="carol"), silent)
    assert found["review"] == say.NO_NODE
    assert found["verify"] == found["export"] == found["reject"] == ""
    assert reasons(replace(details(state="READY"), me="carol"), silent)["send"] == say.NO_NODE


def test_facts_that_could_not_be_read_are_no_denial(qtbot: QtBot, look: Theme) -> None:
    unread = replace(details(state="DENIED", state_words="Could not tell", could_not_tell=True), me="carol")
    word, look_ = chip_of(unread.entry)
    assert (word, look_.tone, look_.solid) == ("Could not tell", "warn", False)
    assert chip_of(details(state="DENIED", state_words="Denied").entry)[1].solid
    assert reasons(unread, HERE)["review"] == say.UNTOLD
    assert reasons(unread, replace(HERE, silent=True))["review"] == say.NO_NODE
    denied = replace(details(state="DENIED", state_words="Denied"), me="carol")
    assert reasons(denied, HERE)["review"] == strings.DENIED
    detail = Detail()
    qtbot.addWidget(detail)
    asked: list[str] = []
    detail.asked.connect(asked.append)
    detail.show_details(unread, HERE)
    assert detail.findChild(StateBanner, "detail.denied") is None
    banner = detail.findChild(StateBanner, "detail.untold")
    assert banner is not None
    assert banner.fact.text() == say.UNTOLD_FACT
    next(b for b in banner.findChildren(ActionButton) if b.text() == strings.JUDGE_AGAIN).click()
    assert asked == ["verify"]
    chip = detail.findChild(RiskChip, "detail.verdict")
    assert chip is not None
    assert "Could not tell" in chip.accessibleName()


def test_an_open_quorum_waits_and_names_are_those_of_people() -> None:
    check = {"rule": "q", "kind": "quorum", "code": "QUORUM", "verdict": "FAIL", "severity": "hard",
             "expected": ["1 of finance"], "actual": "", "unit": "", "path": "", "evidence": [],
             "message": f"Still open for {ACME}."}  # fmt: skip
    waiting, failed = (check_line(check, NAMES, waiting=waits) for waits in (True, False))
    assert (waiting.outcome, failed.outcome) == ("WAITING", "FAIL")
    assert (waiting.name, waiting.words) == ("Quorum", f"Still open for Acme Custody ({KNOWN}).")
    capped = check_line({**check, "code": "TX_CAP", "unit": XRP, "actual": "402"}, NAMES, waiting=True)
    assert (capped.outcome, capped.name) == ("FAIL", "Per-payment limit")
    assert capped.words.startswith("XRP: ")
    assert ("actual", "402 XRP") in capped.details


def test_links_and_notes_are_text(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    link = "https://pay.example/?to=" + STRANGER
    detail.show_details(details(title="", note="<a href='x'>x</a>", links=[link]))
    texts = [widget.text() for widget in detail.findChildren(QtWidgets.QLabel)]
    assert "<a href='x'>x</a>" in texts
    assert link in [widget.text for widget in detail.findChildren(GroupedText)]
    assert not [widget for widget in detail.findChildren(QtWidgets.QLabel) if widget.openExternalLinks()]


def test_balances_that_are_unknown_say_why(qtbot: QtBot, look: Theme) -> None:
    detail = Detail()
    qtbot.addWidget(detail)
    line = {"effect": 0, "account": TREASURY, "asset": XRP, "before": None, "after": None}
    found = {"source": "nodes", "at": None, "ledger": None, "operators": [], "problem": "",
             "effects": [{**line, "problem": "No node answers."}]}  # fmt: skip
    shown = replace(details(), balances=found)
    detail.show_details(shown)
    texts = [widget.text() for widget in detail.findChildren(QtWidgets.QLabel)]
    assert say.unknown_balance("No node answers.") in texts
    known = {**found, "ledger": "7", "at": NOW.isoformat(), "operators": ["a", "b"],
             "effects": [{**line, "before": "10", "after": "-24990.5", "problem": ""}]}  # fmt: skip
    detail.show_balances(replace(shown, balances=known))
    texts = [w.text() for w in detail.findChildren(QtWidgets.QLabel) if w.isVisibleTo(detail)]
    assert "10 → −24,990.5 XRP" in texts
    assert say.NOT_ENOUGH in texts


async def _noted(taken: list[Any], path: Path) -> None:
    taken.append(path)


def test_an_empty_inbox_and_a_file_that_is_none(
    run: Run, look: Theme, settings: ViewSettings, workspace_folder: Path, tmp_path: Path
) -> None:
    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        page: Any = window.page
        await until(lambda: page._stack.currentWidget() is page._empty)
        assert page._empty.words.text() == say.NOTHING["mine"]
        bad = tmp_path / "bad.countersign"
        bad.write_bytes(b"{")
        window.take_files([bad])
        await until(lambda: "files" in page.banner_keys)
        shown = page._shown["files"]
        assert shown.fact.text().startswith("bad.countersign: ")
        worse = tmp_path / "worse.countersign"
        window.take_files([worse])
        await until(lambda: page._shown["files"].fact.text() == say.not_taken(2))
        shown = page._shown["files"]
        told = shown.consequence.text().split("\n")
        assert [line.startswith(("bad.countersign: ", "There is no file worse")) for line in told] == [
            True
        ] * 2
        await page.load()
        assert page._shown["files"] is shown, "a page that was read says nothing about these files"
        retry = next(b for b in shown.findChildren(ActionButton) if b.text() == strings.RETRY)
        taken: list[Any] = []
        page._import = lambda path: _noted(taken, path)
        retry.click()
        await until(lambda: len(taken) == 2)
        await until(lambda: "files" not in page.banner_keys)
        assert taken == [bad, worse], "it takes the file again, it does not read the page again"
        await closed(window)

    run(main())


def test_a_verdict_for_a_signature_that_never_came_does_not_say_where_a_proposal_stands() -> None:
    """Signing that was cancelled left a verdict which counts the signature: the quorum is not met by that."""
    open_: Any = {"phase": "submit", "signer": None, "verdict": "DENY"}
    counted: Any = {"phase": "sign", "signer": "xrpl:1:rMe", "verdict": "ALLOW"}
    raw: Any = {"verdicts": [open_, counted], "signatures": [{"signer": "xrpl:1:rOther"}]}
    assert _standing(raw) is open_
    assert _standing({**raw, "signatures": [{"signer": "xrpl:1:rMe"}]}) is counted
    denied: Any = {**counted, "verdict": "DENY"}
    assert _standing({**raw, "verdicts": [open_, denied]}) is denied, "why this person may not sign"
    assert _standing({**raw, "verdicts": [counted]}) is counted
    assert _standing({**raw, "verdicts": []}) is None
