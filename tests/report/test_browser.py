"""The page in a real browser: no error, no request, usable by everyone, its dialog, tables and files."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import DIALOG, told, violations
from browser import PROGRAM, Browser
from conftest import Project
from pypdf import PdfReader

if PROGRAM is None:
    pytest.skip("chromium is not installed (apt-get install chromium)", allow_module_level=True)

SAID = "document.querySelector('dialog[open]')?.innerText"
AT = "document.activeElement.textContent"
TABLE = "[data-use='c1-t3']"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def page(built: Project) -> Path:
    return built.folder / "results/tiny/report/report.html"


def column(browser: Browser, number: int) -> list[str]:
    """Texts of a column of the long table."""
    cells = f'document.querySelectorAll("{TABLE} tbody tr > :nth-child({number})")'
    told: list[str] = browser.ask(f"[...{cells}].map(cell => cell.textContent)")
    return told


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_error_no_request_no_hurdle(browser: Browser, page: Path, scheme: str, width: int) -> None:
    browser.open(page, scheme=scheme, width=width)
    browser.ask("document.fonts.ready.then(() => 1)")
    assert any(event["method"] == "Network.requestWillBeSent" for event in browser.events), "the log is kept"
    assert told(browser, page) == []
    assert violations(browser) == []
    assert browser.ask("document.fonts.check('16px \"Report Chinese\"', '大')")


def test_a_hurdle_is_found(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.ask("document.querySelector('main').append(document.createElement('button'))")
    assert "button-name" in " ".join(violations(browser))


def test_the_dialog_by_mouse(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("#c1-v2")
    said = browser.ask(SAID)
    wanted = (
        "12.3%",
        "0.1234",
        "results/tiny/needs/map_needs.json",
        "/share",
        "map_needs",
        "answers.csv",
        "make verify",
    )
    for words in wanted:
        assert words in said
    assert violations(browser, DIALOG) == []
    browser.click("dialog .close")
    assert browser.ask(SAID) is None


def test_the_dialog_by_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.ask("document.getElementById('c1-v6').focus()")
    browser.press("Enter")
    assert "group=all, attribute=speed → weight" in browser.ask(SAID)
    assert (
        browser.ask("document.querySelector('dialog').matches(':modal') && document.activeElement.textContent")
        == "Close"
    )
    browser.press("Escape")
    assert browser.ask(SAID) is None
    assert browser.ask("document.activeElement.id") == "c1-v6"


def test_a_cell_of_a_table_tells_its_row_and_column(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("[data-use='c1-t1'] tbody tr:nth-child(2) td:nth-child(3)")
    said = browser.wait(SAID)
    for words in (
        "0.17 to 0.27",
        "attribute=price, group=all",
        "weight_low | weight_high",
        "0.17 | 0.272",
        "needs/needs.csv",
    ):
        assert words in said


def test_the_dialog_leads_to_the_row_and_the_row_back(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("#c1-v2")
    browser.click("dialog a")
    assert browser.ask("location.hash") == "#prov-c1-v2"
    browser.click("#prov-c1-v2")
    assert browser.ask("location.hash") == "#c1-v2"


def test_a_table_is_one_stop_and_arrows_walk_it(browser: Browser, page: Path) -> None:
    browser.open(page)
    stops = f"document.querySelectorAll(\"{TABLE} table [tabindex='0'], {TABLE} .scroll[tabindex]\").length"
    assert browser.ask(stops) == 1
    browser.ask(f'document.querySelector("{TABLE} .label").focus()')
    browser.press("Tab")
    assert browser.ask(AT) == "Step"
    for key, text in (("ArrowDown", "step 1"), ("End", "Second"), ("ArrowLeft", "11"), ("ArrowUp", "Points")):
        browser.press(key)
        assert browser.ask(AT) == text
    browser.press("ArrowDown")
    browser.press("Enter")
    assert "step=1" in browser.wait(SAID)
    browser.press("Escape")
    assert browser.ask(AT) == "11"
    browser.press("Tab")
    assert not browser.ask(f'document.querySelector("{TABLE} table").contains(document.activeElement)')


def test_a_long_table_sorts_by_value_and_back(browser: Browser, page: Path) -> None:
    browser.open(page)
    before = column(browser, 2)
    button, head = f"{TABLE} thead th:nth-child(2) button", f'document.querySelector("{TABLE} thead th:nth-child(2)")'
    browser.click(button)
    assert browser.wait(f"{head}.ariaSort") == "ascending"
    assert column(browser, 2) == ["−7.5", "2", "3", "4", "5", "9", "10", "11", "1,200", "–"]
    browser.click(f"{TABLE} tbody tr:first-child td:nth-child(2)")
    assert "step=9" in browser.wait(SAID)
    assert "-7.5" in browser.ask(SAID)
    browser.press("Escape")
    browser.ask(f"{head}.querySelector('button').focus()")
    browser.press("Enter")
    assert browser.wait(f"{head}.ariaSort === 'descending'")
    assert column(browser, 2) == ["1,200", "11", "10", "9", "5", "4", "3", "2", "−7.5", "–"]
    browser.press("Enter")
    assert browser.wait(f"{head}.ariaSort === null")
    assert column(browser, 2) == before
    assert not browser.ask("document.querySelector(\"[data-use='c1-t1'] thead button\")"), (
        "a short table is read, not sorted"
    )


def test_a_text_column_sorts_by_what_it_shows(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click(f"{TABLE} thead th:first-child button")
    browser.wait(f'document.querySelector("{TABLE} [aria-sort]")')
    assert column(browser, 1) == [f"step {number}" for number in range(1, 11)]


@pytest.mark.parametrize(
    ("selector", "name"),
    [("[data-use='c1-f1'] .csv", "figures/needs.csv"), ("[data-use='c1-t1'] .csv", "needs/needs.csv")],
)
def test_the_data_behind_an_exhibit(
    browser: Browser, page: Path, built: Project, tmp_path: Path, selector: str, name: str
) -> None:
    browser.open(page)
    taken = browser.download(selector, tmp_path)
    assert taken.name == Path(name).name
    assert taken.read_bytes() == (built.folder / "results/tiny" / name).read_bytes()
    assert told(browser, page) == []


def test_the_file_of_a_cell_from_its_dialog(browser: Browser, page: Path, built: Project, tmp_path: Path) -> None:
    browser.open(page)
    browser.click("#c1-v2")
    assert not browser.ask("document.querySelector('dialog .csv').checkVisibility()"), (
        "values do not travel with the page"
    )
    browser.press("Escape")
    browser.click("[data-use='c1-t2'] tbody td.num")
    browser.wait(SAID)
    taken = browser.download("dialog .csv", tmp_path)
    assert taken.read_bytes() == (built.folder / "results/tiny/needs/groups.csv").read_bytes()


def test_the_rows_behind_a_figure(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.click("[data-use='c1-f1'] [aria-expanded]")
    cells = "[...document.querySelectorAll('.data + .scroll td')].map(cell => cell.textContent)"
    assert browser.wait(f"document.querySelector('.data + .scroll') && {cells}")[:3] == ["care", "Care, all", "-0.004"]
    assert 'Price, "fees"' in browser.ask(cells)
    browser.click("[data-use='c1-f1'] [aria-expanded]")
    assert browser.wait("!document.querySelector('.data + .scroll')")


@pytest.mark.parametrize("width", [320, 390, 640, 768, 1280])  # 640: a screen of 1280 at 200%
def test_no_width_scrolls_sideways(browser: Browser, page: Path, width: int) -> None:
    browser.open(page, width=width)
    assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert browser.ask("document.querySelector('nav details').open") == (width > 992)


def test_the_contents_mark_where_the_reader_is(browser: Browser, page: Path) -> None:
    browser.open(page)
    marked = "document.querySelector('nav [aria-current]')?.hash"
    for place in ("sec:kinds", "sec:ranking"):
        browser.ask(f"document.getElementById('{place}').scrollIntoView()")
        assert browser.wait(f"{marked} === '#{place}'"), browser.ask(marked)


def test_without_script_everything_is_there(browser: Browser, page: Path) -> None:
    browser.open(page, script=False)
    assert browser.ask("document.querySelectorAll('figure svg[role=img]').length") >= 1
    assert browser.ask("document.querySelectorAll('button.sort, button[aria-expanded]').length") == 0
    assert browser.ask("document.querySelector(\"[data-use='c1-t1'] .data\").textContent") == "Data: needs/needs.csv"
    assert browser.ask("document.querySelectorAll('.scroll[tabindex], .picture[tabindex]').length") > 0


def test_the_page_prints(browser: Browser, page: Path) -> None:
    browser.open(page, scheme="dark")
    printed = PdfReader(io.BytesIO(browser.print()))
    text = "".join(sheet.extract_text() for sheet in printed.pages)
    assert "12.3%" in text
    assert "Speed of approval" in text
    assert "Download" not in text
