"""Words of what opens below the pills of the header: each node, each connected device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from signer_app.core.errors import CountersignError
from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.node_watch import News
from signer_app.ui.words import device_pill, faults, node_pill, nodes, strings
from signer_app.ui.words import devices as device_page
from signer_app.ui.words.signing import STATE_STEPS
from signer_app.ui.words.status import asked

if TYPE_CHECKING:  # the rooms load in the worker's thread
    from signer_app.nodes.health import NodeHealth

OPEN_NODES, OPEN_DEVICES = "Open the page Nodes", "Open the page Devices"
ASKING_AGAIN = "They are being asked again."
CONNECTED_BY = "connected by {transport}"
_ICONS = MappingProxyType({"ok": "pass", "warn": "warning", "danger": "alert"})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: ``key`` tells it from the others, ``state`` stands in its tone, ``facts`` below the title,
    ``next_step`` is what is wrong, or what to do."""

    key: str
    icon: str
    tone: str
    title: str
    state: str
    facts: str = ""
    next_step: str = ""

    @property
    def said(self) -> str:
        """The whole of it for a screen reader."""
        parts = (f"{self.title}, {self.state}", self.facts, self.next_step)
        return ". ".join(part.rstrip(".") for part in parts if part)


@dataclass(frozen=True, slots=True)
class Detail:
    """What a popup shows: a sentence or two, lines, and a note below them."""

    summary: str
    lines: tuple[Line, ...] = ()
    foot: str = ""


def nodes_detail(news: News, listed: int, confirmed: bool, offline: bool, *, now: datetime) -> Detail:
    """Each node as it was at the last look; the arguments are those of node_pill.pill."""
    look = news.look
    if look is None or news.error is not None or offline or not confirmed or not listed:
        said = node_pill.pill(news, listed, confirmed, offline, now=now)
        return Detail(said.reason.removesuffix(node_pill.CLICK).strip())
    summary = "\n".join(safe_text(node_pill.together(of), 400) for of in look.networks)
    foot = [asked(look.at.astimezone(now.tzinfo), news.age_s(now) or 0)]
    foot += [node_pill.OLD_WHY] if news.stale(now) else []
    foot += [ASKING_AGAIN] if news.asking else []
    return Detail(summary, tuple(_node(row) for row in look.rows), " ".join(foot))


def _node(row: NodeHealth) -> Line:
    state, tone, icon = nodes.STATES[row.state]
    facts = []
    if row.validated is not None:
        facts.append(f"Ledger {row.validated:,}")
    if row.age_s is not None:
        facts.append(f"{nodes.age(row.age_s)} old")
    if row.validated is not None:
        facts.append(f"answered in {nodes.latency(row.latency_ms)}")
    profile = row.profile
    return Line(
        profile.id,
        icon,
        tone,
        safe_text(f"{profile.operator}, {profile.id}", 120),
        state,
        ", ".join(facts),
        safe_text(row.reason, 400),
    )


def devices_detail(found: JsonObject | CountersignError | None) -> Detail:
    """Each connected device: its state, why, and the next step."""
    if found is None:
        return Detail(device_pill.LOOKING)
    if isinstance(found, CountersignError):
        return Detail(safe_text(f"{found.message} {faults.hint(found)}".strip(), 400))
    listed = found.get("devices")
    devices = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return Detail("" if devices else device_page.NONE_CONNECTED, tuple(map(_device, devices)))


def _device(device: JsonObject) -> Line:
    state, tone = str(device["state"]), device_pill.tone_of(str(device["state"]))
    app = f"{device['app']} {device['app_version']}" if device["app"] else ""
    facts = (app, CONNECTED_BY.format(transport=device["transport"]))
    reason, step = str(device["reason"] or ""), STATE_STEPS.get(state, "")
    steps = (reason, step if step != reason else "")
    return Line(
        str(device["device"]),
        _ICONS.get(tone, "devices"),
        tone,
        safe_text(f"{device['model']}, {device['device']}", 120),
        strings.DEVICE_STATES[state],
        safe_text(", ".join(part for part in facts if part), 120),
        safe_text(" ".join(part for part in steps if part), 400),
    )
