"""How many factors: parallel analysis (Horn 1965) on the eigenvalues of principal axis factoring.

The eigenvalues are those of the correlation matrix with the communalities of one minres factor in its diagonal
(psych::fa.parallel, fa="fa", SMC=FALSE). A factor is kept as long as its eigenvalue is above the given quantile of the
same eigenvalue in noise: uncorrelated normal items and as many rows. The noise is drawn as Wishart matrices by
Bartlett's decomposition, which is the distribution of the covariances of such rows and costs the same for any number of
them. Never "eigenvalue above one": that rule keeps too many. Principal components, Horn's own version, stand beside.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.survey.scales import minres_one_factor

Floats = NDArray[np.float64]
BATCH = 250  # draws at a time, so that memory does not grow with their number
TOLERANCE, SWEEPS = 1e-4, 300  # of the noise's communalities; moves a quantile by less than 1e-4


class Parallel(NamedTuple):
    """Eigenvalues in descending order, of the data and of noise, and how many are kept."""

    factor_values: Floats
    factor_reference: Floats
    component_values: Floats
    component_reference: Floats
    n_factors: int
    n_components: int


def factor_eigenvalues(R: Floats, tolerance: float = 1e-12, sweeps: int = 10_000) -> Floats:
    """Eigenvalues of correlation matrices (..., k, k) with one-factor communalities in the diagonal, descending."""
    reduced = R.copy()
    at = np.arange(R.shape[-1])
    reduced[..., at, at] = minres_one_factor(R, tolerance, sweeps) ** 2
    return np.linalg.eigvalsh(reduced)[..., ::-1]


def noise(n: float, k: int, draws: int, rng: np.random.Generator) -> Floats:
    """Correlation matrices (draws, k, k) of ``n`` rows of ``k`` uncorrelated normal items; n need not be whole."""
    at = np.arange(k)
    root = np.tril(rng.standard_normal((draws, k, k)), -1)
    root[:, at, at] = np.sqrt(rng.chisquare(n - 1 - at, size=(draws, k)))
    W = root @ root.transpose(0, 2, 1)
    spread = np.sqrt(W[:, at, at])
    R = W / (spread[:, :, None] * spread[:, None, :])
    R[:, at, at] = 1.0
    return R


def leading(values: Floats, reference: Floats) -> int:
    """How many eigenvalues stand above their reference before the first that does not."""
    below = np.flatnonzero(values <= reference)
    return int(below[0]) if len(below) else len(values)


def parallel_analysis(R: Floats, n: float, draws: int, quantile: float, rng: np.random.Generator) -> Parallel:
    """Parallel analysis of a correlation matrix (k, k) of ``n`` rows."""
    factors, components = [], []
    for start in range(0, draws, BATCH):
        drawn = noise(n, len(R), min(BATCH, draws - start), rng)
        factors.append(factor_eigenvalues(drawn, TOLERANCE, SWEEPS))
        components.append(np.linalg.eigvalsh(drawn)[:, ::-1])
    factor_values, component_values = factor_eigenvalues(R), np.linalg.eigvalsh(R)[::-1]
    factor_reference = np.quantile(np.concatenate(factors), quantile, axis=0)
    component_reference = np.quantile(np.concatenate(components), quantile, axis=0)
    return Parallel(
        *(factor_values, factor_reference, component_values, component_reference),
        n_factors=leading(factor_values, factor_reference),
        n_components=leading(component_values, component_reference),
    )
