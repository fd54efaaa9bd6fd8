"""Desktop notices: what is told, when and how often; no text says more than a kind and an account."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signer_app.proposals.asked import Asked
from signer_app.proposals.store.list_queries import NewestVerdict
from signer_app.ui.notices import machine
from signer_app.ui.notices.machine import Facts, Named, Notices, OpenProposal, Quiet, Sight
from signer_app.ui.notices.reading import account_name, drifted, halted_accounts, open_proposal
from signer_app.ui.words import notices as words

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = Quiet(22 * 60, 7 * 60)
NETWORK = "xrpl:63456"
TREASURY = f"{NETWORK}:rN7n3473SaZBCG4dFL83w7a1RXtXtbk2D9"
OPS = f"{NETWORK}:rDsbeomae4FXwgQTJp9Rs64Qg9vDiTCdBv"
MINE, OTHER = f"{NETWORK}:rMine11111111111111111111111111111", f"{NETWORK}:rOther1111111111111111111111111111"
NAMES = {TREASURY: "Treasury"}
BOB = Asked("bob", frozenset({MINE}))


def mine(name: str, left: timedelta | None = timedelta(hours=5), account: str = "Treasury") -> OpenProposal:
    return OpenProposal(name, account, None if left is None else NOW + left, needs_me=True)


def opened(*there: OpenProposal, **more: Any) -> Notices:
    """A machine that has had its first look."""
    made = Notices()
    made.open()
    assert made.look(Facts(there, **more), NOW, sight=Sight.INBOX) == ()
    return made


def facts(*there: OpenProposal, **more: Any) -> Facts:
    return Facts(there, **more)


# -- what is told --------------------------------------------------------------------------------------------


def test_an_arrival_is_told_once_and_so_is_the_last_hour() -> None:
    notices = opened()
    there = facts(mine("a"))
    assert notices.look(there, NOW) == ("A proposal for Treasury needs you.",)
    assert notices.look(there, NOW + 4 * HOUR) == (), "sixty minutes are left, not less"
    late = ("A proposal for Treasury needs you. Less than 60 minutes are left.",)
    assert notices.look(there, NOW + 4 * HOUR + MINUTE) == late
    assert notices.look(there, NOW + 5 * HOUR - MINUTE) == ()
    assert notices.look(there, NOW + 6 * HOUR) == ()


def test_what_comes_with_less_than_an_hour_left_is_told_once() -> None:
    notices = opened()
    told = [notices.look(facts(mine("a", 20 * MINUTE)), NOW + n * MINUTE) for n in range(25)]
    assert [line for lines in told for line in lines] == [words.late(1, "Treasury")]


def test_signed_by_me_or_past_its_end_it_is_not_told() -> None:
    notices = opened()
    signed = OpenProposal("a", "Treasury", NOW + HOUR / 2)
    assert notices.look(facts(signed, mine("b", -MINUTE)), NOW) == ()


def test_an_account_that_nobody_named_is_not_named() -> None:
    assert opened().look(facts(mine("a", account="")), NOW) == ("A proposal needs you.",)


def test_what_was_there_at_the_opening_is_on_the_page_and_not_told() -> None:
    notices = Notices()
    notices.open()
    stopped = OpenProposal("d", "Treasury", stopped=True)
    there = facts(mine("a"), mine("b"), stopped, halts=(Named("h"),), writable=False, drifted=(Named("x"),))
    assert notices.look(there, NOW) == ()
    assert notices.look(there, NOW + MINUTE) == ()


def test_the_first_look_has_one_line_for_deadlines_that_nobody_sees() -> None:
    notices = Notices()
    notices.open()
    there = facts(mine("a", 20 * MINUTE), mine("b", 30 * MINUTE, "Operations"), mine("c"))
    assert notices.look(there, NOW) == ("2 proposals need you. 2 end within 60 minutes.",)
    assert notices.look(there, NOW + MINUTE) == ()


@pytest.mark.parametrize("sight", [Sight.WINDOW, Sight.INBOX])
def test_what_comes_while_the_window_is_looked_at_is_seen(sight: Sight) -> None:
    notices = opened()
    there = facts(mine("a"), halts=(Named("h"),), writable=False)
    assert notices.look(there, NOW, sight=sight) == ()
    assert notices.look(there, NOW + MINUTE) == ()


def test_what_only_the_inbox_shows_waits_for_a_look_there_or_away() -> None:
    there = facts(mine("a", 20 * MINUTE), OpenProposal("d", "Treasury", stopped=True),
                  drifted=(Named(TREASURY, "Treasury"),))  # fmt: skip
    away, seen = opened(), opened()
    for notices in (away, seen):
        assert notices.look(there, NOW, sight=Sight.WINDOW) == ()
    assert away.look(there, NOW + MINUTE) == (
        words.denied(1, "Treasury"), words.drifted(1, "Treasury"), words.late(1, "Treasury"),
    )  # fmt: skip
    assert seen.look(there, NOW + MINUTE, sight=Sight.INBOX) == ()
    assert seen.look(there, NOW + 2 * MINUTE) == ()


def test_alarms_are_told_once_while_they_stand_and_again_when_they_come_back() -> None:
    notices = opened()
    bad = facts(halts=(Named("h", "Treasury"),), writable=False, drifted=(Named(TREASURY, "Treasury"),))
    told = (words.halted(1, "Treasury"), words.JOURNAL, words.drifted(1, "Treasury"))
    assert notices.look(bad, NOW) == told
    assert notices.look(bad, NOW + MINUTE) == ()
    assert notices.look(facts(), NOW + 2 * MINUTE) == ()
    again = facts(halts=(Named("h2"),), writable=False, drifted=(Named(TREASURY),))
    assert notices.look(again, NOW + 3 * MINUTE) == (
        words.halted(1, ""), words.JOURNAL, "The signers of an account are not those of the policy.",
    )  # fmt: skip


# -- bundles -------------------------------------------------------------------------------------------------


def test_above_three_there_is_one_line() -> None:
    three = [mine("a"), mine("b"), mine("c", account="Operations")]
    assert opened().look(facts(*three), NOW) == (
        "2 proposals for Treasury need you.", "A proposal for Operations needs you.",
    )  # fmt: skip
    four = facts(*three, mine("d", 20 * MINUTE))
    notices = opened()
    assert notices.look(four, NOW) == ("4 proposals need you. 1 ends within 60 minutes.",)
    assert notices.look(four, NOW + MINUTE) == ()


def test_the_one_line_keeps_the_gravest() -> None:
    there = facts(mine("a"), mine("b"), mine("c"), halts=(Named("h"),))
    assert opened().look(there, NOW) == ("Signing and sending are halted. 3 more matters need you.",)


# -- quiet hours ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quiet", "clock", "holds"),
    [
        (NIGHT, (21, 59), False), (NIGHT, (22, 0), True), (NIGHT, (0, 0), True), (NIGHT, (6, 59), True),
        (NIGHT, (7, 0), False), (Quiet(720, 780), (12, 30), True), (Quiet(720, 780), (13, 0), False),
        (Quiet(720, 720), (12, 0), False),
    ],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(quiet: Quiet, clock: tuple[int, int], holds: bool) -> None:
    assert quiet.holds(NOW.replace(hour=clock[0], minute=clock[1])) is holds


def test_quiet_hours_hold_back_all_but_three_kinds() -> None:
    notices, quiet = opened(), Quiet(12 * 60, 13 * 60)
    there = facts(
        mine("a"), mine("b", 80 * MINUTE), mine("gone", 30 * MINUTE),
        OpenProposal("d", "Treasury", stopped=True),
        halts=(Named("h"),), writable=False, drifted=(Named(TREASURY, "Treasury"),),
    )  # fmt: skip
    assert notices.look(there, NOW, quiet=quiet) == (
        words.halted(1, ""), words.JOURNAL, words.denied(1, "Treasury"),
    )  # fmt: skip
    assert notices.look(there, NOW + 59 * MINUTE, quiet=quiet) == ()
    signed = OpenProposal("a", "Treasury", NOW + 5 * HOUR)
    later = facts(signed, *there.proposals[1:], drifted=there.drifted)
    assert notices.look(later, NOW + HOUR, quiet=quiet) == (
        words.drifted(1, "Treasury"), words.late(1, "Treasury"),
    )  # fmt: skip


# -- locked --------------------------------------------------------------------------------------------------


def test_locked_only_times_are_kept_and_one_sentence_told() -> None:
    notices = opened(
        mine("secret-id", 2 * HOUR, "Secret account"), mine("other", 3 * HOUR), mine("never", None)
    )
    notices.lock()
    assert notices.waiting
    kept = repr(vars(notices))
    assert not any(word in kept for word in ("secret", "Secret", "other", "never", "Treasury"))
    assert notices.look_locked(NOW + HOUR) == ()
    assert notices.look_locked(NOW + HOUR + MINUTE) == ("Countersign needs you.",)
    assert notices.look_locked(NOW + HOUR + 2 * MINUTE) == ()
    quiet = Quiet(14 * 60, 14 * 60 + 30)
    assert notices.look_locked(NOW + 2 * HOUR + MINUTE, quiet=quiet) == ()
    assert notices.look_locked(NOW + 2 * HOUR + 30 * MINUTE, quiet=quiet) == ("Countersign needs you.",)
    assert not notices.waiting


def test_a_deadline_that_passed_in_the_quiet_is_not_told_afterwards() -> None:
    notices = opened(mine("a", 70 * MINUTE))
    notices.lock()
    quiet = Quiet(12 * 60, 14 * 60)
    assert notices.look_locked(NOW + HOUR, quiet=quiet) == ()
    assert notices.look_locked(NOW + 2 * HOUR, quiet=quiet) == ()
    assert not notices.waiting


def test_what_was_told_while_locked_is_not_told_again_once_open() -> None:
    notices = opened(mine("a", 70 * MINUTE), mine("b", 71 * MINUTE, "Operations"))
    notices.lock()
    assert notices.look_locked(NOW + 10 * MINUTE + MINUTE / 2) == (words.LOCKED,)
    notices.open()
    there = facts(mine("a", 70 * MINUTE), mine("b", 71 * MINUTE, "Operations"))
    assert notices.look(there, NOW + 12 * MINUTE) == (words.late(1, "Operations"),)
    notices.lock()
    assert not notices.waiting


def test_locked_again_before_anything_was_read_the_deadlines_stay() -> None:
    notices = opened(mine("a", 2 * HOUR))
    notices.lock()
    notices.open()
    notices.lock()
    assert notices.look_locked(NOW + HOUR + MINUTE) == (words.LOCKED,)


# -- any course of events ------------------------------------------------------------------------------------

#: (what, minutes or which). Few and often, so that courses meet: a deadline while locked, then open again.
STEPS = st.sampled_from(
    [
        *(("add", minutes) for minutes in (0, 20, 70, 70, 200)),
        *(("wait", minutes) for minutes in (5, 15, 15, 60)),
        *(("lock", 0), ("open", 0)),
        *(("pause", minutes) for minutes in (1, 15, 60)),  # locked for so long
        *((name, number) for name in ("deny", "allow", "sign", "close") for number in (0, 1)),
        *(("sight", number) for number in (0, 0, 0, 1, 2)),
        *(("night", 0), ("day", 0)),
    ]
)
QUIET_NOW = Quiet(0, 24 * 60)


class World:
    """Proposals with an account of their own each, so that a sentence tells of which one it is."""

    def __init__(self) -> None:
        self.notices, self.now, self.open = Notices(), NOW, True
        self.sight, self.quiet = Sight.AWAY, False
        self.there: dict[str, dict[str, Any]] = {}
        self.told: Counter[str] = Counter()
        self.count = 0
        self.notices.open()

    def do(self, name: str, number: int) -> None:
        chosen = [*self.there.values()][number % len(self.there)] if self.there else {}
        if name == "add" and self.open:
            self.count += 1
            # An odd second for each: a deadline that is told while locked is known by its time.
            end = self.now + number * MINUTE + self.count * timedelta(seconds=1) if number else None
            self.there[f"p{self.count}"] = {"end": end, "signed": False, "denied": False}
        elif name == "close" and self.there and self.open:
            del self.there[[*self.there][number % len(self.there)]]
        elif name in ("sign", "deny", "allow") and self.open and chosen:
            chosen.update(
                {"sign": {"signed": True}, "deny": {"denied": True}, "allow": {"denied": False}}[name]
            )
        elif name == "wait":
            self.now += number * MINUTE
        elif name == "pause":
            for part, minutes in (("lock", 0), ("wait", number), ("open", 0)):
                self.do(part, minutes)
                self.look()
        elif name in ("night", "day"):
            self.quiet = name == "night"
        elif name == "sight":
            self.sight = Sight(number)
        elif name == "lock" and self.open:
            self.notices.lock()
            self.open = False
        elif name == "open" and not self.open:
            self.notices.open()
            self.open = True
            # Locked, nothing but times is kept, so a denial that comes after it is an alarm of its own.
            for proposal in self.there:
                self.told[f"{proposal} denied"] = 0

    def look(self) -> tuple[str, ...]:
        quiet = QUIET_NOW if self.quiet else None
        if not self.open:
            near = {at for at in self.notices._ahead if self.now < at < self.now + HOUR}
            due = [name for name, it in self.there.items() if self._mine(it) and it["end"] in near]
            lines = self.notices.look_locked(self.now, quiet=quiet)
            assert lines in ((), (words.LOCKED,))
            self.told.update(due if lines else ())
            return lines
        proposals = tuple(
            OpenProposal(name, f"({name})", it["end"], self._mine(it), it["denied"] and it["signed"])
            for name, it in self.there.items()
        )
        lines = self.notices.look(Facts(proposals), self.now, sight=self.sight, quiet=quiet)
        for name in self.there:
            asks = [line for line in lines if f"({name})" in line and "denied" not in line]
            self.told[name] += len(asks)
            self.told[f"{name} denied"] += sum(1 for line in lines if f"({name})" in line) - len(asks)
        return lines

    def _mine(self, it: dict[str, Any]) -> bool:
        return not it["signed"] and not it["denied"]


@example(steps=[("day", 0), ("add", 70), ("pause", 15), ("wait", 5)], bundled=False)
@example(
    steps=[("day", 0), ("add", 70), ("deny", 0), ("pause", 1), ("allow", 0), ("wait", 15), ("wait", 5)],
    bundled=False,
)
@example(  # told, denied, locked, and allowed again: it was told already
    steps=[("day", 0), ("add", 70), ("wait", 15), ("deny", 0), ("pause", 1), ("allow", 0)], bundled=False
)
@example(steps=[("add", 0), ("deny", 0), ("sign", 0), ("allow", 0), ("pause", 1), ("deny", 0)], bundled=False)
@given(steps=st.lists(STEPS, min_size=15, max_size=60), bundled=st.sampled_from([False, False, True]))
def test_a_proposal_is_told_at_most_twice_and_never_in_a_flood(steps: list[Any], bundled: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if not bundled:  # so that each is told with its name, and can be counted
            patch.setattr(machine, "MOST_LINES", 1000)
            patch.setattr(machine, "MOST_AT_FIRST", 1000)
        walk(steps, 3 if bundled else 1000)


def walk(steps: list[Any], most: int) -> None:
    world = World()
    for step in steps:
        world.do(*step)
        lines = world.look()
        assert len(lines) <= most
        if world.open and world.sight is Sight.INBOX:
            assert lines == (), "the person looks at it"
        if world.quiet:
            assert all("denied" in line for line in lines)
        assert world.look() == (), "nothing is told twice at one moment"
        limits = {name: 1 if name.endswith("denied") else 2 for name in world.told}
        assert all(count <= limits[name] for name, count in world.told.items()), world.told


# -- from what is recorded -----------------------------------------------------------------------------------


def raw(**more: Any) -> dict[str, Any]:
    """A proposal as the service gives it (CONTRACTS C5): what notices read of it, and what they must not."""
    base = {
        "proposal_id": "ab" * 32, "network": NETWORK, "account": TREASURY, "state": "PENDING",
        "could_not_tell": False, "title": "Invoice", "note": "",
        "proposer": "alice", "expires_at": "2026-11-26T12:30:00Z",
        "signatures": [],
        "effects": [{"kind": "Transfer", "account": TREASURY, "to": OPS, "amount": "25000.50"}],
    }  # fmt: skip
    return {**base, **more}


def signature(signer: str) -> dict[str, Any]:
    return {"signer": signer}


@pytest.mark.parametrize(
    ("more", "needs", "stopped"),
    [
        ({}, True, False),
        ({"signatures": [signature(MINE)]}, False, False),
        ({"state": "DENIED"}, False, False),
        ({"state": "DENIED", "signatures": [signature(OTHER)]}, False, True),
        ({"state": "DENIED", "could_not_tell": True, "signatures": [signature(OTHER)]}, False, False),
    ],
)
def test_what_is_told_of_an_open_proposal(more: dict[str, Any], needs: bool, stopped: bool) -> None:
    made = open_proposal(raw(**more), NAMES, BOB)
    assert (made.needs_me, made.stopped) == (needs, stopped)
    assert made.expires_at == NOW + HOUR / 2


def test_a_time_that_is_none_is_no_deadline() -> None:
    for value in (None, "soon", "2026-13-01T00:00:00Z"):
        assert open_proposal(raw(expires_at=value), NAMES, BOB).expires_at is None


def test_names_give_no_address_and_no_markup_away() -> None:
    address = TREASURY.rpartition(":")[2]
    for name, shown in (
        ("Treasury", "Treasury"), (f"Treasury {address}", ""), (address.lower(), ""), (address[:8] + "…", ""),
        ("<b>R&D</b>", "bRD/b"), ("Cold\u202ewallet", "Cold\\u{202e}wallet"), (" ", ""),
    ):  # fmt: skip
        assert account_name(TREASURY, {TREASURY: name}) == shown
    assert account_name(OPS, NAMES) == ""
    assert halted_accounts(None, NAMES) == ""
    assert halted_accounts([TREASURY], NAMES) == "Treasury"
    assert halted_accounts([TREASURY, OPS], NAMES) == halted_accounts([OPS], NAMES) == "some accounts"


def test_the_newest_verdict_of_an_account_says_whether_its_signers_differ() -> None:
    inner = raw(proposal_id="2" * 64, account=OPS, effects=[{"kind": "Transfer", "account": TREASURY}])
    found = [raw(proposal_id="1" * 64), inner, raw(proposal_id="3" * 64)]

    def verdict(number: int, record: int, *codes: str) -> NewestVerdict:
        return NewestVerdict(str(number) * 64, record, "", codes)

    differs = verdict(1, 10, "QUORUM", "SIGNER_DRIFT")
    assert drifted(found, [differs, verdict(2, 11, "QUORUM")], NAMES) == (Named(TREASURY, "Treasury"),)
    assert drifted(found, [differs, verdict(3, 12, "QUORUM")], NAMES) == ()
    names = {**NAMES, OPS: "Operations"}
    assert drifted(found, [verdict(2, 9, "SIGNER_DRIFT")], names) == (Named(OPS, ""),), "two accounts act"


AMOUNTS = st.decimals(min_value=1000, max_value=10**9, places=2).map(str)
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=5, max_size=40).map(lambda text: f"§{text}")


@given(
    title=WORDS, note=WORDS, amount=AMOUNTS, proposer=WORDS, label=st.sampled_from(["", "Treasury", TREASURY])
)
def test_no_text_says_more_than_kind_and_account(
    title: str, note: str, amount: str, proposer: str, label: str
) -> None:
    effects = [{"kind": "Transfer", "account": TREASURY, "to": OPS, "amount": amount, "tag": "4242"}]
    texts = {"title": title, "note": note, "proposer": proposer, "effects": effects}
    made = [
        raw(**texts),
        raw(**texts, proposal_id="cd" * 32, expires_at=None),
        raw(**texts, proposal_id="ef" * 32, state="DENIED", signatures=[signature(OTHER)]),
    ]
    names = {TREASURY: label, OPS: "Receiver Ltd"}
    notices = Notices()
    notices.open()
    notices.look(Facts(), NOW)
    there = Facts(
        tuple(open_proposal(item, names, BOB) for item in made),
        halts=(),
        drifted=drifted(made, [NewestVerdict("ab" * 32, 1, "", ("SIGNER_DRIFT",))], names),
    )
    several = notices.look(there, NOW)
    single = Notices()
    single.open()
    single.look(Facts(), NOW)
    told = [*several, *(line for item in there.proposals for line in single.look(Facts((item,)), NOW))]
    single.lock()
    told += single.look_locked(NOW)
    assert len(told) >= 4
    forbidden = [title, note, amount[:-3], proposer, "4242", "Receiver", "ab" * 3, "cd" * 3,
                 *(account.rpartition(":")[2][:6] for account in (TREASURY, OPS, MINE, OTHER))]  # fmt: skip
    assert [(line, word) for line in told for word in forbidden if word.lower() in line.lower()] == []
