"""XrplChain: the XRP Ledger behind the port of chains/port.py. Pure functions of bytes; no node is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from signer_app.chains.intents import Intent, Terms
from signer_app.chains.port import Combined, SignerKeys, SignerList, Source
from signer_app.chains.signing_values import Signature, SigningPayload, Span
from signer_app.chains.xrpl import build, second_reader, signing
from signer_app.chains.xrpl import combine as combining
from signer_app.chains.xrpl import compose as composing
from signer_app.chains.xrpl import inspect as inspecting
from signer_app.chains.xrpl.address import decode_address, decode_x_address, encode_address, is_x_address
from signer_app.chains.xrpl.networks import MAINNET, network_number
from signer_app.chains.xrpl.transaction import Transaction, open_body, spans
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Inspection
from signer_app.core.json_types import JsonObject


class XrplChain:
    """The pure part of the XRP Ledger.

    ``XrplChain()`` demands that two implementations agree on whatever it inspects. Only the process of the
    key uses ``XrplChain.for_key_process()``: it trusts our own encoder alone and never loads an SDK.
    """

    namespace = "xrpl"

    def __init__(self) -> None:
        self._agree: inspecting.Agreement = second_reader.require_agreement

    @classmethod
    def for_key_process(cls) -> XrplChain:
        """A chain that reads with our own encoder alone (DESIGN promise 4)."""
        chain = cls()
        chain._agree = _own_reading
        return chain

    def recognises(self, data: bytes) -> bool:
        """Whether ``data`` looks like an XRPL transaction; inspect decides."""
        return inspecting.looks_like_xrpl(data)

    def inspect(self, source: Source) -> Inspection:
        """Decode. MalformedError: MALFORMED, REENCODE_MISMATCH, NETWORK."""
        return inspecting.inspect(source, self._agree)

    def signing_payload(self, *, network: str, body: str, signer: str, public_key: str) -> SigningPayload:
        """What ``signer`` (CAIP-10) signs. MalformedError; SignerError NOT_THIS_SIGNER."""
        return signing.signing_payload(network=network, body=body, signer=signer, public_key=public_key)

    def verify(self, *, network: str, body: str, signature: Signature) -> bool:
        """Whether the signature fits the body and its stated key.

        MalformedError for a body that cannot be read.
        """
        return combining.verify(network=network, body=body, signature=signature)

    def combine(
        self,
        *,
        network: str,
        body: str,
        signatures: Sequence[Signature],
        signer_list: SignerList,
        keys: Mapping[str, SignerKeys],
    ) -> Combined:
        """Verify all signatures again and join those that count.

        Refused ones are reported (ledgers.md 1.1).
        """
        return combining.combine(
            network=network, body=body, signatures=signatures, signer_list=signer_list, keys=keys
        )

    def join(self, *, network: str, body: str, signatures: Sequence[Signature]) -> bytes:
        """A partly signed transaction for other tools. MalformedError BAD_SIGNATURE."""
        return combining.join(network=network, body=body, signatures=signatures)

    def compose(self, intent: Intent, *, network: str, account: str, terms: Terms) -> str:
        """The unsigned body (CONTRACTS C1) that does what ``intent`` says. MalformedError."""
        return composing.compose(intent, network=network, account=account, terms=terms)

    def fee_for(self, *, base_fee: int, signers: int) -> int:
        """Drops that pay for ``signers`` signatures with headroom for load. MalformedError."""
        return build.fee_for(base_fee=base_fee, signers=signers)

    def extract_signatures(
        self, data: bytes, network: str | None = None
    ) -> tuple[str, tuple[Signature, ...]]:
        """(body, signatures) of a partly or fully signed transaction in hex or JSON. MalformedError."""
        return combining.extract_signatures(data, network)

    def normalise_account(self, text: str, network: str) -> str:
        """CAIP-10 of an r-address, an X-address without a tag or CAIP-10 text. MalformedError."""
        network_number(network)
        stated, _, address = text.strip().rpartition(":")
        if stated and stated != network:
            raise MalformedError(f"{text[:120]!r} is on another network than {network}.", code="NETWORK")
        if is_x_address(address):
            decoded = decode_x_address(address)
            if decoded.tag is not None:
                raise MalformedError("The X-address holds a tag; give address and tag apart.")
            if decoded.test != (network != MAINNET):
                raise MalformedError("The X-address is for another network.", code="NETWORK")
            return f"{network}:{encode_address(decoded.account_id)}"
        return f"{network}:{encode_address(decode_address(address))}"

    def native_json(self, *, body: str) -> JsonObject:
        """The ledger's own JSON of the body (``tx_json``). MalformedError."""
        return dict(open_body(body).fields)

    def spans(self, *, body: str) -> tuple[Span, ...]:
        """Which bytes of the body are which field. MalformedError."""
        return spans(open_body(body))


def _own_reading(_transaction: Transaction, _signer: str | None) -> None:
    """No second opinion: only for the process of the key, which trusts no SDK."""
