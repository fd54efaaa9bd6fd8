from __future__ import annotations

import json
from pathlib import Path

import pytest
from journal_help import DEVICE, DEVICE_PUBLIC, VERIFIER, WRAP_KEY, make, redact, stand_alone
from test_journal_verify import run

from signer_app.core.canonical import canonical
from signer_app.core.errors import IntegrityError, NotFoundError
from signer_app.core.json_types import JsonObject
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.proofs import prove


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    with make(tmp_path / "logs", notes=5) as journal:
        journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        journal.append("note", {"text": "after the checkpoint"})
    return tmp_path / "logs"


def check(document: JsonObject, *keys: bytes) -> dict[str, object]:
    result: dict[str, object] = stand_alone().check_proof(canonical(document), list(keys))
    return result


@pytest.mark.parametrize("index", range(7))
def test_each_record_is_proved_without_a_key(logs: Path, index: int) -> None:
    result = check(prove(logs, index, WRAP_KEY))
    assert (result["state"], result["index"], result["reason"]) == ("PROVED", index, "")
    record = result["record"]
    assert isinstance(record, dict)
    assert record["type"] == ("log.start" if index == 0 else "note")
    covered = index < 6
    assert result["size"] == (6 if covered else 7)
    key = f"ed25519:{DEVICE_PUBLIC.hex()}"
    assert result["signed_by"] == ([{"person": "alice", "key": key}] if covered else [])
    assert str(result["trust"]).startswith("keys that the proof itself names" if covered else "nobody signed")


def test_the_proof_shows_no_other_record_and_no_key(logs: Path) -> None:
    text = json.dumps(prove(logs, 2, WRAP_KEY))
    assert "note 1" not in text
    assert WRAP_KEY.hex() not in text


def test_every_changed_character_is_found(logs: Path) -> None:
    document = prove(logs, 2, WRAP_KEY)
    data = canonical(document)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            result = stand_alone().check_proof(bytes(changed), [DEVICE_PUBLIC])
        except stand_alone().UnreadableError:
            continue
        assert result["state"] == "NOT_PROVED", bytes(changed[place - 20 : place + 20])


def test_a_named_key_must_have_signed(logs: Path) -> None:
    proved = check(prove(logs, 2, WRAP_KEY), DEVICE_PUBLIC)
    assert (proved["state"], proved["trust"]) == ("PROVED", "the key that you named signed the tree")
    assert check(prove(logs, 2, WRAP_KEY), bytes(32))["state"] == "NOT_PROVED"
    assert check(prove(logs, 6, WRAP_KEY), DEVICE_PUBLIC)["state"] == "NOT_PROVED"


def test_parts_of_two_proofs_do_not_mix(logs: Path) -> None:
    first, second = prove(logs, 1, WRAP_KEY), prove(logs, 2, WRAP_KEY)
    for name in ("header", "blind", "plaintext", "inclusion"):
        assert check(first | {name: second[name]})["state"] == "NOT_PROVED"


def test_what_is_not_there_is_not_proved(logs: Path) -> None:
    for index in (-1, 7):
        with pytest.raises(NotFoundError):
            prove(logs, index, WRAP_KEY)
    with pytest.raises(IntegrityError):
        prove(logs, 1, bytes(32))
    path = logs / JOURNAL_FILE
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], redact(lines[1]), *lines[2:]]))
    with pytest.raises(NotFoundError):
        prove(logs, 1, WRAP_KEY)
    path.write_bytes(b"".join([*lines[:3], lines[4]]))
    with pytest.raises(IntegrityError):
        prove(logs, 1, WRAP_KEY)


def test_the_script(logs: Path, tmp_path: Path) -> None:
    assert VERIFIER.is_file()
    proof = tmp_path / "proof"
    proof.write_bytes(canonical(prove(logs, 3, WRAP_KEY)))
    code, answer = run("proof", str(proof), "--key", f"ed25519:{DEVICE_PUBLIC.hex()}")
    assert (code, answer["result"]["state"]) == (0, "PROVED")  # type: ignore[index]
    code, answer = run("proof", str(proof), "--key", f"ed25519:{'00' * 32}")
    assert code == 7
    proof.write_bytes(b"{}")
    assert run("proof", str(proof))[0] == 3
