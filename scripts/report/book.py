"""Prepare pandoc's document for Typst with what pandoc does not know.

Values lead to their row of the provenance table, figures have alternative text, tables keep to the page, Chinese words
have their language. Each becomes a call of a function of ``report/book.typ``.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scripts.report.provenance import HEADS, Row, rows_of
from scripts.report.tree import TALLEST, Node, Uses, asked, caption_of, image_in, leads, use_of
from scripts.report.typst_words import UNUSUAL, markup, quoted, raw, shown, words

WHOLE = 48.0  # mm that a table may be high to stay on one page
LINE, SPACE = 3.6, 2.5  # mm of a line of a table, and between two rows
ENDING = 5  # rows from which a table keeps its last two together
# Divs that are drawn by one function of the template.
DRAWN = {"warning": "#warning-box[", "csl-entry": "#reference[", "chinese": "#chinese-text["}
# Spans by their class: how the call opens, and how it closes.
SPANS = {
    "label": ("#exhibit-label(none)[", "]"),
    "kind": ("#kind[", "]"),
    "number": ("#number[", "\u2002]"),
    "zh": ("#chinese-title[", "]"),
}


def prepare(document: str, uses: Uses) -> str:
    """The document for pandoc's Typst writer.

    Raises
    ------
    InputError
        If the text marks a value that the log of uses does not know.
    """
    tree = json.loads(document)
    book = Book(uses)
    meta = {name: book.one(value) for name, value in tree["meta"].items()}
    return json.dumps(tree | {"meta": meta, "blocks": book.blocks(tree["blocks"])}, ensure_ascii=False)


def _raw_block(code: str) -> Node:
    return {"t": "RawBlock", "c": ["typst", code]}


class Book:
    """Changes a document from its leaves up; ``uses`` is the log of uses by identifier."""

    def __init__(self, uses: Uses) -> None:
        self.uses = uses
        self.labels: dict[str, str] = {}  # of tables and figures so far
        self.change: dict[str, Callable[[Any], list[Node]]] = {
            "Str": words,
            "Code": lambda content: [raw(f"#code({quoted(content[1])});")],
            # An accessible PDF wants a text for each formula: its source.
            "Math": lambda content: [raw(f"#formula({quoted(content[1])}, "), {"t": "Math", "c": content}, raw(")")],
            "Cite": lambda content: content[1],
            "Span": self._span,
            "Div": self._div,
            "Figure": self._figure,
            "Header": self._header,
        }

    def nodes(self, nodes: Sequence[Any]) -> list[Any]:
        """What stands in the place of each."""
        changed: list[Any] = []
        for node in nodes:
            if not isinstance(node, dict):
                changed.append(self._part(node))
            elif "c" not in node or (node["t"] == "Str" and not UNUSUAL.search(node["c"])):
                changed.append(node)  # most: a blank, or a word that is as it is
            else:
                changed += self._changed(node)
        return changed

    def one(self, node: Node) -> Node:
        """A value of the metadata."""
        return self._changed(node)[0]

    def blocks(self, blocks: Sequence[Node]) -> list[Node]:
        """Blocks of the document. A question under a heading, a title and a colon keep to what follows."""
        questions = asked(blocks)
        changed: list[Node] = []
        for number, block in enumerate(blocks):
            if number in questions or leads(block):
                changed.append({"t": "Plain", "c": [raw("#keep-with-next["), *self.nodes(block["c"]), raw("]")]})
            else:
                changed += self._changed(block)
        return changed

    def _changed(self, node: Node) -> list[Node]:
        if "c" not in node:
            return [node]
        change = self.change.get(node["t"])
        content = node["c"] if isinstance(node["c"], str) else self._part(node["c"])
        return change(content) if change else [{"t": node["t"], "c": content}]

    def _part(self, part: Any) -> Any:
        if isinstance(part, list):
            return self.nodes(part)
        if isinstance(part, dict):
            return self.one(part) if "t" in part else {name: self._part(value) for name, value in part.items()}
        return part

    # ---------------------------------------------------------------------------------------------- values

    def _span(self, content: Any) -> list[Node]:
        (identifier, classes, _), inlines = content
        for call in ("val", "sentence"):
            if call in classes:
                name = quoted(use_of(self.uses, identifier)["id"])
                # "#none;" keeps "= 0.012" from standing at the beginning of a line, where it would be a heading.
                return [raw(f"#{call}({name})[#none;"), *inlines, raw("]")]
        for name, (opening, closing) in SPANS.items():
            if name in classes:
                return [raw(opening), *inlines, raw(closing)]
        if "txt" in classes or "lit" in classes:
            return list(inlines)
        return [{"t": "Span", "c": content}]

    # ---------------------------------------------------------------------------------------------- exhibits

    def _div(self, content: Any) -> list[Node]:
        (identifier, classes, pairs), blocks = content
        name, attributes = (classes or [""])[0], dict(pairs)
        if name == "contents":  # Typst makes them
            return [_raw_block("#contents")]
        if name in ("lof", "lot"):
            return list(_listed(blocks))
        if name in DRAWN:
            label = f"<{identifier}>" if identifier else ""
            return [_raw_block(DRAWN[name]), *blocks, _raw_block(f"]{label}")]
        if identifier.startswith("tbl:"):
            return self._table(identifier, classes, attributes, blocks)
        return [{"t": "Div", "c": content}]

    def _table(
        self, identifier: str, classes: Sequence[str], attributes: Mapping[str, str], blocks: Sequence[Node]
    ) -> list[Node]:
        parts = next(block["c"] for block in blocks if block["t"] == "Table")
        name = quoted(use_of(self.uses, attributes["use"])["id"]) if "use" in attributes else "none"
        words_of = caption_of(parts[1])
        parts[1] = [None, []]
        self.labels[identifier] = attributes["label"]
        lines = list(map(int, attributes["lines"].split()))
        rows, broken = len(lines), max(lines, default=0) > TALLEST
        ending = 2 if rows >= ENDING and not broken else 0
        drawn = self._traced(attributes) if "provenance" in attributes else self._drawn(parts)
        height = sum(lines) * LINE + rows * SPACE + LINE + SPACE
        options = {
            "small": "small" in classes,
            "dense": "dense" in classes,
            "whole": height <= WHOLE,
            "whole-rows": not broken,
        }
        said = ", ".join(f"{option}: {str(value).lower()}" for option, value in options.items())
        room = [_raw_block("#room")] if rows >= ENDING else []
        opening = _opening(f"#exhibit-table({rows}, {said})", name, attributes["label"], words_of, "][")
        grid = _grid(attributes["widths"].split(), *drawn, ending)
        return [*room, opening, grid, _raw_block(f"]<{identifier}>")]

    def _drawn(self, parts: Any) -> tuple[str, str, list[str]]:
        """A table of the text: how its columns align, its head and its rows."""
        aligns = ", ".join("right" if align["t"] == "AlignRight" else "left" for align, _ in parts[2])
        return f"({aligns},)", _cells(parts[3][1][0]), [_cells(row) for row in parts[4][0][3]]

    def _traced(self, attributes: Mapping[str, str]) -> tuple[str, str, list[str]]:
        """A table of provenance, each row a call."""
        rows = [_call(row) for row in rows_of(self.uses, attributes, self.labels)]
        return "left", ", ".join(map(quoted, HEADS)), rows

    def _figure(self, content: Any) -> list[Node]:
        (identifier, _, pairs), caption, blocks = content
        (_, _, more), _, (path, _) = image_in(blocks)
        attributes, use = dict(more), use_of(self.uses, dict(more)["use"])
        self.labels[identifier] = dict(pairs)["label"]
        call = f"#exhibit-figure({quoted('/' + path)}, {quoted(use['alt'])}, {attributes.get('width', '100%')})"
        return [_opening(call, quoted(use["id"]), dict(pairs)["label"], caption_of(caption), f"]<{identifier}>")]

    # ---------------------------------------------------------------------------------------------- headings

    def _header(self, content: Any) -> list[Node]:
        level, (identifier, classes, _), inlines = content
        header = {"t": "Header", "c": content}
        if level > 1:
            return [header]
        if identifier in ("sec:abstract", "sec:summary"):
            opening = "#pagebreak(weak: true)"
        else:  # a chapter opens a page only where little of one is left
            opening = "#room" if "appendix" in classes else "#chapter-room"
        running = {"t": "Plain", "c": [raw("#running.update(["), *_without_chinese(inlines), raw("])")]}
        return [_raw_block(opening), header, running]


def _grid(widths: Sequence[str], aligns: str, head: str, rows: Sequence[str], ending: int) -> Node:
    """A table. ``ending`` rows are a footer, which Typst never parts: none stands alone on a page."""
    rest = len(rows) - ending
    parts = [
        f"columns: ({', '.join(f'{share}%' for share in widths)},)",
        f"align: {aligns}",
        f"table.header({head})",
        "table.hline()",
        *rows[:rest],
        *([f"table.footer({', '.join(rows[rest:])})"] if ending else []),
    ]
    listed = ",\n".join(parts)
    return _raw_block(f"#table({listed})")


def _cells(row: Any) -> str:
    """A row of a table of the text, as cells."""
    return ", ".join(f"[{markup(cell[4][0]['c'])}]" if cell[4] else "[]" for cell in row[1])


def _call(row: Row) -> str:
    """A row of the provenance table, as cells."""
    given = [quoted(row.use), quoted(row.place), shown(row.shown), _array(row.where), _array(row.made)]
    return f"..traced({', '.join(given)})"


def _array(texts: Sequence[str]) -> str:
    return f"({''.join(f'{quoted(text)}, ' for text in texts)})"


def _opening(call: str, name: str, label: str, inlines: Sequence[Node], close: str) -> Node:
    """A call with the caption as its first content; ``name`` is the use that the label leads to, or none."""
    return {"t": "Plain", "c": [raw(f"{call}[#exhibit-label({name})[{label}]"), *inlines, raw(close)]}


def _listed(blocks: Sequence[Node]) -> Iterator[Node]:
    """A list of exhibits, with the number of the page on paper."""
    for item in (item for block in blocks if block["t"] == "BulletList" for item in block["c"]):
        _, inlines, (target, _) = item[0]["c"][0]["c"]
        yield {"t": "Plain", "c": [raw(f"#entry({quoted(target[1:])})["), *inlines, raw("]")]}


def _without_chinese(inlines: Sequence[Node]) -> Iterator[Node]:
    """A heading without its Chinese title."""
    inside = False
    for inline in inlines:
        code = inline["c"][1] if inline["t"] == "RawInline" else ""
        inside = inside or code == SPANS["zh"][0]
        if not inside:
            yield inline
        inside = inside and code != "]"
