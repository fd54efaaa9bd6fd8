"""The command `countersign`: global options, the nouns, and the one place where errors become exit codes."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Set
from contextlib import suppress
from functools import cache, partial
from pathlib import Path

import typer

from signer_app import __version__
from signer_app.cli import (
    about,
    accounts,
    devices,
    halt,
    inspect_command,
    interrupts,
    journal,
    keys,
    nodes,
    policy,
    practice,
    proposal,
    slots,
    treasury,
    workspace,
)
from signer_app.cli.demo import command as demo_command
from signer_app.cli.output import AnswerLostError, Output, answering
from signer_app.cli.session import Session
from signer_app.core.errors import CountersignError, UnforeseenError, UsageError

app = typer.Typer(
    name="countersign",
    help="Read, check, sign and send multisig transactions, and keep a record that an auditor can check.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("inspect")(inspect_command.inspect)
app.command("about")(about.about)
app.command("demo")(demo_command.demo)
app.command("halt")(halt.halt)
app.command("resume")(halt.resume)
app.command("treasury")(treasury.treasury)
for noun in (workspace, keys, devices, accounts, nodes, policy, proposal, journal, practice):
    app.add_typer(noun.app, no_args_is_help=True)
#: Its place is `proposal slots`; this one is kept for who has it in a script.
app.add_typer(slots.app, hidden=True, no_args_is_help=True)

#: Global options that take a value, and those that do not. They may stand anywhere in the command.
_VALUED = frozenset({"--workspace", "--passphrase-file", "--key-passphrase-file"})
_PLAIN = frozenset({"--json", "--yes", "--offline", "--read-only"})


def _print_version(wanted: bool) -> None:
    if wanted:
        with answering():
            sys.stdout.write(f"countersign {__version__}\n")
            sys.stdout.flush()
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    workspace_dir: Path | None = typer.Option(
        None,
        "--workspace",
        metavar="DIR",
        help="The workspace folder. Default: COUNTERSIGN_WORKSPACE, or here.",
    ),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object and nothing else."),
    passphrase_file: Path | None = typer.Option(
        None, "--passphrase-file", metavar="FILE", help="File whose first line opens the vault."
    ),
    key_passphrase_file: Path | None = typer.Option(
        None, "--key-passphrase-file", metavar="FILE", help="File whose first line opens the keys."
    ),
    yes: bool = typer.Option(False, "--yes", help="Answer yes to questions that lose nothing."),
    offline: bool = typer.Option(False, "--offline", help="Ask no node."),
    read_only: bool = typer.Option(
        False, "--read-only", help="Look only: write nothing, also while another program has it open."
    ),
    _version: bool = typer.Option(
        False, "--version", help="Print the version.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Options that every command takes."""
    context.obj = Session(
        output=_output_of(context, as_json),
        workspace=workspace_dir,
        passphrase_file=passphrase_file,
        key_passphrase_file=key_passphrase_file,
        yes=yes,
        offline=offline,
        read_only=read_only,
    )


def _output_of(context: typer.Context, as_json: bool) -> Output:
    given = context.obj
    return given if isinstance(given, Output) else Output(as_json=as_json)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Never raises."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a letter must not cost the whole answer.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _answer(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return code
    except SystemExit as stop:
        if stop.code == 0:  # a completion script was printed
            return 0
    except BrokenPipeError:
        pass
    except OSError as error:
        with suppress(OSError):
            sys.stderr.write(
                f"The answer could not be written: {error.strerror}. What was done stays done.\n"
            )
    # Nobody takes our output any more. Point stdout elsewhere, so that closing it stays quiet.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


#: All commands, made of their functions once: it takes a tenth of a second.
tree = cache(partial(typer.main.get_command, app))


def _answer(given: list[str]) -> int:
    command = tree()
    ordered = hoist(given, taking_values(command))
    output = Output(as_json="--json" in ordered[: len(ordered) - len(_rest(ordered))])
    try:
        with interrupts.raised():
            # An interrupt comes back as a code, since the library turns it into one.
            if command.main(args=ordered, prog_name="countersign", standalone_mode=False, obj=output) == 130:
                output.error(_stopped())
    except CountersignError as error:
        output.error(error)
    except (typer.Abort, KeyboardInterrupt):
        output.error(_stopped())
    except typer.TyperException as error:
        _usage(output, error)
    except (BrokenPipeError, AnswerLostError):
        raise
    except Exception as error:  # the process root: every other fault ends here
        if isinstance(error, OSError) and traceback.extract_tb(error.__traceback__)[-1].name == "echo":
            raise AnswerLostError(
                error.errno, error.strerror
            ) from error  # the library's own way to print help
        output.error(_unforeseen(error))
    return output.exit_code


def _stopped() -> UsageError:
    return UsageError("Stopped. What was journaled stays; nothing else was done.")


def _usage(output: Output, error: typer.TyperException) -> None:
    """What the library found wrong with the command line, in its words."""
    context = getattr(error, "ctx", None)
    alone = type(error).__name__ == "NoArgsIsHelpError"
    if alone and not output.as_json and context is not None:
        sys.stderr.write(context.get_help() + "\n")
        output.exit_code = 2
        return
    words = "The command is not complete." if alone else error.format_message()
    where = f"Run {context.command_path} --help." if context is not None else None
    output.error(UsageError(words, hint=where))


def _unforeseen(error: Exception) -> UnforeseenError:
    """The place and the type, never the text: an exception's message may quote what it was given."""
    if os.environ.get("COUNTERSIGN_DEBUG") == "1":
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "signer_app" in frame.filename] or frames
    last = ours[-1] if ours else None
    where = f"{Path(last.filename).name}:{last.lineno}" if last is not None else "unknown"
    return UnforeseenError(
        "The program met a case that it was not built for.",
        details={"type": type(error).__name__, "where": where},
    )


def taking_values(command: object) -> frozenset[str]:
    """Names of all options of a command and its subcommands whose next argument is their value.

    Left out are names that are a flag in another command: what follows those is read as before.
    """
    valued: set[str] = set()
    flags: set[str] = set()
    waiting = [command]
    while waiting:
        item = waiting.pop()
        waiting.extend(getattr(item, "commands", {}).values())
        for parameter in getattr(item, "params", ()):
            alone = getattr(parameter, "is_flag", False) or getattr(parameter, "count", False)
            names = {name for name in parameter.opts if name.startswith("-")}
            (flags if alone else valued).update(names)
    return frozenset(valued - flags)


def hoist(arguments: list[str], valued: Set[str] = frozenset()) -> list[str]:
    """Global options first, in their order, so that they may be written anywhere before "--".

    ``valued``: options of commands that take a value. What follows one of them is its value, whatever it is.
    """
    front: list[str] = []
    rest: list[str] = []
    position = 0
    while position < len(arguments):
        item = arguments[position]
        if item == "--":
            rest.extend(arguments[position:])
            break
        if item in _PLAIN or ("=" in item and item.partition("=")[0] in _VALUED):
            front.append(item)
        elif item in _VALUED and position + 1 < len(arguments):
            front.extend(arguments[position : position + 2])
            position += 1
        else:
            rest.append(item)
            if item in valued and position + 1 < len(arguments):
                position += 1
                rest.append(arguments[position])
        position += 1
    return front + rest


def _rest(ordered: list[str]) -> list[str]:
    """What follows the global options."""
    position = 0
    while position < len(ordered):
        if ordered[position] in _VALUED:
            position += 2
        elif ordered[position] in _PLAIN or ordered[position].partition("=")[0] in _VALUED:
            position += 1
        else:
            break
    return ordered[position:]
