"""Patterns of holes, Little's test by role, and how much rests on the reading of a code."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.survey.describe_missing import UNDEFINED, code_reading, little, little_table, patterns


def rated(n=120, seed=1):
    """Answers to three aspects of two items each, and their items."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 1)) + rng.normal(size=(n, 6))
    items = [f"i{number}" for number in range(6)]
    frame = pd.DataFrame(np.clip(np.round(X + 3), 1, 5), columns=items)
    book = pd.DataFrame({"item": items, "aspect": list("aabbcc"), "role": "importance", "leaves": False})
    return frame, book


def test_patterns_tell_whole_partly_and_too_few_answered_aspects():
    frame, items = rated(30)
    frame.iloc[:10, 0] = np.nan
    frame.iloc[:6, 2:4] = np.nan
    table = patterns(frame, items, 0.5, 1)
    assert table["n"].tolist() == [20, 6, 4] and table["n"].sum() == 30
    assert table["complete"].tolist() == ["a;b;c", "c", "b;c"]
    assert table["partly"].tolist() == ["", "a", "a"]
    assert table["too_few"].tolist() == ["", "b", ""]
    assert table["share"].sum() == pytest.approx(1)


def test_rare_patterns_are_pooled_and_a_pool_is_never_rare_itself():
    frame, items = rated(40)
    frame.iloc[:8, 0] = np.nan
    frame.iloc[8:14, 2] = np.nan
    frame.iloc[14:17, 4] = np.nan
    table = patterns(frame, items, 0.5, 5)
    assert table["n"].tolist() == [23, 8, 9]
    assert table["n_patterns"].tolist() == [1, 1, 2], "three alone would give three answers away"
    assert table["complete"].isna().tolist() == [False, False, True]


@given(st.integers(0, 10_000), st.integers(1, 8), st.floats(0, 0.6))
@settings(max_examples=30)
def test_counts_add_up_and_none_is_below_the_smallest_cell(seed, min_cell, share):
    frame, items = rated(60, seed)
    frame = frame.mask(np.random.default_rng(seed).random(frame.shape) < share)
    table = patterns(frame, items, 0.5, min_cell)
    shuffled = patterns(frame.sample(frac=1, random_state=seed), items, 0.5, min_cell)
    pd.testing.assert_frame_equal(table, shuffled)
    assert table["n"].sum() == 60 and table["n"].min() >= min_cell
    assert (table["n_patterns"].iloc[:-1] == 1).all()


def test_little_leaves_out_what_cannot_be_tested_and_counts_it():
    frame, _ = rated()
    frame.iloc[:30, 1] = np.nan
    plain = little(frame)
    more = little(frame.assign(constant=3.0, empty=np.nan, twin=frame["i1"]))
    assert plain["n_left_out"] == 0 and more["n_left_out"] == 3
    assert (more["d2"], more["df"], more["p"]) == (plain["d2"], plain["df"], plain["p"])
    assert plain["n_items"] == 6 and plain["patterns"] == 2 and plain["single"] == 0
    assert 0 <= plain["p"] <= 1


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("complete", lambda frame: frame),
        ("few_items", lambda frame: frame[["i0"]]),
        ("few_items", lambda frame: frame * np.nan),
        ("disjoint", lambda frame: pd.concat([frame[["i0"]].head(60), frame[["i1"]].tail(60)])),
        ("singular", lambda frame: frame.assign(i0=frame["i0"].tail(90), i5=frame["i3"] + frame["i4"])),
    ],
)
def test_where_little_is_not_defined_the_reason_stands_in_its_place(why, change):
    row = little(change(rated()[0]))
    assert (row["reason_en"], row["reason_zh"]) == UNDEFINED[why]
    assert "p" not in row


def test_more_items_than_the_answers_can_carry_are_told():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(20, 30)), columns=[f"i{number}" for number in range(30)])
    row = little(frame.mask(rng.random(frame.shape) < 0.2))
    assert row["reason_en"] in (UNDEFINED["unsettled"][0], UNDEFINED["singular"][0])


def test_a_role_has_one_row_and_items_that_leave_the_models_are_counted():
    frame, book = rated()
    frame.iloc[:20, 2] = np.nan
    book["role"] = ["importance"] * 4 + ["performance"] * 2
    book.loc[3, "leaves"] = True
    table = little_table(frame, book).set_index("role")
    assert table.index.tolist() == ["importance", "performance"]
    assert table.loc["importance", ["n_items", "n_left_out"]].tolist() == [3, 1]
    assert table.loc["performance", "reason_en"] == UNDEFINED["complete"][0]
    assert table["position"].tolist() == [1, 2]


def test_reading_the_code_as_the_lowest_answer_is_measured():
    items = pd.DataFrame({"item": ["x", "y", "z"], "na_code": [0, 0, 9], "scale_min": 1, "role": "performance"})
    items["attribute"] = ["p", "q", "r"]
    importance = pd.DataFrame({"item": ["ix"], "na_code": [None], "scale_min": 1, "role": "importance"})
    asked = pd.concat([items, importance.assign(attribute="p")], ignore_index=True)
    answers = pd.DataFrame({"x": [5, 5, 0, 0], "y": [3, 3, 3, np.nan], "z": [9, 9, 1, 1], "ix": [1, np.nan, np.nan, 2]})
    found = code_reading(answers, asked)
    assert (found["n_items"], found["n_cells"]) == (1, 2)
    assert found["mean"] == pytest.approx(4) and found["mean_as_rating"] == pytest.approx(2.75)
    assert found["largest_fall"] == pytest.approx(2.5)
    assert (found["blank_where_coded"], found["blank_where_rated"]) == (0.5, 0.5)
    assert code_reading(answers[["x", "y", "z"]], items)["blank_where_coded"] is None, "importance was not asked"
    assert code_reading(answers[["z"]], items.tail(1)) is None
