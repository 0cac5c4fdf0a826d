"""Results with and without the flagged, the regression of satisfaction, and who enters what."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib import values
from scripts.needs.aspect_scores import not_applicable, scores
from scripts.needs.compare_screening import by_attribute, describe, item_means, need_ranks
from scripts.needs.ratings import collect
from scripts.needs.regress_satisfaction import (
    REASONS,
    fit,
    fit_warnings,
    leaving,
    reason_not,
    refusal,
    regression_table,
    repeating,
)
from scripts.needs.trace_answers import TEXTS, entrants, of_everybody, of_regression, of_scales, of_segments, of_weights

NAMES = ["x", "y", "z"]


def survey(n=80, seed=1):
    """Importance, performance and overall satisfaction of three attributes; the codebook; the attributes."""
    rng = np.random.default_rng(seed)
    items = [*(f"imp_{name}" for name in NAMES), *(f"perf_{name}" for name in NAMES), "sat"]
    frame = pd.DataFrame(rng.integers(1, 6, (n, 7)), columns=items).astype(float)
    frame.insert(0, "respondent", [f"R{row:03d}" for row in range(n)])
    book = pd.DataFrame(
        {
            "position": range(1, 8),
            "item": items,
            "type": "likert",
            "scale_kind": "ordinal",
            "role": ["importance"] * 3 + ["performance"] * 3 + ["outcome"],
            "attribute": [*NAMES, *NAMES, None],
            "aspect": [None] * 3 + ["a", "a", "b"] + [None],
            "outcome": [None] * 6 + ["overall_satisfaction"],
            "keyed": 1,
            "scale_min": 1.0,
            "scale_max": 5.0,
            "na_code": 9,
            "label_en": items,
            "label_zh": items,
        }
    )
    attributes = pd.DataFrame(
        {
            "attribute": NAMES,
            "aspect": ["a", "a", "b"],
            "label_en": NAMES,
            "label_zh": NAMES,
            "importance_item": [f"imp_{name}" for name in NAMES],
            "performance_item": [f"perf_{name}" for name in NAMES],
        }
    )
    return frame, book, attributes


def compared(frame, flagged, book, attributes, min_cell=5):
    items = item_means(frame, flagged, book, min_cell)
    both = [need_ranks(collect(part, attributes, book)) for part in (frame, frame[~flagged])]
    needs = by_attribute(items, attributes, both)
    return items, needs, describe(items, needs, flagged, 2)


def test_both_ways_are_plain_means_of_those_who_rated():
    frame, book, attributes = survey()
    frame.loc[3:5, "imp_y"] = np.nan
    flagged = frame.index < 10
    items, needs, said = compared(frame, pd.Series(flagged), book, attributes)
    row = items.set_index("item").loc["imp_y"]
    assert row["mean_all"] == pytest.approx(frame["imp_y"].mean())
    assert row["mean_unflagged"] == pytest.approx(frame.loc[~flagged, "imp_y"].mean())
    assert (row["n_all"], row["n_unflagged"]) == (77, 70)
    assert said["largest_move"] == pytest.approx(items.loc[items["role"].ne("outcome"), "difference"].abs().max())
    assert said["satisfaction"]["difference"] == pytest.approx(frame.loc[10:, "sat"].mean() - frame["sat"].mean())
    assert sorted(needs["rank_all"]) == [1, 2, 3]


def test_a_difference_that_would_give_few_answers_away_is_withheld():
    frame, book, attributes = survey()
    flagged = pd.Series(frame.index < 6)
    frame.loc[:3, "perf_x"] = np.nan
    items, needs, said = compared(frame, flagged, book, attributes)
    hidden = items.set_index("item").loc["perf_x"]
    assert hidden["suppressed"] and hidden[["n_all", "n_unflagged", "mean_all", "mean_unflagged"]].isna().all()
    assert needs.set_index("attribute").loc["x", ["performance_all", "performance_unflagged"]].isna().all()
    assert said["n_withheld"] == 1
    assert not compared(frame, flagged, book, attributes, min_cell=1)[0]["suppressed"].any()
    nobody, _, told = compared(frame.iloc[6:], pd.Series(False, index=frame.index[6:]), book, attributes)
    assert not nobody["suppressed"].any() and told["largest_move"] == 0


@given(st.integers(0, 10_000), st.integers(0, 80))
@settings(max_examples=15)
def test_no_shown_pair_of_means_stands_on_fewer_flagged_than_the_smallest_cell(seed, n_flagged):
    frame, book, attributes = survey(seed=seed)
    rng = np.random.default_rng(seed)
    answers = frame.drop(columns="respondent")
    frame[answers.columns] = answers.mask(rng.random(answers.shape) < 0.4)
    flagged = pd.Series(rng.permutation(80) < n_flagged)
    items, needs, _ = compared(frame, flagged, book, attributes)
    between = frame.loc[flagged, items["item"]].notna().sum().to_numpy()
    assert (items["suppressed"] == ((between > 0) & (between < 5))).all()
    shuffled = frame.assign(flagged=flagged).sample(frac=1, random_state=seed)
    again, ranked, _ = compared(shuffled.drop(columns="flagged"), shuffled["flagged"], book, attributes)
    pd.testing.assert_frame_equal(items, again)
    pd.testing.assert_frame_equal(needs, ranked)


def test_everybody_flagged_leaves_one_side_empty_and_no_error():
    frame, book, attributes = survey(40)
    items, needs, said = compared(frame, pd.Series(True, index=frame.index), book, attributes)
    assert items["mean_unflagged"].isna().all() and needs["rank_unflagged"].isna().all()
    assert said["n_unflagged"] == 0 and said["satisfaction"] is None
    assert values.plain(said)["largest_rank_move"] is None


def test_a_score_is_the_mean_of_enough_answered_items():
    frame, book, _ = survey(4)
    items = book[book["role"].eq("performance")]
    frame[["perf_x", "perf_y", "perf_z"]] = [[5, 3, 1], [5, np.nan, 1], [np.nan, np.nan, np.nan], [1, 1, 5]]
    found = scores(frame, items, pd.Series(["a", "b", "c"]), 0.5)
    assert found[:, 0].tolist()[:2] == [0.75, 1.0] and np.isnan(found[2, 0])
    assert np.isnan(scores(frame, items, pd.Series(["a"]), 0.6)[1, 0]), "half is not enough for six tenths"
    assert np.isnan(found[:, 2]).all(), "an aspect without items has no score"
    given_ = frame.assign(perf_x=[5, 5, 9, 1], perf_y=[3, np.nan, np.nan, 1])
    assert not_applicable(given_, items, pd.Series(["a", "b"]))[:, 0].tolist() == [False, False, True, False]


def scored(n=200, seed=1, k=3, slope=(0.5, 0.3, 0.0)):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 1)) * 0.5 + rng.normal(size=(n, k))
    return X, X @ np.array(slope) + rng.normal(size=n), rng


def test_without_holes_the_regression_is_ordinary_least_squares():
    X, y, _ = scored()
    result = fit(X, y, 20, 1)
    Z = (X - X.mean(axis=0)) / X.std(axis=0, ddof=1)
    plain, *_ = np.linalg.lstsq(np.column_stack([np.ones(200), Z]), (y - y.mean()) / y.std(ddof=1), rcond=None)
    assert result.pooled.estimate == pytest.approx(plain[1:])
    assert result.complete.estimate == pytest.approx(plain[1:])
    assert result.complete.interval()[0] == pytest.approx(result.pooled.interval()[0])
    assert (result.pooled.fmi == 0).all() and result.n_complete == 200
    assert 0 < result.r_squared < 1


def test_holes_widen_the_interval_and_cost_information_only_where_they_are():
    X, y, rng = scored(400)
    whole = fit(X, y, 20, 1)
    X[rng.random(400) < 0.4, 0] = np.nan
    result = fit(X, y, 20, 1)
    assert result.pooled.fmi[0] > 0.25 and result.pooled.fmi.argmax() == 0
    assert result.pooled.error[0] > whole.pooled.error[0]
    assert result.pooled.estimate == pytest.approx(whole.pooled.estimate, abs=0.12)
    assert result.n_complete == (~np.isnan(X).any(axis=1)).sum()


def test_too_few_complete_cases_have_no_column():
    X, y, rng = scored(120)
    X[np.arange(120), rng.integers(0, 3, 120)] = np.nan
    result = fit(X, y, 5, 1)
    assert result.complete is None
    aspects = pd.DataFrame({"position": [1, 2, 3], "aspect": list("abc"), "label_en": list("abc"), "label_zh": None})
    table = regression_table(aspects, np.arange(3), result)
    assert table["beta"].notna().all() and table["beta_complete"].isna().all()


def test_scores_that_repeat_each_other_are_named_and_refused():
    X, _, _ = scored()
    assert repeating(X).tolist() == []
    twin = np.column_stack([X, X[:, 1] * 2 + 1])
    assert repeating(twin).tolist() == [1, 3]
    twin[:30, 1] = twin[:30, 3] = np.nan
    assert repeating(twin).tolist() == [1, 3]
    names = pd.DataFrame({"label_en": ["One", "Two", "Three", "Four"], "label_zh": ["一", "二", "三", "四"]})
    said = refusal(200, names, names.iloc[repeating(twin)], 10)
    assert said["status"] == "refused" and "Two, Four" in said["reason"]["en"] and "二、四" in said["reason"]["zh"]


def test_few_answers_are_refused():
    names = pd.DataFrame({"label_en": list("abcd"), "label_zh": None})
    assert refusal(40, names, names.head(0), 10) is None
    assert "39 answers" in refusal(39, names, names.head(0), 10)["reason"]["en"]
    assert refusal(100, names.head(0), names.head(0), 10)["status"] == "refused"


@pytest.mark.parametrize(
    ("satisfaction", "status"),
    [
        (np.full(80, np.nan), "absent"),
        (np.full(80, 3.0), "refused"),
        (np.r_[np.arange(1, 51) % 5, np.full(30, np.nan)], "refused"),
    ],
)
def test_nothing_to_regress_is_said(satisfaction, status):
    assert reason_not(satisfaction, np.ones((80, 2)))["status"] == status
    assert reason_not(np.arange(80) % 5.0, np.full((80, 2), np.nan))["status"] == "absent"
    assert reason_not(np.arange(80) % 5.0, np.ones((80, 2))) is None


def test_an_aspect_that_is_mostly_missing_or_never_varies_leaves_by_name():
    X, _, _ = scored(50, k=4, slope=(0, 0, 0, 0))
    X[:25, 1], X[:, 2], X[:, 3] = np.nan, 0.5, np.nan
    reasons = leaving(X, 0.4)
    assert reasons == ["", "missing", "constant", "missing"]
    table = pd.DataFrame({"label_en": list("abcd"), "label_zh": list("甲乙丙丁"), "fmi": [0.6, None, None, None]})
    table[["reason_en", "reason_zh"]] = [REASONS[reason] for reason in reasons]
    left, heavy = fit_warnings(table)
    assert left["code"] == "aspects_left_out" and "c (the same for everybody)" in left["text"]["en"]
    assert heavy["code"] == "imputation_heavy" and heavy["text"]["en"].endswith("imputed: a.")


def test_who_enters_what_reads_the_numbers_of_the_analyses():
    rows = pd.DataFrame({"group": ["all", "all", "1"], "n_importance": [70, 0, 9], "n_performance": [50, 60, 5]})
    assert of_everybody(rows, ["n_importance", "n_performance"]) == {
        "n_low": 50,
        "n_high": 70,
        "n_used": 3,
        "n_asked": 4,
    }
    scales = pd.DataFrame(
        {"alpha": [0.8, None], "n": [70, 60], "n_items": [3, 0], "left_out": ["p;q", "r"], "usable": ["yes", "no"]}
    )
    assert of_scales(scales) == {"n_low": 70, "n_high": 70, "n_used": 3, "n_asked": 6}
    assert of_scales(scales.head(1).assign(left_out=np.nan))["n_asked"] == 3
    built = {"status": "ok", "n_clustered": 66, "n_items_used": 5, "n_items": 6}
    assert of_segments(built)["n_low"] == 66 and of_segments({"status": "refused"}) == {}
    assert of_weights(pd.DataFrame({"n_model": [70, None]})) == {"n_low": 70, "n_high": 70, "n_used": 1, "n_asked": 2}
    regressed = {"status": "ok", "n": 61, "n_predictors": 3}
    assert of_regression(regressed, pd.DataFrame(index=range(4)))["n_asked"] == 4


def test_an_analysis_without_result_keeps_its_row():
    found = {name: {"n_low": 60, "n_high": 62} if name == "kano" else {} for name in TEXTS}
    table = entrants(found, {"answered": 0.8, "m": 20})
    assert table["analysis"].tolist() == list(TEXTS)
    assert table["n_low"].notna().sum() == 1
    text = " ".join(table["who_en"]) + " ".join(table["holes_zh"])
    assert "80%" in text and "20" in text and "{" not in text
    for empty in (of_everybody, of_scales, of_weights):
        frame = pd.DataFrame({"group": [], "alpha": [], "n_model": []})
        assert (empty(frame, ["n"]) if empty is of_everybody else empty(frame)) == {}
