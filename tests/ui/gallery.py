"""Every part of the window on one sheet, for eyes and for the tests that walk over widgets."""

from __future__ import annotations

from signer_app.ui.qt import QtWidgets
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    AmountLabel,
    Card,
    CheckLine,
    CheckList,
    DeviceChip,
    DiffTable,
    Effect,
    EffectTable,
    HashCompare,
    LegTable,
    NetworkChip,
    Pill,
    Pip,
    QuorumPips,
    RiskChip,
    StateBanner,
    Step,
    Timeline,
    WhyDisabled,
    column,
    label,
    plain,
    row,
)
from signer_app.ui.words import strings

#: Derived from labels; nobody holds a key for them.
KNOWN = "rPdCw8hKmYSnPH7YJntyFEBYxxzaYLwz7k"
STRANGER = "rKnJwR4nb1s7P7yU7oyPt51zvPLfD2Lndx"
HASH = "53d13ef0d01a9d38e35cb07e0b1a7f11f654d92f5c2a89e8f805a99f4a5a6177"

CHECKS = (
    CheckLine(
        "PASS",
        "Recipient",
        "Allow-list entry 31, active since 12 Aug",
        (("rule", "allow-acme"), ("code", "ALLOWED")),
    ),
    CheckLine(
        "FAIL", "24-hour limit", "312,500.55 of 250,000.00 RLUSD; over by 62,500.55", (("rule", "cap-24h"),)
    ),
    CheckLine("INDETERMINATE", "Sanctions list", "Could not tell: the list is 8 days old, the limit is 7."),
    CheckLine("NOT_APPLICABLE", "Refund fields", "Not used on XRPL"),
    CheckLine("PASS", "People", "The proposer is not counted as a signer"),
    CheckLine("PASS", "Signer list", "3 nodes agree: quorum 2, master key off, no regular key"),
)
DEVICES = (
    ("Ledger Nano X", "READY", "XRP app 2.6"),
    ("Ledger Flex", "LOCKED", "Enter the PIN on the device"),
    ("Ledger Stax", "WRONG_APP", "Stellar is open, XRP is needed"),
    ("Trezor Safe 5", "CANNOT_SIGN_KIND", "No XRPL multisigning on this model"),
    ("HSM slot 2", "BUSY", "Used by another proposal"),
    ("Trezor Model T", "NOT_A_SIGNER", "Key is not in the signer list"),
)


def make_gallery() -> QtWidgets.QWidget:
    """The sheet: three columns of cards."""
    sheet = plain("bg")
    outer = column(sheet, spacing=12, margins=(16, 16, 16, 16))
    outer.addWidget(_banners())
    columns = row(spacing=12)
    outer.addLayout(columns, 1)
    for cards in (
        (_networks(), _chips(), _buttons()),
        (_addresses(), _checks(), _devices()),
        (_effects(), _hashes(), _timeline()),
    ):
        one = column(spacing=12)
        for card in cards:
            one.addWidget(card)
        one.addStretch(1)
        columns.addLayout(one, 1)
    return sheet


def _banners() -> QtWidgets.QWidget:
    holder = plain()
    box = row(holder, spacing=12)
    warn = StateBanner(
        "warn",
        "No node answers for XRPL.",
        "Facts are 6 min old. Signing is off until 2 nodes agree.",
        icon="offline",
    )
    warn.offer([(strings.RETRY, lambda: None)])
    box.addWidget(warn)
    box.addWidget(
        StateBanner(
            "danger",
            "Denied. These bytes cannot be signed with Countersign.",
            "4 checks failed; none has an override.",
        )
    )
    return holder


def _networks() -> Card:
    card = Card("Networks", "network", "word, colour, pattern")
    line = row()
    for name in ("mainnet", "testnet", "practice"):
        line.addWidget(NetworkChip(name))
    line.addStretch(1)
    card.body.addLayout(line)
    pills = row()
    for plain_words, strong, tone in (("Nodes", "3 of 3 agree", "ok"), ("Ledger Nano X", "locked", "warn")):
        pill = Pill()
        pill.show_state(plain_words, strong, tone)
        pills.addWidget(pill)
    pills.addStretch(1)
    card.body.addLayout(pills)
    return card


def _chips() -> Card:
    card = Card("Risk, verdict, quorum, amount", "policy")
    for kinds in (("low", "review", "high", "denied"), ("waiting", "expired", "override", "unknown")):
        line = row(spacing=6)
        for kind in kinds:
            line.addWidget(RiskChip(kind, reason="Set by the 24-hour limit"))
        line.addStretch(1)
        card.body.addLayout(line)
    for pips, words in (
        ((Pip("signed", who="CFO"), Pip("you", who="COO")), "1 of 2, yours next"),
        ((Pip("signed", 3), Pip("signed", 1), Pip("open", 1), Pip("refused", 1)), "weight 4 of 6"),
    ):
        line = row()
        line.addWidget(QuorumPips(pips, words))
        line.addWidget(label(words, "small", "text2"))
        line.addStretch(1)
        card.body.addLayout(line)
    card.body.addWidget(AmountLabel("-25000.00", "RLUSD", large=True))
    card.body.addWidget(label(strings.all_decimals(7, "25,000.0000000"), "small", "text3"))
    return card


def _buttons() -> Card:
    card = Card("Buttons", "sign", "a grey one says why")
    line = row()
    for words, kind in (("Sign", "primary"), ("Reject", ""), ("Stop", "danger"), ("Halt", "danger-outline")):
        line.addWidget(ActionButton(words, kind=kind))
    line.addStretch(1)
    card.body.addLayout(line)
    blocked = WhyDisabled(ActionButton("Review and sign", kind="primary", icon="sign"))
    blocked.block("1 weight is missing. COO can sign.")
    card.body.addWidget(blocked)
    field = QtWidgets.QLineEdit()
    field.setPlaceholderText("Search summary, hash, proposal")
    field.setAccessibleName("Search")
    card.body.addWidget(field)
    choice = QtWidgets.QComboBox()
    choice.addItems(["All accounts", "Treasury", "Issuer"])
    choice.setAccessibleName("Account")
    tick = QtWidgets.QCheckBox("System records")
    tick.setChecked(True)
    both = row()
    both.addWidget(choice)
    both.addWidget(tick)
    both.addStretch(1)
    card.body.addLayout(both)
    return card


def _addresses() -> Card:
    card = Card("Addresses", "accounts", "always whole")
    card.body.addWidget(
        AddressBlock(KNOWN, "Acme Custody", mark="on-list", note="used 14 times", tag="Tag 40718")
    )
    card.body.addWidget(AddressBlock(STRANGER, mark="not-on-list", note="First seen today"))
    return card


def _checks() -> Card:
    card = Card("Policy checks", "policy", "failed first")
    card.body.addWidget(CheckList(CHECKS))
    return card


def _devices() -> Card:
    card = Card("Devices", "devices", "state and reason")
    grid = QtWidgets.QGridLayout()
    for number, (name, state, reason) in enumerate(DEVICES):
        grid.addWidget(DeviceChip(name, state, reason), number // 2, number % 2)
    grid.setColumnStretch(2, 1)
    card.body.addLayout(grid)
    return card


def _effects() -> Card:
    card = Card("What will change", "change", "decoded from the 152 bytes you sign")
    effects = EffectTable()
    effects.show_effects(
        [
            Effect("Treasury", "−25,000.00 RLUSD", "312,480.55", "287,480.55"),
            Effect("Fee", "−0.000030 XRP", "1,204.118402", "1,204.118372"),
        ]
    )
    legs = LegTable()
    legs.show_legs(
        [("Pay 40.00 USD to Acme", "PASS", "Allowed"), ("Pay 90.00 USD to nobody known", "FAIL", "Denied")]
    )
    diff = DiffTable()
    diff.show_diff([("Quorum", "2", "3", "tighter"), ("Master key", "off", "off", "")])
    for table in (effects, legs, diff):
        card.body.addWidget(table)
    return card


def _hashes() -> Card:
    card = Card("Hashes of these bytes", "hash", "read row A by phone")
    compare = HashCompare(HASH)
    compare.input.setText(HASH[:17] + "0" + HASH[18:])
    card.body.addWidget(compare)
    return card


def _timeline() -> Card:
    card = Card("Timeline", "history")
    card.body.addWidget(
        Timeline(
            [
                Step("Proposed by Treasury Ops", "13:20:44 · record 18,391", record=18391),
                Step("Signed by CFO", "13:41:52 · Ledger Flex, CFO workstation"),
                Step("Your signature", "Re-checked at signing time", when="now"),
                Step("Send to XRPL mainnet", "After a last policy check", when="next"),
            ]
        )
    )
    return card
