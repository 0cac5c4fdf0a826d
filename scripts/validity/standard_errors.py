"""Standard errors and the scale of chi-square when a factor model is fitted to the EM covariance of answers with holes.

Such a matrix is not that of n complete rows: taken for one, chi-square is too large and standard errors are too small.
Two-stage maximum likelihood (Yuan & Bentler 2000; Savalei & Bentler 2009) keeps the estimates and mends both. With D
the derivatives of the implied covariances by the parameters, J the expected information of complete rows about the
covariances and A that of the rows as they are (the holes of each row as found; their answers missing at random), both
at the implied matrix:

    covariance of the estimates = inv(D'JD) D'J inv(A) J D inv(D'JD)
    scale c of chi-square       = tr([J - J D inv(D'JD) D'J] inv(A)) / df

For the model of uncorrelated items c is n over the harmonic mean of the pairs' n. Without holes A is J, every c is 1,
and the errors are those of the expected information, as in lavaan.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.validity.cfa import Solution, directions

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Sampling(NamedTuple):
    """Information J of complete rows about the elements a >= b (q, q), and their covariance inv(A) with holes."""

    information: Floats
    covariance: Floats


class Estimates(NamedTuple):
    """Estimates of parameters with their standard errors, in one order."""

    value: Floats
    se: Floats


class Marker(NamedTuple):
    """The unstandardised solution: loadings (k,), factor covariances (lower triangle), residual variances (k,)."""

    loadings: Estimates
    covariances: Estimates
    residuals: Estimates


def information(Sigma: Floats, holes: Mask) -> Floats:
    """Expected information (q, q) of rows with ``holes`` (n, k) about the elements a >= b of their covariance.

    A row adds c c' (K[a,c] K[b,d] + K[a,d] K[b,c]) for the elements (a, b) and (c, d), with K the inverse of the block
    that the row answers, 0 elsewhere, and c one half on the diagonal. The products are summed over the patterns of
    holes in one matrix product.
    """
    k = len(Sigma)
    patterns, counts = np.unique(holes, axis=0, return_counts=True)
    lost = patterns[:, :, None] | patterns[:, None, :]
    K = np.where(lost, 0.0, np.linalg.inv(np.where(lost, np.eye(k), Sigma)))
    a, b = np.tril_indices(k)
    place = np.empty((k, k), dtype=np.int64)
    place[a, b] = place[b, a] = np.arange(len(a))
    flat = K[:, a, b]
    M = flat.T @ (flat * counts[:, None])
    half = np.where(a == b, 0.5, 1.0)
    straight = M[place[a[:, None], a], place[b[:, None], b]]
    crossed = M[place[a[:, None], b], place[b[:, None], a]]
    out: Floats = np.outer(half, half) * (straight + crossed)
    return out


def sampling(Sigma: Floats, holes: Mask) -> Sampling:
    """What rows with ``holes`` (n, k) know about an implied correlation matrix."""
    complete = information(Sigma, np.zeros((1, len(Sigma)), dtype=bool)) * len(holes)
    if not holes.any():
        return Sampling(complete, np.linalg.inv(complete))
    return Sampling(complete, np.linalg.inv(information(Sigma, holes)))


def _slopes(x: Floats, y: Floats, c: Floats) -> Floats:
    """Derivatives (q, parameters) of the elements a >= b of the implied covariance."""
    a, b = np.tril_indices(x.shape[1])
    return c * (x[:, a] * y[:, b] + y[:, a] * x[:, b]).T


def _of_estimates(D: Floats, known: Sampling) -> Floats:
    JD = known.information @ D
    bread = np.linalg.inv(D.T @ JD)
    out: Floats = bread @ (JD.T @ known.covariance @ JD) @ bread
    return out


def _standard(solution: Solution) -> tuple[Floats, Floats, Floats]:
    pairs = np.tril_indices(len(solution.phi), -1)
    return directions(solution.owner, solution.loadings, solution.phi, pairs)


def chi2_scale(solution: Solution, known: Sampling) -> float:
    """The scale c of the model's chi-square; 1 for a model without degrees of freedom."""
    D = _slopes(*_standard(solution))
    df = D.shape[0] - D.shape[1]
    if not df:
        return 1.0
    JD = known.information @ D
    explained = np.linalg.solve(D.T @ JD, JD.T @ known.covariance @ JD)
    return float(((known.information * known.covariance).sum() - np.trace(explained)) / df)


def baseline_scale(holes: Mask) -> float:
    """The scale c of the chi-square of uncorrelated items: n over the harmonic mean of the pairs' n."""
    both = (~holes).T.astype(np.int64) @ ~holes
    return float((len(holes) / np.maximum(both, 1)[np.triu_indices(len(both), 1)]).mean())


def standardised_errors(solution: Solution, known: Sampling) -> tuple[Floats, Floats]:
    """Standard errors of standardised loadings (k,), by the delta method, and of factor correlations (m, m).

    Raises
    ------
    numpy.linalg.LinAlgError
        If the information is singular: the answers do not identify the model.
    """
    k, at = len(solution.owner), np.arange(len(solution.owner))
    covariance = _of_estimates(_slopes(*_standard(solution)), known)
    # l / sqrt(l^2 + psi) where l^2 + psi = 1: derivatives 1 - l^2 and -l / 2
    by_loading, by_residual = 1 - solution.loadings**2, -solution.loadings / 2
    variance = (
        by_loading**2 * covariance[at, at]
        + by_residual**2 * covariance[at - k, at - k]
        + 2 * by_loading * by_residual * covariance[at, at - k]
    )
    phi = np.zeros_like(solution.phi)
    phi[np.tril_indices(len(phi), -1)] = np.sqrt(np.diag(covariance)[k:-k])
    return np.sqrt(variance), phi + phi.T


def marker_solution(solution: Solution, spread: Floats, known: Sampling) -> Marker:
    """The solution in the items' own units, the first item of each construct being its factor's unit (lavaan).

    ``spread`` are the items' standard deviations; the loading of a marker is 1 and has no standard error (NaN).
    """
    owner, k, m = solution.owner, len(solution.owner), len(solution.phi)
    markers = np.array([int(np.flatnonzero(owner == j)[0]) for j in range(m)])
    own = solution.loadings * spread
    loadings, unit = own / own[markers][owner], own[markers]
    phi, residual = solution.phi * np.outer(unit, unit), solution.residual * spread**2
    pairs = np.tril_indices(m)
    x, y, c = directions(owner, loadings, phi, pairs)
    free = np.setdiff1d(np.arange(len(c)), markers)
    D = _slopes(x[free] / spread, y[free] / spread, c[free])
    se = np.full(len(c), np.nan)
    se[free] = np.sqrt(np.diag(_of_estimates(D, known)))
    return Marker(Estimates(loadings, se[:k]), Estimates(phi[pairs], se[k:-k]), Estimates(residual, se[-k:]))
