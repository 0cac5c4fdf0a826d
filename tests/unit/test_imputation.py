"""Multiple imputation: R's numbers, and what must hold for any data."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib.imputation import impute, least_squares, pool

GOLDEN = json.loads(Path("tests/golden/missing.json").read_text(encoding="utf-8"))


def correlated(seed, n=200, p=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + rng.normal(size=(n, p)), rng


def with_intercept(X):
    return np.concatenate([np.ones((*X.shape[:-1], 1)), X], axis=-1)


def test_golden_pooling():
    golden = GOLDEN["pool_scalar"]
    q, u = (np.array(golden[name])[:, None] for name in ("q", "u"))
    found = pool(q, u, golden["df_complete"])
    assert found.estimate[0] == pytest.approx(golden["qbar"], abs=1e-8)
    assert found.error[0] ** 2 == pytest.approx(golden["t"], abs=1e-8)
    assert found.df[0] == pytest.approx(golden["df"], abs=1e-8)
    assert found.fmi[0] == pytest.approx(golden["fmi"], abs=1e-8)


def test_golden_mice_on_nhanes():
    """Two simulations of one model: the pooled estimates agree within four standard errors of their difference."""
    golden = GOLDEN["nhanes_pmm"]
    X = np.array(golden["rows"], dtype=float)
    whole = impute(X, golden["m"], np.random.default_rng(1))
    fits = [least_squares(with_intercept(copy[:, [0, 3]]), copy[:, 1]) for copy in whole]
    found = pool(np.array([fit[0] for fit in fits]), np.array([fit[1] for fit in fits]), golden["df_complete"])
    chance = np.sqrt(2 * np.array(golden["b"]) / golden["m"])
    assert (np.abs(found.estimate - golden["estimate"]) < 4 * chance).all()
    assert found.error**2 == pytest.approx(np.array(golden["t"]), rel=0.15)
    assert found.fmi == pytest.approx(np.array(golden["fmi"]), abs=0.06)
    assert found.df == pytest.approx(np.array(golden["df"]), abs=1.5)


@given(st.integers(0, 10_000), st.floats(0.02, 0.6))
@settings(max_examples=15)
def test_an_imputed_value_was_observed_and_what_was_answered_stays(seed, share):
    X, rng = correlated(seed, n=80)
    X[rng.random(X.shape) < share] = np.nan
    X[:2] = rng.normal(size=(2, 4))
    whole = impute(X, 6, rng)
    hole = np.isnan(X)
    assert not np.isnan(whole).any()
    for column in range(4):
        assert set(whole[:, hole[:, column], column].ravel()) <= set(X[~hole[:, column], column])
        assert (whole[:, ~hole[:, column], column] == X[~hole[:, column], column]).all()


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_without_holes_it_is_ordinary_least_squares(seed):
    X, rng = correlated(seed, n=60)
    whole = impute(X, 5, rng)
    assert (whole == X).all()
    design, y = with_intercept(whole[:, :, :3]), X[:, 3]
    found = pool(*least_squares(design, y), len(X) - 4)
    fitted, rss, *_ = np.linalg.lstsq(design[0], y, rcond=None)
    variance = rss[0] / (len(X) - 4) * np.diag(np.linalg.inv(design[0].T @ design[0]))
    assert found.estimate == pytest.approx(fitted)
    assert found.error == pytest.approx(np.sqrt(variance))
    assert (found.df == len(X) - 4).all() and (found.fmi == 0).all()


def test_holes_at_random_leave_the_mean_and_the_slope_where_they_are():
    """Over 60 samples the pooled mean has no bias beyond chance; its interval covers the truth as promised."""
    bias, covered, slopes = [], 0, []
    for seed in range(60):
        X, rng = correlated(seed, n=150, p=2)
        X[rng.random(150) < 0.3, 0] = np.nan
        whole = impute(X, 20, rng)
        means, n = whole[:, :, [0]].mean(axis=1), 150
        found = pool(means, whole[:, :, [0]].var(axis=1, ddof=1) / n, n - 1)
        low, high = found.interval()
        covered += int(low[0] <= 0 <= high[0])
        bias.append(found.estimate[0])
        slopes.append(pool(*(np.array(part) for part in zip(*fits(whole), strict=True)), n - 2).estimate[1])
    assert abs(np.mean(bias)) < 4 * np.std(bias) / np.sqrt(60)
    assert covered >= 51
    assert abs(np.mean(slopes) - 0.5) < 4 * np.std(slopes) / np.sqrt(60)


def fits(whole):
    return [least_squares(with_intercept(copy[:, [0]]), copy[:, 1]) for copy in whole]


def test_imputations_follow_the_other_columns():
    X, rng = correlated(7, n=300, p=3)
    X[:, 2] = X[:, 0] + 0.1 * rng.normal(size=300)
    truth = X[:100, 2].copy()
    X[:100, 2] = np.nan
    whole = impute(X, 10, rng)
    assert np.corrcoef(whole[:, :100, 2].mean(axis=0), truth)[0, 1] > 0.97
    assert whole[:, :100, 2].std(axis=0).mean() > 0.03, "imputations differ: the uncertainty is kept"


def test_the_same_seed_gives_the_same_imputations():
    X, rng = correlated(8)
    X[rng.random(X.shape) < 0.2] = np.nan
    one, other = (impute(X, 4, np.random.default_rng(3)) for _ in range(2))
    assert (one == other).all()


def test_fewer_answers_than_donors_are_enough_and_none_is_named():
    X, rng = correlated(9, n=30, p=2)
    X[3:, 0] = np.nan
    assert set(impute(X, 3, rng)[:, :, 0].ravel()) <= set(X[:3, 0])
    X[:, 0] = np.nan
    with pytest.raises(ValueError, match=r"\[0\]"):
        impute(X, 3, rng)
