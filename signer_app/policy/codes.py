"""The closed list of check codes (CONTRACTS F). docs/checks.md shows the same rows; a test compares them.

A code is added here and in docs/checks.md together, as a decision. ``built`` false: no check of this version
raises it yet; what it would judge is refused by NO_SCOPE, UNKNOWN_EFFECT or MALFORMED until then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: Of facts that are missing, late or in dispute. Alone they say nothing against it: nobody could tell.
UNREAD: Final = frozenset(("FACT_MISSING", "FACT_STALE", "FACT_DISAGREES"))


def only_unread(codes: Iterable[str]) -> bool:
    """Whether the codes of a denial (Report.codes) are, an open quorum aside, all of facts that nobody could
    read: then it was not refused, nobody could tell."""
    rest = set(codes) - {"QUORUM"}
    return bool(rest) and rest <= UNREAD


@dataclass(frozen=True, slots=True)
class CheckCode:
    """One row of docs/checks.md: what the code means, and which effect, field, fact or rule raises it."""

    code: str
    meaning: str
    raised_by: str
    built: bool = True


def _rows(*rows: tuple[str, str, str] | tuple[str, str, str, bool]) -> dict[str, CheckCode]:
    return {row[0]: CheckCode(*row) for row in rows}


_LATER = False

CHECK_CODES: dict[str, CheckCode] = _rows(
    ("MALFORMED", "The input cannot be read as what it claims to be.",
     "Decoding, policy and facts documents; an error, never a check of a report"),
    ("REENCODE_MISMATCH", "Two readers do not agree about the bytes.",
     "Decoding; an error, never a check of a report"),
    ("NETWORK", "The transaction is for a network that the policy does not list.",
     "Always: `networks`; rule kind network; decoding, when --network and the bytes differ"),
    ("NETWORK_ASSUMED", "The bytes do not name a network and none was given.",
     "Warning of decoding, shown as an advisory check"),
    ("NO_SCOPE", "No allow rule matches this effect.",
     "Every effect but FeePaid, and every leg; rule kind allow"),
    ("KIND_NOT_ALLOWED", "An allow rule matches, but not for this type of transaction.",
     "Leg type; `transactions` of rule kind allow"),
    ("FLAG_NOT_ALLOWED", "A flag is set that the allow rule does not name.",
     "Leg flags; `flags` of rule kind allow (absent: tfFullyCanonicalSig alone)"),
    ("UNKNOWN_EFFECT", "The transaction does something that this version does not understand.",
     "Effect Unknown. No allow rule lifts it"),
    ("UNKNOWN_SELECTOR", "A contract call has a selector that no pinned ABI explains.",
     "Warning of decoding; always denies"),
    ("PRIVILEGED_OP", "Authority over the account or its code changes and no allow rule names that.",
     "Effects AuthorityChange (SignerListSet, SetRegularKey, AccountSet asfDisableMaster, DelegateSet, "
     "AccountDelete, set_options, Safe owners, modules, guard, fallback), CodeUpgrade, DelegateCall"),
    ("OP_SOURCE", "The transaction or an inner operation acts for an account that is not in scope.",
     "Account of transaction, leg or effect; `accounts`, `may_be_source_of_operations`"),
    ("PARTIAL_PAYMENT", "A partial payment may deliver less than it says.",
     "Effect Transfer with `partial`: advisory; denies where its flag is allowed without a DeliverMin"),
    ("PATHS_NOT_ALLOWED", "The payment may be converted on the way.",
     "Effect Transfer with `paths`, or with `max_spend` in another asset than is delivered"),
    ("AMOUNT_MISMATCH", "Two fields of the input state different amounts.",
     "Warning of decoding; always denies"),
    ("DEST_TAG_REQUIRED", "The receiver needs a destination tag and there is none.",
     "Effects Transfer, EscrowOpen; fact account `require_dest_tag`; address book tag \"!\""),
    ("SEP29_MEMO", "The receiver needs a memo and there is none.",
     "Effect Transfer; fact account `memo_required` (Stellar SEP-29); address book memo \"!\""),
    ("TX_CAP", "The transaction moves more than one transaction may.", "Rule kind tx_cap"),
    ("ROLLING_CAP", "The window's sum would be over its cap.", "Rule kind rolling_cap; fact outflows"),
    ("FIXED_CAP", "The day's, week's or month's sum would be over its cap.", "Rule kind fixed_cap", _LATER),
    ("COUNT_CAP", "The window would hold too many payments.", "Rule kind count_cap; fact outflows"),
    ("MIN_BALANCE", "The account would keep less than it must.", "Rule kind min_balance", _LATER),
    ("RESERVE", "The account would fall under the ledger's reserve.", "Fact balance", _LATER),
    ("FEE_CAP", "The fee may cost more than the cap.", "Effect FeePaid; rule kind fee_cap"),
    ("DESTINATION_NOT_ALLOWED", "The receiver, its tag, memo or asset is not in the address book.",
     "Effects Transfer, EscrowOpen, Allowance; rule kind destinations"),
    ("DESTINATION_COOLING", "The address book entry is not active yet.",
     "`active_after` of the entry; rule kind destinations"),
    ("SANCTIONED", "The receiver is on a sanctions list.", "Rule kind sanctions; fact list", _LATER),
    ("KYC_NOT_VALID", "The receiver's identity check is missing or expired.",
     "Rule kind kyc; fact kyc", _LATER),
    ("ADDR_LOOKALIKE", "The address begins and ends like a known one and is another.", "Rule kind lookalike"),
    ("ASSET_UNKNOWN", "The asset is not in the policy's list.", "Every asset of an effect; `assets`"),
    ("TEXT_BIDI", "A text holds characters that turn the reading direction.", "Rule kind text_safety"),
    ("TEXT_MIXED_SCRIPT", "A word mixes alphabets whose letters look alike.", "Rule kind text_safety"),
    ("TEXT_INVISIBLE", "A text holds characters that cannot be seen.", "Rule kind text_safety"),
    ("TEXT_FORMULA", "A text begins like a spreadsheet formula.", "Rule kind text_safety"),
    ("EXPIRED", "The ledger can no longer take the transaction.", "Rule kind expiry; fact network"),
    ("EXPIRY_MISSING", "The transaction never expires.", "Rule kind expiry with `required`"),
    ("EXPIRY_TOO_FAR", "The transaction expires too late.", "Rule kind expiry; fact network"),
    ("TIME_WINDOW", "The time is outside the allowed hours or in a blackout.",
     "Rule kinds time_window, blackout", _LATER),
    ("TOO_YOUNG", "The proposal, or a policy entry, is too new.", "Rule kinds age, cool_down", _LATER),
    ("QUORUM", "The people, devices or ledger weight of the signatures do not suffice.",
     "Phase submit; rule kind quorum, and always where none concerns the transaction; fact "
     "signers. Check kind override: `context.overrides`"),
    ("QUORUM_BYPASS",
     "The signatures, with the one to be made, fill the ledger's quorum but not the policy's.",
     "Phase sign, rule kind quorum; phases sign and submit always where none concerns the transaction; "
     "fact signers"),
    ("ROLE", "A signature is by a key of nobody who may approve this.",
     "Phases sign, submit; rule kind quorum; suspended people and machines"),
    ("SAME_DEVICE", "Two signatures come from one device.",
     "Phases sign, submit; rule kind quorum, `devices`"),
    ("PROPOSER_APPROVES", "The proposer is among the signers.",
     "Phases sign, submit; rule kind quorum, `proposer_may_approve`"),
    ("TIER", "The key's tier is too hot for this.", "Rule kind tier", _LATER),
    ("SIGNATURE_INVALID", "A signature in the bytes does not verify.",
     "Decoding; advisory check, because the body holds no signatures"),
    ("NOT_A_SIGNER", "The account is not on the ledger's signer list.", "Phases sign, submit; fact signers"),
    ("MASTER_KEY_ENABLED", "The account's master key can still sign alone.",
     "Every allow rule on an XRPL account; facts signers, account"),
    ("REGULAR_KEY_SET", "The account has a regular key, which can sign alone.",
     "Every allow rule on an XRPL account; fact account"),
    ("SIGNER_DRIFT", "The ledger's signers are not those of the policy's keys.",
     "Every allow rule on an XRPL account; fact signers; `keys` with purpose sign"),
    ("LOCKOUT", "After this change the people of the policy could not sign any more.",
     "Effect AuthorityChange: signer list, master key, regular key; facts signers, account"),
    ("SLOT_CONFLICT", "The ticket, sequence or nonce is taken.",
     "The slot planner of proposals (error SLOT_CONFLICT)", _LATER),
    ("SAFE_VERSION", "The Safe's version is not one that this policy takes.",
     "Warning of decoding; always denies"),
    ("SAFE_REFUND_NONZERO", "The Safe pays a gas refund.", "Warning of decoding; always denies"),
    ("SAFE_ADMIN_CHANGE", "Owners, threshold, modules, guard or fallback of a Safe change.",
     "Warning of decoding; always denies"),
    ("EVM_DELEGATECALL_UNPINNED", "A delegatecall goes to a contract that is not pinned.",
     "Warning of decoding; effect DelegateCall; always denies"),
    ("CODE_MISMATCH", "The contract's code is not the pinned one.", "Fact code", _LATER),
    ("STATE_CHANGED", "A simulation changes storage that must not change.", "Fact simulation", _LATER),
    ("MINT_GUARD", "The on-chain mint guard says no.", "Rule kind onchain_read", _LATER),
    ("PAUSED", "The on-chain SystemGuard is paused.", "Rule kind onchain_read", _LATER),
    ("HALTED", "A person stopped signing and sending.", "Always: `context.halt`"),
    ("FACT_STALE", "What was read is too old, or from the future.", "Every check that needs a fact"),
    ("FACT_DISAGREES", "Operators state different things, or read ledgers too far apart.",
     "Every check that needs a fact"),
    ("FACT_MISSING", "Something that must be read was not, or by too few operators.",
     "Every check that needs a fact or the time"),
    ("PRICE_STALE", "The price is too old.", "Rule kind fiat_cap", _LATER),
    ("POLICY_INACTIVE", "No policy is active here.", "A workspace; never `policy check`"),
    ("POLICY_ROLLBACK", "The policy is older than one that was active here.", "Activation; an error"),
    ("POLICY_DENIED", "Policy says no.",
     "Error of the command that was refused; the report names the checks"),
)  # fmt: skip


def table() -> str:
    """The table of docs/checks.md, in Markdown."""
    lines = ["| code | meaning | raised by | built |", "|---|---|---|---|"]
    lines += [
        f"| {row.code} | {row.meaning} | {row.raised_by} | {'yes' if row.built else 'later'} |"
        for row in CHECK_CODES.values()
    ]
    return "\n".join(lines) + "\n"
