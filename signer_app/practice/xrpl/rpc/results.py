"""Engine results in words, as a node gives them beside the code."""

from __future__ import annotations

from signer_app.practice.xrpl.codec import engine_codes

_WORDS = {
    "tesSUCCESS": "The transaction was applied. Only final in a validated ledger.",
    "tecDIR_FULL": "Can not add entry to full directory.",
    "tecDST_TAG_NEEDED": "A destination tag is required.",
    "tecHAS_OBLIGATIONS": "The account cannot be deleted since it has obligations.",
    "tecINSUFFICIENT_RESERVE": "Insufficient reserve to complete requested operation.",
    "tecINSUF_RESERVE_LINE": "Insufficient reserve to add trust line.",
    "tecNEED_MASTER_KEY": "The operation requires the use of the Master Key.",
    "tecNO_ALTERNATIVE_KEY": "The operation would remove the ability to sign transactions with the account.",
    "tecNO_DST": "Destination does not exist. Too little XRP sent to create it.",
    "tecNO_DST_INSUF_XRP": "Destination does not exist. Too little XRP sent to create it.",
    "tecNO_LINE_INSUF_RESERVE": "No such line. Too little reserve to create it.",
    "tecNO_LINE_REDUNDANT": "Can't set non-existent line to default.",
    "tecNO_PERMISSION": "No permission to perform requested operation.",
    "tecOWNERS": "Non-zero owner count.",
    "tecPATH_DRY": "Path could not send partial amount.",
    "tecPATH_PARTIAL": "Path could not send full amount.",
    "tecTOO_SOON": "It is too early to attempt the requested operation. Please wait.",
    "tecUNFUNDED_PAYMENT": "Insufficient XRP balance to send.",
    "tefALREADY": "The exact transaction was already in this ledger.",
    "tefBAD_AUTH": "Transaction's public key is not authorized.",
    "tefBAD_QUORUM": "Signatures provided do not meet the quorum.",
    "tefBAD_SIGNATURE": "A signature is provided for a non-signer.",
    "tefMASTER_DISABLED": "Master key is disabled.",
    "tefMAX_LEDGER": "Ledger sequence too high.",
    "tefNOT_MULTI_SIGNING": "Account has no appropriate list of multi-signers.",
    "tefNO_AUTH_REQUIRED": "Auth is not required.",
    "tefNO_TICKET": "Ticket is not in ledger.",
    "tefPAST_SEQ": "This sequence number has already passed.",
    "tefWRONG_PRIOR": "This previous transaction does not match.",
    "telINSUF_FEE_P": "Fee insufficient.",
    "telNO_DST_PARTIAL": "Partial payment to create account not allowed.",
    "telREQUIRES_NETWORK_ID": (
        "Transactions submitted to this node/network require a correct NetworkID field."
    ),
    "telWRONG_NETWORK": "Transaction specifies a Network ID that differs from that of the local node.",
    "temBAD_AMOUNT": "Malformed: Bad amount.",
    "temBAD_FEE": "Invalid fee, negative or not XRP.",
    "temDISABLED": "The transaction requires logic that is currently disabled.",
    "temDST_IS_SRC": "Destination may not be source.",
    "temDST_NEEDED": "Destination not specified.",
    "temINVALID": "The transaction is ill-formed.",
    "temINVALID_FLAG": "The transaction has an invalid flag.",
    "temMALFORMED": "Malformed transaction.",
    "temREDUNDANT": "The transaction is redundant.",
    "temSEQ_AND_TICKET": "Transaction contains a TicketSequence and a non-zero Sequence.",
    "temUNKNOWN": "The transaction requires logic that is not implemented yet.",
    "terINSUF_FEE_B": "Account balance can't pay fee.",
    "terNO_ACCOUNT": "The source account does not exist.",
    "terPRE_SEQ": "Missing/inapplicable prior transaction.",
    "terPRE_TICKET": "Ticket is not yet in ledger.",
}


def code_of(result: str) -> int:
    """The number of an engine result."""
    return engine_codes()[result]


def words_of(result: str) -> str:
    """The sentence of an engine result; the code itself where the practice ledger has no sentence."""
    return _WORDS.get(result, result)
