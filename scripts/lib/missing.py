"""Missing answers under one normal model: EM moments, conditional means, Little's test.

The model is a multivariate normal whose answers are missing at random. EM (Dempster, Laird & Rubin 1977; Schafer
1997, section 5.3) gives its maximum likelihood mean and covariance (divided by n, not n - 1). Columns are
standardised before the iterations, so that the tolerance means the same for every scale. Where a covariance is
singular (an item that repeats another one) the conditional mean comes from the pseudo-inverse; nothing is regularised
unless the caller asks for a ridge prior (Schafer 1997, section 5.2.3), which is for more items than the rows can
carry. A constant column has its constant as mean and as every conditional mean, and covariance 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
RCOND = 1e-10  # reciprocal condition below which a covariance counts as singular


@dataclass(frozen=True)
class Moments:
    """Maximum likelihood moments of a normal model."""

    mean: Floats
    covariance: Floats
    iterations: int
    converged: bool


@dataclass(frozen=True)
class LittleTest:
    """Little's (1988) test that answers are missing completely at random."""

    d2: float
    df: int
    p: float
    patterns: int


class UndefinedError(ValueError):
    """Little's test is not defined; ``why`` is complete, disjoint, constant, unsettled or singular."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


class _Holes:
    """Where the holes are: the distinct patterns, and the places that the E step writes to."""

    def __init__(self, hole: Mask) -> None:
        p = hole.shape[1]
        self.hole = hole
        rows, which, self.counts = np.unique(hole, axis=0, return_inverse=True, return_counts=True)
        self.rows: Mask = rows
        self.which = which.reshape(-1)
        depth = int(self.rows.sum(axis=1).max(initial=0))
        self.order = np.argsort(~self.rows, axis=1, kind="stable")[:, :depth]
        real = np.take_along_axis(self.rows, self.order, axis=1)
        self.both = real[:, :, None] & real[:, None, :]
        self.flat = (self.order[:, :, None] * p + self.order[:, None, :]).reshape(-1)
        self.row, self.slot = np.nonzero(real[self.which])
        self.column = self.order[self.which[self.row], self.slot]


def _expect(X: Floats, holes: _Holes, mean: Floats, S: Floats) -> tuple[Floats, Floats]:
    """Rows with their holes filled by conditional means, and the summed conditional covariances."""
    values, vectors = np.linalg.eigh(S)
    if values[0] > RCOND * values[-1]:
        return _expect_regular(X, holes, mean, (vectors / values) @ vectors.T)
    return _expect_singular(X, holes, mean, S)


def _expect_regular(X: Floats, holes: _Holes, mean: Floats, K: Floats) -> tuple[Floats, Floats]:
    """The E step from the precision matrix K: one small system a pattern, in the size of its holes."""
    p = X.shape[1]
    depth = holes.order.shape[1]
    block = np.where(holes.both, K[holes.order[:, :, None], holes.order[:, None, :]], np.eye(depth))
    inverse = np.where(holes.both, np.linalg.inv(block), 0.0)
    filled = np.where(holes.hole, 0.0, X - mean)
    pull = np.take_along_axis(filled @ K, holes.order[holes.which], axis=1)
    step = -np.einsum("nij,nj->ni", inverse[holes.which], pull)
    filled[holes.row, holes.column] = step[holes.row, holes.slot]
    summed = (inverse * holes.counts[:, None, None]).reshape(-1)
    spread: Floats = np.bincount(holes.flat, weights=summed, minlength=p * p).reshape(p, p).astype(np.float64)
    return filled + mean, spread


def _expect_singular(X: Floats, holes: _Holes, mean: Floats, S: Floats) -> tuple[Floats, Floats]:
    """The E step pattern by pattern with the pseudo-inverse of the observed block."""
    filled = np.where(holes.hole, mean, X)
    spread = np.zeros_like(S)
    for pattern, missing in enumerate(holes.rows):
        if not missing.any():
            continue
        seen = ~missing
        slope = S[np.ix_(missing, seen)] @ np.linalg.pinv(S[np.ix_(seen, seen)], rcond=RCOND, hermitian=True)
        at = holes.which == pattern
        filled[np.ix_(at, missing)] = mean[missing] + (X[np.ix_(at, seen)] - mean[seen]) @ slope.T
        rest = S[np.ix_(missing, missing)] - slope @ S[np.ix_(seen, missing)]
        spread[np.ix_(missing, missing)] += holes.counts[pattern] * rest
    return filled, spread


def _observed(X: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of the answers that are there; the spread of a constant column is 1."""
    empty = np.isnan(X).all(axis=0)
    if empty.any():
        raise ValueError(f"columns {np.flatnonzero(empty).tolist()} hold no answer at all")
    spread = np.nanstd(X, axis=0)
    return np.nanmean(X, axis=0), np.where(spread > 1e-12, spread, 1.0)


def em_moments(
    X: Floats,
    tolerance: float = 1e-7,
    max_iterations: int = 1000,
    start: Moments | None = None,
    prior_rows: float = 0.0,
) -> Moments:
    """Maximum likelihood mean and covariance of rows with holes.

    Parameters
    ----------
    X : (n, p) numbers; NaN is a hole. Rows without any answer carry nothing and are left out.
    tolerance : largest change of a standardised mean or covariance at which the iterations end.
    max_iterations : give up after so many; ``converged`` then says so.
    start : moments to start from, of data alike; the optimum is the same, it is reached sooner.
    prior_rows : weight, in rows, of a ridge prior of uncorrelated columns; 0 is maximum likelihood.

    Raises
    ------
    ValueError
        If a column holds no answer.
    """
    X = X[~np.isnan(X).all(axis=1)]
    centre, scale = _observed(X)
    Z = (X - centre) / scale
    hole = np.isnan(Z)
    if not hole.any() and not prior_rows:
        return Moments(X.mean(axis=0), np.cov(X, rowvar=False, bias=True).reshape(X.shape[1], -1), 0, True)
    live = np.nanstd(X, axis=0) > 1e-12
    Z, hole = np.where(hole, 0.0, Z)[:, live], hole[:, live]
    holes = _Holes(hole)
    mean, S = np.zeros(Z.shape[1]), np.eye(Z.shape[1])
    if start is not None:
        mean = ((start.mean - centre) / scale)[live]
        S = (start.covariance / np.outer(scale, scale))[np.ix_(live, live)]
    change, count = np.inf, 0
    while change > tolerance and count < max_iterations:
        filled, spread = _expect(Z, holes, mean, S)
        fresh = filled.mean(axis=0)
        deviation = filled - fresh
        moved = (deviation.T @ deviation + spread + prior_rows * np.eye(len(mean))) / (len(Z) + prior_rows)
        change = max(np.abs(fresh - mean).max(), np.abs(moved - S).max())
        mean, S, count = fresh, moved, count + 1
    whole_mean, whole = centre.copy(), np.zeros((X.shape[1], X.shape[1]))
    whole_mean[live] += scale[live] * mean
    whole[np.ix_(live, live)] = S * np.outer(scale[live], scale[live])
    return Moments(whole_mean, whole, count, bool(change <= tolerance))


def conditional_means(X: Floats, moments: Moments) -> Floats:
    """``X`` with every hole filled by its conditional mean given the answers of the same row."""
    hole = np.isnan(X)
    if not hole.any():
        return X.copy()
    live = np.diag(moments.covariance) > 0
    filled = np.where(hole, moments.mean, X)
    scale = np.sqrt(np.diag(moments.covariance)[live])
    Z = (filled[:, live] - moments.mean[live]) / scale
    S = moments.covariance[np.ix_(live, live)] / np.outer(scale, scale)
    filled[:, live] = _expect(Z, _Holes(hole[:, live]), np.zeros(len(scale)), S)[0] * scale + moments.mean[live]
    return np.where(hole, filled, X)


def little_mcar(X: Floats) -> LittleTest:
    """Little's (1988) test of missing completely at random.

    d2 sums over the patterns of holes n_j (m_j - mu_j)' S_jj^-1 (m_j - mu_j), with the maximum likelihood moments of
    the whole (S divided by n: the unbiased one is a classic bug); chi-square with (sum of p_j) - p degrees of freedom.

    Raises
    ------
    UndefinedError
        If there is no hole, if no column is shared by two patterns of holes, if a column never varies, if the EM does
        not settle, or if a covariance is singular.
    ValueError
        If a column holds no answer.
    """
    X = X[~np.isnan(X).all(axis=1)]
    holes = _Holes(np.isnan(X))
    if not holes.hole.any():
        raise UndefinedError("complete", "no answer is missing")
    moments = em_moments(X)
    df = int((~holes.rows).sum()) - X.shape[1]
    if df == 0:
        raise UndefinedError("disjoint", "no column is shared by two patterns of holes")
    if not np.diag(moments.covariance).all():
        raise UndefinedError("constant", "a column never varies")
    if not moments.converged:
        raise UndefinedError("unsettled", "the EM does not settle")
    d2 = 0.0
    for pattern, missing in enumerate(holes.rows):
        seen = ~missing
        S = moments.covariance[np.ix_(seen, seen)]
        scale = np.sqrt(np.diag(S))
        if np.linalg.cond(S / np.outer(scale, scale)) > 1 / RCOND:
            raise UndefinedError("singular", "the covariance of the answers is singular")
        gap = X[holes.which == pattern][:, seen].mean(axis=0) - moments.mean[seen]
        d2 += float(holes.counts[pattern] * gap @ np.linalg.solve(S, gap))
    return LittleTest(d2, df, float(chdtrc(df, d2)), len(holes.rows))
