"""The dictionary holds on the files of a build, and what is made from it is right: data package and guide."""

import csv
import json
import re
from pathlib import Path

import pytest
from frictionless import Package, validate
from lxml import html

from scripts.lib import dictionary
from scripts.lib.dictionary import FAMILY

pytestmark = pytest.mark.xdist_group("workflow")

FORMS = {
    "integer": re.compile(r"-?\d+(\.0)?"),
    "number": re.compile(r"-?\d+(\.\d+)?(e-?\d+)?", re.IGNORECASE),
    "yes/no": re.compile(r"yes|no"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
}
ROOT = "results/minimal"


def read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or []), list(reader)


def wrong_cells(folder: Path, whole: dictionary.Dictionary) -> list[str]:
    """What stands in the tables of a study otherwise than the dictionary says."""
    found, faults = {name: read(folder / f"{name}.csv") for name in whole.tables}, []
    for name, table in whole.tables.items():
        header, rows = found[name]
        keys = [tuple(row[part] for part in table.key) for row in rows]
        if len(set(keys)) < len(keys):
            faults.append(f"{name}: {table.key} is no key")
        for column, said in table.describe(header).items():
            cells = {row[column] for row in rows}
            filled = cells - {""}
            form = FORMS.get(said.type)
            if "" in cells and not said.blank:
                faults.append(f"{name}.{column}: a blank that means nothing")
            if form and not all(form.fullmatch(cell) for cell in filled):
                faults.append(f"{name}.{column}: no {said.type}")
            if said.one_of and not filled <= set(map(str, said.one_of)):
                faults.append(f"{name}.{column}: {filled - set(map(str, said.one_of))} is not allowed")
            if said.points_to:
                target, _, there = said.points_to.partition(".")
                if not filled <= {row[there] for row in found[target][1]}:
                    faults.append(f"{name}.{column}: points beyond {said.points_to}")
        for family in table.families:
            start, place = FAMILY.fullmatch(family).groups()
            target, _, there = place.partition(".")
            members = {f"{start}{row[there]}" for row in found[target][1]}
            extra = {one for one in header if one not in table.columns} - members
            faults += [f"{name}: {extra} is not of {family}"] if extra else []
    return faults


def test_the_dictionary_holds_on_every_file(built):
    assert wrong_cells(built.path(ROOT), dictionary.load(dictionary.files())) == []


@pytest.mark.parametrize(
    ("column", "changed", "told"),
    [
        ("suppressed", {"type": "number"}, "needs/ipa.suppressed: no number"),
        ("axis", {"one_of": ["derived"]}, "needs/ipa.axis: {'stated'} is not allowed"),
        ("gap_low", {"blank": ""}, "needs/ipa.gap_low: a blank that means nothing"),
        ("label_en", {"points_to": "survey/aspects.aspect"}, "needs/ipa.label_en: points beyond survey/aspects.aspect"),
    ],
)
def test_a_description_that_does_not_hold_is_found(built, column, changed, told):
    whole = dictionary.load(dictionary.files())
    table = whole.tables["needs/ipa"]
    other = table.columns | {column: table.columns[column].model_copy(update=changed)}
    wrong = whole._replace(tables=whole.tables | {table.name: table._replace(columns=other)})
    assert wrong_cells(built.path(ROOT), wrong) == [told]


def test_a_key_that_is_none_is_found(built):
    whole = dictionary.load(dictionary.files())
    wrong = whole._replace(tables=whole.tables | {"needs/ipa": whole.tables["needs/ipa"]._replace(key=["group"])})
    assert wrong_cells(built.path(ROOT), wrong) == ["needs/ipa: ['group'] is no key"]


@pytest.fixture(scope="module")
def package(built) -> dict:
    return json.loads(built.path(f"{ROOT}/datapackage.json").read_text(encoding="utf-8"))


def test_the_data_package_is_valid(built):
    report = validate(str(built.path(f"{ROOT}/datapackage.json")))
    assert report.valid, report.flatten(["title", "fieldName", "message"])[:5]
    assert report.stats["tasks"] == len(Package(str(built.path(f"{ROOT}/datapackage.json"))).resources) > 140


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("needs/ipa.csv", "all,", "alle,", "hash-count"),
        ("needs/derived_importance.csv", "\n", "\nnowhere", "foreign-key"),
    ],
)
def test_the_data_package_names_what_was_touched(project, name, old, new, told):
    project.replace(f"{ROOT}/{name}", old, new)
    report = validate(str(project.path(f"{ROOT}/datapackage.json")))
    assert told in {kind for kind, *_ in report.flatten(["type"])}


def test_the_data_package_holds_what_may_be_shared_and_all_of_it(built, package):
    shared = {
        path.relative_to(built.path(ROOT)).as_posix()
        for path in built.path(ROOT).rglob("*.csv")
        if path.parent.name != "confidential"
    }
    assert {one["path"] for one in package["resources"]} == shared
    assert "confidential" not in json.dumps(package)
    kinds = {one["path"]: one["kinds"] for one in package["resources"]}
    assert "synthetic" in kinds["needs/ipa.csv"]
    assert "synthetic" not in kinds["literature/records.csv"]
    assert {one["file"] for one in package["sources"]} >= {
        file for one in package["resources"] for file in one["rests_on"]
    }


def test_the_guide_lists_every_file_and_links_none_that_is_confidential(built):
    page = html.parse(str(built.path(f"{ROOT}/index.html")))
    links = {link.get("href") for link in page.iter("a")}
    made = {path.relative_to(built.path(ROOT)).as_posix() for path in built.path(ROOT).rglob("*") if path.is_file()}
    secret = {path for path in made if path.startswith("confidential/")}
    assert secret
    assert made - secret - {"index.html"} <= links
    assert {link for link in links if not link.startswith("#")} <= made - secret
    identifiers = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert {link[1:] for link in links if link.startswith("#")} <= set(identifiers)
    text = page.getroot().text_content()
    for path in secret:
        assert f"confidential-{Path(path).name.replace('.', '-')}" in identifiers
    assert "confidential: it stays where it was made" in text


def test_the_guide_says_what_a_file_is(built):
    page = html.parse(str(built.path(f"{ROOT}/index.html")))
    entry = page.getroot().get_element_by_id("needs-ipa-csv")
    said = " ".join(entry.text_content().split())
    header, rows = read(built.path(f"{ROOT}/needs/ipa.csv"))
    for words in (
        "A row is a group and an attribute.",
        f"{len(rows)} rows, {len(header)} columns; key group, attribute",
        "map_importance_performance scripts/needs/map_importance_performance.py",
        "settle_problems",
        "chapter 4",
        "Synthetic data",
        "gapPerformance less importance of the same respondent.",
        "number, scale points",
    ):
        assert words in said
    record = json.loads(built.path(f"{ROOT}/audit/provenance.json").read_text(encoding="utf-8"))
    digest = record["files"][f"{ROOT}/needs/ipa.csv"]["sha256"]
    assert entry.find(".//code[@title]").get("title") == f"SHA-256 {digest}"
    assert {f"{ROOT}/index.html", f"{ROOT}/datapackage.json"} <= set(record["files"])
