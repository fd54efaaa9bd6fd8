"""Write definitions.json: the field table of our codec, as our own data.

Run ``python -m signer_app.chains.xrpl.codec.make_definitions`` after the XRPL SDK was updated, and read the
diff: a new field or type is new surface to decode. The SDK is read as a data file only; the program itself
never imports it here. Source of the data: the ledger's own table as its ``server_definitions`` method gives
it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.resources
import json
import re
import sys
from pathlib import Path

from signer_app.core.json_types import JsonObject, JsonValue

TARGET = Path(__file__).with_name("definitions.json")
_PACKAGE = "xrpl-py"
_TABLE = ("xrpl", "core/binarycodec/definitions/definitions.json")
_PERMISSIONS = ("xrpl", "core/binarycodec/definitions/definitions.py")
#: Granular permissions of XLS-75 start at 65537; below, a permission is a transaction type plus one.
_PERMISSION_LINE = re.compile(r"\"([A-Za-z]+)\": (655[0-9]{2})")


def build() -> JsonObject:
    """The document: source, types, fields, transaction types, formats, flags, permissions."""
    table = json.loads(_read(*_TABLE))
    return {
        "source": f"{_PACKAGE} {importlib.metadata.version(_PACKAGE)}, {_TABLE[1]}, table {table['hash']}",
        "types": {name: code for name, code in sorted(table["TYPES"].items()) if 0 < code < 256},
        "fields": [_field(name, info) for name, info in table["FIELDS"] if _is_ours(name, info)],
        "transaction_types": {n: c for n, c in sorted(table["TRANSACTION_TYPES"].items()) if c >= 0},
        "transaction_formats": {n: _format(rows) for n, rows in sorted(table["TRANSACTION_FORMATS"].items())},
        "transaction_flags": {
            n: dict(sorted(f.items())) for n, f in sorted(table["TRANSACTION_FLAGS"].items())
        },
        "account_set_flags": dict(sorted(table["ACCOUNT_SET_FLAGS"].items(), key=lambda item: item[1])),
        "granular_permissions": _granular(),
    }


def render(document: JsonObject) -> str:
    """One line for each entry, so that an update reads as a diff."""
    lines = ["{"]
    for index, (key, value) in enumerate(document.items()):
        comma = "," if index + 1 < len(document) else ""
        lines.append(f" {json.dumps(key)}: {_render_value(value)}{comma}")
    return "\n".join([*lines, "}", ""])


def _render_value(value: JsonValue) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {json.dumps(item)}" for item in value) + "\n ]"
    if isinstance(value, dict):
        rows = (f"  {json.dumps(key)}: {json.dumps(item)}" for key, item in value.items())
        return "{\n" + ",\n".join(rows) + "\n }"
    return json.dumps(value)


def _is_ours(name: str, info: dict[str, JsonValue]) -> bool:
    return bool(info["isSerialized"]) and name not in ("Generic", "ObjectEndMarker", "ArrayEndMarker")


def _field(name: str, info: dict[str, JsonValue]) -> JsonValue:
    return [
        name,
        info["type"],
        info["nth"],
        int(bool(info["isVLEncoded"])),
        int(bool(info["isSigningField"])),
    ]


def _format(rows: list[dict[str, JsonValue]]) -> JsonValue:
    required: list[JsonValue] = [row["name"] for row in rows if row["optionality"] == 0]
    optional: list[JsonValue] = [row["name"] for row in rows if row["optionality"] != 0]
    return {"required": required, "optional": optional}


def _granular() -> JsonObject:
    return {name: int(code) for name, code in _PERMISSION_LINE.findall(_read(*_PERMISSIONS))}


def _read(package: str, path: str) -> str:
    return importlib.resources.files(package).joinpath(path).read_text(encoding="utf-8")


def main() -> int:
    TARGET.write_text(render(build()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
