"""Proposals, New proposal, Accounts and Address book over the workspace of a practice treasury."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from offices import SECRETS, Offices
from pytestqt.qtbot import QtBot
from room import cramped, nameless
from window_help import PASSPHRASE, closed, until

from signer_app.core.errors import NodeError
from signer_app.ui.pages.accounts.page import AccountsPage
from signer_app.ui.pages.book import BookPage
from signer_app.ui.pages.compose.page import NewPage
from signer_app.ui.pages.proposals.page import ProposalsPage
from signer_app.ui.passphrase import UnlockKeysDialog
from signer_app.ui.qt import Qt, QtCore, QtGui, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import ActionButton, StateBanner
from signer_app.ui.words import accounts as account_words
from signer_app.ui.words import book as book_words
from signer_app.ui.words import compose as say
from signer_app.ui.words import lists as list_words
from signer_app.ui.words import proposals as proposal_words
from signer_app.ui.words import strings

Run = Callable[..., Any]
P = TypeVar("P")
SIZES = ((1440, 900, 100), (1024, 700, 100), (1440, 900, 150), (1024, 700, 150))


async def opened(settings: ViewSettings, offices: Offices, person: str = "alice") -> MainWindow:
    window = MainWindow(settings)
    window.resize(1440, 900)
    window.show()
    await window.session.open(offices.folder(person), bytearray(SECRETS[f"{person}.vault"].encode()))
    return window


async def page_of(window: MainWindow, key: str, kind: type[P], argument: str = "") -> P:
    window.go(key, argument)
    page = window.page
    assert isinstance(page, kind)
    return page


async def new_page(window: MainWindow) -> NewPage:
    page = await page_of(window, "new", NewPage)
    await until(lambda: page._loaded and page.form.account.count())
    return page


async def fits(window: MainWindow, settings: ViewSettings) -> None:
    """Nothing is cut, and everything has a name, at each size."""
    for width, height, percent in SIZES:
        settings.percent = percent
        window.restyle()
        window.resize(width, height)
        with suppress(TimeoutError):
            await until(lambda: cramped(window) == [])
        said = [banner.accessibleName() for banner in window.findChildren(StateBanner) if banner.isVisible()]
        assert cramped(window) == [], f"{width}x{height} at {percent} %, {said}"
        assert nameless(window) == []


# -- proposals -----------------------------------------------------------------------------------------------


def test_the_list_shows_filters_opens_and_writes(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme, tmp_path: Path
) -> None:
    first = offices.pay("alice", "400")
    slot = offices.do("alice", "proposal", "show", first).result["slot"]["value"]
    offices.do("alice", "slots", "cancel", "--account", offices.team.treasury, slot)
    offices.pay("alice", "401.5", "--title", "=evil()")

    async def main() -> None:
        window = await opened(settings, offices)
        page = await page_of(window, "proposals", ProposalsPage)
        await until(lambda: page.table.rows.rowCount() == 3)
        await fits(window, settings)
        titles = [line.title for line in page.table.rows.shown()]
        assert titles == [
            "Pay 401.5 XRP to custodian",
            "Pay a fee, change nothing",
            "Pay 400 XRP to custodian",
        ]
        page.conflicts.setChecked(True)
        assert page.table.rows.rowCount() == 2
        assert page.count.text() == "2 of 3 proposals"
        await page.save_filter("Rivals")
        page.clear()
        assert page.table.rows.rowCount() == 3
        page.text.setText("nothing like it")
        assert not page.nothing.isHidden()
        assert page.csv.blocked
        page.saved.setCurrentIndex(page.saved.findText("Rivals"))
        page._use_saved()
        assert page.table.rows.rowCount() == 2
        page.clear()
        path = tmp_path / "list.csv"
        await page.export(path)
        with path.open(newline="", encoding="utf-8") as stream:
            written = list(csv.DictReader(stream))
        assert [line["id"] for line in written] == [line.id for line in page.table.rows.shown()]
        assert written[0]["message"] == "'=evil()"
        page.table.choose(first)
        page.table.chosen.emit(page.table.current())
        assert window.key == "inbox"
        await closed(window)

    run(main())


def test_a_saved_filter_outlives_the_window(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    offices.pay("alice", "10")

    async def main() -> None:
        window = await opened(settings, offices)
        page = await page_of(window, "proposals", ProposalsPage)
        await until(page.table.rows.rowCount)
        page.text.setText("custodian")
        await page.save_filter("Custody")
        await closed(window)
        again = await opened(settings, offices)
        page = await page_of(again, "proposals", ProposalsPage)
        await until(lambda: page.saved.count() == 2)
        page.saved.setCurrentIndex(1)
        page._use_saved()
        assert page.text.text() == "custodian"
        page._delete_saved()
        await until(lambda: page.saved.count() == 1)
        await closed(again)

    run(main())


@pytest.mark.parametrize("key", ["proposals", "accounts", "book"])
def test_an_empty_workspace_says_so_and_offers_what_to_do(
    run: Run, settings: ViewSettings, workspace_folder: Path, look: Theme, key: str
) -> None:
    words = {
        "proposals": proposal_words.NO_PROPOSALS,
        "accounts": account_words.NO_ACCOUNTS,
        "book": book_words.NO_POLICY_NO_BOOK,
    }

    async def main() -> None:
        window = MainWindow(settings)
        window.show()
        await window.session.open(workspace_folder, bytearray(PASSPHRASE))
        window.go(key)
        page = window.page
        assert page is not None
        await until(lambda: page._empty.words.text() == words[key])
        assert nameless(window) == []
        await closed(window)

    run(main())


def test_the_list_is_worked_by_keys_alone(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    identifier = offices.pay("alice", "10")

    async def main() -> None:
        window = await opened(settings, offices)
        page = await page_of(window, "proposals", ProposalsPage)
        await until(page.table.rows.rowCount)
        window.activateWindow()
        await until(window.isActiveWindow)
        page.new.setFocus()
        QtBot.keyClick(page.new, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert window.focusWidget() is page.text
        QtBot.keyClicks(page.text, "custodian")
        assert page.chosen_filter().text == "custodian"
        seen = tabbed(window, page.table)
        assert seen == [page.states, page.accounts, page.conflicts, page.saved, page.save, page.delete]
        QtBot.keyClick(page.table, Qt.Key.Key_Return)
        assert window.key == "inbox"
        assert page.table.current() == identifier
        await closed(window)

    run(main())


# -- new proposal --------------------------------------------------------------------------------------------


def test_a_payment_is_judged_while_it_is_typed_and_nothing_is_written(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        records = await window.session.call(lambda workspace: workspace.journal.size)
        page = await new_page(window)
        assert page.result.propose.blocked
        form = page.form.forms["payment"]
        form.restore({"to": "custodian", "amount": "400.25"})
        await until(lambda: page.result.seen.verdict == "ALLOW")
        assert page.result.title.text() == "Pay 400.25 XRP to custodian"
        assert [person for person, *_ in page.result.seen.signers] == ["alice", "bob", "carol"]
        assert not page.result.propose.blocked
        await fits(window, settings)
        page.form.title.setText("Rent \u202efor October")
        await until(lambda: page.result.seen.warnings)
        assert "turn the direction" in page.result.seen.warnings[0]
        form.restore({"amount": "402"})
        assert page.result.propose.blocked
        await until(lambda: page.result.seen.verdict == "DENY")
        assert "policy denies it" in page.result.propose.reason
        assert page.result.verdict.text == "Denied"
        form.restore({"amount": "1,000"})
        await until(lambda: page.result.seen.problems)
        assert form.fields["amount"].words.text() == say.AMOUNT_SEPARATORS
        assert await window.session.call(lambda workspace: workspace.journal.size) == records
        assert await window.session.call(lambda workspace: workspace.queries.proposals()) == []
        await closed(window)

    run(main())


def test_a_payment_is_written_by_keys_alone(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        window.activateWindow()
        await until(window.isActiveWindow)
        form = page.form.forms["payment"]
        page.form.account.setFocus()
        tabbed(window, form.fields["to"].control.findChild(QtWidgets.QComboBox))
        QtBot.keyClicks(window.focusWidget(), "custodian")
        tabbed(window, form.fields["amount"].control)
        QtBot.keyClicks(window.focusWidget(), "12.5")
        await until(lambda: page.result.seen.verdict == "ALLOW" and not page.result.propose.blocked)
        seen = tabbed(window, page.result.propose)
        typed = [form.fields["asset"].control, form.fields["tag"].control]
        terms = [page.form.expires, page.form.ticket, page.form.title, page.form.note]
        assert [widget for widget in seen if widget in (*typed, *terms)] == [*typed, *terms]
        QtBot.keyClick(page.result.propose, Qt.Key.Key_Return)
        assert window.dialogs.current is None  # Enter never proposes
        QtBot.keyClick(page.result.propose, Qt.Key.Key_Space)
        await until(lambda: isinstance(window.dialogs.current, UnlockKeysDialog))
        dialog = window.dialogs.current
        assert isinstance(dialog, UnlockKeysDialog)
        QtBot.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: window.dialogs.current is None)
        assert await window.session.call(lambda workspace: workspace.queries.proposals()) == []
        await closed(window)

    run(main())


def test_propose_asks_for_the_keys_and_leads_to_the_inbox(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.form.forms["payment"].restore({"to": "custodian", "amount": "12.5"})
        page.form.title.setText("Invoice 17")
        await until(lambda: page.result.seen.verdict == "ALLOW" and not page.result.propose.blocked)
        page.result.propose.click()
        await until(lambda: isinstance(window.dialogs.current, UnlockKeysDialog))
        dialog = window.dialogs.current
        assert isinstance(dialog, UnlockKeysDialog)
        assert dialog.field.echoMode() == QtWidgets.QLineEdit.EchoMode.Password
        dialog.field.setText("not these words")
        dialog.go.click()
        await until(lambda: dialog.message.isVisible() and not dialog.go.blocked, 40)
        assert window.key == "new"
        dialog.field.setText(SECRETS["alice.keys"])
        dialog.go.click()
        await until(lambda: window.key == "inbox", 40)
        made = await window.session.call(lambda workspace: workspace.queries.proposals())
        assert [proposal.title for proposal in made] == ["Invoice 17"]
        assert made[0].effects[0]["amount"] == "12.5"
        drafts = await window.session.call(lambda workspace: workspace.drafts.list()["drafts"])
        assert drafts == []
        await closed(window)

    run(main())


def test_a_draft_survives_lock_and_start(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.form.forms["payment"].restore({"to": "custodian", "amount": "77.000001"})
        page.form.title.setText("Half a thought")
        await until(lambda: page.result.saved.text() == say.DRAFT_KEPT)
        window.lock()
        await until(lambda: window.session.locked and window.page is None)
        await closed(window)
        assert b"Half a thought" not in (offices.folder("alice") / "drafts.json").read_bytes()
        again = await opened(settings, offices)
        page = await new_page(again)
        await until(lambda: page.form.title.text() == "Half a thought")
        assert page.form.forms["payment"].values()["amount"] == "77.000001"
        assert page.form.forms["payment"].values()["to"] == offices.team.custodian
        page.result.drop.click()
        await until(lambda: page.form.title.text() == "")
        await closed(again)

    run(main())


@pytest.mark.parametrize("kind", ["trust", "tickets", "settings"])
def test_every_kind_has_its_form_and_fits(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme, kind: str
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.choose_kind(kind)
        await until(lambda: page.result.seen.verdict or page.result.seen.problems)
        await fits(window, settings)
        await closed(window)

    run(main())


def test_other_signers_stand_beside_those_of_now(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.choose_kind("signers")
        page.form.forms["signers"].restore({"quorum": "3"})
        await until(lambda: page.result.seen.verdict == "DENY")
        rows = [
            child.accessibleName()
            for child in page.result.findChildren(QtWidgets.QWidget, "detail.authority.row")
        ]
        addresses = [
            account.rpartition(":")[2] for account in (p.account for p in offices.team.people.values())
        ]
        assert all(any(address in said for said in rows) for address in addresses)
        assert [said.rpartition("before ")[2] for said in rows] == [
            *["1, after 1, As before"] * 3,
            "2, after 3, Changed",
        ]
        (change,) = page.result.seen.authority
        assert any(
            "3 of 3" in str(said["words"]) for said in cast("list[dict[str, str]]", change["sentences"])
        )
        await fits(window, settings)
        await closed(window)

    run(main())


def test_nodes_that_do_not_answer_are_said_and_nothing_can_be_proposed(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)

        def down(workspace: Any) -> None:
            def refuse(_network: str) -> Any:
                raise NodeError("Nobody answers.")

            workspace.rooms.ledger = refuse
            workspace.previews.forget()

        await window.session.call(down)
        page.form.forms["payment"].restore({"to": "custodian", "amount": "1"})
        await until(lambda: "" in page.result.seen.problems)
        assert "Nobody answers." in page.result.state.fact.text()
        assert page.result.propose.blocked
        await closed(window)

    run(main())


def test_another_kind_may_be_chosen_before_the_last_one_was_judged(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page._judge()
        page.choose_kind("payments")
        await page.tasks.settle()
        assert [
            b.accessibleName() for b in page.findChildren(StateBanner) if b.property("tone") == "danger"
        ] == []
        await closed(window)

    run(main())


def test_a_list_is_checked_row_by_row(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"

    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.choose_kind("payments")
        assert page.list.propose.blocked
        path.write_text("Recipient,Amount,Reference\ncustodian,1.5,One\ncustodian,1e3,Two\n")
        await page.open_list(path)
        await until(lambda: page.list.table.facts.rowCount() == 2)
        assert list_words.wrong_rows(1) in page.list.propose.reason
        assert "1e3" in page.list.row_words.text()
        table = page.list.table
        assert "1e3" in table.facts.index(1, 3).data()
        assert [table.columnSpan(number, 3) for number in (0, 1)] == [1, 3]
        await fits(window, settings)
        await closed(window)

    run(main())


def test_a_list_is_proposed_row_by_row(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"

    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.choose_kind("payments")
        path.write_text("Recipient,Amount,Reference\ncustodian,1.5,One\ncustodian,2.25,Two\n")
        await page.open_list(path)
        await until(lambda: not page.list.propose.blocked)
        assert page.list.totals.text() == "Total 3.75 XRP"
        await window.session.call(lambda workspace: workspace.unlock_keys(offices.opener("alice")))
        page.list.propose.click()
        await until(lambda: window.key == "proposals", 40)
        made = await window.session.call(lambda workspace: workspace.queries.proposals())
        assert [proposal.effects[0]["amount"] for proposal in made] == ["1.5", "2.25"]
        await closed(window)

    run(main())


def test_a_list_can_be_dropped_on_the_page(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Recipient,Amount\ncustodian,1.5\n")

    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page_elsewhere = QtCore.QUrl("https://example.com/list.csv")
        for url, taken in ((page_elsewhere, False), (QtCore.QUrl.fromLocalFile(str(path)), True)):
            data = QtCore.QMimeData()
            data.setUrls([url])
            none = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
            enter = QtGui.QDragEnterEvent(QtCore.QPoint(9, 9), *none)
            enter.ignore()
            page.dragEnterEvent(enter)
            assert enter.isAccepted() is taken
            page.dropEvent(QtGui.QDropEvent(QtCore.QPointF(9, 9), *none))
        await until(lambda: page.list.table.facts.rowCount() == 1)
        assert page.form.kind == "payments"
        assert page.list.totals.text() == "Total 1.5 XRP"
        await closed(window)

    run(main())


def test_too_few_tickets_lead_to_the_form_for_tickets(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Recipient,Amount\n" + "custodian,1\n" * 64)

    async def main() -> None:
        window = await opened(settings, offices)
        page = await new_page(window)
        page.choose_kind("payments")
        await page.open_list(path)
        await until(lambda: page.list.table.facts.rowCount() == 64)
        assert page.list.propose.blocked
        page.list.tickets.emit(4)
        assert page.form.kind == "tickets"
        assert page.form.forms["tickets"].values()["count"] == "4"
        await closed(window)

    run(main())


# -- accounts and address book -------------------------------------------------------------------------------


def test_an_account_stands_beside_the_policy(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await page_of(window, "accounts", AccountsPage)
        await until(lambda: page.detail.table is not None)
        await fits(window, settings)
        table = page.detail.table
        assert table is not None
        keys = {line[1].text.splitlines()[0] for line in table.facts.lines}
        assert keys == {"alice-xrp", "bob-xrp", "carol-xrp"}
        assert {line[3].text for line in table.facts.lines} == {"never seen"}
        page._again()  # asked anew, and given up before the nodes have answered
        for fact, button in (
            (account_words.READING_ACCOUNT, strings.CANCEL),
            (strings.CANCELLED, account_words.READ_AGAIN),
        ):
            said = page.detail.findChildren(StateBanner)[-1]  # the newest
            assert said.fact.text() == fact
            next(found for found in said.findChildren(ActionButton) if found.text() == button).click()
        await until(lambda: page.detail.findChild(QtWidgets.QFrame, "accounts.drift"))
        banner = page.detail.findChild(QtWidgets.QFrame, "accounts.drift")
        assert banner is not None
        assert banner.accessibleName().startswith("Ledger equals policy, 2 operators")
        code = page.detail.findChild(QtWidgets.QWidget, "qr")
        assert code is not None
        assert code.accessibleName() == f"QR code of {offices.team.treasury.rpartition(':')[2]}"
        change = page.detail.findChild(QtWidgets.QFrame, "accounts.change")
        assert change is not None
        assert "losing any 1 of 3 keys" in change.accessibleName()
        await page.add_account(offices.team.custodian, "Custody desk")
        await until(lambda: any(known.name == "Custody desk" for known in page.listed.accounts))
        await closed(window)

    run(main())


def test_an_account_that_nodes_do_not_tell_of_says_so(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)

        def down(workspace: Any) -> None:
            def refuse(_network: str) -> Any:
                raise NodeError("Nobody answers.")

            workspace.nodes.ledger = refuse

        await window.session.call(down)
        page = await page_of(window, "accounts", AccountsPage)
        await until(lambda: "Nobody answers." in words_in(page))
        assert nameless(window) == []
        await closed(window)

    run(main())


def test_the_book_shows_states_and_pays_an_entry(
    run: Run, settings: ViewSettings, offices: Offices, look: Theme
) -> None:
    async def main() -> None:
        window = await opened(settings, offices)
        page = await page_of(window, "book", BookPage)
        await until(lambda: page.table.facts.rowCount() == 1)
        await fits(window, settings)
        assert [cell.text for cell in page.table.facts.lines[0]][:2] == ["custodian", "Active"]
        page.text.setText("nobody")
        assert page.table.facts.rowCount() == 0
        assert page.pay.blocked
        assert page.nothing.isVisible()
        page.nothing.findChild(ActionButton).click()
        assert page.nothing.isHidden()
        page.pay.click()
        new = window.page
        assert isinstance(new, NewPage)
        await until(lambda: new.form.forms["payment"].values()["to"] == offices.team.custodian)
        await closed(window)

    run(main())


def tabbed(window: MainWindow, end: QtWidgets.QWidget | None) -> list[QtWidgets.QWidget]:
    """Press Tab until ``end`` has the focus; what had it on the way."""
    seen: list[QtWidgets.QWidget] = []
    while len(seen) < 40:
        QtBot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        focus = window.focusWidget()
        if focus is end:
            return seen
        seen.append(focus)
    raise AssertionError(f"Tab never comes to {end}: {seen}")


def words_in(widget: QtWidgets.QWidget) -> str:
    labels = widget.findChildren(QtWidgets.QLabel)
    return "\n".join(found.text() for found in labels if found.isVisibleTo(widget))
