"""config/platform-config.yaml: nodes, their operators and roles, labels, view settings (DESIGN section 4).

Nothing in this file can make a denied thing allowed. It does say whom the program believes about a ledger, so
``nodes_hash`` names exactly that part: a changed one is confirmed by a person before it is used.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from signer_app.core.caip import PRACTICE_XRPL, parse_network
from signer_app.core.canonical import canonical_hash
from signer_app.core.errors import MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.node_certificate import Hold, KeptCertificate
from signer_app.core.strict_yaml import read_yaml

NetworkClass: TypeAlias = Literal["practice", "testnet", "mainnet"]
Role: TypeAlias = Literal["read", "submit"]
NETWORK_CLASSES: tuple[NetworkClass, ...] = ("practice", "testnet", "mainnet")
#: Every class of workspace, in the order in which people meet them.

#: Networks whose class is known. A practice workspace takes listed practice networks only; other classes take
#: any network that is not listed under another class (private ledgers and side chains have ids of their own).
KNOWN_CLASSES: dict[str, NetworkClass] = {
    PRACTICE_XRPL: "practice",
    "stellar:countersign-practice": "practice",
    "xrpl:0": "mainnet",
    "stellar:pubnet": "mainnet",
    "eip155:1": "mainnet",
    "xrpl:1": "testnet",
    "xrpl:2": "testnet",
    "stellar:testnet": "testnet",
    "eip155:11155111": "testnet",
}

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_MAX_LABEL = 200
PROXY_SCHEMES = ("http", "socks5")
_MAX_PEM = 32 * 1024
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise ValueError("must be 1 to 64 letters, digits, dots, hyphens or underscores")
    return text


def _network(text: str) -> str:
    try:
        return parse_network(text)
    except MalformedError as error:
        raise ValueError(error.message) from error


def _label(text: str) -> str:
    if not text or len(text) > _MAX_LABEL or not text.isprintable():
        raise ValueError(f"must be 1 to {_MAX_LABEL} printable characters")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _address(text: str, plain: str, secure: str) -> str:
    """Check a node's address. Clear text is for this machine only: on a wire it lets anybody answer."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("is not an address") from error
    if not text.isascii() or not text.isprintable() or " " in text or not host:
        raise ValueError("is not an address")
    if parts.scheme not in (plain, secure):
        raise ValueError(f"must begin with {plain}:// or {secure}://")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("must hold no user, password or fragment")
    if parts.scheme == plain and not _is_loopback(host):
        raise ValueError(f"must begin with {secure}:// unless the node is on this machine")
    return text


def _url(text: str) -> str:
    return _address(text, "http", "https")


def _ws(text: str) -> str:
    return _address(text, "ws", "wss")


def _proxy(text: str) -> str:
    """Only what has to be known: a proxy that asks for a password would have it in this file in clear."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError("is not an address") from error
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in PROXY_SCHEMES or not host or port is None or not bare or not text.isascii():
        raise ValueError("must be http://host:port or socks5://host:port, without user and password")
    return text


def _pem(text: str) -> str:
    """Certificates and nothing else, so that what a person is shown of it is all that is in it."""
    parts = _CERTIFICATE.findall(text) if len(text) <= _MAX_PEM and text.isascii() else []
    if not parts or _CERTIFICATE.sub("", text).strip():
        raise ValueError("must be certificates in PEM form and nothing else")
    for part in parts:
        _fingerprint(part)
    return text


def _fingerprint(certificate: str) -> str:
    """ValueError where what stands between the marks is not base64."""
    body = "".join(certificate.split("-----")[2].split())
    return hashlib.sha256(base64.b64decode(body, validate=True)).hexdigest()


def _as_tuple(value: object) -> object:
    """YAML has lists only; the model holds tuples so that it is a value."""
    return tuple(value) if isinstance(value, list) else value


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class NodeProfile(_Model):
    """One node: ``operator`` is who runs it (agreement counts operators), ``roles`` what it is used for."""

    id: Annotated[str, AfterValidator(_name)]
    operator: Annotated[str, AfterValidator(_name)]
    network: Annotated[str, AfterValidator(_network)]
    url: Annotated[str, AfterValidator(_url)]
    #: Read from files that have it, and not used: facts are asked over HTTP alone.
    ws: Annotated[str, AfterValidator(_ws)] | None = None
    roles: Annotated[tuple[Role, ...], BeforeValidator(_as_tuple), Field(min_length=1)] = ("read", "submit")
    #: What an https node is held to, and its certificate since the first contact.
    hold: Hold = "key"
    certificate: KeptCertificate | None = None
    #: PEM of the authority that vouches for the node, where it is none that everybody knows.
    ca: Annotated[str, AfterValidator(_pem)] | None = None

    @property
    def secured(self) -> bool:
        """Whether it shows a certificate."""
        return self.url.startswith("https:")

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        return _is_loopback(urlsplit(self.url).hostname or "")

    @property
    def authorities(self) -> tuple[str, ...]:
        """Lower hex SHA-256 of each certificate in ``ca``, as other programs name it too."""
        return tuple(_fingerprint(part) for part in _CERTIFICATE.findall(self.ca or ""))


class PlatformConfig(_Model):
    """The whole file. ``labels`` are names that people see for ids; they decide nothing."""

    format: Literal["countersign/config@1"] = "countersign/config@1"
    network_class: Annotated[NetworkClass, Field(alias="class")]
    nodes: Annotated[tuple[NodeProfile, ...], BeforeValidator(_as_tuple)] = ()
    #: Through which nodes of other machines are asked; null: directly. The environment has no say.
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    labels: dict[Annotated[str, AfterValidator(_label)], Annotated[str, AfterValidator(_label)]] = {}
    view: dict[Annotated[str, AfterValidator(_name)], str | bool | int] = {}

    @model_validator(mode="after")
    def _consistent(self) -> PlatformConfig:
        ids = [node.id for node in self.nodes]
        if len(set(ids)) != len(ids):
            raise ValueError("two nodes have the same id")
        for node in self.nodes:
            if len(set(node.roles)) != len(node.roles):
                raise ValueError(f"node {node.id} names a role twice")
            check_class(node.network, self.network_class)
        return self

    def profiles(self, network: str) -> tuple[NodeProfile, ...]:
        """The nodes of one network, in the file's order."""
        return tuple(node for node in self.nodes if node.network == network)

    def with_node(self, node: NodeProfile) -> PlatformConfig:
        """The same configuration with one more node. Raises MalformedError where it does not fit."""
        return _validated({**self.to_json(), "nodes": [*map(_node_json, (*self.nodes, node))]})

    def with_node_changed(self, node: NodeProfile) -> PlatformConfig:
        """The same configuration with this node in the place of the one of its name."""
        nodes = [_node_json(node if known.id == node.id else known) for known in self.nodes]
        return _validated({**self.to_json(), "nodes": [*nodes]})

    def node(self, node_id: str) -> NodeProfile | None:
        """The node of this name."""
        return next((node for node in self.nodes if node.id == node_id), None)

    def without_node(self, node_id: str) -> PlatformConfig:
        """The same configuration without the node of this name; itself where there is none."""
        left = [_node_json(node) for node in self.nodes if node.id != node_id]
        return _validated({**self.to_json(), "nodes": [*left]})

    def proxy_for(self, node: NodeProfile) -> str | None:
        """The proxy on the way to a node. None for this machine, and in practice, which stays on it."""
        return None if node.local or self.network_class == "practice" else self.proxy

    def with_proxy(self, proxy: str | None) -> PlatformConfig:
        """The same configuration with this proxy, or without one. Raises MalformedError."""
        rest = {name: value for name, value in self.to_json().items() if name != "proxy"}
        return _validated({**rest, **({"proxy": proxy} if proxy is not None else {})})

    def with_labels(self, labels: Mapping[str, str]) -> PlatformConfig:
        """The same configuration with these labels. Raises MalformedError for text that is no label."""
        return _validated({**self.to_json(), "labels": dict(labels)})

    def to_json(self) -> JsonObject:
        """The document as written."""
        return {
            "format": self.format,
            "class": self.network_class,
            "nodes": [_node_json(node) for node in self.nodes],
            **_proxy_json(self),
            "labels": dict(self.labels),
            "view": dict(self.view),
        }


def check_class(network: str, network_class: NetworkClass) -> None:
    """Raise ValueError if a workspace of this class must not use the network (DESIGN section 4)."""
    known = KNOWN_CLASSES.get(network)
    if known is None and network_class == "practice":
        raise ValueError(f"{network} is no practice network")
    if known is not None and known != network_class:
        raise ValueError(f"{network} is a {known} network and this workspace is for {network_class}")


def read_config(data: bytes) -> PlatformConfig:
    """Parse the file's bytes (strict YAML, CONTRACTS G). MalformedError names the member that is wrong."""
    return _validated(read_yaml(data))


def check_proxy(text: str | None) -> None:
    """Raise MalformedError for what is no address of a proxy; None is none."""
    if text is not None:
        try:
            _proxy(text)
        except ValueError as error:
            raise MalformedError(f"The proxy {error}.") from error


def certificates_of(data: bytes) -> str:
    """The certificates of a PEM file, without whatever else is in it (comments, keys)."""
    return "\n".join(_CERTIFICATE.findall(data.decode("ascii", "replace"))) + "\n"


def read_profile(value: JsonValue) -> NodeProfile:
    """One node from parsed input, such as the options of `nodes add`. Raises MalformedError."""
    try:
        return NodeProfile.model_validate(value)
    except ValidationError as error:
        raise _malformed(error) from error


def write_config(config: PlatformConfig) -> bytes:
    """YAML bytes that read_config reads back to an equal value."""
    text: str = yaml.dump(
        config.to_json(), Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=10_000
    )
    return text.encode("utf-8")


def config_hash(config: PlatformConfig) -> str:
    """Lower hex SHA-256 of RFC 8785 of the whole configuration (journal record config.seen)."""
    return canonical_hash(config.to_json())


def nodes_hash(config: PlatformConfig) -> str:
    """Lower hex SHA-256 of the part that a person confirms: the class, the nodes in any order, the proxy."""
    nodes = sorted((_node_json(node) for node in config.nodes), key=lambda node: str(node["id"]))
    listed: list[JsonValue] = [*nodes]
    return canonical_hash({"class": config.network_class, "nodes": listed, **_proxy_json(config)})


class _PlainDumper(yaml.SafeDumper):
    """Writes no anchors: the strict reader refuses them."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the library's signature
        return True


def _node_json(node: NodeProfile) -> JsonObject:
    """Members that came later are left out where they say nothing, so that a list which a person has
    confirmed keeps its hash."""
    later: JsonObject = {}
    if node.hold != "key":
        later["hold"] = node.hold
    if node.certificate is not None:
        later["certificate"] = node.certificate.to_json()
    if node.ca is not None:
        later["ca"] = node.ca
    return {
        "id": node.id,
        "operator": node.operator,
        "network": node.network,
        "url": node.url,
        "ws": node.ws,
        "roles": list(node.roles),
        **later,
    }


def _proxy_json(config: PlatformConfig) -> JsonObject:
    return {} if config.proxy is None else {"proxy": config.proxy}


def _validated(value: JsonValue) -> PlatformConfig:
    try:
        return PlatformConfig.model_validate(value)
    except ValidationError as error:
        raise _malformed(error) from error


def _malformed(error: ValidationError) -> MalformedError:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the configuration"
    return MalformedError(f"The configuration is wrong at {where[:120]}: {first['msg'][:200]}.")
