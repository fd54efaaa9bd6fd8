"""text_safety: no text inside the bytes may deceive a reader (CONTRACTS F: TEXT_*)."""

from __future__ import annotations

from typing import Literal

from signer_app.core.text import text_findings
from signer_app.policy.case import Checks, Run
from signer_app.policy.checks import FAIL, PASS
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms


class TextSafety(RuleModel):
    """One check per finding; the text itself is never repeated in a sentence."""

    kind: Literal["text_safety"]

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("TEXT_INVISIBLE")
        fine = (self.says("TEXT_INVISIBLE", PASS, "text_ok"),)

        def judge(case: Case) -> Checks | Run:
            return unconcerned if self.match is not None and not select(case) else run

        def run(case: Case) -> Checks:
            texts = case.subject.inspection.texts
            if not texts:
                return fine
            found = tuple(
                self.says(code, FAIL, "text_bad", path=field.path)
                for field in texts
                for code in text_findings(field.text)
            )
            return found or fine

        return judge
