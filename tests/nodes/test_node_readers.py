"""From a configuration to the reader of a ledger."""

from __future__ import annotations

import pytest
from ledger_entries import ALICE, payment
from scripted_node import NETWORK, LedgerScript, ScriptedNode

from signer_app.chains.xrpl.movements import body_of
from signer_app.core.config import NetworkClass, NodeProfile, PlatformConfig
from signer_app.core.errors import NodeError, UsageError
from signer_app.core.inspection import Slot
from signer_app.nodes.readers import Readers


def config(network_class: NetworkClass, *nodes: NodeProfile) -> PlatformConfig:
    return PlatformConfig(network_class=network_class, nodes=nodes)


def test_a_practice_ledger_may_stand_still_and_another_may_not() -> None:
    ours = payment(90)
    script = LedgerScript(100, age=9_999)
    script.account(ALICE, Sequence=91)
    script.transactions = [ours]
    question = {
        "account": f"{NETWORK}:{ALICE}", "body": body_of(ours["tx_json"]), "slot": Slot("sequence", "90"),
        "expiry_ledger": None, "since_ledger": 50,
    }  # fmt: skip
    with ScriptedNode(script) as node:
        with Readers(config("practice", node.profile())) as readers:
            practice = readers.ledger(NETWORK, min_agree=1)
            assert practice.network == NETWORK
            assert practice.outcome(**question).state == "CONFIRMED"
        script.info["network_id"] = 21337
        with Readers(config("testnet", node.profile(network="xrpl:21337"))) as readers:
            real = readers.ledger("xrpl:21337", min_agree=1)
            with pytest.raises(NodeError) as failed:
                real.outcome(**question | {"account": f"xrpl:21337:{ALICE}"})
            assert failed.value.code == "NODE_BEHIND"


def test_what_is_not_set_up_or_not_built_says_so() -> None:
    with Readers(config("practice")) as readers:
        with pytest.raises(NodeError) as missing:
            readers.ledger(NETWORK, min_agree=2)
        with pytest.raises(UsageError) as unbuilt:
            readers.ledger("stellar:testnet", min_agree=2)
    assert missing.value.hint == "Run nodes add."
    assert unbuilt.value.code == "NOT_BUILT"
