"""A list of payments as proposals: one a row, each on a ticket of its own (DESIGN section 2, Slots).

Checking writes nothing. Proposing journals one row after the other and can stop between two; each proposal
carries a link with the list's hash and its row, so that the same list again adds only what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from signer_app.chains.port import AccountState, Source
from signer_app.chains.registry import chain_of
from signer_app.core.amounts import format_decimal
from signer_app.core.clock import format_time, whole_seconds
from signer_app.core.errors import ConflictError, CountersignError, DeniedError, MalformedError
from signer_app.core.facts import Fact
from signer_app.core.inspection import Inspection, Slot
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.exchange.payment_list import (
    Known,
    Line,
    Problem,
    guess_columns,
    read_lines,
    read_table,
    totals,
)
from signer_app.policy.checks import FAIL, INDETERMINATE, Check, Level
from signer_app.policy.engine import evaluate
from signer_app.proposals.batch_rows import LINK, Checked, ListOrder, Row
from signer_app.proposals.intake import Order, body_on
from signer_app.proposals.judging import Judge
from signer_app.proposals.policies import ActivePolicy, Policies
from signer_app.proposals.preview import Previews
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.service import ProposalService
from signer_app.proposals.slots import free_tickets

#: Receivers whose accounts are read at once.
_CHUNK: Final = 50
#: A row of a list that is being checked has no ticket yet; any number makes the same checks.
_SOME_TICKET: Final = Slot("ticket", "1")
#: Told (done, of how many); gives False to stop.
Step = Callable[[int, int], bool]


def _go_on(_done: int, _total: int) -> bool:
    return True


class Batches:
    """Lists of payments of one workspace."""

    def __init__(
        self, rooms: Rooms, policies: Policies, service: ProposalService, previews: Previews
    ) -> None:
        self._rooms, self._policies = rooms, policies
        self._service, self._previews = service, previews
        self._judge = Judge(rooms, policies)

    def columns(self, data: bytes) -> tuple[tuple[str, ...], dict[str, int], tuple[tuple[str, ...], ...]]:
        """Titles, the columns that they say, and the first rows, for a person to compare. MalformedError."""
        table = read_table(data)
        return table.titles, guess_columns(table.titles), table.rows[:5]

    # -- checking ------------------------------------------------------------------------------------------

    def check(self, order: ListOrder, step: Step = _go_on) -> Checked:
        """Read, compose and judge every row; nothing is written. MalformedError, NodeError, NotFoundError."""
        table = read_table(order.data)
        columns = dict(order.columns) if order.columns is not None else guess_columns(table.titles)
        policy, problem = self._policy()
        lines = read_lines(
            table, columns, network=order.network, asset=order.asset, known=known_names(policy, order.network)
        )
        state = self._previews.state(order.network, order.account)
        done = self._proposed_before(order)
        rows: list[Row] = []
        stopped = False
        for row in self._judged(order, lines, state, policy, done):
            rows.append(row)
            if not step(len(rows), len(lines)):
                stopped = True
                break
        together = None if stopped or policy is None else self._together(order, rows, state, policy)
        sums = {asset: format_decimal(amount) for asset, amount in totals(lines).items()}
        tickets = free_tickets(self._rooms, order.account, state)
        return Checked(table.titles, columns, tuple(rows), sums, tickets, together, problem, stopped)

    def _policy(self) -> tuple[ActivePolicy | None, DeniedError | None]:
        try:
            return self._policies.in_force(self._rooms.clock()), None
        except DeniedError as error:
            return None, error

    def _proposed_before(self, order: ListOrder) -> dict[int, str]:
        """Rows of the same list that have a proposal already."""
        prefix = f"{LINK}{order.hash}#"
        found: dict[int, str] = {}
        for proposal in self._rooms.queries.proposals(account=order.account):
            for link in proposal.links:
                number = str(link).removeprefix(prefix)
                if number.isdigit():
                    found[int(number)] = proposal.id
        return found

    def _judged(
        self,
        order: ListOrder,
        lines: Sequence[Line],
        state: AccountState,
        policy: ActivePolicy | None,
        done: Mapping[int, str],
    ) -> Iterator[Row]:
        for start in range(0, len(lines), _CHUNK * 10):
            chunk = lines[start : start + _CHUNK * 10]
            facts = self._facts(order, chunk, policy) if policy is not None else ()
            yield from self._judge_chunk(order, chunk, state, policy, facts, done)

    def _facts(self, order: ListOrder, lines: Sequence[Line], policy: ActivePolicy) -> tuple[Fact, ...]:
        """Facts for the receivers of some rows; those about the account itself once."""
        receivers = sorted({line.pay.to for line in lines if line.pay is not None})
        facts: dict[tuple[str, str], Fact] = {}
        for start in range(0, len(receivers), _CHUNK):
            some = tuple(receivers[start : start + _CHUNK])
            for fact in self._previews.facts(order.network, order.account, some, policy):
                facts.setdefault((fact.kind, fact.key), fact)
        return tuple(facts.values())

    def _judge_chunk(
        self,
        order: ListOrder,
        lines: Sequence[Line],
        state: AccountState,
        policy: ActivePolicy | None,
        facts: Sequence[Fact],
        done: Mapping[int, str],
    ) -> Iterator[Row]:
        document = None
        for line in lines:
            inspection, read = self._compose(order, line, state)
            if inspection is None or policy is None:
                yield Row(read, None, (), "", done.get(line.number))
                continue
            if document is None:  # the same for each row: what differs is in the bytes
                proposal = self._previews.unsaved(_row_order(order, line), inspection, policy)
                document = self._judge.open_case(proposal, known=facts).facts
            report = evaluate(policy.compiled, inspection, document, phase="propose")
            yield _row(line, report.verdict.value, report.codes, report.checks, done.get(line.number))

    def _compose(self, order: ListOrder, line: Line, state: AccountState) -> tuple[Inspection | None, Line]:
        """The row's bytes, decoded; a row that no bytes can hold gets a problem."""
        if line.pay is None:
            return None, line
        chain = chain_of(order.network)
        try:
            body = body_on(_SOME_TICKET, _row_order(order, line), state)
            source = Source(body.encode("ascii"), network=order.network, account=order.account)
            return chain.inspect(source), line
        except MalformedError as error:
            return None, Line(line.number, None, line.title, (Problem("", error.message),))

    def _together(
        self, order: ListOrder, rows: Sequence[Row], state: AccountState, policy: ActivePolicy
    ) -> Row | None:
        """The last row judged as if every row before it had a signature: caps see the whole list. Rows that
        were proposed before count by themselves, once they have one.
        """
        paying = [row.line for row in rows if row.line.pay is not None and row.proposal_id is None]
        if len(paying) < 2:
            return None
        inspection, last = self._compose(order, paying[-1], state)
        if inspection is None:
            return None
        at = format_time(whole_seconds(self._rooms.clock()))
        also: list[JsonValue] = [_outflow(line, at) for line in paying[:-1]]
        proposal = self._previews.unsaved(_row_order(order, last), inspection, policy)
        case = self._judge.open_case(proposal, known=self._facts(order, [last], policy), also=also)
        report = self._judge.preview(case)
        return _row(last, report.verdict.value, report.codes, report.checks, None)

    # -- proposing -----------------------------------------------------------------------------------------

    def propose(self, order: ListOrder, step: Step = _go_on) -> JsonObject:
        """Propose every row that was not proposed yet, each on its own free ticket.

        {rows, proposed, stopped, …}. Nothing is proposed where a row has a problem (MalformedError) or
        tickets are missing (ConflictError SLOT_CONFLICT). ``step`` may stop it between two rows.
        """
        checked = self.check(order)
        if checked.wrong:
            raise MalformedError(
                f"{len(checked.wrong)} of {len(checked.rows)} rows cannot be proposed. Nothing was proposed.",
                details={"rows": [row.to_json() for row in checked.wrong[:100]]},
            )
        if checked.missing_tickets:
            raise ConflictError(
                f"{len(checked.waiting)} rows need a ticket each, and {len(checked.tickets)} are free.",
                code="SLOT_CONFLICT",
                hint=f"Run proposal new ticket --count {checked.missing_tickets}, sign and send it, "
                "then propose the list.",
                details={"needed": len(checked.waiting), "free": len(checked.tickets)},
            )
        made: dict[int, tuple[str, str | None, tuple[str, ...]]] = {}
        stopped = False
        for row, ticket in zip(checked.waiting, checked.tickets, strict=False):
            if not step(len(made), len(checked.waiting)):
                stopped = True
                break
            made[row.line.number] = self._propose_row(order, row, ticket, len(made))
        step(len(made), len(checked.waiting))
        rows = [
            replace(row, proposal_id=made[row.line.number][0], verdict=made[row.line.number][1],
                    codes=made[row.line.number][2]) if row.line.number in made else row
            for row in checked.rows
        ]  # fmt: skip
        return {
            **replace(checked, rows=tuple(rows), stopped=stopped).to_json(),
            "dry_run": False,
            "proposed": len(made),
        }

    def _propose_row(
        self, order: ListOrder, row: Row, ticket: int, before: int
    ) -> tuple[str, str | None, tuple[str, ...]]:
        wish = replace(
            _row_order(order, row.line),
            slot=Slot("ticket", str(ticket)),
            links=(order.link(row.line.number),),
        )
        try:
            result = self._service.new(wish)
        except CountersignError as error:
            error.details.setdefault("row", row.line.number)
            error.details.setdefault("proposed", before)
            raise
        verdict, codes = result["verdict"], result["codes"]
        return (
            str(result["proposal_id"]),
            verdict if isinstance(verdict, str) else None,
            tuple(map(str, codes)) if isinstance(codes, list) else (),
        )


def known_names(policy: ActivePolicy | None, network: str) -> Known:
    """Names of the policy that a list may use: ids of the address book, labels of assets."""
    if policy is None:
        return Known()
    body = policy.document.body
    return Known(
        {e.id: (e.account, e.tag) for e in body.address_book if e.account.startswith(f"{network}:")},
        {a.label: a.id for a in body.assets if a.id.startswith(f"{network}/")},
    )


def _row_order(order: ListOrder, line: Line) -> Order:
    if line.pay is None:
        raise MalformedError(f"Row {line.number} has no payment.")
    return Order(
        network=order.network,
        account=order.account,
        intent=line.pay,
        expires_in=order.expires_in,
        title=line.title or order.title,
    )


def _row(
    line: Line, verdict: str, codes: tuple[str, ...], checks: Iterable[Check], proposal_id: str | None
) -> Row:
    """A judged row; ``says`` is the sentence of the gravest objection."""
    against = [check for check in checks if check.verdict in (FAIL, INDETERMINATE)]
    grave = [check for check in against if check.severity is Level.HARD] or [
        check for check in against if check.severity is Level.SOFT
    ]
    return Row(line, verdict, codes, grave[0].sentence() if grave else "", proposal_id)


def _outflow(line: Line, at: str) -> JsonValue:
    """What a row could move, as judging.outflow_items says it of a proposal. Equal rows are not one."""
    if line.pay is None:
        raise MalformedError(f"Row {line.number} has no payment.")
    return {
        "id": f"{line.number:064x}",
        "asset": line.pay.asset,
        "to": line.pay.to,
        "amount": format_decimal(line.pay.amount),
        "at": at,
        "state": "signed",
    }
