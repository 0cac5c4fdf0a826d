"""One population without groups: a copula that keeps each item's marginal, the correlations and the response style.

After Hennig & Lin (2015), Statistics and Computing 25. A latent vector is cut at the items' observed shares. It is
normal times a scale of the respondent's own, exp(style g) with g standard normal: people differ in how widely they
spread their answers (extreme response style), and one population that differs in nothing else looks grouped to k-means
when the null spreads everybody alike. A null without style took extreme response style for segments in every seventh
simulated sample (``snakemake validate_gate`` shows what this one does).

**Correlation.** The latent correlation is calibrated: it is the one whose *discretised* items have the observed Pearson
correlation. Given the scale, Mehler's expansion gives the covariance of two cut items, sum over m of h_m(i) h_m(j) r^m
with h_m the normalised Hermite coefficients of an item's step function; the mean over the scale (Gauss-Hermite nodes)
adds the covariance of the items' conditional means. The sum rises with r, so bisection inverts it for all pairs at
once, without simulation. Where the calibrated matrix is not a correlation matrix, its negative eigenvalues become zero.

**Style.** The standard deviation of the log scale is the one under which the spread of the respondents' own variances
(squared coefficient of variation, items standardised, own mean taken out) is that of the data; 0 where the data show no
more of it than equal scales give. It is found by bisection over draws with common random numbers.

A draw orders the respondents of each item by the latent variable and hands out the observed answers in that order, so
that it has the observed marginal exactly; holes stay where they were.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
ORDER = 200  # terms of the expansion; the remainder stays below 1e-3 up to |r| = .97
LIMIT = 0.99
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(9)  # over g
WEIGHTS = WEIGHTS / WEIGHTS.sum()
WIDEST = 1.0  # largest style looked for: one respondent in six then spreads 2.7 times as widely as the typical one
HALVINGS, TRIALS = 6, 20  # style is found to WIDEST / 64, from 20 draws a step


@dataclass(frozen=True)
class Copula:
    """A fitted null: square root of the latent correlation, the style, and what correlation it attains."""

    root: Floats
    style: float
    latent: Floats
    wanted: Floats
    attained: Floats


@dataclass(frozen=True)
class Cut:
    """Items cut from the latent variable, in units of their standard deviation.

    Attributes
    ----------
    means : (p, S) means given the scale, less the overall mean.
    powers : (p, p, ORDER) coefficients of r, r^2, ... in the correlation of two items.
    """

    means: Floats
    powers: Floats


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


def _quantiles(shares: Floats, scales: Floats) -> Floats:
    """Points below which ``shares`` of the scale mixture of normals lie."""
    low, high = np.full(shares.shape, -60.0), np.full(shares.shape, 60.0)
    for _ in range(60):
        middle = (low + high) / 2
        below = ndtr(middle[:, None] / scales) @ WEIGHTS < shares
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    points: Floats = (low + high) / 2
    return points


def _cut_item(answers: Floats, scales: Floats) -> tuple[Floats, Floats]:
    """Conditional means (S,) and Hermite coefficients (S, ORDER) of one item.

    h_m = sum over cuts t of (next value - value) phi(t) He_{m-1}(t) / sqrt(m!), with t in units of the scale.
    """
    values, counts = np.unique(answers, return_counts=True)
    if len(values) < 2:
        return np.zeros(len(scales)), np.zeros((len(scales), ORDER))
    shares = np.cumsum(counts)[:-1] / counts.sum()
    points = (_quantiles(shares, scales) if (scales != 1).any() else ndtri(shares))[:, None]
    cuts = (points / scales).T
    steps = np.diff(values) * np.exp(-(cuts**2) / 2) / np.sqrt(2 * np.pi)
    means = (np.diff(values) * ndtr(-cuts)).sum(axis=1)
    previous, current = np.zeros_like(cuts), np.ones_like(cuts)  # He_{m-1} / sqrt((m-1)!), normalised recurrence
    out = np.empty((len(scales), ORDER))
    for m in range(1, ORDER + 1):
        out[:, m - 1] = (steps * current).sum(axis=1) / np.sqrt(m)
        previous, current = current, (cuts * current - np.sqrt(m - 1) * previous) / np.sqrt(m)
    spread = float(answers.std())
    return (means - WEIGHTS @ means) / spread, out / spread


def cut_items(X: Floats, style: float) -> Cut:
    """How the items of X (n, p; NaN is a hole) come out of the latent variable."""
    parts = [_cut_item(column[~np.isnan(column)], np.exp(style * NODES)) for column in X.T]
    h = np.array([part[1] for part in parts])
    powers = np.einsum("ism,jsm,s->ijm", h, h, WEIGHTS, optimize=True)
    return Cut(np.array([part[0] for part in parts]), powers)


def discretised_correlation(cut: Cut, latent: Floats) -> Floats:
    """Pearson correlations (p, p) of the cut items when the latent correlations are ``latent``."""
    total = np.zeros_like(latent)
    for m in range(ORDER - 1, -1, -1):
        total = (total + cut.powers[:, :, m]) * latent
    total += (cut.means * WEIGHTS) @ cut.means.T
    np.fill_diagonal(total, 1.0)
    return total


def calibrate(cut: Cut, wanted: Floats, iterations: int = 40) -> Floats:
    """Latent correlations that give the wanted Pearson correlations, as far as the marginals allow them."""
    low, high = np.full_like(wanted, -LIMIT), np.full_like(wanted, LIMIT)
    for _ in range(iterations):
        middle = (low + high) / 2
        below = discretised_correlation(cut, middle) < wanted
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    flat = np.array([not one.any() for one in cut.powers])
    latent: Floats = np.where(flat[:, None] | flat[None, :], 0.0, (low + high) / 2)
    np.fill_diagonal(latent, 1.0)
    return latent


def with_style(X: Floats, style: float) -> Copula:
    """The null of a given style, fitted to answers (n, p)."""
    cut, wanted = cut_items(X, style), pearson(X)
    values, vectors = np.linalg.eigh(calibrate(cut, wanted))
    root = vectors * np.sqrt(np.maximum(values, 0))
    root /= np.sqrt((root**2).sum(axis=1, keepdims=True))
    latent = root @ root.T
    return Copula(root, style, latent, wanted, discretised_correlation(cut, latent))


def fit(X: Floats) -> Copula:
    """Fit the null to answers (n, p); NaN is a hole."""
    observed, equal = own_spread(X), with_style(X, 0.0)
    if _expected_spread(X, equal) >= observed:
        return equal
    low, high = 0.0, WIDEST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _expected_spread(X, with_style(X, middle)) < observed:
            low = middle
        else:
            high = middle
    return with_style(X, (low + high) / 2)


def own_spread(X: Floats) -> float:
    """Squared coefficient of variation of the respondents' own variances; 0 where nobody varies."""
    spread = np.nanstd(X, axis=0)
    Z = (X - np.nanmean(X, axis=0))[:, spread > 0] / spread[spread > 0]
    Z = Z[(~np.isnan(Z)).any(axis=1)]
    own = np.nanmean((Z - np.nanmean(Z, axis=1, keepdims=True)) ** 2, axis=1) if Z.size else np.zeros(1)
    return float(own.var() / own.mean() ** 2) if own.mean() > 0 else 0.0


def _expected_spread(X: Floats, copula: Copula) -> float:
    # the same random numbers for every style and every study: nodes of an integral, not draws of a result
    return float(np.mean([own_spread(draw(X, copula, np.random.default_rng(trial))) for trial in range(TRIALS)]))


def draw(X: Floats, copula: Copula, rng: np.random.Generator) -> Floats:
    """One draw from the null with the size, the marginals and the holes of ``X``."""
    latent = rng.standard_normal(X.shape) @ copula.root.T
    latent *= np.exp(copula.style * rng.standard_normal((len(X), 1)))
    latent[np.isnan(X)] = np.inf  # holes come last, where the sorted answers have their NaN
    rank = np.argsort(latent, axis=0)
    out = np.empty_like(X)
    np.put_along_axis(out, rank, np.sort(X, axis=0), axis=0)
    return out
