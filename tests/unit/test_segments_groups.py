"""Who enters, what the features are, and the groups that take the segments' place."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib.job import InputError
from scripts.segments.a_priori import EVERYBODY, MERGED, group_by
from scripts.segments.build_features import (
    count_holes,
    features_of,
    item_table,
    repeated_items,
    select_answers,
    used_table,
)
from scripts.segments.cluster_customers import check_a_priori, segment_tables, stability_table, supported_values
from scripts.segments.feature_words import feature_warnings, refusal
from scripts.segments.partitions import INDICES, Partitions
from scripts.segments.segment_words import fewer_numbers, refusal_sentence, unused_names
from scripts.segments.stability import Stability

OPTIONS = pd.DataFrame(
    [("size", i, key) for i, key in enumerate(["large", "medium", "small"], 1)]
    + [("kind", i, key) for i, key in enumerate(["state", "private", "foreign"], 1)],
    columns=["item", "position", "key"],
)
OPTIONS = OPTIONS.assign(label_en=OPTIONS["key"].str.title(), label_zh="")


def cross(counts):
    rows = [pair for pair, n in counts.items() for _ in range(n)]
    return pd.DataFrame(rows, columns=["size", "kind"])


def survey(n=100, p=6, seed=1):
    rng = np.random.default_rng(seed)
    X = np.clip(np.round(3 + rng.normal(size=(n, 1)) + rng.normal(size=(n, p))), 1, 5)
    X[rng.random((n, p)) < 0.05] = np.nan
    complete = pd.DataFrame(X, columns=[f"imp_a{i}" for i in range(p)])
    complete.insert(0, "respondent", [f"R{i:04d}" for i in range(n)])
    attributes = pd.DataFrame({"position": range(1, p + 1), "attribute": [f"a{i}" for i in range(p)]})
    attributes["importance_item"] = "imp_" + attributes["attribute"]
    attributes = attributes.assign(label_en="A", label_zh="甲")
    missing = pd.DataFrame({"item": attributes["importance_item"], "leaves_models": ["no"] * (p - 1) + ["yes"]})
    return complete, attributes, missing.assign(n_answered=90, share_missing=0.1, share_not_applicable=0.0)


def test_items_leave_by_name_and_respondents_by_their_share():
    complete, attributes, missing = survey()
    items = item_table(attributes, missing, complete)
    assert items["reason"].tolist() == [""] * 5 + ["missing"]
    complete.loc[0, ["imp_a0", "imp_a1"]] = np.nan
    answers = select_answers(complete, items[items["reason"].eq("")], 0.8)
    assert "R0000" not in set(answers["respondent"])
    assert list(answers.columns) == ["respondent", "a0", "a1", "a2", "a3", "a4"]
    table = used_table(items, [])
    assert table.loc[~table["used"], "attribute"].tolist() == ["a5"]
    assert table.loc[~table["used"], "reason_en"].tolist() == ["too many missing or not applicable"]


def test_an_attribute_without_importance_item_is_not_asked_for():
    complete, attributes, missing = survey()
    attributes.loc[0, "importance_item"] = np.nan
    assert "a0" not in set(item_table(attributes, missing, complete)["attribute"])


def test_not_applicable_holes_are_counted_apart():
    complete, attributes, missing = survey()
    items = item_table(attributes, missing, complete)
    responses = complete.copy()
    responses.loc[3, "imp_a2"], complete.loc[3, "imp_a2"] = 9, np.nan
    book = pd.DataFrame({"item": items["item"], "attribute": items["attribute"], "role": "importance", "na_code": 9})
    answers = select_answers(complete, items, 0.5)
    found = count_holes(answers, items, responses, book)
    assert found["n_holes_not_applicable"] == 1
    assert found["n_holes"] == found["n_holes_missing"] + 1 == int(answers.isna().sum().sum())


def test_a_feature_that_is_the_same_for_everybody_leaves_by_name():
    complete, attributes, missing = survey()
    items = item_table(attributes, missing, complete)
    answers = select_answers(complete, items, 0.5).dropna()
    answers["a4"] = answers[["a0", "a1", "a2", "a3", "a5"]].mean(axis=1)
    features, constant, model = features_of(answers)
    assert constant == ["a4"]
    assert "a4" not in features
    assert [warning["code"] for warning in feature_warnings(constant, [], items, model)] == ["constant_feature"]


def test_items_that_repeat_each_other_are_named():
    complete, attributes, missing = survey()
    items = item_table(attributes, missing, complete)
    assert repeated_items(select_answers(complete, items, 0.5)) == []
    complete["imp_a3"] = complete["imp_a1"]
    complete.loc[2, "imp_a3"] = np.nan
    answers = select_answers(complete, items, 0.5)
    assert repeated_items(answers) == [("a1", "a3")]
    told = feature_warnings([], repeated_items(answers), items, features_of(answers)[2])
    assert told[0]["code"] == "repeated_items" and "a1 = a3" in told[0]["text"]["en"]


def test_few_answers_and_few_items_are_refused():
    assert refusal(60, 3) is None
    assert "59" in refusal(59, 3)["reason"]["en"]
    assert "2 importance items" in refusal(500, 2)["reason"]["en"]


def test_cells_become_groups_by_size():
    found = group_by(cross({("small", "private"): 30, ("large", "state"): 40}), OPTIONS, 15, 5)
    assert found.table["label_en"].tolist() == ["Large · State", "Small · Private"]
    assert found.table["n"].tolist() == [40, 30]
    assert found.member.value_counts().to_dict() == {"1": 40, "2": 30}


def test_groups_of_one_size_stand_in_the_order_of_the_options():
    found = group_by(cross({("small", "private"): 20, ("medium", "foreign"): 20}), OPTIONS, 15, 5)
    assert found.table["label_en"].tolist() == ["Medium · Foreign", "Small · Private"]


def test_small_cells_and_unknown_answers_are_merged_and_come_last():
    people = cross({("large", "state"): 60, ("small", "private"): 20, ("large", "foreign"): 9, ("small", None): 9})
    found = group_by(people, OPTIONS, 15, 5)
    assert found.table["label_en"].tolist() == ["Large · State", "Small · Private", MERGED[0]]
    assert found.table["n"].tolist() == [60, 20, 18]


def test_totals_do_not_give_a_merged_cell_back():
    """64 large ones are published, so a group of 60 beside that would tell of 4 large foreign ones."""
    counts = {("large", "state"): 60, ("large", "foreign"): 4, ("small", "private"): 40, ("small", "state"): 14}
    people = cross(counts)
    assert group_by(people, OPTIONS, 15, 5).table["n"].tolist() == [40, 78]
    assert group_by(people, OPTIONS, 15, 1).table["n"].tolist() == [60, 40, 18]


SIZES = st.sampled_from(["large", "medium", "small", None])
KINDS = st.sampled_from(["state", "private", "foreign", None])


@given(st.lists(st.tuples(SIZES, KINDS), min_size=1, max_size=150))
@settings(max_examples=60, deadline=None)
def test_groups_are_a_partition_that_shows_no_small_cell(pairs):
    people = pd.DataFrame(pairs, columns=["size", "kind"])
    found = group_by(people, OPTIONS, 15, 5)
    assert found.table["n"].sum() == len(people)
    assert found.table["share"].sum() == pytest.approx(1)
    assert found.member.isin(found.table["group"]).all()
    if len(found.table) > 1:
        assert found.table["n"].min() >= 15
    if found.table["label_en"].iloc[-1] == MERGED[0]:
        rest = people[found.member.eq(found.table["group"].iloc[-1])]
        for column in people:
            kept = people.loc[~people.index.isin(rest.index), column]
            counts = rest[column].value_counts()
            assert not (counts[counts.index.isin(kept)] < 5).any()


@pytest.mark.parametrize("people", [cross({("large", "state"): 30}), cross({}), cross({(None, None): 20})])
def test_one_group_is_everybody(people):
    found = group_by(people, OPTIONS, 15, 5)
    assert found.table[["group", "label_en", "label_zh"]].to_numpy().tolist() == [["1", *EVERYBODY]]
    assert set(found.member) <= {"1"}


def test_no_named_item_is_one_group():
    found = group_by(cross({("large", "state"): 30})[[]], OPTIONS, 15, 5)
    assert found.table["n"].tolist() == [30]


def test_groups_need_single_choice_firmographics():
    book = pd.DataFrame({"item": ["size", "years"], "role": "firmographic", "type": ["single", "number"]})
    check_a_priori(["size"], book, "demo")
    with pytest.raises(InputError, match=r"study demo, .*segments.a_priori: found years; allowed: size"):
        check_a_priori(["years"], book, "demo")


def chosen(labels, stability):
    row = dict.fromkeys(INDICES, 0.5) | {"k": 2, "min_size": 2, "min_jaccard": 0.9, "chosen": True}
    stable = Stability(np.array([0.9, 0.95]), np.array([1, 0.98]), np.array([0, 0.01]), stability, np.array([0.8, 1]))
    return Partitions(pd.DataFrame([row]), {2: labels}, {2: stable}, (0.4, 0.1))


def test_segments_are_named_and_respondents_between_them_are_marked():
    labels, stability = np.array([0, 0, 0, 1, 1]), np.array([1, 0.6, 1, 1, 1])
    Z = np.array([[2, 1, 0], [2, 1, 0], [2, 1, 0], [-3, -1, 2], [-3, -1, 2]], dtype=float)
    attributes = pd.DataFrame({"label_en": ["Price", "Speed", "Care"], "label_zh": ["价格", "速度", None]})
    parts, names = chosen(labels, stability), pd.Series(list("abcde"))
    settings = {"names": {"2": {"en": "Carers", "zh": "关怀"}}, "jaccard_floor": 0.75}
    members, groups = segment_tables(names, Z, parts, 2, attributes, settings)
    assert groups["label_en"].tolist() == ["Price / Speed", "Carers"]
    assert groups["label_zh"].tolist() == ["价格、速度", "关怀"]
    assert groups["n"].tolist() == [3, 2]
    assert members.loc[members["between"], "respondent"].tolist() == ["b"]
    found = supported_values(parts.indices, members, parts.stability[2].agreement, 7, "gap_1se", 0.75)
    assert (found["n_wavering"], found["n_not_grouped"]) == (1, 2)
    assert found["resampled"]["ari"] == pytest.approx(0.9)
    assert found["warnings"][0]["code"] == "wavering_members"
    table = stability_table(groups, members, parts, 2)
    assert table["jaccard"].tolist() == [0.9, 0.95] and table["dissolved"].tolist() == [0, 0.01]
    assert table["n_between"].tolist() == [1, 0] and table["stability_median"].tolist() == [1, 1]
    assert table["share_between"].tolist() == pytest.approx([1 / 3, 0])


def test_the_reason_names_the_gate_that_failed():
    tested, limits = {"p_smallest": 0.4, "k_smallest_p": 3}, (0.75, 15)
    table = pd.DataFrame({"k": [2, 3], "gate_a": [False, False], "min_jaccard": [0.9, 0.8], "min_size": [40, 30]})
    assert "no more grouped" in refusal_sentence(table, tested, *limits)["en"]
    unstable = refusal_sentence(table.assign(gate_a=True, min_jaccard=[0.4, 0.6]), tested, *limits)
    assert "k = 3, reaches a lowest Jaccard similarity of 0.60, at least 0.75" in unstable["en"]
    small = refusal_sentence(table.assign(gate_a=True, min_size=[9, 7]), tested, *limits)
    assert "smallest segment of 9 respondents, at least 15" in small["en"]


def test_fewer_numbers_than_the_study_allows_are_told():
    assert fewer_numbers(6, {"k_max": 6}, 200) == []
    told = fewer_numbers(3, {"k_max": 6}, 80)[0]
    assert told["code"] == "fewer_segments_tried" and "80 answers cannot carry more" in told["text"]["en"]


def test_names_of_segments_that_are_not_there_are_told():
    names = {"1": {"en": "One", "zh": ""}, "3": {"en": "Three", "zh": ""}}
    assert unused_names(names, 3) == [] == unused_names({}, 0)
    assert "Three." in unused_names(names, 2)[0]["text"]["en"]
    assert "One; Three." in unused_names(names, 0)[0]["text"]["en"]


def test_an_item_that_everybody_answers_alike_leaves_by_name():
    """Centring would make the respondents' own level of it, which is what centring is to take out."""
    complete, attributes, missing = survey()
    complete["imp_a1"] = 5.0
    items = item_table(attributes, missing, complete)
    assert items["reason"].tolist() == ["", "constant", "", "", "", "missing"]
    told = feature_warnings(["a1"], [], items, features_of(select_answers(complete, items.head(1), 0.5))[2])
    assert told[0]["code"] == "constant_feature" and "same importance" in told[0]["text"]["en"]


def test_holes_beside_a_performance_that_is_not_applicable_are_counted():
    complete, attributes, missing = survey()
    items = item_table(attributes, missing, complete)
    responses = complete.assign(perf_a2=3)
    responses.loc[3, "perf_a2"], complete.loc[3, "imp_a2"], responses.loc[3, "imp_a2"] = 0, np.nan, np.nan
    own = pd.DataFrame(
        {"item": items["item"], "attribute": items["attribute"], "role": "importance", "na_code": np.nan}
    )
    beside = {"item": "perf_a2", "attribute": "a2", "role": "performance", "na_code": 0}
    book = pd.concat([own, pd.DataFrame([beside])], ignore_index=True)
    found = count_holes(select_answers(complete, items, 0.5), items, responses, book)
    assert (found["n_holes_performance"], found["n_holes_not_applicable"]) == (1, 0)
