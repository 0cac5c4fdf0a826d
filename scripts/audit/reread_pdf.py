"""What the PDF shows of every use, for the comparison with the files.

The tags and links of the file are followed as a reader follows them. The provenance table stands below the heading
that is named ``sec:provenance``; its rows come in the order of the log. A value is the text of a link that leads to its
row, a sentence the quotation right before such a link, a table or figure what the caption with such a link belongs to.

Texts are compared without blanks (every sign that Unicode calls white space: a line may break at one) and without
hyphens that the file itself marks as only parting a word at the end of a line (U+00AD) and that stand between two
letters, and without the zero-width spaces (U+200B) at which a word that no line holds may break. Nothing else is left
out: every other hyphen, minus, point, comma and digit counts. A PDF keeps the signs of a text that runs from right to
left in the order in which they stand on the page, and hands out the halves of signs beyond U+FFFF in that order, too; a
text with such signs is therefore compared by the signs that it has, whatever their order. Figures are drawn as vectors:
of these only the alternative text is compared; that the drawing is the right one rests on the hash of the PDF.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.audit import tagged
from scripts.audit.formats import Use, absent, compare, name
from scripts.audit.tagged import SOFT_HYPHEN, Element, Place

TABLE = "sec:provenance"
ABOVE, NEAR = 10.0, 4.0  # points: Typst's links lead to 10 above what they name; no two rows are so near as 2 * 4
ZERO_WIDTH = "\u200b"
TURNED = re.compile("[\u0590-\u08ff\ud800-\udfff\ufb1d-\ufdff\ufe70-\ufefc\U00010000-\U0010ffff]")
DISCRETIONARY = re.compile(rf"(?<=[^\W\d_]){SOFT_HYPHEN}(?=[^\W\d_])")


class Book:
    """The PDF as a reader for :func:`scripts.audit.formats.compare`."""

    name = "the PDF"

    def __init__(self, root: Element, table: Place, uses: Sequence[Use]) -> None:
        self.numbers = {use["id"]: number for number, use in enumerate(uses)}
        elements = list(root.walk())
        section = _section(elements, table)
        self.rows = [row for element in section if element.kind == "Table" for row in _rows(element)]
        inside = {id(element) for element in section}
        self.links = _by_row([one for one in elements if one.kind == "Link" and id(one) not in inside], self.rows)
        self.exhibits: dict[int, Element] = {}
        self.quoted: dict[int, Element] = {}
        for element in elements:
            self._note(element)

    def _note(self, element: Element) -> None:
        """Which links a caption in the element holds, and which stand behind a quotation."""
        quotation = None
        for kid in element.ordered():
            if isinstance(kid, str):
                quotation = None if kid.strip() else quotation
                continue
            if kid.kind == "Caption":
                self.exhibits |= {id(link): element for link in kid.all("Link")}
            if kid.kind == "Link" and quotation:
                self.quoted[id(kid)] = quotation
            quotation = kid if kid.kind == "Quote" else None

    def fold(self, text: str) -> str:
        """Without blanks and what only parts a line; signs in a fixed order where the page has its own."""
        folded = DISCRETIONARY.sub("", "".join(text.split())).replace(ZERO_WIDTH, "")
        if not TURNED.search(folded):
            return folded
        halves = folded.encode("utf-16-be", "surrogatepass").hex()
        return " ".join(sorted(halves[place : place + 4] for place in range(0, len(halves), 4)))

    def _of(self, use: Use) -> list[Element]:
        return self.links.get(self.numbers[use["id"]], [])

    def text(self, use: Use) -> str | None:
        """A value, cell or sentence; where several links lead to its row, all of them in turn if they differ."""
        found = self._of(use)
        if use["kind"] == "text":
            found = [self.quoted[id(link)] for link in found if id(link) in self.quoted]
        return " / ".join(dict.fromkeys(" ".join(one.text().split()) for one in found)) or None

    def carried(self, use: Use) -> str | None:
        """Raw values do not stand in a PDF."""
        return None

    def leads(self, use: Use) -> bool:
        """Whether a link leads to the row of the provenance table."""
        return bool(self._of(use))

    def _exhibit(self, use: Use, kind: str) -> Element | None:
        found = [self.exhibits[id(link)] for link in self._of(use) if id(link) in self.exhibits]
        return next((one for element in found for one in element.all(kind)), None)

    def cells(self, use: Use) -> list[list[str]] | None:
        """The rows of a table."""
        table = self._exhibit(use, "Table")
        return None if table is None else [_cells(row) for row in _rows(table)]

    def exhibit(self, use: Use) -> Iterator[str]:
        """What is wrong with a figure: its alternative text tells that it is there."""
        if use["kind"] == "table":
            return
        figure = self._exhibit(use, "Figure")
        if figure is None:
            yield absent(self, use)
        elif self.fold(figure.alt) != self.fold(use["alt"]):
            yield f"{name(use)}: the PDF describes the figure as {figure.alt!r}, the log says {use['alt']!r}"

    def row(self, use: Use) -> list[str] | None:
        """The row of the provenance table."""
        number = self.numbers[use["id"]]
        return _cells(self.rows[number]) if number < len(self.rows) else None


def differences(path: str | Path, uses: Sequence[Use], root: str) -> Iterator[str]:
    """What the PDF shows otherwise than its sources, one line each with the id of the use."""
    tags, table = tagged.read(path, TABLE)
    if table is None:
        yield f"the PDF has no place named {TABLE}, where its provenance table begins"
        return
    book = Book(tags, table, uses)
    yield from compare(book, uses, root)
    if len(book.rows) > len(uses):
        yield f"the provenance table of the PDF has {len(book.rows)} rows, the log of uses knows {len(uses)}"


def _section(elements: Sequence[Element], place: Place) -> list[Element]:
    """What stands between the first heading of a chapter below a place and the next one."""
    headings = [number for number, one in enumerate(elements) if one.kind == "H1"]
    below = [one for one in headings if _under(elements[one], place)]
    if not below:
        return []
    first = below[0]
    return list(elements[first : next((one for one in headings if one > first), None)])


def _under(element: Element, place: Place) -> bool:
    return element.at is not None and element.at.page == place.page and element.at.height <= place.height


def _rows(table: Element) -> list[Element]:
    """Rows of a table without its head."""
    return [row for part in table.all("TBody", "TFoot") for row in part.all("TR")]


def _cells(row: Element) -> list[str]:
    cells = [row.kids.get(place) for place in range(row.size)]
    return [" ".join(cell.text().split()) if isinstance(cell, Element) else "" for cell in cells]


def _by_row(links: Sequence[Element], rows: Sequence[Element]) -> dict[int, list[Element]]:
    """Links by the number of the row that they lead to."""
    tops = defaultdict(list)
    for number, row in enumerate(rows):
        for link in row.all("Link")[:1]:
            if link.at:
                tops[link.at.page].append((link.at.height, number))
    found = defaultdict(list)
    for link in links:
        if link.leads_to:
            height = link.leads_to.height - ABOVE
            lines = tops.get(link.leads_to.page, [])
            top, number = min(lines, key=lambda line: abs(line[0] - height), default=(math.inf, -1))
            if abs(top - height) <= NEAR:
                found[number].append(link)
    return found
