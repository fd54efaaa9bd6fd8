"""What the node clients of every ledger share: JSON over HTTP, typed reading of answers, the port to a pool.

DESIGN section 3: nodes/ knows operators, chains/ knows methods. A node is not trusted. Its answers are
bounded in size and time, read strictly, and every fault of transport or form becomes a NodeError here, so
that nothing above sees an exception of the HTTP library.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any, Generic, NoReturn, Protocol, Self, TypeVar

import httpx
from socksio import SOCKSError

from signer_app.core.canonical import Limits, read_json_object
from signer_app.core.errors import MalformedError, NodeError
from signer_app.core.json_types import JsonObject, JsonValue

#: Bounds of one answer. 16 MiB is the frame limit of the ledgers' own servers (reference/ledgers.md 4.2).
ANSWER_LIMITS = Limits(size=16 * 1024 * 1024, depth=64, values=1_000_000, string=4 * 1024 * 1024)

_BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds. ``total`` bounds one whole exchange: a node that sends a byte now and then is cut off too."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 20.0


class Guard(Protocol):
    """Looks at a TLS connection before anything is asked over it."""

    def check(self, connection: Any) -> None:
        """``connection`` is of the ssl module, its handshake done. Raises NodeError to give it up."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """How a node is reached. ``ca``: PEM of the one authority that vouches for it, instead of those that
    everybody knows; ``guard`` holds it to its certificate; ``proxy``: http:// or socks5:// on the way, which
    resolves the node's name itself."""

    ca: str | None = None
    guard: Guard | None = None
    proxy: str | None = None


class HttpEndpoint:
    """One node's HTTP address. TLS is verified; proxies of the environment and redirects are not followed."""

    def __init__(
        self, node: str, url: str, limits: TimeLimits | None = None, reach: Reach | None = None
    ) -> None:
        self.node = node
        self._limits = limits or TimeLimits()
        self._url = url
        reach = reach or Reach()
        self._guard = reach.guard
        self._client = httpx.Client(
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
            follow_redirects=False,
            trust_env=False,
            proxy=reach.proxy,
            verify=_trust(url, reach.ca),
            # A compressed answer could be small on the wire and huge in memory.
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
        )
        watched = self._guard is not None or reach.proxy is not None
        self._extensions = {"trace": self._traced} if watched else {}
        #: The connection that this thread has opened for the present request.
        self._begun = threading.local()

    def post(self, body: JsonObject) -> JsonObject:
        """Send a JSON object, return the one that answers. NodeError: NODE_UNREACHABLE, NODE_PROTOCOL."""
        content = json.dumps(body, separators=(",", ":")).encode("utf-8")
        self._begun.stream = None
        try:
            with self._client.stream(
                "POST", self._url, content=content, extensions=self._extensions
            ) as response:
                self._check_head(response)
                data = self._read_all(response)
            if self._client.is_closed:  # while this was connected, so that nobody else gives it back
                response.extensions["network_stream"].close()
        except (httpx.RemoteProtocolError, httpx.DecodingError, httpx.InvalidURL) as error:
            raise self.protocol_error(f"HTTP: {_reason(error)}") from error
        except (httpx.HTTPError, SOCKSError) as error:
            if self._begun.stream is not None:  # the library forgets it where a SOCKS proxy refuses
                self._begun.stream.close()
            raise self.unreachable(_reason(error)) from error
        except RuntimeError as error:
            # The list of nodes was changed, or the workspace locked, while another thread asked.
            if not self._client.is_closed:
                raise
            raise self.unreachable("its connections were given back") from error
        try:
            return read_json_object(data, limits=ANSWER_LIMITS, fractions_as_text=True)
        except (MalformedError, RecursionError) as error:
            raise self.protocol_error(str(error)[:300]) from error

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def protocol_error(self, reason: str) -> NodeError:
        """An answer that cannot be understood."""
        return protocol_error(self.node, reason)

    def unreachable(self, reason: str) -> NodeError:
        """No answer."""
        return node_error(self.node, "NODE_UNREACHABLE", "cannot be reached", reason)

    def _traced(self, event: str, info: Mapping[str, Any]) -> None:
        """What the HTTP library tells of its steps: a handshake, of a direct or a tunnelled connection."""
        if event.endswith(".connect_tcp.complete"):
            self._begun.stream = info["return_value"]
        if self._guard is None or not event.endswith(".start_tls.complete"):
            return
        stream = info["return_value"]
        try:
            self._guard.check(stream.get_extra_info("ssl_object"))
        except NodeError:
            stream.close()
            raise

    def _check_head(self, response: httpx.Response) -> None:
        if response.status_code in _BUSY:
            raise self.unreachable(f"HTTP status {response.status_code}")
        if response.status_code != 200:
            raise self.protocol_error(f"HTTP status {response.status_code}")
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise self.protocol_error("the answer is compressed, which was not asked for")

    def _read_all(self, response: httpx.Response) -> bytes:
        deadline = time.monotonic() + self._limits.total
        data = bytearray()
        for chunk in response.iter_raw():
            data += chunk
            if len(data) > ANSWER_LIMITS.size:
                raise self.protocol_error(f"the answer has more than {ANSWER_LIMITS.size} bytes")
            if time.monotonic() > deadline:
                raise self.unreachable(f"the answer took longer than {self._limits.total:g} s")
        return bytes(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _trust(url: str, ca: str | None) -> ssl.SSLContext:
    """Whom the node is checked against. The environment has no say (SSL_CERT_FILE)."""
    if not url.startswith("https:"):
        return _no_trust()
    return _tls() if ca is None else own_trust(ca)


@cache
def own_trust(ca: str) -> ssl.SSLContext:
    """Knows one authority, given as PEM. MalformedError where it is none."""
    try:
        return ssl.create_default_context(cadata=ca)
    except (ssl.SSLError, ValueError) as error:
        raise MalformedError("The authority of the node is no certificate in PEM form.") from error


@cache
def _tls() -> ssl.SSLContext:
    """Verifies certificates and names. One for all nodes: reading the list of authorities takes a while."""
    return httpx.create_ssl_context(verify=True, trust_env=False)


@cache
def _no_trust() -> ssl.SSLContext:
    """For clear text on this machine: verifies as well, and knows no authority."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def node_error(node: str, code: str, what: str, reason: str = "") -> NodeError:
    """A NodeError that names the node by its id. Addresses may hold an access token, so they never appear."""
    details: dict[str, JsonValue] = {"node": node}
    if reason:
        details["reason"] = reason
    return NodeError(f"Node {node} {what}.", code=code, details=details)


def protocol_error(node: str, reason: str) -> NodeError:
    """An answer that cannot be understood."""
    return node_error(node, "NODE_PROTOCOL", "answered something that cannot be understood", reason)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Typed access to one JSON object of an answer. What is missing or of another type is NODE_PROTOCOL."""

    node: str
    where: str
    data: JsonObject

    def text(self, key: str) -> str:
        value = self.data.get(key)
        return value if isinstance(value, str) else self._refuse(key, "a text")

    def optional_text(self, key: str) -> str | None:
        return None if self.data.get(key) is None else self.text(key)

    def integer(self, key: str) -> int:
        """A JSON integer, or the decimal string that ledgers use for wide ones. Never negative."""
        value = self.data.get(key)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        return self._refuse(key, "a whole number")

    def optional_integer(self, key: str) -> int | None:
        return None if self.data.get(key) is None else self.integer(key)

    def flag(self, key: str) -> bool:
        """A boolean that counts as false when absent."""
        value = self.data.get(key, False)
        return value if isinstance(value, bool) else self._refuse(key, "true or false")

    def object(self, key: str) -> Answer:
        value = self.data.get(key)
        return self._inner(key, value) if isinstance(value, dict) else self._refuse(key, "an object")

    def optional_object(self, key: str) -> Answer | None:
        return None if self.data.get(key) is None else self.object(key)

    def objects(self, key: str) -> tuple[Answer, ...]:
        """A list of objects; absent is empty."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            self._refuse(key, "a list")
        return tuple(
            self._inner(f"{key}[{index}]", item) if isinstance(item, dict) else self._refuse(key, "objects")
            for index, item in enumerate(value)
        )

    def wrong(self, reason: str) -> NodeError:
        """The error for an answer of the right form and an impossible content."""
        return node_error(
            self.node,
            "NODE_PROTOCOL",
            "answered something that cannot be understood",
            f"{self.where}: {reason}",
        )

    def _inner(self, key: str, value: JsonObject) -> Answer:
        return Answer(self.node, f"{self.where}.{key}", value)

    def _refuse(self, key: str, wanted: str) -> NoReturn:
        raise self.wrong(f"{key} is not {wanted}")


@dataclass(frozen=True, slots=True)
class Spans:
    """Ledger ranges that a node says it holds completely: inclusive, ascending, apart."""

    ranges: tuple[tuple[int, int], ...]

    def covers(self, low: int, high: int) -> bool:
        """Whether one range holds all of low … high."""
        return any(first <= low and high <= last for first, last in self.ranges)

    def around(self, index: int) -> tuple[int, int] | None:
        """The range that holds ``index``."""
        return next((span for span in self.ranges if span[0] <= index <= span[1]), None)

    def __str__(self) -> str:
        return ",".join(f"{low}-{high}" for low, high in self.ranges) or "empty"


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """What a node says of itself: network (CAIP-2), newest validated ledger, its age in seconds, history, and
    what its own clock said while it answered."""

    network: str
    validated: int
    age_s: int | None
    history: Spans
    time: datetime | None = None


class LedgerClient(Protocol):
    """The part of a ledger's client that a pool of nodes needs. ``node`` is the profile's id."""

    node: str

    def status(self) -> NodeStatus:
        """Raises NodeError."""
        ...

    def close(self) -> None: ...


Client = TypeVar("Client", bound=LedgerClient)
Client_co = TypeVar("Client_co", bound=LedgerClient, covariant=True)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Node(Generic[Client_co]):
    """A configured node with its client."""

    id: str
    operator: str
    network: str
    client: Client_co


@dataclass(frozen=True, slots=True)
class Reply(Generic[Client, Value]):
    """What one node gave for one job: a value or the error, and when."""

    node: Node[Client]
    at: datetime
    value: Value | None
    error: NodeError | None


@dataclass(frozen=True, slots=True)
class Pinned(Generic[Client]):
    """One validated ledger and the nodes that say they hold it; ``left_out`` says why others are missing."""

    network: str
    index: int
    nodes: tuple[Node[Client], ...]
    status: Mapping[str, NodeStatus]
    left_out: tuple[NodeError, ...]


class Pool(Protocol[Client]):
    """What a ledger's readers need of a pool of nodes. nodes/pool.py implements it."""

    def now(self) -> datetime: ...

    def pinned(self, network: str) -> Pinned[Client]:
        """One validated ledger for all nodes that can be read. NodeError: NODE_UNREACHABLE, NODE_BEHIND, …"""
        ...

    def readers(self, network: str) -> tuple[Node[Client], ...]: ...

    def submitters(self, network: str) -> tuple[Node[Client], ...]: ...

    def ask(
        self, nodes: Sequence[Node[Client]], job: Callable[[Client], Value]
    ) -> tuple[Reply[Client, Value], ...]:
        """Run the job on every node at once; one reply a node, in their order. Never raises NodeError."""
        ...

    def first(self, network: str, job: Callable[[Client], Value]) -> Value:
        """Run the job on the first healthy node, then on the next if it fails. Raises the last NodeError."""
        ...


def values(replies: Sequence[Reply[Client, Value]]) -> Iterator[tuple[Node[Client], Value]]:
    """The replies that hold a value."""
    for reply in replies:
        if reply.value is not None:
            yield reply.node, reply.value


def agreed(replies: Sequence[Reply[Client, Value]], min_agree: int, what: str) -> Value:
    """The value on which at least ``min_agree`` operators agree and none differs.

    ``what`` completes the sentences ("the signer list of r…"). Raises NODES_DISAGREE when two values
    differ, else the first node's error when too few operators answered.
    """
    by_operator: dict[str, Value] = {}
    for node, value in values(replies):
        if by_operator.setdefault(node.operator, value) != value:
            raise _disagree(what, (node.operator,))
    found = list(by_operator.values())
    if any(value != found[0] for value in found[1:]):
        raise _disagree(what, sorted(by_operator))
    if len(found) < min_agree:
        first = next((reply.error for reply in replies if reply.error is not None), None)
        raise NodeError(
            f"{len(found)} of {min_agree} operators said {what}.",
            code=first.code if first else "NODE_UNREACHABLE",
            details={"nodes": [reply.error.to_json() for reply in replies if reply.error]},
        )
    return found[0]


def _disagree(what: str, operators: Sequence[str]) -> NodeError:
    return NodeError(
        f"The operators {', '.join(operators)} do not agree on {what}.",
        code="NODES_DISAGREE",
        details={"operators": [*operators]},
    )
