"""The audit: silent on what was built, and it names whatever was touched."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import PROJECT, Project

from scripts.audit.verify import main, verify

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
    table, record = ROOT / "needs/needs.csv", ROOT / "audit/provenance.json"
    replace(table, "all,speed,Speed of approval,审批速度,0.302", "all,speed,Speed of approval,审批速度,0.402")
    document = json.loads(record.read_text(encoding="utf-8"))
    document["files"][str(table)]["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    record.write_text(json.dumps(document), encoding="utf-8")


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
        r"tiny: verified \d+ files; 13 values, 58 cells of 3 tables, 2 figures\n", capsys.readouterr().out
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


def test_it_needs_no_heavy_library() -> None:
    heavy = "('pandas', 'numpy', 'pydantic', 'jinja2')"
    code = f"import sys, scripts.audit.verify; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_study_that_was_not_built_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    faults, _ = verify("nowhere")
    assert faults == ["missing: results/nowhere/audit/provenance.json; build the study first: snakemake"]
