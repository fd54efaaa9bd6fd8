"""Reading requests: parameters, the ledger they name, and refusals in the API's own form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from signer_app.core.errors import NotFoundError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.codec import is_address
from signer_app.practice.xrpl.faults import Faults
from signer_app.practice.xrpl.ledger import Header
from signer_app.practice.xrpl.reader import Reader
from signer_app.practice.xrpl.state import View, account_root

DEFAULT_LIMIT = 200
_MAX_LIMIT = 10_000
VERSIONS = (1, 2)
_HASH_DIGITS = 64
_UNREADABLE_INDEX = "ledgerIndexMalformed"


class RpcRefusal(UsageError):  # noqa: N818 - it is an answer to a client, not a fault of ours
    """An error answer of the API: its name, number and message (xrpl.org "Error Formatting")."""

    def __init__(self, name: str, number: int | None, message: str, extra: JsonObject | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.number = number
        self.extra: JsonObject = dict(extra or {})

    def answer(self) -> JsonObject:
        """Shape: {error, error_code?, error_message?, …}."""
        body: JsonObject = {"error": self.name, **self.extra}
        if self.number is not None:
            body["error_code"] = self.number
            body["error_message"] = self.message
        return body


def invalid(message: str) -> RpcRefusal:
    """The refusal of a parameter."""
    return RpcRefusal("invalidParams", 31, message)


@dataclass(frozen=True, slots=True)
class Request:
    """One call: parameters without the method's name, and the API version."""

    params: JsonObject
    version: int


@dataclass(frozen=True, slots=True)
class Service:
    """What a method works on.

    One reader, the network's faults, and an admin's levers: close a ledger, let readers catch up.
    """

    reader: Reader
    faults: Faults
    close_ledger: Callable[[], None]
    catch_up: Callable[[], None]


Method: TypeAlias = Callable[[Service, Request], JsonObject]


@dataclass(frozen=True, slots=True)
class Selected:
    """The ledger that a request is about. ``header`` is None for the open ledger."""

    view: View
    index: int
    header: Header | None

    def stamp(self) -> JsonObject:
        """The fields that say which ledger the answer is from."""
        if self.header is None:
            return {"ledger_current_index": self.index, "validated": False}
        return {"ledger_hash": self.header.hash, "ledger_index": self.index, "validated": True}


def read_version(params: JsonObject) -> int:
    """The API version of a request; 1 where it says none."""
    version = params.get("api_version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version not in VERSIONS:
        raise RpcRefusal("invalid_API_version", 6, "API version must be 1 or 2.")
    return version


def select_ledger(service: Service, params: JsonObject) -> Selected:
    """The ledger named by ledger_hash or ledger_index; the open one where none is named."""
    reader = service.reader
    if "ledger_hash" in params:
        return _closed(reader, _index_of_hash(reader, params["ledger_hash"]))
    wanted = params.get("ledger_index", params.get("ledger", "current"))
    if wanted in ("validated", "closed"):
        return _closed(reader, reader.tip.index)
    if wanted == "current":
        return Selected(reader.open_draft.view, reader.open_draft.index, None)
    index = as_integer(wanted)
    if index is None:
        raise invalid(_UNREADABLE_INDEX)
    if index == reader.open_draft.index:
        return Selected(reader.open_draft.view, index, None)
    return _closed(reader, index)


def _index_of_hash(reader: Reader, value: JsonValue) -> int:
    if not isinstance(value, str) or len(value) != _HASH_DIGITS:
        raise invalid("ledgerHashMalformed")
    try:
        return reader.index_of_hash(value.upper())
    except NotFoundError as error:
        raise RpcRefusal("lgrNotFound", 21, "ledgerNotFound") from error


def _closed(reader: Reader, index: int) -> Selected:
    try:
        return Selected(reader.state_at(index), index, reader.record(index).header)
    except NotFoundError as error:
        raise RpcRefusal("lgrNotFound", 21, "ledgerNotFound") from error


def as_integer(value: JsonValue) -> int | None:
    """An integer or a text of digits as an integer; None for everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        return int(value)
    return None


def read_account(params: JsonObject, name: str = "account") -> str:
    """The classic address in parameter ``name``. Refuses what is none."""
    value = params.get(name)
    if value is None:
        raise invalid(f"Missing field '{name}'.")
    if not isinstance(value, str):
        raise invalid(f"Invalid field '{name}'.")
    if not is_address(value):
        raise RpcRefusal("actMalformed", 35, "Account malformed.")
    return value


def require_account(selected: Selected, address: str) -> JsonObject:
    """The AccountRoot. Refuses with actNotFound, which also says in which ledger it was looked for."""
    root = account_root(selected.view, address)
    if root is None:
        raise RpcRefusal("actNotFound", 19, "Account not found.", {"account": address, **selected.stamp()})
    return root


def read_limit(params: JsonObject) -> int:
    """The page size.

    Every client of a practice ledger is an administrator, so small pages are given as asked.
    """
    value = params.get("limit", DEFAULT_LIMIT)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise invalid("Invalid field 'limit', not unsigned integer.")
    return min(value or DEFAULT_LIMIT, _MAX_LIMIT)


def read_flag(params: JsonObject, name: str) -> bool:
    """A boolean parameter; False where it is absent."""
    value = params.get(name, False)
    if not isinstance(value, bool):
        raise invalid(f"Invalid field '{name}', not boolean.")
    return value


def page(keys: list[str], marker: JsonValue, limit: int) -> tuple[list[str], str | None]:
    """One page of sorted keys behind ``marker``, and the next marker. A marker that was none is refused."""
    start = 0
    if marker is not None:
        if not isinstance(marker, str) or len(marker) != _HASH_DIGITS:
            raise invalid("Invalid field 'marker'.")
        start = sum(key <= marker for key in keys)
    chosen = keys[start : start + limit]
    more = start + limit < len(keys)
    return chosen, chosen[-1] if more and chosen else None
