"""How many segments n respondents can carry, and how small a segment may be."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALL_SAMPLE, SMALL_K = 100, 3  # METHODS, "Sample": below 100 respondents at most three segments


def smallest_segment(n: int, settings: dict[str, Any]) -> int:
    """Gate C: the smallest segment that counts, respondents."""
    return max(settings["size_floor"], math.ceil(settings["size_share"] * n))


def numbers_tried(features: NDArray[np.float64], settings: dict[str, Any]) -> list[int]:
    """The numbers of segments k that n respondents allow."""
    n = len(features)
    largest = min(settings["k_max"], SMALL_K if n < SMALL_SAMPLE else settings["k_max"])
    distinct = len(np.unique(features.round(6), axis=0))
    return list(range(2, min(largest, n // smallest_segment(n, settings), distinct - 1) + 1))
