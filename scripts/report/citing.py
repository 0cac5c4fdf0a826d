"""Citations and the list of references, by pandoc's citeproc, on pandoc's document.

Citeproc gets the texts that cite, in their order, and not the whole report: what it writes is the same, and it is read
and written so much faster. Nothing but what stands there comes back, so the document does not say where on this machine
style and bibliographies lie.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from scripts.lib.signs import CHINESE
from scripts.report.pandoc import pandoc
from scripts.report.tree import Node, flow


def cite(tree: Node, style: str, bibliographies: Sequence[str]) -> None:
    """Write the citations of a document, and the references into its div ``refs``.

    Raises
    ------
    InputError
        If no bibliography has what is cited.
    """
    texts = list(_citing(tree["blocks"]))
    (references,) = (block for block in flow(tree["blocks"]) if block["t"] == "Div" and block["c"][0][0] == "refs")
    blocks = [*({"t": "Para", "c": text} for text in texts), references]
    options = ["-f", "json", "-t", "json", "--citeproc", "--csl", style]
    options += [option for path in bibliographies for option in ("--bibliography", path)]
    document = json.dumps(tree | {"blocks": blocks}, ensure_ascii=False)
    *written, listed = json.loads(pandoc(document, *options))["blocks"]
    for text, block in zip(texts, written, strict=True):
        text[:] = block["c"]
        for citation in (inline for inline in text if inline["t"] == "Cite"):
            _and_others(citation["c"][1])
    references["c"] = listed["c"]
    _and_others(references["c"][1])


def _citing(part: Any) -> Iterator[list[Node]]:
    """The outermost lists of inlines with a citation among them."""
    if isinstance(part, list):
        if any(isinstance(node, dict) and node.get("t") == "Cite" for node in part):
            yield part
        else:
            for node in part:
                yield from _citing(node)
    elif isinstance(part, dict) and isinstance(part.get("c"), list):
        yield from _citing(part["c"])


def _and_others(part: Any) -> None:
    """Behind Chinese names "et al." becomes "等"; citeproc takes the words of one language for all references."""
    if isinstance(part, dict):
        _and_others(part.get("c"))
    elif isinstance(part, list):
        for node in part:
            _and_others(node)
        for last in range(len(part) - 1, 3, -1):  # name, blank, "et", blank, "al."
            name, _, et, _, al = part[last - 4 : last + 1]
            if _text(et) == "et" and _text(al).startswith("al") and re.match(CHINESE, _text(name)):
                part[last - 2 : last + 1] = [{"t": "Str", "c": f"等{_text(al)[2:]}"}]


def _text(node: Any) -> str:
    return str(node["c"]) if isinstance(node, dict) and node.get("t") == "Str" else ""
