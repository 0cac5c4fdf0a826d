"""Hostile text in every place of a study is shown as text in HTML and PDF: never run, no formula, no broken page."""

import csv
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from browser import PROGRAM, Browser
from hostile import HOSTILE, LONG, lay_hostile
from lxml import html
from pypdf import PdfReader

from scripts.chapters.shown import clean

pytestmark = pytest.mark.xdist_group("hostile")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The spoilt study, built."""
    project = lay_hostile(tmp_path_factory.mktemp("hostile") / "project")
    run = project.make()
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
    return project


@pytest.fixture(scope="module")
def report(built: Any) -> Path:
    folder: Path = built.path("results/minimal/report")
    return folder


def flat(text: str) -> str:
    """Text without blanks, in one form of its accents: a line may break anywhere in a long word."""
    return re.sub(r"\s|\u200b|\u00ad", "", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("text", [*HOSTILE, LONG], ids=lambda text: repr(text)[:30])
def test_the_page_shows_every_text_as_it_came(report: Path, text: str) -> None:
    tree = html.parse(report / "report.html", html.HTMLParser(encoding="utf-8")).getroot()
    body = tree.find("body")
    assert flat(clean(text)) in flat(body.text_content())


def test_no_text_became_an_element(report: Path) -> None:
    tree = html.parse(report / "report.html", html.HTMLParser(encoding="utf-8")).getroot()
    assert len(tree.xpath("//script[not(@type)]")) == 1  # the others are data
    assert tree.xpath("//*[@onerror or @onload or starts-with(@href, 'javascript') or starts-with(@src, 'http')]") == []
    assert not tree.xpath("//a[starts-with(@href, 'http://example.org')]")


def test_the_printed_report_shows_every_text(report: Path) -> None:
    said = flat("".join(page.extract_text() for page in PdfReader(report / "report.pdf").pages))
    # Right-to-left text is extracted in the order of the page; hyphens part long words.
    shown = [text for text in HOSTILE if text.isascii()]
    assert [text for text in shown if flat(clean(text)) not in said] == []
    assert LONG[:200] in said.replace("-", "")
    assert "uid=" not in said
    assert "root:" not in said


def test_no_table_holds_a_formula_and_verify_finds_every_text(built: Any) -> None:
    formula = re.compile(r"[=+\-@\t].*\w", re.DOTALL)
    number = re.compile(r"[+-]?[\d.]+(e[+-]?\d+)?", re.IGNORECASE)
    tables = sorted(built.path("results").rglob("*.csv"))
    with_text = 0
    for table in tables:
        with table.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        with_text += any("cmd|" in cell for cell in cells)
        assert [cell for cell in cells if formula.match(cell) and not number.fullmatch(cell)] == [], table
    assert with_text > 20
    run = built.verify()
    assert run.returncode == 0, run.stdout


def test_open_answers_enter_no_page(report: Path) -> None:
    page = (report / "report.html").read_text(encoding="utf-8")
    assert "alert(5)" not in page
    assert "السلام" not in page


@pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed (apt-get install chromium)")
def test_nothing_runs_in_a_browser(report: Path, tmp_path: Path) -> None:
    browser = Browser(tmp_path / "profile")
    try:
        for width in (390, 1280):
            browser.open(report / "report.html", width=width)
            assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), width
        browser.click("a.val")
        ran = ("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")
        assert [event for event in browser.events if event["method"] in ran] == []
        visible = flat(browser.ask("document.body.innerText"))
        assert [text for text in HOSTILE if flat(clean(text)) not in visible] == []
    finally:
        browser.close()


def test_a_sign_without_a_face_is_told_with_its_place(built: Any, tmp_path: Path) -> None:
    project = built.copy(tmp_path / "project")
    glossary = "data/raw/minimal/glossary.yaml"
    project.replace(glossary, "Needs segment", "Needs ก segment")
    project.declare()
    run = project.make()
    line = next(i for i, text in enumerate(project.path(glossary).read_text("utf-8").splitlines(), 1) if "ก" in text)
    assert run.returncode == 1
    assert (
        f"no face has ก (U+0E01 THAI CHARACTER KO KAI); write this otherwise. U+0E01 stands in {glossary}, line {line}"
        in (run.stderr)
    )
    assert "Traceback" not in run.stderr
