"""What an XRPL node can do wrong on the wire, over real sockets: each fault is one NodeError code."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from scripted_node import Drop, Endless, Hang, LedgerScript, Raw, ScriptedNode, closed_port, server_info

from signer_app.chains import node as transport
from signer_app.chains.node import TimeLimits
from signer_app.chains.xrpl.client import XrplClient
from signer_app.core.errors import NodeError

NETWORK = "xrpl:63456"
ALICE = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
SHORT = TimeLimits(connect=2.0, read=2.0, total=5.0)


@pytest.fixture
def node() -> Iterator[ScriptedNode]:
    with ScriptedNode() as node:
        yield node


@pytest.fixture
def client(node: ScriptedNode) -> Iterator[XrplClient]:
    client = XrplClient(node.id, node.url, NETWORK, SHORT)
    yield client
    client.close()


def result(**fields: Any) -> bytes:
    return json.dumps({"result": {"status": "success", **fields}}).encode()


def code_of(client: XrplClient) -> str:
    with pytest.raises(NodeError) as failed:
        client.server_info()
    return failed.value.code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Hang(), "NODE_UNREACHABLE"),
        (Drop(), "NODE_PROTOCOL"),
        (Raw(b"<html>busy</html>", 503), "NODE_UNREACHABLE"),
        (Raw(b"{}", 404), "NODE_PROTOCOL"),
        (Raw(b"hello"), "NODE_PROTOCOL"),
        (Raw(b""), "NODE_PROTOCOL"),
        (Raw(b"[]"), "NODE_PROTOCOL"),
        (Raw(b"{}"), "NODE_PROTOCOL"),
        (Raw(b'{"result":[]}'), "NODE_PROTOCOL"),
        (Raw(b'{"result":{"info":{},"info":{}}}'), "NODE_PROTOCOL"),
        (Raw(b'{"result":{"info":NaN}}'), "NODE_PROTOCOL"),
        (Raw(b'{"result":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "NODE_PROTOCOL"),
        (Raw(b'{"result":"\xff"}'), "NODE_PROTOCOL"),
        (Raw(b"\x1f\x8b", Content_Encoding="gzip"), "NODE_PROTOCOL"),
        (Raw(result(**server_info(network_id=0))), "NODE_WRONG_NETWORK"),
        (Raw(result(info={"complete_ledgers": "1-2"})), "NODE_PROTOCOL"),
        (Raw(result(info={"network_id": 63456, "complete_ledgers": "empty"})), "NODE_BEHIND"),
        (Raw(result(info=server_info()["info"] | {"amendment_blocked": True})), "NODE_BEHIND"),
        (Raw(result(info=server_info()["info"] | {"complete_ledgers": "9-5"})), "NODE_PROTOCOL"),
        (Raw(result(info=server_info()["info"] | {"complete_ledgers": "1-9,5-20"})), "NODE_PROTOCOL"),
        (Raw(json.dumps({"result": {"status": "error", "error": "noNetwork"}}).encode()), "NODE_BEHIND"),
        (Raw(json.dumps({"result": {"status": "error", "error": "slowDown"}}).encode()), "NODE_UNREACHABLE"),
        (Raw(json.dumps({"result": {"status": "error", "error": "unknownCmd"}}).encode()), "NODE_PROTOCOL"),
        (Raw(json.dumps({"result": {"status": "error"}}).encode()), "NODE_PROTOCOL"),
    ],
)
def test_each_fault_has_its_code(node: ScriptedNode, client: XrplClient, answer: Any, code: str) -> None:
    node.script = lambda method, params: answer

    assert code_of(client) == code


def test_a_connection_that_is_made_while_others_are_given_back_is_given_back_too(
    node: ScriptedNode, client: XrplClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workspace is locked while another thread asks."""
    connecting, closed = threading.Event(), threading.Event()
    connect, made = socket.create_connection, []

    def slowly(*arguments: Any, **options: Any) -> socket.socket:
        connecting.set()
        assert closed.wait(20)
        made.append(connect(*arguments, **options))
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", slowly)
    node.script = lambda method, params: Raw(result(**server_info()))

    def ask() -> None:
        with contextlib.suppress(NodeError):  # an answer or none: both are right
            client.server_info()

    asking = threading.Thread(target=ask)
    asking.start()
    assert connecting.wait(20)
    client.close()
    closed.set()
    asking.join(20)
    assert [connection.fileno() for connection in made] == [-1]


def test_a_refused_connection_is_unreachable() -> None:
    with_nobody = XrplClient("gone", f"http://127.0.0.1:{closed_port()}/", NETWORK, SHORT)

    assert code_of(with_nobody) == "NODE_UNREACHABLE"
    with_nobody.close()


def test_a_redirect_is_not_followed(node: ScriptedNode, client: XrplClient) -> None:
    with ScriptedNode(id="other") as other:
        node.script = lambda method, params: Raw(b"", 302, Location=other.url)

        assert code_of(client) == "NODE_PROTOCOL"
        assert other.requests == []


def test_a_proxy_of_the_environment_is_not_used(node: ScriptedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedNode(id="proxy") as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        node.script = LedgerScript()
        client = XrplClient(node.id, node.url, NETWORK, SHORT)

        assert client.server_info().validated == 100
        assert proxy.requests == []
        client.close()


def test_an_answer_over_the_size_limit_is_cut_off(
    node: ScriptedNode, client: XrplClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    node.script = lambda method, params: Raw(result(**server_info(), padding="x" * 200_000))
    assert client.server_info().validated == 100
    assert transport.ANSWER_LIMITS.size == 16 * 1024 * 1024

    monkeypatch.setattr(transport, "ANSWER_LIMITS", transport.Limits(size=100_000, string=300_000))

    assert code_of(client) == "NODE_PROTOCOL"


def test_a_body_without_end_is_cut_off_by_size(node: ScriptedNode) -> None:
    node.script = lambda method, params: Endless(b" " * 65_536)
    patient = XrplClient(node.id, node.url, NETWORK, TimeLimits(connect=60, read=60, total=600))

    assert code_of(patient) == "NODE_PROTOCOL"
    patient.close()


def test_a_body_that_trickles_is_cut_off_by_time(node: ScriptedNode) -> None:
    node.script = lambda method, params: Endless(b" ", pause_s=0.01)
    impatient = XrplClient(node.id, node.url, NETWORK, TimeLimits(connect=60, read=60, total=0.2))

    assert code_of(impatient) == "NODE_UNREACHABLE"
    impatient.close()


def test_an_address_with_a_token_is_in_no_message(node: ScriptedNode) -> None:
    client = XrplClient("n", node.url + "token-4711", NETWORK, SHORT)
    node.script = lambda method, params: Raw(b"no", 500)
    with pytest.raises(NodeError) as failed:
        client.server_info()
    client.close()

    assert "4711" not in json.dumps(failed.value.to_json())
    assert failed.value.details["node"] == "n"


def test_fractions_of_an_answer_are_exact(node: ScriptedNode, client: XrplClient) -> None:
    node.script = LedgerScript()

    info = client.server_info()

    assert (info.base_fee, info.reserve_base, info.reserve_inc) == (10, 1_000_000, 200_000)


def test_requests_are_version_two_and_pinned(node: ScriptedNode, client: XrplClient) -> None:
    script = LedgerScript()
    script.account(ALICE)
    node.script = script

    found = client.account_info(ALICE, 97)

    assert found is not None
    assert found.balance == 5_000_000
    assert node.asked("account_info") == [
        {"account": ALICE, "signer_lists": True, "ledger_index": 97, "api_version": 2}
    ]


@pytest.mark.parametrize(
    "change", [{"ledger_index": 98}, {"validated": False}, {"validated": None}, {"ledger_index": None}]
)
def test_an_answer_from_another_ledger_is_no_answer(
    node: ScriptedNode, client: XrplClient, change: dict[str, Any]
) -> None:
    script = LedgerScript()
    script.account(ALICE)
    good = script("account_info", {"account": ALICE, "ledger_index": 97})
    script.overrides["account_info"] = good | change
    node.script = script

    with pytest.raises(NodeError) as failed:
        client.account_info(ALICE, 97)

    assert failed.value.code == "NODE_PROTOCOL"


def test_another_account_than_asked_for_is_refused(node: ScriptedNode, client: XrplClient) -> None:
    script = LedgerScript()
    script.account(ALICE)
    good = script("account_info", {"account": ALICE, "ledger_index": 97})
    good["account_data"] = good["account_data"] | {"Account": "rrrrrrrrrrrrrrrrrrrrBZbvji"}
    script.overrides["account_info"] = good
    node.script = script

    with pytest.raises(NodeError):
        client.account_info(ALICE, 97)


def test_lists_are_read_to_their_end(node: ScriptedNode, client: XrplClient) -> None:
    script = LedgerScript()
    script.tickets[ALICE] = [9, 3, 5, 4, 8]
    node.script = script

    assert client.tickets(ALICE, 90) == (3, 4, 5, 8, 9)
    assert [params.get("marker") for params in node.asked("account_objects")] == [None, "2", "4"]


def test_a_list_that_does_not_move_ends_in_an_error(node: ScriptedNode, client: XrplClient) -> None:
    script = LedgerScript()
    script.overrides["account_objects"] = {
        "account_objects": [], "marker": "1", "ledger_index": 90, "validated": True
    }  # fmt: skip
    node.script = script

    with pytest.raises(NodeError) as failed:
        client.tickets(ALICE, 90)

    assert failed.value.code == "NODE_PROTOCOL"
    assert len(node.requests) == 2


def test_a_missing_account_or_transaction_is_none(node: ScriptedNode, client: XrplClient) -> None:
    script = LedgerScript()
    script.overrides["tx"] = {"status": "error", "error": "txnNotFound", "searched_all": True}
    node.script = script

    assert client.account_info(ALICE, 90) is None
    assert client.tx("AB" * 32) is None


@pytest.mark.parametrize(
    ("answer", "code", "is_engine"),
    [
        ({"engine_result": "tefPAST_SEQ"}, "tefPAST_SEQ", True),
        (
            {"status": "error", "error": "invalidTransaction", "error_exception": "fails"},
            "invalidTransaction",
            False,
        ),
        ({"status": "error", "error": "tooBusy"}, "tooBusy", False),
    ],
)
def test_a_refused_submission_is_an_answer(
    node: ScriptedNode, client: XrplClient, answer: dict[str, Any], code: str, is_engine: bool
) -> None:
    node.script = lambda method, params: answer

    found = client.submit("1200")

    assert (found.code, found.is_engine_result) == (code, is_engine)
    assert found.raw.items() >= answer.items()
    assert node.asked("submit") == [{"tx_blob": "1200", "fail_hard": False, "api_version": 2}]
