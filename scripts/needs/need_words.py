"""What the ranking of needs says in words: first need, how sure, warnings."""

from typing import Any

import pandas as pd

from scripts.lib import values
from scripts.needs.ratings import ALL, DESCRIPTIVE

SURE = 0.5  # a need that is among the first in fewer than half of the draws is not one to name without a word


def describe(everybody: pd.DataFrame, focus: pd.DataFrame, strategy: pd.DataFrame, n: int, top: int) -> dict[str, Any]:
    """Values of the ranking of everybody; ``focus`` and ``strategy`` hold all groups."""
    ranked = everybody.dropna(subset=["weight"]).sort_values(["rank", "attribute"], kind="stable")
    shares = strategy[strategy["group"] == ALL].dropna(subset=["share"]).sort_values("share", ascending=False)
    leading = focus[focus["group"] == ALL]
    return {
        "method": "need weight I(1-P), normalised; percentile bootstrap over respondents",
        "n": n,
        "n_attributes": len(everybody),
        "n_ranked": len(ranked),
        "n_groups": int(focus.loc[focus["group"] != ALL, "group"].nunique()),
        "top": top,
        "first": ranked["attribute"].head(1).tolist(),
        "focus": leading["attribute"].tolist(),
        "focus_p": leading["p_top3"].tolist(),
        "widest_rank_interval": (ranked["rank_high"] - ranked["rank_low"]).max(),
        "aspects": shares["aspect"].tolist(),
        "aspect_first": shares["aspect"].head(1).tolist(),
        "must_be_first": everybody.loc[everybody["must_be_first"], "attribute"].tolist(),
        "not_ranked": everybody.loc[everybody["weight"].isna(), "attribute"].tolist(),
        "warnings": _few(n) + _not_ranked(everybody) + _unsure(leading, top),
    }


def _few(n: int) -> list[dict[str, Any]]:
    if n >= DESCRIPTIVE:
        return []
    return [
        values.warning(
            "needs_descriptive",
            "serious",
            f"{n} answers are fewer than {DESCRIPTIVE}: the order of the needs describes these answers and is no "
            "finding on other customers.",
            f"仅{n}份答卷,不足{DESCRIPTIVE}份:需求排序只描述这些答卷,不能推及其他客户。",
        )
    ]


def _not_ranked(everybody: pd.DataFrame) -> list[dict[str, Any]]:
    out = everybody[everybody["weight"].isna()]
    if out.empty:
        return []
    return [
        values.warning(
            "needs_not_ranked",
            "caution",
            "Without a need weight, because nobody rated both importance and performance: "
            f"{', '.join(out['label_en'])}.",
            f"{len(out)}个属性缺少重要性或表现评分,不计算需求权重:{'、'.join(out['label_zh'])}。",
        )
    ]


def _unsure(leading: pd.DataFrame, top: int) -> list[dict[str, Any]]:
    unsure = leading[leading["p_top3"] < SURE]
    if unsure.empty:
        return []
    return [
        values.warning(
            "needs_unsure",
            "caution",
            f"Leading, but among the first {top} in fewer than half of the resamples, so that others could stand in "
            f"their place: {', '.join(unsure['label_en'])}.",
            f"以下领先需求在不到一半的重抽样中位列前{top},其位置可能被其他需求取代:{'、'.join(unsure['label_zh'])}。",
        )
    ]
