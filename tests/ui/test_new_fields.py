"""Fields of a new proposal: exact amounts, receivers, problems in place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from signer_app.chains.xrpl.address import encode_address
from signer_app.core.amounts import format_decimal, parse_decimal
from signer_app.ui.pages.compose.asking import BookName, KeyName, Options, Seen, Wish, order_of
from signer_app.ui.pages.compose.fields import AmountField, DecimalValidator, Field, RecipientField
from signer_app.ui.pages.compose.forms import FORMS, PaymentForm, SignersForm
from signer_app.ui.pages.compose.result import ResultPanel
from signer_app.ui.qt import QtGui
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import StateBanner
from signer_app.ui.words import compose as say

NETWORK = "xrpl:63456"
XRP = f"{NETWORK}/slip44:144"
ACME, STRANGER, OTHER = (encode_address(bytes([n]) * 20) for n in (1, 2, 3))
STATE = QtGui.QValidator.State


def test_a_title_that_deceives_is_warned_of_before_it_is_proposed(qtbot: QtBot, look: Theme) -> None:
    panel = ResultPanel()
    qtbot.addWidget(panel)
    panel.show_seen(Seen(verdict="ALLOW", warnings=("The title holds marks that turn.",)))
    (said,) = panel.findChildren(StateBanner, "new.deceives")
    assert said.accessibleName() == f"The title holds marks that turn. {say.DECEIVES}"
    assert not panel.propose.blocked, "no check reads it"
    panel.show_seen(Seen(verdict="ALLOW"))
    assert [found for found in panel.findChildren(StateBanner, "new.deceives") if found.isVisible()] == []


def entry(name: str = "acme", address: str = ACME, **changes: object) -> BookName:
    values = {"tag": "17", "assets": (XRP,), "status": "active", "until": "", "alike": (), **changes}
    return BookName(id=name, account=f"{NETWORK}:{address}", **values)  # type: ignore[arg-type]


OPTIONS = Options(
    networks=(NETWORK,),
    accounts=((f"{NETWORK}:{OTHER}", "main"),),
    assets=((XRP, "XRP"),),
    book=(entry(),),
    keys=(KeyName(f"{NETWORK}:{OTHER}", "alice-xrp", "alice"),),
    flags=("asfRequireDest",),
    rule="dest",
    names={f"{NETWORK}:{ACME}": "acme"},
)


def state_of(text: str) -> QtGui.QValidator.State:
    answer = DecimalValidator().validate(text, len(text))
    assert isinstance(answer, tuple)
    return answer[0]


@pytest.mark.parametrize("text", ["0", "25000.50", "1", "0.000001", "12345678901234567890.123456789"])
def test_exact_amounts_are_taken(look: Theme, text: str) -> None:
    assert state_of(text) == STATE.Acceptable


@pytest.mark.parametrize("text", ["", ".", "5.", "00", "25,000", "25 000.5", "1'000", "1.000.000"])
def test_what_may_become_an_amount_waits(look: Theme, text: str) -> None:
    assert state_of(text) == STATE.Intermediate


@pytest.mark.parametrize("text", ["1e3", "-5", "abc", "5 XRP", "٣", "0x10", "1" * 121, "+1", "NaN", "∞"])
def test_what_never_will_is_refused(look: Theme, text: str) -> None:
    assert state_of(text) == STATE.Invalid


@given(st.decimals(min_value=0, max_value="9999999999999", places=6))
def test_no_digit_of_an_amount_is_lost(qapp: object, amount: Decimal) -> None:
    field = AmountField("amount")
    field.setText(format_decimal(amount))
    assert field.hasAcceptableInput()
    assert parse_decimal(field.text()) == amount
    field.deleteLater()


def test_a_pasted_separator_is_said_and_not_guessed(qtbot: QtBot, look: Theme) -> None:
    field = AmountField("amount")
    qtbot.addWidget(field)
    field.setText("25,000.50")
    assert field.text() == "25,000.50"
    assert not field.hasAcceptableInput()
    assert field.problem() == say.AMOUNT_SEPARATORS


def test_a_problem_stands_at_its_field_for_eyes_and_screen_readers(qtbot: QtBot, look: Theme) -> None:
    control = AmountField("amount")
    field = Field("Amount", control, "A hint.")
    qtbot.addWidget(field)
    field.show_problem("Write an amount.")
    assert field.words.text() == "Write an amount."
    assert control.accessibleDescription() == "Write an amount."
    assert control.property("problem") == "true"
    field.show_problem("")
    assert field.words.text() == "A hint."
    assert control.property("problem") == "false"


def recipient(qtbot: QtBot, options: Options = OPTIONS) -> RecipientField:
    field = RecipientField()
    qtbot.addWidget(field)
    field.offer(options, NETWORK)
    return field


def test_an_entry_of_the_book_is_shown_whole_and_marked(qtbot: QtBot, look: Theme) -> None:
    field = recipient(qtbot)
    field.set_text("acme")
    assert field.account() == f"{NETWORK}:{ACME}"
    assert field.block.address.text == ACME
    assert field.warning.isHidden()


@pytest.mark.parametrize("text", ["acme", ACME, f"{NETWORK}:{ACME}", f"acme  {ACME}"])
def test_it_is_found_by_name_and_address(qtbot: QtBot, look: Theme, text: str) -> None:
    field = recipient(qtbot)
    field.input.setEditText(text)
    assert field.account() == f"{NETWORK}:{ACME}"


def test_another_address_can_be_typed_looks_different_and_names_its_rule(qtbot: QtBot, look: Theme) -> None:
    field = recipient(qtbot)
    field.set_text(STRANGER)
    assert field.account() == STRANGER
    assert field.warning.fact.text() == say.NOT_IN_BOOK
    assert "Rule dest" in field.warning.consequence.text()
    assert "Not on allow-list" in field.block.address.accessibleName()
    assert field.warning.property("tone") == "danger"


def test_an_address_that_looks_like_a_known_one_is_named_with_it(qtbot: QtBot, look: Theme) -> None:
    field = recipient(qtbot)
    twin = ACME[:4] + STRANGER[4:-4] + ACME[-4:]
    field.set_text(twin)
    assert ACME in field.warning.fact.text()
    assert "looks like acme" in field.warning.fact.text()


@pytest.mark.parametrize("status", ["cooling", "suspended", "expired"])
def test_an_entry_that_cannot_be_paid_now_says_so(qtbot: QtBot, look: Theme, status: str) -> None:
    book = (entry(status=status, until="2026-11-22T09:00:00Z"),)
    field = recipient(qtbot, Options(book=book, rule="dest"))
    field.set_text("acme")
    assert not field.warning.isHidden()
    assert "Rule dest" in field.warning.consequence.text()


def test_an_entrys_tag_comes_and_goes_with_it(qtbot: QtBot, look: Theme) -> None:
    form = PaymentForm()
    qtbot.addWidget(form)
    form.offer(OPTIONS, NETWORK)
    form.to.set_text("acme")
    assert form.values()["tag"] == "17"
    form.to.set_text(STRANGER)
    assert form.values()["tag"] == ""
    form.tag.setText("4")
    form.to.set_text(OTHER)
    assert form.values()["tag"] == "4"


def test_signers_begin_with_the_policys_keys(qtbot: QtBot, look: Theme) -> None:
    form = SignersForm()
    qtbot.addWidget(form)
    form.offer(OPTIONS, NETWORK)
    assert form.values()["entries"] == f"{OTHER} = 1"
    form.entries.setPlainText(f"{ACME} = 2")
    form.offer(OPTIONS, NETWORK)
    assert form.values()["entries"] == f"{ACME} = 2"


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_gives_back_what_it_was_given(qtbot: QtBot, look: Theme, kind: str) -> None:
    form, other = FORMS[kind](), FORMS[kind]()
    for each in (form, other):
        qtbot.addWidget(each)
        each.offer(OPTIONS, NETWORK)
    samples = {
        "to": STRANGER, "amount": "1.5", "asset": XRP, "tag": "9", "limit": "100", "no_ripple": "yes",
        "entries": f"{ACME} = 1", "quorum": "1", "count": "7", "set": "asfRequireDest",
        "domain": "example.com", "no_domain": "no", "clear": "",
    }  # fmt: skip
    form.restore(samples)
    other.restore(form.values())
    assert other.values() == form.values()
    assert all(form.values()[name] == samples[name] for name in form.fields)


def wish(kind: str = "payment", **fields: str) -> Wish:
    values = {"to": ACME, "amount": "1", "asset": XRP, "expires": "1d", "quorum": "1", "count": "5", **fields}
    return Wish(kind, f"{NETWORK}:{OTHER}", values)


def test_texts_become_an_order() -> None:
    order, problems = order_of(wish(amount="25000.50", title="Invoice", ticket="12"))
    assert problems == {}
    assert order is not None
    assert order.intent.amount == Decimal("25000.50")  # type: ignore[union-attr]
    assert order.slot is not None
    assert (order.slot.kind, order.slot.value, order.title) == ("ticket", "12", "Invoice")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (wish(to=""), "to"),
        (wish(to=ACME[:-1]), "to"),
        (wish(amount="1,5"), "amount"),
        (wish(amount=""), "amount"),
        (wish(tag="x"), "tag"),
        (wish(ticket="x"), "ticket"),
        (wish(expires="soon"), "expires"),
        (wish("signers", entries=f"{ACME} = x"), "entries"),
        (wish("signers", quorum="", entries=f"{ACME} = 1"), "quorum"),
        (wish("tickets", count=""), "count"),
        (wish("trust", limit="1e3"), "limit"),
        (wish("settings"), "set"),
        (Wish("payment", "", {"to": ACME}), "account"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(changed: Wish, field: str) -> None:
    order, problems = order_of(changed)
    assert order is None
    assert problems[field]
