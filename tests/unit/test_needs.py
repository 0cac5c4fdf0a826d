"""Importance against performance, derived importance, white space, ranking of needs, problems, loyalty."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scripts.lib.intervals import benjamini_hochberg, ranks, spearman, t_interval, t_test_p, wilson
from scripts.needs import (
    derive_importance,
    evidence,
    find_white_space,
    map_importance_performance,
    measure_loyalty,
    need_sensitivity,
    rank_needs,
)
from scripts.needs.problem_words import adjusted_score, describe
from scripts.needs.ratings import ALL, collect, means, resample, withhold
from scripts.needs.relative_weights import relative_weights
from scripts.needs.settle_problems import decisive, from_concentration, from_factors, from_survey, number

SETTINGS = {"draws": 200, "undecided": 0.8, "top": 3}
NO_ITEM = {"attribute": None, "outcome": None, "keyed": 1, "product": None, "scope": None, "scale_kind": "ordinal"}


def survey(n=120, attributes=4, seed=0, importance_max=5, groups=2):
    """Answers, attributes, codebook and groups of a small survey."""
    rng = np.random.default_rng(seed)
    names = [f"a{i}" for i in range(attributes)]
    table = pd.DataFrame({"attribute": names, "aspect": [f"s{i % 2}" for i in range(attributes)]})
    table["label_en"], table["label_zh"] = "Attribute " + table["attribute"], "属性" + table["attribute"]
    table["importance_item"], table["performance_item"] = "i_" + table["attribute"], "p_" + table["attribute"]
    answers = pd.DataFrame({"respondent": [f"R{i:04d}" for i in range(n)]})
    rows, total = [], np.zeros(n)
    for i, name in enumerate(names):
        answers[f"i_{name}"] = np.clip(
            np.round(rng.normal(importance_max * (0.5 + 0.4 * i / attributes), 0.8, n)), 1, importance_max
        )
        performance = np.clip(np.round(rng.normal(4.5 - 2.4 * i / attributes, 0.9, n)), 1, 5)
        total += performance * (1 + i)
        answers[f"p_{name}"] = np.where(rng.random(n) < 0.1, np.nan, performance)
        item = {"type": "likert", "scale_min": 1, "attribute": name}
        rows.append(NO_ITEM | item | {"item": f"i_{name}", "role": "importance", "scale_max": importance_max})
        rows.append(NO_ITEM | item | {"item": f"p_{name}", "role": "performance", "scale_max": 5})
    answers["sat"] = np.clip(np.round(3 + (total - total.mean()) / total.std()), 1, 5)
    item = {"item": "sat", "type": "likert", "role": "outcome", "outcome": "overall_satisfaction"}
    rows.append(NO_ITEM | item | {"scale_min": 1, "scale_max": 5})
    group = pd.DataFrame({"respondent": answers["respondent"], "group": rng.integers(1, groups + 1, n).astype(str)})
    return answers, table, pd.DataFrame(rows), group


def ratings(**changes):
    answers, table, book, group = survey(**changes)
    return collect(answers, table, book, group)


# -- shared ------------------------------------------------------------------------------------------------------------


def test_shuffled_respondents_give_the_same_results():
    answers, table, book, group = survey()
    shuffled = answers.sample(frac=1, random_state=3).reset_index(drop=True)
    one, two = collect(answers, table, book, group), collect(shuffled, table, book, group)
    for make in (
        lambda r: map_importance_performance.map_all(r, SETTINGS, 1, 5, None)[0],
        lambda r: rank_needs.rank_all(r, SETTINGS, 1, 5)[ALL].table,
        lambda r: derive_importance.derive(r, set(), 10, resample(r.unit, 20, 1, ALL))[0],
    ):
        pd.testing.assert_frame_equal(make(one), make(two))


def test_codes_become_shares_of_the_scale():
    answers, table, book, group = survey()
    got = collect(answers, table, book, group)
    mean = (answers["p_a1"].mean() - 1) / 4
    assert means(got.performance)[1] == pytest.approx(mean, abs=1e-12)
    assert means(got.performance, np.ones((1, len(got))))[0, 1] == pytest.approx(mean, abs=1e-12)


def test_respondents_without_a_group_count_in_all_only():
    answers, table, book, group = survey()
    group.loc[:9, "group"] = None
    got = collect(answers, table, book, group)
    assert got.groups == [ALL, "1", "2"]
    assert len(got.of("1")) + len(got.of("2")) == len(got) - 10


def test_an_attribute_few_of_a_group_rated_is_withheld_with_a_second_group():
    answers, table, book, group = survey(groups=3)
    small = group["group"].eq("1")
    answers.loc[small[small].index[3:], "p_a0"] = np.nan
    hidden = withhold(collect(answers, table, book, group), 5)
    assert [bool(hidden[g][0]) for g in ("1", "2", "3")].count(True) == 2 and hidden["1"][0]
    assert not hidden[ALL].any() and not any(hidden[g][1:].any() for g in "123")


def test_intervals_against_known_numbers():
    low, high = wilson([8, 0, 10, 0], [10, 10, 10, 0])
    # 8 of 10: Newcombe (1998) style, R prop.test(8, 10, correct = FALSE)
    assert (low[0], high[0]) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert low[1] == 0.0 and high[2] == 1.0 and np.isnan(low[3])
    low, high = t_interval(5.0, 2.0, 16)
    assert (float(low), float(high)) == pytest.approx((3.934275, 6.065725), abs=1e-5)  # qt(.975, 15) = 2.131450
    assert float(t_test_p(1.065725, 2.0, 16)) == pytest.approx(0.05, abs=1e-6)
    assert benjamini_hochberg([0.01, np.nan, 0.04, 0.03])[[0, 2, 3]] == pytest.approx([0.03, 0.04, 0.04])


def test_ranks_share_ties_and_spearman_takes_their_mean():
    assert ranks(np.array([0.2, 0.5, 0.5, np.nan]))[:3].tolist() == [3, 1, 1]
    x, y = [1, 2, 2, 3, 5], [2, 1, 3, 3, 4]
    expected = pd.Series(x).rank().corr(pd.Series(y).rank())
    assert spearman(x, y) == pytest.approx(expected, abs=1e-12)
    assert spearman([1, 1, 1], [1, 2, 3]) is None


# -- derived importance ------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(arrays(np.float64, (40, 5), elements=st.floats(-3, 3, width=32)))
def test_relative_weights_sum_to_r_squared(noise):
    X = noise + np.random.default_rng(0).normal(size=(40, 5))
    R = np.corrcoef(X, rowvar=False)
    weights = relative_weights(R[:4, :4], R[:4, 4])
    r_squared = R[:4, 4] @ np.linalg.solve(R[:4, :4], R[:4, 4])
    assert weights.sum() == pytest.approx(r_squared, abs=1e-10) and (weights >= 0).all()


def test_relative_weights_of_two_predictors():
    # closed form for p = 2: half of the squared sums and differences, mixed by the loadings
    weights = relative_weights(np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([0.6, 0.3]))
    a, b = (np.sqrt(1.5) + np.sqrt(0.5)) / 2, (np.sqrt(1.5) - np.sqrt(0.5)) / 2
    beta = np.linalg.solve([[a, b], [b, a]], [0.6, 0.3])
    assert weights == pytest.approx(
        [a**2 * beta[0] ** 2 + b**2 * beta[1] ** 2, b**2 * beta[0] ** 2 + a**2 * beta[1] ** 2]
    )
    assert relative_weights(np.eye(3), np.array([0.5, 0.3, 0.1])) == pytest.approx([0.25, 0.09, 0.01])


def test_relative_weights_refuse_a_repeated_predictor():
    with pytest.raises(ValueError, match="singular"):
        relative_weights(np.ones((2, 2)), np.array([0.5, 0.5]))


def test_derived_importance_finds_the_planted_order_and_leaves_out_by_name():
    got = ratings(n=300)
    table, draws = derive_importance.derive(got, {"p_a2"}, 10, resample(got.unit, 30, 1, ALL))
    by_name = table.set_index("attribute")
    assert by_name.at["a3", "weight"] > by_name.at["a1", "weight"] > by_name.at["a0", "weight"]
    assert by_name["model"].dropna().eq(ALL).all()
    assert by_name.at["a2", "left_out"] == "missing or not applicable too often"
    assert np.isnan(draws[:, 2]).all() and draws.shape == (30, 4)
    known = by_name.dropna(subset=["weight"])
    assert known["share"].sum() == pytest.approx(1)
    assert (known["weight_low"] < known["weight"]).all() and (known["weight"] < known["weight_high"]).all()


def test_too_few_answers_for_one_model_give_one_an_aspect():
    table, _ = derive_importance.derive(ratings(n=90, attributes=10), set(), 10, resample(np.arange(90), 20, 1, ALL))
    assert set(table["model"]) == {"s0", "s1"}
    found = derive_importance.describe(table, 90, 10)
    assert [w["code"] for w in found["warnings"]] == ["derived_by_aspect"]


def test_a_constant_and_a_repeated_attribute_are_told():
    answers, attributes, book, group = survey()
    answers["p_a0"] = 3.0
    answers["p_a1"] = answers["p_a2"]
    table, _ = derive_importance.derive(
        collect(answers, attributes, book, group), set(), 10, resample(np.arange(120), 20, 1, ALL)
    )
    reasons = table.set_index("attribute")["left_out"]
    assert reasons["a0"] == "constant" and "repeats" in reasons["a1"]


@pytest.mark.parametrize(("n", "status"), [(44, "refused"), (80, None)])
def test_derived_importance_needs_sixty_answers(n, status):
    found = derive_importance.reason_not(ratings(n=n))
    assert (found and found["status"]) == status


def test_no_overall_satisfaction_is_told():
    answers, table, book, group = survey()
    got = collect(answers.drop(columns="sat"), table, book[book["role"] != "outcome"], group)
    assert derive_importance.reason_not(got)["status"] == "absent"


# -- importance and performance ----------------------------------------------------------------------------------------


def test_quadrants_by_hand():
    code, cut_i, cut_p = map_importance_performance.quadrants(
        np.array([0.9, 0.8, 0.1, 0.2, np.nan]), np.array([0.2, 0.9, 0.1, 0.8, 0.5])
    )
    assert [map_importance_performance.QUADRANTS[c] if c >= 0 else None for c in code] == [
        "concentrate",
        "keep_up",
        "low_priority",
        "overkill",
        None,
    ]
    assert (cut_i, cut_p) == pytest.approx((0.5, 0.5))


def test_map_of_everybody_and_groups():
    got = ratings()
    table, grid = map_importance_performance.map_all(got, SETTINGS, 1, 5, None)
    shares = table[[f"p_{name}" for name in map_importance_performance.QUADRANTS]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(1)
    assert set(table["group"]) == {ALL, "1", "2"} and len(table) == 12
    first = table[(table["group"] == ALL) & (table["attribute"] == "a3")].iloc[0]
    assert (first["quadrant"], first["verdict"]) == ("concentrate", "concentrate")
    assert first["gap"] < 0 and first["gap_high"] < 0 and first["gap_p_bh"] < 0.001
    everybody = table[table["group"] == ALL]
    line = grid.set_index("group").loc[ALL]
    assert line["performance_cut"] == pytest.approx(everybody["performance"].mean())
    assert line["importance_cut_pomp"] == pytest.approx(everybody["importance_pomp"].mean())


def test_region_of_a_place_is_that_of_its_draws():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 400, 3))
    y[:, 1] = 2 * x[:, 1]
    y[:, 2] = np.nan
    spread = map_importance_performance.spread(x, y)
    assert spread[0] == pytest.approx([x[:, 0].std(), y[:, 0].std(), np.corrcoef(x[:, 0], y[:, 0])[0, 1]])
    assert spread[1, 2] == pytest.approx(1) and spread[2].tolist() == [0, 0, 0]
    mapped = map_importance_performance.map_all(ratings(), SETTINGS, 1, 5, None)[0]
    assert (mapped["performance_low"] <= mapped["performance"]).all()
    assert (mapped["performance"] <= mapped["performance_high"]).all()


def test_gap_is_paired():
    answers, table, book, group = survey()
    got = collect(answers, table, book, group)
    expected = (answers["p_a2"] - answers["i_a2"]).mean()
    assert map_importance_performance.gaps(got).at[2, "gap"] == pytest.approx(expected, abs=1e-12)


def test_scales_of_different_length_have_no_gap():
    table, grid = map_importance_performance.map_all(ratings(importance_max=3), SETTINGS, 1, 5, None)
    assert table[["gap", "gap_low", "gap_high", "gap_p_bh"]].isna().all().all()
    assert table["importance_pomp"].between(0, 1).all() and grid["importance_cut"].between(1, 3).all()


def test_fewer_than_sixty_answers_are_described_only():
    table, _ = map_importance_performance.map_all(ratings(n=44), SETTINGS, 1, 5, None)
    assert set(table["verdict"]) == {"descriptive"}
    assert table[["p_keep_up", "gap_low", "gap_p_bh", "relative_low"]].isna().all().all()
    assert table["gap"].notna().all()


def test_derived_axis_places_everybody_and_leaves_groups_stated():
    got = ratings()
    times = resample(got.unit, SETTINGS["draws"], 1, ALL)[:20]
    table, draws = derive_importance.derive(got, set(), 10, times)
    long = pd.DataFrame(draws, columns=table["attribute"]).rename_axis("draw").reset_index()
    long = long.melt("draw", var_name="attribute", value_name="weight").dropna()
    axis = map_importance_performance.derived_axis(table, long, got.attributes["attribute"])
    assert axis.shape == (21, 4)
    mapped, grid = map_importance_performance.map_all(got, SETTINGS, 1, 5, axis)
    assert set(mapped.loc[mapped["group"] == ALL, "axis"]) == {"derived"}
    assert set(mapped.loc[mapped["group"] != ALL, "axis"]) == {"stated"}
    assert grid.set_index("group").at[ALL, "importance_cut"] == pytest.approx(axis[0].mean())


def test_an_attribute_nobody_rated_has_no_place():
    answers, table, book, group = survey()
    answers["p_a0"] = np.nan
    mapped, _ = map_importance_performance.map_all(collect(answers, table, book, group), SETTINGS, 1, 5, None)
    assert set(mapped.loc[mapped["attribute"] == "a0", "verdict"]) == {"not rated"}
    assert mapped.loc[mapped["attribute"] == "a0", "p_keep_up"].isna().all()


# -- ranking -----------------------------------------------------------------------------------------------------------


def test_need_weights_by_hand_and_sum_to_one():
    weights = rank_needs.need_weights(np.array([0.8, 0.5, np.nan]), np.array([0.5, 0.8, 0.1]))
    assert weights[:2] == pytest.approx([0.8, 0.2]) and np.isnan(weights[2])
    assert np.isnan(rank_needs.need_weights(np.array([0.5]), np.array([1.0]))).all()


def test_ranking_of_everybody_and_groups():
    rankings = rank_needs.rank_all(ratings(), SETTINGS, 1, 5)
    for ranking in rankings.values():
        assert ranking.table["weight"].sum() == pytest.approx(1)
        assert np.nansum(ranking.draws, axis=1) == pytest.approx(1)
        assert (ranking.table["rank_low"] <= ranking.table["rank"]).all()
        assert (ranking.table["rank"] <= ranking.table["rank_high"]).all()
        assert ranking.table["p_top3"].sum() == pytest.approx(3)
    aspects = pd.DataFrame({"aspect": ["s0", "s1", "s2"], "label_en": "A", "label_zh": "甲"})
    shares = rank_needs.service_strategy(rankings, aspects)
    assert shares.groupby("group")["share"].sum().to_numpy() == pytest.approx(1)
    assert shares.groupby("group")["even_share"].sum().to_numpy() == pytest.approx(1)
    first = shares[shares["group"] == ALL].set_index("position")["share"]
    assert first[1] >= first[2] and sorted(first.index) == [1, 2, 3]
    assert shares.loc[shares["aspect"] == "s2", "share"].isna().all()
    draws = rank_needs.wide_draws(rankings)
    assert len(draws) == 3 * SETTINGS["draws"] and not draws.duplicated(["group", "draw"]).any()
    assert draws[["a0", "a1", "a2", "a3"]].sum(axis=1).to_numpy() == pytest.approx(1)
    whole = pd.concat([r.table for r in rankings.values()]).assign(kano=None, must_be_first=False)
    focus = rank_needs.management_focus(whole, 3)
    assert focus.groupby("group").size().tolist() == [3, 3, 3]
    assert focus.iloc[0]["attribute"] == "a3"


def test_must_be_below_the_median_goes_first():
    table = pd.DataFrame({"attribute": list("abcd"), "performance": [0.1, 0.9, 0.2, 0.8]})
    everybody = pd.Series({"a": "M", "b": "M", "c": "O"})
    out = need_sensitivity.must_be_first(table, everybody, everybody)
    assert out["must_be_first"].tolist() == [True, False, False, False]
    # a group's own category outweighs that of everybody, which stands in where the group has none
    own = need_sensitivity.must_be_first(table, pd.Series({"a": None, "c": "M"}), everybody)
    assert own["must_be_first"].tolist() == [True, False, True, False] and own["kano"].tolist()[:3] == ["M", "M", "M"]
    assert not need_sensitivity.must_be_first(table, pd.Series(dtype=object), pd.Series(dtype=object))["kano"].any()


def test_sensitivities_are_normalised_over_what_is_known_and_ranked():
    everybody = rank_needs.rank_all(ratings(), SETTINGS, 1, 5)[ALL].table
    out = need_sensitivity.sensitivities(everybody, pd.Series({"a0": 0.1, "a1": 0.2, "a3": 0.4}))
    assert out["weight_derived"].sum() == pytest.approx(1) and out["weight_derived"].isna().sum() == 1
    assert out["weight_importance"].sum() == pytest.approx(1)
    assert sorted(out["rank_derived"].dropna()) == [1, 2, 3] and sorted(out["rank_importance"]) == [1, 2, 3, 4]
    assert need_sensitivity.sensitivities(everybody)["rank_derived"].isna().all()
    agreed = need_sensitivity.agreement(out, 2)
    assert len(agreed["first_importance"]) == 2 and 0 <= agreed["n_kept_importance"] <= 2


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.permutations(range(5)))
def test_ranks_are_a_permutation_and_do_not_depend_on_the_order_of_attributes(seed, order):
    rng = np.random.default_rng(seed)
    answers, table, book, group = survey(n=60, attributes=5, seed=int(rng.integers(1000)))
    one = rank_needs.rank_all(collect(answers, table, book, group), SETTINGS, 1, 5)[ALL].table
    two = rank_needs.rank_all(collect(answers, table.iloc[list(order)], book, group), SETTINGS, 1, 5)[ALL].table
    assert sorted(one["rank"]) == [1, 2, 3, 4, 5] and one["weight"].sum() == pytest.approx(1)
    same = two.set_index("attribute").loc[one["attribute"]]
    assert same["rank"].tolist() == one["rank"].tolist()
    assert same["weight"].to_numpy() == pytest.approx(one["weight"].to_numpy())


# -- white space -------------------------------------------------------------------------------------------------------


def holdings(n=300, seed=0, rate=0.3):
    rng = np.random.default_rng(seed)
    complete = pd.DataFrame(
        {f"{kind}__{p}": (rng.random(n) < rate).astype(float) for kind in ("here", "other", "want") for p in "xy"}
    )
    roles = {"here": ("holding", "own"), "other": ("holding", "other"), "want": ("demand", "any")}
    book = pd.DataFrame(
        [{"item": f"{k}__{p}", "product": p, "role": r, "scope": s} for k, (r, s) in roles.items() for p in "xy"]
    )
    return complete, book, rng.integers(1, 4, n).astype(str).astype(object)


def test_white_space_counts():
    complete, book, group = holdings()
    items = find_white_space.product_items(book)
    table = find_white_space.white_space(complete, items, group, 5)
    row = table[(table["group"] == "2") & (table["product"] == "x")].iloc[0]
    part = complete[group == "2"]
    assert row["n"] == len(part) and row["hold_here"] == part["here__x"].sum()
    assert row["unmet"] == ((part["want__x"] == 1) & (part["here__x"] == 0)).sum()
    assert row["unmet_low"] < row["unmet_share"] < row["unmet_high"]
    columns = ["n", "hold_here", "hold_other", "demand", "unmet"]
    sums = table[table["group"] != ALL].groupby("product")[columns].sum()
    overall = table[table["group"] == ALL].set_index("product")[columns]
    pd.testing.assert_frame_equal(sums, overall, check_dtype=False)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([0.02, 0.06, 0.3, 0.97]), st.sampled_from([25, 60, 200]))
def test_white_space_shows_no_small_cell_and_gives_none_away(seed, rate, n):
    complete, book, group = holdings(n, seed, rate)
    group[:3] = ""
    table = find_white_space.white_space(complete, find_white_space.product_items(book), group, 5)
    for _, rows in table.groupby("product"):
        parts, total = rows[rows["group"] != ALL], rows[rows["group"] == ALL].iloc[0]
        shown = parts[~parts["suppressed"]]
        told = [shown["unmet"], shown["hold_here"], shown["n"] - shown["unmet"] - shown["hold_here"]]
        told += [(shown["demand"] - shown["unmet"]).dropna(), shown["hold_other"].dropna()]
        for cells in told:
            assert not ((cells > 0) & (cells < 5)).any()
        # what the total leaves for the blank rows is nobody, or enough of at least two groups
        for column in ("unmet", "hold_here", "hold_other", "demand"):
            blank = parts[parts[column].isna()]
            assert len(blank) != 1
            rest = total[column] - parts[column].sum()
            assert rest >= 0
            if len(blank) and len(blank) < len(parts) and column in ("unmet", "hold_here"):
                assert rest == 0 or rest >= 5


def test_survey_without_holdings_or_demand_says_so():
    _, book, _ = holdings()
    for role in ("demand", "holding"):
        items = find_white_space.product_items(book[book["role"] != role])
        assert find_white_space.reason_not(items)["status"] == "absent"
    assert find_white_space.reason_not(find_white_space.product_items(book)) is None


# -- problems ----------------------------------------------------------------------------------------------------------


def _ipa(**intervals):
    rows = [
        {
            "group": ALL,
            "attribute": name,
            "label_en": name,
            "label_zh": name,
            "relative_performance": (low + high) / 2,
            "relative_low": low,
            "relative_high": high,
            "gap": -0.5,
            "gap_low": -0.7,
            "gap_high": -0.3,
            "gap_p_bh": 0.01,
            "verdict": "concentrate",
        }
        for name, (low, high) in intervals.items()
    ]
    return pd.DataFrame(rows)


def test_a_number_item_settles_a_weakness_as_the_factors_stage_found():
    tests = pd.DataFrame({"factor": ["w", "s"], "item": ["n", "m"], "verdict": ["supported", "supported"]})
    tests = tests.assign(item_label_en="N", item_label_zh="", mean=4.0, low=3.0, high=5.0, above=2.0)
    factors = pd.DataFrame({"factor": ["w", "s"], "direction": ["weakness", "strength"]})
    found = {one.test: one for one in evidence.of_numbers(tests, factors)}
    assert (found["n"].side, found["m"].side) == (1, -1)
    assert decisive(["n"], found, weak=True) == (found["n"], False)
    assert decisive(["m"], found, weak=False) == (found["m"], False)


def _space():
    return pd.DataFrame(
        {
            "group": ALL,
            "product": ["x", "y", "z"],
            "label_en": "P",
            "label_zh": "品",
            "unmet_share": [0.5, 0.1, 0.3],
            "unmet_low": [0.4, 0.05, 0.2],
            "unmet_high": [0.6, 0.2, 0.4],
        }
    )


def _market(home, peer):
    compared = {"status": "ok", "home": "Here", "peer": "There", "cr4_home": home, "cr4_peer": peer}
    return {"status": "ok", "comparison": compared}


def _found(*findings):
    return {finding.test: finding for finding in findings}


def test_findings_and_conflicts():
    ipa = _ipa(bad=(-0.2, -0.1), good=(0.1, 0.2), open=(-0.1, 0.1))
    found = _found(*evidence.of_attributes(ipa))
    assert [found[f"ipa.{name}"].side for name in ("bad", "good", "open")] == [1, -1, 0]
    assert found["ipa.bad"].beyond == pytest.approx(0.1) and found["ipa.bad"].gap == (-0.5, -0.7, -0.3, 0.01)
    assert decisive(["ipa.bad"], found, weak=True)[1] is False
    assert decisive(["ipa.good"], found, weak=True)[1] is True
    assert decisive(["ipa.bad", "ipa.good"], found, weak=False) == (found["ipa.bad"], True)
    assert decisive(["n_banks"], found, weak=True) == (None, False)
    factors = pd.DataFrame(
        [
            {"factor": "w1", "direction": "weakness", "weight": 0.5, "rating": 1.0},
            {"factor": "w2", "direction": "weakness", "weight": 0.25, "rating": 2.0},
            {"factor": "w3", "direction": "weakness", "weight": 0.1, "rating": 2.0},
            {"factor": "s1", "direction": "strength", "weight": 0.15, "rating": 4.0},
            {"factor": "t1", "direction": "threat", "weight": 0.5, "rating": 2.0},
            {"factor": "t2", "direction": "threat", "weight": 0.5, "rating": 2.0},
        ]
    ).assign(label_en="E.", label_zh="中。", score=lambda rows: rows["weight"] * rows["rating"])
    tests = {"w2": ["ipa.good"], "w1": ["ipa.bad"], "s1": ["ipa.open"], "t1": [], "t2": ["ipa.good"]}
    rows, contradicted = from_factors(factors, tests, found)
    table = number(rows)
    # a threat without a test that can be made is no problem to settle
    assert table["factor"].tolist() == ["w2", "w1", "t2", "w3"]
    assert table["verdict"].tolist() == ["not supported", "supported", "not supported", "not tested"]
    assert contradicted == ["w2", "t2"] and table["contradicted"].tolist() == [True, False, True, False]
    suggested = from_survey(ipa, found, set())
    assert [row["test"] for row in suggested] == ["ipa.bad"] and suggested[0]["verdict"] == "not tested"
    assert from_survey(ipa, found, {"ipa.bad"}) == []
    told = describe(number(rows + suggested), factors, contradicted, 0.5)
    assert (told["n_problems"], told["n_named"], told["n_named_supported"], told["n_from_survey"]) == (5, 4, 1, 1)
    assert told["n_not_tested"] == 1  # of those named beforehand
    assert "leaves it out" in told["warnings"][0]["text"]["en"] and "judged again" in told["warnings"][1]["text"]["en"]
    score = adjusted_score(factors, contradicted)
    assert score["score"] == pytest.approx(0.5 + 0.5 + 0.2 + 0.6)
    assert score["score_adjusted"] == pytest.approx((0.5 + 0.2 + 0.6) / 0.75) and score["n_left_out"] == 1


def test_problems_are_ranked_by_verdict_and_then_by_how_far_the_interval_lies_beyond():
    found = _found(
        *evidence.of_attributes(_ipa(a=(-0.2, -0.1), b=(-0.4, -0.3), c=(-0.1, 0.2))), *evidence.of_products(_space())
    )
    factors = pd.DataFrame(
        {"factor": ["f1", "f2", "f3", "f4"], "direction": "weakness", "label_en": "E", "label_zh": "中"}
    )
    tests = {"f1": [], "f2": ["ipa.c"], "f3": ["ipa.a"], "f4": ["ipa.b"]}
    table = number(from_factors(factors, tests, found)[0] + from_survey(_ipa(a=(-0.2, -0.1)), found, {"ipa.a"}))
    assert table["problem"].tolist() == ["P1", "P2", "P3", "P4", "P5"]
    ranked = table.sort_values("rank")
    assert ranked["factor"].tolist()[:2] == ["f4", "f3"] and ranked["test"].iloc[2] == "whitespace.x"
    assert ranked["factor"].tolist()[3:] == ["f2", "f1"]
    assert sorted(table["rank"]) == [1, 2, 3, 4, 5]


def test_white_space_test_compares_with_the_mean_of_products():
    found = _found(*evidence.of_products(_space()))
    assert [found[f"whitespace.{p}"].side for p in "xyz"] == [1, -1, 0]
    assert found["whitespace.x"].reference == pytest.approx(0.3)


@pytest.mark.parametrize(("home", "peer", "verdict"), [(0.7, 0.6, "not tested"), (0.6, 0.7, "not supported")])
def test_concentration_of_the_market_is_set_against_the_peer(home, peer, verdict):
    found = _found(*evidence.of_market(_market(home, peer)))
    rows = from_concentration(found, set())
    assert [row["verdict"] for row in rows] == [verdict] and rows[0]["evidence_value"] == home
    assert rows[0]["low"] is rows[0]["high"] is None, "a full count has no interval"
    assert from_concentration(found, {"concentration.market"}) == []  # a factor names it
    assert evidence.of_market({"status": "absent", "reason": {}}) == []


def test_concentration_of_value_against_dependence():
    groups = pd.DataFrame({"status": "existing", "value": [100.0] * 10 + [1.0] * 90})
    (found,) = evidence.of_value(groups, 0.5, 5, 200, 1)
    assert found.value == pytest.approx(1000 / 1090) and found.low < found.value < found.high + 1e-9
    assert found.side == 1 and evidence.of_value(groups, 0.5, 11, 200, 1) == []  # a tenth holds ten groups
    shuffled = groups.sample(frac=1, random_state=2)
    assert evidence.of_value(shuffled, 0.5, 5, 200, 1) == [found]


@given(arrays(np.float64, st.integers(10, 60), elements=st.floats(0.5, 100)))
def test_share_of_the_largest_tenth_lies_between_even_and_all(worth):
    share = float(evidence.top_share(worth))
    assert 0.1 - 1e-9 <= share <= 1
    assert float(evidence.top_share(worth * 3)) == pytest.approx(share)


# -- loyalty -----------------------------------------------------------------------------------------------------------


def test_recommendation_groups_and_means():
    item = pd.Series({"outcome": "recommendation", "type": "number", "scale_min": 0, "scale_max": 10})
    answers = np.array([0, 6, 7, 8, 9, 10, 10, 10.0])
    found = {row["measure"]: row["value"] for row in measure_loyalty.measures(answers, item)}
    assert found == pytest.approx({"mean": 7.5, "detractors": 0.25, "passives": 0.25, "promoters": 0.5, "net": 0.25})


def test_outcomes_by_group_and_small_groups_withheld():
    answers, _, book, _ = survey(n=60)
    outcomes = book[book["role"] == "outcome"].assign(position=1, label_en="S", label_zh="满")
    group = np.array(["1"] * 3 + ["2"] * 20 + ["3"] * 37, dtype=object)
    table = measure_loyalty.drivers(answers, outcomes, group, 5).set_index(["group", "measure"])
    assert table.loc[("1", "mean"), "suppressed"] and table.loc[("2", "mean"), "suppressed"]
    assert table.loc[("3", "mean"), "n"] == 37 and table.loc[(ALL, "mean"), "value"] == pytest.approx(
        answers["sat"].mean()
    )
    found = measure_loyalty.describe(table.reset_index())
    assert found["outcomes"]["overall_satisfaction"]["mean"]["n"] == 60
