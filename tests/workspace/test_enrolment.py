"""Enrolments: what they prove, and that nothing of them can be changed or borrowed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from offices import Offices

from signer_app.core.canonical import canonical
from signer_app.core.errors import CountersignError, MalformedError, UsageError
from signer_app.signers.statements import statement_message, verify_statement
from signer_app.workspace import enrolment


@pytest.fixture(scope="module")
def files(template: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The enrolments of bob (Ed25519) and carol (secp256k1), as they travel."""
    offices = template.copy(tmp_path_factory.mktemp("enrol"))
    found = {}
    for name in ("bob", "carol"):
        with offices.open(name) as opened:
            opened.unlock_keys(offices.opener(name))
            made = enrolment.make_enrolment(opened, enrolment.keystore_holders(opened))
            found[name] = made.to_bytes()
            noted = [record for _, record in opened.journal.records() if record["type"] == "note"]
            assert noted[-1]["fingerprint"] == made.fingerprint
    return found


def changed(data: bytes, change: Any) -> bytes:
    value = json.loads(data)
    change(value)
    return canonical(value)


@pytest.mark.parametrize("name", ["bob", "carol"])
def test_it_says_whose_keys_they_are(files: dict[str, bytes], name: str) -> None:
    found = enrolment.read_enrolment(files[name])
    shown = enrolment.describe(found)
    assert (shown["person"], shown["org"], shown["network"]) == (name, "acme", "xrpl:63456")
    (key,) = found.keys
    assert (key.id, key.backend, key.device) == (f"{name}-xrp", "keystore", f"workstation-{name}")
    assert key.public_key.startswith("ED" if name == "bob" else "0")
    assert "proof" not in str(shown)
    assert len(str(shown["fingerprint"])) == 64
    unsigned = {k: v for k, v in json.loads(files[name]).items() if k != "sig"}
    assert verify_statement(found.device_key, "enrol", unsigned, found.sig)
    assert statement_message("enrol", unsigned).startswith(b"countersign/enrol@1\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(person="mallory"),
        lambda v: v.update(device_key="ed25519:" + "1" * 64),
        lambda v: v.update(roles=["security"]),
        lambda v: v["keys"][0].update(device="nano-7"),
        lambda v: v["keys"].clear(),
        lambda v: v.update(at="2026-11-20T12:00:00Z"),
    ],
    ids=["person", "device key", "roles", "device", "no key", "time"],
)
def test_a_changed_file_is_refused(files: dict[str, bytes], change: Any) -> None:
    with pytest.raises(MalformedError) as caught:
        enrolment.read_enrolment(changed(files["carol"], change))
    assert caught.value.code == "BAD_SIGNATURE"


def test_the_key_of_another_person_cannot_be_borrowed(offices: Offices, files: dict[str, bytes]) -> None:
    """Bob signs everything himself, but carries carol's key with carol's proof."""
    stolen = enrolment.read_enrolment(files["carol"]).keys[0]
    with offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))
        holder = enrolment.Holder(
            "mine",
            stolen.signer,
            stolen.public_key,
            "keystore",
            "workstation-bob",
            lambda _body: stolen.proof,
        )
        with pytest.raises(MalformedError) as caught:
            enrolment.make_enrolment(opened, [holder])
    assert caught.value.code == "BAD_SIGNATURE"
    assert "mine" in caught.value.message


def test_a_key_is_named_once(offices: Offices) -> None:
    with offices.open("bob") as opened:
        opened.unlock_keys(offices.opener("bob"))
        (holder,) = enrolment.keystore_holders(opened, ["bob-xrp", "bob-xrp"])
        with pytest.raises(MalformedError):
            enrolment.make_enrolment(opened, [holder, holder])


def test_locked_keys_enrol_nobody(offices: Offices) -> None:
    with offices.open("bob") as opened, pytest.raises(UsageError) as caught:
        enrolment.keystore_holders(opened)
    assert caught.value.code == "PASSPHRASE_REQUIRED"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "MALFORMED"),
        (b"[]", "MALFORMED"),
        (b'{"kind":"enrol"}', "MALFORMED"),
        (b" " * 300_000, "TOO_LARGE"),
    ],
)
def test_what_is_no_enrolment_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(CountersignError) as caught:
        enrolment.read_enrolment(data)
    assert caught.value.code == code


def test_the_command_writes_and_checks_a_file(offices: Offices, tmp_path: Path) -> None:
    path = tmp_path / "carol.enrol.json"
    made = offices.do("carol", "workspace", "enrol", "-o", str(path)).result
    assert made["keys"][0]["id"] == "carol-xrp"
    checked = offices.do("alice", "workspace", "check-enrol", str(path)).result
    assert checked == made
    assert checked["fingerprint"] in offices.say("alice", "workspace", "check-enrol", str(path)).out
    path.write_bytes(changed(path.read_bytes(), lambda value: value.update(org="other")))
    assert offices.do("alice", "workspace", "check-enrol", str(path)).refused == (3, "BAD_SIGNATURE")
