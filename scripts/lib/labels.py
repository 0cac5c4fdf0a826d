"""How long the name of a group may be, so that it stands in the head of a column in tables and figures."""

import re
import textwrap

NAME_EN, NAME_ZH = 64, 32  # signs; a Chinese sign is as wide as two others
MORE = "…"
WORD = 40  # signs of a Latin word that is never parted


def shorten(text: str, width: int) -> str:
    """A text of at most ``width`` signs, cut between words where it has any."""
    if len(text) <= width:
        return text
    short = textwrap.shorten(text, width, placeholder=MORE)
    return short if short != MORE else text[: width - 1] + MORE


def text_width(text: str) -> int:
    """Width of a text in half-width columns: a Chinese sign takes two."""
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)


def wrap(text: str, width: int) -> str:
    """Break ``text`` into lines of at most ``width`` half-width columns.

    Latin words are kept whole up to 40 signs; Chinese breaks anywhere but before a closing sign.
    """
    lines, line = [], ""
    for piece in re.findall(rf"[⺀-￯][，。；、）：？！,.;)]*|[^\s⺀-￯]{{1,{max(width, WORD)}}}|\s+", text):
        if line and text_width(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece if line or not piece.isspace() else ""
    return "\n".join([*lines, line.rstrip()])


def cut(text: str, width: int, lines: int = 1) -> str:
    """A text wrapped to ``width`` columns, and what does not fit into ``lines`` lines left out."""
    wrapped = wrap(text, width).split("\n")
    last = wrapped[min(lines, len(wrapped)) - 1]
    ends = last if len(wrapped) <= lines else last.rstrip(" ,;:，；：、") + "…"
    return "\n".join([*wrapped[: lines - 1][: len(wrapped) - 1], ends])
