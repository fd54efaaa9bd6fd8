"""The parts that pages are made of. Import them from here."""

from __future__ import annotations

from signer_app.ui.widgets.addresses import (
    AddressBlock,
    AmountLabel,
    GroupedText,
    HashCompare,
    HashGrid,
    grouped,
    groups_of,
)
from signer_app.ui.widgets.base import (
    Elided,
    Painted,
    clear,
    column,
    label,
    plain,
    repolish,
    roomy,
    row,
    rule,
    set_tone,
    settle,
)
from signer_app.ui.widgets.cards import ActionButton, Card, Icon, StateBanner
from signer_app.ui.widgets.checks import CheckLine, CheckList, CheckRow
from signer_app.ui.widgets.chips import Chip, Dot, Pill, Pip, QuorumPips, RiskChip
from signer_app.ui.widgets.controls import (
    Chooser,
    TabButton,
    TabButtons,
    enter_presses,
    fill,
    stop_before,
    stops_in,
    tab_through,
)
from signer_app.ui.widgets.network import NetworkChip, NetworkFrame
from signer_app.ui.widgets.qr import QrCode
from signer_app.ui.widgets.reasons import Reasons, WhyDisabled
from signer_app.ui.widgets.ring import FocusRing
from signer_app.ui.widgets.tables import (
    Cell,
    Column,
    DiffTable,
    Effect,
    EffectTable,
    FactTable,
    LegTable,
)
from signer_app.ui.widgets.timeline import DeviceChip, Step, Timeline

__all__ = [
    "ActionButton",
    "AddressBlock",
    "AmountLabel",
    "Card",
    "Cell",
    "CheckLine",
    "CheckList",
    "CheckRow",
    "Chip",
    "Chooser",
    "Column",
    "DeviceChip",
    "DiffTable",
    "Dot",
    "Effect",
    "EffectTable",
    "Elided",
    "FactTable",
    "FocusRing",
    "GroupedText",
    "HashCompare",
    "HashGrid",
    "Icon",
    "LegTable",
    "NetworkChip",
    "NetworkFrame",
    "Painted",
    "Pill",
    "Pip",
    "QrCode",
    "QuorumPips",
    "Reasons",
    "RiskChip",
    "StateBanner",
    "Step",
    "TabButton",
    "TabButtons",
    "Timeline",
    "WhyDisabled",
    "clear",
    "column",
    "enter_presses",
    "fill",
    "grouped",
    "groups_of",
    "label",
    "plain",
    "repolish",
    "roomy",
    "row",
    "rule",
    "set_tone",
    "settle",
    "stop_before",
    "stops_in",
    "tab_through",
]
