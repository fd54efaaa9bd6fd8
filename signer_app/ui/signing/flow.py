"""One attempt to sign as calls of services: what the dialog reads, starts, stops and is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.core.errors import DeniedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.policy.codes import UNREAD
from signer_app.ui.loop import Tasks
from signer_app.ui.session import Session
from signer_app.ui.signing.pages import Choice
from signer_app.ui.signing.seat import Audience, Sitting
from signer_app.ui.words import signing as words
from signer_app.ui.worker import Job

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.policy.checks import Check
    from signer_app.signers.keystore.client import Keystore
    from signer_app.workspace import Workspace
    from signer_app.workspace.devices import ConnectedDevices

#: A cancellation is repeated until the waiting has ended: it may have come just before the device was asked.
_AGAIN_S = 0.3


@dataclass(frozen=True, slots=True)
class Start:
    """What the dialog shows first. ``denied`` are the checks that stand against signing, ``names`` those of
    accounts, ``asked`` the operators that are asked for facts."""

    title: str
    network: str
    person: str
    choices: tuple[Choice, ...]
    unlocked: bool
    passed: int
    checks: int
    denied: tuple[str, ...]
    names: Mapping[str, str]
    asked: tuple[str, ...]


class Flow:
    """Calls of one dialog. Its end does not end what runs: a signature that is made is journaled anyway."""

    def __init__(self, session: Session, identifier: str, audience: Audience) -> None:
        self._session, self._identifier, self._audience = session, identifier, audience
        self._tasks = Tasks(lambda _error: None)
        self._sitting: Sitting | None = None
        self._job: Job[JsonObject] | None = None
        self._connected: ConnectedDevices | None = None

    async def start(self) -> Start:
        """Judge again and read this person's keys. DeniedError POLICY_INACTIVE, NotFoundError, …"""
        identifier = self._identifier
        return await self._session.call(lambda workspace: _start(workspace, identifier), name=words.PREPARING)

    async def unlock(self, secret: bytearray) -> None:
        """Open the keys; ``secret`` is wiped whatever happens."""
        await self._session.call(lambda workspace: _unlock(workspace, secret), name=words.UNLOCKING)

    async def sign(self, choice: Choice) -> JsonObject:
        """Sign with a key (CONTRACTS C5 sign). Raises what signing raises."""
        identifier, seat = self._identifier, self._session.seat
        sitting = self._sitting = Sitting(self._audience)
        self._connected = self._session.connected  # stopping must work while the window is being locked

        def work(workspace: Workspace) -> JsonObject:
            with seat.taken_by(sitting):
                if choice.sealed:
                    from signer_app.workspace.signing import sign_sealed  # noqa: PLC0415

                    return sign_sealed(workspace, identifier, choice.public_key)
                return workspace.sign_on_device(identifier, choice.device)

        self._job = self._session.call(work, name=words.SIGNING)
        return await self._job

    def proceed(self) -> None:
        """The person has compared every line."""
        if self._sitting is not None:
            self._sitting.proceed()

    @property
    def running(self) -> bool:
        """Whether a signature is being made."""
        return self._job is not None and not self._job.done

    def stop(self) -> None:
        """End what waits for the person or the device. Safe at any time, and at once."""
        job, sitting = self._job, self._sitting
        if sitting is None or job is None or job.done or sitting.stopped:
            return
        sitting.stop()
        job.cancel()
        if self._connected is not None and self.running:
            self._tasks.spawn(self._stop(job, self._connected))

    async def _stop(self, job: Job[JsonObject], connected: ConnectedDevices) -> None:
        while not job.done:
            await self._session.stop_device(connected)
            await asyncio.sleep(_AGAIN_S)

    async def stopped(self) -> None:
        """Wait until what was stopped has ended."""
        await self._tasks.settle()

    async def report(self, choice: Choice, line: str, expected: str, seen: str) -> JsonObject:
        """A line differed: evidence, rejection, warning (workspace/signing.py report_difference)."""
        identifier = self._identifier

        def work(workspace: Workspace) -> JsonObject:
            from signer_app.proposals.differences import Difference  # noqa: PLC0415
            from signer_app.workspace.signing import report_difference  # noqa: PLC0415

            return report_difference(workspace, identifier, Difference(line, expected, seen, choice.signer))

        return await self._session.call(work, name=words.KEEPING)


def _start(workspace: Workspace, identifier: str) -> Start:
    from signer_app.ui.pages.inbox.reading import read_names  # noqa: PLC0415 - pages load when shown
    from signer_app.ui.words.effects import title  # noqa: PLC0415
    from signer_app.workspace.signing import choices  # noqa: PLC0415

    found = choices(workspace, identifier)
    keys = tuple(_choice(entry) for entry in objects(found["choices"]))
    usable = next((key.signer for key in keys if not key.reason), None)
    judged = (
        workspace.proposals.verify(identifier)
        if usable is None
        else workspace.proposals.judge_signing(identifier, usable)
    )
    report = judged.report
    shown = workspace.reading.proposal(identifier)
    verdicts = [check.verdict for check in report.checks]
    names, holders = read_names(workspace)
    network = str(shown["network"])
    asked = {node.operator for node in workspace.nodes.config.nodes if node.network == network}
    stands = tuple(
        _stands(check)
        for check in report.checks
        if check.verdict in ("FAIL", "INDETERMINATE") and check.severity != "advisory"
    )
    return Start(
        title=title(objects(shown["effects"]), names),
        network=network,
        person=workspace.person,
        choices=keys,
        unlocked=found["keys_unlocked"] is True,
        passed=verdicts.count("PASS"),
        checks=len(verdicts) - verdicts.count("NOT_APPLICABLE"),
        denied=stands if usable is not None and report.verdict != "ALLOW" else (),
        names={holder.signer: holder.person for holder in holders} | names,
        asked=tuple(safe_text(operator) for operator in sorted(asked)),
    )


def _stands(check: Check) -> str:
    said = f"{check.code}: {check.sentence()}"
    if check.code not in UNREAD:
        return said
    return f"{said} {words.answered(sorted({safe_text(seen.operator) for seen in check.evidence}))}"


def _choice(entry: Mapping[str, JsonValue]) -> Choice:
    reasons = objects(entry["reasons"])
    return Choice(
        key_id=str(entry["id"]),
        signer=str(entry["signer"]),
        public_key=str(entry["public_key"]),
        device=str(entry["device"]),
        backend=str(entry["backend"]),
        tier=str(entry["tier"]),
        reason=str(reasons[0]["message"]) if reasons else "",
    )


def objects(value: JsonValue) -> list[JsonObject]:
    """The objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _unlock(workspace: Workspace, secret: bytearray) -> None:
    from signer_app.signers.keystore.client import open_keystore  # noqa: PLC0415
    from signer_app.vault.kdf import wipe  # noqa: PLC0415

    def opener(folder: Path) -> Keystore:
        return open_keystore(folder, passphrase=secret)

    try:
        workspace.unlock_keys(opener)
    finally:
        wipe(secret)


def checks_of(error: DeniedError) -> tuple[str, ...]:
    """The checks that a denial names."""
    checks = error.details.get("checks")
    return tuple(str(check) for check in checks) if isinstance(checks, list) else ()
