"""CAIP ids: one spelling for each thing, everything else refused."""

from __future__ import annotations

import pytest

from signer_app.core import caip
from signer_app.core.errors import MalformedError

R = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
G = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
E = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
CURRENCY = "524C555344000000000000000000000000000000"


@pytest.mark.parametrize(
    "network",
    ["xrpl:0", "xrpl:1", "xrpl:63456", "xrpl:4294967295", "stellar:pubnet", "stellar:countersign-practice"]
    + ["eip155:1", "eip155:18446744073709551615"],
)
def test_networks_that_are_read(network: str) -> None:
    assert caip.parse_network(network) == network


@pytest.mark.parametrize(
    "network",
    ["", "xrpl", "xrpl:", "xrpl:00", "xrpl:01", "xrpl:-1", "xrpl:4294967296", "xrpl:99999999999", "XRPL:0"]
    + ["xrpl:0\n", " xrpl:0", "xrpl:\u0660", "eip155:0", "eip155:01", "stellar:", "stellar:PUBNET", "btc:0"]
    + ["stellar:" + "a" * 33, "xrpl:0:x", "xrpl:mainnet"],
)
def test_networks_that_are_refused(network: str) -> None:
    with pytest.raises(MalformedError):
        caip.parse_network(network)


@pytest.mark.parametrize("address", [f"xrpl:0:{R}", f"stellar:pubnet:{G}", f"eip155:1:{E}"])
def test_accounts_round_trip(address: str) -> None:
    account = caip.parse_account(address)
    assert str(account) == address
    assert account.network == address.rpartition(":")[0]
    assert account.address == address.rpartition(":")[2]


@pytest.mark.parametrize(
    "text",
    [
        R,
        f"xrpl:{R}",
        f"xrpl:0:{G}",
        f"stellar:pubnet:{R}",
        f"eip155:1:{E[2:]}",
        f"xrpl:0:{R}\n",
        f"xrpl:0:{R} ",
        f"xrpl:0:{R[:20]}",
        f"xrpl:0:{R}{R}",
        "xrpl:0:X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ",  # an X-address hides a tag
        f"xrpl:0:{R.replace('9', '0', 1)}",  # 0 is not in the alphabet
        f"xrpl:0:{R[:-1]}l",
        "",
        ":",
        "::",
    ],
)
def test_accounts_that_are_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        caip.parse_account(text)


@pytest.mark.parametrize(
    "asset",
    [
        caip.xrp("xrpl:0"),
        caip.xrpl_issued("xrpl:0", CURRENCY, R),
        caip.xrpl_mpt("xrpl:0", "0" * 47 + "A"),
        "xrpl:0/nft:" + "F" * 64,
        "stellar:pubnet/slip44:148",
        f"stellar:pubnet/asset:USDC-{G}",
        "eip155:1/slip44:60",
        f"eip155:1/erc20:{E}",
        f"eip155:1/erc721:{E}/17",
    ],
)
def test_assets_that_are_read(asset: str) -> None:
    assert caip.parse_asset(asset) == asset
    assert caip.asset_network(asset) == asset.split("/", maxsplit=1)[0]


@pytest.mark.parametrize(
    "asset",
    [
        "xrpl:0",
        "xrpl:0/slip44:60",
        "eip155:1/slip44:144",
        f"xrpl:0/iou:{CURRENCY.lower()}.{R}",  # hex is upper
        f"xrpl:0/iou:RLUSD.{R}",
        f"xrpl:0/iou:{CURRENCY}",
        "xrpl:0/mpt:" + "A" * 47,
        f"stellar:pubnet/asset:USDCUSDCUSDCX-{G}",
        f"eip155:1/erc721:{E}/01",
        "xrpl:0/slip44:144\n",
    ],
)
def test_assets_that_are_refused(asset: str) -> None:
    with pytest.raises(MalformedError):
        caip.parse_asset(asset)


def test_ids_are_spelled_as_the_contracts_say() -> None:
    assert caip.xrp("xrpl:0") == "xrpl:0/slip44:144"
    assert caip.xrpl_issued("xrpl:0", CURRENCY, R) == f"xrpl:0/iou:{CURRENCY}.{R}"
    assert caip.account_asset_key(f"xrpl:0:{R}", "xrpl:0/slip44:144") == f"xrpl:0:{R}|xrpl:0/slip44:144"
    assert caip.namespace("xrpl:0") == "xrpl"
    assert caip.parse_network(caip.PRACTICE_XRPL) == "xrpl:63456"
