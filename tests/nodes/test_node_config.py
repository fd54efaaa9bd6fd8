"""config/platform-config.yaml: strict in, equal out, and nothing that could be misread."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signer_app.core.config import (
    NodeProfile,
    PlatformConfig,
    config_hash,
    nodes_hash,
    read_config,
    write_config,
)
from signer_app.core.errors import MalformedError

GOOD = b"""\
format: countersign/config@1
class: practice
nodes:
  - {id: node-a, operator: opA, network: "xrpl:63456", url: "http://127.0.0.1:5005", roles: [read, submit]}
  - {id: node-b, operator: opB, network: "xrpl:63456", url: "https://b.example/key?x=1", roles: [read]}
labels: {"xrpl:63456:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh": "Genesis: no"}
view: {}
"""


def test_a_file_is_read_as_written() -> None:
    config = read_config(GOOD)

    assert config.network_class == "practice"
    assert [node.operator for node in config.profiles("xrpl:63456")] == ["opA", "opB"]
    assert config.nodes[1].roles == ("read",)
    assert read_config(write_config(config)) == config


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        (b"class: practice", b"class: Practice", "class"),
        (b"view: {}", b"view: {}\nextra: 1", "extra"),
        (b"id: node-b", b"id: node-a", "same id"),
        (b"id: node-b", b"id: 'node b'", "nodes.1.id"),
        (b"[read]", b"[read, read]", "twice"),
        (b"[read]", b"[]", "nodes.1.roles"),
        (b"[read]", b"[sign]", "nodes.1.roles"),
        (b"[read]", b"[read], trusted: true", "trusted"),
        (b'"xrpl:63456", url: "https', b'"xrpl:0", url: "https', "mainnet"),
        (b'"xrpl:63456", url: "https', b'"xrpl:77777", url: "https', "practice network"),
        (b"https://b.example/key?x=1", b"http://b.example/", "https://"),
        (b"https://b.example/key?x=1", b"https://user:pw@b.example/", "no user"),
        (b"https://b.example/key?x=1", b"ftp://b.example/", "begin with"),
        (b"https://b.example/key?x=1", b"https://", "address"),
        (b"https://b.example/key?x=1", b"https://b.example:99999999/", "address"),
        (b"operator: opB", b"operator: 5", "operator"),
        (b"format: countersign/config@1", b"format: countersign/config@2", "format"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(old: bytes, new: bytes, where: str) -> None:
    assert old in GOOD
    with pytest.raises(MalformedError) as refused:
        read_config(GOOD.replace(old, new))

    assert where in refused.value.message


def test_only_the_node_list_and_class_are_confirmed_by_a_person() -> None:
    config = read_config(GOOD)
    relabelled = config.model_copy(update={"labels": {}})
    turned = config.model_copy(update={"nodes": config.nodes[::-1]})
    moved = read_config(GOOD.replace(b"b.example", b"c.example"))

    assert nodes_hash(relabelled) == nodes_hash(turned) == nodes_hash(config)
    assert config_hash(relabelled) != config_hash(config)
    assert nodes_hash(moved) != nodes_hash(config)


def test_a_node_is_added_only_where_it_fits() -> None:
    config = read_config(GOOD)
    more = config.nodes[0].model_copy(update={"id": "node-c"})

    assert [node.id for node in config.with_node(more).nodes] == ["node-a", "node-b", "node-c"]
    with pytest.raises(MalformedError):
        config.with_node(config.nodes[0])


_NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
_LABELS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)
_NODES = st.builds(
    NodeProfile,
    id=_NAMES,
    operator=_NAMES,
    network=st.sampled_from(["xrpl:1", "xrpl:21337"]),
    url=st.sampled_from(["http://127.0.0.1:1/", "http://[::1]:2", "https://n.example:443/a?b=c%20d"]),
    ws=st.none() | st.just("wss://n.example/"),
    roles=st.sampled_from([("read",), ("submit",), ("read", "submit"), ("submit", "read")]),
)


@given(
    st.lists(_NODES, max_size=3, unique_by=lambda node: node.id),
    st.dictionaries(_LABELS, _LABELS | st.sampled_from(["no", "12:30", "017", "null", "1.5"]), max_size=4),
    st.dictionaries(_NAMES, st.booleans() | st.integers(-(2**40), 2**40) | _LABELS, max_size=3),
)
def test_what_is_written_reads_back_equal(
    nodes: list[NodeProfile], labels: dict[str, str], view: dict[str, Any]
) -> None:
    config = PlatformConfig(network_class="testnet", nodes=tuple(nodes), labels=labels, view=view)

    assert read_config(write_config(config)) == config
