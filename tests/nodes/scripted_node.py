"""A node on loopback whose answers and faults a test writes: real sockets, one thread a connection."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from signer_app.core.config import NodeProfile

NETWORK = "xrpl:63456"

#: Answers one request: (method, params) to the JSON-RPC result object, or to raw HTTP by returning Raw.
Script = Callable[[str, dict[str, Any]], Any]


class Raw:
    """An HTTP answer as it is: bytes of the body, status, more headers."""

    def __init__(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.body, self.status, self.headers = body, status, headers


class Hang:
    """No answer until the node is stopped."""


class Endless:
    """A body without end: one chunk of bytes after another, each after a pause in seconds."""

    def __init__(self, chunk: bytes, pause_s: float = 0.0) -> None:
        self.chunk, self.pause_s = chunk, pause_s


class Drop:
    """The connection ends without an answer."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that a fault has cut is no news."""


class ScriptedNode:
    """Context manager: ``url`` answers by the script; ``requests`` holds what was asked."""

    def __init__(
        self, script: Script | None = None, *, id: str = "node-a", operator: str | None = None
    ) -> None:
        self.id, self.operator = id, operator or f"op-{id}"
        self.script: Script = script or (lambda method, params: {"status": "error", "error": "unknownCmd"})
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def serve_tls(self, certificate: Path) -> None:
        """Speak TLS from the next connection on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def profile(self, **changes: Any) -> NodeProfile:
        fields = {"id": self.id, "operator": self.operator, "network": NETWORK, "url": self.url, **changes}
        return NodeProfile.model_validate(fields)

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [params for name, params in self.requests if name == method]

    def __enter__(self) -> ScriptedNode:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                node.requests.append((request["method"], request["params"][0]))
                node._answer(self, node.script(request["method"], request["params"][0]))

            def do_GET(self) -> None:
                node.requests.append(("GET", {"path": self.path}))
                node._answer(self, Raw(b"{}"))

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def _answer(self, handler: BaseHTTPRequestHandler, answer: Any) -> None:
        if isinstance(answer, Hang):
            self._over.wait()
            handler.close_connection = True
            return
        if isinstance(answer, Drop):
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if isinstance(answer, Endless):
            self._stream(handler, answer)
            return
        if not isinstance(answer, Raw):
            answer = Raw(json.dumps({"result": {"status": "success", **answer}}).encode())
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        try:
            handler.wfile.write(answer.body)
        except OSError:
            handler.close_connection = True  # the client had seen enough

    def _stream(self, handler: BaseHTTPRequestHandler, answer: Endless) -> None:
        handler.close_connection = True
        handler.send_response(200)
        handler.end_headers()
        try:
            while not self._over.wait(answer.pause_s):
                handler.wfile.write(answer.chunk)
        except OSError:
            return  # the client had seen enough


def closed_port() -> int:
    """A loopback port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_info(
    validated: int = 100, *, network_id: int = 63456, low: int = 1, age: int = 1
) -> dict[str, Any]:
    return {
        "info": {
            "network_id": network_id,
            "complete_ledgers": f"{low}-{validated}",
            "load_factor": 1.5,
            "validated_ledger": {
                "seq": validated,
                "age": age,
                "base_fee_xrp": 1e-05,
                "reserve_base_xrp": 1,
                "reserve_inc_xrp": 0.2,
            },
        }
    }


class LedgerScript:
    """A small ledger for scripts: accounts, tickets and transactions by hand, at one validated index."""

    def __init__(self, validated: int = 100, **info: Any) -> None:
        self.validated = validated
        self.info = info
        self.accounts: dict[str, dict[str, Any]] = {}
        self.tickets: dict[str, list[int]] = {}
        self.lines: dict[str, list[dict[str, Any]]] = {}
        self.transactions: list[dict[str, Any]] = []
        self.overrides: dict[str, Any] = {}
        self.submitted: list[str] = []

    def account(self, address: str, **fields: Any) -> None:
        self.accounts[address] = {
            "Account": address, "Balance": "5000000", "Sequence": 7, "Flags": 0, "OwnerCount": 0, **fields
        }  # fmt: skip

    def __call__(self, method: str, params: dict[str, Any]) -> Any:
        if method in self.overrides:
            answer = self.overrides[method]
            return answer(params) if callable(answer) else answer
        return getattr(self, f"_{method}")(params)

    def _server_info(self, params: dict[str, Any]) -> Any:
        return server_info(self.validated, **self.info)

    def _ledger(self, params: dict[str, Any]) -> Any:
        index = params["ledger_index"]
        index = self.validated if index == "validated" else index
        header = {"ledger_index": index, "close_time": 800_000_000 + index, "ledger_hash": f"{index:064X}"}
        return {"ledger": header, "ledger_hash": f"{index:064X}", "ledger_index": index, "validated": True}

    def _at(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"ledger_index": params["ledger_index"], "validated": True}

    def _account_info(self, params: dict[str, Any]) -> Any:
        data = self.accounts.get(params["account"])
        if data is None:
            return {"status": "error", "error": "actNotFound"}
        root = {name: value for name, value in data.items() if name != "signer_lists"}
        return {"account_data": root, "signer_lists": data.get("signer_lists", []), **self._at(params)}

    def _account_objects(self, params: dict[str, Any]) -> Any:
        numbers = self.tickets.get(params["account"], []) if params["type"] == "ticket" else []
        start = int(params.get("marker", 0))
        page = numbers[start : start + 2]
        answer = {"account_objects": [{"LedgerEntryType": "Ticket", "TicketSequence": n} for n in page]}
        if start + 2 < len(numbers):
            answer["marker"] = str(start + 2)
        return {**answer, **self._at(params)}

    def _account_lines(self, params: dict[str, Any]) -> Any:
        return {"lines": self.lines.get(params["account"], []), **self._at(params)}

    def _account_tx(self, params: dict[str, Any]) -> Any:
        low, high = params["ledger_index_min"], params["ledger_index_max"]
        found = [entry for entry in self.transactions if low <= entry["ledger_index"] <= high]
        if not params["forward"]:
            found.reverse()
        start = int(params.get("marker", 0))
        answer: dict[str, Any] = {"transactions": found[start : start + 2]}
        if start + 2 < len(found):
            answer["marker"] = str(start + 2)
        return {**answer, "ledger_index_min": low, "ledger_index_max": high, "validated": True}

    def _submit(self, params: dict[str, Any]) -> Any:
        self.submitted.append(params["tx_blob"])
        return {"engine_result": "tesSUCCESS", "engine_result_message": "applied"}
