"""The lint: no bare number and no broken mark in the prose of a chapter, and no computing in its template.

Walks pandoc's syntax tree of the rendered chapter. A digit, or a Chinese numeral with a measure word, is allowed in a
value (``.val``, which the door logged), a sentence of a rule (``.sentence``), a literal (``.lit``), a text of the study
(``.txt``), a label of kind, a citation, code, math and the body of a table. Everywhere else it is a number that nobody
can trace.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, nodes

NUMBER = re.compile(
    r"[0-9\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]"
    r"|[一二三四五六七八九十百千万亿两]+(?:个|家|户|份|项|倍|成|％|%|元|亿|万|人|名|类|种|次|年|月|季度)"
)
UNREAD = re.compile(r"#{1,6}|:{3,}|\|")
EXEMPT = {"lit", "txt", "kind"}
LOGGED = {"val", "sentence"}
SILENT = {"Cite", "Code", "CodeBlock", "Math"}
ARITHMETIC = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg)


def faults_of(document: Mapping[str, Any], shown: Mapping[str, str]) -> list[str]:
    """Bare numbers and marks that pandoc did not read, each with the place where it stands.

    Parameters
    ----------
    document : pandoc's syntax tree of a chapter.
    shown : what the door showed, by id of the use; a value that says something else is a number from nowhere.
    """
    faults: list[str] = []
    for place, kind, text in _strings(document["blocks"], "prose", ""):
        said = "".join(text.split())
        if kind.startswith("#"):
            logged = shown.get(kind[1:])
            if logged is None or "".join(logged.split()) != said:
                faults.append(f"{place}: {text!r} is marked as the value {kind[1:]!r}, which the door did not show")
        elif NUMBER.search(text):
            faults.append(f"{place}: {text!r}")
        elif UNREAD.fullmatch(text):
            faults.append(f"{place}: {text!r} was not read as a mark; leave a blank line before it")
    return faults


def computing(source: str, environment: Environment) -> list[str]:
    """Arithmetic in a template, with its line: what a chapter shows is made by a stage."""
    found = [node for kind in ARITHMETIC for node in environment.parse(source).find_all(kind)]
    lines = sorted({node.lineno for node in found if not _is_literal(node)})
    return [f"line {line}: a template computes nothing; a stage makes the number, ~ joins texts" for line in lines]


def _is_literal(node: nodes.Node) -> bool:
    """A negative literal such as ``-1`` is no computation."""
    return isinstance(node, nodes.Neg) and isinstance(node.node, nodes.Const)


def _strings(node: Any, place: str, kind: str) -> Iterator[tuple[str, str, str]]:
    """Every word that the reader sees, with its place; logged spans come whole, as ``#id``."""
    if isinstance(node, list):
        for part in node:
            yield from _strings(part, place, kind)
        return
    if not isinstance(node, dict):
        return
    name, content = node.get("t"), node.get("c")
    if name == "Str":
        yield place, kind, content
    elif name in SILENT:
        return
    elif name == "Span" and set(content[0][1]) & LOGGED:
        yield place, f"#{content[0][0]}", plain(content[1])
    elif name == "Span" and set(content[0][1]) & EXEMPT:
        return
    elif name == "Div" and content[0][0].startswith("tbl:"):
        yield from _table(content)
    elif name == "Header":
        yield from _strings(content[2], f"heading {plain(content[2])!r}", kind)
    elif name == "Figure":
        yield from _strings(content[1], f"caption of {content[0][0] or 'a figure'}", kind)
    elif name in ("Link", "Image", "Span", "Div"):
        yield from _strings(content[1], place, kind)
    else:
        yield from _strings(content if name else list(node.values()), place, kind)


def _table(content: list[Any]) -> Iterator[tuple[str, str, str]]:
    """Caption and heads of a table from the door; its body is checked cell by cell by the audit."""
    label = content[0][0]
    for block in content[1]:
        if block["t"] == "Table":
            _, caption, _, head, *_ = block["c"]
            yield from _strings(caption, f"caption of {label}", "")
            yield from _strings(head, f"head of {label}", "")
        else:
            yield from _strings(block, f"beside {label}", "")


def plain(node: Any) -> str:
    """The text of a piece of the tree."""
    if isinstance(node, list):
        return "".join(plain(part) for part in node)
    if not isinstance(node, dict):
        return ""
    name, content = node.get("t"), node.get("c")
    if name in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if name in ("Str", "Code"):
        return str(content if name == "Str" else content[1])
    return plain(content if name else list(node.values()))
