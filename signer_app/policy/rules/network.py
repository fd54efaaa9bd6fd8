"""network: the transaction is for a network of the policy (CONTRACTS A). Judged always; a rule gives it a
name.
"""

from __future__ import annotations

from typing import Literal

from signer_app.policy.checks import FAIL, PASS, Check
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms


class NetworkListed(RuleModel):
    """Every network outside `networks` fails."""

    kind: Literal["network"]

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("NETWORK")
        listed = tuple(sorted(terms.networks))
        fine = {
            network: (self.says("NETWORK", PASS, "network_ok", expected=listed, actual=network),)
            for network in listed
        }

        def judge(case: Case) -> tuple[Check, ...]:
            if self.match is not None and not select(case):
                return unconcerned
            network = case.subject.inspection.network
            found = fine.get(network)
            if found is not None:
                return found
            return (self.says("NETWORK", FAIL, "network_bad", expected=listed, actual=network),)

        return judge
