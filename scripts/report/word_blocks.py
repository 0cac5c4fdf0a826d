"""Prepare pandoc's document for Word: headings, tables with three lines, figures, cover, and lists that are filled.

Values, sentences, tables and figures have a bookmark of their use and a link to their row of the provenance table.
Lists, notes and formulas are pandoc's.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scripts.report.provenance import rows_of
from scripts.report.tree import Node, Uses, asked, caption_of, image_in, leads, plain, use_of
from scripts.report.word_tables import IN_CELL, PAGE, table, traced
from scripts.report.word_text import CLOSE, Look, Text, link_at, paragraph, raw, run, runs

INCH = 1440  # twentieths of a point
BETWEEN = "\u2002"  # a label and its caption
COVER = ("title", "title-zh", "organisation", "date", "author", "labels", "statement")
LISTS = {"contents": "", "lof": "TableofFigures", "lot": "TableofFigures"}


def prepare(document: str, uses: Uses) -> Node:
    """The document for pandoc's Word writer, as a tree.

    Raises
    ------
    InputError
        If the text marks a value that the log of uses does not know, or a heading, cell or caption holds what is no
        text.
    """
    tree = json.loads(document)
    blocks = Blocks(uses)
    meta = blocks.meta(tree["meta"])
    return {**tree, "meta": meta, "blocks": blocks.document(tree["blocks"])}


def raw_block(text: str) -> Node:
    """WordprocessingML among blocks."""
    return {"t": "RawBlock", "c": ["openxml", text]}


def bitmap(use: Mapping[str, Any]) -> str:
    """The file of a figure that Word shows."""
    return f"{use['file'].removesuffix('.svg')}.png"


class Blocks:
    """Changes a document from its first block to its last."""

    def __init__(self, uses: Uses) -> None:
        self.uses = uses
        self.text = Text(uses)
        self.entries: dict[str, list[tuple[str, str, str]]] = {name: [] for name in LISTS}  # bookmark, style, text
        self.labels: dict[str, str] = {}  # of tables and figures so far
        self.seen_appendix = self.seen_chinese = False

    # ---------------------------------------------------------------------------------------------- cover and lists

    def meta(self, meta: dict[str, Any]) -> dict[str, Any]:
        """The texts of the cover; pandoc gets title, author and kinds of data as plain text."""
        cover = {name: self._cover(meta[name]) for name in COVER if name in meta}
        plain_text = {name: {"t": "MetaString", "c": plain(meta[name])} for name in ("title", "author", "lang")}
        kinds = [{"t": "MetaInlines", "c": [{"t": "Str", "c": plain(label)}]} for label in meta["labels"]["c"]]
        return plain_text | {"cover": {"t": "MetaMap", "c": cover}, "keywords": {"t": "MetaList", "c": kinds}}

    def _cover(self, value: Any) -> Any:
        if value["t"] == "MetaList":
            return {"t": "MetaList", "c": [self._cover(one) for one in value["c"]]}
        return {"t": "MetaInlines", "c": [raw(self.text.of(value["c"]))]}

    def document(self, blocks: Sequence[Node]) -> list[Node]:
        """All blocks; the marks of the lists are filled when all that they name has been seen."""
        made: list[Node] = []
        for block in self.blocks(list(_summed_up(blocks))):
            name = _first_class(block)
            if name == "contents":  # the only list whose heading does not stand in the text
                made.append(raw_block(paragraph("TOCHeading", run("Contents"), "<w:pageBreakBefore/>")))
            made.append(self._list(name) if name in LISTS else block)
        return made

    def _list(self, name: str) -> Node:
        """Title, and the page as a field, which programs make anew when they open the file."""
        lines = [
            paragraph(style, f"{link_at(place)}{runs(text)}<w:r><w:tab/></w:r>{_page_of(place)}{CLOSE}")
            for place, style, text in self.entries[name]
        ]
        return raw_block("".join(lines) or paragraph("BodyText", run("None.")))

    # ---------------------------------------------------------------------------------------------- blocks

    def blocks(self, blocks: Sequence[Node]) -> list[Node]:
        """What stands in the place of each."""
        questions = asked(blocks)
        made: list[Node] = []
        for number, block in enumerate(blocks):
            if number in questions:  # stays with what answers it
                made.append(raw_block(paragraph("Question", self.text.of(block["c"]))))
            elif leads(block):
                words = {"t": "Para", "c": self.text.inlines(block["c"])}
                made.append({"t": "Div", "c": [["", [], [["custom-style", "Keep With Next"]]], [words]]})
            else:
                made += self._block(block)
        return made

    def _block(self, block: Node) -> Iterator[Node]:
        kind, content = block["t"], block.get("c")
        if kind in ("Para", "Plain"):
            yield {"t": kind, "c": self.text.inlines(content)}
        elif kind == "Header":
            yield self._heading(content)
        elif kind == "Figure":
            yield from self._figure(content)
        elif kind == "Div":
            yield self._div(block)
        elif kind == "BulletList":
            yield {"t": kind, "c": [self.blocks(item) for item in content]}
        elif kind == "OrderedList":
            yield {"t": kind, "c": [content[0], [self.blocks(item) for item in content[1]]]}
        elif kind == "DefinitionList":
            items = [[self.text.inlines(term), [self.blocks(one) for one in said]] for term, said in content]
            yield {"t": kind, "c": items}
        elif kind == "BlockQuote":
            yield {"t": kind, "c": self.blocks(content)}
        else:
            yield block

    def _div(self, block: Node) -> Node:
        (identifier, classes, pairs), blocks = block["c"]
        if identifier.startswith("tbl:"):
            return self._exhibit_table(identifier, classes, dict(pairs), blocks)
        if _first_class(block) in LISTS:
            return block
        self.seen_chinese = "chinese" in classes
        style = [["custom-style", "Warning"]] if "warning" in classes else []
        name = self.text.bookmark(identifier) if identifier else ""
        return {"t": "Div", "c": [[name, classes, pairs + style], self.blocks(blocks)]}

    def _heading(self, content: Any) -> Node:
        level, (identifier, classes, _), inlines = content
        name, unlisted = self.text.bookmark(identifier), "unlisted" in classes
        if level <= 2 and not unlisted:
            self.entries["contents"].append((name, f"TOC{level}", plain(inlines)))
        style = "SmallHeading" if unlisted else f"Heading{level}"
        more = "<w:pageBreakBefore/>" if self._opens_page(level, identifier, classes) else ""
        return raw_block(paragraph(style, self.text.marked(name, self.text.of(inlines)), more))

    def _opens_page(self, level: int, identifier: str, classes: Sequence[str]) -> bool:
        """Chapters do, and an abstract behind the Chinese one, the references, the first appendix and the long one."""
        after_chinese, self.seen_chinese = self.seen_chinese, False
        appendix = "appendix" in classes
        first = appendix and not self.seen_appendix
        self.seen_appendix = self.seen_appendix or appendix
        return after_chinese or (level == 1 and (first or not appendix or identifier == "sec:provenance"))

    # ---------------------------------------------------------------------------------------------- exhibits

    def _caption(self, name: str, use: Any, place: str, label: str, inlines: Sequence[Node]) -> str:
        shown = run(label, Look(style="Label"))
        self.entries[name].append((place, LISTS[name], f"{label}{BETWEEN}{plain(inlines)}"))
        return (self.text.to_source(use, shown) if use else shown) + run(BETWEEN) + self.text.of(inlines)

    def _exhibit_table(
        self, identifier: str, classes: Sequence[str], attributes: dict[str, str], blocks: Sequence[Node]
    ) -> Node:
        parts = next(block["c"] for block in blocks if block["t"] == "Table")
        use = use_of(self.uses, attributes["use"]) if "use" in attributes else None
        place = self.text.bookmark(identifier)
        opening, closing = self.text.ends(place)
        words = self._caption("lot", use, place, attributes["label"], caption_of(parts[1]))
        above = paragraph("TableCaption", f"{opening}{words}{closing}")
        self.labels[identifier] = attributes["label"]
        if "provenance" in attributes:
            rows = [traced(self.text, row) for row in rows_of(self.uses, attributes, self.labels)]
        else:
            rows = [self._cells(row) for row in parts[4][0][3]]
        numbers = [align["t"] == "AlignRight" for align, _ in parts[2]]
        return raw_block(above + table(classes, attributes, numbers, self._cells(parts[3][1][0]), rows))

    def _cells(self, row: Any) -> list[str]:
        return [self.text.of(cell[4][0]["c"] if cell[4] else [], IN_CELL) for cell in row[1]]

    def _figure(self, content: Any) -> Iterator[Node]:
        (identifier, _, pairs), caption, blocks = content
        (_, _, given), _, _ = image_in(blocks)
        attributes = dict(given)
        use = use_of(self.uses, attributes["use"])
        self.labels[identifier] = dict(pairs)["label"]
        share = int(attributes.get("width", "100%").removesuffix("%"))
        place = self.text.bookmark(use["id"])
        opening, closing = self.text.ends(place)
        width = PAGE / INCH * share / 100
        size = [["width", f"{width:.2f}in"], ["height", f"{width * _ratio(bitmap(use)):.4f}in"]]
        picture = [
            ["", [], size],
            [{"t": "Str", "c": use["alt"]}],
            [bitmap(use), ""],
        ]
        drawn = {"t": "Para", "c": [raw(opening), {"t": "Image", "c": picture}, raw(closing)]}
        yield {"t": "Div", "c": [["", [], [["custom-style", "Figure"]]], [drawn]]}
        below = self._caption("lof", use, place, dict(pairs)["label"], caption_of(caption))
        yield raw_block(paragraph("ImageCaption", below))


def _summed_up(blocks: Sequence[Node]) -> Iterator[Node]:
    """The blocks, those of the summary set closer: it has one page."""
    inside = False
    for block in blocks:
        if block["t"] == "Header":
            inside = block["c"][1][0] == "sec:summary"
        inside = inside and _first_class(block) not in LISTS
        yield _closer(block) if inside and block["t"] != "Header" else block


def _closer(block: Node) -> Node:
    """A block of the summary; items of a list have the style as paragraphs, or pandoc gives them that of lists."""
    if block["t"] == "BulletList":
        return {"t": "BulletList", "c": [[_closer(one) for one in item] for item in block["c"]]}
    if block["t"] == "Div":
        attributes, inner = block["c"]
        return {"t": "Div", "c": [attributes, [_closer(one) for one in inner]]}
    words = {"t": "Para", "c": block["c"]} if block["t"] == "Plain" else block
    return {"t": "Div", "c": [["", [], [["custom-style", "Summary"]]], [words]]}


def _first_class(block: Node) -> str:
    return (block["c"][0][1] or [""])[0] if block["t"] == "Div" else ""


def _ratio(path: str) -> float:
    """Height of a PNG file by its width, from its header (ISO/IEC 15948, 11.2.2)."""
    with open(path, "rb") as file:
        width, height = struct.unpack(">8x4x4xII", file.read(24))
    return float(height / width)


def _page_of(place: str) -> str:
    code = f'<w:r><w:instrText xml:space="preserve"> PAGEREF {place} \\h </w:instrText></w:r>'
    begin = '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
    separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("separate", "end"))
    return f"{begin}{code}{separate}{run('–')}{end}"
