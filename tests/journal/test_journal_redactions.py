"""Records whose content was removed: opening refuses what verify with keys calls TAMPERED."""

from __future__ import annotations

from pathlib import Path

import pytest
from journal_help import WRAP_KEY, make, redact, reopen

from signer_app.core.errors import IntegrityError
from signer_app.journal.files import JOURNAL_FILE
from signer_app.journal.verifying import vault_keys, verify
from signer_app.journal.writer import Journal


@pytest.mark.parametrize("removed", [{0}, {1}, {2, 3}, {4}, {2, 5}, {5}])
def test_opening_and_verify_say_the_same(tmp_path: Path, removed: set[int]) -> None:
    """Records 2 and 4 are named as redacted by the records 5 and 6."""
    with make(tmp_path, notes=4) as journal:
        for index in (2, 4):
            journal.append("redacted", {"i": index, "reason": "asked", "approvals": []})
    path, keys = tmp_path / JOURNAL_FILE, vault_keys(tmp_path, WRAP_KEY)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(redact(line) if i in removed else line for i, line in enumerate(lines)))
    hidden = verify(path, epoch_keys=keys)
    if hidden.state.value == "INTACT":
        reopen(tmp_path).close()
        return
    with pytest.raises(IntegrityError) as caught:
        reopen(tmp_path)
    assert caught.value.details == {"state": "TAMPERED", "records": 7, "first_bad": hidden.first_bad}


def test_opening_decrypts_nothing_more_where_nothing_was_redacted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, notes=20).close()
    opened: list[int] = []
    read = Journal.read
    monkeypatch.setattr(Journal, "read", lambda self, index: (opened.append(index), read(self, index))[1])
    reopen(tmp_path).close()
    assert len(opened) <= 2
