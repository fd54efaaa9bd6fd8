"""How a Nano breaks a text into lines and pages.

Widths are pixels of the device's text font (Open Sans Regular, 11 px) from the blank to the tilde; X and &
have those of the newer of the vendor's two tables, and a recorded line speaks for X. A line takes 114 pixels.
Other characters are not drawn and take no room, as recordings of the real app show.
"""

from __future__ import annotations

PIXELS_A_LINE = 114
_FIRST, _LAST = 0x20, 0x7E
#: One hexadecimal digit for each character.
_WIDTHS = (
    "3347699233663434"  # the blank to /
    "6666866666336665"  # 0 to ?
    "a777866883476a89"  # @ to O
    "7976787a76644465"  # P to _
    "6675765673463a77"  # ` to o
    "774547696654646"  # p to ~
)
_DELIMITERS = frozenset(" \n-_")


def drawn(char: str) -> bool:
    """True for a character that the font has."""
    return _FIRST <= ord(char) <= _LAST


def width(text: str) -> int:
    """Pixels that a text takes in one line."""
    return sum(int(_WIDTHS[ord(char) - _FIRST], 16) for char in text if drawn(char))


def split_lines(text: str) -> list[str]:
    """The lines of a text; put together they are the text again.

    A line breaks before the last delimiter in it where one stands there, else within a word.
    """
    lines = []
    while text:
        length = _line_length(text)
        lines.append(text[:length])
        text = text[length:]
    return lines


def _line_length(text: str) -> int:
    pixels = 0
    length = 0
    delimiter = 0
    for char in text:
        pixels += width(char)
        if pixels > PIXELS_A_LINE:
            break
        if char in _DELIMITERS:
            delimiter = length
        length += 1
        if char == "\n":
            break
    within_a_word = (
        length < len(text)
        and delimiter > 0
        and text[length - 1] not in _DELIMITERS
        and text[length] not in _DELIMITERS
    )
    return delimiter if within_a_word else length


def split_pages(text: str, lines_a_page: int) -> list[list[str]]:
    """The pages of a text, each a list of lines. An empty text has one empty page."""
    lines = split_lines(text)
    return [lines[at : at + lines_a_page] for at in range(0, len(lines), lines_a_page)] or [[]]
