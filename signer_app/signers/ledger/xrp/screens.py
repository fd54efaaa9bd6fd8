"""The ordered list of what Ledger's XRP app shows for a body, and of what it leaves out.

Names, words and closing screens are data by version (screens.json). Where the facts come from:

- Recorded from the real app 2.4.1 in an emulator, and equal here to the letter: payments of XRP in single
  and multi mode, memos, paging, the closing screens of signing and rejecting, and that Sequence,
  LastLedgerSequence, SigningPubKey and Flags with only tfFullyCanonicalSig set are left out.
- Observed on the same app without a recording: transaction types, fields and flags of later amendments are
  shown, with "Unknown" where the app has no word (TicketCreate, NFTokenMint, TicketSequence).
- Read from the public source (LedgerHQ/app-xrp before it learned tokens and pools, which no tag ties to
  2.4.1): all other titles and words; the order (type, account, then as serialised); issuer and currency
  behind an amount; "[n]" in lists and "[Pn: Sn]" in payment paths; times, delays, rates, flags in words;
  hex in lower case; zero XRP as "XRP 0.000000"; "[empty]" where a regular key is taken away.
- Unsure: paging.py and values.py say what; and that a Nano S Plus equals a Nano X.

A body that the app refuses is shown nowhere; limits.py says so first. What such a body holds is listed here
all the same, with the fields that the app cannot read among the hidden ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from signer_app.chains.xrpl.transaction import open_body
from signer_app.core.canonical import canonical
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.signers.ledger.xrp.limits import room_of
from signer_app.signers.ledger.xrp.meanings import meaning
from signer_app.signers.ledger.xrp.paging import pages
from signer_app.signers.ledger.xrp.reading import Item, Reading, read
from signer_app.signers.ledger.xrp.tables import LATEST, VERSIONS, Version
from signer_app.signers.ledger.xrp.values import Form, written

NOT_KNOWN: Final = "We do not know what this version shows. Compare every field."
_LEFT_OUT: Final = "The app leaves this field out."
_NOT_READABLE: Final = "The app cannot read this field and refuses the transaction."


@dataclass(frozen=True, slots=True)
class Screen:
    """One field on the device: its title, the value as shown and, where needed, what that says.

    ``path`` is the field's place in the transaction. ``value`` is empty where the device draws nothing.
    """

    name: str
    value: str
    path: str
    meaning: str = ""

    def lines(self) -> tuple[str, ...]:
        """The pages of this field on a Nano X or S Plus, "title | line | line | line" each."""
        return pages(self.name, self.value)


@dataclass(frozen=True, slots=True)
class HiddenField:
    """A field that the device does not show: its ledger name, value, place, and why."""

    name: str
    value: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a person will see, in order.

    Not ``known``: the version or model is none that was recorded; then ``note`` says so and the rest is as
    the last recorded version would show it. ``signing`` and ``rejecting`` are the closing screens.
    """

    known: bool
    screens: tuple[Screen, ...]
    hidden: tuple[HiddenField, ...]
    note: str
    signing: tuple[str, ...]
    rejecting: tuple[str, ...]

    def to_json(self) -> JsonObject:
        """{known, note, screens: [{name, value, path, meaning, pages}], hidden: […], signing, rejecting}"""
        return {
            "known": self.known,
            "note": self.note,
            "screens": [
                {
                    "name": screen.name,
                    "value": screen.value,
                    "path": screen.path,
                    "meaning": screen.meaning,
                    "pages": list(screen.lines()),
                }
                for screen in self.screens
            ],
            "hidden": [
                {"name": field.name, "value": field.value, "path": field.path, "reason": field.reason}
                for field in self.hidden
            ],
            "signing": list(self.signing),
            "rejecting": list(self.rejecting),
        }

    def pages(self, *, approved: bool = True) -> tuple[str, ...]:
        """Every page from the first to the last one, as recordings list them."""
        closing = self.signing if approved else self.rejecting
        return (*(page for screen in self.screens for page in screen.lines()), *closing)


def review(body: str, *, app_version: str | None, model: str | None = None) -> Review:
    """What the app of this version shows for ``body`` on this model ("Ledger Nano X").

    Without a model (an emulator tells none) the version alone decides what is known. MalformedError for a
    body that does not decode.
    """
    reading = read(open_body(body))
    version = VERSIONS.get(app_version or "")
    known = version is not None and (model is None or model in version.models)
    shown_by = version or LATEST
    form = Form(shown_by.words, reading.type_code, room_of(model).value)
    return Review(
        known=known,
        screens=tuple(_screen(item, form, shown_by) for item in _in_order(reading)),
        hidden=tuple(_hidden(item) for item in reading.items if not item.shown),
        note="" if known else NOT_KNOWN,
        signing=shown_by.signing,
        rejecting=shown_by.rejecting,
    )


def _in_order(reading: Reading) -> list[Item]:
    """Type first, then the account of the transaction, then all others as serialised."""
    return sorted((item for item in reading.items if item.shown), key=_rank)


def _rank(item: Item) -> int:
    if item.name == "TransactionType":
        return 0
    return 1 if item.name == "Account" and not item.group else 2


def _screen(item: Item, form: Form, version: Version) -> Screen:
    title = version.names.get(item.name)
    name = (version.unknown if title is None else title) + _number(item)
    return Screen(name, written(item, form), item.path, meaning(item, form, title_known=title is not None))


def _number(item: Item) -> str:
    if item.group == "paths":
        return f" [P{item.index}: S{item.step}]"
    return f" [{item.index}]" if item.group else ""


def _hidden(item: Item) -> HiddenField:
    return HiddenField(
        item.name, _plain(item.value), item.path, _LEFT_OUT if item.supported else _NOT_READABLE
    )


def _plain(value: JsonValue) -> str:
    if isinstance(value, dict | list):
        return canonical(value).decode("utf-8")
    return str(value)
