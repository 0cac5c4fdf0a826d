"""AHP, TOPSIS and the ranking of measures, how sure it is, and the bundles of the groups."""

import copy
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from catalogues import strategy, strategy_document
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scripts.strategy import ahp, bundles, decision, listing, rank_strategies, rank_words, robustness
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


# -- raters ------------------------------------------------------------------------------------------------------------


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
    return robustness.Inputs(
        scores=listing.scores(file),
        strengths=listing.strengths(file, ["a0", "a1", "a2"]),
        need=np.array(need),
        need_draws=rng.dirichlet(np.array(need) * 100, size=50),
        weights=np.array([0.6, 0.2, 0.2]),
        cost=np.array([False, True, False]),
        among=np.array([m.id not in apart for m in file.measures]),
    )


NAMES = pd.Series(["m1", "m2", "m3", "m4"])


def test_qfd_and_ranks_by_hand():
    table = rank_strategies.rank_measures(inputs())
    assert table["qfd_score"].tolist() == pytest.approx([1.8, 5.1, 2.7, 0.5])
    assert table["rank_topsis"].tolist() == [3, 1, 2, 4] and table["rank_weighted_sum"].tolist() == [3, 1, 2, 4]
    assert table["weighted_sum"].iloc[1] == pytest.approx(0.6 + 0.2 + 0.1)
    shares = robustness.filled(inputs(), table["qfd_score"].to_numpy())
    assert shares[:, 0].tolist() == pytest.approx([1 + 4 * 1.3 / 4.6, 5, 1 + 4 * 2.2 / 4.6, 1])


def test_measures_apart_have_a_rank_of_their_own():
    table = rank_strategies.rank_measures(inputs(apart=("m2",)))
    assert np.isnan(table["topsis"].iloc[1]) and table["rank_weighted_sum"].iloc[1] == 1
    assert sorted(table["rank_topsis"].dropna()) == [1, 2, 3]
    sure, shares = robustness.robustness(inputs(apart=("m2",)), NAMES, 50, 200, 1)
    assert sure.loc[1, robustness.CHANCES].isna().all() and sure["p_rank1"].sum() == pytest.approx(1)
    assert set(shares["measure"]) == {"m1", "m3", "m4"}


def test_acceptability_adds_up_and_is_seeded():
    (one, shares), (two, again) = (robustness.robustness(inputs(), NAMES, 50, 300, 1) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    pd.testing.assert_frame_equal(shares, again)
    assert one["p_rank1"].sum() == pytest.approx(1) and one["p_top3"].sum() == pytest.approx(3)
    assert (one["rank_low"] <= one["rank_high"]).all() and (one["qfd_low"] <= one["qfd_high"]).all()
    summed = shares.groupby(["method", "measure"])["p"].sum()
    assert summed.to_numpy() == pytest.approx(1)  # each measure has some rank in every draw
    first = shares[shares["method"].eq("topsis") & shares["rank"].eq(1)].set_index("measure")["p"]
    assert first[NAMES].tolist() == pytest.approx(one["p_rank1"].tolist())


def test_doubt_in_the_judgements_spreads_the_ranks():
    sure, _ = robustness.robustness(inputs(), NAMES, 5, 2000, 1)
    assert sure["p_rank1_half"].max() <= sure["p_rank1"].max() <= sure["p_rank1_double"].max()


@settings(deadline=None, max_examples=30)
@given(st.permutations(range(4)))
def test_ranks_are_a_permutation_and_do_not_depend_on_the_order_of_the_catalogue(order):
    given_, order = inputs(), list(order)
    turned = given_._replace(scores=given_.scores[order], strengths=given_.strengths[order])
    one, two = rank_strategies.rank_measures(given_), rank_strategies.rank_measures(turned)
    for column in ("rank_topsis", "rank_weighted_sum", "rank_135", "rank_qfd", "rank_qfd_135"):
        assert sorted(one[column]) == [1, 2, 3, 4]
        assert two[column].tolist() == one[column].iloc[order].tolist()


def test_milder_strengths_can_turn_the_order_of_the_effect():
    file = strategy_document()
    serves = file["strategy"]["families"][0]["measures"]
    serves[0]["serves"], serves[1]["serves"] = {"a0": 9}, {"a0": 3, "a1": 3, "a2": 3}
    S = listing.strengths(strategy(file), ["a0", "a1", "a2"])
    table = rank_strategies.rank_measures(inputs(need=(0.4, 0.3, 0.3))._replace(strengths=S))
    # 9 x .4 = 3.6 against 3; 5 x .4 = 2 against 3
    assert table.loc[[0, 1], "rank_qfd"].is_monotonic_increasing
    assert table.loc[[1, 0], "rank_qfd_135"].is_monotonic_increasing


WEIGHED = {"concentration": 50, "concentration_from_raters": False, "n_used": 1}


@pytest.mark.parametrize(("summed", "clear"), [((0.1, 0.8, 0.1, 0.0), True), ((0.7, 0.2, 0.1, 0.0), False)])
def test_a_clear_winner_wins_by_both_methods(summed, clear):
    listed = listing.measures(strategy(), [])
    ranking = pd.concat([listed, rank_strategies.rank_measures(inputs())], axis=1)
    ranking[["p_rank1", "p_rank1_weighted_sum"]] = np.column_stack([(0.1, 0.7, 0.2, 0.0), summed])
    ranking[["p_rank1_half", "p_rank1_double"]] = 0.5
    ranking[["goes_first", "optional"]] = False
    cover = pd.DataFrame({"attribute": ["a0"], "best_strength": [0], "label_en": ["A0"], "label_zh": ["甲"]})
    chosen = {"winner": 0.6, "draws": 10}
    found = rank_words.describe(ranking, cover, WEIGHED, chosen, 1)
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


def needs_of(weights, focus, urgent=()):
    names = ATTRIBUTES["attribute"]
    return ATTRIBUTES.assign(weight=weights, focus=names.isin(focus), must_be_first=names.isin(urgent))


WANTED = pd.DataFrame({"product": ["x", "y"], "label_en": ["X", "Y"], "label_zh": ["子", "丑"]})
WEIGHTS = (0.2, 0.5, 0.3)


def bundle_of(focus, urgent=(), apart=("m4",), draws=None):
    listed = listing.measures(strategy(), list(apart))
    drawn = np.tile(WEIGHTS, (40, 1)) if draws is None else draws
    return bundles.bundle(needs_of(WEIGHTS, focus, urgent), drawn, inputs().strengths, listed, WANTED, 3)


def test_bundle_serves_each_need_of_the_focus_before_one_twice():
    made = bundle_of(["a1", "a2", "a0"])
    assert made["measure"].tolist() == ["m2", "m3", "m1"]
    assert made["why_en"].iloc[0] == "A1 (9), A0 (3)" and made["products_en"].iloc[0] == "X"
    assert made["prerequisites"].iloc[1] == "m1;g1"
    assert made["p_bundle"].tolist() == [1, 1, 1]  # all draws are alike
    assert bundle_of(["a2"])["measure"].tolist() == ["m3"]  # m4 is ranked apart


def test_a_must_be_attribute_that_performs_badly_leads_the_bundle():
    made = bundle_of(["a1", "a2"], urgent=["a0"])
    assert made["measure"].iloc[0] == "m1" and made["goes_first"].tolist() == [True, False, False]
    assert made["why_en"].iloc[0] == "A0 (9)" and made["why_en"].iloc[1].startswith("A0 (3)")


def test_how_sure_a_bundle_is_comes_from_the_draws():
    draws = np.vstack([np.tile(WEIGHTS, (30, 1)), np.tile((0.9, 0.05, 0.05), (10, 1))])
    S, open_to = inputs().strengths, np.array([True, True, True, False])
    aims = bundles.Aims(draws, bundles.first_needs(draws, 1), np.zeros(draws.shape, dtype=bool))
    sure = bundles.belonging(aims, S, open_to, 1)
    assert sure.tolist() == [0.25, 0.75, 0, 0]  # a1 leads in thirty draws, a0 in ten
    made = bundle_of(["a1", "a2", "a0"], draws=draws)
    assert made.set_index("measure")["p_bundle"].between(0, 1).all()


@settings(deadline=None, max_examples=40)
@given(arrays(np.float64, (6, 3), elements=st.floats(0.01, 1)), st.integers(1, 4))
def test_bundles_over_draws_are_the_bundles_of_each_draw(raw, top):
    weights = raw / raw.sum(axis=1, keepdims=True)
    S, open_to, none = inputs().strengths, np.ones(4, dtype=bool), np.zeros((6, 3), dtype=bool)
    whole = bundles.choose(bundles.Aims(weights, bundles.first_needs(weights, 2), none), S, open_to, top)
    for row, chosen in zip(weights, whole, strict=True):
        focus = bundles.first_needs(row[None, :], 2)
        alone = bundles.choose(bundles.Aims(row[None, :], focus, none[:1]), S, open_to, top)[0]
        assert alone.tolist() == chosen.tolist()
        found = [i for i in chosen if i >= 0]
        assert len(set(found)) == len(found) and all(S[i, focus[0]].any() for i in found)


def test_tables_of_the_catalogue():
    file = strategy()
    listed = listing.measures(file, ["m4"])
    assert listed["apart"].tolist() == [False, False, False, True] and listed["aspect"].iloc[2] == "s0;s1"
    S = listing.strengths(file, ["a0", "a1", "a2"])
    qfd = listing.qfd_table(listed, ATTRIBUTES, S, np.array([0.2, 0.5, 0.3]))
    assert qfd["contribution"].sum() == pytest.approx(10.1) and len(qfd) == 6
    cover = listing.coverage(ATTRIBUTES.assign(aspect="s0"), S, np.array([0.2, 0.5, 0.3]))
    assert cover["best_strength"].tolist() == [9, 9, 9] and cover["n_measures"].tolist() == [3, 1, 2]
