"""Figures of the literature: its selection, records over time, and topics with the empty cells visible.

``literature_flow``   records from identified to included, with each reason for leaving one out; a PRISMA 2020 flow only
                      where there is a log of searches.
``literature_trend``  included records by period of five years.
``literature_map``    included records by topic and kind of region, and by topic and kind of customer; a cell that is
                      empty although its kind says something is a gap of the list and is hatched.

The counts are those of ``map_literature``; nothing is counted here.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from scripts.figures.heatmap import hatch, heads_height, heat
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    LINE,
    SECOND,
    SEQUENTIAL,
    SMALL,
    SOFT,
    Drawing,
    absent,
    both,
    head_labels,
    names,
    row_labels,
    sheet,
    wrap,
    write,
)
from scripts.lib.job import run

FLOW = ["position", "step", "n", "label_en", "label_zh"]
TREND = ["start", "period", "n"]
MAP = ["kind", "topic", "code", "label_en", "label_zh", "code_label_en", "code_label_zh", "n", "gap"]


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


def draw_flow(flow: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Boxes from identified to included on the left, what was left out on the right, each with its count."""
    title = said.get("title") or values.text("Selection of the literature", "文献筛选")
    if flow.empty:
        return absent(title, FLOW, ["position"], said)
    data = flow.sort_values("position", ignore_index=True)[FLOW]
    figure = sheet(0.5 * len(data) + 0.2)
    axes = figure.subplots()
    looks: dict[str, Any] = {"boxstyle": "round,pad=0.45", "facecolor": SOFT, "edgecolor": ACCENT}
    line = {"arrowstyle": "->", "shrinkA": 0, "shrinkB": 0}
    stem = [at for at, step in enumerate(data["step"]) if step in ("identified", "screened", "included")]
    for above, below in pairwise(stem):
        axes.annotate("", (0.27, below), (0.27, above), arrowprops=line | {"color": ACCENT, "shrinkB": 19}, zorder=1)
    for at, row in enumerate(data.itertuples()):
        kept = at in stem
        look = looks if kept else looks | {"facecolor": "white", "edgecolor": SECOND}
        text = both(wrap(row.label_en, 34 if kept else 46), row.label_zh, "\n") + f"\nn = {row.n:,}"
        place = {"ha": "center", "va": "center", "fontsize": SMALL, "bbox": look, "zorder": 2}
        axes.text(0.27 if kept else 0.76, at, text, **place)
        if not kept:
            axes.annotate("", (0.56, at), (0.27, at), arrowprops=line | {"color": SECOND}, zorder=1)
    axes.set(xlim=(0, 1), ylim=(len(data) - 0.5, -0.5))
    axes.set_axis_off()
    n = data.groupby("step")["n"].sum()
    alt = values.text(
        f"Of {n['identified']:,} records {n['duplicates']:,} are duplicates, {n.get('excluded', 0):,} are excluded and "
        f"{n['included']:,} are included.",
        f"共{n['identified']}条文献，重复{n['duplicates']}条，排除{n.get('excluded', 0)}条，纳入{n['included']}条。",
    )
    return Drawing(title, data, ["position"], figure, alt)


def _long(cross: pd.DataFrame, kind: str) -> pd.DataFrame:
    """A cross table with the columns that region and customer share."""
    names_of = {kind: "code", f"{kind}_label_en": "code_label_en", f"{kind}_label_zh": "code_label_zh"}
    return cross.sort_values("position").rename(columns=names_of).assign(kind=kind)[MAP]


def draw_map(region: pd.DataFrame, customer: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Heat maps of topics by kind of region and by kind of customer, beside each other."""
    title = values.text("Topics by region and customer, with the gaps of the list", "主题与地区、客户类型分布及空白")
    if region.empty or customer.empty:
        return absent(title, MAP, ["kind", "topic", "code"], said)
    data = pd.concat([_long(region, "region_type"), _long(customer, "customer_kind")], ignore_index=True)
    rows = data.drop_duplicates("topic")
    parts = [part for _, part in data.groupby("kind", sort=False)]
    heads = [part.drop_duplicates("code") for part in parts]
    tops = [head_labels(list(head["code_label_en"]), list(head["code_label_zh"]), 40) for head in heads]
    figure = sheet(0.2 * len(rows) + max(heads_height(top, False) for top in tops) + 0.35)
    panels = figure.subplots(1, 2, width_ratios=[len(head) for head in heads])
    most = max(int(data["n"].max()), 1)
    for axes, part, head, top in zip(panels, parts, heads, tops, strict=True):
        shape = (rows["topic"], head["code"])
        grid, gaps = (
            part.pivot(index="topic", columns="code", values=value).loc[shape].to_numpy() for value in ("n", "gap")
        )
        marks = np.where(grid > 0, grid.astype(int).astype(str), "")
        look = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": most, "annot": marks, "fmt": "", "linecolor": LINE}
        labels = row_labels(rows, 44) if axes is panels[0] else [""] * len(rows)
        heat(axes, grid.astype(float), labels, top, False, None, **look)
        label = "no record in this list 本列表无文献" if axes is panels[0] else ""
        hatch(figure, axes, np.argwhere(gaps == "yes"), label, "#EDA878")
    n_gaps = [int((part["gap"] == "yes").sum()) for part in parts]
    totals = parts[0].groupby("code", sort=False)["n"].sum()
    top_head = names(heads[0][heads[0]["code"].eq(totals.idxmax())], of="code_label")
    alt = values.text(
        f"{n_gaps[0]} of {len(parts[0])} cells of topic by kind of region and {n_gaps[1]} of {len(parts[1])} of topic "
        f"by kind of customer are gaps of this list; most entries ({totals.max()} of {totals.sum()}) stand under "
        f"{top_head['en']}.",
        f"主题与地区类型的{len(parts[0])}格中有{n_gaps[0]}格、主题与客户类型的{len(parts[1])}格中有{n_gaps[1]}格为本列表的空白；"
        f"条目最多的是{top_head['zh']}（{totals.sum()}条中的{totals.max()}条）。",
    )
    return Drawing(title, data, ["kind", "topic", "code"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    said = values.read(given.mapped)
    write(
        {
            "literature_flow": draw_flow(tables.read(given.flow), values.read(given.screened)),
            "literature_trend": draw_trend(tables.read(given.trend), said),
            "literature_map": draw_map(tables.read(given.topic_region), tables.read(given.topic_customer), said),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
