"""Ranking of alternatives on several criteria, for many draws at once.

TOPSIS (Hwang & Yoon 1981) with vector normalisation: r_ij = x_ij / sqrt(sum over i of x_ij^2), v = w r; closeness is
d- / (d+ + d-), the Euclidean distances from the worst and to the best value of each criterion. The weighted sum takes
scores on the fixed bounds of their scale, (x - low) / (high - low), turned round for a criterion that is to be small.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.lib.intervals import percentile, ranks

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LOW, HIGH = 1.0, 5.0  # bounds of every score


class Topsis(NamedTuple):
    """Weighted ideal and anti-ideal of each criterion, and closeness of each alternative."""

    ideal: Floats
    anti: Floats
    closeness: Floats


def topsis(X: Floats, weights: Floats, cost: Mask) -> Topsis:
    """TOPSIS along the last two axes.

    Parameters
    ----------
    X : (..., alternatives, criteria) scores > 0.
    weights : (..., criteria).
    cost : (criteria,) True where less is better.

    Returns
    -------
    Closeness is NaN where all alternatives are alike.
    """
    length = np.sqrt((X**2).sum(axis=-2, keepdims=True))
    V = weights[..., None, :] * X / length
    best, worst = V.max(axis=-2), V.min(axis=-2)
    ideal, anti = np.where(cost, worst, best), np.where(cost, best, worst)
    to_ideal = np.sqrt(((V - ideal[..., None, :]) ** 2).sum(axis=-1))
    to_anti = np.sqrt(((V - anti[..., None, :]) ** 2).sum(axis=-1))
    total = to_ideal + to_anti
    return Topsis(ideal, anti, to_anti / np.where(total > 0, total, np.nan))


def weighted_sum(X: Floats, weights: Floats, cost: Mask) -> Floats:
    """Weighted sum of scores on the bounds of their scale, 0 to 1; axes as in :func:`topsis`."""
    share = (X - LOW) / (HIGH - LOW)
    return np.asarray((np.where(cost, 1 - share, share) * weights[..., None, :]).sum(axis=-1))


def need_effect(qfd: Floats, among: Mask) -> Floats:
    """QFD scores as scores from 1 to 5: linear, smallest of the compared measures 1, largest 5; 3 where all are alike.

    ``qfd`` is (..., measures), ``among`` marks the measures that are compared; the others are held to the same bounds.
    """
    low = qfd[..., among].min(axis=-1, keepdims=True)
    span = qfd[..., among].max(axis=-1, keepdims=True) - low
    share = (qfd - low) / np.where(span > 0, span, np.nan)
    return np.where(span > 0, LOW + (HIGH - LOW) * np.clip(share, 0.0, 1.0), (LOW + HIGH) / 2)


class Acceptability(NamedTuple):
    """How often each measure came first and among the first three, its rank interval, and how often each rank."""

    first: Floats
    top3: Floats
    low: Floats
    high: Floats
    ranks: Floats  # (measures, ranks)


def acceptability(scores: Floats) -> Acceptability:
    """From (draws, measures) scores, larger is better (rank acceptability: Lahdelma, Hokkanen & Salminen 1998)."""
    drawn = ranks(scores)
    low, high = percentile(drawn)
    shares = np.stack([(drawn == rank).mean(axis=0) for rank in range(1, scores.shape[-1] + 1)], axis=-1)
    return Acceptability(shares[:, 0], shares[:, :3].sum(axis=-1), np.round(low), np.round(high), shares)


def contenders(first: Floats, enough: float) -> list[int]:
    """The fewest measures that together hold the first place with probability ``enough``."""
    order = np.argsort(-first, kind="stable")
    count = int(np.searchsorted(np.cumsum(first[order]), enough - 1e-9)) + 1
    return [int(i) for i in order[:count]]
