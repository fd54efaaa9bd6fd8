"""The policy page over real workspaces: rules in words, trying, replaying, comparing, voting, activating."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from office_stage import passphrase_of, settled, window_of
from offices import Offices
from room import cramped, nameless
from window_help import PASSPHRASE, Run, until

from signer_app.core.canonical import canonical
from signer_app.ui.pages.policy import PolicyPage
from signer_app.ui.pages.policy.reads import Trial
from signer_app.ui.passphrase import UnlockKeysDialog
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.window import MainWindow
from signer_app.ui.theme import Theme
from signer_app.ui.words import policy as words


def page_of(window: MainWindow) -> PolicyPage:
    page = window.page
    assert isinstance(page, PolicyPage)
    return page


@pytest.fixture
def go(run: Run[None], offices: Offices, settings: ViewSettings, look: Theme) -> Any:
    def start(test: Any, name: str = "alice") -> None:
        async def body() -> None:
            folder = offices.folder(name)
            async with window_of(folder, passphrase_of(name), settings, "policy") as window:
                await test(window, page_of(window))

        run(body())

    return start


def second(offices: Offices, **caps: str) -> Path:
    """Version 2 with other limits, as a file."""
    kept = json.loads((offices.folder("alice") / "policy" / "treasury-v1.json").read_bytes())
    value = kept["policy"]
    from signer_app.core.canonical import canonical_hash

    value = {**value, "version": 2, "prev": canonical_hash(value)}
    for rule in value["rules"]:
        if rule["id"] in caps:
            rule["max"] = caps[rule["id"]]
    path = offices.root / "v2.json"
    path.write_bytes(canonical(value))
    return path


def label_texts(page: PolicyPage) -> str:
    from signer_app.ui.qt import QtWidgets

    return "\n".join(item.text() for item in page.rules.findChildren(QtWidgets.QLabel))


def test_the_version_in_force_is_shown_in_words(go: Any, offices: Offices) -> None:
    async def test(_window: MainWindow, page: PolicyPage) -> None:
        assert page.list.count() == 1
        assert words.STATES["in_force"] in page.list.item(0).text()
        assert page.shown is not None
        assert len(page.shown.hash) == 64
        assert "XRP out of each account: at most 20,000 in any 24 hours." in label_texts(page)
        assert {person for person, _ in page.shown.votes} == {"alice", "bob", "carol"}
        assert page.votes.vote.reason == words.ACTIVE_ALREADY
        assert page.changes.summary.text() == words.NOTHING_BEFORE

    go(test)


def test_a_document_from_a_file_is_compared_replayed_and_tried(go: Any, offices: Offices) -> None:
    identifier = offices.pay("alice", "100")
    path = second(offices, cap="99", day="30000")
    bundle = offices.root / "native.json"
    export = ("proposal", "export", identifier, "--format", "native", "-o", str(bundle))
    assert offices.do("alice", *export).exit_code == 0

    async def test(window: MainWindow, page: PolicyPage) -> None:
        page.open_policy(path)
        await settled(window)
        assert page.shown is not None
        assert (page.shown.number, page.shown.state) == (2, "opened")
        ways = {line[0].raw: line[3].text for line in page.changes.table.facts.lines}
        assert ways["rules.cap.max"] == "Tighter"
        assert ways["rules.day.max"] == "Looser"
        assert page.changes.summary.text() == words.changed(1, 1, 2)
        page.replaying.replay.click()
        await settled(window)
        assert "1 more denied, 0 unchanged, 0 more allowed" in page.replaying.summary.text()
        assert [line[6].text for line in page.replaying.table.facts.lines] == ["TX_CAP"]
        assert page.trying.judge.reason == words.TRY_NEEDS_FILE
        page.trying.take_transaction(bundle)
        assert page.trying.judge.reason == ""
        page.trying.phase.setCurrentIndex(list(words.PHASES).index("sign"))
        assert page.trying.judge.reason == words.TRY_NEEDS_SIGNER
        page.trying.signer.setCurrentIndex(1)
        assert page.trying.judge.reason == ""
        page.trying.phase.setCurrentIndex(0)
        page.trying.judge.click()
        await settled(window)
        assert words.TRIED["DENY"][1] in page.trying.sentence.text()
        failed = [row.line.name for row in page.trying.checks.rows if row.line.outcome == "FAIL"]
        assert failed == ["cap"]

    go(test)


def test_a_file_that_is_no_policy_says_so_and_changes_nothing(go: Any, offices: Offices) -> None:
    broken = offices.root / "broken.yaml"
    broken.write_text("format: other\n")

    async def test(window: MainWindow, page: PolicyPage) -> None:
        page.open_policy(broken)
        await settled(window)
        assert "error" in page.banner_keys
        page.open_policy(offices.root / "nothing here")
        await settled(window)
        assert "error" in page.banner_keys
        assert page.list.count() == 1
        await page._try(Trial(broken, None, "propose", ""))
        assert "error" in page.banner_keys

    go(test)


def test_a_vote_needs_the_hash_compared_and_the_keys(go: Any, offices: Offices) -> None:
    path = second(offices, cap="99")
    vote = offices.root / "alice.vote"

    async def test(window: MainWindow, page: PolicyPage) -> None:
        page.open_policy(path)
        await settled(window)
        assert page.votes.vote.reason == words.COMPARE_FIRST
        assert page.votes.activate.reason == words.COMPARE_FIRST
        page.votes.compared.setChecked(True)
        assert page.votes.vote.reason == ""
        page.vote_to(vote)
        await until(lambda: isinstance(window.dialogs.current, UnlockKeysDialog))
        dialog = window.dialogs.current
        assert isinstance(dialog, UnlockKeysDialog)
        dialog.field.setText("not the passphrase")
        dialog.go.click()
        await until(lambda: dialog.message.property("tone") == "danger")
        assert dialog.field.text() == ""
        assert not vote.exists()
        dialog.reject()
        await settled(window)
        assert not vote.exists()

    go(test)


def test_voting_and_activating_version_two(go: Any, offices: Offices) -> None:
    path = second(offices, cap="99")
    votes = {name: offices.root / f"{name}.vote" for name in ("alice", "carol")}
    answer = offices.do("carol", "policy", "sign", str(path), "-o", str(votes["carol"]))
    assert answer.exit_code == 0

    async def test(window: MainWindow, page: PolicyPage) -> None:
        page.open_policy(path)
        await settled(window)
        page.votes.compared.setChecked(True)
        page.activate_with([votes["carol"]])
        await settled(window)
        assert "error" in page.banner_keys
        banner = page._shown["error"]
        assert "1 of finance (alice, bob)" in banner.consequence.text()
        page.vote_to(votes["alice"])
        await until(lambda: isinstance(window.dialogs.current, UnlockKeysDialog))
        dialog = window.dialogs.current
        assert isinstance(dialog, UnlockKeysDialog)
        dialog.field.setText((offices.secrets / "alice.keys").read_text().strip())
        dialog.go.click()
        await settled(window)
        assert json.loads(votes["alice"].read_bytes())["person"] == "alice"
        page.activate_with(list(votes.values()))
        await settled(window)
        await until(lambda: page.shown is not None and page.shown.state == "in_force")
        assert page.shown is not None
        assert page.shown.number == 2
        assert page.list.count() == 2
        assert page.votes.vote.reason == words.ACTIVE_ALREADY

    go(test)


def test_without_a_policy_the_page_says_what_that_means(
    run: Run[None], workspace_folder: Path, settings: ViewSettings, look: Theme
) -> None:
    async def body() -> None:
        async with window_of(workspace_folder, PASSPHRASE, settings, "policy") as window:
            page = page_of(window)
            assert page._empty.words.text() == words.EMPTY
            assert page._empty.isVisible()

    run(body())


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700)])
def test_everything_has_room_and_a_name(go: Any, offices: Offices, width: int, height: int) -> None:
    path = second(offices, cap="99")

    async def test(window: MainWindow, page: PolicyPage) -> None:
        window.resize(width, height)
        page.open_policy(path)
        await settled(window)
        for number in range(len(words.TABS)):
            page.tabs.choose(number)
            await settled(window)
            assert nameless(page) == []
            assert cramped(page) == [], words.TABS[number]

    go(test)
