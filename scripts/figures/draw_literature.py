"""Figures of the literature: records over time, and topics by kind of region with the empty cells visible.

``literature_trend``  included records by period of five years.
``literature_map``    included records by topic and kind of region; a cell that is empty although its kind says
                      something is a gap of the list and is hatched.

The counts are those of ``map_literature``; nothing is counted here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.figures.heatmap import column_heads, hatch, heads_height, heat
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    LINE,
    SEQUENTIAL,
    SMALL,
    Drawing,
    absent,
    names,
    row_labels,
    sheet,
    write,
)
from scripts.lib.job import run

TREND = ["start", "period", "n"]
MAP = ["topic", "region_type", "label_en", "label_zh", "region_type_label_en", "region_type_label_zh", "n", "gap"]


def draw_trend(trend: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Bars of records by period."""
    title = values.text("Records of the list by year of publication", "文献发表年份分布")
    if trend.empty:
        return absent(title, TREND, ["start"], said)
    data = trend.sort_values("start", ignore_index=True)[TREND]
    figure = sheet(2.4)
    axes = figure.subplots()
    places = np.arange(len(data))
    bars = axes.bar(places, data["n"], 0.72, color=ACCENT)
    axes.bar_label(bars, fontsize=SMALL, padding=1)
    turned = len(data) > 13
    axes.set_xticks(places, data["period"].str.replace("-", "–" if turned else "–\n"), rotation=90 if turned else 0)
    axes.set(xlabel="Years of publication 发表年份", ylabel="Records 文献数", ylim=(0, 1.12 * max(data["n"].max(), 1)))
    axes.locator_params(axis="y", integer=True)
    axes.tick_params(axis="x", length=0)
    most, first, last = data.loc[data["n"].idxmax()], data["period"].iloc[0], data["period"].iloc[-1]
    undated = int(said.get("n_undated") or 0)
    alt = values.text(
        f"{data['n'].sum()} dated records from {first} to {last}; most ({most['n']}) "
        f"were published in {most['period']}; {undated} without a year are not shown.",
        f"{first}至{last}年共{data['n'].sum()}条有年份文献，{most['period']}最多"
        f"（{most['n']}条）；{undated}条无年份，未列入。",
    )
    return Drawing(title, data, ["start"], figure, alt)


def draw_map(cross: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Heat map of topics by kind of region."""
    title = values.text("Topics by kind of region, with the gaps of the list", "主题与地区类型交叉分布及空白")
    if cross.empty:
        return absent(title, MAP, ["topic", "region_type"], said)
    data = cross.sort_values("position")[MAP].reset_index(drop=True)
    rows, heads = data.drop_duplicates("topic"), data.drop_duplicates("region_type")
    shape = (rows["topic"], heads["region_type"])
    grid, gaps = (
        data.pivot(index="topic", columns="region_type", values=value).loc[shape].to_numpy() for value in ("n", "gap")
    )
    tops, upright = column_heads(list(heads["region_type_label_en"]), list(heads["region_type_label_zh"]))
    figure = sheet(0.2 * len(rows) + heads_height(tops, upright) + 0.35)
    axes = figure.subplots()
    marks = np.where(grid > 0, grid.astype(int).astype(str), "")
    look = {
        "cmap": SEQUENTIAL,
        "vmin": 0,
        "vmax": max(int(grid.max()), 1),
        "annot": marks,
        "fmt": "",
        "linecolor": LINE,
    }
    heat(axes, grid.astype(float), row_labels(rows, 58), tops, upright, None, **look)
    hatch(figure, axes, np.argwhere(gaps == "yes"), "no record in this list 本列表无文献", "#EDA878")
    n_gaps, totals = int((gaps == "yes").sum()), grid.sum(axis=0)
    top, entries = int(totals.max()), int(totals.sum())
    most = names(heads.iloc[[int(totals.argmax())]], of="region_type_label")
    alt = values.text(
        f"{n_gaps} of {grid.size} cells of topic by kind of region are gaps of this list; most entries ({top} of "
        f"{entries}) stand under {most['en']}.",
        f"主题与地区类型的{grid.size}格中有{n_gaps}格为本列表的空白；条目最多的是{most['zh']}"
        f"（{entries}条中的{top}条）。",
    )
    return Drawing(title, data, ["topic", "region_type"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    said = values.read(snakemake.input.mapped)
    write(
        {
            "literature_trend": draw_trend(tables.read(snakemake.input.trend), said),
            "literature_map": draw_map(tables.read(snakemake.input.topic_region), said),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
