"""The hardened combine: what goes in, what is refused, and that xrpl-py gives the same bytes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from xrpl.core.binarycodec import decode, encode

from signer_app.chains.port import Combined, SignerKeys, SignerList
from signer_app.chains.signing_values import Signature
from signer_app.chains.xrpl import build, keys
from signer_app.chains.xrpl.address import decode_address
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.transaction import transaction_id
from signer_app.core.errors import MalformedError
from signer_app.core.inspection import Slot

NETWORK = "xrpl:63456"
CHAIN = XrplChain()
TREASURY = f"{NETWORK}:rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"
PAYEE = f"{NETWORK}:rB2dfdmWJqWtCBKuFXy1YEeR9ZiLRSJpdM"
PAIRS = {
    name: keys.from_private(curve, bytes([number]) * 32)
    for number, (name, curve) in enumerate(
        [("alice", "ed25519"), ("bob", "secp256k1"), ("carol", "ed25519"), ("dave", "secp256k1")], start=1
    )
}
SIGNER = {name: f"{NETWORK}:{pair.address}" for name, pair in PAIRS.items()}
LIST = SignerList(2, {SIGNER["alice"]: 1, SIGNER["bob"]: 2, SIGNER["carol"]: 1})
KEYS = {signer: SignerKeys(signer, True, True, None) for signer in LIST.weights}
BODY = build.build_payment(
    network=NETWORK,
    account=TREASURY,
    destination=PAYEE,
    asset=f"{NETWORK}/slip44:144",
    amount=Decimal("1.25"),
    tag=17,
    slot=Slot("ticket", "42"),
    last_ledger=1000,
    fee_drops=build.fee_for(base_fee=10, signers=3),
)


def sign(name: str, *, body: str = BODY, signer: str | None = None) -> Signature:
    pair, account = PAIRS[name], signer or SIGNER[name]
    payload = CHAIN.signing_payload(network=NETWORK, body=body, signer=account, public_key=pair.public_key)
    return Signature(account, pair.public_key, keys.sign(pair.curve, pair.private, payload), payload.scheme)


def combine(*signatures: Signature, **changes: object) -> Combined:
    given = {"network": NETWORK, "body": BODY, "signer_list": LIST, "keys": KEYS, **changes}
    return CHAIN.combine(signatures=signatures, **given)  # type: ignore[arg-type]


def refused_codes(*signatures: Signature, **changes: object) -> list[str]:
    combined = combine(*signatures, **changes)
    assert combined.weight == sum(LIST.weights[item.signer] for item in combined.used)
    return [refused.code for refused in combined.refused]


def test_every_order_gives_the_same_sorted_bytes() -> None:
    found = {combine(*order).blob for order in permutations([sign("alice"), sign("bob"), sign("carol")])}
    assert len(found) == 1
    blob = found.pop().hex().upper()
    entries = [item["Signer"]["Account"] for item in decode(blob)["Signers"]]
    assert entries == sorted(entries, key=decode_address)
    assert encode(decode(blob)) == blob
    combined = combine(sign("alice"), sign("bob"), sign("carol"))
    assert combined.weight == 4
    assert combined.tx_id == transaction_id(combined.blob)
    assert combined.refused == ()


def test_the_sdk_combines_to_the_same_bytes() -> None:
    from xrpl.models.transactions.transaction import Transaction
    from xrpl.transaction import multisign

    partials = [combine(sign(name)) for name in ("carol", "bob")]
    models = [Transaction.from_xrpl(decode(item.blob.hex().upper())) for item in partials]
    theirs = multisign(Transaction.from_xrpl(decode(BODY)), models)
    ours = combine(sign("bob"), sign("carol"))
    assert encode(theirs.to_xrpl()) == ours.blob.hex().upper()
    assert theirs.get_hash() == ours.tx_id


def test_partials_come_apart_again() -> None:
    whole = combine(sign("alice"), sign("bob"))
    for data in (whole.blob.hex().encode(), f' {{"tx_blob": "{whole.blob.hex()}"}}'.encode()):
        body, signatures = CHAIN.extract_signatures(data)
        assert body == BODY
        assert set(signatures) == {sign("alice"), sign("bob")}
    body, none = CHAIN.extract_signatures(BODY.encode(), NETWORK)
    assert (body, none) == (BODY, ())


def test_nothing_in_gives_the_body() -> None:
    combined = combine()
    assert (combined.blob.hex().upper(), combined.weight, combined.used) == (BODY, 0, ())


def test_duplicates_count_once() -> None:
    once = combine(sign("alice"))
    again = combine(sign("alice"), sign("alice"))
    assert again == once
    assert len(decode(again.blob.hex().upper())["Signers"]) == 1


def test_upper_and_lower_case_are_one_signature() -> None:
    plain = sign("bob")
    lower = replace(plain, public_key=plain.public_key.lower(), signature=plain.signature.lower())
    assert combine(lower).blob == combine(plain).blob


def test_a_stranger_is_refused() -> None:
    combined = combine(sign("dave"), sign("alice"))
    assert [(item.signature, item.code) for item in combined.refused] == [(sign("dave"), "NOT_A_SIGNER")]
    assert combined.used == (sign("alice"),)


@pytest.mark.parametrize(
    "bad",
    [
        replace(sign("alice"), signature=sign("bob").signature),
        replace(sign("alice"), signature="00" * 64),
        replace(sign("alice"), signature="zz"),
        replace(sign("alice"), signature=""),
        replace(sign("alice"), public_key=sign("carol").public_key),
        replace(sign("alice"), public_key=""),
        replace(sign("alice"), scheme="xrpl-single"),
        replace(sign("alice"), scheme="ed25519"),
        replace(sign("alice"), signer=SIGNER["carol"]),
        replace(sign("alice"), signer="xrpl:0:" + PAIRS["alice"].address),
        replace(sign("alice"), signer="alice"),
    ],
)
def test_what_does_not_fit_is_refused(bad: Signature) -> None:
    combined = combine(bad, sign("bob"))
    assert [(item.signature, item.code) for item in combined.refused] == [(bad, "SIGNATURE_INVALID")]
    assert combined.used == (sign("bob"),)


def test_a_signature_of_another_body_is_refused() -> None:
    other = BODY.replace("2E00000011", "2E00000012")
    assert other != BODY
    assert refused_codes(sign("alice", body=other)) == ["SIGNATURE_INVALID"]


def test_the_account_itself_cannot_be_on_its_list() -> None:
    own = replace(sign("alice"), signer=TREASURY)
    assert refused_codes(own, signer_list=SignerList(1, {TREASURY: 1})) == ["SIGNATURE_INVALID"]


def test_authority_of_keys() -> None:
    alice, dave = SIGNER["alice"], PAIRS["dave"]
    by_regular = sign("dave", signer=alice)

    def known(**changes: object) -> dict[str, SignerKeys]:
        return {**KEYS, alice: replace(KEYS[alice], **changes)}  # type: ignore[arg-type]

    assert refused_codes(by_regular) == ["NOT_A_SIGNER"]
    assert refused_codes(by_regular, keys=known(regular_key=dave.address)) == []
    assert refused_codes(by_regular, keys=known(regular_key=f"{NETWORK}:{dave.address}")) == []
    assert refused_codes(by_regular, keys=known(regular_key=dave.address, exists=False)) == ["NOT_A_SIGNER"]
    off = known(regular_key=dave.address, master_enabled=False)
    assert refused_codes(by_regular, sign("alice"), keys=off) == ["NOT_A_SIGNER"]
    assert combine(by_regular, keys=off).used == (by_regular,)
    assert refused_codes(sign("alice"), keys=known(exists=False, master_enabled=False)) == []
    both = combine(sign("alice"), by_regular, keys=known(regular_key=dave.address))
    assert (len(both.used), both.refused) == (1, ())
    without = {signer: item for signer, item in KEYS.items() if signer != alice}
    assert refused_codes(sign("alice"), keys=without) == ["FACT_MISSING"]


def test_single_mode() -> None:
    pair = PAIRS["bob"]
    account = f"{NETWORK}:{pair.address}"
    multi = build.build_tickets(
        network=NETWORK, account=account, count=3, slot=Slot("sequence", "5"), last_ledger=9, fee_drops=12
    )
    body = multi.replace("7300", "7321" + pair.public_key)
    signature = sign("bob", body=body)
    assert signature.scheme == "xrpl-single"
    facts = {account: SignerKeys(account, True, True, None)}
    combined = combine(signature, body=body, keys=facts, signer_list=SignerList(0, {}))
    assert decode(combined.blob.hex().upper())["TxnSignature"] == signature.signature
    assert CHAIN.extract_signatures(combined.blob.hex().encode()) == (body, (signature,))
    disabled = {account: SignerKeys(account, True, False, None)}
    refused = combine(signature, body=body, keys=disabled, signer_list=SignerList(0, {})).refused
    assert [item.code for item in refused] == ["NOT_A_SIGNER"]


@pytest.mark.parametrize("body", ["", "00", BODY.lower(), BODY + "00", BODY[:-2]])
def test_a_body_that_cannot_be_read_is_an_error(body: str) -> None:
    with pytest.raises(MalformedError):
        combine(sign("alice"), body=body)
    signed = combine(sign("alice")).blob.hex().upper()
    with pytest.raises(MalformedError):
        combine(sign("alice"), body=signed)
