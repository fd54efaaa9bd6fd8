"""lookalike: an address that begins and ends like a known one and is another (address poisoning).

Known are the address book, the accounts in scope, the signers and the issuers of the listed assets. Letters
are compared without case, because readers do so; the leading "0x" says nothing and is left out.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from signer_app.core.caip import asset_network, namespace
from signer_app.policy.case import by_receivers
from signer_app.policy.checks import FAIL, PASS, Check
from signer_app.policy.rules.base import Case, Judge, RuleModel, Terms

_Ends = Annotated[int, Field(ge=1, le=20)]


class Lookalike(RuleModel):
    """Whole addresses are compared in the sentence too: never shortened."""

    kind: Literal["lookalike"]
    same_first: _Ends
    same_last: _Ends

    def compile(self, terms: Terms) -> Judge:
        select = terms.matching.touching(self.match)
        unconcerned = self.not_concerned("ADDR_LOOKALIKE")
        fine = (self.says("ADDR_LOOKALIKE", PASS, "lookalike_none"),)
        accounts = {entry.account for entry in terms.accounts} | {entry.account for entry in terms.book}
        for network in terms.networks:
            accounts |= terms.keys.signers(network)
        for asset in terms.assets:
            _, dot, issuer = asset.id.partition(".")
            if dot:
                accounts.add(f"{asset_network(asset.id)}:{issuer}")
        known = {_address(account) for account in accounts}
        shapes: dict[tuple[str, str, str], str] = {}
        for account in sorted(accounts):
            shapes.setdefault(self._shape(account), _address(account))

        def judge(case: Case) -> tuple[Check, ...]:
            receivers = [view for view in select(case) if view.to is not None]
            if not receivers:
                return unconcerned
            found = []
            for view in receivers:
                to = view.to or ""
                other = shapes.get(self._shape(to))
                if other is not None and _address(to) not in known:
                    found.append(
                        self.says("ADDR_LOOKALIKE", FAIL, "lookalike",
                                  expected=other, actual=_address(to), path=view.path)
                    )  # fmt: skip
            return tuple(found) or fine

        return by_receivers(judge)

    def _shape(self, account: str) -> tuple[str, str, str]:
        address = _address(account).removeprefix("0x").casefold()
        return namespace(account), address[: self.same_first], address[-self.same_last :]


def _address(account: str) -> str:
    return account.rpartition(":")[2]
