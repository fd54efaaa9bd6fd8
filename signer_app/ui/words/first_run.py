"""Words of the first run and of the set-up page. strings.py has the rules."""

from __future__ import annotations

from types import MappingProxyType

from signer_app.core.json_types import JsonObject

TITLE = "First steps"
QUESTION = "Do you want to practise, or set up for real?"
PRACTISE = "Practise now"
PRACTISE_ABOUT = (
    "Makes a treasury on a practice ledger on this computer, two colleagues, and a practice Ledger for you. "
    "A payment waits for your signature. Nothing leaves this computer and nothing has value."
)
REAL = "Set up for real"
REAL_ABOUT = (
    "Makes a workspace for real keys, step by step. You can stop after each step and go on later; going back "
    "loses nothing."
)
RESTORE = "I have a backup"
RESTORE_ABOUT = "Makes a workspace again from the file of a backup, on this computer."
LOADING = "One moment: the program is still loading."
HAVE_ONE = "I have a workspace"
FIRST_STEPS = "Practise, set up, or restore"
CANCEL = "Cancel"
BACK = "Back"
NEXT = "Next"
RETRY = "Try again"

# -- practising ---------------------------------------------------------------------------------------------

MAKING = "Making a place to practise"
MAKING_ABOUT = "This takes about half a minute. Cancel leaves nothing behind."
STOPPING = "Stopping after this step"
MADE = "Your place to practise is ready"
SHOWN_ONCE = "This passphrase is shown once. Write it down."
ONCE_ABOUT = (
    "It opens this practice workspace, and your keys when you sign. It is kept nowhere: without it the "
    "practice workspace cannot be opened again, and you make a new one."
)
ONCE_SAID = "Passphrase of the practice workspace"
COPY = "Copy"
COPIED = "Copied. The clipboard is emptied when you go on."
WRITTEN = "I have written it down"
WRITTEN_FIRST = "Tick that you have written the passphrase down. It is not shown again."
OPEN = "Open the practice workspace"
WAITS = "Waiting for you: a payment of 25,000 USD to the custodian. Carol has signed; you are the second."
FAILED = "The place to practise was not made. Nothing of it was kept."
STARTING_PLACE = "Starting the practice ledger and the practice Ledger"


def kept_in(folder: str) -> str:
    """Where it is."""
    return f"Kept in {folder}. The passphrases of your two colleagues are in its folder secrets."


# -- from a backup ------------------------------------------------------------------------------------------

RESTORE_STEPS = (
    "The workspace begins a new journal that names the old one. What was open in the backup is unknown until "
    "the ledger was read. Never work with the old folder again beside the restored one."
)
BACKUP_FILE = "File of the backup"
CHOOSE_BACKUP = "Choose a backup…"
BACKUP_OPENS = "Passphrase of the vault"
BACKUP_OPENS_HINT = "The one that the vault had when the backup was made."
POLICY_SEEN = "Newest version of the policy, if you know it"
POLICY_SEEN_HINT = (
    "Where it is newer than the backup, nothing can be signed before that version is active here too. The "
    "Policy page of a colleague shows it."
)
RESTORE_START = "Restore"
RESTORING = "Reading the backup and making the workspace"
NO_FILE_YET = "Choose the file of the backup."
NO_FOLDER_YET = "Say which folder to make."
NOT_TYPED_YET = "Type the passphrase of the vault."

# -- before the workspace exists ----------------------------------------------------------------------------

CLASSES = MappingProxyType(
    {
        "mainnet": ("Main network", "Real money. What is signed here moves it."),
        "testnet": ("Test network", "The ledger's public test network. Nothing there has value."),
    }
)
NETWORK_ABOUT = "A workspace belongs to one class of network. It cannot be changed later."
ORG = "Organisation"
PERSON = "Your id"
PERSON_HINT = "Such as alice. Colleagues see it beside everything that you sign."
ROLES = "Your roles"
ROLES_HINT = "With commas between, such as finance. Which roles you have, the policy says."
FOLDER = "Folder"
FOLDER_HINT = "A new folder. It holds journal, policy and sealed keys of this one person."
CHOOSE = "Choose…"
CHOOSE_TITLE = "Choose where the workspace's folder is made"
VAULT_FIELD = "Vault passphrase"
KEY_FIELD = "Key passphrase"
AGAIN = "The same again"
PASSPHRASES_ABOUT = (
    "The first opens the journal and the database at the start. The second opens your keys when you sign. "
    "They cannot be recovered. Five or more unusual words are good."
)
MEASURING = "Measuring how long one try takes on this computer"
MAKE = "Make the workspace"
MAKING_WORKSPACE = "Making the workspace"
RESUMED = "This was begun before. What you had entered is here; passphrases are never kept."


def cost(seconds: float, mebibytes: int) -> str:
    """What one try of a passphrase costs."""
    return f"One try takes {seconds:.1f} s and {mebibytes} MiB on this computer."


def strength(word: str) -> str:
    """How hard a passphrase is to guess."""
    return f"Strength: {word}"


def step_of(number: int, count: int, name: str) -> str:
    """Where one is."""
    return f"Step {number} of {count}: {name}"


# -- the set-up page ----------------------------------------------------------------------------------------

SETUP = "Setting up"
UNFINISHED = "Setting up is not finished."
UNFINISHED_CONSEQUENCE = "Nothing can be signed until a policy is in force."
GO_ON = "Go on"
READING = "Reading the set-up"
LATER = "You can lock the window at any time. What you entered is kept in this workspace."
LOCKED_KEYS = "Your keys are locked. Type the key passphrase to make keys, to enrol and to vote."
UNLOCK_KEYS = "Unlock keys"
UNLOCKING_KEYS = "Opening the keys"
ABOUT = MappingProxyType(
    {
        "KEYS": "This workstation has a device key. Make a key to sign with, or use the one of a Ledger. "
        "Your enrolment proves to the policy's author that you hold them.",
        "NODES": "Which nodes do you believe? Take nodes of at least two operators: they are compared.",
        "ACCOUNTS": "Which accounts does the treasury hold? Their signer lists are read from the ledger.",
        "PEOPLE": "Who signs with you? Open the enrolment of each, and compare its fingerprint by phone.",
        "DEVICES": "One name for each physical device. Two keys on one device count once.",
        "POLICY": "Start from a template, or open the policy that a colleague made. Read it before you vote.",
        "VOTES": "All who may change the policy vote for its first version. Compare the hash by phone.",
    }
)
DEVICE_KEY = "Device key of this workstation"
MAKE_KEY = "Make a key in a sealed file"
MAKING_KEY = "Making a key"
LEDGER_NAME = "Name of the Ledger"
ENROL = "Write my enrolment"
ENROL_LEDGER = "Write it with the connected Ledger"
ENROLLING = "Proving your keys. A Ledger shows a worthless transaction: approve it there"
SAVE_ENROLMENT = "Save it for the author…"
NO_KEYS = "No key yet."
ENROL_FIRST = "Write your enrolment first."
VOTED_ALREADY = "You voted for this policy. A change of it needs a new vote."
VOTE_FIRST = "Vote first; then your vote can be saved."
FINGERPRINT = "Fingerprint"
NODE_ID, OPERATOR, URL = "Name", "Operator", "Address (JSON-RPC)"
ADD_NODE = "Add node"
ASK_NODES = "Ask the nodes"
ASKING = "Asking the nodes"
NO_NODES = "No node yet."
ADDRESS, LABEL = "Address", "Name"
READ_ACCOUNT = "Read from the ledger"
READING_ACCOUNT = "Reading the account and its signer list"
NO_ACCOUNTS = "No account yet."
OPEN_POLICY = "Open a policy file…"
OR_FILE = "A colleague has set the treasury up already? Open the policy that they sent."
OPEN_ENROLMENT = "Open an enrolment…"
REMOVE = "Remove"
KEY, DEVICE, TIER, PERSON_COLUMN = "Key", "Device", "Kept", "Person"
TIERS = MappingProxyType({"cold": "cold", "warm": "warm", "hot": "hot"})
TEMPLATE = "Template"
ASSET, TX_CAP, DAY_CAP = "Asset", "At most in one payment", "At most in a day"
ASSET_HINT = "XRP, or USD.rIssuer"
ADD_ASSET = "Add asset"
RECEIVER, RECEIVER_ADDRESS, TAG = "Receiver", "Address", "Tag, if any"
ADD_RECEIVER = "Add receiver"
FILL = "Make the policy"
FILLING = "Making the policy"
POLICY_TEXT = "The policy as it will be voted for"
SAVE_POLICY = "Save it for the others…"
VOTE = "Vote for this policy"
VOTING = "Signing your vote with the device key"
SAVE_VOTE = "Save my vote…"
OPEN_VOTE = "Open a vote…"
POLICY_HASH = "Hash of the policy"
VOTED, NOT_VOTED = "voted", "not yet"
ACTIVATE = "Activate the policy"
ACTIVATING = "Putting the policy in force"
SIGNERS, QUORUM = "Signers", "Quorum"


def node_answer(answer: JsonObject | None) -> str:
    """What a node said when it was asked who it is."""
    if answer is None:
        return ""
    return f"ok, ledger {answer['validated']}" if answer["answer"] == "ok" else str(answer["answer"])


def account_read(quorum: int, signers: int, ledger: str, operators: int) -> str:
    """What the ledger says of an account."""
    return f"quorum {quorum} of {signers} signers, ledger {ledger}, {operators} operators agree"
