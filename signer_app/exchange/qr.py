"""QR codes (ISO/IEC 18004): text to modules, by ZXing. Drawing them is the window's and the terminal's."""

from __future__ import annotations

from typing import Final, cast

from signer_app.core.errors import MalformedError

#: Rows of modules from the top, True is dark; as many rows as columns, without the quiet zone.
Modules = tuple[tuple[bool, ...], ...]
#: Modules of light that have to be around it (ISO/IEC 18004, 9.1).
QUIET_ZONE: Final = 4
#: Byte mode at level M, version 40 (ISO/IEC 18004, table 7).
MAX_BYTES: Final = 2331


def encode(text: str) -> Modules:
    """The smallest code of error correction level M that holds ``text``. MalformedError where none does, for
    no text, and for more than ASCII: readers guess its encoding, each in its own way."""
    import zxingcpp  # noqa: PLC0415 - only where a code is shown

    if not text.isascii() or not 0 < len(text) <= MAX_BYTES:
        raise MalformedError(f"A QR code holds 1 to {MAX_BYTES} ASCII characters; this text does not fit.")
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    # A buffer of height times width bytes, 0 is dark; Python 3.11 has no type that says so.
    image = memoryview(cast("bytes", code.to_image(scale=1, add_quiet_zones=False)))
    return tuple(tuple(pixel == 0 for pixel in line) for line in cast("list[list[int]]", image.tolist()))
