"""Find: by every word, by an address in groups, by number; in a real workspace, whichever page was seen."""

from __future__ import annotations

from typing import Any

from office_stage import passphrase_of, window_of
from offices import Offices
from pytestqt.qtbot import QtBot
from window_help import Run, until

from signer_app.ui.qt import Qt
from signer_app.ui.settings import ViewSettings
from signer_app.ui.shell.finding import MOST, Findable, find, record
from signer_app.ui.theme import Theme
from signer_app.ui.words import strings

THINGS = [
    Findable.of("Pay 5 XRP to Acme", "main, Open", "inbox", "3f21", "rEs4 4Udb".replace(" ", "")),
    Findable.of("Pay 7 XRP to Bolt", "main, Sent", "inbox", "3f22", "", "60FB5E36"),
]


def test_every_word_has_to_be_there_in_any_case_and_order() -> None:
    assert find(THINGS, "acme PAY") == THINGS[:1]
    assert find(THINGS, "pay") == THINGS
    assert find(THINGS, "acme bolt") == []
    assert find(THINGS, "p") == []


def test_an_address_in_groups_is_the_address() -> None:
    assert find(THINGS, "rEs4 4Udb") == THINGS[:1]


def test_a_hash_in_small_letters_is_the_hash() -> None:
    assert find(THINGS, "60fb5e36") == THINGS[1:]


def test_no_more_than_can_be_read() -> None:
    many = [Findable.of(f"Pay {n}", "", "inbox", str(n)) for n in range(200)]
    assert find(many, "pay") == many[:MOST]


def test_a_record_by_its_number() -> None:
    for text in ("37", "#37", "record 37", " Record  037 "):
        assert [hit.argument for hit in record(text, 38)] == ["37"]
    assert record("38", 38) == []
    assert record("-1", 38) == []
    assert record("3 7", 38) == []


def test_pages_that_were_never_seen_are_searched(
    run: Run[None], qtbot: QtBot, offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier = offices.pay("alice", "100")
    custodian = offices.team.custodian.rpartition(":")[2]
    led: list[str] = []
    groups = " ".join(custodian[n : n + 4] for n in range(0, len(custodian), 4))

    async def main() -> None:
        folder = offices.folder("alice")
        async with window_of(folder, passphrase_of("alice"), settings, "settings") as window:
            for typed, page, words in (
                (groups, "book", "custodian"),
                (groups, "inbox", "Pay 100 XRP to custodian"),
                (identifier[:9], "inbox", "Pay 100 XRP to custodian"),
                ("main", "accounts", "main"),
            ):
                window.actions_.trigger("find")
                await until(lambda: window.dialogs.current is not None)
                dialog: Any = window.dialogs.current
                await until(lambda dialog=dialog: dialog.words.text() == strings.FIND_START)
                dialog.input.setText(typed)
                (row,) = [n for n, hit in enumerate(dialog._hits) if (hit.page, hit.title) == (page, words)]
                for _ in range(row):
                    qtbot.keyClick(dialog.input, Qt.Key.Key_Down)
                qtbot.keyClick(dialog.input, Qt.Key.Key_Return)
                await until(lambda page=page: window.key == page and window.dialogs.current is None)
                led.append(page)

    run(main())
    assert led == ["book", "inbox", "inbox", "accounts"]
