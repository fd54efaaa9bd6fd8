"""`countersign proposal`: the way of a proposal, one command a step (DESIGN section 2, CONTRACTS C5)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render, typed
from signer_app.cli.new_proposal import app as new_app
from signer_app.cli.opening import workspace
from signer_app.cli.policy import EXIT_OF
from signer_app.cli.session import read_input, session_of, write_output
from signer_app.cli.slots import app as slots_app
from signer_app.core.canonical import canonical
from signer_app.core.clock import parse_duration
from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text

app = typer.Typer(name="proposal", help="Propose, check, sign, send and follow transactions.")
app.add_typer(new_app, no_args_is_help=True)
app.add_typer(slots_app, no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="The proposal's id, or its first digits.")]

Expires = Annotated[
    str,
    typer.Option("--expires-in", help="How long it may wait: 90s, 30m, 12h, 3d.", callback=typed.duration),
]

#: Exit codes of states after sending (CONTRACTS C5).
_SENT_EXIT = {"SUBMITTED": 0, "CONFIRMED": 0, "UNKNOWN": 6, "FAILED": 8, "EXPIRED": 8, "SUPERSEDED": 8}


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A proposal file, or a native transaction.")],
    network: Annotated[
        str | None,
        typer.Option("--network", help="CAIP-2 id, where the bytes do not say.", callback=typed.network),
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="CAIP-10 id that it must be of.")] = None,
) -> None:
    """Add a proposal from a file, with the signatures in it. The same file again changes nothing."""
    session = session_of(context)
    data = read_input(file)
    with workspace(session) as opened:
        result = opened.proposals.import_bytes(data, network=network, account=account)
    session.output.result(result, lambda console: render.proposal_judged(console, result))


@app.command("list")
def list_proposals(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only these states; may be repeated.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the list as CSV too.")
    ] = None,
) -> None:
    """The proposals of this workspace."""
    from signer_app.proposals.listing import to_csv  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    with workspace(session) as opened:
        states = tuple(name.upper() for name in state) if state else None
        result = opened.reading.proposals(states)
        rows = opened.listing.rows() if csv is not None else ()
    if csv is not None:
        write_output(csv, to_csv([row for row in rows if states is None or row.state in states]), session)
        result["file"] = str(csv)
    session.output.result(result, lambda console: _list(console, result))


@app.command("show")
def show(context: typer.Context, identifier: Id) -> None:
    """Everything about one proposal: effects, signatures, quarantine, rejections, verdicts, attempts."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.reading.proposal(identifier)
    session.output.result(result, lambda console: _show(console, result))


@app.command("raw")
def raw(context: typer.Context, identifier: Id) -> None:
    """The bytes of a proposal, field by field, and whether both readers agree about them."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.reading.raw(identifier)
    session.output.result(result, lambda console: render.raw_fields(console, result))


@app.command("balances")
def balances(
    context: typer.Context,
    identifier: Id,
    now: Annotated[
        bool, typer.Option("--now", help="Ask the nodes instead of the facts of the last verdict.")
    ] = False,
) -> None:
    """What a proposal leaves on the accounts that pay: before and after, or why that is unknown."""
    session = session_of(context)
    with workspace(session) as opened:
        reading = opened.reading
        result = reading.balances_now(identifier).ask() if now else reading.balances(identifier)
    session.output.result(result, lambda console: render.balances(console, result))


@app.command("verify")
def verify(context: typer.Context, identifier: Id) -> None:
    """Judge a proposal again on fresh facts. Exit 0 for ALLOW, 4 otherwise."""
    session = session_of(context)
    with workspace(session) as opened:
        report = opened.proposals.verify(identifier).report
        result = {**report.to_json(), "signers": opened.proposals.able_signers(identifier)}
    session.output.result(
        result, lambda console: _verified(console, result), exit_code=EXIT_OF[report.verdict]
    )


@app.command("screens")
def screens(
    context: typer.Context,
    identifier: Id,
    app_version: Annotated[
        str, typer.Option("--app-version", help="Of the XRP app, as devices list shows it.")
    ] = "2.4.1",
    model: Annotated[
        str | None, typer.Option("--model", help='Such as "Ledger Nano X"; without it any that is known.')
    ] = None,
) -> None:
    """What a Ledger will show for this proposal, screen by screen, and what it leaves out. Asks no device."""
    from signer_app.signers.ledger.xrp.screens import review  # noqa: PLC0415 - keeps start quick

    session = session_of(context)
    with workspace(session) as opened:
        body = str(opened.reading.proposal(identifier)["body"])
    found = review(body, app_version=app_version, model=model)
    words = "\n".join(render.review_lines(found))
    session.output.result(found.to_json(), lambda console: console.print(words))


@app.command("export")
def export(
    context: typer.Context,
    identifier: Id,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write it (….countersign).")],
    form: Annotated[
        str, typer.Option("--format", help="countersign, native (unsigned JSON) or partial (blob).")
    ] = "countersign",
) -> None:
    """Write a proposal as a file, for the next signer."""
    session = session_of(context)
    if form not in ("countersign", "native", "partial"):
        raise UsageError(f"{form[:40]!r} is not countersign, native or partial.")
    with workspace(session) as opened:
        data, result = opened.proposals.export(identifier, form)
        write_output(output, data, session)
    result["file"] = str(output)
    session.output.result(result, lambda console: console.print(f"Written to {output}."))


@app.command("sign")
def sign(
    context: typer.Context,
    identifier: Id,
    key: Annotated[str | None, typer.Option("--key", help="One of your own keys (keys list).")] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="A device of yours, as the policy names it.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", help="The device's derivation path, where it is unusual.")
    ] = None,
) -> None:
    """Release one signature, if policy allows it with your signature counted in.

    With --device the transaction is compared and approved on a hardware wallet; Ctrl-C stops waiting for it.
    """
    session = session_of(context)
    if (key is None) == (device is None):
        raise UsageError("Name a key with --key, or a device with --device.")
    with workspace(session, keys=True) as opened:
        if device is not None:
            result = opened.sign_on_device(identifier, device, path=path)
        else:
            result = opened.proposals.sign(identifier, opened.keys.find(key or ""))
    session.output.result(result, lambda console: _signed(console, result))


@app.command("add-signature")
def add_signature(
    context: typer.Context,
    identifier: Id,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A file with signatures of the same bytes.")],
) -> None:
    """Take signatures that others made. Each is verified; what does not fit is quarantined."""
    session = session_of(context)
    data = read_input(file)
    with workspace(session) as opened:
        result = opened.proposals.add_signatures(identifier, data)
    session.output.result(result, lambda console: _added(console, result))


@app.command("reject")
def reject(
    context: typer.Context,
    identifier: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why; it goes into the journal, signed by you.")],
) -> None:
    """Say no. The proposal is rejected when no quorum is possible any more."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.proposals.reject(identifier, reason)
    session.output.result(
        result, lambda console: console.print(f"Recorded. The proposal is {result['state']}.")
    )


@app.command("copy")
def copy(context: typer.Context, identifier: Id, expires_in: Expires = "1d") -> None:
    """Propose the same once more, with a new expiry, after the first can never execute any more."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.proposals.again(identifier, parse_duration(expires_in))
    session.output.result(result, lambda console: render.proposal_judged(console, result))


@app.command("cancel")
def cancel(context: typer.Context, identifier: Id, expires_in: Expires = "1d") -> None:
    """Propose a transaction that uses the slot up, so that signatures which are out can never execute."""
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.proposals.cancelling(identifier, parse_duration(expires_in))
    session.output.result(result, lambda console: render.proposal_judged(console, result))


@app.command("differs")
def differs(
    context: typer.Context,
    identifier: Id,
    line: Annotated[str, typer.Option("--line", help="The title of the screen that differed.")],
    device: Annotated[str, typer.Option("--device", help="The device, as the policy names it.")],
    expected: Annotated[str, typer.Option("--expected", help="What it should have shown.")] = "",
    seen: Annotated[str, typer.Option("--seen", help="What it showed.")] = "",
) -> None:
    """A device showed something else: keep the bytes as evidence, say no, and write the warning."""
    from signer_app.proposals.differences import Difference  # noqa: PLC0415 - keeps start quick
    from signer_app.workspace.signing import report_difference  # noqa: PLC0415

    session = session_of(context)
    with workspace(session, keys=True) as opened:
        network = str(opened.reading.proposal(identifier)["network"])
        signer = opened.devices.signing_key(device, network).account
        result = report_difference(opened, identifier, Difference(line, expected, seen, signer))
    session.output.result(result, lambda console: console.print(safe_text(str(result["warning"]), 1000)))


@app.command("override")
def override(
    context: typer.Context,
    identifier: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why; it goes into the journal, signed by you.")],
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", help="Only this soft rule; may be repeated. Default: all that fail now."),
    ] = None,
) -> None:
    """Take soft failures upon yourself, as one of the override quorum. Exit 0 once it is complete, else 4.

    A rule about who has to sign is overridden only where --rule names it.
    """
    session = session_of(context)
    with workspace(session, keys=True) as opened:
        result = opened.proposals.override(identifier, reason, tuple(rule or ()))
    session.output.result(
        result, lambda console: _overridden(console, result), exit_code=EXIT_OF[str(result["verdict"])]
    )


@app.command("submit")
def submit(
    context: typer.Context,
    identifier: Id,
    wait: Annotated[
        str,
        typer.Option(
            "--wait",
            metavar="S",
            help="Follow this long, in seconds or as 90s, 5m.",
            callback=typed.wait,
        ),
    ] = "0",
) -> None:
    """Send a proposal whose quorums are met. Exit 0 sent or confirmed, 6 unknown, 8 final without success."""
    session = session_of(context)
    seconds = typed.seconds(wait)
    with workspace(session) as opened:
        result = opened.proposals.submit(identifier)
        if seconds:
            result = {**result, **opened.proposals.track(identifier, seconds=seconds)}
    session.output.result(
        result, lambda console: _sent(console, result), exit_code=_SENT_EXIT.get(str(result["state"]), 0)
    )


@app.command("track")
def track(
    context: typer.Context,
    identifier: Id,
    follow: Annotated[bool, typer.Option("--follow", help="Until the outcome is final.")] = False,
    wait: Annotated[
        str, typer.Option("--wait", metavar="S", help="Follow this long.", callback=typed.wait)
    ] = "0",
) -> None:
    """Look for proof of what became of a proposal. Exit 0 open or confirmed, 6 unknown, 8 without success."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.proposals.track(identifier, seconds=None if follow else typed.seconds(wait))
    session.output.result(
        result, lambda console: _sent(console, result), exit_code=_SENT_EXIT.get(str(result["state"]), 0)
    )


def _verified(console: Console, result: JsonObject) -> None:
    render.report(console, result)
    render.unable_signers(console, result)


def _list(console: Console, result: JsonObject) -> None:
    found = render.items(result["proposals"])
    if not found:
        console.print("Nothing here. Run proposal new, or proposal import FILE.")
        return
    table = render.table("proposal", "state", "does", "uses", "signatures")
    for entry in found:
        effects = [effect for effect in render.items(entry["effects"]) if effect["kind"] != "FeePaid"]
        words = "; ".join(render.effect_words(effect) for effect in effects)
        slot = render.obj(entry["slot"])
        table.add_row(
            str(entry["proposal_id"])[:12], str(entry["state_words"]), safe_text(words, 200),
            f"{slot['kind']} {slot['value']}", str(len(render.items(entry["signatures"]))),
        )  # fmt: skip
    console.print(table)


def _show(console: Console, result: JsonObject) -> None:
    render.proposal(console, result)
    render.claims(console, result)
    for name, title in (
        ("quarantine", "Quarantined"),
        ("rejections", "Rejections"),
        ("halts", "Halted by"),
        ("overrides", "Overrides"),
        ("refused_statements", "Statements kept out"),
        ("verdicts", "Verdicts"),
    ):
        found = render.items(result[name])
        if found:
            console.print(f"\n{title}")
        for entry in found:
            words = ", ".join(
                f"{key} {entry[key]}"
                for key in ("phase", "verdict", "codes", "signer", "person", "code", "reason", "at")
                if entry.get(key) not in (None, [])
            )
            console.print(f"  {safe_text(words, 1000)}")


def _overridden(console: Console, result: JsonObject) -> None:
    for entry in render.items(result["overridden"]):
        console.print(safe_text(f"Overridden by you: {entry['code']} of {entry['rule']}", 200))
    console.print(f"Verdict {result['verdict']}. The proposal is {result['state']}.")


def _signed(console: Console, result: JsonObject) -> None:
    signature, index = render.obj(result["signature"]), render.obj(result["journal"])["index"]
    console.print(f"Signature verified and saved as record {index}.", style="green")
    render.rows(console, list(signature.items()))
    _quorum(console, result)


def _quorum(console: Console, result: JsonObject) -> None:
    quorum = render.obj(result["quorum"])
    ledger = render.obj(quorum.get("ledger"))
    console.print(f"Ledger quorum {ledger.get('have')} of {ledger.get('need')}. State: {result['state']}.")
    for group in render.items(quorum.get("policy")):
        console.print(f"Policy needs {group['need']} of {group['role']}, has {group['have']}.")


def _added(console: Console, result: JsonObject) -> None:
    for name, word in (("added", "added"), ("already", "already here")):
        found = result[name]
        for signer in found if isinstance(found, list) else []:
            console.print(f"{safe_text(str(signer))}: {word}")
    for entry in render.items(result["quarantined"]):
        words = f"{entry['signer']}: QUARANTINED, {entry['code']}: {entry['reason']}"
        console.print(safe_text(words, 1000), style="bold red")
    _quorum(console, result)


def _sent(console: Console, result: JsonObject) -> None:
    console.print(f"State {result['state']}, transaction {result['tx_id']}")
    for attempt in render.items(result.get("attempts")):
        words = f"{attempt['node']}: {attempt['answer']}"
        console.print(f"  {safe_text(words, 1000)}")
    evidence = result.get("evidence")
    if evidence:
        console.print(f"  evidence: {safe_text(canonical(evidence).decode('utf-8'), 4000)}")
