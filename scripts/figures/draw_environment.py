"""Figures of the environment: regions compared, and concentration here and elsewhere.

``regions``        the own region among the others, a panel a measure, the highest figure first; only figures that may
                   be set beside one of the own region's: the measure of development, then those that do not grow with a
                   region's size, then sizes.
``concentration``  HHI and share of the four largest by place and basis, an interval where only a part is known (an
                   arrow where nothing bounds it above), between the thresholds of the two vintages.

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
    MUTED,
    SECOND,
    SMALL,
    SOFT,
    Drawing,
    absent,
    both,
    cut,
    names,
    percent,
    sheet,
    write,
)
from scripts.lib.job import run

REGIONS = ["measure", "role", "region", "period", "level", "label_en", "label_zh", "unit", "value"]
CONCENTRATION = ["basis", "set", "place", "measure", "period", "n_firms", "hhi_low", "hhi_high", "cr4_low", "cr4_high"]
ROLES = {"home": (ACCENT, "own region 本地区"), "country": (MUTED, "country 全国")}
ROLES |= {"peer": (CATEGORIES[2], "peer region 同类地区"), "coast": (SECOND, "developed region 发达地区")}
BARS = 26  # bars that a page holds
ROWS = 14  # rows of the concentration that a page holds


def _number(value: float) -> str:
    """A figure as short as it can be read."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.4g}"


def region_bars(regions: pd.DataFrame, first: str | None) -> pd.DataFrame:
    """Comparable figures with the own region's among them; ``first`` is the measure that leads."""
    rows = regions[regions["comparable"].eq("yes") & regions["partner_value"].notna() & regions["role"].isin(ROLES)]
    used = {(row.measure, row.partner_region, row.partner_period) for row in rows.itertuples()}
    home = regions[[key in used for key in zip(regions["measure"], regions["region"], regions["period"], strict=True)]]
    whole = pd.concat([rows, home[home["role"].eq("home")]])
    size = ~(whole["unit"].eq("%") | whole["measure"].str.contains("per_head"))
    order = whole.assign(
        later=whole["measure"].ne(first), size=size, n=-whole.groupby("measure")["measure"].transform("size")
    ).sort_values(["later", "size", "n", "measure"], kind="stable")
    bars = -order.drop_duplicates("measure").set_index("measure")["n"].cumsum()
    kept = bars.index[(bars <= BARS) | (bars.index == bars.index[0])]
    ordered = order.sort_values(
        ["later", "size", "n", "measure", "value", "region"], ascending=[True, True, True, True, False, True]
    )
    return ordered[ordered["measure"].isin(kept)][REGIONS].reset_index(drop=True)


def _bars_of(axes: Axes, rows: pd.DataFrame) -> None:
    """One measure: a bar a region, the own one in the accent."""
    y = np.arange(len(rows))
    axes.barh(y, rows["value"], 0.66, color=[ROLES[role][0] for role in rows["role"]])
    for at, value in zip(y, rows["value"], strict=True):
        look = {"ha": "left" if value >= 0 else "right", "va": "center", "fontsize": SMALL}
        axes.annotate(_number(value), (value, at), (3 if value >= 0 else -3, 0), textcoords="offset points", **look)
    low, high = min(rows["value"].min(), 0), max(rows["value"].max(), 0)
    axes.set(xlim=(low - 0.1 * (high - low) * (low < 0), high + 0.14 * (high - low)), ylim=(len(rows) - 0.4, -0.6))
    axes.set(xticks=[])
    axes.set_yticks(y, [f"{row.region} {row.period}" for row in rows.itertuples()])
    for text, role in zip(axes.get_yticklabels(), rows["role"], strict=True):
        text.set_color(ACCENT if role == "home" else "#1B1F22")
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    first = rows.iloc[0]
    axes.set_title(" ", pad=3)  # room for the name, which begins at the edge of the page
    name, look = f"{both(first['label_en'], first['label_zh'])} ({first['unit']})", {"color": ACCENT, "fontsize": BODY}
    at_edge = {"xycoords": ("figure fraction", "axes fraction"), "textcoords": "offset points"}
    axes.annotate(name, (0, 1), (4, 3), **at_edge, **look).set_in_layout(False)


def _place(rows: pd.DataFrame) -> str:
    """Where the own region stands in one measure: its rank from the top."""
    own = rows[rows["role"].eq("home")].iloc[0]
    return f"{own['region']} is number {int((rows['value'] > own['value']).sum()) + 1} of {len(rows)}"


def draw_regions(regions: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Small multiples, one a measure."""
    title = values.text("The region among others, comparable figures only", "地区比较（仅可比数据）")
    if regions.empty or not regions["partner_value"].notna().where(regions["comparable"].eq("yes"), False).any():
        return absent(title, REGIONS, ["measure", "role", "region", "period"], said)
    data = region_bars(regions, (said.get("development") or {}).get("measure"))
    parts = [rows for _, rows in data.groupby("measure", sort=False)]
    sizes = [len(rows) + 1.1 for rows in parts]
    figure = sheet(0.165 * sum(sizes) + 0.3)
    for axes, rows in zip(figure.subplots(len(parts), squeeze=False, height_ratios=sizes)[:, 0], parts, strict=True):
        _bars_of(axes, rows)
    marks = [
        figure.axes[0].plot([], [], "s", color=ROLES[role][0], ms=5, label=ROLES[role][1])[0]
        for role in ROLES
        if role in set(data["role"])
    ]
    figure.legend(handles=marks, loc="outside upper left", ncols=4)
    told = [f"{rows['label_en'].iloc[0]}: {_place(rows)}" for rows in parts[:3]]
    own = parts[0][parts[0]["role"].eq("home")].iloc[0]
    top = parts[0].iloc[0]
    alt = values.text(
        f"{'; '.join(told)}. {own['label_en']} is {_number(own['value'])} in {own['region']} and "
        f"{_number(top['value'])} in {top['region']} ({own['unit']}).",
        f"{len(parts)}个指标。{both('', own['label_zh']) or own['label_en']}：{own['region']}{_number(own['value'])}，"
        f"{top['region']}{_number(top['value'])}（{own['unit']}）。",
    )
    return Drawing(title, data, ["measure", "role", "region", "period"], figure, alt)


def concentration_rows(table: pd.DataFrame, home: str | None) -> pd.DataFrame:
    """What the report shows: sets counted in both places first, whole lists, then what is known from shares."""
    rows = table[table["main"].eq("yes")]
    kind = rows["basis"].map({"outlets": 0, "payment codes": 0, "shares": 1}) * 2 + rows["set"].eq("whole list")
    order = rows.assign(kind=kind, away=rows["place"].ne(home))
    ordered = order.sort_values(["kind", "basis", "n_compared", "set", "away", "place", "measure"], kind="stable")
    return ordered[[*CONCENTRATION, "label_en", "label_zh"]].head(ROWS).reset_index(drop=True)


def _basis(row: Any) -> str:
    """Place, and what was compared there."""
    if row.basis == "shares":
        return f"{row.place} {row.period}: {row.label_en}, {row.measure}"
    return f"{row.place}: {row.label_en}"


def draw_concentration(table: pd.DataFrame, said: Mapping[str, Any], thresholds: Mapping[str, Any]) -> Drawing:
    """HHI and CR4, a row a place and basis."""
    title = values.text("Concentration by place", "市场集中度比较")
    key = ["basis", "set", "place", "measure", "period"]
    if table.empty:
        return absent(title, CONCENTRATION, key, said)
    comparison = said.get("comparison") or {}
    home = comparison.get("home")
    data = concentration_rows(table, home)
    labels = [cut(_basis(row), 40, 4) for row in data.itertuples()]
    heights = np.array([label.count("\n") + 1.6 for label in labels])  # lines that a row takes
    figure = sheet(0.145 * float(heights.sum()) + 0.9)
    panels = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    y = heights.cumsum() - heights / 2
    colours = [
        ACCENT if place == home else SECOND if row_basis != "shares" else MUTED
        for place, row_basis in zip(data["place"], data["basis"], strict=True)
    ]
    widest = float(max(data["hhi_low"].max(), data["hhi_high"].max(), 2500)) * 1.16
    for axes, name, form, end in ((panels[0], "hhi", "{:,.0f}", widest), (panels[1], "cr4", "{:.0%}", 1.3)):
        low, high = data[f"{name}_low"], data[f"{name}_high"]
        for at, bottom, top, colour in zip(y, low, high, colours, strict=True):
            known = bottom == top
            text = form.format(bottom) if known else f"≥ {form.format(bottom)}"
            if not known and not np.isnan(top):
                text = f"{form.format(bottom)}–{form.format(top)}"
                axes.hlines(at, bottom, top, color=colour, lw=2)
            elif not known:
                arrow = {"arrowstyle": "->", "color": colour, "lw": 1.2}
                axes.annotate("", (bottom + 0.09 * end, at), (bottom, at), arrowprops=arrow)
            axes.plot(bottom, at, "o" if known else "|", color=colour, ms=5 if known else 8, zorder=3)
            edge = top if not known and not np.isnan(top) else bottom + (0 if known else 0.09 * end)
            axes.annotate(text, (edge, at), (6, 0), textcoords="offset points", va="center", fontsize=SMALL)
        axes.set_xlim(0, end)
        axes.grid(axis="y", lw=0.3)
        axes.tick_params(axis="y", length=0)
    moderate, older = thresholds["2023"], thresholds["2010"]
    panels[0].axvspan(
        *moderate, color=SOFT, zorder=-1, label=f"moderate by 2023 2023年中度 ({moderate[0]}–{moderate[1]})"
    )
    for limit in older:
        panels[0].axvline(
            limit, color=MUTED, lw=0.8, ls=":", zorder=0, label=f"limits of 2010 2010年界限 ({older[0]}, {older[1]})"
        )
    panels[0].set_yticks(y, labels)
    panels[0].set(ylim=(heights.sum(), 0), xlabel="HHI 赫芬达尔指数 (0–10000)")
    panels[1].set(xlabel="Share of four largest 前四大份额", xticks=[0, 0.5, 1])
    panels[1].xaxis.set_major_formatter("{x:.0%}")
    marks, names_of = panels[0].get_legend_handles_labels()
    figure.legend(marks[:2], names_of[:2], loc="outside upper left", ncols=2)
    return Drawing(title, data[CONCENTRATION], key, figure, _told(data, comparison))


def _told(data: pd.DataFrame, comparison: Mapping[str, Any]) -> values.Text:
    """The comparison of two cities where there is one, else the first row, and the highest lower bound from shares."""
    first, of = data.iloc[0], names(data.head(1))
    hhi, four = f"{first['hhi_low']:.0f}", percent(first["cr4_low"], 1)
    en = f"{first['place']}, {of['en']}: HHI {hhi}, four largest {four}."
    zh = f"{first['place']}，{of['zh']}：HHI {hhi}，前四大{four}。"
    if comparison.get("status") == "ok":
        told = [
            (comparison[side], f"{comparison[f'hhi_{side}']:.0f}", percent(comparison[f"cr4_{side}"], 1))
            for side in ("home", "peer")
        ]
        n = comparison["n_compared"]
        en = f"Same {n} providers: " + "; ".join(f"{place} HHI {h}, four largest {f}" for place, h, f in told) + "."
        zh = f"相同{n}家机构：" + "；".join(f"{place} HHI {h}，前四大{f}" for place, h, f in told) + "。"
    shares = data[data["basis"].eq("shares") & data["hhi_low"].ne(data["hhi_high"])]
    if len(shares):
        most = shares.loc[shares["hhi_low"].idxmax()]
        en += f" The highest bound from shares: HHI at least {most['hhi_low']:.0f} ({_basis(most)})."
        zh += f"由份额可知的最高下限：HHI不低于{most['hhi_low']:.0f}（{most['place']}）。"
    return values.text(en, zh)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    regions = tables.read(given.regions, text=["period", "partner_period"])
    concentration = tables.read(given.concentration, text=["period"])
    measured = values.read(given.measured)
    write(
        {
            "regions": draw_regions(regions, values.read(given.compared)),
            "concentration": draw_concentration(concentration, measured, measured.get("thresholds", {})),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
