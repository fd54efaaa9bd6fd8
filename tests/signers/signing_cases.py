"""What the tests of signers share: a passphrase, and a transaction to sign."""

from __future__ import annotations

from typing import Final

from xrpl.core import binarycodec

PASSPHRASE: Final = b"violet anchor seventeen lamps"
GENESIS: Final = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
GENESIS_SEED: Final = "snoPBrXtMeMyMHUVTgbuqAfg1SUTb"
NETWORK: Final = "xrpl:63456"
REPORT: Final = "5a" * 32

#: What is to be signed, as xrpl-py knows it: the tests do not take our own encoder's word.
PAYMENT: Final = {
    "TransactionType": "Payment",
    "Flags": 0x80000000,
    "NetworkID": 63456,
    "Account": GENESIS,
    "Destination": "rrrrrrrrrrrrrrrrrrrrBZbvji",
    "Amount": "25000000",
    "Fee": "30",
    "Sequence": 7,
    "LastLedgerSequence": 900,
    "SigningPubKey": "",
}
BODY: Final = binarycodec.encode(PAYMENT)
