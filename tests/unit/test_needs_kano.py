"""Kano: published counts give the published results, and the invariants hold."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scripts.lib.instrument import Instrument
from scripts.needs import kano
from scripts.needs.classify_kano import classify, describe, positions

GOLDEN = json.loads((Path(__file__).parents[1] / "golden/kano.json").read_text(encoding="utf-8"))
COUNTS = GOLDEN["counts M,O,A,I,R,Q"]
PUBLISHED = next(value for key, value in GOLDEN.items() if key.startswith("published"))
SETTINGS = {"mixed": 5.0, "questionable": 0.05, "group_floor": 30}


def rounded(value, digits):
    """Rounding half up, as printed tables do."""
    return np.floor(abs(value) * 10**digits + 0.5 + 1e-9) / 10**digits * np.sign(value)


@pytest.mark.parametrize("name", COUNTS)
def test_golden_kano(name):
    largest, category, total, strength, better, worse, difference, threshold, distinct = PUBLISHED[name]
    counts = np.array([COUNTS[name]])
    row = kano.evaluate(counts, mixed=5, questionable=0.05).iloc[0]
    assert row["n"] == 296
    assert kano.CATEGORIES[int(counts.argmax())] == largest
    assert row["category"] == category
    assert rounded(100 * row["total_strength"], 0) == total
    assert rounded(100 * row["category_strength"], 0) == strength
    assert rounded(row["better"], 3) == pytest.approx(better, abs=1e-12)
    assert rounded(row["worse"], 3) == pytest.approx(worse, abs=1e-12)
    assert row["fong_difference"] == difference
    assert rounded(row["fong_threshold"], 1) == pytest.approx(threshold, abs=1e-12)
    assert bool(row["distinct"]) is distinct


def test_golden_kano_table():
    key = next(key for key in GOLDEN if key.startswith("table"))
    assert list(kano.TABLE) == GOLDEN[key]


@given(arrays(np.int64, st.tuples(st.integers(1, 60), st.just(2)), elements=st.integers(0, 4)))
def test_counts_sum_to_n_and_do_not_depend_on_order(answers):
    counts = kano.count(answers[:, 0], answers[:, 1])
    assert counts.sum() == len(answers)
    assert (kano.count(answers[::-1, 0], answers[::-1, 1]) == counts).all()


@settings(deadline=None)
@given(arrays(np.int64, (3, 6), elements=st.integers(0, 200)))
def test_coefficients_lie_in_their_intervals(counts):
    out = kano.evaluate(counts, mixed=5, questionable=0.05)
    known = out.dropna(subset=["better"])
    assert ((known["better_low"] <= known["better"]) & (known["better"] <= known["better_high"])).all()
    assert ((known["worse_low"] <= known["worse"]) & (known["worse"] <= known["worse_high"])).all()
    assert (known["better_low"] >= 0).all() and (known["worse_low"] >= -1).all()


def test_nearly_equal_categories_follow_the_order_and_are_mixed():
    row = kano.evaluate(np.array([[40, 0, 0, 42, 0, 0]]), mixed=5, questionable=0.05).iloc[0]
    assert (row["category"], row["second"], row["verdict"]) == ("M", "I", "mixed")


def test_too_many_questionable_answers_doubt_the_wording():
    row = kano.evaluate(np.array([[90, 0, 0, 0, 0, 10]]), mixed=5, questionable=0.05).iloc[0]
    assert row["verdict"] == "wording"


def _instrument(keys):
    item = {"section": "s", "type": "kano", "text": {"en": "t"}, "scale": "k"}
    return Instrument.model_validate(
        {
            "id": "i",
            "version": "1",
            "title": {"en": "t"},
            "respondent": {"en": "t"},
            "introduction": {"en": "t"},
            "wordings": "published",
            "scales": {
                "k": {
                    "kind": "nominal",
                    "points": [{"code": i + 1, "key": k, "label": {"en": "t"}} for i, k in enumerate(keys)],
                }
            },
            "aspects": [],
            "attributes": [],
            "sections": [{"id": "s", "title": {"en": "t"}}],
            "items": [
                {"id": "f", "role": "kano_functional", "column": "1", "pair": "d", **item},
                {"id": "d", "role": "kano_dysfunctional", "column": "2", "pair": "f", **item},
            ],
        }
    )


def _answers(n=100):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"f": rng.integers(1, 6, n), "d": rng.integers(1, 6, n)}).astype(float)
    frame.loc[:3, "d"] = np.nan
    pairs = pd.DataFrame(
        {"attribute": ["a"], "label_en": ["A"], "label_zh": ["甲"], "kano_functional": "f", "kano_dysfunctional": "d"}
    )
    return frame, pairs


def test_groups_get_categories_only_from_the_floor_on_and_small_ones_are_withheld():
    frame, pairs = _answers()
    group = np.array(["1"] * 60 + ["2"] * 25 + ["3"] * 12 + ["4"] * 3, dtype=object)
    places = positions(_instrument(kano.ANSWERS))
    table = classify(frame, pairs, places, group, SETTINGS, min_cell=5).set_index("group")
    assert table.at["all", "n"] == 96  # four pairs lack a half
    assert table.loc["1", list(kano.CATEGORIES)].sum() == table.at["1", "n"] == 56
    assert table.at["2", "verdict"] == "counts only" and pd.isna(table.at["2", "category"])
    # the group of three is withheld, and the next smallest with it: the total would give it away
    assert table.loc[["3", "4"], "verdict"].tolist() == ["withheld", "withheld"]
    assert table.loc[["3", "4"], "M"].isna().all()
    found = describe(table.reset_index(), SETTINGS)
    assert found["n_groups_counts_only"] == 1


def test_code_order_comes_from_the_instrument():
    frame, pairs = _answers()
    group = np.full(100, "", dtype=object)
    usual = classify(frame, pairs, positions(_instrument(kano.ANSWERS)), group, SETTINGS, 5)
    turned = classify(6 - frame, pairs, positions(_instrument(kano.ANSWERS[::-1])), group, SETTINGS, 5)
    pd.testing.assert_frame_equal(usual, turned)


def test_scale_without_the_five_answers_is_told():
    with pytest.raises(ValueError, match=r"scale k.*found like.*allowed: like, must_be"):
        positions(_instrument(["like", "must_be", "neutral", "live_with", "hate"]))
