"""TOWS: which strength or weakness meets which opportunity or threat, and the measures that answer both.

Two factors meet where one measure serves an attribute that the inner one bears on and an attribute that the outer one
bears on, at least one of them strongly (QFD strength 9, the other 3 or more). In each of the four cells the pairs that
meet stand by the product of their weights, each factor once, three at most. A cell where no pair meets shows its
heaviest pair and no measure: what the catalogue does not answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

PAIRS = 3
STRONG, SOME = 9, 3
TOWS = ["cell", "position", "inner", "outer", "inner_label_en", "inner_label_zh", "outer_label_en", "outer_label_zh"]
TOWS += ["weight", "attributes", "measures", "measure_label_en", "measure_label_zh"]


def answers(inner: Iterable[str], outer: Iterable[str], serves: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Measures that serve an attribute of each side, at least one of them strongly, the strongest first.

    Parameters
    ----------
    inner, outer
        Attributes that the two factors bear on.
    serves
        Measure -> attribute -> strength.
    """
    found = []
    for position, (measure, strengths) in enumerate(serves.items()):
        one, other = (max((strengths.get(name, 0) for name in side), default=0) for side in (inner, outer))
        if min(one, other) >= SOME and max(one, other) >= STRONG:
            found.append((-one - other, position, measure))
    return [measure for *_, measure in sorted(found)]


def tows(factors: pd.DataFrame, serves: Mapping[str, Mapping[str, int]], names: Mapping[str, Any]) -> pd.DataFrame:
    """The pairs of each cell: ``TOWS``.

    Parameters
    ----------
    factors
        Columns factor, quadrant (S, W, O, T), label_en, label_zh, weight, attributes (joined by ``;``).
    serves
        Measure -> attribute -> strength.
    names
        Label of each measure.
    """
    rows: list[dict[str, Any]] = []
    for cell in ("SO", "ST", "WO", "WT"):
        sides = [list(factors[factors["quadrant"] == quadrant].itertuples()) for quadrant in cell]
        pairs = []
        for one in sides[0]:
            for other in sides[1]:
                attributes = [str(side.attributes).split(";") for side in (one, other)]
                measures = answers(*attributes, serves)
                pairs.append((not measures, -one.weight * other.weight, one.factor, other.factor, one, other, measures))
        used: set[str] = set()
        for unanswered, _, _, _, one, other, measures in sorted(pairs, key=lambda pair: pair[:4]):
            taken = len(used) // 2
            if taken == PAIRS or used & {one.factor, other.factor} or (unanswered and taken):
                continue
            used |= {one.factor, other.factor}
            bears_on = [name for side in (one, other) for name in str(side.attributes).split(";") if name]
            rows.append(
                {
                    "cell": cell,
                    "position": taken + 1,
                    "inner": one.factor,
                    "outer": other.factor,
                    "inner_label_en": one.label_en,
                    "inner_label_zh": one.label_zh,
                    "outer_label_en": other.label_en,
                    "outer_label_zh": other.label_zh,
                    "weight": one.weight * other.weight,
                    "attributes": ";".join(dict.fromkeys(bears_on)),
                    "measures": ";".join(measures),
                    "measure_label_en": "; ".join(names[measure].en for measure in measures),
                    "measure_label_zh": "；".join(names[measure].zh or names[measure].en for measure in measures),
                }
            )
    return pd.DataFrame(rows, columns=TOWS)
