"""The Word file read again: bookmarks enclose what is shown, tables and pictures stand behind theirs."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import Project
from lxml import etree
from lxml.builder import ElementMaker

from scripts.audit.reread_docx import bookmark, differences
from scripts.chapters.shown import pointed

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = ElementMaker(namespace=WORD, nsmap={"w": WORD, "wp": PICTURE, "a": DRAWING, "r": RELATION})
ROOT = "results/tiny/"
PATH = Path("results/tiny/report/report.docx")
Use = Mapping[str, Any]


def attributes(**names: str) -> dict[str, str]:
    return {f"{{{WORD}}}{name}": text for name, text in names.items()}


class Writer:
    """A Word file of nothing but uses, by the names that the reader looks for."""

    def __init__(self) -> None:
        self.count = 0
        self.pictures: dict[str, bytes] = {}

    def marked(self, name: str, *inside: Any) -> list[Any]:
        self.count += 1
        start = W.bookmarkStart(attributes(id=str(self.count), name=name))
        return [start, *inside, W.bookmarkEnd(attributes(id=str(self.count)))]

    def text(self, text: str) -> Any:
        """A run for every word, as an editor may part them."""
        return [W.r(W.t(f"{word} ")) for word in text.split(" ")]

    def table(self, rows: Sequence[Sequence[Any]]) -> Any:
        cells = [[W.tc(W.p(*(cell if isinstance(cell, list) else self.text(cell)))) for cell in row] for row in rows]
        head = W.tr(W.trPr(W.tblHeader()), *cells[0])
        return W.tbl(head, *(W.tr(*row) for row in cells[1:]))

    def figure(self, use: Use) -> list[Any]:
        number = f"rId{len(self.pictures) + 1}"
        self.pictures[number] = Path(use["file"]).with_suffix(".png").read_bytes()
        drawing = W.drawing()
        etree.SubElement(drawing, f"{{{PICTURE}}}docPr", descr=use["alt"])
        etree.SubElement(drawing, f"{{{DRAWING}}}blip", {f"{{{RELATION}}}embed": number})
        return [W.p(*self.marked(bookmark(use), W.r(drawing))), W.p(self.link(use, "Figure"))]

    def link(self, use: Use, text: str) -> Any:
        return W.hyperlink(attributes(anchor=f"prov_{bookmark(use)}"), *self.text(text))

    def use(self, use: Use) -> list[Any]:
        if use["kind"] == "figure":
            return self.figure(use)
        if use["kind"] == "table":
            caption = W.p(*self.marked(bookmark(use), self.link(use, "Table")))
            heads = [column["header"] for column in use["columns"]]
            return [caption, self.table([heads, *(row["shown"] for row in use["rows"])])]
        return [W.p(*self.text("Of it"), *self.marked(bookmark(use), self.link(use, use["shown"])), W.r(W.t(".")))]

    def row(self, use: Use) -> list[Any]:
        files = [use["file"], *([use["data"]] if "data" in use else [])]
        hashes = [use["sha256"], *([use["data_sha256"]] if "data" in use else [])]
        where = " ".join([*(file.removeprefix(ROOT) for file in files), pointed(use)]).strip()
        first = self.marked(f"prov_{bookmark(use)}", *self.text(use["shown"]))
        return [first, where, " ".join([use["rule"], *(one[:12] for one in hashes)])]

    def write(self, uses: Sequence[Use]) -> None:
        heads = ["Shown", "Where", "Rule and hash"]
        parts = [part for use in uses for part in self.use(use)]
        document = W.document(W.body(*parts, self.table([heads, *(self.row(use) for use in uses)])))
        relations = etree.Element("Relationships")
        for number in self.pictures:
            etree.SubElement(relations, "Relationship", Id=number, Target=f"media/{number}.png")
        with zipfile.ZipFile(PATH, "w") as package:
            package.writestr("word/document.xml", etree.tostring(document, encoding="utf-8"))
            package.writestr("word/_rels/document.xml.rels", etree.tostring(relations))
            for number, picture in self.pictures.items():
                package.writestr(f"word/media/{number}.png", picture)


@pytest.fixture
def uses(project: Project) -> list[dict[str, Any]]:
    """The uses of the tiny study, drawn into a Word file."""
    for use in project.uses:
        if use["kind"] == "figure":
            Path(use["file"]).with_suffix(".png").write_bytes(use["id"].encode())
    Writer().write(project.uses)
    return project.uses


def rewrite(change: Callable[[dict[str, bytes]], None]) -> None:
    """The Word file with some parts changed."""
    with zipfile.ZipFile(PATH) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    with zipfile.ZipFile(PATH, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)


def replaced(old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts["word/document.xml"]
        parts["word/document.xml"] = parts["word/document.xml"].replace(old.encode(), new.encode(), 1)

    return change


def swapped(parts: dict[str, bytes]) -> None:
    one, other = "word/media/rId1.png", "word/media/rId2.png"
    parts[one], parts[other] = parts[other], parts[one]


TAMPERED = {
    "a value": (
        replaced("<w:t>12.3% </w:t>", "<w:t>12.4% </w:t>"),
        ["c1-v2 (map_needs:/share): the Word file shows '12.4%', results/tiny/needs/map_needs.json says '12.3%'"],
    ),
    "a value with a sign of another font": (
        replaced("<w:t>12.3% </w:t>", "<w:t>12.3% </w:t><w:sym/>"),
        ["c1-v2 (map_needs:/share): the Word file shows"],
    ),
    "a sentence": (
        replaced("<w:t>3 </w:t></w:r><w:r><w:t>of ", "<w:t>2 </w:t></w:r><w:r><w:t>of "),
        ["c1-s1 (map_needs:/warnings/0/text): the Word file"],
    ),
    "a cell": (
        replaced("<w:t>0.221 </w:t>", "<w:t>0.231 </w:t>"),
        ["c1-t1 (needs), row 2, Weight: the Word file shows '0.231', results/tiny/needs/needs.csv says '0.221'"],
    ),
    "a bookmark gone": (replaced('w:name="c1_v2"', 'w:name="elsewhere"'), ["c1-v2 (map_needs:/share): the Word file"]),
    "a value that nobody logged": (
        replaced("<w:body>", '<w:body><w:bookmarkStart w:id="999" w:name="c9_v9"/>'),
        ["c9_v9: stands in the Word file as a value"],
    ),
    "a link": (
        replaced('w:anchor="prov_c1_v2"', 'w:anchor="prov_c1_v1"'),
        ["c1-v2 (map_needs:/share): nothing in the Word file leads to its row"],
    ),
    "pictures exchanged": (
        swapped,
        [
            "c1-f1 (needs): what the Word file carries is not results/tiny/figures/needs.png",
            "c8-f1 (workflow): what the Word file carries is not results/tiny/figures/workflow.png",
        ],
    ),
    "a description": (
        replaced('descr="', 'descr="Not '),
        ["c1-f1 (needs): the Word file describes the figure as 'Not"],
    ),
    "the row of a value": (
        replaced("<w:t>/share </w:t>", "<w:t>/p </w:t>"),
        [
            "c1-v2 (map_needs:/share): its row of the provenance table in the Word file says 'needs/map_needs.json "
            "/p', right is 'needs/map_needs.json /share'"
        ],
    ),
}


def test_what_was_written_is_read(uses):
    assert list(differences(PATH, uses, ROOT)) == []


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_named(uses, what):
    change, wanted = TAMPERED[what]
    rewrite(change)
    found = list(differences(PATH, uses, ROOT))
    assert len(found) <= 2
    for words in wanted:
        assert any(fault.startswith(words) for fault in found), found


def test_a_drawing_gone_is_named_and_no_other(uses):
    with zipfile.ZipFile(PATH) as package:
        tree = etree.fromstring(package.read("word/document.xml"))
    drawing = next(tree.iter(f"{{{WORD}}}drawing"))
    drawing.getparent().remove(drawing)
    rewrite(lambda parts: parts.update({"word/document.xml": etree.tostring(tree)}))
    assert list(differences(PATH, uses, ROOT)) == ["c1-f1 (needs): the Word file does not show it"]
