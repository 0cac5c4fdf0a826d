"""Pandoc Markdown that is safe: what comes from a file is text, and never markup.

A template's environment treats every plain string as data and escapes it when it is printed; what is Markdown already
is marked as such (``Markup``), as jinja2 marks HTML.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from jinja2 import Undefined
from markupsafe import Markup

from scripts.chapters.shown import clean

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~^$@\"':=&/])")
PLAIN_NUMBER = re.compile(r"[+−]?[0-9][0-9,]*(\.[0-9]+)?%?")
WIDE = re.compile(
    r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff]"
)
PAGE, SMALL_PAGE = 110, 130  # half-width signs that fit on a line of a table on paper, in its two sizes
PADDING = 2.5  # what stands between two columns, in the same signs
BROAD = 1.12  # room for a word of broad letters, which no line should break


class Data(str):
    """A string of the study: its digits are the study's own and no numbers of the analysis."""

    __slots__ = ()


@dataclass(frozen=True)
class Text:
    """A text in two languages; prints as English."""

    en: str
    zh: str = ""

    def __str__(self) -> str:
        return self.en


def escape(text: str) -> str:
    """Text with every sign that means something to pandoc made harmless."""
    return SPECIAL.sub(r"\\\1", clean(text))


def _plain(text: str) -> str:
    """Text that says itself; a number needs no escaping, and reads better without."""
    return clean(text) if PLAIN_NUMBER.fullmatch(text) else escape(text)


def marked(text: str, *classes: str, identifier: str = "") -> Markup:
    """A span of text; empty for an empty text."""
    names = [f"#{identifier}"] * bool(identifier) + [f".{name}" for name in classes]
    shown = _plain(text)
    return Markup(f"[{shown}]{{{' '.join(names)}}}" if shown else "")


def markdown(value: Any) -> Markup:
    """What a template prints, as Markdown.

    Raises
    ------
    TypeError
        For a number or nothing: those go through the door's functions or not at all.
    UndefinedError
        For what does not exist.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, Text | Data | Undefined):
        return marked(str(value), "txt")
    if isinstance(value, str):
        return Markup(escape(value) if value.strip() else value)
    raise TypeError(f"found {value!r} to print; numbers come through v(), row.v(), table() or lit()")


def join(parts: Iterable[Any], between: Any = "") -> str | Markup:
    """Parts one after the other: Markdown if one of them is more than a plain string."""
    listed = list(parts)
    if all(type(part) is str for part in [*listed, between]):
        return str(between).join(listed)
    return markdown(between).join(_keep_space(part) for part in listed)


def _keep_space(part: Any) -> Markup:
    """Escaping trims a text; between joined parts its outer blanks matter."""
    if type(part) is not str:
        return markdown(part)
    body = part.strip()
    return (
        Markup(part[: len(part) - len(part.lstrip())] + escape(body) + part[len(part.rstrip()) :])
        if body
        else Markup(part)
    )


def both(text: Text) -> Markup:
    """English, and the Chinese name in brackets where there is one: ``major customer (大客户)``."""
    return marked(f"{text.en} ({text.zh})" if text.zh else text.en, "txt")


def chinese(text: Text) -> Markup:
    """The Chinese text, or the English where there is none."""
    return marked(text.zh or text.en, "txt")


def capital(text: Text | str) -> Data:
    """With a capital first letter, for the beginning of a sentence."""
    whole = str(text)
    return Data(whole[:1].upper() + whole[1:])


def heading(text: Text) -> Markup:
    """A title: English, then the Chinese name as a span of its own, which pages set lighter."""
    return Markup(" ".join(part for part in (marked(text.en, "txt"), marked(text.zh, "txt", "zh")) if part))


def width(text: str) -> int:
    """Width in half-width columns."""
    return len(text) + len(WIDE.findall(text))


def column_widths(cells: Sequence[Sequence[str]], heads: Sequence[str], page: int = PAGE) -> list[int]:
    """Widths of the columns in percent of the page, from what stands in them.

    Columns keep their natural width while the table fits on the page; else none is narrower than its longest word, and
    the widths make the cells low: for texts of length t and widths w they minimise the sum of (t / w)^3 over all cells,
    which is near the height of the highest cells (w is then as the fourth root of the sum of t^3).
    """
    columns = list(zip(heads, *cells, strict=True))
    words = [max(width(word) for cell in column for word in _words(cell)) * BROAD + PADDING for column in columns]
    lengths = [[width(cell) for cell in column] for column in columns]
    natural = [max(max(column) + PADDING, word) for column, word in zip(lengths, words, strict=True)]
    if sum(natural) > page:
        wish = [sum(length**3 for length in column) ** 0.25 for column in lengths]
        natural = _fill(wish, words, natural, page)
    scale = 100 / max(sum(natural), page)
    return [max(round(one * scale), 1) for one in natural]


def _fill(wish: Sequence[float], least: Sequence[float], most: Sequence[float], page: float) -> list[float]:
    """Widths as ``wish`` says, within their limits, that fill the page."""
    low, high = 0.0, page / min((one for one in wish if one), default=1.0)
    for _ in range(40):
        middle = (low + high) / 2
        filled = [min(max(middle * one, a), b) for one, a, b in zip(wish, least, most, strict=True)]
        low, high = (middle, high) if sum(filled) < page else (low, middle)
    return filled


def shape(cells: Sequence[Sequence[str]], heads: Sequence[str], page: int = PAGE) -> str:
    """Attributes of a table on paper: the widths of its columns, and the lines that each row will take, about.

    Formats that ask a layout how high a table is must lay it out twice.
    """
    widths = column_widths(cells, heads, page)
    room = [max(share * page / 100 - PADDING, 1.0) for share in widths]
    rows = ((ceil(width(cell) / line) for cell, line in zip(row, room, strict=True)) for row in cells)
    lines = [max(1, *row) for row in rows]
    return f'widths="{_spaced(widths)}" lines="{_spaced(lines)}"'


def _spaced(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _words(cell: str) -> list[str]:
    """Pieces that a line break may part; a Chinese text breaks between signs."""
    return [piece[:32] for piece in re.split(r"[\s/]+", WIDE.sub("  ", cell))] or [""]


def pipe_table(heads: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """A pipe table from Markdown heads and plain cells."""
    rule = ["---:" if one else ":---" for one in right]
    lines = [heads, rule, *([_plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
