"""CSV lists of payments: exact amounts, found columns, refused rows with their reasons."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.chains.xrpl.address import encode_address
from signer_app.core.amounts import format_decimal
from signer_app.core.errors import MalformedError
from signer_app.exchange.payment_list import (
    MAX_BYTES,
    MAX_ROWS,
    Known,
    Line,
    column_named,
    guess_columns,
    read_lines,
    read_table,
    totals,
)

NETWORK = "xrpl:63456"
XRP = f"{NETWORK}/slip44:144"
ACME = encode_address(bytes(range(20)))
OTHER = encode_address(bytes(range(1, 21)))
KNOWN = Known({"acme": (f"{NETWORK}:{ACME}", "17"), "any": (f"{NETWORK}:{OTHER}", "*")}, {"XRP": XRP})


def lines(text: str, **options: object) -> list[Line]:
    table = read_table(text.encode())
    return read_lines(table, guess_columns(table.titles), network=NETWORK, known=KNOWN, **options)  # type: ignore[arg-type]


def test_columns_are_found_by_their_titles_in_any_separator() -> None:
    for text in (
        f"Recipient;Amount;Currency;Destination tag;Reference\n{ACME};25000.50;XRP;17;Invoice 4",
        f"amount,to,reference,asset,Destination_Tag\n25000.50,{ACME},Invoice 4,{XRP},17",
        f"\ufeffTo\tAmount\tTag\tToken\tTitle\r\n{NETWORK}:{ACME}\t25000.50\t17\tXRP\tInvoice 4\r\n",
    ):
        (line,) = lines(text)
        assert line.problems == ()
        assert line.pay is not None
        assert (line.pay.to, line.pay.asset, line.pay.tag) == (f"{NETWORK}:{ACME}", XRP, "17")
        assert line.pay.amount == Decimal("25000.50")
        assert line.title == "Invoice 4"


def test_names_of_the_address_book_stand_for_account_and_tag() -> None:
    first, second, third, fourth = lines("to,amount,tag\nacme,1,\nacme,1,18\nany,1,5\nany,1,\n", asset=XRP)
    assert first.pay is not None
    assert (first.pay.to, first.pay.tag) == (f"{NETWORK}:{ACME}", "17")
    assert [problem.field for problem in second.problems] == ["tag"]
    assert third.pay is not None
    assert third.pay.tag == "5"
    assert fourth.pay is not None
    assert fourth.pay.tag is None


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (f"{ACME},1e3", "amount"),
        (f'{ACME},"1,000"', "amount"),
        (f'{ACME},"1 000"', "amount"),
        (f"{ACME},1'000", "amount"),
        (f"{ACME},0", "amount"),
        (f"{ACME},-5", "amount"),
        (f"{ACME},", "amount"),
        (f"{ACME},.5", "amount"),
        (f"{ACME},٣", "amount"),
        (",5", "to"),
        (f"{ACME[:-1]}x,5", "to"),
        (f"xrpl:0:{ACME},5", "to"),
        (f"{ACME},5,1,2,3", ""),
    ],
)
def test_a_row_that_is_not_exact_is_refused_where_it_is_wrong(row: str, field: str) -> None:
    wrong, right = lines(f"to,amount\n{row}\n{ACME},7\n", asset=XRP)
    assert wrong.pay is None
    assert [problem.field for problem in wrong.problems] == [field]
    assert all(problem.message for problem in wrong.problems)
    assert right.pay is not None


def test_every_problem_of_a_row_is_named() -> None:
    (line,) = lines("to,amount,asset,tag\nnobody,abc,GOLD,x\n")
    assert {problem.field for problem in line.problems} == {"to", "amount", "asset", "tag"}


@given(st.lists(st.decimals(min_value="0.000001", max_value="99999999", places=6), min_size=1, max_size=30))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    text = "to,amount\n" + "".join(f"{ACME},{format_decimal(amount)}\n" for amount in amounts)
    assert totals(lines(text, asset=XRP)) == {XRP: sum(amounts, Decimal(0))}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"to,amount\n", b"\xff\xfeto", b"to,amount\n\0,1\n", b'to,amount\n"a,1\n',
        b"x" * (MAX_BYTES + 1), b"to,amount\n" + b"a,1\n" * (MAX_ROWS + 1), b"a," * 80 + b"a\n1\n",
    ],
    ids=["empty", "titles-alone", "utf16", "nul", "open-quote", "long", "many-rows", "many-columns"],
)  # fmt: skip
def test_what_is_no_list_is_refused_whole(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_table(data)


def test_missing_columns_and_a_missing_asset_are_asked_for() -> None:
    table = read_table(f"who,how much\n{ACME},5\n".encode())
    assert guess_columns(table.titles) == {}
    with pytest.raises(MalformedError, match="to and amount"):
        read_lines(table, {}, network=NETWORK, asset=XRP)
    columns = column_named(table.titles, ["to=who", "amount=how much"])
    with pytest.raises(MalformedError, match="asset"):
        read_lines(table, columns, network=NETWORK)
    assert read_lines(table, columns, network=NETWORK, asset=XRP)[0].pay is not None
    with pytest.raises(MalformedError):
        column_named(table.titles, ["to=nobody"])


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        table = read_table(data)
        read_lines(table, {"to": 0, "amount": len(table.titles) - 1}, network=NETWORK, asset=XRP)
    except MalformedError:
        pass
