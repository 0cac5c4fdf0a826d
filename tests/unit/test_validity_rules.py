"""What the rules on validity make of a study: who enters, what is refused, withheld, flagged and told."""

import numpy as np
import pandas as pd
import pytest

from scripts.lib.missing import em_moments
from scripts.lib.resampling import resample
from scripts.lib.study import Scales
from scripts.validity import cfa, cfa_words
from scripts.validity.compare_constructs import pair_table, refusal, verdicts, warn, with_latent
from scripts.validity.confirm_factors import confirm
from scripts.validity.estimate_covariance import estimate, model_items
from scripts.validity.explore_factors import explore
from scripts.validity.htmt import htmt_draws
from scripts.validity.model import owners

SETTINGS = Scales(parallel_draws=100, htmt_draws=200).model_dump()
SIZES = {"c1": 4, "c2": 4, "c3": 3}
NAMES = {f"c{j}": f"Scale {j}" for j in range(1, 10)}


def constructs(sizes):
    first = np.concatenate([[0], np.cumsum(list(sizes.values()))])
    rows = [
        {
            "position": j + 1,
            "construct": name,
            "items": ";".join(f"i{i + 1}" for i in range(first[j], first[j + 1])),
            "label_en": NAMES[name],
            "label_zh": "",
        }
        for j, name in enumerate(sizes)
    ]
    return pd.DataFrame(rows).astype({"label_zh": object}).replace({"label_zh": {"": None}})


def codebook(sizes, role="performance"):
    k = sum(sizes.values())
    names = [name for name, size in sizes.items() for _ in range(size)]
    book = pd.DataFrame({"item": [f"i{i + 1}" for i in range(k)], "construct": names, "position": range(1, k + 1)})
    book["role"] = [role] * k if isinstance(role, str) else role
    book["label_en"] = [f"Item {i + 1}" for i in range(k)]
    return book.assign(attribute=None, label_zh=None, type="likert", keyed=1, scale_min=1.0, scale_max=5.0)


ATTRIBUTES = pd.DataFrame({"attribute": ["a"], "label_en": ["An attribute"], "label_zh": ["属性"]})


def answers(sizes=None, n=300, r=0.3, seed=1, loading=0.75):
    """Normal answers of correlated constructs, one column an item."""
    sizes = sizes or SIZES
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(len(sizes)), list(sizes.values()))
    phi = np.full((len(sizes), len(sizes)), r) + (1 - r) * np.eye(len(sizes))
    R = cfa.implied(owner, np.full(len(owner), loading), phi, np.full(len(owner), 1 - loading**2))
    X = rng.normal(size=(n, len(owner))) @ np.linalg.cholesky(R).T
    return pd.DataFrame(X, columns=[f"i{i + 1}" for i in range(len(owner))])


def entering(frame, sizes=None, leaving=(), role="performance"):
    sizes = sizes or SIZES
    items = model_items(frame, codebook(sizes, role), ATTRIBUTES, constructs(sizes), set(leaving))
    return items, estimate(frame, items)


def explored(frame, sizes=None, role="performance", **changed):
    items, (table, said) = entering(frame, sizes, role=role)
    S = table.set_index("item").to_numpy(float)
    return explore(S, items[items["enters"]].reset_index(drop=True), said, SETTINGS | changed, 7)


def confirmed(frame, sizes=None, leaving=(), **changed):
    sizes = sizes or SIZES
    items, (table, _) = entering(frame, sizes, leaving)
    rows = items[items["enters"]].reset_index(drop=True)
    return confirm(table.set_index("item").to_numpy(float), rows, constructs(sizes), frame, SETTINGS | changed)


def codes(said):
    return [warning["code"] for warning in said["warnings"]]


def test_items_enter_by_their_attribute_and_leave_by_name_and_cause():
    frame = answers().assign(i3=4.0)
    book = codebook(SIZES)
    book.loc[0, "attribute"] = "a"
    items = model_items(frame, book, ATTRIBUTES, constructs(SIZES), {"i2"}).set_index("item")
    assert items.loc["i1", ["label_en", "label_zh", "construct_en"]].tolist() == ["An attribute", "属性", "Scale 1"]
    assert items["cause"].to_dict() == dict.fromkeys(items.index, "") | {"i2": "holes", "i3": "constant"}
    assert items.index[~items["enters"]].tolist() == ["i2", "i3"]


def test_the_covariance_is_that_of_em_and_says_its_n():
    frame = answers().mask(np.random.default_rng(3).random((300, 11)) < 0.1)
    frame.loc[0] = np.nan
    _, (table, said) = entering(frame)
    assert table.set_index("item").to_numpy(float) == pytest.approx(em_moments(frame.to_numpy()).covariance)
    assert (said["n"], said["n_items"], said["holes"]) == (299, 11, True)
    assert said["n_pair_min"] < said["n_pair_harmonic"] < said["n_item_min"] < 299
    assert "n_pair_min" in entering(answers())[1][1] and not entering(answers())[1][1]["holes"]


def test_a_repeated_item_is_an_error_of_its_name_with_what_to_do():
    frame = answers().assign(i11=lambda rows: rows["i1"])
    _, (table, said) = entering(frame)
    assert said["status"] == "refused" and table.empty
    assert "Item 1 (performance); Item 11 (performance). Take the repeated item out" in said["reason"]["en"]
    frame = answers().assign(i11=lambda rows: rows["i1"] + rows["i2"])
    assert "Item 1 (performance); Item 2 (performance); Item 11" in entering(frame)[1][1]["reason"]["en"]


def test_no_scales_few_items_and_few_answers_have_no_covariance():
    none = model_items(answers(), codebook(SIZES), ATTRIBUTES, constructs(SIZES).head(0), set())
    assert estimate(answers(), none)[1]["status"] == "absent"
    leaving = [f"i{i}" for i in range(3, 12)]
    assert "2 of their items can be used" in entering(answers(), leaving=leaving)[1][1]["reason"]["en"]
    assert "11 answers are not more than the 11 items" in entering(answers(n=11))[1][1]["reason"]["en"]


def test_planted_factors_are_found_in_the_scales_that_name_them():
    found, said = explored(answers())
    block = found["blocks"].iloc[0]
    assert (block["n_factors"], block["n_constructs"], block["n_flagged"]) == (3, 3, 0)
    assert sorted(found["factors"]["constructs_en"]) == ["Scale 1 (4)", "Scale 2 (4)", "Scale 3 (3)"]
    assert found["loadings"].groupby("construct")["factor"].nunique().eq(1).all()
    assert found["parallel"]["kept"].sum() == 3
    assert 0.2 < said["harman_factor"] < said["harman_component"] < 0.6


def test_outcomes_are_explored_apart_and_factors_numbered_through():
    found, _ = explored(answers(), role=["performance"] * 8 + ["outcome"] * 3)
    assert found["blocks"]["block"].tolist() == ["performance", "outcome"]
    assert found["factors"]["block"].tolist() == ["performance", "performance", "outcome"]
    assert found["factors"]["factor"].tolist() == [1, 2, 3]
    rows = found["loadings"].set_index("item")
    assert rows.loc["i11", ["factor_1", "factor_2"]].isna().all() and rows.loc["i11", "factor"] == 3
    assert pd.isna(rows.loc["i11", "cross_factor"])


def test_items_are_flagged_and_none_is_dropped():
    frame = answers(n=600)
    rng = np.random.default_rng(4)
    frame["i1"] = rng.normal(size=600)
    frame["i5"] = frame[["i2", "i3", "i6", "i7"]].sum(axis=1) + rng.normal(size=600)
    rows = explored(frame)[0]["loadings"].set_index("item")
    assert len(rows) == 11
    assert rows.loc["i1", ["weak", "low_communality"]].tolist() == [True, True]
    assert rows.loc["i1", "flags_en"] == "low loading, low communality"
    assert rows.loc["i5", "crosses"] and rows.loc["i5", "flags_zh"] == "交叉载荷"
    assert not rows.loc["i7", "flagged"]


@pytest.mark.parametrize(
    ("frame", "changed", "reason"),
    [
        (answers(n=149), {}, "149 answers are fewer than the 150"),
        (answers(), {"efa_per_item": 50}, "300 answers for 11 items are fewer than 50 an item"),
        (answers(), {"kmo_floor": 0.99}, "at least 0.99 is needed"),
        (answers(loading=0.0, seed=2), {"kmo_floor": 0.0}, "no factor stands out from noise"),
    ],
)
def test_each_refusal_of_the_exploration_says_which_threshold_was_missed(frame, changed, reason):
    found, said = explored(frame, **changed)
    assert said["status"] == "refused" and reason in said["reason"]["en"]
    assert said["reason"]["zh"] and found["loadings"].empty
    assert found["parallel"].empty == ("noise" not in reason)


def test_a_block_that_cannot_be_explored_leaves_the_other_whole():
    found, said = explored(answers(), role=["performance"] * 9 + ["outcome"] * 2)
    assert "status" not in said
    assert found["blocks"]["n_factors"].tolist()[0] == 2
    assert (
        found["blocks"]["refused_en"].iloc[1] == "The outcome items are not explored: 2 items are too few for a factor."
    )


def test_more_factors_than_the_items_can_identify_are_said():
    sizes = {"c1": 2, "c2": 2}
    found, said = explored(answers(sizes, n=2000), sizes)
    assert found["blocks"]["n_parallel"].iloc[0] == 2 and found["blocks"]["n_factors"].iloc[0] == 1
    assert "efa_not_identified" in codes(said)


def test_a_model_that_is_true_fits_and_its_scales_hold():
    found = confirmed(answers())
    said = found["said"]
    assert (said["n_met"], said["testable"], codes(said)) == (3, True, [])
    assert found["loadings"]["loading"].to_numpy() == pytest.approx(np.full(11, 0.75), abs=0.12)
    assert found["loadings"]["loading_low"].lt(found["loadings"]["loading"]).all()
    validity = found["validity"]
    assert validity["fornell_larcker"].eq(True).all() and validity["ave"].gt(0.5).all()
    parameters = found["parameters"]
    assert len(parameters) == 11 + 11 + 6
    marker = parameters[parameters["op"].eq("=~")].drop_duplicates("lhs")
    assert marker["estimate"].tolist() == [1, 1, 1] and marker["se"].isna().all()


def test_a_model_that_is_false_is_told_and_names_what_it_explains_least():
    frame = answers()
    frame["i8"] = frame["i1"] + 0.3 * np.random.default_rng(1).normal(size=300)
    said = confirmed(frame)["said"]
    assert "model_does_not_fit" in codes(said)
    assert {said["largest_residual"]["first_en"], said["largest_residual"]["second_en"]} == {"Item 1", "Item 8"}


def test_missing_answers_keep_the_model_and_widen_its_errors():
    frame = answers()
    holes = frame.mask(np.random.default_rng(2).random(frame.shape) < 0.25)
    whole, patched = confirmed(frame), confirmed(holes)
    assert whole["said"]["fit"]["scale"] == 1 and patched["said"]["fit"]["scale"] > 1.3
    assert np.isfinite(whole["said"]["fit"]["aic"]) and np.isnan(patched["said"]["fit"]["aic"])
    assert patched["loadings"]["loading_se"].mean() > 1.1 * whole["loadings"]["loading_se"].mean()


def test_a_construct_with_one_item_leaves_and_one_with_two_stays_with_a_word():
    found = confirmed(answers(), leaving=["i2", "i3", "i4", "i9"])
    assert found["validity"]["construct"].tolist() == ["c2", "c3"]
    assert {"constructs_left", "two_item_constructs"} <= set(codes(found["said"]))
    texts = {warning["code"]: warning["text"]["en"] for warning in found["said"]["warnings"]}
    assert texts["constructs_left"].endswith("no construct: Scale 1.")
    assert texts["two_item_constructs"].endswith("two items: Scale 3.")


def test_low_ave_and_low_reliability_are_told():
    found = confirmed(answers(loading=0.5, n=900), leaving=["i10", "i11"])
    assert {"ave_low", "cr_low"} <= set(codes(found["said"]))


def test_too_few_answers_and_too_few_items_are_refused():
    assert "199 answers are fewer than the 200" in confirmed(answers(n=199))["said"]["reason"]["en"]
    sizes = {"c1": 2, "c2": 1}
    found = confirmed(answers(sizes), sizes)
    assert "2 items of scales with two or more usable items do not identify" in found["said"]["reason"]["en"]
    sizes = {"c1": 1, "c2": 1, "c3": 1}
    assert "0 items" in confirmed(answers(sizes), sizes)["said"]["reason"]["en"]


def test_a_saturated_model_is_not_called_fitting():
    sizes = {"c1": 3}
    said = confirmed(answers(sizes), sizes)["said"]
    assert not said["testable"] and codes(said) == []


def test_improper_solutions_are_withheld_and_each_cause_has_its_name():
    owner, rows, kept = owners(
        entering(answers())[0].assign(enters="yes").reset_index(drop=True), constructs(SIZES).fillna("")
    )
    one, phi = np.full(11, 0.7), np.full((3, 3), 0.3) + 0.7 * np.eye(3)
    merged = np.array([[1, 0.8, 0.1], [0.8, 1, 0.75], [0.1, 0.75, 1.0]])
    cases = {
        "heywood_case": cfa.Solution(owner, one, phi, np.where(np.arange(11) == 4, -0.1, 0.5), True),
        "latent_matrix_not_positive_definite": cfa.Solution(owner, one, merged, np.full(11, 0.5), True),
        "cfa_not_converged": cfa.Solution(owner, one, phi, np.full(11, 0.5), False),
        "cfa_not_identified": cfa.Solution(owner, one, phi, np.full(11, 0.5), True),
    }
    for code, solution in cases.items():
        said = cfa_words.withheld(solution, rows, kept, [])
        assert said["status"] == "refused" and codes(said) == [code]
        assert all(said["warnings"][0]["text"].values())
    heywood = cfa_words.withheld(cases["heywood_case"], rows, kept, [])["warnings"][0]["text"]["en"]
    assert "for: Item 5 (performance)." in heywood


def test_constructs_that_are_one_thing_have_no_admissible_or_a_telling_solution():
    frame = answers({"c1": 3}, loading=0.9, n=250, seed=3)
    twin = answers({"c1": 3}, loading=0.9, n=250, seed=3) + 0.2 * np.random.default_rng(8).normal(size=(250, 3))
    both = pd.concat([frame, twin.set_axis(["i4", "i5", "i6"], axis=1)], axis=1)
    sizes = {"c1": 3, "c2": 3}
    found = confirmed(both, sizes)
    assert found["validity"].empty or not found["validity"]["fornell_larcker"].any()


def pairs_of(frame, sizes, group=None, seed=5):
    items, _ = entering(frame, sizes)
    owner, rows, kept = owners(items, constructs(sizes))
    X = frame[rows["item"].tolist()].to_numpy(float)
    group = np.arange(len(X)) if group is None else group
    draws = htmt_draws(X, owner, resample(group, 200, np.random.default_rng(seed)))
    R = np.corrcoef(X, rowvar=False)
    return pair_table(R, owner, kept, draws, SETTINGS)


def test_constructs_that_are_apart_and_those_that_are_not():
    apart = pairs_of(answers(), SIZES)
    assert apart["verdict"].tolist() == ["apart"] * 3 and warn(apart, SETTINGS) == []
    assert apart["htmt_low"].lt(apart["htmt"]).all() and apart["htmt_high"].gt(apart["htmt"]).all()
    one = pairs_of(answers(r=0.99), SIZES)
    assert one["verdict"].eq("not_apart").all()
    told = warn(one, SETTINGS)[0]
    assert (told["code"], told["severity"]) == ("constructs_not_apart", "serious")
    for name in ("Scale 1 and Scale 2", "Scale 1 and Scale 3", "Scale 2 and Scale 3"):
        assert name in told["text"]["en"]


def test_a_verdict_needs_the_interval_as_well():
    ratio, high = pd.Series([0.5, 0.84, 0.86, 0.9]), pd.Series([0.6, 0.93, 0.89, 0.95])
    assert verdicts(ratio, high, SETTINGS) == ["apart", "unsure", "unsure", "not_apart"]


def test_latent_correlations_stand_beside_where_there_are_any():
    pairs = pairs_of(answers(), SIZES)
    found = confirmed(answers())
    filled = with_latent(pairs, found["parameters"], found["validity"])
    assert filled["latent_r"].to_numpy() == pytest.approx(pairs["htmt"].to_numpy(), abs=0.08)
    assert filled["fornell_larcker"].eq("yes").all()
    empty = with_latent(pairs, found["parameters"].head(0), found["validity"].head(0))
    assert empty[["latent_r", "fornell_larcker"]].isna().all().all()


def test_few_answers_and_one_construct_are_not_compared():
    assert "59 answers are fewer than 60" in refusal(59, 3)["reason"]["en"]
    assert "fewer than two of them" in refusal(300, 1)["reason"]["en"]
    assert refusal(60, 2) is None
