"""The no-cluster null of gate A: a Gaussian copula that keeps every item's marginal and the items' correlations.

After Hennig & Lin (2015), Statistics and Computing 25. A latent normal vector is cut at the items' observed shares.
The latent correlation is **calibrated**: it is the one whose *discretised* items have the observed Pearson
correlation. It is found exactly, without simulation, from Mehler's expansion: with h_m(i) the normalised Hermite
coefficients of item i's step function, r_observed = sum over m of h_m(i) h_m(j) r_latent^m, a rising polynomial that
bisection inverts for all pairs at once. Where the calibrated matrix is not a correlation matrix, its negative
eigenvalues become zero.

A draw orders the respondents of each item by the latent variable and hands out the observed answers in that order, so
that it has the observed marginal exactly; holes stay where they were.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
ORDER = 200  # terms of the expansion; the remainder stays below 1e-3 up to |r| = .97
LIMIT = 0.99


@dataclass(frozen=True)
class Copula:
    """A fitted null: square root of the latent correlation, and what it attains."""

    root: Floats
    latent: Floats
    wanted: Floats
    attained: Floats


def pearson(X: Floats) -> Floats:
    """Pearson correlations (p, p) from the rows that answered both items; 0 where one never varies."""
    seen = ~np.isnan(X)
    Z = np.where(seen, X - np.nanmean(X, axis=0), 0.0)
    there = seen.astype(float)
    n = there.T @ there
    sums = Z.T @ there  # sum of i over the rows that also answered j
    squares = (Z * Z).T @ there
    with np.errstate(invalid="ignore", divide="ignore"):
        cross = Z.T @ Z - sums * sums.T / n
        spread = squares - sums**2 / n
        r = cross / np.sqrt(spread * spread.T)
    whole: Floats = np.where(np.isfinite(r), r, 0.0).clip(-1, 1)
    np.fill_diagonal(whole, 1.0)
    return whole


def hermite_coefficients(answers: Floats, order: int = ORDER) -> Floats:
    """Coefficients h_1..h_order of an item cut from a standard normal, scaled to the item's standard deviation.

    h_m = sum over cuts t of (next value - value) phi(t) He_{m-1}(t) / sqrt(m!), divided by the standard deviation.
    """
    values, counts = np.unique(answers, return_counts=True)
    if len(values) < 2:
        return np.zeros(order)
    cuts = ndtri(np.cumsum(counts)[:-1] / counts.sum())
    steps = np.diff(values) * np.exp(-(cuts**2) / 2) / np.sqrt(2 * np.pi)
    previous, current = np.zeros_like(cuts), np.ones_like(cuts)  # He_{m-1} / sqrt((m-1)!), normalised recurrence
    out = np.empty(order)
    for m in range(1, order + 1):
        out[m - 1] = steps @ current / np.sqrt(m)
        previous, current = current, (cuts * current - np.sqrt(m - 1) * previous) / np.sqrt(m)
    return out / float(answers.std())


def discretised_correlation(h: Floats, latent: Floats) -> Floats:
    """Pearson correlations (p, p) of the cut items when the latent correlations are ``latent``."""
    total, power = np.zeros_like(latent), np.ones_like(latent)
    for column in h.T:
        power = power * latent
        total += np.outer(column, column) * power
    np.fill_diagonal(total, 1.0)
    return total


def calibrate(h: Floats, wanted: Floats, iterations: int = 40) -> Floats:
    """Latent correlations that give the wanted Pearson correlations, as far as the marginals allow them.

    The expansion rises with the latent correlation, so bisection of every pair at once cannot fail.
    """
    low, high = np.full_like(wanted, -LIMIT), np.full_like(wanted, LIMIT)
    for _ in range(iterations):
        middle = (low + high) / 2
        below = discretised_correlation(h, middle) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    flat: NDArray[np.bool_] = ~np.asarray(h.any(axis=1))
    latent = np.where(flat[:, None] | flat[None, :], 0.0, (low + high) / 2)
    np.fill_diagonal(latent, 1.0)
    return latent


def fit(X: Floats) -> Copula:
    """Fit the null to answers (n, p); NaN is a hole."""
    h = np.array([hermite_coefficients(column[~np.isnan(column)]) for column in X.T])
    wanted = pearson(X)
    values, vectors = np.linalg.eigh(calibrate(h, wanted))
    root = vectors * np.sqrt(np.maximum(values, 0))
    root /= np.sqrt((root**2).sum(axis=1, keepdims=True))
    latent = root @ root.T
    return Copula(root, latent, wanted, discretised_correlation(h, latent))


def draw(X: Floats, copula: Copula, rng: np.random.Generator) -> Floats:
    """One draw from the null with the size, the marginals and the holes of ``X``."""
    latent = rng.standard_normal(X.shape) @ copula.root.T
    latent[np.isnan(X)] = np.inf  # holes come last, where the sorted answers have their NaN
    rank = np.argsort(latent, axis=0)
    out = np.empty_like(X)
    np.put_along_axis(out, rank, np.sort(X, axis=0), axis=0)
    return out
