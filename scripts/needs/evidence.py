"""What the data can test a supposed problem with: one finding a test, each with an interval and a reference.

``ipa.<attribute>``       performance of everybody against the mean of all attributes, in shares of the scale's range,
                          with its bootstrap interval; a problem when the interval lies below 0.
``whitespace.<product>``  share of customers who want a product and do not hold it here, with Wilson's interval; a
                          problem when the interval lies above the mean of all products.
``concentration.market``  share of the four largest providers in the home market against the market it is compared
                          with, on the same providers; a full count, so that both bounds are the value itself; a problem
                          when it is larger.
``concentration.value``   share of the value with the largest tenth of the existing customer groups, with a percentile
                          interval over groups drawn anew; a problem when the interval lies above ``dependence``. Not
                          formed where a tenth holds fewer than ``min_cell`` groups.
<item>                    mean answer to a number item with its interval against the number that a factor names
                          (scripts/environment/test_factors.py); a problem when it lies above for a weakness or a
                          threat, below for a strength or an opportunity; no part of a whole, so it has no ``beyond``.

Beside an attribute stands its paired gap (performance less importance, in points of the scale), where it was formed.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib.intervals import percentile
from scripts.needs.ratings import ALL

TENTH = 0.1
STREAM = 11  # tells the draws of groups from other draws of the same seed
Interval = tuple[float, float, float]
NOT_FORMED = (float("nan"),) * 4


class Finding(NamedTuple):
    """What one test found.

    ``side`` is 1 where the interval lies beyond the reference on the side of a problem, -1 where it lies on the other,
    else 0. ``beyond`` is how far the near end of the interval lies beyond the reference, as a part of the scale, of the
    customers, of the market or of the value; negative where it does not. ``gap``: mean, bounds and adjusted p.
    """

    test: str
    kind: str
    label_en: str
    label_zh: str
    value: float
    low: float
    high: float
    reference: float
    side: int
    beyond: float
    gap: tuple[float, ...] = NOT_FORMED


def finding(
    test: str, label: tuple[str, str], interval: Interval, reference: float, problem_above: bool, gap: Any = NOT_FORMED
) -> Finding:
    """A finding from value and bounds; ``problem_above`` says on which side of the reference a problem lies."""
    value, low, high = (float(number) for number in interval)
    over, under = low - reference, reference - high
    beyond, other = (over, under) if problem_above else (under, over)
    side = 1 if beyond > 0 else -1 if other > 0 else 0
    return Finding(test, test.split(".")[0], *label, value, low, high, reference, side, beyond, tuple(map(float, gap)))


def of_attributes(ipa: pd.DataFrame) -> list[Finding]:
    """Performance of everybody against the mean of all attributes."""
    rows = ipa[ipa["group"].eq(ALL)].dropna(subset=["relative_low"])
    return [
        finding(
            f"ipa.{row.attribute}",
            (row.label_en, row.label_zh),
            (row.relative_performance, row.relative_low, row.relative_high),
            0.0,
            False,
            (row.gap, row.gap_low, row.gap_high, row.gap_p_bh),
        )
        for row in rows.itertuples()
    ]


def of_products(white_space: pd.DataFrame) -> list[Finding]:
    """Unmet demand of everybody against the mean of all products."""
    rows = white_space[white_space["group"].eq(ALL)].dropna(subset=["unmet_share"])
    mean = float(rows["unmet_share"].astype(float).mean()) if len(rows) else 0.0
    return [
        finding(
            f"whitespace.{row.product}",
            (row.label_en, row.label_zh),
            (row.unmet_share, row.unmet_low, row.unmet_high),
            mean,
            True,
        )
        for row in rows.itertuples()
    ]


def of_numbers(tests: pd.DataFrame, factors: pd.DataFrame) -> list[Finding]:
    """Answers to number items against the numbers that factors name; ``tests`` are those of the factors' stage."""
    good = factors[factors["direction"].isin(["strength", "opportunity"])]["factor"].tolist()
    out = []
    for row in tests.itertuples():
        label, interval = (row.item_label_en, row.item_label_zh), (row.mean, row.low, row.high)
        one = finding(str(row.item), label, interval, float(row.above), row.factor not in good)
        out.append(one._replace(kind="number", beyond=float("nan")))
    return out


def of_market(measured: dict[str, Any]) -> list[Finding]:
    """The market at home against the one it is compared with; ``measured`` are the values of measure_concentration."""
    compared = measured.get("comparison", {})
    if compared.get("status") != "ok":
        return []
    home, peer, share = compared["home"], compared["peer"], compared["cr4_home"]
    label = (f"Share of the four largest in {home}, against {peer}", f"{home}前四大机构份额，对比{peer}")
    return [finding("concentration.market", label, (share, share, share), compared["cr4_peer"], True)]


def top_share(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the largest tenth in the sum along the last axis; part of a group counts in part."""
    ordered = -np.sort(-np.clip(worth, 0.0, None), axis=-1)
    place = TENTH * ordered.shape[-1]
    whole = int(place)
    top = ordered[..., :whole].sum(axis=-1) + (place - whole) * ordered[..., min(whole, ordered.shape[-1] - 1)]
    return np.asarray(top / ordered.sum(axis=-1))


def of_value(groups: pd.DataFrame, dependence: float, min_cell: int, draws: int, seed: int) -> list[Finding]:
    """Value of the existing customer groups with the largest tenth of them."""
    worth = np.sort(groups.loc[groups["status"].eq("existing"), "value"].to_numpy(dtype=float))
    if TENTH * len(worth) < min_cell or not worth.clip(0).sum() > 0:
        return []
    rng = np.random.default_rng([seed, STREAM])
    drawn = top_share(rng.choice(worth, size=(draws, len(worth))))
    low, high = percentile(drawn)
    label = ("Share of value with the largest tenth of customer groups", "前十分之一客户集团的价值占比")
    interval = (float(top_share(worth)), float(low), float(high))
    return [finding("concentration.value", label, interval, dependence, True)]
