"""Intervals, adjusted p values and ranks that several stages share. All work on arrays; .95 unless told otherwise.

Variants: Wilson's score interval without continuity correction (Wilson 1927), Student's t interval of a mean,
percentile interval of bootstrap draws, normal interval of Hedges' g, Benjamini & Hochberg's (1995) step-up adjustment.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr, stdtrit

Floats = NDArray[np.float64]
LEVEL = 0.95


def wilson(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's score interval of a share; NaN where ``n`` is 0.

    Parameters
    ----------
    hits, n : counts of the same shape, 0 <= hits <= n.
    level : coverage.
    """
    k, m = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    z2 = float(ndtri((1 + level) / 2)) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        p = k / m
        centre = (p + z2 / (2 * m)) / (1 + z2 / m)
        half = np.sqrt(z2 * (p * (1 - p) / m + z2 / (4 * m**2))) / (1 + z2 / m)
    # at 0 and n hits the bound is exactly 0 and 1; rounding must not leave 1e-17
    low, high = np.where(k == 0, 0.0, centre - half), np.where(k == m, 1.0, centre + half)
    return np.where(m > 0, low, np.nan), np.where(m > 0, high, np.nan)


def t_interval(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Student's t interval of a mean from its standard deviation (ddof 1); NaN below two answers."""
    m = np.asarray(n, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = stdtrit(m - 1, (1 + level) / 2) * np.asarray(sd, dtype=float) / np.sqrt(m)
    half = np.where(m >= 2, half, np.nan)
    return np.asarray(mean) - half, np.asarray(mean) + half


def t_test_p(mean: ArrayLike, sd: ArrayLike, n: ArrayLike) -> Floats:
    """Two-sided p of a mean of 0 (paired t test on differences); 1 where all are 0, NaN below two answers."""
    average, spread, m = (np.asarray(a, dtype=float) for a in (mean, sd, n))
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.where(average == 0, 0.0, average / (spread / np.sqrt(m)))
        p = 2 * stdtr(m - 1, -np.abs(t))
    return np.where(m >= 2, p, np.nan)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p values (step-up); NaN stays NaN and does not count as a test."""
    given = np.asarray(p, dtype=float)
    out = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    if len(tested):
        order = tested[np.argsort(given[tested], kind="stable")]
        scaled = given[order] * len(order) / np.arange(1, len(order) + 1)
        out[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return out


def percentile(draws: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Percentile interval over the first axis; NaN draws are left out, all NaN gives NaN."""
    tail = 100 * (1 - level) / 2
    known = ~np.isnan(draws).all(axis=0)
    low, high = np.full(draws.shape[1:], np.nan), np.full(draws.shape[1:], np.nan)
    if known.any():
        low[known], high[known] = np.nanpercentile(draws[:, known], [tail, 100 - tail], axis=0)
    return low, high


def ranks(scores: Floats) -> Floats:
    """Rank 1 for the largest along the last axis; NaN is not ranked. Equal scores share the better rank."""
    out = (scores[..., None, :] > scores[..., :, None]).sum(axis=-1) + 1.0
    return np.where(np.isnan(scores), np.nan, out)


def spearman(x: Iterable[float], y: Iterable[float]) -> float | None:
    """Spearman's rank correlation over the pairs that are known; None below three pairs or without variation."""
    both: Floats = np.array([list(x), list(y)], dtype=float)
    pairs = both[:, ~np.isnan(both).any(axis=0)]
    if pairs.shape[1] < 3 or (np.ptp(pairs, axis=1) == 0).any():
        return None
    better, worse = ranks(pairs), ranks(-pairs)  # their difference is a rank with ties at their mean
    correlation: Floats = np.asarray(np.corrcoef(better - worse))
    return float(correlation[0, 1])


def hedges_g(a: ArrayLike, b: ArrayLike, level: float = LEVEL) -> tuple[float, float, float]:
    """Hedges' (1981) g of a - b with its normal interval; 0 where nobody differs, NaN below two on a side.

    g = J (mean a - mean b) / pooled standard deviation, J = 1 - 3 / (4 df - 1); its large-sample variance is
    (n_a + n_b) / (n_a n_b) + g^2 / (2 (n_a + n_b)) (Hedges & Olkin 1985, chapter 5).
    """
    x, y = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    n, m = len(x), len(y)
    if min(n, m) < 2:
        return float("nan"), float("nan"), float("nan")
    pooled = np.sqrt(((n - 1) * x.var(ddof=1) + (m - 1) * y.var(ddof=1)) / (n + m - 2))
    g = float((x.mean() - y.mean()) / pooled * (1 - 3 / (4 * (n + m - 2) - 1))) if pooled > 1e-12 else 0.0
    half = float(ndtri((1 + level) / 2)) * float(np.sqrt((n + m) / (n * m) + g**2 / (2 * (n + m))))
    return g, g - half, g + half
