"""k-means for thousands of partitions at once, and the silhouettes of many partitions from one distance matrix.

Gate A, gate B and the gap statistic need some ten thousand small k-means runs. scikit-learn's KMeans spends most of
such a run outside its loop; here the starts of every k, or of every bootstrap sample, move together as one stack of
centres (Lloyd 1982, seeded by k-means++, Arthur & Vassilvitskii 2007; the best of ``starts`` by within-cluster sum of
squares). The partition that is reported comes from scikit-learn; a test holds the two to the same optima.

Shapes: n respondents, p features, R runs, K the largest number of clusters in the stack.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
MAX_ITERATIONS = 300
BLOCK = 400_000  # entries of one distance stack, 3 MB: what a core's cache holds


def standardise(features: Floats) -> Floats:
    """z-scores by column (ddof 1); a constant column becomes zero."""
    spread = features.std(axis=0, ddof=1)
    return (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _seed(X: Floats, clusters: NDArray[np.int64], weights: Floats | None, rng: np.random.Generator) -> Floats:
    """Greedy k-means++ centres (K, R, p) for R runs; run r uses the first ``clusters[r]`` of them.

    As in scikit-learn, each centre is the best of 2 + log K candidates.
    """
    runs, size, largest = len(clusters), len(X), int(clusters.max())
    trials = 2 + int(np.log(largest))
    squares = np.einsum("ij,ij->i", X, X)
    mass = np.ones((runs, size)) if weights is None else weights
    nearest = np.full((runs, size), np.inf)
    centres = np.empty((largest, runs, X.shape[1]))
    every = np.arange(runs)
    for j in range(largest):
        chance = mass if j == 0 else mass * nearest
        chance = np.where(chance.sum(axis=1, keepdims=True) > 0, chance, mass)  # fewer distinct points than centres
        heap = np.cumsum(chance, axis=1)
        aim = rng.random((runs, 1 if j == 0 else trials)) * heap[:, -1:]
        pick = (heap[:, None] <= aim[:, :, None]).sum(axis=2).clip(max=size - 1)
        distance = squares[pick][:, :, None] - 2 * X[pick] @ X.T + squares
        candidates = np.minimum(nearest[:, None], np.maximum(distance, 0))
        best = np.einsum("rtn,rn->rt", candidates, mass).argmin(axis=1)
        centres[j], nearest = X[pick[every, best]], candidates[every, best]
    return centres


def _assign(X: Floats, centres: Floats, unused: NDArray[np.bool_]) -> tuple[Labels, Floats]:
    """Nearest centre (R, n) and its squared distance less the squared length of the point."""
    largest, runs, _ = centres.shape
    offset = np.einsum("krp,krp->kr", centres, centres)
    offset[unused] = np.inf
    distance = (centres.reshape(largest * runs, -1) @ (-2 * X.T)).reshape(largest, runs, len(X))
    distance += offset[:, :, None]
    best = distance[0]
    labels = np.zeros(best.shape, dtype=np.int64)
    for j in range(1, largest):
        np.copyto(labels, j, where=distance[j] < best)
        np.minimum(best, distance[j], out=best)
    return labels, best


def _move(X: Floats, labels: Labels, weights: Floats | None, centres: Floats) -> Floats:
    """Weighted means of the clusters; an empty cluster keeps its centre."""
    largest, runs, features = centres.shape
    member = (labels[None] == np.arange(largest)[:, None, None]).astype(float)
    if weights is not None:
        member *= weights
    counted = np.column_stack([X, np.ones(len(X))])
    sums = (member.reshape(largest * runs, -1) @ counted).reshape(largest, runs, features + 1)
    size = sums[:, :, -1:]
    return np.where(size > 0, sums[:, :, :-1] / np.maximum(size, 1e-300), centres)


def _lloyd(
    X: Floats, clusters: NDArray[np.int64], weights: Floats | None, rng: np.random.Generator
) -> tuple[Labels, Floats]:
    """Labels (R, n) and within-cluster sums of squares (R,) of R runs; runs that rest leave the stack."""
    centres = _seed(X, clusters, weights, rng)
    squares = np.einsum("ij,ij->i", X, X)
    unused = np.arange(len(centres))[:, None] >= clusters[None]
    labels, best = _assign(X, centres, unused)
    active = np.arange(len(clusters))
    for _ in range(MAX_ITERATIONS):
        part = None if weights is None else weights[active]
        moved = _move(X, labels[active], part, centres[:, active])
        fresh, closest = _assign(X, moved, unused[:, active])
        restless = (fresh != labels[active]).any(axis=1)
        labels[active], best[active], centres[:, active] = fresh, closest, moved
        active = active[restless]
        if not len(active):
            break
    within = squares + best if weights is None else (squares + best) * weights
    return labels, within.sum(axis=1)


def kmeans(
    X: Floats, ks: Sequence[int], starts: int, rng: np.random.Generator, weights: Floats | None = None
) -> tuple[Labels, Floats]:
    """Best k-means partition for every sample of weights and every k.

    Parameters
    ----------
    X : (n, p) features.
    ks : numbers of clusters.
    starts : k-means++ starts of each; the smallest within-cluster sum of squares wins.
    rng : source of the starts.
    weights : (B, n) non-negative weights of B samples, or None for one sample of all points with weight 1. A point
        of weight 0 moves no centre, but gets a label.

    Returns
    -------
    labels : (len(ks), n) or (len(ks), B, n); the numbers of clusters are arbitrary.
    within : (len(ks),) or (len(ks), B) weighted within-cluster sums of squares.
    """
    samples = 1 if weights is None else len(weights)
    order = np.array([(i, b) for b in range(samples) for i in range(len(ks)) for _ in range(starts)])
    step = max(1, BLOCK // (len(X) * max(ks) * starts * len(ks))) * starts * len(ks)  # whole samples only
    labels = np.empty((len(ks), samples, len(X)), dtype=np.int64)
    within = np.empty((len(ks), samples))
    sizes = np.asarray(ks, dtype=np.int64)
    for begin in range(0, len(order), step):
        part = order[begin : begin + step]
        mass = None if weights is None else weights[part[:, 1]]
        found, cost = _lloyd(X, sizes[part[:, 0]], mass, rng)
        best = cost.reshape(-1, starts).argmin(axis=1) + np.arange(0, len(part), starts)
        i, b = part[best].T
        labels[i, b], within[i, b] = found[best], cost[best]
    return (labels[:, 0], within[:, 0]) if weights is None else (labels, within)


def sampled(n: int, most: int, rng: np.random.Generator) -> Labels:
    """Which of n rows stand for all: every one, or ``most`` drawn at random, in order."""
    return np.arange(n) if n <= most else np.sort(rng.choice(n, most, replace=False))


def distances(X: Floats, of: Labels | None = None) -> Floats:
    """Euclidean distances (m, n) of the rows ``of``, or of all, to every row."""
    of = np.arange(len(X)) if of is None else of
    squares = np.einsum("ij,ij->i", X, X)
    gram = squares[of, None] + squares - 2 * X[of] @ X.T
    gram[np.arange(len(of)), of] = 0
    return np.sqrt(np.maximum(gram, 0))


def silhouettes(distance: Floats, labels: Labels, of: Labels | None = None) -> Floats:
    """Average silhouette width (Rousseeuw 1987) of every partition in ``labels`` (P, n); a cluster of one counts 0.

    ``distance`` (m, n) are the :func:`distances` of the rows ``of``, or of all, over which the average is taken.
    """
    of = np.arange(labels.shape[1]) if of is None else of
    parts, size = labels.shape
    largest = int(labels.max()) + 1
    member = (labels[:, None] == np.arange(largest)[None, :, None]).astype(float)
    counts = member.sum(axis=2)
    sums = (member.reshape(parts * largest, size) @ distance.T).reshape(parts, largest, len(of))
    own = labels[:, None, of]
    own_count = np.take_along_axis(counts, labels[:, of], axis=1)
    inner = np.take_along_axis(sums, own, axis=1)[:, 0] / np.maximum(own_count - 1, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(counts[:, :, None] > 0, sums / counts[:, :, None], np.inf)
    np.put_along_axis(means, own, np.inf, axis=1)
    outer = means.min(axis=1)
    width = np.where(
        (own_count > 1) & np.isfinite(outer), (outer - inner) / np.maximum(np.maximum(outer, inner), 1e-300), 0
    )
    average: Floats = width.mean(axis=1)
    return average
