"""Multiple imputation by predictive mean matching in chained equations, and Rubin's rules.

Imputation. Each column with holes is regressed on all others in turn, those with fewest holes first, for ten rounds
(van Buuren 2018, Flexible Imputation of Missing Data, sections 3.4 and 4.5). The regression is Bayesian: sigma^2 = RSS
/ chi-square(n - q), coefficients = least squares + sigma V^(1/2) z, with a ridge of 1e-5 of the diagonal as in mice.
Matching of type 1: a hole's mean from the drawn coefficients meets the answered cells' means from least squares; one of
the five nearest gives its value. So an imputed value is always one that was observed. All imputations run side by side.

Pooling (Rubin 1987; Barnard & Rubin 1999; Reiter's notation as in mice): with m estimates of mean q and mean variance u
and variance b between them, T = u + (1 + 1/m) b, lambda = (1 + 1/m) b / T, and degrees of freedom between (m - 1) /
lambda^2 and those of the complete data; fraction of missing information (r + 2 / (df + 3)) / (r + 1), r = (1 + 1/m) b /
u. Where b is 0, nothing was imputed: the degrees of freedom are those of complete data and no information is missing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
DONORS, ROUNDS, RIDGE = 5, 10, 1e-5


class Pooled(NamedTuple):
    """Pooled estimates (k,) with standard error, degrees of freedom and fraction of missing information."""

    estimate: Floats
    error: Floats
    df: Floats
    fmi: Floats

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Student's t interval."""
        half = stdtrit(self.df, (1 + level) / 2) * self.error
        return self.estimate - half, self.estimate + half


def impute(X: Floats, m: int, rng: np.random.Generator) -> Floats:
    """``m`` completed copies (m, n, p) of ``X`` (n, p), whose holes are NaN.

    Raises
    ------
    ValueError
        If a column holds no answer.
    """
    hole = np.isnan(X)
    if hole.all(axis=0).any():
        raise ValueError(f"columns {np.flatnonzero(hole.all(axis=0)).tolist()} hold no answer at all")
    whole = np.repeat(X[None], m, axis=0)
    holey = [int(j) for j in np.argsort(hole.sum(axis=0), kind="stable") if hole[:, j].any()]
    for j in holey:
        whole[:, hole[:, j], j] = rng.choice(X[~hole[:, j], j], (m, int(hole[:, j].sum())))
    for _ in range(ROUNDS if len(holey) > 1 else min(len(holey), 1)):
        for j in holey:
            others = np.delete(whole, j, axis=2)
            design = np.concatenate([np.ones((*whole.shape[:2], 1)), others], axis=2)
            whole[:, hole[:, j], j] = _match(design, X[:, j], hole[:, j], rng)
    return whole


def _match(design: Floats, y: Floats, hole: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Values (m, holes) for the holes of ``y`` (n,) given the other columns (m, n, q)."""
    m, _, q = design.shape
    A, there = design[:, ~hole], y[~hole]
    gram = A.transpose(0, 2, 1) @ A
    gram += RIDGE * gram * np.eye(q)
    inverse = np.linalg.inv(gram)
    fitted = np.einsum("mij,mj->mi", inverse, np.einsum("mni,n->mi", A, there))
    means = np.einsum("mni,mi->mn", A, fitted)
    df = max(len(there) - q, 1)
    sigma = np.sqrt(((there - means) ** 2).sum(axis=1) / rng.chisquare(df, m))
    root = np.linalg.cholesky((inverse + inverse.transpose(0, 2, 1)) / 2)
    drawn = fitted + sigma[:, None] * np.einsum("mij,mj->mi", root, rng.standard_normal((m, q)))
    wanted = np.einsum("mni,mi->mn", design[:, hole], drawn)
    return np.stack([there[_donors(*pair, rng)] for pair in zip(means, wanted, strict=True)])


def _donors(means: Floats, wanted: Floats, rng: np.random.Generator) -> Places:
    """For each wanted mean a place in ``means``, at random among the nearest; equal means stand in random order."""
    k = min(DONORS, len(means))
    order = rng.permutation(len(means))
    order = order[np.argsort(means[order], kind="stable")]
    first = np.clip(np.searchsorted(means[order], wanted) - k, 0, max(len(means) - 2 * k, 0))
    window = first[:, None] + np.arange(min(2 * k, len(means)))
    nearest = np.argsort(np.abs(means[order[window]] - wanted[:, None]), axis=1, kind="stable")
    one = np.arange(len(wanted))
    places: Places = order[window[one, nearest[one, rng.integers(k, size=len(wanted))]]]
    return places


def least_squares(design: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coefficients and their variances, (..., q) each, of ``y`` (n,) on ``design`` (..., n, q)."""
    inverse = np.linalg.inv(np.swapaxes(design, -1, -2) @ design)
    fitted = np.einsum("...ij,...nj,n->...i", inverse, design, y)
    rest = y - np.einsum("...ni,...i->...n", design, fitted)
    variance = (rest**2).sum(axis=-1) / (design.shape[-2] - design.shape[-1])
    return fitted, variance[..., None] * np.diagonal(inverse, axis1=-2, axis2=-1)


def pool(estimates: Floats, variances: Floats, df_complete: float) -> Pooled:
    """Rubin's rules over the first axis of ``estimates`` and ``variances``, (m, k) each."""
    m = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    between = np.where(np.ptp(estimates, axis=0) > 0, between, 0.0)
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    with np.errstate(divide="ignore"):
        old = (m - 1) / share**2
    df = np.where(between > 0, 1 / (1 / old + 1 / observed), df_complete)
    ratio = (1 + 1 / m) * between / within
    fmi = np.where(between > 0, (ratio + 2 / (df + 3)) / (ratio + 1), 0.0)
    return Pooled(estimates.mean(axis=0), np.sqrt(total), df, fmi)
