"""Colours and sizes of the window as data. Nothing else in this room names a colour.

Contrast is by the WCAG 2 formula; tests/ui/test_theme_tokens.py works it out for every pair that is used.
Network colours (mainnet, testnet, practice) stand for networks and for nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Tone:
    """A meaning: its text colour, a soft fill with its edge, and a solid fill with the text on it."""

    text: str
    soft: str
    line: str
    fill: str
    on_fill: str


@dataclass(frozen=True, slots=True)
class DeviceColours:
    """A drawn hardware wallet. It does not follow the theme: the thing on the desk does not either."""

    case: str = "#23272F"
    edge: str = "#0B0D11"
    screen: str = "#000000"
    ink: str = "#FFFFFF"
    button: str = "#5A6270"


DEVICE = DeviceColours()


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. ``chip_edge`` is in pixels; every colour is "#RRGGBB"."""

    name: str
    dark: bool
    bg: str
    surface: str
    sunken: str
    line: str
    line2: str
    ctl: str
    text: str
    text2: str
    text3: str
    disabled: str
    on_disabled: str
    selected: str
    accent: Tone
    danger: Tone
    warn: Tone
    ok: Tone
    info: Tone
    mainnet: Tone
    testnet: Tone
    practice: Tone
    veil: str
    chip_edge: int = 1

    def tone(self, name: str) -> Tone:
        """The tone of a word such as "danger"; "neutral" has the colours of plain text."""
        tones = {
            "accent": self.accent,
            "danger": self.danger,
            "warn": self.warn,
            "ok": self.ok,
            "info": self.info,
            "mainnet": self.mainnet,
            "testnet": self.testnet,
            "practice": self.practice,
            "neutral": Tone(self.text2, self.surface, self.line, self.sunken, self.text2),
        }
        return tones[name]


#: The tones that say something about a proposal, a device or a check.
TONES = ("neutral", "accent", "danger", "warn", "ok", "info")
#: Networks: class of the workspace -> tone, and word on the chip.
NETWORK_TONES = MappingProxyType({"mainnet": "mainnet", "testnet": "testnet", "practice": "practice"})

LIGHT = Tokens(
    name="light",
    dark=False,
    bg="#F3F4F6",
    surface="#FFFFFF",
    sunken="#ECEEF2",
    line="#DCE0E6",
    line2="#E8EBEF",
    ctl="#7E8999",
    text="#12161D",
    text2="#444D5E",
    text3="#5C6678",
    disabled="#E3E6EB",
    on_disabled="#5C6678",
    selected="#E8EDFC",
    accent=Tone("#2348C7", "#E8EDFC", "#B9C7F3", "#2348C7", "#FFFFFF"),
    danger=Tone("#B3201F", "#FCEBEA", "#EBB1AD", "#B3201F", "#FFFFFF"),
    warn=Tone("#855000", "#FCF2DD", "#E6C98C", "#855000", "#FFFFFF"),
    ok=Tone("#0F6B3E", "#E5F4EB", "#A6D3B9", "#0F6B3E", "#FFFFFF"),
    info=Tone("#175CA6", "#E6F0FA", "#AFCDEB", "#175CA6", "#FFFFFF"),
    mainnet=Tone("#12161D", "#FFFFFF", "#12161D", "#12161D", "#FFFFFF"),
    testnet=Tone("#9A1B9A", "#F9E8F9", "#9A1B9A", "#9A1B9A", "#FFFFFF"),
    practice=Tone("#0B6A6E", "#FFFFFF", "#0B6A6E", "#FFFFFF", "#0B6A6E"),
    veil="#12161D",
)

DARK = Tokens(
    name="dark",
    dark=True,
    bg="#0E1115",
    surface="#161A20",
    sunken="#11141A",
    line="#2A313B",
    line2="#222831",
    ctl="#6F7A8A",
    text="#E8EBF0",
    text2="#B0B8C5",
    text3="#8E98A8",
    disabled="#242A33",
    on_disabled="#8E98A8",
    selected="#1B2547",
    accent=Tone("#93ABFF", "#1B2547", "#33457F", "#3A5BE0", "#FFFFFF"),
    danger=Tone("#FF8F86", "#341819", "#6E2F2D", "#C8322C", "#FFFFFF"),
    warn=Tone("#F0B557", "#30250F", "#6A5222", "#F0B557", "#0E1115"),
    ok=Tone("#62CC95", "#11281D", "#2A5A40", "#62CC95", "#0E1115"),
    info=Tone("#7FB5F5", "#13243A", "#2C4B70", "#7FB5F5", "#0E1115"),
    mainnet=Tone("#E8EBF0", "#161A20", "#E8EBF0", "#E8EBF0", "#0E1115"),
    testnet=Tone("#EC8CEC", "#2E152E", "#EC8CEC", "#EC8CEC", "#0E1115"),
    practice=Tone("#52C6CA", "#161A20", "#52C6CA", "#161A20", "#52C6CA"),
    veil="#000000",
)


def high_contrast(tokens: Tokens) -> Tokens:
    """For people whose system asks for more contrast: no soft fills, every edge as strong as a control's."""

    def flat(tone: Tone) -> Tone:
        return replace(tone, soft=tokens.surface, line=tone.text)

    return replace(
        tokens,
        name=f"{tokens.name}-high-contrast",
        line=tokens.ctl,
        line2=tokens.ctl,
        text2=tokens.text,
        text3=tokens.text2,
        accent=flat(tokens.accent),
        danger=flat(tokens.danger),
        warn=flat(tokens.warn),
        ok=flat(tokens.ok),
        info=flat(tokens.info),
        chip_edge=2,
    )


THEMES = MappingProxyType(
    {tokens.name: tokens for tokens in (LIGHT, DARK, high_contrast(LIGHT), high_contrast(DARK))}
)


def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2, "relative luminance")."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# -- sizes, in pixels at 100 % ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeRole:
    """A use of type: size and line height in pixels, weight, and whether it is the mono face."""

    size: int
    line: int
    weight: int
    mono: bool = False


ROLES = MappingProxyType(
    {
        "caption": TypeRole(11, 14, 400),
        "caption-strong": TypeRole(11, 14, 600),
        "small": TypeRole(12, 16, 400),
        "small-strong": TypeRole(12, 16, 600),
        "body": TypeRole(13, 18, 400),
        "label": TypeRole(13, 18, 500),
        "section": TypeRole(13, 18, 600),
        "name": TypeRole(14, 20, 600),
        "title": TypeRole(18, 24, 600),
        "page": TypeRole(21, 28, 600),
        "amount": TypeRole(20, 26, 600),
        "mono": TypeRole(12, 18, 400, mono=True),
        "mono-strong": TypeRole(12, 18, 700, mono=True),
        "compare": TypeRole(14, 22, 400, mono=True),
        "grid-large": TypeRole(20, 30, 400, mono=True),
    }
)

#: Text sizes that the settings offer, in percent.
SCALES = (90, 100, 115, 130, 150)

#: Sizes of things, in pixels at 100 %.
SIZES = MappingProxyType(
    {
        "row-check": 25,
        "row-table": 30,
        "row-list": 76,
        "row-nav": 32,
        "button": 32,
        "button-large": 38,
        "button-compact": 28,
        "card-padding": 14,
        "gap": 12,
        "margin": 16,
        "header": 48,
        "status": 26,
        "nav": 202,
        "rail": 56,
        "list": 352,
        "band": 4,
        "pip": 10,
        "icon": 16,
        "icon-button": 14,
        "icon-chip": 12,
        "icon-banner": 20,
        "hit": 28,
    }
)
