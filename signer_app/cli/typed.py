"""Values typed on the command line. An error in one is about what was typed, never about somebody's file.

The functions below are callbacks of options and arguments: they look at a value while the command line is
read, before any passphrase is asked, and hand it on as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import typer

from signer_app.core.amounts import parse_decimal
from signer_app.core.caip import parse_account, parse_asset, parse_network
from signer_app.core.clock import parse_duration
from signer_app.core.errors import CATALOGUE, MalformedError

_HINT: Final = "Check what you typed; --help shows the form."
_MAX_TAG: Final = 2**32 - 1

#: One text, several (an option that may be repeated), or none.
Typed = TypeVar("Typed", bound=str | list[str] | None)


@contextmanager
def values() -> Iterator[None]:
    """Around what makes something of typed values: the usual hints of MalformedError speak of a file."""
    try:
        yield
    except MalformedError as error:
        if error.hint == CATALOGUE[error.code].hint:
            error.hint = _HINT
        raise


def seconds(text: str) -> float:
    """Whole seconds, or a duration such as 5m. Raises MalformedError."""
    if text.isascii() and text.isdigit() and len(text) <= 7:
        return float(int(text))
    return parse_duration(text).total_seconds()


def _tag(text: str) -> None:
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _MAX_TAG):
        raise MalformedError(f"{text[:40]!r} is not a destination tag: a whole number up to {_MAX_TAG}.")


def check(read: Callable[[str], object], text: str, option: str) -> None:
    """``read`` a text; what it raises names the option ("" for an argument)."""
    try:
        read(text)
    except MalformedError as error:
        named = f"{option}: {error.message}" if option else error.message
        raise MalformedError(named, code=error.code, hint=_HINT) from error


def _look(
    read: Callable[[str], object], context: typer.Context, parameter: typer.CallbackParam, value: Typed
) -> Typed:
    if context.resilient_parsing or value is None:  # completion
        return value
    option = next((name for name in parameter.opts if name.startswith("--")), "")
    for text in [value] if isinstance(value, str) else value:
        check(read, text, option)
    return value


def account(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """A CAIP-10 id."""
    return _look(parse_account, context, parameter, value)


def network(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """A CAIP-2 id."""
    return _look(parse_network, context, parameter, value)


def asset(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """A CAIP-19 id."""
    return _look(parse_asset, context, parameter, value)


def amount(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """A plain decimal number."""
    return _look(parse_decimal, context, parameter, value)


def duration(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """A duration such as 12h."""
    return _look(parse_duration, context, parameter, value)


def wait(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """Seconds, or a duration."""
    return _look(seconds, context, parameter, value)


def tag(context: typer.Context, parameter: typer.CallbackParam, value: Typed) -> Typed:
    """A destination tag."""
    return _look(_tag, context, parameter, value)
