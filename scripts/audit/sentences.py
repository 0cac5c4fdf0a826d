"""Sentences of a chapter that changed, with the numbers that they show.

A sentence belongs to its section and, below that, to the last paragraph that is all bold (the name of a measure, say),
so that the sentences of two measures are never taken for one; a paragraph that only begins in bold ("In short.") speaks
of the section again. A sentence that only moved inside its place is no change. What is left on both sides is paired by
likeness of words: a pair says one thing in two ways. Tables are compared cell by cell elsewhere, and captions do not
change.
"""

import difflib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from scripts.chapters.lint import plain
from scripts.report.pandoc import MARKDOWN, pandoc

END = re.compile(r"(?<=[.!?。！？])[\"”)]*\s+(?=[^a-z])")
ALIKE = 0.5  # share of common words from which two sentences say one thing in two ways


class Sentence(NamedTuple):
    """A sentence and where it stands."""

    place: str
    text: str


class Pair(NamedTuple):
    """A changed sentence; empty on one side where it came or went."""

    place: str
    before: str
    after: str


def sentences(chapter: str) -> list[Sentence]:
    """The sentences of a chapter, from its Markdown."""
    if not chapter:
        return []
    found, section, part = [], "", ""
    for kind, content in _blocks(json.loads(pandoc(chapter, "-f", MARKDOWN, "-t", "json"))["blocks"]):
        said = " ".join(plain(content).split())
        if kind == "Header":
            section, part = said, ""
        elif [one["t"] for one in content] == ["Strong"]:
            part = said
        else:
            part = "" if content and content[0]["t"] == "Strong" else part
            place = ", ".join(one for one in (section, part) if one)
            found += [Sentence(place, one) for one in END.split(said) if one]
    return found


def _blocks(node: Any) -> Iterator[tuple[str, list[Any]]]:
    """Headings and paragraphs in their order; no tables and figures."""
    if isinstance(node, list):
        for part in node:
            yield from _blocks(part)
    elif isinstance(node, dict) and "t" in node:
        name, content = node["t"], node.get("c")
        if name in ("Para", "Plain", "Header"):
            yield name, content[2] if name == "Header" else content
        elif name not in ("Table", "Figure"):
            yield from _blocks(content)


def changed(before: Sequence[Sentence], after: Sequence[Sentence]) -> list[Pair]:
    """Sentences that only one side has, those that say one thing in two ways as one, in the order of the second."""
    gone, new = _surplus(before, after), _surplus(after, before)
    places = list(dict.fromkeys(one.place for one in [*after, *before]))
    pairs = []
    for place in places:
        old = [one.text for one in gone if one.place == place]
        for text in (one.text for one in new if one.place == place):
            best = max(old, key=lambda other, text=text: likeness(other, text), default="")
            same = best if likeness(best, text) >= ALIKE else ""
            if same:
                old.remove(same)
            pairs.append(Pair(place, same, text))
        pairs += [Pair(place, text, "") for text in old]
    return pairs


def _surplus(mine: Sequence[Sentence], other: Sequence[Sentence]) -> list[Sentence]:
    """What stands here more often than there, in order."""
    spare = Counter(mine) - Counter(other)
    found = []
    for one in mine:
        if spare[one] > 0:
            spare[one] -= 1
            found.append(one)
    return found


def likeness(one: str, other: str) -> float:
    """Share of words, in their order, that two sentences have in common, 0 to 1."""
    return difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()
