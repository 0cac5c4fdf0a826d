"""The document that pandoc reads and writes as JSON: nodes with a kind (``t``) and a content (``c``).

Formats are prepared on this tree and not by a filter in Lua, whose border each of 40,000 words would pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from scripts.lib.job import InputError

Node = dict[str, Any]
Uses = Mapping[str, Mapping[str, Any]]
TALLEST = 16  # lines of a row of a table that stays whole; one with more may break over pages
BLANKS = ("Space", "SoftBreak", "LineBreak")
QUOTES = {"DoubleQuote": "“”", "SingleQuote": "‘’"}


def use_of(uses: Uses, identifier: str) -> Mapping[str, Any]:
    """A use by its identifier.

    Raises
    ------
    InputError
        If the log of uses does not know it.
    """
    if identifier not in uses:
        raise InputError(f"the log of uses does not know {identifier}")
    return uses[identifier]


def plain(part: Any) -> str:
    """The text of nodes, without any look."""
    return "".join(_texts(part))


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, dict) and part["t"] in BLANKS:
        yield " "
    elif isinstance(part, dict) and part["t"] == "Str":
        yield part["c"]
    elif isinstance(part, dict) and part["t"] in ("Code", "Math"):
        yield part["c"][1]
    elif isinstance(part, dict) and part["t"] == "Cite":
        yield from _texts(part["c"][1])
    elif isinstance(part, dict) and part["t"] == "Quoted":
        opening, closing = QUOTES[part["c"][0]["t"]]
        yield opening
        yield from _texts(part["c"][1])
        yield closing
    elif isinstance(part, dict) and part["t"] not in ("Note", "RawInline"):
        yield from _texts(part.get("c"))


def flow(blocks: Sequence[Node]) -> Iterator[Node]:
    """Blocks in the order of the text, each before those that it holds."""
    for block in blocks:
        yield block
        kind, content = block["t"], block.get("c")
        if kind == "Div":
            yield from flow(content[1])
        elif kind == "BlockQuote":
            yield from flow(content)
        elif kind in ("BulletList", "OrderedList"):
            for item in content if kind == "BulletList" else content[1]:
                yield from flow(item)


def asked(blocks: Sequence[Node]) -> set[int]:
    """Numbers of the blocks that are questions: a paragraph in italics under a heading."""
    pairs = enumerate(pairwise(blocks), start=1)
    return {number for number, (before, block) in pairs if before["t"] == "Header" and _is_all(block, "Emph")}


def leads(block: Node) -> bool:
    """Whether a paragraph must not part from what follows: a title without a number (in bold), or one with a colon."""
    last = block["c"][-1] if block["t"] == "Para" else {"t": ""}
    return _is_all(block, "Strong") or (last["t"] == "Str" and last["c"].endswith(":"))


def _is_all(block: Node, kind: str) -> bool:
    return block["t"] == "Para" and [one["t"] for one in block["c"]] == [kind]


def caption_of(caption: Any) -> list[Node]:
    """The words of a caption."""
    return list(caption[1][0]["c"]) if caption[1] else []


def image_in(blocks: Sequence[Node]) -> Any:
    """The image that a figure holds: attributes, words and target."""
    return next(node["c"] for block in blocks for node in block["c"] if node["t"] == "Image")
