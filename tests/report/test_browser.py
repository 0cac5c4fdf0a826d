"""The page in a real browser: no error, no request, the dialog by mouse and keyboard, phone width."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import PROGRAM, Browser
from conftest import Project

if PROGRAM is None:
    pytest.skip("chromium is not installed (apt-get install chromium)", allow_module_level=True)

DIALOG = "document.querySelector('dialog[open]') && document.querySelector('dialog').innerText"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def page(built: Project) -> Path:
    return built.folder / "results/tiny/report/report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_error_and_no_request(browser: Browser, page: Path, scheme: str) -> None:
    browser.open(page, scheme=scheme)
    browser.ask("document.fonts.ready.then(() => 1)")
    asked = [
        event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith(("data:", page.as_uri()))] == []
    told = [event for event in browser.events if event["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")]
    assert told == []
    assert browser.ask("document.fonts.check('16px \"Report Chinese\"', '大')")


def test_the_dialog_by_mouse(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("#c1-v2")
    said = browser.ask(DIALOG)
    for words in ("12.3%", "0.1234", "needs/map_needs.json", "/share", "map_needs", "SHA-256"):
        assert words in said
    browser.click("dialog button")
    assert browser.ask(DIALOG) is None


def test_the_dialog_by_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.ask("document.getElementById('c1-v6').focus()")
    browser.press("Enter")
    assert "group=all, attribute=speed → weight" in browser.ask(DIALOG)
    browser.press("Escape")
    assert browser.ask(DIALOG) is None
    assert browser.ask("document.activeElement.id") == "c1-v6"


def test_a_cell_of_a_table_tells_its_row_and_column(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("[data-use='c1-t1'] tbody tr:nth-child(2) td:nth-child(3)")
    said = browser.ask(DIALOG)
    for words in ("0.17 to 0.27", "attribute=price, group=all", "weight_low weight_high", "needs/needs.csv"):
        assert words in said


def test_the_dialog_leads_to_the_row_and_the_row_back(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("#c1-v2")
    browser.click("dialog a")
    assert browser.ask("location.hash") == "#prov-c1-v2"
    browser.click("#prov-c1-v2 a")
    assert browser.ask("location.hash") == "#c1-v2"


def test_the_data_behind_a_figure(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("details.data summary")
    cells = "[...document.querySelectorAll('details.data td')].map(cell => cell.textContent)"
    browser.ask("new Promise(done => setTimeout(done, 50))")
    assert browser.ask(cells)[:3] == ["care", "Care, all", "-0.004"]
    assert 'Price, "fees"' in browser.ask(cells)
    assert browser.ask("document.querySelector('a.csv').download") == "needs.csv"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_scrolls_sideways(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)
    assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.ask("document.querySelector('nav details').open") == (width > 992)
