"""Are two constructs told apart: the heterotrait-monotrait ratio with a bootstrap interval.

HTMT (Henseler, Ringle & Sarstedt 2015; classic, arithmetic means): the mean correlation between items of two
constructs over the geometric mean of the mean correlations within each; of absolute correlations, as semTools::htmt.
HTMT2 (Roemer, Schuberth & Henseler 2021): the same with geometric means throughout, which does not assume equal
loadings.

The estimate rests on the EM correlations. An EM for each of a thousand resamples would take minutes, so the interval
comes from pairwise correlations: percentiles of (pairwise ratio of the resample - pairwise ratio of the data), added to
the estimate. Without holes both are the same, and it is the plain percentile interval. Whole groups of respondents are
resampled where groups are known.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CELLS = 4_000_000  # numbers of the answers' products that are held at a time


def _blocks(owner: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Pairs of items (i < j) and the constructs they belong to, the smaller first."""
    i, j = np.triu_indices(len(owner), 1)
    return i, j, np.minimum(owner[i], owner[j]), np.maximum(owner[i], owner[j])


def _ratios(r: Floats, owner: Ints) -> Floats:
    """Ratios (..., m, m), 1 in the diagonal, of values ``r`` (..., pairs) whose means are compared."""
    _, _, low, high = _blocks(owner)
    m = int(owner.max()) + 1
    cell = low * m + high
    means = np.zeros((r.shape[1], m * m))
    means[np.arange(len(cell)), cell] = 1 / np.bincount(cell, minlength=m * m)[cell]
    within = (r @ means).reshape(-1, m, m)
    own = np.diagonal(within, axis1=1, axis2=2)
    out = within / np.sqrt(own[:, :, None] * own[:, None, :])
    upper = np.triu(np.ones((m, m), dtype=bool), 1)
    out = np.where(upper, out, 0.0)
    return out + out.transpose(0, 2, 1) + np.eye(m)


def htmt(R: Floats, owner: Ints) -> Floats:
    """HTMT (m, m) of a correlation matrix (k, k); item i belongs to construct ``owner[i]``, two items or more each."""
    i, j, _, _ = _blocks(owner)
    return _ratios(np.abs(R[i, j])[None], owner)[0]


def htmt2(R: Floats, owner: Ints) -> Floats:
    """HTMT2 (m, m): geometric means of absolute correlations; 0 where a correlation between the constructs is 0."""
    i, j, low, high = _blocks(owner)
    m = int(owner.max()) + 1
    out = np.ones((m, m))
    with np.errstate(divide="ignore"):
        logs = np.log(np.abs(R[i, j]))
    within = [logs[(low == a) & (high == a)].mean() for a in range(m)]
    for a in range(m):
        for b in range(a):
            between = logs[(low == b) & (high == a)].mean()
            out[a, b] = out[b, a] = np.exp(between - (within[a] + within[b]) / 2)
    return out


def _pair_batches(X: Floats, owner: Ints) -> Iterator[tuple[slice, Ints, Ints]]:
    i, j, _, _ = _blocks(owner)
    size = max(CELLS // len(X), 1)
    for start in range(0, len(i), size):
        at = slice(start, min(start + size, len(i)))
        yield at, i[at], j[at]


def pairwise_correlations(X: Floats, owner: Ints, times: Floats) -> Floats:
    """Pairwise-complete correlations (draws, pairs) of answers (n, k) counted ``times`` (draws, n)."""
    Z = (X - np.nanmean(X, axis=0)) / np.nanstd(X, axis=0)
    known = ~np.isnan(Z)
    Z = np.where(known, Z, 0.0)
    out = np.empty((len(times), len(owner) * (len(owner) - 1) // 2))
    for at, i, j in _pair_batches(X, owner):
        both = known[:, i] & known[:, j]
        x, y = Z[:, i] * both, Z[:, j] * both
        n, sx, sy = times @ both, times @ x, times @ y
        with np.errstate(invalid="ignore", divide="ignore"):
            sxx, syy, sxy = times @ x**2 - sx * sx / n, times @ y**2 - sy * sy / n, times @ (x * y) - sx * sy / n
            out[:, at] = sxy / np.sqrt(sxx * syy)
    return out


def htmt_draws(X: Floats, owner: Ints, times: Floats) -> Floats:
    """Differences (draws, m, m) of the pairwise HTMT of each resample from that of the data."""
    own = _ratios(np.abs(pairwise_correlations(X, owner, np.ones((1, len(X))))), owner)
    return _ratios(np.abs(pairwise_correlations(X, owner, times)), owner) - own
