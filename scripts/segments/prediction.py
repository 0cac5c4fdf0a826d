"""Prediction strength (Tibshirani & Walther 2005), variant: two halves, nearest centre, as fpc::prediction.strength.

The respondents are split at random into halves; each half is divided by k-means on its own, and the centres found in
one half divide the other. For every cluster of a half: the share of its pairs that the other half's centres keep
together; a cluster of one counts 1. The smallest share over the clusters, averaged over the two halves and over the
splits. One group always has prediction strength 1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scripts.segments.partition import kmeans

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def kept_together(own: Labels, foreign: Labels, half: Floats) -> Floats:
    """Smallest share, over the clusters, of pairs that stay together, for every half (B,).

    Parameters
    ----------
    own : (B, n) clusters found in the half itself.
    foreign : (B, n) nearest centres of the other half.
    half : (B, n) 1 where the respondent belongs to the half.
    """
    k = int(max(own.max(), foreign.max())) + 1
    counts = np.einsum("bn,bni,bnj->bij", half, np.eye(k)[own], np.eye(k)[foreign], optimize=True)
    size = counts.sum(axis=2)
    together = (counts**2 - counts).sum(axis=2)
    shares: Floats = np.where(size > 1, together / np.maximum(size * (size - 1), 1), 1.0).min(axis=1)
    return shares


def prediction_strength(Z: Floats, ks: Sequence[int], splits: int, starts: int, rng: np.random.Generator) -> Floats:
    """Prediction strength of every k in ``ks`` for the features Z (n, p)."""
    n = len(Z)
    first = rng.permuted(np.tile(np.arange(n) < n // 2, (splits, 1)), axis=1)
    halves = np.concatenate([first, ~first]).astype(float)
    labels, _ = kmeans(Z, ks, starts, rng, weights=halves)
    crossed = np.roll(labels, splits, axis=1)  # the partition that the other half makes
    return np.array([kept_together(*pair, halves).mean() for pair in zip(labels, crossed, strict=True)])
