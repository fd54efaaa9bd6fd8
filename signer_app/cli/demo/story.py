"""The rehearsal as a list of steps. Each ends with evidence that was read back by another path."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from signer_app.cli.demo import setting
from signer_app.cli.demo.actors import StepError
from signer_app.cli.demo.attacks import Attacks
from signer_app.cli.demo.payment import Payment
from signer_app.cli.demo.stage import Stage, set_stage
from signer_app.core.errors import CountersignError, NodeError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.faults import FAULT_NAMES

Tell = Callable[[str, bool, list[str]], None]
Scene = tuple[str, Callable[[], list[str]]]


def play(root: Path, *, fault: str | None, tell: Tell) -> tuple[JsonObject, NodeError | None]:
    """Play every scene in ``root``. ({steps: [{name, ok, evidence}], workspaces}, what was not right).

    ``fault`` is switched on just before the payment is sent. Raises UsageError for an unknown one.
    """
    if fault is not None and fault not in FAULT_NAMES:
        raise UsageError(f"There is no fault {fault[:40]!r}.", hint=f"Known: {', '.join(FAULT_NAMES)}.")
    steps: list[JsonValue] = []
    with set_stage(root) as stage:
        good = all(_perform(scene, steps, tell) for scene in scenes(stage, fault))
        workspaces: list[JsonValue] = [str(actor.workspace) for actor in stage.people.values()]
    problem = NodeError("A step of the rehearsal was not right.", code="REHEARSAL_FAILED")
    return {"steps": steps, "workspaces": workspaces}, None if good else problem


def scenes(stage: Stage, fault: str | None) -> list[Scene]:
    """All scenes in order."""
    payment, attacks = Payment(stage, fault), Attacks(stage)
    first: list[Scene] = [(name, partial(act, stage)) for name, act in setting.SCENES]
    return [
        *first,
        ("Alice proposes to pay 25,000 USD to the custodian", payment.propose),
        ("Bob imports the file and reads what the bytes do", payment.read),
        ("Every check, with its values", payment.check),
        ("Bob signs on a Ledger, Carol with a sealed key; Alice, who proposed, may not", payment.sign),
        ("Carol sends; the ledger proves the outcome", payment.send),
        ("Alice and Bob see the same outcome", payment.others_see),
        ("Every journal is whole, by two verifiers, and every verdict replays", payment.journals),
        ("Refused: a regular key behind an innocent title", attacks.regular_key),
        ("Refused: over the daily cap together with one that waits", attacks.daily_cap),
        ("Refused: a look-alike address", attacks.look_alike),
        ("After the attacks nothing has moved", attacks.untouched),
    ]


def _perform(scene: Scene, steps: list[JsonValue], tell: Tell) -> bool:
    name, act = scene
    try:
        lines, good = act(), True
    except StepError as error:
        lines, good = [str(error)], False
    except CountersignError as error:
        lines, good = [f"{error.code}: {error.message}"], False
    evidence: list[JsonValue] = list(lines)
    steps.append({"name": name, "ok": good, "evidence": evidence})
    tell(name, good, lines)
    return good
