"""The steps of a set-up from the first key to the first policy in force, over an open workspace.

Everything that was entered is kept in the vault after each call, so that locking, a crash or a look at
another page loses nothing. Each call asks one service and notes what came; the workspace itself is whole all
the time: somebody who stops here goes on with the same commands as everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from signer_app.chains.registry import chain_of
from signer_app.core.caip import parse_asset
from signer_app.core.canonical import canonical
from signer_app.core.config import read_profile
from signer_app.core.errors import ConflictError, MalformedError, NotFoundError, UsageError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.policy import templates
from signer_app.policy.document import PolicyDocument, read_policy
from signer_app.policy.votes import activation_missing, check_vote, read_vote
from signer_app.signers.ledger.signer import USUAL_PATHS
from signer_app.workspace import enrolment, first_problems
from signer_app.workspace.composition import Workspace
from signer_app.workspace.first_steps import AFTER, SETUP

NAME: Final = "first_run"
FORMAT: Final = "countersign/first-run@1"
_EMPTY: Final[JsonObject] = {
    "format": FORMAT, "step": "KEYS", "own": None, "nodes_answered": None, "accounts": [], "people": [],
    "devices": {}, "template": "", "assets": [], "receivers": [], "policy": "", "votes": [],
    "from_file": False,
}  # fmt: skip


def unfinished(workspace: Workspace) -> bool:
    """Whether a set-up was begun here and has not come to its end."""
    return isinstance(workspace.vault.get(NAME), dict)


class FirstRun:
    """One set-up. Every method that changes something keeps it before it returns."""

    def __init__(self, workspace: Workspace) -> None:
        """Goes on where it was left; begins where there is nothing. ConflictError WRONG_STATE where it would
        begin although a policy is in force.
        """
        self._workspace = workspace
        kept = workspace.vault.get(NAME)
        if kept is None and workspace.reading.policies()["in_force"] is not None:
            raise ConflictError("A policy is in force: the set-up is over.", code="WRONG_STATE")
        self._state: JsonObject = (
            {**_EMPTY, **kept} if isinstance(kept, dict) and kept.get("format") == FORMAT else dict(_EMPTY)
        )
        if kept is None:
            self._keep()

    def _keep(self, **changes: JsonValue) -> None:
        self._state.update(changes)
        self._workspace.vault.put(NAME, self._state)

    def _changed_policy(self, **changes: JsonValue) -> None:
        """What a policy is made from has changed: it is made anew, and votes for the old one are void."""
        if self._state["from_file"] is not True:
            changes = {**changes, "policy": "", "votes": []}
        self._keep(**changes)

    @property
    def step(self) -> str:
        """Where it is, a state of SETUP."""
        return str(self._state["step"])

    # -- reading -------------------------------------------------------------------------------------------

    def read(self) -> JsonObject:
        """Everything that a window shows.

        {step, problem, network, class, device_key, keys_open, nodes, nodes_answered, accounts, people,
        devices, template, assets, receivers, policy, policy_hash, from_file, votes, missing, hints}
        """
        described = self._workspace.nodes.describe()
        document = self._document()
        return {
            **{name: value for name, value in self._state.items() if name != "format"},
            "problem": self.problem(),
            "network": self._workspace.networks[0],
            "class": str(self._workspace.identity["class"]),
            "person": self._workspace.person,
            "device_key": str(self._workspace.identity["device_key"]),
            "keys_open": self._workspace.keys.keystore_or_none is not None,
            "nodes": described["nodes"],
            "policy_hash": document.hash if document else "",
            "explained": [*(templates.explain(document) if document else ())],
            "missing": self._missing(document),
            "hints": [*first_problems.hints(self._state)],
        }

    def problem(self) -> str:
        """Why this step cannot be left forwards, in one sentence; "" if it can."""
        if self.step in ("POLICY", "VOTES"):
            return self._policy_problem()
        return first_problems.problem(self._state, self._workspace)

    def _policy_problem(self) -> str:
        try:
            document = self._document()
        except MalformedError as error:
            return error.message
        if document is None:
            return "Choose a template, or open the policy that a colleague sent."
        key = str(self._workspace.identity["device_key"])
        mine = [person for person in document.body.people if key in person.device_keys]
        if [person.id for person in mine] != [self._workspace.person]:
            return f"The policy does not give this device key to {self._workspace.person}."
        if not set(document.body.networks) <= set(self._workspace.networks):
            return f"The policy is for {', '.join(document.body.networks)}, this workspace is not."
        if self.step == "VOTES" and (missing := self._missing(document)):
            return f"Not voted yet: {', '.join(map(str, missing))}."
        return ""

    def _document(self) -> PolicyDocument | None:
        text = str(self._state["policy"])
        return read_policy(text.encode("utf-8")) if text else None

    def _missing(self, document: PolicyDocument | None) -> list[JsonValue]:
        """People whose vote version 1 waits for."""
        if document is None:
            return []
        groups = activation_missing(document, [read_vote(data) for data in self._votes()], None)
        return [*sorted({person for group in groups for person in group.waiting})]

    def _votes(self) -> list[bytes]:
        return [canonical(vote) for vote in _objects(self._state["votes"])]

    # -- moving --------------------------------------------------------------------------------------------

    def go(self, target: str) -> JsonObject:
        """One step on or back; read(). ConflictError WRONG_STATE; UsageError with problem()."""
        if target == "ACTIVE":
            raise ConflictError("A policy is activated by activate().", code="WRONG_STATE")
        if self._state["from_file"] is True and self.step == "POLICY" and target == "DEVICES":
            target = "NODES"
        SETUP.step(self.step, target)
        if AFTER.index(target) > AFTER.index(self.step) and (problem := self.problem()):
            raise UsageError(problem)
        self._keep(step=target)
        return self.read()

    # -- your keys -----------------------------------------------------------------------------------------

    def make_key(self, curve: str = "secp256k1") -> JsonObject:
        """A new chain key in a sealed file, named <person>-xrp, -xrp-2, … {id, public_key, accounts}."""
        taken = {key.id for key in self._workspace.keys.chain_keys()}
        stem = f"{self._workspace.person}-xrp"[:60]
        names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 100))
        return self._workspace.keys.generate(next(name for name in names if name not in taken), curve)

    def enrol(self, *, device_name: str = "", path: str | None = None) -> bytes:
        """Write this person's enrolment with every sealed key, and with ``device_name`` that of the connected
        Ledger; it becomes the first of people. The file's bytes. SignerError DEV_*.
        """
        holders = enrolment.keystore_holders(self._workspace)
        if device_name:
            holders.append(
                enrolment.ledger_holder(
                    self._workspace, device_id=None, path=path or USUAL_PATHS[0], name=device_name
                )
            )
        made = enrolment.make_enrolment(self._workspace, holders)
        self._take(made)
        self._keep(own=made.to_json())
        return made.to_bytes()

    def own_enrolment(self) -> bytes:
        """The file of enrol() again. NotFoundError before it."""
        own = self._state["own"]
        if not isinstance(own, dict):
            raise NotFoundError("Your enrolment is not written yet.")
        return canonical(own)

    # -- nodes ---------------------------------------------------------------------------------------------

    def add_node(self, *, node_id: str, operator: str, url: str) -> JsonObject:
        """List a node; read(). MalformedError."""
        self._workspace.nodes.add(
            read_profile(
                {"id": node_id, "operator": operator, "network": self._workspace.networks[0], "url": url,
                 "roles": ["read", "submit"]}
            )
        )  # fmt: skip
        self._keep(nodes_answered=None)
        return self.read()

    def remove_node(self, node_id: str) -> JsonObject:
        """Believe a node no longer; read(). NotFoundError."""
        self._workspace.nodes.remove(node_id)
        self._keep(nodes_answered=None)
        return self.read()

    def test_nodes(self) -> JsonObject:
        """Ask every node who it is; read(), where nodes_answered is {ok, nodes: [...]}."""
        self._keep(nodes_answered=self._workspace.nodes.test())
        return self.read()

    # -- accounts ------------------------------------------------------------------------------------------

    def add_account(self, text: str, label: str) -> JsonObject:
        """Read an account and its signer list from the ledger and name it; read().

        ``text``: an address or CAIP-10. MalformedError; NodeError; NotFoundError where it does not exist.
        """
        network = self._workspace.networks[0]
        account = chain_of(network).normalise_account(text.strip(), network)
        reader = self._workspace.nodes.ledger(network)
        reader.account_state(account)  # NotFoundError before anything is named
        listed, _ = reader.signers(account)
        seen = first_problems.observed(self._workspace.accounts.show(account))
        self._workspace.accounts.add(account, label)
        entry: JsonObject = {
            "account": account,
            "label": label,
            "quorum": listed.quorum,
            "signers": [{"account": signer, "weight": weight} for signer, weight in listed.weights.items()],
            **seen,
        }
        others = [known for known in _objects(self._state["accounts"]) if known["account"] != account]
        self._changed_policy(accounts=[*others, entry])
        return self.read()

    def remove_account(self, account: str) -> JsonObject:
        """Leave one out; read(). Its label stays."""
        kept = [known for known in _objects(self._state["accounts"]) if known["account"] != account]
        self._changed_policy(accounts=[*kept])
        return self.read()

    # -- people --------------------------------------------------------------------------------------------

    def add_enrolment(self, data: bytes) -> JsonObject:
        """Take another person's enrolment, verified; read(). A newer one of the same person replaces it.

        MalformedError; ConflictError EXISTS where a key is somebody else's already.
        """
        found = enrolment.read_enrolment(data)
        if found.network != self._workspace.networks[0]:
            raise MalformedError(f"This enrolment is for {found.network}.", code="NETWORK")
        if (
            found.person == self._workspace.person
            and found.device_key != self._workspace.identity["device_key"]
        ):
            raise ConflictError(f"{found.person} is you, with another device key.", code="EXISTS")
        self._take(found)
        return self.read()

    def _take(self, found: enrolment.Enrolment) -> None:
        others = [known for known in _objects(self._state["people"]) if known["person"] != found.person]
        shown = enrolment.describe(found)
        theirs = {str(key["public_key"]) for key in _objects(shown["keys"])}
        for known in others:
            mine = {str(key["public_key"]) for key in _objects(known["keys"])}
            if known["device_key"] == shown["device_key"] or mine & theirs:
                raise ConflictError(f"A key of {found.person} is {known['person']}'s already.", code="EXISTS")
        own = found.person == self._workspace.person
        self._changed_policy(people=[shown, *others] if own else [*others, shown])

    def remove_person(self, person: str) -> JsonObject:
        """Leave somebody out; read(). You stay."""
        if person == self._workspace.person:
            raise UsageError("You are part of this treasury; others can be left out.")
        kept = [known for known in _objects(self._state["people"]) if known["person"] != person]
        self._changed_policy(people=[*kept])
        return self.read()

    def set_roles(self, person: str, roles: Sequence[str]) -> JsonObject:
        """Which roles a person has in the policy; read(). NotFoundError."""
        people = _objects(self._state["people"])
        if not any(known["person"] == person for known in people):
            raise NotFoundError(f"{person[:64]} is not enrolled here.")
        changed: list[JsonValue] = [
            {**known, "roles": [*dict.fromkeys(roles)]} if known["person"] == person else known
            for known in people
        ]
        self._changed_policy(people=changed)
        return self.read()

    # -- devices -------------------------------------------------------------------------------------------

    def set_device(self, public_key: str, device: str, tier: str) -> JsonObject:
        """What the policy calls the device of a key, and how cold it is; read(). UsageError."""
        if tier not in ("cold", "warm", "hot"):
            raise UsageError("A device is cold, warm or hot.")
        if not 0 < len(device.strip()) <= 64:
            raise UsageError("A device needs a name of at most 64 letters.")
        known = self._state["devices"]
        devices = {**known} if isinstance(known, dict) else {}
        self._changed_policy(devices={**devices, public_key: {"device": device.strip(), "tier": tier}})
        return self.read()

    # -- policy --------------------------------------------------------------------------------------------

    def choose_template(
        self,
        template: str,
        *,
        assets: Sequence[templates.AssetLimit],
        receivers: Sequence[templates.Receiver] = (),
    ) -> JsonObject:
        """Fill a template with what is known; read(), where policy is its YAML.

        MalformedError that names the place where people, roles or amounts do not fit it. What was chosen is
        kept even then.
        """
        chosen = templates.template(template)
        for limit in assets:
            parse_asset(limit.asset)
        self._keep(
            template=template, from_file=False, policy="", votes=[],
            assets=[
                {"asset": a.asset, "label": a.label, "tx_cap": a.tx_cap, "day_cap": a.day_cap} for a in assets
            ],
            receivers=[{"id": r.id, "account": r.account, "tag": r.tag} for r in receivers],
        )  # fmt: skip
        filling = first_problems.filling(self._state, self._workspace, assets, receivers)
        text = templates.fill(chosen, filling, self._workspace.rooms.clock())
        self._keep(policy=text)
        return self.read()

    def take_policy(self, data: bytes) -> JsonObject:
        """Take the policy that a colleague made, as it is; read(). MalformedError."""
        read_policy(data)
        text = data.decode("utf-8")
        same = text == self._state["policy"]
        self._keep(policy=text, from_file=True, votes=self._state["votes"] if same else [])
        return self.read()

    def take_policy_and_go(self, data: bytes) -> JsonObject:
        """The same, and from NODES or ACCOUNTS straight to the policy. UsageError with problem()."""
        self.take_policy(data)
        if self.step == "ACCOUNTS":
            self.go("NODES")
        return self.go("POLICY")

    # -- votes ---------------------------------------------------------------------------------------------

    def vote(self) -> JsonObject:
        """This person's vote, by the device key; read(). UsageError PASSPHRASE_REQUIRED."""
        document = self._required()
        vote = self._workspace.vote(str(self._state["policy"]).encode("utf-8"))
        check_vote(document, read_vote(canonical(vote)), document)
        self._keep_vote(vote)
        return self.read()

    def add_vote(self, data: bytes) -> JsonObject:
        """A vote that came as a file; read(). MalformedError, also BAD_SIGNATURE."""
        document, vote = self._required(), read_vote(data)
        check_vote(document, vote, document)
        self._keep_vote(vote.to_json())
        return self.read()

    def _keep_vote(self, vote: JsonObject) -> None:
        others = [known for known in _objects(self._state["votes"]) if known["person"] != vote["person"]]
        self._keep(votes=[*others, vote])

    def _required(self) -> PolicyDocument:
        document = self._document()
        if document is None:
            raise UsageError("There is no policy to vote for yet.")
        return document

    def own_vote(self) -> bytes:
        """This person's vote as a file for the others. NotFoundError before vote()."""
        for vote in _objects(self._state["votes"]):
            if vote["person"] == self._workspace.person:
                return canonical(vote)
        raise NotFoundError("You have not voted yet.")

    def policy_file(self) -> bytes:
        """The policy as a file for the others. UsageError before there is one."""
        self._required()
        return str(self._state["policy"]).encode("utf-8")

    def activate(self) -> JsonObject:
        """Put the policy in force; the set-up is over. {id, version, hash}. UsageError with problem()."""
        SETUP.step(self.step, "ACTIVE")
        if problem := self.problem():
            raise UsageError(problem)
        result = self._workspace.activate_policy(self.policy_file(), self._votes())
        self._workspace.vault.put(NAME, None)
        self._state = {**self._state, "step": "ACTIVE"}
        return result


def _objects(value: JsonValue) -> list[JsonObject]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
