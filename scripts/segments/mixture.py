"""BIC of Gaussian mixtures, with one component and more, so that "one group" can win.

scikit-learn's GaussianMixture on the z-scores, each number of components with three kinds of covariance (``diag``:
independent features, a spread of their own in each component; ``tied``: one covariance for all; ``full``: one for each
component); the smallest BIC = -2 log L + parameters log n counts. EM starts once, from the k-means partition and its
pooled spread: several random starts would find the degenerate solutions, whose likelihood has no bound.

The last feature is left out: row-centred answers sum to zero, so it says nothing new and makes full covariances
singular. A solution with a component that has next to no spread in some direction is degenerate and left out, as in R's
mclust; where that leaves none, the number has no BIC.
"""

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
COVARIANCES = ("diag", "tied", "full")
DEGENERATE = 1e-3  # smallest variance, in any direction, of a component of z-scores
TOLERANCE, ITERATIONS = 1e-4, 200
RIDGE = 1e-6


class Mixture(NamedTuple):
    """BIC of a number of components, and the kind of covariance that has it; NaN and "" where all are degenerate."""

    bic: float
    covariance: str


def fit(X: Floats, labels: Labels, covariance: str) -> float:
    """BIC of the mixture of features X (n, p) that starts from the partition ``labels``; NaN where it is degenerate."""
    k, p = int(labels.max()) + 1, X.shape[1]
    means = np.array([X[labels == cluster].mean(axis=0) for cluster in range(k)])
    within = np.cov(X - means[labels], rowvar=False, bias=True).reshape(p, p) + RIDGE * np.eye(p)
    precision = np.linalg.inv(within)
    start = {"diag": np.tile(1 / np.diag(within), (k, 1)), "tied": precision, "full": np.tile(precision, (k, 1, 1))}
    model = GaussianMixture(
        k,
        covariance_type=covariance,
        tol=TOLERANCE,
        max_iter=ITERATIONS,
        reg_covar=RIDGE,
        weights_init=np.bincount(labels) / len(labels),
        means_init=means,
        precisions_init=start[covariance],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the limit of iterations bounds the time; BIC moves by < 1
        try:
            found = model.fit(X)
        except ValueError:  # a component lost all its members
            return np.nan
    spread = found.covariances_
    least = spread.min() if covariance == "diag" else np.linalg.eigvalsh(spread).min()
    return float(found.bic(X)) if least > DEGENERATE else np.nan


def mixture_bic(Z: Floats, labels: Labels) -> Mixture:
    """The smallest BIC for as many components as the partition ``labels`` of the z-scores Z (n, p) has clusters."""
    found = {covariance: fit(Z[:, :-1], labels, covariance) for covariance in COVARIANCES}
    known = {covariance: bic for covariance, bic in found.items() if np.isfinite(bic)}
    best = min(known, key=lambda covariance: known[covariance], default="")
    return Mixture(known.get(best, np.nan), best)
