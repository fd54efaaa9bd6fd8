"""A bus of Ledgers over HID reports: which interface is the right one, and what stays the same when it
returns.

A Ledger comes back under another product id and path each time an app is opened or left, so a device is named
by its serial number where it has one, else by its place among those of its model (hardware.md a).
"""

from __future__ import annotations

from signer_app.signers.hid.bus import Channel, Found, Report, ReportBackend
from signer_app.signers.ledger.framing import ReportChannel
from signer_app.signers.ledger.wire import APDU_INTERFACE, APDU_USAGE_PAGE, MODELS, VENDOR_ID

#: Product ids of the first firmwares: the whole id is the model, not its high byte.
_LEGACY_PRODUCTS = {
    0x0000: "Ledger Blue",
    0x0001: "Ledger Nano S",
    0x0004: "Ledger Nano X",
    0x0005: "Ledger Nano S Plus",
    0x0006: "Ledger Stax",
    0x0007: "Ledger Flex",
    0x0008: "Ledger Apex",
}
#: Ledger writes this serial into every device, so it tells none from another.
_NO_SERIAL = frozenset({"", "0001"})


class LedgerReportBus:
    """Finds and opens Ledgers on a backend. All calls come from one thread."""

    def __init__(self, backend: ReportBackend, transport: str) -> None:
        """``transport`` is a word for people: USB, practice."""
        self._backend = backend
        self._transport = transport

    def enumerate(self) -> list[Found]:
        found: list[Found] = []
        count: dict[str, int] = {}
        for report in sorted(self._backend.enumerate(VENDOR_ID), key=lambda report: report.path):
            if not _carries_apdus(report):
                continue
            model = model_of(report.product_id)
            count[model] = count.get(model, 0) + 1
            name = report.serial if report.serial not in _NO_SERIAL else f"{model} {count[model]}"
            found.append(Found(f"{self._transport}:{name}", model, self._transport, report.path))
        return found

    def open(self, found: Found) -> Channel:
        return ReportChannel(self._backend.open(found.address))


def model_of(product_id: int) -> str:
    """The model behind a product id; "Ledger" for one that came after this program."""
    return _LEGACY_PRODUCTS.get(product_id) or MODELS.get(product_id >> 8, "Ledger")


def _carries_apdus(report: Report) -> bool:
    """Windows and macOS tell the usage page, Linux the interface number; the others are keyboard and U2F."""
    if report.usage_page:
        return report.usage_page == APDU_USAGE_PAGE
    return report.interface_number == APDU_INTERFACE
