"""The plan in pictures: measures and safeguards by quarter, risks before and after."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from scripts.figures.families import family_colours, family_legend
from scripts.figures.numbers import number_list
from scripts.lib import values
from scripts.lib.figures import (
    ACCENT,
    INK,
    LINE,
    SMALL,
    Drawing,
    absent,
    names,
    row_labels,
    sheet,
)

ROADMAP = ["id", "kind", "family", "label_en", "label_zh", "start_quarter", "end_quarter", "start_name", "end_name"]
ROADMAP += ["prerequisites"]
RISKS = ["number", "risk", "label_en", "label_zh", "likelihood", "impact", "before"]
RISKS += ["likelihood_after", "impact_after", "after"]
SAFEGUARD = "#9AA6AA"
HEAT = ((12, "#F3B88E"), (6, "#FAE3D3"), (0, "#F1F4F5"))  # colour of a cell by likelihood x impact, from


def quarter_labels(data: pd.DataFrame, last: int) -> list[str]:
    """Names of the quarters 1 to ``last``: calendar quarters where the plan has a start, else their numbers.

    The year stands under its first quarter only.
    """
    named = data.dropna(subset=["start_name"])
    if named.empty:
        return [str(number) for number in range(1, last + 1)]
    year, quarter = str(named["start_name"].iloc[0]).split("Q")
    zero = 4 * int(year) + int(quarter) - 1 - int(named["start_quarter"].iloc[0])
    calendar = [divmod(zero + number, 4) for number in range(1, last + 1)]
    return [f"Q{q + 1}\n{y}" if q == 0 or i == 0 else f"Q{q + 1}" for i, (y, q) in enumerate(calendar)]


def _links(axes: Axes, data: pd.DataFrame) -> int:
    """A line from the end of each prerequisite to the start of what waits for it; returns how many."""
    place = {name: number for number, name in enumerate(data["id"])}
    ends, n = dict(zip(data["id"], data["end_quarter"], strict=True)), 0
    for row in data.dropna(subset=["prerequisites"]).itertuples():
        for needed in str(row.prerequisites).split(";"):
            at, x = place[needed], ends[needed] + 0.5
            arrow = {"arrowstyle": "-|>,head_width=0.12,head_length=0.2", "color": INK, "lw": 0.5, "shrinkA": 0}
            arrow |= {"shrinkB": 0, "connectionstyle": "angle,angleA=90,angleB=0,rad=0"}
            axes.annotate("", (row.start_quarter - 0.5 + 0.12, place[row.id]), (x, at), arrowprops=arrow, zorder=4)
            n += 1
    return n


def draw_roadmap(
    roadmap: pd.DataFrame, measures: pd.DataFrame, families: pd.DataFrame, said: Mapping[str, Any]
) -> Drawing:
    """Gantt chart by quarter: measures by family, then the safeguards, each by its start."""
    title = values.text("Roadmap by quarter", "分季度实施路线图")
    if roadmap.empty:
        return absent(title, ROADMAP, ["id"], said)
    colours = family_colours(families)
    data = roadmap.merge(measures[["measure", "family"]], left_on="id", right_on="measure", how="left")
    place = data["family"].map({family: i for i, family in enumerate(colours)}).fillna(len(colours))
    data = data.assign(place=place).sort_values(["place", "start_quarter", "end_quarter", "id"], ignore_index=True)
    figure = sheet(0.165 * len(data) + 1.2)
    axes = figure.subplots()
    y = np.arange(len(data))
    length = data["end_quarter"] - data["start_quarter"] + 1
    shades = data["family"].map(colours).fillna(SAFEGUARD)
    axes.barh(y, length, 0.62, left=data["start_quarter"] - 0.5, color=shades)
    axes.set_yticks(y, row_labels(data, 54))
    last = int(data["end_quarter"].max())
    axes.set(xlim=(0.5, last + 0.5), ylim=(len(data) - 0.4, -0.6))
    axes.set_xticks(range(1, last + 1), quarter_labels(data, last))
    axes.set_xlabel("Quarter of the plan 计划季度")
    axes.vlines(np.arange(1.5, last), -0.6, len(data) - 0.4, color=LINE, lw=0.5, zorder=0)
    turns = [i - 0.5 for i in range(1, len(data)) if data["place"][i] != data["place"][i - 1]]
    axes.hlines(turns, 0.5, last + 0.5, color=ACCENT, lw=0.7)
    axes.tick_params(axis="y", length=0)
    n_links, planned = _links(axes, data), said.get("quarters", last)
    if last > planned:
        axes.axvline(planned + 0.5, color=INK, lw=0.9, ls="--")
        at = (planned + 0.5, len(data) - 1)
        look = {"rotation": 90, "va": "bottom", "fontsize": SMALL}
        axes.annotate("end of the plan 规划期末", at, (3, 0), textcoords="offset points", **look)
    family_legend(
        figure, families, [(SAFEGUARD, "safeguards 保障措施"), *[("none", "→ waits for 等待前置条件")][:n_links]]
    )
    first = data[data["kind"].eq("measure") & data["start_quarter"].eq(data["start_quarter"].min())]
    n_measures, n_first, lead = int(data["kind"].eq("measure").sum()), len(first), names(first)
    alt = values.text(
        f"{n_measures} measures and {len(data) - n_measures} safeguards over {last} quarters; {n_first} measures start "
        f"in quarter {int(data['start_quarter'].min())} ({lead['en']}); {n_links} starts wait for a prerequisite.",
        f"{n_measures}项举措和{len(data) - n_measures}项保障措施分布于{last}个季度；"
        f"{n_first}项举措于第{int(data['start_quarter'].min())}季度启动（{lead['zh']}）；{n_links}处须待前置条件完成。",
    )
    return Drawing(title, data[ROADMAP], ["id"], figure, alt)


def _matrix(axes: Axes, likelihood: pd.Series, impact: pd.Series, numbers: pd.Series, title: str) -> None:
    """Risks by their numbers in the cells of a 5 x 5 matrix."""
    cells = [(row, column) for row in range(1, 6) for column in range(1, 6)]
    shades = [next(colour for least, colour in HEAT if row * column >= least) for row, column in cells]
    across, bottoms = [column for _, column in cells], [row - 0.5 for row, _ in cells]
    axes.bar(across, 1, 1, bottoms, color=shades, edgecolor="white", linewidth=1)
    for row, column in cells:
        here = numbers[likelihood.round().eq(row) & impact.round().eq(column)].astype(str).tolist()
        lines = [", ".join(here[i : i + 3]) for i in range(0, len(here), 3)]
        axes.text(column, row, "\n".join(lines), ha="center", va="center", fontsize=SMALL, color=INK)
    axes.set(
        xlim=(0.5, 5.5), ylim=(0.5, 5.5), xticks=range(1, 6), yticks=range(1, 6), xlabel="Impact 影响", title=title
    )
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def draw_risks(risks: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Two matrices, before and after the safeguards; the list says each risk's score before and after."""
    title = values.text("Risks before and after the safeguards", "保障措施前后的风险矩阵")
    if risks.empty:
        return absent(title, RISKS, ["number"], said)
    data = risks.sort_values(["before", "risk"], ascending=[False, True], ignore_index=True)
    data = data.assign(number=range(1, len(data) + 1))[RISKS]
    below = 0.15 * len(data) + 0.12
    figure = sheet(2.75 + below)
    matrices, lower = figure.subfigures(2, height_ratios=[2.7, below])
    left, right = matrices.subplots(1, 2, sharey=True)
    _matrix(left, data["likelihood"], data["impact"], data["number"], "Before 实施前")
    _matrix(right, data["likelihood_after"], data["impact_after"], data["number"], "After 实施后")
    left.set_ylabel("Likelihood 可能性")
    told = zip(row_labels(data, 104), data["before"], data["after"], strict=True)
    number_list(lower.subplots(), [f"{label}   {before:.0f} → {after:.0f}" for label, before, after in told], 1)
    high, still, worst = int((data["before"] >= 12).sum()), int((data["after"] >= 12).sum()), names(data.head(1))
    alt = values.text(
        f"{high} of {len(data)} risks score 12 or more before the safeguards and {still} after them; the largest is "
        f"{worst['en']} ({data['before'][0]:.0f} before, {data['after'][0]:.0f} after).",
        f"{len(data)}项风险中实施前有{high}项得分不低于12，实施后为{still}项；最大的是{worst['zh']}"
        f"（{data['before'][0]:.0f}→{data['after'][0]:.0f}）。",
    )
    return Drawing(title, data, ["number"], figure, alt)
