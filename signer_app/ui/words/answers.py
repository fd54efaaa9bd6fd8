"""What a node's first answer to a transaction means, in a sentence beside its code (xrpl.org, "Transaction
Results"). An answer is no outcome: only a validated ledger is.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

#: Code of the XRP Ledger -> what it means for who sent it.
SENTENCES = MappingProxyType(
    {
        "tesSUCCESS": "Taken, and expected to succeed.",
        "tefALREADY": "The node has it already: another node passed it on.",
        "terQUEUED": "Waits in the node's queue for a later ledger.",
        "tefPAST_SEQ": "Its number was used: it, or another transaction, is in a ledger.",
        "tefNO_TICKET": "Its ticket is not there: it was used, or was never made.",
        "tefMAX_LEDGER": "Too late: the last ledger that may hold it is closed.",
        "tefBAD_QUORUM": "Its signatures do not reach the ledger's quorum.",
        "tefBAD_SIGNATURE": "One of its signatures is of nobody on the ledger's signer list.",
        "tefNOT_MULTI_SIGNING": "The account has no signer list.",
        "tefMASTER_DISABLED": "The account's master key is disabled.",
        "telINSUF_FEE_P": "The fee is too small for the load of now; the node did not pass it on.",
        "telWRONG_NETWORK": "It is for another network than the node's.",
        "telREQUIRES_NETWORK_ID": "The node's network wants its number in the transaction.",
        "terPRE_SEQ": "A transaction with an earlier number has to come first.",
        "terPRE_TICKET": "Its ticket is not made yet.",
        "terINSUF_FEE_B": "The account cannot pay the fee.",
        "terNO_ACCOUNT": "The sending account does not exist.",
        "tecPATH_DRY": "No path has anything to pay with; if it stays so, the fee alone is spent.",
        "tecPATH_PARTIAL": "The paths cannot bring the whole amount; if it stays so, the fee alone is spent.",
        "tecUNFUNDED_PAYMENT": "The account holds too little; if it stays so, the fee alone is spent.",
        "tecNO_DST": "The recipient does not exist; if it stays so, the fee alone is spent.",
        "tecNO_DST_INSUF_XRP": "The recipient does not exist, and this is too little to make it.",
        "tecDST_TAG_NEEDED": "The recipient asks for a destination tag; the fee alone is spent.",
        "tecINSUFFICIENT_RESERVE": "The account's reserve is too small; the fee alone is spent.",
    }
)
_FAMILIES: Final = MappingProxyType(
    {
        "tes": "Taken.",
        "tec": "Taken, and expected to fail: the fee alone is spent.",
        "ter": "Not yet: it may get in later.",
        "tel": "This node did not take it; another may.",
        "tef": "Refused: it cannot get in as the ledger is now.",
        "tem": "Refused: it is not well formed for this ledger.",
    }
)


def meaning(answer: str) -> str:
    """The sentence for an answer, that of its family, or "" for words that are no code."""
    if answer in SENTENCES:
        return SENTENCES[answer]
    family = re.fullmatch(r"(te[scrlfm])[A-Z0-9_]+", answer)
    return _FAMILIES[family[1]] if family else ""


def with_meaning(answer: str) -> str:
    """The code and its sentence, as the tables show it."""
    said = meaning(answer)
    return f"{answer}: {said}" if said else answer
