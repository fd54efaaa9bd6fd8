"""What a file would do, without any workspace: decoded from its bytes, judged by nobody, kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from signer_app.core.canonical import DEFAULT_LIMITS
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.core.text import safe_text
from signer_app.ui.chosen_file import read_chosen
from signer_app.ui.pages.inbox.cards import nothing_else, parties
from signer_app.ui.pages.inbox.raw_card import RawCard
from signer_app.ui.preload import load_rooms
from signer_app.ui.qt import Qt, QtWidgets, Signal
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Card,
    Cell,
    Chip,
    Column,
    EffectTable,
    FactTable,
    HashCompare,
    StateBanner,
    label,
    row,
)
from signer_app.ui.widgets.tables import FITS
from signer_app.ui.words import effects as effect_words
from signer_app.ui.words import reading_file as words
from signer_app.ui.words import strings


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature in the file. ``valid`` None: whose key it is stands on a ledger that nobody has asked."""

    signer: str
    valid: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileReading:
    """``inspection`` as CONTRACTS C2 has it, ``view`` as proposals/raw.py. ``claim`` is the author's own
    title, "" for a ledger's own form. ``network_class`` "" for a network that no class has.
    """

    name: str
    inspection: JsonObject
    view: JsonObject
    claim: str
    network_class: str
    signatures: tuple[Signed, ...]


def read_file(path: Path) -> FileReading:
    """In a thread of its own. Raises NotFoundError, MalformedError as `countersign inspect` does."""
    load_rooms()
    from signer_app.chains.registry import CLASS_NETWORKS  # noqa: PLC0415 - after the first paint
    from signer_app.exchange.incoming import read_incoming  # noqa: PLC0415
    from signer_app.proposals.raw import bytes_view  # noqa: PLC0415

    incoming = read_incoming(read_chosen(path, DEFAULT_LIMITS.size))
    found = incoming.inspection
    signatures = [Signed(one.signer, one.valid, one.reason or "") for one in found.signatures]
    if incoming.file is not None:
        signatures = [Signed(one.signer, None) for one in incoming.file.signatures]
    classes = [name for name, networks in CLASS_NETWORKS.items() if found.network in networks]
    return FileReading(
        safe_text(path.name, 200),
        found.to_json(),
        bytes_view(found.network, found.account, found.body, found.proposal_id),
        safe_text(incoming.file.title, 200) if incoming.file is not None else "",
        classes[0] if classes else "",
        tuple(signatures),
    )


class FileDialog(Dialog):
    """Shows a FileReading."""

    #: The person wants to read another one.
    another = Signal()

    def __init__(self, parent: QtWidgets.QWidget, reading: FileReading) -> None:
        found = reading.inspection
        self._effects = effect_words.items(found["effects"])
        super().__init__(parent, effect_words.title(self._effects, {}), reading.network_class)
        self.setObjectName("file.dialog")
        self.setMinimumWidth(theme().scaled(660))
        self.content.addWidget(label(reading.name, "small", "text2", wrap=True))
        if reading.claim:
            self.content.addWidget(label(words.claim(reading.claim), "small", "text2", wrap=True))
        unjudged = StateBanner("info", words.NOTHING_KEPT, words.UNLOCK_FIRST)
        unjudged.setObjectName("file.nothing-kept")
        self.content.addWidget(unjudged)
        for warning in effect_words.items(found["warnings"]):
            self.content.addWidget(StateBanner("warn", safe_text(str(warning["message"]), 1000)))
        self.content.addWidget(self._change(reading))
        self.content.addWidget(_terms(found))
        hashes = Card(strings.HASHES, "hash", name="file.hash")
        hashes.body.addWidget(HashCompare(str(found["proposal_id"])))
        self.content.addWidget(hashes)
        if reading.signatures:
            self.content.addWidget(_signatures(reading.signatures))
        self.content.addWidget(RawCard(reading.view))
        again = ActionButton(words.ANOTHER, icon="file", name="file.another")
        close = ActionButton(strings.CLOSE, name="file.close")
        again.triggered.connect(self._again)
        close.triggered.connect(self.reject)
        self.add_buttons(close, again)

    def _again(self) -> None:
        self.accept()
        self.another.emit()

    def _change(self, reading: FileReading) -> Card:
        sub = words.decoded(len(str(reading.view["body"])) // 2)
        card = Card(strings.WHAT_WILL_CHANGE, "change", sub, name="file.effects")
        parties(card, str(reading.inspection["account"]), self._effects, None)
        table = EffectTable()
        table.show_effects([effect_words.effect_line(effect, {}) for effect in self._effects])
        card.body.addWidget(table)
        nothing_else(card, self._effects)
        return card


def _terms(found: JsonObject) -> Card:
    card = Card(words.TERMS, "clock", name="file.terms")
    lines = [
        (words.NETWORK, str(found["network"])),
        (words.USES, _slot(found["sequence"])),
        (words.EXPIRES, _slot(found["expiry"]) or words.NEVER),
    ]
    table = FactTable([Column("", FITS), Column("")], fit=True, name="file.facts", said=words.TERMS)
    table.show_lines([[Cell(name, "label"), Cell(value)] for name, value in lines])
    card.body.addWidget(table)
    return card


def _slot(value: JsonValue) -> str:
    return f"{value['kind']} {value['value']}" if isinstance(value, dict) else ""


def _signatures(found: Sequence[Signed]) -> Card:
    card = Card(words.SIGNATURES, "people", name="file.signatures")
    for one in found:
        line = row(spacing=theme().scaled(8))
        said = words.signed_by(safe_text(one.signer, 200), safe_text(one.reason, 300))
        line.addWidget(label(said, "mono", wrap=True), 1)
        line.addWidget(Chip(*words.VALID[one.valid]), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(line)
    return card
