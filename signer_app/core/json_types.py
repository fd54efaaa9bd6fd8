"""Types of parsed JSON. Numbers are integers of any size; floats do not exist in our documents."""

from __future__ import annotations

from typing import TypeAlias

# Concrete list and dict, not Sequence and Mapping: a str is a Sequence of str, which would hide mistakes.
JsonValue: TypeAlias = bool | int | str | list["JsonValue"] | dict[str, "JsonValue"] | None
JsonObject: TypeAlias = dict[str, JsonValue]
