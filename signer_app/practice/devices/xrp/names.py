"""Names that the XRP app 2.4.1 shows for fields, transaction types and flags. It knows no others."""

from __future__ import annotations

from collections.abc import Mapping

UINT16, UINT32, HASH128, HASH256, AMOUNT, BLOB, ACCOUNT = 1, 2, 4, 5, 6, 7, 8
OBJECT, ARRAY, UINT8, PATH_SET = 14, 15, 16, 18
#: The app's own type for a currency code that it shows apart from its amount.
CURRENCY = 0xF0
UNKNOWN = "Unknown"

TRANSACTION_TYPE = (UINT16, 2)
FLAGS = (UINT32, 2)
SEQUENCE = (UINT32, 4)
LAST_LEDGER_SEQUENCE = (UINT32, 27)
SET_FLAG = (UINT32, 33)
CLEAR_FLAG = (UINT32, 34)
SIGNING_PUB_KEY = (BLOB, 3)
MAIN_ACCOUNT = (ACCOUNT, 1)
ISSUER = (ACCOUNT, 4)
REGULAR_KEY = (ACCOUNT, 8)
CURRENCY_CODE = (CURRENCY, 1)

_BY_TYPE: Mapping[int, Mapping[int, str]] = {
    UINT8: {16: "Tick Size"},
    UINT16: {2: "Transaction Type", 3: "Signer Weight"},
    UINT32: {
        2: "Flags",
        3: "Source Tag",
        4: "Sequence",
        10: "Expiration",
        11: "Transfer Rate",
        12: "Wallet Size",
        14: "Destination Tag",
        20: "Quality In",
        21: "Quality Out",
        25: "Offer Sequence",
        27: "Last Ledger Sequence",
        33: "Set Flag",
        34: "Clear Flag",
        35: "Signer Quorum",
        36: "Cancel After",
        37: "Finish After",
        39: "Settle Delay",
    },
    HASH128: {1: "Email Hash"},
    HASH256: {
        5: "Previous Txn ID",
        7: "Wallet Locator",
        9: "Account Txn ID",
        17: "Invoice ID",
        20: "Ticket ID",
        22: "Channel",
        24: "Check ID",
    },
    AMOUNT: {
        1: "Amount",
        2: "Balance",
        3: "Limit Amount",
        4: "Taker Pays",
        5: "Taker Gets",
        8: "Fee",
        9: "Send Max",
        10: "Deliver Min",
    },
    BLOB: {
        1: "Public Key",
        2: "Message Key",
        3: "Sig.PubKey",
        4: "Txn Sig.",
        6: "Signature",
        7: "Domain",
        12: "Memo Type",
        13: "Memo Data",
        14: "Memo Fmt",
        16: "Fulfillment",
        17: "Condition",
    },
    ACCOUNT: {
        1: "Account",
        2: "Owner",
        3: "Destination",
        4: "Issuer",
        5: "Authorize",
        6: "Unauthorize",
        8: "Regular Key",
    },
    CURRENCY: {1: "Currency"},
}

PAYMENT, ACCOUNT_SET, SET_REGULAR_KEY, OFFER_CREATE, CHANNEL_CLAIM, TRUST_SET = 0, 3, 5, 7, 15, 20
_TRANSACTIONS: Mapping[int, str] = {
    PAYMENT: "Payment",
    1: "Create Escrow",
    2: "Finish Escrow",
    ACCOUNT_SET: "Account Setting",
    4: "Cancel Escrow",
    SET_REGULAR_KEY: "Set Regular Key",
    OFFER_CREATE: "Create Offer",
    8: "Cancel Offer",
    12: "Set Signer List",
    13: "Create Channel",
    14: "Fund Channel",
    CHANNEL_CLAIM: "Channel Claim",
    16: "Create Check",
    17: "Cash Check",
    18: "Cancel Check",
    19: "Preauth. Deposit",
    TRUST_SET: "Set Trust Line",
    21: "Delete Account",
}

#: Transaction type to the flags of its field Flags that the app names, in the order shown.
TRANSACTION_FLAGS: Mapping[int, Mapping[int, str]] = {
    PAYMENT: {0x10000: "No Direct Ripple", 0x20000: "Partial Payment", 0x40000: "Limit Quality"},
    ACCOUNT_SET: {
        0x10000: "Require Dest Tag",
        0x20000: "Optional Dest Tag",
        0x40000: "Require Auth",
        0x80000: "Optional Auth",
        0x100000: "Disallow XRP",
        0x200000: "Allow XRP",
    },
    OFFER_CREATE: {
        0x10000: "Passive",
        0x20000: "Immediate or Cancel",
        0x40000: "Fill or Kill",
        0x80000: "Sell",
    },
    CHANNEL_CLAIM: {0x10000: "Renew", 0x20000: "Close"},
    TRUST_SET: {
        0x10000: "Setf Auth",
        0x20000: "Set No Ripple",
        0x40000: "Clear No Ripple",
        0x100000: "Set Freeze",
        0x200000: "Clear Freeze",
    },
}
#: Values of SetFlag and ClearFlag in an AccountSet.
ACCOUNT_FLAGS: Mapping[int, str] = {
    1: "Require Dest",
    2: "Require Auth",
    3: "Disallow XRP",
    4: "Disable Master",
    5: "Track Txn ID",
    6: "No Freeze",
    7: "Global Freeze",
    8: "Ripple by default",
    9: "Deposit Auth",
}


def field_name(field: tuple[int, int]) -> str:
    """The name of (type, number)."""
    return _BY_TYPE.get(field[0], {}).get(field[1], UNKNOWN)


def transaction_name(number: int) -> str:
    """The name of a transaction type."""
    return _TRANSACTIONS.get(number, UNKNOWN)
