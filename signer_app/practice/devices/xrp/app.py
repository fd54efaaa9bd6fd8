"""The XRP app 2.4.1: its APDUs, and the state between those of one transaction (hardware.md b).

Where a person has to answer first, ``handle`` gives a Question instead of an answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from xrpl.core.addresscodec import decode_classic_address
from xrpl.core.keypairs import derive_classic_address

from signer_app.core.errors import MalformedError
from signer_app.practice.devices import status
from signer_app.practice.devices.hdkeys import HARDENED, Node
from signer_app.practice.devices.models import Model
from signer_app.practice.devices.question import Question
from signer_app.practice.devices.screens import Flow, idle, review, verify_address
from signer_app.practice.devices.status import StatusError, word
from signer_app.practice.devices.xrp.reading import read

NAME: Final = "XRP"
VERSION: Final = (2, 4, 1)
VERSION_TEXT: Final = ".".join(map(str, VERSION))
_CLA = 0xE0
_ADDRESS, _SIGN, _CONFIGURATION = 0x02, 0x04, 0x06
_NOT_FIRST, _MORE = 0x01, 0x80
_SECP256K1, _ED25519, _CURVES = 0x40, 0x80, 0xC0
_CHAIN_CODE = 0x01
_MAX_DEPTH = 10
_PERMITTED = (44 | HARDENED, 144 | HARDENED)
_PREFIX_SINGLE = bytes.fromhex("53545800")
_PREFIX_MULTI = bytes.fromhex("534D5400")
_SUFFIX_SIZE = 20


class _State(Enum):
    IDLE = auto()
    WAITING_FOR_MORE = auto()
    PENDING_REVIEW = auto()


@dataclass(slots=True)
class _Transaction:
    """What has come of a transaction so far."""

    state: _State = _State.IDLE
    path: tuple[int, ...] = ()
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class XrpApp:
    """An open app. ``signs_else`` makes it sign another digest than it shows."""

    master: Node
    model: Model
    signs_else: Callable[[], bool] = lambda: False
    _last_instruction: int = 0
    _transaction: _Transaction = field(default_factory=_Transaction)

    def home(self) -> Flow:
        """The screen while nothing is asked."""
        return idle("Use wallet to", "view accounts", version=VERSION_TEXT)

    def handle(self, apdu: bytes) -> bytes | Question:
        """The answer with its status word, or a question. Never raises for what a host can send."""
        try:
            return self._dispatch(apdu)
        except StatusError as error:
            self._transaction = _Transaction()
            return word(error.status)

    def reset(self) -> None:
        """Forget a half transaction, as closing the app does."""
        self._last_instruction = 0
        self._transaction = _Transaction()

    def _dispatch(self, apdu: bytes) -> bytes | Question:
        cla, instruction, p1, p2, length = apdu[:5]
        if cla != _CLA:
            raise StatusError(status.UNKNOWN_CLASS)
        # Another instruction in the middle of a transaction ends it.
        if instruction != self._last_instruction:
            self._transaction = _Transaction()
        self._last_instruction = instruction
        data = apdu[5 : 5 + length]
        if instruction == _ADDRESS:
            return self._address(p1, p2, data)
        if instruction == _SIGN:
            return self._sign(p1, p2, data)
        if instruction == _CONFIGURATION:
            return bytes([0, *VERSION]) + word(status.OK)
        raise StatusError(status.UNKNOWN_INSTRUCTION)

    def _address(self, p1: int, p2: int, data: bytes) -> bytes | Question:
        if p1 not in (0, 1) or p2 & ~_CURVES not in (0, _CHAIN_CODE):
            raise StatusError(status.WRONG_PARAMETER)
        _check_one_curve(p2)
        path, _ = _path(data, status.BAD_DATA)
        if p2 & _ED25519:
            # The app asks its library for a digest that this curve does not have.
            raise StatusError(status.ED25519_BROKEN)
        node = self._derive(path)
        public_key = node.public_key
        address = derive_classic_address(public_key.hex().upper())
        answer = bytes([len(public_key)]) + public_key + bytes([len(address)]) + address.encode()
        if p2 & _CHAIN_CODE:
            answer += node.chain_code
        answer += word(status.OK)
        if p1 == 0:
            return answer
        return Question(
            verify_address(address, self.model.lines_a_page),
            lambda yes: answer if yes else word(status.REFUSED_BY_PERSON),
        )

    def _derive(self, path: tuple[int, ...]) -> Node:
        if path[:2] != _PERMITTED:
            raise StatusError(status.PATH_NOT_PERMITTED)
        try:
            return self.master.descend(path)
        except MalformedError as error:
            raise StatusError(status.PATH_NOT_PERMITTED) from error

    def _sign(self, p1: int, p2: int, data: bytes) -> bytes | Question:
        transaction = self._transaction
        if transaction.state is _State.PENDING_REVIEW:
            raise StatusError(status.BAD_DATA)
        is_first = not p1 & _NOT_FIRST
        if is_first != (transaction.state is _State.IDLE):
            raise StatusError(status.BAD_DATA)
        if is_first:
            self._transaction = transaction = _Transaction()
            transaction.path, data = _path(data, status.BAD_SIGN_PATH)
            _check_one_curve(p2)
            if p2 & _ED25519:
                # The real app can sign so, by a derivation of its own. No address can be asked for, though.
                raise StatusError(status.WRONG_PARAMETER)
        self._check_size(len(_PREFIX_SINGLE) + len(transaction.data) + len(data))
        transaction.data += data
        if p1 & _MORE:
            transaction.state = _State.WAITING_FOR_MORE
            return word(status.OK)
        transaction.state = _State.PENDING_REVIEW
        return self._review(transaction)

    def _check_size(self, size: int) -> None:
        if size > self.model.max_transaction:
            raise StatusError(status.TOO_LARGE)

    def _review(self, transaction: _Transaction) -> Question:
        blob = bytes(transaction.data)
        reading = read(blob, self.model)
        if reading.multi:
            self._check_size(len(_PREFIX_MULTI) + len(blob) + _SUFFIX_SIZE)

        def settle(yes: bool) -> bytes | None:
            if self._transaction is not transaction:
                return None
            self._transaction = _Transaction()
            if not yes:
                return word(status.REFUSED_BY_PERSON)
            try:
                return self._signature(transaction.path, blob, multi=reading.multi) + word(status.OK)
            except StatusError as error:
                return word(error.status)

        return Question(review(reading.lines, self.model.lines_a_page), settle, "Signing...")

    def _signature(self, path: tuple[int, ...], blob: bytes, *, multi: bool) -> bytes:
        node = self._derive(path)
        message = _PREFIX_SINGLE + blob
        if multi:
            account = decode_classic_address(derive_classic_address(node.public_key.hex().upper()))
            message = _PREFIX_MULTI + blob + account
        if self.signs_else():
            message += b"\0"
        return node.sign(hashlib.sha512(message).digest()[:32])


def _check_one_curve(p2: int) -> None:
    if p2 & _CURVES not in (_SECP256K1, _ED25519):
        raise StatusError(status.WRONG_PARAMETER)


def _path(data: bytes, refusal: int) -> tuple[tuple[int, ...], bytes]:
    """The path at the head of the data, and what follows it."""
    depth = data[0] if data else 0
    end = 1 + 4 * depth
    if not 0 < depth <= _MAX_DEPTH or len(data) < end:
        raise StatusError(refusal)
    return tuple(int.from_bytes(data[at : at + 4], "big") for at in range(1, end, 4)), data[end:]
