"""What assess_scales makes of items and constructs, and each warning by its name."""

import numpy as np
import pandas as pd
import pytest

from scripts.survey.assess_scales import assess, item_statistics, scale_table, usable
from scripts.survey.keyed import keyed_answers
from scripts.survey.scale_warnings import item_warnings, scale_warnings

SETTINGS = {"confidence": 0.95, "alpha_caution": 0.70, "alpha_floor": 0.60, "citc_floor": 0.30, "scale_answered": 0.5}


def answers(seed=1, n=200, k=4, noise=0.7):
    rng = np.random.default_rng(seed)
    X = np.clip(np.round(3 + rng.normal(size=(n, 1)) + noise * rng.normal(size=(n, k))), 1, 5)
    return pd.DataFrame(X, columns=[f"i{j}" for j in range(1, k + 1)])


def codebook(items, keyed=1, role="performance"):
    book = pd.DataFrame({"item": items, "keyed": keyed, "role": role, "construct": "c", "attribute": "a"})
    book["position"] = range(1, len(items) + 1)
    return book.assign(type="likert", scale_kind="ordinal", scale_min=1.0, scale_max=5.0, label_en="x", label_zh="")


def scales_of(frame, book=None, leaving=(), **changed):
    items = ";".join(frame.columns)
    constructs = pd.DataFrame(
        [{"position": 1, "construct": "c", "items": items, "label_en": "Care", "label_zh": "关怀"}]
    )
    book = codebook(list(frame.columns)) if book is None else book
    return scale_table(frame, book, constructs, set(leaving), SETTINGS | changed)


def told(frame, **more):
    table, per_item, found = scales_of(frame, **more)
    items = item_statistics(frame, more.get("book", codebook(list(frame.columns))), 0.5)
    items = items.merge(per_item, on="item", how="left")
    items["citc_low"] = items["citc"] < SETTINGS["citc_floor"]
    return {warning["code"] for warning in scale_warnings(table, found, items, SETTINGS)}


def test_item_statistics():
    frame = pd.DataFrame({"i1": [5, 5, 4, np.nan], "i2": [1.0, 2, 3, 5]})
    items = item_statistics(frame, codebook(["i1", "i2"], role="importance"), 0.5).set_index("item")
    assert items["n"].tolist() == [3, 4]
    assert items.at["i1", "pomp"] == pytest.approx((14 / 3 - 1) / 4)
    assert items.at["i1", "top_share"] == pytest.approx(2 / 3)
    assert items["ceiling"].tolist() == [True, False]


def test_an_item_nobody_answered_is_named_and_an_item_that_never_varies():
    frame = pd.DataFrame({"i1": [np.nan] * 4, "i2": [3.0] * 4})
    items = item_statistics(frame, codebook(["i1", "i2"], role="importance"), 0.5)
    codes = [w["code"] for w in item_warnings(items, {"share": 0.0}, 0.5)]
    assert codes == ["items_without_answers", "constant_items"]


def test_a_warning_names_an_item_by_its_words():
    frame = pd.DataFrame({"i1": [3.0] * 4})
    items = item_statistics(frame, codebook(["i1"], role="importance").assign(label_en="Fast reply."), 0.5)
    text = item_warnings(items, {"share": 0.0}, 0.5)[0]["text"]["en"]
    assert text.endswith("explains nothing: Fast reply (importance).") and "i1" not in text


def test_most_importance_items_at_the_ceiling_are_told():
    ceiling = {"n_importance_items": 10, "n_with_ceiling": 6, "share": 0.6}
    items = item_statistics(answers(), codebook(["i1", "i2"]), 0.5)
    assert [w["code"] for w in item_warnings(items, ceiling, 0.5)] == ["importance_ceiling"]
    assert item_warnings(items, ceiling | {"share": 0.5}, 0.5) == []


def test_reversed_items_are_turned_as_the_questionnaire_says():
    frame = answers()
    turned = frame.assign(i1=6 - frame["i1"])
    book = codebook(list(frame.columns), keyed=[-1, 1, 1, 1])
    assert keyed_answers(turned, book)["i1"].tolist() == frame["i1"].tolist()
    straight, reverse = scales_of(frame)[0], scales_of(turned, book)[0]
    assert reverse["alpha"].iloc[0] == pytest.approx(straight["alpha"].iloc[0])


def test_a_good_scale_is_used_and_nothing_is_told():
    table, per_item, _ = scales_of(answers())
    row = table.iloc[0]
    assert row["coefficient"] == "cronbach_alpha"
    assert 0.6 < row["alpha_low"] < row["alpha"] < row["alpha_high"] < 1
    assert row["usable"] and row["omega"] > 0.6 and row["kmo"] > 0.5
    assert per_item["alpha_without"].lt(row["alpha"]).all()
    assert told(answers()) == set()


def test_holes_drop_no_row():
    frame = answers()
    holes = frame.mask(np.random.default_rng(2).random(frame.shape) < 0.1)
    complete, patched = scales_of(frame)[0].iloc[0], scales_of(holes)[0].iloc[0]
    assert patched["n"] == holes.notna().sum().min()
    assert patched["alpha"] == pytest.approx(complete["alpha"], abs=0.03)
    assert patched["n_scored"] == (holes.notna().mean(axis=1) >= 0.5).sum()


def test_an_item_with_too_many_holes_leaves_by_name():
    table = scales_of(answers(), leaving=["i2"])[0]
    assert table.iloc[0][["items", "left_out"]].tolist() == ["i1;i3;i4", "i2"]
    assert told(answers(), leaving=["i2"]) == {"scale_items_left"}


def test_a_constant_item_leaves_by_name():
    frame = answers().assign(i3=4.0)
    assert scales_of(frame)[0]["left_out"].iloc[0] == "i3"
    assert told(frame) == {"scale_items_left"}


def test_two_items_are_spearman_brown_and_one_is_no_scale():
    row = scales_of(answers()[["i1", "i2"]])[0].iloc[0]
    r = answers()[["i1", "i2"]].corr().iloc[0, 1]
    assert row["coefficient"] == "spearman_brown"
    assert row["alpha"] == pytest.approx(2 * r / (1 + r))
    assert told(answers()[["i1"]]) == {"no_scale"}
    assert not scales_of(answers()[["i1"]])[0]["usable"].iloc[0]


def test_a_negative_alpha_is_explained_and_nothing_is_reversed():
    frame = answers()
    frame = frame.assign(i1=6 - frame["i1"], i2=6 - frame["i2"])
    table = scales_of(frame)[0]
    assert table["alpha"].iloc[0] < 0
    assert not table["usable"].iloc[0]
    assert "negative_alpha" in told(frame)


def test_a_poor_scale_is_not_used_as_a_score():
    frame = answers(noise=3.0)
    assert not scales_of(frame)[0]["usable"].iloc[0]
    assert {"scales_not_used", "weak_items"} <= told(frame)


def test_an_uncertain_scale_is_told():
    assert "alpha_uncertain" in told(answers(n=40, noise=1.1))


def test_a_repeated_item_is_told():
    frame = answers()
    frame = frame.assign(i5=frame["i1"])
    assert told(frame) == {"repeated_items"}
    assert scales_of(frame)[2]["c"].repeated == ["i1", "i5"]
    assert scales_of(frame[["i1", "i5"]])[2]["c"].repeated == ["i1", "i5"]
    assert pd.isna(scales_of(frame)[0]["kmo"].iloc[0])


def test_items_without_any_answer_are_no_scale():
    result = assess(pd.DataFrame({"i1": [np.nan] * 5, "i2": [np.nan] * 5}), 0.95, 0.5)
    assert result.row["coefficient"] == "none"
    assert not usable(result.row, 0.6)


def test_a_study_without_constructs_has_an_empty_table():
    constructs = pd.DataFrame(columns=["position", "construct", "items", "label_en", "label_zh"])
    table, per_item, found = scale_table(answers(), codebook(["i1"]), constructs, set(), SETTINGS)
    assert table.empty and per_item.empty and found == {}
    assert scale_warnings(table, found, per_item, SETTINGS) == []
