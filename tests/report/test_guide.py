"""The guide in a real browser: no error, no request, no fault of accessibility, phone width, its links open files."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import PROGRAM, Browser
from conftest import PROJECT

from scripts.guide.write_guide import facts, page
from scripts.lib.dictionary import files, load
from scripts.lib.fonts import chinese_face

if PROGRAM is None:
    pytest.skip("chromium is not installed (apt-get install chromium)", allow_module_level=True)

ROOT = "results/tiny"
STUDY = {
    "title": {"en": "A <b>study</b> & more", "zh": "研究"},
    "organisation": {"en": "The {{ 7 * 7 }} office", "zh": "办公室"},
    "author": "A",
    "data": "tiny",
    "reference_date": "2026-01-01",
}
MADE = {
    "map_literature": ["literature/trend.csv", "literature/topics.csv", "literature/map_literature.json"],
    "draw_literature": ["figures/literature_trend.svg", "figures/literature_trend.csv"],
    "assign_units": ["confidential/units.csv"],
    "render_html": ["report/report.html"],
    "describe_tables": ["datapackage.json"],
    "write_guide": ["index.html"],
    "record_provenance": ["audit/provenance.json"],
}
REASON = "The list holds <script>nothing</script>."


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide of a few files, in its folder."""
    folder = tmp_path_factory.mktemp("guide")
    values = {"status": "refused", "reason": {"en": REASON, "zh": ""}, "warnings": [{}]}
    cells = {
        "literature/trend.csv": "start,end,period,n\n1990,1994,1990-1994,3\n1995,1999,1995-1999,0\n",
        "literature/topics.csv": "position,topic,label_en,label_zh,n,share\n",
        "figures/literature_trend.csv": "start,period,n\n1990,1990-1994,3\n",
        "literature/map_literature.json": json.dumps(values),
        "report/report.html": "<!doctype html><title>report</title>",
    }
    paths = {rule: [f"{ROOT}/{name}" for name in names] for rule, names in MADE.items()}
    rules = {
        rule: {"input": ["data/raw/tiny/a.bib"], "output": made, "code": [f"scripts/stage/{rule}.py"]}
        for rule, made in paths.items()
    }
    rules["draw_literature"]["input"] = [f"{ROOT}/literature/trend.csv"]
    graph = {"rules": rules, "raw": {"data/raw/tiny/a.bib": {"file": "a.bib", "kind": "synthetic"}}}
    use = {"file": f"{ROOT}/figures/literature_trend.svg", "data": f"{ROOT}/figures/literature_trend.csv"}
    uses = [use | {"chapter": 2, "kinds": ["synthetic"]}]
    opened = [path for rule, made in paths.items() if rule not in ("write_guide", "record_provenance") for path in made]
    with pytest.MonkeyPatch.context() as patch:
        dictionary = load(files())
        styles, template = (
            "".join(Path(f"report/{name}").read_text(encoding="utf-8") for name in names)
            for names in (("page.css", "guide.css"), ("guide.html",))
        )
        patch.chdir(folder)
        for path in (path for path in opened if "confidential" not in path):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text(cells.get(path.removeprefix(f"{ROOT}/"), ""), encoding="utf-8")
        shown = [path for path in opened if "confidential" not in path]
        made = page(template, styles, PROJECT / chinese_face(), facts("tiny", STUDY, graph, dictionary, uses, shown))
        Path(ROOT, "index.html").write_text(made, encoding="utf-8")
    return folder / ROOT / "index.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_error_no_request_and_nothing_hard_to_reach(browser: Browser, guide: Path, scheme: str) -> None:
    found = importlib.util.find_spec("axe_playwright_python")
    assert found is not None and found.submodule_search_locations
    axe = Path(found.submodule_search_locations[0], "axe.min.js").read_text(encoding="utf-8")
    browser.open(guide, scheme=scheme)
    browser.ask(
        "document.querySelectorAll('details').forEach(one => one.open = true); document.fonts.ready.then(() => 1)"
    )
    asked = [
        event["params"]["request"]["url"] for event in browser.events if event["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith(("data:", guide.as_uri()))] == []
    assert [one for one in browser.events if one["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")] == []
    faults = browser.ask(f"{axe}; axe.run().then(told => told.violations.map(one => one.id + one.nodes[0].html))")
    assert faults == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_scrolls_sideways(browser: Browser, guide: Path, width: int) -> None:
    browser.open(guide, width=width)
    browser.ask("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_it_says_what_a_file_is_and_opens_it(browser: Browser, guide: Path) -> None:
    browser.open(guide)
    said = browser.ask("document.getElementById('figures-literature_trend-csv').innerText")
    for words in ("Records over time", "figures/literature_trend.svg", "1 row, 3 columns; key start", "chapter 2"):
        assert words in said
    assert "draw_literature" in browser.ask("document.getElementById('literature-trend-csv').innerText")
    assert "2 rows" in browser.ask("document.getElementById('literature-trend-csv').innerText")
    secret = "document.getElementById('confidential-units-csv')"
    assert browser.ask(f"{secret}.querySelectorAll('a[href^=confidential]').length") == 0
    assert "it stays where it was made" in browser.ask(f"{secret}.innerText")
    browser.click("#literature-trend-csv summary")
    assert browser.ask("document.querySelector('#literature-trend-csv td').checkVisibility()")
    browser.follow("a[href='report/report.html']")
    assert browser.ask("document.title") == "report"


def test_text_of_a_study_stays_text(browser: Browser, guide: Path) -> None:
    browser.open(guide)
    said = browser.ask("document.getElementById('main').innerText")
    for words in ("A <b>study</b> & more", "The {{ 7 * 7 }} office", REASON, "refused; 1 warning"):
        assert words in said
    assert browser.ask("document.scripts.length") == 0
