"""Figures of the customer list: how value is spread over the customers, and value against potential.

``value_curve``  concentration curve (Lorenz curve, largest first): share of value that the most valuable groups hold.
``portfolio``    business groups by class of value and of potential; cells too small to be shown are hatched.

Both show aggregates that the customer stages have already suppressed; nothing is counted here.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.patches import Rectangle

from scripts.lib import tables, values
from scripts.lib.figures import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    SECOND,
    SEQUENTIAL,
    SOFT,
    Drawing,
    absent,
    both,
    percent,
    sheet,
    write,
)
from scripts.lib.job import run

CURVE = ["share_of_groups", "share_of_value"]
PORTFOLIO = ["value_class", "potential_class", "value_label_en", "value_label_zh", "potential_label_en"]
PORTFOLIO += ["potential_label_zh", "n", "value_share", "suppressed"]
MARKED = (0.1, 0.2)  # shares of groups named in the picture
CLASSES = ["high", "other", "unknown"]  # order of the classes in the picture


def draw_curve(curve: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Lorenz curve, the most valuable groups first, with the line of equal shares."""
    title = values.text("How value is spread over the customers (Lorenz curve)", "客户价值集中度（洛伦兹曲线）")
    if curve.empty:
        return absent(title, CURVE, ["share_of_groups"], said)
    data = curve.sort_values(CURVE, ignore_index=True)[CURVE]
    groups, value = data["share_of_groups"], data["share_of_value"]
    figure = sheet(3.4)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=MUTED, lw=0.8, ls="--", label="equal shares 均等线")
    axes.fill_between(groups, groups, value, color=SOFT)
    axes.plot(groups, value, "o-", color=ACCENT, lw=1.6, ms=2.6, label="groups by value 客户集团（按价值）")
    marked = data[[any(abs(share - top) < 1e-6 for top in MARKED) for share in groups]]
    for row in marked.itertuples():
        at = (row.share_of_groups, row.share_of_value)
        axes.plot(*at, "o", color=SECOND, ms=5)
        text = f"top {percent(at[0])}: {percent(at[1])} of value 价值"
        axes.annotate(text, at, (9, -4), textcoords="offset points", va="top")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="Share of customer groups, most valuable first 客户集团累计占比")
    axes.set_ylabel("Share of value 价值累计占比")
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.legend(loc="lower right")
    first = marked if len(marked) else data[groups > 0].head(1)
    told = ", ".join(f"the top {percent(row[0])} hold {percent(row[1])}" for row in first.itertuples(index=False))
    told_zh = "，".join(f"前{percent(row[0])}占{percent(row[1])}" for row in first.itertuples(index=False))
    alt = values.text(f"Of the value of all customer groups {told}.", f"按价值从高到低的客户累计：{told_zh}。")
    return Drawing(title, data, CURVE, figure, alt)


def draw_portfolio(portfolio: pd.DataFrame, said: Mapping[str, Any]) -> Drawing:
    """Tiles of value by potential, with the number of groups in each."""
    title = values.text("Customers by value and potential", "客户价值—潜力组合")
    if portfolio.empty:
        return absent(title, PORTFOLIO, ["value_class", "potential_class"], said)
    place = portfolio.assign(
        row=-portfolio["value_class"].map(CLASSES.index), column=portfolio["potential_class"].map(CLASSES.index)
    ).sort_values(["row", "column"], ascending=[False, True], ignore_index=True)
    data, most = place[PORTFOLIO], max(float(place["n"].max()), 1.0) if place["n"].notna().any() else 1.0
    hidden = place["suppressed"].eq("yes") | place["n"].isna()
    figure = sheet(2.1)
    axes = figure.subplots()
    for row, few in zip(place.itertuples(), hidden, strict=True):
        look = (
            {"facecolor": "white", "hatch": "////", "hatchcolor": LINE}
            if few
            else {"facecolor": SEQUENTIAL(row.n / most)}
        )
        axes.add_patch(Rectangle((row.column - 0.5, row.row - 0.5), 1, 1, edgecolor="white", linewidth=1.5, **look))
        text = "too few to be shown 不予显示" if few else f"{row.n:.0f}\n{percent(row.value_share)} of value 价值占比"
        colour = "white" if not few and row.n > 0.55 * most else INK
        axes.text(row.column, row.row, text, ha="center", va="center", color=colour)
    columns, rows = place.drop_duplicates("column").sort_values("column"), place.drop_duplicates("row")
    axes.set_xticks(
        columns["column"],
        [both(*pair) for pair in zip(columns["potential_label_en"], columns["potential_label_zh"], strict=True)],
    )
    axes.set_yticks(
        rows["row"], [both(*pair) for pair in zip(rows["value_label_en"], rows["value_label_zh"], strict=True)]
    )
    axes.set(xlim=(-0.5, place["column"].max() + 0.5), ylim=(place["row"].min() - 0.5, 0.5))
    axes.set(xlabel="Potential 潜力", ylabel="Value now 当前价值")
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    shown = data[~hidden]
    cells = [(r.value_class, r.potential_class, f"{r.n:.0f}", percent(r.value_share)) for r in shown.itertuples()]
    zh = {row.value_class: row.value_label_zh for row in data.itertuples()}
    zh |= {row.potential_class: row.potential_label_zh for row in data.itertuples()}
    told = "; ".join(f"value {one}, potential {two}: {n} with {share} of the value" for one, two, n, share in cells)
    told_zh = "；".join(f"价值{zh[one]}、潜力{zh[two]}：{n}个，占价值{share}" for one, two, n, share in cells)
    alt = values.text(
        f"Business groups by class: {told or 'all cells are suppressed'}.", f"客户集团分类：{told_zh or '均不予显示'}。"
    )
    return Drawing(title, data, ["value_class", "potential_class"], figure, alt)


def main(snakemake: Any) -> None:
    """Adapter: files in, files out."""
    said = values.read(snakemake.input.valued)
    write(
        {
            "value_curve": draw_curve(tables.read(snakemake.input.curve), said),
            "portfolio": draw_portfolio(tables.read(snakemake.input.portfolio), said),
        },
        snakemake.output,
    )


if __name__ == "__main__":
    run(main, snakemake)
