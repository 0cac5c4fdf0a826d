"""Johnson's (2000) relative weights: shares of explained variance when predictors correlate.

With R_xx = P D P' the correlations of the predictors, L = P D^(1/2) P' are the loadings on their closest orthogonal
counterparts and b = L^-1 r_xy the regression on these; the weight of predictor j is the sum over k of L_jk^2 b_k^2.
The weights are >= 0 and sum to R squared. Johnson, J. W. (2000), Multivariate Behavioral Research 35(1), 1-19.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SINGULAR = 1e-8  # smallest eigenvalue of a correlation matrix at which predictors count as repeating each other


def relative_weights(R_xx: Floats, r_xy: Floats) -> Floats:
    """Relative weight of each predictor, in shares of the outcome's variance.

    Parameters
    ----------
    R_xx : (p, p) correlations of the predictors.
    r_xy : (p,) their correlations with the outcome.

    Raises
    ------
    ValueError
        If the correlation matrix is singular: one predictor repeats others, and no weight is its own.
    """
    values, vectors = np.linalg.eigh(R_xx)
    if values[0] <= SINGULAR:
        raise ValueError("the correlation matrix of the predictors is singular")
    loadings = (vectors * np.sqrt(values)) @ vectors.T
    return loadings**2 @ np.linalg.solve(loadings, r_xy) ** 2


def from_covariance(covariance: Floats) -> Floats:
    """Relative weights from the covariance of the predictors and, last, the outcome; ValueError as above."""
    spread = np.sqrt(np.diag(covariance))
    if not spread.all():
        raise ValueError("a predictor or the outcome does not vary")
    correlation = covariance / np.outer(spread, spread)
    return relative_weights(correlation[:-1, :-1], correlation[:-1, -1])
