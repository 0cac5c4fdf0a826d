"""A respondent's score of each aspect: the mean of its performance ratings, as a share of the scale."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def scores(complete: pd.DataFrame, items: pd.DataFrame, aspects: pd.Series, answered: float) -> Floats:
    """Scores (n, aspects) as shares of the scale, NaN where there is none.

    ``items`` are the performance items that stay: columns ``item``, ``aspect``, ``scale_min`` and ``scale_max``.
    """
    out = np.full((len(complete), len(aspects)), np.nan)
    for column, aspect in enumerate(aspects):
        rows = items[items["aspect"].eq(aspect)]
        low, high = rows["scale_min"].to_numpy(dtype=float), rows["scale_max"].to_numpy(dtype=float)
        share = (complete[rows["item"].tolist()].to_numpy(dtype=float, na_value=np.nan) - low) / (high - low)
        known = ~np.isnan(share)
        n = known.sum(axis=1)
        enough = (n >= answered * len(rows)) & (n > 0)
        out[enough, column] = np.where(known, share, 0.0).sum(axis=1)[enough] / n[enough]
    return out


def not_applicable(given: pd.DataFrame, items: pd.DataFrame, aspects: pd.Series) -> NDArray[np.bool_]:
    """Where at least half of the unanswered items of an aspect are "not applicable": (n, aspects)."""
    out = np.zeros((len(given), len(aspects)), dtype=bool)
    for column, aspect in enumerate(aspects):
        rows = items[items["aspect"].eq(aspect)]
        answers = given[rows["item"].tolist()].to_numpy(dtype=float, na_value=np.nan)
        coded = (answers == rows["na_code"].to_numpy(dtype=float, na_value=np.nan)).sum(axis=1)
        out[:, column] = (coded > 0) & (coded >= np.isnan(answers).sum(axis=1))
    return out
