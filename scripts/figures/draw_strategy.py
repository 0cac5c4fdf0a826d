"""Figures of the strategy: quality function deployment, ranking of measures, roadmap and risks.

``qfd``      strength (1 weak, 3 medium, 9 strong) with which a measure serves an attribute.
``ranking``  weighted sum of each measure, its TOPSIS rank with the interval over the draws (a stroke marks the rank by
             weighted sum), and the probability of a TOPSIS rank from 1 to 3; measures ranked apart stand last.
``roadmap``  measures and safeguards by quarter, as their prerequisites allow, coloured by family.
``risks``    likelihood x impact (1..5 each) of the risks before and after the safeguards.

Strengths, scores and risks are judgements declared in the study's files; nothing is computed here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from scripts.figures.families import family_colours, family_legend
from scripts.figures.heatmap import heads_height, heat, part_blocks
from scripts.figures.plan import draw_risks, draw_roadmap
from scripts.lib import tables, values
from scripts.lib.figures import (
    INK,
    LINE,
    MUTED,
    SMALL,
    Drawing,
    absent,
    cut,
    names,
    percent,
    row_labels,
    sheet,
    write,
)
from scripts.lib.job import run

QFD = ["attribute", "measure", "label_en", "label_zh", "measure_en", "measure_zh", "aspect", "family", "strength"]
RANKING = ["measure", "family", "label_en", "label_zh", "weighted_sum", "rank_weighted_sum", "rank_topsis"]
RANKING += ["rank_low", "rank_high", "p_top3", "goes_first", "apart"]
STRENGTHS = (1, 3, 9)
STEPS = ["#FFFFFF", "#E1E6E8", "#A3AFB3", "#3A4448"]  # colours of strength 0, 1, 3, 9


def qfd_rows(qfd: pd.DataFrame, measures: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """The strengths above 0, with the names of measure and attribute."""
    named = measures.rename(columns={"label_en": "measure_en", "label_zh": "measure_zh"})
    rows = qfd.loc[qfd["strength"] > 0, ["measure", "attribute", "strength"]]
    rows = rows.merge(named[["measure", "family", "measure_en", "measure_zh"]], on="measure")
    return rows.merge(attributes[["attribute", "aspect", "label_en", "label_zh"]], on="attribute")[QFD]


def draw_qfd(
    qfd: pd.DataFrame, measures: pd.DataFrame, attributes: pd.DataFrame, families: pd.DataFrame, said: Mapping[str, Any]
) -> Drawing:
    """Heat map of attributes by measures, measures by family."""
    title = values.text("Which measure serves which need (QFD)", "需求—举措映射（QFD）")
    data = qfd_rows(qfd, measures, attributes)
    if data.empty:
        return absent(title, QFD, ["attribute", "measure"], said)
    ordered, rows = measures.sort_values("position"), attributes.sort_values("position")
    cells = data.pivot(index="attribute", columns="measure", values="strength")
    grid = cells.reindex(index=rows["attribute"], columns=ordered["measure"]).fillna(0)
    steps = grid.map(lambda strength: (0, *STRENGTHS).index(strength)).to_numpy(float)
    heads = [cut(label, 46) for label in ordered["label_en"]]
    above = heads_height(heads, False)
    corner = above > 1.4  # above the names of the rows is free room for the legend
    figure = sheet(0.15 * len(grid) + above + (0.4 if corner else 1.1))
    axes = figure.subplots()
    marks = grid.map(lambda strength: f"{strength:.0f}" if strength else "").to_numpy()
    look = {
        "cmap": ListedColormap(STEPS),
        "vmin": -0.5,
        "vmax": 3.5,
        "annot": marks,
        "fmt": "",
        "linewidths": 0.3,
        "linecolor": LINE,
    }
    heat(axes, steps, row_labels(rows, 54), heads, False, None, **look)
    part_blocks(axes, list(rows["aspect"]), len(heads))
    colours = family_colours(families)
    for i, family in enumerate(ordered["family"]):  # a strip of the family's colour under each name
        axes.add_patch(Rectangle((i + 0.1, -0.45), 0.8, 0.35, facecolor=colours.get(family, MUTED), clip_on=False))
    axes.tick_params(axis="x", pad=8)
    strengths = zip(STEPS[1:], ("1 weak 弱", "3 medium 中", "9 strong 强"), strict=True)
    family_legend(figure, families, tuple(strengths), inside=corner)
    strong, counts = data[data["strength"].eq(9)], data["measure"].value_counts()
    widest = ordered[ordered["measure"].eq(counts.index[0])]
    bare = len(rows) - strong["attribute"].nunique()
    top, served = names(widest), data["attribute"].nunique()
    alt = values.text(
        f"{len(measures)} measures serve {served} of {len(rows)} attributes, {len(rows) - bare} of them strongly; "
        f"{top['en']} serves most ({counts.iloc[0]}).",
        f"{len(measures)}项举措服务于{len(rows)}项属性中的{served}项，其中{len(rows) - bare}项有强举措；"
        f"{top['zh']}覆盖最多（{counts.iloc[0]}项）。",
    )
    return Drawing(title, data, ["attribute", "measure"], figure, alt)


def draw_ranking(ranking: pd.DataFrame, families: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Weighted sums, rank intervals and probabilities of the first three ranks."""
    title = values.text("Ranking of the measures and how sure it is", "举措排序及其稳健性")
    if ranking.empty:
        return absent(title, RANKING, ["measure"], said)
    data = ranking.sort_values(["apart", "rank_topsis", "rank_weighted_sum", "measure"], ignore_index=True)[RANKING]
    figure = sheet(0.185 * len(data) + 1.05)
    score, rank, first = figure.subplots(1, 3, sharey=True, width_ratios=[3, 4, 2])
    y, of_family = np.arange(len(data)), family_colours(families)
    colours = data["family"].map(of_family).fillna(MUTED)
    score.barh(y, data["weighted_sum"], 0.62, color=colours)
    rank.hlines(y, data["rank_low"], data["rank_high"], color=LINE, lw=4)
    rank.scatter(data["rank_topsis"], y, 20, colours, zorder=3)
    among = data["apart"].ne("yes")
    rank.scatter(data["rank_weighted_sum"][among], y[among], 40, INK, marker="|", linewidths=1, zorder=4)
    first.barh(y, data["p_top3"].fillna(0), 0.62, color=colours)
    for at, share in zip(y, data["p_top3"], strict=True):
        text = "apart 单列" if np.isnan(share) else percent(share) if share >= 0.005 else "<1%"
        place = (0 if np.isnan(share) else share, at)
        first.annotate(text, place, (3, 0), textcoords="offset points", va="center", fontsize=SMALL, color=MUTED)
    urgent = data["goes_first"].eq("yes")
    labels = [f"▲ {label}" if mark else label for label, mark in zip(row_labels(data, 48), urgent, strict=True)]
    score.set_yticks(y, labels)
    score.set(ylim=(len(data) - 0.4, -0.6), xlabel="Weighted sum 加权和")
    rank.set(xlabel="TOPSIS rank, interval 排名区间", xlim=(0.4, len(data) + 0.6))
    rank.locator_params(axis="x", integer=True)
    first.set(xlabel="P(top 3) 前三", xlim=(0, 1.3), xticks=[])
    for axes in (score, rank, first):
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    also = [("none", "▲ goes first whatever its score 优先实施")] if urgent.any() else []
    family_legend(figure, families, [*also, ("none", "| rank by weighted sum 加权和排名")])
    top, sure = data.head(3), data.loc[data["p_top3"].idxmax()] if data["p_top3"].notna().any() else data.iloc[0]
    sums = ", ".join(f"{value:.2f}" for value in top["weighted_sum"])
    first_en, first_zh = (names(data[urgent])[language] for language in ("en", "zh"))
    chance, one = percent(np.nan_to_num(sure["p_top3"])), names(sure.to_frame().T)
    alt = values.text(
        f"First by TOPSIS are {names(top)['en']} (weighted sums {sums}); the largest probability of a rank from 1 to 3 "
        f"is {chance}, for {one['en']}. First whatever their score: {first_en}.",
        f"TOPSIS排名居前的是{names(top)['zh']}（加权和{sums}）；进入前三概率最高为{chance}（{one['zh']}）；"
        f"不论得分优先实施：{first_zh}。",
    )
    return Drawing(title, data, ["measure"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    measures, families, attributes = (tables.read(path) for path in (given.measures, given.families, given.attributes))
    ranked, planned = values.read(given.ranked), values.read(given.planned)
    write(
        {
            "qfd": draw_qfd(tables.read(given.qfd), measures, attributes, families, ranked),
            "ranking": draw_ranking(tables.read(given.ranking), families, ranked),
            "roadmap": draw_roadmap(tables.read(given.roadmap), measures, families, planned),
            "risks": draw_risks(tables.read(given.risks), planned),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
