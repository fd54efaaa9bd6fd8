"""The workspace's configuration: which nodes are believed, and what people call accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from signer_app.chains.port import LedgerReader
from signer_app.core.clock import Clock, format_time, whole_seconds
from signer_app.core.config import (
    NodeProfile,
    PlatformConfig,
    config_hash,
    nodes_hash,
    read_config,
    write_config,
)
from signer_app.core.errors import (
    ConflictError,
    CountersignError,
    MalformedError,
    NodeError,
    NotFoundError,
    UsageError,
)
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.node_certificate import Hold, NodeCertificate, kept
from signer_app.vault.envelope import Vault
from signer_app.vault.files import atomic_write, read_bounded

if TYPE_CHECKING:  # the HTTP library loads when a node is first asked, and never with --offline
    from signer_app.nodes.health import Look, NodeHealth
    from signer_app.nodes.readers import Readers

CONFIG_LIMIT = 1024 * 1024


class Nodes:
    """The node list and the readers made from it. A list that others changed is not used until confirmed."""

    def __init__(
        self,
        file: Path,
        vault: Vault,
        *,
        networks: tuple[str, ...],
        clock: Clock,
        offline: bool,
        record: Callable[[str, JsonObject], int],
        min_agree: Callable[[], int],
    ) -> None:
        """``min_agree``: how many operators the policy wants to agree."""
        self.config = read_config(read_bounded(file, CONFIG_LIMIT))
        self._file = file
        self._vault = vault
        self._networks = networks
        self._clock = clock
        self._offline = offline
        self._record = record
        self._min_agree = min_agree
        self._readers: Readers | None = None

    def note_seen(self) -> None:
        """Journal the configuration's hash if it is not the one seen last (DESIGN section 4)."""
        seen = config_hash(self.config)
        if self._vault.get("config_seen") != seen:
            self._record("config.seen", {"config_hash": seen, "nodes_hash": nodes_hash(self.config)})
            self._vault.put("config_seen", seen)

    @property
    def confirmed(self) -> bool:
        """Whether the list is the one that was last set or confirmed through the program."""
        return self._vault.get("nodes_hash") == nodes_hash(self.config)

    def ledger(self, network: str) -> LedgerReader:
        """The nodes of a network as one reader. NodeError if there are none, or the list is not confirmed."""
        return self._open_readers().ledger(network, min_agree=self._min_agree())

    def _open_readers(self) -> Readers:
        if self._offline:
            raise NodeError("You work offline, so no node is asked.", code="OFFLINE")
        if not self.confirmed:
            raise NodeError(
                "The list of nodes was changed outside of the program. A person has to confirm it.",
                code="NODES_UNCONFIRMED",
            )
        self.keep_certificates()
        if self._readers is None:
            from signer_app.nodes.readers import Readers  # noqa: PLC0415 - see TYPE_CHECKING above

            self._readers = Readers(self.config, clock=self._clock)
        return self._readers

    def close(self) -> None:
        """Give the connections back."""
        if self._readers is not None:
            self._readers.close()
            self._readers = None

    def add(self, profile: NodeProfile) -> None:
        """Add a node. A list that was changed by others has to be confirmed first. MalformedError."""
        self._require_confirmed()
        if profile.network not in self._networks:
            raise MalformedError(f"This workspace does not do {profile.network}.", code="NETWORK")
        if profile.ca is not None:
            from signer_app.chains.node import own_trust  # noqa: PLC0415 - see TYPE_CHECKING above

            own_trust(profile.ca)
        self._write(self.config.with_node(profile))

    def remove(self, node_id: str) -> None:
        """Believe a node no longer. NotFoundError; a list that others changed has to be confirmed first."""
        self._require_confirmed()
        self._node(node_id)
        self._write(self.config.without_node(node_id))

    def _node(self, node_id: str) -> NodeProfile:
        node = self.config.node(node_id)
        if node is None:
            raise NotFoundError(f"There is no node {node_id[:64]!r} here.")
        return node

    def set_proxy(self, proxy: str | None) -> None:
        """Ask nodes of other machines through this proxy from now on, or directly. MalformedError; UsageError
        in practice, which stays on this machine."""
        self._require_confirmed()
        if proxy is not None and self.config.network_class == "practice":
            raise UsageError("In practice nodes are never asked through a proxy.")
        config = self.config.with_proxy(proxy)
        self._record("note", {"text": "node proxy", "proxy": proxy})
        self._write(config)

    # -- certificates --------------------------------------------------------------------------------------

    def keep_certificates(self) -> None:
        """Write down what https nodes showed at their first contact, and renewals of what they are held to.

        Connections are made in other threads, so this happens whenever the nodes are asked for again, and
        at the end. Where nothing can be written it is left to the next contact.
        """
        if self._readers is None or not self.confirmed:
            return
        for node_id, shown in self._readers.certificates().items():
            node = self.config.node(node_id)
            if node is None or (node.certificate is not None and node.certificate.sha256 == shown.sha256):
                continue
            text = "node certificate recorded" if node.certificate is None else "node certificate renewed"
            try:
                self._hold(node, shown, node.hold, text)
            except CountersignError:
                return

    def certificate(self, node_id: str) -> JsonObject:
        """Ask a node who it is. {id, operator, url, hold, recorded|null, shown|null, changed, problem}, the
        certificates as the configuration keeps them. NotFoundError; NodeError OFFLINE, NODES_UNCONFIRMED.
        """
        self._node(node_id)
        readers = self._open_readers()
        error = readers.contact(node_id)
        self.keep_certificates()
        node = self._node(node_id)
        refused = readers.refused().get(node_id)
        shown = refused or readers.certificates().get(node_id)
        return {
            "id": node.id,
            "operator": node.operator,
            "url": node.url,
            "hold": node.hold,
            "recorded": node.certificate.to_json() if node.certificate is not None else None,
            "shown": shown.to_json() if shown is not None else None,
            "changed": refused is not None,
            "problem": error.message if error is not None and refused is None else "",
        }

    def changed_certificates(self) -> tuple[str, ...]:
        """Nodes that showed another certificate when they were asked last; nobody is asked."""
        return tuple(self._readers.refused()) if self._readers is not None else ()

    def accept_certificate(self, node_id: str, sha256: str, hold: Hold | None = None) -> None:
        """A person has compared this certificate and stands by it: hold the node to it from now on.

        ``sha256`` names what the person saw. ConflictError where the node shows another one by now, or its
        certificate did not change.
        """
        self._require_confirmed()
        node = self._node(node_id)
        shown = self._readers.refused().get(node_id) if self._readers is not None else None
        if shown is None or shown.sha256 != sha256:
            raise ConflictError(f"Node {node_id} does not show that certificate now. Look at it again.")
        self._hold(node, shown, hold or node.hold, "node certificate accepted")
        self.close()

    def hold_to(self, node_id: str, hold: Hold) -> None:
        """Hold a node to its key, or to the authority of its recorded certificate."""
        self._require_confirmed()
        node = self._node(node_id)
        if not node.secured:
            raise UsageError(f"Node {node_id} is asked in clear text on this machine; it has no certificate.")
        self._record("note", {"text": "node held to", "node": node_id, "hold": hold})
        self._write(self.config.with_node_changed(node.model_copy(update={"hold": hold})))

    def _hold(self, node: NodeProfile, shown: NodeCertificate, hold: Hold, text: str) -> None:
        """Journal a certificate with the one before, then keep it. The connections stay."""
        record: JsonObject = {"text": text, "node": node.id, "hold": hold, "certificate": shown.to_json()}
        if node.certificate is not None:
            record["before"] = node.certificate.to_json()
        self._record("note", record)
        certificate = kept(shown, format_time(whole_seconds(self._clock())))
        changed = node.model_copy(update={"certificate": certificate, "hold": hold})
        self._write(self.config.with_node_changed(changed), reconnect=False)

    # -- the list as a whole -------------------------------------------------------------------------------

    def _require_confirmed(self) -> None:
        if not self.confirmed:
            raise UsageError(
                "The list of nodes was changed outside of the program. Confirm it first.",
                code="CONFIRMATION_REQUIRED",
                hint="Run nodes confirm at a terminal.",
            )

    def confirm(self) -> None:
        """A person has read the present list and stands by it; the journal says which list that was."""
        self._record("note", {"text": "nodes confirmed", "nodes_hash": nodes_hash(self.config)})
        self._write(self.config)

    def set_labels(self, labels: Mapping[str, str]) -> None:
        """Names that people see. They decide nothing; a node list that others changed stays unconfirmed."""
        confirmed = self._vault.get("nodes_hash")
        self._write(self.config.with_labels(labels), confirmed=str(confirmed))

    def look_again(self) -> None:
        """Read the list that another process may have written since."""
        config = read_config(read_bounded(self._file, CONFIG_LIMIT))
        if config != self.config:
            self.config = config
            self.close()

    def _write(self, config: PlatformConfig, *, confirmed: str | None = None, reconnect: bool = True) -> None:
        self._vault.refuse_read_only()
        self.config = config
        self.note_seen()
        atomic_write(self._file, write_config(config))
        self._vault.put("nodes_hash", confirmed if confirmed is not None else nodes_hash(config))
        if reconnect:
            self.close()

    def examiner(self) -> Callable[[], tuple[NodeHealth, ...]]:
        """A function that asks every node how it is doing, to be called in any thread: a node that hangs must
        not hold up whatever else the workspace does. NodeError OFFLINE, NODES_UNCONFIRMED.
        """
        readers = self._open_readers()
        return lambda: readers.health(self._networks)

    def looker(self) -> Callable[[], Look]:
        """As examiner(), with how the nodes of each network stand together by the policy's measure."""
        examine, need, clock = self.examiner(), self._min_agree(), self._clock

        def look() -> Look:
            from signer_app.nodes.health import Look, agreements  # noqa: PLC0415 - see TYPE_CHECKING above

            rows = examine()
            return Look(clock(), rows, agreements(rows, need))

        return look

    def describe(self) -> JsonObject:
        """{nodes: [{id, operator, network, url, roles, hold, certificate|null, authorities}], proxy|null,
        confirmed}.

        ``certificate`` is the recorded one, ``authorities`` the SHA-256 of those that alone vouch for it.
        """
        nodes: list[JsonValue] = [
            {
                "id": node.id,
                "operator": node.operator,
                "network": node.network,
                "url": node.url,
                "roles": [*node.roles],
                "hold": node.hold,
                "certificate": node.certificate.to_json() if node.certificate is not None else None,
                "authorities": [*node.authorities],
            }
            for node in self.config.nodes
        ]
        return {"nodes": nodes, "proxy": self.config.proxy, "confirmed": self.confirmed}

    def test(self) -> JsonObject:
        """Ask every node who it is. {ok, nodes: [{id, operator, network, answer, validated, history}]}."""
        results: list[JsonValue] = []
        good = bool(self.config.nodes)
        pool = self._open_readers().xrpl_pool()
        for network in self._networks:
            for reply in pool.status(network) if self.config.nodes else ():
                status = reply.value
                good = good and status is not None
                results.append(
                    {
                        "id": reply.node.id,
                        "operator": reply.node.operator,
                        "network": network,
                        "answer": "ok" if status is not None else str(reply.error),
                        "validated": str(status.validated) if status is not None else None,
                        "history": _spans(status.history.ranges) if status is not None else None,
                    }
                )
        return {"ok": good, "nodes": results}


def _spans(ranges: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(f"{first}-{last}" for first, last in ranges)
