"""One tree of errors. Each carries a stable code, a sentence and a hint; its family fixes the exit code.

The catalogue below is the closed list behind docs/errors.md. Check codes (docs/checks.md) are another list:
a check code is the outcome of a policy rule or of decoding, never of a failed read or write. Only MALFORMED,
REENCODE_MISMATCH and NETWORK stand in both, because bytes that cannot be read have no report to stand in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from signer_app.core.json_types import JsonValue


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One row of docs/errors.md."""

    code: str
    family: str
    sentence: str
    hint: str


class CountersignError(Exception):
    """Root of the tree. Never raised itself: raise the family that says whose fault it is.

    ``message`` is a full sentence for a person and must hold no secret. ``code`` is one of CATALOGUE.
    """

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "UNFORESEEN"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        details: Mapping[str, JsonValue] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        kind = CATALOGUE.get(self.code)
        if kind is None:
            raise LookupError(f"error code {self.code!r} is not in the catalogue")
        self.hint = kind.hint if hint is None else hint
        self.details: dict[str, JsonValue] = dict(details or {})

    def to_json(self) -> dict[str, JsonValue]:
        """Shape: {code, message, hint, details?} (CONTRACTS, DESIGN section 5)."""
        body: dict[str, JsonValue] = {"code": self.code, "message": self.message, "hint": self.hint}
        if self.details:
            body["details"] = self.details
        return body


class UnforeseenError(CountersignError):
    """A fault of the program. Exit 1."""


class UsageError(CountersignError):
    """The command line is wrong or incomplete. Exit 2."""

    exit_code = 2
    default_code = "USAGE"


class MalformedError(CountersignError):
    """Input that cannot be read: bytes, documents, files. Exit 3."""

    exit_code = 3
    default_code = "MALFORMED"


class DeniedError(CountersignError):
    """Policy or lifecycle says no. Exit 4."""

    exit_code = 4
    default_code = "POLICY_DENIED"


class SignerError(CountersignError):
    """A signer, its process or its device. Exit 5."""

    exit_code = 5
    default_code = "SIGNER_FAILED"


class NodeError(CountersignError):
    """A ledger node or the network. Exit 6."""

    exit_code = 6
    default_code = "NODE_UNREACHABLE"


class IntegrityError(CountersignError):
    """Vault, store or journal cannot be trusted or opened. Exit 7."""

    exit_code = 7
    default_code = "JOURNAL_BROKEN"


class NotFoundError(CountersignError):
    """The thing named does not exist. Exit 8."""

    exit_code = 8
    default_code = "NOT_FOUND"


class ConflictError(CountersignError):
    """The thing exists in a state that does not allow this. Exit 8."""

    exit_code = 8
    default_code = "CONFLICT"


def _catalogue(*rows: tuple[str, str, str, str]) -> dict[str, ErrorKind]:
    return {code: ErrorKind(code, family, sentence, hint) for code, family, sentence, hint in rows}


#: The closed list of error codes: code, family, what it means, what to do. docs/errors.md is made from it.
CATALOGUE: dict[str, ErrorKind] = _catalogue(
    (
        "UNFORESEEN",
        "unforeseen",
        "The program met a case that it was not built for.",
        "Nothing was signed or sent by this command. Report it with the text under details.",
    ),
    ("USAGE", "usage", "The command line is wrong or incomplete.", "Run the command with --help."),
    ("NETWORK_REQUIRED", "usage", "The input does not say which network it is for.", "Add --network."),
    (
        "PASSPHRASE_REQUIRED",
        "usage",
        "A passphrase is needed and there is no terminal to ask at.",
        "Give --passphrase-file or --key-passphrase-file.",
    ),
    (
        "CONFIRMATION_REQUIRED",
        "usage",
        "A person has to confirm this.",
        "Run the command at a terminal and read the question.",
    ),
    (
        "DISPLAY_REQUIRED",
        "usage",
        "The window needs a display, and there is none.",
        "Start it in a desktop session, or give a command: countersign --help lists them.",
    ),
    ("NOT_BUILT", "usage", "This part is not in this version.", "docs/requirements.md lists what is."),
    (
        "MALFORMED",
        "malformed",
        "The input cannot be read as what it claims to be.",
        "Ask its author for the file again. Do not repair it by hand.",
    ),
    (
        "REENCODE_MISMATCH",
        "malformed",
        "Two readers do not agree about these bytes.",
        "Do not sign them anywhere. Keep the file for analysis.",
    ),
    (
        "NETWORK",
        "malformed",
        "The input is for another network than the one named.",
        "Check which network the author meant.",
    ),
    (
        "TOO_LARGE",
        "malformed",
        "The input is larger than the limit.",
        "docs/contracts.md section G lists the limits.",
    ),
    (
        "BAD_SIGNATURE",
        "malformed",
        "A signature does not fit these bytes.",
        "Do not retry; find out who made it.",
    ),
    ("INCOMPLETE", "malformed", "Parts of the message are missing.", "Scan or give the missing parts."),
    ("POLICY_DENIED", "denied", "Policy does not allow this.", "The report names each rule that failed."),
    (
        "POLICY_INACTIVE",
        "denied",
        "No policy is active in this workspace.",
        "Collect votes, then run policy activate.",
    ),
    (
        "VOTES_MISSING",
        "denied",
        "Not enough valid votes for this policy.",
        "The details name the groups that are open.",
    ),
    ("SIGNER_FAILED", "signer", "The signer did not give a signature.", "Nothing left the program."),
    ("SIGNER_UNAVAILABLE", "signer", "The signer process cannot be started.", "See details for the reason."),
    (
        "SIGNER_DIED",
        "signer",
        "The signer process ended before it answered.",
        "Nothing was signed as far as this program knows; the journal says what was asked.",
    ),
    ("SIGNER_TIMEOUT", "signer", "The signer process did not answer in time.", "It was ended. Try again."),
    ("SIGNER_PROTOCOL", "signer", "The signer process broke the protocol.", "It was ended. Report it."),
    (
        "SANDBOX_UNAVAILABLE",
        "signer",
        "The key process cannot be fenced off, so it refuses keys.",
        "docs/threat-model.md lists the systems where keys can be used.",
    ),
    (
        "KEY_PASSPHRASE_WRONG",
        "signer",
        "The key passphrase is wrong.",
        "Try again; wait times grow with each miss.",
    ),
    ("KEY_NOT_FOUND", "signer", "There is no such key in this workspace.", "Run keys list."),
    ("KEY_FILE_BROKEN", "signer", "A key file cannot be read or was changed.", "Restore it from a backup."),
    (
        "NOT_THIS_SIGNER",
        "signer",
        "This key cannot sign for that account.",
        "Choose the key of a listed signer.",
    ),
    (
        "DEV_NOT_FOUND",
        "signer",
        "No such device is connected.",
        "Connect it, or run devices list to see what is there.",
    ),
    ("DEV_LOCKED", "signer", "The device is locked.", "Enter the PIN on the device."),
    (
        "DEV_APP_CLOSED",
        "signer",
        "The app that is needed is not open on the device.",
        "Open it on the device.",
    ),
    (
        "DEV_APP_MISSING",
        "signer",
        "The app that is needed is not installed on the device.",
        "Install it with the maker's own program.",
    ),
    (
        "DEV_WRONG_APP",
        "signer",
        "Another app is open on the device.",
        "Leave it on the device and open the one that is named.",
    ),
    (
        "DEV_OLD_APP",
        "signer",
        "The app on the device is too old, or does not know this request.",
        "Update it with the maker's own program.",
    ),
    (
        "DEV_IN_USE",
        "signer",
        "Another program holds this device.",
        "Close the maker's program, browsers with wallet pages and other wallets, then try again.",
    ),
    (
        "DEV_BUSY",
        "signer",
        "The device is asking somebody something else.",
        "Finish or reject what it shows, then try again.",
    ),
    (
        "DEV_NO_PERMISSION",
        "signer",
        "This user may not open USB devices.",
        "Run devices install-udev, then connect the device again.",
    ),
    (
        "DEV_DISCONNECTED",
        "signer",
        "The connection to the device dropped. Nothing was signed.",
        "Connect it again. If it still shows the transaction, reject it there.",
    ),
    (
        "DEV_WRONG_KEY",
        "signer",
        "The device holds a different key.",
        "Connect the device that is named, or check the passphrase on it.",
    ),
    (
        "DEV_REJECTED",
        "signer",
        "It was rejected on the device.",
        "If a line differed, run proposal reject and say which.",
    ),
    (
        "DEV_CANCELLED",
        "signer",
        "Stopped here while the device was asked. Nothing was signed.",
        "If the device still shows the transaction, reject it there.",
    ),
    (
        "DEV_TIMEOUT",
        "signer",
        "The device did not answer in time. Nothing was signed.",
        "Look at the device: if it still asks, reject there, then start again.",
    ),
    (
        "DEV_PROTOCOL",
        "signer",
        "The device answered something that cannot be understood. Nothing was signed.",
        "Disconnect it, connect it again, and try once more.",
    ),
    (
        "DEV_REFUSED",
        "signer",
        "The device refused the request.",
        "The details hold its own code.",
    ),
    (
        "DEV_FAULT",
        "signer",
        "The device reports a fault of its own.",
        "Disconnect it and connect it again.",
    ),
    (
        "DEV_BAD_SIGNATURE",
        "signer",
        "The device's signature does not fit these bytes.",
        "Do not retry. It is in quarantine and was not shared; the journal holds the evidence.",
    ),
    (
        "DEV_TOO_LARGE",
        "signer",
        "The transaction is too large for this device.",
        "Split the proposal, or use a signer whose device can show it.",
    ),
    (
        "DEV_UNSUPPORTED",
        "signer",
        "This model cannot sign this kind.",
        "Use a listed signer whose device can.",
    ),
    ("NODE_UNREACHABLE", "node", "The node does not answer.", "Check the address, or wait and retry."),
    (
        "NODE_PROTOCOL",
        "node",
        "The node answered something that cannot be understood.",
        "Another program may listen at this address.",
    ),
    ("NODE_WRONG_NETWORK", "node", "The node is of another network.", "Check the node's address."),
    (
        "NODE_CERTIFICATE_CHANGED",
        "node",
        "The node shows another certificate than the recorded one.",
        "Ask its operator whether it is theirs; if so, run nodes accept-certificate NAME at a terminal.",
    ),
    (
        "NODES_UNCONFIRMED",
        "node",
        "The list of nodes was changed outside of the program.",
        "Run nodes confirm at a terminal and read the list.",
    ),
    ("NODES_DISAGREE", "node", "The nodes do not agree.", "Do not sign until you know which one is wrong."),
    (
        "NODE_BEHIND",
        "node",
        "The node has no validated ledger that is recent enough.",
        "Wait, or use another node.",
    ),
    (
        "REHEARSAL_FAILED",
        "node",
        "A step of the rehearsal was not right, so the rehearsal ended there.",
        "The steps say what was expected and what came.",
    ),
    ("OFFLINE", "node", "Nodes are not asked, because --offline was given.", "Leave out --offline."),
    (
        "OUTCOME_UNKNOWN",
        "node",
        "It is not known whether the transaction was applied.",
        "Do not send another one. Run proposal track.",
    ),
    (
        "OUTCOME_UNREAD",
        "conflict",
        "What became of it after the backup is not known here.",
        "Run proposal track: it reads the ledger.",
    ),
    ("VAULT_PASSPHRASE_WRONG", "integrity", "The vault passphrase is wrong.", "Try again."),
    (
        "VAULT_BROKEN",
        "integrity",
        "The vault file cannot be read or was changed.",
        "Restore it from a backup.",
    ),
    (
        "KEYRING_UNAVAILABLE",
        "integrity",
        "The system's keyring, which holds half of the vault's key and the journal's head, cannot be used.",
        "Unlock the keyring of your desktop session.",
    ),
    (
        "BACKUP_BROKEN",
        "integrity",
        "The backup is not what was written, or does not hold together.",
        "Take another copy of it, or an older backup. Nothing of this one was used.",
    ),
    ("STORE_BROKEN", "integrity", "The database cannot be opened.", "Run workspace rebuild."),
    (
        "CLASS_CHANGED",
        "integrity",
        "The configuration is for another class of networks than the workspace.",
        "Put the class back in config/platform-config.yaml; a workspace never changes it.",
    ),
    ("JOURNAL_BROKEN", "integrity", "The journal cannot be trusted as it is.", "Run journal verify."),
    (
        "JOURNAL_POISONED",
        "integrity",
        "A write to the journal failed; nothing more is written or signed.",
        "Free space or repair the disk, then start again.",
    ),
    (
        "JOURNAL_TORN",
        "integrity",
        "The journal ends in an incomplete record that a checkpoint covers.",
        "Run journal repair and read what it says.",
    ),
    (
        "OUT_OF_MEMORY",
        "integrity",
        "There is not enough free memory to hash a passphrase.",
        "Close other programs, then try again.",
    ),
    ("STORAGE_FULL", "integrity", "The disk is full.", "Free space, then start again. Nothing was lost."),
    ("STORAGE_FAILED", "integrity", "A file could not be written or read.", "See details for the reason."),
    (
        "POLICY_ROLLBACK",
        "integrity",
        "The policy is older than one that was active here.",
        "Use the newest policy, or make a new version.",
    ),
    ("NOT_FOUND", "not_found", "There is no such thing here.", "Check the id."),
    ("CONFLICT", "conflict", "This is not possible in the present state.", "See the message."),
    ("EXISTS", "conflict", "It exists already.", "Choose another name or place."),
    (
        "WORKSPACE_LOCKED",
        "conflict",
        "Another Countersign has this workspace open.",
        "Close it, or wait until its command has ended. To look only, give --read-only.",
    ),
    (
        "READ_ONLY",
        "conflict",
        "This workspace was opened to look only.",
        "Leave out --read-only, once no other program has the workspace open.",
    ),
    (
        "NOT_A_WORKSPACE",
        "not_found",
        "This folder is no workspace.",
        "Run workspace init, or give --workspace.",
    ),
    ("WRONG_STATE", "conflict", "The proposal's state does not allow this.", "Run proposal show."),
    ("SLOT_CONFLICT", "conflict", "The ticket or sequence is taken.", "Run proposal slots list."),
    ("NOTHING_TO_SIGN", "conflict", "There is nothing here for this signer.", "Run proposal show."),
    ("NOT_SUCCESSFUL", "conflict", "The transaction is final and did not succeed.", "Run proposal show."),
)
