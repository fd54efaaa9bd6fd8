"""The models that can be practised with, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass

from signer_app.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Model:
    """One model. Sizes are in bytes, counts in fields or lines.

    ``unknown_apdu`` is the dashboard's status word for an instruction of an app, ``no_such_app`` the one for
    an app that is not installed; both differ between generations of the firmware (hardware.md a).
    """

    name: str
    product: str
    product_high: int
    target_id: int
    os_version: str
    mcu_version: str
    max_transaction: int
    max_fields: int
    max_field_length: int
    lines_a_page: int
    has_battery: bool
    unknown_apdu: int
    no_such_app: int


MODELS = {
    model.name: model
    for model in (
        Model(
            "nano-s", "Nano S", 0x10, 0x31100004, "2.1.0", "1.12",
            max_transaction=800, max_fields=24, max_field_length=128, lines_a_page=1, has_battery=False,
            unknown_apdu=0x6D00, no_such_app=0x6807,
        ),
        Model(
            "nano-x", "Nano X", 0x40, 0x33000004, "2.4.2", "2.61",
            max_transaction=10_000, max_fields=60, max_field_length=1024, lines_a_page=3, has_battery=True,
            unknown_apdu=0x6E01, no_such_app=0x5123,
        ),
        Model(
            "nano-s-plus", "Nano S Plus", 0x50, 0x33100004, "1.3.1", "5.24",
            max_transaction=10_000, max_fields=60, max_field_length=1024, lines_a_page=3, has_battery=False,
            unknown_apdu=0x6E01, no_such_app=0x5123,
        ),
    )
}  # fmt: skip
DEFAULT_MODEL = "nano-x"


def model_named(name: str) -> Model:
    """Raises UsageError."""
    if name not in MODELS:
        raise UsageError(f"There is no practice model {name[:40]!r}. Known: {', '.join(MODELS)}.")
    return MODELS[name]
