"""Figures of the segments: the gates, the numbers of segments that hold, and what the groups are like.

``homogeneity``      observed average silhouette by number of groups beside what the null without segments gives
                     (smallest, 5%, median, 95% and largest of its draws).
``segment_numbers``  silhouette and Jaccard similarity by number of groups, with the limits of gates A and B and the
                     size of the smallest segment (gate C); it shows why a number is chosen, or why none is.
``segment_profile``  scripts/figures/segment_profile.py
``segment_mosaic``   scripts/figures/mosaic.py

They show tables as they are; nothing is tested here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from scripts.figures.mosaic import draw_mosaic
from scripts.figures.segment_profile import draw_profile
from scripts.lib import tables, values
from scripts.lib.figures import ACCENT, INK, LINE, MUTED, SECOND, SMALL, Drawing, absent, sheet, write
from scripts.lib.job import run

GATE = ["k", "silhouette", "null_min", "null_q05", "null_median", "null_q95", "null_max", "p", "passes"]
NUMBERS = ["measure", "k", "segment", "value", "limit", "min_size", "gates", "chosen"]
Limits = Mapping[str, float]


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


def passing_silhouette(draws: pd.Series, tried: int, alpha: float) -> float:
    """The silhouette above which a number of groups passes gate A; NaN where so few draws cannot let any pass."""
    higher = int(alpha / tried * (len(draws) + 1) + 1e-9) - 1  # draws that may be as high
    return float(draws.sort_values(ascending=False).iloc[higher]) if higher >= 0 else np.nan


def number_rows(
    homogeneity: pd.DataFrame, null_draws: pd.DataFrame, indices: pd.DataFrame, jaccard: pd.DataFrame, limits: Limits
) -> pd.DataFrame:
    """One row a point: the silhouette of each number of groups, the Jaccard similarity of each of their segments."""
    silhouette = homogeneity[["k", "silhouette"]].rename(columns={"silhouette": "value"})
    drawn = null_draws.groupby("k")["silhouette"]
    floor = drawn.apply(passing_silhouette, tried=len(homogeneity), alpha=limits["alpha"])
    silhouette = silhouette.assign(measure="silhouette", segment="all", limit=silhouette["k"].map(floor))
    stable = jaccard.rename(columns={"jaccard": "value"}).assign(measure="jaccard", limit=limits["jaccard"])
    rows = pd.concat([silhouette, stable[["k", "segment", "value", "measure", "limit"]]], ignore_index=True)
    return rows.merge(indices[["k", "min_size", "gates", "chosen"]], on="k")[NUMBERS]


def draw_numbers(
    homogeneity: pd.DataFrame,
    null_draws: pd.DataFrame,
    indices: pd.DataFrame,
    jaccard: pd.DataFrame,
    limits: Limits,
    said: dict[str, Any],
) -> Drawing:
    """Silhouette and Jaccard similarity by number of groups, with the limits of the gates."""
    title = values.text("Which numbers of segments hold", "哪些分群数成立")
    if homogeneity.empty or jaccard.empty:
        return absent(title, NUMBERS, ["measure", "k", "segment"], said)
    data = number_rows(homogeneity, null_draws, indices, jaccard, limits)
    figure = sheet(2.9)
    left, right = figure.subplots(1, 2)
    of = {name: rows for name, rows in data.groupby("measure")}
    chosen = data.loc[data["chosen"].eq("yes"), "k"].unique()
    low = of["jaccard"].groupby("k")["value"].min()
    left.plot(of["silhouette"]["k"], of["silhouette"]["value"], color=MUTED, lw=0.8, zorder=1)
    right.plot(low.index, low, color=MUTED, lw=0.8, zorder=1)
    left.hlines(of["silhouette"]["limit"], *(of["silhouette"]["k"] + d for d in (-0.3, 0.3)), color=INK, ls="--", lw=1)
    right.axhline(limits["jaccard"], color=INK, ls="--", lw=1, label="limit 界限")
    for axes, rows in ((left, of["silhouette"]), (right, of["jaccard"])):
        holds = rows["value"] > rows["limit"] if axes is left else rows["value"] >= rows["limit"]
        colour = np.where(rows["k"].isin(chosen), SECOND, ACCENT)
        axes.scatter(rows["k"], rows["value"], 26, np.where(holds, colour, "white"), edgecolor=colour, zorder=3)
        sizes = data.drop_duplicates("k").set_index("k")["min_size"]
        axes.set_xticks(sizes.index, [f"{k}\n({n})" for k, n in sizes.items()])
        axes.set(xlim=(sizes.index.min() - 0.6, sizes.index.max() + 0.6), xlabel="k (smallest segment 最小群人数)")
    left.set_ylabel("Average silhouette 平均轮廓系数")
    right.set(ylabel="Jaccard, each segment 各群稳定性", ylim=(0, 1.04))
    points = [Line2D([], [], ls="", marker="o", color=ACCENT, label="holds 达到")]
    points.append(Line2D([], [], ls="", marker="o", mfc="white", color=ACCENT, label="does not 未达到"))
    if len(chosen):
        points.append(Line2D([], [], ls="", marker="o", color=SECOND, label="chosen number 选定的分群数"))
    figure.legend(handles=[*points, *right.get_legend_handles_labels()[0]], loc="outside lower center", ncols=4)
    stable = [str(k) for k, value in low.items() if value >= limits["jaccard"]]
    high = [str(k) for k in of["silhouette"].loc[of["silhouette"]["value"] > of["silhouette"]["limit"], "k"]]
    end = f"{chosen[0]} segments are chosen" if len(chosen) else "no number of segments holds by all three gates"
    end_zh = f"选定{chosen[0]}个群体" if len(chosen) else "没有一个分群数通过全部三项检验"
    alt = values.text(
        f"The silhouette passes its limit at k = {', '.join(high) or 'none'}; every segment is stable (at least "
        f"{limits['jaccard']:.2f}) at k = {', '.join(stable) or 'none'}; {end}.",
        f"轮廓系数超过界限的 k：{'、'.join(high) or '无'}；各群均稳定（不低于{limits['jaccard']:.2f}）的 k："
        f"{'、'.join(stable) or '无'}；{end_zh}。",
    )
    return Drawing(title, data, ["measure", "k", "segment"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    gate, clustered, profiled = (values.read(path) for path in (given.gate, given.clustered, given.profiled))
    homogeneity, draws = tables.read(given.homogeneity), tables.read(given.null_draws)
    profile, groups, cells = (
        tables.read(path, text=["group", "key"]) for path in (given.profile, given.groups, given.firmographics)
    )
    found = (homogeneity, draws, tables.read(given.indices), tables.read(given.jaccard, text=["segment"]))
    limits = {"alpha": gate.get("alpha", np.nan), "jaccard": clustered["stability_floor"]}
    write(
        {
            "homogeneity": draw_homogeneity(homogeneity, draws, gate),
            "segment_numbers": draw_numbers(*found, limits, gate),
            "segment_profile": draw_profile(profile, groups, tables.read(given.attributes), profiled),
            "segment_mosaic": draw_mosaic(cells, groups, profiled),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
