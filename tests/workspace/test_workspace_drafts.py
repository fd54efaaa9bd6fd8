"""Drafts: sealed, kept over a restart and a rebuild of the store, bounded, and set aside when broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signer_app.core.errors import IntegrityError, MalformedError, NotFoundError
from signer_app.vault.envelope import Vault
from signer_app.vault.kdf import KdfParameters
from signer_app.workspace.drafts import MAX_DRAFTS, Drafts

FIELDS = {"to": "acme", "amount": "25000.50", "note": "a quiet word"}
PASSPHRASE = b"violet anchor seven"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "vault.json", bytearray(PASSPHRASE), kdf=KdfParameters())


def listed(drafts: Drafts) -> list[dict[str, object]]:
    found = drafts.list()["drafts"]
    assert isinstance(found, list)
    return [dict(item) for item in found if isinstance(item, dict)]


def test_a_draft_is_kept_sealed_and_found_again(tmp_path: Path, vault: Vault) -> None:
    name = Drafts(tmp_path / "drafts.json", vault).save("payment", FIELDS)
    data = (tmp_path / "drafts.json").read_bytes()
    assert b"25000" not in data
    assert b"quiet" not in data
    (draft,) = listed(Drafts(tmp_path / "drafts.json", vault))
    assert (draft["id"], draft["kind"], draft["fields"]) == (name, "payment", FIELDS)


def test_saving_again_replaces_and_the_same_writes_nothing(tmp_path: Path, vault: Vault) -> None:
    drafts = Drafts(tmp_path / "drafts.json", vault)
    name = drafts.save("payment", FIELDS)
    before = (tmp_path / "drafts.json").read_bytes()
    assert drafts.save("payment", FIELDS, name) == name
    assert (tmp_path / "drafts.json").read_bytes() == before
    assert drafts.save("payment", {**FIELDS, "amount": "1"}, name) == name
    assert len(listed(drafts)) == 1
    assert (tmp_path / "drafts.json").read_bytes() != before


def test_a_draft_that_is_thrown_away_is_gone(tmp_path: Path, vault: Vault) -> None:
    drafts = Drafts(tmp_path / "drafts.json", vault)
    name = drafts.save("payment", FIELDS)
    drafts.delete(name)
    assert listed(Drafts(tmp_path / "drafts.json", vault)) == []
    with pytest.raises(NotFoundError):
        drafts.delete(name)


def test_the_oldest_goes_when_there_are_too_many(tmp_path: Path, vault: Vault) -> None:
    now = [datetime(2026, 11, 20, 12, tzinfo=UTC)]
    drafts = Drafts(tmp_path / "drafts.json", vault, clock=lambda: now[0])
    first = drafts.save("payment", FIELDS)
    for _ in range(MAX_DRAFTS):
        now[0] += timedelta(seconds=2)
        drafts.save("payment", FIELDS)
    kept = listed(drafts)
    assert len(kept) == MAX_DRAFTS
    assert first not in [draft["id"] for draft in kept]


def test_a_changed_file_is_refused_and_set_aside_by_a_person(tmp_path: Path, vault: Vault) -> None:
    path = tmp_path / "drafts.json"
    Drafts(path, vault).save("payment", FIELDS)
    path.write_bytes(path.read_bytes().replace(b'"body":"', b'"body":"00', 1))
    drafts = Drafts(path, vault)
    with pytest.raises(IntegrityError) as caught:
        drafts.list()
    assert caught.value.code == "VAULT_BROKEN"
    aside = drafts.reset()
    assert aside.exists()
    assert listed(drafts) == []
    drafts.save("payment", FIELDS)
    assert len(listed(Drafts(path, vault))) == 1


def test_drafts_of_another_vault_are_refused(tmp_path: Path, vault: Vault) -> None:
    Drafts(tmp_path / "drafts.json", vault).save("payment", FIELDS)
    (tmp_path / "other").mkdir()
    other = Vault.create(tmp_path / "other" / "vault.json", bytearray(PASSPHRASE), kdf=KdfParameters())
    with pytest.raises(IntegrityError):
        Drafts(tmp_path / "drafts.json", other).list()


def test_a_draft_has_a_bound(tmp_path: Path, vault: Vault) -> None:
    with pytest.raises(MalformedError):
        Drafts(tmp_path / "drafts.json", vault).save("payments", {"csv": "x" * 2_000_000})
