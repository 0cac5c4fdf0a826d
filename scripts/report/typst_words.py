"""Words as Typst prints them unchanged, Chinese ones with their language; nodes are those of pandoc's JSON."""

import re
from collections.abc import Sequence

from scripts.lib.job import InputError
from scripts.lib.signs import CHINESE, RUNS
from scripts.report.tree import BLANKS, QUOTES, Node, plain

UNBROKEN = 40  # signs of a word that may break, and
PIECE = 20  # after how many
# What Typst would print as other signs: three points, a hyphen before a digit or "?", quotes that are set already.
SHORTHANDS = re.compile(r"\.\.\.|-[0-9?]|-$|[‘’“”]")
# A word without these is as it is.
UNUSUAL = re.compile(f"{CHINESE}|[.\\-‘’“”]|[!-~]{{{UNBROKEN + 1}}}")
# A word that no line holds: without hyphen and slash, at which a line may break.
LONG = re.compile(rf"(?<!\S)[!-,.0-~]{{{UNBROKEN + 1},}}(?!\S)")

WRAPPED = {"Emph": "#emph", "Strong": "#strong", "Superscript": "#super", "Subscript": "#sub"}


def quoted(text: str) -> str:
    """A string of Typst."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def raw(code: str) -> Node:
    """Typst among words."""
    return {"t": "RawInline", "c": ["typst", code]}


def words(text: str) -> list[Node]:
    """A text as Typst prints it unchanged, its Chinese parts marked with their language."""
    return [_run(run) for run in RUNS.findall(LONG.sub(_broken, text))]


def _broken(word: re.Match[str]) -> str:
    pieces = [word[0][start : start + PIECE] for start in range(0, len(word[0]), PIECE)]
    return "\u200b".join(pieces)


def shown(text: str) -> str:
    """A text as content of Typst, for an argument of a call."""
    return f"[{''.join(f'#{_call(run)};' for run in RUNS.findall(text))}]"


def markup(nodes: Sequence[Node]) -> str:
    """Inlines whose words are prepared as the content of Typst, for an argument of a call.

    Raises
    ------
    InputError
        If a formula, a note or an address of the network is among them.
    """
    return "".join(map(_markup, nodes))


def _markup(node: Node) -> str:
    kind, content = node["t"], node.get("c")
    if kind == "Str":
        return f"#{quoted(str(content))};"
    if kind in BLANKS:
        return "#linebreak();" if kind == "LineBreak" else " "
    if kind == "RawInline":
        return str(content[1])
    if kind in WRAPPED:
        return f"{WRAPPED[kind]}[{markup(content)}]"
    if kind == "Quoted":
        opening, closing = QUOTES[content[0]["t"]]
        return f"#{quoted(opening)};{markup(content[1])}#{quoted(closing)};"
    if kind == "Link" and content[2][0].startswith("#"):
        return f"#link(label({quoted(content[2][0][1:])}))[{markup(content[1])}]"
    raise InputError(f"no formula, note or address may stand in: {plain([node])}")


def _call(run: str) -> str:
    return f"zh({quoted(run)})" if re.match(CHINESE, run) else quoted(run)


def _run(text: str) -> Node:
    if re.match(CHINESE, text):
        return raw(f"#zh({quoted(text)});")
    return raw(f"#{quoted(text)};") if SHORTHANDS.search(text) else {"t": "Str", "c": text}
