"""Drives flows through the real command while its processes die, and has every step checked."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kills_plan import KEYS, LEDGER, MOMENT, NAMES, PLACE, STEPS, Kill, Plan
from kills_processes import Command, Ended, is_gone, key_process, wait_gone
from kills_witness import Payment, Witness
from kills_world import TAG, World, custodian_account, make_world, treasury_account

#: How often a step that nobody disturbs may be given before it has to succeed. A second and third time are
#: for what a dead ledger left: its nodes may still be behind.
TRIES = 6
FOLLOW_S = "30"
#: How long the ledger stays away at most.
AWAY_S = 2
#: Errors that a step given again may end with, because it was done already.
DONE_ALREADY = {"new": "SLOT_CONFLICT", "sign": "NOTHING_TO_SIGN"}
#: Exit codes that a disturbance may cause: signer; policy without facts, and nodes.
AFTER = {KEYS: {5}, LEDGER: {4, 6}}


@dataclass
class Lane:
    """A world, its checks and its plan. ``history`` says what happened, for a failure's message."""

    root: Path
    rng: random.Random
    plan: Plan
    history: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    ends: Counter[str] = field(default_factory=Counter)
    world: World = field(init=False)
    witness: Witness = field(init=False)
    usual: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NAMES, 1.5))

    def play(self) -> None:
        """Flows until the plan is carried out. AssertionError with the last events if anything is wrong."""
        try:
            self.world = make_world(self.root, self.rng)
            try:
                self.witness = Witness(self.world)
                tickets = iter(self.world.tickets)
                self.tell("everything is made")
                while self.plan.left:
                    Flow(self, next(tickets), self.plan.deal()).play()
            finally:
                self.world.ledger.stop()
        except BaseException as error:
            error.add_note("what happened last:\n" + "\n".join(self.history[-40:]))
            raise

    def tell(self, text: str) -> None:
        """Keep an event for a failure's message, and in a file for whoever watches a long run."""
        self.history.append(text)
        with (self.root / "history.txt").open("a", encoding="utf-8") as stream:
            stream.write(f"{time.monotonic() - self.started:7.1f}  {text}\n")

    def summary(self) -> str:
        """Kills by kind, missed ones, payments, and how commands ended."""
        payments = len(self.witness.payments) if hasattr(self, "witness") else 0
        return (
            f"{dict(self.plan.done)}, missed {dict(self.plan.missed)}, {payments} payments, {dict(self.ends)}"
        )


@dataclass
class Flow:
    """One payment from proposal to proof."""

    lane: Lane
    ticket: int
    kills: dict[str, list[Kill]]
    proposal_id: str = ""

    def __post_init__(self) -> None:
        self.amount = self.lane.witness.next_amount()
        self.ledger_died = False

    def play(self) -> None:
        lane = self.lane
        for step, person in STEPS:
            for kill in self.kills[step]:
                self._attempt(step, person, kill)
                if kill.then:
                    self._attempt(step, person, Kill(PLACE, step, kill.then))
            self._finish(step, person)
        lane.witness.judge(Payment(self.ticket, self.amount, self.proposal_id))
        lane.tell(f"flow on ticket {self.ticket} is confirmed and judged")

    # -- one command ---------------------------------------------------------------------------------------

    def _attempt(self, step: str, person: str, kill: Kill) -> None:
        lane = self.lane
        command = Command(
            self._arguments(step, person), failpoint=kill.place if kill.kind in (PLACE, KEYS) else ""
        )
        hit = _Killer(lane, step, person, command).carry_out(kill)
        ended = command.ended()
        if kill.place:
            died = ended.exit_code == 5 and ended.code != "KEY_PASSPHRASE_WRONG"
            hit = ended.killed if kill.kind == PLACE else died
        lane.plan.note(kill.kind, hit=hit)
        lane.tell(f"{kill}: {'hit' if hit else 'missed'}; exit {ended.exit_code} {ended.code}")
        if kill.kind == LEDGER:
            self.ledger_died = True
        self._read(step, person, ended, kill.kind)
        lane.witness.look(person)

    def _finish(self, step: str, person: str) -> None:
        """Undisturbed, the step has to succeed."""
        for _ in range(TRIES):
            ended = Command(self._arguments(step, person)).ended()
            self.lane.tell(f"{step}: exit {ended.exit_code} {ended.code}")
            done = self._read(step, person, ended, LEDGER if self.ledger_died else "")
            if done:
                if ended.exit_code == 0:
                    self.lane.usual[step] = 0.5 * self.lane.usual[step] + 0.5 * ended.seconds
                return
            if step.startswith("track"):
                # Nobody sent it again while the ledger was away.
                again = Command(self._arguments("submit", "carol")).ended()
                self.lane.tell(f"submit again: exit {again.exit_code} {again.code}")
                self._read("submit", "carol", again, LEDGER)
        raise AssertionError(f"{step} of {person} cannot be finished: {self.lane.history[-TRIES:]}")

    def _read(self, step: str, person: str, ended: Ended, disturbed: str) -> bool:
        """Judge how a command ended. True if its step is done."""
        lane, verb = self.lane, step.partition("-")[0]
        lane.ends[f"{verb}: exit {ended.exit_code} {ended.code}".strip()] += 1
        if ended.result:
            lane.witness.acknowledge(person, ended.result)
            if verb == "new":
                self.proposal_id = str(ended.result["proposal_id"])
        if ended.killed:
            return False
        if ended.exit_code == 0:
            return verb != "track" or ended.result["state"] == "CONFIRMED"
        if ended.code == DONE_ALREADY.get(verb):
            if verb == "new":
                self.proposal_id = str(ended.error["details"]["proposal_id"])
            return True
        wait = ended.error.get("details", {}).get("retry_after_s")
        if ended.code == "KEY_PASSPHRASE_WRONG" and wait:
            # A key process that died while it opened the keys counts as a miss; the program says how long.
            time.sleep(wait)
            return False
        if ended.exit_code == 6 and ended.result.get("state") == "UNKNOWN":
            return verb == "submit"
        allowed = AFTER.get(disturbed, set()) | (AFTER[LEDGER] if self.ledger_died else set())
        assert ended.exit_code in allowed, f"{step} of {person} after {disturbed or 'nothing'}: {ended.words}"
        return False

    def _arguments(self, step: str, person: str) -> list[str]:
        world = self.lane.world
        verb, _, rest = step.partition("-")
        files = world.root / "files"
        if verb == "new":
            words = [
                "new", "payment", "--from", treasury_account(world), "--to", custodian_account(world),
                "--asset", world.stage.usd, "--amount", str(self.amount), "--tag", TAG,
                "--expires-in", "1h", "--ticket", str(self.ticket), "--title", f"Transfer {self.ticket}",
            ]  # fmt: skip
        elif verb == "export":
            words = ["export", self.proposal_id, "-o", str(files / f"{self.ticket}-{rest}.countersign")]
        elif verb == "import":
            words = ["import", str(files / f"{self.ticket}-{rest}.countersign")]
        elif verb == "sign":
            words = ["sign", self.proposal_id, "--key", world.people[person].key]
        elif verb == "track":
            words = ["track", self.proposal_id, "--wait", FOLLOW_S]
        else:
            words = [verb, self.proposal_id]
        if verb == "rebuild":
            return [*world.arguments(person), "workspace", "rebuild"]
        return [*world.arguments(person), "--yes", "proposal", *words]


@dataclass
class _Killer:
    """Carries out one kill on a running command."""

    lane: Lane
    step: str
    person: str
    command: Command

    def carry_out(self, kill: Kill) -> bool:
        """True if a living process was killed. Failpoints kill by themselves."""
        if kill.place:
            return False
        if kill.kind == MOMENT:
            return self._the_command(kill.moment)
        if kill.kind == KEYS:
            return self._the_key_process(kill.moment)
        return self._the_ledger(kill.moment)

    def _the_command(self, moment: float) -> bool:
        """One in four anywhere in its life; the others once it works on its workspace."""
        usual = self.lane.usual[self.step]
        if self.lane.rng.random() < 0.25:
            self.command.let_run(moment * usual)
        else:
            lock = self.lane.world.people[self.person].workspace / ".lock"
            holder = f"{self.command.pid}\n"
            self.command.wait_until(lambda: lock.read_text() == holder)
            self.command.let_run(moment * usual * 0.5)
        keys = key_process(self.command.pid)
        hit = self.command.kill()
        if keys is not None:
            assert wait_gone(keys), "the key process outlived the command"
        return hit

    def _the_key_process(self, moment: float) -> bool:
        found: list[int] = []

        def started() -> bool:
            pid = key_process(self.command.pid)
            found.extend([] if pid is None else [pid])
            return pid is not None

        if not self.command.wait_until(started, every=0.02):  # a look at every process costs
            return False
        self.command.let_run(moment * self.lane.usual[self.step] * 0.6)
        if is_gone(found[0]):
            return False
        os.kill(found[0], signal.SIGKILL)
        return True

    def _the_ledger(self, moment: float) -> bool:
        """Kill it, and start it again at once, or when the command has ended or waited a while."""
        ledger = self.lane.world.ledger
        self.command.let_run((0.35 + 0.65 * moment) * self.lane.usual[self.step])
        hit = ledger.kill()
        if self.lane.rng.random() < 0.5:
            self.command.let_run(AWAY_S)
        ledger.start()
        return hit


def play_lanes(lanes: list[Lane]) -> None:
    """All lanes beside each other. The first failure is raised when all have ended."""
    failures: list[BaseException] = []

    def play(lane: Lane) -> None:
        try:
            lane.play()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failures.append(error)

    threads = [threading.Thread(target=play, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
