"""Two planes of attributes: importance against performance, and better against worse.

Points carry numbers in the order of the questionnaire; the names stand below. Both show all respondents together
(group ``all``); the tables hold the groups.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Ellipse, Patch

from scripts.figures.numbers import number_list, place_numbers
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    CATEGORIES,
    INK,
    MARKERS,
    MUTED,
    SECOND,
    SMALL,
    Drawing,
    absent,
    names,
    row_labels,
    sheet,
)

IPA = ["number", "attribute", "label_en", "label_zh", "n_importance", "n_performance", "shown_importance"]
IPA += ["importance_unit", "importance_cut", "shown_performance", "performance_cut", "spread_importance"]
IPA += ["spread_performance", "spread_correlation", "quadrant", "p_quadrant", "verdict"]
UNITS = {"pomp": ", percent of maximum possible", "weight": ", derived (relative weight)"}
BARS = "#9AA6AA"  # of intervals
SHADE, FAINT, CROWDED = 0.13, 0.07, 25  # how strongly regions are filled; from how many attributes on fainter
REGION = 2.447  # radius of an ellipse that holds 95% of a bivariate normal, in standard deviations
CORNERS = (
    (0.01, 0.99, "Concentrate here 优先改进"),
    (0.99, 0.99, "Keep up the good work 继续保持"),
    (0.01, 0.01, "Low priority 低优先级"),
    (0.99, 0.01, "Possible overkill 可能过度"),
)
KANO = ["number", "attribute", "label_en", "label_zh", "n", "better", "better_low", "better_high", "worse"]
KANO += ["worse_low", "worse_high", "category", "verdict", "distinct"]
LETTERS = {
    "M": "M must-be 必备",
    "O": "O one-dimensional 期望",
    "A": "A attractive 魅力",
    "I": "I indifferent 无差异",
    "R": "R reverse 反向",
    "Q": "Q questionable 可疑",
}


def numbered(table: pd.DataFrame, attributes: pd.DataFrame, needed: Sequence[str]) -> pd.DataFrame:
    """Rows of all respondents together that have what is ``needed``, numbered in the order of the questionnaire."""
    rows = table[table["group"].eq("all")].dropna(subset=list(needed))
    rows = rows.merge(attributes[["attribute", "position"]], on="attribute").sort_values("position", ignore_index=True)
    return rows.assign(number=range(1, len(rows) + 1))


def plane(n: int) -> tuple[Figure, SubFigure, Axes, Axes]:
    """A plane and, below, the whole width for ``n`` names in two columns."""
    room = 0.145 * -(-n // 2) + 0.12
    figure = sheet(3.9 + room)
    upper, lower = figure.subfigures(2, height_ratios=[3.8, room])
    return figure, upper, upper.subplots(), lower.subplots()


def limits(means: pd.Series, cut: float, below: Any = 0.0, above: Any = 0.0) -> tuple[float, float]:
    """Range of an axis that shows all means and the cut, with room for the numbers.

    ``below`` and ``above`` say how far the regions around the means reach.
    """
    low, high = min((means - below).min(), cut), max((means + above).max(), cut)
    pad = (0.08 if np.any(above) else 0.14) * (high - low) or 0.5
    return low - pad, high + pad


def ipa_rows(ipa: pd.DataFrame, cuts: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Attributes with both means, their regions and the lines of the grid.

    Performance and stated importance stand as percent of the maximum possible (a fraction), as in the table; derived
    importance stands as relative weight.
    """
    rows, cut = numbered(ipa, attributes, ["quadrant"]), cuts[cuts["group"].eq("all")]
    if rows.empty or cut.empty:
        return tables.empty(IPA)
    line, derived = cut.iloc[0], bool(rows["axis"].eq("derived").any())
    rows["shown_performance"], rows["performance_cut"] = rows["performance_pomp"], line["performance_cut_pomp"]
    rows["shown_importance"] = rows["axis_importance"] if derived else rows["importance_pomp"]
    rows["importance_cut"] = line["importance_cut" if derived else "importance_cut_pomp"]
    rows["importance_unit"] = "weight" if derived else "pomp"
    return rows[IPA].reset_index(drop=True)


def _regions(axes: Axes, data: pd.DataFrame, colour: np.ndarray) -> None:
    """An ellipse around each point: where 95% of the resamples put it against the lines."""
    for row, shade in zip(data.itertuples(), colour, strict=True):
        sx, sy = row.spread_performance, row.spread_importance
        if not np.isfinite(sx) or not np.isfinite(sy):
            continue
        product = row.spread_correlation * sx * sy
        sizes, turns = np.linalg.eigh([[sx**2, product], [product, sy**2]])
        axes.add_patch(
            Ellipse(
                (row.shown_performance, row.shown_importance),
                *(2 * REGION * np.sqrt(sizes.clip(0))),
                angle=np.degrees(np.arctan2(turns[1, 0], turns[0, 0])),
                facecolor=shade,
                alpha=FAINT if len(data) > CROWDED else SHADE,
                linewidth=0,
                zorder=1,
            )
        )


def _grid(axes: Axes, data: pd.DataFrame, settled: pd.Series) -> None:
    """The points with their regions, the two lines and the names of the quadrants."""
    x, y = data["shown_performance"], data["shown_importance"]
    cut_x, cut_y = data["performance_cut"].iloc[0], data["importance_cut"].iloc[0]
    colour = np.where(data["quadrant"].eq("concentrate"), SECOND, ACCENT)
    _regions(axes, data, colour)
    axes.scatter(x, y, 20, np.where(settled, colour, "white"), edgecolor=colour, linewidths=1.1, zorder=3)
    axes.axvline(cut_x, color=MUTED, lw=0.8, zorder=0)
    axes.axhline(cut_y, color=MUTED, lw=0.8, zorder=0)
    across, up = (REGION * data[f"spread_{name}"].fillna(0) for name in ("performance", "importance"))
    # no share and no weight is below 0, where the region of a small one may reach
    axes.set(xlim=limits(x, cut_x, np.minimum(across, x), across), ylim=limits(y, cut_y, np.minimum(up, y), up))
    for at_x, at_y, name in CORNERS:
        sides = {"ha": "left" if at_x < 0.5 else "right", "va": "top" if at_y > 0.5 else "bottom"}
        axes.text(at_x, at_y, name, color=MUTED, fontsize=SMALL, transform=axes.transAxes, **sides)
    unit = data["importance_unit"].iloc[0]
    axes.set_xlabel(f"Performance{UNITS['pomp']} 绩效")
    axes.set_ylabel(f"Importance{UNITS[unit]} 重要性")
    for axis in [axes.xaxis, *([axes.yaxis] if unit == "pomp" else [])]:
        axis.set_major_formatter("{x:.0%}")


def draw_ipa(ipa: pd.DataFrame, cuts: pd.DataFrame, attributes: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Importance-performance grid; a hollow point is one whose quadrant the bootstrap does not settle."""
    title = values.text("Importance and performance, with the region of each attribute", "重要性—绩效分析及其概率区域")
    data = ipa_rows(ipa, cuts, attributes)
    if data.empty:
        return absent(title, IPA, ["number"], said)
    settled = data["verdict"].eq(data["quadrant"])
    figure, upper, axes, below = plane(len(data))
    _grid(axes, data, settled)
    handles: list[Any] = [axes.plot([], [], "o", ms=5, mfc=face, mec=INK, ls="")[0] for face in (INK, "white")]
    hollow = "described, not tested 仅描述" if data["verdict"].eq("descriptive").any() else "undecided 未定"
    told = ["quadrant decided 象限确定", hollow]
    if data["spread_performance"].notna().any():
        handles.append(Patch(facecolor=INK, alpha=SHADE))
        told.append("where 95% of the resamples put it 95%概率区域")
    upper.legend(handles, told, loc="outside upper left", ncols=3)
    number_list(below, row_labels(data, 55))
    place_numbers(
        axes, list(data["shown_performance"]), list(data["shown_importance"]), list(data["number"].astype(str))
    )
    return Drawing(title, data, ["number"], figure, _told_of(data, settled))


def _told_of(data: pd.DataFrame, settled: pd.Series) -> values.Text:
    """What the grid says, in a sentence."""
    first = data["quadrant"].eq("concentrate")
    urgent, lead, sure = int(first.sum()), names(data[first]), int((first & settled).sum())
    if data["verdict"].eq("descriptive").any():
        then, also = "with so few answers none of the places is decided", "答卷过少，各属性位置均未定"
    else:
        then = f"the bootstrap decides {sure} of these and {int(settled.sum())} of all; the others lie too near a line"
        also = f"其中{sure}项、全部中{int(settled.sum())}项经自助法确定，其余属性距分界线过近"
    return values.text(
        f"Of {len(data)} attributes {urgent} lie above the mean in importance and below it in performance "
        f"({lead['en']}); {then}.",
        f"{len(data)}项属性中有{urgent}项重要性高于均值而绩效低于均值（{lead['zh']}）；{also}。",
    )


def _letters(categories: Sequence[str]) -> list[tuple[str, str, str]]:
    """The categories that occur, each with colour and mark."""
    looks = zip(LETTERS, (SECOND, ACCENT, *CATEGORIES[2:]), MARKERS, strict=True)
    return [look for look in looks if look[0] in set(categories)]


def draw_kano(kano: pd.DataFrame, attributes: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Better-worse plane with intervals; a hollow point is one whose category is not distinct from the second."""
    title = values.text("Kano: what satisfies when there and what dissatisfies when missing", "Kano 更好—更差系数图")
    rows = numbered(kano, attributes, ["better", "worse"])
    if rows.empty:
        return absent(title, KANO, ["number"], said)
    data = rows.assign(distinct=rows["distinct"].eq("yes"))[KANO].reset_index(drop=True)
    figure, upper, axes, below = plane(len(data))
    x, y = -data["worse"], data["better"]
    axes.hlines(y, -data["worse_high"], -data["worse_low"], color=BARS, lw=0.9)
    axes.vlines(x, data["better_low"], data["better_high"], color=BARS, lw=0.9)
    for letter, colour, mark in _letters(list(data["category"])):
        at, sure = data["category"].eq(letter), data["distinct"]
        axes.scatter(x[at & sure], y[at & sure], 26, colour, marker=mark, zorder=3)
        axes.scatter(x[at & ~sure], y[at & ~sure], 26, "white", marker=mark, edgecolor=colour, zorder=3)
        axes.plot([], [], mark, color=colour, ms=5, ls="", label=LETTERS[letter])
    axes.axvline(0.5, color=MUTED, lw=0.6, ls=":", zorder=0)
    axes.axhline(0.5, color=MUTED, lw=0.6, ls=":", zorder=0)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
    axes.set_xlabel("Dissatisfaction avoided |worse| 减少不满")
    axes.set_ylabel("Satisfaction gained (better) 增加满意")
    axes.plot([], [], "o", mfc="white", mec=INK, ms=5, ls="", label="hollow: category not distinct 空心：类别不显著")
    upper.legend(loc="outside upper left", ncols=3)
    told = zip(row_labels(data, 50), data["category"], strict=True)
    number_list(below, [f"{label} ({letter})" for label, letter in told])
    place_numbers(axes, list(x), list(y), [str(number) for number in data["number"]])
    best, worst = data.loc[[data["better"].idxmax()]], data.loc[[data["worse"].idxmin()]]
    counts = data["category"].value_counts()
    count = ", ".join(f"{counts[letter]} {letter}" for letter, _, _ in _letters(list(data["category"])))
    up, down, gain, loss = names(best), names(worst), best["better"].iloc[0], worst["worse"].iloc[0]
    alt = values.text(
        f"Of {len(data)} attributes the categories are {count}. {up['en']} gains most satisfaction (better "
        f"{gain:.2f}); the lack of {down['en']} dissatisfies most (worse {loss:.2f}).",
        f"{len(data)}项属性的类别为{count}。{up['zh']}最能增加满意（{gain:.2f}）；"
        f"缺少{down['zh']}最易引起不满（{loss:.2f}）。",
    )
    return Drawing(title, data, ["number"], figure, alt)
