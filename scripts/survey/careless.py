"""Indices of careless answering, one number a respondent each.

Names and variants as in R's ``careless`` (Yentes & Wilhelm): longstring, intra-individual response variability (SD,
ddof 1), Mahalanobis distance, even-odd consistency and psychometric synonyms. The last two are given as consistencies,
as careless >= 1.2 does: higher is more careful. NaN where an index cannot be computed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from scripts.lib.missing import em_moments

Array = NDArray[np.float64]
SYNONYM_R = 0.60  # Meade & Craig (2012): items that correlate above this are synonyms
FEWEST_PAIRS = 3


def longstring(block: Array) -> Array:
    """Longest run of one answer in each row of ``block`` (n, items); a missing answer ends a run."""
    n, items = block.shape
    longest, run = np.zeros(n), np.zeros(n)
    for column in range(items):
        answered = ~np.isnan(block[:, column])
        same = answered & (block[:, column] == block[:, column - 1]) if column else np.zeros(n, dtype=bool)
        run = np.where(same, run + 1, answered.astype(float))
        longest = np.maximum(longest, run)
    return longest


def response_variability(answers: Array) -> Array:
    """Standard deviation (ddof 1) of each row's answers; NaN below two answers."""
    n = (~np.isnan(answers)).sum(axis=1)
    centred = answers - (np.nansum(answers, axis=1) / np.maximum(n, 1))[:, None]
    spread = np.sqrt(np.nansum(centred**2, axis=1) / np.maximum(n - 1, 1))
    return np.where(n >= 2, spread, np.nan)


def mahalanobis(answers: Array) -> tuple[Array, Array]:
    """Squared Mahalanobis distance of each row over the items it answered, and its chi-square tail probability.

    Mean and covariance by EM, the covariance unbiased (n - 1), so that complete data give R's ``careless::mahad``.
    """
    n = len(answers)
    moments = em_moments(answers)
    mean, covariance = moments.mean, moments.covariance * n / (n - 1)
    distance, tail = np.full(n, np.nan), np.full(n, np.nan)
    answered = ~np.isnan(answers)
    for pattern in np.unique(answered, axis=0):
        rows = np.flatnonzero((answered == pattern).all(axis=1))
        if not pattern.any():
            continue
        centred = answers[np.ix_(rows, pattern)] - mean[pattern]
        inverse = np.linalg.pinv(covariance[np.ix_(pattern, pattern)], hermitian=True)
        distance[rows] = np.einsum("ij,jk,ik->i", centred, inverse, centred)
        tail[rows] = chdtrc(pattern.sum(), distance[rows])
    return distance, tail


def _row_correlation(left: Array, right: Array) -> Array:
    """Correlation of two matrices row by row over the cells that both have; NaN below three such cells."""
    both = ~np.isnan(left) & ~np.isnan(right)
    n = both.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        a, b = (np.where(both, side, 0.0) for side in (left, right))
        a = np.where(both, a - (a.sum(axis=1) / n)[:, None], 0.0)
        b = np.where(both, b - (b.sum(axis=1) / n)[:, None], 0.0)
        r = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.where(n >= FEWEST_PAIRS, r, np.nan)


def even_odd(scales: Sequence[Array]) -> Array:
    """Even-odd consistency over scales (each (n, items), keyed), corrected by Spearman-Brown, floor -1.

    NaN where fewer than three scales of two items or more exist.
    """
    with_halves = [scale for scale in scales if scale.shape[1] >= 2]
    n = len(scales[0]) if scales else 0
    if len(with_halves) < FEWEST_PAIRS:
        return np.full(n, np.nan)
    odd = np.column_stack([_mean(scale[:, 0::2]) for scale in with_halves])
    even = np.column_stack([_mean(scale[:, 1::2]) for scale in with_halves])
    r = _row_correlation(odd, even)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.maximum(2 * r / (1 + r), -1.0)


def _mean(block: Array) -> Array:
    n = (~np.isnan(block)).sum(axis=1)
    return np.where(n > 0, np.nansum(block, axis=1) / np.maximum(n, 1), np.nan)


def synonyms(answers: Array) -> tuple[Array, int]:
    """Consistency over psychometric synonyms and how many pairs there are; NaN below three pairs."""
    covariance = em_moments(answers).covariance
    spread = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        r = covariance / np.outer(spread, spread)
    first, second = np.nonzero(np.triu(np.nan_to_num(r), k=1) > SYNONYM_R)
    if len(first) < FEWEST_PAIRS:
        return np.full(len(answers), np.nan), len(first)
    return _row_correlation(answers[:, first], answers[:, second]), len(first)
