"""Oblique rotation of loadings: direct oblimin with gamma 0 (quartimin), by gradient projection.

Criterion: sum over pairs of factors of the products of squared loadings (Jennrich & Sampson 1966); algorithm: gradient
projection on the manifold of oblique rotations (Jennrich 2002; GPArotation's GPFoblq). Loadings are rotated as they
are, without Kaiser normalisation, as psych::fa and GPArotation::oblimin do unless told otherwise. The criterion has
local optima: the unrotated axes and seeded random ones are tried, and the smallest value is taken.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TOLERANCE = 1e-7  # length of the projected gradient at which the rotation ends
ITERATIONS = 2000
SAME = 1e-6  # relative difference of two optima that is none: the earlier start is kept


class Rotation(NamedTuple):
    """Pattern loadings (k, m), factor correlations (m, m) and the criterion."""

    loadings: Floats
    phi: Floats
    criterion: float


def _quartimin(loadings: Floats) -> tuple[float, Floats]:
    squared = loadings**2
    others = squared.sum(axis=1, keepdims=True) - squared
    return float((squared * others).sum()) / 4, loadings * others


def _descend(A: Floats, T: Floats) -> Rotation:
    """Gradient projection from the axes ``T`` (unit columns); loadings are A inv(T)'."""

    def at(axes: Floats) -> tuple[Floats, float, Floats]:
        inverse = np.linalg.inv(axes)
        loadings = A @ inverse.T
        value, slope = _quartimin(loadings)
        return loadings, value, -(loadings.T @ slope @ inverse).T

    loadings, value, gradient = at(T)
    step = 1.0
    for _ in range(ITERATIONS):
        along = gradient - T * (T * gradient).sum(axis=0)
        length2 = float((along**2).sum())
        if length2 < TOLERANCE**2:
            break
        step *= 2
        while True:
            moved = T - step * along
            moved /= np.sqrt((moved**2).sum(axis=0))
            tried = at(moved)
            if value - tried[1] > 0.5 * length2 * step or step < 1e-10:
                break
            step /= 2
        if tried[1] >= value:
            break
        T = moved
        loadings, value, gradient = tried
    return Rotation(loadings, T.T @ T, value)


def oblimin(A: Floats, rng: np.random.Generator, starts: int = 10) -> Rotation:
    """Rotate loadings ``A`` (k, m), m >= 2; the best of the unrotated axes and ``starts`` random ones."""
    m = A.shape[1]
    axes = [np.eye(m), *(np.linalg.qr(rng.standard_normal((m, m)))[0] for _ in range(starts))]
    best = _descend(A, axes[0])
    for T in axes[1:]:
        found = _descend(A, T)
        if found.criterion < best.criterion * (1 - SAME):
            best = found
    return best
