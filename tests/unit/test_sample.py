"""The sample: resampling by unit, those who answered against the list, raking, early against late answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from scripts.lib.intervals import hedges_g
from scripts.lib.resampling import resample, tie_break
from scripts.needs import rank_needs
from scripts.needs.ratings import ALL, collect
from scripts.segments.stability import bootstrap
from scripts.survey import compare_waves, representativeness, weigh_responses
from scripts.survey.assign_units import summary, units_table
from scripts.survey.weigh_responses import design_effect, rake, rake_to_list, trim

# -- resampling --------------------------------------------------------------------------------------------------------


def test_units_of_one_respondent_are_the_ordinary_bootstrap():
    n, seed = 37, 5
    ordinary = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=20)
    np.testing.assert_array_equal(resample([f"R{i}" for i in range(n)], 20, np.random.default_rng(seed)), ordinary)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40), st.integers(0, 99))
def test_respondents_of_a_unit_are_drawn_together(units, seed):
    drawn = resample(units, 15, np.random.default_rng(seed))
    by_unit = {name: drawn[:, [unit == name for unit in units]] for name in set(units)}
    assert all((columns == columns[:, :1]).all() for columns in by_unit.values())
    assert (sum(columns[:, 0] for columns in by_unit.values()) == len(by_unit)).all(), "as many units as there are"


def test_nobody_is_resampled_without_complaint():
    assert resample([], 4, np.random.default_rng(1)).shape == (4, 0)


def test_a_mean_is_less_certain_when_units_agree():
    values = np.repeat(np.random.default_rng(1).normal(size=40), 5)  # five respondents a unit, of one opinion
    spread = {}
    for name, units in (("alone", np.arange(200)), ("together", np.repeat(np.arange(40), 5))):
        drawn = resample(units, 2000, np.random.default_rng(2))
        spread[name] = (drawn @ values / drawn.sum(axis=1)).std()
    assert spread["together"] / spread["alone"] == pytest.approx(np.sqrt(5), rel=0.1)


def test_only_shared_units_break_ties():
    assert tie_break(["x", "b", "a", "b", "a"]).tolist() == [0, 2, 1, 2, 1]


def test_units_are_the_groups_of_the_list():
    complete = pd.DataFrame({"respondent": ["R1", "R2", "R3", "R4"], "customer_id": ["C1", "C2", "C3", None]})
    customers = pd.DataFrame({"customer_id": ["C1", "C2", "C3"], "group_id": ["G1", "G1", None]})
    units = units_table(complete, customers)
    assert units["unit"].tolist() == ["group G1", "group G1", "respondent R3", "respondent R4"]
    told = summary(units, 1)
    assert (told["n"], told["n_units"], told["n_shared"], told["n_in_shared"]) == (4, 3, 1, 2)
    withheld = summary(units, 5)
    assert withheld["shared"]
    assert [withheld[name] for name in ("n_units", "n_shared", "n_in_shared")] == [None] * 3
    assert summary(units.iloc[1:], 5)["n_units"] == 3, "nobody shares a unit"


def test_stability_draws_units():
    rng = np.random.default_rng(3)
    Z = np.vstack([rng.normal(size=(20, 2)), rng.normal(6, 1, size=(20, 2))])
    labels = np.repeat([0, 1], 20)
    alone = bootstrap(Z, [labels], 20, 2, np.random.default_rng(1))[0]
    told = bootstrap(Z, [labels], 20, 2, np.random.default_rng(1), np.arange(40))[0]
    np.testing.assert_array_equal(alone.respondents, told.respondents)
    whole = bootstrap(Z, [labels], 20, 2, np.random.default_rng(1), labels)[0]  # a segment is drawn whole, or is gone
    assert whole.jaccard.mean() < alone.jaccard.mean()


def test_needs_draw_units_and_carry_weights():
    rng = np.random.default_rng(4)
    names = [f"R{i:02d}" for i in range(60)]
    items = ["i_a", "i_b", "p_a", "p_b"]
    complete = pd.DataFrame(rng.integers(1, 6, (60, 4)), columns=items).assign(respondent=names)
    complete.loc[1::2, items] = complete.loc[0::2, items].to_numpy()  # pairs of equal answers
    attributes = pd.DataFrame({"attribute": ["a", "b"], "aspect": "x", "label_en": "l", "label_zh": ""})
    attributes = attributes.assign(importance_item=["i_a", "i_b"], performance_item=["p_a", "p_b"])
    book = pd.DataFrame({"item": items, "scale_min": 1, "scale_max": 5, "outcome": None, "keyed": 1})
    units = pd.DataFrame({"respondent": names, "unit": np.repeat(np.arange(30), 2)})
    weights = pd.DataFrame({"respondent": names, "weight": np.tile([0.5, 1.5], 30)})

    def ranked(**more):
        order = rng.permutation(60)
        return rank_needs.rank_all(collect(complete.iloc[order], attributes, book, None, **more), SETTINGS, 1, 5)[ALL]

    SETTINGS = {"draws": 400, "top": 1}
    alone, paired = ranked(), ranked(units=units)
    assert alone.table["weight"].tolist() == paired.table["weight"].tolist()
    assert paired.draws[:, 0].std() / alone.draws[:, 0].std() == pytest.approx(np.sqrt(2), rel=0.15)
    np.testing.assert_array_equal(paired.draws, ranked(units=units).draws)
    assert alone.table["weight_raked"].isna().all()
    raked = ranked(weights=weights).table
    assert raked["weight_raked"].to_numpy() == pytest.approx(raked["weight"].to_numpy()), "equal within each pair"


# -- those who answered against the list -------------------------------------------------------------------------------


def a_list(n=300, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"C{i:04d}" for i in range(n)],
            "ownership": rng.choice(["private", "local_soe", "central_soe"], n),
            "industry_section": rng.choice(list("ABC"), n),
            "size_class": rng.choice(["large", "medium", "small"], n, p=[0.3, 0.5, 0.2]),
            "status": rng.choice(["existing", "lost"], n, p=[0.9, 0.1]),
            "deposit_avg": rng.lognormal(5, 1, n),
            "loan_balance": rng.lognormal(6, 1, n),
            "turnover_yuan_100m": rng.lognormal(2, 1, n),
        }
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_difference_of_shares_changes_sign_with_its_sides(p, q):
    there, back = representativeness.share_difference(p, q), representativeness.share_difference(q, p)
    assert there == pytest.approx(-back)


def test_hedges_g_by_hand():
    # means 2 and 4, pooled sd 1, df 4: J = 1 - 3/15 = .8; variance 6/9 + 2.56/12
    found = hedges_g([1, 2, 3], [3, 4, 5])
    half = 1.959963984540054 * np.sqrt(6 / 9 + 2.56 / 12)
    assert found == pytest.approx((-1.6, -1.6 - half, -1.6 + half))


def test_who_answers_by_size_is_found_out_and_nothing_else():
    customers = a_list(600)
    chance = customers["size_class"].map({"large": 0.9, "medium": 0.5, "small": 0.2})
    used = customers.loc[np.random.default_rng(2).random(600) < chance, "customer_id"]
    sample = representativeness.compare_with_list(customers, used, {}, 5)
    tested = representativeness.compare_tests(customers, used, sample).set_index("dimension")
    assert tested.index[tested["p_bh"] < 0.05].tolist() == ["size_class"]
    assert (
        tested.loc["size_class", "difference"] == sample.loc[sample["dimension"].eq("size_class"), "difference"].max()
    )
    counts = pd.crosstab(customers["customer_id"].isin(used), customers["size_class"])
    assert tested.loc["size_class", "statistic"] == pytest.approx(chi2_contingency(counts, correction=False).statistic)
    shuffled = customers.sample(frac=1, random_state=1)
    again = representativeness.compare_tests(shuffled, used.sample(frac=1), sample)
    pd.testing.assert_frame_equal(again, tested.reset_index()[again.columns])


def test_a_test_gives_no_suppressed_count_away():
    customers = a_list()
    customers.loc[:9, "ownership"], customers.loc[10:19, "ownership"] = "foreign", "other"
    used = customers["customer_id"].iloc[[0, 1, 2, 10, 11, *range(20, 150)]]
    sample = representativeness.compare_with_list(customers, used, {}, 5)
    hidden = sample[sample["suppressed"].eq(True)]
    assert set(hidden["key"]) == {"foreign", "other"}
    one = representativeness.compare_tests(customers, used, sample)
    swapped = customers["customer_id"].iloc[[0, 1, 10, 11, 12, *range(20, 150)]]
    other = representativeness.compare_tests(customers, swapped, sample)
    assert one.loc[0, "statistic"] == other.loc[0, "statistic"]


def test_a_characteristic_without_variation_is_not_tested():
    customers = a_list().assign(status="existing", turnover_yuan_100m=np.nan)
    used = customers["customer_id"].iloc[:150]
    sample = representativeness.compare_with_list(customers, used, {}, 5)
    tested = representativeness.compare_tests(customers, used, sample)
    assert tested["dimension"].tolist() == [
        "ownership",
        "industry_section",
        "size_class",
        "deposit_avg",
        "loan_balance",
    ]


# -- raking ------------------------------------------------------------------------------------------------------------


def test_raking_by_hand():
    # two respondents in cell (0, 0), one in (0, 1), one in (1, 1): weights a, b, c
    rows, columns = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    found = rake([(rows, np.array([0.6, 0.4])), (columns, np.array([0.4, 0.6]))], 5)
    # 2a = 1.6, c = 1.6, 2a + b = 2.4, so a = .8, b = .8, c = 1.6
    assert found.weights == pytest.approx([0.8, 0.8, 0.8, 1.6], abs=1e-9)
    assert design_effect(found.weights) == pytest.approx(4 * (3 * 0.64 + 2.56) / 16)


@given(st.integers(0, 500))
@settings(max_examples=30)
def test_raked_shares_are_the_targets_whatever_the_order(seed):
    rng = np.random.default_rng(seed)
    margins = [(rng.permutation(np.arange(90) % k), rng.dirichlet(np.full(k, 20.0))) for k in (2, 3, 4)]
    found = rake(margins, 50)
    assert found.weights.mean() == pytest.approx(1)
    for codes, target in margins:
        assert np.bincount(codes, found.weights) / 90 == pytest.approx(target, abs=1e-9)
    order = rng.permutation(90)
    again = rake([(codes[order], target) for codes, target in margins], 50)
    assert again.weights == pytest.approx(found.weights[order], abs=1e-9)


def test_a_sample_like_the_list_keeps_equal_weights():
    codes = np.repeat([0, 1, 2], [10, 20, 30])
    found = rake([(codes, np.array([1, 2, 3]) / 6)], 5)
    assert found.weights == pytest.approx(np.ones(60))
    assert design_effect(found.weights) == pytest.approx(1)


def test_no_weight_exceeds_the_limit_and_the_miss_is_told():
    codes = np.repeat([0, 1], [95, 5])
    found = rake([(codes, np.array([0.5, 0.5]))], 5)  # five respondents would have to stand for fifty
    assert found.weights.max() == pytest.approx(5)
    assert found.weights.mean() == pytest.approx(1)
    assert found.error == pytest.approx(0.25)
    told = weigh_responses.describe(found, found.weights, 5)
    assert [warning["code"] for warning in told["warnings"]] == ["margins_not_met"]
    assert told["n_at_limit"] == 5


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=50), st.floats(1.1, 8))
def test_trimming_keeps_the_sum(weights, limit):
    given_weights = np.array(weights)
    out = trim(given_weights, limit)
    assert out.sum() == pytest.approx(given_weights.sum())
    assert out.max() <= limit * given_weights.mean() * (1 + 1e-9)


def test_a_category_that_nobody_answered_for_is_left_out_and_named():
    customers = a_list()
    customers.loc[:7, "ownership"], customers.loc[8:10, "ownership"] = "foreign", "other"
    answered = customers.iloc[20:150]
    _, margins = rake_to_list(answered, customers, 5)
    gone = margins[margins["left_out"]]
    assert gone["key"].tolist() == ["foreign", "other"]
    kept = margins[~margins["left_out"]]
    assert kept["share_raked"].to_numpy() == pytest.approx(kept["share_list"].to_numpy(), abs=1e-9)
    assert kept.groupby("dimension")["share_list"].sum().to_numpy() == pytest.approx(np.ones(3))
    sample = pd.DataFrame(
        {
            "dimension": "ownership",
            "key": ["foreign", "other"],
            "label_en": ["Foreign", "Other"],
            "label_zh": ["外资", None],
            "suppressed": ["no", "yes"],
        }
    )
    named, unnamed = weigh_responses.left_out(margins, sample)
    assert (named, unnamed) == ([{"en": "Foreign", "zh": "外资"}], 1)


def test_weighted_means_are_those_of_the_repeated_answers():
    complete = pd.DataFrame({"p": [1.0, 4.0, np.nan], "text": ["a", "b", "c"]})
    book = pd.DataFrame({"item": ["p", "text"], "role": ["performance", "open"], "position": [1, 2]})
    book = book.assign(outcome=None, label_en="P", label_zh="")
    row = weigh_responses.weighted_means(complete, book, np.array([2.0, 1.0, 5.0])).iloc[0]
    assert (row["mean"], row["mean_raked"], row["n"]) == (2.5, 2.0, 2)


@pytest.mark.parametrize(
    ("told", "largest", "status", "said"),
    [
        ({"list_known": False, "compared": False, "n_usable": 99}, 0.5, "absent", "Without a customer list"),
        ({"list_known": True, "compared": False, "n_usable": 99}, 0.5, "absent", "not linked"),
        ({"list_known": True, "compared": True, "n_usable": 59}, 0.5, "refused", "59 answers"),
        ({"list_known": True, "compared": True, "n_usable": 99}, 0.2, None, "No standardised difference"),
    ],
)
def test_why_nothing_is_weighted(told, largest, status, said):
    found = weigh_responses.why_not(told, pd.DataFrame({"difference": [np.nan, -largest]}), 0.25)
    assert found.get("status") == status
    assert said in (found["reason"] if status else found["sentence"])["en"]


def test_a_difference_beyond_the_setting_calls_for_weights():
    told = {"list_known": True, "compared": True, "n_usable": 99}
    assert weigh_responses.why_not(told, pd.DataFrame({"difference": [-0.26]}), 0.25) is None


# -- early against late ------------------------------------------------------------------------------------------------


def answered_on(dates, waves=None):
    complete = pd.DataFrame({"customer_id": [f"C{i}" for i in range(len(dates))], "date": dates})
    return complete, pd.DataFrame({"customer_id": complete["customer_id"], "invite_wave": waves})


def test_the_first_wave_is_early_and_all_later_ones_are_late():
    basis, early, late = compare_waves.sides(*answered_on(["2026-01-01"] * 4, [2, 1, 3, None]))
    assert (basis, early.tolist(), late.tolist()) == ("wave", [False, True, False, False], [True, False, True, False])


def test_without_waves_the_thirds_by_date_are_compared():
    dates = ["2026-01-03", "2026-01-01", None, "2026-01-09", "2026-01-05", "2026-01-03", "2026-01-08"]
    basis, early, late = compare_waves.sides(*answered_on(dates))
    assert basis == "thirds"
    assert early.tolist() == [True, True, False, False, False, True, False], "equal dates stay together"
    assert late.tolist() == [False, False, False, True, False, False, True]


@pytest.mark.parametrize("dates", [[None] * 9, ["2026-01-01"] * 9])
def test_neither_waves_nor_dates_is_unknown(dates):
    assert compare_waves.sides(*answered_on(dates)) is None


def test_late_answers_that_are_lower_are_seen():
    rng = np.random.default_rng(1)
    late = np.repeat([False, True], 60)
    complete = pd.DataFrame({"sat": rng.normal(4 - late, 1), "i1": rng.normal(3, 1, 120), "i2": rng.normal(3, 1, 120)})
    complete.loc[:20, "i2"] = np.nan
    book = pd.DataFrame({"item": ["sat", "i1", "i2"], "scale_min": 1, "scale_max": 5, "keyed": 1})
    book["outcome"] = ["overall_satisfaction", None, None]
    attributes = pd.DataFrame({"aspect": ["x", "x"], "importance_item": ["i1", "i2"], "performance_item": [None, None]})
    attributes = attributes.assign(aspect_label_en="X", aspect_label_zh="")
    table = compare_waves.compare(complete, book, attributes, ~late, late, 0.5, 5)
    assert table["measure"].tolist() == ["satisfaction", "importance"]
    assert table.loc[0, "g_low"] > 0
    assert table.loc[1, "n_early"] == 60, "half of the items is enough"
    few = compare_waves.compare(complete, book, attributes, ~late, late & (rng.random(120) < 0.05), 0.5, 5)
    assert few.empty
