"""What is told when the catalogue of measures or of safeguards is wrong: one line a fault, all of them at once."""

from itertools import pairwise

import pytest
import yaml
from catalogues import guards, safeguards_document, strategy, strategy_document
from hypothesis import given
from hypothesis import strategies as st

from scripts.lib.job import InputError
from scripts.strategy import faults, schedule
from scripts.strategy.catalogue import BETWEEN, load, read
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import SafeguardsFile


def written(tmp_path, document):
    path = tmp_path / "file.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return str(path)


def test_fractions_and_aspects_either_way(tmp_path):
    file = load(written(tmp_path, strategy_document()), StrategyFile, "x")
    assert file.rating.ahp.raters[0].pairs[2].value == 0.5
    assert [family.answers for family in file.strategy.families] == [["s0"], ["s0", "s1"]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda d: d["strategy"]["families"][0]["measures"][0].update(lead="nobody"),
            "measure m1, lead: found nobody; allowed: sales, it",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][1]["scores"]["cost"].update(score=7),
            "f1.measures.m2.scores.cost.score: found 7; allowed: Input should be less than or equal to 5",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0]["serves"].update(a1=5),
            "m1.serves.a1: found 5; allowed: Input should be 0, 1, 3 or 9",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0].update(serves={"a0": 0}),
            "measure m1, serves: found no strength above 0; allowed: 1, 3 or 9; add one",
        ),
        (
            lambda d: d["rating"]["ahp"]["raters"][0]["pairs"].pop(),
            "rater r1, pair cost - feasibility: found no judgement; allowed: a number from 1/9 to 9; add the pair",
        ),
        (
            lambda d: d["rating"]["ahp"]["raters"][0]["pairs"].append({"a": "cost", "b": "effect", "value": 3}),
            "rater r1, pair cost - effect: found 3, which is not reciprocal to 3 the other way; allowed: 0.3333",
        ),
        (
            lambda d: d["rating"]["ahp"]["raters"][0]["pairs"][0].update(a="speed"),
            "rater r1, pair speed - cost: found speed; allowed: effect, cost, feasibility",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0]["kpi"].update(baseline={"customers": "tier"}),
            "m1.kpi.baseline.at: found nothing",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0]["kpi"].update(
                baseline={"customers": "credit_line", "at": "median"}
            ),
            "m1.kpi.baseline: customers: found credit_line; allowed: approval_days_last",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0]["kpi"].update(baseline={"at": "/n"}),
            "m1.kpi.baseline: found none; allowed: one of values, table, customers; keep one",
        ),
        (lambda d: d["strategy"]["families"][0]["measures"][0].update(colour="red"), "m1.colour: found an unknown key"),
        (lambda d: d["strategy"]["families"][0]["measures"][0].pop("lead"), "m1.lead: found nothing"),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0].update(id="m2"),
            "measure m2: found 2 times; allowed: once",
        ),
        (
            lambda d: d["strategy"]["families"][0]["measures"][0]["scores"].pop("cost"),
            "measure m1, scores: found no cost",
        ),
        (
            lambda d: d["rating"]["ahp"]["raters"][0]["pairs"][0].update(value=12),
            "rater r1, pair effect - cost: found 12; allowed: a number from 1/9 to 9; correct it",
        ),
    ],
)
def test_wrong_catalogue_is_told_in_one_line(tmp_path, change, told):
    document = strategy_document()
    change(document)
    path = written(tmp_path, document)
    with pytest.raises(InputError) as fault:
        load(path, StrategyFile, "x")
    line = str(fault.value)
    assert told in line and line.startswith(f"study x, file {path}, ") and "\n" not in line


@pytest.mark.parametrize("text", ["", "[]", "7"])
def test_a_file_that_is_no_block_of_keys_is_told(tmp_path, text):
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    assert read(path, StrategyFile)[1][0].endswith("; allowed: keys with their values; correct it")


def test_unreadable_yaml_is_told(tmp_path):
    path = tmp_path / "file.yaml"
    path.write_text("a: [1", encoding="utf-8")
    with pytest.raises(InputError, match="found no readable YAML"):
        load(str(path), StrategyFile, "x")


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    document = strategy_document()
    measures = document["strategy"]["families"][0]["measures"]
    measures[0].update(lead="nobody"), measures[1].update(lead="noone")
    found, lines = read(written(tmp_path, document), StrategyFile)
    assert found is None and [line.split(":")[0] for line in lines] == ["measure m1, lead", "measure m2, lead"]
    with pytest.raises(InputError) as fault:
        load(written(tmp_path, document), StrategyFile, "x")
    assert all(line.startswith("study x, file ") for line in str(fault.value).split(BETWEEN))


class Asked:
    """What a questionnaire asks, as far as the catalogue refers to it."""

    def __init__(self, attributes, aspects, products):
        one = type("One", (), {})
        self.attributes, self.aspects, self.products = ([], [], [])
        for kept, names in zip(
            (self.attributes, self.aspects, self.products), (attributes, aspects, products), strict=True
        ):
            for name in names:
                kept.append(one())
                kept[-1].id = name


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((["a0", "a1", "a2"], ["s0", "s1"], ["x"]), None),
        ((["a0", "a1", "a2"], ["s0", "s1"], []), None),  # a study without products
        ((["a0", "a1"], ["s0", "s1"], ["x"]), "measure m3, serves: found a2; allowed: a0, a1"),
        ((["a0", "a1", "a2"], ["s0"], ["x"]), "family f2, aspects: found s1; allowed: s0"),
        ((["a0", "a1", "a2"], ["s0", "s1"], ["y"]), "measure m1, products: found x; allowed: y"),
    ],
)
def test_unknown_attribute_aspect_and_product_are_told(asked, told):
    found = faults.measure_faults(strategy(), Asked(*asked))
    assert (found == []) if told is None else found[0].startswith(told)


def test_measures_set_apart_exist_and_leave_some_to_rank():
    assert faults.apart_faults(strategy(), ["m4"]) == []
    assert faults.apart_faults(strategy(), ["m9"])[0].startswith("strategy.apart: found m9; allowed: m1, m2, m3, m4")
    assert "found every measure" in faults.apart_faults(strategy(), ["m1", "m2", "m3", "m4"])[0]


def faults_after(change):
    plan, secured = strategy_document(), safeguards_document()
    for guard in secured["safeguards"]["measures"]:
        guard["raci"] = dict(guard["raci"])
    change(plan, secured)
    file, made = strategy(plan), guards(secured)
    return faults.safeguard_faults(file, made) + faults.plan_faults(file, made)


def test_a_sound_plan_has_no_faults():
    assert faults_after(lambda plan, secured: None) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda p, s: p["strategy"]["families"][0]["measures"][0].update(horizon="medium"),
            "measure m3, horizon: found short, but its prerequisite m1 has horizon medium; allowed: no shorter",
        ),
        (
            lambda p, s: s["safeguards"]["measures"][0].update(length_quarters=6),
            "measure m3, horizon: found short, but its prerequisite g1 has end in quarter 6",
        ),
        (
            lambda p, s: p["strategy"]["families"][0]["measures"][0].update(prerequisites=["m3"]),
            "measure m1, prerequisites: found the circle m1 -> m3 -> m1; allowed: no circle; remove one",
        ),
        (
            lambda p, s: p["strategy"]["families"][0]["measures"][0].update(prerequisites=["m7"]),
            "measure m1, prerequisites: found m7; allowed: m1, m2, m3, m4, g1, g2; correct it or add it",
        ),
        (
            lambda p, s: s["safeguards"]["measures"][0].update(secures=["m9"]),
            "safeguard g1, secures: found m9; allowed: m1, m2, m3, m4, *",
        ),
        (
            lambda p, s: s["safeguards"]["measures"][1]["raci"].update(informed=["moon"]),
            "safeguard g2, raci: found moon; allowed: sales, it",
        ),
        (
            lambda p, s: p["strategy"]["families"][0]["measures"][1].update(id="g2"),
            "measure or safeguard g2: found 2 times",
        ),
    ],
)
def test_faults_of_the_plan(change, told):
    assert faults_after(change)[0].startswith(told)


def test_safeguard_with_unknown_risk_is_told(tmp_path):
    document = safeguards_document()
    document["safeguards"]["measures"][0]["mitigates"] = ["k9"]
    document["safeguards"]["risks"][1].update(likelihood=3)
    found, lines = read(written(tmp_path, document), SafeguardsFile)
    assert found is None and lines[0].startswith("safeguard g1, mitigates: found k9; allowed: k1, k2")
    assert lines[1].startswith(
        "risk k2: found likelihood x impact = 15 and no safeguard; allowed: a safeguard for each"
    )


@given(st.lists(st.integers(0, 2**7 - 1), min_size=7, max_size=7))
def test_a_circle_is_found_where_there_is_one(bits):
    needs = {f"t{i}": [f"t{j}" for j in range(7) if row >> j & 1] for i, row in enumerate(bits)}
    found = schedule.circle({name: schedule.Task(1, 1, needed) for name, needed in needs.items()})
    if found is None:
        order = list(schedule.plan({name: schedule.Task(1, 1, needed) for name, needed in needs.items()}))
        assert all(order.index(needed) < order.index(name) for name in needs for needed in needs[name])
    else:
        assert found[0] == found[-1] and all(b in needs[a] for a, b in pairwise(found))
