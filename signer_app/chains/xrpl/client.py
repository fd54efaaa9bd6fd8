"""One XRPL node over JSON-RPC (xrpl.org, "HTTP / WebSocket APIs", api_version 2): typed answers, mapped
errors.

Nothing here decides anything: facts are made in reads.py, outcomes in outcome.py, agreement in nodes/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from signer_app.chains.node import Answer, HttpEndpoint, NodeStatus, Reach, TimeLimits, node_error
from signer_app.chains.xrpl.answers import (
    AccountInfo,
    History,
    LedgerHeader,
    LedgerTransaction,
    ServerInfo,
    SubmitAnswer,
    drops,
    ripple_time,
    server_time,
    signer_list,
    spans,
    transaction,
)
from signer_app.core.config import NodeProfile
from signer_app.core.errors import NodeError
from signer_app.core.json_types import JsonObject, JsonValue

_PAGE: Final = 200
#: Pages of one listing. A node that never ends its list is wrong, not rich.
_MAX_PAGES: Final = 500

#: RPC errors of a node that is there and cannot serve this now or holds no such ledger.
_BEHIND = frozenset(
    {
        "lgrNotFound", "lgrIdxsInvalid", "lgrIdxMalformed", "lgrIdxInvalid", "noNetwork", "noCurrent",
        "noClosed", "notSynced", "amendmentBlocked", "expiredValidatorList", "notReady",
    }
)  # fmt: skip
_BUSY = frozenset({"slowDown", "tooBusy", "failedToForward", "notEnabled", "noPermission"})
_ACCOUNT_MISSING = "actNotFound"
_TX_MISSING = "txnNotFound"


class XrplClient:
    """One endpoint. Blocking; safe to use from several threads. Every method raises NodeError."""

    def __init__(
        self, node: str, url: str, network: str, limits: TimeLimits | None = None, reach: Reach | None = None
    ) -> None:
        self.node = node
        self.network = network
        self._http = HttpEndpoint(node, url, limits, reach)

    def close(self) -> None:
        self._http.close()

    def status(self) -> NodeStatus:
        """server_info in the words of a pool. NODE_WRONG_NETWORK if the node is of another network."""
        info = self.server_info()
        return NodeStatus(info.network, info.validated, info.age_s, info.history, info.time)

    def server_info(self) -> ServerInfo:
        info = self._call("server_info", {}).object("info")
        network = f"xrpl:{info.integer('network_id')}"
        if network != self.network:
            raise node_error(
                self.node,
                "NODE_WRONG_NETWORK",
                f"is of {network}; this address was set up for {self.network}",
            )
        if info.flag("amendment_blocked"):
            raise node_error(self.node, "NODE_BEHIND", "is too old for this network (amendment blocked)")
        ledger = info.optional_object("validated_ledger")
        if ledger is None:
            raise node_error(self.node, "NODE_BEHIND", "has no validated ledger")
        return ServerInfo(
            network=network,
            validated=ledger.integer("seq"),
            age_s=ledger.optional_integer("age"),
            history=spans(info),
            base_fee=drops(ledger, "base_fee_xrp"),
            reserve_base=drops(ledger, "reserve_base_xrp"),
            reserve_inc=drops(ledger, "reserve_inc_xrp"),
            time=server_time(info.data.get("time")),
        )

    def ledger(self, index: int | None = None) -> LedgerHeader:
        """The header of a ledger, by default of the newest validated one."""
        answer = self._call("ledger", {"ledger_index": "validated" if index is None else index})
        header = answer.object("ledger")
        found = LedgerHeader(
            index=header.integer("ledger_index"),
            hash=answer.optional_text("ledger_hash") or header.text("ledger_hash"),
            close_time=ripple_time(header.integer("close_time")),
            validated=answer.flag("validated"),
        )
        if index is not None and found.index != index:
            raise header.wrong(f"ledger {found.index} came for ledger {index}")
        return found

    def account_info(self, address: str, ledger: int) -> AccountInfo | None:
        """The account and its signer list at a validated ledger; None if it does not exist there."""
        answer = self._at_ledger(
            "account_info", {"account": address, "signer_lists": True}, ledger, absent=_ACCOUNT_MISSING
        )
        if answer is None:
            return None
        data = answer.object("account_data")
        if data.text("Account") != address:
            raise data.wrong("another account came than was asked for")
        lists = answer.objects("signer_lists") or data.objects("signer_lists")
        if len(lists) > 1:
            raise answer.wrong("an account has one signer list at most")
        return AccountInfo(
            address=address,
            balance=data.integer("Balance"),
            sequence=data.integer("Sequence"),
            flags=data.integer("Flags"),
            owner_count=data.integer("OwnerCount"),
            regular_key=data.optional_text("RegularKey"),
            signer_list=signer_list(lists[0]) if lists else None,
        )

    def account_objects(self, address: str, kind: str, ledger: int) -> tuple[Answer, ...]:
        """All objects of a kind (ticket, signer_list, mptoken, …) at a validated ledger; () without
        account.
        """
        found: list[Answer] = []
        request: JsonObject = {"account": address, "type": kind, "limit": _PAGE}
        for answer in self._pages("account_objects", request, ledger):
            found.extend(answer.objects("account_objects"))
        return tuple(found)

    def tickets(self, address: str, ledger: int) -> tuple[int, ...]:
        """Numbers of the account's unused tickets at a validated ledger, ascending."""
        numbers = {
            item.integer("TicketSequence")
            for item in self.account_objects(address, "ticket", ledger)
            if item.data.get("LedgerEntryType", "Ticket") == "Ticket"
        }
        return tuple(sorted(numbers))

    def account_lines(self, address: str, peer: str, ledger: int) -> tuple[Answer, ...]:
        """Trust lines between the account and ``peer`` at a validated ledger."""
        found: list[Answer] = []
        for answer in self._pages(
            "account_lines", {"account": address, "peer": peer, "limit": _PAGE}, ledger
        ):
            found.extend(line for line in answer.objects("lines") if line.data.get("account") == peer)
        return tuple(found)

    def account_tx(
        self, address: str, low: int, high: int, *, newest_first: bool = False
    ) -> Iterator[tuple[tuple[LedgerTransaction, ...], int, int, bool]]:
        """Pages of validated transactions that touched the account in ledgers low … high.

        Yields (transactions, low searched, high searched, last page). The node states the range it searched;
        it counts only as far as it lies inside the range asked for.
        """
        request: JsonObject = {
            "account": address,
            "ledger_index_min": low,
            "ledger_index_max": high,
            "binary": False,
            "forward": not newest_first,
            "limit": _PAGE,
        }
        for _ in range(_MAX_PAGES):
            answer = self._call("account_tx", request)
            page = tuple(transaction(item) for item in answer.objects("transactions"))
            searched = (
                max(low, answer.integer("ledger_index_min")),
                min(high, answer.integer("ledger_index_max")),
            )
            marker = answer.data.get("marker")
            yield page, *searched, marker is None
            if marker is None:
                return
            if marker == request.get("marker"):
                raise answer.wrong("the marker does not move")
            request = {**request, "marker": marker}
        raise node_error(self.node, "NODE_PROTOCOL", "does not end its list of transactions")

    def history(self, address: str, low: int, high: int) -> History:
        """All pages of account_tx over low … high, oldest first. ``low`` and ``high`` as the node
        searched.
        """
        found: list[LedgerTransaction] = []
        first, last = low, high
        for page, page_low, page_high, _ in self.account_tx(address, low, high):
            found.extend(page)
            first, last = max(first, page_low), min(last, page_high)
        return History(tuple(found), first, last)

    def tx(self, tx_id: str, *, low: int | None = None, high: int | None = None) -> LedgerTransaction | None:
        """One transaction by id, optionally in a range of ledgers; None if the node does not know it."""
        request: JsonObject = {"transaction": tx_id, "binary": False}
        if low is not None and high is not None:
            request |= {"min_ledger": low, "max_ledger": high}
        answer = self._call("tx", request, absent=_TX_MISSING)
        if answer.data.get("error") == _TX_MISSING or answer.data.get("ledger_index") is None:
            return None
        return transaction(answer)

    def fee(self) -> int:
        """Drops that a transaction of base size pays for the open ledger now."""
        return self._call("fee", {}).object("drops").integer("open_ledger_fee")

    def submit(self, blob: str) -> SubmitAnswer:
        """Send a signed blob (hex) as it is. A refusal is an answer; NodeError means that none came."""
        raw = self._send("submit", {"tx_blob": blob, "fail_hard": False})
        answer = Answer(self.node, "submit", raw)
        engine_result = answer.optional_text("engine_result")
        if engine_result is not None:
            return SubmitAnswer(engine_result, True, answer.optional_text("engine_result_message") or "", raw)
        error = answer.optional_text("error")
        if error is None:
            raise answer.wrong("neither engine_result nor error")
        message = answer.optional_text("error_exception") or answer.optional_text("error_message") or ""
        return SubmitAnswer(error, False, message, raw)

    def _pages(self, method: str, request: JsonObject, ledger: int) -> Iterator[Answer]:
        for _ in range(_MAX_PAGES):
            answer = self._at_ledger(method, request, ledger, absent=_ACCOUNT_MISSING)
            if answer is None:
                return
            yield answer
            marker = answer.data.get("marker")
            if marker is None:
                return
            if marker == request.get("marker"):
                raise answer.wrong("the marker does not move")
            request = {**request, "marker": marker}
        raise node_error(self.node, "NODE_PROTOCOL", f"does not end its answer to {method}")

    def _at_ledger(self, method: str, request: JsonObject, ledger: int, *, absent: str) -> Answer | None:
        """Ask at one ledger and hold the node to it: an answer from another or an open ledger is no fact."""
        answer = self._call(method, {**request, "ledger_index": ledger}, absent=absent)
        if answer.data.get("error") == absent:
            return None
        if answer.integer("ledger_index") != ledger or not answer.flag("validated"):
            raise answer.wrong(f"the answer is not from validated ledger {ledger}")
        return answer

    def _call(self, method: str, request: JsonObject, *, absent: str | None = None) -> Answer:
        result = self._send(method, request)
        error = result.get("error")
        if result.get("status") == "error" or error is not None:
            if absent is not None and error == absent:
                return Answer(self.node, method, result)
            raise self._rpc_error(method, error)
        return Answer(self.node, method, result)

    def _send(self, method: str, request: JsonObject) -> JsonObject:
        body = self._http.post({"method": method, "params": [{**request, "api_version": 2}]})
        result = body.get("result")
        if not isinstance(result, dict):
            raise self._http.protocol_error(f"{method}: no result")
        return result

    def _rpc_error(self, method: str, error: JsonValue) -> NodeError:
        name = error if isinstance(error, str) and re.fullmatch(r"[A-Za-z]{1,60}", error) else "unnamed error"
        if name in _BEHIND:
            return node_error(self.node, "NODE_BEHIND", "cannot answer for this ledger", f"{method}: {name}")
        if name in _BUSY:
            return self._http.unreachable(f"{method}: {name}")
        return self._http.protocol_error(f"{method}: {name}")


def connect(profile: NodeProfile, limits: TimeLimits | None = None, reach: Reach | None = None) -> XrplClient:
    """The client of a configured node. Opens no connection yet."""
    return XrplClient(profile.id, profile.url, profile.network, limits, reach)
