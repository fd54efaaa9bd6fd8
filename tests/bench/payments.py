"""A CSV list of payments to checked proposals: reading, bytes, decoding with both readers, policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.bench.calibration import JSON
from tests.bench.measure import Figure, Setup, measure

LINES = 1000


def figures(setup: Setup) -> Iterator[Figure]:
    """list-check: a list as long as `units`, over a ledger that answers at once."""
    if "list-check" not in setup.wanted:
        return
    sys.path.insert(0, str(Path(__file__).parents[1] / "proposals"))
    from desk import NETWORK, XRP, Team, open_desk

    from signer_app.proposals.batch_rows import ListOrder
    from signer_app.proposals.batches import Batches
    from signer_app.proposals.preview import Previews

    team = Team()
    rows = "".join(f"custodian,{number % 400 + 1}.25,Invoice {number}\n" for number in range(LINES))
    order = ListOrder(
        network=NETWORK, account=team.treasury, data=f"to,amount,title\n{rows}".encode(),
        expires_in=timedelta(hours=1), asset=XRP,
    )  # fmt: skip
    with open_desk(setup.folder / "desk", team, "alice") as desk:
        desk.activate()
        previews = Previews(desk.rooms, desk.policies)
        batches = Batches(desk.rooms, desk.policies, desk.service, previews)
        if {row.verdict for row in batches.check(order).rows} != {"ALLOW"}:
            raise RuntimeError("the bench checks payments that are allowed")
        yield measure(
            "list-check", lambda: batches.check(order), units=LINES, unit="lines/s", loop=JSON, rounds=5
        )
