"""Tables of a Word file: three lines, a head on every page, columns as wide as the report says."""

from collections.abc import Iterable, Mapping, Sequence

from scripts.report.provenance import Row
from scripts.report.tree import TALLEST
from scripts.report.word_text import CLOSE, Look, Text, paragraph, run, runs

PAGE = 9070  # twentieths of a point between the margins
SHORT = 8  # rows of a table that stays whole
KEEP = "<w:keepNext/>"
TABLE = (
    '<w:tbl><w:tblPr><w:tblStyle w:val="ThreeLines"/><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>'
    '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
    'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
)
CELL = '<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraph}</w:tc>'
IN_CELL = Look(cell=True)
CODE = Look(style="CodeInTable")


def table(
    classes: Sequence[str],
    attributes: Mapping[str, str],
    numbers: Sequence[bool],
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> str:
    """A table. The head stands on every page; a short table stays whole, and of a long one the first and last two rows.

    Parameters
    ----------
    classes, attributes : those of the table in the text; widths of columns in percent, lines of each row.
    numbers : whether a column holds numbers.
    heads, rows : cells as runs.
    """
    size = next((style for name, style in (("dense", "Dense"), ("small", "Small")) if name in classes), "Table")
    widths = [int(share) * PAGE // 100 for share in attributes["widths"].split()]
    lines = list(map(int, attributes["lines"].split()))
    texts = [f"{size}{'Number' if number else 'Text'}" for number in numbers]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    made = [TABLE.format(width=sum(widths), grid=grid)]
    styles = [f"{size}Head{'Number' * number}" for number in numbers]
    made.append(_row(heads, styles, widths, "<w:cantSplit/><w:tblHeader/>", KEEP))
    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        joined = number < len(rows) - 1 and (len(rows) < SHORT or number in (0, len(rows) - 2))
        whole = "<w:cantSplit/>" if line <= TALLEST else ""
        made.append(_row(row, texts, widths, whole, KEEP if joined else ""))
    return f"{''.join(made)}</w:tbl>{paragraph('TableEnd', '')}"


def _row(cells: Sequence[str], styles: Sequence[str], widths: Sequence[int], properties: str, more: str) -> str:
    """``properties`` are those of the row, ``more`` those of its paragraphs."""
    made = [f"<w:tr><w:trPr>{properties}</w:trPr>" if properties else "<w:tr>"]
    for cell, style, width in zip(cells, styles, widths, strict=True):
        made.append(CELL.format(width=width, paragraph=paragraph(style, cell, more)))
    return f"{''.join(made)}</w:tr>"


def traced(text: Text, row: Row) -> list[str]:
    """The cells of a row of the provenance table; what is shown leads to its place."""
    shown = f"{text.link_to(row.place)}{runs(row.shown, Look(style='Hyperlink'))}{CLOSE}"
    return [text.marked(text.bookmark(f"prov-{row.use}"), shown), _codes(row.where), _codes(row.made)]


def _codes(texts: Iterable[str]) -> str:
    return run(" ").join(runs(text, CODE) for text in texts)
