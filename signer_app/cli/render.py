"""Words and tables for people. Every text that came from outside goes through safe_text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text

if TYPE_CHECKING:  # words alone must not load a ledger
    from signer_app.signers.ledger.xrp.screens import Review

_VERDICT_STYLE = {"ALLOW": "green", "DENY": "bold red", "NEEDS_OVERRIDE": "yellow"}
_CHECK_STYLE = {"PASS": "green", "FAIL": "bold red", "INDETERMINATE": "yellow", "NOT_APPLICABLE": "dim"}


def table(*columns: str) -> Table:
    """An empty table in the house style; values are never cut."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def rows(console: Console, pairs: list[tuple[str, JsonValue]]) -> None:
    """Label and value lines; null shows as a dash."""
    width = max((len(label) for label, _ in pairs), default=0)
    for label, value in pairs:
        text = "-" if value is None else safe_text(_plain(value), 4000)
        console.print(f"{label.ljust(width)}  {text}")


def _plain(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def obj(value: JsonValue) -> JsonObject:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: JsonValue) -> list[JsonObject]:
    """The objects in a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def effect_words(effect: JsonObject) -> str:
    """One sentence that says what an effect does, with every value in it."""
    kind = str(effect.get("kind"))
    make = _WORDS.get(kind)
    text = make(effect) if make else f"{kind}: {_rest(effect)}"
    path = effect.get("path")
    return f"[{path}] {text}" if path else text


def asset_words(asset: JsonValue) -> str:
    """An asset for people: "XRP", or the code that an issuer claims, with the issuer."""
    kind, _, reference = str(asset).partition("/")[2].partition(":")
    if kind == "slip44" and reference == "144":
        return "XRP"
    if kind == "iou":
        code, _, issuer = reference.partition(".")
        return f"{_currency_words(code)} of {issuer}"
    return str(asset)


def _currency_words(code: str) -> str:
    """Three letters where the 20 bytes hold just those (xrpl.org, "Currency Codes"), else the hex digits."""
    if code[:24] == "0" * 24 and code[30:] == "0" * 10:
        letters = bytes.fromhex(code[24:30])
        if all(0x21 <= byte < 0x7F for byte in letters):
            return letters.decode("ascii")
    return code


def amount_words(amount: JsonValue, asset: JsonValue) -> str:
    """ "25,000 USD of r…"."""
    whole, point, fraction = str(amount).partition(".")
    grouped = f"{int(whole):,}" if whole.lstrip("-").isdigit() else whole
    return f"{grouped}{point}{fraction} {asset_words(asset)}"


def _address(account: JsonValue) -> str:
    """The address of a CAIP-10 id, whole. The network is shown once, above."""
    return str(account).rpartition(":")[2]


def _transfer(effect: JsonObject) -> str:
    text = f"Send {amount_words(effect['amount'], effect['asset'])} to {_address(effect['to'])}"
    text += f", tag {effect['tag']}" if effect.get("tag") is not None else ", no tag"
    if effect.get("memo") is not None:
        text += f", memo {effect['memo']}"
    if effect.get("issue"):
        text += ", newly issued"
    if effect.get("partial"):
        text += ", PARTIAL: less may arrive"
    if effect.get("paths"):
        text += ", converted on the way"
    for name, words in (("max_spend", "spending at most"), ("min_delivered", "delivering at least")):
        amount = obj(effect.get(name))
        if amount:
            text += f", {words} {amount_words(amount['amount'], amount['asset'])}"
    return text


def _flags(effect: JsonObject) -> str:
    flags = effect["flags"]
    return f", {', '.join(map(str, flags))}" if isinstance(flags, list) and flags else ""


def _value(value: JsonValue) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value)


def _rest(effect: JsonObject) -> str:
    return ", ".join(
        f"{name} {value}" for name, value in effect.items() if name not in ("kind", "path", "account")
    )


_WORDS: Mapping[str, Callable[[JsonObject], str]] = {
    "Transfer": _transfer,
    "FeePaid": lambda e: f"Pay a fee of {amount_words(e['amount'], e['asset'])}",
    "TrustChange": lambda e: f"Accept up to {amount_words(e['limit'], e['asset'])}{_flags(e)}",
    "AuthorityChange": lambda e: f"CHANGE WHO MAY SIGN: {e['what']} becomes {_value(e['after'])}",
    "SettingChange": lambda e: f"Set {e['name']} to {_value(e['value'])}",
    "TicketReserve": lambda e: f"Set aside {e['count']} tickets",
    "Unknown": lambda e: f"NOT UNDERSTOOD: {e['what']}",
}


def inspection(console: Console, result: JsonObject) -> None:
    """The result of `inspect` for people."""
    slot, expiry, fee = obj(result["sequence"]), obj(result["expiry"]), obj(result["fee"])
    rows(
        console,
        [
            ("Kind", result["type"]),
            ("Network", result["network"]),
            ("Account", result["account"]),
            ("Uses", f"{slot['kind']} {slot['value']}"),
            ("Expires", f"{expiry['kind']} {expiry['value']}" if expiry else "never"),
            ("Fee", amount_words(fee["amount"], fee["asset"])),
            ("Proposal", result["proposal_id"]),
            ("Body hash", result["body_hash"]),
            ("Transaction id", result["tx_id"]),
        ],
    )
    effects(console, result)
    signing = obj(result["signing"])
    console.print("\nA signer signs")
    rows(console, [(f"  {name}", value) for name, value in signing.items()])
    found = items(result["signatures"])
    if found:
        console.print("\nSignatures")
        for signature in found:
            word = {True: "valid", False: "INVALID", None: "not testable"}[_tri(signature["valid"])]
            reason = f" ({signature['reason']})" if signature.get("reason") else ""
            console.print(f"  {safe_text(str(signature['signer']))}: {word}{reason}")
    for warning in items(result["warnings"]):
        console.print(
            f"\n{warning['code']}: {safe_text(str(warning['message']), 1000)}", style="yellow", end=""
        )
    console.print()


def _tri(value: JsonValue) -> bool | None:
    return value if isinstance(value, bool) else None


def effects(console: Console, result: JsonObject) -> None:
    """The list of effects, one sentence each."""
    console.print("\nWhat it does")
    for effect in items(result["effects"]):
        style = "bold red" if effect.get("kind") in ("Unknown", "AuthorityChange") else None
        console.print(f"  {safe_text(effect_words(effect), 4000)}", style=style)


def report(console: Console, result: JsonObject) -> None:
    """A policy report: the verdict, then each check with its values."""
    verdict = str(result["verdict"])
    console.print(f"{verdict}  (phase {result['phase']})", style=_VERDICT_STYLE.get(verdict))
    policy = obj(result["policy"])
    console.print(f"policy {policy.get('id')} version {policy.get('version')}, hash {policy.get('hash')}")
    checks = table("rule", "code", "outcome", "expected", "actual", "says")
    order = {"FAIL": 0, "INDETERMINATE": 1, "PASS": 2, "NOT_APPLICABLE": 3}
    for check in sorted(items(result["checks"]), key=lambda c: order.get(str(c["verdict"]), 9)):
        checks.add_row(
            *(safe_text(str(check[name] if check[name] is not None else "-"), 400)
              for name in ("rule", "code", "verdict", "expected", "actual", "message")),
            style=_CHECK_STYLE.get(str(check["verdict"])),
        )  # fmt: skip
    console.print(checks)
    quorum(console, obj(result["required"]))


def quorum(console: Console, required: JsonObject) -> None:
    """What signatures are needed and there."""
    for group in items(required.get("all_of")):
        console.print(safe_text(f"needs {group['need']} of {group['role']}, has {group['have']}"))
    ledger = obj(required.get("ledger"))
    if ledger:
        console.print(f"ledger quorum {ledger.get('quorum')}, weight so far {ledger.get('weight')}")


def review_lines(review: Review) -> list[str]:
    """What a device will show, in its order, and what it leaves out; for people who compare."""
    lines = ["", "The device will show:"]
    for number, screen in enumerate(review.screens, 1):
        means = f"   ({screen.meaning})" if screen.meaning else ""
        lines.append(f"  {number:>2}  {screen.name}: {screen.value}{means}")
    lines.append(f"  then: {', '.join(review.signing)}")
    if review.hidden:
        fields = ", ".join(f"{field.path} {field.value}" for field in review.hidden)
        lines.append(f"It does not show these, which were checked here: {fields}")
    if review.note:
        lines.append(review.note)
    return [safe_text(line, 4000) for line in [*lines, ""]]


def unable_signers(console: Console, result: JsonObject) -> None:
    """Signers of the policy whose device would refuse these bytes, and why."""
    for entry in items(result.get("signers")):
        for reason in items(entry["reasons"]):
            words = f"{entry['person']} cannot sign this with {entry['device']}: {reason['message']}"
            console.print(safe_text(words, 400), style="yellow")


_LIVE = " (signatures are out and could execute)"


def halts(console: Console, found: list[JsonObject]) -> None:
    """Halts that stand, with what it takes to lift them."""
    for entry in found:
        names = entry["people"] if isinstance(entry["people"], list) else []
        scope = entry["accounts"] if isinstance(entry["accounts"], list) else ["everything"]
        console.print(
            safe_text(
                f"HALTED by {entry['person']} at {entry['at']}: {entry['reason']}. Stops "
                f"{', '.join(map(str, scope))}. Resumed by {entry['have']} of {entry['need']}"
                f"{': ' + ', '.join(map(str, names)) if names else ''}.",
                4000,
            ),
            style="bold red",
        )
        console.print(f"  halt {entry['halt_id']}")


def kept_out(console: Console, found: list[JsonObject]) -> None:
    """Statements that do not count here, with the reason of each."""
    for entry in found:
        words = f"Kept out: {entry['kind']} of {entry['person']}. {entry['code']}: {entry['reason']}"
        console.print(safe_text(words, 1000), style="yellow")


def claims(console: Console, result: JsonObject) -> None:
    """What in the proposer's words would deceive a reader."""
    for entry in items(result.get("warnings")):
        console.print(safe_text(f"{entry['code']}: {entry['message']}"), style="yellow")


def proposal_judged(console: Console, result: JsonObject) -> None:
    """A proposal that was just added, with its verdict."""
    proposal(console, result)
    verdict = result["verdict"]
    if isinstance(verdict, str):
        codes = result["codes"]
        listed = ", ".join(map(str, codes)) if isinstance(codes, list) and codes else "no objection"
        console.print(f"\n{verdict}: {listed}", style=_VERDICT_STYLE.get(verdict))
    claims(console, result)
    unable_signers(console, result)
    kept_out(console, items(obj(result.get("statements")).get("refused")))


def proposal(console: Console, result: JsonObject) -> None:
    """One stored proposal."""
    slot = obj(result["slot"])
    rows(
        console,
        [
            ("Proposal", result["proposal_id"]),
            ("State", f"{result['state_words']}{_LIVE if result['live'] else ''}"),
            ("Kind", result["type"]),
            ("Network", result["network"]),
            ("Account", result["account"]),
            ("Uses", f"{slot['kind']} {slot['value']}"),
            ("Expires", f"ledger {result['expiry_ledger']}" if result["expiry_ledger"] else "never"),
            ("Proposed by", f"{result['proposer']} ({result['origin']})"),
            ("The message says", result["title"] or None),
            ("Transaction id", result["tx_id"]),
        ],
    )
    effects(console, result)
    signatures = items(result["signatures"])
    if result["live"] and result["state"] in ("DENIED", "REJECTED"):
        console.print(
            "Signatures are out: until it expires, others can still send it. "
            "Run proposal slots cancel to end that.",
            style="yellow",
        )
    console.print(f"\nSignatures: {len(signatures)}")
    for signature in signatures:
        console.print(f"  {signature['signer']}  record {signature['record']}")


def balances(console: Console, result: JsonObject) -> None:
    """What a proposal leaves on the accounts that pay, and who may sign before and after."""
    for line in items(result["effects"]):
        span = f"{line['before']} -> {line['after']}" if line["after"] is not None else str(line["problem"])
        console.print(safe_text(f"{line['account']}  {line['asset']}  {span}", 400))
    authority(console, result)
    if result["ledger"] is not None:
        console.print(f"As of ledger {result['ledger']}, {result['at']}.")


#: Rows of authority.changes() that are no signer; how a value that has no words is said.
_AUTHORITY_ROWS = {"quorum": "Quorum", "master_key": "Master key", "regular_key": "Regular key"}


def authority(console: Console, result: JsonObject) -> None:
    """Who may sign before and after each change of it, and what that comes to."""
    for change in items(result["authority"]):
        _authority(console, change)


def _authority(console: Console, change: JsonObject) -> None:
    console.print()
    console.print(safe_text(f"Who may sign for {change['account']}:", 400))
    shown = table("signer", "account", "before", "after", "difference")
    for row in items(change["rows"]):
        listed = row["row"] == "signer"
        key = f"{row['name']} ({row['key']})" if row["key"] else "nobody's key in the policy"
        name = key if listed else _AUTHORITY_ROWS[str(row["row"])]
        values = [_authority_value(row[side], listed=listed) for side in ("before", "after")]
        difference = "not known" if row["change"] == "unknown" else str(row["change"])
        address = str(row["account"] or "").rpartition(":")[2]
        note = f"{difference}, suspended" if row["suspended"] else difference
        shown.add_row(*(safe_text(text, 400) for text in (name, address, *values, note)))
    console.print(shown)
    if change["problem"]:
        console.print(safe_text(f"Before is not known. {change['problem']}", 400), style="yellow")
    for said in items(change["sentences"]):
        style = {"danger": "bold red", "warn": "yellow"}.get(str(said["tone"]))
        console.print(safe_text(str(said["words"]), 400), style=style)


def _authority_value(value: JsonValue, *, listed: bool) -> str:
    if value is None:
        return "not known"
    return "-" if listed and value == 0 else "none" if value in ("", 0) else str(value).rpartition(":")[2]


def raw_fields(console: Console, result: JsonObject) -> None:
    """The bytes of a proposal, one field a line."""
    body = str(result["body"])
    for field in items(result["fields"]):
        start, length = int(str(field["start"])), int(str(field["length"]))
        digits = body[2 * start : 2 * (start + length)]
        console.print(f"{start:>6}  {field['name']:<22} {digits}", soft_wrap=True)
    agree = result["readers_agree"] is True
    console.print("Both readers agree." if agree else safe_text(str(result["problem"]), 200))
