"""One operator's endpoint: JSON-RPC by POST and the WebSocket API on the same port, loopback only."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import cast
from urllib.parse import urlsplit

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.typedefs import Handler

from signer_app.core.errors import ConflictError, CountersignError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.faults import CLOSE_WS, CUT, DROP_ANSWER
from signer_app.practice.xrpl.ledger import LedgerRecord
from signer_app.practice.xrpl.rpc.request import RpcRefusal, Service
from signer_app.practice.xrpl.rpc.table import SUBMITTING, call
from signer_app.practice.xrpl.subscriptions import Subscriptions

_HOST = "127.0.0.1"
#: Names of this computer, as Host and Origin give them.
_HERE = frozenset({_HOST, "localhost", "::1"})
_MAX_MESSAGE = 16 * 1024 * 1024
#: A client that leaves so many messages unread is cut off.
_MAX_BACKLOG = 10_000
_CLIENT_ENDED = (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)


def _dump(value: JsonObject) -> str:
    return json.dumps(value, separators=(",", ":"))


def _load(data: str | bytes) -> JsonValue:
    """Parse a request. Raises ValueError; deep nesting counts as unreadable too."""
    try:
        return cast(JsonValue, json.loads(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _refusal(error: CountersignError) -> JsonObject:
    """A fault of the practice ledger itself is rippled's "internal"."""
    if isinstance(error, RpcRefusal):
        return error.answer()
    return {"error": "internal", "error_code": 73, "error_message": error.message}


def _named(address: str) -> str | None:
    """The host in "host:port" or in an origin; None where there is none."""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname
    except ValueError:
        return None


@web.middleware
async def _only_this_computer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page sends: its browser names the page's own host or origin, or "null".

    Listening on loopback alone does not: a browser on this computer is on loopback too.
    """
    origin = request.headers.get("Origin")
    if _named(request.host) not in _HERE or (origin is not None and _named(origin) not in _HERE):
        return web.Response(status=403, text="Only programs on this computer may ask.\n")
    return await handler(request)


class Endpoint:
    """The server of one reader."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._connections: set[_Connection] = set()
        application = web.Application(client_max_size=_MAX_MESSAGE, middlewares=[_only_this_computer])
        application.router.add_get("/{path:.*}", self._get)
        application.router.add_post("/{path:.*}", self._post)
        # Connections that faults leave open must not hold up the end of the process.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        self._port = 0
        service.reader.on_ledger.append(self._publish)

    @property
    def operator(self) -> str:
        """Who runs this endpoint."""
        return self._service.reader.operator

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1; port 0 takes any. Raises ConflictError when the port is taken."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError as error:
            listener.close()
            raise ConflictError(f"Port {port} is taken.", details={"port": port}) from error
        self._port = int(listener.getsockname()[1])
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Close all connections and the port."""
        for connection in list(self._connections):
            connection.abort()
        await self._runner.cleanup()

    def addresses(self) -> JsonObject:
        """Shape: {operator, http, ws}."""
        place = f"{_HOST}:{self._port}"
        return {"operator": self.operator, "http": f"http://{place}/", "ws": f"ws://{place}/"}

    def has(self, fault: str) -> bool:
        """True when the fault is on for this operator."""
        return self._service.faults.has(fault, self.operator)

    def _publish(self, record: LedgerRecord) -> None:
        for connection in list(self._connections):
            connection.publish(record)

    async def _get(self, request: web.Request) -> web.StreamResponse:
        if self.has(CUT):
            return _hang_up(request)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(text="A practice XRP Ledger. POST JSON-RPC here or open a WebSocket.\n")
        connection = _Connection(self, self._service, request)
        self._connections.add(connection)
        try:
            return await connection.run()
        finally:
            self._connections.discard(connection)

    async def _post(self, request: web.Request) -> web.StreamResponse:
        if self.has(CUT):
            return _hang_up(request)
        try:
            body = _load(await request.read())
        except ValueError:
            return web.Response(status=400, text="Unable to parse request: not JSON\r\n")
        if not isinstance(body, dict) or not isinstance(body.get("method"), str):
            return web.Response(status=400, text="Null method\r\n")
        method = str(body["method"])
        given = body.get("params", [])
        params = given[0] if isinstance(given, list) and given else {}
        if not isinstance(params, dict):
            return web.Response(status=400, text="params unparseable\r\n")
        result = self._result(method, params)
        if method in SUBMITTING and self.has(DROP_ANSWER):
            return _hang_up(request)
        return web.Response(text=_dump({"result": result}), content_type="application/json")

    def _result(self, method: str, params: JsonObject) -> JsonObject:
        try:
            if method in ("subscribe", "unsubscribe"):
                raise RpcRefusal("noEvents", 7, "Current transport does not support events.")
            return {**call(self._service, method, params), "status": "success"}
        except CountersignError as error:
            echo: JsonObject = {**params, "command": method}
            return {**_refusal(error), "request": echo, "status": "error"}


def _hang_up(request: web.Request) -> web.Response:
    """Cut the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


class _Connection:
    """One WebSocket client: a reading loop, and a queue that one task writes out in order."""

    def __init__(self, endpoint: Endpoint, service: Service, request: web.Request) -> None:
        self._endpoint = endpoint
        self._service = service
        self._request = request
        self._socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE, autoclose=False)
        self._outbox: asyncio.Queue[JsonObject] = asyncio.Queue(_MAX_BACKLOG)
        self._subscriptions = Subscriptions(service.reader)

    def abort(self) -> None:
        """Cut the connection without a close frame."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def publish(self, record: LedgerRecord) -> None:
        """Queue what the client subscribed to."""
        for message in self._subscriptions.messages(record):
            self._send(message)

    def _send(self, message: JsonObject) -> None:
        try:
            self._outbox.put_nowait(message)
        except asyncio.QueueFull:
            self.abort()

    async def run(self) -> web.StreamResponse:
        """Serve the client until it goes."""
        await self._socket.prepare(self._request)
        writer = asyncio.create_task(self._write())
        try:
            while True:
                message = await self._socket.receive()
                if message.type is WSMsgType.CLOSE:
                    # The client's own code goes back, as RFC 6455 5.5.1 says; xrpl.js reconnects on any
                    # other.
                    await self._socket.close(code=message.data or WSCloseCode.OK)
                if message.type in _CLIENT_ENDED:
                    break
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._answer(message.data)
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return self._socket

    async def _write(self) -> None:
        while True:
            message = await self._outbox.get()
            try:
                await self._socket.send_str(_dump(message))
            except ConnectionError:
                return
            if self._endpoint.has(CLOSE_WS):
                await self._socket.close()
                return

    def _answer(self, data: str | bytes) -> None:
        if self._endpoint.has(CUT):
            self.abort()
            return
        try:
            body = _load(data)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            self._send({"error": "jsonInvalid", "type": "error"})
            return
        method = body.get("command", body.get("method"))
        answer = self._call(method, body)
        if method in SUBMITTING and self._endpoint.has(DROP_ANSWER):
            self.abort()
            return
        if "id" in body:
            answer["id"] = body["id"]
        self._send(answer)

    def _call(self, method: JsonValue, body: JsonObject) -> JsonObject:
        params: JsonObject = {name: value for name, value in body.items() if name not in ("id", "command")}
        frame: JsonObject = {"type": "response"}
        if "api_version" in body:
            frame["api_version"] = body["api_version"]
        try:
            if not isinstance(method, str):
                raise RpcRefusal("missingCommand", None, "Missing command entry.")
            if method == "subscribe":
                result = self._subscriptions.subscribe(params)
            elif method == "unsubscribe":
                result = self._subscriptions.unsubscribe(params)
            else:
                result = call(self._service, method, params)
        except CountersignError as error:
            return {**frame, **_refusal(error), "request": body, "status": "error"}
        return {**frame, "result": result, "status": "success"}
