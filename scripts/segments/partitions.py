"""The partition for every number of segments, its indices and its gates, and which of them is chosen."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score

from scripts.segments.gap import gap_statistic, one_se_rule
from scripts.segments.limits import smallest_segment
from scripts.segments.partition import distances, sampled, silhouettes
from scripts.segments.stability import Stability, bootstrap

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
INDICES = ["k", "silhouette", "calinski_harabasz", "gap", "gap_se", "min_jaccard", "min_size"]
INDICES += ["gate_a", "gate_b", "gate_c", "chosen", "gap_rule", "z"]
JACCARD = ["k", "segment", "jaccard", "recovered", "dissolved", "size"]


class Partitions(NamedTuple):
    """Indices (one row a k), labels and stability by k, and the gap of one group with its standard error."""

    indices: pd.DataFrame
    labels: dict[int, Labels]
    stability: dict[int, Stability]
    undivided: tuple[float, float]


def number(labels: Labels, Z: Floats) -> Labels:
    """Clusters 0..k-1 renumbered by size, descending; ties by their centres, the largest first column first."""
    sizes = np.bincount(labels)
    centres = np.array([Z[labels == cluster].mean(axis=0) for cluster in range(len(sizes))]).round(6)
    rank = sorted(range(len(sizes)), key=lambda cluster: (-sizes[cluster], *(-centres[cluster])))
    return np.argsort(rank)[labels]


def final_partition(Z: Floats, k: int, starts: int, seed: int) -> Labels:
    """k-means on z-scores, the best of ``starts`` starts, numbered by size."""
    return number(KMeans(k, n_init=starts, random_state=seed).fit(Z).labels_.astype(np.int64), Z)


def partitions(
    Z: Floats, gate: pd.DataFrame, settings: dict[str, Any], seed: list[int], units: ArrayLike | None = None
) -> Partitions:
    """All partitions that gate A looked at, with every index and gate.

    Parameters
    ----------
    Z : (n, p) z-scores, in an order that does not depend on the file.
    gate : table of gate A, with consecutive k.
    settings : the study's ``segments``.
    seed : of the starts, the bootstrap, the reference samples, and the respondents whose silhouettes are averaged.
    units : (n,) respondents that the bootstrap draws together; everybody alone where not told.
    """
    ks = gate["k"].tolist()
    starts, samples, reference, chosen = (np.random.default_rng([*seed, stream]) for stream in range(4))
    found = {k: final_partition(Z, k, settings["starts_final"], int(starts.integers(2**31))) for k in ks}
    labels = list(found.values())
    shown = sampled(len(Z), settings["sample"], chosen)
    found_again = bootstrap(Z, labels, settings["jaccard_draws"], settings["starts"], samples, units)
    stable = dict(zip(ks, found_again, strict=True))
    gap, error = gap_statistic(Z, [1, *ks, ks[-1] + 1], settings["gap_draws"], settings["starts"], reference)
    table = pd.DataFrame(
        {
            "k": ks,
            "silhouette": silhouettes(distances(Z, shown), np.array(labels), shown),
            "calinski_harabasz": [calinski_harabasz_score(Z, part) for part in labels],
            "gap": gap[1:-1],
            "gap_se": error[1:-1],
            "min_jaccard": [stable[k].jaccard.min() for k in ks],
            "min_size": [np.bincount(part).min() for part in labels],
            "gate_a": gate["passes"].eq("yes").to_numpy(),
            "gap_rule": one_se_rule(gap, error)[1:],
            "z": gate["z"].to_numpy(),
        }
    )
    table["gate_b"] = table["min_jaccard"] >= settings["jaccard_floor"]
    table["gate_c"] = table["min_size"] >= smallest_segment(len(Z), settings)
    table["chosen"] = table["k"].eq(choose(table)[0])
    return Partitions(table[INDICES], found, stable, (float(gap[0]), float(error[0])))


def choose(indices: pd.DataFrame) -> tuple[int | None, str]:
    """The number of segments, and the rule that chose it; None when no k passes all gates.

    Among the k that pass A, B and C the smallest by the gap statistic's 1-SE rule; where that picks none of them, the
    one whose silhouette exceeds the null most (z).
    """
    passing = indices[indices["gate_a"] & indices["gate_b"] & indices["gate_c"]]
    if passing.empty:
        return None, "none"
    by_gap = passing[passing["gap_rule"]]
    if len(by_gap):
        return int(by_gap["k"].min()), "gap_1se"
    return int(passing.loc[passing["z"].idxmax(), "k"]), "silhouette_excess"


def jaccard_table(parts: Partitions) -> pd.DataFrame:
    """How stable every segment of every partition is, and its size."""
    rows = [
        (
            k,
            str(cluster + 1),
            *(float(part[cluster]) for part in parts.stability[k][:3]),
            int((labels == cluster).sum()),
        )
        for k, labels in parts.labels.items()
        for cluster in range(k)
    ]
    return pd.DataFrame(rows, columns=JACCARD)
