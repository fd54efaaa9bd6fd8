"""What people and other programs read: lists, one proposal whole, replays, journal records, exports."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from signer_app.core.canonical import canonical
from signer_app.core.clock import format_time
from signer_app.core.errors import DeniedError, IntegrityError, NotFoundError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.resources import package_path
from signer_app.policy.document import PolicyDocument
from signer_app.policy.replay import Stored, replay
from signer_app.policy.words import quorum_words, rules_in_words
from signer_app.proposals import intake
from signer_app.proposals import lifecycle as life
from signer_app.proposals.able import Unable
from signer_app.proposals.asked import Asked, signers_of
from signer_app.proposals.balances import Question, question, recorded
from signer_app.proposals.halts import Halts
from signer_app.proposals.overriding import described
from signer_app.proposals.policies import Policies
from signer_app.proposals.raw import raw_view
from signer_app.proposals.rehearsal import rehearse
from signer_app.proposals.rooms import Rooms
from signer_app.proposals.store.queries import Proposal

#: How many records `journal show` gives when none is named.
NEWEST = 20
#: What an auditor's bundle holds of the logs folder; epochs.jsonl (wrapped keys) stays at home.
LOG_FILES = ("audit-events.jsonl", "log.json", "checkpoints.log", "anchors.log")


class Reading:
    """Reads over one workspace. Nothing here writes, but for the note that an export was made."""

    def __init__(self, rooms: Rooms, policies: Policies) -> None:
        self._rooms = rooms
        self._policies = policies
        self._halts = Halts(rooms, policies)
        self._unable = Unable(lambda identifier: rooms.queries.proposal(identifier).body)

    def halts(self) -> JsonObject:
        """{halts, refused_statements}: halts that stand, and every statement that was kept out."""
        refused = self._rooms.queries.refused_statements()
        return {
            "halts": [*self._halts.describe(standing=True)],
            "refused_statements": [item.to_json() for item in refused],
        }

    def _policy_or_none(self) -> PolicyDocument | None:
        try:
            return self._policies.in_force(self._rooms.clock()).document
        except DeniedError:
            return None

    def proposals(self, states: tuple[str, ...] | None = None) -> JsonObject:
        """{proposals: […]}, oldest first. UsageError for a state that does not exist."""
        unknown = sorted(set(states or ()) - set(life.PROPOSAL.words))
        if unknown:
            raise UsageError(f"There is no state {unknown[0][:40]}.")
        found: list[JsonValue] = [p.to_json() for p in self._rooms.queries.proposals(states=states)]
        return {"proposals": found}

    def asked(self, person: str) -> Asked:
        """What decides which proposals wait for ``person`` (asked.py)."""
        queries, policy = self._rooms.queries, self._policy_or_none()
        return Asked(
            person,
            signers_of(policy, person),
            queries.rejected_by(person),
            tuple(stored.halt for stored in queries.halts(standing=True)),
            self._unable.of(policy, person),
        )

    def needing(self, person: str) -> int:
        """How many proposals wait for ``person``."""
        asked = self.asked(person)
        waiting = self._rooms.queries.proposals(states=(life.PENDING,))
        return sum(asked.waits(proposal.to_json()) for proposal in waiting)

    def proposal(self, identifier: str) -> JsonObject:
        """A proposal with quarantine, rejections, overrides, halts on it, verdicts and submissions."""
        proposal = intake.require(self._rooms, identifier)
        queries = self._rooms.queries
        submissions: list[JsonValue] = [
            {"tx_id": s.tx_id, "at": s.at, "attempts": s.attempts} for s in queries.submissions(proposal.id)
        ]
        return {
            **proposal.to_json(),
            "body": proposal.body,
            "encoding": proposal.encoding,
            "links": list(proposal.links),
            "warnings": intake.claims_warnings(proposal.title, proposal.note),
            "added_record": proposal.added_index,
            "quarantine": list(queries.quarantine(proposal.id)),
            "rejections": list(queries.rejections(proposal.id)),
            "overrides": described(self._rooms, proposal.id, self._policy_or_none()),
            "halts": [*self._halts.describe(standing=True, accounts=proposal.acts_for)],
            "refused_statements": [item.to_json() for item in queries.refused_statements(proposal.id)],
            "verdicts": list(queries.verdicts(proposal.id)),
            "submissions": submissions,
        }

    def raw(self, identifier: str) -> JsonObject:
        """The bytes of a proposal, field by field (raw.py). NotFoundError."""
        return raw_view(intake.require(self._rooms, identifier))

    def balances(self, identifier: str) -> JsonObject:
        """What it leaves on the accounts that pay, by the facts of its last verdict (balances.py)."""
        proposal = intake.require(self._rooms, identifier)
        return recorded(self._rooms, proposal, self._policy_or_none())

    def balances_now(self, identifier: str) -> Question:
        """The same as a question to the nodes, which any thread may ask()."""
        proposal = intake.require(self._rooms, identifier)
        return question(self._rooms, proposal, self._policy_or_none())

    def story(self, identifier: str) -> list[JsonObject]:
        """The journal records that say what happened to a proposal, oldest first: [{index, record}]; a
        redacted record is null. Rejections and outcomes stand in proposal() and are not repeated here.

        Found through the store's index, so that a long journal is not read; each is read from the journal.
        """
        proposal = intake.require(self._rooms, identifier)
        queries = self._rooms.queries
        rows = [*queries.quarantine(proposal.id), *queries.verdicts(proposal.id)]
        found = {int(str(row["record"])) for row in rows} | {*queries.marks(proposal.id)}
        found |= {proposal.added_index, *(signature.record for signature in proposal.signatures)}
        return [{"index": index, "record": self._record_or_none(index)} for index in sorted(found)]

    def _record_or_none(self, index: int) -> JsonObject | None:
        try:
            return self._rooms.journal.read(index)
        except NotFoundError:
            return None  # redacted

    def policies(self) -> JsonObject:
        """{policies: […], in_force: hash|null}."""
        policy = self._policy_or_none()
        in_force = policy.hash if policy is not None else None
        names = ("hash", "id", "version", "activated_at", "record")
        found: list[JsonValue] = [
            {name: row[name] for name in names} for row in self._rooms.queries.policies()
        ]
        return {"policies": found, "in_force": in_force}

    def policy(self, digest: str) -> JsonObject:
        """One activated policy whole: what policies() says of it, its rules in words, its votes, its text.

        {hash, id, version, activated_at, record, valid_from, change_quorum, override_quorum, rules: [{id,
        kind, sentence, level, remark}], votes: [{person, device_key}], document}. ConflictError for a hash
        that was never active here.
        """
        document = self._policies.by_hash(digest).document
        (row,) = [row for row in self._rooms.queries.policies() if row["hash"] == digest]
        votes = row["votes"]
        rules: list[JsonValue] = [rule.to_json() for rule in rules_in_words(document)]
        return {
            **{name: row[name] for name in ("hash", "id", "version", "activated_at", "record")},
            "valid_from": format_time(document.body.valid_from),
            "change_quorum": quorum_words(document.body.change_quorum),
            "override_quorum": quorum_words(document.body.override_quorum),
            "rules": rules,
            "votes": [
                {name: vote.get(name) for name in ("person", "device_key")}
                for vote in (votes if isinstance(votes, list) else [])
                if isinstance(vote, dict)
            ],
            "document": document.raw,
        }

    def rehearse(self, document: PolicyDocument, days: int) -> JsonObject:
        """A policy tried on the recorded verdicts of the last days (rehearsal.py)."""
        return rehearse(self._rooms, document, days).to_json()

    def replay(self, identifier: str) -> JsonObject:
        """Judge every recorded verdict again from journaled bytes, facts and policy. {same, verdicts}."""
        proposal = intake.require(self._rooms, identifier)
        results: list[JsonValue] = []
        for verdict in self._rooms.queries.verdicts(proposal.id):
            same = self._replay_one(proposal, verdict)
            results.append(
                {**{n: verdict[n] for n in ("record", "phase", "verdict", "report_hash")}, "same": same}
            )
        return {
            "proposal_id": proposal.id,
            "same": all(isinstance(r, dict) and r["same"] is True for r in results),
            "verdicts": results,
        }

    def _replay_one(self, proposal: Proposal, verdict: Mapping[str, JsonValue]) -> bool:
        signer = verdict["signer"]
        stored = Stored(
            network=proposal.network,
            account=proposal.account,
            body=proposal.body,
            policy=canonical(self._policies.by_hash(str(verdict["policy_hash"])).document.raw),
            facts=self._rooms.journal.get_blob(str(verdict["facts_blob"])),
            phase=str(verdict["phase"]),
            signer=signer if isinstance(signer, str) else None,
        )
        return replay(stored, str(verdict["report_hash"])).same

    def records(
        self, *, index: int | None = None, proposal: str | None = None, kind: str | None = None
    ) -> JsonObject:
        """{records: [{index, record}]}: one, or the newest NEWEST, or all that match."""
        journal = self._rooms.journal
        if index is not None:
            if not 0 <= index < journal.size:
                raise NotFoundError(f"The journal has records 0 to {journal.size - 1}.")
            return {"records": [{"index": index, "record": journal.read(index)}]}
        wanted = intake.require(self._rooms, proposal).id if proposal is not None else None
        start = 0 if wanted is not None or kind is not None else max(0, journal.size - NEWEST)
        found: list[JsonValue] = [
            {"index": number, "record": record}
            for number, record in journal.records(start)
            if wanted in (None, record.get("proposal_id")) and kind in (None, record.get("type"))
        ]
        return {"records": found}

    def bundle(
        self, logs: Path, *, extra: Mapping[str, bytes] = MappingProxyType({})
    ) -> tuple[bytes, JsonObject]:
        """A zip for an auditor: journal, checkpoints, activated policies, verify.py. It holds no key.

        A journal that can take no note any more is exported all the same: it is evidence then. ``extra``:
        more files, by name. ConflictError READ_ONLY where one looks only at a journal that could be noted in.
        """
        trouble = self._rooms.journal.trouble
        if trouble is None or trouble.looking:
            self._rooms.record("note", {"text": "journal exported", "records": self._rooms.journal.size})
            self._rooms.seal()
        files = {name: (logs / name).read_bytes() for name in LOG_FILES if (logs / name).is_file()}
        files.update(extra)
        files["verify.py"] = package_path("signer_app.journal", "verify.py").read_bytes()
        for row in self._rooms.queries.policies():
            try:
                policy = self._rooms.journal.get_blob(str(row["blob"]))
            except IntegrityError:
                continue  # the record that held it was changed; the journal itself shows that
            files[f"policy/{row['id']}-v{row['version']}.json"] = policy
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in sorted(files.items()):
                # A fixed date: the same journal gives the same bundle.
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        data = stream.getvalue()
        listed: list[JsonValue] = [*sorted(files)]
        return data, {"records": self._rooms.journal.size, "files": listed, "bytes": len(data)}
