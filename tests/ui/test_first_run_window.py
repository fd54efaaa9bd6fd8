"""The first run: practise from one click to a payment that waits; set up for real to a policy in force."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from first_hands import Newcomer
from ledger_process import Bank, LedgerProcess
from pytestqt.qtbot import QtBot
from testnet_pose import posing_as_testnet
from window_help import PASSPHRASE, until

from signer_app.core.errors import SignerError
from signer_app.signers.keystore.client import Keystore, open_keystore
from signer_app.ui import preload
from signer_app.ui.first_run.plan import PlanView
from signer_app.ui.pages.setup.second import PolicyStep
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.theme import Theme
from signer_app.ui.words import first_run as words
from signer_app.vault.kdf import KdfParameters, floor_parameters
from signer_app.workspace import Workspace, create_workspace, first_steps, practising
from signer_app.workspace.first_run import FirstRun
from signer_app.workspace.first_steps import Plan, PlanFile

Run = Callable[..., Any]
VAULT, KEYS = "copper lantern drifts over granite", "seven quiet harbours below the ridge"
TESTNET = "xrpl:1"


@pytest.fixture
def hands(
    look: Theme, settings: ViewSettings, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Newcomer]:
    """Makes a window of somebody who has nothing yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return lambda: Newcomer(settings, qtbot)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data" / "countersign"


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# -- practising ---------------------------------------------------------------------------------------------


def test_one_click_to_a_payment_that_waits(
    run: Run, hands: Callable[[], Newcomer], settings: ViewSettings, home: Path
) -> None:
    async def main() -> None:
        person = hands()
        window, view = person.window, person.window.first_run
        await until(view.practise.hasFocus)  # one key is enough
        await person.looks_right()
        person.press("first-run.practise")
        assert view.shown is not None
        await until(lambda: person.shown("practise.open"), 55)
        await person.looks_right()
        secret = person.text("practise.passphrase")
        assert len(secret) == 24
        assert person.button("practise.open").reason == words.WRITTEN_FIRST
        person.press("practise.copy")
        assert QtWidgets.QApplication.clipboard().text() == secret
        person.bot.keyClick(view.shown.findChild(QtWidgets.QCheckBox), Qt.Key.Key_Space)
        person.press("practise.open")
        await until(lambda: not window.session.locked and window.page is not None)
        await person.settled()
        summary = window.session.summary
        assert summary is not None
        assert (window.key, summary.network_class, summary.needs_me) == ("inbox", "practice", 1)
        assert not person.shown("window.setting-up")
        said = " ".join(label.text() for label in window.findChildren(QtWidgets.QLabel) if label.isVisible())
        assert "25,000" in said
        assert QtWidgets.QApplication.clipboard().text() == ""
        folder = home / "practice" / "practice-1" / "workspaces" / "practice"
        assert settings.recent() == [folder]
        await until(lambda: view.shown is None)
        kept = [w.text() for w in window.findChildren(QtWidgets.QLabel) if secret in w.text()]
        assert kept == [], "the passphrase was shown once"

        # Locked, and opened again with what was written down.
        pids = window.places._running[folder.parents[1]].pids
        assert len(pids) == 2
        assert not any(gone(pid) for pid in pids)
        await person.lock_and_open(secret)
        assert (await window.session.call(lambda opened: opened.nodes.test()))["ok"] is True
        await person.end()
        assert all(gone(pid) for pid in pids), "ledger and device end with the window"

    run(main())


def test_cancel_leaves_nothing(run: Run, hands: Callable[[], Newcomer], home: Path) -> None:
    async def main() -> None:
        person = hands()
        person.press("first-run.practise")
        await until((home / "practice" / "practice-1").exists)
        assert person.button("practise.cancel").hasFocus()
        person.press("practise.cancel")
        assert person.button("practise.cancel").reason == words.STOPPING
        await until(lambda: person.shown("first-run.practise"))
        assert list((home / "practice").iterdir()) == []
        assert person.window.first_run.practise.hasFocus()
        await person.end()

    run(main())


def test_what_failed_is_said_and_tried_again(
    run: Run, hands: Callable[[], Newcomer], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def broken(_self: object, port: int) -> None:
        tries.append(port)
        raise SignerError("The ledger does not start.", code="SIGNER_UNAVAILABLE", hint="Free some memory.")

    monkeypatch.setattr(practising.PracticeProcesses, "start_ledger", broken)

    async def main() -> None:
        person = hands()
        person.press("first-run.practise")
        for number in (1, 2):
            await until(lambda number=number: len(tries) == number and person.shown("practise.again"))
            banner = person.window.findChild(QtWidgets.QWidget, "practise.message")
            assert banner is not None
            assert "does not start" in banner.accessibleName()
            assert "Free some memory." in banner.accessibleName()
            assert list((home / "practice").iterdir()) == []
            await person.looks_right()
            if number == 1:
                person.press("practise.again")
                assert not person.shown("practise.again")
        person.press("practise.cancel")
        assert person.shown("first-run.practise")
        await person.end()

    run(main())


def test_closing_the_window_while_it_is_made_leaves_nothing(
    run: Run, hands: Callable[[], Newcomer], home: Path
) -> None:
    async def main() -> None:
        person = hands()
        person.press("first-run.practise")
        await until((home / "practice" / "practice-1").exists)
        await person.end()
        assert list((home / "practice").iterdir()) == []

    run(main())


# -- before the workspace exists ----------------------------------------------------------------------------


def test_setting_up_waits_for_the_rooms_that_load(
    run: Run, hands: Callable[[], Newcomer], settings: ViewSettings, home: Path
) -> None:
    """The window lives meanwhile, and the button says what it waits for."""

    async def main() -> None:
        person = hands()
        first_run = person.window.first_run
        with preload._ONE_AT_A_TIME:
            person.press("first-run.real")
            await asyncio.sleep(0.2)
            assert first_run.shown is None
            assert first_run.real.reason == words.LOADING
        await until(lambda: isinstance(first_run.shown, PlanView))
        assert first_run.real.reason == ""
        await person.end()

    run(main())


def test_a_plan_is_kept_and_no_passphrase_with_it(
    run: Run, hands: Callable[[], Newcomer], quick: None, settings: ViewSettings, home: Path
) -> None:
    async def main() -> None:
        person = hands()
        person.press("first-run.real")
        await until(lambda: isinstance(person.window.first_run.shown, PlanView))
        view = person.window.first_run.shown
        assert isinstance(view, PlanView)
        assert set(view.classes) == {"mainnet", "testnet"}, "practising is a way of its own"
        assert person.button("plan.next").reason
        await person.looks_right()
        view.classes["mainnet"].setFocus()
        person.bot.keyClick(view.classes["mainnet"], Qt.Key.Key_Space)
        person.press("plan.next")
        assert "organisation" in person.button("plan.next").reason
        person.type("plan.org", "Northgate")
        person.type("plan.person", "alice")
        assert person.field("plan.folder").text() == str(home / "workspaces" / "alice")
        await person.looks_right()
        person.press("plan.next")
        await person.looks_right()
        person.type("plan.vault", "password")
        person.type("plan.vault2", "password")
        assert "too weak" in person.button("plan.next").reason
        person.type("plan.vault", VAULT)
        assert "not the same" in person.button("plan.next").reason
        person.press("plan.cancel")
        kept = (settings.folder / "first-run.json").read_text()
        assert json.loads(kept)["person"] == "alice"
        assert VAULT not in kept
        assert not home.exists(), "nothing was made"
        person.press("first-run.real")
        await until(lambda: isinstance(person.window.first_run.shown, PlanView))
        again = person.window.first_run.shown
        assert isinstance(again, PlanView)
        assert (again.plan.step, again.plan.org) == ("PASSPHRASES", "Northgate")
        assert person.field("plan.vault").text() == ""
        assert again.message.accessibleName() == words.RESUMED
        person.press("plan.back")
        assert person.field("plan.org").text() == "Northgate"
        await again.tasks.settle()
        await person.end()

    run(main())


def test_a_practice_plan_is_not_gone_on_with(
    run: Run, hands: Callable[[], Newcomer], settings: ViewSettings, tmp_path: Path
) -> None:
    practised = Plan("PASSPHRASES", "practice", "Practice", "you", "", str(tmp_path / "you"))
    PlanFile(settings.folder / "first-run.json").save(practised)

    async def main() -> None:
        person = hands()
        person.press("first-run.real")
        await until(lambda: isinstance(person.window.first_run.shown, PlanView))
        view = person.window.first_run.shown
        assert isinstance(view, PlanView)
        assert view.plan == Plan(), "nothing of it comes into a set-up for real"
        await person.end()

    run(main())


# -- for real -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """The test network as it poses, and two colleagues who have enrolled."""

    urls: tuple[str, str]
    bank: Bank
    people: dict[str, Workspace]
    files: Path

    def file(self, name: str, data: bytes) -> Path:
        path = self.files / name
        path.write_bytes(data)
        return path


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    with (
        LedgerProcess(tmp_path / "ledger") as ledger,
        posing_as_testnet(ledger.endpoints[0]["http"]) as one,
        posing_as_testnet(ledger.endpoints[1]["http"]) as two,
    ):
        people = {name: colleague(tmp_path, name) for name in ("bob", "carol")}
        (tmp_path / "files").mkdir()
        try:
            yield Outside((one, two), Bank(ledger), people, tmp_path / "files")
        finally:
            for workspace in people.values():
                workspace.close()


def colleague(root: Path, name: str) -> Workspace:
    """Somebody else's workspace on the test network, with quick hashing, and their keys open."""
    secret = VAULT.encode()

    def creator(keys: Path, kdf: KdfParameters) -> Keystore:
        return open_keystore(keys, passphrase=bytearray(secret), create=kdf)

    create_workspace(
        root / name, network_class="testnet", org="Northgate", person=name, roles=("finance",),
        passphrase=bytearray(secret), create_keystore=creator, kdf=floor_parameters(),
    )  # fmt: skip
    workspace = Workspace.open(root / name, passphrase=bytearray(secret))
    workspace.unlock_keys(lambda keys: open_keystore(keys, passphrase=bytearray(secret)))
    return workspace


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hashing costs is measured elsewhere (tests/workspace/test_first_run.py)."""
    monkeypatch.setattr(first_steps, "measured_cost", lambda _class: (replace(floor_parameters()), 0.1))


def test_a_treasury_is_set_up_for_real(
    run: Run, hands: Callable[[], Newcomer], quick: None, outside: Outside, home: Path
) -> None:
    async def main() -> None:
        person = hands()
        await plan_and_make(person)
        await own_keys(person)
        await nodes_and_account(person, outside)
        await lock_and_return(person)
        await people_and_devices(person, outside)
        await policy_and_votes(person, outside)
        await until(lambda: person.window.key == "inbox" and not person.shown("window.setting-up"))
        await person.settled()
        opened = await person.window.session.call(lambda workspace: workspace.describe())
        assert (opened["class"], opened["networks"]) == ("testnet", [TESTNET])
        assert opened["policy_in_force"] is not None
        assert "devices" not in [path.name for path in (home / "workspaces" / "alice").iterdir()]
        await person.end()

    run(main())


async def plan_and_make(person: Newcomer) -> None:
    person.press("first-run.real")
    await until(lambda: isinstance(person.window.first_run.shown, PlanView))
    view = person.window.first_run.shown
    assert isinstance(view, PlanView)
    view.classes["testnet"].click()
    person.press("plan.next")
    person.type("plan.org", "Northgate")
    person.type("plan.person", "alice")
    person.type("plan.roles", "finance")
    person.press("plan.next")
    for name, secret in (("vault", VAULT), ("key", KEYS)):
        person.type(f"plan.{name}", secret)
        person.type(f"plan.{name}2", secret)
    await until(lambda: person.button("plan.next").reason == "")
    person.press("plan.next")
    await person.at("KEYS")


async def own_keys(person: Newcomer) -> None:
    assert person.text("setup.device-key").startswith("ed25519:")
    assert "enrolment" in person.button("setup.next").reason
    person.press("setup.make-key")
    await person.settled()
    person.press("setup.enrol")
    await person.settled()
    assert person.text("setup.fingerprint") != "–"
    await person.go_on("NODES")


async def nodes_and_account(person: Newcomer, outside: Outside) -> None:
    assert person.setup._read["nodes"] == [], "no node is believed by default"
    assert person.setup.sub.text() == "Step 5 of 10: Nodes"
    assert person.window.focusWidget() is person.field("setup.node-id")
    add_node(person, "far", "else", "http://example.com")
    await person.settled()
    assert "https" in person.error, "clear text over a wire is refused, and what to do is said"
    practice = outside.bank.ledger.endpoints[0]["http"]
    for name, url in (("one", practice), ("two", outside.urls[1])):
        add_node(person, name, f"operator-{name}", url)
        await person.settled()
        assert person.error == ""
    person.press("setup.ask")
    await person.settled()
    assert "did not answer" in person.button("setup.next").reason, "a practice ledger is no test network"
    person.press("setup.remove-node.one")
    await person.settled()
    add_node(person, "one", "operator-one", outside.urls[0])
    await person.settled()
    person.press("setup.ask")
    await person.settled()
    await person.go_on("ACCOUNTS")
    treasury = outside.bank.fund(5_000)
    mine = str(person.setup._read["people"][0]["keys"][0]["signer"])  # type: ignore[index,call-overload]
    theirs = [enrolled(outside, name) for name in outside.people]
    entries = [
        {"SignerEntry": {"Account": name.rpartition(":")[2], "SignerWeight": 1}} for name in (mine, *theirs)
    ]
    outside.bank.must(treasury, TransactionType="SignerListSet", SignerQuorum=2, SignerEntries=entries)
    person.type("setup.account", "rrrrrrrrrrrrrrrrrrrrBZbvji")
    person.press("setup.read-account")
    await person.settled()
    assert person.error
    person.type("setup.account", treasury.address)
    person.type("setup.account-label", "Treasury")
    person.press("setup.read-account")
    await person.settled()
    assert person.error == ""
    (account,) = person.setup._read["accounts"]  # type: ignore[misc]
    assert (account["quorum"], account["operators"]) == (2, 2)  # type: ignore[index,call-overload]
    await person.go_on("PEOPLE")


def add_node(person: Newcomer, name: str, operator: str, url: str) -> None:
    for field, value in (("id", name), ("operator", operator), ("url", url)):
        person.type(f"setup.node-{field}", value)
    person.press("setup.add-node")


def enrolled(outside: Outside, name: str) -> str:
    """Their enrolment goes into a file; the account of their key."""
    theirs = FirstRun(outside.people[name])
    theirs.make_key()
    outside.file(f"{name}.enrol.json", theirs.enrol())
    return str(theirs.read()["people"][0]["keys"][0]["signer"])  # type: ignore[index,call-overload]


async def lock_and_return(person: Newcomer) -> None:
    await person.lock_and_open(VAULT)
    await person.at("PEOPLE")


async def people_and_devices(person: Newcomer, outside: Outside) -> None:
    assert "weight 2" in person.button("setup.next").reason
    for name in outside.people:
        person.press("setup.open-enrol")
        person.choose_file(outside.files / f"{name}.enrol.json")
        await person.settled()
        assert person.error == ""
    person.type("setup.roles.alice", "finance, security")
    person.bot.keyClick(person.field("setup.roles.alice"), Qt.Key.Key_Return)
    await person.settled()
    assert person.setup._read["people"][0]["roles"] == ["finance", "security"]  # type: ignore[index,call-overload]
    await person.go_on("DEVICES")
    person.type("setup.device.alice-xrp", "workstation-bob")
    person.bot.keyClick(person.field("setup.device.alice-xrp"), Qt.Key.Key_Return)
    await person.settled()
    assert "workstation-bob" in person.button("setup.next").reason
    person.type("setup.device.alice-xrp", "desk")
    person.bot.keyClick(person.field("setup.device.alice-xrp"), Qt.Key.Key_Return)
    await person.settled()
    await person.go_on("POLICY")


async def policy_and_votes(person: Newcomer, outside: Outside) -> None:
    step = person.setup.view
    assert isinstance(step, PolicyStep)
    assert "template" in person.button("setup.next").reason
    person.type("setup.asset.0.1", "lots")
    person.press("setup.fill")
    await person.settled()
    assert person.error
    person.type("setup.asset.0.1", "100")
    person.type("setup.asset.0.2", "200")
    person.type("setup.receiver.0.0", "custody")
    person.type("setup.receiver.0.1", outside.bank.fund(100).address)
    person.press("setup.fill")
    await person.settled()
    assert person.error == ""
    text = step.yaml.toPlainText()
    assert "device: desk" in text
    assert TESTNET in text
    assert "63456" not in text
    assert "practice" not in text
    await person.go_on("VOTES")
    assert person.button("setup.save-vote").reason == words.VOTE_FIRST
    assert not person.window.navigation.list.currentIndex().isValid(), "the set-up is on no list"
    assert person.button("setup.vote").reason == words.LOCKED_KEYS
    person.bot.keyClicks(person.setup.passphrase, KEYS)
    person.press("setup.unlock-keys")
    await person.settled()
    person.press("setup.vote")
    await until(lambda: person.button("setup.vote").reason == words.VOTED_ALREADY)
    await person.settled()
    assert "bob, carol" in person.button("setup.next").reason
    person.press("setup.save-policy")
    person.choose_file(outside.files / "policy.yaml")
    await person.settled()
    document = (outside.files / "policy.yaml").read_bytes()
    for name, workspace in outside.people.items():
        vote = outside.file(f"{name}.vote.json", json.dumps(workspace.vote(document)).encode())
        person.press("setup.open-vote")
        person.choose_file(vote)
        await person.settled()
        assert person.error == ""
    await person.looks_right()
    person.press("setup.next")


def test_another_workspace_than_the_one_set_up_opens_in_the_inbox(
    run: Run, hands: Callable[[], Newcomer], workspace_folder: Path
) -> None:
    async def main() -> None:
        person = hands()
        person.window.key = "setup"
        await person.window.session.open(workspace_folder, bytearray(PASSPHRASE))
        await person.settled()
        assert person.window.key == "inbox"
        described = await person.window.session.call(lambda opened: opened.vault.get("first_run"))
        assert described is None, "a look begins nothing"
        await person.end()

    run(main())
