"""A signature on a practice Ledger, from the command to the journal, and everything that may go wrong.

Each test has copies of workspaces in which bob has the same proposal of alice's.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from device_office import BOB, DEVICE, DeviceDesk, DeviceTemplate, Seen
from ledger_devices import Shelf, wait_until
from ledger_process import LedgerProcess

from signer_app.core.errors import DeniedError, SignerError
from signer_app.signers.statements import verify_receipt
from signer_app.workspace import Workspace

pytestmark = pytest.mark.slow

INTENT = ("sign.intent", None)
QUARANTINED = ("signature.quarantined", None)
RELEASED = ("sign.released", None)


def failed(code: str) -> tuple[str, str]:
    return ("sign.failed", code)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceTemplate]:
    root = tmp_path_factory.mktemp("device-offices")
    devices = {
        "nano": {"approve": "auto", "seed_file": "recorded"},
        "other": {"approve": "auto", "model": "nano-s-plus"},
    }
    with LedgerProcess(root / "ledger") as ledger, Shelf(root / "devices", devices) as shelf:
        (root / "offices").mkdir()
        yield DeviceTemplate(root / "offices", ledger, shelf)


@pytest.fixture
def desk(template: DeviceTemplate, tmp_path: Path) -> DeviceDesk:
    """The device nano is plugged in at bob's and carol's, and approves; the other one is not."""
    template.shelf.reset()
    with template.shelf.person("other") as other:
        other.do("unplug")
    return template.desk(tmp_path / "offices")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_from_the_device_to_the_ledger(desk: DeviceDesk) -> None:
    offices, identifier = desk.offices, desk.identifier
    answer = desk.sign()
    assert answer.exit_code == 0, answer
    assert answer.result["signature"]["signer"] == BOB.account
    assert answer.result["quorum"]["ledger"] == {"need": 2, "have": 1}
    with desk.person() as person:
        pages = person.do("history")["screens"]
    assert any("Transaction Type" in text for text in pages)

    offices.travel("bob", "carol", identifier)
    same = desk.sign("carol")
    assert same.refused == (4, "POLICY_DENIED")
    assert "SAME_DEVICE" in same.error["details"]["codes"]
    assert desk.seen("carol").signing == [], "two keys of one device: it was not even asked"

    assert offices.sign("carol", identifier)["state"] == "READY"
    sent = offices.do("carol", "proposal", "submit", identifier)
    assert (sent.exit_code, sent.result["state"]) == (0, "SUBMITTED"), "the ledger takes the signature"
    offices.ledger.close()
    assert offices.do("carol", "proposal", "track", identifier).result["state"] == "CONFIRMED"


def test_what_the_record_and_the_screen_say(desk: DeviceDesk) -> None:
    answer = desk.offices.say("bob", "proposal", "sign", desk.identifier, "--device", DEVICE)
    assert answer.exit_code == 0, answer
    assert "The device will show:" in answer.err
    assert "Compare and approve on the Ledger Nano X" in answer.err
    (released,) = desk.seen().released
    assert (released["device"], released["public_key"]) == (DEVICE, BOB.public_key)
    assert verify_receipt(released["receipt"])
    assert released["receipt"]["digest"].upper() == released["digest"]
    screens = desk.offices.say("bob", "proposal", "screens", desk.identifier, "--model", "Ledger Nano X")
    with desk.person() as person:
        pages = "\n".join(person.do("history")["screens"])
    for name in ("Transaction Type", "Account", "Destination", "Amount", "Fee"):
        assert name in screens.out
        assert name in pages


def test_who_names_a_device_that_is_not_theirs(desk: DeviceDesk) -> None:
    sign = ("proposal", "sign", desk.identifier)
    unknown = desk.offices.do("bob", *sign, "--device", "ledger-8")
    assert unknown.refused == (5, "KEY_NOT_FOUND")
    assert DEVICE in unknown.error["message"]
    foreign = desk.offices.do("alice", *sign, "--device", DEVICE)
    assert foreign.refused == (5, "KEY_NOT_FOUND")
    assert desk.offices.do("bob", *sign).refused == (2, "USAGE")
    assert desk.offices.do("bob", *sign, "--device", DEVICE, "--key", "bob-xrp").refused == (2, "USAGE")
    assert desk.seen().signing == []


def refusal(opened: Workspace, desk: DeviceDesk) -> str:
    """The code with which a signature on the device is refused."""
    with pytest.raises(SignerError) as caught:
        opened.sign_on_device(desk.identifier, DEVICE)
    assert caught.value.exit_code == 5
    return caught.value.code


def test_everything_that_may_stop_it_and_then_a_signature(desk: DeviceDesk) -> None:
    """One after the other in one open workspace: rejected, unplugged, another device than the policy's."""
    offices = desk.offices
    with desk.person() as nano, desk.person("other") as other, offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))

        def seen() -> Seen:
            return Seen.of(opened, desk.identifier)

        nano.fault("refuses")
        assert refusal(opened, desk) == "DEV_REJECTED"
        nano.do("fault", name="refuses", on=False)
        expected = [INTENT, failed("DEV_REJECTED")]
        assert seen().signing == expected

        nano.fault("unplugged", when="review")
        assert refusal(opened, desk) == "DEV_DISCONNECTED"
        expected += [INTENT, failed("DEV_DISCONNECTED")]
        assert seen().signing == expected

        other.do("plug")
        other.do("open", app="XRP")
        other.until(lambda screen: screen["plugged"] and screen["app"] == "XRP")
        wait_until(
            lambda: [found.model for found in opened.devices.connected.all()] == ["Ledger Nano S Plus"]
        )
        assert refusal(opened, desk) == "DEV_WRONG_KEY"
        assert seen().signing == expected, "nothing was meant to be signed yet"

        nano.do("plug")
        wait_until(lambda: len(opened.devices.connected.all()) == 2)
        assert seen().nothing_released()
        opened.sign_on_device(desk.identifier, DEVICE)
        assert seen().signing == [*expected, INTENT, RELEASED]
        assert len(seen().exported) == 1
        assert other.decisions() == [], "of two connected devices only the right one was asked"


def test_a_device_that_signs_something_else(desk: DeviceDesk) -> None:
    """Its signature is kept apart, and nothing is signed any more until people have looked at it."""
    with desk.person() as nano, desk.offices.open("bob") as opened:
        opened.unlock_keys(desk.offices.opener("bob"))
        nano.fault("signs_else")
        assert refusal(opened, desk) == "DEV_BAD_SIGNATURE"
        nano.do("fault", name="signs_else", on=False)
        seen = Seen.of(opened, desk.identifier)
        assert seen.signing == [INTENT, QUARANTINED, failed("DEV_BAD_SIGNATURE")]
        assert seen.quarantine == [("SIGNATURE_INVALID", BOB.account)]
        assert seen.nothing_released()
        with pytest.raises(DeniedError) as caught:
            opened.sign_on_device(desk.identifier, DEVICE)
        assert caught.value.details["codes"] == ["HALTED"]


@pytest.mark.parametrize("point", ["hid.sent:3", "hid.answered:3"])
def test_the_device_process_dies(desk: DeviceDesk, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """At one of the requests of a signing: sent, and answered but not passed on."""
    offices = desk.offices
    monkeypatch.setenv("COUNTERSIGN_FAILPOINT", point)
    with offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))
        with pytest.raises(SignerError) as caught:
            opened.sign_on_device(desk.identifier, DEVICE)
        assert caught.value.code == "DEV_DISCONNECTED"
        assert Seen.of(opened, desk.identifier).nothing_released()
        monkeypatch.delenv("COUNTERSIGN_FAILPOINT")
        opened.sign_on_device(desk.identifier, DEVICE)
        assert Seen.of(opened, desk.identifier).signing[-2:] == [INTENT, RELEASED]


def test_interrupted_at_any_moment(desk: DeviceDesk) -> None:
    """Ctrl-C while nothing is connected, at some time, and while a person reads; then it works."""
    with desk.person() as person:
        person.do("mode", mode="manual")
        person.do("unplug")
        with desk.running(plain=True) as command:
            command.line("Connect the device")
            stopped = command.interrupt()
        assert (stopped.exit_code, "Stopped" in stopped.err) == (2, True)
        assert desk.seen().signing == []
        person.do("plug")

        with desk.running(anew=True) as command:
            threading.Event().wait(random.uniform(0.2, 2.5))
            assert command.interrupt().exit_code != 0
        at_random = desk.seen()
        assert at_random.nothing_released()
        assert at_random.signing in ([], [INTENT, failed("DEV_CANCELLED")], [INTENT, failed("SIGNER_DIED")])
        if person.do("screens")["waiting"]:
            person.do("reject")

        with desk.running(plain=True) as command:
            person.asked()
            stopped = command.interrupt()
        assert stopped.exit_code == 2
        assert "still shows the transaction, reject it there" in stopped.err
        assert "USAGE: Stopped" in stopped.err
        after = desk.seen()
        assert after.signing == [*at_random.signing, INTENT, failed("DEV_CANCELLED")]
        assert after.nothing_released()
        assert person.do("screens")["waiting"], "only the person takes it from the screen"
        person.do("reject")
        person.do("mode", mode="auto")
    assert desk.sign().exit_code == 0
    assert desk.seen().signing == [*after.signing, INTENT, RELEASED]


def test_killed_while_the_device_shows_the_review(desk: DeviceDesk) -> None:
    with desk.person() as person:
        person.do("mode", mode="manual")
        with desk.running() as command:
            person.asked()
            children = command.children()
            assert len(children) == 2, "the keystore and the devices"
            command.process.kill()
            command.process.wait(60)
            wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
        seen = desk.seen()
        assert seen.signing == [INTENT, failed("SIGNER_DIED")]
        assert seen.nothing_released()
        person.do("reject")
        person.do("mode", mode="auto")
    assert desk.sign().exit_code == 0


def test_not_allowed_any_more_when_the_person_has_read(desk: DeviceDesk, pool: ThreadPoolExecutor) -> None:
    """The transaction runs out of its ledgers while it is on the screen. The last test: it moves the ledger
    on, and all copies have the same proposal."""
    with desk.person() as person:
        person.do("mode", mode="manual")
        signing = pool.submit(desk.sign)
        person.asked()
        for _ in range(200):  # more than the ten minutes that the proposal has
            desk.offices.ledger.close()
        person.do("approve")
        refused = signing.result(200)
    assert refused.refused == (4, "POLICY_DENIED")
    assert refused.error["details"]["codes"] == ["EXPIRED"]
    assert "not released" in refused.error["message"]
    seen = desk.seen()
    assert seen.signing == [INTENT, QUARANTINED, failed("POLICY_DENIED")]
    assert seen.quarantine == [("POLICY_DENIED", BOB.account)]
    assert (seen.released, seen.exported) == ([], [])
