"""The PDF read again: hyphens that part a line are no signs, every other sign counts, and Typst changes none."""

import re
from pathlib import Path

import pytest
import typst
from conftest import Project, draw_pdf

from scripts.audit import tagged
from scripts.audit.reread_pdf import Book
from scripts.audit.tagged import SOFT_HYPHEN, Element
from scripts.chapters.markdown import escape

TEXT = "The heterotrait-monotrait ratio of customer-relationship-management is −0.05 to 1,234.5 among respondents."
SIGNS = [
    "wait... x",
    "a -? b",
    "-11",
    "(-11) x -1.5 %",
    "a -- b --- c",
    "5 - -3",
    "rock'n'roll ’tis",
    "a “b” c ”d“",
    "5’ 3”",
]


def paragraphs(source: str, path: Path) -> list[Element]:
    head = "#set document(title: [a], date: datetime(year: 2026, month: 1, day: 1))\n#set text(hyphenate: true)\n"
    path.write_bytes(typst.compile((head + source).encode(), pdf_standards=["ua-1"], ignore_system_fonts=True))
    return tagged.read(path, "none")[0].all("P")


@pytest.fixture
def fold():
    return Book(Element("Root", 0), tagged.Place(0, 0), []).fold


def test_hyphens_of_line_ends_are_told_from_those_of_the_text(tmp_path, fold):
    soft = hard = 0
    for width in range(40, 140, 3):
        source = f"#set page(width: {width + 20}mm, height: 60mm, margin: 10mm)\n#par(justify: true)[{TEXT}]"
        (found,) = paragraphs(source, tmp_path / "a.pdf")
        soft += found.text().count(SOFT_HYPHEN)
        hard += bool(re.search(r"heterotrait-$|relationship-$|customer-$", "\n".join(found.ordered()), re.MULTILINE))
        assert fold(found.text()) == fold(TEXT), width
    assert soft > 5
    assert hard > 2


@pytest.mark.parametrize(
    "pair", [("top-100", "top100"), ("−5", "5"), ("1,234", "1234"), ("0.5", "05"), (f"5{SOFT_HYPHEN}3", "53")]
)
def test_nothing_else_is_left_out(fold, pair):
    assert fold(pair[0]) != fold(pair[1])


def test_an_element_goes_on_over_the_page_break_and_an_empty_cell_keeps_its_place(tmp_path):
    rows = "".join(f"[{number}], [], [{'long text ' * 20}]," for number in range(8))
    source = f"#set page(width: 100mm, height: 50mm, margin: 5mm)\n#table(columns: 3, table.header[a][b][c], {rows})"
    paragraphs(source, tmp_path / "a.pdf")
    (table,) = tagged.read(tmp_path / "a.pdf", "none")[0].all("Table")
    (body,) = table.all("TBody")
    assert len(body.all("TR")) == 8
    for number, row in enumerate(body.all("TR")):
        assert row.size == 3
        assert 1 not in row.kids
        assert " ".join(row.kids[0].text().split()) == str(number)
        assert row.kids[2].text().split() == ["long", "text"] * 20


def test_signs_of_a_study_are_printed_as_they_are(project: Project):
    path = Path("results/tiny/report/report.md")
    more = "\n\n".join(f"[{escape(text)}]{{.txt}}" for text in SIGNS)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{more}\n", encoding="utf-8")
    Path("results/tiny/report/report.pdf").write_bytes(draw_pdf())
    found = tagged.read("results/tiny/report/report.pdf", "none")[0].all("P")
    assert [one.text().strip() for one in found[-len(SIGNS) :]] == SIGNS


def told(element: Element) -> list[object]:
    """Everything that is known of an element."""
    kids = [kid if isinstance(kid, str) else told(kid) for kid in element.ordered()]
    return [element.kind, element.size, element.alt, element.at, element.leads_to, kids]


def test_two_processes_read_what_one_reads(built: Project, monkeypatch):
    path = built.folder / "results/tiny/report/report.pdf"
    alone, place = tagged.read(path, "sec:provenance")
    monkeypatch.setattr(tagged, "MANY", 2)
    together, same = tagged.read(path, "sec:provenance")
    assert told(together) == told(alone)
    assert same == place is not None
