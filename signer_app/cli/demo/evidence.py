"""Reading back by other paths: the stand-alone verifier, proofs, and the files that travelled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from signer_app.cli.demo.actors import Actor, StepError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.resources import package_path
from signer_app.practice.xrpl.codec import parse


def expect(actual: object, wanted: object, what: str) -> None:
    """Raise StepError unless the two are equal."""
    if actual != wanted:
        raise StepError(f"{what}: expected {wanted}, found {actual}")


def stand_alone(*arguments: str) -> JsonObject:
    """Run the stand-alone verifier, which shares no code with the program, and return its answer."""
    if getattr(sys, "frozen", False):
        from signer_app.journal import verify  # noqa: PLC0415 - no interpreter beside a frozen program

        return _result(verify.run(list(arguments))[1])
    done = subprocess.run(  # noqa: S603 - our own file, arguments as a list
        [sys.executable, "-I", str(package_path("signer_app.journal", "verify.py")), *arguments],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return _result(json.loads(done.stdout))


def _result(answer: object) -> JsonObject:
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, dict):
        raise StepError(f"the stand-alone verifier refused: {answer}")
    return result


def journal_file(actor: Actor) -> Path:
    return actor.workspace / "logs" / "audit-events.jsonl"


def verified_journal(actor: Actor) -> JsonObject:
    """The journal as program and stand-alone verifier see it; they must agree that it is whole."""
    ours = actor.do("journal", "verify", "--vault").ok()
    theirs = stand_alone("log", str(journal_file(actor)))
    lines = journal_file(actor).read_bytes().count(b"\n")
    for name in ("state", "records", "root"):
        expect(theirs.get(name), ours.get(name), f"{actor.person}'s journal, {name}")
    expect(ours["state"], "INTACT", f"{actor.person}'s journal")
    expect(ours["records"], lines, f"lines of {actor.person}'s journal file")
    expect(ours["decrypted"], True, f"{actor.person}'s journal decrypts")
    return ours


def proved_record(actor: Actor, index: int, target: Path) -> JsonObject:
    """One record as the stand-alone verifier opens it from a proof, without any secret.

    A proof names its own tree, so that is compared: the log id, and either the device key that signed it with
    those of the workspace's log.json, or its root with the one of the whole journal file.
    """
    actor.do("journal", "prove", str(index), "-o", str(target)).ok()
    answer = stand_alone("proof", str(target))
    record = answer.get("record")
    if not isinstance(record, dict):
        raise StepError(f"the proof of record {index} does not hold: {answer}")
    log = travelled(journal_file(actor).parent / "log.json")
    what = f"{actor.person}'s proof of record {index}"
    expect((answer.get("log_id"), answer.get("index")), (log["log_id"], index), what)
    signed = {str(signer["key"]) for signer in entries(answer["signed_by"])}
    if signed:
        known = {str(key["key"]) for key in entries(log["device_keys"])}
        expect(signed - known, set(), f"{what}, keys of strangers")
    else:
        whole = stand_alone("log", str(journal_file(actor)))
        expect((answer["size"], answer["root"]), (whole["size_checked"], whole["root"]), f"{what}, root")
    return record


def written(actor: Actor, kind: str, proposal_id: str, target: Path) -> JsonObject:
    """The newest record of a kind about a proposal, as the stand-alone verifier opens it."""
    shown = actor.do("journal", "show", "--proposal", proposal_id, "--type", kind).ok()
    index = int(str(member(entries(shown["records"])[-1], "index")))
    record = proved_record(actor, index, target)
    expect((record["type"], record["proposal_id"]), (kind, proposal_id), f"{actor.person}'s record {index}")
    return record


def fields_of(body: str) -> JsonObject:
    """Fields of a transaction, read by the practice ledger's library: no code of the decoder that is
    rehearsed. Multi-signed bodies have no signatures yet.
    """
    return parse(bytes.fromhex(body)).fields


def travelled(path: Path) -> JsonObject:
    """A file as it lies on disk, read without the program."""
    value = json.loads(path.read_bytes())
    if not isinstance(value, dict):
        raise StepError(f"{path.name} holds no object")
    return value


def entries(value: JsonValue) -> list[JsonObject]:
    """The objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def member(value: JsonValue, name: str) -> JsonValue:
    """A member of an object; StepError where there is none."""
    if not isinstance(value, dict) or name not in value:
        raise StepError(f"an answer lacks {name}")
    return value[name]
