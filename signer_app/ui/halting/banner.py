"""What every page shows while a halt stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from signer_app.ui.halting.dialogs import when
from signer_app.ui.session import Halted
from signer_app.ui.widgets import StateBanner
from signer_app.ui.words import halt as words

#: Banners at once; more would push the page out of view.
SHOWN = 2


def halt_banners(halts: Sequence[Halted], resume: Callable[[Halted], None]) -> list[StateBanner]:
    """One for each halt, the oldest first; what does not fit is counted."""
    found = []
    for number, halt in enumerate(halts[:SHOWN]):
        scope = words.scope_words(halt.accounts)
        told = words.consequence(halt.reason, len(halt.people), halt.need, scope)
        if number == SHOWN - 1 and len(halts) > SHOWN:
            told = f"{told} {words.more_halts(len(halts) - SHOWN)}"
        fact = words.standing(halt.person, when(halt.at), all_of_it=halt.accounts is None)
        banner = StateBanner("danger", fact, told, icon="halt")
        banner.setObjectName(f"banner.halt.{number}")
        banner.offer([(words.RESUME, partial(resume, halt))])
        found.append(banner)
    return found
