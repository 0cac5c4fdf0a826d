"""Confirmatory factor analysis by maximum likelihood: each item on the factor of its construct, factors correlated.

Discrepancy (Jöreskog 1969) F = log|Sigma| + tr(S inv(Sigma)) - log|S| - k, Sigma = L Phi L' + Psi. It is minimised on
correlations with factor variances of 1 (the solution is the same for any scaling of items and factors) by Fisher
scoring with Levenberg's damping, from analytic gradient and expected information. Nothing is bounded: a residual
variance below zero or a factor correlation beyond one is found and told (:func:`improper`), not hidden at a bound.

Every derivative of Sigma has the form c (x y' + y x'), so that gradient and information need two matrices of vectors:
dF = 2 c x' M y with M = inv(Sigma) (Sigma - S) inv(Sigma), and the information of two parameters is
2 c c' ((x'Vx')(y'Vy') + (x'Vy')(y'Vx')) with V = inv(Sigma), half of it times N being Fisher's.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
GRADIENT = 1e-9  # largest element of the gradient at which the iterations end
FLAT = 1e-6  # and the largest with which a point that no step improves is an optimum
ROUNDING = 1e-12  # of the discrepancy
ITERATIONS = 1000


class Solution(NamedTuple):
    """A standardised solution: loadings (k,), factor correlations (m, m), residual variances (k,)."""

    owner: Ints
    loadings: Floats
    phi: Floats
    residual: Floats
    converged: bool

    @property
    def implied(self) -> Floats:
        """Correlation matrix that the model implies."""
        return implied(self.owner, self.loadings, self.phi, self.residual)


def n_parameters(owner: Ints) -> int:
    """Free parameters: loadings, residual variances and factor correlations."""
    m = int(owner.max()) + 1
    return 2 * len(owner) + m * (m - 1) // 2


def implied(owner: Ints, loadings: Floats, phi: Floats, residual: Floats) -> Floats:
    """Covariance matrix L Phi L' + Psi."""
    Sigma: Floats = np.outer(loadings, loadings) * phi[np.ix_(owner, owner)] + np.diag(residual)
    return Sigma


def directions(owner: Ints, loadings: Floats, phi: Floats, pairs: tuple[Ints, Ints]) -> tuple[Floats, Floats, Floats]:
    """Vectors x, y and factors c of the derivatives by loadings, factor covariances (``pairs``), residual variances."""
    k, unit = len(owner), np.eye(len(owner))
    L = np.zeros((k, len(phi)))
    L[np.arange(k), owner] = loadings
    first, second = pairs
    x = np.vstack([unit, L.T[first], unit])
    y = np.vstack([(L @ phi).T[owner], L.T[second], unit])
    return x, y, np.concatenate([np.ones(k), np.where(first == second, 0.5, 1.0), np.full(k, 0.5)])


def _information(x: Floats, y: Floats, c: Floats, V: Floats) -> Floats:
    """tr(V dSigma_a V dSigma_b) for every pair of parameters."""
    mixed = x @ V @ y.T
    both: Floats = 2 * np.outer(c, c) * ((x @ V @ x.T) * (y @ V @ y.T) + mixed * mixed.T)
    return both


class _State(NamedTuple):
    """Parameters (loadings, factor correlations below the diagonal, residual variances) and what is known there."""

    parameters: Floats
    discrepancy: float
    gradient: Floats
    information: Floats

    @property
    def steepest(self) -> float:
        return float(np.abs(self.gradient).max())


def _unpack(parameters: Floats, k: int, m: int) -> tuple[Floats, Floats, Floats]:
    phi = np.eye(m)
    phi[np.tril_indices(m, -1)] = parameters[k:-k]
    return parameters[:k], phi + np.tril(phi, -1).T, parameters[-k:]


def _state(R: Floats, owner: Ints, m: int, parameters: Floats) -> _State:
    """log|Sigma| + tr(R inv(Sigma)) and its derivatives; infinite where Sigma is not positive definite."""
    loadings, phi, residual = _unpack(parameters, len(owner), m)
    Sigma = implied(owner, loadings, phi, residual)
    try:
        root = np.linalg.cholesky(Sigma)
    except np.linalg.LinAlgError:
        return _State(parameters, np.inf, np.empty(0), np.empty(0))
    V = np.linalg.inv(Sigma)
    x, y, c = directions(owner, loadings, phi, np.tril_indices(m, -1))
    gradient = 2 * c * np.einsum("ai,ij,aj->a", x, V @ (Sigma - R) @ V, y, optimize=True)
    discrepancy = float(2 * np.log(np.diag(root)).sum() + (V * R).sum())
    return _State(parameters, discrepancy, gradient, _information(x, y, c, V))


def _start(R: Floats, owner: Ints, m: int) -> Floats:
    """Loadings from the first axis of each block, factor correlations from the sums that they weigh."""
    loadings = np.empty(len(R))
    for j in range(m):
        at = np.flatnonzero(owner == j)
        values, vectors = np.linalg.eigh(R[np.ix_(at, at)])
        shared = max((values[-1] - 1) / max(len(at) - 1, 1), 0.1)
        loadings[at] = vectors[:, -1] * np.sqrt(shared * len(at)) * (1 if vectors[:, -1].sum() >= 0 else -1)
    loadings = np.clip(loadings, -0.95, 0.95)
    weights = np.eye(m)[owner] * loadings[:, None]
    sums = weights.T @ R @ weights
    spread = np.sqrt(np.diag(sums))
    between = 0.9 * (sums / np.outer(spread, spread))[np.tril_indices(m, -1)]
    return np.concatenate([loadings, between, 1 - loadings**2])


def _better(tried: _State, state: _State) -> bool:
    """Whether a step improves the discrepancy, or, where rounding hides that, the gradient."""
    gain = state.discrepancy - tried.discrepancy
    return gain > ROUNDING or (gain > -ROUNDING and tried.steepest < state.steepest)


def fit(R: Floats, owner: Ints) -> Solution:
    """Fit the model in which item i loads on factor ``owner[i]`` (0, 1, ...) to a regular correlation matrix.

    The loadings of each factor sum to something positive.
    """
    k, m = len(owner), int(owner.max()) + 1
    state = _state(R, owner, m, _start(R, owner, m))
    damping = 1e-3
    for _ in range(ITERATIONS):
        if state.steepest < GRADIENT or damping > 1e8:
            break
        H = state.information
        step = np.linalg.solve(H + damping * np.diag(np.diag(H)), -state.gradient)
        tried = _state(R, owner, m, state.parameters + step)
        if _better(tried, state):
            state, damping = tried, max(damping / 10, 1e-12)
        else:
            damping *= 10
    loadings, phi, residual = _unpack(state.parameters, k, m)
    sign = np.where(np.bincount(owner, loadings, m) < 0, -1.0, 1.0)
    return Solution(owner, loadings * sign[owner], phi * np.outer(sign, sign), residual, state.steepest < FLAT)


def improper(solution: Solution) -> tuple[Ints, bool]:
    """Items with a residual variance of zero or less (Heywood cases), and whether Phi is positive definite."""
    return np.flatnonzero(solution.residual <= 0), bool(np.linalg.eigvalsh(solution.phi)[0] > 0)


def convergent_validity(loadings: Floats) -> tuple[float, float]:
    """Average variance extracted and composite reliability of standardised loadings (Fornell & Larcker 1981)."""
    squared, common = loadings**2, float(loadings.sum() ** 2)
    return float(squared.mean()), common / (common + float((1 - squared).sum()))
