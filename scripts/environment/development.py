"""How far the study's region is behind: its measure of development beside country, peers and coast.

Each region that the study compares is set beside home on one measure (by default GDP per head), with the ratio home /
other where the two figures are comparable, and with what to supply where they are not. The region is behind when its
figure is below the study's share of the country's (.75 (c): where the European Union draws its line for less developed
regions). Without the country's figure of that year this is not known, and is said so.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.lib import tables, values

DEVELOPMENT = ["position", "role", "region", "region_zh", "level", "measure", "label_en", "label_zh", "unit", "period"]
DEVELOPMENT += ["value", "source", "quality", "partner_region", "partner_period", "partner_value", "comparable"]
DEVELOPMENT += ["ratio", "supply", "supply_zh"]


def develop(indicators: pd.DataFrame, table: pd.DataFrame, measure: str, region: Mapping[str, Any]) -> pd.DataFrame:
    """Each region that is compared beside home on the measure of development: ``DEVELOPMENT``.

    Empty where no home region has the measure.
    """
    own = indicators[(indicators["role"] == "home") & (indicators["measure"] == measure)]
    if own.empty:
        return tables.empty(DEVELOPMENT)
    latest = own.sort_values(["home_order", "period"], ascending=[True, False], kind="stable").iloc[0]
    named = [("country", name) for name in [region["country"]] if name]
    named += [(role, name) for role, key in (("peer", "peers"), ("coast", "coast")) for name in region[key]]
    rows = []
    for role, name in named:
        there = table[(table["measure"] == measure) & (table["region"] == name)]
        there = there.sort_values(["comparable", "period"], ascending=False, kind="stable").head(1)
        facts = there.iloc[0].to_dict() if len(there) else {"comparable": False}
        when = facts.get("partner_period") or latest["period"]
        what, what_zh = latest["label_en"], latest["label_zh"] or latest["label_en"]
        lacking = not facts["comparable"]
        rows.append(
            latest[["label_en", "label_zh", "unit"]].to_dict()
            | facts
            | {
                "position": len(rows) + 1,
                "role": role,
                "region": name,
                "measure": measure,
                "supply": f"{what} of {name} for {str(when)[:4]}" if lacking else "",
                "supply_zh": f"{name}{str(when)[:4]}年{what_zh}" if lacking else "",
            }
        )
    return pd.DataFrame(rows).reindex(columns=DEVELOPMENT).astype({"comparable": bool})


def judge(beside: pd.DataFrame, below: float) -> dict[str, Any]:
    """Whether the region is behind its country, how far from peers and coast, and what is missing for it."""
    if beside.empty:
        return values.absent(
            "The figures do not hold the study's measure of development for the region, so how far it is behind is not "
            "known.",
            "数据中没有本地区的发展水平指标，因此其落后程度未知。",
        )
    known = beside[beside["comparable"]]
    lacking = beside[~beside["comparable"]]
    country = known[known["role"] == "country"]
    spans = {
        role: {"n": len(part), "low": part["ratio"].min(), "high": part["ratio"].max()}
        for role, part in known.groupby("role")
    }
    found: dict[str, Any] = {"measure": beside["measure"].iloc[0], "spans": spans, "below": below}
    found |= {"n_missing": len(lacking), "missing": list(lacking["supply"])}
    if country.empty:
        supply = beside.loc[beside["role"] == "country", ["supply", "supply_zh"]]
        en, zh = supply.iloc[0] if len(supply) else ("a country to compare with", "用于比较的全国数据")
        return found | values.refused(
            f"Whether the region is behind its country is not known; to be supplied: {en}.",
            f"本地区是否落后于全国未知；需补充：{zh}。",
        )
    row = country.iloc[0]
    behind = bool(row["ratio"] < below)
    return found | {"status": "ok", "ratio": row["ratio"], "period": row["period"], "behind": behind}
