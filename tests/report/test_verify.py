"""The audit: silent on what was built, and it names whatever was touched."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT, Project, draw_html, draw_pdf

from scripts.audit.verify import main

ROOT = Path("results/tiny")
PAGE = ROOT / "report/report.html"


def replace(path: Path, old: str, new: str) -> None:
    """Change the first place of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def swap_picture() -> None:
    (ROOT / "figures/needs.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")


def swap_on_page() -> None:
    """The two pictures of the page, each in the place of the other."""
    page = PAGE.read_text(encoding="utf-8")
    first, second = re.findall("<svg.*?</svg>", page, re.DOTALL)
    PAGE.write_text(page.replace(first, "@").replace(second, first).replace("@", second), encoding="utf-8")


def forge_value() -> None:
    replace(PAGE, "</h2>", '</h2><a class="val" id="c1-v99" href="#prov-c1-v1"><data value="9">9</data></a>')


def forge_record() -> None:
    """A table changed together with its hash in the record: the page still says what it said."""
    replace(
        ROOT / "needs/needs.csv",
        "all,speed,Speed of approval,审批速度,0.302",
        "all,speed,Speed of approval,审批速度,0.402",
    )
    hash_again()


def hash_again() -> None:
    """Every hash of the record and the list of checksums made true again, as a careful forger would."""
    record, checksums = ROOT / "audit/provenance.json", ROOT / "audit/SHA256SUMS"
    document = json.loads(record.read_text(encoding="utf-8"))
    for name, one in document["files"].items():
        if not name.startswith("package:"):
            one["sha256"] = hashlib.sha256(Path(name).read_bytes()).hexdigest()
    record.write_text(json.dumps(document), encoding="utf-8")
    names = [line.partition("  ")[2] for line in checksums.read_text(encoding="utf-8").splitlines()]
    lines = [f"{hashlib.sha256(Path(name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    checksums.write_text("".join(lines), encoding="utf-8")


def redraw(old: str, new: str) -> None:
    """Both reports drawn from a text with one place changed, and every hash made true again."""
    replace(ROOT / "report/report.md", old, new)
    PAGE.write_text(draw_html(), encoding="utf-8")
    (ROOT / "report/report.pdf").write_bytes(draw_pdf())
    hash_again()


def redraw_row(**changed: str) -> None:
    """Both reports drawn with another row of the provenance table, and every hash made true again."""
    path = ROOT / "report/uses.json"
    right = path.read_text(encoding="utf-8")
    uses = [use | changed if use["id"] == "c1-v2" else use for use in json.loads(right)]
    path.write_text(json.dumps(uses), encoding="utf-8")
    PAGE.write_text(draw_html(), encoding="utf-8")
    (ROOT / "report/report.pdf").write_bytes(draw_pdf())
    path.write_text(right, encoding="utf-8")
    hash_again()


def lead_elsewhere() -> None:
    """Two values of the PDF that lead to each other's row."""
    text = (ROOT / "report/report.md").read_text(encoding="utf-8")
    swapped = re.sub("{#c1-v([12]) .val}", lambda found: f"{{#c1-v{3 - int(found[1])} .val}}", text)
    assert swapped != text
    (ROOT / "report/report.md").write_text(swapped, encoding="utf-8")
    (ROOT / "report/report.pdf").write_bytes(draw_pdf())
    hash_again()


TAMPERED: dict[str, tuple[Callable[[], object], list[str]]] = {
    "a digit of a value on the page": (
        lambda: replace(PAGE, '<data value="0.1234">12.3%', '<data value="0.1234">12.4%'),
        ["changed: results/tiny/report/report.html", "c1-v2 (map_needs:/share): the page shows '12.4%'"],
    ),
    "the raw value on the page": (
        lambda: replace(PAGE, '<data value="0.1234">', '<data value="0.1235">'),
        ["c1-v2 (map_needs:/share): the page carries the value '0.1235'"],
    ),
    "a cell of a table on the page": (
        lambda: replace(PAGE, ">0.221</td>", ">0.231</td>"),
        ["c1-t1 (needs), row 2, Weight: the page shows '0.231', results/tiny/needs/needs.csv says '0.221'"],
    ),
    "a row of a table on the page": (
        lambda: PAGE.write_text(
            re.sub(r'<tr data-key="attribute=price, group=all">.*?</tr>', "", PAGE.read_text(), flags=re.S)
        ),
        ["c1-t1 (needs): the page shows 3 rows"],
    ),
    "a sentence on the page": (
        lambda: replace(PAGE, "3 of 4 needs", "2 of 4 needs"),
        ["c1-s1 (map_needs:/warnings/0/text)"],
    ),
    "a value that nobody logged": (forge_value, ["c1-v99: stands on the page as a value"]),
    "a value of a rule": (
        lambda: replace(ROOT / "needs/map_needs.json", "0.1234", "0.1334"),
        [
            "changed: results/tiny/needs/map_needs.json (rule map_needs)",
            "c1-v2 (map_needs:/share): the page shows '12.3%'",
        ],
    ),
    "a cell of a table": (
        lambda: replace(ROOT / "needs/needs.csv", "0.221", "0.222"),
        ["changed: results/tiny/needs/needs.csv (rule map_needs)", "c1-t1 (needs), row 2, Weight"],
    ),
    "a table and its hash": (forge_record, ["c1-v6 (needs[group=all, attribute=speed].weight): the page shows '0.30'"]),
    "a column gone": (
        lambda: replace(ROOT / "needs/needs.csv", "weight_low", "weight_lov"),
        ["c1-t1 (needs): results/tiny/needs/needs.csv cannot be read"],
    ),
    "a swapped picture": (swap_picture, ["c1-f1 (needs): what the page carries is not results/tiny/figures/needs.svg"]),
    "a line of a picture on the page": (
        lambda: replace(PAGE, 'cx="392"', 'cx="292"'),
        ["c1-f1 (needs): what the page carries is not results/tiny/figures/needs.svg"],
    ),
    "two pictures on the page swapped": (
        swap_on_page,
        [
            "c1-f1 (needs): what the page carries is not results/tiny/figures/needs.svg",
            "what the page carries is not results/tiny/figures/workflow.svg",
        ],
    ),
    "a second picture over the first": (
        lambda: replace(PAGE, "</svg>", "</svg><svg></svg>"),
        ["c1-f1 (needs): what the page carries is not results/tiny/figures/needs.svg"],
    ),
    "a picture that is none": (
        lambda: (ROOT / "figures/needs.svg").write_text("<svg", encoding="utf-8"),
        ["c1-f1 (needs): results/tiny/figures/needs.svg cannot be read"],
    ),
    "a table that the page carries": (
        lambda: PAGE.write_text(re.sub('(id="file:results/tiny/needs/groups.csv">).', r"\1A", PAGE.read_text())),
        ["c1-t2 (groups): what the page carries is not results/tiny/needs/groups.csv"],
    ),
    "the data behind a picture": (
        lambda: replace(ROOT / "figures/needs.csv", "0.118", "0.119"),
        ["c1-f1 (needs): what the page carries is not results/tiny/figures/needs.csv"],
    ),
    "a raw file": (
        lambda: replace(Path("data/raw/tiny/answers.csv"), "5", "4"),
        ["changed: data/raw/tiny/answers.csv"],
    ),
    "a script": (lambda: replace(Path("scripts/made.py"), "Made", "Faked"), ["changed: scripts/made.py"]),
    "the lock": (lambda: replace(Path("requirements.lock"), "3.1.1", "3.1.2"), ["changed: requirements.lock"]),
    "the PDF": (
        lambda: (ROOT / "report/report.pdf").write_bytes(b"%PDF-1.7"),
        ["changed: results/tiny/report/report.pdf"],
    ),
    "a value in both reports": (
        lambda: redraw("[12.3%]{#c1-v2 .val}", "[12.4%]{#c1-v2 .val}"),
        [
            "report.html: c1-v2 (map_needs:/share): the page shows '12.4%'",
            "report.pdf: c1-v2 (map_needs:/share): the PDF shows '12.4%', results/tiny/needs/map_needs.json",
        ],
    ),
    "a cell in both reports": (
        lambda: redraw("| 0.221 |", "| 0.231 |"),
        [
            "report.html: c1-t1 (needs), row 2, Weight: the page shows '0.231'",
            "report.pdf: c1-t1 (needs), row 2, Weight: the PDF shows '0.231', results/tiny/needs/needs.csv says",
        ],
    ),
    "a sentence in both reports": (
        lambda: redraw("3 of 4 needs", "2 of 4 needs"),
        [
            "report.html: c1-s1 (map_needs:/warnings/0/text)",
            "report.pdf: c1-s1 (map_needs:/warnings/0/text): the PDF shows",
        ],
    ),
    "a value of the provenance table": (
        lambda: redraw_row(shown="12.4%"),
        [
            "report.html: c1-v2 (map_needs:/share): its row of the provenance table in the page says '12.4%'",
            "report.pdf: c1-v2 (map_needs:/share): its row of the provenance table in the PDF says '12.4%'",
        ],
    ),
    "a pointer of the provenance table": (
        lambda: redraw_row(pointer="/p"),
        [
            "c1-v2 (map_needs:/share): its row of the provenance table in the PDF says 'needs/map_needs.json /p', "
            "right is 'needs/map_needs.json /share'"
        ],
    ),
    "a rule of the provenance table": (
        lambda: redraw_row(rule="map_need"),
        ["c1-v2 (map_needs:/share): its row of the provenance table in the PDF says 'map_need "],
    ),
    "links of the PDF": (
        lead_elsewhere,
        ["report.pdf: c1-v2 (map_needs:/share): the PDF shows"],
    ),
    "a figure of another description": (
        lambda: (
            replace(ROOT / "report/uses.json", '"alt": "', '"alt": "No '),
            (ROOT / "report/report.pdf").write_bytes(draw_pdf()),
        ),
        ["report.pdf: c1-f1 (needs): the PDF describes the figure as 'No "],
    ),
    "a PDF cut off": (
        lambda: (ROOT / "report/report.pdf").write_bytes((ROOT / "report/report.pdf").read_bytes()[:4000]),
        ["changed: results/tiny/report/report.pdf", "report.pdf: it cannot be read"],
    ),
    "a file gone": (
        lambda: (ROOT / "needs/groups.csv").unlink(),
        ["missing: results/tiny/needs/groups.csv (rule classify)"],
    ),
    "a file too many": (
        lambda: (ROOT / "needs/extra.csv").write_text("a\n1\n", encoding="utf-8"),
        ["unknown: results/tiny/needs/extra.csv"],
    ),
    "the record": (
        lambda: replace(ROOT / "audit/provenance.json", '"version": 1', '"version": 2'),
        ["changed: results/tiny/audit/provenance.json is not what results/tiny/audit/SHA256SUMS says"],
    ),
    "the record gone": (
        lambda: (ROOT / "audit/provenance.json").unlink(),
        ["missing: results/tiny/audit/provenance.json"],
    ),
    "the record cut off": (
        lambda: (ROOT / "audit/provenance.json").write_text("{"),
        ["provenance.json cannot be read"],
    ),
}


def test_what_was_built_is_verified(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tiny"]) == 0
    assert re.fullmatch(
        r"tiny: verified \d+ files; 13 values, 58 cells of 3 tables, 2 figures in html, pdf, docx; built outside git\n",
        capsys.readouterr().out,
    )


@pytest.mark.parametrize("what", TAMPERED)
def test_tampering_is_named(project: Project, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    tamper, wanted = TAMPERED[what]
    tamper()
    assert main(["tiny"]) == 1
    said = capsys.readouterr().out
    for words in wanted:
        assert words in said
    assert "Traceback" not in said


def test_checksums_can_be_checked_without_us(project: Project) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", str(ROOT / "audit/SHA256SUMS")], capture_output=True, check=False
    )
    assert done.returncode == 0
    listed = {line.partition("  ")[2] for line in (ROOT / "audit/SHA256SUMS").read_text().splitlines()}
    there = {path.as_posix() for path in ROOT.rglob("*") if path.is_file()}
    assert there - listed == {"results/tiny/audit/SHA256SUMS"}


def test_the_record_holds_nothing_of_the_machine(project: Project) -> None:
    text = (ROOT / "audit/provenance.json").read_text(encoding="utf-8")
    assert str(project.folder) not in text
    assert str(PROJECT) not in text
    record = json.loads(text)
    assert "package:zhplot/fonts/NotoSansSC-Regular.ttf" in record["files"]
    assert record["files"]["results/tiny/needs/groups.csv"]["kinds"] == ["synthetic", "illustrative"]
    assert record["files"]["results/tiny/needs/groups.csv"]["rule"] == "classify"
    assert record["raw"]["data/raw/tiny/answers.csv"]["kind"] == "synthetic"


def test_no_result_says_where_it_was_made(project: Project) -> None:
    for path in ROOT.rglob("*"):
        if path.is_file():
            for place in (str(project.folder), str(PROJECT), "site-packages", sys.prefix):
                assert place.encode() not in path.read_bytes(), path


def test_it_needs_no_heavy_library() -> None:
    heavy = "('pandas', 'numpy', 'pydantic', 'jinja2')"
    code = f"import sys, scripts.audit.verify; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_study_that_was_not_built_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["nowhere"]) == 1
    missing = "missing: results/nowhere/audit/provenance.json; build the study first: snakemake"
    assert capsys.readouterr().out == f"nowhere: {missing}\n"
