"""Figures of the survey: from list to used answers, what was not answered, and how reliable the scales are.

``sample_flow``  customers on the list, invited, returned, flagged, used.
``missing``      share of "not applicable" and of missing answers, by attribute, importance beside performance.
``scales``       coefficient of each scale with its interval (alpha: Feldt), and the floors of the study.

Nothing is counted or estimated here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    LINE,
    MUTED,
    SECOND,
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

FLOW = ["position", "step", "label_en", "label_zh", "n"]
MISSING = ["position", "attribute", "label_en", "label_zh", "role", "share_not_applicable", "share_missing"]
MISSING += ["leaves_models"]
SCALES = ["construct", "label_en", "label_zh", "n_items", "n", "alpha", "alpha_low", "alpha_high", "usable"]
ROLES = {"importance": "Importance 重要性", "performance": "Performance 绩效"}


def draw_flow(flow: pd.DataFrame) -> Drawing:
    """Bars from the list to the used answers."""
    title = values.text("From the list to the answers used", "样本流程")
    if flow.empty:
        return absent(title, FLOW, ["position"])
    data = flow.sort_values("position", ignore_index=True)[FLOW]
    figure = sheet(0.3 * len(data) + 0.3)
    axes = figure.subplots()
    y = np.arange(len(data))
    axes.barh(y, data["n"], 0.6, color=np.where(data["step"].eq("flagged"), SECOND, ACCENT))
    returned = data.loc[data["step"].eq("returned"), "n"]
    for at, row in zip(y, data.itertuples(), strict=True):
        base = data.loc[data["step"].eq("invited"), "n"] if row.step == "returned" else returned
        of = {
            "returned": "of the invited 占邀请",
            "flagged": "of the returned 占回收",
            "used": "of the returned 占回收",
        }
        known = row.step in of and len(base) and base.iloc[0]
        text = f"{row.n}   {percent(row.n / base.iloc[0], 1)} {of[row.step]}" if known else f"{row.n}"
        axes.annotate(text, (row.n, at), (4, 0), textcoords="offset points", va="center", fontsize=SMALL)
    axes.set_yticks(y, row_labels(data, 50))
    axes.set(ylim=(len(data) - 0.5, -0.5), xlim=(0, 1.5 * max(data["n"].max(), 1)), xticks=[])
    axes.tick_params(axis="y", length=0)
    axes.spines["bottom"].set_visible(False)
    told, told_zh = (
        ", ".join(f"{label} {n}" for label, n in zip(data[f"label_{x}"], data["n"], strict=True)) for x in ("en", "zh")
    )
    return Drawing(title, data, ["position"], figure, values.text(f"{told}.", f"{told_zh}。"))


def missing_rows(missing: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """What was not answered by attribute and role, in the order of the questionnaire."""
    counted = ["attribute", "role", "share_not_applicable", "share_missing", "leaves_models"]
    rows = missing.loc[missing["role"].isin(ROLES), counted]
    rows = rows.merge(attributes[["attribute", "position", "label_en", "label_zh"]], on="attribute")
    return rows.sort_values(["position", "role"], ignore_index=True)[MISSING]


def draw_missing(missing: pd.DataFrame, attributes: pd.DataFrame, limit: float) -> Drawing:
    """Stacked bars by attribute, a panel for importance and one for performance."""
    title = values.text("Not applicable and missing answers by attribute", "各属性“不适用”与缺失比例")
    data = missing_rows(missing, attributes) if len(missing) and len(attributes) else tables.empty(MISSING)
    if data.empty:
        return absent(title, MISSING, ["attribute", "role"])
    order = data.drop_duplicates("attribute")
    kinds = [role for role in ROLES if role in set(data["role"])]
    figure = sheet(0.165 * len(order) + 0.8)
    panels = figure.subplots(1, len(kinds), sharey=True, sharex=True, squeeze=False)[0]
    top = float((data["share_not_applicable"] + data["share_missing"]).max())
    y = np.arange(len(order))
    for axes, role in zip(panels, kinds, strict=True):
        rows = data[data["role"].eq(role)].set_index("attribute").reindex(order["attribute"])
        absent_share, missing_share = rows["share_not_applicable"].fillna(0), rows["share_missing"].fillna(0)
        axes.barh(y, absent_share, 0.66, color=ACCENT, label="not applicable 不适用")
        axes.barh(y, missing_share, 0.66, left=absent_share, color=SECOND, label="missing 缺失")
        if top > 0.75 * limit:
            axes.axvline(limit, color=MUTED, lw=0.8, ls="--", label="leaves the models 退出模型")
        axes.set(xlabel=ROLES[role], xlim=(0, max(1.08 * top, 0.05)), ylim=(len(order) - 0.4, -0.6))
        axes.xaxis.set_major_formatter("{x:.0%}")
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        axes.tick_params(axis="y", length=0)
    panels[0].set_yticks(y, row_labels(order, 58))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=3)
    most = data.loc[[data["share_not_applicable"].idxmax()]]
    leave = data.loc[data["leaves_models"].eq("yes"), "attribute"].nunique()
    share, name = percent(most["share_not_applicable"].iloc[0]), names(most)
    alt = values.text(
        f"'Not applicable' is chosen most for {name['en']} ({most['role'].iloc[0]}, {share}); at most "
        f"{percent(data['share_missing'].max())} of an item's answers are missing; {leave} of {len(order)} attributes "
        "leave the models.",
        f"“不适用”最多的是{name['zh']}（{share}）；单个题项缺失最多{percent(data['share_missing'].max())}；"
        f"{len(order)}项属性中有{leave}项退出模型。",
    )
    return Drawing(title, data, ["attribute", "role"], figure, alt)


def draw_scales(scales: pd.DataFrame, floors: Mapping[str, float], said: Mapping[str, Any]) -> Drawing:
    """Forest plot of the reliability coefficients."""
    title = values.text("Reliability of the scales with interval", "量表信度及其区间")
    data = scales[scales["alpha"].notna()] if len(scales) else scales
    if data.empty:
        return absent(title, SCALES, ["construct"], said)
    data = data[SCALES].reset_index(drop=True)
    figure = sheet(0.24 * len(data) + 0.9)
    axes = figure.subplots()
    y, sure = np.arange(len(data)), data["usable"].eq("yes")
    axes.hlines(y, data["alpha_low"], data["alpha_high"], color=ACCENT, lw=1.6)
    axes.scatter(data["alpha"], y, 30, np.where(sure, ACCENT, "white"), edgecolor=ACCENT, zorder=3)
    marks = (
        ("alpha_floor", SECOND, "-", "floor: not used as a score below 使用下限"),
        ("alpha_caution", MUTED, "--", "caution below 谨慎线"),
    )
    for key, colour, dash, label in marks:
        axes.axvline(floors[key], color=colour, lw=0.9, ls=dash, zorder=0, label=f"{label} ({floors[key]:.2f})")
    for at, row in zip(y, data.itertuples(), strict=True):
        text = f"{row.alpha:.2f}; {row.n_items:.0f} items, n = {row.n:.0f}"
        axes.annotate(text, (1.02, at), va="center", fontsize=SMALL, color=MUTED, annotation_clip=False)
    axes.set_yticks(y, row_labels(data, 50))
    low = min(float(np.nanmin(data[["alpha", "alpha_low"]].to_numpy(float))), floors["alpha_floor"])
    axes.set(
        ylim=(len(data) - 0.4, -0.6), xlim=(max(low - 0.06, -1), 1.0), xlabel="Coefficient with interval 信度系数及区间"
    )
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=LINE, lw=0.3)
    axes.set_axisbelow(True)
    axes.plot([], [], "o", mfc="white", mec=ACCENT, ms=5, ls="", label="not used as a score 不作得分使用")
    figure.legend(loc="outside upper left", ncols=2)
    weak = data[data["alpha_low"] < floors["alpha_caution"]]
    span = f"{data['alpha'].min():.2f}–{data['alpha'].max():.2f}"
    alt = values.text(
        f"The coefficients of {len(data)} scales lie at {span}; the lower bound of {len(weak)} is below "
        f"{floors['alpha_caution']:.2f}; not used as scores: {int((~sure).sum())}.",
        f"{len(data)}个量表的系数为{span}；{len(weak)}个的区间下限低于{floors['alpha_caution']:.2f}，"
        f"{int((~sure).sum())}个不作为得分使用。",
    )
    return Drawing(title, data, ["construct"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given, params = snakemake.input, snakemake.params
    missing, attributes = tables.read(given.missing), tables.read(given.attributes)
    write(
        {
            "sample_flow": draw_flow(tables.read(given.flow)),
            "missing": draw_missing(missing, attributes, params.item_missing),
            "scales": draw_scales(tables.read(given.scales), params.scales, values.read(given.assessed)),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
