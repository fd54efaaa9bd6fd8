"""A node is held to its certificate: by a real TLS server whose certificate changes in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scripted_node import NETWORK, LedgerScript, ScriptedNode
from tls_front import Authority, Key, TlsFront, new_key

from signer_app.core.clock import parse_time
from signer_app.core.config import NodeProfile, PlatformConfig, read_config, read_profile, write_config
from signer_app.core.errors import MalformedError, NodeError
from signer_app.core.node_certificate import KeptCertificate, NodeCertificate, kept
from signer_app.nodes.readers import Readers

AT = "2026-11-20T12:00:00Z"


class Stage:
    """A node behind TLS, its authority, and another one that the client trusts as well."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._made = folder, 0
        self.authority, self.other = Authority("Northern"), Authority("Southern")
        self.key = new_key()
        self.node = ScriptedNode(LedgerScript())
        self.front = TlsFront(self.node.url, self.issue())

    def issue(self, key: Key | None = None, authority: Authority | None = None) -> Path:
        """A new certificate: by default of the node's own key and authority."""
        self._made += 1
        path = self._folder / f"{self._made}.pem"
        return (authority or self.authority).issue(path, key or self.key)

    def profile(self, **changes: Any) -> NodeProfile:
        known = {"ca": self.authority.pem + self.other.pem, "url": self.front.url}
        return self.node.profile(**{**known, **changes})

    def readers(self, **changes: Any) -> Readers:
        return Readers(PlatformConfig(network_class="practice", nodes=(self.profile(**changes),)))


@pytest.fixture
def stage(tmp_path: Path) -> Any:
    made = Stage(tmp_path)
    with made.node, made.front:
        yield made


def recorded(stage: Stage) -> KeptCertificate:
    """What the first contact gives."""
    with stage.readers() as readers:
        assert readers.contact("node-a") is None
        return kept(readers.certificates()["node-a"], AT)


def contact(stage: Stage, **changes: Any) -> tuple[NodeError | None, Readers]:
    with stage.readers(**changes) as readers:
        return readers.contact("node-a"), readers


def test_the_first_contact_says_whose_certificate_it_is(stage: Stage) -> None:
    shown = recorded(stage)
    assert "Northern 1" in shown.issuer
    begins, ends = parse_time(shown.not_before), parse_time(shown.not_after)
    assert begins < datetime.now(UTC) < ends
    assert len({shown.sha256, shown.key, shown.authority}) == 3
    again = recorded(stage)
    assert again == shown


def test_a_renewal_with_the_same_key_goes_on_whoever_vouches(stage: Stage) -> None:
    first = recorded(stage)
    for authority in (stage.authority, stage.other):
        stage.front.use(stage.issue(stage.key, authority))
        error, readers = contact(stage, certificate=first)
        assert error is None
        assert readers.refused() == {}
        renewed = readers.certificates()["node-a"]
        assert (renewed.key, renewed.sha256 == first.sha256) == (first.key, False)


def test_another_key_is_asked_nothing_and_its_answers_count_for_nothing(stage: Stage) -> None:
    first = recorded(stage)
    stage.front.use(stage.issue(new_key()))
    stage.node.requests.clear()
    heard = stage.front.heard
    with stage.readers(certificate=first) as readers:
        error = readers.contact("node-a")
        assert error is not None
        assert error.code == "NODE_CERTIFICATE_CHANGED"
        assert (stage.node.requests, stage.front.heard) == ([], heard), "it is not even told what is asked"
        (row,) = readers.health([NETWORK])
        assert (row.state, row.agrees_with, row.validated) == ("certificate-changed", (), None)
        assert row.certificate == readers.refused()["node-a"]
        assert readers.certificates() == {}
        with pytest.raises(NodeError) as none_left:
            readers.xrpl_pool().pinned(NETWORK)
        assert none_left.value.code == "NODE_CERTIFICATE_CHANGED"
        (sent,) = readers.xrpl_pool().ask(
            readers.xrpl_pool().submitters(NETWORK), lambda client: client.submit("00")
        )
        assert sent.error is not None
        assert sent.error.code == "NODE_CERTIFICATE_CHANGED"
    assert stage.front.heard == heard


def test_a_node_held_to_its_authority_may_take_new_keys_of_it_and_of_no_other(stage: Stage) -> None:
    first = recorded(stage)
    stage.front.use(stage.issue(new_key(), stage.authority))
    error, readers = contact(stage, certificate=first, hold="authority")
    assert error is None
    renewed = kept(readers.certificates()["node-a"], AT)
    assert renewed.key != first.key
    assert renewed.authority == first.authority
    stage.front.use(stage.issue(new_key(), stage.other))
    for held in (first, renewed):
        error, readers = contact(stage, certificate=held, hold="authority")
        assert error is not None
        assert error.code == "NODE_CERTIFICATE_CHANGED"


def test_when_it_shows_the_recorded_one_again_it_counts_again(stage: Stage) -> None:
    first = recorded(stage)
    with stage.readers(certificate=first) as readers:
        stage.front.use(stage.issue(new_key()))
        assert readers.contact("node-a") is not None
        stage.front.use(stage.issue())
        assert readers.contact("node-a") is None
        assert readers.refused() == {}


def test_two_certificates_before_the_first_is_recorded_are_a_change(stage: Stage) -> None:
    with stage.readers() as readers:
        assert readers.contact("node-a") is None
        stage.front.use(stage.issue(new_key()))
        error = readers.contact("node-a")
        assert error is not None
        assert error.code == "NODE_CERTIFICATE_CHANGED"


def test_an_authority_that_is_not_known_is_no_connection_and_no_certificate(stage: Stage) -> None:
    error, readers = contact(stage, ca=stage.other.pem)
    assert error is not None
    assert error.code == "NODE_UNREACHABLE"
    assert "certificate verify failed" in str(error.details["reason"])
    assert (readers.certificates(), readers.refused()) == ({}, {})
    with pytest.raises(MalformedError):
        stage.readers(ca="-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")


def test_clear_text_on_this_machine_has_no_certificate(stage: Stage) -> None:
    with stage.readers(url=stage.node.url) as readers:
        assert readers.contact("node-a") is None
        assert readers.certificates() == {}
        assert readers.health([NETWORK])[0].certificate is None


def certificate(**changes: str) -> NodeCertificate:
    given = {"sha256": "1" * 64, "key": "2" * 64, "authority": "3" * 64, "issuer": "CN=x",
             "not_before": AT, "not_after": AT}  # fmt: skip
    return NodeCertificate(**{**given, **changes})


@pytest.mark.parametrize(
    ("hold", "changes", "taken"),
    [
        ("key", {"sha256": "9" * 64}, True),
        ("key", {"sha256": "9" * 64, "authority": "9" * 64}, True),
        ("key", {"key": "9" * 64}, False),
        ("authority", {"key": "9" * 64}, True),
        ("authority", {"authority": "9" * 64}, True),
        ("authority", {"key": "9" * 64, "authority": "9" * 64}, False),
    ],
)
def test_the_rule(hold: Any, changes: dict[str, str], taken: bool) -> None:
    assert certificate().continued_by(certificate(**changes), hold) is taken


def test_the_configuration_keeps_it_and_lists_without_it_keep_their_hash(stage: Stage) -> None:
    plain = PlatformConfig(network_class="practice", nodes=(stage.node.profile(),))
    assert set(plain.to_json()["nodes"][0]) == {"id", "operator", "network", "url", "ws", "roles"}  # type: ignore[index,arg-type]
    full = PlatformConfig(
        network_class="practice",
        nodes=(stage.profile(certificate=kept(certificate(), AT), hold="authority"),),
    )
    assert read_config(write_config(full)) == full


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value.update(hold="nothing"),
        lambda value: value["certificate"].update(key="XY"),
        lambda value: value["certificate"].update(not_after="tomorrow"),
        lambda value: value["certificate"].pop("authority"),
        lambda value: value["certificate"].update(more="x"),
        lambda value: value.update(ca="no certificate"),
    ],
)
def test_what_is_no_certificate_is_refused(spoil: Callable[[Any], object]) -> None:
    value: Any = {"id": "a", "operator": "a", "network": NETWORK, "url": "https://a.example/",
                  "roles": ["read"], "certificate": kept(certificate(), AT).to_json()}  # fmt: skip
    assert read_profile(value).certificate == kept(certificate(), AT)
    spoil(value)
    with pytest.raises(MalformedError):
        read_profile(value)
