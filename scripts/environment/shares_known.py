"""HHI and CR4 from shares, and their bounds when only some shares are known."""

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

THRESHOLDS = {2010: (1500, 2500), 2023: (1000, 1800)}  # US merger guidelines, by vintage
CLASSES = ("unconcentrated", "moderately concentrated", "highly concentrated")
WHOLE_SHARE = 0.995  # printed shares that add up to this much are the whole


def hhi(shares: ArrayLike) -> float:
    """Herfindahl-Hirschman index of shares (fractions), 0 to 10000."""
    return float(np.square(100 * np.asarray(shares, dtype=float)).sum())


def cr4(shares: ArrayLike) -> float:
    """Share of the four largest, a fraction."""
    return float(np.sort(np.asarray(shares, dtype=float))[::-1][:4].sum())


def hhi_bounds(shares: ArrayLike, largest: bool) -> tuple[float, float]:
    """Smallest and largest HHI that agree with the known shares (fractions).

    Parameters
    ----------
    shares
        Shares of single firms.
    largest
        True when no other firm is larger than the smallest known one.

    Returns
    -------
    Lower bound (the rest atomised) and upper bound (the rest in firms as large as the smallest known); the upper bound
    is missing where the known ones may not be the largest.
    """
    known = np.asarray(shares, dtype=float)
    rest = max(1 - known.sum(), 0.0)
    low = hhi(known)
    if rest < 1 - WHOLE_SHARE:
        return low, low
    if not largest or known.min() <= 0:
        return low, math.nan
    smallest = known.min()
    full = math.floor(rest / smallest + 1e-9)
    return low, low + hhi([smallest] * full + [max(rest - full * smallest, 0.0)])


def known_are_largest(shares: ArrayLike) -> bool:
    """True when no unknown firm can be larger than the smallest known one: the rest together is not larger."""
    known = np.asarray(shares, dtype=float)
    return bool(1 - known.sum() <= known.min() + 1e-9)


def class_of(low: float, high: float, vintage: int) -> str:
    """Class of concentration by the thresholds of a vintage; "open" when the interval spans several."""
    lower, upper = THRESHOLDS[vintage]
    places = [0 if bound < lower else 1 if bound <= upper else 2 for bound in (low, 1e4 if math.isnan(high) else high)]
    return CLASSES[places[0]] if places[0] == places[1] else "open"


def _row(place: str, period: str, measure: str, name: str, n: float, bounds: tuple[float, ...]) -> dict[str, Any]:
    low, high, cr_low, cr_high = bounds
    exact = low == high
    return {
        "basis": "shares",
        "place": place,
        "set": name,
        "measure": measure,
        "period": period,
        "n_firms": n,
        "hhi": low if exact else np.nan,
        "hhi_low": low,
        "hhi_high": high,
        "cr4": cr_low if exact else np.nan,
        "cr4_low": cr_low,
        "cr4_high": cr_high,
        "class_2010": class_of(low, high, 2010),
        "class_2023": class_of(low, high, 2023),
        "whole": exact,
        "label_en": name,
    }


def from_shares(shares: pd.DataFrame) -> pd.DataFrame:
    """Bounds by region, period and measure where the number of firms is known.

    Single firms of one region, period and measure are taken together (set ``single firms``), and are the largest where
    the study says so or the rest leaves no room for a larger one; a group of n firms with one share gives bounds of its
    own, for groups may lie inside each other.

    Parameters
    ----------
    shares
        Columns region, period, measure, label_en, label_zh, share (fraction), n_institutions, largest.
    """
    known = shares[shares["share"].notna() & shares["n_institutions"].notna()]
    rows = []
    for (region, period, measure), part in known.groupby(["region", "period", "measure"]):
        single = part.loc[part["n_institutions"] == 1, "share"].to_numpy()
        if len(single):
            told = part.loc[part["n_institutions"] == 1, "largest"].eq("yes").all()
            largest = bool(told) or known_are_largest(single)
            bounds = hhi_bounds(single, largest)
            top = cr4(single)
            certain = bounds[0] == bounds[1] or (largest and len(single) >= 4)
            four = (top, top if certain else math.nan)
            name = "single firms"
            rows.append(_row(region, period, measure, name, len(single), (*bounds, *four)) | {"label_zh": "单个机构"})
        for group in part[part["n_institutions"] > 1].itertuples():
            low = hhi([group.share / group.n_institutions] * int(group.n_institutions))
            four_low = group.share * min(4 / group.n_institutions, 1)
            bounds = (low, math.nan, four_low, math.nan)
            row = _row(region, period, measure, group.label_en, group.n_institutions, bounds)
            rows.append(row | {"label_zh": group.label_zh})
    return pd.DataFrame(rows)
