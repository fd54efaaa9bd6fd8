"""Three published lines with all their keys, made by another writer from the text of CONTRACTS E alone."""

from __future__ import annotations

import json

import pytest
from journal_help import VECTORS, stand_alone

from signer_app.journal import records
from signer_app.journal.merkle import root_of
from signer_app.journal.verifying import verify

ROOT = "e4cd1dadcfbce9f120f77847df9fd6604a01fd315fb6c94790b2753fdcb4ab33"
LINES = (VECTORS / "three-records.jsonl").read_bytes().splitlines(keepends=True)
SECRETS = json.loads((VECTORS / "keys-and-records.json").read_text("utf-8"))
VECTOR_LOG = bytes.fromhex(SECRETS["log_id"])
KEY = bytes.fromhex(SECRETS["epoch_keys"]["1"])


@pytest.mark.parametrize("index", range(3))
def test_the_writer_gives_the_published_bytes(index: int) -> None:
    previous = records.first_previous(VECTOR_LOG) if index == 0 else records.parse_line(LINES[index - 1]).leaf
    drawn = records.Randomness(
        salt=bytes.fromhex(SECRETS["salts"][index]),
        nonce=bytes.fromhex(SECRETS["nonces"][index]),
        blind=bytes.fromhex(SECRETS["blinds"][index]),
    )
    line = records.seal(
        records.encode_record(SECRETS["records"][index]),
        index=index,
        epoch=1,
        epoch_key=KEY,
        log_id=VECTOR_LOG,
        previous=previous,
        randomness=drawn,
    )
    assert line.data == LINES[index]
    assert records.parse_line(line.data).to_bytes() == LINES[index]


@pytest.mark.parametrize("index", range(3))
def test_the_reader_opens_the_published_bytes(index: int) -> None:
    line = records.parse_line(LINES[index])
    assert records.open_record(line, epoch_key=KEY, log_id=VECTOR_LOG) == SECRETS["records"][index]


def test_root_of_the_published_lines() -> None:
    assert root_of([records.parse_line(line).leaf for line in LINES]).hex() == ROOT


def test_both_verifiers_give_the_published_root() -> None:
    path = VECTORS / "three-records.jsonl"
    own = verify(path, log_id=SECRETS["log_id"], epoch_keys={1: KEY})
    assert own.to_json() | {"reason": ""} == {
        "state": "INTACT",
        "log_id": SECRETS["log_id"],
        "records": 3,
        "size_checked": 3,
        "root": ROOT,
        "head": {"size": 3, "root": ROOT},
        "first_bad": None,
        "torn_bytes": 0,
        "redacted": 0,
        "decrypted": True,
        "unanchored": None,
        "checkpoints_clean": True,
        "checkpoint": None,
        "reason": "",
    }
    assert stand_alone().check_log(path, SECRETS["log_id"], [])["root"] == ROOT


def test_another_log_id_is_found_at_record_0() -> None:
    result = verify(VECTORS / "three-records.jsonl", log_id="00" * 16)
    assert (result.state.value, result.first_bad) == ("TAMPERED", 0)


def test_without_a_log_id_the_first_link_is_not_judged() -> None:
    result = verify(VECTORS / "three-records.jsonl")
    assert (result.state.value, result.log_id) == ("INTACT", None)
