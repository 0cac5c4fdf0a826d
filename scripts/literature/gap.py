"""The gap of the literature: what the list holds on the study's kind of region and of customer."""

from typing import Any

import pandas as pd

from scripts.lib import values
from scripts.literature.coding import UNTOLD


def gap_values(
    works: pd.DataFrame, region: pd.DataFrame, own: pd.Series, customer: pd.Series, logged: bool
) -> dict[str, Any]:
    """What the list holds on the study's kind of region, without the study's own source, and one sentence on it.

    Parameters
    ----------
    works
        Included and coded records: region_type, customer_kind, own_source.
    region
        Topic x kind of region: region_type, gap.
    own, customer
        The study's kind of region and of customer: code, label_en, label_zh.
    logged
        Whether a log of searches says where the records are from; without it a gap is one of the list at hand.
    """
    others = works[works["own_source"] != "yes"]
    there = others[others["region_type"] == own["code"]]
    kinds = there["customer_kind"].value_counts().sort_index()
    served = int(kinds.get(customer["code"], 0))
    untold = int(others["region_type"].isin(UNTOLD).sum())
    whose, whose_zh = ("of these searches", "检索所得") if logged else ("of this list", "本列表")
    kind_en, kind_zh = own["label_en"], own["label_zh"] or own["label_en"]
    who_en, who_zh = customer["label_en"], customer["label_zh"] or customer["label_en"]
    return {
        "region_type": own["code"],
        "customer_kind": customer["code"],
        "n_own_source": int((works["own_source"] == "yes").sum()),
        "n_region": len(there),
        "n_region_customer": served,
        "n_region_by_customer": kinds.to_dict(),
        "n_topics_without_region": int(region.loc[region["region_type"] == own["code"], "gap"].sum()),
        "n_region_untold": untold,
        "share_region_untold": untold / max(len(others), 1),
        "gap_sentence": values.text(
            f"Of the {len(others)} coded records {whose} {len(there) or 'none'} "
            f"{'deals' if len(there) == 1 else 'deal'} with the study's kind of region ({kind_en})"
            + (f", and of these {served or 'none'} with its kind of customer ({who_en})." if len(there) else "."),
            f"{whose_zh}{len(others)}条已编码文献中，{len(there)}条涉及本研究的地区类型（{kind_zh}）"
            + (f"，其中{served}条涉及本研究的客户类型（{who_zh}）。" if len(there) else "。"),
        ),
    }
