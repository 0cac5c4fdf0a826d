"""Value and potential by business group, and whom to retain and to develop.

A group is a ``group_id``; a customer without one is its own group. Value is the yearly contribution of its existing
members: deposits and loans at the study's margins plus fee income (a missing fee counts as none). Potential is what its
members borrow elsewhere (total debt less our loans); where no member's debt is known, turnover stands for it,
and the two are made comparable as percentile ranks. High value: the study's share of existing groups with the largest
value; high potential: the same share of all groups by potential.

Signs of leaving, from the list's columns over existing members: a complaint in the last 12 months; contacts so few
that less than one falls into the study's quiet months; a credit decision slower than nine in ten of the list.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib.suppression import suppress

SIGNS = ("complaint", "quiet", "slow")
SLOW = 0.9
CLASSES = {
    "high": ("high", "高"),
    "other": ("other", "其他"),
    "unknown": ("not known", "未知"),
}
GROUP_COLUMNS = ["group_id", "n_members", "status", "value", "value_share", "potential", "turnover", "potential_basis"]
GROUP_COLUMNS += ["potential_rank", "value_class", "potential_class", "impaired", *SIGNS, "n_signs"]
PORTFOLIO_COLUMNS = ["value_class", "potential_class", "n", "share", "value_share", "suppressed"]
PORTFOLIO_COLUMNS += ["value_label_en", "value_label_zh", "potential_label_en", "potential_label_zh"]


def contribution(customers: pd.DataFrame, settings: dict[str, Any]) -> pd.DataFrame:
    """Yearly contribution of each customer from deposits, loans and fees; nothing for those that are not existing."""
    parts = pd.DataFrame(
        {
            "deposits": settings["deposit_margin"] * customers["deposit_avg"],
            "loans": settings["loan_margin"] * customers["loan_balance"],
            "fees": customers["fee_income"].fillna(0),
        }
    ).astype(float)
    return parts.where(customers["status"] == "existing", 0.0)


def group_customers(customers: pd.DataFrame, settings: dict[str, Any]) -> pd.DataFrame:
    """One row a group: ``GROUP_COLUMNS``.

    Parameters
    ----------
    customers
        The customer list.
    settings
        deposit_margin, loan_margin, high_value, quiet_months.
    """
    existing = customers["status"] == "existing"
    slow = customers["approval_days_last"] > customers["approval_days_last"].quantile(SLOW)
    frame = pd.DataFrame(
        {
            "group_id": customers["group_id"].fillna(customers["customer_id"]),
            "order": customers["status"].map({"existing": 0, "lost": 1, "prospect": 2}),
            "value": contribution(customers, settings).sum(axis=1),
            "potential": (customers["total_bank_debt"] - customers["loan_balance"]).clip(lower=0).astype(float),
            "turnover": customers["turnover_yuan_100m"].astype(float),
            "complaints": customers["complaints_12m"].where(existing).astype(float),
            "contacts": customers["contacts_12m"].where(existing).astype(float),
            "slow": slow & existing,
            "impaired": customers["risk_flag"] == "npl",
        }
    )
    by = frame.groupby("group_id", sort=True)
    out = by.agg(
        n_members=("order", "size"), order=("order", "min"), value=("value", "sum"), impaired=("impaired", "any")
    )
    for column in ("potential", "turnover", "complaints", "contacts"):
        out[column] = by[column].sum(min_count=1)
    out["status"] = out["order"].map({0: "existing", 1: "lost", 2: "prospect"})
    out["complaint"] = out["complaints"] > 0
    out["quiet"] = out["contacts"] * settings["quiet_months"] / 12 < 1
    out["slow"] = by["slow"].any()
    out["n_signs"] = out[list(SIGNS)].sum(axis=1)
    return _classes(out.reset_index(), settings["high_value"])[GROUP_COLUMNS]


def _classes(groups: pd.DataFrame, share: float) -> pd.DataFrame:
    existing = groups["status"] == "existing"
    groups["value_share"] = groups["value"] / groups["value"].sum()
    ranked = groups.loc[existing, "value"].rank(pct=True, method="first")
    groups["value_class"] = np.where(
        existing, np.where(ranked.reindex(groups.index) > 1 - share, "high", "other"), "none"
    )
    by_debt = groups["potential"].rank(pct=True)
    by_turnover = groups["turnover"].rank(pct=True)
    groups["potential_basis"] = np.select(
        [groups["potential"].notna(), groups["turnover"].notna()], ["debt", "turnover"], "unknown"
    )
    groups["potential_rank"] = by_debt.fillna(by_turnover)
    groups["potential_class"] = np.select(
        [groups["potential_rank"].isna(), groups["potential_rank"] > 1 - share], ["unknown", "high"], "other"
    )
    return groups


def retain(groups: pd.DataFrame) -> pd.DataFrame:
    """Existing groups of high value with a sign of leaving: most signs first, then most value."""
    chosen = groups[(groups["value_class"] == "high") & (groups["n_signs"] > 0)]
    ordered = chosen.sort_values(["n_signs", "value", "group_id"], ascending=[False, False, True])
    return ordered.assign(position=range(1, len(ordered) + 1))


def develop(groups: pd.DataFrame) -> pd.DataFrame:
    """Groups of high potential to develop (existing, not of high value), to win back (lost) or to acquire (prospect).

    ``impaired`` marks a group with a non-performing member. It stays on the list, for its absence could be counted.
    """
    chosen = groups[(groups["potential_class"] == "high") & (groups["value_class"] != "high")]
    task = chosen["status"].map({"existing": "develop", "lost": "win_back", "prospect": "acquire"})
    ordered = chosen.assign(task=task).sort_values(["potential_rank", "group_id"], ascending=[False, True])
    return ordered.assign(position=range(1, len(ordered) + 1))


def portfolio(groups: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Existing groups by class of value and of potential, small cells suppressed."""
    existing = groups[groups["status"] == "existing"]
    classes = [name for name in CLASSES if name != "unknown" or (existing["potential_class"] == name).any()]
    rows = []
    for value in ("high", "other"):
        for potential in classes:
            cell = existing[(existing["value_class"] == value) & (existing["potential_class"] == potential)]
            rows.append(
                {
                    "value_class": value,
                    "potential_class": potential,
                    "n": len(cell),
                    "share": len(cell) / max(len(existing), 1),
                    "value_share": cell["value_share"].sum(),
                    "value_label_en": CLASSES[value][0],
                    "value_label_zh": CLASSES[value][1],
                    "potential_label_en": CLASSES[potential][0],
                    "potential_label_zh": CLASSES[potential][1],
                }
            )
    return suppress(
        pd.DataFrame(rows), min_cell, group="value_class", key="potential_class", blank=["share", "value_share"]
    )[PORTFOLIO_COLUMNS]
