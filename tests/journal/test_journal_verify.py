"""Damaged journals, judged by the program's verifier and the stand-alone one: both say the same."""

from __future__ import annotations

import base64
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from journal_help import (
    DEVICE,
    DEVICE_PUBLIC,
    LOG_ID,
    VERIFIER,
    WRAP_KEY,
    lines_of,
    make,
    redact,
    reopen,
    stand_alone,
)

from signer_app.core.errors import CountersignError, IntegrityError, MalformedError, NotFoundError
from signer_app.journal import records
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.merkle import root_of
from signer_app.journal.states import Head
from signer_app.journal.verifying import vault_keys, verify

LINES = lines_of(5)
LOG = LOG_ID.hex()


def both(path: Path, log_id: str | None = LOG, checkpoints: tuple[Path, ...] = ()) -> dict[str, object]:
    """The common answer of the two."""
    own = verify(path, log_id=log_id, checkpoint_files=checkpoints).to_json()
    del own["reason"]
    assert own == stand_alone().check_log(path, log_id, list(checkpoints))
    return own


def judged(path: Path, data: bytes, log_id: str | None = LOG) -> dict[str, object]:
    path.write_bytes(data)
    return both(path, log_id)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / JOURNAL_FILE


def test_sound_and_empty_files(file: Path) -> None:
    assert judged(file, b"".join(LINES))["state"] == "INTACT"
    empty = judged(file, b"")
    assert (empty["state"], empty["records"]) == ("INTACT", 0)
    assert empty["root"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_every_single_bit(file: Path) -> None:
    """Each bit of three records, flipped: found at the record that holds it; torn, if the last LF went."""
    whole = b"".join(LINES[:3])
    ends = [len(b"".join(LINES[: count + 1])) for count in range(3)]
    for place in range(len(whole)):
        holder = next(index for index, end in enumerate(ends) if place < end)
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            file.write_bytes(changed)
            # One bit of each byte goes through both; the other seven through the fast one alone.
            if bit == place % 8 or place + 1 in ends:
                result = both(file)
            else:
                result = verify(file, log_id=LOG).to_json()
            if place + 1 == ends[-1]:
                assert (result["state"], result["size_checked"]) == ("TORN", 2)
            else:
                assert (result["state"], result["first_bad"]) == ("TAMPERED", holder)


@pytest.mark.parametrize(
    ("change", "bad"),
    [
        (lambda lines: lines[:2] + lines[3:], 2),
        (lambda lines: lines[1:], 0),
        (lambda lines: [lines[1], lines[0], *lines[2:]], 0),
        (lambda lines: [*lines[:3], lines[4], lines[3]], 3),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], 2),
        (lambda lines: [*lines, lines[-1]], 5),
        (lambda lines: [*lines[:2], b"\n", *lines[2:]], 2),
        (lambda lines: [*lines[:2], lines_of(5, text="y")[2], *lines[3:]], 2),
        (lambda lines: [*lines[:2], *lines_of(5, text="y")[2:]], 2),
        (lambda lines: lines_of(5, log_id=bytes(16)), 0),
    ],
)
def test_lines_dropped_swapped_doubled_replaced(
    file: Path, change: Callable[[list[bytes]], list[bytes]], bad: int
) -> None:
    result = judged(file, b"".join(change(list(LINES))))
    assert (result["state"], result["first_bad"], result["size_checked"]) == ("TAMPERED", bad, bad)
    assert result["records"] == len(change(list(LINES)))
    assert result["root"] == root_of([records.parse_line(line).leaf for line in LINES[:bad]]).hex()


@pytest.mark.parametrize("length", [60, 200, 300, 430])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + b"=",
        lambda text: text + b"====",
        lambda text: b"=" + text,
        lambda text: text[:-1],
        lambda text: text.rstrip(b"="),
        lambda text: text[:4] + b"=" + text[4:],
        lambda text: text[:8] + b" " + text[8:],
        lambda text: text[:8] + b"\r" + text[8:],
        lambda text: text.replace(b"+", b"-").replace(b"/", b"_") + b"_",
        lambda text: text + b"AAAA",
    ],
)
def test_base64_has_one_form(file: Path, length: int, change: Callable[[bytes], bytes]) -> None:
    """What a lenient decoder would read the same is another line: neither hash covers how c is written."""
    lines = lines_of(3, text="x" * length)
    assert judged(file, b"".join(lines))["state"] == "INTACT"
    start = lines[1].index(b',"c":"') + 6
    text = lines[1][start:-3]
    changed = lines[1][:start] + change(text) + lines[1][-3:]
    if changed == lines[1]:
        return  # this length has no pad character to take away
    result = judged(file, lines[0] + changed + lines[2])
    assert (result["state"], result["first_bad"]) == ("TAMPERED", 1)


@pytest.mark.parametrize("length", [60, 200, 300, 430])
def test_pad_bits_are_zero(file: Path, length: int) -> None:
    lines = lines_of(2, text="x" * length)
    start = lines[1].index(b',"c":"') + 6
    text = lines[1][start:-3]
    bare = text.rstrip(b"=")
    if bare == text:
        return
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(bare[-1:]) | 1 :][:1]
    assert base64.b64decode(bare[:-1] + other + text[len(bare) :]) == base64.b64decode(text)
    changed = lines[1][:start] + bare[:-1] + other + text[len(bare) :] + lines[1][-3:]
    result = judged(file, lines[0] + changed)
    assert (result["state"], result["first_bad"]) == ("TAMPERED", 1)


def test_overlong_lines(file: Path) -> None:
    """A line of more than 2 MiB is bad when it ends and torn when it does not."""
    for size in (2**21 - 1, 2**21, 2**21 + 5, 9 * 2**20):
        result = judged(file, LINES[0] + b"x" * size + b"\n" + LINES[1])
        assert (result["state"], result["first_bad"], result["records"]) == ("TAMPERED", 1, 3)
        result = judged(file, LINES[0] + b"x" * size)
        assert (result["state"], result["torn_bytes"], result["records"]) == ("TORN", size, 1)


def test_tampering_comes_before_torn(file: Path) -> None:
    result = judged(file, LINES[0] + LINES[2] + LINES[3][:40])
    assert (result["state"], result["first_bad"], result["torn_bytes"]) == ("TAMPERED", 1, 40)


PIECES = [
    b"\n",
    b"\0",
    b"0",
    b'"',
    b"null",
    b'"c":null',
    b"\xff",
    b"  ",
    b"{}",
    b"[" * 5000,
    b"\r",
    b"1e5",
    b"=",
    b"-",
]


def test_two_thousand_random_changes_have_one_answer(file: Path) -> None:
    draw = random.Random(20261120)
    whole = b"".join(LINES)
    found = {"TAMPERED": 0, "TORN": 0, "INTACT": 0}
    for _ in range(2000):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 3)):
            start = draw.randrange(len(data) + 1)
            end = min(len(data), start + draw.choice([0, 1, 2, 64, 700]))
            piece = draw.choice(
                [draw.choice(PIECES), draw.randbytes(draw.randint(0, 4)), whole[start : start + 9]]
            )
            data[start:end] = piece
        found[str(judged(file, bytes(data), draw.choice([LOG, None]))["state"])] += 1
    assert found["TAMPERED"] > 1000
    assert found["TORN"] > 50


def test_redacted_lines(tmp_path: Path) -> None:
    with make(tmp_path, notes=4) as journal:
        head = journal.head()
    path, keys = tmp_path / JOURNAL_FILE, vault_keys(tmp_path, WRAP_KEY)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], redact(lines[2]), *lines[3:]]))
    result = both(path, None)
    assert (result["state"], result["redacted"], result["root"]) == ("INTACT", 1, head.root)
    hidden = verify(path, epoch_keys=keys, head=head)
    assert (hidden.state.value, hidden.first_bad, hidden.size_checked) == ("TAMPERED", 2, 2)
    assert hidden.root == root_of([records.parse_line(line).leaf for line in lines[:2]]).hex()
    with pytest.raises(IntegrityError) as caught:
        reopen(tmp_path)
    assert (caught.value.code, caught.value.details["state"]) == ("JOURNAL_BROKEN", "TAMPERED")
    assert caught.value.details["first_bad"] == 2
    path.write_bytes(b"".join(lines))
    with reopen(tmp_path) as journal:
        journal.append("redacted", {"i": 2, "reason": "asked", "approvals": []})
    redaction = path.read_bytes().splitlines(keepends=True)[-1]
    path.write_bytes(b"".join([*lines[:2], redact(lines[2]), *lines[3:], redaction]))
    with reopen(tmp_path) as journal:
        with pytest.raises(NotFoundError):
            journal.read(2)
        assert [index for index, _ in journal.records()] == [0, 1, 3, 4, 5]
    assert verify(path, epoch_keys=keys).state.value == "INTACT"


def test_with_keys_a_record_that_the_writer_did_not_make_is_found(tmp_path: Path) -> None:
    """Whoever holds no key can still append lines whose hashes are right."""
    with make(tmp_path, notes=1) as journal:
        log_id = bytes.fromhex(journal.log_id)
    path, keys = tmp_path / JOURNAL_FILE, vault_keys(tmp_path, WRAP_KEY)
    sound = path.read_bytes()
    previous = records.parse_line(sound.splitlines(keepends=True)[-1]).leaf
    plaintext = records.encode_record({"type": "note"})
    for epoch, key, text in (
        (1, bytes(32), plaintext),
        (2, keys[1], plaintext),
        (1, keys[1], plaintext + bytes(128)),
    ):
        forged = records.seal(text, index=2, epoch=epoch, epoch_key=key, log_id=log_id, previous=previous)
        path.write_bytes(sound + forged.data)
        assert both(path, None)["state"] == "INTACT"
        assert verify(path, epoch_keys=keys).first_bad == 2


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, Head]:
    """A journal of 8 records with notes at 3 and 6; the head at 6."""
    with make(tmp_path / "logs", notes=2) as journal:
        journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        for number in range(3):
            journal.append("note", {"n": number})
        journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
        head = journal.head()
        journal.append_many([("note", {}), ("note", {})])
    return tmp_path / "logs", head


def test_rollback(signed: tuple[Path, Head]) -> None:
    folder, head = signed
    path = folder / JOURNAL_FILE
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:6]))
    assert both(path, None)["state"] == "INTACT"
    for tail in (b"", lines[5][:100]):
        path.write_bytes(b"".join(lines[:5]) + tail)
        assert both(path, None)["state"] == "ROLLBACK"
    notes = (folder / "checkpoints.log").rename(folder.parent / "notes")
    assert both(path, None)["state"] == "TORN"
    assert both(path, None, (notes,))["state"] == "ROLLBACK"
    assert verify(path, head=head).state.value == "ROLLBACK"
    path.write_bytes(b"")
    assert both(path, None, (notes,))["state"] == "ROLLBACK"


def test_fork(signed: tuple[Path, Head], tmp_path: Path) -> None:
    """The same log id and keys, another history: only what was signed or kept before can tell."""
    folder, head = signed
    path = folder / JOURNAL_FILE
    log_id, key = bytes.fromhex(str(both(path, None)["log_id"])), vault_keys(folder, WRAP_KEY)[1]
    other = lines_of(9, log_id=log_id, key=key)
    path.write_bytes(b"".join(other))
    result = both(path, None)
    assert (result["state"], result["checkpoint"]) == ("FORK", None)
    assert verify(path, head=head, epoch_keys={1: key}).state.value == "FORK"
    notes = (folder / "checkpoints.log").rename(tmp_path / "notes")
    assert both(path, None)["state"] == "INTACT"
    assert both(path, None, (notes,))["state"] == "FORK"
    path.write_bytes(b"".join(other[:4]))
    assert both(path, None, (notes,))["state"] == "FORK"


def test_a_checkpoint_that_its_key_refutes_is_passed_over_and_said(signed: tuple[Path, Head]) -> None:
    path, log = signed[0] / JOURNAL_FILE, signed[0] / "checkpoints.log"
    *notes, last = re.findall(rb"(?:[^\n]+\n){3}\n\xe2\x80\x94 [^\n]+\n", log.read_bytes())
    kept = both(path, None)["checkpoint"]

    def refuted(note: bytes) -> bytes:
        head, _, line = note.rpartition(b" ")
        payload = bytearray(base64.b64decode(line))
        payload[-1] ^= 1
        return head + b" " + base64.b64encode(payload) + b"\n"

    log.write_bytes(b"".join([*notes, refuted(last)]))
    result = both(path, None)
    assert (result["state"], result["checkpoints_clean"]) == ("INTACT", False)
    assert result["checkpoint"] != kept
    log.write_bytes(b"".join(map(refuted, [*notes, last])))
    result = both(path, None)
    assert (result["state"], result["checkpoint"], result["checkpoints_clean"]) == ("INTACT", None, False)
    assert "no sound checkpoint" in verify(path).reason
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    result = both(path, None)
    assert (result["state"], result["checkpoints_clean"]) == ("INTACT", False)


@pytest.mark.parametrize("damage", ["flipped", "cut", "junk"])
def test_what_is_no_checkpoint_in_checkpoints_log_is_said(signed: tuple[Path, Head], damage: str) -> None:
    """The state stays: such a note proves nothing against the journal, and nothing for it."""
    path, log = signed[0] / JOURNAL_FILE, signed[0] / "checkpoints.log"
    sound = log.read_bytes()
    assert both(path, None)["checkpoints_clean"] is True
    lines = sound.split(b"\n")
    lines[1] = b"x" + lines[1]
    log.write_bytes({"flipped": b"\n".join(lines), "cut": sound[:-5], "junk": sound + b"junk\n"}[damage])
    result = both(path, None)
    assert (result["state"], result["checkpoints_clean"]) == ("INTACT", False)
    assert "checkpoints.log" in verify(path).reason


def test_a_changed_note_is_no_evidence_and_a_named_one_is_refused(signed: tuple[Path, Head]) -> None:
    folder, _ = signed
    path, notes = folder / JOURNAL_FILE, folder / "checkpoints.log"
    text = notes.read_text("utf-8")
    notes.write_text(text.replace("\n6\n", "\n5\n"), "utf-8")
    assert both(path, None)["state"] == "INTACT"
    moved = notes.rename(folder / "named")
    with pytest.raises(MalformedError) as caught:
        verify(path, checkpoint_files=[moved])
    assert caught.value.code == "BAD_SIGNATURE"
    with pytest.raises(stand_alone().UnreadableError):
        stand_alone().check_log(path, None, [moved])


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\n", b"a\n1\nAA==\n\n\xe2\x80\x94 a AAAAAAA=\n"])
def test_a_named_file_without_checkpoints_is_refused(signed: tuple[Path, Head], content: bytes) -> None:
    folder, _ = signed
    (folder / "F").write_bytes(content)
    with pytest.raises(CountersignError):
        verify(folder, checkpoint_files=[folder / "F"])
    with pytest.raises(stand_alone().UnreadableError):
        stand_alone().check_log(folder / JOURNAL_FILE, None, [folder / "F"])


def test_a_named_checkpoint_that_is_not_there(signed: tuple[Path, Head], tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        verify(signed[0] / JOURNAL_FILE, checkpoint_files=(tmp_path / "none",))
    assert (caught.value.exit_code, caught.value.code) == (8, "NOT_FOUND")


def test_a_checkpoint_of_another_log_is_refused(signed: tuple[Path, Head], tmp_path: Path) -> None:
    folder, _ = signed
    with make(tmp_path / "other", notes=1) as journal:
        journal.checkpoint(DEVICE.sign, "alice", DEVICE_PUBLIC)
    with pytest.raises(MalformedError):
        verify(folder, checkpoint_files=[tmp_path / "other" / "checkpoints.log"])
    with pytest.raises(stand_alone().UnreadableError):
        stand_alone().check_log(folder / JOURNAL_FILE, None, [tmp_path / "other" / "checkpoints.log"])


def test_changed_checkpoint_files_have_one_answer(signed: tuple[Path, Head]) -> None:
    folder, _ = signed
    path, notes = folder / JOURNAL_FILE, folder / "checkpoints.log"
    whole, draw = notes.read_bytes(), random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        place = draw.randrange(len(data))
        data[place : place + draw.choice([0, 1, 30])] = draw.choice(
            [b"", b"\n", b"x", b"\xe2", draw.randbytes(1)]
        )
        notes.write_bytes(data)
        both(path, None)


def test_anchors(signed: tuple[Path, Head]) -> None:
    folder, head = signed
    path, anchors = folder / JOURNAL_FILE, folder / "anchors.log"
    anchors.write_text(json.dumps(head.to_json() | {"tx": "ab"}) + "\nnot json\n", "utf-8")
    result = both(path, None)
    assert (result["state"], result["unanchored"]) == ("UNANCHORED_TAIL", 2)
    whole = verify(path)
    anchors.write_text(json.dumps({"size": 8, "root": whole.root}) + "\n", "utf-8")
    assert both(path, None)["state"] == "INTACT"
    anchors.write_text(json.dumps({"size": 8, "root": "00" * 32}) + "\n", "utf-8")
    assert both(path, None)["state"] == "FORK"


def test_verify_writes_nothing(signed: tuple[Path, Head]) -> None:
    folder, head = signed
    with (folder / JOURNAL_FILE).open("ab") as stream:
        stream.write(b"torn")
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    verify(folder, head=head, epoch_keys=vault_keys(folder, WRAP_KEY))
    verify(folder.parent)
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()} == before


def run(*arguments: str) -> tuple[int, dict[str, object]]:
    """As an auditor would: an isolated interpreter without our packages."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), *arguments], capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, json.loads(done.stdout)


def test_the_script_and_its_exit_codes(signed: tuple[Path, Head], tmp_path: Path) -> None:
    folder, head = signed
    path = folder / JOURNAL_FILE
    code, answer = run("log", str(path), "--checkpoint", str(folder / "checkpoints.log"))
    assert (code, answer["ok"]) == (0, True)
    assert answer["result"]["checkpoint"] == head.to_json() | {"signature": "valid"}  # type: ignore[index]
    lone = tmp_path / "lone"
    lone.write_bytes(path.read_bytes()[:-1])
    code, answer = run("log", str(lone), "--log-id", str(verify(path).log_id))
    assert (code, answer["ok"], answer["result"]["state"]) == (7, True, "TORN")  # type: ignore[index]
    missing = (
        ("log", str(tmp_path / "nothing")),
        ("log", str(path), "--checkpoint", str(tmp_path / "nothing")),
    )
    for arguments in (*missing, ("log", str(tmp_path)), ("proof", str(tmp_path / "nothing"))):
        code, answer = run(*arguments)
        assert (code, answer["ok"]) == (8, False)
        assert answer["error"]["code"] == "NOT_FOUND"  # type: ignore[index]
    code, answer = run("log", str(path), "--log-id", "xyz")
    assert (code, answer["ok"]) == (3, False)


def _renamed(document: dict[str, object]) -> dict[str, object]:
    return {**document, "log_id": str(document["log_id"]).upper()}


@pytest.mark.parametrize(
    "change",
    [
        lambda _sound: b"",
        lambda _sound: b"{}",
        lambda sound: sound[:-3],
        lambda sound: sound + b"\0",
        lambda sound: json.dumps({**json.loads(sound), "more": 1}).encode(),
        lambda sound: json.dumps(_renamed(json.loads(sound))).encode(),
    ],
    ids=["empty", "bare", "cut", "nul", "one-member-more", "upper-id"],
)
def test_a_damaged_log_json_has_one_answer(
    signed: tuple[Path, Head], change: Callable[[bytes], bytes]
) -> None:
    path, info = signed[0] / JOURNAL_FILE, signed[0] / "log.json"
    info.write_bytes(change(info.read_bytes()))
    with pytest.raises(IntegrityError) as caught:
        verify(path)
    assert (caught.value.exit_code, caught.value.code) == (7, "JOURNAL_BROKEN")
    code, answer = run("log", str(path))
    assert (code, answer["ok"]) == (7, False)
    assert answer["error"]["code"] == "JOURNAL_BROKEN"  # type: ignore[index]


@pytest.mark.parametrize("index", [0, 1, 3, 2**53])
def test_a_wrong_number_in_a_sound_chain(file: Path, index: int) -> None:
    """Whoever makes all hashes right still cannot number a record as another one."""
    forged = records.seal(
        records.encode_record({"type": "note"}), index=index, epoch=1, epoch_key=bytes(32), log_id=LOG_ID,
        previous=records.parse_line(LINES[1]).leaf,
    )  # fmt: skip
    result = judged(file, b"".join(LINES[:2]) + forged.data)
    assert (result["state"], result["first_bad"]) == ("TAMPERED", 2)


def test_a_commitment_to_another_plaintext_is_found_with_keys(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer with all keys could commit to one text and store another; the proof would then show a lie."""
    with monkeypatch.context() as patch:
        patch.setattr(records, "commitment_of", lambda blind, plaintext: bytes(32))
        forged = records.seal(
            records.encode_record({"type": "note"}), index=2, epoch=1, epoch_key=bytes(32), log_id=LOG_ID,
            previous=records.parse_line(LINES[1]).leaf,
        )  # fmt: skip
    assert judged(file, b"".join(LINES[:2]) + forged.data)["state"] == "INTACT"
    result = verify(file, log_id=LOG, epoch_keys={1: bytes(32)})
    assert (result.state.value, result.first_bad) == ("TAMPERED", 2)
