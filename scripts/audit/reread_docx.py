"""What the Word file shows of every use, for the comparison with the files.

A use is found by its bookmark, which is named after it (``c4-v12`` is ``c4_v12``): a value or sentence is what the
bookmark encloses; a table is the first one behind the bookmark of its caption, a figure the first drawing behind its
bookmark, and neither if another one's bookmark comes first. The row of the provenance table is the one that holds the
bookmark ``prov_c4_v12``. A picture must have the bytes of the PNG file beside the figure's SVG.

Texts are compared with a run of blanks as one blank. A tab or a break is a blank; what was deleted under track changes
is not read.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from scripts.audit.formats import Use, absent, compare, name

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DOCUMENT, RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"
# What else than letters a run may print; a sign of another font cannot be read and is no text of ours.
SIGNS = {f"{W}{tag}": " " for tag in ("p", "tab", "br", "cr")} | {f"{W}noBreakHyphen": "-", f"{W}sym": "\ufffd"}
LETTERS, START, END, TBL = f"{W}t", f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}tbl"
ROW, CELL, HEAD, LINK, DRAWN = f"{W}tr", f"{W}tc", f"{W}trPr/{W}tblHeader", f"{W}hyperlink", f"{W}drawing"
USE = re.compile(r"c\d+_([vstf])\d+")


class Document:
    """The Word file as a reader for :func:`scripts.audit.formats.compare`."""

    name = "the Word file"

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        body = etree.fromstring(package.read(DOCUMENT))
        self.targets = {one.get("Id"): one.get("Target") for one in etree.fromstring(package.read(RELATIONS))}
        self.leading = {link.get(f"{W}anchor") for link in body.iter(LINK)}
        self.marks: dict[str, Any] = {}
        self.texts: dict[str, list[str]] = {}
        self.behind: dict[str, Any] = {}  # the table or drawing that comes first behind the bookmark of an exhibit
        self._read(body)

    def _read(self, body: Any) -> None:
        """Every bookmark with what it encloses, in one pass."""
        opened: dict[str, list[str]] = {}
        waiting = {TBL: "", DRAWN: ""}
        for element in body.iter(LETTERS, START, END, TBL, DRAWN, *SIGNS):
            tag, number = element.tag, element.get(f"{W}id")
            if tag == START:
                mark = element.get(f"{W}name")
                self.marks[mark] = element
                self.texts[mark] = opened[number] = []
                kind = USE.fullmatch(mark)
                if kind and kind[1] in "tf":
                    waiting[TBL if kind[1] == "t" else DRAWN] = mark
            elif tag == END:
                opened.pop(number, None)
            elif tag in waiting:
                if waiting[tag]:
                    self.behind[waiting[tag]] = element
                waiting[tag] = ""
            else:
                for text in opened.values():
                    text.append(SIGNS.get(tag) or element.text or "")

    def fold(self, text: str) -> str:
        """A run of blanks is one blank."""
        return " ".join(text.split())

    def text(self, use: Use) -> str | None:
        """A value, cell or sentence; behind a sentence may stand a link, which is not part of it."""
        parts = self.texts.get(bookmark(use))
        text = None if parts is None else self.fold("".join(parts))
        return text.removesuffix(" source") if text and use["kind"] == "text" else text

    def carried(self, use: Use) -> str | None:
        """Raw values do not stand in a Word file."""
        return None

    def leads(self, use: Use) -> bool:
        """Whether a link leads to the row of the provenance table."""
        return f"prov_{bookmark(use)}" in self.leading

    def cells(self, use: Use) -> list[list[str]] | None:
        """The rows of a table without its head."""
        table = self.behind.get(bookmark(use))
        if table is None:
            return None
        return [_cells(row) for row in table.iterchildren(ROW) if row.find(HEAD) is None]

    def exhibit(self, use: Use) -> Iterator[str]:
        """What is wrong with a figure."""
        if use["kind"] == "table":
            return
        drawing = self.behind.get(bookmark(use))
        if drawing is None:
            yield absent(self, use)
            return
        said = next(drawing.iter(f"{PICTURE}docPr")).get("descr", "")
        if self.fold(said) != self.fold(use["alt"]):
            yield f"{name(use)}: the Word file describes the figure as {said!r}, the log says {use['alt']!r}"
        image = next(drawing.iter(f"{DRAWING}blip")).get(f"{RELATION}embed")
        file = Path(use["file"]).with_suffix(".png")
        if self.package.read(f"word/{self.targets[image]}") != file.read_bytes():
            yield f"{name(use)}: what the Word file carries is not {file.as_posix()}"

    def row(self, use: Use) -> list[str] | None:
        """The row of the provenance table."""
        mark = self.marks.get(f"prov_{bookmark(use)}")
        row = None if mark is None else next(mark.iterancestors(ROW), None)
        return None if row is None else _cells(row)


def differences(path: str | Path, uses: Sequence[Use], root: str) -> Iterator[str]:
    """What the Word file shows otherwise than its sources, one line each with the id of the use."""
    with zipfile.ZipFile(path) as package:
        document = Document(package)
        yield from compare(document, uses, root)
    known = {bookmark(use) for use in uses}
    for mark in document.marks:
        if USE.fullmatch(mark) and mark not in known:
            yield f"{mark}: stands in the Word file as a value, but the log of uses does not know it"


def bookmark(use: Use) -> str:
    """The name of a use's bookmark."""
    return str(use["id"]).replace("-", "_")


def _cells(row: Any) -> list[str]:
    return [
        "".join(SIGNS.get(one.tag) or one.text or "" for one in cell.iter(LETTERS, *SIGNS)).strip()
        for cell in row.iterchildren(CELL)
    ]
