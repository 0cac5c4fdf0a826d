"""What is clustered: importance relative to the respondent's own level, its holes filled by one normal model.

A feature is an importance answer minus the respondent's mean over the items that he answered: the halo (everything is
important) leaves, and what remains is what matters more and what less. A hole takes its conditional mean given the
respondent's answers (EM, see scripts/lib/missing.py), minus the same mean of answered items; it pulls holes towards
what is usual for such answers and so favours "no segments".

The normal model is fitted to the answers **before** centring. After it, the answers of a complete row sum to zero,
the covariance is singular by construction and its likelihood unbounded: one hole would always be filled with zero.

Where the answers cannot carry a full covariance (EM does not settle or ends singular, as with 36 items and 92 rows),
a ridge prior of a tenth of the rows holds it; the choice is made once, on the data, and holds for every draw of the
null.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.lib.missing import Moments, conditional_means, em_moments

Floats = NDArray[np.float64]
TOLERANCE = 1e-4  # of standardised moments; the filled values then move by less than a hundredth of a scale point
ITERATIONS = 500
PRIOR_SHARE = 0.10
SINGULAR = 1e-6  # smallest eigenvalue of a correlation matrix that is still taken for regular


@dataclass(frozen=True)
class FillModel:
    """The normal model that fills holes."""

    moments: Moments
    prior_rows: float


def fit_fill(X: Floats) -> FillModel:
    """Fit the normal model to answers (n, p) with holes (NaN)."""
    moments = em_moments(X, TOLERANCE, ITERATIONS)
    if not np.isnan(X).any() or (moments.converged and _smallest_eigenvalue(moments.covariance) > SINGULAR):
        return FillModel(moments, 0.0)
    prior = PRIOR_SHARE * len(X)
    return FillModel(em_moments(X, TOLERANCE, ITERATIONS, prior_rows=prior), prior)


def _smallest_eigenvalue(covariance: Floats) -> float:
    spread = np.sqrt(np.diag(covariance))
    live = spread > 0
    return float(np.linalg.eigvalsh((covariance / np.outer(spread, spread).clip(1e-300))[np.ix_(live, live)])[0])


def centre_and_fill(X: Floats, model: FillModel) -> Floats:
    """Row-centred features (n, p) of answers like those that ``model`` was fitted to.

    The model is fitted again to ``X``, from where ``model`` ended: the data and every draw of the null get the same
    treatment.
    """
    own = np.nanmean(X, axis=1, keepdims=True)
    if not np.isnan(X).any():
        return X - own
    again = em_moments(X, TOLERANCE, ITERATIONS, start=model.moments, prior_rows=model.prior_rows)
    return conditional_means(X, again) - own


def canonical_order(X: Floats) -> NDArray[np.int64]:
    """An order of the rows that depends on their answers alone, so that a shuffled file gives the same result."""
    keys = np.nan_to_num(X, nan=-np.inf).T[::-1]
    return np.lexsort(keys) if len(keys) else np.arange(len(X))
