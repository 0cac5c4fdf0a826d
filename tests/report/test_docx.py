"""The Word file: whole, the same bytes each time, with links both ways, and a file that a word processor opens."""

import io
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pytest
from conftest import ROOT, Project, draw_docx
from fontTools.ttLib import TTFont
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from scripts.lib.job import InputError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\uffef]")


class Word(NamedTuple):
    """The parts of the file, and the two that most tests read."""

    parts: dict[str, bytes]
    body: Any
    marks: dict[str, Any]


def read(file: bytes) -> Word:
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert package.testzip() is None
        parts = {name: package.read(name) for name in package.namelist()}
    body = etree.fromstring(parts["word/document.xml"])
    return Word(parts, body, {mark.get(f"{W}name"): mark for mark in body.iter(f"{W}bookmarkStart")})


@pytest.fixture(scope="module")
def word(built: Project) -> Word:
    return read((built.folder / ROOT / "report/report.docx").read_bytes())


def words(element: Any) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def styled(word: Word, style: str) -> list[Any]:
    return [
        paragraph
        for paragraph in word.body.iter(f"{W}p")
        if (found := paragraph.find(f"{W}pPr/{W}pStyle")) is not None and found.get(f"{W}val") == style
    ]


def test_every_part_is_xml_that_the_file_names(word: Word) -> None:
    types = etree.fromstring(word.parts["[Content_Types].xml"])
    named = {one.get("PartName", "").lstrip("/") for one in types}
    endings = {one.get("Extension") for one in types}
    for name, part in word.parts.items():
        assert name in named or name.rpartition(".")[2] in endings or name == "[Content_Types].xml"
        if not name.endswith((".png", ".odttf")):
            etree.fromstring(part)
    assert named - {""} <= set(word.parts)


def test_what_a_relationship_names_is_there(word: Word) -> None:
    for name, part in word.parts.items():
        if name.endswith(".rels"):
            folder = PurePosixPath(name).parent.parent
            inner = [one.get("Target") for one in etree.fromstring(part) if one.get("TargetMode") != "External"]
            assert [target for target in inner if str(folder / target) not in word.parts] == []
    known = {one.get("Id") for one in etree.fromstring(word.parts["word/_rels/document.xml.rels"])}
    used = {value for one in word.body.iter() for key, value in one.attrib.items() if key.startswith(RELATION)}
    assert used <= known
    assert {"rIdHeader", "rIdFooter"} <= used


def test_links_lead_to_bookmarks_of_which_each_name_stands_once(word: Word) -> None:
    names = [mark.get(f"{W}name") for mark in word.body.iter(f"{W}bookmarkStart")]
    numbers = [mark.get(f"{W}id") for mark in word.body.iter(f"{W}bookmarkStart")]
    assert len({name.lower() for name in names}) == len(names)
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"[A-Za-z]\w{0,39}", name, re.ASCII) for name in names)
    assert sorted(numbers) == sorted(mark.get(f"{W}id") for mark in word.body.iter(f"{W}bookmarkEnd"))
    anchors = {link.get(f"{W}anchor") for link in word.body.iter(f"{W}hyperlink")} - {None}
    fields = {found for text in word.body.iter(f"{W}instrText") for found in re.findall(r"PAGEREF (\w+)", text.text)}
    assert anchors | fields <= set(names)
    assert fields


def test_styles_in_use_exist(word: Word) -> None:
    known = {style.get(f"{W}styleId") for style in etree.fromstring(word.parts["word/styles.xml"]).iter(f"{W}style")}
    for name in ("document", "header", "footer", "footnotes"):
        part = etree.fromstring(word.parts[f"word/{name}.xml"])
        used = {one.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for one in part.iter(f"{W}{tag}")}
        assert used <= known


def test_every_use_leads_to_its_row_and_the_row_leads_back(word: Word, built: Project) -> None:
    leading = {link.get(f"{W}anchor") for link in word.body.iter(f"{W}hyperlink")}
    for use in built.uses:
        mark = use["id"].replace("-", "_")
        row = next(word.marks[f"prov_{mark}"].iterancestors(f"{W}tr"))
        assert f"prov_{mark}" in leading
        assert mark in {link.get(f"{W}anchor") for link in row.iter(f"{W}hyperlink")}
        assert mark in word.marks


def test_bookmarks_enclose_what_is_shown(word: Word, built: Project) -> None:
    shown, opened = {}, {}
    for one in word.body.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}t"):
        if one.tag == f"{W}bookmarkStart":
            opened[one.get(f"{W}id")] = shown[one.get(f"{W}name")] = []
        elif one.tag == f"{W}bookmarkEnd":
            opened.pop(one.get(f"{W}id"))
        else:
            for texts in opened.values():
                texts.append(one.text)
    values = [use for use in built.uses if "label" not in use]
    assert [use["shown"] for use in values] == ["".join(shown[use["id"].replace("-", "_")]) for use in values]


def test_a_table_follows_its_caption_with_a_head_that_repeats_and_whole_rows(word: Word, built: Project) -> None:
    for use in built.uses:
        if use["kind"] != "table":
            continue
        mark = word.marks[use["id"].replace("-", "_")]
        table = mark.getparent().getnext()
        assert words(mark.getparent()).startswith("Table\u00a01.")
        assert table.tag == f"{W}tbl"
        rows = table.findall(f"{W}tr")
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        assert min(widths) > 400
        assert sum(widths) <= 9070
        assert all(len(row.findall(f"{W}tc")) == len(widths) for row in rows)


def test_numbers_stand_at_the_right(word: Word) -> None:
    assert "0.004" in "".join(words(paragraph) for paragraph in styled(word, "TableNumber"))
    styles = etree.fromstring(word.parts["word/styles.xml"])
    number = next(style for style in styles if style.get(f"{W}styleId") == "TableNumber")
    assert number.find(f"{W}pPr/{W}jc").get(f"{W}val") == "right"


def test_figures_are_the_pictures_beside_the_drawings_with_their_words(word: Word, built: Project) -> None:
    targets = {one.get("Id"): one.get("Target") for one in etree.fromstring(word.parts["word/_rels/document.xml.rels"])}
    figures = [use for use in built.uses if use["kind"] == "figure"]
    assert len(figures) == len(list(word.body.iter(f"{W}drawing"))) > 1
    for use in figures:
        paragraph = word.marks[use["id"].replace("-", "_")].getparent()
        (drawing,) = paragraph.iter(f"{W}drawing")
        picture = word.parts[f"word/{targets[next(drawing.iter(f'{DRAWING}blip')).get(f'{RELATION}embed')]}"]
        assert picture == (built.folder / use["file"]).with_suffix(".png").read_bytes()
        size = next(drawing.iter(f"{PICTURE}extent"))
        with Image.open(io.BytesIO(picture)) as image:
            ratio = image.size[0] / image.size[1]
        assert int(size.get("cx")) / int(size.get("cy")) == pytest.approx(ratio, rel=0.01)
        assert int(size.get("cx")) > 4_000_000
        assert " ".join(next(drawing.iter(f"{PICTURE}docPr")).get("descr").split()) == " ".join(use["alt"].split())


def test_chinese_is_marked_and_nothing_else(word: Word) -> None:
    header = etree.fromstring(word.parts["word/header.xml"])
    runs = [run for part in (word.body, header) for run in part.iter(f"{W}r")]
    marked = {run for run in runs if run.find(f"{W}rPr/{W}lang") is not None}
    wrong = [words(run) for run in runs if bool(CHINESE.search(words(run))) != (run in marked)]
    assert wrong == []
    assert {run.find(f"{W}rPr/{W}lang").get(f"{W}eastAsia") for run in marked} == {"zh-CN"}


def test_the_file_carries_the_chinese_signs_of_its_text(word: Word) -> None:
    key = re.search(r'w:fontKey="\{([0-9A-F-]{36})\}"', word.parts["word/fontTable.xml"].decode())
    assert key is not None
    mask = bytes.fromhex(key[1].replace("-", ""))[::-1] * 2
    font = word.parts["word/fonts/chinese.odttf"]
    face = TTFont(io.BytesIO(bytes(one ^ other for one, other in zip(font, mask, strict=False)) + font[32:]))
    assert face["name"].getDebugName(1) == "Noto Sans SC"
    assert b'w:eastAsia="Noto Sans SC"' in word.parts["word/styles.xml"]
    signs = {ord(sign) for sign in CHINESE.findall(word.parts["word/document.xml"].decode())}
    assert signs <= set(face.getBestCmap())


def test_every_page_says_the_kind_of_data_and_has_its_number(word: Word) -> None:
    header = etree.fromstring(word.parts["word/header.xml"])
    assert "Synthetic data 模拟数据" in words(header)
    assert "What major customers need" in words(header)
    assert b" PAGE " in word.parts["word/footer.xml"]
    (section,) = word.body.iter(f"{W}sectPr")
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    assert all(1400 <= int(margins.get(f"{W}{side}")) <= 1701 for side in ("top", "right", "bottom", "left"))


def test_cover_and_lists_are_filled(word: Word) -> None:
    cover = {style: [words(one) for one in styled(word, style)] for style in ("Title", "Subtitle", "Author", "Date")}
    assert cover == {
        "Title": ["What major customers need"],
        "Subtitle": ["大客户需要什么"],
        "Author": ['A "quoted" author & son_s'],
        "Date": ["Reference date 2026-01-31"],
    }
    headings = {words(one) for level in (1, 2) for one in styled(word, f"Heading{level}")}
    contents = [words(one).removesuffix("–") for level in (1, 2) for one in styled(word, f"TOC{level}")]
    assert set(contents) <= headings
    assert any(entry.startswith("Chapter\u00a01") or entry.startswith("Chapter 1") for entry in contents)
    listed = " ".join(words(one) for one in styled(word, "TableofFigures"))
    assert "Table\u00a01.1" in listed
    assert "Figure\u00a01.1" in listed


def test_hostile_text_stays_text(word: Word) -> None:
    assert "<script>alert(1)</script>" in words(word.body)
    assert not list(word.body.iter("script"))


@pytest.mark.parametrize("text", ["a &amp; b ]]> <w:p/> 'c'", "𠀀", "x" * 5000, "tab\tand\u200bzero"])
def test_any_text_leaves_xml(project: Project, text: str) -> None:
    path = Path(ROOT, "report/report.md")
    shown = re.sub(r"([^\w\s])", r"\\\1", text) if text.isascii() else text
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{shown}\n", encoding="utf-8")
    if text == "𠀀":
        with pytest.raises(InputError, match="U\\+20000"):
            draw_docx()
    else:
        assert text.replace("\t", " ") in words(read(draw_docx()).body)


def test_two_drawings_are_the_same_bytes_of_the_reference_date(project: Project, word: Word) -> None:
    file = draw_docx()
    assert file == (project.folder / ROOT / "report/report.docx").read_bytes()
    assert str(project.folder).encode() not in b"".join(word.parts.values())
    assert "docProps/custom.xml" not in word.parts
    days = set(re.findall(rb">(\d{4}-\d\d-\d\d)T", word.parts["docProps/core.xml"]))
    assert days == {date(2026, 1, 31).isoformat().encode()}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice on this machine")
def test_a_word_processor_opens_it(built: Project, tmp_path: Path) -> None:
    file = built.folder / ROOT / "report/report.docx"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    reader = PdfReader(tmp_path / "report.pdf")
    pages = [page.extract_text().replace("\u00a0", " ") for page in reader.pages]
    text = "\n".join(pages)
    assert "What major customers need" in pages[0]
    assert "Figure 1.1" in text
    assert "Table 1.1" in text
    assert "大客户需要什么" in pages[0]
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert any("NotoSansSC" in font for font in fonts), "the face that the file carries is taken"
    contents = next(page for page in pages if "Contents" in page)
    assert re.search(r"\.{5,} ?\d+", contents), "the contents have the numbers of their pages"
