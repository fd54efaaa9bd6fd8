"""The transaction as the XRP app 2.4.1 reads it: a flat row of fields, and the lines it shows of them.

The bytes are read with the vendor SDK's parser. The app checks no order and no completeness, so neither is
checked here; what it refuses is refused with its status word (hardware.md b, limits 2 and 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from xrpl.core.addresscodec import encode_classic_address
from xrpl.core.binarycodec.binary_wrappers.binary_parser import BinaryParser
from xrpl.core.binarycodec.exceptions import XRPLBinaryCodecException

from signer_app.practice.devices import status
from signer_app.practice.devices.models import Model
from signer_app.practice.devices.screens import Line
from signer_app.practice.devices.status import StatusError
from signer_app.practice.devices.xrp import formats, names

_END = 1
_MAX_ITEMS = 8
_MAX_PATHS = 6
_MAX_STEPS = 8
_LONGEST_PREFIX = 240
_ID = 20
_CURRENCY_AT, _ISSUER_AT, _ISSUED_SIZE = 8, 28, 48
_NO_TRANSACTION = 0xFFFF
_MPT = 0x20
_IS_ISSUED = 0x80
_NEXT_PATH, _END_OF_PATHS = 0xFF, 0x00
_STEP_ACCOUNT, _STEP_CURRENCY, _STEP_ISSUER, _STEP_BOTH = 0x01, 0x10, 0x20, 0x30
_FIXED_SIZES = {names.UINT8: 1, names.UINT16: 2, names.UINT32: 4, names.HASH128: 16, names.HASH256: 32}
_INTEGERS = frozenset({names.UINT8, names.UINT16, names.UINT32})
_HIDDEN = frozenset({names.SEQUENCE, names.LAST_LEDGER_SEQUENCE, names.SIGNING_PUB_KEY})
_EMPTY = "[empty]"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the app makes of a transaction. ``multi`` is true where the signing key is there and empty."""

    lines: tuple[Line, ...]
    multi: bool


@dataclass(frozen=True, slots=True)
class _Shown:
    """A field to show. ``value`` is made at the end, of the transaction's type, wherever that stands."""

    field: tuple[int, int]
    place: str
    value: Callable[[int], str]


def read(blob: bytes, model: Model) -> Reading:
    """Read a transaction without prefix, suffix, Signers. Raises StatusError."""
    reader = _Reader(blob, model)
    try:
        reader.read()
    except XRPLBinaryCodecException as error:
        raise StatusError(status.ENDS_TOO_SOON) from error
    return Reading(reader.lines(), reader.multi)


@dataclass(slots=True)
class _Place:
    """Where in arrays and path sets the reader is; the numbers stand behind the names of fields."""

    inside: int = 0
    item: int = 0
    paths: bool = False
    path: int = 0
    step: int = 0

    def suffix(self) -> str:
        if self.paths:
            return f" [P{self.path}: S{self.step}]"
        return f" [{self.item}]" if self.inside else ""


@dataclass(slots=True)
class _Reader:
    blob: bytes
    model: Model
    multi: bool = False
    transaction: int = _NO_TRANSACTION
    shown: list[_Shown] = field(default_factory=list)
    place: _Place = field(default_factory=_Place)
    parser: BinaryParser = field(init=False)

    def __post_init__(self) -> None:
        self.parser = BinaryParser(self.blob.hex())

    def read(self) -> None:
        while not self.parser.is_end():
            self._need_room()
            if self.place.paths:
                self._path_step()
            else:
                self._field()
        if self.transaction == names.SET_REGULAR_KEY and not any(
            shown.field == names.REGULAR_KEY for shown in self.shown
        ):
            self._show(names.REGULAR_KEY, lambda _: _EMPTY)

    def lines(self) -> tuple[Line, ...]:
        """Transaction type first, then the account, then the rest as it stands in the bytes."""

        def rank(shown: _Shown) -> int:
            if shown.field == names.TRANSACTION_TYPE:
                return 0
            return 1 if shown.field == names.MAIN_ACCOUNT and not shown.place else 2

        return tuple(
            Line(names.field_name(shown.field) + shown.place, shown.value(self.transaction) or " ")
            for shown in sorted(self.shown, key=rank)
        )

    def _need_room(self) -> None:
        if len(self.shown) >= self.model.max_fields:
            raise StatusError(status.NO_ROOM)

    def _show(self, which: tuple[int, int], value: Callable[[int], str]) -> None:
        self._need_room()
        self.shown.append(_Shown(which, self.place.suffix(), value))

    def _header(self) -> tuple[int, int]:
        """(type, number) of the next field; unlike the SDK the app takes longer forms than needed."""
        first = self.parser.read_uint8()
        kind, number = first >> 4, first & 0x0F
        if kind == 0:
            kind = self.parser.read_uint8()
        if number == 0:
            number = self.parser.read_uint8()
        return kind, number

    def _field(self) -> None:
        which = self._header()
        kind, _ = which
        if kind in _INTEGERS:
            self._integer(which, int.from_bytes(self.parser.read(_FIXED_SIZES[kind]), "big"))
        elif kind in (names.HASH128, names.HASH256):
            digits = self.parser.read(_FIXED_SIZES[kind]).hex()
            self._show(which, lambda _: digits)
        elif kind == names.AMOUNT:
            self._amount(which)
        elif kind in (names.BLOB, names.ACCOUNT):
            self._variable(which)
        elif kind in (names.ARRAY, names.OBJECT):
            self._nest(which)
        elif kind == names.PATH_SET:
            self.place = _Place(paths=True, path=1, step=1)
        else:
            raise StatusError(status.NOT_SUPPORTED)

    def _integer(self, which: tuple[int, int], value: int) -> None:
        if which == names.TRANSACTION_TYPE:
            self.transaction = value
        if which == names.FLAGS and not value & formats.FULLY_CANONICAL:
            raise StatusError(status.FLAGS_NOT_CANONICAL)
        if which in _HIDDEN and not self.place.inside:
            return
        if formats.is_flag_field(which) and value in (0, formats.FULLY_CANONICAL):
            return
        self._show(which, lambda transaction: formats.unsigned(which, value, transaction))

    def _amount(self, which: tuple[int, int]) -> None:
        head = int.from_bytes(self.parser.bytes[:1], "big")
        if not head & _IS_ISSUED:
            raw = int.from_bytes(self.parser.read(8), "big")
            if head & _MPT:
                raise StatusError(status.NOT_SUPPORTED)
            self._show(which, lambda _: formats.native(raw))
            return
        data = self.parser.read(_ISSUED_SIZE)
        raw = int.from_bytes(data[:_CURRENCY_AT], "big")
        currency, issuer = data[_CURRENCY_AT:_ISSUER_AT], data[_ISSUER_AT:]
        self._show(which, lambda _: formats.issued(raw, currency))
        if formats.is_nonstandard(currency):
            self._show_currency(currency)
        self._show_account(names.ISSUER, issuer)

    def _variable(self, which: tuple[int, int]) -> None:
        if int.from_bytes(self.parser.bytes[:1], "big") > _LONGEST_PREFIX:
            raise StatusError(status.WRONG_STATE)
        data = self.parser.read_variable_length()
        if which[0] == names.ACCOUNT:
            if len(data) != _ID:
                raise StatusError(status.WRONG_STATE)
            self._show_account(which, data)
            return
        if which == names.SIGNING_PUB_KEY:
            # The app looks for an empty key anywhere, and hides the one of the transaction itself.
            self.multi = self.multi or not data
            if not self.place.inside:
                return
        self._show(which, lambda _: formats.blob(which[1], data, self.model.max_field_length))

    def _show_account(self, which: tuple[int, int], account: bytes) -> None:
        self._show(which, lambda _: encode_classic_address(account))

    def _show_currency(self, currency: bytes) -> None:
        self._show(names.CURRENCY_CODE, lambda _: formats.currency_code(currency))

    def _nest(self, which: tuple[int, int]) -> None:
        kind, number = which
        if kind == names.ARRAY:
            if number == _END:
                self.place.inside = 0
            else:
                self.place = _Place(inside=number)
        elif number != _END:
            self.place.item += 1
            if self.place.item > _MAX_ITEMS:
                raise StatusError(status.NOT_SUPPORTED)

    def _path_step(self) -> None:
        place = self.place
        kind = self.parser.read_uint8()
        if kind == _NEXT_PATH:
            place.path += 1
            place.step = 1
            if place.path > _MAX_PATHS:
                raise StatusError(status.WRONG_STATE)
            return
        if kind == _END_OF_PATHS:
            self.place = _Place()
            return
        if place.step > _MAX_STEPS:
            raise StatusError(status.WRONG_STATE)
        first = self.parser.read(_ID)
        if kind == _STEP_ACCOUNT:
            self._show_account(names.MAIN_ACCOUNT, first)
        elif kind == _STEP_ISSUER:
            self._show_account(names.ISSUER, first)
        elif kind in (_STEP_CURRENCY, _STEP_BOTH):
            self._show_currency(first)
            if kind == _STEP_BOTH:
                self._show_account(names.ISSUER, self.parser.read(_ID))
        place.step += 1
