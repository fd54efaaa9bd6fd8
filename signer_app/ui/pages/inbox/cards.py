"""The cards of a proposal's detail, each made from plain values (reading.Details)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from signer_app.core.json_types import JsonObject
from signer_app.core.text import safe_text
from signer_app.ui.pages.inbox.authority_part import authority_part, changes_of
from signer_app.ui.pages.inbox.reading import Details, KeyHolder, Told
from signer_app.ui.qt import Qt, QtWidgets
from signer_app.ui.theme import theme
from signer_app.ui.widgets import (
    ActionButton,
    AddressBlock,
    Card,
    CheckList,
    Chip,
    EffectTable,
    Elided,
    GroupedText,
    HashCompare,
    HashGrid,
    Icon,
    QuorumPips,
    RiskChip,
    Step,
    Timeline,
    column,
    grouped,
    label,
    row,
    rule,
)
from signer_app.ui.words import effects as words
from signer_app.ui.words import inbox as say
from signer_app.ui.words import strings

_AUTHORITY = ("AuthorityChange", "SettingChange", "TrustChange", "Unknown")
#: Records of the journal that are steps of their own; verdicts that repeat are told once.
_TONES = {"": "ok", "info": "ok", "warn": "warn", "danger": "danger"}


def clock(moment: str) -> str:
    """Local time of day of a UTC time, with the date when it is not today."""
    try:
        local = datetime.fromisoformat(moment).astimezone()
    except ValueError:
        return ""
    today = local.date() == datetime.now().astimezone().date()
    return local.strftime("%H:%M:%S" if today else "%d %b %Y, %H:%M:%S")


# -- what will change ----------------------------------------------------------------------------------------


def effects_card(details: Details, *, asking: bool = False) -> Card:
    """What the bytes do, from whom, to whom, with balances. ``asking``: nodes are being asked for them."""
    sub = strings.decoded(len(str(details.raw["body"])) // 2)
    card = Card(strings.WHAT_WILL_CHANGE, "change", sub, name="detail.effects")
    effects = words.items(details.raw["effects"])
    agree = details.raw_view.get("readers_agree")
    if agree is not None:
        chip = (say.BYTES_DECODED, "ok", "check") if agree is True else (say.NOT_DECODED, "danger", "fail")
        card.add_to_head(Chip(*chip))
    parties(card, str(details.raw["account"]), effects, details.names)
    table = EffectTable()
    table.show_effects(
        [words.effect_line(e, details.names, *_span(details, number)) for number, e in enumerate(effects)]
    )
    card.body.addWidget(table)
    for change in changes_of(details.balances):
        card.body.addWidget(authority_part(change))
    _provenance(card, details, asking)
    nothing_else(card, effects)
    return card


def nothing_else(card: Card, effects: list[JsonObject]) -> None:
    """The sentence below effects that give no authority away; what is not understood might."""
    if not any(effect.get("kind") in _AUTHORITY for effect in effects):
        line = row(spacing=theme().scaled(8))
        line.addWidget(Icon("pass", "ok"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(strings.NO_OTHER_CHANGE, "body", "text2", wrap=True), 1)
        foot = card.foot()
        foot.addLayout(line)


def parties(card: Card, account: str, effects: list[JsonObject], names: dict[str, str] | None) -> None:
    """From ``account`` and To, each with its whole address and what the workspace knows of it. Without a
    workspace ``names`` is None, and nothing is said of either.
    """
    card.body.addLayout(_party(strings.FROM, _block(account, names, own=True)))
    for effect in effects:
        if effect.get("kind") == "Transfer":
            tag = effect.get("tag")
            tagged = strings.tag(str(tag)) if tag is not None else strings.NO_TAG
            card.body.addWidget(rule())
            block = _block(str(effect["to"]), names, tag=tagged)
            card.body.addLayout(_party(strings.TO, block))
    card.body.addWidget(rule())


def _party(word: str, block: AddressBlock) -> QtWidgets.QHBoxLayout:
    line = row(spacing=theme().scaled(12))
    name = label(word, "body", "text2")
    name.setFixedWidth(theme().scaled(60))
    name.setMinimumHeight(theme().size("hit"))
    line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(block, 1)
    return line


def _block(
    account: str, names: dict[str, str] | None, *, own: bool = False, tag: str | None = None
) -> AddressBlock:
    if names is None:
        return AddressBlock(words.address(account), tag=tag)
    name = names.get(account)
    known = safe_text(name, 80) if name else ""
    mark = "own" if own else "on-list" if name else "not-on-list"
    return AddressBlock(words.address(account), known, mark=mark, tag=tag)


def _span(details: Details, number: int) -> tuple[str, str]:
    for line in words.items(details.balances.get("effects")):
        if line["effect"] == number and line["after"] is not None:
            asset = words.asset_name(line["asset"], details.names)
            return grouped(str(line["before"])), f"{grouped(str(line['after']))} {asset}"
    return "", ""


def _provenance(card: Card, details: Details, asking: bool) -> None:
    """Where balances come from, and which are unknown and why."""
    balances = details.balances
    lines = words.items(balances.get("effects"))
    if not lines:
        return
    operators = balances.get("operators")
    known = any(line["after"] is not None for line in lines)
    if known:
        said = say.as_of(
            str(balances["source"]),
            str(balances["ledger"]) if balances["ledger"] is not None else None,
            clock(str(balances["at"])),
            len(operators) if isinstance(operators, list) else 0,
            signers=bool(changes_of(balances)),
        )
        card.body.addWidget(label(said, "small", "text3", wrap=True, name="detail.balances"))
    # While nodes are asked, what the last verdict lacked is no finding yet.
    problems = [str(line["problem"]) for line in lines if line["problem"] and not asking]
    for why in dict.fromkeys(problems):
        unknown = label(
            say.unknown_balance(safe_text(why, 300)), "small", "warn", wrap=True, name="detail.unknown"
        )
        card.body.addWidget(unknown)
    if any(str(line["after"] or "").startswith("-") for line in lines):
        card.body.addWidget(label(say.NOT_ENOUGH, "small", "danger", wrap=True))
    if asking:
        card.body.addWidget(label(say.READING_BALANCES, "small", "text3"))


def claim_card(details: Details) -> Card | None:
    """The proposer's words beside what the bytes do; None where there are no words."""
    raw = details.raw
    said = [safe_text(str(raw[name] or ""), limit) for name, limit in (("title", 300), ("note", 4000))]
    said = [text for text in said if text]
    given = raw.get("links")
    links = [safe_text(str(link), 2000) for link in given] if isinstance(given, list) else []
    if not said and not links:
        return None
    card = Card(name="detail.claim")
    both = row(spacing=theme().scaled(16))
    for word, texts, tone in (
        (say.PROPOSER_SAYS, said or ["–"], "text2"),
        (say.BYTES_DO, [details.entry.title], "text"),
    ):
        side = column(spacing=theme().scaled(3))
        side.addWidget(label(word, "caption-strong", "text3"))
        for text in texts:
            side.addWidget(label(text, "body", tone, wrap=True, selectable=True))
        side.addStretch(1)
        both.addLayout(side, 1)
    card.body.addLayout(both)
    for found in words.items(raw.get("warnings")):
        card.body.addWidget(label(str(found["message"]), "small", "warn", wrap=True))
    if links:
        card.body.addWidget(label(say.LINKS, "small", "text3", wrap=True))
        for link in links:
            card.body.addWidget(GroupedText(link) if " " not in link else label(link, "mono", wrap=True))
    return card


# -- checks, screens, hashes ---------------------------------------------------------------------------------


def checks_card(details: Details) -> Card:
    """What policy said, with each check's values and evidence."""
    sub = strings.judged(details.policy, clock(details.judged_at)) if details.verdict else ""
    card = Card(strings.POLICY_CHECKS, "policy", sub, name="detail.checks")
    if details.verdict is None:
        card.body.addWidget(label(strings.NEVER_JUDGED, "body", "text2", wrap=True))
        return card
    count = {name: sum(1 for c in details.checks if c.outcome == name) for name in strings.CHECK_OUTCOMES}
    if count["FAIL"]:
        card.add_to_head(Chip(strings.failed(count["FAIL"]), "danger", "fail"))
    if count["INDETERMINATE"]:
        card.add_to_head(Chip(say.unknown_checks(count["INDETERMINATE"]), "warn", "unknown"))
    if count["WAITING"]:
        card.add_to_head(Chip(say.waiting(count["WAITING"]), "info", "clock"))
    card.add_to_head(Chip(strings.passed(count["PASS"]), "ok", "check"))
    card.body.addWidget(CheckList(details.checks))
    return card


def compare_card(details: Details) -> Card | None:
    """The screens of a device in order; None where these bytes have none."""
    expected = details.expected
    if expected is None:
        return None
    mine = [holder for holder in details.holders if holder.person == details.me]
    device = next((h.device for h in mine if h.backend == "ledger"), "")
    sub = say.screens_sub(safe_text(device, 60) or say.ANY_LEDGER, expected.version, len(expected.lines))
    card = Card(say.COMPARE, "equal", sub, name="detail.screens")
    if mine and not device:
        card.body.addWidget(label(say.NO_SCREEN_KEY, "small", "text2", wrap=True))
    grid = QtWidgets.QGridLayout()
    t = theme()
    grid.setHorizontalSpacing(t.scaled(12))
    grid.setVerticalSpacing(t.scaled(5))
    grid.setColumnStretch(2, 1)
    top = Qt.AlignmentFlag.AlignTop
    for number, (name, value, meaning) in enumerate(expected.lines):
        grid.addWidget(label(str(number + 1), "small", "text3"), number, 0, top)
        grid.addWidget(label(safe_text(name, 60), "small", "text2"), number, 1, top)
        side = column(spacing=t.scaled(1))
        plain_words = " " in value or len(value) < 25
        shown = label(value or "–", "mono", wrap=True, selectable=True) if plain_words else GroupedText(value)
        side.addWidget(shown)
        if meaning:
            side.addWidget(label(safe_text(meaning, 300), "caption", "text3", wrap=True))
        grid.addLayout(side, number, 2)
    card.body.addLayout(grid)
    if expected.hidden:
        card.body.addWidget(label(say.HIDDEN, "small", "text3"))
        hidden = label(safe_text(", ".join(expected.hidden), 2000), "small", "text2", wrap=True)
        card.body.addWidget(hidden)
    return card


def hashes_card(details: Details) -> Card:
    """The proposal's hash twice: as it was recorded, and computed from the bytes now."""
    card = Card(strings.HASHES, "hash", name="detail.hashes")
    card.body.addWidget(label(strings.HASHES_SUB, "small", "text2", wrap=True))
    kept, hashes = str(details.raw["proposal_id"]), details.raw_view.get("hashes")
    computed = hashes.get("computed") if isinstance(hashes, dict) else None
    if isinstance(hashes, dict):
        same = computed == kept
        chip = (say.HASHES_EQUAL, "ok", "check") if same else (say.HASHES_DIFFER, "danger", "fail")
        card.add_to_head(Chip(*chip))
        card.body.addWidget(label(say.HASH_KEPT, "caption", "text3"))
    compare = HashCompare(kept, said=say.HASH_KEPT if computed else "")
    compare.setObjectName("detail.hash")
    card.body.addWidget(compare)
    if isinstance(computed, str):
        card.body.addWidget(label(say.HASH_COMPUTED, "caption", "text3"))
        grid = HashGrid(computed, said=say.HASH_COMPUTED)
        grid.compare(kept)
        grid.setObjectName("detail.hash.computed")
        card.body.addWidget(grid)
    copy = ActionButton(say.COPY_HASH, icon="copy", name="detail.hash.copy")
    copy.setProperty("size", "compact")
    copy.triggered.connect(lambda: QtWidgets.QApplication.clipboard().setText(kept))
    line = row()
    line.addWidget(copy)
    line.addStretch(1)
    card.body.addLayout(line)
    return card


# -- signatures and timeline ---------------------------------------------------------------------------------


def signatures_card(details: Details) -> Card:
    """Who signed, who may, with weights; and what was kept out."""
    entry, t = details.entry, theme()
    card = Card(strings.SIGNATURES, "people", name="detail.signatures")
    card.add_to_head(QuorumPips(entry.pips, ""))
    quorum = details.quorum
    card.body.addWidget(label(say.weight_of(quorum.have, quorum.need) if quorum else entry.count, "name"))
    if quorum is None and details.verdict is not None:
        card.body.addWidget(label(say.WEIGHT_UNKNOWN, "small", "warn", wrap=True))
    if details.needs:
        card.body.addWidget(label(strings.needs(details.needs), "small", "text2", wrap=True))
    signed = {str(item["signer"]): item for item in words.items(details.raw["signatures"])}
    for holder in details.holders:
        line = row(spacing=t.scaled(8))
        names = column(spacing=t.scaled(1))
        names.addWidget(Elided(safe_text(holder.person, 60), "label"))
        names.addWidget(label(_holder_words(holder, signed.get(holder.signer)), "small", "text3", wrap=True))
        line.addLayout(names, 1)
        line.addWidget(_mark(details, holder), 0, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(line)
        if holder.unable and holder.signer not in signed:
            card.body.addWidget(label(holder.unable, "small", "text3", wrap=True))
    for item in words.items(details.raw.get("quarantine")):
        why = f"{words.address(item['signer'])}: {safe_text(str(item['reason']), 300)}"
        card.body.addWidget(label(f"{say.QUARANTINED}. {why}", "small", "danger", wrap=True))
    return card


def _holder_words(holder: KeyHolder, signature: JsonObject | None) -> str:
    key = say.key_line(safe_text(holder.device, 60), holder.tier, holder.weight)
    if signature is None:
        return key
    record = signature["record"]
    when = say.signed_at(clock(str(signature["signed_at"])), record if isinstance(record, int) else 0)
    return f"{when}\n{key}" if key else when


def _mark(details: Details, holder: KeyHolder) -> Chip:
    if holder.signer in details.entry.signed:
        return RiskChip("verified")
    if holder.unable and details.entry.open:
        return Chip(say.CANNOT_SIGN, "neutral", "denied", reason=holder.unable)
    mine = holder.person == details.me and details.entry.mine
    return RiskChip("your-turn") if mine else Chip(strings.OPEN)


def timeline_card(details: Details, open_record: Callable[[int], None]) -> Card:
    """What the journal holds about it, and what comes next. A step leads to its record."""
    card = Card(strings.TIMELINE, "history", name="detail.timeline")
    steps = timeline_steps(details)
    link = ActionButton(say.OPEN_JOURNAL, kind="link", name="detail.journal")
    last = max((step.record for step in steps if step.record is not None), default=0)
    link.triggered.connect(lambda: open_record(last))
    card.add_to_head(link)
    shown = Timeline(steps)
    shown.activated.connect(lambda index: _open_step(steps, index.row(), open_record))
    shown.doubleClicked.connect(lambda index: _open_step(steps, index.row(), open_record))
    card.body.addWidget(shown)
    return card


def _open_step(steps: list[Step], number: int, open_record: Callable[[int], None]) -> None:
    record = steps[number].record
    if record is not None:
        open_record(record)


def timeline_steps(details: Details, time: Callable[[str], str] = clock) -> list[Step]:
    """The past from the journal, then now and next. ``time`` writes a UTC time."""
    raw, steps = details.raw, list[Step]()
    story = [told for told in details.story if told.kind not in ("sign.intent", "submit.intent")]
    if not story:
        steps.append(Step(strings.proposed_by(str(raw["proposer"])), time(str(raw["created_at"]))))
    for number, told in enumerate(story):
        if told.kind == "verdict" and number + 1 < len(story) and story[number + 1].words == told.words:
            continue
        steps.append(_told(details, told, _repeated(story, number), time))
    for rejection in words.items(raw.get("rejections")):
        reason = safe_text(str(rejection.get("reason") or ""), 300)
        when = time(str(rejection.get("at") or ""))
        steps.append(Step(say.said_no(str(rejection["person"]), reason), when, "danger"))
    return [*steps, *_next_steps(details, time)]


def _next_steps(details: Details, time: Callable[[str], str]) -> list[Step]:
    """What comes now and next; nothing for what was stopped."""
    state, send = details.entry.state, Step(strings.NEXT_SEND, strings.NEXT_SEND_SUB, when="next")
    outcome = Step(say.NEXT_OUTCOME, say.NEXT_OUTCOME_SUB, when="next")
    if details.entry.halted:
        return [Step(say.NEXT_RESUME, say.NEXT_RESUME_SUB, when="now"), send, outcome]
    if state == "PENDING":
        now = Step(strings.NEXT_SIGN if details.entry.mine else strings.NEXT_OTHERS, when="now")
        return [now, send, outcome]
    if state == "READY":
        return [Step(strings.NEXT_SEND, strings.NEXT_SEND_SUB, when="now"), outcome]
    if state in ("SUBMITTED", "UNKNOWN"):
        return [Step(say.NEXT_OUTCOME, say.NEXT_OUTCOME_SUB, when="now")]
    tone = "ok" if state == "CONFIRMED" else "danger" if state in ("REJECTED", "FAILED") else "warn"
    if state == "DENIED":
        return []  # the verdict above says so
    return [Step(details.entry.state_words, time(str(details.raw.get("updated_at") or "")), tone)]


def _repeated(story: list[Told], number: int) -> int:
    count = 1
    while number - count >= 0 and story[number - count].words == story[number].words:
        count += 1
    return count


def _told(details: Details, told: Told, count: int, time: Callable[[str], str]) -> Step:
    said = words.named(told.words, details.names)
    if told.kind == "proposal.added":
        said = strings.proposed_by(str(details.raw["proposer"]))
    for holder in details.holders:
        said = said.replace(words.address(holder.signer), holder.person)
    detail = say.step_detail(time(told.at), told.record)
    return Step(say.judged_times(said, count), detail, _TONES.get(told.tone, "ok"), record=told.record)
