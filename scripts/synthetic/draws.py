"""Random draws that the generator shares.

One stream a subject, so that a change of one model leaves the draws of the others alone.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.str_]


def stream(seed: int, subject: str) -> np.random.Generator:
    """The generator of one subject."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])


def exact(shares: Mapping[Any, float], n: int, rng: np.random.Generator) -> npt.NDArray[Any]:
    """``n`` labels in random order whose counts meet the shares as nearly as whole numbers can (largest remainder)."""
    wanted = np.array(list(shares.values())) / sum(shares.values()) * n
    counts = np.floor(wanted).astype(int)
    counts[np.argsort(counts - wanted, kind="stable")[: n - counts.sum()]] += 1
    labels: npt.NDArray[Any] = rng.permutation(np.repeat(np.array(list(shares)), counts))
    return labels


def filled_profiles(
    overall: Mapping[str, float], stated: Sequence[Mapping[str, float]], weights: Sequence[float]
) -> Floats:
    """Shares of each class within each segment (rows sum to 1), where a profile states only some of them.

    What a profile leaves open is filled by iterative proportional fitting so that the shares of the whole list hold;
    where that cannot be (a profile takes more than the list has), the profile goes first.

    Parameters
    ----------
    overall
        Share of each class in the whole list.
    stated
        For each segment, the shares that its profile states.
    weights
        Share of each segment.
    """
    known = np.array([[profile.get(key, 0.0) for key in overall] for profile in stated])
    weight = np.array(weights)[:, None]
    open_cells = np.array([[key not in profile for key in overall] for profile in stated], dtype=float)
    rows = weight[:, 0] * (1 - known.sum(axis=1))
    columns = np.maximum(np.array(list(overall.values())) - (known * weight).sum(axis=0), 0)
    free = open_cells
    for _ in range(200):
        sums = free.sum(axis=0)
        free = free * np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)
        sums = free.sum(axis=1)
        free = free * np.divide(rows, sums, out=np.zeros_like(sums), where=sums > 0)[:, None]
    whole: Floats = known + free / weight
    return whole / whole.sum(axis=1, keepdims=True)


def pick(table: Floats, keys: Sequence[Any], rng: np.random.Generator) -> npt.NDArray[Any]:
    """One of the keys for each row of a table of probabilities."""
    chosen = (rng.random(len(table))[:, None] > table.cumsum(axis=1)).sum(axis=1)
    return np.array(keys)[np.minimum(chosen, len(keys) - 1)]


def logistic(x: Floats) -> Floats:
    """Inverse of the logit."""
    y: Floats = 1 / (1 + np.exp(-x))
    return y


def standard(x: Floats) -> Floats:
    """Mean 0, standard deviation 1."""
    y: Floats = (x - x.mean()) / x.std()
    return y


def rated(x: Floats, low: int, high: int) -> Ints:
    """A latent score as an answer: rounded to a whole number and cut to the scale."""
    return np.clip(np.rint(x), low, high).astype(np.int64)
