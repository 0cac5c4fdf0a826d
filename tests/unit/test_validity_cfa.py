"""Confirmatory factor analysis against lavaan's numbers, and what must hold for any measurement model."""

import json
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.lib.missing import em_moments
from scripts.lib.resampling import resample
from scripts.survey.scales import bartlett_sphericity, correlations, cronbach_alpha, sampling_adequacy
from scripts.validity import cfa
from scripts.validity.fit_indices import fit_indices, noncentrality_interval
from scripts.validity.htmt import htmt, htmt2, htmt_draws, pairwise_correlations
from scripts.validity.standard_errors import chi2_scale, information, marker_solution, sampling, standardised_errors

GOLDEN = json.loads(Path("tests/golden/scales.json").read_text(encoding="utf-8"))["holzinger_swineford_1939"]
EXACT, ITERATED = 1e-8, 1e-5  # closed formulas, iterative estimators
OWNER = np.repeat([0, 1, 2], 3)
NAMES = ["visual", "textual", "speed"]
INDICES = {
    "npar": "n_parameters",
    "chisq": "chi2",
    "df": "df",
    "pvalue": "p",
    "baseline.chisq": "baseline_chi2",
    "baseline.df": "baseline_df",
    "cfi": "cfi",
    "tli": "tli",
    "nnfi": "tli",
    "nfi": "nfi",
    "ifi": "ifi",
    "rmsea": "rmsea",
    "rmsea.ci.lower": "rmsea_low",
    "rmsea.ci.upper": "rmsea_high",
    "srmr": "srmr",
    "gfi": "gfi",
    "agfi": "agfi",
    "aic": "aic",
    "bic": "bic",
    "logl": "loglik",
}


@pytest.fixture(scope="module")
def answers():
    try:
        files = metadata.files("semopy") or []
    except metadata.PackageNotFoundError:
        pytest.skip("semopy, which carries the data file, is not installed")
    path = next(file for file in files if file.name == "holzinger_swineford39_data.csv").locate()
    return pd.read_csv(path)[[f"x{i}" for i in range(1, 10)]].to_numpy(float)


@pytest.fixture(scope="module")
def covariance(answers):
    return np.cov(answers, rowvar=False, bias=True)


def fitted(S, n, owner=OWNER):
    spread = np.sqrt(np.diag(S))
    solution = cfa.fit(correlations(S), owner)
    return solution, fit_indices(S, solution.implied * np.outer(spread, spread), n, cfa.n_parameters(owner))


def population(seed=1, m=3, each=3):
    """A model's parameters and its correlation matrix."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(m), each)
    loadings = random.uniform(0.5, 0.9, m * each)
    phi = np.full((m, m), 0.4) + 0.6 * np.eye(m)
    return owner, loadings, phi, cfa.implied(owner, loadings, phi, 1 - loadings**2)


def square(rows):
    return np.array([[row[name] for name in NAMES] for row in rows])


def no_holes(n, k=9):
    return np.zeros((n, k), dtype=bool)


def test_golden_fit(answers, covariance):
    _, indices = fitted(covariance, len(answers))
    assert len(INDICES) == len(GOLDEN["cfa"])
    for name, ours in INDICES.items():
        assert getattr(indices, ours) == pytest.approx(GOLDEN["cfa"][name], rel=ITERATED, abs=ITERATED), name


def test_golden_parameters_and_standard_errors(answers, covariance):
    solution, _ = fitted(covariance, len(answers))
    marker = marker_solution(solution, np.sqrt(np.diag(covariance)), sampling(solution.implied, no_holes(301)))
    golden = pd.DataFrame(GOLDEN["parameters"])
    blocks = {(0, 9): marker.loadings, (9, 18): marker.residuals}
    for (start, end), found in blocks.items():
        assert found.value == pytest.approx(golden["est"][start:end].to_numpy(), abs=ITERATED)
        free = golden["se"][start:end].to_numpy() > 0
        assert found.se[free] == pytest.approx(golden["se"][start:end].to_numpy()[free], abs=ITERATED)
        assert np.isnan(found.se[~free]).all()
    pairs = {frozenset((row.lhs, row.rhs)): row for row in golden[18:].itertuples()}
    for at, (i, j) in enumerate(zip(*np.tril_indices(3), strict=True)):
        row = pairs[frozenset((NAMES[i], NAMES[j]))]
        assert marker.covariances.value[at] == pytest.approx(row.est, abs=ITERATED)
        assert marker.covariances.se[at] == pytest.approx(row.se, abs=ITERATED)
        z = marker.covariances.value[at] / marker.covariances.se[at]
        assert z == pytest.approx(row.z, rel=1e-4)
    assert solution.loadings == pytest.approx(golden["std.all"][:9].to_numpy(), abs=ITERATED)
    assert solution.residual == pytest.approx(golden["std.all"][9:18].to_numpy(), abs=ITERATED)


def test_golden_latent_correlations_and_convergent_validity(answers, covariance):
    solution, _ = fitted(covariance, len(answers))
    assert solution.phi == pytest.approx(square(GOLDEN["latent_correlations"]), abs=ITERATED)
    for name, loadings in zip(NAMES, solution.loadings.reshape(3, 3), strict=True):
        ave, cr = cfa.convergent_validity(loadings)
        golden = GOLDEN["ave_cr_standardised"][name]
        assert (ave, cr) == pytest.approx((golden["AVE_std"], golden["CR_std"]), abs=ITERATED)


def test_golden_one_factor(answers, covariance):
    _, indices = fitted(covariance, len(answers), np.zeros(9, dtype=int))
    golden = GOLDEN["one_factor"]
    assert indices.df == golden["df"]
    found = indices.chi2, indices.cfi, indices.rmsea
    assert found == pytest.approx((golden["chisq"], golden["cfi"], golden["rmsea"]), rel=ITERATED)


def test_golden_htmt(covariance):
    R = correlations(covariance)
    assert htmt(R, OWNER) == pytest.approx(square(GOLDEN["htmt"]), abs=EXACT)
    assert htmt2(R, OWNER) == pytest.approx(square(GOLDEN["htmt2 (geometric, not the default here)"]), abs=EXACT)


def test_golden_reliability_adequacy_and_sphericity(answers, covariance):
    R = correlations(covariance)
    for name, at in zip(NAMES, np.arange(9).reshape(3, 3), strict=True):
        block = covariance[np.ix_(at, at)]
        assert cronbach_alpha(block) == pytest.approx(GOLDEN["alpha"][name], abs=EXACT)
    assert sampling_adequacy(R).overall == pytest.approx(GOLDEN["kmo"], abs=EXACT)
    test = bartlett_sphericity(R, len(answers))
    assert test.chi2 == pytest.approx(GOLDEN["bartlett"]["chisq"], rel=EXACT)
    assert test.df == GOLDEN["bartlett"]["df"]
    assert test.p == pytest.approx(GOLDEN["bartlett"]["p.value"], abs=EXACT)


@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(2, 4))
@settings(max_examples=25)
def test_a_consistent_matrix_is_recovered_exactly(seed, m, each):
    owner, loadings, phi, R = population(seed, m, each)
    solution = cfa.fit(R, owner)
    assert solution.converged
    assert solution.loadings == pytest.approx(loadings, abs=1e-6)
    assert solution.phi == pytest.approx(phi, abs=1e-6)
    indices = fit_indices(R, solution.implied, 300, cfa.n_parameters(owner))
    assert indices.chi2 == pytest.approx(0, abs=1e-6)
    assert (indices.cfi, indices.rmsea) == (1, 0)


@given(st.permutations(range(9)), st.lists(st.floats(0.1, 10), min_size=9, max_size=9))
@settings(max_examples=15)
def test_the_solution_does_not_depend_on_order_and_scaling_of_the_items(order, scaling):
    owner, _, _, R = population(4)
    S = R + 0.06 * np.cos(np.subtract.outer(np.arange(9), np.arange(9))) * (1 - np.eye(9))
    order, scale = list(order), np.array(scaling)
    one, one_fit = fitted(S, 250, owner)
    other, other_fit = fitted((S * np.outer(scale, scale))[np.ix_(order, order)], 250, owner[order])
    assert other.loadings == pytest.approx(one.loadings[order], abs=1e-6)
    assert other.phi == pytest.approx(one.phi, abs=1e-6)
    assert other_fit[:8] == pytest.approx(one_fit[:8], abs=1e-5)


def test_permuting_respondents_changes_nothing(answers):
    order = np.random.default_rng(2).permutation(len(answers))
    one, _ = fitted(em_moments(answers).covariance, 301)
    other, _ = fitted(em_moments(answers[order]).covariance, 301)
    assert other.loadings == pytest.approx(one.loadings, abs=1e-9)


def test_standardised_errors_agree_with_those_of_the_marker_solution(answers, covariance):
    solution, _ = fitted(covariance, len(answers))
    known = sampling(solution.implied, no_holes(301))
    loading_se, phi_se = standardised_errors(solution, known)
    # as lavaan's standardizedSolution prints them
    assert loading_se[:4] == pytest.approx([0.055, 0.060, 0.055, 0.023], abs=6e-4)
    assert phi_se[np.tril_indices(3, -1)] == pytest.approx([0.064, 0.073, 0.069], abs=6e-4)


def test_without_holes_nothing_is_corrected_and_information_is_that_of_the_covariances():
    owner, _, _, R = population()
    solution = cfa.fit(R, owner)
    known = sampling(R, no_holes(200))
    assert chi2_scale(solution, known) == pytest.approx(1)
    # of a normal sample's covariances: n cov(s_ab, s_cd) = s_ac s_bd + s_ad s_bc
    a, b = np.tril_indices(9)
    expected = R[a[:, None], a] * R[b[:, None], b] + R[a[:, None], b] * R[b[:, None], a]
    assert known.covariance * 200 == pytest.approx(expected, abs=1e-9)


def test_information_of_uncorrelated_items_counts_the_pairs():
    holes = np.random.default_rng(1).random((50, 4)) < 0.3
    both = (~holes).T.astype(int) @ ~holes
    a, b = np.tril_indices(4)
    expected = np.where(a == b, both[a, b] / 2, both[a, b])
    assert information(np.eye(4), holes) == pytest.approx(np.diag(expected))


def test_chi_square_and_errors_keep_their_size_when_answers_are_missing():
    owner, _, _, R = population(5)
    random = np.random.default_rng(3)
    holes = random.random((600, 9)) < np.linspace(0, 0.4, 9)
    holes[holes.all(axis=1)] = False
    root, chi2, raw, loadings, errors = np.linalg.cholesky(R), [], [], [], []
    for _ in range(150):
        X = random.normal(size=holes.shape) @ root.T
        X[holes] = np.nan
        S = correlations(em_moments(X).covariance)
        solution = cfa.fit(S, owner)
        known = sampling(solution.implied, holes)
        plain = fit_indices(S, solution.implied, len(X), cfa.n_parameters(owner))
        raw.append(plain.chi2 / plain.df)
        chi2.append(plain.chi2 / plain.df / chi2_scale(solution, known))
        loadings.append(solution.loadings)
        errors.append(standardised_errors(solution, known)[0])
    assert np.mean(raw) > 1.25  # taken for complete, the rows reject the true model
    assert np.mean(chi2) == pytest.approx(1, abs=0.08)
    assert np.mean(errors, axis=0) / np.std(loadings, axis=0) == pytest.approx(np.ones(9), abs=0.2)


def test_heywood_case_and_latent_matrix_that_is_not_positive_definite_are_seen():
    R = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1.0]])  # the first loads with 1.13
    heywood, definite = cfa.improper(cfa.fit(R, np.zeros(3, dtype=int)))
    assert (heywood.tolist(), definite) == ([0], True)
    owner, loadings, _, _ = population()
    phi = np.array([[1, 0.8, 0.1], [0.8, 1, 0.75], [0.1, 0.75, 1.0]])
    heywood, definite = cfa.improper(cfa.fit(cfa.implied(owner, loadings, phi, 1 - loadings**2), owner))
    assert (heywood.tolist(), definite) == ([], False)


def test_a_saturated_model_cannot_be_tested():
    R = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    indices = fit_indices(R, cfa.fit(R, np.zeros(3, dtype=int)).implied, 100, 6)
    assert indices.df == 0
    assert np.isnan([indices.p, indices.rmsea, indices.tli]).all()


def test_the_noncentrality_of_a_small_chi_square_is_zero():
    assert noncentrality_interval(5.0, 24) == (0.0, 0.0)
    low, high = noncentrality_interval(85.305521769973, 24)
    assert 0 < low < 85.3 - 24 < high


def test_htmt_of_parallel_items_is_the_correlation_of_the_constructs():
    owner = np.repeat([0, 1], 3)
    R = cfa.implied(owner, np.full(6, 0.7), np.array([[1, 0.55], [0.55, 1]]), np.full(6, 0.51))
    assert htmt(R, owner)[0, 1] == pytest.approx(0.55)
    assert htmt2(R, owner)[0, 1] == pytest.approx(0.55)


def test_pairwise_correlations_of_a_resample_are_those_of_the_repeated_rows(answers):
    X = answers.copy()
    X[np.random.default_rng(1).random(X.shape) < 0.1] = np.nan
    times = resample(np.arange(len(X)), 3, np.random.default_rng(2))
    found = pairwise_correlations(X, OWNER, times)
    for draw, row in zip(found, times.astype(int), strict=True):
        again = pd.DataFrame(np.repeat(X, row, axis=0)).corr().to_numpy()
        assert draw == pytest.approx(again[np.triu_indices(9, 1)], abs=1e-10)


def test_the_bootstrap_of_htmt_covers_the_population_and_is_wider_for_whole_groups():
    owner, _, _, R = population(7)
    truth, root = htmt(R, owner), np.linalg.cholesky(R)
    random, covered, widths = np.random.default_rng(5), [], []
    for _ in range(60):
        X = random.normal(size=(150, 9)) @ root.T
        draws = htmt_draws(X, owner, resample(np.arange(150), 300, random))
        low, high = np.percentile(draws, [2.5, 97.5], axis=0) + htmt(np.corrcoef(X, rowvar=False), owner)
        at = np.tril_indices(3, -1)
        covered.append(((low < truth) & (truth < high))[at].mean())
        widths.append((high - low)[at].mean())
    assert 0.88 < np.mean(covered) <= 1
    twins = np.repeat(X[:75], 2, axis=0)
    single = htmt_draws(twins, owner, resample(np.arange(150), 300, random)).std(axis=0)
    groups = htmt_draws(twins, owner, resample(np.repeat(np.arange(75), 2), 300, random)).std(axis=0)
    assert (groups[at] > 1.15 * single[at]).all()
