"""Lets the tests of this room use the practice ledger of tests/practice."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "practice"))
