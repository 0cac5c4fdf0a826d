"""How well a factor model fits: indices from chi-square values, by the formulas of lavaan.

RMSEA (Steiger & Lind 1980) = sqrt(max(X2 - c df, 0) / (n df)) with its interval from the noncentral chi-square
distribution; CFI (Bentler 1990) and TLI (Tucker & Lewis 1973) against the model of uncorrelated items, NFI (Bentler &
Bonett 1980), IFI (Bollen 1989); SRMR over the k (k + 1) / 2 standardised residuals; GFI and AGFI (Joreskog & Sorbom);
AIC and BIC from the normal likelihood.

X2 is n times the discrepancy. Answers with holes scale it by c (scripts/validity/standard_errors.py), and the
uncorrelated items' by their own c: chi-square is X2 / c, RMSEA, CFI and TLI are the versions that do not drift with the
share of holes (Zhang & Savalei 2020; lavaan's "robust" ones), and there is no likelihood to compare. Without holes c is
1 and they are the plain indices. A model without degrees of freedom cannot be tested and has no RMSEA.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtrc, chndtr

Floats = NDArray[np.float64]
RMSEA_LEVEL = 0.90  # the customary level of its interval


class FitIndices(NamedTuple):
    """Fit of a model; NaN where it is not defined."""

    chi2: float
    df: int
    p: float
    scale: float
    baseline_chi2: float
    baseline_df: int
    cfi: float
    tli: float
    nfi: float
    ifi: float
    rmsea: float
    rmsea_low: float
    rmsea_high: float
    srmr: float
    gfi: float
    agfi: float
    loglik: float
    aic: float
    bic: float
    n_parameters: int


def noncentrality_interval(chi2: float, df: int, level: float = RMSEA_LEVEL) -> tuple[float, float]:
    """Interval of the noncentrality of a chi-square value; 0 where the value is too small for a positive bound."""
    tail = (1 - level) / 2

    def bound(probability: float) -> float:
        if chndtr(chi2, df, 0.0) <= probability:
            return 0.0
        high = max(chi2, 1.0)
        while chndtr(chi2, df, high) > probability:
            high *= 2
        return float(brentq(lambda noncentral: chndtr(chi2, df, noncentral) - probability, 0.0, high, xtol=1e-10))

    return bound(1 - tail), bound(tail)


def fit_indices(
    S: Floats, Sigma: Floats, n: int, n_parameters: int, scale: float = 1.0, baseline_scale: float = 1.0
) -> FitIndices:
    """Indices of a model with the implied covariance ``Sigma``, fitted to the covariance ``S`` of ``n`` rows.

    ``scale`` and ``baseline_scale`` are c of the model and of uncorrelated items, 1 where no answer is missing.
    """
    k = len(S)
    df, baseline_df = k * (k + 1) // 2 - n_parameters, k * (k - 1) // 2
    logdet_s, logdet = np.linalg.slogdet(S)[1], np.linalg.slogdet(Sigma)[1]
    product = np.linalg.solve(Sigma, S)
    raw = max(n * float(logdet - logdet_s + np.trace(product) - k), 0.0)
    raw_baseline = n * float(np.log(np.diag(S)).sum() - logdet_s)
    chi2, baseline = raw / scale, raw_baseline / baseline_scale
    excess, worse = raw - scale * df, raw_baseline - baseline_scale * baseline_df
    most = max(excess, worse, 0.0)
    spread = np.sqrt(np.diag(S))
    residuals = ((S - Sigma) / np.outer(spread, spread))[np.tril_indices(k)]
    misfit = product - np.eye(k)
    gfi = 1 - float(np.trace(misfit @ misfit) / np.trace(product @ product))
    loglik = -n / 2 * float(k * np.log(2 * np.pi) + logdet + np.trace(product))
    if scale != 1 or baseline_scale != 1:
        loglik = np.nan
    low, high = noncentrality_interval(chi2, df) if df else (np.nan, np.nan)
    return FitIndices(
        chi2=chi2,
        df=df,
        p=float(chdtrc(df, chi2)) if df else np.nan,
        scale=scale,
        baseline_chi2=baseline,
        baseline_df=baseline_df,
        cfi=1 - max(excess, 0.0) / most if most else 1.0,
        tli=1 - excess / worse * baseline_df / df if df else np.nan,
        nfi=1 - chi2 / baseline,
        ifi=(baseline - chi2) / (baseline - df),
        rmsea=float(np.sqrt(max(excess, 0.0) / (n * df))) if df else np.nan,
        rmsea_low=float(np.sqrt(scale * low / (n * df))) if df else np.nan,
        rmsea_high=float(np.sqrt(scale * high / (n * df))) if df else np.nan,
        srmr=float(np.sqrt((residuals**2).mean())),
        gfi=gfi,
        agfi=1 - k * (k + 1) / 2 / df * (1 - gfi) if df else np.nan,
        loglik=loglik,
        aic=-2 * loglik + 2 * n_parameters,
        bic=-2 * loglik + float(np.log(n)) * n_parameters,
        n_parameters=n_parameters,
    )
