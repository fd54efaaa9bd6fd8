"""The device process, as it runs, against practice devices, as they run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from ledger_bodies import ACCOUNT, OWN, XRP, body
from ledger_devices import Person, Shelf, wait_until

from signer_app.chains.registry import chain_of
from signer_app.chains.signing_values import Signature
from signer_app.core.errors import SignerError
from signer_app.core.json_types import JsonObject
from signer_app.signers.hid import process as hid_process
from signer_app.signers.hid.bus import BusError, Found, Trouble
from signer_app.signers.hid.client import BusSpec, Connected, DeviceProcess
from signer_app.signers.hid.process import SLICE_MS, HidService
from signer_app.signers.ledger.desk import SILENT, Desk
from signer_app.signers.ledger.device import LedgerDevice
from signer_app.signers.ledger.exchange import Apdu
from signer_app.signers.ledger.signer import USUAL_PATHS, LedgerSigner, find_key
from signer_app.signers.ledger.xrp.client import XrpApp
from signer_app.signers.port import BadSignatureError, DeviceStatus, SignedTransaction

NETWORK = "xrpl:1"
PATH = USUAL_PATHS[0]
CONFIG = bytes.fromhex("e006000000")
CONFIG_ANSWER = bytes.fromhex("000204019000")
SIGN = bytes.fromhex(next(row for row in XRP if row["name"] == "multisign payment")["exchanges"][0]["send"])
BODY = body()
RECEIPT = {"receipt": "of a test"}


@pytest.fixture(scope="module")
def process(shelf: Shelf) -> Iterator[DeviceProcess]:
    running = DeviceProcess([spec(shelf)])
    yield running
    running.close()


@pytest.fixture(autouse=True)
def _as_before(shelf: Shelf, process: DeviceProcess) -> Iterator[None]:
    yield
    shelf.reset()
    for found in process.scan():
        process.release(found.id)


@pytest.fixture
def nano(process: DeviceProcess, shelf: Shelf) -> LedgerDevice:
    return device(process, shelf, "nano")


@pytest.fixture
def plus(process: DeviceProcess, shelf: Shelf) -> LedgerDevice:
    return device(process, shelf, "plus")


@pytest.fixture
def person(shelf: Shelf) -> Iterator[Person]:
    with shelf.person("nano") as somebody:
        yield somebody


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def spec(shelf: Shelf) -> BusSpec:
    return BusSpec("signer_app.practice.device_bus:practice_bus", {"folder": str(shelf.home)})


def device(process: DeviceProcess, shelf: Shelf, name: str) -> LedgerDevice:
    """The device of that name, once the process sees it."""
    wanted = f"practice:{shelf.serial(name)}"
    wait_until(lambda: wanted in ids(process))
    return next(LedgerDevice(process, found) for found in process.scan() if found.id == wanted)


def ids(process: DeviceProcess) -> set[str]:
    return {found.id for found in process.scan()}


def code(action: Callable[[], object]) -> str:
    with pytest.raises(SignerError) as caught:
        action()
    return caught.value.code


def late(future: Future[Any]) -> str:
    return code(lambda: future.result(60))


def exchanges(shelf: Shelf) -> list[str]:
    """What the device plus was sent to sign, so far."""
    with shelf.person("plus") as somebody:
        return [row["apdu"] for row in somebody.do("history")["exchanges"] if row["apdu"][:4] == "e004"]


def witness(**_: object) -> dict[str, Any]:
    return RECEIPT


def told(tell: Callable[[str], None]) -> Desk:
    """A desk at which somebody listens."""
    return replace(SILENT, tell=tell)


def signer_of(found: LedgerDevice, desk: Desk = SILENT) -> LedgerSigner:
    """The first usual key of the device."""
    found.ready("XRP", desk)
    key = XrpApp(found).address(PATH).public_key
    signer = find_key(found, key, paths=USUAL_PATHS, key_id="k", witness=witness, desk=desk)
    assert signer is not None
    return signer


def sign(signer: LedgerSigner, text: str = BODY) -> SignedTransaction:
    account = f"{NETWORK}:{signer.key.addresses['xrpl']}"
    return signer.sign_transaction(
        network=NETWORK, body=text, signer=account, key_id="k", report_hash="00" * 32
    )


def verifies(signed: SignedTransaction, text: str = BODY) -> bool:
    return chain_of(NETWORK).verify(network=NETWORK, body=text, signature=signed.signature)


# -- finding and asking ------------------------------------------------------------------------------------


def test_each_device_is_found_once_by_what_is_its_own(process: DeviceProcess, shelf: Shelf) -> None:
    """Three interfaces each, of which one carries APDUs; the others are never opened."""
    wait_until(lambda: len(ids(process)) == 3)
    found = {entry.id: (entry.model, entry.transport, entry.busy) for entry in process.scan()}
    assert found == {
        f"practice:{shelf.serial('nano')}": ("Ledger Nano X", "practice", False),
        f"practice:{shelf.serial('plus')}": ("Ledger Nano S Plus", "practice", False),
        f"practice:{shelf.serial('old')}": ("Ledger Nano S", "practice", False),
    }


def test_an_exchange(process: DeviceProcess, nano: LedgerDevice) -> None:
    assert process.exchange(nano.id, CONFIG, timeout_s=30) == CONFIG_ANSWER
    assert nano.open_app().name == "XRP"
    assert XrpApp(nano).version() == "2.4.1"
    assert XrpApp(nano).address(PATH).address == OWN


def test_what_is_not_connected_cannot_be_asked(process: DeviceProcess) -> None:
    assert code(lambda: process.exchange("practice:nobody", CONFIG, timeout_s=5)) == "DEV_DISCONNECTED"
    process.cancel("practice:nobody")
    process.release("practice:nobody")


def test_a_signature_from_key_to_receipt(
    nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    said: list[str] = []
    shown: list[Any] = []
    desk = Desk(said.append, shown.append)
    signing = pool.submit(lambda: sign(signer_of(nano, desk)))
    screens = person.asked()
    assert len(shown) == 1, "what the device shows was said before"
    assert "Compare and approve on the Ledger Nano X" in said[-1]
    assert screens["purpose"] == "sign"
    person.do("approve")
    signed = signing.result(60)
    assert verifies(signed)
    assert (signed.signature.signer, signed.receipt) == (f"{NETWORK}:{OWN}", RECEIPT)


def test_rejected_on_the_device(nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor) -> None:
    signing = pool.submit(lambda: sign(signer_of(nano)))
    person.asked()
    person.do("reject")
    assert late(signing) == "DEV_REJECTED"
    again = pool.submit(lambda: sign(signer_of(nano)))
    person.asked()
    person.do("approve")
    assert verifies(again.result(60))


def test_a_key_that_is_not_on_the_device(plus: LedgerDevice) -> None:
    found = find_key(plus, "02" + "11" * 32, paths=USUAL_PATHS, key_id="k", witness=witness, desk=SILENT)
    assert found is None


def test_a_body_that_the_app_would_refuse_is_not_sent(plus: LedgerDevice, shelf: Shelf) -> None:
    signer = signer_of(plus)
    before = exchanges(shelf)
    assert code(lambda: sign(signer, body(Flags=0x20000))) == "DEV_UNSUPPORTED"
    assert code(lambda: signer.sign_transaction(
        network=NETWORK, body=BODY, signer=f"{NETWORK}:{ACCOUNT}", key_id="other", report_hash=""
    )) == "KEY_NOT_FOUND"  # fmt: skip
    after = exchanges(shelf)  # the device forgets its oldest ones meanwhile
    assert after == before[len(before) - len(after) :]


def test_the_nano_s_has_less_room(process: DeviceProcess, shelf: Shelf) -> None:
    big = body(Memos=[{"Memo": {"MemoData": "AA" * 450}}] * 2)
    assert verifies(sign(signer_of(device(process, shelf, "plus")), big), big)
    signer = signer_of(device(process, shelf, "old"))
    assert code(lambda: sign(signer, big)) == "DEV_TOO_LARGE"


# -- cancelling, being busy --------------------------------------------------------------------------------


def test_cancelling_ends_the_waiting_within_a_second(
    process: DeviceProcess, nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    """The quickest of three, because the machine may be busy; what the device shows stays."""
    assert SLICE_MS <= 500
    taken = []
    for _ in range(3):
        waiting = pool.submit(process.exchange, nano.id, SIGN, timeout_s=None)
        person.asked()
        start = time.monotonic()
        nano.cancel()
        assert late(waiting) == "DEV_CANCELLED"
        taken.append(time.monotonic() - start)
        assert person.do("screens")["waiting"], "only a person can take it from the screen"
        person.do("reject")
        assert nano.open_app().name == "XRP", "the refusal is not taken for an answer"
    assert min(taken) < 1.0, taken


def test_while_it_still_shows_the_old_request_a_new_one_is_refused(
    process: DeviceProcess, nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    waiting = pool.submit(process.exchange, nano.id, SIGN, timeout_s=None)
    person.asked()
    nano.cancel()
    assert late(waiting) == "DEV_CANCELLED"
    assert process.exchange(nano.id, SIGN, timeout_s=30) == bytes.fromhex("6a80")
    person.do("reject")
    signing = pool.submit(lambda: sign(signer_of(nano)))
    person.asked()
    person.do("approve")
    assert verifies(signing.result(60))


def test_an_approval_after_the_waiting_ended_reaches_nobody(
    process: DeviceProcess, nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    """The person approves what was cancelled here: the old signature is never taken for the next one."""
    for _ in range(3):
        waiting = pool.submit(process.exchange, nano.id, SIGN, timeout_s=None)
        person.asked()
        nano.cancel()
        assert late(waiting) == "DEV_CANCELLED"
        person.do("approve")
        signing = pool.submit(lambda: sign(signer_of(nano)))
        person.asked()
        person.do("approve")
        assert verifies(signing.result(60))


def test_cancelling_what_does_not_wait_changes_nothing(process: DeviceProcess, nano: LedgerDevice) -> None:
    nano.cancel()
    assert process.exchange(nano.id, CONFIG, timeout_s=30) == CONFIG_ANSWER


def test_a_cancel_that_overtakes_its_request_is_not_lost(shelf: Shelf) -> None:
    """Calls are threads in the process, so the cancel may come first. It meets that request and no other."""
    service = HidService()
    service.answer("configure", {"buses": [spec(shelf).to_json()]}, None)
    service.answer("scan", {}, None)
    ask: JsonObject = {
        "device": f"practice:{shelf.serial('plus')}",
        "apdu": CONFIG.hex(),
        "timeout_ms": 30_000,
    }
    assert service.answer("exchange", {**ask, "number": 1}, None) == {"answer": CONFIG_ANSWER.hex()}
    service.answer("cancel", {"device": ask["device"], "number": 2}, None)
    assert code(lambda: service.answer("exchange", {**ask, "number": 2}, None)) == "DEV_CANCELLED"
    assert service.answer("exchange", {**ask, "number": 3}, None) == {"answer": CONFIG_ANSWER.hex()}
    service.answer("cancel", {"device": ask["device"], "number": 2}, None)
    assert service.answer("exchange", {**ask, "number": 4}, None) == {"answer": CONFIG_ANSWER.hex()}
    service.answer("release", {"device": ask["device"]}, None)


def test_a_device_that_asks_somebody_is_busy(
    process: DeviceProcess, nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    waiting = pool.submit(process.exchange, nano.id, SIGN, timeout_s=None)
    person.asked()
    assert code(lambda: process.exchange(nano.id, CONFIG, timeout_s=5)) == "DEV_BUSY"
    assert nano.probe("XRP").state.status == DeviceStatus.BUSY
    assert [found.busy for found in process.scan() if found.id == nano.id] == [True]
    process.release(nano.id)
    assert not waiting.done(), "nobody else can take it away"
    person.do("approve")
    assert waiting.result(60).endswith(b"\x90\x00")


def test_one_waits_for_a_person_while_the_others_sign(
    process: DeviceProcess, shelf: Shelf, nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    waiting = pool.submit(lambda: sign(signer_of(nano)))
    person.asked()
    others = [signer_of(device(process, shelf, name)) for name in ("plus", "old")]
    made = [pool.submit(sign, other) for other in others for _ in range(1)]
    signed = [future.result(60) for future in made]
    assert all(verifies(one) for one in signed)
    assert len({one.signature.signature for one in signed}) == 2
    assert not waiting.done()
    person.do("approve")
    assert verifies(waiting.result(60))


def test_two_people_at_two_devices(
    process: DeviceProcess, shelf: Shelf, nano: LedgerDevice, plus: LedgerDevice, person: Person,
    pool: ThreadPoolExecutor,
) -> None:  # fmt: skip
    with shelf.person("plus") as other:
        other.do("mode", mode="manual")
        first, second = pool.submit(lambda: sign(signer_of(nano))), pool.submit(lambda: sign(signer_of(plus)))
        person.asked()
        other.asked()
        person.do("reject")
        assert late(first) == "DEV_REJECTED"
        assert not second.done()
        other.do("approve")
        assert verifies(second.result(60))


# -- leaving and coming back -------------------------------------------------------------------------------


def test_opening_an_app_keeps_the_device(
    nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    person.do("quit")
    person.until(lambda screen: screen["plugged"] and screen["app"] is None)
    wait_until(lambda: nano.probe("XRP").state.status == DeviceStatus.APP_CLOSED)
    said: list[str] = []
    opening = pool.submit(nano.ready, "XRP", told(said.append))
    assert person.asked()["purpose"] == "open_app"
    person.do("approve")
    assert opening.result(60).name == "XRP"
    assert said == ["Open the XRP app on the Ledger Nano X: it asks you now"]


def test_another_app_is_left_first(nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor) -> None:
    person.do("mode", mode="auto")
    person.fault("wrong_app")
    wait_until(lambda: nano.probe("XRP").state.status == DeviceStatus.WRONG_APP)
    said: list[str] = []
    assert nano.ready("XRP", told(said.append)).name == "XRP"
    assert [line.split(" on ")[0] for line in said] == ["Leaving Bitcoin", "Open the XRP app"]


def test_an_app_opens_on_one_while_another_waits_for_a_person(
    process: DeviceProcess, nano: LedgerDevice, plus: LedgerDevice, shelf: Shelf, person: Person,
    pool: ThreadPoolExecutor,
) -> None:  # fmt: skip
    """A device that changes its program comes back under another path: it must be looked for."""
    waiting = pool.submit(lambda: sign(signer_of(nano)))
    person.asked()
    with shelf.person("plus") as other:
        other.fault("wrong_app")
        other.until(lambda screen: screen["plugged"] and screen["app"] == "Bitcoin")
    assert verifies(sign(signer_of(plus)))
    assert not waiting.done()
    person.do("approve")
    assert verifies(waiting.result(60))


def test_refusing_to_open_the_app(nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor) -> None:
    person.do("quit")
    person.until(lambda screen: screen["plugged"] and screen["app"] is None)
    wait_until(lambda: nano.probe("XRP").state.status == DeviceStatus.APP_CLOSED)
    opening = pool.submit(nano.ready, "XRP", SILENT)
    person.asked()
    person.do("reject")
    assert late(opening) == "DEV_REJECTED"


def test_an_app_that_is_not_there(nano: LedgerDevice, person: Person) -> None:
    person.do("quit")
    person.fault("app_missing")
    wait_until(lambda: nano.probe("XRP").state.status == DeviceStatus.APP_CLOSED)
    assert code(lambda: nano.ready("XRP", SILENT)) == "DEV_APP_MISSING"


def test_it_waits_for_the_pin_and_goes_on_by_itself(
    nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    person.do("lock")
    assert nano.probe("XRP").state.status == DeviceStatus.LOCKED
    heard = threading.Event()
    said: list[str] = []

    def tell(text: str) -> None:
        said.append(text)
        heard.set()

    ready = pool.submit(nano.ready, "XRP", told(tell))
    assert heard.wait(60)
    assert not ready.done()
    person.do("unlock")
    assert ready.result(60).name == "XRP"
    assert len(said) == 1, "it is said once"
    assert "Enter the PIN" in said[0]


def test_nobody_enters_the_pin(nano: LedgerDevice, person: Person) -> None:
    person.do("lock")
    assert code(lambda: nano.ready("XRP", replace(SILENT, patience_s=0.5))) == "DEV_LOCKED"


def test_unplugged_before(process: DeviceProcess, nano: LedgerDevice, person: Person) -> None:
    person.do("unplug")
    assert code(lambda: process.exchange(nano.id, CONFIG, timeout_s=10)) == "DEV_DISCONNECTED"
    wait_until(lambda: nano.id not in ids(process))
    assert nano.probe("XRP").state.status == DeviceStatus.DISCONNECTED
    person.do("plug")
    wait_until(lambda: nano.id in ids(process))
    assert process.exchange(nano.id, CONFIG, timeout_s=30) == CONFIG_ANSWER


@pytest.mark.parametrize("when", ["review", "answer"])
def test_unplugged_while_signing(
    nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor, when: str, process: DeviceProcess
) -> None:
    signer = signer_of(nano)
    if when == "review":
        person.fault("unplugged", when="review")
        signing = pool.submit(sign, signer)
    else:
        signing = pool.submit(process.exchange, nano.id, SIGN, timeout_s=None)
        person.asked()
        person.fault("unplugged", when="answer")
        person.do("approve")
    assert late(signing) == "DEV_DISCONNECTED"
    person.do("plug")
    wait_until(lambda: nano.probe("XRP").state.status == DeviceStatus.READY)
    again = pool.submit(sign, signer_of(nano))
    person.asked()
    person.do("approve")
    assert verifies(again.result(60))


def test_unplugged_while_a_person_reads(nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor) -> None:
    signing = pool.submit(lambda: sign(signer_of(nano)))
    person.asked()
    person.do("unplug")
    assert late(signing) == "DEV_DISCONNECTED"


def test_a_device_whose_program_dies_in_the_middle(tmp_path: Any, pool: ThreadPoolExecutor) -> None:
    with Shelf(tmp_path / "devices", {"lone": {"approve": "manual"}}) as lone:
        process = DeviceProcess([spec(lone)])
        try:
            found = device(process, lone, "lone")
            waiting = pool.submit(process.exchange, found.id, SIGN, timeout_s=None)
            with lone.person("lone") as somebody:
                somebody.asked()
            assert lone.process is not None
            lone.process.kill()
            assert late(waiting) == "DEV_DISCONNECTED"
            wait_until(lambda: found.id not in ids(process))
        finally:
            process.close()


# -- what devices do wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "options", "expected", "status"),
    [
        ("locked", {}, "DEV_LOCKED", DeviceStatus.LOCKED),
        ("in_use", {}, "DEV_IN_USE", DeviceStatus.IN_USE_ELSEWHERE),
        ("no_permission", {}, "DEV_NO_PERMISSION", DeviceStatus.NO_PERMISSION),
        ("short_answer", {}, "DEV_PROTOCOL", DeviceStatus.FAULT),
        ("garbage", {"kind": "random"}, "DEV_PROTOCOL", DeviceStatus.FAULT),
        ("garbage", {"kind": "sequence"}, "DEV_PROTOCOL", DeviceStatus.FAULT),
        ("garbage", {"kind": "channel"}, "DEV_PROTOCOL", DeviceStatus.FAULT),
        ("garbage", {"kind": "tag"}, "DEV_PROTOCOL", DeviceStatus.FAULT),
    ],
)
def test_each_fault_has_its_code_and_state_and_passes(
    nano: LedgerDevice, person: Person, fault: str, options: dict[str, Any], expected: str, status: str
) -> None:
    person.fault(fault, **options)
    assert code(nano.open_app) == expected
    assert nano.probe("XRP").state.status == status
    assert nano.probe("XRP").state.reason
    person.do("fault", name=fault, on=False)
    assert nano.open_app().name == "XRP", "it needs no restart of anything"


def test_a_device_that_never_answers(process: DeviceProcess, nano: LedgerDevice, person: Person) -> None:
    person.fault("hang")
    assert code(lambda: process.exchange(nano.id, CONFIG, timeout_s=0.3)) == "DEV_TIMEOUT"
    person.do("fault", name="hang", on=False)
    assert process.exchange(nano.id, CONFIG, timeout_s=30) == CONFIG_ANSWER


def test_a_device_that_hangs_while_a_person_is_asked_can_be_left(
    process: DeviceProcess, nano: LedgerDevice, person: Person, pool: ThreadPoolExecutor
) -> None:
    def unanswered() -> int:
        rows = person.do("history")["exchanges"]
        return sum(row["apdu"] == SIGN.hex() and row["answer"] is None for row in rows)

    person.fault("hang")
    before = unanswered()
    waiting = pool.submit(process.exchange, nano.id, SIGN, timeout_s=None)
    wait_until(lambda: unanswered() > before)
    nano.cancel()
    assert late(waiting) == "DEV_CANCELLED"


def test_a_slow_device_is_waited_for(process: DeviceProcess, nano: LedgerDevice, person: Person) -> None:
    """Each report takes longer than the slices in which it is waited for."""
    person.fault("slow", ms=SLICE_MS + 50)
    assert process.exchange(nano.id, SIGN[:3] + b"\x80" + SIGN[4:], timeout_s=30)[-2:] != b""
    assert XrpApp(nano).address(PATH).address == OWN
    assert code(lambda: process.exchange(nano.id, CONFIG, timeout_s=0.01)) == "DEV_TIMEOUT"


def test_an_answer_that_comes_too_late_is_for_nobody(
    process: DeviceProcess, nano: LedgerDevice, person: Person
) -> None:
    """It lies there when the device is opened again, and the next question is another one."""
    path = Apdu(0xE0, 0x02, 0, 0x40, SIGN[5:26]).to_bytes()
    for asked in (path, CONFIG, bytes.fromhex("b001000000")):
        person.fault("late_answer")
        assert code(lambda apdu=asked: process.exchange(nano.id, apdu, timeout_s=0.3)) == "DEV_TIMEOUT"
        assert nano.open_app().name == "XRP"
        assert XrpApp(nano).version() == "2.4.1"


class Scripted:
    """A channel whose answers come in this order; None is a while without one."""

    def __init__(self, *answers: bytes | BusError | None) -> None:
        self._answers = [*answers]

    def send(self, _apdu: bytes) -> None:
        """Nothing that came before lies there yet."""

    def receive(self, _timeout_ms: int) -> bytes | None:
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, BusError):
            raise answer
        return answer

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("given_up", "why"), [(None, "DEV_TIMEOUT"), (BusError(Trouble.BROKEN_FRAME), "DEV_PROTOCOL")]
)
def test_the_answer_to_a_question_that_was_given_up_is_not_the_next_ones(
    given_up: BusError | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes when the device was opened again, before the next question is answered."""
    late, right = bytes.fromhex("01035852509000"), CONFIG_ANSWER
    channels = [Scripted(None, given_up), Scripted(late, None, right)]
    found = Found("a", "Ledger Nano X", "USB", "1")
    bus = SimpleNamespace(enumerate=lambda: [found], open=lambda _found: channels.pop(0))
    monkeypatch.setattr(hid_process, "_make_bus", lambda _entry: bus)
    service = HidService()
    service.answer("configure", {"buses": [{}]}, None)
    service.answer("scan", {}, None)
    ask: JsonObject = {"device": "a", "apdu": CONFIG.hex(), "timeout_ms": 0}
    assert code(lambda: service.answer("exchange", {**ask, "number": 1}, None)) == why
    answered = service.answer("exchange", {**ask, "timeout_ms": 30_000, "number": 2}, None)
    assert answered == {"answer": right.hex()}


@pytest.mark.parametrize("late", ["6985", "6a80", "6800", "9000", "3044022012349000"])
def test_which_app_is_open_is_asked_again_after_what_is_no_answer_to_it(late: str) -> None:
    """The answer to a request that was given up may be the first that comes."""

    class Late:
        def __init__(self) -> None:
            self.answers = [bytes.fromhex(late), bytes.fromhex("010358525005322e342e3101009000")]
            self.released = 0

        def exchange(self, *_: object, **__: object) -> bytes:
            return self.answers.pop(0)

        def release(self, _device: str) -> None:
            self.released += 1

    process: Any = Late()
    found = LedgerDevice(process, Connected("a", "Ledger Nano X", "USB", False))
    assert found.open_app().name == "XRP"
    assert process.released == 1
    process.answers = [bytes.fromhex("5515")]
    assert code(found.open_app) == "DEV_LOCKED"


def test_a_device_that_signs_something_else(plus: LedgerDevice, shelf: Shelf) -> None:
    with shelf.person("plus") as somebody:
        somebody.fault("signs_else")
    signer = signer_of(plus)
    with pytest.raises(BadSignatureError) as caught:
        sign(signer)
    assert caught.value.code == "DEV_BAD_SIGNATURE"
    made = caught.value.signature
    assert isinstance(made, Signature)
    assert made.signature.startswith("30"), "a well-formed signature, of other bytes"
