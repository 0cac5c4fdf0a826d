"""Elements of a page, and the words in them: Chinese is marked with its language, and long names of files may break.

They break behind a sign that joins their parts, and nowhere else.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import html

from scripts.lib.signs import CHINESE

RUN = re.compile(f"({CHINESE}+)")
WORD = re.compile(r"([!-~]{25,})")
TOUCHED = re.compile(f"{CHINESE}|{WORD.pattern}")
JOINT = re.compile(r"(?<=[/_?=])(?=[^/])")


def node(tag: str, attributes: Mapping[str, str], *inner: Any) -> Any:
    """An element with texts and elements in it; ``Element`` of lxml takes one at a time."""
    made = html.Element(tag, dict(attributes))
    for one in inner:
        if isinstance(one, str):
            add(made, one)
        else:
            made.append(one)
    return made


def add(element: Any, text: str) -> None:
    """Text behind everything that an element holds."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def mark(element: Any) -> None:
    """Mark the Chinese words of an element's own texts, and let long words break."""
    code = element.tag == "code"
    for child in list(element):
        if child.tail and (TOUCHED.search(child.tail) or (code and JOINT.search(child.tail))):
            parts = _pieces(child.tail, code)
            child.tail = None
            _insert(element, element.index(child) + 1, child, parts)
    if element.text and (TOUCHED.search(element.text) or (code and JOINT.search(element.text))):
        parts = _pieces(element.text, code)
        element.text = None
        _insert(element, 0, None, parts)


def _insert(element: Any, position: int, before: Any, parts: Sequence[Any]) -> None:
    for part in parts:
        if not isinstance(part, str):
            element.insert(position, part)
            position, before = position + 1, part
        elif before is None:
            element.text = (element.text or "") + part
        else:
            before.tail = (before.tail or "") + part


def _pieces(text: str, code: bool) -> list[Any]:
    """A text as texts and elements."""
    pieces: list[Any] = []
    for number, run in enumerate(RUN.split(text)):
        if number % 2:
            pieces.append(node("span", {"lang": "zh"}, run))
        elif code:
            pieces += _breaking(run)
        else:
            for word in WORD.split(run):
                pieces += _breaking(word) if WORD.fullmatch(word) else [word]
    return [piece for piece in pieces if not isinstance(piece, str) or piece]


def _breaking(word: str) -> list[Any]:
    first, *rest = JOINT.split(word)
    return [first, *(part for one in rest for part in (html.Element("wbr"), one))]
