"""Reliability of scales from a covariance matrix. Matrices in, numbers out.

Variants by name: Cronbach's raw alpha (1951) with Feldt's interval (1965; Feldt, Woodruff & Salih 1987), standardised
alpha from the mean correlation, corrected item-total correlation (item against the sum of the others), McDonald's
omega total of one factor (1999; minres loadings on correlations, (sum l)^2 / ((sum l)^2 + sum(1 - l^2))),
Spearman-Brown for two items (Eisinga, te Grotenhuis & Pelzer 2013), Kaiser-Meyer-Olkin sampling adequacy (Kaiser &
Rice 1974), Bartlett's test of sphericity (1951). Items are taken as keyed: nothing is reversed here.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtri, ndtri

Floats = NDArray[np.float64]
LOWEST = -9.99  # items that cancel each other out have an alpha without bound; below this it says no more
SINGULAR = 1e-6  # smallest eigenvalue of a correlation matrix that is still taken for regular


class SingularMatrixError(ValueError):
    """A correlation matrix that cannot be inverted: an item repeats others, or never varies."""


class Adequacy(NamedTuple):
    """Kaiser-Meyer-Olkin measure of sampling adequacy, overall and by item."""

    overall: float
    items: Floats


class Sphericity(NamedTuple):
    """Bartlett's test that all correlations are zero."""

    chi2: float
    df: int
    p: float


def correlations(S: Floats) -> Floats:
    """Correlation matrix (k, k) of a covariance matrix.

    Raises
    ------
    SingularMatrixError
        If an item never varies.
    """
    spread = np.sqrt(np.diag(S))
    if not (spread > 0).all():
        raise SingularMatrixError(f"items {np.flatnonzero(spread <= 0).tolist()} never vary")
    R = S / np.outer(spread, spread)
    np.fill_diagonal(R, 1.0)
    return R


def cronbach_alpha(S: Floats) -> float:
    """Raw alpha: k / (k - 1) (1 - sum of variances / variance of the sum), not below ``LOWEST``."""
    k, whole = len(S), max(float(S.sum()), 1e-12 * float(np.trace(S)))
    return max(float(k / (k - 1) * (1 - np.trace(S) / whole)), LOWEST)


def standardised_alpha(R: Floats) -> float:
    """Alpha of standardised items, k r / (1 + (k - 1) r) with the mean correlation r."""
    k = len(R)
    r = (R.sum() - k) / (k * (k - 1))
    return float(k * r / (1 + (k - 1) * r))


def feldt_interval(alpha: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Feldt's interval of alpha: 1 - alpha times quantiles of F with n - 1 and (n - 1)(k - 1) degrees of freedom."""
    df1, df2, tail = n - 1, (n - 1) * (k - 1), (1 - level) / 2
    return 1 - (1 - alpha) * float(fdtri(df1, df2, 1 - tail)), 1 - (1 - alpha) * float(fdtri(df1, df2, tail))


def alpha_if_deleted(S: Floats) -> Floats:
    """Raw alpha of the other items, for each of at least three items; NaN where their sum does not vary."""
    k, others = len(S), _variance_of_others(S)
    return (k - 1) / (k - 2) * (1 - (np.trace(S) - np.diag(S)) / others)


def item_total(S: Floats) -> Floats:
    """Corrected item-total correlation: each item with the sum of the others; NaN where that does not vary."""
    with_others = S.sum(axis=1) - np.diag(S)
    return with_others / np.sqrt(np.diag(S) * _variance_of_others(S))


def _variance_of_others(S: Floats) -> Floats:
    others = S.sum() - 2 * S.sum(axis=1) + np.diag(S)
    return np.where(others > 1e-12 * np.trace(S), others, np.nan)


def spearman_brown(r: float, n: int, level: float) -> tuple[float, float, float]:
    """Reliability 2 r / (1 + r) of two items, not below ``LOWEST``, with its interval from Fisher's z of r."""

    def doubled(value: float) -> float:
        return max(2 * value / (1 + value), LOWEST)

    r = min(max(r, -1 + 1e-12), 1 - 1e-12)
    z = np.arctanh(r)
    half = float(ndtri((1 + level) / 2)) / np.sqrt(n - 3)
    return doubled(r), doubled(float(np.tanh(z - half))), doubled(float(np.tanh(z + half)))


def minres_one_factor(R: Floats, tolerance: float = 1e-12, iterations: int = 10_000) -> Floats:
    """Loadings of one factor that leave the smallest sum of squared residual correlations (Harman & Jones 1966).

    Each loading in turn takes the value that is best given the others, not beyond 1 in size; the sum of the loadings is
    positive. ``R`` is one matrix (k, k) or a stack of them (..., k, k).
    """
    values, vectors = np.linalg.eigh(R)
    loadings = vectors[..., -1] * np.sqrt(np.maximum(values[..., -1:], 0))
    off = R - np.eye(R.shape[-1])
    for _ in range(iterations):
        before = loadings.copy()
        for i in range(R.shape[-1]):
            rest = (loadings**2).sum(axis=-1) - loadings[..., i] ** 2
            pull = (off[..., i, :] * loadings).sum(axis=-1)
            loadings[..., i] = np.clip(np.divide(pull, rest, out=np.zeros_like(pull), where=rest > 0), -1, 1)
        if np.abs(loadings - before).max() < tolerance:
            break
    return np.where(loadings.sum(axis=-1, keepdims=True) >= 0, loadings, -loadings)


def omega_total(R: Floats) -> float:
    """McDonald's omega total of one factor, standardised items."""
    loadings = minres_one_factor(R)
    common = float(loadings.sum() ** 2)
    return common / (common + float((1 - loadings**2).sum()))


def repeated_items(R: Floats) -> NDArray[np.int64]:
    """Items that repeat another one or a sum of others: those with a part in the null space of ``R``."""
    values, vectors = np.linalg.eigh(R)
    part = (vectors[:, values < SINGULAR] ** 2).sum(axis=1)
    return np.flatnonzero(part > 1e-3)


def _regular(R: Floats) -> Floats:
    repeated = repeated_items(R)
    if len(repeated):
        raise SingularMatrixError(f"the correlation matrix is singular: items {repeated.tolist()} repeat each other")
    return R


def sampling_adequacy(R: Floats) -> Adequacy:
    """KMO: squared correlations against squared correlations plus squared partial correlations.

    Raises
    ------
    SingularMatrixError
        If the matrix cannot be inverted, as with a duplicated item.
    """
    inverse = np.linalg.inv(_regular(R))
    scale = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(scale, scale)
    np.fill_diagonal(partial, 0)
    plain = R - np.eye(len(R))
    r2, p2 = (plain**2).sum(axis=1), (partial**2).sum(axis=1)
    return Adequacy(float(r2.sum() / (r2.sum() + p2.sum())), r2 / (r2 + p2))


def bartlett_sphericity(R: Floats, n: float) -> Sphericity:
    """Bartlett's test: -(n - 1 - (2k + 5) / 6) log det R, chi-square with k (k - 1) / 2 degrees of freedom.

    Raises
    ------
    SingularMatrixError
        If the matrix cannot be inverted.
    """
    k = len(R)
    chi2 = -(n - 1 - (2 * k + 5) / 6) * float(np.linalg.slogdet(_regular(R))[1])
    df = k * (k - 1) // 2
    return Sphericity(chi2, df, float(chdtrc(df, chi2)))
