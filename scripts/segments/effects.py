"""How much groups differ: a test of no difference for each kind of variable, and the size of the difference.

* Ordered answers: Kruskal-Wallis with epsilon-squared = H / (n - 1), H with the correction for ties (Kruskal & Wallis
  1952; Tomczak & Tomczak 2014).
* Numbers: Welch's (1951) F, which allows each group a variance of its own, with omega-squared (Hays 1963).
* Categories: Pearson's chi-square without continuity correction, with Cramer's V corrected for bias (Bergsma 2013), and
  the adjusted standardised residual of each cell (Haberman 1973).
* One group against all others: Hedges' g = J (mean - mean of the rest) / pooled standard deviation, with
  J = 1 - 3 / (4 df - 1) (Hedges 1981).

Intervals are percentile intervals of a bootstrap of the respondents (scripts/lib/resampling.py). epsilon-squared,
omega-squared and V are at least 0, so their intervals never reach below it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc

from scripts.lib.intervals import percentile

Floats = NDArray[np.float64]


class Effect(NamedTuple):
    """A test of no difference, and the size of the difference with its interval; ``df`` is the test's first."""

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


def moments(values: Floats, inside: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Sizes, means and sums of squared deviations of groups, each (B, g), of weighted samples.

    ``values`` (n,), ``inside`` (n, g) 1 where a respondent belongs to the group, ``weights`` (B, n).
    """
    shifted = values - values.mean()  # the difference of two large sums of squares would lose digits
    sizes, sums = weights @ inside, weights @ (inside * shifted[:, None])
    means = np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)
    squares = np.maximum(weights @ (inside * shifted[:, None] ** 2) - sizes * means**2, 0)
    return sizes, means + values.mean(), squares


def omega_squared(sizes: Floats, means: Floats, squares: Floats) -> Floats:
    """Share of the variance that groups explain, less what chance would, at least 0; from :func:`moments`, (B,)."""
    n, g = sizes.sum(axis=1), (sizes > 0).sum(axis=1)
    overall = (sizes * means).sum(axis=1) / n
    between, within = (sizes * (means - overall[:, None]) ** 2).sum(axis=1), squares.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = within / (n - g)
        return np.maximum((between - (g - 1) * error) / (between + within + error), 0)


def welch(values: Floats, groups: NDArray[np.int64], again: Floats) -> Effect | None:
    """Welch's test of equal means; None where a group has fewer than two numbers, or no variation.

    Parameters as in :func:`kruskal`.
    """
    there = ~np.isnan(values)
    values, again, groups = values[there], again[:, there], np.unique(groups[there], return_inverse=True)[1]
    inside, n = np.eye(int(groups.max(initial=-1)) + 1)[groups], len(values)
    g = inside.shape[1]
    if g < 2:
        return None
    sizes, means, squares = moments(values, inside, np.ones((1, n)))
    if sizes.min() < 2 or squares.min() <= 1e-12 * squares.sum():
        return None
    weight = sizes[0] * (sizes[0] - 1) / squares[0]
    share = weight / weight.sum()
    slack = ((1 - share) ** 2 / (sizes[0] - 1)).sum()
    between = (weight * (means[0] - share @ means[0]) ** 2).sum() / (g - 1)
    statistic = float(between / (1 + 2 * (g - 2) / (g**2 - 1) * slack))
    p = float(fdtrc(g - 1, (g**2 - 1) / (3 * slack), statistic))
    low, high = percentile(omega_squared(*moments(values, inside, again))[:, None])
    effect = float(omega_squared(sizes, means, squares)[0])
    return Effect(statistic, g - 1, p, effect, float(low[0]), float(high[0]), n)


def hedges_g(values: Floats, inside: Floats, weights: Floats) -> Floats:
    """Hedges' g of each group against the rest, (B, g); NaN where a side has fewer than two, or nobody differs."""
    sizes, means, squares = moments(values, inside, weights)
    rest, their_means, their_squares = moments(values, 1 - inside, weights)
    df = sizes + rest - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = np.sqrt((squares + their_squares) / df)
        g = (means - their_means) / pooled * (1 - 3 / (4 * df - 1))
    return np.where((sizes > 1) & (rest > 1) & (pooled > 1e-12), g, np.nan)


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


def residuals(table: Floats) -> Floats:
    """Adjusted standardised residuals of a table of counts; about standard normal where nothing is associated."""
    n, rows, columns = table.sum(), table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    expected = rows * columns / n
    spread = np.sqrt(expected * (1 - rows / n) * (1 - columns / n))
    return np.divide(table - expected, spread, out=np.zeros_like(expected), where=spread > 0)


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
