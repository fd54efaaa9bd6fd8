"""Scope: every effect of every leg needs an `allow` that covers it (CONTRACTS A). No allow, no signature.

The nearest allow decides what is said: one that matches but for the type gives KIND_NOT_ALLOWED, but for the
flags FLAG_NOT_ALLOWED, none at all NO_SCOPE. FeePaid needs no scope; fee_cap judges it. An escrow's tag is an
effect of its own, since EscrowOpen has no place for it: what covers the escrow covers its tag too, and the
rules about receivers judge it.
"""

from __future__ import annotations

from collections.abc import Sequence

from signer_app.core.effects import EFFECT_KINDS, NAMED_ONLY, DataWrite, Transfer
from signer_app.core.inspection import Leg
from signer_app.policy.case import Case, Judge, unshaped
from signer_app.policy.checks import FAIL, PASS, Check, Level
from signer_app.policy.rules.allow import Grant
from signer_app.policy.rules.base import built_in
from signer_app.policy.subject import View

#: How near a grant came: no match, all but the type, all but the flags, covered.
_NONE, _TYPE, _FLAGS, _COVERED = range(4)


def compile_scope(grants: Sequence[Grant]) -> Judge:
    """Judge over all allow rules; their order never matters."""
    ordered = tuple(sorted(grants, key=lambda grant: grant.id))
    usual = {(grant.id, kind): _passed(grant.id, kind, "") for grant in ordered for kind in EFFECT_KINDS}

    def judge(case: Case) -> tuple[Check, ...]:
        found = []
        for view in case.subject.views:
            if view.kind == "FeePaid" or view.within:
                continue
            nearest, grant = _nearest(ordered, view, case)
            if nearest == _COVERED and grant is not None and _is_plain(view):
                found.append(usual[grant.id, view.kind])
            else:
                found += _explained(nearest, grant, view, named=view.kind in NAMED_ONLY)
        for leg in case.subject.bare_legs:
            found += _bare(ordered, leg, case)
        return tuple(found)

    # What an allow matches may depend on amounts and receivers, and must then be asked each time.
    return unshaped(judge) if any(grant.beyond_shape for grant in ordered) else judge


def _is_plain(view: View) -> bool:
    """Whether being covered is all there is to say, so that the check can be one made before."""
    return not view.path and view.kind not in NAMED_ONLY and not _may_deliver_nothing(view)


def _may_deliver_nothing(view: View) -> bool:
    """A partial payment whose flag is allowed must still say the least that it delivers."""
    effect = view.effect
    return isinstance(effect, Transfer) and effect.partial and effect.min_delivered is None


def _passed(rule: str, kind: str, path: str) -> Check:
    return Check(rule, "allow", "NO_SCOPE", PASS, Level.HARD, "scope_ok", rule, kind, path=path)


def _nearest(grants: Sequence[Grant], view: View, case: Case) -> tuple[int, Grant | None]:
    nearest, best = _NONE, None
    for grant in grants:
        if grant.covers(view, case):
            reached = _reached(grant, view.leg)
            if reached == _COVERED:
                return reached, grant
            if reached > nearest:
                nearest, best = reached, grant
    return nearest, best


def _reached(grant: Grant, leg: Leg | None) -> int:
    """How near a grant that matches comes. An effect of no known leg has no type that could be allowed."""
    if leg is None or (grant.types is not None and leg.type not in grant.types):
        return _TYPE
    return _FLAGS if leg.unknown_flags or not grant.flags.issuperset(leg.flags) else _COVERED


def _explained(nearest: int, grant: Grant | None, view: View, *, named: bool) -> list[Check]:
    checks = []
    if nearest == _COVERED and grant is not None:
        checks.append(_passed(grant.id, view.kind, view.path))
        if _may_deliver_nothing(view):
            checks.append(built_in("scope", "PARTIAL_PAYMENT", FAIL, "partial_bad", path=view.path))
    else:
        checks.append(_refused(nearest, grant, view.leg, view.kind, view.path))
    if named and view.kind != "Unknown":
        if nearest == _NONE or grant is None:
            verdict, message, rule = FAIL, "privileged_bad", ""
        else:
            verdict, message, rule = PASS, "privileged_ok", grant.id
        checks.append(
            built_in(
                "scope", "PRIVILEGED_OP", verdict, message, expected=rule, actual=view.kind, path=view.path
            )
        )
    return checks


def _refused(nearest: int, grant: Grant | None, leg: Leg | None, what: str, path: str) -> Check:
    if grant is None or nearest == _NONE:
        return built_in("scope", "NO_SCOPE", FAIL, "scope_none", actual=what, path=path)
    values = {"rule": grant.id}
    if nearest == _TYPE:
        expected, actual = tuple(sorted(grant.types or ())), leg.type if leg else what
        return Check(
            grant.id, "allow", "KIND_NOT_ALLOWED", FAIL, Level.HARD, "scope_kind", expected, actual,
            path=path, values=values,
        )  # fmt: skip
    flags = (*leg.flags, *leg.unknown_flags) if leg else ()
    odd = tuple(dict.fromkeys(flag for flag in flags if flag not in grant.flags))
    return Check(
        grant.id, "allow", "FLAG_NOT_ALLOWED", FAIL, Level.HARD, "scope_flag",
        tuple(sorted(grant.flags)), odd, path=path, values=values,
    )  # fmt: skip


def _bare(grants: Sequence[Grant], leg: Leg, case: Case) -> list[Check]:
    """A leg without effects (an AccountSet that changes nothing) uses up its slot, and needs its type
    named.
    """
    stand_in = View(
        -1,
        DataWrite(path=leg.path, account=leg.account, name="", value=None),
        "", leg.path, leg.account, leg, (), (), None, None,
    )  # fmt: skip
    nearest, best = _NONE, None
    for grant in grants:
        if grant.covers_leg(stand_in, case):
            reached = _reached(grant, leg) if grant.types is not None else _TYPE
            if reached > nearest:
                nearest, best = reached, grant
    if nearest == _COVERED and best is not None:
        return [_passed(best.id, leg.type, leg.path)]
    return [_refused(nearest, best, leg, leg.type, leg.path)]
