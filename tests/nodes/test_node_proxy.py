"""The proxy on the way to nodes: used where it is set, and for other machines alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from proxies import Proxy
from scripted_node import LedgerScript, ScriptedNode
from tls_front import Authority, TlsFront, new_key

from signer_app.core.config import NodeProfile, PlatformConfig, nodes_hash, read_config, write_config
from signer_app.core.errors import MalformedError
from signer_app.core.node_certificate import kept
from signer_app.nodes.readers import Readers

NETWORK = "xrpl:1"
FAR = "north.example:51234"
KINDS: tuple[Literal["http", "socks5"], ...] = ("http", "socks5")


@dataclass
class Stage:
    """A node of another machine, which only a proxy can find."""

    node: ScriptedNode
    front: TlsFront
    authority: Authority
    folder: Path

    def config(self, proxy: str | None, **changes: Any) -> PlatformConfig:
        known = {"id": "north", "operator": "northern", "network": NETWORK, "url": f"https://{FAR}/",
                 "ca": self.authority.pem}  # fmt: skip
        node = NodeProfile.model_validate({**known, **changes})
        return PlatformConfig(network_class="testnet", nodes=(node,), proxy=proxy)

    def issue(self) -> Path:
        return self.authority.issue(self.folder / "node.pem", new_key(), name="north.example")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    authority = Authority("Northern")
    certificate = authority.issue(tmp_path / "node.pem", name="north.example")
    with ScriptedNode(LedgerScript(network_id=1)) as node, TlsFront(node.url, certificate) as front:
        yield Stage(node, front, authority, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_far_node_is_asked_through_it_and_its_certificate_is_looked_at_as_ever(
    stage: Stage, kind: Literal["http", "socks5"]
) -> None:
    with Proxy(kind, stage.front.place) as proxy:
        with Readers(stage.config(proxy.url)) as readers:
            assert readers.contact("north") is None
            shown = readers.certificates()["north"]
        assert set(proxy.asked) == {FAR}, "by name: whoever asks resolves nothing itself"
        assert stage.node.asked("server_info")
        stage.front.use(stage.issue())
        heard = stage.front.heard
        changed = stage.config(proxy.url, certificate=kept(shown, "2026-11-20T12:00:00Z"))
        with Readers(changed) as readers:
            error = readers.contact("north")
            assert error is not None
            assert error.code == "NODE_CERTIFICATE_CHANGED"
            assert stage.front.heard == heard
            again = readers.contact("north")
            assert again is not None
            assert again.code == "NODE_CERTIFICATE_CHANGED", "nothing is left of the connection before"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "rubbish", [b"", b"\x05", b"\x05\xff", b"\x04\x00", b"HTTP/1.1 407 No\r\n\r\n", b"\x00" * 64]
)
def test_a_proxy_that_answers_something_else_is_no_answer(
    stage: Stage, kind: Literal["http", "socks5"], rubbish: bytes
) -> None:
    with (
        Proxy(kind, stage.front.place, rubbish=rubbish) as proxy,
        Readers(stage.config(proxy.url)) as readers,
    ):
        error = readers.contact("north")
    assert error is not None
    assert error.code in ("NODE_UNREACHABLE", "NODE_PROTOCOL")
    assert readers.certificates() == {}


@pytest.mark.parametrize("kind", KINDS)
def test_this_machine_and_practice_are_never_asked_through_it(
    stage: Stage, kind: Literal["http", "socks5"]
) -> None:
    with Proxy(kind, stage.front.place) as proxy:
        here = stage.config(proxy.url, url=stage.node.url, ca=None)
        with Readers(here) as readers:
            assert readers.contact("north") is None
        assert proxy.asked == []
        for url in ("http://127.0.0.1:1/", "http://[::1]:1/", "https://localhost:1/"):
            config = stage.config(proxy.url, url=url, ca=None)
            assert config.proxy_for(config.nodes[0]) is None
        far = stage.config(proxy.url)
        assert far.proxy_for(far.nodes[0]) == proxy.url
        practice = far.model_copy(update={"network_class": "practice"})
        assert practice.proxy_for(practice.nodes[0]) is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"])
def test_a_proxy_of_the_environment_is_never_used(
    stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy("http", stage.front.place) as proxy:
        monkeypatch.setenv(name, proxy.url)
        with (
            Readers(stage.config(None)) as readers,
            pytest.raises(RuntimeError, match=r"reached for the network: north\.example"),
        ):
            readers.contact("north")  # directly, which no test may
        assert proxy.asked == []


@pytest.mark.parametrize(
    "text",
    ["", "proxy", "https://p:1", "socks4://p:1", "http://p", "http://u:p@p:1", "http://p:1/x", "http://p:1?x=1",
     "http://p:99999", "socks5://", "http://ü:1"],
)  # fmt: skip
def test_what_is_no_address_of_a_proxy_is_refused(stage: Stage, text: str) -> None:
    with pytest.raises(MalformedError):
        stage.config(None).with_proxy(text)


def test_it_is_kept_and_part_of_what_a_person_confirms(stage: Stage) -> None:
    without = stage.config(None)
    through = without.with_proxy("socks5://127.0.0.1:9050")
    assert read_config(write_config(through)) == through
    assert "proxy" not in without.to_json()
    assert nodes_hash(through) != nodes_hash(without)
    assert through.with_proxy(None) == without
