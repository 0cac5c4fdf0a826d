"""Importance and performance as matrices, groups of respondents, and the bootstrap that every needs rule shares.

Respondents stand in an order that depends on their answers only, so that a shuffled file gives the same resamples and
the same results. Resamples of everybody are the same for every rule (same seed, same order): the derived importance of
draw b and the performance of draw b come from the same respondents.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from scripts.lib import resampling
from scripts.lib.suppression import suppress_groups

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
ALL = "all"
DESCRIPTIVE = 60  # METHODS, "Sample": below this many answers descriptives only
EXPLORATORY = 100  # METHODS, "Sample": below this many answers importance-performance analysis is exploratory


@dataclass(frozen=True)
class Ratings:
    """What the respondents rated.

    Attributes
    ----------
    attributes : one row an attribute (survey/attributes.csv), A rows.
    importance, performance : (n, A) shares of the scale's range (percent of maximum possible / 100); NaN = not rated.
    importance_range, performance_range : (A, 2) smallest and largest code of each item's scale.
    satisfaction : (n,) overall satisfaction, upright; NaN where not answered or not asked.
    group : (n,) id of the respondent's group, "" where there is none.
    unit : (n,) which respondents are drawn together (survey/assign_units); everybody alone where not told.
    weight : (n,) raking weight, mean 1; NaN where the answers were not raked.
    """

    attributes: pd.DataFrame
    importance: Floats
    performance: Floats
    importance_range: Floats
    performance_range: Floats
    satisfaction: Floats
    group: NDArray[np.object_]
    unit: NDArray[np.object_]
    weight: Floats

    def __len__(self) -> int:
        return len(self.group)

    def of(self, group: str) -> "Ratings":
        """The respondents of one group; everybody for "all"."""
        at = np.ones(len(self), dtype=bool) if group == ALL else self.group == group
        return replace(
            self,
            importance=self.importance[at],
            performance=self.performance[at],
            satisfaction=self.satisfaction[at],
            group=self.group[at],
            unit=self.unit[at],
            weight=self.weight[at],
        )

    @property
    def groups(self) -> list[str]:
        """Everybody first, then the groups in their order."""
        return [ALL, *group_names(self.group)]


def collect(
    complete: pd.DataFrame,
    attributes: pd.DataFrame,
    book: pd.DataFrame,
    groups: pd.DataFrame | None = None,
    units: pd.DataFrame | None = None,
    weights: pd.DataFrame | None = None,
) -> Ratings:
    """Ratings from the usable answers, the attributes, the codebook and (where known) groups, units and weights."""
    scales = book.drop_duplicates("item").set_index("item")
    importance, importance_range = _matrix(complete, attributes["importance_item"], scales)
    performance, performance_range = _matrix(complete, attributes["performance_item"], scales)
    satisfaction = _satisfaction(complete, book)
    group = group_of(complete, groups)
    respondents = complete["respondent"]
    unit = respondents.to_numpy(dtype=object) if units is None else resampling.unit_of(respondents, units)
    known = pd.Series(dtype=float) if weights is None else weights.set_index("respondent")["weight"]
    weight = respondents.map(known).to_numpy(dtype=float)
    columns = [resampling.tie_break(unit), group, satisfaction, *importance.T, *performance.T]
    order = np.lexsort([column if column is group else np.nan_to_num(column, nan=-1.0) for column in columns])
    return Ratings(
        attributes.reset_index(drop=True),
        importance[order],
        performance[order],
        importance_range,
        performance_range,
        satisfaction[order],
        group[order],
        unit[order],
        weight[order],
    )


def group_of(complete: pd.DataFrame, groups: pd.DataFrame | None) -> NDArray[np.object_]:
    """Group of each respondent, "" where there is none."""
    if groups is None:
        return np.full(len(complete), "", dtype=object)
    known = groups.dropna(subset=["group"]).set_index("respondent")["group"]
    return complete["respondent"].map(known).fillna("").astype(str).to_numpy(dtype=object)


def _matrix(complete: pd.DataFrame, items: pd.Series, scales: pd.DataFrame) -> tuple[Floats, Floats]:
    shares, ranges = np.full((len(complete), len(items)), np.nan), np.full((len(items), 2), np.nan)
    for column, item in enumerate(items):
        if pd.notna(item):
            low, high = float(scales.at[item, "scale_min"]), float(scales.at[item, "scale_max"])
            shares[:, column] = (complete[item].to_numpy(dtype=float, na_value=np.nan) - low) / (high - low)
            ranges[column] = low, high
    return shares, ranges


def _satisfaction(complete: pd.DataFrame, book: pd.DataFrame) -> Floats:
    asked = book[book["outcome"].eq("overall_satisfaction")]
    if asked.empty:
        return np.full(len(complete), np.nan)
    return complete[asked["item"].iloc[0]].to_numpy(dtype=float, na_value=np.nan) * float(asked["keyed"].iloc[0])


def resample(units: ArrayLike, draws: int, seed: int, name: str) -> Floats:
    """How often each respondent enters each bootstrap sample of the units: (draws, n) counts."""
    rng = np.random.default_rng([seed, zlib.crc32(f"needs:{name}".encode())])
    return resampling.resample(units, draws, rng)


def means(X: Floats, times: Floats | None = None) -> Floats:
    """Mean of each column over those who rated it; with ``times`` (draws, n) one row of means a bootstrap sample."""
    weight = np.ones((1, len(X))) if times is None else times
    known = ~np.isnan(X)
    rated = weight @ known
    with np.errstate(invalid="ignore", divide="ignore"):
        out = np.where(rated > 0, (weight @ np.where(known, X, 0.0)) / rated, np.nan)
    return out[0] if times is None else out


def in_scale(share: Floats, ranges: Floats) -> Floats:
    """Shares of the range as points of the scale."""
    return ranges[:, 0] + share * (ranges[:, 1] - ranges[:, 0])


def withhold(ratings: Ratings, min_cell: int) -> dict[str, Mask]:
    """For each group, the attributes that too few of it rated to be shown, the next smallest group included.

    Overall results are exempt. An attribute is withheld in a group when fewer than ``min_cell`` respondents rated its
    importance or its performance; a second group is withheld with it, so that the overall mean does not give it away.
    """
    groups = ratings.groups[1:]
    hidden = np.zeros((len(groups), len(ratings.attributes)), dtype=bool)
    for X in (ratings.importance, ratings.performance):
        for column, known in enumerate((~np.isnan(X)).T):
            hidden[:, column] |= few(known, ratings.group, groups, min_cell)
    return {ALL: np.zeros(hidden.shape[1], dtype=bool), **dict(zip(groups, hidden, strict=True))}


def few(known: Mask, group: NDArray[np.object_], groups: Sequence[str], min_cell: int) -> Mask:
    """Groups with too few answers to be shown, and the one withheld with a single such group."""
    sizes = np.array([[np.count_nonzero(known & (group == name))] for name in groups], dtype=np.int64)
    return suppress_groups(sizes.reshape(-1, 1), min_cell)


def group_names(group: NDArray[np.object_]) -> list[str]:
    """The groups that respondents belong to, in their order."""
    return sorted({str(name) for name in group if name}, key=lambda name: (len(name), name))


def blanked(ratings: Ratings, hidden: Mask) -> Ratings:
    """The ratings without those of the withheld attributes."""
    return replace(
        ratings,
        importance=np.where(hidden, np.nan, ratings.importance),
        performance=np.where(hidden, np.nan, ratings.performance),
    )


def lacking(ratings: Ratings) -> dict[str, str] | None:
    """Why there is nothing to compare, or None."""
    if np.isnan(ratings.importance).all():
        return {"en": "The survey does not ask how important the attributes are.", "zh": "问卷未询问各属性的重要性。"}
    if np.isnan(ratings.performance).all():
        return {
            "en": "The survey does not ask how well the attributes are performed.",
            "zh": "问卷未询问各属性的表现。",
        }
    return None
