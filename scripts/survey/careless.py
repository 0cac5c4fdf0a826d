"""Indices of careless answering, one number a respondent each.

Names and variants as in R's ``careless`` (Yentes & Wilhelm): longstring, intra-individual response variability (SD,
ddof 1), Mahalanobis distance, even-odd consistency and psychometric synonyms. The last two are given as consistencies
(higher is more careful), the reverse of careless >= 1.2's sign of ``evenodd``. NaN where an index cannot be computed.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from scripts.lib.copula import pearson
from scripts.lib.missing import Moments, conditional_means

Array = NDArray[np.float64]
SYNONYM_R = 0.60  # Meade & Craig (2012): items that correlate above this are synonyms
FEWEST_PAIRS = 3
FEWEST_COMMON = 30


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


def mahalanobis(answers: Array, moments: Moments) -> tuple[Array, Array]:
    """Squared Mahalanobis distance of each row over the items it answered, and its chi-square tail probability.

    ``moments`` are those of the same answers by maximum likelihood, their covariance regular; it is taken unbiased
    (n - 1), so that complete data give R's ``careless::mahad``. A hole filled with its conditional mean adds nothing
    to the quadratic form, so that one inverse serves every pattern of holes.
    """
    n = len(answers)
    spread = np.sqrt(np.diag(moments.covariance))
    centred = (conditional_means(answers, moments) - moments.mean) / spread
    precision = np.linalg.inv(moments.covariance / np.outer(spread, spread))
    distance = np.einsum("ij,ij->i", centred @ precision, centred) * (n - 1) / n
    answered = (~np.isnan(answers)).sum(axis=1)
    distance = np.where(answered > 0, distance, np.nan)
    return distance, np.where(answered > 0, chdtrc(np.maximum(answered, 1), distance), np.nan)


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


def synonym_pairs(answers: Array) -> NDArray[np.int64]:
    """Columns of psychometric synonyms (pairs, 2): Pearson's r above .60 among those who answered both, as in R.

    Pairs that fewer than 30 answered are left out: among so few, r passes .60 by chance.
    """
    seen = ~np.isnan(answers)
    asked = np.flatnonzero(seen.any(axis=0))
    both = seen[:, asked].astype(float)
    r = np.where(both.T @ both >= FEWEST_COMMON, pearson(answers[:, asked]), 0.0)
    return asked[np.argwhere(np.triu(r, k=1) > SYNONYM_R)]


def synonyms(answers: Array, pairs: NDArray[np.int64]) -> Array:
    """Correlation of each row's answers over the pairs of synonyms, keyed alike; NaN below three pairs."""
    return _row_correlation(answers[:, pairs[:, 0]], answers[:, pairs[:, 1]])
