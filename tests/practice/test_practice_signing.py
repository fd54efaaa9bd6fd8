"""Who may sign: fees, sequences, tickets, keys and quorum, by the results a real node gives."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from ledger_process import Bank, LedgerProcess, multi_blob, outcome, signer_entry
from xrpl.constants import CryptoAlgorithm
from xrpl.core.addresscodec import decode_classic_address
from xrpl.core.binarycodec import decode, encode
from xrpl.models import AccountSet, Payment, SignerListSet
from xrpl.models.transactions.signer_list_set import SignerEntry
from xrpl.transaction import autofill, multisign, sign, submit_and_wait
from xrpl.wallet import Wallet

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NOOP = {"TransactionType": "AccountSet"}


def entries(*wallets: Wallet, weight: int = 1) -> list[dict[str, Any]]:
    return [{"SignerEntry": {"Account": w.address, "SignerWeight": weight}} for w in wallets]


def listed(bank: Bank, *signers: Wallet, quorum: int) -> Wallet:
    owner = bank.fund()
    bank.must(owner, TransactionType="SignerListSet", SignerQuorum=quorum, SignerEntries=entries(*signers))
    return owner


def test_the_hash_is_of_the_bytes_and_the_fee_is_burnt(bank: Bank) -> None:
    wallet = bank.fund(50)
    blob = bank.single(wallet, **NOOP, Fee="25")
    answer = bank.submit(blob)
    expected = hashlib.sha512(b"TXN\0" + bytes.fromhex(blob)).digest()[:32].hex().upper()
    assert answer["tx_json"]["hash"] == expected
    coins = int(bank.ledger.ask("ledger", ledger_index="validated")["ledger"]["total_coins"])
    assert bank.ledger.ask("tx", transaction=expected)["validated"] is False
    bank.ledger.close()
    assert bank.drops(wallet.address) == 50_000_000 - 25
    after = bank.ledger.ask("ledger", ledger_index="validated", transactions=True)["ledger"]
    assert int(after["total_coins"]) == coins - 25
    assert after["transactions"] == [expected]


def test_open_and_validated_are_two_things(bank: Bank) -> None:
    wallet = bank.fund()
    assert bank.result(wallet, **NOOP, Domain="AB") == "tesSUCCESS"
    assert bank.root(wallet.address, index="current")["Domain"] == "AB"
    assert "Domain" not in bank.root(wallet.address)
    past = bank.ledger.ask("ledger_closed")["ledger_index"]
    bank.ledger.close()
    assert bank.root(wallet.address)["Domain"] == "AB"
    assert "Domain" not in bank.root(wallet.address, index=past)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"NetworkID": None}, "telREQUIRES_NETWORK_ID"),
        ({"NetworkID": 63457}, "telWRONG_NETWORK"),
        ({"Fee": "9"}, "telINSUF_FEE_P"),
        ({"Fee": "0"}, "telINSUF_FEE_P"),
        ({"Sequence": 1}, "tefPAST_SEQ"),
        ({"Sequence": 4_000_000}, "terPRE_SEQ"),
        ({"TicketSequence": 1}, "tefNO_TICKET"),
        ({"TicketSequence": 4_000_000}, "terPRE_TICKET"),
        ({"TicketSequence": 1, "Sequence": 4_000_000}, "temSEQ_AND_TICKET"),
        ({"LastLedgerSequence": 1}, "tefMAX_LEDGER"),
        ({"Flags": 0x00000001}, "temINVALID_FLAG"),
        ({"AccountTxnID": "AB" * 32}, "tefWRONG_PRIOR"),
        ({"TransactionType": "OfferCancel", "OfferSequence": 1}, "temDISABLED"),
        ({"TransactionType": "EscrowCancel", "OfferSequence": 1, "Owner": "rrrrrrrrrrrrrrrrrrrrBZbvji"},
         "temDISABLED"),
    ],
)  # fmt: skip
def test_refusals_change_nothing(bank: Bank, fields: dict[str, Any], expected: str) -> None:
    wallet = bank.fund()
    before = bank.root(wallet.address, index="current")
    assert bank.result(wallet, **{**NOOP, **fields}) == expected
    bank.ledger.close()
    assert bank.root(wallet.address, index="current") == before


def test_an_account_without_money_is_unknown(bank: Bank) -> None:
    assert bank.result(Wallet.create(), **NOOP, Sequence=1) == "terNO_ACCOUNT"


def test_last_ledger_is_inclusive(bank: Bank) -> None:
    wallet = bank.fund()
    current = bank.ledger.ask("ledger_current")["ledger_current_index"]
    found = bank.must(wallet, **NOOP, LastLedgerSequence=current)
    assert found["ledger_index"] == current
    assert bank.result(wallet, **NOOP, LastLedgerSequence=current) == "tefMAX_LEDGER"


def test_the_same_bytes_twice_are_applied_once(bank: Bank) -> None:
    wallet = bank.fund()
    blob = bank.single(wallet, **NOOP)
    assert outcome(bank.submit(blob)) == "tesSUCCESS"
    assert outcome(bank.submit(blob)) == "tefALREADY"
    assert outcome(bank.submit(blob, endpoint=1)) == "tefALREADY"
    bank.ledger.close()
    assert outcome(bank.submit(blob)) == "tefPAST_SEQ"
    assert bank.drops(wallet.address) == 1_000_000_000 - 10


def test_a_transaction_that_came_early_is_held_until_it_fits(bank: Bank) -> None:
    wallet = bank.fund()
    sequence = bank.sequence(wallet.address)
    late = bank.submit(bank.single(wallet, **NOOP, Sequence=sequence + 1, Domain="BB"))
    assert (late["engine_result"], late["kept"], late["applied"]) == ("terPRE_SEQ", True, False)
    assert bank.result(wallet, **NOOP, Sequence=sequence) == "tesSUCCESS"
    bank.ledger.close()
    assert bank.root(wallet.address)["Domain"] == "BB"


def test_tickets_once_each_in_any_order(bank: Bank) -> None:
    wallet = bank.fund()
    first = bank.sequence(wallet.address) + 1
    bank.must(wallet, TransactionType="TicketCreate", TicketCount=3)
    root = bank.root(wallet.address)
    assert (root["Sequence"], root["OwnerCount"], root["TicketCount"]) == (first + 3, 3, 3)
    bank.must(wallet, **NOOP, TicketSequence=first + 2)
    assert bank.result(wallet, **NOOP, TicketSequence=first + 2) == "tefNO_TICKET"
    # A claim uses the ticket up as a success does.
    unfunded = {"TransactionType": "Payment", "Destination": bank.genesis.address, "Amount": str(10**15)}
    answer = bank.submit(bank.single(wallet, **unfunded, TicketSequence=first))
    assert outcome(answer) == "tecUNFUNDED_PAYMENT"
    bank.ledger.close()
    meta = bank.ledger.ask("tx", transaction=answer["tx_json"]["hash"])["meta"]
    deleted = [n["DeletedNode"]["LedgerEntryType"] for n in meta["AffectedNodes"] if "DeletedNode" in n]
    assert deleted == ["Ticket"]
    objects = bank.ledger.ask("account_objects", account=wallet.address, type="ticket")["account_objects"]
    assert [item["TicketSequence"] for item in objects] == [first + 1]
    assert bank.root(wallet.address)["OwnerCount"] == 1


def test_at_most_250_tickets(bank: Bank) -> None:
    wallet = bank.fund()
    assert bank.result(wallet, TransactionType="TicketCreate", TicketCount=251) == "temINVALID_COUNT"
    bank.must(wallet, TransactionType="TicketCreate", TicketCount=250)
    assert bank.result(wallet, TransactionType="TicketCreate", TicketCount=1) == "tecDIR_FULL"
    poor = bank.fund(2)
    assert bank.result(poor, TransactionType="TicketCreate", TicketCount=6) == "tecINSUFFICIENT_RESERVE"


def test_three_of_three_with_both_curves_and_a_phantom(bank: Bank) -> None:
    funded = bank.fund()
    phantoms = [Wallet.create(), Wallet.create(CryptoAlgorithm.SECP256K1)]
    owner = listed(bank, funded, *phantoms, quorum=3)
    signers = [funded, *phantoms]
    assert bank.multi_result(owner.address, signers[:2], **NOOP) == "tefBAD_QUORUM"
    assert bank.multi_result(owner.address, signers, **NOOP, Fee="39") == "telINSUF_FEE_P"
    assert bank.multi_result(owner.address, signers, **NOOP, Fee="40") == "tesSUCCESS"
    stranger = Wallet.create()
    assert bank.multi_result(owner.address, [*signers[:2], stranger], **NOOP) == "tefBAD_SIGNATURE"
    assert bank.multi_result(funded.address, phantoms, **NOOP) == "tefNOT_MULTI_SIGNING"


def test_master_and_regular_keys_of_account_and_signers(bank: Bank) -> None:
    regular = Wallet.create()
    signer = bank.fund()
    as_signer = Wallet(regular.public_key, regular.private_key, master_address=signer.address)
    owner = listed(bank, signer, quorum=1)
    assert bank.multi_result(owner.address, [as_signer], **NOOP) == "tefBAD_SIGNATURE"
    assert bank.result(as_signer, **NOOP) == "tefBAD_AUTH"
    bank.must(signer, TransactionType="SetRegularKey", RegularKey=regular.address)
    assert bank.result(as_signer, **NOOP) == "tesSUCCESS"
    assert bank.multi_result(owner.address, [as_signer], **NOOP) == "tesSUCCESS"
    bank.must(signer, **NOOP, SetFlag=4)
    assert bank.result(signer, **NOOP) == "tefMASTER_DISABLED"
    assert bank.multi_result(owner.address, [signer], **NOOP) == "tefMASTER_DISABLED"
    assert bank.multi_result(owner.address, [as_signer], **NOOP) == "tesSUCCESS"


def test_the_master_key_goes_only_where_another_way_stays(bank: Bank) -> None:
    wallet, signer = bank.fund(), Wallet.create()
    assert bank.result(wallet, **NOOP, SetFlag=4) == "tecNO_ALTERNATIVE_KEY"
    bank.must(wallet, TransactionType="SignerListSet", SignerQuorum=1, SignerEntries=entries(signer))
    assert bank.multi_result(wallet.address, [signer], **NOOP, SetFlag=4) == "tecNEED_MASTER_KEY"
    bank.must(wallet, **NOOP, SetFlag=4)
    removal = {"TransactionType": "SignerListSet", "SignerQuorum": 0}
    assert bank.multi_result(wallet.address, [signer], **removal) == "tecNO_ALTERNATIVE_KEY"
    assert bank.multi_result(wallet.address, [signer], **NOOP, ClearFlag=4) == "tesSUCCESS"
    assert bank.result(wallet, **removal) == "tesSUCCESS"
    bank.ledger.close()
    assert bank.root(wallet.address)["OwnerCount"] == 0


@pytest.mark.parametrize(
    ("quorum", "weights", "own", "expected"),
    [
        (3, [1, 1], False, "temBAD_QUORUM"),
        (1, [0], False, "temBAD_WEIGHT"),
        (1, [1], True, "temBAD_SIGNER"),
        (0, [1], False, "temMALFORMED"),
        (1, [1] * 33, False, "temMALFORMED"),
        (32, [1] * 32, False, "tesSUCCESS"),
    ],
)
def test_signer_lists_that_cannot_be(
    bank: Bank, quorum: int, weights: list[int], own: bool, expected: str
) -> None:
    wallet = bank.fund()
    rows = [
        {"SignerEntry": {"Account": Wallet.create().address, "SignerWeight": weight}} for weight in weights
    ]
    if own:
        rows[0]["SignerEntry"]["Account"] = wallet.address
    fields = {"TransactionType": "SignerListSet", "SignerQuorum": quorum, "SignerEntries": rows}
    assert bank.result(wallet, **fields) == expected


def local_failure(bank: Bank, blob: str) -> str:
    answer = bank.submit(blob)
    assert answer["error"] == "invalidTransaction", answer
    assert answer["status"] == "error"
    return str(answer["error_exception"])


def test_signatures_that_are_not_over_these_bytes(bank: Bank) -> None:
    wallet = bank.fund()
    changed = decode(bank.single(wallet, **NOOP)) | {"Domain": "AB"}
    assert local_failure(bank, encode(changed)) == "fails local checks: Invalid signature."
    signers = [Wallet.create(), Wallet.create()]
    fields = bank.fill({**NOOP, "Account": wallet.address, "SigningPubKey": ""}, 2)
    good = decode(multi_blob(fields, signers))
    assert "Invalid signature on account" in local_failure(bank, encode(good | {"Domain": "AB"}))
    backwards = encode(good | {"Signers": good["Signers"][::-1]})
    assert local_failure(bank, backwards) == "fails local checks: Unsorted Signers array."
    twice = encode(good | {"Signers": [good["Signers"][0]] * 2})
    assert local_failure(bank, twice) == "fails local checks: Duplicate Signers not allowed."
    many = sorted((Wallet.create() for _ in range(33)), key=lambda w: decode_classic_address(w.address))
    crowd = encode(fields | {"Signers": [signer_entry(fields, signer) for signer in many]})
    assert local_failure(bank, crowd) == "fails local checks: Invalid Signers array size."
    self_signed = encode(fields | {"Signers": [signer_entry(fields, wallet)]})
    assert local_failure(bank, self_signed) == "fails local checks: Invalid multisigner."
    assert local_failure(bank, encode(fields)) == "fails local checks: Empty SigningPubKey."


def test_the_other_half_of_a_signature_is_refused(bank: Bank) -> None:
    """Whoever negates S makes other bytes with another id that verify; a node must not take them."""
    blob = bank.single(bank.genesis, **NOOP)
    fields = decode(blob)
    signature = bytes.fromhex(fields["TxnSignature"])
    length = signature[3]
    r_part, s = signature[2 : 4 + length], int.from_bytes(signature[6 + length :], "big")
    high = (ORDER - s).to_bytes(33, "big")
    s_part = bytes([2, len(high)]) + high
    body = r_part + s_part
    malleated = encode(fields | {"TxnSignature": (bytes([0x30, len(body)]) + body).hex().upper()})
    assert local_failure(bank, malleated) == "fails local checks: Invalid signature."
    assert outcome(bank.submit(blob)) == "tesSUCCESS"


def test_bytes_that_are_no_transaction(bank: Bank) -> None:
    blob = bank.single(bank.genesis, **NOOP)
    local_failure(bank, blob + "00")
    local_failure(bank, blob[:-2])
    local_failure(bank, "00" * 40)
    # A field twice, and the fields in another order, decode to the same thing and are not the same bytes.
    local_failure(bank, blob[:6] + blob[:6] + blob[6:])
    assert bank.submit("zz")["error"] == "invalidParams"
    assert bank.submit("")["error"] == "invalidParams"
    pseudo = encode({"TransactionType": "SetFee", "Account": "rrrrrrrrrrrrrrrrrrrrrhoLvTp", "Fee": "0",
                     "Sequence": 0, "SigningPubKey": "", "BaseFee": "000000000000000A",
                     "ReferenceFeeUnits": 10, "ReserveBase": 1, "ReserveIncrement": 1})  # fmt: skip
    assert "pseudo" in local_failure(bank, pseudo)


def test_the_python_sdk_unmodified(bank: Bank) -> None:
    """Its own signing, autofill and combination, against the second operator too."""
    owner = bank.fund()
    signers = [Wallet.create(), Wallet.create(CryptoAlgorithm.SECP256K1)]
    client = bank.ledger.client()
    listing = autofill(
        SignerListSet(
            account=owner.address,
            signer_quorum=2,
            signer_entries=[SignerEntry(account=w.address, signer_weight=1) for w in signers],
        ),
        client,
    )
    assert listing.network_id == 63456
    assert bank.ledger.client(1).request(_submit_of(sign(listing, owner).blob())).result["engine_result"] == (
        "tesSUCCESS"
    )
    bank.ledger.close()
    payment = autofill(
        Payment(account=owner.address, destination=bank.genesis.address, amount="7"), client, signers_count=2
    )
    combined = multisign(payment, [sign(payment, w, multisign=True) for w in signers])
    answer = client.request(_submit_of(combined.blob()))
    assert answer.is_successful()
    assert answer.result["engine_result"] == "tesSUCCESS"
    assert answer.result["tx_json"]["hash"] == combined.get_hash()
    bank.ledger.close()
    assert bank.ledger.ask("tx", transaction=combined.get_hash(), endpoint=1)["validated"] is True


def _submit_of(blob: str) -> Any:
    from xrpl.models import SubmitOnly

    return SubmitOnly(tx_blob=blob)


def test_the_python_sdk_waits_for_a_timed_close(tmp_path: Any) -> None:
    with LedgerProcess(tmp_path, close_ms=300) as timed:
        genesis = Bank(timed).genesis
        answer = submit_and_wait(AccountSet(account=genesis.address, domain="ab"), timed.client(), genesis)
        assert answer.result["validated"] is True
        assert answer.result["meta"]["TransactionResult"] == "tesSUCCESS"
