"""Satisfaction, recommendation, wallet share and switching, of everybody and of each group.

Method. Every rating or number that the instrument marks as an outcome: mean with Student's t interval, and the share of
answers above the middle of the scale with Wilson's interval (rating scales only; a reversed item is shown as it was
asked). A recommendation from 0 to 10 gives detractors (0-6), passives (7-8) and promoters (9-10; Reichheld 2003) with
Wilson's intervals, and promoters less detractors with the normal interval of a difference of multinomial shares.

Item by item among those who answered; groups below ``min_cell`` answers are withheld, with a second one so that the
overall mean does not give them away. Absent without outcomes.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from scripts.lib import tables, values
from scripts.lib.intervals import LEVEL, t_interval, wilson
from scripts.lib.job import run
from scripts.needs.ratings import ALL, few, group_names, group_of

NUMBERS = ["n", "value", "low", "high"]
COLUMNS = [
    "group",
    "item",
    "position",
    "measure",
    "outcome",
    "keyed",
    "unit",
    "label_en",
    "label_zh",
    "scale_min",
    "scale_max",
    *NUMBERS,
    "suppressed",
]
RECOMMENDATION = {"detractors": (0, 6), "passives": (7, 8), "promoters": (9, 10)}


def measures(answers: NDArray[np.float64], row: pd.Series) -> list[dict[str, Any]]:
    """What one item says, from the answers of one group without holes."""
    n = len(answers)
    mean = answers.mean() if n else np.nan
    low, high = t_interval(mean, answers.std(ddof=1) if n > 1 else np.nan, n)
    out = [{"measure": "mean", "unit": "points", "value": mean, "low": float(low), "high": float(high)}]
    if row["outcome"] == "recommendation" and (row["scale_min"], row["scale_max"]) == (0, 10):
        counts = {name: int(((answers >= a) & (answers <= b)).sum()) for name, (a, b) in RECOMMENDATION.items()}
        out += [_share(name, hits, n) for name, hits in counts.items()] + [_net(counts, n)]
    elif row["type"] == "likert":
        middle = (row["scale_min"] + row["scale_max"]) / 2
        out.append(_share("above_middle", int((answers > middle).sum()), n))
    return [entry | {"n": n} for entry in out]


def _share(name: str, hits: int, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    value = hits / n if n else np.nan
    return {"measure": name, "unit": "share", "value": value, "low": float(low), "high": float(high)}


def _net(counts: dict[str, int], n: int) -> dict[str, Any]:
    if n == 0:
        return {"measure": "net", "unit": "share", "value": np.nan, "low": np.nan, "high": np.nan}
    for_it, against = counts["promoters"] / n, counts["detractors"] / n
    net = for_it - against
    half = float(ndtri((1 + LEVEL) / 2)) * np.sqrt(max(for_it + against - net**2, 0.0) / n)
    return {"measure": "net", "unit": "share", "value": net, "low": max(net - half, -1.0), "high": min(net + half, 1.0)}


def drivers(complete: pd.DataFrame, outcomes: pd.DataFrame, group: NDArray[np.object_], min_cell: int) -> pd.DataFrame:
    """One row a group, item and measure."""
    groups = group_names(group)
    rows = []
    for _, item in outcomes.iterrows():
        answers = complete[item["item"]].to_numpy(dtype=float, na_value=np.nan)
        known = ~np.isnan(answers)
        hidden = {ALL: False, **dict(zip(groups, few(known, group, groups, min_cell), strict=True))}
        about = {name: item[name] for name in COLUMNS if name in item.index}
        for name in [ALL, *groups]:
            at = known if name == ALL else known & (group == name)
            found = measures(answers[at], item)
            rows += [about | entry | {"group": name, "suppressed": bool(hidden[name])} for entry in found]
    table = pd.DataFrame(rows)[COLUMNS].astype({"n": "Int64"})
    table.loc[table["suppressed"], NUMBERS] = None
    return table


def describe(table: pd.DataFrame) -> dict[str, Any]:
    """Overall numbers by outcome and measure, for the text."""
    everybody = table[(table["group"] == ALL) & table["outcome"].notna() & table["value"].notna()]
    everybody = everybody.drop_duplicates(["outcome", "measure"])
    found: dict[str, Any] = {outcome: {} for outcome in everybody["outcome"].unique()}
    for row in everybody.itertuples():
        found[row.outcome][row.measure] = {"value": row.value, "low": row.low, "high": row.high, "n": int(row.n)}
    return {
        "method": "means with t intervals, shares with Wilson intervals, item by item among those who answered",
        "outcomes": found,
        "n_items": int(table["item"].nunique()),
        "n_suppressed": int(table["suppressed"].sum()),
    }


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    source, output, params = snakemake.input, snakemake.output, snakemake.params
    book = tables.read(source.codebook)
    averaged = book["type"].isin(["likert", "number"]) & book["scale_kind"].ne("nominal")
    outcomes = book[book["role"].eq("outcome") & averaged]
    if outcomes.empty:
        tables.write(tables.empty(COLUMNS), output.table, ["group", "item", "measure"])
        values.write(
            values.absent(
                "The survey asks neither satisfaction nor loyalty.",
                "问卷未询问满意度和忠诚度。",
            ),
            output.values,
        )
        return
    complete = tables.read(source.complete)
    table = drivers(complete, outcomes, group_of(complete, tables.read(source.groups, text=["group"])), params.min_cell)
    tables.write(table, output.table, ["group", "item", "measure"])
    values.write(describe(table), output.values)


if __name__ == "__main__":
    run(main, snakemake)
