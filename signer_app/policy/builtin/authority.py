"""Who can sign for the account: on an XRPL account every `allow` needs its signers and account (CONTRACTS B).

A master key or regular key signs alone, whatever the signer list says; a list that differs from the policy's
keys means that somebody changed one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from signer_app.core.caip import namespace, parse_account
from signer_app.core.effects import AuthorityChange
from signer_app.core.errors import MalformedError
from signer_app.policy.case import Case, Judge
from signer_app.policy.checks import BUILT_IN, FAIL, NOT_APPLICABLE, PASS, Check, Level, Shown
from signer_app.policy.observations import Decided, Undecided
from signer_app.policy.people import KeyTable, LedgerSigners, read_weights
from signer_app.policy.readings import Readings
from signer_app.policy.rules.allow import Grant
from signer_app.policy.rules.base import Terms, built_in, built_in_undecided

_KIND = "authority"
_DISABLED = "lsfDisableMaster"


def compile_authority(terms: Terms, grants: Sequence[Grant]) -> Judge:
    """MASTER_KEY_ENABLED, REGULAR_KEY_SET, SIGNER_DRIFT for each account that acts and has an allow."""
    concerned = frozenset(
        entry.account
        for entry in terms.accounts
        if namespace(entry.account) == "xrpl"
        and any(grant.accounts is None or entry.account in grant.accounts for grant in grants)
    )

    def judge(case: Case) -> tuple[Check, ...]:
        own = case.subject.inspection.account
        accounts = {own, *(view.account for view in case.subject.views)}
        if len(accounts) == 1:
            return _account(case.readings, own, terms.keys) if own in concerned else ()
        return tuple(
            check
            for account in sorted(accounts & concerned)
            for check in _account(case.readings, account, terms.keys)
        )

    return judge


def _account(readings: Readings, account: str, keys: KeyTable) -> tuple[Check, ...]:
    found = readings.settled.get((_KIND, account))
    if found is None:
        signers, fact = readings.signers(account), readings.judge("account", account)
        found = (
            _master(signers, fact, account),
            _regular(fact, account),
            drift(signers, account, keys),
        )
        readings.settled[_KIND, account] = found
    return found


def _master(signers: LedgerSigners | Undecided, fact: Decided | Undecided, account: str) -> Check:
    """Both facts state it; if one says that the key is enabled, it counts as enabled."""
    values = {"key": account}
    if not isinstance(signers, Undecided) and signers.master_enabled:
        return _says("MASTER_KEY_ENABLED", FAIL, "master_on", signers.fact, values=values)
    if isinstance(fact, Undecided):
        return built_in_undecided(_KIND, fact)
    flags = fact.value.get("flags")
    if not isinstance(flags, list):
        return built_in_undecided(_KIND, _lacks(fact, account, "flags"))
    if _DISABLED not in flags:
        return _says("MASTER_KEY_ENABLED", FAIL, "master_on", fact, values=values)
    if isinstance(signers, Undecided):
        return built_in_undecided(_KIND, signers)
    return _says("MASTER_KEY_ENABLED", PASS, "master_off", signers.fact, values=values)


def _regular(fact: Decided | Undecided, account: str) -> Check:
    if isinstance(fact, Undecided):
        return built_in_undecided(_KIND, fact)
    if "regular_key" not in fact.value:
        return built_in_undecided(_KIND, _lacks(fact, account, "regular_key"))
    key = fact.value["regular_key"]
    if key is None:
        return _says("REGULAR_KEY_SET", PASS, "regular_none", fact, values={"key": account})
    return _says("REGULAR_KEY_SET", FAIL, "regular_set", fact, actual=str(key), values={"key": account})


def drift(signers: LedgerSigners | Undecided, account: str, keys: KeyTable) -> Check:
    """Whether the ledger's signers are those of the policy."""
    if isinstance(signers, Undecided):
        return built_in_undecided(_KIND, signers)
    wanted = keys.signers(parse_account(account).network)
    there = frozenset(signers.weights)
    if wanted == there:
        return _says("SIGNER_DRIFT", PASS, "drift_none", signers.fact)
    differing = tuple(sorted(wanted ^ there))
    return _says(
        "SIGNER_DRIFT", FAIL, "drift", signers.fact, expected=tuple(sorted(wanted)), actual=differing
    )


def _says(
    code: str,
    verdict: str,
    message: str,
    fact: Decided,
    *,
    expected: Shown = "",
    actual: Shown = "",
    values: Mapping[str, Shown] | None = None,
) -> Check:
    return Check(
        BUILT_IN, _KIND, code, verdict, Level.HARD, message, expected, actual,
        evidence=fact.evidence, values=values or {},
    )  # fmt: skip


def _lacks(fact: Decided, account: str, what: str) -> Undecided:
    return Undecided(
        "FACT_MISSING", "fact_incomplete", "account", account, lacks=what, evidence=fact.evidence
    )


def judge_signers(case: Case) -> tuple[Check, ...]:
    """NOT_A_SIGNER: phase sign the named signer, phase submit the signatures present."""
    if case.phase == "propose":
        return _NOT_YET
    inspection = case.subject.inspection
    if case.phase == "sign" and case.signer is None:
        return (built_in_undecided(_KIND, Undecided("FACT_MISSING", "signer_unnamed", "signer", "")),)
    asked = (case.signer or "",) if case.phase == "sign" else tuple(entry.signer for entry in case.signed)
    if inspection.mode != "multi":
        allowed = frozenset({inspection.account})
    else:
        signers = case.readings.signers(inspection.account)
        if isinstance(signers, Undecided):
            return (built_in_undecided(_KIND, signers),)
        allowed = frozenset(signers.weights)
    outside = tuple(sorted(signer for signer in asked if signer not in allowed))
    if outside:
        return (built_in(_KIND, "NOT_A_SIGNER", FAIL, "signer_bad", actual=outside),)
    return (built_in(_KIND, "NOT_A_SIGNER", PASS, "signer_ok"),)


_NOT_YET = (built_in(_KIND, "NOT_A_SIGNER", NOT_APPLICABLE, "propose_phase"),)


def judge_lockout(case: Case) -> tuple[Check, ...]:
    """LOCKOUT: a change after which the people of the policy could not sign for the account any more."""
    return tuple(
        _lockout(case, view.effect)
        for view in case.subject.views
        if isinstance(view.effect, AuthorityChange) and view.effect.what in _CHANGES
    )


_CHANGES = frozenset({"signer_list", "master_key", "regular_key"})


def _lockout(case: Case, change: AuthorityChange) -> Check:
    """What stays after the change: the list as it will be, weighed with the keys of people who may sign.

    A master or regular key that stays enabled is no comfort: this policy refuses both, so it could not act.
    """
    try:
        network = parse_account(change.account).network
    except MalformedError:
        return built_in(_KIND, "LOCKOUT", FAIL, "lockout_unclear", path=change.path)
    if change.what == "signer_list":
        after = change.after
        if after is None:
            quorum, weights = 0, {}
        elif isinstance(after, dict) and (read := read_weights(after.get("signers"))) is not None:
            stated = after.get("quorum")
            quorum, weights = stated if isinstance(stated, int) else 0, read
        else:
            return built_in(_KIND, "LOCKOUT", FAIL, "lockout_unclear", path=change.path)
    elif change.after is not None and change.after != "disabled":
        return built_in(_KIND, "LOCKOUT", NOT_APPLICABLE, "not_concerned", path=change.path)
    else:
        signers = case.readings.signers(change.account)
        if isinstance(signers, Undecided):
            return built_in_undecided(_KIND, signers)
        quorum, weights = signers.quorum, dict(signers.weights)
    ours = sum(weights.get(signer, 0) for signer in case.keys.active_signers(network))
    fine = 0 < quorum <= ours
    message = "lockout_none" if fine else "lockout"
    return built_in(
        _KIND, "LOCKOUT", PASS if fine else FAIL, message, expected=quorum, actual=ours, path=change.path
    )
