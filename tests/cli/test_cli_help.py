"""Help teaches: every command and every option says what it is, without loading a room."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
import typer
from offices import run_here, run_program

from signer_app.cli.main import app


def walk(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from walk(child, (*path, name))


COMMANDS = dict(walk(typer.main.get_command(app)))
LEAVES = [path for path, command in COMMANDS.items() if not hasattr(command, "commands")]

#: The commands of CONTRACTS C that the way of one XRPL proposal needs.
CONTRACT = """
workspace init|workspace rebuild|keys generate|keys import|keys list|keys export-public|accounts add
accounts list|accounts show|policy check|policy sign|policy activate|policy show|policy replay|policy diff
nodes add|nodes list|nodes test|proposal new payment|proposal new signer-list|proposal new trust
proposal new ticket|proposal new settings|proposal import|proposal export|proposal sign
proposal add-signature|proposal reject|proposal copy|proposal cancel|proposal raw|proposal balances
proposal override|proposal submit|proposal track
halt|resume|proposal slots list|proposal slots reserve|proposal slots release|proposal slots cancel
practice start|demo|inspect|journal repair|journal verify|journal show|journal export|journal prove
""".replace("\n", "|")


def test_the_commands_of_the_contract_are_there() -> None:
    wanted = {tuple(words.split()) for words in CONTRACT.split("|") if words}
    assert wanted <= set(LEAVES)


def test_slots_stand_under_proposal_and_the_short_form_is_hidden() -> None:
    long, short = COMMANDS["proposal", "slots"], COMMANDS["slots",]
    assert (long.hidden, short.hidden) == (False, True)
    assert set(long.commands) == set(short.commands) == {"list", "reserve", "release", "cancel"}
    assert "slots" in run_here("proposal", "--help").out
    assert "slots" not in run_here("--help").out


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    answer = run_here(*path, "--help")
    assert answer.exit_code == 0
    assert answer.err == ""
    command = COMMANDS[path]
    assert command.help, "no help text"
    assert command.help.splitlines()[0].rstrip()[-1] in ".:"
    assert " ".join(command.help.split()[:4]) in " ".join(answer.out.split())
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{parameter.name} says nothing"


@pytest.mark.parametrize("path", [path for path in COMMANDS if path not in LEAVES and path], ids=" ".join)
def test_a_noun_alone_shows_its_commands(path: tuple[str, ...]) -> None:
    answer = run_here(*path)
    assert answer.exit_code == 2
    assert "Commands" in answer.err
    assert answer.out == ""


def test_the_name_alone_shows_help() -> None:
    answer = run_here()
    assert answer.exit_code == 2
    assert "inspect" in answer.out + answer.err


def test_no_option_takes_a_secret() -> None:
    """Secrets come by prompt or file: an option's value is seen by every process of the machine."""
    for path, command in COMMANDS.items():
        for parameter in command.params:
            for name in parameter.opts:
                if any(word in name for word in ("pass", "seed", "secret", "key", "pin")):
                    assert name in {
                        "--passphrase-file", "--key-passphrase-file", "--seed-file", "--key", "--keyring",
                    }, f"{path}: {name}"  # fmt: skip


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_can_be_had(shell: str) -> None:
    answer = run_program(
        _COUNTERSIGN_COMPLETE=f"source_{shell}", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    )
    assert answer.exit_code == 0
    assert "countersign" in answer.out
    assert "_COUNTERSIGN_COMPLETE" in answer.out


def test_completion_knows_the_nouns() -> None:
    answer = run_program(_COUNTERSIGN_COMPLETE="complete_bash", COMP_WORDS="countersign pro", COMP_CWORD="1")
    assert "proposal" in answer.out.split()


def test_help_and_inspect_load_neither_rooms_nor_network() -> None:
    code = (
        "import sys\nfrom signer_app.cli.main import run\nrun(['--help'])\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'httpx', 'aiohttp', 'xrpl', 'sqlcipher3',"
        " 'signer_app.workspace') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.splitlines()[-1] == "[]"
