"""docs/contracts.md and the code name the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from signer_app.core import caip
from signer_app.core.canonical import DEFAULT_LIMITS, MAX_SAFE_INTEGER
from signer_app.core.effects import EFFECT_KINDS
from signer_app.core.errors import CATALOGUE
from signer_app.core.facts import FACT_SHAPES, FORMAT
from signer_app.core.statements import (
    HALTS_FORMAT,
    MAX_STATEMENTS,
    Halt,
    HaltsDocument,
    Override,
    Resume,
    Statement,
)
from signer_app.core.strict_yaml import read_yaml
from signer_app.journal.records import BUCKET, MAX_LINE, MIN_SEALED, RECORD_TYPES
from signer_app.policy.codes import CHECK_CODES
from signer_app.policy.document import read_policy
from signer_app.policy.rules import LATER_KINDS, RULE_MODELS
from signer_app.practice.xrpl.faults import FAULT_NAMES
from signer_app.proposals.halts import LIFTED_CARRIED
from signer_app.vault.sealed_stream import CHUNK, HEADER_LIMIT
from signer_app.workspace import backup_members

PAGE = (Path(__file__).parents[2] / "docs" / "contracts.md").read_text(encoding="utf-8")


def section(letter: str) -> str:
    """The text of one lettered section."""
    found = re.search(rf"^## {letter}\. .*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, letter
    return found.group()


def between(text: str, start: str, end: str) -> str:
    """What stands between two marks, each of which must be there."""
    _, found, rest = text.partition(start)
    assert found, start
    inner, found, _ = rest.partition(end)
    assert found, end
    return inner


def test_check_codes() -> None:
    listed = re.findall(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*\b", between(section("F"), "\n", "\nOne table"))
    assert sorted(set(listed)) == sorted(CHECK_CODES)
    assert len(listed) == len(set(listed))


def test_check_codes_and_error_codes_share_only_what_cannot_be_reported() -> None:
    # Refusals of a command repeat the code of the report that caused them; reading failures have no report.
    assert set(CHECK_CODES) & set(CATALOGUE) <= {
        *("MALFORMED", "REENCODE_MISMATCH", "NETWORK", "POLICY_DENIED", "POLICY_INACTIVE", "POLICY_ROLLBACK"),
        "SLOT_CONFLICT",
    }


def test_error_codes_that_the_contracts_name() -> None:
    named = between(section("F"), "(WORKSPACE_LOCKED", "…)")
    assert set(re.findall(r"[A-Z]+_[A-Z_]+|INCOMPLETE", "WORKSPACE_LOCKED" + named)) <= set(CATALOGUE)


def test_record_types() -> None:
    listed = between(section("E"), "types at first: ", ".\n").split(", ")
    assert sorted(listed) == sorted(RECORD_TYPES)


def test_journal_numbers() -> None:
    assert f"at least {MIN_SEALED} bytes" in section("E")
    assert f"multiple of {BUCKET}" in section("E")
    assert f"A line is at most {MAX_LINE // 1024**2} MiB" in section("E")


def test_fault_names() -> None:
    listed = between(section("C"), "fault names ", ".").split(", ")
    assert sorted(listed) == sorted(FAULT_NAMES)


def test_rule_kinds() -> None:
    first = re.findall(r"^  - \{id: [a-z]+, kind: ([a-z_]+)", section("A"), re.MULTILINE)
    later = between(section("A"), "Later kinds (same form): ", ".").split(", ")
    assert sorted(first) == sorted(RULE_MODELS)
    assert sorted(later) == sorted(LATER_KINDS)


def test_kinds_of_facts() -> None:
    listed = re.findall(r"`([a-z]+) \{", between(section("B"), "Kinds and values: ", "\n\n"))
    assert sorted(listed) == sorted(FACT_SHAPES)
    assert f'"format":"{FORMAT}"' in section("B")


@pytest.mark.parametrize("kind", sorted(FACT_SHAPES))
def test_members_of_facts(kind: str) -> None:
    text = re.search(rf"`{kind} \{{(.*?)\}}`", section("B"))
    assert text
    assert all(re.search(rf"\b{name}\b", text.group(1)) for name in FACT_SHAPES[kind])


def test_kinds_of_effects() -> None:
    text = between(section("C"), "**C3 effects** (all have kind, path, account): ", "\n")
    outside = re.sub(r"\{[^{}]*\}", "", re.sub(r":\{[^{}]*\}", "", text))
    listed = re.findall(r"\b[A-Z][A-Za-z]+\b", outside)
    assert sorted(listed) == sorted(EFFECT_KINDS)


def test_limits() -> None:
    numbers = between(section("G"), "Limits: ", "; QR")
    assert numbers == "file 1 MiB, depth 32, 20,000 values, strings 256 KiB"
    assert (DEFAULT_LIMITS.size, DEFAULT_LIMITS.depth) == (1024**2, 32)
    assert (DEFAULT_LIMITS.values, DEFAULT_LIMITS.string) == (20_000, 256 * 1024)
    assert MAX_SAFE_INTEGER == 2**53 - 1


def test_the_practice_network() -> None:
    assert f"Practice: `{caip.PRACTICE_XRPL}`" in PAGE


def test_the_example_policy_has_the_shape_that_is_read() -> None:
    """The example holds "…" where a value is long, so it is compared by its keys and then filled in."""
    example = between(section("A"), "```yaml\n", "```")
    document = read_yaml(example.encode())
    assert isinstance(document, dict)
    filled = example
    address = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
    issued = f"xrpl:0/iou:524C555344000000000000000000000000000000.{address}"
    for pattern, value in (
        (r'prev: "9f…"', f'prev: "{"9f" * 32}"'),
        (r"ed25519:<64 hex>", f"ed25519:{'ab' * 32}"),
        (r"xrpl:0:r…", f"xrpl:0:{address}"),
        (r'"02…"', f'"02{"AB" * 32}"'),
        (r"xrpl:0/iou:<40 hex>\.r…", issued),
        (r'asset: "…"', f'asset: "{issued}"'),
        (r'assets: \["…"\]', f'assets: ["{issued}"]'),
        (
            r'added_at: "…", active_after: "…"',
            'added_at: "2026-11-20T00:00:00Z", active_after: "2026-11-21T00:00:00Z"',
        ),
        (r"security, need: 2", "security, need: 1"),
        (r"roles: \[finance\], device_keys", "roles: [finance, security], device_keys"),
    ):
        filled, count = re.subn(pattern, value, filled)
        assert count, pattern
    key = f"ed25519:{'cd' * 32}"
    bob = f'id: bob, name: "B. CISO", roles: [security], device_keys: ["{key}"], suspended: false'
    second = filled.replace("keys:   ", f"  - {{{bob}}}\nkeys:   ")
    assert second != filled
    read_policy(second.encode())


@pytest.mark.parametrize("model", [Halt, Resume, Override], ids=lambda model: model.kind)
def test_members_of_statements(model: type[Statement]) -> None:
    name = f"countersign/{model.kind}@1"
    text = between(section("H"), '{"format":"' + name + '",', "}`")
    assert sorted(["format", *re.findall(r'"([a-z_]+)"', text)]) == sorted(model.model_fields)


def test_the_halts_document() -> None:
    assert HaltsDocument((), ()).to_json() == {"format": HALTS_FORMAT, "halts": [], "resumes": []}
    assert '{"format":"' + HALTS_FORMAT + '","halts":[…],"resumes":[…]}' in section("H")
    assert f"each list at most {MAX_STATEMENTS}" in section("H")
    assert f"the newest {LIFTED_CARRIED} that were lifted" in section("H")


def test_what_a_backup_holds() -> None:
    text = section("I")
    assert f"**File** `{backup_members.FORMAT}`" in text
    assert f"at most {HEADER_LIMIT:,} bytes" in text
    assert f"every chunk but the last has {CHUNK // 1024**2} MiB" in text
    assert f"at most {backup_members.MAX_MEMBERS:,} members" in text
    assert f"u32be (at most {backup_members.MANIFEST_LIMIT // 1024**2} MiB)" in text
    units = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
    logs = between(text, "of `logs/` or `logs/earlier/<log_id>/` ", ". Needed")
    listed = re.findall(
        r"(?:`([a-z.-]+)` and )?`([a-z./<>-]+)` (\d+)(?: ([KMG]iB))?",
        between(text, "most bytes: ", ", and of"),
    )
    named = {name: int(number) * units.get(unit, 1) for _, name, number, unit in listed}
    filled = {name.replace("<id>", "a").replace("<n>", "1"): limit for name, limit in named.items()}
    assert len(filled) == 6
    assert {name: backup_members.limit_of(name) for name in filled} == filled
    found = re.findall(r"(?:`([a-z.-]+)` and )?`([a-z.-]+)` (\d+) ([KMG]iB)", logs)
    sizes = {name: int(number) * units[unit] for *names, number, unit in found for name in names if name}
    assert sizes == dict(backup_members.LOG_FILES)
