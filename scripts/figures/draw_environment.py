"""Figures of the environment: regions compared, and concentration here and elsewhere.

``regions``        each figure of another region beside the figure of the own region that it may be compared with (one
                   measure, one kind, one year); a scale for each measure; what is not comparable is not drawn.
``concentration``  HHI and share of the four largest in the own place and the one it is compared with, on the same
                   providers; an interval where only a part is known.

Nothing is measured here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    BODY,
    CATEGORIES,
    LINE,
    MUTED,
    SECOND,
    SMALL,
    Drawing,
    absent,
    both,
    names,
    percent,
    sheet,
    write,
)
from scripts.lib.job import run

REGIONS = ["measure", "role", "region", "period", "label_en", "label_zh", "unit", "value", "partner_region"]
REGIONS += ["partner_period", "partner_value"]
CONCENTRATION = ["basis", "set", "place", "measure", "period", "n_firms", "hhi_low", "hhi_high", "cr4_low", "cr4_high"]
ROLES = {"peer": (CATEGORIES[2], "peer region 同类地区"), "coast": (SECOND, "developed region 发达地区")}
ROLES |= {"country": (MUTED, "country 全国")}
PAIRS = 30  # rows that a page holds


def _number(value: float) -> str:
    """A figure as short as it can be read."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"


def region_pairs(regions: pd.DataFrame) -> pd.DataFrame:
    """Comparable figures of other regions with their partner at home, those of a measure together."""
    rows = regions[regions["comparable"].eq("yes") & regions["partner_value"].notna() & regions["role"].isin(ROLES)]
    n = rows.groupby("measure")["measure"].transform("size")
    order = rows.assign(n=n).sort_values(
        ["n", "measure", "partner_region", "value"], ascending=[False, True, True, False]
    )
    return order.head(PAIRS)[REGIONS].reset_index(drop=True)


def _pairs_of(axes: Axes, rows: pd.DataFrame) -> None:
    """One measure: the own region and the other, joined by a line."""
    y, own, other = np.arange(len(rows)), rows["partner_value"], rows["value"]
    axes.hlines(y, own, other, color=LINE, lw=2)
    axes.scatter(own, y, 24, ACCENT, zorder=3)
    axes.scatter(other, y, 24, [ROLES[role][0] for role in rows["role"]], marker="s", zorder=3)
    for at, here, there in zip(y, own, other, strict=True):
        for value, rest in ((here, there), (there, here)):
            left = value < rest
            look = {"ha": "right" if left else "left", "va": "center", "fontsize": SMALL}
            axes.annotate(_number(value), (value, at), (-5 if left else 5, 0), textcoords="offset points", **look)
    low, high = min(own.min(), other.min(), 0), max(own.max(), other.max())
    axes.set(xlim=(low - 0.17 * (high - low), high + 0.17 * (high - low)), ylim=(len(rows) - 0.4, -0.6), xticks=[])
    told = zip(rows["region"], rows["period"], rows["partner_region"], rows["partner_period"], strict=True)
    axes.set_yticks(y, [f"{region} {period} | {home} {then}" for region, period, home, then in told])
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    first = rows.iloc[0]
    axes.set_title(" ", pad=3)  # room for the name, which begins at the edge of the page
    name, look = f"{both(first['label_en'], first['label_zh'])} ({first['unit']})", {"color": ACCENT, "fontsize": BODY}
    at_edge = {"xycoords": ("figure fraction", "axes fraction"), "textcoords": "offset points"}
    axes.annotate(name, (0, 1), (4, 3), **at_edge, **look).set_in_layout(False)


def draw_regions(regions: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Small multiples, one a measure."""
    title = values.text("The region beside others, comparable figures only", "地区比较（仅可比数据）")
    data = region_pairs(regions) if len(regions) else tables.empty(REGIONS)
    if data.empty:
        return absent(title, REGIONS, ["measure", "role", "region", "period"], said)
    parts = [rows for _, rows in data.groupby("measure", sort=False)]
    sizes = [len(rows) + 1.1 for rows in parts]
    figure = sheet(0.185 * sum(sizes) + 0.25)
    for axes, rows in zip(figure.subplots(len(parts), squeeze=False, height_ratios=sizes)[:, 0], parts, strict=True):
        _pairs_of(axes, rows)
    marks = [figure.axes[0].plot([], [], "o", color=ACCENT, ms=5, label="own region 本地区")[0]]
    for role in [role for role in ROLES if role in set(data["role"])]:
        marks += figure.axes[0].plot([], [], "s", color=ROLES[role][0], ms=5, label=ROLES[role][1])
    figure.legend(handles=marks, loc="outside upper left", ncols=4)
    above = data[data["partner_value"] > data["value"]]
    first = data.iloc[0]
    alt = values.text(
        f"{len(data)} comparable pairs on {len(parts)} measures; the own region is higher in {len(above)}. "
        f"{first['label_en']}: {_number(first['partner_value'])} in {first['partner_region']} against "
        f"{_number(first['value'])} in {first['region']} ({first['unit']}).",
        f"{len(parts)}个指标共{len(data)}对可比数据，本地区较高的有{len(above)}对。{names(data.head(1))['zh']}："
        f"{first['partner_region']}{_number(first['partner_value'])}，{first['region']}{_number(first['value'])}。",
    )
    return Drawing(title, data, ["measure", "role", "region", "period"], figure, alt)


def concentration_rows(table: pd.DataFrame) -> pd.DataFrame:
    """What is compared: sets of providers counted in both places, else what is known from shares."""
    counted = table[table["basis"].eq("outlets")]
    rows = counted if len(counted) else table
    order = rows.assign(whole=rows["set"].eq("whole list"), places=-rows.groupby("set")["place"].transform("nunique"))
    return order.sort_values(["places", "whole", "n_firms", "place"])[[*CONCENTRATION, "label_en", "label_zh"]].head(
        PAIRS
    )


def draw_concentration(table: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """HHI and CR4 by set of providers, one mark a place."""
    title = values.text("Concentration by place", "市场集中度比较")
    key = ["set", "place", "measure", "period"]
    if table.empty:
        return absent(title, CONCENTRATION, key, said)
    data = concentration_rows(table).reset_index(drop=True)
    named = data["set"].str.cat(data["period"].fillna("").astype(str), sep=" ").str.strip()
    sets = list(dict.fromkeys(named))
    y = named.map(sets.index)
    home = (said.get("comparison") or {}).get("home")
    places = sorted(set(data["place"]), key=lambda place: (place != home, place))
    figure = sheet(0.44 * len(sets) + 0.9)
    panels = figure.subplots(1, 2, sharey=True)
    for i, place in enumerate(places):
        rows, at = (
            data[data["place"].eq(place)],
            y[data["place"].eq(place)] + 0.5 / len(places) * (i - (len(places) - 1) / 2),
        )
        colour, mark = CATEGORIES[i % 6], "os^DvP"[i % 6]
        for axes, name, form in ((panels[0], "hhi", "{:.0f}"), (panels[1], "cr4", "{:.1%}")):
            low, high = rows[f"{name}_low"], rows[f"{name}_high"]
            axes.hlines(at, low, high.fillna(low), color=colour, lw=1.6)
            axes.scatter(low, at, 26, colour, marker=mark, zorder=3, label=place)
            for value, top, height in zip(low, high, at, strict=True):
                text = form.format(value) if top == value else f"≥ {form.format(value)}"
                look = {"va": "center", "fontsize": SMALL}
                axes.annotate(text, (np.fmax(value, top), height), (6, 0), textcoords="offset points", **look)
    panels[0].set_yticks(range(len(sets)), sets)
    panels[0].set(ylim=(len(sets) - 0.4, -0.6), xlabel="HHI 赫芬达尔指数 (0–10000)")
    panels[1].set_xlabel("Share of the four largest 前四大份额 CR4")
    panels[1].xaxis.set_major_formatter("{x:.0%}")
    for axes in panels:
        low, high = axes.get_xlim()
        axes.set_xlim(0, high + 0.22 * (high - low))
        axes.grid(axis="y")
        axes.tick_params(axis="y", length=0)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=4)
    shared = data[named.map(data.groupby(named)["place"].nunique()).eq(len(places)).to_numpy()]
    widest = data[named.eq(named[(shared if len(shared) else data)["n_firms"].idxmax()])]
    found = [(r.place, f"{r.hhi_low:.0f}", percent(r.cr4_low, 1), r.hhi_low == r.hhi_high) for r in widest.itertuples()]
    told = "; ".join(f"{place} HHI {'' if exact else 'at least '}{hhi}, CR4 {cr4}" for place, hhi, cr4, exact in found)
    told_zh = "；".join(f"{place} HHI{'' if exact else '不低于'}{hhi}，CR4 {cr4}" for place, hhi, cr4, exact in found)
    of = names(widest.head(1))
    alt = values.text(f"Compared on {of['en']}: {told}.", f"比较范围{of['zh']}：{told_zh}。")
    return Drawing(title, data[CONCENTRATION], key, figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    regions = tables.read(given.regions, text=["period", "partner_period"])
    concentration = tables.read(given.concentration, text=["period"])
    write(
        {
            "regions": draw_regions(regions, values.read(given.compared)),
            "concentration": draw_concentration(concentration, values.read(given.measured)),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
