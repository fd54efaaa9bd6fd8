"""`countersign policy`: check without a workspace; vote, activate, show, compare and replay with one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from signer_app.cli import render, typed
from signer_app.cli.opening import workspace
from signer_app.cli.session import read_input, session_of, write_output
from signer_app.core.canonical import canonical, read_json
from signer_app.core.errors import MalformedError, UsageError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text

app = typer.Typer(name="policy", help="The rules that proposals are judged by.")

PHASES = ("propose", "sign", "submit")
#: Exit codes of verdicts: a verdict is a result, and 4 says that it does not allow (DESIGN section 5).
EXIT_OF = {"ALLOW": 0, "DENY": 4, "NEEDS_OVERRIDE": 4}


@app.command("check")
def check(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A transaction in any known form.")],
    policy: Annotated[str, typer.Option("--policy", help="The policy document, YAML or JSON.")],
    network: Annotated[
        str | None,
        typer.Option("--network", help="CAIP-2 id, where the bytes do not say.", callback=typed.network),
    ] = None,
    facts: Annotated[
        str | None, typer.Option("--facts", help="A facts document. Without it facts are missing.")
    ] = None,
    phase: Annotated[str, typer.Option("--phase", help="propose, sign or submit.")] = "propose",
    signer: Annotated[
        str | None, typer.Option("--signer", help="Who is about to sign; default: the facts' context.")
    ] = None,
) -> None:
    """Judge a transaction: every rule, every value, no workspace and no network.

    The time is the facts document's `now`, never the machine's clock. Exit 0 for ALLOW, 4 otherwise.
    """
    from signer_app.chains.registry import chain_of  # noqa: PLC0415 - keeps help quick
    from signer_app.core.facts import parse_facts  # noqa: PLC0415
    from signer_app.exchange.incoming import read_incoming  # noqa: PLC0415
    from signer_app.policy.document import read_policy  # noqa: PLC0415
    from signer_app.policy.engine import compile_policy, evaluate  # noqa: PLC0415

    session = session_of(context)
    if phase not in PHASES:
        raise UsageError(f"{phase[:40]!r} is not one of {', '.join(PHASES)}.")
    if phase == "sign" and signer is None and facts is None:
        raise UsageError("The phase sign needs --signer, or a signer in the context of the facts.")
    compiled = compile_policy(read_policy(read_input(policy)))
    incoming = read_incoming(read_input(file), network=network)
    document = parse_facts(read_json(read_input(facts))) if facts is not None else None
    if signer is not None:
        chain = chain_of(incoming.inspection.network)
        signer = chain.normalise_account(signer, incoming.inspection.network)
    elif phase == "sign" and document is not None and document.context.signer is None:
        raise UsageError("The phase sign needs --signer, or a signer in the context of the facts.")
    report = evaluate(compiled, incoming.inspection, document, phase=phase, signer=signer)
    result = report.to_json()
    session.output.result(
        result, lambda console: render.report(console, result), exit_code=EXIT_OF[report.verdict]
    )


@app.command("sign")
def sign(
    context: typer.Context,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="The document to vote for.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the vote.")],
    digest: Annotated[
        str | None, typer.Option("--hash", metavar="HEX", help="The hash that the others told you.")
    ] = None,
) -> None:
    """Vote for a policy with this workstation's device key. Compare the hash with the others first.

    At a terminal the hash is shown and a person has to agree; --yes does not. With --hash the vote is given
    only for the document that has it.
    """
    from signer_app.policy.document import read_policy  # noqa: PLC0415 - keeps help quick

    session = session_of(context)
    data = read_input(policy)
    document = read_policy(data)
    if digest is not None and digest.lower() != document.hash:
        raise MalformedError(f"The document has the hash {document.hash}, not the one that was named.")
    with workspace(session, keys=True) as opened:
        identity = opened.identity
        for remark in opened.policies.remarks(document, str(identity["org"]), str(identity["device_key"])):
            session.output.note(remark)
        if digest is None and sys.stdin is not None and sys.stdin.isatty():
            session.confirm(f"The hash is {document.hash}. Do the others see the same?", loses_nothing=False)
        vote = opened.vote(data)
    write_output(output, canonical(vote), session)
    session.output.result(vote, lambda console: render.rows(console, list(vote.items())))


@app.command("activate")
def activate(
    context: typer.Context,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="The document that was voted for.")],
    votes: Annotated[list[str], typer.Argument(metavar="VOTE…", help="The votes' files.")],
) -> None:
    """Put a voted policy in force in this workspace."""
    session = session_of(context)
    data = read_input(policy)
    ballots = [read_input(vote) for vote in votes]
    with workspace(session) as opened:
        result = opened.activate_policy(data, ballots)
    session.output.result(
        result,
        lambda console: console.print(
            f"Policy {result['id']} version {result['version']} is in force.\nhash {result['hash']}"
        ),
    )


@app.command("show")
def show(context: typer.Context) -> None:
    """The policies that were activated here, the one in force last, with its rules in words."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.reading.policies()
        if result["in_force"] is not None:
            result["rules"] = opened.reading.policy(str(result["in_force"]))["rules"]
    session.output.result(result, lambda console: _policies(console, result))


@app.command("diff")
def diff(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The document as it was.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The document as it is to be.")],
) -> None:
    """What differs between two policy documents, rule by rule and entry by entry."""
    from signer_app.policy.diff import diff_policies  # noqa: PLC0415
    from signer_app.policy.document import read_policy  # noqa: PLC0415

    session = session_of(context)
    result = diff_policies(read_policy(read_input(old)), read_policy(read_input(new)))
    session.output.result(result, lambda console: _diff(console, result))


@app.command("replay")
def replay(
    context: typer.Context,
    proposal: Annotated[
        str, typer.Argument(metavar="PROPOSAL", help="A proposal's id, or its first digits.")
    ],
) -> None:
    """Judge every recorded verdict of a proposal again from the journal; each must come out the same."""
    session = session_of(context)
    with workspace(session) as opened:
        result = opened.reading.replay(proposal)
    session.output.result(
        result, lambda console: _replay(console, result), exit_code=0 if result["same"] else 7
    )


@app.command("rehearse")
def rehearse(
    context: typer.Context,
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="The document to try.")],
    days: Annotated[int, typer.Option("--days", help="How far to look back.", min=1, max=3660)] = 90,
) -> None:
    """Try a policy on the recorded verdicts of the last days: what would come out otherwise."""
    from signer_app.policy.document import read_policy  # noqa: PLC0415

    session = session_of(context)
    document = read_policy(read_input(policy))
    with workspace(session) as opened, session.output.working("Judging again"):
        result = opened.reading.rehearse(document, days)
    session.output.result(result, lambda console: _rehearsal(console, result))


def _rehearsal(console: Console, result: JsonObject) -> None:
    for name in ("denied", "allowed", "unchanged", "unread"):
        console.print(f"{name}: {result[name]}")
    for moved in render.items(result["moved"]):
        line = f"record {moved['record']}  {moved['phase']}  {moved['before']} -> {moved['after']}"
        console.print(safe_text(f"{line}  {moved['type']}  {moved['proposal_id']}", 1000))


def _policies(console: Console, result: JsonObject) -> None:
    found = render.items(result["policies"])
    if not found:
        console.print("No policy is active; everything is denied. Run policy activate.")
    for policy in found:
        word = "in force" if policy["hash"] == result["in_force"] else "earlier"
        console.print(f"{policy['id']} version {policy['version']}  {word}  since {policy['activated_at']}")
        console.print(f"  hash {policy['hash']}")
    for rule in render.items(result.get("rules", [])):
        console.print(safe_text(f"{rule['id']}: {rule['sentence']}. {rule['level']}", 4000))


def _diff(console: Console, result: JsonObject) -> None:
    changes = render.items(result["changes"])
    if not changes:
        console.print("The two documents say the same.")
    for change in changes:
        console.print(safe_text(f"{change['direction']}  {change['change']}  {change['path']}", 1000))
        render.rows(
            console, [(f"  {name}", str(change[name])) for name in ("before", "after") if name in change]
        )


def _replay(console: Console, result: JsonObject) -> None:
    for verdict in render.items(result["verdicts"]):
        word = "same" if verdict["same"] else "DIFFERENT"
        console.print(f"record {verdict['record']}  {verdict['phase']}  {verdict['verdict']}  {word}")
