"""What other weights would say of the needs, and which need goes first whatever its weight.

``weight_derived``, ``rank_derived``        derived importance in place of stated importance (everybody only).
``weight_importance``, ``rank_importance``  importance alone, whatever the performance.
``must_be_first``                           Kano category M, and a performance below the median of the group's
                                            attributes. A group has the category of its own answers where it has one,
                                            else that of everybody.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib.intervals import ranks, spearman

Floats = NDArray[np.float64]
OTHER = ("derived", "importance")


def normalised(weights: Floats) -> Floats:
    """Weights with sum 1 along the last axis; NaN stays NaN, and a sum of 0 has no weights."""
    total = np.nansum(weights, axis=-1, keepdims=True)
    return weights / np.where(total > 0, total, np.nan)


def sensitivities(table: pd.DataFrame, derived: pd.Series | None = None) -> pd.DataFrame:
    """The needs of one group with other weights and their ranks.

    ``derived`` is derived importance by attribute; None leaves its columns blank.
    """
    performance = table["performance"].to_numpy(dtype=float)
    own = np.full(len(table), np.nan)
    if derived is not None:
        own = derived.reindex(table["attribute"]).to_numpy(dtype=float)
    alone = table["importance"].where(table["weight"].notna()).to_numpy(dtype=float)
    out = table.copy()
    for name, weight in zip(OTHER, (own * (1 - performance), alone), strict=True):
        out[f"weight_{name}"] = normalised(weight)
        out[f"rank_{name}"] = ranks(out[f"weight_{name}"].to_numpy())
    return out


def must_be_first(table: pd.DataFrame, own: pd.Series, everybody: pd.Series) -> pd.DataFrame:
    """Kano category of one group, and whether a must-be attribute performs below the median.

    ``own`` and ``everybody`` are categories by attribute; a blank or lacking one of the group's own gives way.
    """
    category = table["attribute"].map(own).astype(object).fillna(table["attribute"].map(everybody))
    low = table["performance"] < table["performance"].median()
    return table.assign(kano=category, must_be_first=category.eq("M") & low)


def agreement(everybody: pd.DataFrame, top: int) -> dict[str, Any]:
    """How well other weights agree with the weight, and which attributes they would put first."""
    out: dict[str, Any] = {}
    first = set(everybody.loc[everybody["rank"] <= top, "attribute"])
    for name in OTHER:
        leading = everybody[everybody[f"rank_{name}"] <= top].sort_values(f"rank_{name}", kind="stable")
        out[f"spearman_{name}"] = spearman(everybody["weight"], everybody[f"weight_{name}"])
        out[f"first_{name}"] = leading["attribute"].tolist()
        out[f"n_kept_{name}"] = len(first & set(leading["attribute"]))
    return out
