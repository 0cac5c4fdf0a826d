"""What the factor models of a study share: the items that enter them, with their covariance."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import values

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def entered(covariance: pd.DataFrame, items: pd.DataFrame) -> tuple[Floats, pd.DataFrame]:
    """Covariance matrix (k, k) and the rows of the items that enter, both in the order of the questionnaire."""
    rows = items[items["enters"].eq("yes")].reset_index(drop=True)
    names = rows["item"].tolist()
    return covariance.set_index("item").loc[names, names].to_numpy(float), rows


def passed_on(said: dict[str, Any]) -> dict[str, Any]:
    """Values of a rule whose covariance was refused or absent; ``said`` are those of estimate_covariance."""
    reason = values.text(
        "This part rests on the covariance of the scales' items, which this study does not have.",
        "本部分以量表题项的协方差为基础，而本研究无法给出该协方差。",
    )
    return {"status": said["status"], "reason": reason}


def owners(items: pd.DataFrame, constructs: pd.DataFrame) -> tuple[Ints, pd.DataFrame, pd.DataFrame]:
    """Items of constructs that keep two or more, with the number of their construct.

    Returns the number of each item's construct (k,), the rows of these items, and the rows of these constructs in
    their order.
    """
    counts = items["construct"].value_counts()
    kept = constructs[constructs["construct"].map(counts).ge(2)].reset_index(drop=True)
    number = dict(zip(kept["construct"], range(len(kept)), strict=True))
    rows = items[items["construct"].isin(number)]
    return rows["construct"].map(number).to_numpy(np.int64), rows, kept
