"""What the importance-performance map says in words: counts, variant, warnings."""

from typing import Any

import pandas as pd

from scripts.lib import values


def describe(
    table: pd.DataFrame, n: int, settings: dict[str, Any], descriptive: int, exploratory: int
) -> dict[str, Any]:
    """Values of the map of everybody.

    ``level`` is full, exploratory or descriptive, by the number of answers.
    """
    level = "descriptive" if n < descriptive else "exploratory" if n < exploratory else "full"
    verdicts = {str(k): int(v) for k, v in table["verdict"].value_counts().sort_index().items()}
    mapped = int(table["quadrant"].notna().sum())
    undecided = verdicts.get("undecided", 0)
    gaps = table.dropna(subset=["gap"])
    return {
        "method": "grid at data means, quadrant probabilities by bootstrap over respondents, paired t gaps with BH",
        "n": n,
        "level": level,
        "axis": "derived" if table["axis"].eq("derived").any() else "stated",
        "axis_wanted": settings["importance_first"],
        "n_attributes": len(table),
        "n_mapped": mapped,
        "verdicts": verdicts,
        "n_decided": mapped - undecided if level != "descriptive" else 0,
        "n_undecided": undecided,
        "share_undecided": undecided / mapped if mapped and level != "descriptive" else None,
        "undecided": settings["undecided"],
        "gap_shown": not gaps.empty,
        "n_gap_short": int(((gaps["gap"] < 0) & (gaps["gap_p_bh"] < 0.05)).sum()),
        "concentrate": table.loc[table["verdict"].eq("concentrate"), "attribute"].tolist(),
        "not_mapped": table.loc[table["quadrant"].isna(), "attribute"].tolist(),
        "warnings": _size(level, n, descriptive, exploratory)
        + _undecided(undecided, mapped, settings["undecided"])
        + _axis(table, settings["importance_first"])
        + _no_gap(gaps)
        + _not_mapped(table),
    }


def _size(level: str, n: int, descriptive: int, exploratory: int) -> list[dict[str, Any]]:
    if level == "descriptive":
        return [
            values.warning(
                "ipa_descriptive",
                "serious",
                f"{n} answers are fewer than {descriptive}: means are described, no quadrant is named and nothing is "
                "tested.",
                f"仅{n}份答卷,不足{descriptive}份:只作均值描述,不判定象限,不作检验。",
            )
        ]
    if level == "exploratory":
        return [
            values.warning(
                "ipa_exploratory",
                "caution",
                f"{n} answers are fewer than {exploratory}: the importance-performance map is exploratory.",
                f"仅{n}份答卷,不足{exploratory}份:重要性-绩效分析仅为探索性结果。",
            )
        ]
    return []


def _undecided(undecided: int, mapped: int, limit: float) -> list[dict[str, Any]]:
    if undecided == 0:
        return []
    return [
        values.warning(
            "ipa_undecided",
            "caution" if 2 * undecided > mapped else "note",
            f"For {undecided} of {mapped} attributes no quadrant reaches a probability of {limit:.0%}: undecided.",
            f"{mapped}个属性中有{undecided}个在任何象限的概率均未达到{limit:.0%},记为“未定”。",
        )
    ]


def _axis(table: pd.DataFrame, wanted: str) -> list[dict[str, Any]]:
    if wanted != "derived" or table["axis"].eq("derived").any():
        return []
    return [
        values.warning(
            "ipa_axis",
            "caution",
            "Derived importance could not be computed; the map shows stated importance instead.",
            "无法计算推导重要性,图中改用陈述重要性。",
        )
    ]


def _no_gap(gaps: pd.DataFrame) -> list[dict[str, Any]]:
    if not gaps.empty:
        return []
    return [
        values.warning(
            "ipa_no_gap",
            "note",
            "Importance and performance are asked on scales of different length, so that no gap in points is formed; "
            "both are shown in percent of the maximum possible.",
            "重要性与表现采用不同长度的量表,不计算分值差距,二者均以占最大可能值的百分比表示。",
        )
    ]


def _not_mapped(table: pd.DataFrame) -> list[dict[str, Any]]:
    out = table[table["quadrant"].isna()]
    if out.empty:
        return []
    return [
        values.warning(
            "ipa_not_mapped",
            "caution",
            f"Without a place on the map, because they were not rated or, where importance is derived, are not in its "
            f"model: {', '.join(out['label_en'])}.",
            f"{len(out)}个属性因无评分或(采用推导重要性时)未进入模型而不在象限图中:{'、'.join(out['label_zh'])}。",
        )
    ]
