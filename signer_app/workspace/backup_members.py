"""What a backup holds inside its seal: the manifest, the closed list of members, and their limits.

The manifest is RFC 8785 JSON {class, format, head, log_id, made_at, members: [{bytes, name}], org, person}.

Whoever makes a backup can choose its passphrase and tell it to somebody, so what is inside is judged like any
file from outside: names of a closed form, none twice, sizes within limits, nothing missing or added.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from signer_app.core.canonical import canonical, read_json_object
from signer_app.core.clock import parse_time
from signer_app.core.config import NETWORK_CLASSES
from signer_app.core.errors import CountersignError, IntegrityError, MalformedError
from signer_app.core.json_types import JsonObject, JsonValue
from signer_app.journal.files import (
    ANCHORS_FILE,
    CHECKPOINTS_FILE,
    EPOCHS_FILE,
    JOURNAL_FILE,
    LOG_FILE,
)
from signer_app.journal.loginfo import check_org, check_person
from signer_app.journal.states import Head
from signer_app.vault.kdf import KEY_BYTES
from signer_app.workspace.creation import CONFIG_FILE, VAULT_FILE

FORMAT: Final = "countersign/backup@1"
DRAFTS_FILE: Final = "drafts.json"
DEVICE_KEY: Final = "keys/device.json"
#: Half of the vault's key, where the system's keyring holds one. Never a file of a workspace.
HALF: Final = "keyring-half"
#: Logs that went on in a newer one after a restore, each in a folder of its id.
EARLIER_LOGS: Final = "logs/earlier"

MANIFEST_LIMIT: Final = 1024 * 1024
MAX_MEMBERS: Final = 4096
_MIB: Final = 1024 * 1024
#: The files of a log, in the order in which they are read: a journal holds what the notes before it state,
#: and the keys after it open it.
LOG_FILES: Final = MappingProxyType(
    {
        LOG_FILE: _MIB,
        CHECKPOINTS_FILE: 256 * _MIB,
        ANCHORS_FILE: 256 * _MIB,
        JOURNAL_FILE: 8192 * _MIB,
        EPOCHS_FILE: 64 * _MIB,
    }
)
_FIXED: Final = MappingProxyType(
    {VAULT_FILE: _MIB, CONFIG_FILE: _MIB, DRAFTS_FILE: 4 * _MIB, HALF: KEY_BYTES}
)
_FORMS: Final = (
    (re.compile(r"keys/[a-z0-9-]{1,64}\.json"), 16 * 1024),
    (re.compile(r"policy/[a-z0-9-]{1,64}-v[1-9][0-9]{0,9}\.json"), 4 * _MIB),
)
_LOG: Final = re.compile(r"logs/(?:earlier/[0-9a-f]{32}/)?([a-z.-]{1,32})")
_NEEDED: Final = frozenset(
    {VAULT_FILE, CONFIG_FILE, DEVICE_KEY, *(f"logs/{name}" for name in (LOG_FILE, JOURNAL_FILE, EPOCHS_FILE))}
)
_KEYS: Final = frozenset({"class", "format", "head", "log_id", "made_at", "members", "org", "person"})
_LOG_ID: Final = re.compile(r"[0-9a-f]{32}")


def limit_of(name: str) -> int | None:
    """The most bytes that a member of this name may have; None for a name that no backup holds."""
    if name in _FIXED:
        return _FIXED[name]
    log = _LOG.fullmatch(name)
    if log is not None:
        return LOG_FILES.get(log[1])
    return next((limit for form, limit in _FORMS if form.fullmatch(name)), None)


@dataclass(frozen=True, slots=True)
class Member:
    """A name of the closed list, with ``/`` between its parts, and the length of its content."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose backup it is, of which log and when, and what follows. ``head`` is that of the journal inside."""

    org: str
    person: str
    network_class: str
    log_id: str
    head: Head
    made_at: str
    members: tuple[Member, ...]

    def to_json(self) -> JsonObject:
        """As it stands in a backup."""
        members: list[JsonValue] = [{"bytes": member.size, "name": member.name} for member in self.members]
        return {"format": FORMAT, **self.describe(), "members": members}

    def describe(self) -> JsonObject:
        """{org, person, class, log_id, head, made_at}."""
        return {
            "org": self.org, "person": self.person, "class": self.network_class, "log_id": self.log_id,
            "head": self.head.to_json(), "made_at": self.made_at,
        }  # fmt: skip

    def named(self, name: str) -> bool:
        """Whether there is such a member."""
        return any(member.name == name for member in self.members)

    @classmethod
    def read(cls, data: bytes) -> Manifest:
        """IntegrityError BACKUP_BROKEN for anything that make_backup does not write."""
        try:
            return cls._parse(data)
        except CountersignError as error:
            raise refused(error.message) from error

    @classmethod
    def _parse(cls, data: bytes) -> Manifest:
        value = read_json_object(data)
        if canonical(value) != data or set(value) != _KEYS or value["format"] != FORMAT:
            raise MalformedError("Its list of contents has another form.")
        org, person, log_id, made_at, members = (
            value[name] for name in ("org", "person", "log_id", "made_at", "members")
        )
        if not (isinstance(org, str) and isinstance(person, str) and isinstance(made_at, str)):
            raise MalformedError("It does not say whose it is.")
        if not isinstance(log_id, str) or not _LOG_ID.fullmatch(log_id) or not isinstance(members, list):
            raise MalformedError("It does not say of which log it is.")
        if value["class"] not in NETWORK_CLASSES:
            raise MalformedError("It is of no class of networks.")
        check_org(org)
        check_person(person)
        parse_time(made_at)
        head = Head.from_json(value["head"])
        return cls(org, person, str(value["class"]), log_id, head, made_at, _members(members))


def _members(listed: Sequence[JsonValue]) -> tuple[Member, ...]:
    if len(listed) > MAX_MEMBERS:
        raise MalformedError(f"It has more than {MAX_MEMBERS} parts.")
    found: dict[str, Member] = {}
    for item in listed:
        name, size = (item.get("name"), item.get("bytes")) if isinstance(item, dict) else (None, None)
        limit = limit_of(name) if isinstance(name, str) else None
        if not isinstance(item, dict) or len(item) != 2 or not isinstance(name, str) or limit is None:
            raise MalformedError("It holds a part that no workspace has.")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= limit:
            raise MalformedError(f"Its part {name} is larger than {limit} bytes.")
        if name in found:
            raise MalformedError(f"It holds {name} twice.")
        found[name] = Member(name, size)
    if lacking := sorted(_NEEDED - set(found)):
        raise MalformedError(f"It lacks {lacking[0]}.")
    return tuple(found.values())


def refused(why: str) -> IntegrityError:
    """The seal is whole, and what it holds is no backup of a workspace."""
    return IntegrityError(f"The backup does not hold together. {why}", code="BACKUP_BROKEN")
