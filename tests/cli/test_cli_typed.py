"""Values typed on the command line: what is wrong with them is said of the command line, not of a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import run_here

BARE = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
ME = f"xrpl:0:{BARE}"
PAYMENT = {"--from": ME, "--to": ME, "--asset": "xrpl:0/slip44:144", "--amount": "1"}


def paying(**changed: str) -> list[str]:
    options = {**PAYMENT, **{f"--{name.replace('_', '-')}": text for name, text in changed.items()}}
    return ["proposal", "new", "payment", *(word for pair in options.items() for word in pair)]


WRONG = [
    (paying(to=BARE), "--to: ", "Write the network before the address, such as xrpl:0:r…"),
    (paying(**{"from": BARE}), "--from: ", "Write the network before the address, such as xrpl:0:r…"),
    (paying(to="xrpl:0:abc"), "--to: ", "such as xrpl:0:r…"),
    (paying(to="xrpl:abc:r"), "--to: ", "not a network id such as xrpl:0"),
    (paying(asset="USD"), "--asset: ", "such as xrpl:0/slip44:144"),
    (paying(amount="1e3"), "--amount: ", "such as 25000.50"),
    (paying(tag="abc"), "--tag: ", "a whole number up to 4294967295"),
    (paying(tag="4294967296"), "--tag: ", "a whole number up to 4294967295"),
    (paying(expires_in="3x"), "--expires-in: ", "such as 12h or 3d"),
    (["proposal", "new", "trust", "--from", ME, "--asset", "USD", "--limit", "1"], "--asset: ", "slip44"),
    (["proposal", "new", "trust", "--from", ME, "--asset", "xrpl:0/slip44:144", "--limit", "x"],
     "--limit: ", ""),
    (["proposal", "new", "signer-list", "--from", ME, "--quorum", "1", "--signer", f"{BARE}=1"], "",
     "Write the network"),
    (["proposal", "new", "payments", "-", "--from", ME, "--asset", "USD"], "--asset: ", "slip44"),
    (["proposal", "import", "-", "--network", "xrpl:abc"], "--network: ", "such as xrpl:0"),
    (["proposal", "copy", "00", "--expires-in", "3x"], "--expires-in: ", "such as 12h or 3d"),
    (["proposal", "cancel", "00", "--expires-in", "3x"], "--expires-in: ", "such as 12h or 3d"),
    (["proposal", "submit", "00", "--wait", "3x"], "--wait: ", "such as 12h or 3d"),
    (["proposal", "track", "00", "--wait", "3x"], "--wait: ", "such as 12h or 3d"),
    (["proposal", "slots", "list", "--account", BARE], "--account: ", "Write the network before"),
    (["proposal", "slots", "reserve", "1", "--account", BARE], "--account: ", "Write the network before"),
    (["proposal", "slots", "release", "1", "--account", BARE], "--account: ", "Write the network before"),
    (["proposal", "slots", "cancel", "1", "--account", BARE], "--account: ", "Write the network before"),
    (["accounts", "add", BARE, "--label", "x"], "", "Write the network before"),
    (["accounts", "show", BARE], "", "Write the network before"),
    (["accounts", "qr", BARE], "", "Write the network before"),
    (["accounts", "qr", f"xrpl:0:{BARE[:-1]}x"], "", ""),
    (["halt", "--workspace", "w", "--reason", "x", "--account", ME, "--account", BARE],
     "--account: ", "Write the"),
    (["nodes", "add", "https://a", "--id", "a", "--operator", "b", "--network", "xrpl:abc"],
     "--network: ", ""),
    (["inspect", "-", "--network", "xrpl:abc"], "--network: ", "such as xrpl:0"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "option", "form"), WRONG, ids=[" ".join(row[0])[:90] for row in WRONG])
def test_a_wrong_value_names_its_option_and_its_form(command: list[str], option: str, form: str) -> None:
    answer = run_here("--json", *command)
    assert (answer.exit_code, answer.error["code"]) == (3, "MALFORMED")
    assert answer.error["message"].startswith(option)
    assert form in answer.error["message"]
    assert answer.error["hint"] == "Check what you typed; --help shows the form."


def test_inspect_takes_a_bare_address_of_a_signer_as_before() -> None:
    answer = run_here("--json", "inspect", "no-such-file", "--signer", BARE)
    assert answer.error["code"] == "NOT_FOUND"


def test_a_file_that_cannot_be_read_is_still_its_authors_matter(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text("{")
    answer = run_here("--json", "inspect", str(file))
    assert answer.error["hint"].startswith("Ask its author")
