"""Gower's (1971) distance between respondents on variables of different kinds, and PAM on it.

d(i, j) = mean of d_v(i, j) over the variables that both have, each variable with the same weight:

``number``    |x - y| / range; ordered answers by their rank;
``category``  0 where the answers are the same, else 1;
``presence``  the same for yes and no, but where neither has it the variable does not count: that two respondents lack
              the same thing makes them no more alike.

The variant is that of R's cluster::daisy(metric = "gower") with asymmetric binary variables. A variable that never
varies is left out: it would make everybody alike.

PAM is that of Kaufman & Rousseeuw (1990), BUILD and SWAP (kmedoids.pam): no random start, the same result as
cluster::pam.
"""

from collections.abc import Sequence
from typing import NamedTuple

import kmedoids
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


class Block(NamedTuple):
    """Variables of one kind of content: columns (n, p) of numbers or codes, NaN where unknown, and their kinds (p,)."""

    values: Floats
    kinds: Sequence[str]

    def varying(self) -> "Block":
        """Without the variables that never vary."""
        keep = [j for j, column in enumerate(self.values.T) if len(np.unique(column[~np.isnan(column)])) > 1]
        return Block(self.values[:, keep], [self.kinds[j] for j in keep])


def gower(blocks: Sequence[Block]) -> Floats:
    """Distances (n, n); 1 where two respondents have nothing that could be compared."""
    n = len(blocks[0].values)
    total, compared = np.zeros((n, n)), np.zeros((n, n))
    for block in blocks:
        for column, kind in zip(block.values.T, block.kinds, strict=True):
            there = ~np.isnan(column)
            known, value = np.outer(there, there), np.where(there, column, 0.0)
            if kind == "number":
                apart = np.abs(value[:, None] - value) / np.ptp(column[there])
            else:
                apart = (value[:, None] != value).astype(float)
            if kind == "presence":
                known &= (value[:, None] > 0) | (value > 0)
            total += known * apart
            compared += known
    return np.divide(total, compared, out=np.ones((n, n)), where=compared > 0)


def pam(distance: Floats, k: int) -> Labels:
    """Clusters 0..k-1 (n,) around k medoids."""
    return np.asarray(kmedoids.pam(distance, k, init="build").labels, dtype=np.int64)
