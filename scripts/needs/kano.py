"""The Kano model on counts: evaluation table, category, Better and Worse, Fong's test.

Kano et al. (1984); evaluation table and Better-Worse: Berger et al. (1993), Center for Quality of Management Journal
2(4); total and category strength: Lee & Newcomb (1997); Fong (1996).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib.intervals import wilson

Counts = NDArray[np.int64]
ANSWERS = ("like", "must_be", "neutral", "live_with", "dislike")
TABLE = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")  # rows functional, columns dysfunctional, in that order
CATEGORIES = ("M", "O", "A", "I", "R", "Q")  # also the order that decides between two categories of like strength
FONG_Z = 1.65
CELL = np.array([[CATEGORIES.index(category) for category in row] for row in TABLE])


def count(functional: NDArray[np.int64], dysfunctional: NDArray[np.int64]) -> Counts:
    """How many pairs of answers fall into each category (M, O, A, I, R, Q).

    ``functional`` and ``dysfunctional`` are positions in ``ANSWERS`` of the same respondents.
    """
    return np.bincount(CELL[functional, dysfunctional], minlength=len(CATEGORIES))


def evaluate(counts: Counts, mixed: float, questionable: float) -> pd.DataFrame:
    """Category and coefficients of each attribute.

    Parameters
    ----------
    counts : (attributes, 6) in the order of ``CATEGORIES``.
    mixed : category strength, percentage points, up to which the order M > O > A > I decides between the first two.
    questionable : share of questionable answers above which the wording is doubted.

    Returns
    -------
    n, the six counts, category, second (the other of the two most frequent), better and worse with Wilson intervals
    (both are shares of the answers in A, O, M and I; worse is negative), total strength (share of M, O and A of all
    answers), category strength (difference of the two largest, share of all answers), Fong's difference and threshold,
    distinct, verdict: "wording" (too many questionable answers), "mixed" (first and second not distinct) or "distinct".
    """
    out = pd.DataFrame(counts, columns=list(CATEGORIES))
    out.insert(0, "n", counts.sum(axis=1))
    M, O, A, I = counts.T[:4]  # noqa: E741  # the field's own letters
    order = np.argsort(-counts, axis=1, kind="stable")
    first, second = np.take_along_axis(counts, order[:, :2], axis=1).T
    n = out["n"].to_numpy(dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        strength = (first - second) / n
        base = (A + O + M + I).astype(float)
        better, worse = (A + O) / base, (O + M) / base
        total = (M + O + A) / n
    close = strength * 100 <= mixed + 1e-9
    leading = np.where(close, order[:, :2].min(axis=1), order[:, 0])
    out["category"] = [CATEGORIES[i] for i in leading]
    out["second"] = [CATEGORIES[i] for i in np.where(leading == order[:, 0], order[:, 1], order[:, 0])]
    low, high = wilson(A + O, base)
    out["better"], out["better_low"], out["better_high"] = better, low, high
    low, high = wilson(O + M, base)
    out["worse"], out["worse_low"], out["worse_high"] = -worse, -high, -low
    out["total_strength"], out["category_strength"] = total, strength
    out["fong_difference"], out["fong_threshold"] = first - second, fong_threshold(first, second, n)
    out["distinct"] = out["fong_difference"] >= out["fong_threshold"]
    doubted = out["Q"] > questionable * n
    out["verdict"] = np.where(doubted, "wording", np.where(out["distinct"], "distinct", "mixed"))
    return out


def fong_threshold(first: Counts, second: Counts, n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference of the two largest counts from which on they are distinct (Fong 1996, 90% two-sided)."""
    both = first + second
    with np.errstate(invalid="ignore", divide="ignore"):
        return FONG_Z * np.sqrt(both * (2 * n - both) / (2 * n))
