"""`make bench`: speed as ratios to calibration loops of the same run, never as seconds (DESIGN section 8).

Each figure is the middle of a few rounds, each divided by a calibration loop of the same moment. limits.toml
holds the ratio of each budget and the largest ratio allowed. The absolute figures are written for people.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.bench import journal, lists, payments, policy, signing, start, window
from tests.bench.measure import Figure, Setup

LIMITS = Path(__file__).with_name("limits.toml")


def main() -> int:
    """Measure everything, print a table, return 1 if a ratio is over its limit."""
    limits = tomllib.loads(LIMITS.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description="Measure Countersign against its speed limits."
    )
    parser.add_argument("only", nargs="*", metavar="FIGURE", help=f"of {', '.join(limits)}; default: all")
    parser.add_argument("--records", type=int, default=100_000, help="length of the journal that is verified")
    options = parser.parse_args()
    if unknown := set(options.only) - set(limits):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="countersign-bench-") as scratch:
        setup = Setup(Path(scratch), frozenset(options.only or limits), options.records)
        bad = sum(
            _report(figure, limits[figure.name])
            for bench in (
                policy.figures,
                signing.figures,
                journal.figures,
                payments.figures,
                lists.figures,
                window.figures,
                start.figures,
            )
            for figure in bench(setup)
        )
    return 1 if bad else 0


def _report(figure: Figure, limit: dict[str, object]) -> int:
    """Write a line; 1 if the figure is over its limit.

    "slow": over the ratio of the budget, but within the limit.
    """
    budget, most = _number(limit["budget_ratio"]), _number(limit["max_ratio"])
    # The limit is for one amount of work; the figure may have been measured on another.
    ratio = figure.seconds / figure.units * _number(limit["units"]) / figure.base
    word = "OVER" if ratio > most else "slow" if ratio > budget else "ok"
    sys.stdout.write(
        f"{word:<5} {figure.name:<15} {figure.rate:>11,.0f} {figure.unit:<12} ratio {ratio:7.3f} "
        f"(budget {budget}, limit {most}); {figure.against} {figure.base * 1000:.1f} ms\n"
    )
    sys.stdout.flush()
    return int(ratio > most)


def _number(value: object) -> float:
    return float(str(value))


if __name__ == "__main__":
    sys.exit(main())
