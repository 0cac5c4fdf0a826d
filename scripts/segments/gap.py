"""Gap statistic (Tibshirani, Walther & Hastie 2001), variant: squared distances, scaled-PCA reference.

log W_k is compared with its mean over samples drawn uniformly from the box around the data in the directions of their
principal components; W_k is the within-cluster sum of squares. s_k = sd sqrt(1 + 1/B), sd with ddof 1 as in R's
cluster::clusGap (spaceH0 = "scaledPCA", d.power = 2).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scripts.segments.partition import kmeans

Floats = NDArray[np.float64]


def gap_statistic(
    Z: Floats, ks: Sequence[int], draws: int, starts: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Gap and its standard error for every k in ``ks``."""
    centred = Z - Z.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2]
    scores = centred @ directions.T
    low, high = scores.min(axis=0), scores.max(axis=0)
    observed = np.log(kmeans(centred, ks, starts, rng)[1])
    reference = np.empty((draws, len(ks)))
    for b in range(draws):
        box = rng.uniform(low, high, size=scores.shape) @ directions
        reference[b] = np.log(kmeans(box, ks, starts, rng)[1])
    return reference.mean(axis=0) - observed, reference.std(axis=0, ddof=1) * np.sqrt(1 + 1 / draws)


def one_se_rule(gap: Floats, error: Floats) -> NDArray[np.bool_]:
    """Whether gap(k) >= gap(k + 1) - s(k + 1), for each k but the last of a run of k."""
    return gap[:-1] >= gap[1:] - error[1:]
