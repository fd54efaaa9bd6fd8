"""Signing on a practice Ledger: stages, the gate before the device, cancelling, evidence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ledger_office import NANO, for_carol, ledger_key, plug_in
from offices import Offices

from signer_app.core.errors import DeniedError, SignerError
from signer_app.proposals.differences import Difference
from signer_app.signers.ledger.desk import Desk, Stage, Step
from signer_app.workspace import Workspace
from signer_app.workspace.signing import choices, report_difference, signer_keys


class Person:
    """Sits at the desk: remembers what happened, and may be asked at the gate."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.shown: list[Any] = []
        self.events: list[str] = []
        self.reached = threading.Condition()
        self.at_gate: Any = lambda _review: None
        self.stopped = False

    def step(self, step: Step) -> None:
        with self.reached:
            self.steps.append(step)
            self.events.append(step.stage.value)
            self.reached.notify_all()

    def gate(self, review: Any) -> None:
        self.events.append("gate")
        self.at_gate(review)

    def check(self) -> None:
        if self.stopped:
            raise SignerError("Stopped here.", code="DEV_CANCELLED")

    def until(self, stage: Stage, obstacle: bool = False) -> None:
        with self.reached:
            assert self.reached.wait_for(
                lambda: any(s.stage is stage and bool(s.obstacle) is obstacle for s in self.steps), 60
            )

    def desk(self) -> Desk:
        return Desk(
            tell=lambda _words: None, show=self.shown.append, step=self.step, gate=self.gate, check=self.check
        )


@contextmanager
def carol(offices: Offices, person: Person) -> Iterator[Workspace]:
    with offices.open("carol", desk=person.desk()) as opened:
        opened.unlock_keys(offices.opener("carol"))
        yield opened


def kinds(opened: Workspace, identifier: str) -> list[str]:
    return [str(r["type"]) for _, r in opened.journal.records(0) if r.get("proposal_id") == identifier]


@pytest.mark.slow
def test_the_gate_comes_after_the_screens_and_before_the_device_is_asked(ledger_offices: Offices) -> None:
    identifier = for_carol(ledger_offices)
    person = Person()
    with plug_in(ledger_offices, "--approve", "auto") as nano, carol(ledger_offices, person) as opened:
        asked: list[list[dict[str, Any]]] = []

        def look(review: Any) -> None:
            with nano.control() as control:
                asked.append([d for d in control.do("history")["decisions"] if d["purpose"] == "sign"])

        person.at_gate = look
        result = opened.sign_on_device(identifier, NANO)
        assert result["state"] == "READY"
        assert asked == [[]]
        with nano.control() as control:
            shown = control.do("history")["screens"]
    # The first steps may repeat obstacles: without a stage's own obstacle each is there once, in order.
    assert [e for e in dict.fromkeys(person.events)] == [
        "CONNECTED", "UNLOCKED", "APP_OPEN", "KEY_MATCHED", "SCREENS", "gate", "ASKED", "VERIFIED",
    ]  # fmt: skip
    pages = [page for screen in person.shown[0].screens for page in screen.lines()]
    assert pages
    assert set(pages) <= set(shown)
    (key_step,) = [s for s in person.steps if s.stage is Stage.KEY_MATCHED]
    assert ledger_key()[0].endswith(key_step.detail)


@pytest.mark.slow
def test_what_is_not_allowed_any_more_at_the_gate_never_reaches_the_device(ledger_offices: Offices) -> None:
    identifier = for_carol(ledger_offices)
    person = Person()
    with plug_in(ledger_offices, "--approve", "auto") as nano, carol(ledger_offices, person) as opened:
        person.at_gate = lambda _review: opened.proposals.halts.halt("it looks wrong")
        with pytest.raises(DeniedError) as caught:
            opened.sign_on_device(identifier, NANO)
        assert caught.value.details["codes"] == ["HALTED"]
        with nano.control() as control:
            assert [d for d in control.do("history")["decisions"] if d["purpose"] == "sign"] == []
        assert "ASKED" not in person.events
        assert kinds(opened, identifier).count("sign.failed") == 1
        assert "sign.released" not in kinds(opened, identifier)[-4:]


@pytest.mark.slow
def test_a_waiting_for_the_person_at_the_device_can_be_stopped_from_another_thread(
    ledger_offices: Offices,
) -> None:
    identifier = for_carol(ledger_offices)
    person = Person()
    with plug_in(ledger_offices) as nano, carol(ledger_offices, person) as opened:
        with nano.control() as control:
            control.do("open", app="XRP")
        nano.wait(lambda screen: bool(screen["plugged"]) and screen["app"] == "XRP")

        def stop() -> None:
            person.until(Stage.ASKED)
            nano.question()
            opened.devices.stop_waiting()

        stopper = threading.Thread(target=stop)
        stopper.start()
        with pytest.raises(SignerError) as caught:
            opened.sign_on_device(identifier, NANO)
        stopper.join()
        assert caught.value.code == "DEV_CANCELLED"
        assert kinds(opened, identifier)[-1] == "sign.failed"


@pytest.mark.slow
def test_keys_of_the_person_are_listed_usable_first_and_a_difference_is_kept(ledger_offices: Offices) -> None:
    identifier = for_carol(ledger_offices)
    with carol(ledger_offices, Person()) as opened:
        found = choices(opened, identifier)
        listed = found["choices"]
        assert found["keys_unlocked"] is True
        assert isinstance(listed, list)
        assert [(c["device"], c["able"]) for c in listed if isinstance(c, dict)] == [
            (NANO, True), ("trezor-1", False),
        ]  # fmt: skip
        assert "Trezor" in str(listed[1])
        keys = signer_keys(opened)["keys"]
        assert isinstance(keys, list)
        assert [k["person"] for k in keys if isinstance(k, dict)] == ["carol", "carol", "alice", "bob"]

        found = report_difference(
            opened, identifier, Difference("Amount", "XRP 100", "XRP 900", ledger_key()[0])
        )
        evidence = found["evidence"]
        assert isinstance(evidence, dict)
        record = opened.journal.read(int(str(evidence["index"])))
        assert (record["line"], record["expected"], record["seen"]) == ("Amount", "XRP 100", "XRP 900")
        blob = opened.journal.get_blob(str(evidence["blob"]))
        assert blob.startswith(b"SMT\0")
        assert "Amount differed" in str(found["warning"])
        assert found["rejections"]
