"""A node's answer has a sentence beside its code."""

from __future__ import annotations

from signer_app.chains.xrpl import submission
from signer_app.practice.xrpl.rpc.results import _WORDS
from signer_app.ui.words.answers import SENTENCES, meaning, with_meaning


def test_every_code_that_the_program_knows_has_a_sentence() -> None:
    known = {*_WORDS, *submission._NOT_A_REFUSAL, *submission._IN_ALREADY}
    assert [code for code in known if not meaning(code)] == []
    assert SENTENCES.keys() >= submission._NOT_A_REFUSAL | submission._IN_ALREADY
    assert all(text.endswith(".") for text in SENTENCES.values())


def test_a_code_of_a_later_version_has_that_of_its_family_and_words_stay_alone() -> None:
    assert with_meaning("tecSOMETHING_NEW").startswith("tecSOMETHING_NEW: Taken, and expected to fail")
    assert with_meaning("temBAD") != "temBAD"
    for answer in ("NODE_DOWN: no answer", "tecnical", "", "te_X"):
        assert with_meaning(answer) == answer
