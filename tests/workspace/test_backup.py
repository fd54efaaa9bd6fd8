"""Backups of real workspaces, by the real command: whole, sealed, and nothing from outside is believed."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from offices import SECRETS, Answer, Offices, run_here

from signer_app.core.canonical import canonical
from signer_app.core.errors import ConflictError, IntegrityError
from signer_app.journal.files import JOURNAL_FILE
from signer_app.vault.kdf import floor_parameters
from signer_app.vault.sealed_stream import SealedReader, SealedWriter
from signer_app.workspace.backup import back_up, last_backup, make_backup
from signer_app.workspace.backup_members import FORMAT, limit_of
from signer_app.workspace.backup_reading import check_backup
from signer_app.workspace.restoring import restore_backup

pytestmark = pytest.mark.slow


def secret() -> bytearray:
    return bytearray(SECRETS["bob.vault"].encode())


def plain(file: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What a backup holds: its manifest, and each member."""
    with file.open("rb") as stream:
        reader = SealedReader(stream, secret(), format=FORMAT)
        data = b"".join(iter(lambda: reader.read(1 << 20), b""))
    length = int.from_bytes(data[:4], "big")
    manifest, rest = json.loads(data[4 : 4 + length]), io.BytesIO(data[4 + length :])
    members = {item["name"]: rest.read(item["bytes"]) for item in manifest["members"]}
    assert rest.read() == b""
    return manifest, members


def forged(
    file: Path, members: Mapping[str, bytes], manifest: Mapping[str, Any], *, more: bytes = b""
) -> Path:
    """A backup with a proper seal and any content: whoever makes one can tell somebody its passphrase."""
    listed = [{"bytes": len(data), "name": name} for name, data in members.items()]
    others = {name: value for name, value in manifest.items() if name != "listed"}
    text = canonical({**others, "members": manifest.get("listed", listed)})
    with file.open("wb") as stream:
        writer = SealedWriter(
            lambda data: _put(stream, data), secret(), format=FORMAT, kdf=floor_parameters()
        )
        writer.write(len(text).to_bytes(4, "big") + text + b"".join(members.values()) + more)
        writer.finish()
    return file


def _put(stream: Any, data: bytes) -> None:
    stream.write(data)


@pytest.fixture
def file(offices: Offices, tmp_path: Path) -> Path:
    """Bob's workspace with a proposal in it, backed up by the command."""
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    path = tmp_path / "bob.countersign-backup"
    assert offices.do("bob", "workspace", "backup", "-o", str(path)).exit_code == 0
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and not path.name.startswith("store.db")
    }


# -- what is in it -----------------------------------------------------------------------------------------


def test_the_real_command_writes_one_private_file_with_all_of_it(offices: Offices, tmp_path: Path) -> None:
    identifier = offices.pay("alice", "5")
    offices.travel("alice", "bob", identifier)
    path = tmp_path / "b"
    made = offices.spawn("bob", "workspace", "backup", "-o", str(path)).result
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["b", "offices"]
    assert made["bytes"] == path.stat().st_size
    assert made["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    manifest, members = plain(path)
    folder = everything(offices.folder("bob"))
    wanted = {name for name in folder if limit_of(name) is not None and name != "keys/attempts.json"}
    assert set(members) == wanted >= {"vault.json", "keys/device.json", "keys/bob-xrp.json"}
    for name in wanted - {"vault.json", "logs/checkpoints.log", f"logs/{JOURNAL_FILE}"}:
        assert members[name] == folder[name], name
    assert folder[f"logs/{JOURNAL_FILE}"].startswith(members[f"logs/{JOURNAL_FILE}"])
    assert members[f"logs/{JOURNAL_FILE}"].endswith(b"\n")
    assert manifest["head"] == made["head"]


def test_it_discloses_nothing_that_the_folder_shows(offices: Offices, file: Path) -> None:
    """People, accounts, nodes and labels stand in the clear in the folder."""
    data = file.read_bytes()
    folder = b"".join(everything(offices.folder("bob")).values())
    for word in (b"alice", b"practice-a", b"127.0.0.1", offices.team.treasury.rpartition(":")[2].encode()):
        assert word in folder, "or this test looks for nothing"
        assert word not in data
    assert not any(text.encode() in data for text in SECRETS.values())


def test_the_journal_holds_it_and_the_window_reads_it_from_there(offices: Offices, file: Path) -> None:
    (entry,) = offices.do("bob", "journal", "show", "--type", "backup").result["records"]
    record = entry["record"]
    assert record["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (record["file"], record["bytes"]) == (str(file), file.stat().st_size)
    with offices.open("bob") as opened:
        found = last_backup(opened)
        assert found is not None
        assert found["record"] == entry["index"]
        assert opened.journal.read(entry["index"])["at"] == found["at"]
    with offices.open("carol") as opened:
        assert last_backup(opened) is None


def test_check_backup_reads_it_through_and_writes_nothing(offices: Offices, file: Path) -> None:
    before = everything(offices.root)
    answer = run_here(
        "--json",
        "--passphrase-file",
        str(offices.secrets / "bob.vault"),
        "workspace",
        "check-backup",
        str(file),
    )
    result = answer.result
    assert (result["org"], result["person"], result["class"]) == ("acme", "bob", "practice")
    assert result["head"]["size"] > 5
    assert everything(offices.root) == before


# -- while others work -------------------------------------------------------------------------------------


def test_while_another_has_it_open_it_is_made_beside_it(offices: Offices, tmp_path: Path) -> None:
    path = tmp_path / "b"
    with offices.open("bob") as opened:
        size = opened.journal.size
        made = offices.do("bob", "workspace", "backup", "-o", str(path)).result
        assert made["record"] is None, "only who has it open can write into the journal"
        assert opened.journal.size == size
    assert check_backup(path, secret())["head"] == made["head"]


def test_a_journal_that_grows_meanwhile_is_cut_behind_a_whole_record(
    offices: Offices, tmp_path: Path
) -> None:
    stop = threading.Event()
    with offices.open("bob") as opened:

        def write() -> None:
            while not stop.is_set():
                opened.journal.append_many([("note", {"text": "x" * 500}) for _ in range(3)])

        writer = threading.Thread(target=write)
        writer.start()
        try:
            heads = []
            for number in range(6):
                path = tmp_path / f"b{number}"
                heads.append(make_backup(offices.folder("bob"), secret(), path)["head"])
                assert check_backup(path, secret())["head"] == heads[-1]
        finally:
            stop.set()
            writer.join()
    assert len({head["size"] for head in heads}) > 1, "it did grow"  # type: ignore[index,call-overload]


def test_a_torn_end_is_left_out(offices: Offices, tmp_path: Path) -> None:
    journal = offices.folder("bob") / "logs" / JOURNAL_FILE
    whole = journal.read_bytes()
    journal.write_bytes(whole + whole.splitlines()[-1][:40])
    make_backup(offices.folder("bob"), secret(), tmp_path / "b")
    assert plain(tmp_path / "b")[1][f"logs/{JOURNAL_FILE}"] == whole


def test_a_journal_that_is_not_intact_is_not_backed_up(offices: Offices, tmp_path: Path) -> None:
    journal = offices.folder("bob") / "logs" / JOURNAL_FILE
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(IntegrityError) as caught:
        make_backup(offices.folder("bob"), secret(), tmp_path / "b")
    assert (caught.value.code, caught.value.details["state"]) == ("JOURNAL_BROKEN", "ROLLBACK")
    assert not (tmp_path / "b").exists()


# -- where it is written -----------------------------------------------------------------------------------


def test_it_overwrites_only_when_somebody_says_so(offices: Offices, file: Path) -> None:
    before = file.read_bytes()
    refused = offices.do("bob", "workspace", "backup", "-o", str(file))
    assert refused.refused == (2, "CONFIRMATION_REQUIRED")
    assert file.read_bytes() == before
    assert offices.do("bob", "--yes", "workspace", "backup", "-o", str(file)).exit_code == 0
    assert file.read_bytes() != before


@pytest.mark.parametrize("name", ["b", "vault.json", "logs/../keys/b", "logs/audit-events.jsonl"])
def test_never_inside_the_workspace(offices: Offices, name: str) -> None:
    before = everything(offices.folder("bob"))["vault.json"]
    refused = offices.do("bob", "--yes", "workspace", "backup", "-o", str(offices.folder("bob") / name))
    assert refused.refused == (2, "USAGE")
    assert b'"sealed_key"' in before
    assert b'"sealed_key"' in everything(offices.folder("bob"))["vault.json"]
    assert not (offices.folder("bob") / "b").exists()


def test_a_wrong_passphrase_writes_nothing(offices: Offices, tmp_path: Path) -> None:
    with offices.open("bob") as opened, pytest.raises(IntegrityError) as caught:
        back_up(opened, bytearray(b"another"), tmp_path / "b")
    assert caught.value.code == "VAULT_PASSPHRASE_WRONG"
    assert not (tmp_path / "b").exists()


def test_a_full_disk_leaves_nothing_half(offices: Offices, small_disk: Callable[[int], Path]) -> None:
    place = small_disk(16)
    refused = offices.do("bob", "workspace", "backup", "-o", str(place / "b"))
    assert refused.refused == (7, "STORAGE_FULL")
    assert list(place.iterdir()) == []
    assert offices.do("bob", "journal", "show", "--type", "backup").result["records"] == []


@pytest.mark.parametrize("place", ["backup.half", "backup.temp_written", "backup.replaced"])
def test_a_kill_leaves_the_old_backup_or_the_new_one(offices: Offices, file: Path, place: str) -> None:
    old = file.read_bytes()
    killed = offices.spawn(
        "bob", "--yes", "workspace", "backup", "-o", str(file), COUNTERSIGN_FAILPOINT=place
    )
    assert killed.exit_code == -9
    assert (file.read_bytes() == old) is (place != "backup.replaced")
    assert check_backup(file, secret())["person"] == "bob"
    recorded = len(offices.do("bob", "journal", "show", "--type", "backup").result["records"])
    assert recorded == (1 if place == "backup.half" else 2), "journaled before it has its name"
    assert offices.do("bob", "--yes", "workspace", "backup", "-o", str(file)).exit_code == 0
    assert [path.name for path in file.parent.iterdir() if path.name.endswith(".tmp")] == []


# -- what is no backup, or a bad one -----------------------------------------------------------------------


def refused(file: Path, directory: Path) -> IntegrityError:
    """Both readers refuse it, and no folder is made."""
    with pytest.raises(IntegrityError) as caught:
        check_backup(file, secret())
    with pytest.raises(IntegrityError) as again:
        restore_backup(file, directory, secret())
    assert again.value.code == caught.value.code
    assert not directory.exists()
    assert not directory.with_name(f".{directory.name}.restoring").exists()
    return caught.value


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data + b"\0",
        lambda data: data[:-100] + bytes([data[-100] ^ 1]) + data[-99:],
    ],
)
def test_truncated_or_changed(file: Path, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    file.write_bytes(change(file.read_bytes()))
    assert refused(file, tmp_path / "new").code == "BACKUP_BROKEN"


def test_a_foreign_file_and_a_wrong_passphrase(offices: Offices, file: Path, tmp_path: Path) -> None:
    def restore(path: Path, owner: str) -> Answer:
        return run_here(
            "--json", "--passphrase-file", str(offices.secrets / f"{owner}.vault"),
            "workspace", "restore", str(path), str(tmp_path / "new"),
        )  # fmt: skip

    other = tmp_path / "other"
    other.write_bytes(b"PK\x03\x04 something else entirely\n" * 50)
    assert restore(other, "bob").refused == (3, "MALFORMED")
    assert restore(offices.folder("bob"), "bob").refused == (3, "MALFORMED")
    assert restore(tmp_path / "nowhere", "bob").refused == (8, "NOT_FOUND")
    assert restore(file, "carol").refused == (7, "VAULT_PASSPHRASE_WRONG")
    assert not (tmp_path / "new").exists()


NO_NAMES = (
    "../outside", "/etc/outside", "keys/../../outside.json", "keys/a/b.json", "keys/.json", "keys/A.json",
    "keys\\outside.json", "config/../vault.json", "logs/earlier/../outside.jsonl", "logs/.lock", "store.db",
    f"logs/earlier/{'0' * 32}/../log.json", "policy/x-v0.json", "policy/x.json", "devices/nano-1/seed", "",
    "vault.json\0", "keys/device.json\n", ".lock",
)  # fmt: skip


def test_names_that_no_workspace_has(file: Path, tmp_path: Path) -> None:
    manifest, members = plain(file)
    for number, name in enumerate(NO_NAMES):
        bad = forged(tmp_path / f"bad{number}", {**members, name: b"{}"}, manifest)
        assert refused(bad, tmp_path / "new").code == "BACKUP_BROKEN", name
    assert not list(tmp_path.parent.rglob("outside*"))


def test_lists_of_contents_that_do_not_hold(file: Path, tmp_path: Path) -> None:
    manifest, members = plain(file)
    listed = manifest["members"]
    device = next(item for item in listed if item["name"] == "keys/device.json")
    for number, wrong in enumerate(
        [
            {"listed": [*listed, device]},
            {"listed": [item for item in listed if item != device]},
            {"listed": [{**item, "bytes": 10**12} if item == device else item for item in listed]},
            {"listed": [{**item, "bytes": -1} if item == device else item for item in listed]},
            {"listed": [{**item, "mode": 0o4755} for item in listed]},
            {"listed": [*listed, *({"bytes": 0, "name": f"keys/k{n}.json"} for n in range(5000))]},
            {"listed": "everything"},
            {"log_id": "../" + "0" * 29},
            {"format": "countersign/backup@2"},
            {"class": "mainnet"},
            {"person": "mallory"},
            {"org": "other"},
            {"made_at": "yesterday"},
            {"head": {**manifest["head"], "size": manifest["head"]["size"] + 1}},
            {"head": {**manifest["head"], "root": "00" * 32}},
            {"more": 1},
        ]
    ):
        bad = forged(tmp_path / f"bad{number}", members, {**manifest, **wrong})
        with pytest.raises(IntegrityError) as caught:
            restore_backup(bad, tmp_path / "new", secret())
        assert caught.value.code == "BACKUP_BROKEN", wrong
        assert not (tmp_path / "new").exists()


def test_a_list_of_contents_that_claims_to_be_huge_is_not_read(file: Path, tmp_path: Path) -> None:
    with (tmp_path / "bad").open("wb") as stream:
        writer = SealedWriter(
            lambda data: _put(stream, data), secret(), format=FORMAT, kdf=floor_parameters()
        )
        writer.write(b"\xff\xff\xff\xff" + b"{")
        writer.finish()
    assert "larger than" in refused(tmp_path / "bad", tmp_path / "new").message


def test_contents_that_do_not_fit_together(offices: Offices, file: Path, tmp_path: Path) -> None:
    """Each part is one that a workspace had; they are not of one workspace, or not of one time."""
    manifest, members = plain(file)
    offices.do("carol", "workspace", "backup", "-o", str(tmp_path / "carol"))
    carol = everything(offices.folder("carol"))
    journal = f"logs/{JOURNAL_FILE}"
    lines = members[journal].splitlines(keepends=True)
    for number, changed in enumerate(
        [
            {"keys/device.json": carol["keys/device.json"]},
            {"logs/epochs.jsonl": carol["logs/epochs.jsonl"]},
            {"logs/log.json": carol["logs/log.json"]},
            {journal: carol[journal]},
            {journal: b"".join(lines[:-2])},
            {journal: b"".join([lines[1], lines[0], *lines[2:]])},
            {"config/platform-config.yaml": b"class: [mainnet]\n"},
        ]
    ):
        bad = forged(tmp_path / f"bad{number}", {**members, **changed}, manifest)
        with pytest.raises(IntegrityError) as caught:
            restore_backup(bad, tmp_path / "new", secret())
        assert caught.value.code == "BACKUP_BROKEN", list(changed)
        assert not (tmp_path / "new").exists()
        assert not (tmp_path / ".new.restoring").exists()
    more = forged(tmp_path / "more", members, manifest, more=b"trailing")
    assert refused(more, tmp_path / "new").code == "BACKUP_BROKEN"


@pytest.mark.parametrize("what", ["file", "filled", "link"])
def test_only_a_new_or_an_empty_folder_is_filled(file: Path, tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    if what == "file":
        place.write_text("mine")
    elif what == "filled":
        place.mkdir()
        (place / "mine").write_text("mine")
    else:
        (tmp_path / "real").mkdir()
        place.symlink_to(tmp_path / "real")
    with pytest.raises(ConflictError) as caught:
        restore_backup(file, place, secret())
    assert caught.value.code == "EXISTS"
    empty = tmp_path / "empty"
    empty.mkdir()
    restore_backup(file, empty, secret())
    assert (empty / "vault.json").is_file()
    assert stat.S_IMODE(empty.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(p.stat().st_mode) & 0o077 == 0 for p in empty.rglob("*"))
    shutil.rmtree(empty)
