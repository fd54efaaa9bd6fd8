"""APDUs in reports and over TCP: any length both ways, and nothing that is not the answer is taken for it."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_wire import PING, ScriptedEmulator, ScriptedHandle, framed, joined, reports

from signer_app.core.errors import UsageError
from signer_app.signers.hid.bus import BusError, Found, Trouble
from signer_app.signers.hid.tcp import TcpBus, TcpChannel, emulator_bus
from signer_app.signers.ledger.framing import Assembler, ReportChannel, split

APDUS = st.binary(min_size=5, max_size=260)
ANSWERS = st.binary(min_size=2, max_size=1024)
GARBAGE_AFTER = st.binary(max_size=57)
APDU = bytes.fromhex("e006000000")
ANSWER = bytes.fromhex("000204019000")
LONG = bytes(range(200)) + b"\x90\x00"


def trouble(channel: ReportChannel, timeout_ms: int = 1000) -> Trouble:
    with pytest.raises(BusError) as caught:
        channel.receive(timeout_ms)
    return caught.value.trouble


def asked(*answer: bytes) -> ReportChannel:
    """A channel that has sent an APDU and will get these reports."""
    channel = ReportChannel(ScriptedHandle([answer]))
    channel.send(APDU)
    return channel


# -- reports -----------------------------------------------------------------------------------------------


@given(APDUS)
def test_any_apdu_is_cut_as_the_protocol_says(apdu: bytes) -> None:
    cut = list(split(apdu))
    assert cut == reports(apdu)
    assert joined(cut) == apdu


@given(APDUS, ANSWERS)
def test_any_answer_comes_back_whole(apdu: bytes, answer: bytes) -> None:
    handle = ScriptedHandle([reports(answer)])
    channel = ReportChannel(handle)
    channel.send(apdu)
    assert channel.receive(1000) == answer
    assert handle.apdus == [apdu]


@given(ANSWERS, st.data())
def test_padding_may_hold_anything(answer: bytes, data: st.DataObject) -> None:
    *before, last = reports(answer)
    used = 5 + (len(answer) + 2) - 59 * len(before)
    noise = data.draw(st.binary(min_size=64 - used, max_size=64 - used))
    assert asked(*before, last[:used] + noise).receive(1000) == answer


@given(ANSWERS, st.data())
def test_pings_in_between_are_no_part_of_an_answer(answer: bytes, data: st.DataObject) -> None:
    stream: list[bytes] = []
    for report in reports(answer):
        stream += [PING.ljust(64, b"\0")] * data.draw(st.integers(0, 3))
        stream.append(report)
    assert asked(*stream).receive(1000) == answer


@given(st.lists(st.binary(min_size=64, max_size=64), max_size=40))
def test_whatever_lies_there_is_thrown_away_before_asking(stale: list[bytes]) -> None:
    handle = ScriptedHandle([reports(ANSWER)], stale=stale)
    channel = ReportChannel(handle)
    channel.send(APDU)
    assert channel.receive(1000) == ANSWER


def test_a_device_that_never_stops_talking_is_not_asked() -> None:
    handle = ScriptedHandle([reports(ANSWER)], stale=[reports(ANSWER)[0]] * 500)
    with pytest.raises(BusError) as caught:
        ReportChannel(handle).send(APDU)
    assert (caught.value.trouble, handle.apdus) == (Trouble.BROKEN_FRAME, [])


def test_half_an_answer_is_kept_while_waiting() -> None:
    first, *rest = reports(LONG)
    handle = ScriptedHandle([[first]])
    channel = ReportChannel(handle)
    channel.send(APDU)
    assert channel.receive(50) is None
    assert channel.receive(50) is None
    handle.later(*rest)
    assert channel.receive(1000) == LONG


def test_half_an_answer_is_forgotten_with_the_next_request() -> None:
    first, *rest = reports(LONG)
    handle = ScriptedHandle([[first], reports(ANSWER)])
    channel = ReportChannel(handle)
    channel.send(APDU)
    assert channel.receive(50) is None
    handle.later(*rest)
    channel.send(APDU)
    assert channel.receive(1000) == ANSWER


def test_it_never_asks_for_a_read_without_end() -> None:
    """A time-out of 0 reads for ever in hidapi, where it is not for throwing away what lies there."""
    handle = ScriptedHandle([])
    channel = ReportChannel(handle)
    channel.send(APDU)
    handle.timeouts.clear()
    assert channel.receive(0) is None
    assert channel.receive(1) is None
    assert all(timeout >= 1 for timeout in handle.timeouts)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(reports(LONG, channel=0x0202), id="another channel"),
        pytest.param(reports(LONG, tag=0x06), id="another tag"),
        pytest.param(reports(LONG, first=1), id="starts in the middle"),
        pytest.param([reports(LONG)[0], reports(LONG)[0]], id="the first twice"),
        pytest.param([reports(LONG)[0], reports(LONG)[2]], id="one missing"),
        pytest.param([reports(LONG)[0], reports(LONG, channel=0x0202)[1]], id="channel changes"),
        pytest.param([reports(ANSWER)[0][:63]], id="a short report"),
        pytest.param([reports(ANSWER)[0] + b"\0"], id="a long report"),
        pytest.param([reports(LONG)[0], b"\1"], id="then a short report"),
        pytest.param(reports(b"\x90"), id="one byte"),
        pytest.param(reports(b""), id="nothing"),
        pytest.param(reports(bytes(1025)), id="an answer beyond any"),
        pytest.param([bytes.fromhex("0101050000ffff").ljust(64, b"\0")], id="64 KiB"),
        pytest.param([PING[:4]], id="a short ping"),
    ],
)
def test_what_is_no_answer_is_refused(broken: list[bytes]) -> None:
    assert trouble(asked(*broken)) == Trouble.BROKEN_FRAME


@given(st.integers(0, 3), st.binary(min_size=64, max_size=64))
def test_noise_is_never_taken_for_an_answer(pings: int, noise: bytes) -> None:
    assembler = Assembler()
    for _ in range(pings):
        assert assembler.add(PING.ljust(64, b"\0")) is None
    if noise[:5] != bytes.fromhex("0101050000"):
        with pytest.raises(BusError):
            assembler.add(noise)


@given(ANSWERS.filter(lambda answer: len(answer) > 57), st.data())
def test_two_reports_in_another_order_are_refused(answer: bytes, data: st.DataObject) -> None:
    stream = reports(answer)
    one = data.draw(st.integers(0, len(stream) - 2))
    stream[one], stream[one + 1] = stream[one + 1], stream[one]
    assert trouble(asked(*stream)) == Trouble.BROKEN_FRAME


def test_closing_closes_the_interface() -> None:
    handle = ScriptedHandle([])
    ReportChannel(handle).close()
    assert handle.closed


# -- TCP ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pair() -> object:
    ours, theirs = socket.socketpair()
    yield TcpChannel(ours), theirs
    ours.close()
    theirs.close()


@given(APDUS, ANSWERS, st.data())
def test_an_answer_may_come_in_any_pieces(apdu: bytes, answer: bytes, data: st.DataObject) -> None:
    whole = framed(answer)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=6)))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = TcpChannel(ours)
        channel.send(apdu)
        assert theirs.recv(1024) == len(apdu).to_bytes(4, "big") + apdu
        for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
            assert channel.receive(0) is None
            theirs.sendall(whole[start:end])
        assert channel.receive(5000) == answer


def test_it_waits_no_longer_than_it_was_told_and_goes_on(pair: tuple[TcpChannel, socket.socket]) -> None:
    channel, theirs = pair
    channel.send(APDU)
    assert channel.receive(20) is None
    theirs.sendall(framed(ANSWER)[:5])
    assert channel.receive(20) is None
    theirs.sendall(framed(ANSWER)[5:])
    assert channel.receive(5000) == ANSWER


def test_an_answer_to_an_earlier_request_is_thrown_away(pair: tuple[TcpChannel, socket.socket]) -> None:
    channel, theirs = pair
    theirs.sendall(framed(LONG))
    channel.send(APDU)
    theirs.sendall(framed(ANSWER))
    assert channel.receive(5000) == ANSWER


def test_two_answers_at_once_are_two(pair: tuple[TcpChannel, socket.socket]) -> None:
    channel, theirs = pair
    channel.send(APDU)
    theirs.sendall(framed(LONG) + framed(ANSWER))
    assert [channel.receive(5000), channel.receive(5000)] == [LONG, ANSWER]


@pytest.mark.parametrize("length", [65_535, 1 << 20, 0xFFFF_FFFF])
def test_a_length_beyond_reason_is_refused(pair: tuple[TcpChannel, socket.socket], length: int) -> None:
    channel, theirs = pair
    channel.send(APDU)
    theirs.sendall(length.to_bytes(4, "big") + bytes(100))
    with pytest.raises(BusError) as caught:
        channel.receive(5000)
    assert caught.value.trouble == Trouble.BROKEN_FRAME


@pytest.mark.parametrize("count", range(10))
def test_a_connection_that_ends_is_gone(pair: tuple[TcpChannel, socket.socket], count: int) -> None:
    channel, theirs = pair
    channel.send(APDU)
    theirs.sendall(framed(ANSWER)[:count])
    theirs.close()
    with pytest.raises(BusError) as caught:
        channel.receive(5000)
    assert caught.value.trouble == Trouble.GONE
    with pytest.raises(BusError) as again:
        channel.send(APDU)
    assert again.value.trouble == Trouble.GONE


def test_a_closed_channel_is_gone() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        channel = TcpChannel(ours)
        channel.close()
        channel.close()
        with pytest.raises(BusError) as caught:
            channel.send(APDU)
        assert caught.value.trouble == Trouble.GONE


def test_who_reads_nothing_is_given_up() -> None:
    """The other side takes no bytes at all: sending ends, as gone."""
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        ours.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                ours.send(bytes(4096))
        channel = TcpChannel(ours)
        result: list[Trouble] = []

        def send() -> None:
            try:
                channel.send(bytes(260))
            except BusError as error:
                result.append(error.trouble)

        thread = threading.Thread(target=send, daemon=True)
        thread.start()
        thread.join(60)
        assert result == [Trouble.GONE]
        channel.close()


def test_an_emulator_is_always_listed_and_named_by_its_address() -> None:
    with ScriptedEmulator([[framed(ANSWER)]]) as emulator:
        bus = emulator_bus({"host": "127.0.0.1", "port": emulator.port})
        address = f"127.0.0.1:{emulator.port}"
        (found,) = bus.enumerate()
        assert found == Found(f"emulator:{address}", "Ledger emulator", "emulator", address)
        channel = bus.open(found)
        channel.send(APDU)
        assert channel.receive(5000) == ANSWER
        channel.close()


def test_an_emulator_that_is_not_there_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    bus = TcpBus("127.0.0.1", port)
    with pytest.raises(BusError) as caught:
        bus.open(bus.enumerate()[0])
    assert caught.value.trouble == Trouble.GONE


@pytest.mark.parametrize(
    "options",
    [{}, {"host": "x"}, {"host": 1, "port": 1}, {"host": "x", "port": 0}, {"host": "x", "port": 70_000}],
)
def test_an_address_that_is_none_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        emulator_bus(options)  # type: ignore[arg-type]
