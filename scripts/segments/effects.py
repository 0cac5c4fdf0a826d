"""How much groups differ: Kruskal-Wallis with epsilon-squared, chi-square with bias-corrected Cramer's V.

epsilon-squared = H / (n - 1), H with the correction for ties (Kruskal & Wallis 1952; Tomczak & Tomczak 2014).
V corrected for bias after Bergsma (2013). Intervals are percentile intervals of a bootstrap of the respondents
(scripts/lib/resampling.py). Both effects are at least 0, so an interval never reaches below it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from scripts.lib.intervals import percentile

Floats = NDArray[np.float64]


class Effect(NamedTuple):
    """A test of no difference, and the size of the difference with its interval."""

    statistic: float
    df: int
    p: float
    effect: float
    low: float
    high: float
    n: int


def kruskal_h(values: Floats, groups: NDArray[np.int64], weights: Floats) -> Floats:
    """Tie-corrected H of weighted samples.

    Parameters
    ----------
    values : (n,) numbers.
    groups : (n,) groups 0..g-1.
    weights : (B, n) how often each value stands in each sample.

    Returns
    -------
    (B,) H; NaN where all values of a sample are tied.
    """
    order = np.argsort(values, kind="stable")
    weights, groups = weights[:, order], groups[order]
    first = np.diff(values[order], prepend=-np.inf) > 0
    counts = np.add.reduceat(weights, np.flatnonzero(first), axis=1)
    middle = np.cumsum(counts, axis=1) - (counts - 1) / 2  # midrank of each level
    ranks = middle[:, np.cumsum(first) - 1] * weights
    inside = np.eye(groups.max() + 1)[groups]
    sizes, sums = weights @ inside, ranks @ inside
    n = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        h = 12 / (n * (n + 1)) * np.where(sizes > 0, sums**2 / sizes, 0).sum(axis=1) - 3 * (n + 1)
        ties = 1 - (counts**3 - counts).sum(axis=1) / (n**3 - n)
        return np.where(ties > 1e-12, np.maximum(h, 0) / ties, np.nan)


def kruskal(values: Floats, groups: NDArray[np.int64], again: Floats) -> Effect | None:
    """Kruskal-Wallis test; None where a comparison is not possible (one group, or no variation).

    Parameters
    ----------
    values : (n,) numbers; NaN where not answered.
    groups : (n,) groups.
    again : (B, n) :func:`scripts.lib.resampling.resample` of the n respondents.
    """
    there = ~np.isnan(values)
    values, again, groups = values[there], again[:, there], np.unique(groups[there], return_inverse=True)[1]
    n, g = len(values), int(groups.max(initial=-1)) + 1
    if g < 2 or np.ptp(values) == 0:
        return None
    h = float(kruskal_h(values, groups, np.ones((1, n)))[0])
    low, high = percentile((kruskal_h(values, groups, again) / (again.sum(axis=1) - 1))[:, None])
    return Effect(h, g - 1, float(chdtrc(g - 1, h)), h / (n - 1), float(low[0]), float(high[0]), n)


def corrected_v(tables: Floats) -> Floats:
    """Bias-corrected Cramer's V of tables (B, rows, columns); NaN where a table has one row or column."""
    n = tables.sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    phi2 = chi_square(tables) / n
    r, c = (rows > 0).sum(axis=1), (columns > 0).sum(axis=1)
    phi2 = np.maximum(0, phi2 - (r - 1) * (c - 1) / (n - 1))
    least = np.minimum(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where((r > 1) & (c > 1), np.sqrt(phi2 / least), np.nan)


def chi_square(tables: Floats) -> Floats:
    """Pearson's chi-square of tables (B, rows, columns), without continuity correction."""
    expected = tables.sum(axis=2)[:, :, None] * tables.sum(axis=1)[:, None] / tables.sum(axis=(1, 2))[:, None, None]
    return ((tables - expected) ** 2 / np.where(expected > 0, expected, 1)).sum(axis=(1, 2))


def crosstab(keys: NDArray[np.object_], groups: NDArray[np.int64], weights: Floats) -> Floats:
    """Counts of groups (rows) by keys (columns) in each sample, (B, rows, columns), from (B, n) weights."""
    rows, i = np.unique(groups, return_inverse=True)
    columns, j = np.unique(keys.astype(str), return_inverse=True)
    cells = np.eye(len(rows) * len(columns))[i * len(columns) + j]
    return (weights @ cells).reshape(-1, len(rows), len(columns))


def association(table: Floats, again: Floats) -> Effect | None:
    """Chi-square test of a table of counts; None where it has one row or column.

    ``again`` (B, rows, columns) is the table in each bootstrap sample.
    """
    rows, columns = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    table, again = table[rows][:, columns], again[:, rows][:, :, columns]
    if min(table.shape) < 2:
        return None
    n = int(table.sum())
    statistic, df = float(chi_square(table[None])[0]), (table.shape[0] - 1) * (table.shape[1] - 1)
    low, high = percentile(corrected_v(again)[:, None])
    return Effect(
        statistic,
        df,
        float(chdtrc(df, statistic)),
        float(corrected_v(table[None])[0]),
        float(low[0]),
        float(high[0]),
        n,
    )
