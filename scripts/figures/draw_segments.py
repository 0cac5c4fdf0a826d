"""Figures of the segments: the homogeneity gate and the profile of the groups.

``homogeneity``      observed average silhouette by number of groups beside what the null without segments gives
                     (smallest, 5%, median, 95% and largest of its draws).
``segment_profile``  row-centred importance (scale points above or below the respondent's own mean), the mean of each
                     group, attributes in the order of the questionnaire.

Both show tables as they are; nothing is tested here.
"""

from typing import Any

import numpy as np
import pandas as pd

from scripts.figures.heatmap import column_heads, heads_height, heat, part_blocks
from scripts.lib import tables, values
from scripts.lib.figures import (
    DIVERGING,
    LINE,
    MUTED,
    SECOND,
    SMALL,
    Drawing,
    absent,
    names,
    row_labels,
    sheet,
    write,
)
from scripts.lib.job import run

GATE = ["k", "silhouette", "null_min", "null_q05", "null_median", "null_q95", "null_max", "p", "passes"]
PROFILE = ["group", "group_en", "group_zh", "attribute", "aspect", "label_en", "label_zh", "mean_centred"]


def null_by_k(homogeneity: pd.DataFrame, null_draws: pd.DataFrame) -> pd.DataFrame:
    """What the gate shows for each number of groups: the observed silhouette and quantiles of the null's draws."""
    by_k = null_draws.groupby("k")["silhouette"]
    quantiles = by_k.quantile([0, 0.05, 0.5, 0.95, 1]).unstack().set_axis(GATE[2:7], axis=1)
    return homogeneity.merge(quantiles, left_on="k", right_index=True)[GATE].reset_index(drop=True)


def draw_homogeneity(homogeneity: pd.DataFrame, null_draws: pd.DataFrame, said: dict[str, Any]) -> Drawing:
    """Observed silhouette against the null distribution, by number of groups."""
    title = values.text(
        "Homogeneity gate: observed silhouette against the null without segments",
        "同质性检验：观测轮廓系数与无分群零分布",
    )
    if homogeneity.empty or null_draws.empty:
        return absent(title, GATE, ["k"], said)
    data = null_by_k(homogeneity, null_draws)
    passes = data["passes"].eq("yes").to_numpy()
    figure = sheet(2.9)
    axes = figure.subplots()
    axes.vlines(data["k"], data["null_min"], data["null_max"], color=MUTED, lw=0.8)
    inner = data["null_q95"] - data["null_q05"]
    axes.bar(data["k"], inner, 0.3, data["null_q05"], color=LINE, label="null 零分布 5–95%")
    axes.hlines(
        data["null_median"], data["k"] - 0.14, data["k"] + 0.14, color=MUTED, lw=1.2, label="null median 中位数"
    )
    for mask, face, told in ((passes, SECOND, "above the null 通过"), (~passes, "white", "not above the null 未通过")):
        if mask.any():
            label = f"observed, {told}"
            axes.scatter(
                data["k"][mask], data["silhouette"][mask], 34, face, marker="D", edgecolor=SECOND, zorder=3, label=label
            )
    top = data[["silhouette", "null_max"]].max(axis=1)
    for k, height, p in zip(data["k"], top, data["p"], strict=True):
        note = f"p = {p:.3f}"
        axes.annotate(note, (k, height), (0, 6), textcoords="offset points", ha="center", fontsize=SMALL)
    low, high = data["null_min"].min(), top.max()
    axes.set(xticks=data["k"], xlim=(data["k"].min() - 0.6, data["k"].max() + 0.6))
    axes.set_ylim(min(low, data["silhouette"].min()) - 0.08 * (high - low), high + 0.2 * (high - low))
    axes.set(xlabel="Number of groups k 分群数", ylabel="Average silhouette 平均轮廓系数")
    figure.legend(loc="outside lower center", ncols=2)
    best = data.loc[data["p"].idxmin()]
    ks = ", ".join(str(k) for k in data["k"][passes])
    span = f"{data['silhouette'].min():.3f}–{data['silhouette'].max():.3f}"
    first, last = data["k"].min(), data["k"].max()
    alt = values.text(
        f"The observed silhouette is {span} for k = {first} to {last}; it exceeds the null "
        f"{'at k = ' + ks if ks else 'at no k'} (smallest p = {best['p']:.3f} at k = {int(best['k'])}).",
        f"k = {first} 至 {last} 的观测轮廓系数为 {span}；{'在 k = ' + ks + ' 时' if ks else '没有一个 k '}超过零分布"
        f"（最小 p = {best['p']:.3f}，k = {int(best['k'])}）。",
    )
    return Drawing(title, data, ["k"], figure, alt)


def profile_rows(profile: pd.DataFrame, groups: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Profile with the labels of groups and attributes, attributes by aspect and in the questionnaire's order."""
    of_group = groups.rename(columns={"label_en": "group_en", "label_zh": "group_zh"})
    rows = profile[["group", "attribute", "mean_centred"]].merge(
        of_group[["group", "group_en", "group_zh"]], on="group"
    )
    rows = rows.merge(attributes[["attribute", "position", "aspect", "label_en", "label_zh"]], on="attribute")
    first = rows.groupby("aspect")["position"].transform("min")
    rows = rows.assign(first=first, number=rows["group"].astype(int))
    return rows.sort_values(["first", "position", "number"], ignore_index=True)[PROFILE]


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
    tops, upright = column_heads(list(heads["group_en"]), list(heads["group_zh"]))
    figure = sheet(0.165 * len(grid) + heads_height(tops, upright) + 0.8)
    axes = figure.subplots()
    bar = {"label": "scale points above or below own mean 相对本人均值（分）"}
    look = {"cmap": DIVERGING, "vmin": -bound, "vmax": bound, "annot": len(heads) <= 9, "fmt": "+.2f"}
    heat(axes, grid.to_numpy(float), row_labels(order, 58), tops, upright, bar, **look)
    part_blocks(axes, list(order["aspect"]), len(heads))
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


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    gate, profiled = values.read(given.gate), values.read(given.profiled)
    profile, groups = (tables.read(path, text=["group"]) for path in (given.profile, given.groups))
    write(
        {
            "homogeneity": draw_homogeneity(tables.read(given.homogeneity), tables.read(given.null_draws), gate),
            "segment_profile": draw_profile(profile, groups, tables.read(given.attributes), profiled),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
