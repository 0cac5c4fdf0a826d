"""Figure of the factors of EFE and IFE; apart from the environment's other figures, for it rests on judgements.

``factors``   weighted score of each factor, favourable ones to the right, adverse ones to the left, with the matrix's
              score and its range over the raters.

Nothing is weighed here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.figures import ACCENT, MUTED, SECOND, SMALL, Drawing, absent, cut, names, sheet, write
from scripts.lib.job import run

FACTORS = ["matrix", "factor", "direction", "label_en", "label_zh", "weight", "rating", "score"]
ADVERSE = ("threat", "weakness")
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


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    factors, matrices = tables.read(given.factors), tables.read(given.matrices)
    write({"factors": draw_factors(factors, matrices, values.read(given.weighed))}, snakemake.output)


if __name__ == "__main__":
    run(main, snakemake)
