"""Figures of the factors of EFE and IFE; apart from the environment's other figures, for they rest on judgements.

``factors``     weighted score of each factor, favourable ones to the right, adverse ones to the left, with the matrix's
                score and its range over the raters.
``matrix_map``  the internal-external matrix (David): the inner score against the outer one, every rater and their mean,
                in nine fields of three postures; and the same from near.

Nothing is weighed here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from scripts.figures.numbers import number_list, place_numbers
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    LINE,
    MUTED,
    SECOND,
    SMALL,
    SOFT,
    Drawing,
    absent,
    both,
    cut,
    names,
    sheet,
    wrap,
    write,
)
from scripts.lib.job import run

FACTORS = ["matrix", "factor", "direction", "label_en", "label_zh", "weight", "rating", "score"]
ADVERSE = ("threat", "weakness")
MAP = ["rater", "label_en", "label_zh", "ife", "efe"]
LIMITS = (1, 2, 3, 4)  # scores of a matrix: weak, average, strong
# Postures of the nine fields, columns by the inner score and rows by the outer one, both from low to high.
POSTURES = {
    "grow": ("grow and build", "增长与建设", "#CFE3E7"),
    "hold": ("hold and maintain", "坚持与保持", SOFT),
    "leave": ("harvest or divest", "收获或剥离", "#FBE3D1"),
}
FIELDS = (("leave", "leave", "hold"), ("leave", "hold", "grow"), ("hold", "grow", "grow"))
MATRIX = {"efe": "EFE: outer factors 外部因素", "ife": "IFE: inner factors 内部因素"}


def draw_factors(factors: pd.DataFrame, matrices: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Diverging bars, a panel a matrix."""
    title = values.text("Outer and inner factors by weighted score", "内外部因素加权得分（EFE、IFE）")
    if factors.empty:
        return absent(title, FACTORS, ["matrix", "factor"], said)
    data = factors.sort_values(["matrix", "score", "factor"], ascending=[True, False, True], ignore_index=True)[FACTORS]
    sizes = data.groupby("matrix").size()
    lines = 2 if len(data) <= 32 else 1
    figure = sheet((0.14 * lines + 0.02) * len(data) + 0.4 * len(sizes) + 0.3)
    panels = figure.subplots(len(sizes), squeeze=False, sharex=True, height_ratios=list(sizes + 0.4))[:, 0]
    told = []
    for axes, (matrix, rows) in zip(panels, data.groupby("matrix"), strict=True):
        adverse = rows["direction"].isin(ADVERSE)
        y, length = np.arange(len(rows)), rows["score"].where(~adverse, -rows["score"])
        axes.barh(y, length, 0.62, color=np.where(adverse, SECOND, ACCENT))
        for at, bar, row in zip(y, length, rows.itertuples(), strict=True):
            look = {"ha": "left" if bar > 0 else "right", "va": "center", "fontsize": SMALL, "color": MUTED}
            axes.annotate(f"{row.score:.2f}", (bar, at), (3 if bar > 0 else -3, 0), textcoords="offset points", **look)
        axes.axvline(0, color=MUTED, lw=0.7)
        axes.set_yticks(y, [cut(text, 60, lines) for text in rows["label_en"]])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set(ylim=(len(rows) - 0.4, -0.6))
        score = matrices[matrices["matrix"].eq(matrix)].iloc[0]
        span = f"{score['score']:.2f} ({score['score_min']:.2f}–{score['score_max']:.2f})"
        axes.set_title(f"{MATRIX.get(str(matrix), str(matrix).upper())}, score 得分 {span}", pad=3)
        told.append(f"{str(matrix).upper()} {span}")
    widest = 1.3 * float(data["score"].max())
    panels[-1].set(xlim=(-widest, widest), xlabel="← adverse 不利    weight × rating 加权得分    favourable 有利 →")
    panels[-1].xaxis.set_major_formatter(lambda at, _: f"{abs(at):.2g}")
    adverse = data["direction"].isin(ADVERSE)
    best, worst = (names(data[part].nlargest(1, "score")) for part in (~adverse, adverse))
    alt = values.text(
        f"{'; '.join(told)} (mean and range over the raters). Largest favourable factor: {best['en']} Largest adverse "
        f"factor: {worst['en']}",
        f"{'；'.join(told)}（评分者均值与范围）。最大有利因素：{best['zh']}最大不利因素：{worst['zh']}",
    )
    return Drawing(title, data, ["matrix", "factor"], figure, alt)


def posture(inner: float, outer: float) -> str:
    """The posture of the field in which two scores lie; a score on a limit belongs to the higher field."""
    column, row = (min(int(score), 3) - 1 for score in (inner, outer))
    return FIELDS[row][column]


def _fields(axes: Axes) -> None:
    """The nine fields."""
    for row, postures in enumerate(FIELDS):
        for column, name in enumerate(postures):
            look = {"facecolor": POSTURES[name][2], "edgecolor": "white", "linewidth": 1.2, "zorder": 0}
            axes.add_patch(Rectangle((column + 1, row + 1), 1, 1, **look))


def draw_map(scores: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Every rater's scores of the two matrices, on the nine fields and from near."""
    title = values.text("Inner against outer score (IE matrix)", "内部—外部矩阵（IE矩阵）")
    wide = scores.pivot(index="rater", columns="matrix", values="score") if len(scores) else scores
    if scores.empty or not {"efe", "ife"} <= set(wide.columns):
        return absent(title, MAP, ["rater"], said)
    named = scores.drop_duplicates("rater").set_index("rater")[["position", "label_en", "label_zh"]]
    data = named.join(wide).dropna().sort_values("position").reset_index()
    mean = data[["ife", "efe"]].mean()
    figure = sheet(3.1 + 0.16 * len(data))
    grid = figure.add_gridspec(2, 2, height_ratios=(3, 0.18 * len(data) + 0.1))
    panels = [figure.add_subplot(grid[0, i]) for i in (0, 1)]
    for axes in panels:
        _fields(axes)
        axes.axvline(2.5, color=MUTED, lw=0.6, ls=":")
        axes.axhline(2.5, color=MUTED, lw=0.6, ls=":")
        axes.plot(data["ife"], data["efe"], "o", color=SECOND, ms=4, zorder=3, label="rater 评分者")
        axes.plot(mean["ife"], mean["efe"], "D", color=ACCENT, ms=7, zorder=4, label="mean 均值")
        axes.set(xlabel="IFE score 内部得分", ylabel="EFE score 外部得分", aspect="equal")
    for row, postures in enumerate(FIELDS):
        for column, name in enumerate(postures):
            en, zh, _ = POSTURES[name]
            look = {"ha": "left", "va": "top", "fontsize": 6.5, "color": MUTED}
            panels[0].text(column + 1.05, row + 1.95, f"{wrap(en, 10)}\n{zh}", **look)
    panels[0].set(xlim=(1, 4), ylim=(1, 4), xticks=LIMITS, yticks=LIMITS)
    half = 1.25 * max(0.12, float((data[["ife", "efe"]] - mean).abs().to_numpy().max()))
    panels[1].set(xlim=(mean["ife"] - half, mean["ife"] + half), ylim=(mean["efe"] - half, mean["efe"] + half))
    panels[1].locator_params(nbins=4)
    corner = [mean["ife"] - half, mean["efe"] - half]
    panels[0].add_patch(Rectangle((corner[0], corner[1]), 2 * half, 2 * half, fill=False, edgecolor=LINE, lw=1))
    lines = [f"{cut(both(r.label_en, r.label_zh), 80)}: IFE {r.ife:.2f}, EFE {r.efe:.2f}" for r in data.itertuples()]
    number_list(figure.add_subplot(grid[1, :]), lines, 1)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=2)
    marks = [str(i) for i in range(1, len(data) + 1)]
    place_numbers(panels[1], [*data["ife"], mean["ife"]], [*data["efe"], mean["efe"]], [*marks, ""])
    where = POSTURES[posture(mean["ife"], mean["efe"])]
    others = {posture(row.ife, row.efe) for row in data.itertuples()}
    agreed = "every rater's" if len(others) == 1 else "not every rater's"
    alt = values.text(
        f"Mean of {len(data)} raters: IFE {mean['ife']:.2f}, EFE {mean['efe']:.2f} of 1 to 4, in the field "
        f"'{where[0]}', which is {agreed} field.",
        f"{len(data)}名评分者均值：IFE {mean['ife']:.2f}，EFE {mean['efe']:.2f}（1至4），位于“{where[1]}”区域，"
        f"{'所有' if len(others) == 1 else '并非所有'}评分者均在此区域。",
    )
    return Drawing(title, data[MAP], ["rater"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    said = values.read(given.weighed)
    factors, matrices = tables.read(given.factors), tables.read(given.matrices)
    drawings = {
        "factors": draw_factors(factors, matrices, said),
        "matrix_map": draw_map(tables.read(given.rater_scores), said),
    }
    write(drawings, snakemake.output)


if __name__ == "__main__":
    run(main, snakemake)
