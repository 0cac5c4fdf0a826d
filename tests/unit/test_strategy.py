"""AHP, TOPSIS and the ranking of measures; schedule, risks and safeguards; what is told when the catalogue is wrong."""

import copy
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scripts.lib.job import InputError
from scripts.strategy import (
    ahp,
    bundles,
    decision,
    listing,
    plan_safeguards,
    plan_tables,
    rank_strategies,
    rank_words,
    schedule,
)
from scripts.strategy.catalogue import load
from scripts.strategy.measures import StrategyFile
from scripts.strategy.safeguards import SafeguardsFile
from scripts.strategy.weigh_criteria import judgements, rater_table, rater_warnings, weigh

GOLDEN = Path(__file__).parents[1] / "golden"
AHP = json.loads((GOLDEN / "ahp.json").read_text(encoding="utf-8"))
TOPSIS = json.loads((GOLDEN / "topsis.json").read_text(encoding="utf-8"))


def from_triangle(upper):
    """Reciprocal matrix from its upper triangle, row by row."""
    numbers = [float(Fraction(str(value))) for value in upper]
    n = round((1 + np.sqrt(1 + 8 * len(numbers))) / 2)
    A = np.eye(n)
    above = np.triu_indices(n, 1)
    A[above] = numbers
    A[above[::-1]] = 1 / A[above]
    return A


# -- AHP ---------------------------------------------------------------------------------------------------------------


def test_golden_ahp_leader():
    leader = AHP["leader"]
    key = next(key for key in leader if key.startswith("upper triangle"))
    found, computed = ahp.judge(from_triangle(leader[key])), leader["computed"]
    assert found.weights == pytest.approx(computed["w"], abs=1e-8)
    assert found.eigenvalue == pytest.approx(computed["lam"], abs=1e-8)
    assert (found.eigenvalue - 4) / 3 == pytest.approx(computed["CI"], abs=1e-8)
    assert found.consistency_ratio == pytest.approx(computed["CR_saaty"], abs=1e-8)
    assert found.weights == pytest.approx(leader["weights"], abs=1e-3)  # printed with three digits


def test_golden_ahp_leader_total():
    leader = AHP["leader"]
    key = next(key for key in leader if key.startswith("alternatives"))
    own = np.array([ahp.judge(from_triangle(upper)).weights for upper in leader[key].values()])
    total = np.array(leader["computed"]["w"]) @ own
    assert total == pytest.approx(leader["total"]["w"], abs=1e-8)


def test_golden_ahp_drinks():
    drinks = AHP["drinks"]
    key = next(key for key in drinks if key.startswith("upper triangle"))
    found = ahp.judge(from_triangle(drinks[key]))
    assert found.weights == pytest.approx(drinks["w"], abs=1e-8)
    assert found.consistency_ratio == pytest.approx(drinks["CR_saaty"], abs=1e-8)


def test_golden_ahp_random_index():
    key = next(key for key in AHP if key.startswith("random index"))
    assert list(ahp.RANDOM_INDEX[2:]) == AHP[key]


@given(arrays(np.float64, st.integers(2, 10), elements=st.floats(0.05, 1.0)))
def test_consistent_matrix_has_cr_zero_and_exact_weights(raw):
    weights = raw / raw.sum()
    found = ahp.judge(weights[:, None] / weights)
    assert found.weights == pytest.approx(weights, abs=1e-9)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_combined_judgements_stay_reciprocal():
    matrices = [from_triangle([3, 4, 2]), from_triangle([1, "1/2", 5])]
    A = ahp.combine(matrices)
    np.testing.assert_allclose(A * A.T, 1)
    assert A[0, 1] == pytest.approx(np.sqrt(3))


PAIRS = [("a", "b", 3.0), ("a", "c", 5.0), ("b", "c", 2.0)]


def test_matrix_from_pairs_either_way_round():
    one = ahp.matrix("abc", PAIRS)
    two = ahp.matrix("abc", [("b", "a", 1 / 3), *PAIRS])
    assert one == pytest.approx(two) and one[1, 0] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (PAIRS[:2], r"pair b - c: found no judgement; allowed: a number from 1/9 to 9"),
        ([*PAIRS, ("b", "a", 3.0)], r"pair b - a: found 3, which is not reciprocal to 3"),
        ([*PAIRS, ("a", "d", 3.0)], r"pair a - d: found d; allowed: a, b, c"),
    ],
)
def test_wrong_judgements_are_told(pairs, told):
    with pytest.raises(ValueError, match=told):
        ahp.matrix("abc", pairs)


def test_concentration_matches_the_raters_spread():
    weights = np.array([0.5, 0.3, 0.2])
    draws = np.random.default_rng(0).dirichlet(weights * 40, size=20_000)
    concentration, from_raters = ahp.concentration(weights, draws, 50)
    assert from_raters and concentration == pytest.approx(40, rel=0.03)
    assert ahp.concentration(weights, draws[:2], 50) == (50, False)
    assert ahp.concentration(weights, np.array([weights] * 3), 50)[0] == 1e4


# -- TOPSIS and weighted sum -------------------------------------------------------------------------------------------


def test_golden_topsis():
    X, w = np.array(TOPSIS["X"], dtype=float), np.array(TOPSIS["w"])
    found = decision.topsis(X, w, np.array(TOPSIS["cost"], dtype=bool))
    assert found.ideal == pytest.approx(TOPSIS["ideal"], abs=1e-8)
    assert found.anti == pytest.approx(TOPSIS["anti"], abs=1e-8)
    assert found.closeness == pytest.approx(TOPSIS["C"], abs=1e-8)


@settings(deadline=None)
@given(
    arrays(np.float64, (5, 3), elements=st.floats(1, 5)),
    arrays(np.float64, 3, elements=st.floats(0.01, 100)),
    st.data(),
)
def test_topsis_does_not_change_when_a_column_is_rescaled(X, factor, data):
    w = data.draw(arrays(np.float64, 3, elements=st.floats(0.1, 1)))
    cost = np.array([False, True, False])
    plain, scaled = (decision.topsis(x, w, cost).closeness for x in (X, X * factor))
    assert plain == pytest.approx(scaled, abs=1e-7, nan_ok=True)


def test_topsis_over_draws_is_topsis_of_each_draw():
    rng = np.random.default_rng(0)
    X, w, cost = rng.uniform(1, 5, (7, 5, 3)), rng.dirichlet([1, 1, 1], 7), np.array([True, False, False])
    whole = decision.topsis(X, w, cost).closeness
    assert whole == pytest.approx(np.array([decision.topsis(x, v, cost).closeness for x, v in zip(X, w, strict=True)]))


def test_weighted_sum_and_need_effect_on_their_bounds():
    X = np.array([[5.0, 1.0], [1.0, 5.0], [3.0, 3.0]])
    assert decision.weighted_sum(X, np.array([0.5, 0.5]), np.array([False, True])).tolist() == [1.0, 0.0, 0.5]
    effect = decision.need_effect(np.array([0.2, 0.6, 0.4, 0.9]), np.array([True, True, True, False]))
    assert effect.tolist() == pytest.approx([1, 5, 3, 5])
    assert decision.need_effect(np.array([0.2, 0.2]), np.array([True, True])).tolist() == [3, 3]


def test_contenders_share_the_first_place():
    assert decision.contenders(np.array([0.1, 0.45, 0.05, 0.4]), 0.6) == [1, 3]
    assert decision.contenders(np.array([0.7, 0.3]), 0.6) == [0]


# -- the catalogue -----------------------------------------------------------------------------------------------------


def measure(name, serves, **changes):
    scores = {key: {"score": 3, "reason": "r"} for key in ("cost", "feasibility")}
    return {
        "id": name,
        "name": {"en": name.upper(), "zh": "措施" + name},
        "what": {"en": "w", "zh": "做"},
        "serves": serves,
        "products": ["x"],
        "scores": scores | changes.pop("scores", {}),
        "prerequisites": [],
        "lead": "sales",
        "kpi": {"definition": {"en": "k", "zh": "指标"}, "unit": "%", "direction": "up"},
        "horizon": "short",
        "length_quarters": 1,
    } | changes


def strategy_document():
    criteria = [
        ("effect", "max", "computed"),
        ("cost", "min", "scores.cost"),
        ("feasibility", "max", "scores.feasibility"),
    ]
    pairs = [("effect", "cost", 3), ("effect", "feasibility", "2"), ("cost", "feasibility", "1/2")]
    label = {"en": "l", "zh": "名"}
    return {
        "strategy": {
            "id": "s",
            "version": "1",
            "status": "illustrative",
            "departments": [{"id": "sales", "label": label}, {"id": "it", "label": label}],
            "families": [
                {
                    "id": "f1",
                    "aspect": "s0",
                    "name": label,
                    "measures": [
                        measure("m1", {"a0": 9}),
                        measure("m2", {"a1": 9, "a0": 3}, scores={"cost": {"score": 1, "reason": "r"}}),
                    ],
                },
                {
                    "id": "f2",
                    "aspects": ["s0", "s1"],
                    "name": label,
                    "measures": [
                        measure("m3", {"a2": 9}, prerequisites=["m1", "g1"], length_quarters=2),
                        measure("m4", {"a2": 1, "a0": 1}),
                    ],
                },
            ],
        },
        "rating": {
            "status": "illustrative",
            "criteria": [{"id": c, "name": label, "direction": d, "source": s, "scale": label} for c, d, s in criteria],
            "ahp": {
                "scale": "Saaty",
                "raters": [
                    {
                        "id": "r1",
                        "name": label,
                        "pairs": [dict(zip("ab", p[:2], strict=True)) | {"value": p[2]} for p in pairs],
                    }
                ],
            },
        },
    }


def safeguards_document():
    label = {"en": "l", "zh": "名"}
    kpi = {"definition": label, "unit": "%", "direction": "up"}
    guard = {"group": "g", "name": label, "text": label, "kpi": kpi, "length_quarters": 2}
    raci = {"responsible": "sales", "accountable": "it", "consulted": ["sales"], "informed": []}
    risk = {"statement": label, "reason": "r"}
    return {
        "safeguards": {
            "id": "i",
            "version": "1",
            "status": "illustrative",
            "plan": {"quarters": 8},
            "groups": [{"id": "g", "label": label}],
            "measures": [
                guard | {"id": "g1", "secures": ["m1"], "raci": raci, "start_quarter": 1, "mitigates": ["k1"]},
                guard | {"id": "g2", "secures": ["*"], "raci": raci, "start_quarter": 2, "mitigates": ["k1"]},
            ],
            "risks": [
                risk | {"id": "k1", "likelihood": 3, "impact": 4},
                risk | {"id": "k2", "likelihood": 2, "impact": 5},
            ],
        }
    }


def strategy(document=None):
    return StrategyFile.model_validate(document or strategy_document())


def guards(document=None):
    return SafeguardsFile.model_validate(document or safeguards_document())


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
            "m1.serves.a1: found 5; allowed: Input should be 1, 3 or 9",
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
            "rating.ahp.raters.r1.pairs.0.value: found 12; allowed: Input should be less than or equal to 9",
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


def test_unreadable_yaml_is_told(tmp_path):
    path = tmp_path / "file.yaml"
    path.write_text("a: [1", encoding="utf-8")
    with pytest.raises(InputError, match="found no readable YAML"):
        load(str(path), StrategyFile, "x")


def test_unknown_attribute_aspect_and_product_are_told():
    file = strategy()
    assert listing.check(file, ["a0", "a1", "a2"], ["s0", "s1"], ["x"]) == []
    assert listing.check(file, ["a0", "a1", "a2"], ["s0", "s1"], []) == []  # a study without products
    assert "measure m3, serves: found a2; allowed: a0, a1" in listing.check(file, ["a0", "a1"], ["s0", "s1"], ["x"])[0]
    assert "family f2, aspects: found s1" in listing.check(file, ["a0", "a1", "a2"], ["s0"], ["x"])[0]
    assert (
        "measure m1, products: found x; allowed: y" in listing.check(file, ["a0", "a1", "a2"], ["s0", "s1"], ["y"])[0]
    )


def test_raters_are_warned_of_and_left_out():
    document = strategy_document()
    raters = document["rating"]["ahp"]["raters"]
    wild = copy.deepcopy(raters[0]) | {"id": "r2"}
    for pair, value in zip(wild["pairs"], (9, "1/9", 9), strict=True):
        pair["value"] = value
    raters.append(wild)
    file = strategy(document)
    matrices = judgements(file.rating.ahp.raters, [c.id for c in file.rating.criteria])
    table = rater_table(file.rating.ahp.raters, matrices, limit=0.2)
    assert table["used"].tolist() == [True, False]
    assert [w["code"] for w in rater_warnings(table, 0.1, 0.2)] == ["rater_left_out"]
    weights, combined, own = weigh(matrices[:1])
    assert weights["weight"].sum() == pytest.approx(1) and own.shape == (1, 3)
    assert combined.weights == pytest.approx(own[0], abs=1e-12)


# -- ranking -----------------------------------------------------------------------------------------------------------

ATTRIBUTES = pd.DataFrame(
    {"attribute": ["a0", "a1", "a2"], "label_en": ["A0", "A1", "A2"], "label_zh": ["甲", "乙", "丙"]}
)


def inputs(apart=(), need=(0.2, 0.5, 0.3)):
    file = strategy()
    rng = np.random.default_rng(0)
    return rank_strategies.Inputs(
        scores=listing.scores(file),
        strengths=listing.strengths(file, ["a0", "a1", "a2"]),
        need=np.array(need),
        need_draws=rng.dirichlet(np.array(need) * 100, size=50),
        weights=np.array([0.6, 0.2, 0.2]),
        cost=np.array([False, True, False]),
        among=np.array([m.id not in apart for m in file.measures]),
    )


def test_qfd_and_ranks_by_hand():
    table = rank_strategies.rank_measures(inputs())
    assert table["qfd_score"].tolist() == pytest.approx([1.8, 5.1, 2.7, 0.5])
    assert table["rank_topsis"].tolist() == [3, 1, 2, 4] and table["rank_weighted_sum"].tolist() == [3, 1, 2, 4]
    assert table["weighted_sum"].iloc[1] == pytest.approx(0.6 + 0.2 + 0.1)
    shares = rank_strategies.filled(inputs(), table["qfd_score"].to_numpy())
    assert shares[:, 0].tolist() == pytest.approx([1 + 4 * 1.3 / 4.6, 5, 1 + 4 * 2.2 / 4.6, 1])


def test_measures_apart_have_a_rank_of_their_own():
    table = rank_strategies.rank_measures(inputs(apart=("m2",)))
    assert np.isnan(table["topsis"].iloc[1]) and table["rank_weighted_sum"].iloc[1] == 1
    assert sorted(table["rank_topsis"].dropna()) == [1, 2, 3]
    sure = rank_strategies.robustness(inputs(apart=("m2",)), 50, 200, 1)
    assert sure.iloc[1].isna().all() and sure["p_rank1"].sum() == pytest.approx(1)


def test_acceptability_adds_up_and_is_seeded():
    one, two = (rank_strategies.robustness(inputs(), 50, 300, 1) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert one["p_rank1"].sum() == pytest.approx(1) and one["p_top3"].sum() == pytest.approx(3)
    assert (one["rank_low"] <= one["rank_high"]).all()


@pytest.mark.parametrize(("summed", "clear"), [((0.1, 0.8, 0.1, 0.0), True), ((0.7, 0.2, 0.1, 0.0), False)])
def test_a_clear_winner_wins_by_both_methods(summed, clear):
    listed = listing.measures(strategy(), [])
    ranking = pd.concat([listed, rank_strategies.rank_measures(inputs())], axis=1)
    ranking[["p_rank1", "p_rank1_weighted_sum"]] = np.column_stack([(0.1, 0.7, 0.2, 0.0), summed])
    ranking[["p_rank1_half", "p_rank1_double"]] = 0.5
    ranking[["goes_first", "optional"]] = False
    cover = pd.DataFrame({"attribute": ["a0"], "best_strength": [0], "label_en": ["A0"], "label_zh": ["甲"]})
    chosen = {"winner": 0.6, "draws": 10}
    found = rank_words.describe(ranking, cover, {"concentration": 50}, chosen, 1)
    assert found["clear_winner"] is clear and found["contenders"] == (["m2"] if clear else ["m2", "m1"])
    assert found["sentence"]["en"].startswith("M2 comes first in 70%" if clear else "There is no clear winner")
    codes = [warning["code"] for warning in found["warnings"]]
    assert codes == (["attribute_unserved"] if clear else ["no_clear_winner", "attribute_unserved"])


def test_no_ranking_without_needs_or_criteria():
    ok = {"status": "ok"}
    assert rank_words.lacking(np.array([0.5, np.nan]), ok) is None
    assert rank_words.lacking(np.array([np.nan]), ok)["status"] == "refused"
    assert rank_words.lacking(np.array([0.5]), {"status": "refused"})["status"] == "refused"


def test_must_be_goes_first_and_what_serves_nothing_important_is_optional():
    S = inputs().strengths
    flags = rank_strategies.first_and_optional(S, ATTRIBUTES, ["a0"], {"a2", "a0"})
    assert flags["goes_first"].tolist() == [True, False, False, False]  # only the strongest server of a0
    assert "A0" in flags["reason_en"].iloc[0] and "甲" in flags["reason_zh"].iloc[0]
    assert flags["optional"].tolist() == [False, False, True, True]
    table = pd.DataFrame(
        {"apart": [False, False, True, False], "rank_topsis": [3, 1, np.nan, 2], "rank_weighted_sum": 1}
    )
    assert rank_strategies.order(table.assign(goes_first=flags["goes_first"])).tolist() == [1, 2, 4, 3]


def test_bundle_serves_each_need_of_the_focus_before_one_twice():
    listed = listing.measures(strategy(), ["m4"]).assign(goes_first=False)
    wanted = pd.DataFrame({"product": ["x", "y"], "label_en": ["X", "Y"], "label_zh": ["子", "丑"]})
    made = bundles.bundle(
        "1", np.array([0.2, 0.5, 0.3]), inputs().strengths, ATTRIBUTES, listed, ["a1", "a2", "a0"], wanted, 3
    )
    assert made["measure"].tolist() == ["m2", "m3", "m1"]
    assert made["why_en"].iloc[0] == "serves A1 (9), A0 (3)" and made["products_en"].iloc[0] == "X"
    assert made["prerequisites"].iloc[1] == "m1;g1"
    two = bundles.bundle("1", np.array([0.2, 0.5, 0.3]), inputs().strengths, ATTRIBUTES, listed, ["a2"], wanted, 3)
    assert two["measure"].tolist() == ["m3"]  # m4 is ranked apart


def test_tables_of_the_catalogue():
    file = strategy()
    listed = listing.measures(file, ["m4"])
    assert listed["apart"].tolist() == [False, False, False, True] and listed["aspect"].iloc[2] == "s0;s1"
    S = listing.strengths(file, ["a0", "a1", "a2"])
    qfd = listing.qfd_table(listed, ATTRIBUTES, S, np.array([0.2, 0.5, 0.3]))
    assert qfd["contribution"].sum() == pytest.approx(10.1) and len(qfd) == 6
    cover = listing.coverage(ATTRIBUTES.assign(aspect="s0"), S, np.array([0.2, 0.5, 0.3]))
    assert cover["best_strength"].tolist() == [9, 9, 9] and cover["n_measures"].tolist() == [3, 1, 2]


# -- plan --------------------------------------------------------------------------------------------------------------


def test_schedule_waits_for_prerequisites():
    spans = schedule.plan(plan_safeguards.tasks(strategy(), guards()))
    assert spans["m1"] == (1, 1) and spans["g1"] == (1, 2) and spans["m3"] == (3, 4)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**9)), min_size=1, max_size=9))
def test_schedule_never_starts_before_what_it_needs(rows):
    tasks = {
        f"t{i}": schedule.Task(earliest, length, [f"t{j}" for j in range(i) if bits >> j & 1])
        for i, (earliest, length, bits) in enumerate(rows)
    }
    spans = schedule.plan(dict(reversed(tasks.items())))
    for name, task in tasks.items():
        assert spans[name].start >= task.earliest and spans[name].end == spans[name].start + task.length - 1
        assert all(spans[name].start > spans[needed].end for needed in task.prerequisites)
        assert spans[name].start in {task.earliest, *(spans[needed].end + 1 for needed in task.prerequisites)}


def test_circle_and_unknown_prerequisite_are_told():
    a, b = schedule.Task(1, 1, ["b"]), schedule.Task(1, 1, ["a"])
    with pytest.raises(ValueError, match="found the circle a -> b -> a; allowed: no circle"):
        schedule.plan({"a": a, "b": b})
    with pytest.raises(ValueError, match="measure a, prerequisites: found b; allowed: the id of a measure"):
        schedule.plan({"a": a})


def test_calendar_quarters():
    assert [schedule.quarter_name("2027Q3", n) for n in (1, 2, 3, 7)] == ["2027Q3", "2027Q4", "2028Q1", "2029Q1"]
    assert schedule.quarter_name(None, 3) is None
    with pytest.raises(ValueError, match="allowed: a quarter such as 2027Q1"):
        schedule.quarter_name("autumn", 1)


def faults_after(change):
    plan, secured = strategy_document(), safeguards_document()
    for guard in secured["safeguards"]["measures"]:
        guard["raci"] = dict(guard["raci"])
    change(plan, secured)
    file, made = strategy(plan), guards(secured)
    spans = schedule.plan(plan_safeguards.tasks(file, made))
    return plan_safeguards.safeguard_faults(file, made) + plan_safeguards.strategy_faults(file, spans)


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
            lambda p, s: s["safeguards"]["risks"][1].update(likelihood=3),
            "risk k2: found likelihood x impact = 15 and no safeguard",
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
    with pytest.raises(InputError, match="safeguard g1, mitigates: found k9; allowed: k1, k2"):
        load(written(tmp_path, document), SafeguardsFile, "x")


def test_risks_fall_by_one_step_a_safeguard():
    table = plan_tables.risks(guards()).set_index("risk")
    assert table.loc["k1", ["before", "n_safeguards", "likelihood_after", "after"]].tolist() == [12, 2, 1, 4]
    assert table.loc["k2", ["before", "n_safeguards", "after"]].tolist() == [10, 0, 10]
    assert (table["after"] <= table["before"]).all()


def test_what_stays_unsecured():
    table = plan_tables.secures(strategy(), guards())
    assert len(table) == 5  # g1 secures one, g2 all four
    assert plan_safeguards.unsecured(table, ["m1", "m2", "m3", "m4"]) == ([], ["m2", "m3", "m4"])
    assert plan_safeguards.unsecured(table[~table["general"]], ["m1", "m2"])[0] == ["m2"]


def test_tables_and_words_of_the_plan():
    file, made = strategy(), guards()
    spans = schedule.plan(plan_safeguards.tasks(file, made))
    position = pd.Series({"m1": 4, "m2": 1, "m3": 2, "m4": 3})
    roadmap = plan_tables.roadmap(file, made, spans, position, "2027Q1")
    assert roadmap["id"].tolist() == ["m2", "m3", "m4", "m1", "g1", "g2"]
    assert roadmap.set_index("id").at["m3", "start_name"] == "2027Q3"
    departments = {department.id: department.label for department in file.strategy.departments}
    kpis = plan_tables.kpis(file, made, departments)
    assert kpis["kpi"].is_unique and kpis["baseline"].isna().all() and len(kpis) == 6
    assert plan_tables.raci(made, departments)["accountable"].tolist() == ["it", "it"]
    tables = {"roadmap": roadmap, "risks": plan_tables.risks(made), "secures": plan_tables.secures(file, made)}
    tables |= {"kpis": kpis, "measures": listing.measures(file, [])}
    found = plan_safeguards.describe(tables, ["m1", "m2", "m3", "m4"], 3, "2027Q1")
    assert found["late"] == ["m3"] and found["last_quarter"] == 4
    assert [w["code"] for w in found["warnings"]] == ["plan_late"]
    assert (found["n_serious_before"], found["n_serious_after"]) == (1, 0)


@pytest.mark.parametrize("folder", ["data/raw/citic-lanzhou", "tests/minimal/data/raw/minimal"])
def test_catalogues_of_the_repository_are_sound(folder):
    root = Path(__file__).parents[2] / folder
    file = load(str(root / "strategy.yaml"), StrategyFile, "x")
    made = load(str(root / "safeguards.yaml"), SafeguardsFile, "x")
    spans = schedule.plan(plan_safeguards.tasks(file, made))
    assert plan_safeguards.safeguard_faults(file, made) + plan_safeguards.strategy_faults(file, spans) == []
