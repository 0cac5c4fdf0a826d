"""Figures of the strategy: quality function deployment, ranking of measures, roadmap and risks.

``qfd``      strength (1 weak, 3 medium, 9 strong) with which a measure serves an attribute.
``ranking``  how often each measure took which rank in the draws, by TOPSIS and by weighted sum (rank acceptability);
             measures in the order of the report, those ranked apart last.
``roadmap``  measures and safeguards by quarter, as their prerequisites allow, coloured by family.
``risks``    likelihood x impact (1..5 each) of the risks before and after the safeguards.

Strengths, scores and risks are judgements declared in the study's files; nothing is computed here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch, Rectangle

from scripts.figures.families import family_colours, family_legend
from scripts.figures.heatmap import heads_height, heat, part_blocks
from scripts.figures.plan import draw_risks, draw_roadmap
from scripts.lib import tables, values
from scripts.lib.figures import (
    LINE,
    MUTED,
    SECOND,
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
RANKING = ["measure", "method", "ranks", "position", "family", "label_en", "label_zh", "p", "goes_first", "apart"]
CLASSES = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 10**6))  # ranks that share a colour
SHADES = (SECOND, "#F3B88E", "#FAE3D3", "#8DB6C0", "#C4D9DE", "#E9EEF0")
METHODS = {"topsis": "TOPSIS", "weighted_sum": "Weighted sum 加权和"}
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


def rank_classes(last: int) -> dict[str, int]:
    """The classes of ranks up to ``last``, each with its first rank."""
    return {str(low) if low == high else f"{low}-{min(high, last)}": low for low, high in CLASSES if low <= last}


def acceptability_rows(ranking: pd.DataFrame, acceptability: pd.DataFrame) -> pd.DataFrame:
    """Probability of each class of ranks, by measure and method; one row without for a measure ranked apart."""
    classes = rank_classes(int(acceptability["rank"].max()))
    place = np.searchsorted(list(classes.values()), acceptability["rank"].to_numpy(dtype=int), side="right") - 1
    summed = acceptability.assign(ranks=np.array(list(classes), dtype=object)[place])
    summed = summed.groupby(["measure", "method", "ranks"], as_index=False)["p"].sum()
    rows = ranking.merge(summed, on="measure", how="left").fillna({"method": "none", "ranks": "none"})
    rows = rows.assign(at=rows["ranks"].map(classes)).sort_values(["position", "method", "at"])
    return rows[RANKING].reset_index(drop=True)


def _stack(axes: Axes, data: pd.DataFrame, place: Mapping[str, int], classes: Sequence[str]) -> None:
    """Stacked bars of one method, and the probability of the first three ranks beside them."""
    left = np.zeros(len(place))
    for ranks, shade in zip(classes, SHADES, strict=False):
        part = data[data["ranks"].eq(ranks)]
        y = part["measure"].map(place).to_numpy(dtype=int)
        axes.barh(y, part["p"], 0.74, left=left[y], color=shade)
        left[y] += part["p"].to_numpy(dtype=float)
    top = data[data["ranks"].isin(["1", "2", "3"])].groupby("measure")["p"].sum()
    for measure, share in top.items():
        text = percent(float(share)) if share >= 0.005 else "<1%"
        look = {"textcoords": "offset points", "va": "center", "fontsize": SMALL, "color": MUTED}
        axes.annotate(text, (1, place[str(measure)]), (3, 0), **look)


def draw_ranking(
    ranking: pd.DataFrame, acceptability: pd.DataFrame, families: pd.DataFrame, said: Mapping[str, Any]
) -> Drawing:
    """Rank acceptability by both methods."""
    title = values.text("How often each measure takes which rank", "各举措的排名概率")
    if ranking.empty:
        return absent(title, RANKING, ["measure", "method", "ranks"], said)
    data = acceptability_rows(ranking, acceptability)
    measures = data.drop_duplicates("measure").reset_index(drop=True)
    place = {name: number for number, name in enumerate(measures["measure"])}
    classes = list(rank_classes(int(acceptability["rank"].max())))
    figure = sheet(0.185 * len(measures) + 1.45)
    both_axes = figure.subplots(1, 2, sharey=True)
    for axes, (method, label) in zip(both_axes, METHODS.items(), strict=True):
        _stack(axes, data[data["method"].eq(method)], place, classes)
        axes.set(xlim=(0, 1.16), xlabel="probability 概率", title=label)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        for at in np.flatnonzero(measures["apart"].eq("yes")):
            axes.text(0, at, "ranked apart 单列", va="center", fontsize=SMALL, color=MUTED)
    urgent = measures["goes_first"].eq("yes")
    labels = [f"▲ {label}" if mark else label for label, mark in zip(row_labels(measures, 48), urgent, strict=True)]
    left = both_axes[0]
    left.set_yticks(np.arange(len(measures)), labels)
    left.set(ylim=(len(measures) - 0.4, -0.6))
    colours = measures["family"].map(family_colours(families)).fillna(MUTED)
    left.tick_params(axis="y", pad=8)
    for at, colour in enumerate(colours):  # a mark of the family's colour before each bar
        left.add_patch(Rectangle((-0.045, at - 0.37), 0.025, 0.74, facecolor=colour, clip_on=False))
    family_legend(figure, families, [("none", "▲ goes first whatever its score 优先实施")] if urgent.any() else [])
    told = [Patch(facecolor=shade, label=name) for name, shade in zip(classes, SHADES, strict=False)]
    beside = "rank 排名 (beside the bar: P(rank 1 to 3) 前三概率)"
    figure.legend(handles=told, title=beside, loc="outside lower right", ncols=6, handlelength=1, title_fontsize=SMALL)
    return Drawing(title, data, ["measure", "method", "ranks"], figure, _told(ranking, measures[urgent]))


def _told(ranking: pd.DataFrame, urgent: pd.DataFrame) -> values.Text:
    """What the bars say, in a sentence."""
    parts = []
    for name, en, zh in (("p_rank1", "TOPSIS", "TOPSIS"), ("p_rank1_weighted_sum", "weighted sum", "加权和")):
        lead = ranking.sort_values([name, "measure"], ascending=[False, True]).head(1)
        chance, one = percent(float(lead[name].fillna(0).iloc[0])), names(lead)
        parts.append(
            (
                f"by {en} {one['en']} comes first most often ({chance} of the draws)",
                f"{zh}最常居首的是{one['zh']}（{chance}）",
            )
        )
    alone = ranking["p_top3"].ge(0.5) & ranking["p_top3_weighted_sum"].ge(0.5)
    sure, first = names(ranking[alone].sort_values("position")), names(urgent)
    also = (
        (f" First whatever their score: {first['en']}.", f"不论得分优先实施：{first['zh']}。")
        if len(urgent)
        else ("", "")
    )
    return values.text(
        f"B{parts[0][0][1:]}, {parts[1][0]}; among the first three in most draws of both: {sure['en']}.{also[0]}",
        f"{parts[0][1]}，{parts[1][1]}；两种方法均多数居前三的有：{sure['zh']}。{also[1]}",
    )


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    measures, families, attributes = (tables.read(path) for path in (given.measures, given.families, given.attributes))
    ranked, planned = values.read(given.ranked), values.read(given.planned)
    write(
        {
            "qfd": draw_qfd(tables.read(given.qfd), measures, attributes, families, ranked),
            "ranking": draw_ranking(tables.read(given.ranking), tables.read(given.acceptability), families, ranked),
            "roadmap": draw_roadmap(tables.read(given.roadmap), measures, families, planned),
            "risks": draw_risks(tables.read(given.risks), planned),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
