"""What every transaction must keep to: networks, accounts, assets, and nothing that was not understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from signer_app.core.effects import NAMED_ONLY, DelegateCall, Transfer
from signer_app.core.json_types import JsonValue
from signer_app.policy.case import Case, Judge
from signer_app.policy.checks import FAIL, PASS, Check, Level
from signer_app.policy.observations import Undecided
from signer_app.policy.rules.base import Terms, built_in, built_in_undecided

#: Warnings of decoding that no rule of this version can lift.
DENYING_WARNINGS: Final = frozenset(
    {
        "AMOUNT_MISMATCH", "UNKNOWN_SELECTOR", "SAFE_VERSION", "SAFE_REFUND_NONZERO", "SAFE_ADMIN_CHANGE",
        "EVM_DELEGATECALL_UNPINNED",
    }
)  # fmt: skip

_AUTHORITY: Final = NAMED_ONLY - {"Unknown"}


def compile_network(terms: Terms) -> Judge:
    """NETWORK, and NETWORK_ASSUMED as an advisory check."""
    listed = tuple(sorted(terms.networks))
    fine = {
        name: (built_in("network", "NETWORK", PASS, "network_ok", expected=listed, actual=name),)
        for name in listed
    }

    def judge(case: Case) -> tuple[Check, ...]:
        network = case.subject.inspection.network
        found = fine.get(network)
        if found is not None:
            return found
        return (built_in("network", "NETWORK", FAIL, "network_bad", expected=listed, actual=network),)

    return judge


def compile_sources(terms: Terms) -> Judge:
    """OP_SOURCE: the transaction's account is in scope, and so is everyone it acts for, in transactions of
    it.
    """
    known = {entry.account for entry in terms.accounts}
    may_act: Mapping[str, frozenset[str]] = {
        entry.account: terms.matching.accounts(entry.may_be_source_of_operations) for entry in terms.accounts
    }
    fine = {
        account: (built_in("source", "OP_SOURCE", PASS, "source_ok", actual=account),) for account in known
    }

    def judge(case: Case) -> tuple[Check, ...]:
        inspection = case.subject.inspection
        own = inspection.account
        others = {(leg.account, leg.path) for leg in inspection.legs if leg.account != own}
        others |= {(view.account, view.path) for view in case.subject.views if view.account != own}
        if own in known and not others:
            return fine[own]
        found = [] if own in known else [_outside(own, "")]
        found += [
            _outside(account, path)
            for account, path in sorted(others)
            if own not in may_act.get(account, frozenset())
        ]
        return tuple(found) or fine[own]

    return judge


def _outside(account: str, path: str) -> Check:
    return built_in("source", "OP_SOURCE", FAIL, "source_bad", actual=account, path=path)


def compile_assets(terms: Terms) -> Judge:
    """ASSET_UNKNOWN. The network's own asset as a fee is fee_cap's business."""
    listed = frozenset(asset.id for asset in terms.assets)
    fine = (built_in("assets", "ASSET_UNKNOWN", PASS, "asset_ok"),)

    def judge(case: Case) -> tuple[Check, ...]:
        found = [
            built_in("assets", "ASSET_UNKNOWN", FAIL, "asset_bad", actual=asset, path=view.path)
            for view in case.subject.views
            if view.kind != "FeePaid" and view.assets and not listed.issuperset(view.assets)
            for asset in view.assets
            if asset not in listed
        ]
        return tuple(found) or fine

    return judge


def judge_understanding(case: Case) -> tuple[Check, ...]:
    """UNKNOWN_EFFECT, PARTIAL_PAYMENT, PATHS_NOT_ALLOWED, and the warnings of decoding that always deny."""
    found = []
    for view in case.subject.views:
        effect = view.effect
        if view.kind == "Unknown":
            what = view.leg.type if view.leg else view.kind
            found.append(
                built_in("effects", "UNKNOWN_EFFECT", FAIL, "unknown_effect", actual=what, path=view.path)
            )
        elif isinstance(effect, Transfer):
            if effect.partial or effect.paths or len(view.assets) > 1:
                found += _transfer_dangers(effect, view.path)
        elif isinstance(effect, DelegateCall):
            found.append(_warned("EVM_DELEGATECALL_UNPINNED", view.path))
    # What decoding could read is judged by scope.py; what it could not read is authority all the same.
    explained = {view.path for view in case.subject.views if view.kind in _AUTHORITY}
    for warning in case.subject.inspection.warnings:
        unread = warning.code == "PRIVILEGED_OP" and warning.path not in explained
        if unread or warning.code in DENYING_WARNINGS:
            found.append(_warned(warning.code, warning.path))
        elif warning.code == "NETWORK_ASSUMED":
            network = case.subject.inspection.network
            found.append(
                built_in(
                    "network",
                    "NETWORK_ASSUMED",
                    FAIL,
                    "network_assumed",
                    actual=network,
                    level=Level.ADVISORY,
                )
            )
    for signature in case.subject.inspection.signatures:
        if signature.valid is False:
            found.append(
                built_in(
                    "signatures", "SIGNATURE_INVALID", FAIL, "signature_invalid",
                    actual=signature.signer, level=Level.ADVISORY,
                )
            )  # fmt: skip
    return tuple(found)


def _transfer_dangers(effect: Transfer, path: str) -> list[Check]:
    found = []
    if effect.partial:
        # Only shown: without an allow that names its flag, FLAG_NOT_ALLOWED denies; with one, see scope.py.
        found.append(
            built_in(
                "effects",
                "PARTIAL_PAYMENT",
                FAIL,
                "partial_shown",
                actual=effect.amount,
                path=path,
                level=Level.ADVISORY,
            )
        )
    if effect.paths or (effect.max_spend is not None and effect.max_spend.asset != effect.asset):
        found.append(built_in("effects", "PATHS_NOT_ALLOWED", FAIL, "paths_bad", path=path))
    return found


def _warned(code: str, path: str) -> Check:
    return built_in("decoding", code, FAIL, "warned", actual=code, path=path)


_NOT_HALTED: Final = (built_in("halt", "HALTED", PASS, "not_halted"),)


def judge_halt(case: Case) -> tuple[Check, ...]:
    """HALTED. Without facts nobody can say that signing is not stopped."""
    context = case.readings.context
    if context is None:
        return (built_in_undecided("halt", Undecided("FACT_MISSING", "no_facts", "halt", "context")),)
    if context.halt is None:
        return _NOT_HALTED
    said = {name: _said(context.halt.get(name)) for name in ("person", "at", "reason")}
    return (built_in("halt", "HALTED", FAIL, "halted", actual=said["person"], values=said),)


def _said(value: JsonValue) -> str:
    """A member of a halt statement. One that cannot be read stops signing all the same."""
    return value.rstrip(".") if isinstance(value, str) and value else "unknown"
