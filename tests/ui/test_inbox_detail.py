"""The inbox over real workspaces: balances, screens, bytes, story; and what a person does to a proposal."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import PEOPLE, SECRETS, Offices
from room import cramped, nameless
from window_help import Run, until

from signer_app.core.canonical import canonical
from signer_app.ui.pages.inbox.deeds import ReasonDialog, SpanDialog
from signer_app.ui.pages.inbox.page import InboxPage
from signer_app.ui.pages.inbox.raw_card import RawCard, layout_of
from signer_app.ui.passphrase import UnlockKeysDialog
from signer_app.ui.qt import QtCore, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.widgets import CheckList, EffectTable, HashCompare, HashGrid, Timeline, WhyDisabled
from signer_app.ui.words import inbox as say
from signer_app.ui.words import strings

Go = Callable[..., None]


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Go:
    def start(test: Any, name: str = "carol", *, offline: bool = False) -> None:
        async def body() -> None:
            folder = offices.folder(name)
            async with window_of(folder, passphrase_of(name), settings, "inbox", offline=offline) as window:
                await test(window, window.page)

        run(body())

    return start


def texts(root: QtWidgets.QWidget) -> list[str]:
    return [label.text() for label in root.findChildren(QtWidgets.QLabel) if label.isVisibleTo(root)]


def part(page: InboxPage, kind: type[Any], name: str = "") -> Any:
    found = page.detail.findChild(kind, name) if name else page.detail.findChild(kind)
    assert found is not None
    return found


def press(page: InboxPage, name: str) -> None:
    part(page, QtWidgets.QPushButton, f"detail.{name}").click()


async def dialog_of(window: MainWindow, kind: type[Any]) -> Any:
    await until(lambda: isinstance(window.dialogs.current, kind))
    return window.dialogs.current


async def keys(window: MainWindow, name: str) -> None:
    """Unlock, and wait until the dialog is gone."""
    dialog = await dialog_of(window, UnlockKeysDialog)
    dialog.field.setText(SECRETS[f"{name}.keys"])
    dialog.go.click()
    await until(lambda: window.dialogs.current is None)


def test_what_will_change_is_read_from_the_ledger(go: Go, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "bob", identifier)
    offices.sign("bob", identifier)
    offices.travel("bob", "carol", identifier)
    with offices.open("carol") as opened:
        wanted: Any = opened.reading.balances_now(identifier).ask()
    before, after = wanted["effects"][0]["before"], wanted["effects"][0]["after"]

    async def test(window: MainWindow, page: InboxPage) -> None:
        await until(lambda: any(say.FROM_NODES in text for text in texts(page.detail)))
        line = part(page, EffectTable).lines[0].accessibleName()
        assert line == f"Payment −100 XRP {float(before):,.5f} → {float(after):,.5f} XRP"
        open_checks = [r.line for r in part(page, CheckList).rows if r.line.outcome == "WAITING"]
        assert [check.name for check in open_checks] == ["Quorum"]
        assert not [r for r in part(page, CheckList).rows if r.line.outcome == "FAIL"]
        kept = part(page, HashCompare, "detail.hash").grid.digits
        computed = part(page, HashGrid, "detail.hash.computed")
        assert (kept, computed.digits, computed.different) == (identifier, identifier, "")
        shown = " ".join(texts(page.detail))
        assert "Weight 1 of 2 on the ledger" in shown
        assert "XRP 100" in shown  # the amount as a device shows it
        assert [step.words for step in part(page, Timeline).steps[-3:]] == [
            strings.NEXT_SIGN, strings.NEXT_SEND, say.NEXT_OUTCOME
        ]  # fmt: skip
        press(page, "more")
        reason = say.COULD_TWICE.removeprefix("Off: ")
        assert any(text.endswith(reason) for line in texts(page.detail) for text in line.split("\n"))
        for width in (1440, 1024):
            window.resize(width, 900)
            await until(lambda: not cramped(page))
            assert not nameless(page)

    go(test)


def test_bytes_and_fields_mark_each_other(go: Go, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    with offices.open("alice") as opened:
        raw: Any = opened.reading.raw(identifier)
    number, field = next((n, f) for n, f in enumerate(raw["fields"]) if f["name"] == "Amount")

    async def test(window: MainWindow, page: InboxPage) -> None:
        press(page, "raw.fold")
        card = part(page, RawCard)
        for width in (1440, 1366, 1280, 1024):
            window.resize(width, 800)
            await until(lambda: not cramped(page))
        values = [str(line[2].text).replace("\u200b", "") for line in card.table.facts.lines]
        assert offices.team.treasury.rpartition(":")[2] in values
        card.table.selectRow(number)
        assert card.hex.marked == (field["start"], field["length"])
        marked = card.hex.extraSelections()[0]
        digits = marked.cursor.selectedText()
        start = 2 * field["start"]
        assert "".join(digits.split()) == raw["body"][start : start + 2 * field["length"]]
        cursor = card.hex.textCursor()
        cursor.setPosition(layout_of(raw["body"])[1][0])
        card.hex.setTextCursor(cursor)
        assert card.table.chosen() == "0"
        press(page, "raw.fold")
        assert card.hex.isHidden()

    go(test, "alice")


def test_a_step_of_the_timeline_leads_to_its_record(go: Go, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    with offices.open("alice") as opened:
        story = [int(str(entry["index"])) for entry in opened.reading.story(identifier)]

    async def test(window: MainWindow, page: InboxPage) -> None:
        timeline = part(page, Timeline)
        assert [step.record for step in timeline.steps if step.record is not None] == story
        assert timeline.steps[0].words == strings.proposed_by("alice")
        timeline.activated.emit(timeline.model().index(0, 0))
        await until(lambda: window.key == "journal")

    go(test, "alice")


def test_offline_says_whose_balances_it_shows_and_why_nothing_is_signed(go: Go, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "carol", identifier)

    async def test(_window: MainWindow, page: InboxPage) -> None:
        assert any(say.FROM_VERDICT in text for text in texts(page.detail))
        why = part(page, WhyDisabled)
        assert why.shown_reason == say.OFFLINE
        assert page.detail.reasons["cancel"] == say.OFFLINE
        assert page.detail.reasons["export"] == ""

    go(test, offline=True)


def test_rejecting_needs_a_reason_and_is_done_once(go: Go, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "carol", identifier)

    async def test(window: MainWindow, page: InboxPage) -> None:
        window.actions_.trigger("reject")
        dialog: ReasonDialog = await dialog_of(window, ReasonDialog)
        dialog.do.click()
        assert dialog.do.reason == say.REASON_NEEDED
        assert window.dialogs.current is dialog
        dialog.input.setPlainText("The invoice is not ours")
        dialog.do.click()
        await keys(window, "carol")
        await settled(window)
        await until(lambda: page.detail.details is not None and page.detail.details.entry.state == "REJECTED")
        await settled(window)
        assert page.detail.reasons["reject"] == say.SAID_NO_ALREADY
        steps = [step.words for step in part(page, Timeline).steps]
        assert say.said_no("carol", "The invoice is not ours") in steps

    go(test)
    assert offices.state("carol", identifier) == "REJECTED"


def test_its_slot_is_used_up_and_the_same_proposed_again(go: Go, offices: Offices) -> None:
    first = offices.pay("alice", "100")

    async def test(window: MainWindow, page: InboxPage) -> None:
        assert page.detail.reasons["copy"] == say.COULD_TWICE
        press(page, "cancel")
        dialog: SpanDialog = await dialog_of(window, SpanDialog)
        dialog.do.click()
        await keys(window, "alice")
        await until(lambda: page.detail.shown not in ("", first))
        assert page.detail.details is not None
        assert page.detail.details.entry.title == "Pay a fee, change nothing"
        over = {"proposal_id": first, "state": "EXPIRED", "tx_id": None, "evidence": {}}
        await window.session.call(lambda workspace: workspace.rooms.record("outcome", over))
        window.go("inbox", first)
        await until(lambda: page.detail.shown == first and page.detail.reasons["copy"] == "")
        press(page, "copy")
        dialog = await dialog_of(window, SpanDialog)
        dialog.do.click()
        await until(lambda: page.detail.details is not None and page.detail.details.entry.state == "PENDING")
        assert page.detail.details.entry.title == "Pay 100 XRP to custodian"

    go(test, "alice")
    states = [p["state"] for p in offices.do("alice", "proposal", "list").result["proposals"]]
    assert states == ["EXPIRED", "DENIED", "PENDING"]  # this policy allows payments and nothing else


def soften(offices: Offices) -> None:
    """Version 2: the cap of one payment is soft; one of security, which carol is, overrides it."""
    with offices.open("alice") as opened:
        first = opened.reading.policies()["in_force"]
        policy = {**opened.policies.by_hash(str(first)).document.raw, "version": 2, "prev": first}
    rules: Any = policy["rules"]
    for rule in rules:
        if rule["kind"] == "tx_cap":
            rule["level"] = "soft"
    data, votes = canonical(policy), []
    for name in ("alice", "carol"):
        with offices.open(name) as opened:
            opened.unlock_keys(offices.opener(name))
            votes.append(canonical(opened.vote(data)))
    for name in PEOPLE:
        with offices.open(name) as opened:
            opened.activate_policy(data, votes)


def test_a_soft_limit_is_overridden_where_the_policy_allows_it(go: Go, offices: Offices) -> None:
    soften(offices)
    identifier = offices.pay("alice", "402")
    offices.travel("alice", "carol", identifier)

    async def test(window: MainWindow, page: InboxPage) -> None:
        assert part(page, WhyDisabled).shown_reason == say.needs_override("1 of security")
        banner = part(page, QtWidgets.QFrame, "detail.override-needed")
        banner.findChild(QtWidgets.QPushButton).click()
        dialog: ReasonDialog = await dialog_of(window, ReasonDialog)
        assert any("402" in text for text in texts(dialog))
        dialog.input.setPlainText("Called back")
        dialog.do.click()
        await keys(window, "carol")
        await until(lambda: page.detail.reasons["review"] == "")
        assert page.detail.reasons["override"] == say.NOTHING_SOFT

    go(test)
    with offices.open("carol") as opened:
        (said,) = opened.reading.proposal(identifier)["overrides"]  # type: ignore[misc, union-attr]
    assert (said["person"], said["reason"]) == ("carol", "Called back")  # type: ignore[index, call-overload]


def test_paper_holds_what_the_window_shows(go: Go, offices: Offices, tmp_path: Path) -> None:
    identifier = offices.pay("alice", "100", "--title", "<b>October</b>")
    offices.travel("alice", "bob", identifier)
    offices.sign("bob", identifier)

    async def test(_window: MainWindow, page: InboxPage) -> None:
        details = page.detail.details
        assert details is not None
        await until(lambda: page.detail.details.balances.get("source") == "nodes")
        details = page.detail.details
        (signature,) = details.raw["signatures"]
        for report in (False, True):
            path = tmp_path / f"{report}.pdf"
            page.write_pdf(details, path, report=report)
            text = copied(path)
            assert "<b>October</b>" in text
            assert "Pay 100 XRP to custodian" in text
            words = text.split()
            assert {identifier, *map(address_of, (offices.team.custodian, offices.team.treasury))} <= {*words}
            assert "\u200b" not in text
            assert "−100 XRP" in text
            assert re.search(r"\b[0-9]{2},[0-9]{3}(\.[0-9]+)? →", text), "digits of balances are in groups"
            for part in ("signer", "public_key", "digest"):
                whole = str(signature[part]).rpartition(":")[2]
                assert (whole in words) is report, part
            assert re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC, ledger [0-9]+", text)
            assert not re.search(r"(?<![0-9] )\b[0-9]{2}:[0-9]{2}:[0-9]{2}\b", text), "a time without a date"
            assert ("TransactionType" in text) is not report
            assert ("This is the field NetworkID." in text) is not report, "no line without its meaning"

    go(test, "bob")


def address_of(account: str) -> str:
    return account.rpartition(":")[2]


def copied(path: Path) -> str:
    """What a person gets who copies everything out of a PDF."""
    done = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True)
    return done.stdout


def test_with_large_text_in_a_small_window_every_tab_is_whole(
    go: Go, offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "carol", identifier)

    def needed(tab: QtWidgets.QPushButton) -> int:
        return tab.fontMetrics().horizontalAdvance(tab.text())

    async def test(window: MainWindow, page: InboxPage) -> None:
        window.resize(1024, 700)
        settings.percent = 150
        window.restyle()
        await until(lambda: all(tab.width() >= tab.sizeHint().width() for tab in page.head.tabs.values()))
        holder = next(iter(page.head.tabs.values())).parentWidget()
        for tab in page.head.tabs.values():
            inside = tab.contentsRect()
            assert needed(tab) <= inside.width(), tab.text()
            assert tab.geometry().right() <= holder.rect().right(), tab.text()
        assert page._split.sizes()[0] < page._split.sizes()[1], "the detail keeps its room"
        bar = page.detail.horizontalScrollBar()
        content, room = page.detail.widget().width(), page.detail.viewport().width()
        assert bar.maximum() >= content - room, "what is wider than the window can be scrolled to"

    go(test)
    begun: list[list[int]] = []

    async def begin(window: MainWindow, page: InboxPage) -> None:
        window.resize(1024, 700)
        await until(lambda: all(tab.width() >= tab.sizeHint().width() for tab in page.head.tabs.values()))
        await until(lambda: window.navigation.rail and page.width() > 900)
        begun.append(page._split.sizes())

    look.choose("light", 150)
    go(begin)
    assert begun[0][0] < begun[0][1], "opened with large text, too"


def test_a_proposal_is_pasted_as_text_or_as_a_copied_file(go: Go, offices: Offices) -> None:
    paths = []
    for amount in ("100", "101"):
        path = offices.root / f"{amount}.countersign"
        assert offices.do("alice", "proposal", "export", offices.pay("alice", amount), "-o", str(path)).result
        paths.append(path)

    async def test(window: MainWindow, page: InboxPage) -> None:
        assert not page.entries
        clipboard = QtWidgets.QApplication.clipboard()
        clipboard.setText(paths[0].read_text())
        window.actions_.trigger("paste")
        await until(lambda: len(page.entries) == 1)
        copied = QtCore.QMimeData()
        copied.setUrls([QtCore.QUrl.fromLocalFile(str(paths[1]))])
        clipboard.setMimeData(copied)
        window.actions_.trigger("paste")
        await until(lambda: len(page.entries) == 2)
        clipboard.setText("not a proposal")
        window.actions_.trigger("paste")
        await until(lambda: "error" in page.banner_keys)

    go(test)


def test_an_empty_list_says_so_and_what_can_be_done(go: Go, offices: Offices) -> None:
    offices.pay("alice", "100")

    async def test(window: MainWindow, page: InboxPage) -> None:
        for tab in ("mine", "done"):
            page.head.tabs[tab].click()
            assert page.none.isVisible()
            assert page.none.words.text() == say.NOTHING[tab]
            buttons = page.none.findChildren(QtWidgets.QPushButton)
            assert any(button.isVisible() for button in buttons) is (tab == "mine")
        page.head.tabs["open"].click()
        await until(lambda: page.detail.isVisible() and page.detail.details is not None)
        page.head.tabs["mine"].click()
        page.none.findChild(QtWidgets.QPushButton).click()
        assert window.key == "new"
        window.go("inbox")
        page.head.new.click()
        assert window.key == "new"

    go(test, "alice")


def test_what_is_read_anew_is_drawn_once(go: Go, offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = offices.pay("alice", "100"), offices.pay("alice", "101")

    async def test(window: MainWindow, page: InboxPage) -> None:
        await settled(window)
        drawn: list[str] = []
        show = page.detail.show_details

        def noted(details: Any, *place: Any, **more: Any) -> None:
            drawn.append(details.entry.id)
            show(details, *place, **more)

        monkeypatch.setattr(page.detail, "show_details", noted)
        shown = page.list.current()
        other = second if shown == first else first
        window.changed()
        await until(lambda: drawn)
        await settled(window)
        assert drawn == [shown]
        page.list.choose(other)
        await until(lambda: drawn[1:])
        page.open(shown)
        await until(lambda: drawn[2:])
        await settled(window)
        assert drawn == [shown, other, shown]

    go(test, "alice")


def test_while_it_is_in_view_the_time_goes_on(go: Go, offices: Offices) -> None:
    offices.pay("alice", "100")

    async def test(window: MainWindow, page: InboxPage) -> None:
        await settled(window)
        line = page.detail.findChild(QtWidgets.QLabel, "detail.time")
        assert page._clock.isActive()
        said = line.text()
        for key, read in (("inbox", True), ("nodes", False)):
            window.go(key)
            line.setText("61 min left")
            page._clock.timeout.emit()
            assert (line.text() != "61 min left") is read
        assert "min left" in said

    go(test, "alice")


def test_the_list_shows_one_account_until_another_is_asked_for(go: Go, offices: Offices) -> None:
    first, second = offices.pay("alice", "100"), offices.pay("alice", "101")

    async def test(window: MainWindow, page: InboxPage) -> None:
        # The desk has one account: another one stands in for that of the second proposal.
        page.entries = [
            replace(entry, account="xrpl:63456:other", account_name="other") if entry.id == second else entry
            for entry in page.entries
        ]
        page._show()
        head = page.head
        head.account.setCurrentIndex(head.account.findText("other"))
        await until(lambda: page.list.current() == second)
        head.tabs["done"].click()
        await until(lambda: page.none.words.text() == say.NOTHING_OF_ACCOUNT)
        page.none.findChild(QtWidgets.QPushButton).click()
        assert not head.narrowed
        head.tabs["open"].click()
        head.account.setCurrentIndex(head.account.findText("other"))
        page.open(first)
        await until(lambda: page.list.current() == first)
        assert not head.narrowed, "what is asked for is shown, whatever was chosen"

    go(test, "alice")
