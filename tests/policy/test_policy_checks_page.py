"""docs/checks.md, the closed list and the checks of the code agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from signer_app.policy.codes import CHECK_CODES, only_unread, table
from signer_app.policy.messages import MESSAGES

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "signer_app" / "policy"
#: CONTRACTS F, as written there.
CONTRACT = """MALFORMED, REENCODE_MISMATCH, NETWORK, NETWORK_ASSUMED, NO_SCOPE, KIND_NOT_ALLOWED,
FLAG_NOT_ALLOWED,
UNKNOWN_EFFECT, UNKNOWN_SELECTOR, PRIVILEGED_OP, OP_SOURCE, PARTIAL_PAYMENT, PATHS_NOT_ALLOWED,
AMOUNT_MISMATCH,
DEST_TAG_REQUIRED, SEP29_MEMO, TX_CAP, ROLLING_CAP, FIXED_CAP, COUNT_CAP, MIN_BALANCE, RESERVE, FEE_CAP,
DESTINATION_NOT_ALLOWED, DESTINATION_COOLING, SANCTIONED, KYC_NOT_VALID, ADDR_LOOKALIKE, ASSET_UNKNOWN,
TEXT_BIDI,
TEXT_MIXED_SCRIPT, TEXT_INVISIBLE, TEXT_FORMULA, EXPIRED, EXPIRY_MISSING, EXPIRY_TOO_FAR, TIME_WINDOW,
TOO_YOUNG,
QUORUM, QUORUM_BYPASS, ROLE, SAME_DEVICE, PROPOSER_APPROVES, TIER, SIGNATURE_INVALID, NOT_A_SIGNER,
MASTER_KEY_ENABLED, REGULAR_KEY_SET, SIGNER_DRIFT, LOCKOUT, SLOT_CONFLICT, SAFE_VERSION, SAFE_REFUND_NONZERO,
SAFE_ADMIN_CHANGE, EVM_DELEGATECALL_UNPINNED, CODE_MISMATCH, STATE_CHANGED, MINT_GUARD, PAUSED, HALTED,
FACT_STALE,
FACT_DISAGREES, FACT_MISSING, PRICE_STALE, POLICY_INACTIVE, POLICY_ROLLBACK, POLICY_DENIED"""


def test_the_list_is_the_one_of_the_contracts() -> None:
    assert set(CHECK_CODES) == set(re.findall(r"[A-Z0-9_]+", CONTRACT))


def test_the_page_shows_exactly_this_list() -> None:
    page = (ROOT / "docs" / "checks.md").read_text()
    assert re.findall(r"^\| ([A-Z0-9_]+) \|", page, re.MULTILINE) == list(CHECK_CODES)
    assert table() in page


def _written(name: str) -> set[str]:
    sources = [path for path in POLICY.rglob("*.py") if path.name not in ("codes.py", "messages.py")]
    return {match for path in sources for match in re.findall(name, path.read_text())}


def test_built_codes_are_those_that_the_code_can_raise() -> None:
    raised = _written(r'"([A-Z][A-Z0-9]*_?[A-Z0-9_]+)"') & set(CHECK_CODES)
    built = {code for code, row in CHECK_CODES.items() if row.built}
    # Text findings come from core, errors from elsewhere: named here so that the list stays honest.
    elsewhere = {code for code in built if code.startswith("TEXT_")} | {
        "MALFORMED", "REENCODE_MISMATCH", "POLICY_INACTIVE", "POLICY_ROLLBACK", "POLICY_DENIED",
    }  # fmt: skip
    assert raised - elsewhere == built - elsewhere


def test_every_message_is_used() -> None:
    words = _written(r'"([a-z_]+)"')
    assert set(MESSAGES) - words == set()


@pytest.mark.parametrize(
    ("codes", "only"),
    [
        (["FACT_MISSING", "FACT_STALE", "FACT_DISAGREES"], True),
        (["FACT_MISSING", "QUORUM"], True),
        (["FACT_MISSING", "TX_CAP"], False),
        (["QUORUM"], False),
        ([], False),
    ],
)
def test_only_unread_facts_stand_against_it(codes: list[str], only: bool) -> None:
    assert only_unread(codes) is only
