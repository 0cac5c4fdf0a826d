"""Exploratory factor analysis of a correlation matrix: minres, then direct oblimin.

Minres (Harman & Jones 1966) leaves the smallest sum of squared residual correlations: L-BFGS-B on the uniquenesses,
from squared multiple correlations and between .005 and 1, with the analytic gradient (psych::fa, fm="minres"). More
than one factor is rotated obliquely (scripts/validity/rotation.py).

Factors are ordered by the variance they account for, diag(Phi L'L), and signed so that their loadings sum to something
positive. Fit as in psych::fa: rms over the off-diagonal residuals, chi-square of the maximum likelihood discrepancy at
the minres solution with Bartlett's factor (n - 1) - (2 k + 5) / 6 - 2 m / 3, RMSEA sqrt(chi2 / (df n) - 1 / (n - 1))
with its .90 interval, TLI.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import chdtrc

from scripts.validity.fit_indices import noncentrality_interval
from scripts.validity.rotation import oblimin

Floats = NDArray[np.float64]
UNIQUENESS_FLOOR = 0.005


class Factors(NamedTuple):
    """Pattern loadings (k, m) in their stated order, correlations of the factors, communalities, variance by factor."""

    loadings: Floats
    phi: Floats
    communality: Floats
    variance: Floats


class FactorFit(NamedTuple):
    """How well the factors reproduce the correlations; NaN without degrees of freedom."""

    rms: float
    chi2: float
    df: int
    p: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    tli: float


def degrees_of_freedom(k: int, m: int) -> int:
    """Correlations less free parameters of ``m`` factors of ``k`` items."""
    return k * (k - 1) // 2 - k * m + m * (m - 1) // 2


def _loadings(R: Floats, uniqueness: Floats, m: int) -> Floats:
    values, vectors = np.linalg.eigh(R - np.diag(uniqueness))
    return vectors[:, ::-1][:, :m] * np.sqrt(np.maximum(values[::-1][:m], 0))


def minres(R: Floats, m: int) -> Floats:
    """Unrotated loadings (k, m) of a regular correlation matrix."""

    def discrepancy(uniqueness: Floats) -> tuple[float, Floats]:
        values, vectors = np.linalg.eigh(R - np.diag(uniqueness))
        values[-m:] = np.minimum(values[-m:], 0)  # what the m factors do not reproduce
        return float(values @ values) / 2, -(vectors**2) @ values

    start = 1 / np.diag(np.linalg.inv(R))
    bounds = [(UNIQUENESS_FLOOR, 1.0)] * len(R)
    options = {"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-9}
    found = minimize(discrepancy, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return _loadings(R, found.x, m)


def extract(R: Floats, m: int, rng: np.random.Generator) -> Factors:
    """``m`` minres factors, rotated by oblimin where there are two or more."""
    loadings, phi = minres(R, m), np.eye(m)
    communality = (loadings**2).sum(axis=1)
    if m > 1:
        loadings, phi, _ = oblimin(loadings, rng)
    sign = np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
    loadings, phi = loadings * sign, phi * np.outer(sign, sign)
    variance = np.diag(phi @ loadings.T @ loadings)
    order = np.argsort(-variance, kind="stable")
    return Factors(loadings[:, order], phi[np.ix_(order, order)], communality, variance[order])


def factor_fit(R: Floats, factors: Factors, n: float) -> FactorFit:
    """Fit of ``factors`` to the correlations ``R`` of ``n`` rows."""
    k, m = factors.loadings.shape
    model = factors.loadings @ factors.phi @ factors.loadings.T
    residual = R - model
    np.fill_diagonal(residual, 0)
    rms = float(np.sqrt((residual**2).sum() / (k * (k - 1))))
    np.fill_diagonal(model, 1)
    product = np.linalg.solve(model, R)
    discrepancy = float(np.trace(product) - np.linalg.slogdet(product)[1] - k)
    df, factor = degrees_of_freedom(k, m), n - 1 - (2 * k + 5) / 6 - 2 * m / 3
    if df <= 0:
        return FactorFit(rms, np.nan, df, *[np.nan] * 5)
    chi2 = max(discrepancy * factor, 0.0)
    low, high = noncentrality_interval(chi2, df)
    baseline = -float(np.linalg.slogdet(R)[1]) * 2 / (k * (k - 1))
    return FactorFit(
        rms=rms,
        chi2=chi2,
        df=df,
        p=float(chdtrc(df, chi2)),
        rmsea=float(np.sqrt(max(chi2 / (df * n) - 1 / (n - 1), 0))),
        rmsea_low=float(np.sqrt(low / (n - 1) / df)),
        rmsea_high=float(np.sqrt(high / (n - 1) / df)),
        tli=(baseline - discrepancy / df) / (baseline - 1 / factor),
    )
