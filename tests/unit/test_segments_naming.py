"""Names of segments: the study's own or what stands out; they fit, and no two are the same."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scripts.lib.labels import NAME_EN, NAME_ZH, shorten
from scripts.lib.study import Segments
from scripts.segments.naming import UNMARKED, by_distinction, names

ATTRIBUTES = pd.DataFrame({"label_en": ["Price", "Speed", "Care", "Range"], "label_zh": ["价格", "速度", None, "品种"]})


def segments(*means):
    """z-scores and labels of segments of two respondents each with the given means."""
    return np.repeat(np.array(means, dtype=float), 2, axis=0), np.repeat(np.arange(len(means)), 2)


def test_a_segment_is_named_by_the_two_attributes_in_which_it_stands_highest():
    Z, labels = segments([2, 1, 0, -1], [-1, -1, 0.5, 2])
    assert names(Z, labels, ATTRIBUTES, {}) == [("Price / Speed", "价格、速度"), ("Range / Care", "品种、Care")]


def test_only_attributes_above_everybody_name_a_segment():
    Z, labels = segments([2, -1, -1, -1], [-1, -1, -1, -1], [0, 1, 2, -1])
    assert names(Z, labels, ATTRIBUTES, {}) == [("Price", "价格"), UNMARKED, ("Care / Speed", "Care、速度")]


def test_the_order_of_the_same_two_attributes_makes_no_other_name():
    Z, labels = segments([2, 1, 0.5, 0], [1, 2, 0.5, 0])
    assert [en for en, _ in names(Z, labels, ATTRIBUTES, {})] == ["Price / Speed", "Speed / Care"]


def test_where_nothing_tells_two_segments_apart_their_number_does():
    Z, labels = segments([2, 1, -1, -1], [2, 1, -1, -1], [-1, -1, -1, -1], [-1, -1, -1, -1])
    assert [en for en, _ in names(Z, labels, ATTRIBUTES, {})] == [
        "Price / Speed",
        "Price / Speed (2)",
        UNMARKED[0],
        f"{UNMARKED[0]} (4)",
    ]


def test_the_studys_own_name_comes_first_and_is_given_to_nobody_else():
    Z, labels = segments([2, 1, 0.5, 0], [0, 0.5, 1, 2])
    given_name = {"2": {"en": "Price / Speed", "zh": "价格与速度"}}
    assert names(Z, labels, ATTRIBUTES, given_name) == [("Price / Care", "价格、Care"), ("Price / Speed", "价格与速度")]


LONG = pd.DataFrame(
    {"label_en": ["A label of an attribute that goes on and on"] * 4, "label_zh": ["很长的名称" * 6] * 4}
)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=2, max_size=6), st.booleans())
def test_names_differ_and_fit_whatever_the_segments(means, long):
    found = names(*segments(*means), LONG if long else ATTRIBUTES, {})
    for column, most in ((0, NAME_EN), (1, NAME_ZH)):
        told = [name[column] for name in found]
        assert len(set(told)) == len(told)
        assert max(map(len, told)) <= most


@given(st.permutations(range(4)))
def test_names_follow_the_segments_whatever_the_order_of_attributes(order):
    Z, labels = segments([2, 1, 0, -1], [-1, -0.5, 1, 2])
    shuffled = names(Z[:, order], labels, ATTRIBUTES.iloc[list(order)], {})
    assert shuffled == names(Z, labels, ATTRIBUTES, {})


def test_distinction_is_told_from_the_highest():
    assert by_distinction(*segments([1, 3, -1, 2])) == [[1, 3, 0]]


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("short", 9, "short"),
        ("two words here", 10, "two words…"),
        ("unbreakable", 6, "unbre…"),
        ("银企直联与司库对接", 5, "银企直联…"),
    ],
)
def test_texts_are_cut_between_words(text, width, short):
    assert shorten(text, width) == short


@pytest.mark.parametrize(
    ("given_names", "fault"),
    [
        ({"1": {"en": "Same", "zh": "一"}, "2": {"en": "Same", "zh": "二"}}, "'Same' names two segments"),
        ({"1": {"en": "x" * (NAME_EN + 1)}}, f"longer than the {NAME_EN} signs"),
        ({"1": {"en": "x", "zh": "长" * (NAME_ZH + 1)}}, f"longer than the {NAME_ZH} signs"),
        ({"first": {"en": "x"}}, "match pattern"),
    ],
)
def test_names_of_the_study_that_cannot_be_used_are_told(given_names, fault):
    with pytest.raises(ValidationError, match=fault):
        Segments(a_priori=[], names=given_names)


def test_names_without_a_chinese_text_may_share_its_lack():
    assert len(Segments(a_priori=[], names={"1": {"en": "One"}, "2": {"en": "Two"}}).names) == 2
