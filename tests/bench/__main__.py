"""`make bench`: speed as ratios against calibration loops of the same run, never as seconds (DESIGN section 8).

Each figure is the best of a few rounds, divided by a calibration loop measured beside it. limits.toml holds the
largest ratio allowed. The absolute figures are printed for people.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from pathlib import Path

from tests.bench import calibration, journal, policy, signing
from tests.bench.measure import Figure

LIMITS = Path(__file__).with_name("limits.toml")


def main() -> int:
    """Measure everything, print a table, return 1 if a ratio is over its limit."""
    parser = argparse.ArgumentParser(description="Measure Countersign against its speed limits.")
    parser.add_argument("only", nargs="*", help="names of figures; default: all")
    chosen = set(parser.parse_args().only)
    limits = tomllib.loads(LIMITS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="countersign-bench-") as scratch:
        folder = Path(scratch)
        loops = calibration.measure(folder)
        for name, seconds in loops.items():
            print(f"calibration {name:<14} {seconds * 1000:9.1f} ms")
        bad = 0
        for bench in (policy.figures, signing.figures, journal.figures):
            for figure in bench(folder, loops):
                if not chosen or figure.name in chosen:
                    bad += _report(figure, loops, limits[figure.name])
    return 1 if bad else 0


def _report(figure: Figure, loops: dict[str, float], limit: dict[str, object]) -> int:
    against = str(limit["against"])
    base = figure.base if against == "own" else loops[against]
    ratio = figure.seconds / base
    over = ratio > float(str(limit["max_ratio"]))
    print(
        f"{'OVER ' if over else 'ok   '} {figure.name:<24} {figure.rate:>14,.0f} {figure.unit:<12} "
        f"ratio {ratio:7.3f} (limit {limit['max_ratio']}, against {against})"
    )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
