"""What a lying node says: a signer that is not on the list, and money that is not there."""

from __future__ import annotations

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.practice.xrpl.codec import signer_list_index
from signer_app.practice.xrpl.values import rows, text

#: A valid address that no key of the practice network has (black hole of "account one").
FAKE_SIGNER = "rrrrrrrrrrrrrrrrrrrrBZbvji"
FAKE_DROPS = "999999999999"


def doctored(method: str, answer: JsonObject) -> JsonObject:
    """The answer as a lying node gives it. Only account_info and account_objects are touched."""
    if method == "account_info":
        return _account_info(answer)
    if method == "account_objects":
        changed = [_signer_list(row) if _is_list(row) else row for row in rows(answer, "account_objects")]
        return {**answer, "account_objects": list[JsonValue](changed)}
    return answer


def _is_list(entry: JsonObject) -> bool:
    return entry.get("LedgerEntryType") == "SignerList"


def _account_info(answer: JsonObject) -> JsonObject:
    data = answer.get("account_data")
    if not isinstance(data, dict):
        return answer
    changed: JsonObject = {**answer, "account_data": _with_lists({**data, "Balance": FAKE_DROPS}, data)}
    return _with_lists(changed, data)


def _with_lists(holder: JsonObject, root: JsonObject) -> JsonObject:
    if "signer_lists" not in holder:
        return holder
    lists = [_signer_list(entry) for entry in rows(holder, "signer_lists")] or [_invented(root)]
    return {**holder, "signer_lists": list[JsonValue](lists)}


def _signer_list(entry: JsonObject) -> JsonObject:
    fake: JsonObject = {"SignerEntry": {"Account": FAKE_SIGNER, "SignerWeight": entry["SignerQuorum"]}}
    entries: list[JsonValue] = [fake, *rows(entry, "SignerEntries")]
    return {**entry, "SignerEntries": entries}


def _invented(root: JsonObject) -> JsonObject:
    owner = text(root, "Account")
    return _signer_list(
        {
            "Flags": 65536,
            "LedgerEntryType": "SignerList",
            "Owner": owner,
            "OwnerNode": "0",
            "SignerEntries": [],
            "SignerListID": 0,
            "SignerQuorum": 1,
            "index": signer_list_index(owner),
        }
    )
