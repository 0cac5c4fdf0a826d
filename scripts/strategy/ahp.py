"""Analytic hierarchy process (Saaty 1980): weights from pairwise judgements.

Weights: principal eigenvector, sum 1. Consistency: CI = (lambda_max - n) / (n - 1), CR = CI / RI with Saaty's random
index (n = 3..10: 0.58 0.90 1.12 1.24 1.32 1.41 1.45 1.49); CR of one or two criteria is 0. Several raters: geometric
mean of the judgements, cell by cell (Aczel & Saaty 1983), which keeps the matrix reciprocal.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)  # n = 1..10


class Judgement(NamedTuple):
    """Weights of one matrix and how consistent it is."""

    weights: Floats
    eigenvalue: float
    consistency_ratio: float


def matrix(criteria: Sequence[str], pairs: Iterable[tuple[str, str, float]]) -> Floats:
    """Reciprocal matrix from judgements (a, b, how many times a matters more than b), one of every pair."""
    place = {name: i for i, name in enumerate(criteria)}
    A = np.eye(len(criteria))
    for a, b, value in pairs:
        A[place[a], place[b]], A[place[b], place[a]] = value, 1 / value
    return A


def judge(A: Floats) -> Judgement:
    """Weights and consistency ratio of a reciprocal matrix of at most ten criteria."""
    n = len(A)
    values, vectors = np.linalg.eig(A)
    leading = int(np.argmax(values.real))
    weights = np.abs(vectors[:, leading].real)
    largest = float(values[leading].real)
    index = (largest - n) / (n - 1) if n > 1 else 0.0
    # rounding leaves lambda_max of a consistent matrix a hair below n
    ratio = max(index, 0.0) / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    return Judgement(weights / weights.sum(), largest, ratio)


def combine(matrices: Sequence[Floats]) -> Floats:
    """Geometric mean of the raters' judgements, cell by cell."""
    return np.exp(np.mean([np.log(A) for A in matrices], axis=0))


def concentration(weights: Floats, raters: Floats, few: float) -> tuple[float, bool]:
    """Dirichlet concentration around ``weights``, and whether it comes from the raters' spread.

    A Dirichlet with concentration c has variances w (1 - w) / (c + 1). With three raters or more, c is such that their
    sum equals the sum of the raters' variances (ddof 1) over the criteria; with fewer it is ``few``.
    """
    if len(raters) < 3:
        return few, False
    spread = float(raters.var(axis=0, ddof=1).sum())
    most = float((weights * (1 - weights)).sum())
    return (float(np.clip(most / spread - 1, 1.0, 1e4)) if spread > 0 else 1e4), True
