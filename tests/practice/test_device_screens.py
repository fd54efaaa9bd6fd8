"""Pages, buttons, and who may press them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from device_process import Control, DeviceProcess, receive, send, sign_apdus
from hypothesis import given
from hypothesis import strategies as st
from xrpl.core.binarycodec import encode

from signer_app.practice.devices.paging import PIXELS_A_LINE, split_lines, split_pages, width
from signer_app.practice.devices.screens import Choice, Flow, Line, Purpose, review

BLOB = encode(
    {
        "TransactionType": "Payment",
        "Account": "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
        "Destination": "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
        "Amount": "1234567",
        "Fee": "60",
        "Sequence": 77,
        "Flags": 0x80000000,
        "SigningPubKey": "",
    }
)


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=255), max_size=200))
def test_lines_are_the_text_and_fit(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(len(line) > 0 and width(line) <= PIXELS_A_LINE for line in lines)
    pages = split_pages(text, 3)
    assert [line for page in pages for line in page] == lines
    assert all(len(page) <= 3 for page in pages)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a" * 20, ["a" * 19, "a"]),
        ("Immediate or Cancel, Fill or Kill", ["Immediate or Cancel, ", "Fill or Kill"]),
        ("2026-11-25 19:08:48 UTC", ["2026-11-25 19:08:48", " UTC"]),
        ("one\ntwo", ["one\n", "two"]),
        ("\xbb" * 40, ["\xbb" * 40]),
    ],
)
def test_where_lines_break(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


def test_a_nano_s_has_one_line_a_page() -> None:
    flow = review([Line("Account", "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe")], 1)
    assert [page.text() for page in flow.pages] == [
        "Account (1/2) | rPT1Sjq2YGrBMTttX4",
        "Account (2/2) | GZHjKu9dyfzbpAYe",
        "Sign transaction",
        "Reject",
    ]
    assert flow.page.choice is None
    assert [page.choice for page in flow.pages[2:]] == [Choice.APPROVE, Choice.REJECT]


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceProcess]:
    with DeviceProcess(tmp_path_factory.mktemp("devices")) as process:
        yield process


@pytest.fixture
def control(device: DeviceProcess) -> Iterator[Control]:
    with device.control() as connection:
        yield connection


def press(control: Control, button: str) -> str:
    return str(control.do("press", button=button)["screen"]["text"])


def test_right_pages_forward_left_back_both_choose(device: DeviceProcess, control: Control) -> None:
    handle = device.open()
    send(handle, sign_apdus(BLOB)[0])
    screen = device.question()
    assert (screen["purpose"], screen["at"]) == ("sign", 0)
    assert press(control, "left") == "Transaction Type | Payment"
    assert press(control, "both") == "Transaction Type | Payment"
    assert press(control, "right") == "Account | rPT1Sjq2YGrBMTttX4 | GZHjKu9dyfzbpAYe"
    assert press(control, "left") == "Transaction Type | Payment"
    for _ in range(10):
        last = press(control, "right")
    assert last == "Reject"
    assert press(control, "left") == "Sign transaction"
    assert press(control, "right") == "Reject"
    assert press(control, "both") == "Use wallet to | view accounts"
    assert receive(handle).hex() == "6985"
    assert control.do("history")["decisions"][-1]["by"] == "person"
    handle.close()


def test_the_choice_behind_is_found(device: DeviceProcess, control: Control) -> None:
    handle = device.open()
    send(handle, sign_apdus(BLOB)[0])
    device.question()
    for _ in range(10):
        press(control, "right")
    control.do("approve")
    assert receive(handle)[0] == 0x30
    handle.close()


def test_nothing_is_asked(control: Control) -> None:
    assert control.refused("approve") == "CONFLICT"
    assert control.refused("reject") == "CONFLICT"
    assert control.do("screens")["waiting"] is False


def test_the_home_screen_can_quit_the_app(device: DeviceProcess, control: Control) -> None:
    assert press(control, "right") == "Version | 2.4.1"
    assert press(control, "right") == "Quit"
    control.do("press", button="both")
    screen = device.wait(lambda screen: bool(screen["plugged"]))
    assert (screen["app"], screen["pages"]) == (None, ["Nano X | Dashboard"])
    control.do("open", app="XRP")
    assert device.wait(lambda screen: bool(screen["plugged"]))["app"] == "XRP"


def test_a_watcher_hears_of_each_change(device: DeviceProcess, control: Control) -> None:
    with device.control() as watcher:
        assert watcher.do("watch")["screen"]["text"] == "Use wallet to | view accounts"
        assert watcher.do("watch")["at"] == 0  # twice is once
        control.do("press", button="right")
        assert watcher.line()["screen"]["screen"]["text"] == "Version | 2.4.1"
        control.do("press", button="left")
        assert watcher.line()["screen"]["screen"]["text"] == "Use wallet to | view accounts"
        control.do("lock")
        assert watcher.line()["screen"]["locked"] is True
        control.do("unlock")
        assert watcher.line()["screen"]["locked"] is False


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"do": "nonsense"}, "USAGE"),
        ({"do": None}, "USAGE"),
        ({}, "USAGE"),
        ({"do": "press"}, "USAGE"),
        ({"do": "press", "button": "up"}, "USAGE"),
        ({"do": "press", "button": ["left"]}, "USAGE"),
        ({"do": "fault", "name": "nonsense"}, "USAGE"),
        ({"do": "fault", "name": "hang", "on": "yes"}, "USAGE"),
        ({"do": "mode", "mode": "expect"}, "USAGE"),
        ({"do": "expect"}, "MALFORMED"),
        ({"do": "open"}, "USAGE"),
        ({"do": "open", "app": "Solana"}, "USAGE"),
    ],
)
def test_commands_that_are_none(control: Control, command: dict[str, object], code: str) -> None:
    control.send(command)
    assert control.line()["error"]["code"] == code
    assert control.do("screens")["app"] == "XRP"


def test_a_line_that_is_no_json(control: Control) -> None:
    control.file.write("{nonsense\n")
    control.file.flush()
    assert control.line()["error"]["code"] == "MALFORMED"
    assert control.do("screens")["app"] == "XRP"


def test_an_idle_flow_waits_for_nobody() -> None:
    assert not Flow(Purpose.IDLE, ()).waits_for_a_person
    assert Flow(Purpose.SIGN, ()).waits_for_a_person
