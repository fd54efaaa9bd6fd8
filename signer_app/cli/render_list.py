"""What has not become a proposal yet, for people: previews, lists of payments, the address book."""

from __future__ import annotations

from rich.console import Console

from signer_app.cli import render
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.exchange.qr import QUIET_ZONE, Modules

#: Rows of a list that are printed; --json has them all.
_SHOWN = 200


def preview(console: Console, result: JsonObject) -> None:
    """The result of `proposal new … --dry-run`."""
    slot, fee = render.obj(result["slot"]), render.obj(result["fee"])
    console.print("Nothing was written.")
    render.rows(
        console,
        [
            ("Kind", result["type"]),
            ("Account", result["account"]),
            ("Would use", f"{slot['kind']} {slot['value']}"),
            ("Would expire", f"ledger {result['expiry_ledger']}, about {result['expires_at']}"),
            ("Fee", render.amount_words(fee["amount"], fee["asset"])),
        ],
    )
    render.effects(console, result)
    render.authority(console, result)
    problem, report = render.obj(result["problem"]), render.obj(result["report"])
    console.print()
    if report:
        render.report(console, report)
    elif problem:
        console.print(safe_text(f"{problem['code']}: {problem['message']}"), style="bold red")
    render.claims(console, result)
    render.unable_signers(console, result)


def payments(console: Console, result: JsonObject) -> None:
    """A list of payments, checked or proposed."""
    rows = render.items(result["rows"])
    table = render.table("row", "to", "amount", "verdict", "says")
    for row in rows[:_SHOWN]:
        problems = "; ".join(str(problem["message"]) for problem in render.items(row["problems"]))
        amount = render.amount_words(row["amount"], row["asset"]) if row["amount"] is not None else "-"
        done = f"proposed as {str(row['proposal_id'])[:12]}" if row["proposal_id"] else ""
        says = problems or str(row["says"]) or done
        verdict = "PROBLEM" if problems else str(row["verdict"] or "-")
        to = str(row["to"] or "-").rpartition(":")[2]
        table.add_row(str(row["row"]), *(safe_text(text, 400) for text in (to, amount, verdict, says)))
    console.print(table)
    if len(rows) > _SHOWN:
        console.print(f"… and {len(rows) - _SHOWN:,} more rows")
    for total in render.items(result["totals"]):
        console.print(safe_text(f"Total {render.amount_words(total['amount'], total['asset'])}"))
    tickets, together = render.obj(result["tickets"]), render.obj(result["together"])
    console.print(f"Tickets: {tickets['needed']} needed, {tickets['free']} free")
    if tickets["missing"]:
        console.print(f"Run proposal new ticket --count {tickets['missing']} first.", style="yellow")
    if together:
        words = f"All rows together: {together['verdict']} {together['says']}"
        console.print(safe_text(words, 1000))
    problem = render.obj(result["problem"])
    if problem:
        console.print(safe_text(f"{problem['code']}: {problem['message']}"), style="bold red")
    console.print("Nothing was written." if result["dry_run"] else f"Proposed: {result['proposed']}")


def book(console: Console, result: JsonObject) -> None:
    """The address book in force."""
    entries = render.items(result["entries"])
    if not entries:
        console.print("No policy is in force." if result["policy"] is None else "The address book is empty.")
        return
    table = render.table("entry", "account", "tag", "status", "assets", "looks like", "added", "paid")
    for entry in entries:
        assets = entry["assets"] if isinstance(entry["assets"], list) else []
        alike = entry["looks_like"] if isinstance(entry["looks_like"], list) else []
        status = str(entry["status"])
        if status == "cooling":
            status += f" until {entry['active_after']}"
        elif entry["expires_at"]:
            status += f", expires {entry['expires_at']}"
        words = (
            str(entry["id"]), str(entry["account"]).rpartition(":")[2], str(entry["tag"] or "-"), status,
            ", ".join(render.asset_words(asset) for asset in assets), "; ".join(map(str, alike)) or "-",
            origin(entry["added"]), _paid(render.obj(entry["used"])),
        )  # fmt: skip
        table.add_row(*(safe_text(word, 400) for word in words))
    console.print(table)


def origin(value: JsonValue) -> str:
    """Since which version of the policy something is there, and by whose votes."""
    found = render.obj(value)
    voters = found.get("voters")
    by = ", ".join(map(str, voters)) if isinstance(voters, list) else ""
    return f"v{found['version']} {found['at']} by {by}" if found else "-"


def _paid(used: JsonObject) -> str:
    if not used["count"]:
        return "never"
    often = "once" if used["count"] == 1 else f"{used['count']} times"
    return f"{often}, last {used['last_at']}"


#: Upper and lower module of a character -> block.
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr(console: Console, text: str, modules: Modules) -> None:
    """A code, two modules in each character, dark on white whatever the terminal's colours are."""
    side, blank = (False,) * QUIET_ZONE, (False,) * (len(modules) + 2 * QUIET_ZONE)
    quiet = [blank] * QUIET_ZONE
    lines = [*quiet, *((*side, *line, *side) for line in modules), *quiet, blank]  # their number is odd
    for upper, lower in zip(lines[::2], lines[1::2], strict=True):
        blocks = "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        console.print(blocks, style="black on white")
    console.print(safe_text(text, 400))


def account(console: Console, agreed: JsonObject) -> None:
    """What the operators agree on about an account, beside the policy."""
    signers, drift, change = (render.obj(agreed[name]) for name in ("signers", "drift", "change"))
    for problem in render.items(agreed["problems"]):
        console.print(f"Could not tell: {problem['fact']} ({problem['code']})", style="yellow")
    if signers:
        table = render.table("signer", "weight", "person", "key", "device", "last signed")
        for member in render.items(signers["members"]):
            device = f"{member['device']} ({member['backend']})" if member["device"] else "-"
            words = (
                member["account"],
                member["weight"],
                member["person"] or "nobody",
                member["key"] or "-",
                device,
                member["last_signed"] or "-",
            )
            table.add_row(*(safe_text(str(word), 400) for word in words))
        console.print(f"Signers, quorum {signers['quorum']}")
        console.print(table)
    if drift:
        equal = drift["equal"] is True
        console.print(
            "Ledger equals policy." if equal else "THE LEDGER'S SIGNERS ARE NOT THOSE OF THE POLICY.",
            style="green" if equal else "bold red",
        )
    if change:
        spare, keys = change["spare_keys"], change["usable_keys"]
        stands = f"People of the policy hold weight {change['usable_weight']} of quorum {change['quorum']}"
        lost = isinstance(spare, int) and spare < 0
        rest = "THEY CANNOT CHANGE THE SIGNERS" if lost else f"{spare} of {keys} keys may be lost"
        console.print(f"{stands}; {rest}.", style="bold red" if lost else None)
