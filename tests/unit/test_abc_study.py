"""The study abc-key-accounts: its files hang together and say only what is known."""

import csv
import itertools
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from scripts.lib.checks import check_study
from scripts.lib.instrument import load_instrument
from scripts.lib.sources import read_sources, sha256
from scripts.lib.study import load_study, locate
from scripts.survey.responses import read_answers, read_cells

FOLDER = Path("data/raw/abc-key-accounts")
STUDY = load_study("abc-key-accounts")
INSTRUMENT = load_instrument(FOLDER / "instrument.yaml")
ATTRIBUTES = {attribute.id: attribute.aspect for attribute in INSTRUMENT.attributes}


def document(name):
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


WORDS, STRATEGY, SAFEGUARDS = document("words.yaml"), document("strategy.yaml"), document("safeguards.yaml")
FAMILIES = STRATEGY["strategy"]["families"]
MEASURES = {measure["id"]: measure for family in FAMILIES for measure in family["measures"]}
SECURED = {measure["id"]: measure for measure in SAFEGUARDS["safeguards"]["measures"]}


def texts(node):
    """Every text of a document, with the place where it stands."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from ((f"{key}.{place}", text) for place, text in texts(value))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from ((f"{position}.{place}", text) for place, text in texts(value))
    elif isinstance(node, str):
        yield "", node


def verified():
    records = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("literature.bib", "methods.bib"))
    found = re.findall(r"@\w+\{([^,]+),.*?verification = \{(.*?)\}\n\}", records, flags=re.DOTALL)
    return {key for key, seen in found if not seen.startswith("unverified")}


@pytest.mark.parametrize("name", ["abc-key-accounts", "abc-germany"])
def test_the_studies_are_without_fault(name):
    assert check_study(name)[1] == []


def test_germany_is_one_small_file():
    germany = load_study("abc-germany")
    assert len(Path("config/studies/abc-germany.yaml").read_text(encoding="utf-8").splitlines()) <= 40
    assert germany.data == STUDY.data
    assert germany.subset == {"country": "Germany"}


def test_the_answers_are_those_of_the_package():
    answers = read_answers(locate(STUDY, STUDY.files.responses), INSTRUMENT, STUDY.survey.model_dump(), STUDY.bank.zh)
    assert answers.faults == []
    assert len(answers.rows) == 266
    assert sum(row["country"] == "Germany" for row in answers.rows) == 112


def test_forty_eight_attributes_each_with_importance_and_performance():
    header, _ = read_cells(locate(STUDY, STUDY.files.responses))
    rated = [int(name[2:]) for name in header if re.fullmatch(r"qi\d+", name)]
    assert [int(attribute[1:]) for attribute in ATTRIBUTES] == rated
    assert len(rated) == 48
    for role, prefix in (("importance", "qi"), ("performance", "q")):
        columns = {item.attribute: item.column for item in INSTRUMENT.with_role(role)}
        assert columns == {f"a{number:02d}": f"{prefix}{number}" for number in rated}


def test_no_output_of_a_model_is_taken_for_an_answer():
    columns = [item.column for item in INSTRUMENT.items]
    assert not [column for column in columns if column.startswith(("Naive", "Prob", "Most"))]


def test_the_data_are_not_in_the_repository():
    assert not list(FOLDER.glob("*ABC*"))
    names = {path.name for path in FOLDER.iterdir()} - {"SOURCES.csv"}
    sources = read_sources(FOLDER)
    assert names == {name for name in sources if not name.startswith("package:")}
    assert all(sources[name].sha256 == sha256(FOLDER / name) for name in names)


def test_every_closing_total_goes_with_its_own_block():
    header, lines = read_cells(locate(STUDY, STUDY.files.responses))
    table = np.array([[float(cell or "nan") for cell in line[: header.index("country")]] for line in lines])
    place = {item.id: header.index(item.column) for item in INSTRUMENT.items if item.type == "likert"}
    blocks = {}
    for aspect in INSTRUMENT.aspects:
        rated = table[:, [place[item.id] for item in INSTRUMENT.with_role("performance") if item.aspect == aspect.id]]
        rated = np.where(rated == 0, np.nan, rated)
        n = (~np.isnan(rated)).sum(axis=1)
        blocks[aspect.id] = np.where(n > 0, np.nansum(rated, axis=1) / np.maximum(n, 1), np.nan)
    totals = [item for item in INSTRUMENT.items if item.outcome == "aspect_satisfaction"]
    assert [item.aspect for item in totals] == [aspect.id for aspect in INSTRUMENT.aspects]
    for item in totals:
        values, r = table[:, place[item.id]], {}
        for aspect, block in blocks.items():
            both = ~np.isnan(values) & ~np.isnan(block)
            if both.sum() >= 40:
                r[aspect] = np.corrcoef(values[both], block[both])[0, 1]
        assert max(r, key=r.get) == item.aspect
        assert r[item.aspect] > 0.7


def test_the_words_are_those_of_a_supplier():
    bank = re.compile(r"\bbank|branch|financial service|银行|分行|金融", re.IGNORECASE)
    for path in [*FOLDER.glob("*.yaml"), *Path("config/studies").glob("abc-*.yaml")]:
        found = [(where, text) for where, text in texts(yaml.safe_load(path.read_text(encoding="utf-8")))]
        assert [place for place, text in found if bank.search(text)] == [], path
    assert not bank.search((FOLDER / "coding.csv").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["instrument", "words", "strategy", "safeguards", "topics"])
def test_every_english_text_has_its_chinese(name):
    def pairs(node):
        if isinstance(node, dict):
            if "en" in node:
                yield node
            for value in node.values():
                yield from pairs(value)
        elif isinstance(node, list):
            for value in node:
                yield from pairs(value)

    assert [pair for pair in pairs(document(f"{name}.yaml")) if not pair.get("zh")] == []


def test_only_verified_works_are_cited():
    cited = {key for part in ("background", "concepts", "theories") for entry in WORDS[part] for key in entry["cite"]}
    assert cited <= verified()


def test_every_record_is_coded():
    with open(FOLDER / "coding.csv", encoding="utf-8", newline="") as file:
        coded = [row["key"] for row in csv.DictReader(file)]
    records = re.findall(r"^@\w+\{([^,]+),", (FOLDER / "literature.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(coded) == sorted(records)


def test_every_attribute_has_a_measure_of_full_strength():
    best = {}
    for measure in MEASURES.values():
        for attribute, strength in measure["serves"].items():
            assert strength in (1, 3, 9)
            best[attribute] = max(best.get(attribute, 0), strength)
    assert best == dict.fromkeys(ATTRIBUTES, 9)


def test_families_divide_the_aspects():
    aspects = list(itertools.chain.from_iterable(family["aspects"] for family in FAMILIES))
    assert sorted(aspects) == sorted(aspect.id for aspect in INSTRUMENT.aspects)
    ids = ["integrated_product", "platform_technology", "customer_relationship", "internal_operation"]
    assert [family["id"] for family in FAMILIES] == ids


def test_prerequisites_can_be_scheduled_within_their_horizons():
    limit = {"short": 4, "medium": 8, "long": 99}
    ends = {}

    def end(name, path=()):
        assert name not in path, f"circle of prerequisites: {path}"
        if name in SECURED:
            return SECURED[name]["start_quarter"] + SECURED[name]["length_quarters"] - 1
        measure = MEASURES[name]
        start = max([measure["start_quarter_earliest"], *(end(p, (*path, name)) + 1 for p in measure["prerequisites"])])
        return start + measure["length_quarters"] - 1

    for name, measure in MEASURES.items():
        ends[name] = end(name)
        assert ends[name] <= limit[measure["horizon"]], name


def test_owners_risks_and_secured_measures_exist():
    departments = {department["id"] for department in STRATEGY["strategy"]["departments"]}
    risks = {risk["id"] for risk in SAFEGUARDS["safeguards"]["risks"]}
    groups = {group["id"] for group in SAFEGUARDS["safeguards"]["groups"]}
    assert {measure["lead"] for measure in MEASURES.values()} <= departments
    for safeguard in SECURED.values():
        raci = safeguard["raci"]
        named = {raci["responsible"], raci["accountable"], *raci["consulted"], *raci["informed"]}
        assert named <= departments
        assert set(safeguard["secures"]) <= {"*", *MEASURES}
        assert safeguard["group"] in groups
    assert {risk for safeguard in SECURED.values() for risk in safeguard["mitigates"]} == risks


def test_judgements_are_complete_and_consistent():
    criteria = [criterion["id"] for criterion in STRATEGY["rating"]["criteria"]]
    for rater in STRATEGY["rating"]["ahp"]["raters"]:
        matrix = np.eye(len(criteria))
        for pair in rater["pairs"]:
            i, j = criteria.index(pair["a"]), criteria.index(pair["b"])
            matrix[i, j] = float(Fraction(str(pair["value"])))
            matrix[j, i] = 1 / matrix[i, j]
        assert len(rater["pairs"]) == 10
        largest = np.linalg.eigvals(matrix).real.max()
        assert (largest - 5) / 4 / 1.12 < 0.10  # Saaty's random index for five criteria
