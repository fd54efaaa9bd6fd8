"""Whatever is done, no money appears.

XRP is conserved but for burnt fees, issued sums are zero over both sides.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from xrpl.constants import CryptoAlgorithm
from xrpl.core.binarycodec import encode, encode_for_signing
from xrpl.core.keypairs import sign as sign_bytes
from xrpl.wallet import Wallet

from signer_app.practice.xrpl.amounts import to_text
from signer_app.practice.xrpl.apply.context import Fees
from signer_app.practice.xrpl.codec import parse
from signer_app.practice.xrpl.ledger import (
    GENESIS_ADDRESS,
    GENESIS_DROPS,
    Draft,
    genesis_header,
    genesis_state,
    seal,
)
from signer_app.practice.xrpl.state import Sandbox, State, account_root
from signer_app.practice.xrpl.values import member, text

WALLETS = [Wallet.from_entropy(f"{n:02x}" * 16) for n in range(4)]
ACCOUNTS = [wallet.address for wallet in WALLETS]

_who = st.integers(0, 3)
_value = st.decimals("0.000001", "2000", places=6).map(lambda value: to_text(value) if value else "1")
_step = st.one_of(
    st.tuples(st.just("xrp"), _who, _who, st.integers(1, 400_000_000)),
    st.tuples(st.just("iou"), _who, _who, st.tuples(_who, _value, st.booleans())),
    st.tuples(st.just("trust"), _who, _who, st.one_of(_value, st.just("0"))),
    st.tuples(st.just("ticket"), _who, _who, st.integers(1, 5)),
    st.tuples(st.just("flag"), _who, _who, st.sampled_from([1, 7, 8, 9])),
)


def fields_of(step: Any) -> dict[str, Any]:
    kind, source, other, value = step
    fields: dict[str, Any] = {"Account": ACCOUNTS[source]}
    if kind == "xrp":
        return fields | {
            "TransactionType": "Payment",
            "Destination": ACCOUNTS[other],
            "Amount": str(value),
        }
    if kind == "iou":
        amount = {"currency": "USD", "issuer": ACCOUNTS[value[0]], "value": value[1]}
        flags = 0x00020000 if value[2] else 0
        return fields | {
            "TransactionType": "Payment",
            "Destination": ACCOUNTS[other],
            "Amount": amount,
            "Flags": flags,
        }
    if kind == "trust":
        limit = {"currency": "USD", "issuer": ACCOUNTS[other], "value": value}
        return fields | {"TransactionType": "TrustSet", "LimitAmount": limit}
    if kind == "ticket":
        return fields | {"TransactionType": "TicketCreate", "TicketCount": value}
    return fields | {"TransactionType": "AccountSet", "SetFlag": value}


class World:
    """A ledger without a network: apply, close, count."""

    def __init__(self) -> None:
        self.state = genesis_state()
        self.header = genesis_header(self.state, 1)
        genesis = Wallet.from_seed("snoPBrXtMeMyMHUVTgbuqAfg1SUTb", algorithm=CryptoAlgorithm.SECP256K1)
        for address in ACCOUNTS:
            payment = {"TransactionType": "Payment", "Destination": address, "Amount": "500000000"}
            assert self.run([{**payment, "Account": GENESIS_ADDRESS}], genesis) == ["tesSUCCESS"]

    def run(self, transactions: list[dict[str, Any]], genesis: Wallet | None = None) -> list[str]:
        draft = Draft(self.header.index + 1, Sandbox(self.state), [])
        results = []
        for fields in transactions:
            wallet = genesis or WALLETS[ACCOUNTS.index(fields["Account"])]
            root = account_root(draft.view, fields["Account"])
            assert root is not None
            full = {"Fee": "12", "NetworkID": 63456, "Sequence": root["Sequence"], **fields}
            full["SigningPubKey"] = wallet.public_key
            # The engine takes verified transactions; a constant signature saves a second a run.
            full["TxnSignature"] = "00" if genesis is None else _signature(full, wallet)
            results.append(draft.apply(parse(bytes.fromhex(encode(full))), Fees(), is_open=False).result)
        self.header = seal(draft, self.state, self.header, self.header.close_time + 4).header
        return results


def _signature(fields: dict[str, Any], wallet: Wallet) -> str:
    return sign_bytes(bytes.fromhex(encode_for_signing(fields)), wallet.private_key)


def xrp_total(state: State) -> int:
    return sum(int(text(e, "Balance")) for _, e in state.items() if e["LedgerEntryType"] == "AccountRoot")


def issued_net(state: State) -> dict[str, Decimal]:
    """What each account holds less what it owes; over all accounts the sum must be zero."""
    net: dict[str, Decimal] = dict.fromkeys(ACCOUNTS, Decimal(0))
    for _, entry in state.items():
        if entry["LedgerEntryType"] == "RippleState":
            value = Decimal(text(member(entry, "Balance"), "value"))
            net[text(member(entry, "LowLimit"), "issuer")] += value
            net[text(member(entry, "HighLimit"), "issuer")] -= value
    return net


def owned_and_paid_for(state: State, address: str) -> bool:
    """OwnerCount says how many objects the account owns and pays for."""
    root = account_root(state, address)
    assert root is not None
    count = 0
    for index in state.owned(address):
        entry = state.read(index)
        assert entry is not None
        if entry["LedgerEntryType"] == "RippleState":
            low = text(member(entry, "LowLimit"), "issuer") == address
            flags = entry["Flags"]
            assert isinstance(flags, int)
            count += bool(flags & (0x00010000 if low else 0x00020000))
        else:
            count += 1
    return root["OwnerCount"] == count


@settings(max_examples=60)
@given(st.lists(_step, min_size=1, max_size=25))
def test_money_is_conserved_and_sequences_only_grow(steps: list[Any]) -> None:
    world = World()
    before = {address: account_root(world.state, address) for address in ACCOUNTS}
    coins, net = world.header.coins, issued_net(world.state)
    results = world.run([fields_of(step) for step in steps])
    paid = sum(12 for result in results if result == "tesSUCCESS" or result.startswith("tec"))
    assert world.header.coins == coins - paid == xrp_total(world.state)
    assert world.header.coins <= GENESIS_DROPS
    assert sum(issued_net(world.state).values()) == 0
    for step, result in zip(steps, results, strict=True):
        if len(steps) == 1 and step[0] == "iou" and result == "tesSUCCESS":
            moved = {a: issued_net(world.state)[a] - net[a] for a in ACCOUNTS}
            assert moved[ACCOUNTS[step[1]]] == -moved[ACCOUNTS[step[2]]]
    for address, old in before.items():
        new = account_root(world.state, address)
        assert new is not None
        assert old is not None
        assert int(str(new["Sequence"])) >= int(str(old["Sequence"]))
        assert owned_and_paid_for(world.state, address)
        assert int(text(new, "Balance")) >= 0


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([1, 2, 3]), _value), min_size=1, max_size=15
    )
)
def test_what_an_issuer_owes_is_what_holders_have(moves: list[tuple[int, int, str]]) -> None:
    world = World()
    issuer = ACCOUNTS[0]

    def amount(value: str) -> dict[str, str]:
        return {"currency": "USD", "issuer": issuer, "value": value}

    setup: list[dict[str, Any]] = [{"TransactionType": "AccountSet", "Account": issuer, "SetFlag": 8}]
    for holder in ACCOUNTS[1:]:
        limit = {"TransactionType": "TrustSet", "Account": holder, "LimitAmount": amount("5000")}
        payment = {"TransactionType": "Payment", "Account": issuer, "Amount": amount("1000")}
        setup += [limit, {**payment, "Destination": holder}]
    assert set(world.run(setup)) == {"tesSUCCESS"}
    payments = [
        {
            "TransactionType": "Payment",
            "Account": ACCOUNTS[source],
            "Destination": ACCOUNTS[target],
            "Amount": amount(value),
        }
        for source, target, value in moves
    ]
    held = dict.fromkeys(ACCOUNTS[1:], Decimal(1000))
    for payment, result in zip(payments, world.run(payments), strict=True):
        value = Decimal(payment["Amount"]["value"])  # type: ignore[index]
        source, target = str(payment["Account"]), str(payment["Destination"])
        if source == target:
            assert result == "temREDUNDANT"
        elif value <= held[source] and held[target] + value <= 5000:
            assert result == "tesSUCCESS"
            held[source] -= value
            held[target] += value
        else:
            assert result in ("tecPATH_PARTIAL", "tecPATH_DRY")
    net = issued_net(world.state)
    assert {holder: net[holder] for holder in held} == held
    assert net[issuer] == -3000
