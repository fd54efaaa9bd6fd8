"""The certificate of a node: what is recorded, what it shows now, and standing by another one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from signer_app.core.clock import parse_time
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    Cell,
    Chooser,
    HashCompare,
    HashGrid,
    StateBanner,
    label,
    row,
)
from signer_app.ui.words import nodes as words
from signer_app.ui.words import shared, strings

if TYPE_CHECKING:
    from signer_app.core.node_certificate import Hold


class CertificateDialog(Dialog):
    """Both certificates, whole. Accepting is one step, and never the first thing that Enter would press."""

    def __init__(
        self,
        parent: QtWidgets.QWidget,
        node: JsonObject,
        health: JsonObject | None,
        network_class: str,
        off: str = "",
    ) -> None:
        """``node`` is of Nodes.describe, ``health`` its row of a look, if it was asked; ``off`` says why
        nothing can be written now."""
        recorded, shown = node["certificate"], health["certificate"] if health is not None else None
        self.changed = health is not None and health["state"] == "certificate-changed"
        name = safe_text(str(node["id"]))
        title = words.certificate_changed(name) if self.changed else words.certificate_of(name)
        super().__init__(parent, title, network_class)
        self.setObjectName("nodes.certificate-dialog")
        self.setMinimumWidth(theme().scaled(600))
        if self.changed and isinstance(recorded, dict) and isinstance(shown, dict):
            renewed = recorded["authority"] == shown["authority"]
            fact = words.SAME_AUTHORITY if renewed else words.OTHER_AUTHORITY
            self.content.addWidget(StateBanner("danger", fact, words.ask_operator(str(node["operator"]))))
        self._part(words.RECORDED, recorded)
        if self.changed:
            self._part(words.SHOWN_NOW, shown)
        authorities = node["authorities"] if isinstance(node["authorities"], list) else []
        for digest in authorities if not self.changed else ():
            self.content.addWidget(label(words.OWN_AUTHORITY, "section"))
            self.content.addWidget(HashGrid(str(digest), said=words.OWN_AUTHORITY))
        self._off = off
        self._was: Hold = "authority" if node["hold"] == "authority" else "key"
        self.content.addLayout(self._choice())
        self.content.addStretch(1)
        self._buttons()
        self._blocking()

    def _part(self, title: str, certificate: object) -> None:
        """One certificate: its hash, how long it is good, who signed it."""
        self.content.addWidget(label(title, "section"))
        if not isinstance(certificate, dict):
            self.content.addWidget(label(words.NONE_RECORDED, "body", "text2", wrap=True))
            return
        digest = str(certificate["sha256"])
        if title == words.SHOWN_NOW:
            self.compare = HashCompare(digest, said=title)
            self.content.addWidget(self.compare)
        else:
            self.content.addWidget(HashGrid(digest, said=title))
        now = datetime.now().astimezone()
        start, end, since = (
            shared.moment(str(certificate.get(of, "")), now)
            for of in ("not_before", "not_after", "recorded_at")
        )
        said = words.good(start, end, since)
        issuer = words.signed_by(safe_text(str(certificate["issuer"]), 200))
        self.content.addWidget(label(f"{said} {issuer}", "body", "text2", wrap=True, selectable=True))

    def _choice(self) -> QtWidgets.QHBoxLayout:
        line = row(spacing=theme().scaled(10))
        line.addWidget(label(words.HOLD_TO, "body", "text2"))
        self.hold = hold_chooser(self._was)
        self.hold.currentIndexChanged.connect(lambda _index: self._blocking())
        line.addWidget(self.hold, 1)
        return line

    def _buttons(self) -> None:
        close = ActionButton(
            strings.CANCEL if self.changed else strings.CLOSE, name="nodes.certificate-close"
        )
        text, kind = (words.ACCEPT, "danger") if self.changed else (words.HOLD_NOW, "primary")
        self.accept_it = ActionButton(text, kind=kind, name="nodes.certificate-accept")
        close.triggered.connect(self.reject)
        self.accept_it.triggered.connect(self.accept)
        self.add_buttons(close, self.accept_it)
        close.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen(self) -> Hold:
        """What the node is to be held to from now on."""
        return "authority" if self.hold.currentData() == "authority" else "key"

    def _blocking(self) -> None:
        same = not self.changed and self.chosen == self._was
        self.accept_it.block(self._off or (words.HELD_ALREADY if same else ""))


def hold_chooser(hold: Hold) -> Chooser:
    """What a node may be held to, in words."""
    made = Chooser()
    made.setAccessibleName(words.HOLD_TO)
    for key, said in words.HOLDS.items():
        made.addItem(said, key)
    made.setCurrentIndex(max(0, made.findData(hold)))
    return made


def certificate_cell(node: JsonObject, health: JsonObject | None) -> Cell:
    """A node's certificate in the table: what it is held to, and how long the recorded one is good."""
    if not str(node["url"]).startswith("https:"):
        return Cell(words.CLEAR_TEXT, "small", "text3")
    if health is not None and health["state"] == "certificate-changed":
        return Cell(words.CHANGED, "small-strong", "danger", icon="alert")
    recorded = node["certificate"]
    if not isinstance(recorded, dict):
        return Cell(words.NOT_YET, "small", "text2")
    end = parse_time(str(recorded["not_after"])).astimezone()
    return Cell(words.held(str(node["hold"]), f"{end.day} {end:%b %Y}"), "small", raw=str(recorded["sha256"]))


def certificate_words(node: JsonObject) -> str:
    """What a node of a list is held to, whole, for somebody who stands by the list."""
    if not str(node["url"]).startswith("https:"):
        return words.CLEAR_TEXT
    recorded = node["certificate"]
    authorities = node["authorities"] if isinstance(node["authorities"], list) else []
    parts = [words.HOLDS[str(node["hold"])]]
    if isinstance(recorded, dict):
        parts.append(_in_groups(str(recorded["sha256"])))
    parts += [f"{words.OWN_AUTHORITY} {_in_groups(str(digest))}" for digest in authorities]
    return ". ".join(parts)


def _in_groups(digest: str) -> str:
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))
