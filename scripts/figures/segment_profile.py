"""What each group finds more and less important: a heat map with the size of the differences beside it.

Cells are means of the row-centred importance (scale points above or below the respondent's own mean). To the right,
epsilon-squared of each attribute with its interval: how much of the differences in it goes with the groups. A frame
marks a cell whose group lies apart from all others by more than half a standard deviation: the interval of its Hedges'
g does not reach into +-0.5.
"""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from scripts.figures.heatmap import BAR, ROOM, column_heads, heads_height, heat, part_blocks
from scripts.lib import values
from scripts.lib.figures import ACCENT, DIVERGING, INK, MUTED, SMALL, Drawing, absent, names, row_labels, sheet

HALF = 0.5  # standard deviations
BESIDE = 47  # half-width columns of the grid where the differences stand beside it
APART = "apart from all others, g beyond ±0.5 与其余群体差异明显"
MEASURED = ["mean_centred", "g", "g_low", "g_high", "effect_size", "effect_low", "effect_high"]
PROFILE = ["group", "group_en", "group_zh", "attribute", "aspect", "label_en", "label_zh", *MEASURED]


def profile_rows(profile: pd.DataFrame, groups: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Profile with the labels of groups and attributes, attributes by aspect and in the questionnaire's order."""
    of_group = groups.rename(columns={"label_en": "group_en", "label_zh": "group_zh"})
    rows = profile[["group", "attribute", *MEASURED]].merge(of_group[["group", "group_en", "group_zh"]], on="group")
    rows = rows.merge(attributes[["attribute", "position", "aspect", "label_en", "label_zh"]], on="attribute")
    first = rows.groupby("aspect")["position"].transform("min")
    rows = rows.assign(first=first, number=rows["group"].astype(int))
    return rows.sort_values(["first", "position", "number"], ignore_index=True)[PROFILE]


def _differences(axes: Axes, order: pd.DataFrame) -> None:
    """How much the groups differ in each attribute, beside its row."""
    at = np.arange(len(order)) + 0.5
    axes.hlines(at, order["effect_low"], order["effect_high"], color=MUTED, lw=0.9)
    axes.scatter(order["effect_size"], at, 14, ACCENT, zorder=3)
    axes.set(ylim=(len(order), 0), yticks=[], xlim=(0, max(1.05 * order["effect_high"].max(), 0.1)))
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=2)
    axes.set_xlabel("ε² 群间差异", fontsize=SMALL)
    axes.xaxis.set_label_position("top")
    axes.spines[["bottom", "left"]].set_visible(False)
    axes.spines["top"].set_visible(True)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _frame_far(axes: Axes, data: pd.DataFrame, order: pd.DataFrame, heads: pd.DataFrame) -> Patch | None:
    """Frame the cells whose group lies apart from all others by half a standard deviation or more, interval and all."""
    look = {"fill": False, "edgecolor": INK, "linewidth": 0.9}
    row = {attribute: i for i, attribute in enumerate(order["attribute"])}
    column = {group: j for j, group in enumerate(heads["group"])}
    far = data[data["g_low"].gt(HALF) | data["g_high"].lt(-HALF)]
    for cell in far.itertuples():
        corner = (column[cell.group] + 0.03, row[cell.attribute] + 0.06)
        axes.add_patch(Rectangle(corner, 0.94, 0.88, **look))
    return Patch(**look) if len(far) else None


def draw_profile(
    profile: pd.DataFrame, groups: pd.DataFrame, attributes: pd.DataFrame, said: dict[str, Any]
) -> Drawing:
    """Heat map of attributes by groups."""
    title = values.text("What each group finds more and less important", "各群体重要性特征（行中心化）")
    if profile.empty or groups.empty:
        return absent(title, PROFILE, ["group", "attribute"], said)
    data = profile_rows(profile, groups, attributes)
    order = data.drop_duplicates("attribute")
    heads = data.drop_duplicates("group").assign(number=lambda rows: rows["group"].astype(int)).sort_values("number")
    grid = data.pivot(index="attribute", columns="group", values="mean_centred").loc[order["attribute"], heads["group"]]
    bound = max(float(np.nanmax(np.abs(grid.to_numpy(float)))), 0.1)
    several = len(heads) > 1
    tops, upright = column_heads(list(heads["group_en"]), list(heads["group_zh"]), BESIDE if several else ROOM)
    figure = sheet(0.165 * len(grid) + heads_height(tops, upright) + 0.95)
    panels = figure.subplots(1, 1 + several, squeeze=False, width_ratios=[4, 1][: 1 + several])[0]
    look = {"cmap": DIVERGING, "vmin": -bound, "vmax": bound, "annot": len(heads) <= 9, "fmt": "+.2f"}
    heat(panels[0], grid.to_numpy(float), row_labels(order, 58 if several else 70), tops, upright, None, **look)
    part_blocks(panels[0], list(order["aspect"]), len(heads))
    label = "scale points above or below own mean 相对本人均值（分）"
    figure.colorbar(panels[0].collections[0], ax=list(panels), label=label, **BAR)
    if several:
        _differences(panels[1], order)
        far = _frame_far(panels[0], data, order, heads)
        if far:
            figure.legend([far], [APART], loc="outside lower right", handlelength=1.4)
    parts_en, parts_zh = [], []
    for head in heads.head(6).itertuples():
        row = data.loc[data.loc[data["group"].eq(head.group), "mean_centred"].idxmax()]
        top, group = names(row.to_frame().T), names(row.to_frame().T, of="group")
        parts_en.append(f"{group['en']}: {top['en']} ({row['mean_centred']:+.2f})")
        parts_zh.append(f"{group['zh']}：{top['zh']}（{row['mean_centred']:+.2f}）")
    alt = values.text(
        f"Rated highest relative to the own mean, by group: {'; '.join(parts_en)}.",
        f"各群体相对自身均值最看重：{'；'.join(parts_zh)}。",
    )
    return Drawing(title, data, ["group", "attribute"], figure, alt)
