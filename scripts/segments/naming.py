"""Names of segments: the study's own, or the two attributes in which a segment stands highest above everybody.

Only attributes in which it does stand above everybody are named. No two segments share a name: where the first two
attributes of a later segment are those of an earlier one, in whatever order, its next attribute takes the place of the
second. A name that would not fit a column's head is shortened at a word, each attribute to its half.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib.labels import NAME_EN, NAME_ZH, shorten

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
UNMARKED = ("Close to the mean of all", "接近总体均值")


def by_distinction(Z: Floats, labels: Labels) -> list[list[int]]:
    """For each segment, the features in which its mean lies above that of everybody, the highest first."""
    means = [Z[labels == cluster].mean(axis=0).round(6) for cluster in range(labels.max() + 1)]
    return [[int(j) for j in np.argsort(-mean, kind="stable") if mean[j] > 0] for mean in means]


def _joined(texts: Sequence[str], sep: str, width: int) -> str:
    whole = sep.join(texts)
    return whole if len(whole) <= width else sep.join(shorten(text, (width - len(sep)) // len(texts)) for text in texts)


def _pairs(ranked: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Attributes that may name a segment, the most distinctive first."""
    yield tuple(ranked[:2])
    for second in ranked[2:]:
        yield ranked[0], second


def names(
    Z: Floats, labels: Labels, attributes: pd.DataFrame, given: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    """English and Chinese name of each segment.

    Parameters
    ----------
    Z : (n, p) z-scores.
    labels : (n,) segments 0, 1, ...
    attributes : one row a column of Z, with ``label_en`` and ``label_zh``.
    given : the study's own names by number.
    """
    english = attributes["label_en"].tolist()
    chinese = attributes["label_zh"].replace("", np.nan).fillna(attributes["label_en"]).tolist()
    out: list[tuple[str, str]] = []
    made: set[frozenset[int]] = set()
    taken = {text for name in given.values() for text in name.values()}
    for cluster, ranked in enumerate(by_distinction(Z, labels)):
        own = given.get(str(cluster + 1))
        if own:
            out.append((own["en"], own["zh"]))
            continue
        for pair in _pairs(ranked):
            name = (
                _joined([english[j] for j in pair], " / ", NAME_EN) or UNMARKED[0],
                _joined([chinese[j] for j in pair], "、", NAME_ZH) or UNMARKED[1],
            )
            if frozenset(pair) not in made and taken.isdisjoint(name):
                break
        else:  # nothing tells it from the others: its number does
            name = (
                f"{shorten(name[0], NAME_EN - 4)} ({cluster + 1})",
                f"{shorten(name[1], NAME_ZH - 4)}（{cluster + 1}）",
            )
        made.add(frozenset(pair))
        taken |= set(name)
        out.append(name)
    return out
