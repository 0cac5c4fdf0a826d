"""The PDF: tagged, with fonts and links, the same bytes each time, and no empty boxes."""

from pathlib import Path

import pytest
from conftest import Project, draw_pdf
from pypdf import PdfReader

from scripts.lib.job import InputError


@pytest.fixture(scope="module")
def reader(built: Project) -> PdfReader:
    return PdfReader(built.folder / "results/tiny/report/report.pdf")


def test_the_text_can_be_read(reader: PdfReader) -> None:
    text = "\n".join(page.extract_text() for page in reader.pages).replace("\u00a0", " ")
    for words in (
        "What major customers need",
        "大客户需要什么",
        "Table 1.1",
        "Figure 1.1",
        "−0.004",
        "模拟数据",
        "等.",
    ):
        assert words in text
    assert "<script>alert(1)</script>" in text


def test_it_is_tagged_titled_and_dated(reader: PdfReader) -> None:
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "What major customers need"
    assert reader.metadata.author == 'A "quoted" author & son_s'
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date().isoformat() == "2026-01-31"
    packet = catalog["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in packet
    assert "<pdfaid:part>2</pdfaid:part>" in packet


def test_fonts_are_embedded(reader: PdfReader) -> None:
    names = set()
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(str(inner["/BaseFont"]).partition("+")[2])
            assert any(key.startswith("/FontFile") for key in inner["/FontDescriptor"])
    assert any("NotoSansSC" in name for name in names)
    assert any("Libertinus" in name for name in names)


def test_chapters_are_bookmarks_and_values_are_links(reader: PdfReader) -> None:
    titles = [one.title for one in reader.outline if not isinstance(one, list)]
    assert any(title.startswith("Chapter 1") and "Needs" in title for title in titles)
    links = [a for page in reader.pages for a in page.get("/Annots", []) if a.get_object().get("/Subtype") == "/Link"]
    assert len(links) > 30


def test_every_page_says_the_kind_of_data(reader: PdfReader) -> None:
    for page in reader.pages:
        assert "Synthetic data" in page.extract_text()


def test_two_drawings_are_the_same_bytes(project: Project) -> None:
    assert draw_pdf() == project.pdf
    assert str(project.folder).encode() not in project.pdf


@pytest.mark.parametrize("sign", ["𪚥", "ก"])
def test_a_sign_without_a_face_is_an_error(project: Project, sign: str) -> None:
    path = Path("results/tiny/report/report.md")
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\nA {sign} sign.\n", encoding="utf-8")
    with pytest.raises(InputError, match="the PDF"):
        draw_pdf()
