"""Figures of what the scales measure.

``item_map``    each item of a scale: how high it stands (percent of the maximum possible) against how well it belongs
                to its scale (corrected item-total correlation), ceilings and weak items marked.
``loadings``    pattern loadings of the exploratory factors, items by scale.
``separation``  scales against scales: HTMT below the diagonal, the root of AVE on it, latent correlations above it.

Nothing is estimated here.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from scripts.figures.heatmap import column_heads, heads_height, heat, part_blocks
from scripts.figures.numbers import number_list, place_numbers
from scripts.figures.planes import limits, plane
from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    DIVERGING,
    SECOND,
    SEQUENTIAL,
    Drawing,
    absent,
    names,
    row_labels,
    sheet,
    write,
)
from scripts.lib.job import run

MAP = ["number", "item", "construct", "label_en", "label_zh", "n", "citc", "pomp", "top_share", "ceiling", "citc_low"]
LOADINGS = ["position", "item", "construct", "label_en", "label_zh", "factor", "loading"]
SEPARATION = ["row", "column", "shown", "value", "verdict"]
MARKS = {  # ceiling, weak: mark, face, edge, words
    ("no", "no"): ("o", ACCENT, ACCENT, "item 题项"),
    ("yes", "no"): ("^", ACCENT, ACCENT, "ceiling: most at the top code 天花板"),
    ("no", "yes"): ("o", "white", SECOND, "weak: hardly belongs to its scale 弱题项"),
    ("yes", "yes"): ("^", "white", SECOND, "ceiling and weak 天花板且弱"),
}


def map_rows(statistics: pd.DataFrame, entering: pd.DataFrame) -> pd.DataFrame:
    """Items of scales with both numbers, called as the models call them, numbered in the order of the questionnaire."""
    numbers = statistics[["item", "citc", "pomp", "top_share", "ceiling", "citc_low"]].dropna(subset=["citc", "pomp"])
    rows = entering.merge(numbers, on="item").sort_values("position", ignore_index=True)
    return rows.assign(number=range(1, len(rows) + 1))[MAP]


def draw_item_map(statistics: pd.DataFrame, entering: pd.DataFrame, floor: float, said: Mapping[str, Any]) -> Drawing:
    """Plane of the items, numbered."""
    title = values.text("Items: how high they stand, how well they belong to their scale", "题项水平与题总相关")
    data = map_rows(statistics, entering) if len(entering) else tables.empty(MAP)
    if data.empty:
        return absent(title, MAP, ["number"], said)
    figure, upper, axes, below = plane(len(data))
    for look, (mark, face, edge, words) in MARKS.items():
        at = data["ceiling"].eq(look[0]) & data["citc_low"].eq(look[1])
        if at.any():
            style = {"marker": mark, "edgecolor": edge, "linewidths": 1.1, "zorder": 3, "label": words}
            axes.scatter(data.loc[at, "citc"], data.loc[at, "pomp"], 26, face, **style)
    axes.axvline(floor, color=SECOND, lw=0.9, zorder=0, label=f"weak below 弱题项界限 ({floor:.2f})")
    axes.set(xlim=limits(data["citc"], floor), ylim=limits(data["pomp"], float(data["pomp"].mean())))
    axes.set_xlabel("Corrected item-total correlation 校正题总相关")
    axes.set_ylabel("Height: percent of maximum possible 得分率")
    axes.yaxis.set_major_formatter("{x:.0%}")
    upper.legend(loc="outside upper left", ncols=2)
    number_list(below, row_labels(data, 55))
    place_numbers(axes, list(data["citc"]), list(data["pomp"]), [str(number) for number in data["number"]])
    weak, full = data[data["citc_low"].eq("yes")], data[data["ceiling"].eq("yes")]
    least = data.loc[[data["citc"].idxmin()]]
    alt = values.text(
        f"{len(data)} items; {len(weak)} hardly belong to their scale and {len(full)} stand at the ceiling. The lowest "
        f"item-total correlation is {least['citc'].iloc[0]:.2f} ({names(least)['en']}).",
        f"共{len(data)}个题项；{len(weak)}个与量表相关偏低，{len(full)}个有天花板效应。题总相关最低为"
        f"{least['citc'].iloc[0]:.2f}（{names(least)['zh']}）。",
    )
    return Drawing(title, data, ["number"], figure, alt)


def draw_loadings(loadings: pd.DataFrame, factors: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Heat map of items by factors; a cell outside the item's block is blank."""
    title = values.text("Loadings of the items on the factors found", "题项在各因子上的载荷")
    if loadings.empty:
        return absent(title, LOADINGS, ["position", "factor"], said)
    first = loadings.groupby("construct")["position"].transform("min")
    rows = loadings.assign(first=first).sort_values(["first", "position"], ignore_index=True)
    columns = [f"factor_{number}" for number in factors["factor"]]
    grid = rows[columns].to_numpy(float)
    long = rows.melt(LOADINGS[:5], columns, "number", "value").dropna(subset=["value"])
    data = long.assign(factor=long["number"].str.removeprefix("factor_").astype(int), loading=long["value"])[LOADINGS]
    heads, upright = column_heads([f"F{number}" for number in factors["factor"]], [""] * len(columns))
    figure = sheet(0.165 * len(rows) + heads_height(heads, upright) + 0.8)
    axes = figure.subplots()
    size = np.nan_to_num(np.abs(grid))
    told = np.where(
        size >= np.minimum(0.3, size.max(axis=1, keepdims=True)), np.char.mod("%.2f", np.nan_to_num(grid)), ""
    )
    look = {"cmap": DIVERGING, "vmin": -1, "vmax": 1, "annot": told, "fmt": "", "mask": np.isnan(grid)}
    heat(axes, grid, row_labels(rows, 58), heads, upright, {"label": "loading 载荷"}, **look)
    part_blocks(axes, list(rows["construct"]), len(columns))
    flagged = rows[rows["flagged"].eq("yes")]
    alt = values.text(
        f"{len(rows)} items on {len(columns)} factors; each item loads most on one of them, {len(flagged)} are flagged "
        f"({names(flagged)['en']}).",
        f"{len(rows)}个题项、{len(columns)}个因子；{len(flagged)}个题项被标记（{names(flagged)['zh']}）。",
    )
    return Drawing(title, data.reset_index(drop=True), ["position", "factor"], figure, alt)


def separation_rows(pairs: pd.DataFrame, validity: pd.DataFrame) -> pd.DataFrame:
    """One row a cell of the square of scales: HTMT below the diagonal, root of AVE on it, latent correlation above."""
    below = pairs.assign(row=pairs["second"], column=pairs["first"], shown="htmt", value=pairs["htmt"])
    above = pairs.assign(row=pairs["first"], column=pairs["second"], shown="latent_r", value=pairs["latent_r"])
    own = validity.assign(row=validity["construct"], column=validity["construct"], shown="root_ave", verdict=None)
    own = own.assign(value=own["root_ave"])
    parts = [part[SEPARATION].dropna(subset=["value"]) for part in (below, above, own)]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def draw_separation(
    pairs: pd.DataFrame, validity: pd.DataFrame, constructs: pd.DataFrame, said: Mapping[str, Any]
) -> Drawing:
    """Square of scales; pairs that are not told apart are framed."""
    title = values.text("Are the scales told apart", "量表区分效度")
    if pairs.empty:
        return absent(title, SEPARATION, ["row", "column"], said)
    data = separation_rows(pairs, validity)
    used = constructs[constructs["construct"].isin(set(pairs["first"]) | set(pairs["second"]))].sort_values("position")
    order = used["construct"].tolist()
    place = {name: number for number, name in enumerate(order)}
    grid = data.pivot(index="row", columns="column", values="value").reindex(index=order, columns=order)
    heads, upright = column_heads(list(used["label_en"]), list(used["label_zh"]))
    figure = sheet(0.3 * len(order) + heads_height(heads, upright) + 0.9)
    axes = figure.subplots()
    numbers = grid.to_numpy(float)
    look = {"cmap": SEQUENTIAL, "vmin": 0, "vmax": 1, "annot": True, "fmt": ".2f", "mask": np.isnan(numbers)}
    heat(
        axes,
        numbers,
        row_labels(used, 40),
        heads,
        upright,
        {"label": "HTMT below, root of AVE on, latent |r| above the diagonal 下：HTMT，上：潜变量相关"},
        **look,
    )
    frames = {"not_apart": ("-", "not told apart 未能区分"), "unsure": (":", "hardly told apart 区分不明")}
    for verdict, (dash, words) in frames.items():
        rows = pairs[pairs["verdict"].eq(verdict)]
        for row in rows.itertuples():
            at = (place[row.first], place[row.second])
            axes.add_patch(Rectangle(at, 1, 1, fill=False, edgecolor=SECOND, lw=1.8, ls=dash, zorder=4))
        if len(rows):
            axes.plot([], [], color=SECOND, ls=dash, lw=1.8, label=words)
    if pairs["verdict"].ne("apart").any():
        figure.legend(loc="outside lower right", ncols=2)
    most = pairs.loc[pairs["htmt"].idxmax()]
    apart = int(pairs["verdict"].eq("apart").sum())
    alt = values.text(
        f"{apart} of {len(pairs)} pairs of scales are told apart; the largest HTMT is {most['htmt']:.2f} "
        f"({most['first_en']} and {most['second_en']}).",
        f"{len(pairs)}对量表中有{apart}对可区分；HTMT 最大为{most['htmt']:.2f}"
        f"（{most['first_zh']}与{most['second_zh']}）。",
    )
    return Drawing(title, data, ["row", "column"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    given = snakemake.input
    statistics, entering = tables.read(given.statistics), tables.read(given.entering)
    floor, estimated = snakemake.params.citc_floor, values.read(given.estimated)
    loadings, factors = tables.read(given.loadings), tables.read(given.factors)
    pairs, validity, constructs = (tables.read(path) for path in (given.pairs, given.validity, given.constructs))
    write(
        {
            "item_map": draw_item_map(statistics, entering, floor, estimated),
            "loadings": draw_loadings(loadings, factors, values.read(given.explored)),
            "separation": draw_separation(pairs, validity, constructs, values.read(given.compared)),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
