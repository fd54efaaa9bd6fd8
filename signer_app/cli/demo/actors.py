"""People of the rehearsal. Each has a workspace of their own; between them only files travel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from signer_app.cli import warm
from signer_app.core.errors import UnforeseenError
from signer_app.core.json_types import JsonObject

COMMAND_TIMEOUT_S = 180


class StepError(Exception):
    """A step did not end as it had to. The message says what was expected and what came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command gave: its exit code, and its result or its error. ``command`` names it for people."""

    command: str
    exit_code: int
    result: JsonObject
    error: JsonObject

    def ok(self, *, exit_code: int = 0) -> JsonObject:
        """The result. Raises StepError for an error or another exit code."""
        if self.error or self.exit_code != exit_code:
            raise StepError(f"{self.command}: exit {self.exit_code}, {self.error or self.result}")
        return self.result

    def refused(self, code: str, exit_code: int) -> JsonObject:
        """The error. Raises StepError if the command was not refused with this code."""
        if self.error.get("code") != code or self.exit_code != exit_code:
            raise StepError(
                f"{self.command}: expected {code}, exit {exit_code}; "
                f"got exit {self.exit_code}, {self.error or self.result}"
            )
        return self.error


def run_command(options: tuple[str, ...], *arguments: str) -> Answer:
    """Run the real command with --json, in a process of its own, and read its one object. ``options`` are the
    global ones."""
    done = warm.run(["--json", *options, *arguments], timeout=COMMAND_TIMEOUT_S)
    try:
        value = json.loads(done.stdout)
    except json.JSONDecodeError as error:
        tail = done.stderr.decode("utf-8", "replace")[-400:]
        raise UnforeseenError(f"The command printed no JSON object. {tail}") from error
    return Answer(
        " ".join(arguments[:3]), done.returncode, value.get("result") or {}, value.get("error") or {}
    )


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at their own workstation. ``device``: their hardware wallet, as the policy names it."""

    person: str
    role: str
    workspace: Path
    secrets: Path
    device: str | None = None

    @property
    def key(self) -> str:
        return f"{self.person}-xrp"

    def sign(self, proposal_id: str) -> Answer:
        """Sign with the hardware wallet if there is one, else with the key in the sealed file."""
        with_what = ("--device", self.device) if self.device is not None else ("--key", self.key)
        return self.do("proposal", "sign", proposal_id, *with_what)

    def do(self, *arguments: str) -> Answer:
        """Run a command on this person's workspace."""
        options = (
            "--workspace", str(self.workspace),
            "--passphrase-file", str(self.secrets / f"{self.person}.vault"),
            "--key-passphrase-file", str(self.secrets / f"{self.person}.keys"),
        )  # fmt: skip
        return run_command(options, *arguments)
