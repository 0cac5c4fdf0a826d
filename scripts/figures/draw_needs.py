"""Figures of the needs: importance-performance grid, Kano plane, white space and ranked needs.

``ipa``, ``kano``  see :mod:`scripts.figures.planes`.
``white_space``    share of customers who want a product within a year and do not hold it here, by group; cells too
                   small to be shown are hatched.
``needs``          need weight and rank, each with the interval of the bootstrap, and the probability of being in the
                   top three; a stroke marks the rank with derived importance; all respondents, the first 23.

Tables are shown as they are; nothing is estimated here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from scripts.figures.heatmap import column_heads, hatch, heads_height, heat
from scripts.figures.planes import draw_ipa, draw_kano
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    SECOND,
    SEQUENTIAL,
    SMALL,
    Drawing,
    absent,
    names,
    percent,
    row_labels,
    sheet,
    write,
)
from scripts.lib.job import run

SPACE = ["product", "group", "label_en", "label_zh", "group_en", "group_zh", "n", "unmet_share", "suppressed"]
NEEDS = ["attribute", "label_en", "label_zh", "weight", "weight_low", "weight_high", "rank", "rank_low", "rank_high"]
NEEDS += ["rank_derived", "p_top3"]
SHOWN = 23  # needs in the figure; the table has all


def space_rows(space: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """White space with the names of the groups, products by unmet share of all customers, largest first."""
    everybody = pd.DataFrame({"group": ["all"], "group_en": ["All"], "group_zh": ["全部"]})
    of_group = groups.rename(columns={"label_en": "group_en", "label_zh": "group_zh"})
    of_group = pd.concat([everybody, of_group[["group", "group_en", "group_zh"]]]).assign(place=range(len(groups) + 1))
    rows = space.merge(of_group, on="group")
    overall = rows[rows["group"].eq("all")].set_index("product")["unmet_share"]
    rows = rows.assign(overall=rows["product"].map(overall).astype(float).fillna(-1.0))
    return rows.sort_values(["overall", "product", "place"], ascending=[False, True, True], ignore_index=True)


def draw_white_space(space: pd.DataFrame, groups: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Heat map of products by groups."""
    title = values.text("Unmet demand by product and group", "各群体产品需求缺口")
    if space.empty:
        return absent(title, SPACE, ["product", "group"], said)
    rows = space_rows(space, groups)
    data = rows[SPACE]
    order, heads = data.drop_duplicates("product"), rows.drop_duplicates("group").sort_values("place")
    cells = data.pivot(index="product", columns="group", values="unmet_share").loc[order["product"], heads["group"]]
    grid = cells.to_numpy(float)
    tops, upright = column_heads(list(heads["group_en"]), list(heads["group_zh"]))
    figure = sheet(0.19 * len(grid) + heads_height(tops, upright) + 0.9)
    axes = figure.subplots()
    axes.set_facecolor("white")
    top = max(float(np.nanmax(grid, initial=0.0)), 0.05)
    look = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": top, "annot": len(heads) <= 9, "fmt": ".0%"}
    bar = {"label": "want and do not hold here 有需求而未持有", "format": PercentFormatter(1, 0)}
    heat(axes, grid, row_labels(order, 58), tops, upright, bar, **look)
    hidden = np.argwhere(np.isnan(grid))
    hatch(figure, axes, hidden, "too few answers to be shown 样本过少不予显示", "#9AA6AA")
    axes.vlines(1, 0, len(grid), color=ACCENT, lw=0.9)
    led = data[data["group"].eq("all")].dropna(subset=["unmet_share"]).head(3)
    shares = ", ".join(percent(share) for share in led["unmet_share"])
    lead = names(led)
    alt = values.text(
        f"Unmet demand of all customers is largest for {lead['en']} ({shares}); {len(hidden)} of {grid.size} cells are "
        "too small to be shown.",
        f"全部客户中需求缺口最大的是{lead['zh']}（{shares}）；{grid.size}格中有{len(hidden)}格样本过少不予显示。",
    )
    return Drawing(title, data, ["product", "group"], figure, alt)


def draw_ranked(needs: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Weights, rank intervals and probabilities of the first needs."""
    title = values.text("Needs by weight, with the uncertainty of their rank", "需求权重与排名不确定性")
    data = needs[needs["group"].eq("all")].sort_values("rank").head(SHOWN)[NEEDS].reset_index(drop=True)
    if data.empty:
        return absent(title, NEEDS, ["attribute"], said)
    figure = sheet(0.19 * len(data) + 0.95)
    weight, rank, first = figure.subplots(1, 3, sharey=True, width_ratios=[3, 4, 2])
    y = np.arange(len(data))
    colour = np.where(data["p_top3"] >= 0.5, SECOND, ACCENT)
    for axes, name in ((weight, "weight"), (rank, "rank")):
        axes.hlines(y, data[f"{name}_low"], data[f"{name}_high"], color=LINE, lw=4)
        axes.scatter(data[name], y, 20, colour, zorder=3)
    rank.scatter(data["rank_derived"], y, 40, INK, marker="|", linewidths=1, zorder=4)
    first.barh(y, data["p_top3"], 0.55, color=colour)
    for at, share in zip(y, data["p_top3"], strict=True):
        text = percent(share) if share >= 0.005 else "<1%"
        first.annotate(text, (share, at), (3, 0), textcoords="offset points", va="center", fontsize=SMALL, color=MUTED)
    weight.set_yticks(y, row_labels(data, 46))
    weight.set(ylim=(len(data) - 0.4, -0.6), xlabel="Need weight 需求权重")
    rank.set(xlabel="Rank 排名")
    first.set(xlabel="P(top 3) 前三", xlim=(0, 1.25), xticks=[])
    weight.locator_params(axis="x", nbins=3)
    rank.locator_params(axis="x", nbins=5, integer=True)
    for axes in (weight, rank, first):
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    bar = Patch(facecolor=LINE)
    stroke = rank.plot([], [], "|", color=INK, ms=7, ls="")[0]
    shown = [(bar, "95% interval 区间")]
    if data["rank_derived"].notna().any():
        shown.append((stroke, "rank with derived importance 以推导重要性计"))
    figure.legend(*zip(*shown, strict=True), loc="outside upper right", ncols=2)
    top, spread = names(data.head(3)), data.iloc[0]
    weights = ", ".join(f"{share:.3f}" for share in data["weight"].head(3))
    alt = values.text(
        f"The heaviest needs are {top['en']} (weights {weights}); the first has "
        f"rank {spread['rank_low']:.0f} to {spread['rank_high']:.0f} and is among the top three with probability "
        f"{percent(spread['p_top3'])}.",
        f"权重最高的需求为{top['zh']}（{weights}）；"
        f"首位排名区间为{spread['rank_low']:.0f}至{spread['rank_high']:.0f}，进入前三的概率为{percent(spread['p_top3'])}。",
    )
    return Drawing(title, data, ["attribute"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    ipa, cuts, kano, space, needs, groups = (
        tables.read(path, text=["group"])
        for path in (given.ipa, given.cuts, given.kano, given.white_space, given.needs, given.groups)
    )
    attributes = tables.read(given.attributes)
    write(
        {
            "ipa": draw_ipa(ipa, cuts, attributes, values.read(given.mapped)),
            "kano": draw_kano(kano, attributes, values.read(given.classified)),
            "white_space": draw_white_space(space, groups, values.read(given.found)),
            "needs": draw_ranked(needs, values.read(given.ranked)),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
