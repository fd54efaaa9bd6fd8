"""How a Nano breaks a value into lines and pages: by the widths of the glyphs, 114 pixels a line.

A line takes characters while they fit. Where it would end inside a word, it ends before the last blank,
hyphen or underscore that it holds, if it holds one that is not its first character; that sign then begins
the next line. A page holds three lines on a Nano X or S Plus, below a title that counts the pages.

Source: facts read from the vendor's public drawing library, held against every recording of a value that
was broken. The widths are those of Open Sans 11 px in that library but for X and &, which are one pixel
wider in the newer of its two tables. That table has J and j one pixel narrower; a recorded line denies it of
J, so both stay as they were. Unsure, because nothing recorded speaks of it: the widths of & and j (another
width of j would move a break in one address of eighteen); where a line breaks at a word, whether a recording
would list the blank that begins the next one (here not: nobody sees it); how wide the device takes bytes to
be that the font has no glyph for (here: no width). Title and whole value do not depend on any of this.
"""

from __future__ import annotations

from signer_app.signers.ledger.xrp.tables import FONT


def width(text: str) -> int:
    """Pixels of ``text`` on one line."""
    return sum(FONT.widths.get(char, 0) for char in text)


def broken(text: str) -> tuple[str, ...]:
    """The lines of a value, without the line ends that it holds itself."""
    lines = []
    while text:
        length = _line_length(text)
        lines.append(text[:length].removesuffix("\n"))
        text = text[length:]
    return tuple(lines)


def pages(title: str, text: str, *, lines: int = FONT.lines) -> tuple[str, ...]:
    """One text a page, as recordings write it: "Memo Data [1] (1/4) | first line | second line"."""
    whole = [line.lstrip(" ") for line in broken(text)]
    groups = [whole[start : start + lines] for start in range(0, len(whole), lines)] or [[]]
    count = len(groups)
    titles = [title if count == 1 else f"{title} ({number}/{count})" for number in range(1, count + 1)]
    return tuple(
        " | ".join([head, *(line for line in group if line)])
        for head, group in zip(titles, groups, strict=True)
    )


def _line_length(text: str) -> int:
    """How many characters of ``text`` its first line takes, a line end included."""
    fitting = pixels = 0
    while fitting < len(text) and (pixels := pixels + FONT.widths.get(text[fitting], 0)) <= FONT.line:
        fitting += 1
        if text[fitting - 1] == "\n":
            return fitting
    if fitting == len(text) or text[fitting] in FONT.break_at or text[fitting - 1] in FONT.break_at:
        return fitting
    breaks = (place for place in range(fitting - 1, 0, -1) if text[place] in FONT.break_at)
    return next(breaks, fitting)
