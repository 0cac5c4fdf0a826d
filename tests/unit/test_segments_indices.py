"""Indices without a vote: prediction strength, BIC of mixtures, adjusted Rand index; and the table of all of them."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score

from scripts.segments.indices import TABLE, all_indices, picks
from scripts.segments.mixture import COVARIANCES, fit, mixture_bic
from scripts.segments.partition import standardise
from scripts.segments.partitions import final_partition, partitions
from scripts.segments.prediction import kept_together, prediction_strength
from scripts.segments.rand import adjusted_rand, agreement

GOLDEN = json.loads(Path("tests/golden/partitions.json").read_text(encoding="utf-8"))
OPTIMUM = 1e-3  # optimisers with local optima
SETTINGS = {
    "starts": 3,
    "starts_final": 10,
    "sample": 1000,
    "jaccard_draws": 30,
    "jaccard_floor": 0.75,
    "size_floor": 15,
    "size_share": 0.05,
    "gap_draws": 15,
    "prediction_splits": 20,
    "prediction_floor": 0.8,
}


def planted(groups, n=210, p=9, seed=1):
    rng = np.random.default_rng(seed)
    centres = 2.0 * np.kron(np.eye(3), np.ones(p // 3))
    labels = np.arange(n) % 3 if groups == 3 else np.zeros(n, dtype=int)
    X = centres[labels] + rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    return standardise(X - X.mean(axis=1, keepdims=True)), labels


def gate(passes, ks=(2, 3, 4)):
    return pd.DataFrame({"k": ks, "passes": ["yes" if passes else "no"] * len(ks), "z": 1.0})


def test_golden_prediction_strength():
    golden = GOLDEN["prediction_strength"]
    found = prediction_strength(standardise(load_iris().data), range(2, 7), 150, 10, np.random.default_rng(1))
    error = np.array(golden["se"][1:]) * np.sqrt(1 + 1000 / 150)  # R averaged over 1000 splits, this test over 150
    assert (np.abs(found - golden["mean"][1:]) < 3 * error).all()


@pytest.mark.parametrize("k", [1, 2, 3])
def test_golden_mixtures(k):
    X = load_iris().data
    labels = final_partition(X, k, 20, 1) if k > 1 else np.zeros(len(X), dtype=np.int64)
    for covariance, name in zip(COVARIANCES, ["diag (VVI)", "tied (EEE)", "full (VVV)"], strict=True):
        assert fit(X, labels, covariance) == pytest.approx(GOLDEN["mixture_bic"][name][k - 1], rel=OPTIMUM)


def test_a_mixture_leaves_out_the_last_feature_and_takes_the_smallest_bic():
    Z, labels = planted(3)
    found = mixture_bic(Z, labels)
    bics = {covariance: fit(Z[:, :-1], labels, covariance) for covariance in COVARIANCES}
    assert found.bic == min(bics.values())
    assert bics[found.covariance] == found.bic
    assert found.bic < mixture_bic(Z, np.zeros_like(labels)).bic


def test_features_that_repeat_each_other_leave_only_what_is_not_degenerate():
    Z, labels = planted(3)
    twice = Z[:, [0, 0, 1, 2, 3, 4]]
    assert np.isnan(fit(twice, labels, "full")) and np.isnan(fit(twice, labels, "tied"))
    assert mixture_bic(twice, labels).covariance == "diag"
    constant = np.column_stack([np.zeros(len(Z)), Z])
    assert mixture_bic(constant, labels).covariance == ""


def test_one_gaussian_cloud_is_one_component():
    Z = standardise(np.random.default_rng(3).normal(size=(300, 6)))
    one = mixture_bic(Z, np.zeros(300, dtype=np.int64)).bic
    assert all(one < mixture_bic(Z, final_partition(Z, k, 10, 1)).bic for k in (2, 3))


def test_prediction_strength_by_hand():
    """Of the first cluster's three pairs one stays together, of the second's one: the smaller share counts."""
    own, foreign = np.array([[0, 0, 0, 1, 1, 0]]), np.array([[0, 0, 1, 1, 1, 1]])
    half = np.array([[1.0, 1, 1, 1, 1, 0]])
    assert kept_together(own, foreign, half) == pytest.approx([1 / 3])
    assert kept_together(own, own, half) == pytest.approx([1])
    alone = np.array([[0, 0, 0, 0, 1, 1]])  # in the half, the second cluster has one member
    assert kept_together(alone, np.zeros_like(alone), half) == pytest.approx([1])


PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=4, max_size=60)


@given(PAIRS)
def test_the_adjusted_rand_index_is_that_of_scikit_learn_whatever_the_labels(pairs):
    one, other = np.array(pairs).T
    table = np.zeros((1, 4, 3))
    np.add.at(table[0], (one, other), 1)
    assert adjusted_rand(table)[0] == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)
    assert adjusted_rand(table[:, ::-1, [2, 0, 1]])[0] == pytest.approx(adjusted_rand(table)[0])


def test_agreement_has_two_references():
    rng = np.random.default_rng(1)
    truth = np.arange(200) % 3
    same = agreement(truth, (truth + 1) % 3, np.arange(len(truth)), 99, rng)
    assert (same.ari, same.low, same.high) == pytest.approx((1, 1, 1))
    blurred = np.where(rng.random(200) < 0.2, rng.integers(0, 3, 200), truth)
    found = agreement(truth, blurred, np.arange(len(truth)), 299, rng)
    assert found.chance < found.low < found.ari < found.high < 1
    unrelated = agreement(truth, rng.permutation(truth), np.arange(len(truth)), 299, rng)
    assert abs(unrelated.ari) < 0.03 and 0 < unrelated.chance < 0.05


def test_the_table_has_one_group_first_and_every_index():
    Z, _ = planted(3)
    parts = partitions(Z, gate(True), SETTINGS, [1])
    table = all_indices(Z, parts, SETTINGS, [1])
    assert list(table.columns) == TABLE
    assert table["k"].tolist() == [1, 2, 3, 4]
    assert table["prediction_strength"].iloc[0] == 1
    assert table.loc[table["chosen"].eq("yes"), "k"].tolist() == [3]
    assert table.set_index("k").loc[3, "gates"] == "A B C"
    assert table.loc[0, ["silhouette", "min_jaccard", "gate_a"]].isna().all()
    assert not table[["gap", "gap_se", "prediction_strength", "bic"]].isna().to_numpy().any()
    assert picks(table, 0.8) == dict.fromkeys(
        ["silhouette", "calinski_harabasz", "gap", "prediction_strength", "bic"], 3
    )


def test_an_index_that_can_pick_one_group_does_so_where_there_is_one():
    Z = standardise(np.random.default_rng(5).normal(size=(200, 6)))
    found = picks(all_indices(Z, partitions(Z, gate(False), SETTINGS, [1]), SETTINGS, [1]), 0.8)
    assert (found["gap"], found["prediction_strength"], found["bic"]) == (1, 1, 1)
    assert found["silhouette"] > 1  # it cannot
