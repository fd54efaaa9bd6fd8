"""docs/architecture.md, "What the second ledger touches": every place that knows which ledger is named."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "signer_app"
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
SECTION = PAGE.partition("## What the second ledger touches\n")[2].partition("\n## ")[0]
#: One ledger's own rooms: all of these are about it.
OWN = ("chains/xrpl/", "practice/", "cli/demo/")
KNOWS = re.compile(
    r"signer_app\.chains\.xrpl\b|CLASS_NETWORKS: |[=!]= \"xrpl\"|startswith\(\"xrpl:\"\)|= \"xrpl\"$",
    re.MULTILINE,
)


def places() -> list[str]:
    """Files outside of the ledger's own rooms that import its room or compare with its name."""
    found = []
    for path in sorted(APP.rglob("*.py")):
        name = path.relative_to(APP).as_posix()
        if not name.startswith(OWN) and KNOWS.search(path.read_text("utf-8")):
            found.append(name)
    return found


def test_the_list_names_every_place_that_knows_the_ledger() -> None:
    named = set(re.findall(r"`([a-z_/]+(?:\.py|/))`", SECTION))
    missing = [
        place for place in places()
        if place not in named and not any(place.startswith(name) for name in named if name.endswith("/"))
        and place != "core/caip.py"
    ]  # fmt: skip
    assert missing == []


def test_the_list_names_no_place_that_does_not_exist() -> None:
    for name in re.findall(r"`([a-z_]+/[a-z_/]*(?:\.py)?)`", SECTION):
        assert (APP / name).exists(), name


def test_the_way_to_the_list_is_in_the_table_of_additions() -> None:
    assert "[what the second ledger touches](#what-the-second-ledger-touches)" in PAGE
