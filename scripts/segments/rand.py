"""Adjusted Rand index of two partitions of the same respondents (Hubert & Arabie 1985), for many tables at once.

1 where the partitions are the same whatever their labels, 0 on average where one has nothing to do with the other. What
counts as large is said by two references: what **chance** gives (the labels of one partition dealt out again at random,
95% point), and an interval over resampled respondents.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scripts.lib.intervals import percentile
from scripts.lib.resampling import resample

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
CHANCE = 0.95  # point of the permutation distribution that is told


class Agreement(NamedTuple):
    """Adjusted Rand index with its percentile interval, and what 95 of 100 random relabellings stay below."""

    ari: float
    low: float
    high: float
    chance: float


def adjusted_rand(tables: Floats) -> Floats:
    """Adjusted Rand index (B,) of contingency tables (B, r, c); 1 where both partitions have one group only."""
    pairs = (tables * (tables - 1) / 2).sum(axis=(1, 2))
    rows, columns = tables.sum(axis=2), tables.sum(axis=1)
    one, other = (rows * (rows - 1) / 2).sum(axis=1), (columns * (columns - 1) / 2).sum(axis=1)
    n = tables.sum(axis=(1, 2))
    expected, most = one * other / (n * (n - 1) / 2), (one + other) / 2
    room = most - expected
    return np.where(room > 0, (pairs - expected) / np.where(room > 0, room, 1), 1.0)


def agreement(one: Labels, other: Labels, units: ArrayLike, draws: int, rng: np.random.Generator) -> Agreement:
    """Agreement of two partitions (n,) with labels 0, 1, ...; respondents of one unit are drawn together."""
    inside = np.eye(int(other.max()) + 1)
    rows = np.eye(int(one.max()) + 1)[one]
    observed = float(adjusted_rand((rows.T @ inside[other])[None])[0])
    dealt = np.array([rows.T @ inside[rng.permutation(other)] for _ in range(draws)])
    weights = resample(units, draws, rng)
    again = np.array([(rows * weight[:, None]).T @ inside[other] for weight in weights])
    low, high = percentile(adjusted_rand(again)[:, None])
    return Agreement(observed, float(low[0]), float(high[0]), float(np.quantile(adjusted_rand(dealt), CHANCE)))
