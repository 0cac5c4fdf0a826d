"""k-means, silhouettes, gap and Jaccard against R's numbers and against scikit-learn."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score, calinski_harabasz_score, silhouette_score

from scripts.segments.gap import gap_statistic, one_se_rule
from scripts.segments.partition import distances, kmeans, silhouettes, standardise
from scripts.segments.partitions import final_partition, number
from scripts.segments.stability import bootstrap, compare

GOLDEN = json.loads(Path("tests/golden/clusters.json").read_text(encoding="utf-8"))["iris_clusters"]
EXACT = 1e-8
OPTIMUM = 1e-3  # optimisers with local optima


@pytest.fixture(scope="module")
def iris():
    return standardise(load_iris().data)


def likert(seed, n=200, p=12):
    rng = np.random.default_rng(seed)
    Z = rng.normal(size=(n, 1)) + rng.normal(size=(n, p))
    X = np.searchsorted([-1.5, -0.5, 0.5, 1.5], Z) + 1.0
    return standardise(X - X.mean(axis=1, keepdims=True))


@pytest.mark.parametrize("k", [2, 3])
def test_golden_iris_partition(iris, k):
    golden = GOLDEN[f"k{k}"]
    labels = final_partition(iris, k, 50, 1)
    assert sorted(np.bincount(labels)) == golden["sizes"]
    assert silhouettes(distances(iris), labels[None])[0] == pytest.approx(golden["sil"], abs=EXACT)
    assert calinski_harabasz_score(iris, labels) == pytest.approx(golden["ch"], rel=EXACT)
    own, within = kmeans(iris, [k], 50, np.random.default_rng(1))
    assert within[0] == pytest.approx(golden["wss"], rel=OPTIMUM)
    assert adjusted_rand_score(own[0], labels) == pytest.approx(1)


def test_golden_iris_species(iris):
    labels = final_partition(iris, 3, 50, 1)
    assert adjusted_rand_score(labels, load_iris().target) == pytest.approx(GOLDEN["ari_k3_species"], abs=EXACT)


def test_golden_iris_gap_squared_distances(iris):
    gap, error = gap_statistic(iris, range(1, 8), 100, 5, np.random.default_rng(1))
    first = int(np.flatnonzero(one_se_rule(gap, error))[0]) + 1
    assert first == GOLDEN["gap_k (Tibshirani 1-SE, unsquared, squared)"][1]


def test_golden_iris_jaccard(iris):
    """Both sides are means over random bootstrap samples; .025 is three standard errors of R's mean over 100."""
    labels = final_partition(iris, 3, 50, 1)
    found = bootstrap(iris, [labels], 400, 5, np.random.default_rng(1))[0].jaccard
    golden = dict(zip(GOLDEN["jaccard_k3"]["sizes"], GOLDEN["jaccard_k3"]["mean"], strict=True))
    assert found == pytest.approx([golden[size] for size in np.bincount(labels)], abs=0.025)


@pytest.mark.parametrize("k", [2, 4, 6])
def test_the_optimum_is_that_of_scikit_learn(iris, k):
    _, own = kmeans(iris, [k], 50, np.random.default_rng(3))
    theirs = KMeans(k, n_init=50, random_state=3).fit(iris).inertia_
    assert own[0] == pytest.approx(theirs, rel=OPTIMUM)


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_silhouettes_are_those_of_scikit_learn(seed):
    Z = likert(seed, n=60)
    labels, _ = kmeans(Z, [2, 3, 5], 2, np.random.default_rng(seed))
    labels[2, 0] = 9  # a cluster of one
    theirs = [silhouette_score(Z, part) for part in labels]
    assert silhouettes(distances(Z), labels) == pytest.approx(theirs, abs=1e-10)


@given(st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_relabelling_changes_nothing(seed):
    Z = likert(seed, n=80)
    labels = kmeans(Z, [4], 3, np.random.default_rng(seed))[0][0]
    other = np.random.default_rng(seed).permutation(4)[labels]
    assert silhouettes(distances(Z), other[None]) == pytest.approx(silhouettes(distances(Z), labels[None]))
    assert (number(other, Z) == number(labels, Z)).all()
    again, drawn = kmeans(Z, [4], 3, np.random.default_rng(1), np.ones((3, 80)))[0][0], np.ones((3, 80))
    ours, theirs = compare(labels, again, drawn), compare(other, again, drawn)
    assert sorted(theirs.jaccard) == pytest.approx(sorted(ours.jaccard))
    assert theirs.respondents == pytest.approx(ours.respondents)


def test_segments_are_numbered_by_size():
    Z = np.concatenate([np.zeros((5, 2)), np.ones((9, 2)), np.full((7, 2), 4.0)])
    labels = number(np.repeat([2, 0, 1], [5, 9, 7]), Z)
    assert np.bincount(labels).tolist() == [9, 7, 5]
    assert labels[0] == 2


def test_segments_of_one_size_are_numbered_by_their_centres():
    Z = np.concatenate([np.zeros((5, 2)), np.ones((5, 2))])
    assert number(np.repeat([0, 1], 5), Z).tolist() == number(np.repeat([1, 0], 5), Z).tolist() == [1] * 5 + [0] * 5


def test_a_weight_of_zero_moves_no_centre_and_gets_a_label():
    rng = np.random.default_rng(1)
    Z = np.concatenate([rng.normal(0, 0.1, (20, 2)), rng.normal(5, 0.1, (20, 2)), [[100.0, 100.0]]])
    weights = np.ones((1, 41))
    weights[0, -1] = 0
    labels, within = kmeans(Z, [2], 5, rng, weights)
    assert len(set(labels[0, 0, :20])) == len(set(labels[0, 0, 20:])) == 1
    assert within[0, 0] < 5


def test_more_clusters_than_distinct_points_is_no_fault():
    Z = np.repeat(np.array([[0.0, 0.0], [1.0, 1.0]]), 10, axis=0)
    labels, within = kmeans(Z, [3], 2, np.random.default_rng(1))
    assert within[0] == pytest.approx(0, abs=1e-12)
    assert len(set(labels[0])) == 2


def test_separate_clusters_return_and_their_members_stay():
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1, 2], 30)
    Z = np.eye(3)[labels] * 10 + rng.normal(size=(90, 3))
    found = bootstrap(Z, [labels], 50, 5, rng)[0]
    assert found.jaccard == pytest.approx([1, 1, 1])
    assert found.respondents == pytest.approx(np.ones(90))


def test_a_respondent_between_two_segments_is_seen_as_such():
    rng = np.random.default_rng(3)
    Z = np.concatenate([rng.normal(-3, 0.5, (40, 1)), rng.normal(3, 0.5, (40, 1)), [[0.0]]])
    labels = np.repeat([0, 1, 0], [40, 40, 1])
    found = bootstrap(Z, [labels], 100, 5, rng)[0].respondents
    assert found[:80].min() > 0.95
    assert found[80] < 0.95
