"""The table of all indices by number of segments, with one group as its first row, and what each index would pick.

To what the gates need (scripts/segments/partitions.py) come two indices that have no vote: prediction strength and the
BIC of Gaussian mixtures. An index says which number of segments divides best, never whether there are any; none of them
counts without the gates.

What each would pick, were it alone: the largest silhouette and Calinski-Harabasz, the smallest k by the gap's
one-standard-error rule (Tibshirani, Walther & Hastie 2001), the largest k whose prediction strength reaches
``segments.prediction_floor`` (Tibshirani & Walther 2005), the smallest BIC. The last three can pick one group.
"""

import zlib
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.segments.gap import one_se_rule
from scripts.segments.mixture import mixture_bic
from scripts.segments.partition import sampled
from scripts.segments.partitions import INDICES, Partitions
from scripts.segments.prediction import prediction_strength

Floats = NDArray[np.float64]
GATES = ["gate_a", "gate_b", "gate_c"]
TABLE = [*INDICES, "prediction_strength", "bic", "covariance", "gates"]


def all_indices(Z: Floats, parts: Partitions, settings: dict[str, Any], seed: list[int]) -> pd.DataFrame:
    """One row a number of groups, 1 included; what is not defined for one group is blank.

    ``gates`` names the gates that a number passes, such as ``A C``. Of more than ``segments.sample`` respondents so
    many are drawn for the prediction strength.
    """
    whole = {"k": 1, "gap": parts.undivided[0], "gap_se": parts.undivided[1], "min_size": len(Z), "chosen": False}
    one = pd.DataFrame([whole]).reindex(columns=INDICES)
    table = pd.concat([one.astype(object), parts.indices.astype(object)], ignore_index=True)
    gap, error = table["gap"].to_numpy(float), table["gap_se"].to_numpy(float)
    table.loc[0, "gap_rule"] = bool(one_se_rule(gap, error)[0])
    rng = np.random.default_rng([*seed, zlib.crc32(b"prediction")])
    drawn = Z[sampled(len(Z), settings["sample"], rng)]
    strength = prediction_strength(drawn, list(parts.labels), settings["prediction_splits"], settings["starts"], rng)
    mixtures = [mixture_bic(Z, labels) for labels in [np.zeros(len(Z), dtype=np.int64), *parts.labels.values()]]
    table["prediction_strength"] = [1.0, *strength]
    table["bic"], table["covariance"] = zip(*mixtures, strict=True)
    passed = table[GATES].eq(True).to_numpy()
    table["gates"] = [" ".join(letter for letter, ok in zip("ABC", row, strict=True) if ok) for row in passed]
    for column in [*GATES, "gap_rule", "chosen"]:
        table[column] = table[column].map({True: "yes", False: "no"})
    numbers = ["silhouette", "calinski_harabasz", "gap", "gap_se", "min_jaccard", "z"]
    table = table.astype(dict.fromkeys(numbers, float) | {"k": int, "min_size": int})
    return table[TABLE]


def picks(table: pd.DataFrame, floor: float) -> dict[str, int | None]:
    """The number that each index would pick alone; None where it picks none."""
    by_k = table.set_index("k")
    strong = by_k.index[by_k["prediction_strength"].ge(floor)]
    by_gap = by_k.index[by_k["gap_rule"].eq("yes")]
    return {
        "silhouette": int(by_k["silhouette"].idxmax()),
        "calinski_harabasz": int(by_k["calinski_harabasz"].idxmax()),
        "gap": int(by_gap.min()) if len(by_gap) else None,
        "prediction_strength": int(strong.max()),
        "bic": int(by_k["bic"].idxmin()) if by_k["bic"].notna().any() else None,
    }
