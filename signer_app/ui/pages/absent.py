"""A page that is not in this version: it says so, and names the command that does its work."""

from __future__ import annotations

from signer_app.ui import strings
from signer_app.ui.shell.page import Page, Shell, page_head
from signer_app.ui.theme import theme
from signer_app.ui.widgets import StateBanner, column


class AbsentPage(Page):
    """Nothing here pretends to work."""

    def __init__(self, shell: Shell, key: str, command: str) -> None:
        super().__init__(shell)
        self.setObjectName(f"page.{key}")
        self.setAccessibleName(strings.PAGES[key])
        t = theme()
        margin = t.size("margin")
        box = column(self.body, spacing=t.size("gap"), margins=(margin, t.scaled(14), margin, margin))
        head, _ = page_head(strings.PAGES[key])
        box.addLayout(head)
        box.addWidget(StateBanner("info", strings.NOT_BUILT, strings.not_built(command)))
        box.addStretch(1)
