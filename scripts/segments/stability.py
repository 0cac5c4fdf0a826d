"""Gate B: whether the segments come back when the respondents are drawn again (Hennig 2007).

Bootstrap Jaccard as in R's fpc::clusterboot (bootmethod "boot", multipleboot FALSE): respondents are drawn with
replacement, those of one unit together (scripts/lib/resampling.py), those drawn several times count once, k-means runs
on them. The Jaccard similarity of a segment is that to the most similar new cluster among the respondents drawn; the
mean over the samples is reported, and in which share of the samples the segment was recovered (similarity of at least
.75) and dissolved (at most .5).

**Stability of a respondent**: every new cluster stands for the segment that it resembles most; the share of the
samples in which the new cluster nearest to the respondent stands for the respondent's own segment. A segment that is
swallowed by another one in a sample counts as lost.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scripts.lib.resampling import resample
from scripts.segments.partition import kmeans
from scripts.segments.rand import adjusted_rand

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
RECOVERED, DISSOLVED = 0.75, 0.5  # Hennig (2007), as fpc::clusterboot counts them


class Stability(NamedTuple):
    """How stable a partition is.

    ``jaccard``, ``recovered``, ``dissolved`` of each segment (k,), assignment stability of the ``respondents`` (n,),
    and the adjusted Rand index of every new partition with this one among the respondents drawn, ``agreement`` (B,).
    """

    jaccard: Floats
    recovered: Floats
    dissolved: Floats
    respondents: Floats
    agreement: Floats


def compare(labels: Labels, again: Labels, drawn: Floats) -> Stability:
    """Stability of one partition.

    Parameters
    ----------
    labels : (n,) segments 0..k-1.
    again : (B, n) nearest cluster of the B new partitions.
    drawn : (B, n) 1 where the respondent was drawn.
    """
    old = np.eye(labels.max() + 1)[labels]
    new = np.eye(max(int(again.max()), int(labels.max())) + 1)[again]
    shared = np.einsum("bn,ni,bnj->bij", drawn, old, new, optimize=True)
    union = (drawn @ old)[:, :, None] + np.einsum("bn,bnj->bj", drawn, new)[:, None] - shared
    similarity = shared / np.maximum(union, 1)
    closest = similarity >= similarity.max(axis=1, keepdims=True)  # (B, segment, cluster); a tie counts for both
    stays = closest[np.arange(len(again))[:, None], labels[None], again]
    best = similarity.max(axis=2)
    return Stability(
        best.mean(axis=0),
        (best >= RECOVERED).mean(axis=0),
        (best <= DISSOLVED).mean(axis=0),
        stays.mean(axis=0),
        adjusted_rand(shared),
    )


def bootstrap(
    Z: Floats,
    partitions: Sequence[Labels],
    draws: int,
    starts: int,
    rng: np.random.Generator,
    units: ArrayLike | None = None,
) -> list[Stability]:
    """Stability of several partitions of the features Z (n, p), all from the same samples.

    ``units`` (n,) says which respondents are drawn together; without it everybody is drawn alone.
    """
    drawn = (resample(np.arange(len(Z)) if units is None else units, draws, rng) > 0).astype(float)
    ks = [int(labels.max()) + 1 for labels in partitions]
    again, _ = kmeans(Z, ks, starts, rng, weights=drawn)
    return [compare(labels, found, drawn) for labels, found in zip(partitions, again, strict=True)]
