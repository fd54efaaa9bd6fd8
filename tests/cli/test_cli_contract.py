"""The envelope: one JSON object whatever happens, exit codes of DESIGN section 5, options anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from offices import ROOT, Offices, run_here, run_process, run_program
from test_cli_help import COMMANDS, LEAVES

from signer_app.cli import main as program
from signer_app.cli.main import hoist, taking_values
from signer_app.core.errors import CATALOGUE

FAMILY_EXIT = {
    "unforeseen": 1, "usage": 2, "malformed": 3, "denied": 4, "signer": 5, "node": 6, "integrity": 7,
    "not_found": 8, "conflict": 8,
}  # fmt: skip


# -- usage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [path for path in LEAVES if path != ("demo",)], ids=" ".join)
def test_an_option_that_does_not_exist_is_a_usage_error(path: tuple[str, ...]) -> None:
    answer = run_here("--json", *path, "--no-such-option")
    assert answer.refused == (2, "USAGE")
    assert answer.err == ""


#: Three need nothing and run; a repair asks a person before it looks; devices are there without a workspace.
RUN = {("about",), ("demo",), ("practice", "start"), ("journal", "repair")}
BARE = [path for path in LEAVES if path not in RUN and path[0] != "devices"]


@pytest.mark.parametrize("path", BARE, ids=" ".join)
def test_what_is_missing_is_a_usage_error_or_a_missing_workspace(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command run bare in an empty folder: one object, no trace, nothing left behind."""
    monkeypatch.chdir(tmp_path)
    answer = run_here("--json", *path)
    required = any(parameter.required for parameter in COMMANDS[path].params)
    assert answer.refused == ((2, "USAGE") if required else (8, "NOT_A_WORKSPACE"))
    assert list(tmp_path.iterdir()) == []


def test_about_needs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_here("--json", "about").result
    assert set(result) == {"version", "build"}
    assert (result["build"]["state"], result["build"]["manifest"]) == ("source", None)
    assert "no build to check" in run_here("about").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("proposal", "nonsense"),
        ("proposal", "show"),
        ("proposal", "show", "a", "b"),
        ("journal", "prove", "seven", "-o", "x"),
        ("policy", "check", "x", "--policy", "y", "--phase", "later"),
        ("policy", "check", "x", "--policy", "y", "--phase", "sign"),
        ("workspace", "init", "x", "--class", "toy", "--org", "a", "--person", "b"),
        ("practice", "start", "--close-ms", "0"),
        ("practice", "start", "--close-ms", "soon"),
        ("demo", "--fault", "nonsense"),
        ("--workspace",),
        (),
    ],
    ids=" ".join,
)
def test_usage_errors_are_one_object_with_exit_2(arguments: tuple[str, ...]) -> None:
    assert run_here("--json", *arguments).refused == (2, "USAGE")


def test_without_json_an_error_is_words_on_stderr() -> None:
    answer = run_here("inspect", "/no/such/file")
    assert (answer.exit_code, answer.out) == (8, "")
    assert answer.err.startswith("NOT_FOUND: ")


def test_every_code_of_the_catalogue_has_the_exit_code_of_its_family() -> None:
    from signer_app.core import errors

    families = {
        "unforeseen": errors.UnforeseenError, "usage": errors.UsageError, "malformed": errors.MalformedError,
        "denied": errors.DeniedError, "signer": errors.SignerError, "node": errors.NodeError,
        "integrity": errors.IntegrityError, "not_found": errors.NotFoundError,
        "conflict": errors.ConflictError,
    }  # fmt: skip
    assert {kind.family for kind in CATALOGUE.values()} == set(families)
    for name, family in families.items():
        assert family.exit_code == FAMILY_EXIT[name]


# -- global options ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["inspect", "x", "--json"], ["--json", "inspect", "x"]),
        (["a", "--workspace", "d", "b", "--yes"], ["--workspace", "d", "--yes", "a", "b"]),
        (["a", "--workspace=d", "b"], ["--workspace=d", "a", "b"]),
        (["a", "--", "--json"], ["a", "--", "--json"]),
        (["a", "--workspace"], ["a", "--workspace"]),
        (["--offline", "a", "--passphrase-file", "f"], ["--offline", "--passphrase-file", "f", "a"]),
        ([], []),
    ],
)
def test_global_options_are_brought_to_the_front(given: list[str], wanted: list[str]) -> None:
    assert hoist(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["proposal", "reject", "x", "--reason", "--yes"], ["proposal", "reject", "x", "--reason", "--yes"]),
        (["a", "-o", "--json", "--json"], ["--json", "a", "-o", "--json"]),
        (["a", "--reason=x", "--yes"], ["--yes", "a", "--reason=x"]),
        (["a", "--reason", "--workspace", "--yes"], ["--yes", "a", "--reason", "--workspace"]),
        (["a", "--vault", "--json"], ["--json", "a", "--vault"]),
        (["a", "--reason"], ["a", "--reason"]),
        (["a", "--reason", "--", "--json"], ["--json", "a", "--reason", "--"]),
    ],
)
def test_a_value_is_never_a_global_option(given: list[str], wanted: list[str]) -> None:
    valued = taking_values(typer.main.get_command(program.app))
    assert {"--reason", "--output", "-o", "--key", "--seed-file"} <= valued
    assert valued.isdisjoint({"--vault", "--follow", "--json", "--keyring"})
    assert hoist(given, valued) == wanted


@pytest.mark.parametrize(
    "arguments", [["--json", "inspect", "/no/file"], ["--version"], ["policy", "--help"]]
)
def test_a_full_device_ends_tidily(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "signer_app", *arguments],
            stdout=full, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"The answer could not be written: No space left on device" in done.stderr
    for odd in (b"Traceback", b"Exception ignored", b"OSError"):
        assert odd not in done.stderr


@pytest.mark.parametrize("which", ["vault", "keys"])
def test_a_secret_that_others_may_read_is_warned_of(offices: Offices, tmp_path: Path, which: str) -> None:
    for name, mode in (("vault", 0o600), ("keys", 0o600)):
        path = tmp_path / name
        path.write_text("a passphrase for tests")
        path.chmod(0o644 if name == which else mode)
    secrets = ("--passphrase-file", str(tmp_path / "vault"), "--key-passphrase-file", str(tmp_path / "keys"))
    answer = run_process(
        "--json", *secrets,
        "workspace", "init", str(tmp_path / "w"), "--class", "practice", "--org", "acme", "--person", "alice",
    )  # fmt: skip
    assert answer.exit_code == 0
    assert answer.err.count("Others on this system may read") == 1
    assert str(tmp_path / which) in answer.err
    assert answer.result["workspace"] == str(tmp_path / "w")


def test_they_may_stand_anywhere(offices: Offices) -> None:
    options = offices.globals("bob")
    first = run_here(*options, "proposal", "list")
    last = run_here("proposal", "list", *options)
    middle = run_here(*options[:3], "proposal", *options[3:], "list")
    assert first.result == last.result == middle.result


# -- what may come in --------------------------------------------------------------------------------------


def test_arguments_that_are_no_text_are_answered_too() -> None:
    """Bytes that are no UTF-8 reach the program as lone surrogates."""
    done = subprocess.run(
        [sys.executable, "-m", "signer_app", "--json", "inspect", b"/tmp/\xff\xfe"],
        capture_output=True, cwd=ROOT, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 8
    assert json.loads(done.stdout)["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_any_output_encoding_will_do(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("not a transaction ☃")
    name = tmp_path / "gel\u00f6scht\u202e"
    for arguments in (("--json", "inspect", str(name)), ("inspect", str(name))):
        answer = run_program(*arguments, PYTHONIOENCODING=encoding)
        assert answer.exit_code == 8
        assert "Traceback" not in answer.err


def test_without_standard_input_it_says_so() -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m signer_app --json inspect - <&-'],
        capture_output=True, cwd=ROOT, check=False, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["error"]["code"] in {"NOT_FOUND", "MALFORMED"}
    assert done.returncode in {3, 8}


def test_a_reader_that_goes_away_is_no_fault_of_the_program() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    for arguments in (["--json", "inspect", "/no/file"], ["policy", "--help"]):
        done = subprocess.run(
            [sys.executable, "-m", "signer_app", *arguments],
            stdout=write_end, stderr=subprocess.PIPE, cwd=ROOT, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr
        assert b"BrokenPipe" not in done.stderr
    os.close(write_end)


def test_a_fault_of_the_program_is_answered_without_what_it_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("the secret is swordfish")

    monkeypatch.setattr("signer_app.cli.inspect_command.read_input", broken)
    answer = run_here("--json", "inspect", "x")
    assert answer.refused == (1, "UNFORESEEN")
    assert answer.error["details"]["type"] == "ZeroDivisionError"
    assert "swordfish" not in answer.out + answer.err


def test_an_interrupt_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("signer_app.cli.inspect_command.read_input", stopped)
    answer = run_here("--json", "inspect", "x")
    assert answer.refused == (2, "USAGE")


# -- passphrases -------------------------------------------------------------------------------------------


def test_without_a_terminal_a_passphrase_must_be_a_file(offices: Offices) -> None:
    folder = str(offices.folder("bob"))
    assert run_process("--json", "--workspace", folder, "proposal", "list").refused == (
        2,
        "PASSPHRASE_REQUIRED",
    )
    vault = ["--passphrase-file", str(offices.secrets / "bob.vault")]
    assert run_process("--json", "--workspace", folder, *vault, "keys", "list").refused == (
        2,
        "PASSPHRASE_REQUIRED",
    )


def test_wrong_passphrases_are_told_apart(offices: Offices, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("guess\n")
    options = offices.globals("bob")
    vault = [*options[:3], "--passphrase-file", str(wrong), *options[5:]]
    assert run_here(*vault, "keys", "list").refused == (7, "VAULT_PASSPHRASE_WRONG")
    keys = [*options[:5], "--key-passphrase-file", str(wrong)]
    assert run_here(*keys, "keys", "list").refused == (5, "KEY_PASSPHRASE_WRONG")
    missing = [*options[:3], "--passphrase-file", str(tmp_path / "none"), *options[5:]]
    assert run_here(*missing, "keys", "list").refused == (8, "NOT_FOUND")


# -- making ------------------------------------------------------------------------------------------------


def test_a_workspace_is_made_by_the_real_command(tmp_path: Path) -> None:
    for name in ("v", "k"):
        (tmp_path / name).write_text(f"five violet anchors {name}\n")
    options = [
        "--json",
        "--passphrase-file",
        str(tmp_path / "v"),
        "--key-passphrase-file",
        str(tmp_path / "k"),
    ]
    init = [
        "workspace",
        "init",
        str(tmp_path / "w"),
        "--class",
        "practice",
        "--org",
        "acme",
        "--person",
        "dora",
    ]
    made = run_process(*options, *init, "--role", "finance")
    assert set(made.result) == {"workspace", "log_id", "device_key"}
    assert run_here(*options, *init).refused == (8, "EXISTS")
    home = ["--workspace", str(tmp_path / "w")]
    key = run_here(*options, *home, "keys", "generate", "--id", "one", "--curve", "ed25519").result
    assert set(key) >= {"id", "public_key", "accounts"}
    assert key["accounts"][0].startswith("xrpl:63456:r")
    assert run_here(*options, *home, "keys", "generate", "--id", "one").refused == (8, "EXISTS")
    assert run_here(*options, *home, "keys", "generate", "--id", "two", "--curve", "rsa").exit_code == 2
    seed = tmp_path / "seed"
    seed.write_text("snoPBrXtMeMyMHUVTgbuqAfg1SUTb\n")
    imported = run_here(*options, *home, "keys", "import", "--id", "genesis", "--seed-file", str(seed)).result
    assert imported["accounts"] == ["xrpl:63456:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"]
    listed = run_here(*options, *home, "keys", "list").result
    assert [k["id"] for k in listed["keys"]] == ["genesis", "one"]
    exported = tmp_path / "public.json"
    assert run_here(*options, *home, "keys", "export-public", "-o", str(exported)).exit_code == 0
    assert json.loads(exported.read_text()) == listed
    assert b"snoPBrXt" not in b"".join(p.read_bytes() for p in (tmp_path / "w").rglob("*") if p.is_file())


def test_a_failed_init_can_be_given_again(tmp_path: Path) -> None:
    (tmp_path / "v").write_text("five violet anchors\n")
    init = ["workspace", "init", str(tmp_path / "w"), "--class", "practice", "--org", "a", "--person", "dora"]
    vault = ["--json", "--passphrase-file", str(tmp_path / "v")]
    assert run_process(*vault, *init).refused == (2, "PASSPHRASE_REQUIRED")
    assert run_process(*vault, "--key-passphrase-file", str(tmp_path / "v"), *init).exit_code == 0


def test_version_is_told() -> None:
    answer = run_here("--version")
    assert answer.exit_code == 0
    assert answer.out.startswith("countersign ")


def test_the_root_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "hoist", lambda given, _valued: given)
    assert run_here("\x00", "\ud800").exit_code == 2


def test_files_are_not_overwritten_unasked(offices: Offices, tmp_path: Path) -> None:
    target = tmp_path / "public.json"
    target.write_text("mine")
    refused = offices.spawn("bob", "keys", "export-public", "-o", str(target))
    assert refused.refused == (2, "CONFIRMATION_REQUIRED")
    assert target.read_text() == "mine"
    assert offices.do("bob", "--yes", "keys", "export-public", "-o", str(target)).exit_code == 0
    assert target.read_text() != "mine"
    for impossible in (tmp_path, tmp_path / "none" / "x"):
        answer: Any = offices.do("bob", "--yes", "keys", "export-public", "-o", str(impossible))
        assert answer.exit_code in {7, 8}
