"""What the segments' rule says in words: why none are supported, what those that are look like, and its warnings."""

from typing import Any

import pandas as pd

from scripts.lib import values


def refusal_sentence(indices: pd.DataFrame, tested: dict[str, Any], floor: float, smallest: int) -> dict[str, str]:
    """Why no segments are supported, in one sentence.

    ``floor`` is the limit of gate B (Jaccard similarity), ``smallest`` that of gate C (respondents).
    """
    passed = indices[indices["gate_a"]]
    if passed.empty:
        p, k = tested["p_smallest"], tested["k_smallest_p"]
        return values.text(
            "No segments are supported by these answers: they are no more grouped than answers of one homogeneous "
            f"population (homogeneity test, smallest corrected p = {p:.3f}, at k = {k}).",
            f"答卷不支持需求分群：其成群程度不高于同质总体（同质性检验，校正后最小 p = {p:.3f}，k = {k}）。",
        )
    best = passed.loc[passed["min_jaccard"].idxmax()]
    return values.text(
        "No segments are supported by these answers: they are not homogeneous (smallest corrected p = "
        f"{tested['p_smallest']:.3f}), but no division holds (the most stable one, k = {int(best['k'])}, reaches a "
        f"lowest Jaccard similarity of {best['min_jaccard']:.2f}, at least {floor:.2f} being needed, and a smallest "
        f"segment of {int(best['min_size'])} respondents, at least {smallest} being needed).",
        f"答卷不支持需求分群：答卷并非同质（校正后最小 p = {tested['p_smallest']:.3f}），但没有稳定的划分"
        f"（最稳定的 k = {int(best['k'])}，最低 Jaccard 系数{best['min_jaccard']:.2f}，至少须为{floor:.2f}；"
        f"最小群{int(best['min_size'])}份，至少须为{smallest}份）。",
    )


def supported_sentence(row: pd.Series, rule: str) -> dict[str, str]:
    """That segments are supported, how well they hold, and why this number of them; ``row`` is that of the chosen k."""
    reasons = {
        "gap_1se": (
            "the smallest number by the gap statistic's one-standard-error rule",
            "为间隙统计量一倍标准误规则下的最小值",
        ),
        "silhouette_excess": ("the number that stands out most from the null", "超出零分布最多"),
    }
    k, why = int(row["k"]), reasons[rule]
    return values.text(
        f"Supported are {k} segments: they pass the homogeneity test, every one of them returns under resampling "
        f"(lowest Jaccard similarity {row['min_jaccard']:.2f}), the smallest holds {int(row['min_size'])} "
        f"respondents; {k} is {why[0]}.",
        f"支持{k}个需求分群：通过同质性检验，重抽样下各群均可重现（最低 Jaccard 系数{row['min_jaccard']:.2f}），"
        f"最小群{int(row['min_size'])}份；k = {k} {why[1]}。",
    )


def wavering(between: int, n: int, floor: float) -> list[dict[str, Any]]:
    """That some respondents lie between segments."""
    if not between:
        return []
    return [
        values.warning(
            "wavering_members",
            "note",
            f"Of {n} respondents {values.count(between, 'lies', 'lie')} between segments: back to the own one in fewer "
            f"than {floor:.0%} of the resamples.",
            f"{n}份答卷中有{between}份处于群体交界：重抽样中回到原群的比例不足{floor:.0%}。",
        )
    ]


def fewer_numbers(tried: int, settings: dict[str, Any], n: int) -> list[dict[str, Any]]:
    """That the answers carry fewer segments than the study allows."""
    if tried >= settings["k_max"]:
        return []
    return [
        values.warning(
            "fewer_segments_tried",
            "note",
            f"More than {tried} segments were not looked for, although the study allows {settings['k_max']} "
            f"(segments.k_max): {n} answers cannot carry more.",
            f"未尝试{tried}个以上的分群（segments.k_max 允许{settings['k_max']}个）：{n}份答卷不足以支持更多分群。",
        )
    ]


def unused_names(names: dict[str, Any], k: int) -> list[dict[str, Any]]:
    """That the study names segments which are not there; ``k`` is 0 where none are supported."""
    unused = [name["en"] for number, name in sorted(names.items()) if int(number) > k]
    if not unused:
        return []
    return [
        values.warning(
            "unused_names",
            "caution",
            f"The study names segments that the answers do not support: {'; '.join(unused)}. Take these names out "
            "(segments.names), and read the profile before naming anew.",
            f"研究为答卷并不支持的分群命了名：{'；'.join(unused)}。请删去这些名称（segments.names），并依据群体特征重新命名。",
        )
    ]
