"""Refused because of the rules, and refused because nobody could tell, look and read differently."""

from __future__ import annotations

import asyncio

from office_stage import passphrase_of, window_of
from offices import Offices
from room import fits
from window_help import Run, until

from signer_app.ui.qt import QtWidgets
from signer_app.ui.settings import ViewSettings
from signer_app.ui.signing.dialog import SignDialog
from signer_app.ui.signing.refusals import refusal
from signer_app.ui.theme import Theme
from signer_app.ui.words import signing as words
from signer_app.ui.words import strings

TREASURY = "xrpl:1:rhNWnSHuB7QgpWpS2TevjyaN3zsoe8pcuv"
NAMES = {TREASURY: "Treasury"}
MISSING = f"FACT_MISSING: The signers of {TREASURY} was not read, or by fewer than 2 operators."


def test_facts_that_were_not_read_are_no_denial() -> None:
    stale = f"FACT_STALE: The balance of {TREASURY} was read more than 60 seconds ago, or in the future."
    said = refusal("No.", (MISSING, MISSING, stale), names=NAMES, asked=("North", "South"))
    assert (said.look, said.tone, said.title) == ("unknown", "warn", words.UNREAD_TITLE)
    assert "North, South" in said.text
    assert said.lines == (
        "The signers of Treasury was not read, or by fewer than 2 operators.",
        "The balance of Treasury was read more than 60 seconds ago, or in the future.",
    )


def test_one_rule_that_says_no_is_a_denial() -> None:
    cap = f"ROLLING_CAP: {TREASURY} would pay more than 100 XRP in 24 h."
    said = refusal("Policy says no.", (cap, MISSING, cap), names=NAMES)
    assert (said.look, said.tone, said.fact) == ("denied", "danger", "Policy says no.")
    assert len(said.lines) == 2
    assert said.lines[0] == "ROLLING_CAP: Treasury would pay more than 100 XRP in 24 h."
    assert refusal("Policy says no.", (), names={}).look == "denied"


def test_a_longer_address_is_not_named_by_a_shorter_one() -> None:
    said = refusal("No.", (f"FACT_MISSING: {TREASURY}x",), names={TREASURY: "A", f"{TREASURY}x": "B"})
    assert said.lines == ("B",)


def test_without_an_answer_the_dialog_could_not_tell(
    run: Run[None], offices: Offices, settings: ViewSettings, look: Theme
) -> None:
    identifier = offices.pay("alice", "100")
    offices.travel("alice", "bob", identifier)

    async def main() -> None:
        folder, secret = offices.folder("bob"), passphrase_of("bob")
        async with window_of(folder, secret, settings, "inbox", offline=True) as window:
            dialog = SignDialog(window, window, identifier)
            asking = asyncio.ensure_future(window.ask(dialog))
            await until(lambda: dialog._stack.currentWidget() is dialog.stopped)
            assert dialog.verdict.text == strings.CHIPS["unknown"]
            assert (dialog.verdict.tone, dialog.verdict.icon) == ("warn", "unknown")
            assert dialog.stopped.question.text() == words.UNREAD_TITLE
            assert dialog.stopped.banner.fact.text() == words.UNREAD
            holder = dialog.stopped.list
            widgets = [holder.itemAt(number).widget() for number in range(holder.count())]
            lines = [line.text() for line in widgets if isinstance(line, QtWidgets.QLabel)]
            assert lines
            assert len(lines) == len(set(lines))
            assert "FACT_" not in " ".join(lines)
            assert offices.team.treasury not in " ".join(lines)
            await fits(window, dialog, "could not tell")
            dialog.reject()
            await asking

    run(main())
