"""The factory that the device process of a practice workspace is given: the client's bus over practice
devices.
"""

from __future__ import annotations

from pathlib import Path

from signer_app.core.errors import UsageError
from signer_app.core.json_types import JsonObject
from signer_app.practice.devices.backend import PracticeBackend
from signer_app.signers.hid.bus import Bus
from signer_app.signers.ledger.report_bus import LedgerReportBus


def practice_bus(options: JsonObject) -> Bus:
    """Practice devices whose folders lie in ``options["folder"]``. Raises UsageError."""
    folder = options.get("folder")
    if not isinstance(folder, str):
        raise UsageError("Practice devices lie in a folder.")
    return LedgerReportBus(PracticeBackend(Path(folder)), "practice")
