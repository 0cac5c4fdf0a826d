"""How often the screening is wrong: careful and planted answers go through the code that screens the real ones."""

import numpy as np
import pandas as pd
import pytest
from careful_answers import LIMITS, careful

from scripts.survey import simulate_careful
from scripts.survey.screening import INDICES, Answers, answers_of, make_plan, screen
from scripts.survey.simulate_careful import (
    PATTERNS,
    Careful,
    Planted,
    false_table,
    false_warnings,
    pattern,
    plant,
    planted_table,
    simulate,
)

SETTINGS = LIMITS | {"careful_samples": 50, "planted_share": 0.05, "false_flags": 0.05}


@pytest.fixture(scope="module")
def answers() -> Answers:
    frame, book = careful(250, seed=1)
    frame.iloc[::5, 4] = np.nan
    return answers_of(frame, book)


@pytest.fixture(scope="module")
def plan(answers):
    return make_plan(answers, careful(2, seed=1)[1], SETTINGS)


@pytest.fixture(scope="module")
def simulated(answers, plan):
    return simulate(answers, plan, SETTINGS, 0.2, seed=1)


def test_careful_samples_keep_distributions_holes_and_correlations(answers):
    drawn = Careful(answers, np.random.default_rng(2)).draw()
    X, Y = answers.ratings, drawn.ratings
    assert np.isnan(Y).sum(axis=0).tolist() == np.isnan(X).sum(axis=0).tolist()
    assert (np.sort(Y, axis=0) == np.sort(X, axis=0))[~np.isnan(np.sort(X, axis=0))].all(), "the marginals, exactly"
    whole = [column for column in range(25) if not np.isnan(X[:, column]).any()]
    drift = np.corrcoef(Y[:, whole], rowvar=False) - np.corrcoef(X[:, whole], rowvar=False)
    assert np.abs(drift).mean() < 0.08
    assert set(drawn.seconds_per_item) <= set(answers.seconds_per_item)


def test_the_rule_flags_few_careful_answers_and_the_table_counts_them(simulated):
    table = false_table(simulated.careful, SETTINGS).set_index("index")
    assert len(simulated.careful) == 50 * 250
    assert table.loc["flagged", "share"] <= 0.05
    assert table.loc["flagged", "n_flagged"] == simulated.careful["flagged"].sum()
    assert table.loc["apart", "n_flagged"] >= table.loc["flagged", "n_flagged"]
    assert table.loc["attention", ["n", "n_flagged"]].tolist() == [0, 0], "there is no check to fail"
    known = table[table["n"] > 0]
    assert ((known["low"] <= known["share"]) & (known["share"] <= known["high"])).all()


def test_planted_patterns_are_found_and_each_by_its_index(simulated):
    table = planted_table(simulated).set_index("pattern")
    assert table.index.tolist() == ["careful", *PATTERNS]
    assert table["n"].iloc[1:].sum() == 50 * round(0.05 * 250) and np.ptp(table["n"].iloc[1:]) <= 2
    assert table.loc["straight", "share_variability"] == 1
    assert table.loc["straight", "share"] > 0.9
    assert table.loc["random", "share_mahalanobis"] > table.loc["careful", "share_mahalanobis"] + 0.5


def test_the_same_seed_gives_the_same_and_the_order_of_the_file_does_not_matter(answers, plan):
    few = SETTINGS | {"careful_samples": 3}
    shuffle = np.random.default_rng(3).permutation(250)
    one = simulate(answers, plan, few, 0.2, seed=5)
    other = simulate(Answers(*(column[shuffle] for column in answers)), plan, few, 0.2, seed=5)
    pd.testing.assert_frame_equal(one.careful, other.careful)
    pd.testing.assert_frame_equal(one.planted, other.planted)
    assert not one.careful.equals(simulate(answers, plan, few, 0.2, seed=6).careful)


@pytest.mark.parametrize("kind", PATTERNS)
def test_patterns_stay_on_the_scale(plan, kind):
    X = pattern(kind, 500, plan, np.random.default_rng(1))
    assert X.shape == (500, 25)
    assert set(np.unique(X)) == {1, 2, 3, 4, 5}
    steps = np.abs(np.diff(X, axis=1))
    assert {"straight": (steps == 0).all(), "alternating": (steps == 1).all(), "random": steps.max() == 4}[kind]


def test_planting_leaves_holes_times_and_careful_answers_alone(answers, plan):
    rng = np.random.default_rng(4)
    before = Careful(answers._replace(attention=np.zeros(250)), rng).draw()
    after: Planted = plant(before, 0.2, 0, plan, 0.25, rng)
    rest = np.setdiff1d(np.arange(250), after.rows)
    assert len(after.rows) == 50 == len(set(after.rows))
    assert np.array_equal(np.isnan(after.answers.ratings), np.isnan(before.ratings))
    assert np.array_equal(after.answers.ratings[rest], before.ratings[rest], equal_nan=True)
    assert (after.answers.seconds_per_item == before.seconds_per_item).all()
    assert not after.answers.attention[rest].any()
    assert 0.5 < after.answers.attention[after.rows].mean() < 0.95


def test_large_files_are_sampled(answers):
    many = Answers(*(np.concatenate([column] * 4) for column in answers))
    assert len(Careful(many, np.random.default_rng(1)).draw().ratings) == simulate_careful.LARGEST


def test_an_item_that_nobody_answered_stays_empty(answers, plan):
    empty = answers.ratings.copy()
    empty[:, 3] = np.nan
    drawn = Careful(answers._replace(ratings=empty), np.random.default_rng(1)).draw()
    assert np.isnan(drawn.ratings[:, 3]).all()
    assert screen(drawn, plan, SETTINGS)[[f"flag_{name}" for name in INDICES]].notna().all(axis=None)


def test_too_many_false_flags_are_a_warning():
    assert false_warnings(0.05, 0.05) == []
    (told,) = false_warnings(0.071, 0.05)
    assert told["code"] == "false_flags_many" and "7.1%" in told["text"]["en"] and "7.1%" in told["text"]["zh"]
