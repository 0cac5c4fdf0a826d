"""Value and potential by business group, and whom to retain and to develop.

A group is a ``group_id``; a customer without one is its own group. Value is the yearly contribution of its existing
members: deposits and loans at the study's margins plus fee income (a missing fee counts as none). Potential is what its
members borrow elsewhere (total debt less our loans); where no member's debt is known, turnover stands for it,
and the two are made comparable as percentile ranks. Both are ranked among the existing groups: high value and high
potential are the study's share of them. A lost group or a prospect has high potential when it stands above the limit of
the existing ones; so the number of those is no remainder of a number that is told.

Signs of leaving, from the list's columns over existing members: a complaint in the last 12 months; contacts so few
that less than one falls into the study's quiet months; a credit decision slower than nine in ten of the list.

What is told of this are counts: groups by class of value and of potential, what to do with them (``tasks``), and the
signs among groups of high value. Each is a table of its own for the suppression of small cells; the tasks of groups
that are not of high value are cells of the portfolio and are hidden with them.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.lib.suppression import suppress

SIGNS = ("complaint", "quiet", "slow")
BASES = ("debt", "turnover", "unknown")
SLOW = 0.9
SIGN_LABELS = {
    "complaint": ("A complaint in the last year", "近一年有投诉"),
    "quiet": ("Hardly any contact", "很少联系"),
    "slow": ("A slow credit decision", "授信审批慢"),
}
TASKS = {
    "retain": ("Retain first: high value and a sign of leaving", "优先稳存：高价值且有流失迹象"),
    "keep": ("Keep: high value, no sign of leaving", "维护：高价值且无流失迹象"),
    "develop": ("Develop: high potential, not yet of high value", "重点提升：高潜力、价值尚不高"),
    "maintain": ("Serve as now", "维持现有服务"),
    "win_back": ("Win back: lost, high potential", "争取挽回：已流失、高潜力"),
    "acquire": ("Acquire: prospect, high potential", "拓展：潜在客户、高潜力"),
}
CLASSES = {
    "high": ("high", "高"),
    "other": ("other", "其他"),
    "unknown": ("not known", "未知"),
}
GROUP_COLUMNS = ["group_id", "n_members", "status", "value", "value_share", "potential", "turnover", "potential_basis"]
GROUP_COLUMNS += ["potential_rank", "value_class", "potential_class", "impaired", *SIGNS, "n_signs"]
PORTFOLIO_COLUMNS = ["value_class", "potential_class", "n", "share", "value_share", "suppressed"]
PORTFOLIO_COLUMNS += ["value_label_en", "value_label_zh", "potential_label_en", "potential_label_zh"]
TASK_COLUMNS = ["position", "task", "label_en", "label_zh", "n", "share", "value_share", "suppressed"]
SIGN_COLUMNS = ["position", "sign", "label_en", "label_zh", "n", "share", "suppressed"]


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
    by_debt = percentile(groups["potential"], existing)
    by_turnover = percentile(groups["turnover"], existing)
    groups["potential_basis"] = np.select(
        [groups["potential"].notna(), groups["turnover"].notna()], ["debt", "turnover"], "unknown"
    )
    groups["potential_rank"] = by_debt.fillna(by_turnover)
    groups["potential_class"] = np.select(
        [groups["potential_rank"].isna(), groups["potential_rank"] > 1 - share], ["unknown", "high"], "other"
    )
    return groups


def percentile(amounts: pd.Series, base: pd.Series) -> pd.Series:
    """Share of the known amounts of ``base`` that lie below each amount, ties by half; NaN where it is not known.

    Within the base this is pandas' ``rank(pct=True)``.
    """
    known = np.sort(amounts[base].dropna().to_numpy(dtype=float))
    if not len(known):
        return pd.Series(np.nan, index=amounts.index)
    low, high = (np.searchsorted(known, amounts.to_numpy(dtype=float), side) for side in ("left", "right"))
    return pd.Series((low + high + base.to_numpy()) / (2 * len(known)), index=amounts.index).where(amounts.notna())


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


def tasks(groups: pd.DataFrame, cells: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """How many groups there are to retain, keep, develop, maintain, win back and acquire: ``TASK_COLUMNS``.

    Parameters
    ----------
    groups
        One row a group.
    cells
        The portfolio, suppressed: the groups to develop are one of its cells.
    min_cell
        Smallest count shown.
    """
    existing, high = groups["status"] == "existing", groups["potential_class"] == "high"
    signs, dear = groups["n_signs"] > 0, groups["value_class"] == "high"
    member = {
        "retain": dear & signs,
        "keep": dear & ~signs,
        "develop": existing & ~dear & high,
        "maintain": existing & ~dear & ~high,
        "win_back": (groups["status"] == "lost") & high,
        "acquire": (groups["status"] == "prospect") & high,
    }
    rest = {"win_back": groups["status"] == "lost", "acquire": groups["status"] == "prospect"}
    parts = [("value", "retain"), ("value", "keep"), ("other", "develop"), ("other", "maintain")]
    counts = [{"part": part, "task": task, "n": int(member[task].sum())} for part, task in parts]
    for task, all_of in rest.items():
        n = int(member[task].sum())
        counts += [{"part": task, "task": task, "n": n}, {"part": task, "task": "rest", "n": int(all_of.sum()) - n}]
    table = suppress(pd.DataFrame(counts), min_cell, group=None, key="task", by=["part"])
    table = table[table["task"] != "rest"].assign(position=range(1, len(TASKS) + 1))
    cell = cells[(cells["value_class"] == "other") & (cells["potential_class"] == "high")]
    if cell["suppressed"].any():
        table.loc[table["part"] == "other", ["n", "suppressed"]] = [np.nan, True]
    table["share"] = table["n"].where(~table["task"].isin(rest)) / max(int(existing.sum()), 1)
    worth = pd.Series({task: groups.loc[chosen, "value_share"].sum() for task, chosen in member.items()})
    table["value_share"] = table["task"].map(worth).where(table["share"].notna())
    table["label_en"] = [TASKS[task][0] for task in table["task"]]
    table["label_zh"] = [TASKS[task][1] for task in table["task"]]
    return table.astype({"suppressed": bool})[TASK_COLUMNS]


def signs(groups: pd.DataFrame, min_cell: int) -> pd.DataFrame:
    """Groups of high value with each sign of leaving; a group may show several: ``SIGN_COLUMNS``."""
    dear = groups[groups["value_class"] == "high"]
    rows = [
        {"sign": sign, "key": key, "n": int((dear[sign] == (key == "yes")).sum())}
        for sign in SIGNS
        for key in ("yes", "no")
    ]
    table = suppress(pd.DataFrame(rows), min_cell, group=None, key="key", by=["sign"])
    table = table[table["key"] == "yes"].assign(position=range(1, len(SIGNS) + 1))
    table["share"] = table["n"] / max(len(dear), 1)
    table["label_en"] = [SIGN_LABELS[sign][0] for sign in table["sign"]]
    table["label_zh"] = [SIGN_LABELS[sign][1] for sign in table["sign"]]
    return table[SIGN_COLUMNS]
