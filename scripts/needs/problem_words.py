"""What is said of the problems: names of those that no factor names, counts, conflicts, the adjusted score."""

from typing import Any

import pandas as pd

from scripts.lib import values

SUPPORTED, NOT_SUPPORTED, NOT_TESTED = "supported", "not supported", "not tested"
CONCENTRATION = {
    "concentration.market": (
        "The four largest competitors hold more of this market than of the one it is compared with.",
        "本地市场前四大机构的份额高于对比市场。",
    ),
    "concentration.value": ("Most of the value rests on few customer groups.", "多数价值集中于少数客户集团。"),
}
PROXIES = {
    "concentration.market"
}  # counted in outlets, which say nothing of volumes: they back a problem and settle none
SUGGESTED = {
    "ipa": ("important to customers and performed below average", "客户重视,但表现低于平均"),
    "whitespace": ("wanted here more than other products, and not used here", "需求缺口高于其他产品"),
}
NOTHING = {
    "en": "The study has neither factors nor figures on concentration, and its survey cannot show which attributes "
    "fall short; no problem is named.",
    "zh": "本研究没有因素清单和集中度数据，问卷也无法显示哪些属性表现不足，因此不列出问题。",
}


def describe(table: pd.DataFrame, factors: pd.DataFrame, contradicted: list[str], dependence: float) -> dict[str, Any]:
    """Counts, conflicts and the adjusted score."""
    named = table[table["source"].ne("survey")]
    verdicts, own = named["verdict"].value_counts(), table[table["source"].eq("factor")]
    return {
        "rule": "verdict, then distance of the interval's near end from its reference",
        "dependence": dependence,
        "n_problems": len(table),
        "n_named": len(named),
        "n_factors": len(own),
        "n_named_supported": int(verdicts.get(SUPPORTED, 0)),
        "n_not_supported": int(verdicts.get(NOT_SUPPORTED, 0)),
        "n_not_tested": int(verdicts.get(NOT_TESTED, 0)),
        "n_from_survey": int(table["source"].eq("survey").sum()),
        "contradicted": contradicted,
        "inner_factors": adjusted_score(factors, contradicted) if len(factors) else None,
        "warnings": _contradicted(factors, contradicted),
    }


def adjusted_score(factors: pd.DataFrame, contradicted: list[str]) -> dict[str, Any]:
    """Score of the inner factors as given, and without the contradicted ones."""
    inner = factors[factors["direction"].isin(["weakness", "strength"])]
    kept = inner[~inner["factor"].isin(contradicted)]
    scores = [
        float(part["score"].sum() / part["weight"].sum()) if part["weight"].sum() > 0 else None
        for part in (inner, kept)
    ]
    left_out = len(inner) - len(kept)
    return {"score": scores[0], "score_adjusted": scores[1], "n_factors": len(inner), "n_left_out": left_out}


def _contradicted(factors: pd.DataFrame, contradicted: list[str]) -> list[dict[str, Any]]:
    """A warning for each factor that the data contradict."""
    if not contradicted:
        return []
    labels = factors.set_index("factor")
    out = []
    for name in contradicted:
        en, zh = labels.at[name, "label_en"].rstrip("."), labels.at[name, "label_zh"].rstrip("。")
        if labels.at[name, "direction"] == "threat":
            then, also = "its matrix keeps it, to be judged again", "矩阵中仍保留该项,宜重新评判"
        else:
            then, also = "the adjusted score of inner factors leaves it out", "调整后的内部因素得分不含该项"
        out.append(
            values.warning(
                "factor_contradicted",
                "caution",
                f"The data contradict a factor of the environment analysis ({en}); {then}.",
                f"数据与环境分析中的一项因素相矛盾({zh});{also}。",
            )
        )
    return out
