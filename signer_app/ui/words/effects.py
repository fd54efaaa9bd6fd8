"""What decoded bytes do, in words for titles, lists and tables. Nothing here is the author's text.

Addresses are whole; a name stands beside its address only where the workspace or the policy gives it one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.widgets import Effect, grouped

Names = Mapping[str, str]
MINUS = "\u2212"
TIME_OVER = "time is over"


def items(value: JsonValue) -> list[JsonObject]:
    """The objects in a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def address(account: JsonValue) -> str:
    """The address of a CAIP-10 id, whole."""
    return str(account).rpartition(":")[2]


def name_of(account: JsonValue, names: Names) -> str:
    """Its name, or the whole address where it has none."""
    return safe_text(names.get(str(account)) or address(account), 120)


def asset_name(asset: JsonValue, names: Names) -> str:
    """The label that the policy or the workspace gives an asset; XRP; else the code with its whole issuer."""
    text = str(asset)
    if text in names:
        return safe_text(names[text], 60)
    kind, _, reference = text.partition("/")[2].partition(":")
    if (kind, reference) == ("slip44", "144"):
        return "XRP"
    if kind == "iou":
        code, _, issuer = reference.partition(".")
        return f"{_code(code)} of {issuer}"
    return safe_text(text, 200)


def _code(code: str) -> str:
    """Three letters where the 20 bytes hold just those (xrpl.org, "Currency Codes"), else the hex digits."""
    if code[:24] == "0" * 24 and code[30:] == "0" * 10:
        letters = bytes.fromhex(code[24:30])
        if all(0x21 <= byte < 0x7F for byte in letters):
            return letters.decode("ascii")
    return code


def amount(effect: JsonObject, names: Names) -> str:
    """ "25,000.00 RLUSD"."""
    return f"{grouped(str(effect['amount']))} {asset_name(effect['asset'], names)}"


def main_effects(effects: list[JsonObject]) -> list[JsonObject]:
    """All but the fee."""
    return [effect for effect in effects if effect.get("kind") != "FeePaid"]


def title(effects: list[JsonObject], names: Names) -> str:
    """One line for the whole transaction."""
    found = main_effects(effects)
    if not found:
        return "Pay a fee, change nothing"
    if any(effect.get("kind") == "Unknown" for effect in found):
        return "Do something that is not understood"
    if len(found) > 1:
        return f"{sentence(found[0], names)}, and {len(found) - 1} more"
    return sentence(found[0], names)


def sentence(effect: JsonObject, names: Names) -> str:
    """What one effect does."""
    make = _SENTENCES.get(str(effect.get("kind")))
    return make(effect, names) if make else safe_text(str(effect.get("kind")), 60)


_SENTENCES: Mapping[str, Callable[[JsonObject, Names], str]] = MappingProxyType(
    {
        "Transfer": lambda e, n: (
            f"{'Issue' if e.get('issue') else 'Pay'} {amount(e, n)} to {name_of(e['to'], n)}"
        ),
        "TrustChange": lambda e, n: f"Accept up to {grouped(str(e['limit']))} {asset_name(e['asset'], n)}",
        "AuthorityChange": lambda e, _n: (
            f"Change who may sign: {safe_text(str(e['what']), 60).replace('_', ' ')}"
        ),
        "SettingChange": lambda e, _n: f"Set {safe_text(str(e['name']), 60)}",
        "TicketReserve": lambda e, _n: f"Set aside {e['count']} tickets",
        "Unknown": lambda e, _n: f"Not understood: {safe_text(str(e['what']), 80)}",
    }
)


def named(text: str, names: Names) -> str:
    """``text`` with ids of assets and accounts as people call them: labels of assets, and the name of an
    account before its whole address. Ids that nobody named stay as they are."""
    for identifier in sorted((name for name in names if name in text), key=len, reverse=True):
        if "/" in identifier:
            shown = asset_name(identifier, names)
        else:
            shown = f"{safe_text(names[identifier], 60)} ({address(identifier)})"
        text = text.replace(identifier, shown)
    return text


#: Kind of an effect -> icon.
ICONS = MappingProxyType(
    {
        "Transfer": "payment",
        "TrustChange": "link",
        "AuthorityChange": "people",
        "SettingChange": "settings",
        "TicketReserve": "ticket",
        "Unknown": "unknown",
    }
)


def icon(effects: list[JsonObject]) -> str:
    """The icon of the first effect that is not the fee."""
    found = main_effects(effects)
    return ICONS.get(str(found[0].get("kind")), "proposals") if found else "proposals"


def effect_line(effect: JsonObject, names: Names, before: str = "", after: str = "") -> Effect:
    """A row of "What will change", with the balance before and after where it is known."""
    kind = str(effect.get("kind"))
    if kind == "FeePaid":
        return Effect("Fee", f"{MINUS}{amount(effect, names)}", before, after)
    if kind == "Transfer":
        return Effect(
            "Issue" if effect.get("issue") else "Payment", f"{MINUS}{amount(effect, names)}", before, after
        )
    tone = "danger" if kind in ("Unknown", "AuthorityChange") else ""
    return Effect(kind_words(kind), sentence(effect, names), tone=tone)


def kind_words(kind: str) -> str:
    """ "TrustChange" as "Trust change"."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()
    return spaced[:1].upper() + spaced[1:]


def is_today(moment: str | None, now: datetime) -> bool:
    """Whether a time lies in the day of ``now``, as this computer's zone has it."""
    try:
        return (
            moment is not None
            and datetime.fromisoformat(moment).astimezone().date() == now.astimezone().date()
        )
    except ValueError:
        return False


def left(expires: str | None, now: datetime) -> tuple[str, bool]:
    """How long until it expires, in words, and whether that is within the hour."""
    if expires is None:
        return "no expiry", False
    try:
        seconds = int((datetime.fromisoformat(expires) - now).total_seconds())
    except ValueError:
        return "expiry not readable", True
    if seconds <= 0:
        return TIME_OVER, True
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min left", True
    hours = minutes // 60
    return (f"{hours} h {minutes % 60:02d} min" if hours < 24 else f"{hours // 24} days"), False
