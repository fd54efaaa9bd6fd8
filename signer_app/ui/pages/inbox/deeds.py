"""What a person does to a proposal besides signing and sending: reject, override, propose again, cancel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from signer_app.core.json_types import JsonObject
from signer_app.ui.pages.inbox.reading import Details
from signer_app.ui.passphrase import keys_unlocked
from signer_app.ui.qt import QtWidgets
from signer_app.ui.shell.dialogs import Dialog
from signer_app.ui.shell.page import Shell
from signer_app.ui.theme import theme
from signer_app.ui.widgets import ActionButton, Chooser, label
from signer_app.ui.words import inbox as say
from signer_app.ui.words import strings

if TYPE_CHECKING:
    from signer_app.workspace import Workspace

#: The longest reason that the statements take (CONTRACTS, statements).
REASON_LIMIT = 1000
ACCEPTED = QtWidgets.QDialog.DialogCode.Accepted


class ReasonDialog(Dialog):
    """Says what will happen and asks why. Enter is a new line in the reason, never an answer."""

    def __init__(
        self, parent: QtWidgets.QWidget, network_class: str, title: str, does: str, action: str,
        *, lines: Sequence[str] = (), kind: str = "primary",
    ) -> None:  # fmt: skip
        super().__init__(parent, title, network_class)
        self.setObjectName("reason.dialog")
        #: What was typed, without space around it; it outlives the dialog.
        self.answer = ""
        t = theme()
        self.setMinimumWidth(t.scaled(520))
        self.content.addWidget(label(does, "body", wrap=True))
        for line in lines:
            self.content.addWidget(label(line, "body", "text2", wrap=True))
        self.content.addWidget(label(say.REASON, "label"))
        self.input = QtWidgets.QPlainTextEdit()
        self.input.setObjectName("reason.input")
        self.input.setAccessibleName(say.REASON)
        self.input.setTabChangesFocus(True)
        self.input.setFixedHeight(t.scaled(84))
        self.content.addWidget(self.input)
        self.content.addWidget(label(say.REASON_GOES, "small", "text3", wrap=True))
        self.content.addStretch(1)
        self.cancel = ActionButton(strings.CANCEL, name="reason.cancel")
        self.do = ActionButton(action, kind=kind, name="reason.do")
        self.add_buttons(self.cancel, self.do)
        self.cancel.triggered.connect(self.reject)
        self.do.triggered.connect(self.accept)
        self.input.textChanged.connect(self._typed)
        self._typed()
        self.input.setFocus()

    def _typed(self) -> None:
        self.answer = self.input.toPlainText().strip()[:REASON_LIMIT]
        self.do.block("" if self.answer else say.REASON_NEEDED)


class SpanDialog(Dialog):
    """Asks how long the new proposal may wait."""

    def __init__(
        self, parent: QtWidgets.QWidget, network_class: str, title: str, does: str, action: str
    ) -> None:
        super().__init__(parent, title, network_class)
        self.setObjectName("span.dialog")
        #: What was chosen; it outlives the dialog.
        self.answer = timedelta()
        self.setMinimumWidth(theme().scaled(480))
        self.content.addWidget(label(does, "body", wrap=True))
        self.content.addWidget(label(say.EXPIRES_IN, "label"))
        self.choice = Chooser()
        self.choice.setObjectName("span.choice")
        self.choice.setAccessibleName(say.EXPIRES_IN)
        for words, seconds in say.SPANS.items():
            self.choice.addItem(words, seconds)
        self.choice.currentIndexChanged.connect(self._chosen)
        self.choice.setCurrentIndex(1)
        self.content.addWidget(self.choice)
        self.content.addStretch(1)
        self.cancel = ActionButton(strings.CANCEL, name="span.cancel")
        self.do = ActionButton(action, kind="primary", name="span.do")
        self.cancel.triggered.connect(self.reject)
        self.do.triggered.connect(self.accept)
        self.add_buttons(self.cancel, self.do)
        self.cancel.setFocus()

    def _chosen(self) -> None:
        self.answer = timedelta(seconds=int(self.choice.currentData()))


class Deeds:
    """The dialogs and calls for one window."""

    def __init__(self, shell: Shell, parent: QtWidgets.QWidget) -> None:
        self._shell, self._parent = shell, parent

    @property
    def _network(self) -> str:
        summary = self._shell.session.summary
        return summary.network_class if summary is not None else ""

    async def reject(self, details: Details) -> None:
        """Say no, with a reason."""
        dialog = ReasonDialog(
            self._parent.window(), self._network, say.REJECT_TITLE, say.REJECT_DOES, say.REJECT_DO,
            lines=(details.entry.title,), kind="danger",
        )  # fmt: skip
        identifier = details.entry.id

        def work(reason: str) -> Callable[[Workspace], JsonObject]:
            return lambda workspace: workspace.proposals.reject(identifier, reason)

        await self._with_reason(dialog, work, say.REJECTING)

    async def override(self, details: Details) -> None:
        """Take the soft failures upon oneself."""
        dialog = ReasonDialog(
            self._parent.window(), self._network, say.OVERRIDE_TITLE, say.OVERRIDE_DOES, say.OVERRIDE_DO,
            lines=details.soft[:6],
        )  # fmt: skip
        identifier = details.entry.id

        def work(reason: str) -> Callable[[Workspace], JsonObject]:
            return lambda workspace: workspace.proposals.override(identifier, reason)

        await self._with_reason(dialog, work, say.OVERRIDING)

    async def _with_reason(
        self, dialog: ReasonDialog, work: Callable[[str], Callable[[Workspace], JsonObject]], name: str
    ) -> None:
        if await self._shell.ask(dialog) != ACCEPTED:
            return
        if await keys_unlocked(self._shell, self._parent, say.WHY_KEYS):
            await self._shell.session.call(work(dialog.answer), name=name)
            self._shell.changed()

    async def copy(self, details: Details) -> str:
        """Propose the same again; the new id, or ""."""
        dialog = SpanDialog(self._parent.window(), self._network, say.COPY_TITLE, say.COPY_DOES, say.COPY_DO)
        return await self._new(
            dialog, lambda workspace, span: workspace.proposals.again(details.entry.id, span), say.COPYING
        )

    async def cancel(self, details: Details) -> str:
        """Propose to use the slot up; the new id, or ""."""
        dialog = SpanDialog(
            self._parent.window(), self._network, say.CANCEL_TITLE, say.CANCEL_DOES, say.CANCEL_DO
        )
        return await self._new(
            dialog,
            lambda workspace, span: workspace.proposals.cancelling(details.entry.id, span),
            say.CANCELLING,
        )

    async def _new(
        self, dialog: SpanDialog, work: Callable[[Workspace, timedelta], JsonObject], name: str
    ) -> str:
        if await self._shell.ask(dialog) != ACCEPTED:
            return ""
        if not await keys_unlocked(self._shell, self._parent, say.WHY_KEYS):
            return ""
        made = await self._shell.session.call(lambda workspace: work(workspace, dialog.answer), name=name)
        return str(made["proposal_id"])
