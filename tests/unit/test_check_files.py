"""Faults inside customer, environment and literature files are told while the Snakefile is read, one line each."""

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from scripts.lib import checks, sources

ROOT = Path(__file__).resolve().parents[2]
RAW = Path("data/raw/minimal")
STUDY = Path("config/studies/minimal.yaml")


@pytest.fixture
def minimal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The minimal study in a folder of its own, which is the present one."""
    shutil.copytree(ROOT / "tests/minimal/config", tmp_path / "config")
    shutil.copytree(ROOT / "tests/minimal/data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def told() -> list[str]:
    """What is told of the study after a change that was meant."""
    sources.refresh(RAW)
    return checks.check_study("minimal")[1]


def replace(name: str, old: str, new: str) -> None:
    text = (RAW / name).read_text(encoding="utf-8")
    assert old in text
    (RAW / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def cell(name: str, row: int, column: str, text: str) -> None:
    """Change one cell of a CSV file; ``row`` as in the file."""
    with open(RAW / name, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[row - 1][rows[0].index(column)] = text
    with open(RAW / name, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def study(change: Callable[[dict], None]) -> None:
    document = yaml.safe_load(STUDY.read_text(encoding="utf-8"))
    change(document)
    STUDY.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def test_the_minimal_study_has_no_fault(minimal: Path) -> None:
    assert told() == []


FAULTS = {
    "a name": (
        lambda: cell("customers.csv", 2, "sub_branch", "某某有限公司"),
        "customers.csv, row 2, column sub_branch: found what looks like the name of a firm (not repeated here)",
    ),
    "a credit code": (
        lambda: cell("customers.csv", 5, "group_id", "91620100MA72XXXX0X"),
        "customers.csv, row 5, column group_id: found what looks like a credit code",
    ),
    "an id twice": (
        lambda: cell("customers.csv", 3, "customer_id", "C0001"),
        "customers.csv, row 3, column customer_id: found 'C0001', as in row 2; allowed: each value once",
    ),
    "a negative amount": (
        lambda: cell("customers.csv", 2, "deposit_avg", "-676"),
        "customers.csv, row 2, column deposit_avg: found '-676'; allowed: a number from 0",
    ),
    "a share above 100": (
        lambda: cell("institutions.csv", 2, "share_percent", "144"),
        "institutions.csv, row 2, column share_percent: found '144'; allowed: a number from 0 to 100",
    ),
    "an indicator without source": (
        lambda: cell("indicators.csv", 2, "source", ""),
        "indicators.csv, row 2, column source: found nothing; allowed: where it was seen",
    ),
    "a strange city": (
        lambda: study(lambda document: document["region"].update(home_city="Rome")),
        "config/studies/minimal.yaml, key region.home_city: found 'Rome'; allowed: cities of the outlets file",
    ),
    "a level of no region": (
        lambda: study(lambda document: document["region"].update(levels={"Gansuu": "province"})),
        "region.levels: found Gansuu; allowed: regions that are compared",
    ),
    "a rating out of range": (
        lambda: replace("factors.yaml", "rating: 3}", "rating: 7}"),
        "entry factors.matrices.efe.factors.e_growth.ratings.r1.rating: found 7; allowed: Input should be less than",
    ),
    "weights that do not sum to 1": (
        lambda: replace("factors.yaml", "weight: 0.4, rating", "weight: 0.5, rating"),
        "factors.yaml, entry efe, rater r1: found weights that sum to 1.1; allowed: 1; correct the weights",
    ),
    "a figure that is not there": (
        lambda: replace("factors.yaml", "id: GS_gdp_growth_2021", "id: GS_gdp_growth_2022"),
        "factors.yaml, entry efe.e_growth, evidence indicator: found 'GS_gdp_growth_2022'; allowed: an id of the",
    ),
    "figures without a file": (
        lambda: study(lambda document: document["files"].pop("indicators")),
        "factors.yaml, evidence indicator: found 2 figures such as 'GS_gdp_growth_2021', and no figure in the study",
    ),
    "a method without its work": (
        lambda: replace("methods.bib", "{saaty1980", "{saaty1981"),
        "methods.bib: found no verified record of saaty1980; allowed: the works that the chapters cite",
    ),
    "a record without year": (
        lambda: replace("literature.bib", "year = {2000}", "year = {}"),
        "field year: found nothing; allowed: four digits, or n.d.; correct it",
    ),
    "a key that is no record's": (
        lambda: cell("coding.csv", 2, "key", "nobody1999"),
        "coding.csv, row 2, column key: found 'nobody1999'; allowed: keys of the literature file",
    ),
    "a work that nobody has seen": (
        lambda: replace("literature.bib", "verification = {", "verification = {unverified: "),
        "words.yaml, entry concepts.1, cite: found homburg2002, seen in no independent list; allowed: verified records",
    ),
    "codes without a city": (
        lambda: study(lambda document: document["region"].update(cnaps_home=[])),
        "region.cnaps_home: found nothing; allowed: the own city in the payment codes",
    ),
    "a city without codes": (
        lambda: study(lambda document: document["files"].pop("cnaps")),
        "region.cnaps_home: found 9001; allowed: nothing without files.cnaps",
    ),
    "a code that is none": (
        lambda: cell("cnaps.csv", 4, "BankCode", "90190010000"),
        "cnaps.csv, row 4, column code: found '90190010000'; allowed: 12 digits; correct it",
    ),
    "a log of too few hits": (
        lambda: cell("search_log.csv", 2, "hits", "1") or cell("search_log.csv", 3, "hits", "0"),
        "search_log.csv, row 4, column hits: found 10 in all, where the literature file holds 15 records",
    ),
    "a second coder's unknown topic": (
        lambda: cell("coding_second.csv", 2, "topics", "sales"),
        "coding_second.csv, row 2, column topics: found 'sales'; allowed:",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_one_line_with_file_entry_found_allowed_and_what_to_do(minimal: Path, name: str) -> None:
    change, line = FAULTS[name]
    change()
    found = told()
    assert any(line in one for one in found), found
    for one in found:
        assert one.startswith("study minimal, ")
        assert "\n" not in one
        assert "allowed" in one


def test_a_wrong_encoding_is_told(minimal: Path) -> None:
    for name in ("customers.csv", "indicators.csv", "literature.bib"):
        text = (RAW / name).read_text(encoding="utf-8-sig")
        (RAW / name).write_bytes((text + "% 兰州\n").encode("gb18030"))
    found = told()
    assert len(found) == 3
    assert all("UTF-8" in one for one in found)


def test_faults_of_several_files_are_told_at_once(minimal: Path) -> None:
    cell("customers.csv", 2, "loan_balance", "much")
    cell("indicators.csv", 3, "unit", "")
    replace("literature.bib", "title = {", "titel = {")
    found = told()
    assert len(found) == 3, found


def test_a_label_that_the_export_spells_otherwise_is_told_once(minimal: Path) -> None:
    text = (RAW / "responses.csv").read_text(encoding="utf-8-sig")
    (RAW / "responses.csv").write_text(text.replace("非常重要", "十分重要"), encoding="utf-8")
    found = told()
    assert len(found) == 1, found
    assert "found '十分重要'; allowed: " in found[0]
    assert found[0].endswith(f"(so in {text.count('非常重要')} cells)")


def test_a_study_without_these_files_is_sound(minimal: Path) -> None:
    def strip(document: dict) -> None:
        for key in ("customers", "indicators", "outlets", "institutions", "factors", "cnaps"):
            del document["files"][key]
        document["region"] = {"name": document["region"]["name"]}

    study(strip)
    assert told() == []
