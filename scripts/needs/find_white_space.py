"""White space: which products a group wants and does not hold here.

Method. For each product, among those who answered its questions: how many hold it here, hold it elsewhere, want it in
the next period, and want it without holding it here (unmet demand). The share of unmet demand has Wilson's interval.

Confidentiality. The row of everybody is shown whatever its counts are (overall counts are exempt). In the row of a
group, unmet demand, holding here and the rest are exclusive; where one of them is between 1 and ``min_cell`` - 1 the
row is blank, and with it the row of another group, because the sum is known. Demand is blanked where, beside the other
numbers, it would tell how many want what they already hold; holding elsewhere where it or its complement is small.
``withheld`` names what is blank. Respondents without a group count in the row of everybody only where the difference to
the sum of the groups gives away no small cell of theirs; else everybody means everybody with a group.

Absent without questions on holdings here or on demand.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scripts.lib import tables, values
from scripts.lib.intervals import wilson
from scripts.lib.job import run
from scripts.lib.suppression import suppress_groups
from scripts.needs.ratings import ALL, group_names, group_of

COUNTS = ["n", "hold_here", "hold_other", "demand", "unmet"]
SHARES = ["unmet_share", "unmet_low", "unmet_high"]
COLUMNS = ["group", "product", "product_group", "label_en", "label_zh", *COUNTS, *SHARES, "suppressed", "withheld"]


def product_items(book: pd.DataFrame) -> pd.DataFrame:
    """The 0/1 columns of each product: index product; columns here, other, demand (missing where not asked)."""
    asked = book.dropna(subset=["product"])
    kinds = {
        "here": asked["role"].eq("holding") & asked["scope"].eq("own"),
        "other": asked["role"].eq("holding") & asked["scope"].eq("other"),
        "demand": asked["role"].eq("demand"),
    }
    columns = {kind: asked[at].drop_duplicates("product").set_index("product")["item"] for kind, at in kinds.items()}
    return pd.DataFrame(columns, columns=list(kinds), dtype=object)


def count_product(complete: pd.DataFrame, items: pd.Series) -> pd.DataFrame:
    """One row a respondent who answered all questions on one product: here, other, demand, unmet, both (0/1)."""
    known = items.dropna()
    ticks = complete[known.tolist()].set_axis(known.index, axis=1).dropna().astype(int)
    ticks["unmet"] = ticks["demand"] * (1 - ticks["here"])
    ticks["both"] = ticks["demand"] * ticks["here"]
    return ticks


def white_space(complete: pd.DataFrame, items: pd.DataFrame, group: NDArray[np.object_], min_cell: int) -> pd.DataFrame:
    """Counts and unmet demand, one row a group and product, small cells blanked."""
    groups = group_names(group)
    complete = complete.reset_index(drop=True)
    parts = []
    for product, columns in items.iterrows():
        ticks = count_product(complete, columns)
        sums = ticks.groupby(group[ticks.index]).sum().assign(n=ticks.groupby(group[ticks.index]).size())
        rest = sums.reindex([""], fill_value=0)
        sums = sums.reindex(groups, fill_value=0)
        hidden = _hidden(sums, min_cell)
        told = any(_hidden(rest, min_cell).values()) and bool(groups)
        sums.loc[ALL] = sums.sum() + (0 if told else rest.sum())
        shown = sums.rename_axis("group").reset_index()
        shown = shown.rename(columns={"here": "hold_here", "other": "hold_other"}).drop(columns="both")
        if "hold_other" not in shown:
            shown["hold_other"] = np.nan
        shown["unmet_share"] = shown["unmet"] / shown["n"].where(shown["n"] > 0)
        shown["unmet_low"], shown["unmet_high"] = wilson(shown["unmet"], shown["n"])
        shown["n_left_out"] = int(rest["n"].iloc[0]) if told else 0
        shown.insert(1, "product", str(product))
        parts.append(_blank(shown, hidden))
    return pd.concat(parts, ignore_index=True)


def _hidden(sums: pd.DataFrame, min_cell: int) -> dict[str, set[str]]:
    """Groups whose row, whose demand and whose holding elsewhere is not shown."""
    n, here, unmet, both = (sums[name].to_numpy() for name in ("n", "here", "unmet", "both"))
    row = suppress_groups(np.column_stack([unmet, here, n - unmet - here]), min_cell)
    demand = row | suppress_groups(np.column_stack([unmet, both, here - both, n - unmet - here]), min_cell)
    other = row
    if "other" in sums:
        other = row | suppress_groups(np.column_stack([sums["other"], n - sums["other"]]), min_cell)
    flags = {"row": row, "demand": demand, "hold_other": other}
    return {name: {str(g) for g in sums.index[flag]} for name, flag in flags.items()}


def _blank(shown: pd.DataFrame, hidden: dict[str, set[str]]) -> pd.DataFrame:
    out = shown.astype(dict.fromkeys(COUNTS, "Int64"))
    out["suppressed"] = out["group"].isin(hidden["row"])
    out.loc[out["suppressed"], [*COUNTS, *SHARES]] = None
    withheld = out["suppressed"].map({True: "all", False: ""})
    for column in ("demand", "hold_other"):
        at = out["group"].isin(hidden[column]) & ~out["suppressed"]
        out.loc[at, column] = None
        withheld = withheld.mask(at, withheld + ";" + column)
    out["withheld"] = withheld.str.strip(";").replace("", None)
    return out


def describe(table: pd.DataFrame, min_cell: int) -> dict[str, Any]:
    """What the text says of the overall rows, and how much is blank."""
    everybody = table[table["group"] == ALL].sort_values("unmet_share", ascending=False, kind="stable")
    grouped = table[table["group"] != ALL]
    blank = int(grouped["withheld"].notna().sum())
    warnings = []
    if blank:
        warnings.append(
            values.warning(
                "white_space_suppressed",
                "note",
                f"Blank in whole or in part are {blank} of {len(grouped)} rows of product and group, because they or "
                f"what could be worked out from them count fewer than {min_cell} customers.",
                f"{len(grouped)}个产品与群体组合中有{blank}个全部或部分不予显示,因其本身或可推算出的数值少于{min_cell}户。",
            )
        )
    left_out = int(everybody["n_left_out"].max())
    if left_out:
        warnings.append(
            values.warning(
                "white_space_without_group",
                "note",
                f"The overall row of a product leaves out up to {values.count(left_out, 'respondent', 'respondents')} "
                "without a group, because the difference to the sum of the groups would tell what so few hold or want.",
                f"至多{left_out}名未归入任何群体的受访者未计入产品的总体行,以免由总体与各群体之差推知少数客户的持有或需求。",
            )
        )
    return {
        "method": "unmet demand = wanted and not held here; Wilson intervals",
        "n": int(everybody["n"].max()),
        "n_products": len(everybody),
        "mean_unmet_share": everybody["unmet_share"].mean(),
        "top": everybody["product"].head(3).tolist(),
        "top_share": everybody["unmet_share"].head(1).tolist(),
        "n_rows_blank": blank,
        "min_cell": min_cell,
        "warnings": warnings,
    }


def reason_not(items: pd.DataFrame) -> dict[str, Any] | None:
    """Values that say which question the survey lacks, or None."""
    if items["demand"].notna().sum() == 0:
        return values.absent(
            "The survey does not ask which products customers want, so that unmet demand is not known.",
            "问卷未询问客户需要哪些产品,无法得知需求缺口。",
        )
    if items["here"].notna().sum() == 0:
        return values.absent(
            "The survey does not ask which products customers hold here, so that unmet demand is not known.",
            "问卷未询问客户在本机构使用哪些产品,无法得知需求缺口。",
        )
    return None


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    items = product_items(tables.read(source.codebook))
    found, table = reason_not(items), tables.empty(COLUMNS)
    if found is None:
        complete = tables.read(source.complete)
        group = group_of(complete, tables.read(source.groups, text=["group"]))
        table = white_space(complete, items.dropna(subset=["here", "demand"]), group, params.min_cell)
        names = tables.read(source.products).rename(columns={"group": "product_group"})
        found = describe(table, params.min_cell)
        table = table.merge(names.drop(columns="position"), on="product", how="left")[COLUMNS]
    tables.write(table, output.table, ["group", "product"])
    values.write(found, output.values)


if __name__ == "__main__":
    run(main, snakemake)
