"""Gate A and the whole way to segments: nothing is found in noise and halo, three planted segments are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from scripts.lib import copula
from scripts.segments.features import canonical_order, centre_and_fill, fit_fill
from scripts.segments.limits import numbers_tried
from scripts.segments.naming import by_distinction
from scripts.segments.partition import distances, sampled, silhouettes, standardise
from scripts.segments.partitions import choose, jaccard_table, partitions
from scripts.segments.test_homogeneity import gate_table, run_gate, too_few_draws

SETTINGS = {
    "k_max": 4,
    "draws": 99,
    "alpha": 0.05,
    "sample": 1000,
    "starts": 3,
    "starts_final": 10,
    "jaccard_draws": 40,
    "jaccard_floor": 0.75,
    "size_floor": 15,
    "size_share": 0.05,
    "gap_draws": 15,
}
CENTRES = np.array([np.repeat([1.3, -0.7, -0.7], 4), np.repeat([-0.7, 1.3, -0.7], 4), np.repeat([-0.7, -0.7, 1.3], 4)])


def answers(kind, seed=1, n=200, p=12):
    """Likert answers 1..5: noise, a halo, a halo with ceiling, three factors, or three planted segments."""
    rng = np.random.default_rng(seed)
    own, halo = rng.normal(size=(n, p)), rng.normal(size=(n, 1))
    if kind == "noise":
        Z = own
    elif kind == "halo":
        Z = np.sqrt(0.5) * (halo + own)
    elif kind == "ceiling":
        Z = np.sqrt(0.5) * (halo + own) + 1.5
    elif kind == "factors":
        Z = np.sqrt(0.55) * rng.normal(size=(n, 3))[:, np.repeat([0, 1, 2], 4)] + np.sqrt(0.45) * own
    else:
        Z = CENTRES[np.arange(n) % 3] + 0.9 * own
    return np.searchsorted([-1.5, -0.5, 0.5, 1.5], Z) + 1.0


def gate(X, **changed):
    return run_gate(X, np.arange(X.shape[1]), SETTINGS | changed, 1)


def punch(X, seed=1, share=0.06):
    holes = np.random.default_rng(seed).random(X.shape) < share
    return np.where(holes, np.nan, X)


@pytest.mark.parametrize("kind", ["noise", "halo", "ceiling", "factors"])
def test_no_segments_in_homogeneous_answers(kind):
    table, *_ = gate(answers(kind))
    assert not table["passes"].any()


def test_no_segments_in_a_halo_with_holes():
    table, draws, *_ = gate(punch(answers("halo")))
    assert not table["passes"].any()
    assert len(draws) == 99 * 3


@pytest.mark.parametrize("holes", [False, True])
def test_three_planted_segments_are_found(holes):
    X = punch(answers("segments")) if holes else answers("segments")
    order = canonical_order(X)
    X, truth = X[order], (np.arange(200) % 3)[order]
    table, *_ = gate(X)
    Z = standardise(centre_and_fill(X, fit_fill(X)))
    found = partitions(Z, table.assign(passes=table["passes"].map({True: "yes", False: "no"})), SETTINGS, [1])
    k, rule = choose(found.indices)
    assert (k, rule) == (3, "gap_1se")
    assert adjusted_rand_score(found.labels[3], truth) > 0.9
    assert found.stability[3].respondents.mean() > 0.95
    tops = {tuple(sorted(j // 4 for j in top)) for top in (ranked[:2] for ranked in by_distinction(Z, found.labels[3]))}
    assert tops == {(0, 0), (1, 1), (2, 2)}
    assert jaccard_table(found).groupby("k")["size"].sum().eq(200).all()


def test_shuffled_respondents_give_the_same_gate():
    X = punch(answers("segments", n=120))
    shuffled = X[np.random.default_rng(4).permutation(len(X))]
    pd.testing.assert_frame_equal(gate(X, draws=19)[0], gate(shuffled, draws=19)[0])


def test_more_draws_keep_the_first_ones():
    X = answers("halo", n=80)
    few, more = gate(X, draws=19)[1], gate(X, draws=25)[1]
    pd.testing.assert_frame_equal(few, more.iloc[: len(few)])


def test_the_null_keeps_marginals_correlations_and_holes():
    X = punch(answers("ceiling", n=400))
    fitted = copula.fit(X)
    assert fitted.attained == pytest.approx(fitted.wanted, abs=1e-6)
    drawn = [copula.draw(X, fitted, np.random.default_rng(b)) for b in range(200)]
    for column in range(X.shape[1]):
        assert (np.sort(drawn[0][:, column]) == np.sort(X[:, column]))[~np.isnan(np.sort(X[:, column]))].all()
    assert (np.isnan(drawn[0]) == np.isnan(X)).all()
    mean = np.mean([copula.pearson(draw) for draw in drawn], axis=0)
    assert mean == pytest.approx(fitted.wanted, abs=0.03)


@given(st.floats(-0.9, 0.9), st.sampled_from([0.0, 0.3, 0.8]), st.integers(0, 100))
@settings(max_examples=20)
def test_the_calibrated_correlation_is_undone_by_cutting(latent, style, seed):
    X = np.random.default_rng(seed).integers(1, 6, (80, 2)).astype(float)
    cut = copula.cut_items(X, style)
    wanted = copula.discretised_correlation(cut, np.array([[1, latent], [latent, 1]]))
    assert copula.calibrate(cut, wanted)[0, 1] == pytest.approx(latent, abs=1e-6)


@pytest.mark.parametrize("style", [0.0, 0.5])
def test_the_attained_correlation_is_that_of_the_draws(style):
    X = answers("ceiling", n=20_000, p=4)
    fitted = copula.with_style(X, style)
    drawn = np.mean([copula.pearson(copula.draw(X, fitted, np.random.default_rng(b))) for b in range(40)], axis=0)
    assert drawn == pytest.approx(fitted.attained, abs=0.005)
    assert fitted.attained == pytest.approx(fitted.wanted, abs=1e-6)


@pytest.mark.parametrize("style", [0.0, 0.4, 0.8])
def test_the_style_of_the_respondents_is_found(style):
    rng = np.random.default_rng(3)
    spread = np.exp(style * rng.normal(size=(2000, 1)))
    Z = spread * np.sqrt(0.5) * (rng.normal(size=(2000, 1)) + rng.normal(size=(2000, 12)))
    X = np.searchsorted([-1.5, -0.5, 0.5, 1.5], Z) + 1.0
    assert copula.fit(X).style == pytest.approx(style, abs=0.05)


def test_an_item_that_never_varies_is_independent_in_the_null():
    X = answers("halo")
    X[:, 3] = 5
    fitted = copula.fit(X)
    assert np.delete(fitted.latent[3], 3) == pytest.approx(0, abs=1e-9)
    assert (copula.draw(X, fitted, np.random.default_rng(1))[:, 3] == 5).all()


def test_features_are_centred_on_the_items_answered():
    X = punch(answers("halo"))
    features = centre_and_fill(X, fit_fill(X))
    own = X - np.nanmean(X, axis=1, keepdims=True)
    there = ~np.isnan(X)
    assert features[there] == pytest.approx(own[there])
    assert not np.isnan(features).any()
    assert features[~there].std() > 0


def test_a_halo_leaves_the_features():
    X = answers("halo")
    moved = X + np.random.default_rng(1).integers(0, 9, size=(len(X), 1))
    assert centre_and_fill(moved, fit_fill(moved)) == pytest.approx(centre_and_fill(X, fit_fill(X)))


def test_more_items_than_rows_can_carry_get_a_prior():
    X = punch(answers("halo", n=60, p=40), share=0.1)
    assert fit_fill(X).prior_rows == 6
    assert fit_fill(punch(answers("halo"))).prior_rows == 0


def test_p_values_count_the_observed_one():
    table = gate_table(np.array([2.0, 0.5]), np.array([[1.0, 1.0], [0.0, 0.0], [1.5, 0.5]]), [2, 3], 0.05)
    assert table["p"].tolist() == [0.25, 0.75]
    assert table["p_adjusted"].tolist() == [0.5, 1.0]


@pytest.mark.parametrize(("n", "ks"), [(60, [2, 3]), (99, [2, 3]), (100, [2, 3, 4, 5, 6]), (74, [2, 3]), (29, [])])
def test_few_respondents_allow_few_segments(n, ks):
    features = np.random.default_rng(1).normal(size=(n, 4))
    assert numbers_tried(features, SETTINGS | {"k_max": 6}) == ks


def test_no_more_segments_than_distinct_answers():
    features = np.repeat(np.eye(3), 50, axis=0)
    assert numbers_tried(features, SETTINGS | {"k_max": 6}) == [2]


def test_of_many_respondents_a_sample_is_tested():
    X = answers("halo", n=400)
    found = gate(X, sample=150, draws=19)
    assert found.n == 150
    again = gate(X[::-1], sample=150, draws=19)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_sampled_silhouettes_are_those_of_the_sampled_rows():
    Z = np.random.default_rng(2).normal(size=(60, 3))
    labels = np.arange(60)[None] % 3
    of = sampled(60, 20, np.random.default_rng(1))
    theirs = silhouette_samples(Z, labels[0])[of].mean()
    assert silhouettes(distances(Z, of), labels, of)[0] == pytest.approx(theirs, abs=1e-12)


def test_too_few_draws_are_told():
    assert too_few_draws(SETTINGS | {"draws": 19}, 3)[0]["code"] == "too_few_draws"
    assert too_few_draws(SETTINGS | {"draws": 59}, 3) == []


def indices(**columns):
    rows = {"k": [2, 3, 4], "gate_a": True, "gate_b": True, "gate_c": True, "gap_rule": True, "z": [1.0, 3.0, 2.0]}
    return pd.DataFrame(rows | columns)


@pytest.mark.parametrize(
    ("table", "chosen"),
    [
        (indices(), (2, "gap_1se")),
        (indices(gap_rule=[False, False, True]), (4, "gap_1se")),
        (indices(gap_rule=False), (3, "silhouette_excess")),
        (indices(gate_b=[False, True, True]), (3, "gap_1se")),
        (indices(gate_a=[True, False, False], gap_rule=False), (2, "silhouette_excess")),
        (indices(gate_c=False), (None, "none")),
    ],
)
def test_the_gates_license_and_the_gap_chooses(table, chosen):
    assert choose(table) == chosen
