"""What several sources say of one payment: it counts once, and a mistake of one never lowers what counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from policy_samples import ACME, BETA, RLUSD, XRP

from signer_app.core.facts import Observation
from signer_app.policy.observations import Decided
from signer_app.policy.outflows import Outflows, read_outflows, window_sum

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def item(amount: str, to: str | None = ACME, *, name: str = "a", asset: str = RLUSD, hours: int = 1) -> Any:
    at = (NOW - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
    return {"id": name, "asset": asset, "to": to, "amount": amount, "at": at, "state": "confirmed"}


def read(*sources: list[Any]) -> Outflows:
    """The first source is the ledger, the others are local."""
    ledger, *local = [{"complete": True, "items": items} for items in sources]
    seen = tuple(Observation("local", "local", NOW, None, value) for value in local)
    found = read_outflows(Decided(ledger, (), seen), "account")
    assert isinstance(found, Outflows)
    return found


def total(found: Outflows, to: str | None = None, window_s: int = 86400, asset: str = RLUSD) -> Decimal:
    return window_sum(found, NOW, window_s, asset, to).total


def test_the_larger_amount_counts_whichever_source_says_it() -> None:
    assert total(read([item("300")], [item("200")])) == 300
    assert total(read([item("200")], [item("300")])) == 300
    assert total(read([item("0")], [item("300")])) == 300
    assert total(read([item("200")], [item("not a number")])) == Decimal("Infinity")


def test_the_later_time_counts_whichever_source_says_it() -> None:
    early, late = item("5", hours=30), item("5", hours=2)
    assert total(read([early], [late])) == total(read([late], [early])) == 5
    assert total(read([early], [early])) == 0


def test_an_asset_that_one_source_leaves_out_counts() -> None:
    found = read([item("5")], [item("5"), item("7", asset=XRP)])
    assert (total(found), total(found, asset=XRP)) == (5, 7)


def test_a_source_with_another_receiver_hides_neither_and_counts_once() -> None:
    found = read([item("300")], [item("301", BETA)])
    assert total(found) == 301
    assert (total(found, ACME), total(found, BETA)) == (300, 301)


def test_one_payment_of_several_items_is_compared_as_a_whole() -> None:
    ledger = [item("100"), item("100"), item("50", BETA)]
    assert total(read(ledger, [item("249", BETA)])) == 250
    assert total(read(ledger, [item("251", BETA)])) == 251
    assert window_sum(read(ledger, ledger), NOW, 86400, None, None).count_without("none") == 1


ITEMS = st.lists(
    st.builds(
        lambda amount, to, name, asset, hours: item(str(amount), to, name=name, asset=asset, hours=hours),
        st.integers(0, 50), st.sampled_from([ACME, BETA, None]), st.sampled_from(["a", "b"]),
        st.sampled_from([RLUSD, XRP]), st.integers(0, 40),
    ),
    max_size=6,
)  # fmt: skip


@given(ITEMS, ITEMS, st.sampled_from([None, ACME, BETA]), st.sampled_from([3600, 86400]))
def test_one_more_source_never_lowers_what_counts(
    ledger: list[Any], local: list[Any], to: str | None, window_s: int
) -> None:
    both = total(read(ledger, local), to, window_s)
    assert both >= total(read(ledger), to, window_s)
    assert both >= total(read(local), to, window_s)
    assert both <= total(read(ledger), to, 10**6) + total(read(local), to, 10**6)
    assert both == total(read(local, ledger), to, window_s)
