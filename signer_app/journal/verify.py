"""Stand-alone verifier of Countersign journals and proofs: one file, Python's standard library, no key
needed.

    python verify.py log FILE [--log-id H] [--checkpoint F]...
    python verify.py proof F [--key ed25519:HEX]...

Prints one JSON object, {"ok":true,"result":{...}}, and exits with 0 (INTACT, UNANCHORED_TAIL, PROVED), 7
(the other states), 3 (a file that is not what it should be; {"ok":false,"error":{...}}) or 8 (no such file).
A log.json that cannot be read is damage to the journal: 7, JOURNAL_BROKEN. log.json, checkpoints.log and
anchors.log are read from the folder of FILE where they exist. A proof carries the keys of its own author:
"trust" says what the answer stands on. Compare the keys, the log id and the root that are printed with what
you know, or name the key that must have signed with --key.

It is written from the format's description alone and shares no code with the program, so that a mistake in
one of the two shows as a disagreement.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import BinaryIO, NoReturn

LINE_LIMIT = 2 * 1024 * 1024
DASH = "\u2014 "
HEX_DIGITS = set("0123456789abcdef")
HEX32 = re.compile("[0-9a-f]{32}")
HEX64 = re.compile("[0-9a-f]{64}")


class UnreadableError(Exception):
    """Something given is not what it should be. Exit 3, or 7 with JOURNAL_BROKEN."""

    def __init__(self, message: str, code: str = "MALFORMED") -> None:
        super().__init__(message)
        self.code = code


class BadRecordError(Exception):
    """A line is not a record at its place."""


# --- Ed25519 (RFC 8032 section 5.1), verification only: no secret is ever here, so nothing needs constant
# time.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """Sum of two points in extended coordinates."""
    s = (a[1] - a[0]) * (b[1] - b[0]) % P
    t = (a[1] + a[0]) * (b[1] + b[0]) % P
    u = 2 * a[3] * b[3] * D % P
    v = 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply_both(m: int, a: Point, n: int, b: Point) -> Point:
    """m*a + n*b."""
    both = add(a, b)
    result = NEUTRAL
    for position in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        result = add(result, result)
        chosen = (m >> position & 1) + 2 * (n >> position & 1)
        if chosen:
            result = add(result, (a, b, both)[chosen - 1])
    return result


def decompress(data: bytes) -> Point | None:
    """The point of 32 bytes, None if there is none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def compress(point: Point) -> bytes:
    """32 bytes of a point."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def signature_fits(key: bytes, message: bytes, signature: bytes) -> bool:
    """True if this is the key's Ed25519 signature of the message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, base = decompress(key), decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    s = int.from_bytes(signature[32:], "little")
    if public is None or base is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus = (P - public[0], public[1], public[2], P - public[3])
    return compress(multiply_both(s, base, k, minus)) == signature[:32]


# --- Records


def need(condition: bool) -> None:
    """Refuse the record unless the condition holds."""
    if not condition:
        raise BadRecordError


def is_hex(value: object, digits: int) -> bool:
    """True for a string of so many lower hex digits."""
    return isinstance(value, str) and len(value) == digits and not set(value) - HEX_DIGITS


def header_of(fields: dict[str, object]) -> str:
    """H: the text from the opening brace through ch. Raises BadRecordError."""
    for name, digits in (("s", 32), ("n", 24), ("p", 64), ("pc", 64), ("ch", 64)):
        need(is_hex(fields.get(name), digits))
    for name in ("v", "i", "e"):
        need(type(fields.get(name)) is int)
    epoch = fields["e"]
    need(fields["v"] == 1 and isinstance(epoch, int) and 1 <= epoch <= 0xFFFFFFFF)
    return '{{"v":1,"i":{i},"e":{e},"s":"{s}","n":"{n}","p":"{p}","pc":"{pc}","ch":"{ch}"'.format(**fields)


def parse_object(text: str) -> dict[str, object]:
    """A JSON object. Raises BadRecordError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRecordError from error
    need(isinstance(value, dict))
    return dict(value)


def read_record(raw: bytes) -> tuple[int, str, bytes, bool]:
    """(index, p, leaf hash, redacted) of a line with its LF. Raises BadRecordError."""
    need(len(raw) <= LINE_LIMIT and raw.isascii())
    text = raw[:-1].decode("ascii")
    fields = parse_object(text)
    header = header_of(fields)
    leaf, content = fields.get("h"), fields.get("c")
    need(is_hex(leaf, 64) and (content is None or isinstance(content, str)))
    # Written again it must be the same text: no other order, spelling, space or second key.
    again = "null" if content is None else f'"{content}"'
    need(f'{header},"h":"{leaf}","c":{again}}}' == text)
    digest = hashlib.sha256(b"\0" + header.encode("ascii")).digest()
    need(digest.hex() == leaf)
    if isinstance(content, str):
        check_content(content, str(fields["ch"]))
    index = fields["i"]
    return (index if isinstance(index, int) else -1), str(fields["p"]), digest, content is None


def check_content(content: str, expected: str) -> None:
    """Base64 in its one form, a possible length, and the hash ch. Raises BadRecordError."""
    try:
        sealed = base64.b64decode(content, validate=True)
    except ValueError as error:
        raise BadRecordError from error
    need(base64.b64encode(sealed).decode("ascii") == content)
    need(len(sealed) >= 176 and len(sealed) % 128 == 48)
    need(hashlib.sha256(sealed).hexdigest() == expected)


class Tree:
    """Roots of the full subtrees of an RFC 6962 tree, the largest first."""

    def __init__(self) -> None:
        self.stack: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """One more leaf hash."""
        count = 1
        while self.stack and self.stack[-1][0] == count:
            leaf = hashlib.sha256(b"\1" + self.stack.pop()[1] + leaf).digest()
            count *= 2
        self.stack.append((count, leaf))

    def root(self) -> str:
        """Lower hex."""
        if not self.stack:
            return hashlib.sha256(b"").hexdigest()
        value = self.stack[-1][1]
        for _, left in self.stack[-2::-1]:
            value = hashlib.sha256(b"\1" + left + value).digest()
        return value.hex()


class Walk:
    """One pass over a journal file."""

    def __init__(self, log_id: str | None, sizes: set[int]) -> None:
        self.tree = Tree()
        self.size = self.records = self.torn = self.redacted = 0
        self.first_bad: int | None = None
        self.roots = {0: self.tree.root()}
        self._sizes = sizes
        self._previous = None if log_id is None else first_link(log_id)

    def read(self, stream: BinaryIO) -> None:
        """To the end of the file."""
        while raw := stream.readline(LINE_LIMIT + 1):
            length, ended = len(raw), raw.endswith(b"\n")
            while not ended and (more := stream.readline(LINE_LIMIT)):
                length, ended = length + len(more), more.endswith(b"\n")
            if not ended:
                self.torn = length
                return
            self.records += 1
            if self.first_bad is None:
                self._take(raw if length == len(raw) else b"")

    def _take(self, raw: bytes) -> None:
        try:
            index, previous, leaf, redacted = read_record(raw)
            need(index == self.size)
            need(self._previous is None or previous == self._previous)
        except BadRecordError:
            self.first_bad = self.size
            return
        self._previous = leaf.hex()
        self.redacted += redacted
        self.tree.add(leaf)
        self.size += 1
        if self.size in self._sizes:
            self.roots[self.size] = self.tree.root()


def first_link(log_id: str) -> str:
    """p of record 0."""
    return hashlib.sha256(b"countersign/log@1\n" + bytes.fromhex(log_id)).hexdigest()


# --- Checkpoints and other statements about a log


class Note:
    """A signed note. ``signatures``: (name, key id, signature)."""

    def __init__(self, text: str, signatures: list[tuple[str, bytes, bytes]]) -> None:
        origin, size, root = text.split("\n")[:3]
        self.text = text
        self.log_id = origin[-32:]
        self.size = int(size)
        self.root = one_base64(root).hex()
        self.signatures = signatures

    def judge(self, keys: list[tuple[str, bytes]]) -> tuple[str, list[tuple[str, bytes]]]:
        """("valid", "unknown" or "bad"; the keys that signed)."""
        signed = []
        for name, key_id, signature in self.signatures:
            for person, key in keys:
                own = hashlib.sha256(person.encode("utf-8") + b"\n\x01" + key).digest()[:4]
                if (person, own) == (name, key_id):
                    if not signature_fits(key, self.text.encode("utf-8"), signature):
                        return "bad", []
                    signed.append((person, key))
                    break
        return ("valid" if signed else "unknown"), signed


def one_base64(text: str) -> bytes:
    """Standard base64 in its one form. Raises ValueError."""
    value = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(value).decode("ascii") != text:
        raise ValueError("not canonical")
    return value


def read_note(block: bytes) -> Note:
    """One note. Raises ValueError."""
    lines = block.decode("utf-8").split("\n")[:-1]
    if len(lines) < 5 or lines[3] or not re.fullmatch("[^/\n]{1,128}/[0-9a-f]{32}", lines[0]):
        raise ValueError("not a checkpoint")
    if not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]) or len(one_base64(lines[2])) != 32:
        raise ValueError("not a checkpoint")
    signatures = []
    for line in lines[4:]:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] + " " != DASH or not is_name(parts[1]):
            raise ValueError("not a signature line")
        payload = one_base64(parts[2])
        if len(payload) < 5:
            raise ValueError("not a signature")
        signatures.append((parts[1], payload[:4], payload[4:]))
    return Note("\n".join(lines[:3]) + "\n", signatures)


def is_name(name: str) -> bool:
    """True for a possible key name."""
    return 1 <= len(name) <= 128 and not any(c.isspace() or c == "+" or c < " " or c == "\x7f" for c in name)


BLOCK = re.compile(rb"(?:(?!\xe2\x80\x94 )[^\n]*\n)*(?:\xe2\x80\x94 [^\n]*\n)+")


def read_notes(data: bytes) -> tuple[list[Note], bool]:
    """(good notes, True if there was nothing else)."""
    notes, clean, position = [], True, 0
    while match := BLOCK.match(data, position):
        try:
            notes.append(read_note(match.group()))
        except ValueError:
            clean = False
        position = match.end()
    return notes, clean and position == len(data)


def refuse_float(text: str) -> NoReturn:
    """Our documents hold no floating point. Raises ValueError."""
    raise ValueError(text)


def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object without double keys. Raises ValueError."""
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("double key")
    return dict(pairs)


def read_document(data: bytes) -> dict[str, object]:
    """A strict JSON object. Raises ValueError."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=unique,
            parse_float=refuse_float,
            parse_constant=refuse_float,
        )
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def read_keys(value: object) -> list[tuple[str, bytes]]:
    """[{person, key}] as pairs. Raises ValueError."""
    if not isinstance(value, list):
        raise ValueError("device_keys is not a list")
    keys = []
    for item in value:
        if (
            not isinstance(item, dict)
            or set(item) != {"person", "key"}
            or not isinstance(item["person"], str)
        ):
            raise ValueError("a device key is not {person, key}")
        if not is_name(item["person"]):
            raise ValueError("a device key's person is no name")
        keys.append((item["person"], parse_key(item["key"])))
    return keys


def parse_key(value: object) -> bytes:
    """32 bytes from ed25519:<hex>. Raises ValueError."""
    if isinstance(value, str) and value.startswith("ed25519:") and is_hex(value[8:], 64):
        return bytes.fromhex(value[8:])
    raise ValueError("a key is ed25519: and 64 lower hex digits")


def read_log_info(path: Path) -> tuple[str | None, list[tuple[str, bytes]]]:
    """(log id, device keys) of log.json; (None, []) without one. Raises UnreadableError."""
    if not path.exists():
        return None, []
    try:
        document = read_document(path.read_bytes())
        log_id = document.get("log_id")
        known = {"format", "log_id", "device_keys"}
        if set(document) != known or document["format"] != "countersign/log@1" or not is_hex(log_id, 32):
            raise ValueError("not a countersign/log@1 document")
        return str(log_id), read_keys(document["device_keys"])
    except ValueError as error:
        raise UnreadableError(f"log.json cannot be read: {error}", "JOURNAL_BROKEN") from error


class Statement:
    """A claim {size, root}; ``note`` where it is a checkpoint, ``given`` where it was named on the command
    line.
    """

    def __init__(self, size: int, root: str, note: Note | None = None, given: bool = False) -> None:
        self.size, self.root, self.note, self.given = size, root, note, given

    def standing(self, keys: list[tuple[str, bytes]]) -> str:
        """valid, unknown or bad. Raises UnreadableError for a bad one that was named."""
        if self.note is None:
            return "unknown"
        standing = self.note.judge(keys)[0]
        if standing == "bad" and self.given:
            raise UnreadableError("The checkpoint's signature does not fit.", "BAD_SIGNATURE")
        return standing


def optional_bytes(path: Path) -> bytes:
    """The file's bytes, none if there is no file."""
    return path.read_bytes() if path.exists() else b""


def gather(folder: Path, log_id: str | None, named: list[Path]) -> tuple[list[Statement], int | None, bool]:
    """(statements, largest anchored size, whether checkpoints.log holds checkpoints alone).

    Raises UnreadableError.
    """
    found = []
    beside, all_notes = read_notes(optional_bytes(folder / "checkpoints.log"))
    for note in beside:
        if log_id in {None, note.log_id}:
            found.append(Statement(note.size, note.root, note))
    for path in named:
        notes, clean = read_notes(path.read_bytes())
        if not notes or not clean:
            raise UnreadableError(f"{path.name} does not hold checkpoints.")
        if any(log_id not in {None, note.log_id} for note in notes):
            raise UnreadableError(f"{path.name} holds a checkpoint of another log.")
        found += [Statement(note.size, note.root, note, given=True) for note in notes]
    anchored = None
    for line in optional_bytes(folder / "anchors.log").split(b"\n"):
        try:
            entry = read_document(line)
        except ValueError:
            continue
        size, root = entry.get("size"), entry.get("root")
        if type(size) is int and size >= 0 and isinstance(root, str) and HEX64.fullmatch(root):
            found.append(Statement(size, root))
            anchored = max(size, anchored or 0)
    return found, anchored, all_notes


def check_log(file: Path, log_id: str | None, named: list[Path]) -> dict[str, object]:
    """The result for a journal file. Raises UnreadableError, OSError."""
    own_id, keys = read_log_info(file.parent / "log.json")
    log_id = log_id or own_id
    statements, anchored, all_notes = gather(file.parent, log_id, named)
    walk = Walk(log_id, {statement.size for statement in statements})
    with file.open("rb") as stream:
        walk.read(stream)
    state, checkpoint, unanchored = "INTACT", None, None
    if walk.first_bad is not None:
        state = "TAMPERED"
    else:
        contradicted, checkpoint, passed_over = hold_against(walk, statements, keys)
        all_notes = all_notes and not passed_over
        if contradicted:
            state = contradicted
        elif walk.torn:
            state = "TORN"
        elif anchored is not None and anchored < walk.size:
            state, unanchored = "UNANCHORED_TAIL", walk.size - anchored
    root = walk.tree.root()
    return {
        "state": state,
        "log_id": log_id,
        "records": walk.records,
        "size_checked": walk.size,
        "root": root,
        "head": {"size": walk.size, "root": root},
        "first_bad": walk.first_bad,
        "torn_bytes": walk.torn,
        "redacted": walk.redacted,
        "decrypted": False,
        "unanchored": unanchored,
        "checkpoint": checkpoint,
        "checkpoints_clean": all_notes,
    }


def hold_against(
    walk: Walk, statements: list[Statement], keys: list[tuple[str, bytes]]
) -> tuple[str | None, dict[str, object] | None, bool]:
    """(FORK, ROLLBACK or None; the newest checkpoint that agrees; whether one was passed over because its
    signature does not fit). Raises UnreadableError."""
    ordered = sorted(statements, key=lambda item: item.size, reverse=True)
    within = [item for item in ordered if item.size <= walk.size]
    checkpoint: dict[str, object] | None = None
    passed_over = False
    for item in within:
        if item.note and walk.roots[item.size] == item.root:
            standing = item.standing(keys)
            if standing != "bad":
                checkpoint = {"size": item.size, "root": item.root, "signature": standing}
                break
            passed_over = True
    forks = [item for item in within if walk.roots[item.size] != item.root]
    for state, against in (("FORK", forks), ("ROLLBACK", [i for i in ordered if i.size > walk.size])):
        for item in against:
            if item.standing(keys) != "bad":
                return state, checkpoint, passed_over
            passed_over = True
    return None, checkpoint, passed_over


# --- Proofs


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root over ``size`` leaves that an audit path leads to (RFC 6962 2.1.1, by its recursion)."""
    if size == 1:
        return leaf if not path else None
    if not path:
        return None
    half = 1
    while half * 2 < size:
        half *= 2
    if index < half:
        left, right = climb(leaf, index, half, path[:-1]), path[-1]
        return None if left is None else hashlib.sha256(b"\1" + left + right).digest()
    inner = climb(leaf, index - half, size - half, path[:-1])
    return None if inner is None else hashlib.sha256(b"\1" + path[-1] + inner).digest()


def proof_fields(
    document: dict[str, object],
) -> tuple[str, str, bytes, bytes, int, str, list[bytes], list[str]]:
    """(log id, header, blind, plaintext, size, root, path, notes). Raises ValueError."""
    names = [
        "format",
        "log_id",
        "header",
        "blind",
        "plaintext",
        "size",
        "root",
        "inclusion",
        "checkpoints",
        "device_keys",
    ]
    if set(document) != set(names) or document["format"] != "countersign/proof@1":
        raise ValueError("not a countersign/proof@1 document")
    log_id, header, blind, plaintext, size, root, path, notes = (document[name] for name in names[1:-1])
    if not (is_hex(log_id, 32) and is_hex(blind, 64) and is_hex(root, 64) and type(size) is int):
        raise ValueError("a field has not its form")
    if not (isinstance(header, str) and isinstance(plaintext, str)):
        raise ValueError("a field has not its form")
    if not (isinstance(path, list) and len(path) <= 64 and all(is_hex(item, 64) for item in path)):
        raise ValueError("inclusion is not a list of hashes")
    if not (isinstance(notes, list) and all(isinstance(item, str) for item in notes)):
        raise ValueError("checkpoints is not a list of notes")
    hashes = [bytes.fromhex(item) for item in path]
    return (
        str(log_id), header, bytes.fromhex(str(blind)), one_base64(plaintext), int(str(size)), str(root),
        hashes, notes,
    )  # fmt: skip


def read_plaintext(plaintext: bytes) -> dict[str, object] | None:
    """The record of a padded plaintext, None if it has not the form."""
    length = int.from_bytes(plaintext[:4], "big")
    body, rest = plaintext[4 : 4 + length], plaintext[4 + length :]
    if len(plaintext) % 128 or len(body) != length or len(rest) >= 128 or any(rest):
        return None
    try:
        return read_document(body)
    except ValueError:
        return None


def check_proof(data: bytes, wanted: list[bytes]) -> dict[str, object]:
    """The result for a proof file. Raises UnreadableError."""
    try:
        document = read_document(data)
        log_id, header, blind, plaintext, size, root, path, notes = proof_fields(document)
        keys = read_keys(document["device_keys"])
    except ValueError as error:
        raise UnreadableError(f"This is not a proof file: {error}") from error
    index, reason = hash_fault(header, blind, plaintext, size, root, path)
    record = read_plaintext(plaintext)
    if not reason and record is None:
        reason = "the plaintext is not a record"
    signed: list[dict[str, object]] = []
    for text in notes:
        fault, signers = note_fault(text, log_id, size, root, keys)
        reason = reason or fault
        signed += [{"person": person, "key": f"ed25519:{key.hex()}"} for person, key in signers]
    for key in wanted:
        if not reason and f"ed25519:{key.hex()}" not in {item["key"] for item in signed}:
            reason = "the named key has not signed"
    return {
        "state": "NOT_PROVED" if reason else "PROVED",
        "log_id": log_id,
        "index": index,
        "size": size,
        "root": root,
        "signed_by": [] if reason else signed,
        "trust": "" if reason else trust(bool(wanted), bool(signed)),
        "record": None if reason else record,
        "reason": reason,
    }


def trust(named: bool, signed: bool) -> str:
    """What a proof that holds stands on."""
    if named:
        return "the key that you named signed the tree"
    if signed:
        return "keys that the proof itself names signed the tree: compare them, or name yours with --key"
    return "nobody signed the tree: compare log id, size and root with the journal's own"


def hash_fault(
    header: str, blind: bytes, plaintext: bytes, size: int, root: str, path: list[bytes]
) -> tuple[int | None, str]:
    """(index, why the hashes do not fit, or nothing)."""
    try:
        fields = parse_object(header + "}")
        need(header_of(fields) == header)
    except BadRecordError:
        return None, "the header is not that of a record"
    index = int(str(fields["i"]))
    commitment = hashlib.sha256(b"countersign/pc@1\0" + blind + plaintext).hexdigest()
    if commitment != fields["pc"]:
        return index, "the plaintext is not the one that the record commits to"
    leaf = hashlib.sha256(b"\0" + header.encode("ascii", "replace")).digest()
    reached = climb(leaf, index, size, path) if 0 <= index < size else None
    if reached is None or reached.hex() != root:
        return index, "the record does not lead to the root"
    return index, ""


def note_fault(
    text: str, log_id: str, size: int, root: str, keys: list[tuple[str, bytes]]
) -> tuple[str, list[tuple[str, bytes]]]:
    """(why a checkpoint does not fit, or nothing; who signed)."""
    try:
        notes, clean = read_notes(text.encode("utf-8"))
    except UnicodeEncodeError:
        notes, clean = [], False
    if not clean or len(notes) != 1:
        return "a checkpoint is not a signed note", []
    if (notes[0].log_id, notes[0].size, notes[0].root) != (log_id, size, root):
        return "a checkpoint is about another tree", []
    standing, signers = notes[0].judge(keys)
    return ("a checkpoint's signature does not fit" if standing == "bad" else ""), signers


# --- Command line


def arguments(argv: list[str]) -> argparse.Namespace:
    """Parse the command line; argparse exits with 2."""
    parser = argparse.ArgumentParser(description="Verify a Countersign journal or proof.")
    commands = parser.add_subparsers(dest="command", required=True)
    log = commands.add_parser("log", help="a journal file (audit-events.jsonl)")
    log.add_argument("file", type=Path)
    log.add_argument("--log-id", metavar="H")
    log.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="F")
    proof = commands.add_parser("proof", help="a proof of one record")
    proof.add_argument("file", type=Path)
    help_ = "a device key that must have signed the tree; without one, anybody may have written the proof"
    proof.add_argument("--key", action="append", default=[], metavar="ed25519:HEX", help=help_)
    return parser.parse_args(argv)


def refusal(code: str, message: str) -> dict[str, object]:
    """What is printed where there is no result."""
    hint = "Check the path, and that the file is the one that you mean."
    return {"ok": False, "error": {"code": code, "message": message, "hint": hint}}


def run(argv: list[str]) -> tuple[int, dict[str, object]]:
    """(exit code, what to print)."""
    options = arguments(argv)
    try:
        if options.command == "log":
            if options.log_id is not None and not HEX32.fullmatch(options.log_id):
                raise UnreadableError("A log id has 32 lower hex digits.")
            result = check_log(options.file, options.log_id, options.checkpoint)
        else:
            result = check_proof(options.file.read_bytes(), [parse_key(key) for key in options.key])
    except OSError as error:
        return 8, refusal("NOT_FOUND", f"{error.filename} cannot be read: {error.strerror}.")
    except (UnreadableError, ValueError) as error:
        code = error.code if isinstance(error, UnreadableError) else "MALFORMED"
        return (7 if code == "JOURNAL_BROKEN" else 3), refusal(code, str(error))
    good = result["state"] in {"INTACT", "UNANCHORED_TAIL", "PROVED"}
    return (0 if good else 7), {"ok": True, "result": result}


def main() -> int:
    """Run, print, and give the exit code."""
    code, answer = run(sys.argv[1:])
    sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
