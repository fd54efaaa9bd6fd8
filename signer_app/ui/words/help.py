"""Help: each page in a few sentences, and the keys that belong to no menu."""

from __future__ import annotations

from types import MappingProxyType

HELP_HERE = "Help for this page"
HELP_TITLE = "Help: {page}"
SHOW_KEYS = "Show all keys"
UNLOCK = "Unlock"

#: Page -> what it is for, what one does there, what it never does.
PAGES = MappingProxyType(
    {
        "unlock": (
            "Unlocking opens one workspace: its journal, proposals, policy and sealed keys.",
            "Choose the folder, type the passphrase and press Unlock. A wrong one costs a wait that doubles.",
            "Working offline asks no node. Verifying a journal needs no passphrase.",
            "Looking only signs and writes nothing; it works while another window or command has it open.",
        ),
        "inbox": (
            "The inbox is for deciding. It lists proposals that wait, the most urgent first.",
            "Titles, amounts and receivers come from the decoded bytes. Words of the proposer are "
            "marked as such.",
            "Read what will change, then the policy's checks. Review and sign opens the comparison with your "
            "device; nothing is signed by a key or by Enter.",
            "What the policy denies cannot be signed here. The reason and the evidence stand beside it.",
        ),
        "setup": (
            "A workspace is set up in steps, from your keys to the votes on a policy.",
            "Each step says what is missing. You can stop after any of them; the window comes back to it.",
            "Accounts and their signers are read from the ledger. Nothing is there before you name it.",
        ),
        "new": (
            "Here a proposal is made. The right side shows what its bytes do and what the policy says "
            "to them.",
            "Choose the receiver from the address book; an address that is typed looks different and "
            "may be denied.",
            "Amounts are exact. Nothing is signed by making a proposal; it waits for people.",
        ),
        "proposals": (
            "Every proposal of this workspace, open and done.",
            "Sort by a column, filter, keep filters under a name, choose columns. Enter opens a proposal.",
            "Proposals that use the same slot of the ledger are bracketed: only one of them can ever count.",
        ),
        "accounts": (
            "The accounts of the policy, with their signers and settings as the ledger has them.",
            "The drift line says whether the ledger equals the policy. If it does not, do not sign for the "
            "account before you know why.",
            "Any change of signers shows before and after, and whether enough people could still sign.",
        ),
        "treasury": (
            "What there is, what is promised, and what is left: available = total − reserve − pending. "
            "Pending is "
            "what proposals with a signature can still take.",
            "Limits count pending payments too. Yellow from 75 %, red from 95 %; below each stands when room "
            "comes back.",
            "Facts are read every 30 seconds while somebody can see them. If nodes fall silent, the "
            "last ones "
            "stay, marked with their age.",
            "Own window shows the same on a second screen. It closes when this window locks.",
        ),
        "book": (
            "Addresses that were agreed on, with their tags, assets and cooling-down times.",
            "Entries are changed by proposals that people sign, never here alone.",
            "Look-alikes are marked: some attackers make addresses with the same first and last letters.",
        ),
        "policy": (
            "The rules that decide what may be signed, in words, with who signed them.",
            "Try it judges one proposal without recording anything. Replay shows what a new policy "
            "would have "
            "done to past proposals. Changes marks each difference as tighter, looser or different.",
            "A policy counts from its activation time, once enough people have signed it.",
        ),
        "devices": (
            "The signer keys of the policy, and the devices that are plugged in now.",
            "A device appears by itself. If it says Locked, enter its PIN; if it says App closed, open "
            "the app.",
            "Show address compares a key with the device's own screen. Test signs something worthless.",
            "Devices are looked at only while this window is unlocked and in front, or this page is in view.",
        ),
        "journal": (
            "Everything that happened here, chained so that nothing can be taken out or changed unseen.",
            "Verify all reads every record again. Export for auditor writes a bundle that needs no key "
            "of yours.",
            "If it says the journal is not intact: do not sign, and export the evidence before "
            "anything else.",
        ),
        "nodes": (
            "Whom this workspace believes about the ledgers. Agreement counts operators, not nodes.",
            "A list that was changed outside of this program is not used before a person has read it "
            "and stands "
            "by it.",
            "Nodes that differ block signing. Ask their operators; do not remove one to be rid of it.",
        ),
        "settings": (
            "How the window looks, when it locks and when it tells you something.",
            "A notice of the desktop comes only while you look elsewhere. Quiet hours hold back all "
            "but a halt, a journal that cannot be written and a denied proposal with a signature.",
            "Changes that touch safety are proposals, not settings.",
        ),
    }
)

#: Sections of the sheet of keys beside the menus: (title, ((keys, words), …)).
MORE_KEYS = (
    (
        "Everywhere",
        (
            ("Tab, Shift+Tab", "Next and previous control"),
            ("Space", "Press the button in focus"),
            ("Enter", "Press it too, unless it signs, sends, proposes or decides"),
            ("Esc", "Close a dialog, or the detail below a pill; nothing is done"),
            ("Ctrl+V", "Outside a field: take in what was copied, a document's text or files"),
            ("Alt", "Show the menu bar"),
            ("Ctrl+C", "Copy the whole value of a cell or address"),
        ),
    ),
    (
        "Lists",
        (
            ("Up, Down", "Previous and next row, also in the detail below a pill"),
            ("J, K", "The same in the inbox"),
            ("Enter", "Open the row of a table; it never signs"),
            ("Ctrl+F", "To the filter of proposals or of the address book"),
            ("Esc", "In the filter of proposals: show all again"),
        ),
    ),
    (
        "Comparing with a device",
        (
            ("Space", "Equal, next line"),
            ("Shift+Space", "Take the tick back"),
            ("Up, Down", "Another line"),
            ("Left, Right", "Turn the drawing's pages"),
        ),
    ),
    (
        "Treasury in its own window",
        (("F5", "Read now"), ("Ctrl+L", "Lock everything"), ("Ctrl+W", "Close this window")),
    ),
    ("Practice device", (("Left, Right", "Press one button"), ("Down, Enter", "Press both"))),
)
