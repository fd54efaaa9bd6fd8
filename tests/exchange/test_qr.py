"""QR codes: their shape, and what no code holds. That others read them: tests/interop/test_qr_oracle.py."""

from __future__ import annotations

import pytest

from signer_app.core.errors import MalformedError
from signer_app.exchange.qr import MAX_BYTES, encode

ADDRESS = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
FINDER = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")


def corner(modules: tuple[tuple[bool, ...], ...], top: int, left: int) -> tuple[str, ...]:
    return tuple(
        "".join("1" if dark else "0" for dark in line[left : left + 7]) for line in modules[top : top + 7]
    )


def test_a_code_is_square_and_has_its_three_finders() -> None:
    modules = encode(ADDRESS)
    side = len(modules)
    assert side == 29  # 34 bytes at level M need version 3 (ISO/IEC 18004, table 7)
    assert {len(line) for line in modules} == {side}
    assert corner(modules, 0, 0) == corner(modules, 0, side - 7) == corner(modules, side - 7, 0) == FINDER


def test_the_longest_text_has_a_code_and_nothing_longer() -> None:
    assert len(encode("a" * MAX_BYTES)) == 177
    for text in ("", "a" * (MAX_BYTES + 1), "Zürich"):
        with pytest.raises(MalformedError):
            encode(text)
