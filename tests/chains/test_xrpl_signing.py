"""Keys, payloads and signature checks; and that the process of the key needs no SDK."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xrpl import CryptoAlgorithm
from xrpl.core import keypairs
from xrpl.core.addresscodec import classic_address_to_xaddress
from xrpl.wallet import Wallet

from signer_app.chains.port import Source
from signer_app.chains.signing_values import Signature, SigningPayload
from signer_app.chains.xrpl import keys, signing
from signer_app.chains.xrpl.address import (
    account_id_of,
    address_of,
    base58check_decode,
    decode_address,
    decode_x_address,
    encode_address,
)
from signer_app.chains.xrpl.chain import XrplChain
from signer_app.chains.xrpl.verify import is_canonical_der, verifies
from signer_app.core.errors import MalformedError, SignerError

GENESIS = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
GENESIS_SEED = "snoPBrXtMeMyMHUVTgbuqAfg1SUTb"
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NETWORK = "xrpl:0"
#: A payment of 1 XRP by rUJs… with Sequence 1000, unsigned, multi mode.
BODY = (
    "12000024000003E8201B055D4A806140000000000F424068400000000000003C730081147BE25D9F113D2F3B88AE5DE9420B1DBEC7CB"
    "F9D58314740D219F95E4729D5F3D733B3861EFE01E293D8C"
)
CHAIN = XrplChain()


def _payload(data: bytes) -> SigningPayload:
    return SigningPayload("xrpl-multi", data, signing.sha512_half(data), f"{NETWORK}:{GENESIS}")


def test_the_genesis_seed() -> None:
    assert keys.from_seed(f" {GENESIS_SEED}\n").address == GENESIS


@settings(max_examples=25, deadline=None)
@given(entropy=st.binary(min_size=16, max_size=16), algorithm=st.sampled_from(["ed25519", "secp256k1"]))
def test_seeds_give_the_keys_that_the_sdk_derives(entropy: bytes, algorithm: str) -> None:
    seed = keypairs.generate_seed(entropy.hex(), CryptoAlgorithm(algorithm))
    public, private = keypairs.derive_keypair(seed, algorithm=CryptoAlgorithm(algorithm))
    ours = keys.from_seed(seed)
    assert (ours.curve, ours.public_key) == (algorithm, public)
    assert ours.private.hex().upper() == private[2:]
    assert ours.address == Wallet.from_seed(seed, algorithm=CryptoAlgorithm(algorithm)).address


def test_a_plain_seed_can_be_used_for_ed25519() -> None:
    theirs = Wallet.from_seed(GENESIS_SEED, algorithm=CryptoAlgorithm.ED25519)
    assert keys.from_seed(GENESIS_SEED, "ed25519").public_key == theirs.public_key


@pytest.mark.parametrize(
    "text", ["", "s", GENESIS, GENESIS_SEED[:-1] + "c", "sEdTM1uX8pu2do5XvTnutH6HsouMaM", "0" * 40, "x" * 500]
)
def test_what_is_no_seed_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        keys.from_seed(text)
    assert len(text) < 2 or text not in refused.value.message


def test_an_ed25519_seed_is_not_bent_to_another_curve() -> None:
    seed = keypairs.generate_seed("00" * 16, CryptoAlgorithm.ED25519)
    with pytest.raises(MalformedError):
        keys.from_seed(seed, "secp256k1")


@pytest.mark.parametrize("curve", keys.CURVES)
def test_generated_and_raw_keys(curve: str) -> None:
    pair = keys.generate(curve)
    assert keys.from_private_hex(curve, pair.private.hex() + "\n") == pair
    assert pair.private.hex() not in repr(pair)
    assert address_of(pair.public_key) == pair.address
    assert keys.curve_of(pair.public_key) == curve


@pytest.mark.parametrize("private", [bytes(32), ORDER.to_bytes(32, "big"), b"\xff" * 32, b"", bytes(31)])
def test_private_keys_out_of_range(private: bytes) -> None:
    with pytest.raises(MalformedError):
        keys.from_private("secp256k1", private)
    with pytest.raises(MalformedError):
        keys.from_private("p256", private)


@pytest.mark.parametrize("curve", keys.CURVES)
@settings(max_examples=20, deadline=None)
@given(data=st.binary(max_size=300))
def test_signatures_verify_here_and_in_the_sdk(curve: str, data: bytes) -> None:
    pair = keys.from_private(curve, bytes(31) + b"\x07")
    payload = _payload(data)
    signature = keys.sign(curve, pair.private, payload)
    assert signature == keys.sign(curve, pair.private, payload)
    assert verifies(payload, pair.public_key, signature)
    assert keypairs.is_valid_message(data, bytes.fromhex(signature), pair.public_key)
    changed = _payload(data + b"!")
    assert not verifies(changed, pair.public_key, signature)


def test_the_sdks_secp256k1_signatures_verify_here() -> None:
    pair = keys.from_private("secp256k1", b"\x09" * 32)
    for number in range(10):
        data = b"%d" % number
        signature = keypairs.sign(data, "00" + pair.private.hex().upper())
        assert verifies(_payload(data), pair.public_key, signature)
        assert signature == keys.sign("secp256k1", pair.private, _payload(data))


def _der(r: int, s: int) -> bytes:
    def integer(number: int) -> bytes:
        body = number.to_bytes(number.bit_length() // 8 + 1, "big")
        return bytes([2, len(body)]) + body

    inner = integer(r) + integer(s)
    return bytes([0x30, len(inner)]) + inner


def _parts(signature: bytes) -> tuple[int, int]:
    length = signature[3]
    return int.from_bytes(signature[4 : 4 + length], "big"), int.from_bytes(signature[6 + length :], "big")


def test_malleable_secp256k1_signatures_are_refused() -> None:
    pair = keys.from_private("secp256k1", b"\x09" * 32)
    payload = _payload(b"data")
    good = bytes.fromhex(keys.sign("secp256k1", pair.private, payload))
    r, s = _parts(good)
    assert _der(r, s) == good
    assert not verifies(payload, pair.public_key, _der(r, ORDER - s).hex())
    length = good[3]
    padded = bytes([0x30, good[1] + 1, 2, length + 1, 0]) + good[4:]
    for bad in (padded, good + b"\x00", good[:-1], b"", b"\x30\x00", _der(0, s), _der(r, 0)):
        assert not is_canonical_der(bad) or not verifies(payload, pair.public_key, bad.hex())
        assert not verifies(payload, pair.public_key, bad.hex())


def test_ed25519_signatures_with_s_beyond_the_order_are_refused() -> None:
    pair = keys.from_private("ed25519", b"\x09" * 32)
    payload = _payload(b"data")
    good = bytes.fromhex(keys.sign("ed25519", pair.private, payload))
    s = int.from_bytes(good[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert verifies(payload, pair.public_key, good.hex())
    assert not verifies(payload, pair.public_key, (good[:32] + s.to_bytes(32, "little")).hex())
    assert not verifies(payload, pair.public_key, good[:-1].hex())


@pytest.mark.parametrize("key", ["", "zz", "02" + "00" * 32, "04" + "11" * 32, "ED" + "11" * 31, "02" * 34])
def test_keys_that_are_none_verify_nothing(key: str) -> None:
    assert not verifies(_payload(b"data"), key, "3006020101020101")


def test_payloads_of_list_members_differ() -> None:
    pair = keys.from_private("ed25519", b"\x09" * 32)
    payload = signing.signing_payload(
        network=NETWORK, body=BODY, signer=f"{NETWORK}:{pair.address}", public_key=pair.public_key
    )
    assert payload.data[:4] == b"SMT\x00"
    assert payload.data[-20:] == decode_address(pair.address)
    other = signing.signing_payload(
        network=NETWORK, body=BODY, signer=f"{NETWORK}:{GENESIS}", public_key=pair.public_key
    )
    assert other.digest != payload.digest
    signature = Signature(
        payload.signer, pair.public_key, keys.sign("ed25519", pair.private, payload), payload.scheme
    )
    assert CHAIN.verify(network=NETWORK, body=BODY, signature=signature)
    moved = Signature(other.signer, signature.public_key, signature.signature, signature.scheme)
    assert not CHAIN.verify(network=NETWORK, body=BODY, signature=moved)
    single = Signature(signature.signer, signature.public_key, signature.signature, "xrpl-single")
    assert not CHAIN.verify(network=NETWORK, body=BODY, signature=single)


def test_payloads_refuse_what_they_are_not_for() -> None:
    pair = keys.from_private("ed25519", b"\x09" * 32)
    signer = f"{NETWORK}:{pair.address}"

    def payload(**changes: str) -> SigningPayload:
        given_parts = {"network": NETWORK, "body": BODY, "signer": signer, "public_key": pair.public_key}
        return signing.signing_payload(**{**given_parts, **changes})

    assert payload()
    for changes, code in (
        ({"network": "xrpl:63456", "signer": f"xrpl:63456:{pair.address}"}, "NETWORK"),
        ({"signer": f"xrpl:1:{pair.address}"}, "NETWORK"),
        ({"signer": f"{NETWORK}:{pair.address[:-1]}z"}, "MALFORMED"),
        ({"body": BODY.lower()}, "MALFORMED"),
        ({"body": BODY[:-2]}, "MALFORMED"),
        ({"body": "zz"}, "MALFORMED"),
        ({"public_key": "02"}, "MALFORMED"),
    ):
        with pytest.raises(MalformedError) as refused:
            payload(**changes)
        assert refused.value.code == code
    with pytest.raises(SignerError) as not_its_own:
        payload(signer=f"{NETWORK}:rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r")
    assert not_its_own.value.code == "NOT_THIS_SIGNER"


def test_single_mode_needs_the_named_key_and_the_account_itself() -> None:
    pair = keys.from_private("ed25519", b"\x09" * 32)
    body = BODY.replace("7300", "7321" + pair.public_key)
    account = f"{NETWORK}:rUJsHmadv4nbSuxF9nqAYNVhV8vfxGh95r"
    payload = signing.signing_payload(network=NETWORK, body=body, signer=account, public_key=pair.public_key)
    assert (payload.scheme, payload.data[:4]) == ("xrpl-single", b"STX\x00")
    other = keys.from_private("ed25519", b"\x08" * 32)
    for signer, key in ((account, other.public_key), (f"{NETWORK}:{pair.address}", pair.public_key)):
        with pytest.raises(SignerError):
            signing.signing_payload(network=NETWORK, body=body, signer=signer, public_key=key)


def test_body_identity_is_the_proposal_id_of_inspect() -> None:
    found = CHAIN.inspect(Source(BODY.encode(), network=NETWORK))
    assert signing.body_identity(network=NETWORK, body=BODY) == (found.account, found.proposal_id)
    assert signing.body_hash(BODY) == found.body_hash


def test_addresses() -> None:
    assert encode_address(bytes(20)) == "rrrrrrrrrrrrrrrrrrrrrhoLvTp"
    assert decode_address("rrrrrrrrrrrrrrrrrrrrrhoLvTp") == bytes(20)
    for wrong in ("", "r", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi", GENESIS_SEED, "r0", GENESIS + "r" * 200):
        with pytest.raises(MalformedError):
            decode_address(wrong)
    with pytest.raises(MalformedError):
        account_id_of(b"\x02")
    with pytest.raises(MalformedError):
        base58check_decode("rr")


@settings(max_examples=40, deadline=None)
@given(
    account=st.binary(min_size=20, max_size=20), tag=st.none() | st.integers(0, 2**32 - 1), test=st.booleans()
)
def test_x_addresses_are_those_of_the_sdk(account: bytes, tag: int | None, test: bool) -> None:
    text = classic_address_to_xaddress(encode_address(account), tag, test)
    decoded = decode_x_address(text)
    assert (decoded.account_id, decoded.tag, decoded.test) == (account, tag, test)


def test_the_process_of_the_key_loads_no_sdk() -> None:
    program = (
        "import sys\n"
        "from signer_app.chains.port import Source\n"
        "from signer_app.chains.xrpl import keys, signing\n"
        "from signer_app.chains.xrpl.chain import XrplChain\n"
        "pair = keys.from_private('secp256k1', bytes([9]) * 32)\n"
        f"body = {BODY!r}\n"
        "chain = XrplChain.for_key_process()\n"
        "chain.inspect(Source(body.encode(), network='xrpl:0'))\n"
        "payload = chain.signing_payload(network='xrpl:0', body=body, signer='xrpl:0:' + pair.address,"
        " public_key=pair.public_key)\n"
        "keys.sign(pair.curve, pair.private, payload)\n"
        "foreign = [name for name in sys.modules if name.split('.')[0] in"
        " ('xrpl', 'httpx', 'aiohttp', 'websockets', 'ssl', 'ECPy', 'ecpy')]\n"
        "print(foreign)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
